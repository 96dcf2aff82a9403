//! The commands that work on a store and end: verify, rebuild, backup, import.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use record::AdvanceError;
use store::{BackupError, Database};
use web::{App, Config, District, background, fill};

use crate::args::Settings;
use crate::config::{self, Place};
use crate::open;
use crate::serve::say;
use crate::words::Words;

/// How long one piece of work over a whole store may take.
pub(crate) const WHOLE_STORE: Duration = Duration::from_secs(3600);

/// A district opened for a command, with the application around it.
pub(crate) struct Bench {
    pub(crate) app: App,
    pub(crate) district: Arc<District>,
    pub(crate) t: &'static Words,
    place: Place,
}

impl Bench {
    pub(crate) fn open(settings: &Settings) -> Result<Bench> {
        let t = Words::of(settings.lang);
        let plan = config::plan(settings, "./data")?;
        let place = plan.only(settings)?.clone();
        if let Database::Sqlite { file } = &place.database
            && !file.exists()
        {
            bail!(fill(t.no_store, &[("place", &file.display())]));
        }
        let modules = open::modules();
        let district = open::open_patiently(&place, &modules, None, t, WHOLE_STORE)?.district;
        let app = App::new(Config::default(), vec![Arc::clone(&district)], modules);
        Ok(Bench { app, district, t, place })
    }

    pub(crate) fn close(self, code: ExitCode) -> ExitCode {
        self.district.store().close();
        code
    }
}

pub(crate) fn out(text: &str) -> Result<()> {
    writeln!(std::io::stdout(), "{text}")?;
    Ok(())
}

/// Recompute the record and compare it with every table; exits with 1 where they differ.
///
/// # Errors
/// When the store cannot be read.
pub(crate) fn verify(settings: &Settings) -> Result<ExitCode> {
    let bench = Bench::open(settings)?;
    // What was changed may be what keeps the log from being sealed: that is told beside what is found, not in its place.
    let caught = background::catch_up(&bench.app, &bench.district);
    let report = record::verify(bench.district.store(), &bench.app.folds(), bench.app.readers())?;
    if report.is_clean() {
        caught?;
        let head = record::hex(&report.head);
        out(&fill(bench.t.verify_clean, &[("size", &report.size), ("head", &head)]))?;
        return Ok(bench.close(ExitCode::SUCCESS));
    }
    say(bench.t.verify_bad);
    out(&web::lang::either(settings.lang, || report.zh(), || report.to_string()))?;
    if let Err(error) = caught {
        let why = web::lang::either(settings.lang, || error.zh(), || error.to_string());
        say(&fill(bench.t.verify_unsealed, &[("why", &why)]));
    }
    Ok(bench.close(ExitCode::FAILURE))
}

/// Empty the readers and let them read the record again.
///
/// # Errors
/// The store's.
pub(crate) fn rebuild(settings: &Settings) -> Result<ExitCode> {
    let bench = Bench::open(settings)?;
    for reader in bench.app.readers() {
        let emptied = Arc::clone(reader);
        bench.district.store().write_now(move |tx| record::reset(tx, &*emptied))?;
        loop {
            let follows = Arc::clone(reader);
            match bench.district.store().write_now(move |tx| record::advance(tx, &*follows, 500)) {
                Ok(0) => break,
                Ok(_) | Err(AdvanceError::Lost) => {}
                Err(AdvanceError::Store(error)) => return Err(error.into()),
            }
        }
    }
    out(&fill(bench.t.rebuilt, &[("n", &bench.app.readers().len())]))?;
    Ok(bench.close(ExitCode::SUCCESS))
}

/// Copy tables, then blobs, then the district's own rules into an empty directory. What a row names was on disk before the
/// row, so that copying in this order leaves nothing out. Keys stay where they are: who finds a copy shall not read it.
///
/// # Errors
/// When the directory is not empty, or the disk's.
pub(crate) fn backup(settings: &Settings, to: &Path) -> Result<ExitCode> {
    let bench = Bench::open(settings)?;
    let t = bench.t;
    std::fs::create_dir_all(to).with_context(|| to.display().to_string())?;
    if std::fs::read_dir(to)?.next().is_some() {
        bail!(fill(t.backup_exists, &[("place", &to.display())]));
    }
    let tables = bench.district.store().backup_to(&to.join("lianxin.db"));
    let blobs = bench.district.store().blobs();
    for digest in blobs.all()? {
        let Some(bytes) = blobs.get(&digest)? else { continue };
        let name = record::hex(&digest);
        let directory = to.join("blobs").join(name.get(..2).unwrap_or("")).join(name.get(2..4).unwrap_or(""));
        std::fs::create_dir_all(&directory)?;
        let mut file = std::fs::File::create_new(directory.join(&name))?;
        file.write_all(&bytes)?;
        file.sync_all()?;
    }
    for pack in open::packs_of(&bench.place)? {
        let copy = to.join("rules").join(pack.file_name().unwrap_or_default());
        std::fs::create_dir_all(to.join("rules"))?;
        std::fs::copy(&pack, &copy).with_context(|| pack.display().to_string())?;
        std::fs::File::open(&copy)?.sync_all()?;
    }
    match tables {
        Ok(()) => out(&fill(t.backup_done, &[("place", &to.display())]))?,
        Err(BackupError::Postgres(schema)) => out(&fill(t.backup_postgres, &[("schema", &schema), ("place", &to.display())]))?,
        Err(error) => return Err(error.into()),
    }
    Ok(bench.close(ExitCode::SUCCESS))
}

