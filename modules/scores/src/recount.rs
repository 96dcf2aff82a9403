//! Until when an appeal is to be decided, counted anew when other working days hold than those by which it was counted (see
//! [`workdays`]). Until when a unit may appeal is counted whenever it is asked, and follows by itself.

use base::{Ctx, Id, Time, UnitId};
use record::Actor;
use store::{Sql, StoreError, Tx, p, sql};
use workdays::{Clock, Count, Work};

use crate::appeal::DECIDE_RULE;
use crate::events::{AppealId, ScoreAppealMoved, about};

/// By the index `score_appeal_open_id`.
const NEXT: &Sql =
    sql!("SELECT id, unit, appealed_at, due_at FROM score_appeal WHERE state = 'open' AND passed = 0 AND id > ?1 ORDER BY id LIMIT ?2");
const MOVE: &Sql = sql!("UPDATE score_appeal SET due_at = ?3 WHERE id = ?1 AND due_at = ?2 AND state = 'open' AND passed = 0");

pub(crate) const WORK: Work<Open> = Work { name: "scores", next, one, at_once: 50 };

/// An appeal that waits, as it stands.
pub(crate) struct Open {
    id: AppealId,
    unit: UnitId,
    at: Time,
    due: Time,
}

fn next(tx: &mut Tx, after: Id, limit: u32) -> Result<Vec<(Id, Open)>, StoreError> {
    tx.all(NEXT, p![after, limit], |row| {
        let open = Open { id: row.id(0)?, unit: row.id(1)?, at: row.time(2)?, due: row.time(3)? };
        Ok((open.id.0, open))
    })
}

fn one(tx: &mut Tx, ctx: &Ctx, count: &Count, open: Open) -> Result<(), StoreError> {
    if !count.reaches(open.due) {
        return Ok(());
    }
    let clock = Clock::From { rule: DECIDE_RULE.to_owned(), at: open.at };
    let Some(due) = count.moved(open.due, &[&clock]) else { return Ok(()) };
    if tx.exec(MOVE, p![open.id, open.due, due])? == 1 {
        record::append(tx, ctx, about(ctx, Actor::System, Some(open.unit), open.id.0), &ScoreAppealMoved { was: open.due, due })?;
    }
    Ok(())
}
