//! The sequencer: gives committed events their positions, in batches, fenced by compare-and-swap on
//! `log_head`, so that two processes on one store can both try and only one of them moves the log on.

use base::{Ctx, Env, Time};
use store::{Sql, Store, StoreError, Tx, p, sql};

use crate::append::from_row;
use crate::digest::{EMPTY_HEAD, chain, leaf};
use crate::event::EventId;

/// The most events that one batch takes.
pub const BATCH: usize = 2_000;

/// How far an event's `recorded_at` may lie from the batch that gives it a position. An event outside
/// was not written when it says, and is set aside with the reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Microseconds before the last batch.
    pub back: i64,
    /// Microseconds after the present.
    pub ahead: i64,
}

impl Default for Window {
    fn default() -> Window {
        Window { back: 10 * Time::MINUTE, ahead: 2 * Time::MINUTE }
    }
}

/// Why a batch was not taken.
#[derive(Debug, thiserror::Error)]
pub enum SequenceError {
    /// Another sequencer was quicker. Nothing was changed; try again.
    #[error("another sequencer was quicker")]
    Lost,
    /// The store's.
    #[error(transparent)]
    Store(#[from] StoreError),
}

const HEAD: &Sql = sql!("SELECT size, head, last_at FROM log_head WHERE one = 1");

/// The events without a position, in the order in which they were written.
const PENDING: &Sql = sql!(
    "SELECT e.id, e.kind, e.v, e.recorded_at, e.occurred_at, e.actor_kind, e.actor, e.unit, e.subject, e.batch,
            e.rules_digest, e.facts, e.salt, p.id
     FROM pending_event p LEFT JOIN event e ON e.id = p.id ORDER BY p.id LIMIT ?1"
);

const FIRST_HEAD: &Sql = sql!("INSERT INTO log_head (one, size, head, last_at) VALUES (1, ?1, ?2, ?3) ON CONFLICT (one) DO NOTHING");

const MOVE_HEAD: &Sql = sql!("UPDATE log_head SET size = ?1, head = ?2, last_at = ?3 WHERE one = 1 AND size = ?4 AND head = ?5");

/// One statement for the whole batch: the ids and leaves come as two long blobs and are cut up here.
const EXTEND: &Sql = sql!(
    "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?1)
     INSERT INTO log (pos, event, leaf)
     SELECT CAST(?2 AS BIGINT) + i, substr(CAST(?3 AS @blob), i * 16 + 1, 16), substr(CAST(?4 AS @blob), i * 32 + 1, 32) FROM n"
);

const TAKEN: &Sql = sql!(
    "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?1)
     DELETE FROM pending_event WHERE id IN (SELECT substr(CAST(?2 AS @blob), i * 16 + 1, 16) FROM n)"
);

const SET_ASIDE: &Sql = sql!("INSERT INTO quarantined_event (id, at, reason) VALUES (?1, ?2, ?3)");

/// Where the log stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// How many events have a position.
    pub size: i64,
    /// The digest that commits to all of them and their order.
    pub head: [u8; 32],
    /// When the last batch was taken.
    pub last_at: Option<Time>,
}

/// Where the log stands.
///
/// # Errors
/// Only the store's.
pub fn head(tx: &mut Tx) -> Result<Head, StoreError> {
    let found = tx.opt(HEAD, p![], |row| {
        let head = row.blob(1)?.try_into().map_err(|_| StoreError::Other("log_head: the head is not 32 bytes".into()))?;
        Ok(Head { size: row.int(0)?, head, last_at: Some(row.time(2)?) })
    })?;
    Ok(found.unwrap_or(Head { size: 0, head: EMPTY_HEAD, last_at: None }))
}
