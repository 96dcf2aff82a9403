//! Tables of offices in and out at the command line: units, grids, posts, people, who holds what, residents.

use std::fmt::Display;
use std::io::{IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow};
use base::UnitId;
use sheets::FileKind;
use web::bring::{Bring, BringError, find_kind};
use web::fill;

use crate::args::Settings;
use crate::serve::say;
use crate::tools::{Bench, ended, errors_beside, name_of, out, set_up, tell_left_out};

/// The table, and the unit that it is of: the whole district where none is named.
fn find(bench: &Bench, settings: &Settings, kind: &str) -> Result<(&'static Bring, UnitId)> {
    set_up(bench)?;
    let kind = find_kind(&bench.app, kind).context("a table")?;
    let tree = bench.district.read_now(|tx, _| people::tree(tx))?;
    let unit = match &settings.unit {
        Some(code) => tree.find_code(code).ok_or_else(|| anyhow!(fill(bench.t.no_unit, &[("code", code)])))?,
        None => tree.district().context("a district")?,
    };
    Ok((kind, unit.id))
}

/// Why a table was not brought in or written. Here nobody can choose columns, as they can on the pages.
fn refused(bench: &Bench, settings: &Settings, error: &BringError) -> anyhow::Error {
    match error {
        BringError::Columns(headers) => {
            let columns = headers.join(if settings.lang.is_chinese() { "、" } else { ", " });
            anyhow!(fill(bench.t.columns_missing, &[("columns", &columns)]))
        }
        error => anyhow!(web::bring::say(settings.lang, error)),
    }
}

/// Bring a table in, with progress; rows with errors go to a workbook beside the file.
///
/// # Errors
/// What is wrong with the file, in words.
pub(crate) fn bring(settings: &Settings, kind: &str, file: &Path) -> Result<ExitCode> {
    let bench = Bench::open(settings)?;
    let t = bench.t;
    let (kind, unit) = find(&bench, settings, kind)?;
    let bytes = std::fs::read(file).with_context(|| file.display().to_string())?;
    let terminal = std::io::stderr().is_terminal();
    let tell = |done: i64, total: i64| {
        if terminal {
            let mut err = std::io::stderr().lock();
            let _ = write!(err, "\r\x1b[2K{}", fill(t.import_progress, &[("done", &done), ("total", &total)]));
            let _ = err.flush();
        }
    };
    let went = web::bring::bring_file(&bench.app, &bench.district, kind, unit, (&name_of(file), bytes), settings.dry, &tell);
    if terminal {
        say("");
    }
    let (batch, left_out) = went.map_err(|error| refused(&bench, settings, &error))?;
    let counts = batch.checked.unwrap_or(batch.counts);
    let said: [(&str, &dyn Display); 4] =
        [("made", &counts.made), ("same", &counts.same), ("changed", &counts.changed), ("wrong", &counts.wrong)];
    out(&fill(if settings.dry { t.table_tried } else { t.table_done }, &said))?;
    tell_left_out(&bench, settings, &left_out)?;
    if counts.wrong > 0 {
        let place = errors_beside(file);
        let mut workbook = std::fs::File::create(&place).with_context(|| place.display().to_string())?;
        let written = web::bring::write_wrong(&bench.district, kind, &batch, record::Actor::System, &mut workbook);
        written.map_err(|error| refused(&bench, settings, &error))?;
        out(&fill(t.import_wrong, &[("place", &place.display())]))?;
    }
    Ok(bench.close(ended(counts.wrong > 0)))
}

/// Write what there is of a kind into a file: CSV where its name ends so, otherwise a workbook.
///
/// # Errors
/// The disk's.
pub(crate) fn export(settings: &Settings, kind: &str, file: &Path) -> Result<ExitCode> {
    let bench = Bench::open(settings)?;
    let (kind, unit) = find(&bench, settings, kind)?;
    let format = if file.extension().is_some_and(|end| end.eq_ignore_ascii_case("csv")) { FileKind::Csv } else { FileKind::Xlsx };
    let written = web::bring::write_table(&bench.district, kind, unit, format);
    let (bytes, _) = written.map_err(|error| refused(&bench, settings, &error))?;
    std::fs::write(file, bytes).with_context(|| file.display().to_string())?;
    out(&fill(bench.t.table_out, &[("place", &file.display())]))?;
    Ok(bench.close(ExitCode::SUCCESS))
}
