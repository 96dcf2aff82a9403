//! The record read backwards, for who audits it: by time, kind and actor; and what has no place in it yet.

use base::{Id, PersonId, Time};
use store::{Sql, StoreError, Tx, p, sql};

use crate::append::whole;
use crate::event::{Actor, Event, EventId};
use crate::sequence::Refused;

/// Which events are wanted. What is not said is not asked.
#[derive(Debug, Clone, Default)]
pub struct Browse {
    /// Recorded at this time or later.
    pub from: Option<Time>,
    /// Recorded before this time.
    pub to: Option<Time>,
    /// Of this kind.
    pub kind: Option<String>,
    /// Done by this one.
    pub actor: Option<Actor>,
}

/// Walks the primary key backwards between two times, since ids begin with the time; a time span bounds what is read.
const BROWSE: &Sql = sql!(
    "SELECT id, kind, v, recorded_at, occurred_at, actor_kind, actor, unit, subject, batch, rules_digest, facts, salt
     FROM event
     WHERE id >= ?1 AND id < ?2 AND (?3 = '' OR kind = ?3) AND (?4 < 0 OR actor_kind = ?4) AND (?5 = 0 OR actor = ?6)
     ORDER BY id DESC LIMIT ?7"
);

/// The least id that an event of this instant can have.
fn floor(at: Time) -> EventId {
    let millis = u64::try_from(at.0.max(0) / 1000).unwrap_or(0).to_be_bytes();
    let mut bytes = [0; 16];
    for (to, from) in bytes.iter_mut().zip(millis.iter().skip(2)) {
        *to = *from;
    }
    EventId(Id(bytes))
}

/// Events that are wanted, newest first, those before `before`.
///
/// # Errors
/// Only the store's.
pub fn browse(tx: &mut Tx, wanted: &Browse, before: Option<EventId>, limit: i64) -> Result<Vec<Event>, StoreError> {
    let from = wanted.from.map_or(EventId(Id([0; 16])), floor);
    let to = wanted.to.map_or(EventId(Id([0xff; 16])), floor);
    let to = before.map_or(to, |before| before.min(to));
    let (tag, person) = match wanted.actor {
        None => (-1, None),
        Some(actor) => (actor.tag(), actor.id().map(PersonId)),
    };
    let kind = wanted.kind.as_deref().unwrap_or("");
    tx.all(BROWSE, p![from, to, kind, tag, person.is_some(), person.unwrap_or_default(), limit], |row| whole(row, 0, None))
}

/// By the index `log_event`.
const PLACE: &Sql = sql!("SELECT pos FROM log WHERE event = ?1");

/// The place of an event in the log, once it has one.
///
/// # Errors
/// Only the store's.
pub fn place(tx: &mut Tx, event: EventId) -> Result<Option<i64>, StoreError> {
    tx.opt(PLACE, p![event], |row| row.int(0))
}

const WAITING: &Sql = sql!("SELECT COUNT(*) FROM pending_event");
const SET_ASIDE: &Sql = sql!("SELECT id, at, reason FROM quarantined_event ORDER BY id DESC LIMIT 100");

/// How many events have no place yet.
///
/// # Errors
/// Only the store's.
pub fn waiting(tx: &mut Tx) -> Result<i64, StoreError> {
    tx.one(WAITING, p![], |row| row.int(0))
}

/// Events that the sequencer refused, with the time and the reason; the last hundred.
///
/// # Errors
/// Only the store's.
pub fn set_aside(tx: &mut Tx) -> Result<Vec<(EventId, Time, Refused)>, StoreError> {
    tx.all(SET_ASIDE, p![], |row| Ok((row.id(0)?, row.time(1)?, Refused::from_code(row.text(2)?))))
}
