//! Open deadlines counted anew when other working days hold than those by which they were counted (see [`workdays`]): that of
//! putting right and that of the second look, each by its rule from the step that it began with. Nobody chooses one here.

use base::{Ctx, Id, Time, UnitId};
use record::{Actor, Event};
use store::{Sql, StoreError, Tx, p, sql};
use workdays::{Clock, Count, Work};

use crate::events::{FindingDeadlineMoved, FindingId, FindingMade, FindingRechecked, FindingRectified};
use crate::inspect::{RECHECK_RULE, RULE, about};

/// By the index `finding_open_id`.
const NEXT: &Sql = sql!("SELECT id, unit, due_at, v FROM finding WHERE state <> 'closed' AND passed = 0 AND id > ?1 ORDER BY id LIMIT ?2");
const MOVE: &Sql = sql!("UPDATE finding SET due_at = ?3, v = v + 1 WHERE id = ?1 AND v = ?2 AND state <> 'closed' AND passed = 0");

pub(crate) const WORK: Work<Open> = Work { name: "inspections", next, one, at_once: 50 };

/// A finding that is not closed, as it stands.
pub(crate) struct Open {
    id: FindingId,
    unit: UnitId,
    due: Time,
    v: i64,
}

fn next(tx: &mut Tx, after: Id, limit: u32) -> Result<Vec<(Id, Open)>, StoreError> {
    tx.all(NEXT, p![after, limit], |row| {
        let open = Open { id: row.id(0)?, unit: row.id(1)?, due: row.time(2)?, v: row.int(3)? };
        Ok((open.id.0, open))
    })
}

/// What the deadline of a step runs by that began with this event, and its version; nothing where it began none.
fn clock(event: &Event) -> Option<(i64, Clock)> {
    let (v, rule) = if event.is::<FindingMade>() {
        (1, RULE)
    } else if let Ok(done) = event.facts::<FindingRectified>() {
        // What was put right before there was a term for the second look kept the deadline that it had.
        (done.v, done.due.map(|_| RECHECK_RULE)?)
    } else {
        let looked = event.facts::<FindingRechecked>().ok().filter(|looked| !looked.pass)?;
        (looked.v, RULE)
    };
    Some((v, Clock::From { rule: rule.to_owned(), at: event.occurred_at }))
}

fn one(tx: &mut Tx, ctx: &Ctx, count: &Count, open: Open) -> Result<(), StoreError> {
    if !count.reaches(open.due) {
        return Ok(());
    }
    // By the version, not by the id: two steps of one millisecond may lie in the other order.
    let last = record::of_subject(tx, open.id.0)?.iter().filter_map(clock).max_by_key(|(v, _)| *v);
    let Some(due) = last.and_then(|(_, clock)| count.moved(open.due, &[&clock])) else { return Ok(()) };
    if tx.exec(MOVE, p![open.id, open.v, due])? == 1 {
        record::append(tx, ctx, about(ctx, Actor::System, open.unit, open.id.0), &FindingDeadlineMoved { v: open.v + 1, due })?;
    }
    Ok(())
}
