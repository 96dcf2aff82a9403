//! What becomes of an event that the sequencer set aside: taken back, it gets a position after all; left
//! out, it stays without one for good. Either is a decision of somebody, with a reason, and an event itself.

use std::collections::BTreeMap;

use base::{Ctx, Id, PersonId, Time};
use serde::{Deserialize, Serialize};
use store::{Sql, StoreError, Tx, p, sql};

use crate::append::append;
use crate::cells;
use crate::digest::text_digest_hex;
use crate::event::{About, Actor, BadFacts, Event, EventId, Facts, KindInfo};
use crate::sequence::Refused;
use crate::verify::{Cell, Difference, Fold, differ};

/// As `outcome` says it.
pub(crate) const TAKEN_BACK: &str = "taken_back";
const LEFT_OUT: &str = "left_out";

/// What becomes of an event that was set aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It gets a position after all: the clock was wrong, the event is right.
    TakenBack,
    /// It stays without one: it was not written by the product, or not when it says.
    LeftOut,
}

impl Outcome {
    /// As it stands in tables and forms.
    pub fn code(self) -> &'static str {
        match self {
            Outcome::TakenBack => TAKEN_BACK,
            Outcome::LeftOut => LEFT_OUT,
        }
    }

    /// Undoes [`Outcome::code`].
    pub fn from_code(code: &str) -> Option<Outcome> {
        [Outcome::TakenBack, Outcome::LeftOut].into_iter().find(|outcome| outcome.code() == code)
    }
}

/// Somebody decided about an event that was set aside; the subject is that event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventSettled {
    /// What becomes of it.
    pub outcome: Outcome,
    /// Digest of the reason.
    pub note: String,
}

impl Facts for EventSettled {
    const KIND: &'static str = "EventSettled";
    const V: i64 = 1;
}

/// The kinds of event of the record itself.
pub const KINDS: &[KindInfo] = &[KindInfo::of::<EventSettled>()];

/// An event that was set aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetAside {
    /// Which.
    pub event: EventId,
    /// When it was set aside.
    pub at: Time,
    /// Why, as the sequencer said it.
    pub reason: Refused,
    /// What kind it is of; none where the event is gone.
    pub kind: Option<String>,
    /// When it says that it was written down.
    pub recorded_at: Option<Time>,
    /// What was decided, when, and why.
    pub settled: Option<(Outcome, Time, String)>,
}

/// A table of a few rows.
const LIST: &Sql = sql!(
    "SELECT q.id, q.at, q.reason, e.kind, e.recorded_at, q.outcome, q.settled_at, q.note
     FROM quarantined_event q LEFT JOIN event e ON e.id = q.id ORDER BY q.at DESC, q.id LIMIT ?1"
);
const OPEN: &Sql = sql!(
    "SELECT CASE WHEN e.id IS NULL THEN 0 ELSE 1 END FROM quarantined_event q LEFT JOIN event e ON e.id = q.id WHERE q.id = ?1 AND q.outcome IS NULL"
);
const SETTLE: &Sql = sql!(
    "UPDATE quarantined_event SET outcome = ?2, settled_at = ?3, settled_by = ?4, note = ?5, salt = ?6 WHERE id = ?1 AND outcome IS NULL"
);
const QUEUE: &Sql = sql!("INSERT INTO pending_event (id) VALUES (?1)");
const SETTLED: &Sql =
    sql!("SELECT id, outcome, settled_at, settled_by, note, salt FROM quarantined_event WHERE outcome IS NOT NULL ORDER BY id");

/// The events that were set aside, the latest first.
///
/// # Errors
/// Only the store's.
pub fn aside(tx: &mut Tx, most: i64) -> Result<Vec<SetAside>, StoreError> {
    tx.all(LIST, p![most], |row| {
        let outcome = row.opt_text(5)?.and_then(Outcome::from_code);
        let settled = match (outcome, row.opt_time(6)?) {
            (Some(outcome), Some(at)) => Some((outcome, at, row.opt_text(7)?.unwrap_or_default().to_owned())),
            _ => None,
        };
        Ok(SetAside {
            event: EventId(row.id(0)?),
            at: row.time(1)?,
            reason: Refused::from_code(row.text(2)?),
            kind: row.opt_text(3)?.map(str::to_owned),
            recorded_at: row.opt_time(4)?,
            settled,
        })
    })
}

/// Why an event was not settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotSettled {
    /// It was not set aside, or somebody has decided already.
    NotOpen,
    /// The event itself is gone, so that it cannot be taken back.
    Gone,
}

/// Decide about an event that was set aside. Who may is the caller's to know: `people::settle_event` is the operation.
///
/// # Errors
/// [`NotSettled`] in the inner result; nothing was changed then.
pub fn settle(
    tx: &mut Tx,
    ctx: &Ctx,
    by: PersonId,
    event: EventId,
    outcome: Outcome,
    note: &str,
) -> Result<Result<EventId, NotSettled>, StoreError> {
    match tx.opt(OPEN, p![event.0], |row| row.bool(0))? {
        None => return Ok(Err(NotSettled::NotOpen)),
        Some(false) if outcome == Outcome::TakenBack => return Ok(Err(NotSettled::Gone)),
        Some(_) => {}
    }
    let salt = ctx.salt();
    if tx.exec(SETTLE, p![event.0, outcome.code(), ctx.now, by, note, &salt[..]])? != 1 {
        return Ok(Err(NotSettled::NotOpen));
    }
    if outcome == Outcome::TakenBack {
        tx.exec(QUEUE, p![event.0])?;
    }
    let about = About { occurred_at: ctx.now, actor: Actor::Person(by), unit: None, subject: event.0, batch: None };
    let facts = EventSettled { outcome, note: text_digest_hex(&salt, note) };
    Ok(Ok(append(tx, ctx, about, &facts)?))
}

/// Outcome, when, by whom, and the digest of the reason.
type Settled = (String, Time, Option<Id>, String);

/// What the record says about events that were set aside, to be compared with their table.
#[derive(Default)]
pub(crate) struct SettleFold(BTreeMap<Id, Settled>);

impl Fold for SettleFold {
    fn apply(&mut self, event: &Event) -> Result<(), BadFacts> {
        if event.is::<EventSettled>() {
            let facts: EventSettled = event.facts()?;
            let by = match event.actor {
                Actor::Person(person) => Some(person.0),
                Actor::Resident | Actor::System => None,
            };
            self.0.insert(event.subject, (facts.outcome.code().to_owned(), event.recorded_at, by, facts.note));
        }
        Ok(())
    }

    fn compare(&self, tx: &mut Tx) -> Result<Vec<Difference>, StoreError> {
        let mut found = BTreeMap::new();
        tx.each(SETTLED, p![], |row| {
            let note = match (row.opt_text(4)?, row.opt_array::<16>(5)?) {
                (Some(note), Some(salt)) => text_digest_hex(&salt, note),
                _ => String::new(),
            };
            let outcome = row.opt_text(1)?.unwrap_or_default().to_owned();
            found.insert(row.id::<Id>(0)?, (outcome, row.opt_time(2)?.unwrap_or_default(), row.opt_id::<Id>(3)?, note));
            Ok(())
        })?;
        let cells = |(outcome, at, by, note): &Settled| cells![outcome, *at, *by, Cell::digest(note)];
        let mut out = Vec::new();
        differ("quarantined_event", &["outcome", "settled_at", "settled_by", "note"], Id::to_string, cells, &self.0, &found, &mut out);
        Ok(out)
    }
}