/// Give out a one-time code for an account, printed once. Whoever has this command line could write the database as well; here
/// it stands in the record.
///
/// # Errors
/// When no account has the login, or the store's.
pub(crate) fn code(settings: &Settings, login: &str) -> Result<ExitCode> {
    let bench = Bench::open(settings)?;
    let (wanted, reset_totp) = (login.to_owned(), settings.reset_totp);
    let given = bench.district.write_now(move |tx, ctx| -> Result<_, people::InviteError> {
        let found = people::read::find_persons(tx, &wanted)?;
        let has = |account: &people::read::Account| account.login.eq_ignore_ascii_case(wanted.trim());
        let Some(person) = found.into_iter().find(|person| person.account.as_ref().is_some_and(has)) else { return Ok(None) };
        let code = people::invite(tx, ctx, people::Authority::Console, person.id, "", reset_totp)?;
        Ok(Some((person.name, code)))
    })?;
    let Some((name, code)) = given else { bail!(fill(bench.t.no_login, &[("login", &login)])) };
    background::catch_up(&bench.app, &bench.district)?;
    out(&fill(bench.t.code_done, &[("name", &name), ("code", &code)]))?;
    Ok(bench.close(ExitCode::SUCCESS))
}

pub(crate) fn name_of(file: &Path) -> String {
    file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Why a workbook of concerns was not brought in. Here nobody can choose columns, as they can on the pages.
fn refused(bench: &Bench, settings: &Settings, error: &concerns::import::ImportError) -> anyhow::Error {
    match error {
        concerns::import::ImportError::Columns(headers) => {
            let columns = headers.join(if settings.lang.is_chinese() { "、" } else { ", " });
            anyhow::anyhow!(fill(bench.t.columns_missing_concerns, &[("columns", &columns)]))
        }
        error => anyhow::anyhow!(concerns::import::import_words(settings.lang, error)),
    }
}

/// Bring concerns in, with progress; rows with errors go to a workbook beside the file.
///
/// # Errors
/// What is wrong with the file, in words.
pub(crate) fn import_concerns(settings: &Settings, file: &Path) -> Result<ExitCode> {
    let bench = Bench::open(settings)?;
    let t = bench.t;
    set_up(&bench)?;
    let bytes = std::fs::read(file).with_context(|| file.display().to_string())?;
    let terminal = std::io::stderr().is_terminal();
    let tell = |done: i64, total: i64| {
        if terminal {
            let mut err = std::io::stderr().lock();
            let _ = write!(err, "\r\x1b[2K{}", fill(t.import_progress, &[("done", &done), ("total", &total)]));
            let _ = err.flush();
        }
    };
    let went = concerns::import::import_concerns(&bench.app, &bench.district, &name_of(file), &bytes, None, &tell);
    if terminal {
        say("");
    }
    let batch = went.map_err(|error| refused(&bench, settings, &error))?;
    let counts: [(&str, &dyn std::fmt::Display); 4] =
        [("made", &batch.made), ("same", &batch.same), ("changed", &batch.changed), ("wrong", &batch.wrong)];
    out(&fill(t.import_done, &counts))?;
    tell_left_out(&bench, settings, &sheets::read(&bytes, concerns::import::COLUMNS)?.skipped)?;
    if batch.wrong > 0 {
        let place = errors_beside(file);
        let mut workbook = std::fs::File::create(&place).with_context(|| place.display().to_string())?;
        let written = concerns::import::write_wrong_rows(&bench.district, &batch, &mut workbook);
        written.map_err(|error| refused(&bench, settings, &error))?;
        out(&fill(t.import_wrong, &[("place", &place.display())]))?;
    }
    Ok(bench.close(ended(batch.wrong > 0)))
}

/// Says which rows of a file were taken for no records: an instruction, a total.
pub(crate) fn tell_left_out(bench: &Bench, settings: &Settings, rows: &[sheets::LeftOut]) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    out(&fill(bench.t.import_left_out, &[("n", &rows.len())]))?;
    web::bring::left_out_lines(settings.lang, rows).try_for_each(|line| out(&line))
}

