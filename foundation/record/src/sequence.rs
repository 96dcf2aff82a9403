//! The sequencer: gives committed events their positions, in batches, fenced by compare-and-swap on
//! `log_head`, so that two processes on one store can both try and only one of them moves the log on.

use base::{Ctx, Env, Time};
use store::{Sql, Store, StoreError, Tx, p, sql};

use crate::append::from_row;
use crate::checkpoint::seal_all;
use crate::digest::{NO_CHAIN, leaf};
use crate::event::{BadRow, EventId};
use crate::settle::TAKEN_BACK;

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

/// Why an event was set aside. Kept as a short code with its numbers, so that each reader is told in their own language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It waited for a position and is not there.
    Gone,
    /// Its row cannot be an event.
    Row(BadRow),
    /// Recorded at the first time, after the batch of the second.
    After(Time, Time),
    /// Recorded at the first time, long before the last batch, which is the second.
    Before(Time, Time),
    /// What stands there and is no code: in its own words.
    Said(String),
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Refused::Gone => f.write_str("the event itself is gone"),
            Refused::Row(bad) => bad.fmt(f),
            Refused::After(at, batch) => write!(f, "recorded at {}, which is after the batch of {}", exact(*at), exact(*batch)),
            Refused::Before(at, last) => {
                write!(f, "recorded at {}, which is long before the last batch of {}", exact(*at), exact(*last))
            }
            Refused::Said(words) => f.write_str(words),
        }
    }
}

/// An instant to the microsecond.
pub(crate) fn exact(at: Time) -> String {
    at.civil().strftime("%Y-%m-%d %H:%M:%S%.6f").to_string()
}

impl Refused {
    /// As it stands in the table.
    pub(crate) fn code(&self) -> String {
        match self {
            Refused::Gone => "gone".to_owned(),
            Refused::Row(BadRow::ActorWith(tag)) => format!("actor_with {tag}"),
            Refused::Row(BadRow::ActorWithout(tag)) => format!("actor_without {tag}"),
            Refused::Row(BadRow::Length(column)) => format!("length {column}"),
            Refused::After(at, batch) => format!("after {} {}", at.0, batch.0),
            Refused::Before(at, batch) => format!("before {} {}", at.0, batch.0),
            Refused::Said(words) => words.clone(),
        }
    }

    /// Undoes [`Refused::code`]; what is none stays as it is.
    pub(crate) fn from_code(code: &str) -> Refused {
        let mut parts = code.split(' ');
        let (name, first, second) = (parts.next().unwrap_or_default(), parts.next(), parts.next());
        let number = |part: Option<&str>| part.and_then(|part| part.parse::<i64>().ok());
        let column = |part: Option<&str>| {
            ["id", "actor", "unit", "subject", "batch", "rules_digest", "salt"].into_iter().find(|name| Some(*name) == part)
        };
        let read = match name {
            "gone" => Some(Refused::Gone),
            "actor_with" => number(first).map(|tag| Refused::Row(BadRow::ActorWith(tag))),
            "actor_without" => number(first).map(|tag| Refused::Row(BadRow::ActorWithout(tag))),
            "length" => column(first).map(|column| Refused::Row(BadRow::Length(column))),
            "after" => number(first).zip(number(second)).map(|(at, batch)| Refused::After(Time(at), Time(batch))),
            "before" => number(first).zip(number(second)).map(|(at, batch)| Refused::Before(Time(at), Time(batch))),
            _ => None,
        };
        read.filter(|read| read.code() == code).unwrap_or_else(|| Refused::Said(code.to_owned()))
    }

