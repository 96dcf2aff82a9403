//! The deadline of looking at what was done counted anew when other working days hold than those by which it was counted (see
//! [`workdays`]). Until when a task is to be done is a day that whoever called the conference chose, and does not move.

use base::{Ctx, Id, Time, UnitId};
use record::{About, Actor};
use store::{Sql, StoreError, Tx, p, sql};
use workdays::{Clock, Count, Work};

use crate::events::{ConferenceTaskLookMoved, ConferenceTaskReported, TaskId};
use crate::task::CONFIRM;

/// By the index `conference_task_reported`.
const NEXT: &Sql =
    sql!("SELECT id, by_unit, due_at, v FROM conference_task WHERE state = 'reported' AND passed = 0 AND id > ?1 ORDER BY id LIMIT ?2");
const MOVE: &Sql = sql!("UPDATE conference_task SET due_at = ?3, v = v + 1 WHERE id = ?1 AND v = ?2 AND state = 'reported' AND passed = 0");

pub(crate) const WORK: Work<Reported> = Work { name: "conferences", next, one, at_once: 50 };

/// A task that waits for a look, as it stands.
pub(crate) struct Reported {
    id: TaskId,
    by: UnitId,
    due: Time,
    v: i64,
}

fn next(tx: &mut Tx, after: Id, limit: u32) -> Result<Vec<(Id, Reported)>, StoreError> {
    tx.all(NEXT, p![after, limit], |row| {
        let task = Reported { id: row.id(0)?, by: row.id(1)?, due: row.time(2)?, v: row.int(3)? };
        Ok((task.id.0, task))
    })
}

fn one(tx: &mut Tx, ctx: &Ctx, count: &Count, task: Reported) -> Result<(), StoreError> {
    if !count.reaches(task.due) {
        return Ok(());
    }
    // By the version, not by the id: two steps of one millisecond may lie in the other order.
    let steps = record::of_subject(tx, task.id.0)?.into_iter();
    let reported = steps.filter_map(|event| Some((event.facts::<ConferenceTaskReported>().ok()?.v, event.occurred_at)));
    let clock = reported.max_by_key(|(v, _)| *v).map(|(_, at)| Clock::From { rule: CONFIRM.to_owned(), at });
    let Some(due) = clock.and_then(|clock| count.moved(task.due, &[&clock])) else { return Ok(()) };
    if tx.exec(MOVE, p![task.id, task.v, due])? == 1 {
        let about = About { occurred_at: ctx.now, actor: Actor::System, unit: Some(task.by), subject: task.id.0, batch: None };
        record::append(tx, ctx, about, &ConferenceTaskLookMoved { v: task.v + 1, due })?;
    }
    Ok(())
}
