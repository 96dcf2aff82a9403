//! An import as a row: what file, which columns, how far, what became of its rows.

use std::collections::{BTreeMap, BTreeSet};

use base::{Ctx, Id, PersonId, Time};
use people::Proof;
use serde::Serialize;
use sheets::{Mapping, Sheet, map_headers};
use store::{Row, Sql, StoreError, Tx, blobs, jobs, p, sql};

use super::{BatchId, COLUMNS, IMPORT_JOB, ImportError, Payload};
use crate::model::codes;
use crate::permissions::Import;

/// Files that one transaction lets go of.
pub(super) const OLD_AT_ONCE: usize = 20;

/// How long a file with wrong rows is kept, to be corrected.
const KEPT: i64 = 30 * Time::DAY;

/// The most characters of a source's name.
const LONGEST_SOURCE: usize = 60;

codes! {
    /// Where an import stands.
    BatchState {
        /// Uploaded; a person looks at the columns.
        Draft = "draft",
        /// Being brought in.
        Running = "running",
        /// Brought in.
        Done = "done",
        /// Being undone.
        Undoing = "undoing",
        /// Undone.
        Undone = "undone",
    }
}

codes! {
    /// What a note is about.
    NoteKind {
        /// A cell that is wrong: the facts are a [`sheets::CellError`].
        Wrong = "wrong",
        /// A row that differs from what was brought in before: the facts are the headers of what differs.
        Changed = "changed",
        /// A kind that the catalogue does not know: the facts are its name.
        Kind = "kind",
        /// A concern that an undoing kept, since somebody has worked on it.
        Kept = "kept",
    }
}

/// One import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// Its id, the batch of its events.
    pub id: BatchId,
    /// What the rows' numbers are numbers of.
    pub source: String,
    /// What the file was called.
    pub file_name: String,
    /// The file among the blobs, while it is kept.
    pub file: Option<[u8; 32]>,
    /// Which column of the file is which.
    pub choices: BTreeMap<String, usize>,
    /// Rows that were taken for no records and are taken in all the same.
    pub taken: BTreeSet<u32>,
    /// Where it stands.
    pub state: BatchState,
    /// The job that is at it, or was.
    pub job: Option<Id>,
    /// Rows of the file.
    pub total: i64,
    /// Rows gone through.
    pub position: i64,
    /// Concerns made.
    pub made: i64,
    /// Rows that were brought in before, as they are.
    pub same: i64,
    /// Rows that were brought in before and say something else now.
    pub changed: i64,
    /// Rows that could not be read.
    pub wrong: i64,
    /// The last concern that the undoing looked at.
    pub(super) undone_to: Option<Id>,
    /// Concerns that the undoing removed.
    pub removed: i64,
    /// Concerns that the undoing kept.
    pub kept: i64,
    /// Who brought it; nobody where it was brought at the console.
    pub created_by: Option<PersonId>,
    /// When.
    pub created_at: Time,
    /// When it was done or undone.
    pub ended_at: Option<Time>,
}

/// A note to a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// What it is about.
    pub what: NoteKind,
    /// The row of the file; the order for concerns that were kept.
    pub row: i64,
    /// The number of the concern.
    pub concern_no: Option<String>,
    /// JSON.
    pub facts: String,
}

/// A file that was uploaded and lies among the blobs.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Its digest.
    pub file: [u8; 32],
    /// What it was called.
    pub file_name: String,
    /// Its rows.
    pub total: usize,
    /// Which column is which, as found.
    pub choices: BTreeMap<String, usize>,
}

impl Draft {
    /// A file that was read as this sheet.
    pub fn of(file: [u8; 32], file_name: &str, sheet: &Sheet) -> Draft {
        Draft {
            file,
            file_name: base::text::excerpt(file_name, 120),
            total: sheet.rows.len(),
            choices: map_headers(sheet, COLUMNS).choices(),
        }
    }
}

