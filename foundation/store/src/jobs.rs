//! Long work as rows: whoever takes a job leases it by compare-and-swap, does it in pieces, and says
//! how far it is. A lease that ran out, because its process died, is taken by another.

use base::{Id, Time};

use crate::{Row, Sql, StoreError, Tx, p, sql};

/// How long a lease lasts without a word of progress.
pub const LEASE: i64 = 60 * Time::SECOND;

const CREATE: &Sql = sql!(
    "INSERT INTO job (id, kind, payload, state, lease_until, done, total, message, created_at, created_by)
     VALUES (?1, ?2, ?3, 'waiting', 0, 0, 0, '', ?4, ?5)"
);
/// By the primary key.
const FIND: &Sql = sql!(
    "SELECT id, kind, payload, state, done, total, message, result, created_at, created_by, ended_at, lease_by, lease_until
     FROM job WHERE id = ?1"
);
/// By the index `job_open`.
const WAITING: &Sql = sql!("SELECT id, lease_until FROM job WHERE state = ?1 AND lease_until < ?2 ORDER BY lease_until, id LIMIT 1");
const LEASE_IT: &Sql =
    sql!("UPDATE job SET state = 'running', lease_by = ?2, lease_until = ?3 WHERE id = ?1 AND state = ?4 AND lease_until = ?5");
const PROGRESS: &Sql =
    sql!("UPDATE job SET done = ?3, total = ?4, message = ?5, lease_until = ?6 WHERE id = ?1 AND state = 'running' AND lease_by = ?2");
const END: &Sql = sql!(
    "UPDATE job SET state = ?3, message = ?4, result = ?5, ended_at = ?6, lease_by = NULL
     WHERE id = ?1 AND state = 'running' AND lease_by = ?2"
);

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Nobody has begun.
    Waiting,
    /// Somebody is at it.
    Running,
    /// Done; `result` holds what came of it.
    Done,
    /// Given up; `message` says why.
    Failed,
}

/// A job as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Its id.
    pub id: Id,
    /// What is to be done, as the module names it.
    pub kind: String,
    /// What it is to be done with: JSON.
    pub payload: String,
    /// Where it stands.
    pub state: State,
    /// Pieces done.
    pub done: i64,
    /// Pieces in all; 0 while not known.
    pub total: i64,
    /// A word on how it goes, or why it failed.
    pub message: String,
    /// What came of it: JSON.
    pub result: Option<String>,
    /// When it was asked for.
    pub created_at: Time,
    /// Who asked for it.
    pub created_by: Option<Id>,
    /// When it was done or given up.
    pub ended_at: Option<Time>,
    /// Who is at it.
    pub lease_by: Option<Id>,
    /// Until when, unless a word of progress comes.
    pub lease_until: Time,
}

/// Asks for a job.
///
/// # Errors
/// [`StoreError`].
pub fn create(tx: &mut Tx, now: Time, id: Id, kind: &str, payload: &str, by: Option<Id>) -> Result<(), StoreError> {
    tx.exec(CREATE, p![id, kind, payload, now, by]).map(drop)
}

/// The next job that waits, or whose lease ran out, now leased to `worker` (an id of the process or thread).
///
/// # Errors
/// [`StoreError`].
pub fn take(tx: &mut Tx, now: Time, worker: Id) -> Result<Option<Job>, StoreError> {
    for state in ["running", "waiting"] {
        let found = tx.opt(WAITING, p![state, now], |row| Ok((row.id::<Id>(0)?, row.time(1)?)))?;
        let Some((id, until)) = found else { continue };
        if tx.exec(LEASE_IT, p![id, worker, now.plus(LEASE), state, until])? == 1 {
            return find(tx, id);
        }
    }
    Ok(None)
}

/// Says how far the work is and keeps the lease; in the transaction of the piece itself, so that a
/// piece counts exactly once. False where the lease was lost: then the piece must not count, and the
/// caller returns an error so that it is undone.
///
/// # Errors
/// [`StoreError`].
pub fn progress(tx: &mut Tx, now: Time, id: Id, worker: Id, done: i64, total: i64, message: &str) -> Result<bool, StoreError> {
    Ok(tx.exec(PROGRESS, p![id, worker, done, total, message, now.plus(LEASE)])? == 1)
}

/// Ends the work with what came of it (JSON). False where the lease was lost.
///
/// # Errors
/// [`StoreError`].
pub fn finish(tx: &mut Tx, now: Time, id: Id, worker: Id, result: &str) -> Result<bool, StoreError> {
    Ok(tx.exec(END, p![id, worker, "done", "", result, now])? == 1)
}

/// Gives the work up, and says why in words for whoever asked for it. False where the lease was lost.
///
/// # Errors
/// [`StoreError`].
pub fn fail(tx: &mut Tx, now: Time, id: Id, worker: Id, why: &str) -> Result<bool, StoreError> {
    Ok(tx.exec(END, p![id, worker, "failed", why, None::<&str>, now])? == 1)
}

/// A job by its id.
///
/// # Errors
/// [`StoreError`].
pub fn find(tx: &mut Tx, id: Id) -> Result<Option<Job>, StoreError> {
    tx.opt(FIND, p![id], job)
}

fn job(row: &Row<'_>) -> Result<Job, StoreError> {
    Ok(Job {
        id: row.id(0)?,
        kind: row.text(1)?.to_owned(),
        payload: row.text(2)?.to_owned(),
        state: match row.text(3)? {
            "waiting" => State::Waiting,
            "running" => State::Running,
            "done" => State::Done,
            "failed" => State::Failed,
            other => return Err(StoreError::Other(format!("a job cannot be \"{other}\""))),
        },
        done: row.int(4)?,
        total: row.int(5)?,
        message: row.text(6)?.to_owned(),
        result: row.opt_text(7)?.map(str::to_owned),
        created_at: row.time(8)?,
        created_by: row.opt_id(9)?,
        ended_at: row.opt_time(10)?,
        lease_by: row.opt_id(11)?,
        lease_until: row.time(12)?,
    })
}
