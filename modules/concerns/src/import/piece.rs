//! The pieces of the work: some rows each, in one transaction with how far it is, so that whatever
//! happens each row counts once.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use base::{Ctx, Env, Purpose};
use sha2::{Digest, Sha256};
use sheets::{CellError, Problem, Sheet};
use store::jobs::{self, Job};
use store::{Sql, Store, StoreError, Tx, blobs, p, sql};

use super::batch::{LET_GO, NOTE, batch, json};
use super::row::{KindIndex, Said, read};
use super::{Batch, BatchId, BatchState, COLUMNS, ImportError, NoteKind, Payload, columns};
use crate::bring_in::{self, Brought, Imported, Importer};
use crate::catalogue;
use crate::submit::SubmitError;

/// The job that brings in.
pub const IMPORT_JOB: &str = "concerns.import";
/// The job that undoes.
pub const UNDO_JOB: &str = "concerns.import_undo";

/// Rows of a piece: about 10 ms of writing.
const ROWS: usize = 40;

/// What the digests of rows are keyed for.
const SEEN: Purpose = Purpose("concerns.import");

/// What became of a piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Went {
    /// There is more to do.
    On,
    /// The job is finished.
    Done,
}

const SEEN_FIELDS: &Sql = sql!("SELECT fields FROM concern_import_seen WHERE key = ?1");
const KEEP_SEEN: &Sql =
    sql!("INSERT INTO concern_import_seen (key, fields) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET fields = excluded.fields");
/// Where another process did these rows, the position has moved on and nothing is changed.
const ADVANCE: &Sql = sql!(
    "UPDATE concern_import SET position = ?3, made = made + ?4, same = same + ?5, changed = changed + ?6, wrong = wrong + ?7
     WHERE id = ?1 AND position = ?2 AND state = 'running'"
);
const END: &Sql = sql!("UPDATE concern_import SET state = 'done', ended_at = ?2 WHERE id = ?1 AND state = 'running'");

/// Does one piece of bringing in: at most 40 rows.
///
/// # Errors
/// [`ImportError`]; then the piece did nothing.
pub fn piece(store: &Store, env: &Env, job: &Job) -> Result<Went, ImportError> {
    let id = payload(job)?;
    let found = store.read_now(move |tx| -> Result<_, ImportError> {
        let batch = batch(tx, id)?.ok_or(ImportError::NotFound)?;
        Ok((batch, KindIndex::of(&catalogue::kinds(tx)?)))
    })?;
    let (batch, kinds) = found;
    if batch.state != BatchState::Running {
        return Err(ImportError::NotNow);
    }
    let sheet = sheet(store, &super::file(&batch)?, &batch.taken)?;
    let from = usize::try_from(batch.position).unwrap_or(0);
    let mapping = batch.mapping();
    let now = env.clock.now();
    let rows: Vec<ReadRow> = sheet
        .rows
        .iter()
        .skip(from)
        .take(ROWS)
        .map(|row| {
            let said = read(&sheet, &mapping, row, now)?;
            let kind = kinds.find(&said.kinds);
            Ok((said, kind))
        })
        .collect();
    let last = from + rows.len() >= sheet.rows.len();
    let (env, worker, job_id) = (env.clone(), job.lease_by.unwrap_or_default(), job.id);
    store.write_now(move |tx| -> Result<(), ImportError> {
        let ctx = env.ctx();
        let counts = bring_all(tx, &ctx, &batch, &rows)?;
        let to = batch.position + i64::try_from(rows.len()).unwrap_or(0);
        if tx.exec(ADVANCE, p![batch.id, batch.position, to, counts.made, counts.same, counts.changed, counts.wrong])? != 1 {
            return Err(ImportError::Lost);
        }
        let held = if last {
            tx.exec(END, p![batch.id, ctx.now])?;
            if batch.wrong + counts.wrong == 0 {
                // Nothing is left to be corrected: what residents wrote need not lie here twice.
                blobs::release(tx, batch.id.0)?;
                tx.exec(LET_GO, p![batch.id])?;
            }
            jobs::progress(tx, ctx.now, job_id, worker, to, batch.total, "")? && jobs::finish(tx, ctx.now, job_id, worker, "{}")?
        } else {
            jobs::progress(tx, ctx.now, job_id, worker, to, batch.total, "")?
        };
        if held { Ok(()) } else { Err(ImportError::Lost) }
    })?;
    if last {
        forget_sheet();
    }
    Ok(if last { Went::Done } else { Went::On })
}

/// Does one piece of undoing.
///
/// # Errors
/// [`ImportError`]; then the piece did nothing.
pub fn undo_piece(store: &Store, env: &Env, job: &Job) -> Result<Went, ImportError> {
    let id = payload(job)?;
    let (env, worker, job_id) = (env.clone(), job.lease_by.unwrap_or_default(), job.id);
    store.write_now(move |tx| super::undo::some(tx, &env.ctx(), id, job_id, worker))
}

pub(super) fn payload(job: &Job) -> Result<BatchId, ImportError> {
    let payload: Payload = serde_json::from_str(&job.payload).map_err(|e| StoreError::Other(format!("a job's payload: {e}")))?;
    Ok(BatchId(payload.batch))
}

/// A row as it was read, with the code of its kind, or what is wrong with it.
type ReadRow = Result<(Said, Option<String>), Vec<CellError>>;

#[derive(Default)]
struct Counts {
    made: i64,
    same: i64,
    changed: i64,
    wrong: i64,
}