macro_rules! columns {
    () => {
        "id, source, file_name, file, choices, state, job, total, position, made, same, changed, wrong, undone_to, removed, kept, \
         created_by, created_at, ended_at, taken"
    };
}

const BY_ID: &Sql = sql!(concat!("SELECT ", columns!(), " FROM concern_import WHERE id = ?1"));
/// By the index `concern_import_by_time`.
const LATEST: &Sql = sql!(concat!("SELECT ", columns!(), " FROM concern_import ORDER BY created_at DESC LIMIT ?1"));
const INSERT: &Sql = sql!(
    "INSERT INTO concern_import (id, source, file_name, file, choices, state, total, position, made, same, changed, wrong, removed, kept,
                                 created_by, created_at)
     VALUES (?1, ?2, ?3, ?4, ?5, 'draft', ?6, 0, 0, 0, 0, 0, 0, 0, ?7, ?8)"
);
const CHOOSE: &Sql = sql!("UPDATE concern_import SET choices = ?2, source = ?3, taken = ?4, total = ?5 WHERE id = ?1 AND state = 'draft'");
const START: &Sql = sql!("UPDATE concern_import SET state = 'running', job = ?2 WHERE id = ?1 AND state = 'draft'");
const RESUME: &Sql = sql!("UPDATE concern_import SET job = ?2 WHERE id = ?1 AND state = ?3 AND job = ?4");
const DISCARD: &Sql = sql!("DELETE FROM concern_import WHERE id = ?1 AND state = 'draft'");
/// By the index `concern_import_by_time`.
const LAST_SOURCE: &Sql = sql!("SELECT source FROM concern_import ORDER BY created_at DESC LIMIT 1");
const NOTES: &Sql =
    sql!("SELECT what, row, concern_no, facts FROM concern_import_note WHERE import = ?1 AND what = ?2 ORDER BY row, n LIMIT ?3");
pub(super) const NOTE: &Sql = sql!(
    "INSERT INTO concern_import_note (import, what, row, n, concern_no, facts) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
     ON CONFLICT (import, what, row, n) DO UPDATE SET concern_no = excluded.concern_no, facts = excluded.facts"
);
/// By the index `concern_import_files`.
const OLD_FILES: &Sql =
    sql!("SELECT id FROM concern_import WHERE file IS NOT NULL AND ended_at IS NOT NULL AND ended_at < ?1 ORDER BY ended_at LIMIT 20");
pub(super) const LET_GO: &Sql = sql!("UPDATE concern_import SET file = NULL WHERE id = ?1");
/// What wrong cells said goes with the file.
const FORGET_CELLS: &Sql = sql!("DELETE FROM concern_import_note WHERE import = ?1 AND what = 'wrong'");

fn from_row(row: &Row<'_>) -> Result<Batch, StoreError> {
    let state = row.text(5)?;
    Ok(Batch {
        id: row.id(0)?,
        source: row.text(1)?.to_owned(),
        file_name: row.text(2)?.to_owned(),
        file: row.opt_array(3)?,
        choices: serde_json::from_str(row.text(4)?).map_err(|e| StoreError::Other(format!("concern_import: {e}")))?,
        state: BatchState::from_code(state).ok_or_else(|| StoreError::Other(format!("concern_import: state {state} is not known")))?,
        job: row.opt_id(6)?,
        total: row.int(7)?,
        position: row.int(8)?,
        made: row.int(9)?,
        same: row.int(10)?,
        changed: row.int(11)?,
        wrong: row.int(12)?,
        undone_to: row.opt_id(13)?,
        removed: row.int(14)?,
        kept: row.int(15)?,
        created_by: row.opt_id(16)?,
        created_at: row.time(17)?,
        ended_at: row.opt_time(18)?,
        taken: serde_json::from_str(row.text(19)?).map_err(|e| StoreError::Other(format!("concern_import: {e}")))?,
    })
}

impl Batch {
    /// The mapping that its choices make.
    pub fn mapping(&self) -> Mapping {
        Mapping::from_choices(COLUMNS, &self.choices)
    }
}

