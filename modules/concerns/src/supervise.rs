//! 督办: a unit above asks how a concern stands, with a deadline, and the unit that holds it answers.

use base::{Ctx, PersonId, Time, UnitId};
use people::{Actor as Somebody, Proof, Tree};
use record::{About, Actor, EventId};
use store::{Sql, StoreError, Tx, p, sql};

use crate::concern::{Concern, ConcernId, Done, StepError, find, tell};
use crate::events::{ConcernSupervised, ConcernSupervisionAnswered, ConcernSupervisionPassed};
use crate::model::{Clocks, Due, NotNow, State, rule};
use crate::permissions::{Handle, Supervise};
use crate::said::{Field, LONGEST_NOTE, Part, Said, needed};
use crate::sight;

/// The form of who asks, or answers.
#[derive(Clone, Debug)]
pub struct Words {
    /// The form's key.
    pub op_key: [u8; 16],
    /// Which concern.
    pub no: String,
    /// What is asked; the answer.
    pub text: String,
}

const PUT: &Sql = sql!(
    "INSERT INTO concern_order (event, concern, by_unit, by_person, unit, at, due_at, due_rule, passed)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0)"
);
const ANSWER: &Sql = sql!("UPDATE concern_order SET answered_at = ?2, answered_by = ?3 WHERE event = ?1 AND answered_at IS NULL");

/// Whether a post asks how a concern stands: it is in a unit's hands below that post's.
pub fn supervises(actor: &Somebody, tree: &Tree, concern: &Concern) -> Option<Proof<Supervise>> {
    if sight::is_hidden(actor, tree, concern) {
        return None;
    }
    actor.each::<Supervise>().find(|proof| fits(tree, proof, concern))
}

fn fits(tree: &Tree, who: &Proof<Supervise>, concern: &Concern) -> bool {
    concern.now.holder.is_some_and(|holder| holder != who.unit() && who.covers(tree, holder))
}

/// Asks the unit that holds a concern how it stands. One order of a unit is open at a time.
///
/// # Errors
/// [`StepError`].
pub fn order(tx: &mut Tx, ctx: &Ctx, who: &Proof<Supervise>, input: &Words) -> Result<Done, StepError> {
    store::once(tx, ctx.now, &input.op_key, "concerns.supervise", who.person().bytes(), |tx| {
        let concern = find(tx, &input.no)?.ok_or(StepError::NotFound)?;
        let tree = people::tree(tx)?;
        if concern.is_hidden_from(tx, &tree, who.person(), who.unit())? {
            return Err(StepError::NotFound);
        }
        if !concern.now.is_open() {
            return Err(NotNow::State.into());
        }
        if !fits(&tree, who, &concern) {
            return Err(StepError::Denied);
        }
        let unit = concern.now.holder.ok_or(NotNow::State)?;
        if of(tx, concern.id)?.iter().any(|order| order.answered_at.is_none() && order.by == who.unit()) {
            return Err(NotNow::Already.into());
        }
        let mut said = Said::default();
        said.open(ctx, Part::Note, needed(&input.text, Field::Note, LONGEST_NOTE)?);
        concern.keeps_caller(tx, ctx, &tree, who, &said)?;
        let due = Clocks::due(ctx.rules(), rule::SUPERVISE, ctx.now);
        let facts = ConcernSupervised { by: who.unit(), unit, due: due.clone(), texts: said.texts() };
        let event = tell(tx, ctx, concern.id, who.actor(), Some(unit), &facts, &said)?;
        tx.exec(PUT, p![event.0, concern.id, who.unit(), who.person(), unit, ctx.now, due.at, &due.rule])?;
        Ok(done(&concern))
    })
}

fn done(concern: &Concern) -> Done {
    let now = &concern.now;
    Done { no: concern.no.clone(), v: concern.v, state: now.state, holder: now.holder, due: now.due.clone() }
}

/// Answers to the oldest open order of the unit.
///
/// # Errors
/// [`StepError`].
pub fn answer(tx: &mut Tx, ctx: &Ctx, who: &Proof<Handle>, input: &Words) -> Result<Done, StepError> {
    store::once(tx, ctx.now, &input.op_key, "concerns.supervised", who.person().bytes(), |tx| {
        let concern = find(tx, &input.no)?.ok_or(StepError::NotFound)?;
        let tree = people::tree(tx)?;
        if concern.is_hidden_from(tx, &tree, who.person(), who.unit())? {
            return Err(StepError::NotFound);
        }
        let orders = of(tx, concern.id)?;
        let open: Vec<&Order> = orders.iter().filter(|order| order.answered_at.is_none()).collect();
        let Some(order) = open.iter().find(|order| order.unit == who.unit()) else {
            return Err(if open.is_empty() { NotNow::State.into() } else { StepError::Denied });
        };
        // How it is handled those tell who handle it.
        if matches!(concern.now.state, State::Dispatched | State::InHand) {
            concern.is_unknown_to(tx, ctx, &tree, who.person())?;
        }
        let mut said = Said::default();
        said.open(ctx, Part::Note, needed(&input.text, Field::Note, LONGEST_NOTE)?);
        concern.keeps_caller(tx, ctx, &tree, who, &said)?;
        if tx.exec(ANSWER, p![order.event.0, ctx.now, who.person()])? != 1 {
            return Err(NotNow::Already.into());
        }
        let facts =
            ConcernSupervisionAnswered { order: order.event, unit: order.unit, in_time: ctx.now <= order.due.at, texts: said.texts() };
        tell(tx, ctx, concern.id, who.actor(), Some(order.unit), &facts, &said)?;
        Ok(done(&concern))
    })
}

