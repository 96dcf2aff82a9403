//! The fold of what stands beside a concern's steps: calls and who came, orders, what was told upwards; and
//! the steps by which several concerns have one answer or the clock is changed.

use std::collections::BTreeMap;

use base::{PersonId, Time, UnitId};
use record::{Actor, BadFacts, Cell, Difference, Event, EventId, Why, cells, differ};
use store::{Sql, StoreError, Tx, p, sql};

use super::held;
use crate::concern::ConcernId;
use crate::events::Happened;
use crate::line::Involved;
use crate::model::{Due, Pause, Standing, State};

/// Rows of the tables beside the concerns, as the record says they should be.
#[derive(Default)]
pub(super) struct Linked {
    whistles: BTreeMap<EventId, Whistle>,
    called: BTreeMap<(EventId, UnitId), Called>,
    raises: BTreeMap<(ConcernId, i64, i64), Raise>,
    /// Of each concern, the raises that are not settled.
    owed: BTreeMap<ConcernId, Vec<(i64, i64)>>,
    orders: BTreeMap<EventId, Order>,
    /// Residents who agree to be told by short message, and since when.
    telling: BTreeMap<ConcernId, Time>,
    lookups: BTreeMap<EventId, Looked>,
}

#[derive(Debug, PartialEq, Eq)]
struct Whistle {
    concern: ConcernId,
    town: UnitId,
    lead: UnitId,
    at: Time,
    closed_at: Option<Time>,
}

#[derive(Debug, PartialEq, Eq)]
struct Called {
    concern: ConcernId,
    due: Due,
    passed: bool,
    arrived: Option<Time>,
    arrived_by: Option<PersonId>,
    done: Option<Time>,
    done_by: Option<PersonId>,
    warranted: Option<i64>,
}

#[derive(Debug, PartialEq, Eq)]
struct Raise {
    unit: UnitId,
    at: Time,
    next: Option<Time>,
    settled: bool,
}

#[derive(Debug, PartialEq, Eq)]
struct Order {
    concern: ConcernId,
    by: UnitId,
    by_person: Option<PersonId>,
    unit: UnitId,
    at: Time,
    due: Due,
    passed: bool,
    answered_at: Option<Time>,
    answered_by: Option<PersonId>,
}

/// A look-up by telephone.
#[derive(Debug, PartialEq, Eq)]
struct Looked {
    concern: ConcernId,
    person: Option<PersonId>,
    unit: UnitId,
    at: Time,
}

fn person(event: &Event) -> Option<PersonId> {
    match event.actor {
        Actor::Person(person) => Some(person),
        Actor::Resident | Actor::System => None,
    }
}

