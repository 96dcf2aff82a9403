//! An import as a row: what file, which columns, how far, what became of its rows.

use std::collections::{BTreeMap, BTreeSet};

use base::{Ctx, Id, PersonId, Purpose, Time, UnitId};
use people::Actor;
use serde::{Deserialize, Serialize};
use sheets::{CellError, LeftOut, Limits, Mapping, Stream, map_headers};
use store::{Row, Sql, Store, StoreError, Tx, blobs, jobs, p, sql};

use super::{Bring, BringError, work};

/// What files are sealed for.
const FILE: Purpose = Purpose("bring.file");
/// How long a file with wrong rows is kept, to be corrected.
const KEPT: i64 = 30 * Time::DAY;
/// Files that one transaction lets go of.
pub(super) const OLD_AT_ONCE: usize = 20;

/// Where an import stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Uploaded; a person looks at the columns.
    Draft,
    /// On trial: every row is checked, none is written.
    Checking,
    /// Being brought in.
    Running,
    /// Brought in.
    Done,
    /// Being undone.
    Undoing,
    /// Undone.
    Undone,
}

impl State {
    const ALL: [(State, &'static str); 6] = [
        (State::Draft, "draft"),
        (State::Checking, "checking"),
        (State::Running, "running"),
        (State::Done, "done"),
        (State::Undoing, "undoing"),
        (State::Undone, "undone"),
    ];

    /// As it stands in the store.
    pub fn code(self) -> &'static str {
        State::ALL.iter().find(|(state, _)| *state == self).map_or("", |(_, code)| code)
    }

    /// Whether a job is at it.
    pub fn is_working(self) -> bool {
        matches!(self, State::Checking | State::Running | State::Undoing)
    }
}

/// What became of rows, or would.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// New.
    pub made: i64,
    /// So already.
    pub same: i64,
    /// Changed.
    pub changed: i64,
    /// Wrong.
    pub wrong: i64,
}

/// One import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// Its id, the batch of its events.
    pub id: Id,
    /// Which kind of table.
    pub kind: String,
    /// The unit into which it goes, with all under it.
    pub scope: UnitId,
    /// What the file was called.
    pub file_name: String,
    /// The sealed file among the blobs, while it is kept.
    pub file: Option<[u8; 32]>,
    /// Which column of the file is which.
    pub choices: BTreeMap<String, usize>,
    /// Rows that were taken for no records and are taken in all the same.
    pub taken: BTreeSet<u32>,
    /// Where it stands.
    pub state: State,
    /// What the last trial gave.
    pub checked: Option<Counts>,
    /// The job that is at it, or was.
    pub job: Option<Id>,
    /// Rows of the file.
    pub total: i64,
    /// Rows gone through.
    pub position: i64,
    /// What became of them.
    pub counts: Counts,
    /// What the undoing took back.
    pub removed: i64,
    /// What the undoing left, since it was used.
    pub kept: i64,
    /// Who brought it; nobody where it was brought at the command line.
    pub created_by: Option<PersonId>,
    /// When.
    pub created_at: Time,
    /// When it was done or undone.
    pub ended_at: Option<Time>,
}

impl Batch {
    /// The mapping that its choices make.
    pub fn mapping(&self, kind: &Bring) -> Mapping {
        Mapping::from_choices(kind.columns, &self.choices)
    }
}

macro_rules! columns {
    () => {
        "id, kind, scope, file_name, file, choices, state, checked, job, total, position, made, same, changed, wrong, removed, kept, \
         created_by, created_at, ended_at, taken"
    };
}

