//! Readers: what is folded out of the record into tables of its own, each event exactly once.

use base::{Id, Time, UnitId};
use store::{Sql, Store, StoreError, Tx, p, sql};

use crate::append::whole;
use crate::event::Event;

/// Something that follows the log and keeps tables that can be dropped and rebuilt.
pub trait Reader: Send + Sync {
    /// Its name, under which its cursor stands.
    fn name(&self) -> &'static str;

    /// The version of what it makes: another number than the stored one rebuilds it.
    fn version(&self) -> i64;

    /// Take in these events, which come in the order of the log and each only once.
    ///
    /// # Errors
    /// Only the store's.
    fn apply(&self, tx: &mut Tx, events: &[Event]) -> Result<(), StoreError>;

    /// Empty its tables.
    ///
    /// # Errors
    /// Only the store's.
    fn clear(&self, tx: &mut Tx) -> Result<(), StoreError>;

    /// Its tables as lines in a fixed order, for comparing live with rebuilt. Each begins with its table, so that whoever
    /// is told of a line knows where it stands.
    ///
    /// # Errors
    /// Only the store's.
    fn dump(&self, tx: &mut Tx) -> Result<Vec<String>, StoreError>;

    /// Take one long step in its own way, where it is far behind: reading without keeping the writer, and moving its
    /// cursor by [`skip`] in the transaction of what it writes. Tells whether it did. Most readers have no such way.
    ///
    /// # Errors
    /// Only the store's.
    fn leap(&self, store: &Store) -> Result<bool, StoreError> {
        let _ = store;
        Ok(false)
    }
}

/// The columns of an event that counting needs, still lying in the engine's buffer.
#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    /// Its place in the log.
    pub pos: i64,
    /// Its kind.
    pub kind: &'a str,
    /// When it was written down.
    pub recorded_at: Time,
    /// When it happened.
    pub occurred_at: Time,
    /// The unit it counts for.
    pub unit: Option<UnitId>,
    /// What it happened to.
    pub subject: Id,
    /// Its facts, as JSON.
    pub facts: &'a str,
}

