//! Writing an event and reading a subject's timeline.

use base::{Ctx, Id, Time, UnitId};
use store::{Row, Sql, StoreError, Tx, p, sql};

use crate::event::{About, Actor, BadRow, Event, EventId, Facts};

const INSERT_EVENT: &Sql = sql!(
    "INSERT INTO event (id, kind, v, recorded_at, occurred_at, actor_kind, actor, unit, subject, batch, rules_digest, facts, salt)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)"
);

const INSERT_PENDING: &Sql = sql!("INSERT INTO pending_event (id) VALUES (?1)");

/// Append one event, in the transaction of the change that it tells of.
///
/// # Errors
/// Only the store's.
pub fn append<F: Facts>(tx: &mut Tx, ctx: &Ctx, about: About, facts: &F) -> Result<EventId, StoreError> {
    let json = serde_json::to_string(facts).map_err(|error| StoreError::Other(format!("facts of {}: {error}", F::KIND)))?;
    let id: EventId = ctx.id();
    let actor = about.actor.id();
    let salt = ctx.salt();
    let rules = ctx.rules().digest();
    tx.exec(
        INSERT_EVENT,
        p![
            id.0,
            F::KIND,
            F::V,
            ctx.now,
            about.occurred_at,
            about.actor.tag(),
            actor,
            about.unit,
            about.subject,
            about.batch,
            &rules[..],
            json.as_str(),
            &salt[..]
        ],
    )?;
    tx.exec(INSERT_PENDING, p![id.0])?;
    Ok(id)
}

/// Walks the index `event_by_subject`.
const OF_SUBJECT: &Sql = sql!(
    "SELECT id, kind, v, recorded_at, occurred_at, actor_kind, actor, unit, subject, batch, rules_digest, facts, salt
     FROM event WHERE subject = ?1 ORDER BY id"
);

/// The timeline of a subject, oldest first. Positions are not looked up here.
///
/// # Errors
/// Only the store's, among them a row that cannot be an event.
pub fn of_subject(tx: &mut Tx, subject: Id) -> Result<Vec<Event>, StoreError> {
    tx.all(OF_SUBJECT, p![subject], |row| whole(row, 0, None))
}

/// The same with the position, by the index `log_event`; what has none yet comes last.
const IN_ORDER: &Sql = sql!(
    "SELECT l.pos, e.id, e.kind, e.v, e.recorded_at, e.occurred_at, e.actor_kind, e.actor, e.unit, e.subject, e.batch,
            e.rules_digest, e.facts, e.salt
     FROM event e LEFT JOIN log l ON l.event = e.id WHERE e.subject = ?1
     ORDER BY CASE WHEN l.pos IS NULL THEN 1 ELSE 0 END, l.pos, e.id"
);

/// The timeline of a subject in the order of the log, as folds take it.
///
/// # Errors
/// Only the store's, among them a row that cannot be an event.
pub fn in_order(tx: &mut Tx, subject: Id) -> Result<Vec<Event>, StoreError> {
    tx.all(IN_ORDER, p![subject], |row| whole(row, 1, row.opt_int(0)?))
}

/// Fetches by primary key.
const ONE: &Sql = sql!(
    "SELECT id, kind, v, recorded_at, occurred_at, actor_kind, actor, unit, subject, batch, rules_digest, facts, salt
     FROM event WHERE id = ?1"
);

/// One event.
///
/// # Errors
/// Only the store's.
pub fn find(tx: &mut Tx, event: EventId) -> Result<Option<Event>, StoreError> {
    tx.opt(ONE, p![event.0], |row| whole(row, 0, None))
}

/// An event from the thirteen columns that begin at `at`; a row that is not one is an error.
pub(crate) fn whole(row: &Row, at: usize, pos: Option<i64>) -> Result<Event, StoreError> {
    from_row(row, at, pos)?.map_err(|bad| StoreError::misfit(format!("table event: {bad}"), format!("表 event：{}", bad.zh())))
}

/// An event from the thirteen columns that begin at `at`, or in words why the row cannot be one.
pub(crate) fn from_row(row: &Row, at: usize, pos: Option<i64>) -> Result<Result<Event, BadRow>, StoreError> {
    let id = |n: usize, name: &'static str| -> Result<Result<Option<Id>, BadRow>, StoreError> {
        Ok(row.opt_blob(at + n)?.map(|bytes| Id::from_slice(bytes).map_err(|_| BadRow::Length(name))).transpose())
    };
    let parts = (id(0, "id")?, id(6, "actor")?, id(7, "unit")?, id(8, "subject")?, id(9, "batch")?);
    let (kind, v, recorded_at, occurred_at) = (row.text(at + 1)?, row.int(at + 2)?, row.int(at + 3)?, row.int(at + 4)?);
    let (tag, rules, facts, salt) = (row.int(at + 5)?, row.blob(at + 10)?, row.text(at + 11)?, row.blob(at + 12)?);
    let make = || -> Result<Event, BadRow> {
        Ok(Event {
            pos,
            id: EventId(parts.0?.ok_or(BadRow::Length("id"))?),
            kind: kind.to_owned(),
            v,
            recorded_at: Time(recorded_at),
            occurred_at: Time(occurred_at),
            actor: Actor::from_columns(tag, parts.1?)?,
            unit: parts.2?.map(UnitId),
            subject: parts.3?.ok_or(BadRow::Length("subject"))?,
            batch: parts.4?,
            rules_digest: rules.try_into().map_err(|_| BadRow::Length("rules_digest"))?,
            facts: facts.to_owned(),
            salt: salt.try_into().map_err(|_| BadRow::Length("salt"))?,
        })
    };
    Ok(make())
}
