//! When a unit is succeeded by another, its tasks go along, those that it does and those that it looks at.

use base::{Ctx, UnitId};
use people::Passing;
use store::{Sql, StoreError, Tx, p, sql};

use crate::events::{ConferenceTaskPassed, TaskId};

/// Walks `conference_task_open`, which holds what is open.
const OF: &Sql =
    sql!("SELECT id, by_unit, unit, v FROM conference_task WHERE state <> 'closed' AND (by_unit = ?1 OR unit = ?1) ORDER BY due_at, id");
const MOVE: &Sql = sql!("UPDATE conference_task SET by_unit = ?3, unit = ?4, v = v + 1 WHERE id = ?1 AND v = ?2");

/// See [`web::Module::pass`]. A person who leaves has nothing in hand here: tasks are their unit's.
pub(crate) fn pass(tx: &mut Tx, ctx: &Ctx, actor: record::Actor, passing: &Passing) -> Result<i64, StoreError> {
    let Passing::Unit { from, to } = passing else { return Ok(0) };
    let rows = tx.all(OF, p![*from], |row| Ok((row.id::<TaskId>(0)?, row.id::<UnitId>(1)?, row.id::<UnitId>(2)?, row.int(3)?)))?;
    let after = |unit: UnitId| if unit == *from { *to } else { unit };
    for (id, by, unit, v) in &rows {
        let (by, unit) = (after(*by), after(*unit));
        tx.exec(MOVE, p![*id, *v, by, unit])?;
        let about = record::About { occurred_at: ctx.now, actor, unit: Some(unit), subject: id.0, batch: None };
        record::append(tx, ctx, about, &ConferenceTaskPassed { v: v + 1, unit, by })?;
    }
    Ok(i64::try_from(rows.len()).unwrap_or(i64::MAX))
}

/// Walks `conference_task_open`, which holds what is open.
const HELD: &Sql = sql!("SELECT COUNT(*) FROM conference_task WHERE state <> 'closed' AND unit = ?1");
const LOOKED_AT: &Sql = sql!("SELECT COUNT(*) FROM conference_task WHERE state <> 'closed' AND by_unit = ?1 AND unit <> ?1");

web::texts! {
    /// What a unit has in hand, in words.
    HeldTexts;
    tasks: "未完成的联席会议任务 {n} 项", "{n} open tasks of joint conferences";
    looked_at: "由本单位确认的联席会议任务 {n} 项", "{n} tasks of joint conferences that it has to confirm";
}

/// See [`web::Module::in_hand`].
pub(crate) fn in_hand(tx: &mut Tx, lang: web::Lang, unit: UnitId) -> Result<Vec<String>, StoreError> {
    let (t, mut words) = (HeldTexts::of(lang), Vec::new());
    for (text, sql) in [(t.tasks, HELD), (t.looked_at, LOOKED_AT)] {
        let n = tx.one(sql, p![unit], |row| row.int(0))?;
        if n > 0 {
            words.push(web::fill(text, &[("n", &n)]));
        }
    }
    Ok(words)
}