impl<'a> Line<'a> {
    /// Of an event that has its place.
    pub fn of(event: &'a Event) -> Line<'a> {
        Line {
            pos: event.pos.unwrap_or_default(),
            kind: &event.kind,
            recorded_at: event.recorded_at,
            occurred_at: event.occurred_at,
            unit: event.unit,
            subject: event.subject,
            facts: &event.facts,
        }
    }
}

/// Walks the primary key of `log` and fetches events by theirs.
const LINES: &Sql = sql!(
    "SELECT l.pos, e.kind, e.recorded_at, e.occurred_at, e.unit, e.subject, e.facts
     FROM log l JOIN event e ON e.id = l.event WHERE l.pos > ?1 ORDER BY l.pos LIMIT ?2"
);

/// At most `limit` events after this position, one by one and without copying them: a quarter of what [`after`] takes.
///
/// # Errors
/// Only the store's.
pub fn lines(tx: &mut Tx, pos: i64, limit: usize, mut f: impl FnMut(&Line<'_>)) -> Result<(), StoreError> {
    tx.each(LINES, p![pos, i64::try_from(limit).unwrap_or(i64::MAX)], |row| {
        f(&Line {
            pos: row.int(0)?,
            kind: row.text(1)?,
            recorded_at: row.time(2)?,
            occurred_at: row.time(3)?,
            unit: row.opt_id(4)?,
            subject: row.id(5)?,
            facts: row.text(6)?,
        });
        Ok(())
    })
}

/// Move a reader's cursor from one position to another, for [`Reader::leap`]. False, and nothing moved, where it no
/// longer stands there.
///
/// # Errors
/// Only the store's.
pub fn skip(tx: &mut Tx, reader: &dyn Reader, from: i64, to: i64) -> Result<bool, StoreError> {
    Ok(tx.exec(MOVE, p![reader.name(), reader.version(), to, reader.version(), from])? == 1)
}

/// Why a reader did not move on.
#[derive(Debug, thiserror::Error)]
pub enum AdvanceError {
    /// Another process moved this reader meanwhile. Nothing was changed; try again.
    #[error("another process moved this reader on")]
    Lost,
    /// The store's.
    #[error(transparent)]
    Store(#[from] StoreError),
}

const CURSOR: &Sql = sql!("SELECT version, pos FROM reader_cursor WHERE name = ?1");
const FIRST: &Sql = sql!("INSERT INTO reader_cursor (name, version, pos) VALUES (?1, ?2, ?3) ON CONFLICT (name) DO NOTHING");
const MOVE: &Sql = sql!("UPDATE reader_cursor SET version = ?2, pos = ?3 WHERE name = ?1 AND version = ?4 AND pos = ?5");

/// Walks the primary key of `log` and fetches events by theirs.
const AFTER: &Sql = sql!(
    "SELECT l.pos, e.id, e.kind, e.v, e.recorded_at, e.occurred_at, e.actor_kind, e.actor, e.unit, e.subject, e.batch,
            e.rules_digest, e.facts, e.salt
     FROM log l JOIN event e ON e.id = l.event WHERE l.pos > ?1 ORDER BY l.pos LIMIT ?2"
);

/// At most `limit` events after this position, in the order of the log.
///
/// # Errors
/// Only the store's.
pub fn after(tx: &mut Tx, pos: i64, limit: usize) -> Result<Vec<Event>, StoreError> {
    tx.all(AFTER, p![pos, i64::try_from(limit).unwrap_or(i64::MAX)], |row| whole(row, 1, Some(row.int(0)?)))
}

/// Where a reader stands, if it has begun.
///
/// # Errors
/// Only the store's.
pub fn position(tx: &mut Tx, reader: &dyn Reader) -> Result<Option<i64>, StoreError> {
    Ok(tx.opt(CURSOR, p![reader.name()], |row| Ok((row.int(0)?, row.int(1)?)))?.filter(|at| at.0 == reader.version()).map(|at| at.1))
}

/// Let a reader take in at most `limit` events and move its cursor, in this one transaction. Tells how
/// many it took. A reader of another version than the stored one is emptied first and begins anew.
///
/// # Errors
/// [`AdvanceError::Lost`] when another process moved it meanwhile.
pub fn advance(tx: &mut Tx, reader: &dyn Reader, limit: usize) -> Result<usize, AdvanceError> {
    let stored = tx.opt(CURSOR, p![reader.name()], |row| Ok((row.int(0)?, row.int(1)?)))?;
    let from = match stored {
        Some((version, pos)) if version == reader.version() => pos,
        _ => 0,
    };
    let anew = stored.is_none_or(|(version, _)| version != reader.version());
    let events = after(tx, from, limit)?;
    if events.is_empty() && !anew {
        return Ok(0);
    }
    let to = events.last().and_then(|event| event.pos).unwrap_or(from);
    // The cursor moves first, so that of two processes the later one waits here and then gives up.
    let moved = match stored {
        None => tx.exec(FIRST, p![reader.name(), reader.version(), to])?,
        Some((version, pos)) => tx.exec(MOVE, p![reader.name(), reader.version(), to, version, pos])?,
    };
    if moved != 1 {
        return Err(AdvanceError::Lost);
    }
    if anew {
        reader.clear(tx)?;
    }
    if !events.is_empty() {
        reader.apply(tx, &events)?;
    }
    Ok(events.len())
}

const FORGET: &Sql = sql!("DELETE FROM reader_cursor WHERE name = ?1");

/// Empty a reader and set it back to the beginning; [`advance`] then replays the log into it.
///
/// # Errors
/// Only the store's.
pub fn reset(tx: &mut Tx, reader: &dyn Reader) -> Result<(), StoreError> {
    tx.exec(FORGET, p![reader.name()])?;
    reader.clear(tx)
}
