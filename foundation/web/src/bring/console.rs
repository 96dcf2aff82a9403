//! Tables in and out at the server's command line: the same drafts, jobs and pieces as from the browser.

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use base::{Id, UnitId};
use sheets::{Export, FileKind, Head, LeftOut, Sheet, write_errors};
use store::jobs;

use super::{Batch, Bring, BringError, batch};
use crate::{App, District, Leaving, background};

/// How long is waited for another process that has the job.
const WAIT: Duration = Duration::from_millis(200);

/// The kind of table with this name.
pub fn find_kind(app: &App, key: &str) -> Option<&'static Bring> {
    app.brings().find(|kind| kind.key == key)
}

/// Brings a table in and waits for the end; a trial writes nothing. `tell` is given the rows done and the rows in all. With what
/// came of it are the rows that were taken for no records: on the pages a person sees them before anything is brought in.
///
/// # Errors
/// [`BringError`].
pub fn bring_file(
    app: &App,
    district: &Arc<District>,
    kind: &'static Bring,
    scope: UnitId,
    file: (&str, Vec<u8>),
    dry: bool,
    tell: &dyn Fn(i64, i64),
) -> Result<(Batch, Vec<LeftOut>), BringError> {
    let draft = super::batch::take_in(district.store(), &district.env(), kind, file.0, file.1)?;
    let (id, left_out) = district.write_now(move |tx, ctx| {
        let id = super::batch::draft(tx, ctx, None, kind, scope, &draft)?;
        super::batch::begin(tx, ctx, None, kind, id, dry)?;
        Ok::<_, BringError>((id, super::batch::left_out(tx, ctx, id)?))
    })?;
    Ok((run(app, district, id, tell)?, left_out))
}

fn run(app: &App, district: &Arc<District>, id: Id, tell: &dyn Fn(i64, i64)) -> Result<Batch, BringError> {
    let look = || -> Result<Batch, BringError> {
        let found = district.read_now(move |tx, _| batch(tx, id))?.ok_or(BringError::NotFound)?;
        tell(found.position, found.total);
        Ok(found)
    };
    let worker = Id(district.env().random.bits().to_le_bytes());
    loop {
        // Between two pieces it is told how far they are.
        let stop = || look().map_or(true, |found| !found.state.is_working());
        background::run_jobs(app, district, worker, &stop).map_err(|fault| BringError::Failed(fault.to_string()))?;
        let found = look()?;
        if !found.state.is_working() {
            background::catch_up(app, district)?;
            return Ok(found);
        }
        let job = found.job.ok_or(BringError::NotFound)?;
        if let Some(job) = district.read_now(move |tx, _| jobs::find(tx, job))?
            && job.state == jobs::State::Failed
        {
            return Err(BringError::Failed(job.message));
        }
        std::thread::sleep(WAIT);
    }
}

/// Wrong rows that a workbook holds.
const MOST: i64 = 50_000;

/// Writes the workbook of an import's wrong rows; says how many there are.
///
/// # Errors
/// [`BringError`].
pub fn write_wrong(
    district: &Arc<District>,
    kind: &Bring,
    found: &Batch,
    by: record::Actor,
    out: &mut (impl Write + Send),
) -> Result<usize, BringError> {
    let id = found.id;
    let errors = district.read_now(move |tx, _| super::batch::wrong(tx, id, MOST))?;
    let mut stream = super::batch::stream(district.store(), &district.env(), kind, found)?;
    let mut rows = Vec::new();
    loop {
        let some = stream.take(1_000)?;
        if some.is_empty() {
            break;
        }
        // Errors come in the order of the rows.
        rows.extend(some.into_iter().filter(|row| errors.binary_search_by_key(&row.number, |error| error.row).is_ok()));
    }
    // These rows are as they came, whatever an export would mask.
    let leaving = Leaving { table: kind.key, unit: Some(found.scope), rows: rows.len(), masked: false };
    district.write_now(move |tx, ctx| leaving.record(tx, ctx, by))?;
    let sheet = Sheet { rows, ..stream.head().clone() };
    Ok(write_errors(&sheet, &errors, out)?)
}

/// Writes what there is of a kind, with the headers that an import takes, and records that it left; with how many rows.
///
/// # Errors
/// [`BringError`].
pub fn write_table(district: &Arc<District>, kind: &'static Bring, scope: UnitId, file: FileKind) -> Result<(Vec<u8>, usize), BringError> {
    let (bytes, rows) = district.read_now(move |tx, ctx| table(tx, ctx, kind, scope, file))?;
    district.write_now(move |tx, ctx| leaving(kind, scope, rows).record(tx, ctx, record::Actor::System))?;
    Ok((bytes, rows))
}

/// What an export says of itself in the record.
pub(super) fn leaving(kind: &Bring, scope: UnitId, rows: usize) -> Leaving {
    Leaving { table: kind.key, unit: Some(scope), rows, masked: kind.personal }
}

/// The table in a transaction, and how many rows it has.
pub(super) fn table(
    tx: &mut store::Tx,
    ctx: &base::Ctx,
    kind: &Bring,
    scope: UnitId,
    file: FileKind,
) -> Result<(Vec<u8>, usize), BringError> {
    let title = (kind.words)(crate::Lang::Hans).title;
    let heads: Vec<Head> = kind.columns.iter().map(|column| Head::new(column.header, 16)).collect();
    let mut export = Export::new(file, title, Some(title), &heads)?;
    let mut rows = 0;
    (kind.export)(tx, ctx, scope, &mut |row| {
        rows += 1;
        export.row(row)
    })?;
    let mut bytes = Vec::new();
    export.finish(&mut bytes)?;
    Ok((bytes, rows))
}