fn bring_all(tx: &mut Tx, ctx: &Ctx, batch: &Batch, rows: &[ReadRow]) -> Result<Counts, ImportError> {
    let mut counts = Counts::default();
    for row in rows {
        match row {
            Err(errors) => {
                counts.wrong += 1;
                for (n, error) in (0_i64..).zip(errors) {
                    tx.exec(NOTE, p![batch.id, NoteKind::Wrong.code(), error.row, n, None::<&str>, &json(error)?])?;
                }
            }
            Ok((said, kind)) => {
                if kind.is_none()
                    && let Some(name) = said.kinds.first()
                {
                    tx.exec(NOTE, p![batch.id, NoteKind::Kind.code(), said.row, 0_i64, None::<&str>, &json(name)?])?;
                }
                match bring(tx, ctx, batch, said, kind.clone())? {
                    Became::Made => counts.made += 1,
                    Became::Same => counts.same += 1,
                    Became::Refused(why) => {
                        counts.wrong += 1;
                        tx.exec(NOTE, p![batch.id, NoteKind::Wrong.code(), said.row, 0_i64, None::<&str>, &json(&why)?])?;
                    }
                    Became::Changed(no, what) => {
                        counts.changed += 1;
                        tx.exec(NOTE, p![batch.id, NoteKind::Changed.code(), said.row, 0_i64, &no, &json(&what)?])?;
                    }
                }
            }
        }
    }
    Ok(counts)
}

/// What became of a row.
enum Became {
    Made,
    Same,
    /// The number of the concern, and the headers of what differs.
    Changed(String, Vec<&'static str>),
    /// What the operation itself found wrong.
    Refused(CellError),
}

/// Brings one row in, unless it was brought in before.
fn bring(tx: &mut Tx, ctx: &Ctx, batch: &Batch, said: &Said, kind: Option<String>) -> Result<Became, ImportError> {
    let key = key_of(&batch.source, &said.no);
    let fields = fields_of(ctx, said);
    let who = batch.created_by.map_or(Importer::Console, Importer::Begun);
    let input = Imported {
        title: Some(said.title.clone()),
        answer: said.answer.as_ref().map(|(text, _)| text.clone()),
        answered_at: said.answer.as_ref().map(|(_, at)| *at),
        kind,
        note: Some(said.note.clone()),
        ..Imported::new(key, batch.id.0, said.at, &said.words)
    };
    match bring_in::bring_in(tx, ctx, who, &input) {
        Ok(Brought::New { .. }) => {
            tx.exec(KEEP_SEEN, p![&key, &fields])?;
            Ok(Became::Made)
        }
        Ok(Brought::Known { no }) => {
            let Some(before) = tx.opt(SEEN_FIELDS, p![&key], |row| Ok(row.blob(0)?.to_vec()))? else { return Ok(Became::Same) };
            let differs = |at: usize| before.get(at * 8..at * 8 + 8) != fields.get(at * 8..at * 8 + 8);
            let what: Vec<&'static str> =
                FIELDS.iter().enumerate().filter(|(at, _)| differs(*at)).map(|(_, key)| columns::header(key)).collect();
            Ok(if what.is_empty() { Became::Same } else { Became::Changed(no, what) })
        }
        Err(SubmitError::Store(error)) => Err(error.into()),
        Err(SubmitError::NoDistrict) => Err(ImportError::NoDistrict),
        Err(other) => {
            let problem = Problem::Other { zh: "这一行不能导入".into(), en: other.to_string() };
            Ok(Became::Refused(CellError { row: said.row, column: None, header: String::new(), written: String::new(), problem }))
        }
    }
}

/// What names a row in its source.
fn key_of(source: &str, no: &str) -> [u8; 32] {
    let mut digest = Sha256::new();
    for part in ["concerns.import", source, no] {
        digest.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        digest.update(part.as_bytes());
    }
    digest.finalize().into()
}

/// The fields by which a row is seen to differ, in the order of their digests.
const FIELDS: [&str; 6] = ["title", "at", "words", "answer", "answered", "kind1"];

fn fields_of(ctx: &Ctx, said: &Said) -> Vec<u8> {
    let (answer, answered) = said.answer.as_ref().map_or((String::new(), String::new()), |(text, at)| (text.clone(), at.0.to_string()));
    let parts = [said.title.clone(), said.at.0.to_string(), said.words.clone(), answer, answered, said.kinds.join("/")];
    parts
        .iter()
        .zip(FIELDS)
        .flat_map(|(text, key)| ctx.keys().blind(SEEN, format!("{key}:{text}").as_bytes()).into_iter().take(8))
        .collect()
}

/// A file by its digest, with the rows that were taken in, as it was read.
type Last = ([u8; 32], BTreeSet<u32>, Arc<Sheet>);

/// The file that was read last: the pieces of a job follow one another, and reading a
/// workbook takes longer than writing a piece of it.
static LAST: Mutex<Option<Last>> = Mutex::new(None);

/// The sheet in a file among the blobs.
///
/// # Errors
/// [`ImportError`].
pub(crate) fn sheet(store: &Store, file: &[u8; 32], taken: &BTreeSet<u32>) -> Result<Arc<Sheet>, ImportError> {
    let held = LAST.lock().unwrap_or_else(PoisonError::into_inner).clone();
    if let Some((digest, with, sheet)) = held
        && (digest, &with) == (*file, taken)
    {
        return Ok(sheet);
    }
    let bytes = store.blobs().get(file)?.ok_or(ImportError::FileGone)?;
    let sheet = Arc::new(sheets::read_taking(&bytes, COLUMNS, None, &sheets::Limits::default(), taken)?);
    *LAST.lock().unwrap_or_else(PoisonError::into_inner) = Some((*file, taken.clone(), Arc::clone(&sheet)));
    Ok(sheet)
}

fn forget_sheet() {
    *LAST.lock().unwrap_or_else(PoisonError::into_inner) = None;
}
