//! The passing of time is recorded too: a deadline that passed while its step was still owed. The unit above
//! is told at once, and the next one above each time the rule's length passes without the step.

use base::{Ctx, Time, UnitId};
use people::Tree;
use record::{About, Actor};
use store::{Sql, StoreError, Tx, p, sql};

use crate::concern::{ConcernId, unpack};
use crate::events::{ConcernDeadlinePassed, ConcernOverdueRaised};
use crate::line::{self, Lines};
use crate::model::{Clocks, Due, rule};

/// Walks `concern_late`: what is past and not yet said to be. What stands still goes on, and is not late.
const LATE: &Sql = sql!(
    "SELECT id, v, holder, due_at, due_rule, desk, bars FROM concern
     WHERE due_at IS NOT NULL AND passed = 0 AND due_at < ?1 AND paused_at IS NULL ORDER BY due_at, id LIMIT ?2"
);
const MARK: &Sql = sql!("UPDATE concern SET passed = 1 WHERE id = ?1 AND v = ?2 AND passed = 0");
const RAISE: &Sql = sql!("INSERT INTO concern_raise (concern, v, level, unit, at, next_at, settled) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0)");
/// Walks `concern_raise_next`.
const NEXT: &Sql = sql!(
    "SELECT r.concern, r.v, r.level, r.unit, c.desk, c.bars FROM concern_raise r JOIN concern c ON c.id = r.concern
     WHERE r.next_at IS NOT NULL AND r.next_at <= ?1 ORDER BY r.next_at, r.concern LIMIT ?2"
);
const RAISED: &Sql = sql!("UPDATE concern_raise SET next_at = NULL WHERE concern = ?1 AND v = ?2 AND level = ?3 AND next_at IS NOT NULL");
/// Walks the primary key.
const SETTLE: &Sql = sql!("UPDATE concern_raise SET next_at = NULL, settled = 1 WHERE concern = ?1 AND settled = 0");

/// Records at most `limit` passed deadlines, each once for a step and its deadline, and says how many.
/// With several processes, the mark makes sure that one of them writes the event.
///
/// # Errors
/// Only the store's.
pub fn pass_deadlines(tx: &mut Tx, ctx: &Ctx, limit: u32) -> Result<usize, StoreError> {
    let late = tx.all(LATE, p![ctx.now, limit], |row| {
        let due = Due { at: row.time(3)?, rule: row.opt_text(4)?.unwrap_or_default().to_owned() };
        let bars = row.opt_blob(6)?.map(unpack).unwrap_or_default();
        Ok((row.id::<ConcernId>(0)?, row.int(1)?, row.id::<UnitId>(2)?, due, row.id::<UnitId>(5)?, bars))
    })?;
    if late.is_empty() {
        return Ok(0);
    }
    let tree = people::tree(tx)?;
    let mut passed = 0;
    for (id, v, holder, due, desk, bars) in late {
        if tx.exec(MARK, p![id, v])? != 1 {
            continue;
        }
        let at = due.at;
        let about = About { occurred_at: at, actor: Actor::System, unit: Some(holder), subject: id.0, batch: None };
        record::append(tx, ctx, about, &ConcernDeadlinePassed { v, holder, due })?;
        if let Some(unit) = above(&tree, holder, desk, &bars) {
            raise(tx, ctx, &tree, id, (v, 1), unit, (desk, &bars))?;
        }
        passed += 1;
    }
    Ok(passed)
}

/// Tells the next unit above of at most `limit` concerns that are still overdue, and says of how many.
///
/// # Errors
/// Only the store's.
pub fn raise_overdue(tx: &mut Tx, ctx: &Ctx, limit: u32) -> Result<usize, StoreError> {
    let owed = tx.all(NEXT, p![ctx.now, limit], |row| {
        let bars = row.opt_blob(5)?.map(unpack).unwrap_or_default();
        Ok((row.id::<ConcernId>(0)?, row.int(1)?, row.int(2)?, row.id::<UnitId>(3)?, row.id::<UnitId>(4)?, bars))
    })?;
    if owed.is_empty() {
        return Ok(0);
    }
    let tree = people::tree(tx)?;
    let mut raised = 0;
    for (id, v, level, from, desk, bars) in owed {
        if tx.exec(RAISED, p![id, v, level])? != 1 {
            continue;
        }
        if let Some(unit) = above(&tree, from, desk, &bars) {
            raise(tx, ctx, &tree, id, (v, level + 1), unit, (desk, &bars))?;
        }
        raised += 1;
    }
    Ok(raised)
}

fn raise(
    tx: &mut Tx,
    ctx: &Ctx,
    tree: &Tree,
    id: ConcernId,
    (v, level): (i64, i64),
    unit: UnitId,
    (desk, bars): (UnitId, &[UnitId]),
) -> Result<(), StoreError> {
    let next: Option<Time> = above(tree, unit, desk, bars).map(|_| ctx.rules().due(rule::RAISE, ctx.now).at);
    tx.exec(RAISE, p![id, v, level, unit, ctx.now, next])?;
    let about = About { occurred_at: ctx.now, actor: Actor::System, unit: Some(unit), subject: id.0, batch: None };
    record::append(tx, ctx, about, &ConcernOverdueRaised { v, level, unit, next }).map(drop)
}

/// The next unit above that may know of the concern.
fn above(tree: &Tree, unit: UnitId, desk: UnitId, bars: &[UnitId]) -> Option<UnitId> {
    let mut at = Lines::parent(tree, unit);
    while let Some(unit) = at.filter(|unit| line::barred(tree, bars, desk, *unit)) {
        at = Lines::parent(tree, unit);
    }
    at
}

/// The step was taken: nobody is told any more.
pub(crate) fn settle(tx: &mut Tx, concern: ConcernId) -> Result<(), StoreError> {
    tx.exec(SETTLE, p![concern]).map(drop)
}
