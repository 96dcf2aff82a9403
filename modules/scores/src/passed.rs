//! Time runs: an appeal that nobody decided on in time is recorded as late once, whoever looks or does not.

use std::sync::Arc;

use base::{Ctx, UnitId};
use record::{About, Actor};
use store::{Sql, StoreError, Tx, p, sql};
use web::{District, Fault};

use crate::appeal::Deciders;
use crate::events::{AppealId, ScoreAppealOverdue};
use crate::recount::WORK;

/// Appeals in one transaction.
const PIECE: i64 = 200;

/// By the index `score_appeal_open`.
const LATE: &Sql =
    sql!("SELECT id, unit, due_at FROM score_appeal WHERE state = 'open' AND passed = 0 AND due_at < ?1 ORDER BY due_at, id LIMIT ?2");
const MARK: &Sql = sql!("UPDATE score_appeal SET passed = 1 WHERE id = ?1 AND state = 'open' AND passed = 0");

/// See [`web::Module::ticks`].
pub(crate) fn run(district: &Arc<District>) -> Result<(), Fault> {
    // Deadlines are those of the days that hold now before any is said to be over.
    while district.write_now(|tx, ctx| WORK.piece(tx, ctx))? {}
    while district.write_now(pass)? == usize::try_from(PIECE).unwrap_or(0) {}
    Ok(())
}

fn pass(tx: &mut Tx, ctx: &Ctx) -> Result<usize, StoreError> {
    let late = tx.all(LATE, p![ctx.now, PIECE], |row| Ok((row.id::<AppealId>(0)?, row.id::<UnitId>(1)?, row.time(2)?)))?;
    if late.is_empty() {
        return Ok(0);
    }
    let tree = people::tree(tx)?;
    let deciders = Deciders::find(tx, ctx.now, &tree)?;
    for (id, unit, due) in &late {
        if tx.exec(MARK, p![*id])? == 1 {
            // It happened when the deadline passed, however late that was noticed.
            let unit = deciders.of(&tree, *unit).first().copied();
            let about = About { occurred_at: (*due).min(ctx.now), actor: Actor::System, unit, subject: id.0, batch: None };
            record::append(tx, ctx, about, &ScoreAppealOverdue { due: *due })?;
        }
    }
    Ok(late.len())
}