const BY_ID: &Sql = sql!(concat!("SELECT ", columns!(), " FROM brought WHERE id = ?1"));
/// By the index `brought_by_kind`.
const LATEST: &Sql = sql!(concat!("SELECT ", columns!(), " FROM brought WHERE kind = ?1 ORDER BY created_at DESC LIMIT ?2"));
const INSERT: &Sql = sql!(
    "INSERT INTO brought (id, kind, scope, file_name, file, choices, state, total, position, made, same, changed, wrong, removed, kept,
                          created_by, created_at, left_out)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'draft', ?7, 0, 0, 0, 0, 0, 0, 0, ?8, ?9, ?10)"
);
const CHOOSE: &Sql = sql!("UPDATE brought SET choices = ?2, taken = ?3, total = ?4, checked = NULL WHERE id = ?1 AND state = 'draft'");
const LEFT_OUT: &Sql = sql!("SELECT left_out FROM brought WHERE id = ?1");
const BEGIN: &Sql = sql!(
    "UPDATE brought SET state = ?2, job = ?3, position = 0, made = 0, same = 0, changed = 0, wrong = 0, checked = NULL
     WHERE id = ?1 AND state = 'draft'"
);
const UNDO: &Sql = sql!("UPDATE brought SET state = 'undoing', job = ?2, ended_at = NULL WHERE id = ?1 AND state = 'done'");
const RESUME: &Sql = sql!("UPDATE brought SET job = ?2 WHERE id = ?1 AND state = ?3 AND job = ?4");
const DISCARD: &Sql = sql!("DELETE FROM brought WHERE id = ?1 AND state = 'draft'");
pub(super) const FORGET_WRONG: &Sql = sql!("DELETE FROM brought_wrong WHERE batch = ?1");
const WRONG: &Sql = sql!("SELECT facts FROM brought_wrong WHERE batch = ?1 ORDER BY row, n LIMIT ?2");
/// By the index `brought_files`.
const OLD_FILES: &Sql =
    sql!("SELECT id FROM brought WHERE file IS NOT NULL AND ended_at IS NOT NULL AND ended_at < ?1 ORDER BY ended_at LIMIT 20");
pub(super) const LET_GO: &Sql = sql!("UPDATE brought SET file = NULL, left_out = NULL WHERE id = ?1");

fn from_row(row: &Row<'_>) -> Result<Batch, StoreError> {
    let bad = |what: &str| StoreError::Other(format!("brought: {what} is not known"));
    let state = row.text(6)?;
    Ok(Batch {
        id: row.id(0)?,
        kind: row.text(1)?.to_owned(),
        scope: row.id(2)?,
        file_name: row.text(3)?.to_owned(),
        file: row.opt_array(4)?,
        choices: serde_json::from_str(row.text(5)?).map_err(|error| bad(&error.to_string()))?,
        state: State::ALL.iter().find(|(_, code)| *code == state).map(|(state, _)| *state).ok_or_else(|| bad(state))?,
        checked: row.opt_text(7)?.map(serde_json::from_str).transpose().map_err(|error| bad(&error.to_string()))?,
        job: row.opt_id(8)?,
        total: row.int(9)?,
        position: row.int(10)?,
        counts: Counts { made: row.int(11)?, same: row.int(12)?, changed: row.int(13)?, wrong: row.int(14)? },
        removed: row.int(15)?,
        kept: row.int(16)?,
        created_by: row.opt_id(17)?,
        created_at: row.time(18)?,
        ended_at: row.opt_time(19)?,
        taken: serde_json::from_str(row.text(20)?).map_err(|error| bad(&error.to_string()))?,
    })
}

/// An import by its id.
///
/// # Errors
/// Only the store's.
pub fn batch(tx: &mut Tx, id: Id) -> Result<Option<Batch>, StoreError> {
    tx.opt(BY_ID, p![id], from_row)
}

/// The latest imports of a kind.
pub(super) fn latest(tx: &mut Tx, kind: &str, most: i64) -> Result<Vec<Batch>, StoreError> {
    tx.all(LATEST, p![kind, most], from_row)
}

/// What is wrong with cells, in the order of the file.
pub(super) fn wrong(tx: &mut Tx, id: Id, most: i64) -> Result<Vec<CellError>, StoreError> {
    let found = tx.all(WRONG, p![id, most], |row| Ok(row.text(0)?.to_owned()))?;
    Ok(found.iter().filter_map(|facts| serde_json::from_str(facts).ok()).collect())
}

/// A file that was read and lies sealed among the blobs.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    file: [u8; 32],
    file_name: String,
    total: i64,
    choices: BTreeMap<String, usize>,
    /// What was taken for no records, sealed.
    left_out: Vec<u8>,
}