impl Linked {
    /// Takes in what has rows of its own.
    pub(super) fn beside(&mut self, id: ConcernId, event: &Event, happened: &Happened) -> Result<(), BadFacts> {
        let (at, by) = (event.occurred_at, person(event));
        let lost = || event.bad(Why::Nothing);
        match happened {
            Happened::ConcernWhistled(f) => {
                self.whistles.insert(event.id, Whistle { concern: id, town: f.town, lead: f.lead, at, closed_at: None });
            }
            Happened::ConcernCalled(f) => {
                let called = Called {
                    concern: id,
                    due: f.due.clone(),
                    passed: false,
                    arrived: None,
                    arrived_by: None,
                    done: None,
                    done_by: None,
                    warranted: None,
                };
                self.called.insert((f.whistle, f.unit), called);
            }
            Happened::ConcernArrived(f) => {
                let called = self.called.get_mut(&(f.whistle, f.unit)).ok_or_else(lost)?;
                (called.arrived, called.arrived_by) = (Some(at), by);
            }
            Happened::ConcernPartDone(f) => {
                let called = self.called.get_mut(&(f.whistle, f.unit)).ok_or_else(lost)?;
                (called.done, called.done_by, called.warranted) = (Some(at), by, Some(i64::from(f.warranted)));
            }
            Happened::ConcernArrivalPassed(f) => self.called.get_mut(&(f.whistle, f.unit)).ok_or_else(lost)?.passed = true,
            Happened::ConcernWhistleClosed(f) => self.whistles.get_mut(&f.whistle).ok_or_else(lost)?.closed_at = Some(at),
            Happened::ConcernOverdueRaised(f) => {
                if f.level > 1 {
                    self.raises.get_mut(&(id, f.v, f.level - 1)).ok_or_else(lost)?.next = None;
                }
                self.raises.insert((id, f.v, f.level), Raise { unit: f.unit, at, next: f.next, settled: false });
                self.owed.entry(id).or_default().push((f.v, f.level));
            }
            Happened::ConcernSupervised(f) => {
                let order = Order {
                    concern: id,
                    by: f.by,
                    by_person: by,
                    unit: f.unit,
                    at,
                    due: f.due.clone(),
                    passed: false,
                    answered_at: None,
                    answered_by: None,
                };
                self.orders.insert(event.id, order);
            }
            Happened::ConcernSupervisionAnswered(f) => {
                let order = self.orders.get_mut(&f.order).ok_or_else(lost)?;
                (order.answered_at, order.answered_by) = (Some(at), by);
            }
            Happened::ConcernPartsPassed(f) => self.pass_parts(id, f.from, f.unit),
            Happened::ConcernPhoneLookedUp(f) => {
                self.lookups.insert(event.id, Looked { concern: id, person: by, unit: f.unit, at });
            }
            Happened::ConcernTellingChanged(f) if f.agrees => drop(self.telling.insert(id, at)),
            Happened::ConcernTellingChanged(_) => drop(self.telling.remove(&id)),
            Happened::ConcernErased(f) if f.contact => drop(self.telling.remove(&id)),
            Happened::ConcernSupervisionPassed(f) => self.orders.get_mut(&f.order).ok_or_else(lost)?.passed = true,
            Happened::ConcernDeadlinesMoved(f) => {
                for part in &f.called {
                    self.called.get_mut(&(part.event, part.unit)).ok_or_else(lost)?.due.at = part.at;
                }
                for part in &f.orders {
                    self.orders.get_mut(&part.event).ok_or_else(lost)?.due.at = part.at;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// What a unit that ended owed, or was told, passes to another one, or ends with it.
    fn pass_parts(&mut self, id: ConcernId, from: UnitId, unit: Option<UnitId>) {
        for (event, whistle) in self.whistles.iter_mut().filter(|(_, w)| w.concern == id && w.closed_at.is_none()) {
            let moves = self.called.get(&(*event, from)).is_some_and(|called| called.done.is_none());
            let called = if moves { self.called.remove(&(*event, from)) } else { None };
            let Some(unit) = unit else { continue };
            if let Some(called) = called {
                self.called.entry((*event, unit)).or_insert(called);
                whistle.lead = if whistle.lead == from { unit } else { whistle.lead };
            }
            whistle.town = if whistle.town == from { unit } else { whistle.town };
        }
        match unit {
            Some(unit) => {
                for order in self.orders.values_mut().filter(|order| order.concern == id && order.answered_at.is_none()) {
                    order.unit = if order.unit == from { unit } else { order.unit };
                    order.by = if order.by == from { unit } else { order.by };
                }
                for raise in self.raises.range_mut((id, i64::MIN, i64::MIN)..=(id, i64::MAX, i64::MAX)).map(|(_, raise)| raise) {
                    raise.unit = if raise.unit == from && !raise.settled { unit } else { raise.unit };
                }
            }
            None => {
                self.orders.retain(|_, order| order.concern != id || order.unit != from || order.answered_at.is_some());
                let gone = |key: &(ConcernId, i64, i64), raise: &Raise| key.0 == id && raise.unit == from && !raise.settled;
                self.raises.retain(|key, raise| !gone(key, raise));
            }
        }
    }

    /// The step was taken with which a concern reached this version.
    pub(super) fn settle(&mut self, id: ConcernId, v: i64) {
        let Some(owed) = self.owed.get_mut(&id) else { return };
        owed.retain(|(at, level)| {
            if *at >= v {
                return true;
            }
            if let Some(raise) = self.raises.get_mut(&(id, *at, *level)) {
                (raise.next, raise.settled) = (None, true);
            }
            false
        });
    }

    pub(super) fn compare(&self, tx: &mut Tx, out: &mut Vec<Difference>) -> Result<(), StoreError> {
        let rows = tx.all(WHISTLES, p![], |row| {
            let whistle =
                Whistle { concern: row.id(1)?, town: row.id(2)?, lead: row.id(3)?, at: row.time(4)?, closed_at: row.opt_time(5)? };
            Ok((EventId(row.id(0)?), whistle))
        })?;
        differ("concern_whistle", Whistle::COLUMNS, EventId::to_string, Whistle::cells, &self.whistles, &rows.into_iter().collect(), out);
        let rows = tx.all(CALLED, p![], |row| {
            let called = Called {
                concern: row.id(2)?,
                due: Due { at: row.time(3)?, rule: row.text(4)?.to_owned() },
                passed: row.bool(5)?,
                arrived: row.opt_time(6)?,
                arrived_by: row.opt_id(7)?,
                done: row.opt_time(8)?,
                done_by: row.opt_id(9)?,
                warranted: row.opt_int(10)?,
            };
            Ok(((EventId(row.id(0)?), row.id(1)?), called))
        })?;
        differ(
            "concern_called",
            Called::COLUMNS,
            |(whistle, unit)| format!("{whistle} {unit}"),
            Called::cells,
            &self.called,
            &rows.into_iter().collect(),
            out,
        );
        let rows = tx.all(RAISES, p![], |row| {
            let raise = Raise { unit: row.id(3)?, at: row.time(4)?, next: row.opt_time(5)?, settled: row.bool(6)? };
            Ok(((row.id(0)?, row.int(1)?, row.int(2)?), raise))
        })?;
        differ(
            "concern_raise",
            Raise::COLUMNS,
            |(concern, v, level)| format!("{concern} {v} {level}"),
            Raise::cells,
            &self.raises,
            &rows.into_iter().collect(),
            out,
        );
        let rows = tx.all(ORDERS, p![], |row| {
            let order = Order {
                concern: row.id(1)?,
                by: row.id(2)?,
                by_person: row.opt_id(3)?,
                unit: row.id(4)?,
                at: row.time(5)?,
                due: Due { at: row.time(6)?, rule: row.text(7)?.to_owned() },
                passed: row.bool(8)?,
                answered_at: row.opt_time(9)?,
                answered_by: row.opt_id(10)?,
            };
            Ok((EventId(row.id(0)?), order))
        })?;
        differ("concern_order", Order::COLUMNS, EventId::to_string, Order::cells, &self.orders, &rows.into_iter().collect(), out);
        let rows = tx.all(TELLING, p![], |row| Ok((row.id(0)?, row.time(1)?)))?;
        differ(
            "concern_telling",
            &["since"],
            ConcernId::to_string,
            |since| cells![*since],
            &self.telling,
            &rows.into_iter().collect(),
            out,
        );
        let rows = tx.all(LOOKUPS, p![], |row| {
            let looked = Looked { concern: row.id(1)?, person: row.opt_id(2)?, unit: row.id(3)?, at: row.time(4)? };
            Ok((EventId(row.id(0)?), looked))
        })?;
        differ("concern_lookup", Looked::COLUMNS, EventId::to_string, Looked::cells, &self.lookups, &rows.into_iter().collect(), out);
        Ok(())
    }
}

/// Each reads its whole table, once, in the order of its key.
const TELLING: &Sql = sql!("SELECT concern, since FROM concern_telling ORDER BY concern");
const LOOKUPS: &Sql = sql!("SELECT event, concern, person, unit, at FROM concern_lookup ORDER BY event");
const WHISTLES: &Sql = sql!("SELECT event, concern, town, lead, at, closed_at FROM concern_whistle ORDER BY event");
const CALLED: &Sql = sql!(
    "SELECT whistle, unit, concern, due_at, due_rule, passed, arrived_at, arrived_by, done_at, done_by, warranted
     FROM concern_called ORDER BY whistle, unit"
);
const RAISES: &Sql = sql!("SELECT concern, v, level, unit, at, next_at, settled FROM concern_raise ORDER BY concern, v, level");
const ORDERS: &Sql = sql!(
    "SELECT event, concern, by_unit, by_person, unit, at, due_at, due_rule, passed, answered_at, answered_by
     FROM concern_order ORDER BY event"
);

impl Whistle {
    const COLUMNS: &'static [&'static str] = &["concern", "town", "lead", "at", "closed_at"];

    fn cells(&self) -> Vec<Cell> {
        cells![self.concern.0, self.town, self.lead, self.at, self.closed_at]
    }
}

impl Called {
    const COLUMNS: &'static [&'static str] =
        &["concern", "due_at", "due_rule", "passed", "arrived_at", "arrived_by", "done_at", "done_by", "warranted"];

    fn cells(&self) -> Vec<Cell> {
        let Called { concern, due, passed, arrived, arrived_by, done, done_by, warranted } = self;
        cells![concern.0, due.at, &due.rule, *passed, *arrived, *arrived_by, *done, *done_by, *warranted]
    }
}

impl Raise {
    const COLUMNS: &'static [&'static str] = &["unit", "at", "next_at", "settled"];

    fn cells(&self) -> Vec<Cell> {
        cells![self.unit, self.at, self.next, self.settled]
    }
}

impl Order {
    const COLUMNS: &'static [&'static str] =
        &["concern", "by_unit", "by_person", "unit", "at", "due_at", "due_rule", "passed", "answered_at", "answered_by"];

