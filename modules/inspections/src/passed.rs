//! Time runs: a deadline that passed is recorded once, whoever looks or does not: that of putting right for the unit,
//! that of the second look for who visited.

use std::sync::Arc;

use base::{Ctx, UnitId};
use record::{About, Actor};
use store::{Sql, StoreError, Tx, p, sql};
use web::{District, Fault};

use crate::events::{FindingId, FindingOverdue};
use crate::read::heir;
use crate::recount::WORK;

/// Findings in one transaction.
const PIECE: i64 = 200;

/// By the index `finding_open`.
const LATE: &Sql = sql!(
    "SELECT f.id, i.by_unit, f.unit, f.state, f.due_at, f.v FROM finding f JOIN inspection i ON i.id = f.inspection
     WHERE f.state <> 'closed' AND f.passed = 0 AND f.due_at < ?1 ORDER BY f.due_at, f.id LIMIT ?2"
);
const MARK: &Sql = sql!("UPDATE finding SET passed = 1 WHERE id = ?1 AND v = ?2 AND passed = 0");

/// See [`web::Module::ticks`].
pub(crate) fn run(district: &Arc<District>) -> Result<(), Fault> {
    // Deadlines are those of the days that hold now before any is said to be over.
    while district.write_now(|tx, ctx| WORK.piece(tx, ctx))? {}
    while district.write_now(pass)? == usize::try_from(PIECE).unwrap_or(0) {}
    Ok(())
}

fn pass(tx: &mut Tx, ctx: &Ctx) -> Result<usize, StoreError> {
    let late = tx.all(LATE, p![ctx.now, PIECE], |row| {
        let rechecking = row.text(3)? == "rectified";
        let unit: UnitId = if rechecking { row.id(1)? } else { row.id(2)? };
        Ok((row.id::<FindingId>(0)?, unit, rechecking, row.time(4)?, row.int(5)?))
    })?;
    if late.is_empty() {
        return Ok(0);
    }
    let tree = people::tree(tx)?;
    for (id, unit, rechecking, due, v) in &late {
        if tx.exec(MARK, p![*id, *v])? == 1 {
            // It happened when the deadline passed, however late that was noticed.
            let at = (*due).min(ctx.now);
            let about = About { occurred_at: at, actor: Actor::System, unit: Some(heir(&tree, *unit)), subject: id.0, batch: None };
            record::append(tx, ctx, about, &FindingOverdue { v: *v, due: *due, rechecking: *rechecking })?;
        }
    }
    Ok(late.len())
}
