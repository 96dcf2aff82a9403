//! Readers: what is folded out of the record into tables of its own, each event exactly once.

use store::{Sql, StoreError, Tx, p, sql};

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

    /// Its tables as lines in a fixed order, for comparing live with rebuilt.
    ///
    /// # Errors
    /// Only the store's.
    fn dump(&self, tx: &mut Tx) -> Result<Vec<String>, StoreError>;
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