/// An import by its id.
///
/// # Errors
/// Only the store's.
pub fn batch(tx: &mut Tx, id: BatchId) -> Result<Option<Batch>, StoreError> {
    tx.opt(BY_ID, p![id], from_row)
}

/// The latest imports.
///
/// # Errors
/// Only the store's.
pub fn batches(tx: &mut Tx, most: i64) -> Result<Vec<Batch>, StoreError> {
    tx.all(LATEST, p![most], from_row)
}

/// Notes of one kind, in the order of the file.
///
/// # Errors
/// Only the store's.
pub fn notes(tx: &mut Tx, id: BatchId, what: NoteKind, most: i64) -> Result<Vec<Note>, StoreError> {
    tx.all(NOTES, p![id, what.code(), most], |row| {
        Ok(Note { what, row: row.int(1)?, concern_no: row.opt_text(2)?.map(str::to_owned), facts: row.text(3)?.to_owned() })
    })
}

/// The source that the last import named: what the next one most likely comes from.
///
/// # Errors
/// Only the store's.
pub fn last_source(tx: &mut Tx) -> Result<Option<String>, StoreError> {
    tx.opt(LAST_SOURCE, p![], |row| Ok(row.text(0)?.to_owned()))
}

/// Keeps an uploaded file, for a person to look at its columns. `op_key` is the form's: a retry gives the same import.
///
/// # Errors
/// [`ImportError`].
pub fn draft(tx: &mut Tx, ctx: &Ctx, who: &Proof<Import>, op_key: &[u8; 16], input: &Draft) -> Result<BatchId, ImportError> {
    store::once(tx, ctx.now, op_key, "concerns.import", who.person().bytes(), |tx| make(tx, ctx, Some(who.person()), input, None))
}

/// The same for whoever runs the program on the server.
///
/// # Errors
/// [`ImportError`].
pub fn draft_from_console(tx: &mut Tx, ctx: &Ctx, input: &Draft, source: Option<&str>) -> Result<BatchId, ImportError> {
    make(tx, ctx, None, input, source)
}

fn make(tx: &mut Tx, ctx: &Ctx, by: Option<PersonId>, input: &Draft, source: Option<&str>) -> Result<BatchId, ImportError> {
    let source = match source {
        Some(name) => named(name)?,
        None => last_source(tx)?.unwrap_or_else(|| "留言".into()),
    };
    let id: BatchId = ctx.id();
    let total = i64::try_from(input.total).unwrap_or(i64::MAX);
    tx.exec(INSERT, p![id, &source, &input.file_name, &input.file, &json(&input.choices)?, total, by, ctx.now])?;
    blobs::hold(tx, &input.file, id.0)?;
    Ok(id)
}

fn named(source: &str) -> Result<String, ImportError> {
    let name = base::text::clean_line(source);
    if name.is_empty() || name.chars().count() > LONGEST_SOURCE { Err(ImportError::Source) } else { Ok(name) }
}

pub(super) fn json<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|e| StoreError::Other(e.to_string()))
}

/// What a person says of a file before it is brought in.
#[derive(Clone, Debug)]
pub struct Choice {
    /// Which column is which.
    pub choices: BTreeMap<String, usize>,
    /// What the source is called.
    pub source: String,
    /// Rows that were taken for no records and are to be taken in.
    pub taken: BTreeSet<u32>,
    /// Rows of the file with these.
    pub total: usize,
}

/// Says which column is which, what the source is called, and which rows are taken in.
///
/// # Errors
/// [`ImportError`].
pub fn choose(tx: &mut Tx, who: &Proof<Import>, id: BatchId, choice: &Choice) -> Result<(), ImportError> {
    let _ = who;
    let total = i64::try_from(choice.total).unwrap_or(i64::MAX);
    let changed = tx.exec(CHOOSE, p![id, &json(&choice.choices)?, &named(&choice.source)?, &json(&choice.taken)?, total])?;
    if changed == 1 { Ok(()) } else { Err(ImportError::NotNow) }
}

