//! Time runs: a task whose deadline passed is recorded as late once for each deadline, whoever looks or does not.

use std::sync::Arc;

use base::{Ctx, Time};
use record::{About, Actor};
use store::{Sql, StoreError, Tx, p, sql};
use web::{District, Fault};

use crate::events::{ConferenceTaskOverdue, TaskId};
use crate::recount::WORK;

/// Tasks in one transaction.
const PIECE: i64 = 200;

/// By the index `conference_task_open`.
const LATE: &Sql = sql!(
    "SELECT id, by_unit, unit, state, due_at, v FROM conference_task
     WHERE state <> 'closed' AND passed = 0 AND due_at < ?1 ORDER BY due_at, id LIMIT ?2"
);
const MARK: &Sql = sql!("UPDATE conference_task SET passed = 1 WHERE id = ?1 AND v = ?2 AND passed = 0");

/// See [`web::Module::ticks`].
pub(crate) fn run(district: &Arc<District>) -> Result<(), Fault> {
    // Deadlines are those of the days that hold now before any is said to be over.
    while district.write_now(|tx, ctx| WORK.piece(tx, ctx))? {}
    while district.write_now(pass)? == usize::try_from(PIECE).unwrap_or(0) {}
    Ok(())
}

fn pass(tx: &mut Tx, ctx: &Ctx) -> Result<usize, StoreError> {
    let late = tx.all(LATE, p![ctx.now, PIECE], |row| {
        let confirming = row.text(3)? == "reported";
        let unit: base::UnitId = if confirming { row.id(1)? } else { row.id(2)? };
        Ok((row.id::<TaskId>(0)?, unit, confirming, row.time(4)?, row.int(5)?))
    })?;
    for (id, unit, confirming, due, v) in &late {
        if tx.exec(MARK, p![*id, *v])? == 1 {
            let about = About { occurred_at: occurred(*due, ctx.now), actor: Actor::System, unit: Some(*unit), subject: id.0, batch: None };
            record::append(tx, ctx, about, &ConferenceTaskOverdue { v: *v, due: *due, confirming: *confirming })?;
        }
    }
    Ok(late.len())
}

/// It happened when the deadline passed, however late that was noticed.
fn occurred(due: Time, now: Time) -> Time {
    due.min(now)
}