/// Reads a file through once, counts its rows, and seals it.
pub(super) fn take_in(store: &Store, env: &base::Env, kind: &Bring, name: &str, bytes: Vec<u8>) -> Result<Draft, BringError> {
    let sealed = env.keys.seal(&*env.random, FILE, &bytes);
    let mut stream = sheets::open(bytes, kind.columns, &Limits::default())?;
    let choices = map_headers(stream.head(), kind.columns).choices();
    let mut total = 0;
    loop {
        let some = stream.take(1_000)?.len();
        if some == 0 {
            break;
        }
        total += i64::try_from(some).unwrap_or(0);
    }
    if total == 0 && stream.head().skipped.is_empty() {
        return Err(sheets::ReadError::NoRows.into());
    }
    let left_out = env.keys.seal(&*env.random, FILE, json(&stream.head().skipped)?.as_bytes());
    Ok(Draft { file: store.blobs().put(&sealed)?, file_name: base::text::excerpt(name, 120), total, choices, left_out })
}

/// The bytes of a file as it was uploaded.
pub(super) fn bytes(store: &Store, env: &base::Env, batch: &Batch) -> Result<Vec<u8>, BringError> {
    let file = batch.file.ok_or(BringError::FileGone)?;
    let sealed = store.blobs().get(&file)?.ok_or(BringError::FileGone)?;
    Ok(env.keys.open(FILE, &sealed).map_err(|error| BringError::Io(error.to_string()))?.to_vec())
}

/// The rows of a file one after another, with those that a person took in.
pub(super) fn stream(store: &Store, env: &base::Env, kind: &Bring, batch: &Batch) -> Result<Stream, BringError> {
    Ok(sheets::open_taking(bytes(store, env, batch)?, kind.columns, &Limits::default(), &batch.taken)?)
}

/// The rows that were taken for no records, while the file is kept.
pub(super) fn left_out(tx: &mut Tx, ctx: &Ctx, id: Id) -> Result<Vec<LeftOut>, StoreError> {
    let sealed = tx.one(LEFT_OUT, p![id], |row| Ok(row.opt_blob(0)?.map(<[u8]>::to_vec)))?;
    let Some(sealed) = sealed else { return Ok(Vec::new()) };
    let plain = ctx.keys().open(FILE, &sealed).map_err(|error| StoreError::Other(format!("brought.left_out: {error}")))?;
    serde_json::from_slice(&plain).map_err(|error| StoreError::Other(format!("brought.left_out: {error}")))
}

/// Keeps an uploaded file, for a person to look at its columns.
pub(super) fn draft(tx: &mut Tx, ctx: &Ctx, by: Option<PersonId>, kind: &Bring, scope: UnitId, input: &Draft) -> Result<Id, BringError> {
    let id: Id = ctx.id();
    let choices = json(&input.choices)?;
    tx.exec(
        INSERT,
        p![id, kind.key, scope, input.file_name.as_str(), &input.file, &choices, input.total, by, ctx.now, &input.left_out[..]],
    )?;
    blobs::hold(tx, &input.file, id)?;
    Ok(id)
}

pub(super) fn json<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Other(error.to_string()))
}

/// Says which column is which, and which rows are taken in that were taken for no records.
pub(super) fn choose(
    tx: &mut Tx,
    ctx: &Ctx,
    found: &Batch,
    choices: &BTreeMap<String, usize>,
    wanted: &BTreeSet<u32>,
) -> Result<(), BringError> {
    let known: BTreeSet<u32> = left_out(tx, ctx, found.id)?.iter().map(|row| row.row).collect();
    let taken: BTreeSet<u32> = known.intersection(wanted).copied().collect();
    let rows = |set: &BTreeSet<u32>| i64::try_from(set.len()).unwrap_or(0);
    let total = found.total - rows(&found.taken) + rows(&taken);
    if tx.exec(CHOOSE, p![found.id, &json(choices)?, &json(&taken)?, total])? == 1 { Ok(()) } else { Err(BringError::NotNow) }
}

