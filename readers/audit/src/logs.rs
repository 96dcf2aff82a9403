//! The reader: which events stand in which log of the audit, as modules declare it of their kinds; and which table it was where
//! one left.

use base::PersonId;
use record::{Actor, Event, EventId, Reader};
use store::{Sql, StoreError, Tx, p, sql};
use web::{Lang, Log, Module, TableExported, audited};

/// The reader over the kinds of these modules.
pub struct Logs(Vec<Module>);

impl Logs {
    /// A reader that knows the kinds of these modules and of the house.
    pub fn of(modules: &[Module]) -> Logs {
        Logs(modules.to_vec())
    }

    fn log(&self, kind: &str) -> Option<Log> {
        audited(&self.0, Lang::Hans, kind)?.log
    }
}

const ADD: &Sql = sql!("INSERT INTO audit_entry (log, event, actor, what) VALUES (?1, ?2, ?3, ?4)");
const CLEAR: &Sql = sql!("DELETE FROM audit_entry");
const DUMP: &Sql = sql!("SELECT log, event, actor, what FROM audit_entry ORDER BY log, event");

impl Reader for Logs {
    fn name(&self) -> &'static str {
        "audit"
    }

    fn version(&self) -> i64 {
        3
    }

    fn apply(&self, tx: &mut Tx, events: &[Event]) -> Result<(), StoreError> {
        for event in events {
            if let Some(log) = self.log(&event.kind) {
                let actor = match event.actor {
                    Actor::Person(person) => Some(person),
                    Actor::Resident | Actor::System => None,
                };
                let what = left(event).map(|left| left.table);
                tx.exec(ADD, p![log.code(), event.id, actor, what.as_deref()])?;
            }
        }
        Ok(())
    }

    fn clear(&self, tx: &mut Tx) -> Result<(), StoreError> {
        tx.exec(CLEAR, p![]).map(drop)
    }

    fn dump(&self, tx: &mut Tx) -> Result<Vec<String>, StoreError> {
        tx.all(DUMP, p![], |row| {
            let actor = row.opt_id::<PersonId>(2)?.map(|actor| actor.to_string()).unwrap_or_default();
            let what = row.opt_text(3)?.unwrap_or_default();
            Ok(format!("audit_entry {} {} {actor} {what}", row.text(0)?, row.id::<EventId>(1)?.0))
        })
    }
}

/// What left, if this is the event of it.
pub(crate) fn left(event: &Event) -> Option<TableExported> {
    if event.is::<TableExported>() { event.facts().ok() } else { None }
}

/// Walks the primary key backwards.
const ENTRIES: &Sql = sql!("SELECT event FROM audit_entry WHERE log = ?1 AND event < ?2 ORDER BY event DESC LIMIT ?3");
/// Walks the index `audit_entry_by_actor` backwards.
const OF_ACTOR: &Sql = sql!("SELECT event FROM audit_entry WHERE log = ?1 AND actor = ?2 AND event < ?3 ORDER BY event DESC LIMIT ?4");

/// The events of a log before one of them, newest first; those of one person, if one is named.
///
/// # Errors
/// Only the store's.
pub fn entries(tx: &mut Tx, log: Log, actor: Option<PersonId>, before: Option<EventId>, limit: i64) -> Result<Vec<EventId>, StoreError> {
    let before = before.unwrap_or(EventId(base::Id([0xff; 16])));
    match actor {
        None => tx.all(ENTRIES, p![log.code(), before, limit], |row| row.id(0)),
        Some(actor) => tx.all(OF_ACTOR, p![log.code(), actor, before, limit], |row| row.id(0)),
    }
}

/// Walks the index `audit_entry_by_what` backwards.
const OF_TABLE: &Sql =
    sql!("SELECT event FROM audit_entry WHERE what = ?1 AND event < ?2 AND (?3 = 0 OR actor = ?4) ORDER BY event DESC LIMIT ?5");

/// The events that tell of one table that left, before one of them, newest first; those of one person, if one is named.
///
/// # Errors
/// Only the store's.
pub(crate) fn left_of(
    tx: &mut Tx,
    table: &str,
    actor: Option<PersonId>,
    before: Option<EventId>,
    limit: i64,
) -> Result<Vec<EventId>, StoreError> {
    let before = before.unwrap_or(EventId(base::Id([0xff; 16])));
    tx.all(OF_TABLE, p![table, before, actor.is_some(), actor.unwrap_or_default(), limit], |row| row.id(0))
}
