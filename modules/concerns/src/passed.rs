//! The passing of time is recorded too: a deadline that passed while its step was still owed.

use base::Ctx;
use record::{About, Actor};
use store::{Sql, StoreError, Tx, p, sql};

use crate::concern::ConcernId;
use crate::events::ConcernDeadlinePassed;
use crate::model::Due;

/// Walks `concern_late`: what is past and not yet said to be.
const LATE: &Sql = sql!(
    "SELECT id, v, holder, due_at, due_rule FROM concern
     WHERE due_at IS NOT NULL AND passed = 0 AND due_at < ?1 ORDER BY due_at, id LIMIT ?2"
);
const MARK: &Sql = sql!("UPDATE concern SET passed = 1 WHERE id = ?1 AND v = ?2 AND passed = 0");

/// Records at most `limit` passed deadlines, each once for a step and its deadline, and says how many.
/// With several processes, the mark makes sure that one of them writes the event.
///
/// # Errors
/// Only the store's.
pub fn pass_deadlines(tx: &mut Tx, ctx: &Ctx, limit: u32) -> Result<usize, StoreError> {
    let late = tx.all(LATE, p![ctx.now, limit], |row| {
        let due = Due { at: row.time(3)?, rule: row.opt_text(4)?.unwrap_or_default().to_owned() };
        Ok((row.id::<ConcernId>(0)?, row.int(1)?, row.id(2)?, due))
    })?;
    let mut passed = 0;
    for (id, v, holder, due) in late {
        if tx.exec(MARK, p![id, v])? != 1 {
            continue;
        }
        let about = About { occurred_at: due.at, actor: Actor::System, unit: Some(holder), subject: id.0, batch: None };
        record::append(tx, ctx, about, &ConcernDeadlinePassed { v, holder, due })?;
        passed += 1;
    }
    Ok(passed)
}