/// What became of the rows of a small table that were not brought in: those that were refused go into a workbook beside it, in
/// the layout in which they came.
fn tell_others(
    bench: &Bench,
    settings: &Settings,
    (file, bytes): (&Path, &[u8]),
    columns: &[sheets::Column],
    wrong: &[sheets::CellError],
) -> Result<()> {
    let sheet = sheets::read(bytes, columns)?;
    tell_left_out(bench, settings, &sheet.skipped)?;
    if wrong.is_empty() {
        return Ok(());
    }
    let place = errors_beside(file);
    let mut workbook = std::fs::File::create(&place).with_context(|| place.display().to_string())?;
    sheets::write_errors(&sheet, wrong, &mut workbook)?;
    out(&fill(bench.t.import_wrong, &[("place", &place.display())]))
}

/// Bring the classification in.
///
/// # Errors
/// What is wrong with the file, in words.
pub(crate) fn import_kinds(settings: &Settings, file: &Path) -> Result<ExitCode> {
    let bench = Bench::open(settings)?;
    set_up(&bench)?;
    let bytes = std::fs::read(file).with_context(|| file.display().to_string())?;
    let went = concerns::import::import_kinds(&bench.district, &bytes);
    let (report, wrong) = went.map_err(|error| refused(&bench, settings, &error))?;
    background::catch_up(&bench.app, &bench.district)?;
    out(&fill(bench.t.kinds_done, &[("made", &report.made), ("known", &report.known), ("wrong", &rows_of(&wrong))]))?;
    tell_others(&bench, settings, (file, &bytes), concerns::import::KINDS_COLUMNS, &wrong)?;
    Ok(bench.close(ended(!wrong.is_empty())))
}

/// Bring labelled cases in, learn from them and tell what was measured.
///
/// # Errors
/// What is wrong with the file, in words.
pub(crate) fn import_labelled(settings: &Settings, file: &Path) -> Result<ExitCode> {
    let bench = Bench::open(settings)?;
    set_up(&bench)?;
    let bytes = std::fs::read(file).with_context(|| file.display().to_string())?;
    let went = concerns::learn::import_labelled(&bench.district, &bytes);
    let (report, wrong, models) = went.map_err(|error| refused(&bench, settings, &error))?;
    background::catch_up(&bench.app, &bench.district)?;
    let unusable = rows_of(&wrong) + report.unknown.values().sum::<usize>();
    out(&fill(bench.t.labelled_done, &[("made", &report.made), ("same", &report.same), ("wrong", &unusable)]))?;
    if !report.unknown.is_empty() {
        let kinds = report.unknown.iter().map(|(kind, n)| fill(bench.t.labelled_kind, &[("kind", kind), ("n", n)]));
        let kinds: Vec<String> = kinds.collect();
        out(&fill(bench.t.labelled_unknown, &[("kinds", &kinds.join(if settings.lang.is_chinese() { "、" } else { ", " }))]))?;
    }
    tell_others(&bench, settings, (file, &bytes), concerns::learn::LABEL_COLUMNS, &wrong)?;
    for model in &models {
        let Some(found) = &model.measured else { continue };
        let percent = |value: f64| format!("{:.1}", value * 100.0);
        out(&fill(
            bench.t.labelled_measured,
            &[
                ("name", &if model.name == "top" { bench.t.learned_top } else { bench.t.learned_leaf }),
                ("cases", &model.cases),
                ("first", &percent(found.first)),
                ("first_spread", &percent(found.first_spread)),
                ("three", &percent(found.three)),
                ("three_spread", &percent(found.three_spread)),
                ("parts", &found.parts),
                ("shuffles", &found.shuffles),
            ],
        ))?;
    }
    Ok(bench.close(ended(unusable > 0)))
}

/// How many rows these cells stand in.
fn rows_of(wrong: &[sheets::CellError]) -> usize {
    wrong.iter().map(|cell| cell.row).collect::<std::collections::BTreeSet<_>>().len()
}

/// With what an import ends: a script that runs it by night learns from the code that rows were refused, though the
/// others were brought in.
pub(crate) fn ended(refused: bool) -> ExitCode {
    if refused { ExitCode::from(ROWS_REFUSED) } else { ExitCode::SUCCESS }
}

/// The exit code of an import that refused rows.
const ROWS_REFUSED: u8 = 3;

/// What is brought in needs units to belong to.
pub(crate) fn set_up(bench: &Bench) -> Result<()> {
    let wanted = bench.district.store().read_now(people::setup::is_wanted)?;
    if wanted {
        bail!(bench.t.not_set_up);
    }
    Ok(())
}

/// `messages.xlsx` → `messages.errors.xlsx`.
pub(crate) fn errors_beside(file: &Path) -> PathBuf {
    let stem = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    file.with_file_name(format!("{stem}.errors.xlsx"))
}
