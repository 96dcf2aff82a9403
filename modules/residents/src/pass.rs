//! When a grid or a community is succeeded by another, its entries go along: the register is where people live.

use base::{Ctx, UnitId};
use people::{Authority, Level, Passing};
use store::{Sql, StoreError, Tx, p, sql};

use crate::ResidentId;
use crate::enter::{carry, take_out};
use crate::keep::{find, find_same};
use crate::term::Why;

/// By the index `resident_by_place`.
const OF_GRID: &Sql = sql!("SELECT id FROM resident WHERE community = ?1 AND grid = ?2 ORDER BY id");
const OF_COMMUNITY: &Sql = sql!("SELECT id FROM resident WHERE community = ?1 ORDER BY id");
const MOVE: &Sql = sql!("UPDATE resident SET community = ?2 WHERE id = ?1");

/// See [`web::Module::pass`].
pub(crate) fn pass(tx: &mut Tx, ctx: &Ctx, actor: record::Actor, passing: &Passing) -> Result<i64, StoreError> {
    let Passing::Unit { from, to } = passing else { return Ok(0) };
    let tree = people::tree(tx)?;
    let (Some(old), Some(new)) = (tree.get(*from), tree.get(*to)) else { return Ok(0) };
    let (ids, community): (Vec<ResidentId>, UnitId) = match (old.level, old.parent, new.parent) {
        (Level::Grid, Some(above), Some(community)) => (tx.all(OF_GRID, p![above, *from], |row| row.id(0))?, community),
        (Level::Community, ..) => (tx.all(OF_COMMUNITY, p![*from], |row| row.id(0))?, *to),
        _ => return Ok(0),
    };
    for id in &ids {
        let Some(entry) = find(tx, *id)? else { continue };
        let mut sealed = entry.sealed.clone();
        if old.level == Level::Grid {
            sealed.grid = Some(to.0);
        }
        if find_same(tx, community, &sealed)?.is_some_and(|other| other.id != *id) {
            // The other register has this person already.
            take_out(tx, ctx, actor, &entry, None, Why::Twice)?;
            continue;
        }
        tx.exec(MOVE, p![*id, community])?;
        carry(tx, ctx, Authority::Console, &entry, &sealed, None)?;
        let about = record::About { occurred_at: ctx.now, actor, unit: Some(community), subject: id.0, batch: None };
        record::append(tx, ctx, about, &crate::events::ResidentMoved { community })?;
    }
    Ok(i64::try_from(ids.len()).unwrap_or(i64::MAX))
}

/// By the index `resident_by_place`: of a community all, of a grid its own.
const HELD: &Sql = sql!("SELECT COUNT(*) FROM resident WHERE community = ?1");
const HELD_IN_GRID: &Sql = sql!("SELECT COUNT(*) FROM resident WHERE community = ?1 AND grid = ?2");

web::texts! {
    /// What a unit has in hand, in words.
    HeldTexts;
    entries: "居民登记 {n} 人", "{n} entries of the register of residents";
}

/// See [`web::Module::in_hand`].
pub(crate) fn in_hand(tx: &mut Tx, lang: web::Lang, unit: UnitId) -> Result<Vec<String>, StoreError> {
    let tree = people::tree(tx)?;
    let n = match tree.get(unit).map(|unit| (unit.level, unit.parent)) {
        Some((Level::Grid, Some(community))) => tx.one(HELD_IN_GRID, p![community, unit], |row| row.int(0))?,
        Some((Level::Community, _)) => tx.one(HELD, p![unit], |row| row.int(0))?,
        _ => 0,
    };
    Ok(if n > 0 { vec![web::fill(HeldTexts::of(lang).entries, &[("n", &n)])] } else { Vec::new() })
}