    fn cells(&self) -> Vec<Cell> {
        let Order { concern, by, by_person, unit, at, due, passed, answered_at, answered_by } = self;
        cells![concern.0, *by, *by_person, *unit, *at, due.at, &due.rule, *passed, *answered_at, *answered_by]
    }
}

impl Looked {
    const COLUMNS: &'static [&'static str] = &["concern", "person", "unit", "at"];

    fn cells(&self) -> Vec<Cell> {
        cells![self.concern.0, self.person, self.unit, self.at]
    }
}

/// A step of this file's; says whether a deadline that had passed stays so, and nothing where the step cannot
/// follow the state.
pub(super) fn step(now: &mut Standing, event: &Event, happened: &Happened, from: State) -> Option<bool> {
    match (happened, from) {
        (Happened::ConcernPaused(f), State::InHand) => {
            now.pause = Some(Pause { at: event.occurred_at, due: now.due.clone()? });
            now.due = Some(f.due.clone());
        }
        (Happened::ConcernResumed(f), State::InHand) => {
            now.pause.take()?;
            now.due = Some(f.due.clone());
            now.resolve_by = f.resolve_by;
            now.object_by = f.object_by;
        }
        (Happened::ConcernExtensionAsked(_), State::InHand) => {
            now.asked_by = Some(person(event)?);
            return Some(true);
        }
        (Happened::ConcernExtensionGranted(f), State::InHand) => {
            let same = now.due.as_ref() == Some(&f.due);
            now.asked_by.take()?;
            now.extended = true;
            now.due = Some(f.due.clone());
            now.resolve_by = Some(f.resolve_by);
            return Some(same);
        }
        (Happened::ConcernExtensionRefused(_), State::InHand) => {
            now.asked_by.take()?;
            return Some(true);
        }
        (Happened::ConcernWhistled(f), State::Dispatched | State::InHand) => {
            f.units.iter().for_each(|unit| involve(now, *unit));
            return Some(true);
        }
        (Happened::ConcernDeadlinesMoved(f), from) if from != State::Archived => {
            now.due = f.due.clone().or(now.due.take());
            now.resolve_by = f.resolve_by.or(now.resolve_by);
            now.object_by = f.object_by.or(now.object_by);
            if let (Some(pause), Some(at)) = (&mut now.pause, f.stopped) {
                pause.due.at = at;
            }
            // A deadline that is over is not counted anew.
            return Some(true);
        }
        (Happened::ConcernMerged(f), State::Received | State::Dispatched | State::InHand) => {
            held(now, State::InHand, now.desk, &f.due);
            now.assignee = person(event);
            now.handler = None;
            now.object_by = None;
            now.asked_by = None;
            now.resolve_by = Some(f.due.at);
            now.merged_into = Some(f.into);
        }
        (Happened::ConcernUnmerged(f), State::InHand) if now.merged_into == Some(f.from) => {
            now.merged_into = None;
            now.resolve_by = None;
            held(now, State::Received, now.desk, &f.due);
        }
        (Happened::ConcernAnsweredWith(f), State::InHand) if now.merged_into == Some(f.main) => {
            now.merged_into = None;
            f.involved.iter().chain(&f.handler).for_each(|unit| involve(now, *unit));
            now.handler = f.handler;
            now.resolver = f.resolver;
            held(now, State::CallBack, f.holder, &f.due);
        }
        _ => return None,
    }
    Some(false)
}

pub(super) fn involve(now: &mut Standing, unit: UnitId) {
    if !now.involved.iter().any(|i| i.unit == unit) {
        now.involved.push(Involved { unit, excused: false });
    }
}
