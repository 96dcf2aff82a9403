//! Open deadlines of concerns, of calls and of orders counted anew when other working days hold than those by which they were
//! counted (see [`workdays`]).

mod history;

use base::rules::Rules;
use base::{Ctx, Id, Time, UnitId};
use people::Tree;
use record::{Actor, EventId};
use store::{Sql, StoreError, Tx, p, sql};
use workdays::{Clock, Count, Work};

use crate::concern::{Concern, ConcernId, StepError, columns, from_row, get, tell};
use crate::events::{ConcernDeadlinesMoved, MovedPart};
use crate::holidays;
use crate::model::{Due, State};
use crate::said::Said;
use history::History;

/// Concerns that are looked at in one transaction.
const AT_ONCE: u32 = 25;

/// Walks `concern_open`.
const NEXT: &Sql = sql!(concat!("SELECT ", columns!(), " FROM concern c WHERE c.id > ?1 AND c.due_at IS NOT NULL ORDER BY c.id LIMIT ?2"));
/// Walks `concern_whistle_by_concern` and the primary key of `concern_called`.
const CALLED: &Sql = sql!(
    "SELECT d.whistle, d.unit, d.due_at, d.due_rule, w.at FROM concern_whistle w JOIN concern_called d ON d.whistle = w.event
     WHERE w.concern = ?1 AND w.closed_at IS NULL AND d.arrived_at IS NULL AND d.passed = 0 ORDER BY d.whistle, d.unit"
);
const MOVE_CALLED: &Sql = sql!("UPDATE concern_called SET due_at = ?3 WHERE whistle = ?1 AND unit = ?2");
/// Walks `concern_order_by_concern`.
const ORDERS: &Sql = sql!(
    "SELECT event, unit, due_at, due_rule, at FROM concern_order WHERE concern = ?1 AND answered_at IS NULL AND passed = 0 ORDER BY event"
);
const HAS_ORDER: &Sql = sql!("SELECT 1 FROM concern_order WHERE concern = ?1 AND answered_at IS NULL AND passed = 0 LIMIT 1");
const MOVE_ORDER: &Sql = sql!("UPDATE concern_order SET due_at = ?2 WHERE event = ?1");

const WORK: Work<Concern> = Work { name: "concerns", next, one, at_once: AT_ONCE };

/// Notes which working days hold, and counts some open deadlines anew where they are others than those by which they were
/// counted; says whether more may be left.
///
/// # Errors
/// Only the store's.
pub fn piece(tx: &mut Tx, ctx: &Ctx) -> Result<bool, StoreError> {
    holidays::hold(tx, ctx)?;
    WORK.piece(tx, ctx)
}

fn next(tx: &mut Tx, after: Id, limit: u32) -> Result<Vec<(Id, Concern)>, StoreError> {
    Ok(tx.all(NEXT, p![after, limit], from_row)?.into_iter().map(|concern| (concern.id.0, concern)).collect())
}

fn one(tx: &mut Tx, ctx: &Ctx, count: &Count, concern: Concern) -> Result<(), StoreError> {
    // A step may owe more than its own deadline.
    let now = &concern.now;
    let own = now.due.iter().map(|due| due.at).chain(now.resolve_by).chain(now.object_by);
    let open = own.chain(now.pause.as_ref().map(|pause| pause.due.at)).any(|at| count.reaches(at));
    let in_hand = matches!(now.state, State::Dispatched | State::InHand);
    if open || in_hand || tx.opt(HAS_ORDER, p![concern.id], |_| Ok(()))?.is_some() {
        let tree = people::tree(tx)?;
        move_one(tx, ctx, &tree, count, concern.id).map_err(|error| match error {
            StepError::Store(error) => error,
            other => StoreError::Other(format!("a deadline could not be moved: {other}")),
        })?;
    }
    Ok(())
}

