//! When a unit is succeeded by another, what was found there and is not closed goes along. Who has to look again is the
//! unit that visited, or the one that took over from it, which the tree tells.

use base::{Ctx, UnitId};
use people::Passing;
use store::{Sql, StoreError, Tx, p, sql};

use crate::events::{FindingId, FindingPassed};
use crate::inspect::about;
use crate::read::heir;

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

/// By the index `finding_open_unit`.
const HELD: &Sql = sql!("SELECT COUNT(*) FROM finding WHERE state <> 'closed' AND unit = ?1");
/// Walks the index `finding_open`: what waits for a second look, by who visited.
const RECHECKS: &Sql = sql!(
    "SELECT i.by_unit, COUNT(*) FROM finding f JOIN inspection i ON i.id = f.inspection WHERE f.state = 'rectified' GROUP BY i.by_unit"
);

web::texts! {
    /// What a unit has in hand, in words.
    HeldTexts;
    findings: "未销号的检查问题 {n} 个", "{n} open findings";
    rechecks: "待复查的检查问题 {n} 个", "{n} findings to be looked at again";
}

/// See [`web::Module::in_hand`].
pub(crate) fn in_hand(tx: &mut Tx, lang: web::Lang, unit: UnitId) -> Result<Vec<String>, StoreError> {
    let (t, tree) = (HeldTexts::of(lang), people::tree(tx)?);
    let findings = tx.one(HELD, p![unit], |row| row.int(0))?;
    let waiting = tx.all(RECHECKS, p![], |row| Ok((row.id::<UnitId>(0)?, row.int(1)?)))?;
    let rechecks: i64 = waiting.into_iter().filter(|(by, _)| heir(&tree, *by) == unit).map(|(_, n)| n).sum();
    let each = [(t.findings, findings), (t.rechecks, rechecks)];
    Ok(each.into_iter().filter(|(_, n)| *n > 0).map(|(text, n)| web::fill(text, &[("n", &n)])).collect())
}