/// An order, as pages show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// Its event.
    pub event: EventId,
    /// Who asks.
    pub by: UnitId,
    /// The person who does.
    pub by_person: PersonId,
    /// Who is to answer.
    pub unit: UnitId,
    /// When it was asked.
    pub at: Time,
    /// Until when.
    pub due: Due,
    /// Whether the record says that this passed.
    pub passed: bool,
    /// When it was answered.
    pub answered_at: Option<Time>,
    /// Who answered.
    pub answered_by: Option<PersonId>,
}

macro_rules! order_columns {
    () => {
        "o.event, o.by_unit, o.by_person, o.unit, o.at, o.due_at, o.due_rule, o.passed, o.answered_at, o.answered_by"
    };
}
pub(crate) use order_columns;

pub(crate) fn order_row(row: &store::Row, from: usize) -> Result<Order, StoreError> {
    Ok(Order {
        event: EventId(row.id(from)?),
        by: row.id(from + 1)?,
        by_person: row.id(from + 2)?,
        unit: row.id(from + 3)?,
        at: row.time(from + 4)?,
        due: Due { at: row.time(from + 5)?, rule: row.text(from + 6)?.to_owned() },
        passed: row.bool(from + 7)?,
        answered_at: row.opt_time(from + 8)?,
        answered_by: row.opt_id(from + 9)?,
    })
}

/// Walks `concern_order_by_concern`.
const OF: &Sql = sql!(concat!("SELECT ", order_columns!(), " FROM concern_order o WHERE o.concern = ?1 ORDER BY o.event"));

/// The orders about a concern, oldest first.
///
/// # Errors
/// Only the store's.
pub fn of(tx: &mut Tx, concern: ConcernId) -> Result<Vec<Order>, StoreError> {
    tx.all(OF, p![concern], |row| order_row(row, 0))
}

/// Proof for answering to an open order.
pub fn is_supervised(actor: &Somebody, tree: &Tree, concern: &Concern, orders: &[Order]) -> Option<Proof<Handle>> {
    let handled = matches!(concern.now.state, State::Dispatched | State::InHand);
    if sight::is_hidden(actor, tree, concern) || (handled && sight::knows_caller(actor, tree, concern)) {
        return None;
    }
    actor.each::<Handle>().find(|proof| orders.iter().any(|order| order.answered_at.is_none() && order.unit == proof.unit()))
}

/// Walks `concern_order_late`. What is closed is asked about no more.
const LATE: &Sql = sql!(
    "SELECT o.event, o.concern, o.unit, o.due_at, o.due_rule FROM concern_order o JOIN concern c ON c.id = o.concern
     WHERE o.answered_at IS NULL AND o.passed = 0 AND o.due_at < ?1 AND c.closed_at IS NULL ORDER BY o.due_at, o.event LIMIT ?2"
);
const MARK: &Sql = sql!("UPDATE concern_order SET passed = 1 WHERE event = ?1 AND passed = 0");

/// Records at most `limit` orders that were not answered in time, and says how many.
///
/// # Errors
/// Only the store's.
pub fn pass_orders(tx: &mut Tx, ctx: &Ctx, limit: u32) -> Result<usize, StoreError> {
    let late = tx.all(LATE, p![ctx.now, limit], |row| {
        let due = Due { at: row.time(3)?, rule: row.text(4)?.to_owned() };
        Ok((EventId(row.id(0)?), row.id::<ConcernId>(1)?, row.id::<UnitId>(2)?, due))
    })?;
    let mut passed = 0;
    for (order, concern, unit, due) in late {
        if tx.exec(MARK, p![order.0])? == 1 {
            let about = About { occurred_at: due.at, actor: Actor::System, unit: Some(unit), subject: concern.0, batch: None };
            record::append(tx, ctx, about, &ConcernSupervisionPassed { order, unit, due })?;
            passed += 1;
        }
    }
    Ok(passed)
}