/// What the job of an import carries.
#[derive(Serialize, Deserialize)]
pub(super) struct Payload {
    pub(super) batch: Id,
}

fn ask(tx: &mut Tx, ctx: &Ctx, job: Id, batch: Id, by: Option<PersonId>) -> Result<Id, BringError> {
    jobs::create(tx, ctx.now, job, work::JOB, &json(&Payload { batch })?, by.map(|person| person.0))?;
    Ok(job)
}

/// Begins a trial, or the work itself. Pressed twice: the job that was begun is the answer.
pub(super) fn begin(tx: &mut Tx, ctx: &Ctx, by: Option<PersonId>, kind: &Bring, id: Id, dry: bool) -> Result<Id, BringError> {
    let found = batch(tx, id)?.ok_or(BringError::NotFound)?;
    let wanted = if dry { State::Checking } else { State::Running };
    if let (true, Some(job)) = (found.state == wanted || !dry && found.state == State::Done, found.job) {
        return Ok(job);
    }
    let missing = found.mapping(kind).missing(kind.columns);
    if !missing.is_empty() {
        let header = |key: &&str| kind.columns.iter().find(|column| column.key == *key).map(|column| column.header);
        return Err(BringError::Columns(missing.iter().filter_map(header).collect()));
    }
    if found.total == 0 {
        return Err(sheets::ReadError::NoRows.into());
    }
    let job: Id = ctx.id();
    if tx.exec(BEGIN, p![id, wanted.code(), job])? != 1 {
        return Err(BringError::NotNow);
    }
    tx.exec(FORGET_WRONG, p![id])?;
    ask(tx, ctx, job, id, by)
}

/// Begins to undo an import.
pub(super) fn undo(tx: &mut Tx, ctx: &Ctx, by: Option<PersonId>, id: Id) -> Result<Id, BringError> {
    let found = batch(tx, id)?.ok_or(BringError::NotFound)?;
    if let (State::Undoing | State::Undone, Some(job)) = (found.state, found.job) {
        return Ok(job);
    }
    let job: Id = ctx.id();
    if tx.exec(UNDO, p![id, job])? != 1 {
        return Err(BringError::NotNow);
    }
    ask(tx, ctx, job, id, by)
}

/// Goes on where a job failed, with a new one.
pub(super) fn resume(tx: &mut Tx, ctx: &Ctx, by: Option<PersonId>, id: Id) -> Result<Id, BringError> {
    let found = batch(tx, id)?.ok_or(BringError::NotFound)?;
    let failed = match found.job {
        Some(job) => jobs::find(tx, job)?.is_none_or(|job| job.state == jobs::State::Failed),
        None => true,
    };
    let job: Id = ctx.id();
    if !found.state.is_working() || !failed || tx.exec(RESUME, p![id, job, found.state.code(), found.job])? != 1 {
        return Err(BringError::NotNow);
    }
    ask(tx, ctx, job, id, by)
}

/// Throws away what was only uploaded.
pub(super) fn discard(tx: &mut Tx, id: Id) -> Result<(), BringError> {
    tx.exec(FORGET_WRONG, p![id])?;
    if tx.exec(DISCARD, p![id])? != 1 {
        return Err(BringError::NotNow);
    }
    Ok(blobs::release(tx, id)?)
}

/// Lets go of files whose time is over, with what their wrong cells said; says how many.
pub(super) fn release_old_files(tx: &mut Tx, now: Time) -> Result<usize, StoreError> {
    let old: Vec<Id> = tx.all(OLD_FILES, p![now.plus(-KEPT)], |row| row.id(0))?;
    for id in &old {
        blobs::release(tx, *id)?;
        tx.exec(LET_GO, p![*id])?;
        tx.exec(FORGET_WRONG, p![*id])?;
    }
    Ok(old.len())
}

/// Whether somebody may bring this kind into this unit.
pub(super) fn may(kind: &Bring, actor: &Actor, tree: &people::Tree, scope: UnitId) -> bool {
    (kind.scopes)(actor, tree).contains(&scope)
}