    /// In Chinese.
    pub fn zh(&self) -> String {
        match self {
            Refused::Gone => "记录本身不见了".to_owned(),
            Refused::Row(bad) => bad.zh(),
            Refused::After(at, batch) => format!("所写的记录时间是 {}，晚于编号的时间 {}", exact(*at), exact(*batch)),
            Refused::Before(at, batch) => format!("所写的记录时间是 {}，远早于上一次编号的时间 {}", exact(*at), exact(*batch)),
            Refused::Said(words) => format!("原文：{words}"),
        }
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

const HEAD: &Sql = sql!("SELECT size, last_at FROM log_head WHERE one = 1");

/// The events without a position, in the order in which they were written.
const PENDING: &Sql = sql!(
    "SELECT e.id, e.kind, e.v, e.recorded_at, e.occurred_at, e.actor_kind, e.actor, e.unit, e.subject, e.batch,
            e.rules_digest, e.facts, e.salt, p.id, p.seq
     FROM pending_event p LEFT JOIN event e ON e.id = p.id ORDER BY p.seq LIMIT ?1"
);

/// `head` is left as it was: it is the digest of what was chained before there was a tree, if anything was.
const FIRST_HEAD: &Sql = sql!("INSERT INTO log_head (one, size, head, last_at) VALUES (1, ?1, ?2, ?3) ON CONFLICT (one) DO NOTHING");

const MOVE_HEAD: &Sql = sql!("UPDATE log_head SET size = ?1, last_at = ?2 WHERE one = 1 AND size = ?3 AND last_at = ?4");

/// One statement for the whole batch: ids and leaves come as two long blobs and are cut up here. The
/// `COALESCE` with a column is what tells PostgreSQL that the parameter is a blob and not a text.
const EXTEND: &Sql = sql!(
    "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?1)
     INSERT INTO log (pos, event, leaf)
     SELECT CAST(?2 AS BIGINT) + n.i, substr(COALESCE(?3, h.head), n.i * 16 + 1, 16), substr(COALESCE(?4, h.head), n.i * 32 + 1, 32)
     FROM n, log_head h WHERE h.one = 1"
);

/// By the primary key: what was read, and nothing else. Had an event come into this range meanwhile, it would be one
/// too many, and nothing of the batch would be kept.
const TAKEN: &Sql = sql!("DELETE FROM pending_event WHERE seq >= ?1 AND seq <= ?2");

const SET_ASIDE: &Sql = sql!("INSERT INTO quarantined_event (id, at, reason) VALUES (?1, ?2, ?3) ON CONFLICT (id) DO NOTHING");
const OUTCOME: &Sql = sql!("SELECT outcome FROM quarantined_event WHERE id = ?1");

/// Where the log stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// How many events have a position.
    pub size: i64,
    /// When the last batch was taken.
    pub last_at: Option<Time>,
}

/// Where the log stands.
///
/// # Errors
/// Only the store's.
pub fn head(tx: &mut Tx) -> Result<Head, StoreError> {
    let found = tx.opt(HEAD, p![], |row| Ok(Head { size: row.int(0)?, last_at: Some(row.time(1)?) }))?;
    Ok(found.unwrap_or(Head { size: 0, last_at: None }))
}

/// A batch, read and hashed: what remains is to write it, if the log still stands where it stood.
#[derive(Default)]
pub(crate) struct Batch {
    before: i64,
    last_at: Option<Time>,
    now: Time,
    /// The first and the last place in the queue.
    range: Option<(i64, i64)>,
    ids: Vec<u8>,
    leaves: Vec<u8>,
    refused: Vec<(EventId, Refused)>,
}

impl Batch {
    /// Events that get a position.
    fn taken(&self) -> i64 {
        i64::try_from(self.ids.len() / 16).unwrap_or(0)
    }