/// Begins to bring it in: a job.
///
/// # Errors
/// [`ImportError`].
pub fn start(tx: &mut Tx, ctx: &Ctx, who: &Proof<Import>, id: BatchId) -> Result<Id, ImportError> {
    begin(tx, ctx, id, Some(who.person()))
}

/// The same for whoever runs the program on the server.
///
/// # Errors
/// [`ImportError`].
pub fn start_from_console(tx: &mut Tx, ctx: &Ctx, id: BatchId) -> Result<Id, ImportError> {
    begin(tx, ctx, id, None)
}

fn begin(tx: &mut Tx, ctx: &Ctx, id: BatchId, by: Option<PersonId>) -> Result<Id, ImportError> {
    let batch = batch(tx, id)?.ok_or(ImportError::NotFound)?;
    // Pressed twice: the job that was begun is the answer.
    if let (BatchState::Running | BatchState::Done, Some(job)) = (batch.state, batch.job) {
        return Ok(job);
    }
    let missing: Vec<&'static str> = batch.mapping().missing(COLUMNS).into_iter().map(super::columns::header).collect();
    if !missing.is_empty() {
        return Err(ImportError::Columns(missing));
    }
    if people::tree(tx)?.district().is_none() {
        return Err(ImportError::NoDistrict);
    }
    if batch.total == 0 {
        return Err(sheets::ReadError::NoRows.into());
    }
    let job: Id = ctx.id();
    if tx.exec(START, p![id, job])? != 1 {
        return Err(ImportError::NotNow);
    }
    jobs::create(tx, ctx.now, job, IMPORT_JOB, &json(&Payload { batch: id.0 })?, by.map(|p| p.0))?;
    Ok(job)
}

/// Goes on where a job failed, with a new one.
///
/// # Errors
/// [`ImportError`].
pub fn resume(tx: &mut Tx, ctx: &Ctx, who: &Proof<Import>, id: BatchId) -> Result<(), ImportError> {
    let batch = batch(tx, id)?.ok_or(ImportError::NotFound)?;
    let kind = match batch.state {
        BatchState::Running => IMPORT_JOB,
        BatchState::Undoing => super::UNDO_JOB,
        _ => return Err(ImportError::NotNow),
    };
    let failed = match batch.job {
        Some(job) => jobs::find(tx, job)?.is_none_or(|job| job.state == jobs::State::Failed),
        None => true,
    };
    if !failed {
        return Err(ImportError::NotNow);
    }
    let job: Id = ctx.id();
    if tx.exec(RESUME, p![id, job, batch.state.code(), batch.job])? != 1 {
        return Err(ImportError::NotNow);
    }
    Ok(jobs::create(tx, ctx.now, job, kind, &json(&Payload { batch: id.0 })?, Some(who.person().0))?)
}

/// Throws away what was only uploaded.
///
/// # Errors
/// [`ImportError`].
pub fn discard(tx: &mut Tx, who: &Proof<Import>, id: BatchId) -> Result<(), ImportError> {
    let _ = who;
    if tx.exec(DISCARD, p![id])? != 1 {
        return Err(ImportError::NotNow);
    }
    Ok(blobs::release(tx, id.0)?)
}

/// The file's digest, while it is kept.
///
/// # Errors
/// [`ImportError`].
pub fn file(batch: &Batch) -> Result<[u8; 32], ImportError> {
    batch.file.ok_or(ImportError::FileGone)
}

/// Lets go of files whose time is over, with what their wrong cells said; says how many.
///
/// # Errors
/// Only the store's.
pub fn release_old_files(tx: &mut Tx, now: Time) -> Result<usize, StoreError> {
    let old: Vec<BatchId> = tx.all(OLD_FILES, p![now.plus(-KEPT)], |row| row.id(0))?;
    for id in &old {
        blobs::release(tx, id.0)?;
        tx.exec(LET_GO, p![*id])?;
        tx.exec(FORGET_CELLS, p![*id])?;
    }
    Ok(old.len())
}