fn move_one(tx: &mut Tx, ctx: &Ctx, tree: &Tree, count: &Count, id: ConcernId) -> Result<(), StepError> {
    let Some(concern) = get(tx, id)? else { return Ok(()) };
    // A record that cannot be read is `verify`'s to name; here it keeps its deadlines, and all others go on.
    let history = match history::of(tx, id) {
        Err(StoreError::Other(cause)) => {
            tracing::error!(cause, concern = %id.0, "its deadlines are not counted anew");
            return Ok(());
        }
        found => found?,
    };
    // What is merged is due with the one that it is answered with.
    let main = match concern.now.merged_into {
        Some(main) => history::of(tx, main)?.answer,
        None => None,
    };
    let mut then = concern.now.clone();
    let answers: Vec<&Clock> = history.answer.iter().chain(&main).collect();
    let by = then.resolve_by.and_then(|at| count.moved(at, &answers));
    let object_by = then.object_by.and_then(|at| count.moved(at, &history.objection.iter().collect::<Vec<_>>()));
    let due = then.due.as_ref().filter(|_| !then.passed).and_then(|due| {
        let clocks: Vec<&Clock> =
            history.due.iter().filter(|clock| clock.0 == due.rule).map(|clock| &clock.1).chain(answers.iter().copied()).collect();
        Some(Due { at: count.moved(due.at, &clocks)?, rule: due.rule.clone() })
    });
    let stopped = then.pause.as_ref().and_then(|pause| {
        let clocks: Vec<&Clock> = history.stopped.iter().map(|clock| &clock.1).collect();
        count.moved(pause.due.at, &clocks)
    });
    then.resolve_by = by.or(then.resolve_by);
    then.object_by = object_by.or(then.object_by);
    then.due = due.clone().or(then.due);
    if let (Some(pause), Some(at)) = (&mut then.pause, stopped) {
        pause.due.at = at;
    }
    let called = called(tx, count, &concern)?;
    let orders = orders(tx, count, &concern)?;
    if then == concern.now && called.is_empty() && orders.is_empty() {
        return Ok(());
    }
    for part in &called {
        tx.exec(MOVE_CALLED, p![part.event.0, part.unit, part.at])?;
    }
    for part in &orders {
        tx.exec(MOVE_ORDER, p![part.event.0, part.at])?;
    }
    let v = concern.save(tx, tree, &then)?.v;
    let facts = ConcernDeadlinesMoved { v, due, resolve_by: by, object_by, stopped, called, orders };
    tell(tx, ctx, id, Actor::System, concern.now.holder, &facts, &Said::default())?;
    Ok(())
}

/// What units that were called owe: when they come.
fn called(tx: &mut Tx, count: &Count, concern: &Concern) -> Result<Vec<MovedPart>, StoreError> {
    parts(tx, count, concern, CALLED)
}

/// What units that a unit above asks owe: when they answer.
fn orders(tx: &mut Tx, count: &Count, concern: &Concern) -> Result<Vec<MovedPart>, StoreError> {
    parts(tx, count, concern, ORDERS)
}

fn parts(tx: &mut Tx, count: &Count, concern: &Concern, sql: &'static Sql) -> Result<Vec<MovedPart>, StoreError> {
    let owed = tx.all(sql, p![concern.id], |row| {
        let clock = Clock::From { rule: row.text(3)?.to_owned(), at: row.time(4)? };
        Ok((EventId(row.id(0)?), row.id::<UnitId>(1)?, row.time(2)?, clock))
    })?;
    let moved = owed.into_iter().filter_map(|(event, unit, at, clock)| Some(MovedPart { event, unit, at: count.moved(at, &[&clock])? }));
    Ok(moved.collect())
}

/// See [`History`]; for tests, which compare it with where concerns stand.
#[doc(hidden)]
pub fn ends_of(tx: &mut Tx, rules: &Rules, id: ConcernId) -> Result<(Option<Due>, Option<Time>, Option<Time>), StoreError> {
    let History { due, answer, objection, .. } = history::of(tx, id)?;
    let due = due.map(|(rule, clock)| Due { at: clock.ends(rules), rule });
    Ok((due, answer.map(|clock| clock.ends(rules)), objection.map(|clock| clock.ends(rules))))
}
