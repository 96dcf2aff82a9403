//! Imports at the server's command line: the same drafts, jobs and pieces as from the browser, with
//! progress told to the caller.

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use base::Id;
use sheets::{CellError, write_errors};
use store::{StoreError, jobs};
use web::{App, District, Leaving, background};

use super::{
    Batch, BatchState, COLUMNS, Draft, ImportError, KINDS_AT_ONCE, KindsReport, NoteKind, batch, bring_kinds, draft_from_console, file,
    notes, read_kinds, sheet, start_from_console,
};
use crate::permissions::Authority;

/// How long is waited for another process that has the job.
const WAIT: Duration = Duration::from_millis(200);

/// Brings a file of concerns in and waits for the end. `tell` is given the rows done and the rows in all.
///
/// # Errors
/// [`ImportError`].
pub fn import_concerns(
    app: &App,
    district: &Arc<District>,
    file_name: &str,
    bytes: &[u8],
    source: Option<&str>,
    tell: &dyn Fn(i64, i64),
) -> Result<Batch, ImportError> {
    let read = sheets::read(bytes, COLUMNS)?;
    if read.rows.is_empty() {
        return Err(sheets::ReadError::NoRows.into());
    }
    let draft = Draft::of(district.store().blobs().put(bytes)?, file_name, &read);
    drop(read);
    let source = source.map(str::to_owned);
    let id = district.write_now(move |tx, ctx| draft_from_console(tx, ctx, &draft, source.as_deref()))?;
    district.write_now(move |tx, ctx| start_from_console(tx, ctx, id))?;
    run(app, district, &|| {
        let found = district.read_now(move |tx, _| batch(tx, id))?.ok_or(ImportError::NotFound)?;
        tell(found.position, found.total);
        Ok((found.state == BatchState::Running, found))
    })
}

/// Does jobs, ours among them, until what `look` sees is no longer at work.
fn run(app: &App, district: &Arc<District>, look: &dyn Fn() -> Result<(bool, Batch), ImportError>) -> Result<Batch, ImportError> {
    let worker = Id(district.env().random.bits().to_le_bytes());
    loop {
        // Between two pieces it is told how far they are.
        let stop = || look().map_or(true, |(working, _)| !working);
        background::run_jobs(app, district, worker, &stop).map_err(|fault| ImportError::Failed(fault.to_string()))?;
        let (working, found) = look()?;
        if !working {
            background::catch_up(app, district)?;
            return Ok(found);
        }
        let job = found.job.ok_or(ImportError::NotFound)?;
        if let Some(job) = district.read_now(move |tx, _| jobs::find(tx, job))?
            && job.state == jobs::State::Failed
        {
            return Err(ImportError::Failed(job.message));
        }
        std::thread::sleep(WAIT);
    }
}

/// That rows which are wrong leave, with what stood in them.
pub(crate) fn wrong_leave(errors: &[CellError]) -> Leaving {
    let rows = errors.chunk_by(|one, next| one.row == next.row).count();
    Leaving { table: "concerns", unit: None, rows, masked: false }
}

/// Writes the workbook of an import's wrong rows, as they came, and records that it left; says how many there are.
///
/// # Errors
/// [`ImportError`].
pub fn write_wrong_rows(district: &Arc<District>, found: &Batch, out: &mut (impl Write + Send)) -> Result<usize, ImportError> {
    let id = found.id;
    let notes = district.read_now(move |tx, _| notes(tx, id, NoteKind::Wrong, i64::from(u32::MAX)))?;
    let errors: Vec<CellError> = notes.iter().filter_map(|note| serde_json::from_str(&note.facts).ok()).collect();
    let sheet = sheet(district.store(), &file(found)?, &found.taken)?;
    let leaving = wrong_leave(&errors);
    district.write_now(move |tx, ctx| leaving.record(tx, ctx, record::Actor::System))?;
    write_errors(&sheet, &errors, out).map_err(|error| ImportError::Failed(error.to_string()))
}

/// Brings a file of kinds in. The cells that are wrong come back with the report; their rows are left out.
///
/// # Errors
/// [`ImportError`].
pub fn import_kinds(district: &Arc<District>, bytes: &[u8]) -> Result<(KindsReport, Vec<CellError>), ImportError> {
    let (paths, wrong) = read_kinds(bytes)?;
    let mut report = KindsReport::default();
    for some in paths.chunks(KINDS_AT_ONCE) {
        let some = some.to_vec();
        let part = district.write_now(move |tx, ctx| bring_kinds(tx, ctx, Authority::Console, &some))?;
        report.made += part.made;
    }
    let kinds = district.read_now(move |tx, _| -> Result<_, StoreError> { Ok(crate::catalogue::kinds(tx)?.len()) })?;
    report.known = kinds.saturating_sub(report.made);
    Ok((report, wrong))
}
