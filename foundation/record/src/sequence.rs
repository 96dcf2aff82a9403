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
            e.rules_digest, e.facts, e.salt, p.id, p.seq
     FROM pending_event p LEFT JOIN event e ON e.id = p.id ORDER BY p.seq LIMIT ?1"
);

const FIRST_HEAD: &Sql = sql!("INSERT INTO log_head (one, size, head, last_at) VALUES (1, ?1, ?2, ?3) ON CONFLICT (one) DO NOTHING");

const MOVE_HEAD: &Sql = sql!("UPDATE log_head SET size = ?1, head = ?2, last_at = ?3 WHERE one = 1 AND size = ?4 AND head = ?5");

/// One statement for the whole batch: ids and leaves come as two long blobs and are cut up here. The
/// `COALESCE` with a column is what tells PostgreSQL that the parameter is a blob and not a text.
const EXTEND: &Sql = sql!(
    "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?1)
     INSERT INTO log (pos, event, leaf)
     SELECT CAST(?2 AS BIGINT) + n.i, substr(COALESCE(?3, h.head), n.i * 16 + 1, 16), substr(COALESCE(?4, h.head), n.i * 32 + 1, 32)
     FROM n, log_head h WHERE h.one = 1"
);

/// Walks the primary key up to the last one taken and drops what has a position now. Events that came
/// into this range since it was read stay, since they are not in the log.
const TAKEN: &Sql = sql!("DELETE FROM pending_event WHERE seq <= ?1 AND id IN (SELECT event FROM log WHERE pos > ?2)");

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

/// Give positions to at most `limit` events (and never more than [`BATCH`]) and tell how many left the
/// queue. Nothing is written when none wait.
///
/// # Errors
/// [`SequenceError::Lost`] when another sequencer was quicker.
pub fn sequence(tx: &mut Tx, ctx: &Ctx, limit: usize) -> Result<usize, SequenceError> {
    sequence_within(tx, ctx, limit, Window::default())
}

/// [`sequence`] with a window of one's own: a simulated clock leaps.
///
/// # Errors
/// As [`sequence`].
pub fn sequence_within(tx: &mut Tx, ctx: &Ctx, limit: usize, window: Window) -> Result<usize, SequenceError> {
    let before = head(tx)?;
    let limit = i64::try_from(limit.min(BATCH)).unwrap_or(0);
    let waiting = tx.all(PENDING, p![limit], |row| {
        let id = row.id::<base::Id>(13)?;
        let event = match row.opt_blob(0)? {
            None => Err("the event itself is gone".to_owned()),
            Some(_) => from_row(row, 0, None)?,
        };
        Ok((row.int(14)?, EventId(id), event))
    })?;
    let (mut size, mut top) = (before.size, before.head);
    let (mut ids, mut leaves, mut refused) = (Vec::new(), Vec::new(), Vec::new());
    for (_, id, event) in &waiting {
        let checked = event.as_ref().map_err(Clone::clone).and_then(|event| {
            in_window(event.recorded_at, before.last_at, ctx.now, window)?;
            Ok(leaf(event))
        });
        match checked {
            Ok(leaf) => {
                size += 1;
                top = chain(&top, &leaf);
                leaves.extend_from_slice(&leaf);
                ids.extend_from_slice(id.bytes());
            }
            Err(reason) => refused.push((*id, reason)),
        }
    }
    if size > before.size {
        let last_at = before.last_at.map_or(ctx.now, |last| last.max(ctx.now));
        // The head moves first: who is too late learns it before having written anything.
        let moved = match before.last_at {
            None => tx.exec(FIRST_HEAD, p![size, &top[..], last_at])?,
            Some(_) => tx.exec(MOVE_HEAD, p![size, &top[..], last_at, before.size, &before.head[..]])?,
        };
        if moved != 1 {
            return Err(SequenceError::Lost);
        }
        let taken = size - before.size;
        tx.exec(EXTEND, p![taken, before.size + 1, &ids[..], &leaves[..]])?;
        let last = waiting.last().map_or(0, |(seq, ..)| *seq);
        if i64::try_from(tx.exec(TAKEN, p![last, before.size])?) != Ok(taken) {
            return Err(SequenceError::Lost);
        }
    }
    for (id, reason) in &refused {
        tracing::error!(event = %id, reason, "an event was set aside; `lianxin verify` shows it");
        tx.exec(SET_ASIDE, p![id.0, ctx.now, reason.as_str()])?;
        tx.exec(UNQUEUE, p![id.0])?;
    }
    Ok(waiting.len())
}

const UNQUEUE: &Sql = sql!("DELETE FROM pending_event WHERE id = ?1");

fn in_window(recorded_at: Time, last: Option<Time>, now: Time, window: Window) -> Result<(), String> {
    if recorded_at > now.plus(window.ahead) {
        return Err(format!("recorded at {recorded_at:?}, which is after the batch of {now:?}"));
    }
    match last {
        Some(last) if recorded_at < last.plus(-window.back) => {
            Err(format!("recorded at {recorded_at:?}, which is long before the last batch of {last:?}"))
        }
        _ => Ok(()),
    }
}

/// Sequence until nothing waits, each batch in a transaction of its own, and tell how many left the
/// queue. For threads outside a runtime: the ticker, the command line, tests.
///
/// # Errors
/// The store's; a lost race is tried again.
pub fn sequence_all(store: &Store, env: &Env) -> Result<usize, StoreError> {
    sequence_all_within(store, env, Window::default())
}

/// [`sequence_all`] with a window of one's own.
///
/// # Errors
/// As [`sequence_all`].
pub fn sequence_all_within(store: &Store, env: &Env, window: Window) -> Result<usize, StoreError> {
    let mut all = 0;
    loop {
        let env = env.clone();
        match store.write_now(move |tx| sequence_within(tx, &env.ctx(), BATCH, window)) {
            Ok(0) => return Ok(all),
            Ok(taken) => all += taken,
            Err(SequenceError::Lost) => {}
            Err(SequenceError::Store(error)) => return Err(error),
        }
    }
}