    /// Events that leave the queue.
    fn leave(&self) -> usize {
        self.ids.len() / 16 + self.refused.len()
    }
}

/// Read at most `limit` events without a position (and never more than [`BATCH`]) and hash them. Nothing is written, so
/// that this can be done beside the writer.
///
/// # Errors
/// Only the store's.
pub(crate) fn gather(tx: &mut Tx, ctx: &Ctx, limit: usize, window: Window) -> Result<Batch, StoreError> {
    let before = head(tx)?;
    let limit = i64::try_from(limit.min(BATCH)).unwrap_or(0);
    let mut batch = Batch { before: before.size, last_at: before.last_at, now: ctx.now, ..Batch::default() };
    let mut refused = Vec::new();
    tx.each(PENDING, p![limit], |row| {
        let (id, seq) = (EventId(row.id::<base::Id>(13)?), row.int(14)?);
        let event = match row.opt_blob(0)? {
            None => Err(Refused::Gone),
            Some(_) => from_row(row, 0, None)?.map_err(Refused::Row),
        };
        batch.range = Some(batch.range.map_or((seq, seq), |(first, _)| (first, seq)));
        match event {
            Err(reason) => batch.refused.push((id, reason)),
            Ok(event) => {
                let digest = leaf(&event);
                match in_window(event.recorded_at, before.last_at, ctx.now, window) {
                    Err(reason) => refused.push((id, reason, batch.ids.len(), digest)),
                    Ok(()) => {
                        batch.ids.extend_from_slice(id.bytes());
                        batch.leaves.extend_from_slice(&digest);
                    }
                }
            }
        }
        Ok(())
    })?;
    // What somebody took back gets its position although it comes from another time. From the end, so that places hold.
    for (id, reason, at, digest) in refused.into_iter().rev() {
        let outcome = tx.opt(OUTCOME, p![id.0], |row| Ok(row.opt_text(0)?.map(str::to_owned)))?.flatten();
        if outcome.as_deref() == Some(TAKEN_BACK) {
            batch.ids.splice(at..at, id.bytes().iter().copied());
            batch.leaves.splice(at * 2..at * 2, digest);
        } else {
            batch.refused.push((id, reason));
        }
    }
    Ok(batch)
}

/// Write a batch: positions and leaves. Tells how many events left the queue.
///
/// # Errors
/// [`SequenceError::Lost`] when another sequencer was quicker.
pub(crate) fn place(tx: &mut Tx, batch: &Batch) -> Result<usize, SequenceError> {
    let Some((first, last)) = batch.range else { return Ok(0) };
    let (taken, size) = (batch.taken(), batch.before + batch.taken());
    if taken > 0 {
        // The head moves first: who is too late learns it before having written anything.
        let moved = match batch.last_at {
            None => tx.exec(FIRST_HEAD, p![size, &NO_CHAIN[..], batch.now])?,
            Some(last) => tx.exec(MOVE_HEAD, p![size, last.max(batch.now), batch.before, last])?,
        };
        if moved != 1 {
            return Err(SequenceError::Lost);
        }
        tx.exec(EXTEND, p![taken, batch.before + 1, &batch.ids[..], &batch.leaves[..]])?;
    }
    if usize::try_from(tx.exec(TAKEN, p![first, last])?) != Ok(batch.leave()) {
        return Err(SequenceError::Lost);
    }
    for (id, reason) in &batch.refused {
        tracing::error!(event = %id, %reason, "an event was set aside; `lianxin verify` shows it");
        tx.exec(SET_ASIDE, p![id.0, batch.now, reason.code().as_str()])?;
    }
    Ok(batch.leave())
}

/// Give positions to at most `limit` events in this one transaction and tell how many left the queue. Nothing is
/// written when none wait.
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
    let batch = gather(tx, ctx, limit, window)?;
    place(tx, &batch)
}

/// One batch, read and hashed beside the writer and written by it. Tells how many events left the queue.
///
/// # Errors
/// [`SequenceError::Lost`] when another sequencer was quicker.
pub fn step(store: &Store, env: &Env, window: Window) -> Result<usize, SequenceError> {
    let reads = env.clone();
    let batch = store.read_now(move |tx| gather(tx, &reads.ctx(), BATCH, window))?;
    if batch.leave() == 0 {
        return Ok(0);
    }
    store.write_now(move |tx| place(tx, &batch))
}

fn in_window(recorded_at: Time, last: Option<Time>, now: Time, window: Window) -> Result<(), Refused> {
    if recorded_at > now.plus(window.ahead) {
        return Err(Refused::After(recorded_at, now));
    }
    match last {
        Some(last) if recorded_at < last.plus(-window.back) => Err(Refused::Before(recorded_at, last)),
        _ => Ok(()),
    }
}

/// Sequence until nothing waits, then seal: each batch in a transaction of its own. Tells how many events left the
/// queue. For threads outside a runtime: the command line, tests.
///
/// # Errors
/// The store's; a lost race is tried again.
pub fn sequence_all(store: &Store, env: &Env) -> Result<usize, StoreError> {
    let mut all = 0;
    loop {
        match step(store, env, Window::default()) {
            Ok(0) => break,
            Ok(taken) => all += taken,
            Err(SequenceError::Lost) => {}
            Err(SequenceError::Store(error)) => return Err(error),
        }
    }
    seal_all(store, env)?;
    Ok(all)
}
