//! When a unit is succeeded by another, what was found there and is not closed goes along. Who has to look again is the
//! unit that visited, or the one that took over from it, which the tree tells.

use base::Ctx;
use people::Passing;
use store::{Sql, StoreError, Tx, p, sql};

use crate::events::{FindingId, FindingPassed};
use crate::inspect::about;

/// By the index `finding_open_unit`.
const OF: &Sql = sql!("SELECT id, v FROM finding WHERE state <> 'closed' AND unit = ?1 ORDER BY due_at, id");
const MOVE: &Sql = sql!("UPDATE finding SET unit = ?3, v = v + 1 WHERE id = ?1 AND v = ?2");

/// See [`web::Module::pass`]. A person who leaves has nothing in hand here: findings are their unit's.
pub(crate) fn pass(tx: &mut Tx, ctx: &Ctx, actor: record::Actor, passing: &Passing) -> Result<i64, StoreError> {
    let Passing::Unit { from, to } = passing else { return Ok(0) };
    let rows = tx.all(OF, p![*from], |row| Ok((row.id::<FindingId>(0)?, row.int(1)?)))?;
    for (id, v) in &rows {
        tx.exec(MOVE, p![*id, *v, *to])?;
        record::append(tx, ctx, about(ctx, actor, *to, id.0), &FindingPassed { v: v + 1, unit: *to })?;
    }
    Ok(i64::try_from(rows.len()).unwrap_or(i64::MAX))
}
