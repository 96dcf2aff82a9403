//! Reading the numbers: of a unit by itself, or of all that stands under it.
//!
//! A measure counts for the unit that its event names. What counted for a unit that was closed since
//! stays with the unit it stood under.

use std::collections::BTreeMap;

use base::UnitId;
use people::Tree;
use store::{Sql, StoreError, Tx, p, sql};

use crate::Month;

/// By the primary key, a look-up for each month.
const OWN: &Sql =
    sql!("SELECT CAST(COALESCE(SUM(n), 0) AS BIGINT) FROM tally WHERE measure = ?1 AND unit = ?2 AND month BETWEEN ?3 AND ?4");

/// Walks the primary key over the months asked for.
const ALL: &Sql = sql!("SELECT month, unit, n FROM tally WHERE measure = ?1 AND month BETWEEN ?2 AND ?3 ORDER BY month, unit");

/// What counted for this unit itself, not for those under it, from one month to another, both included.
///
/// # Errors
/// Only the store's.
pub fn tally(tx: &mut Tx, measure: &str, unit: UnitId, from: Month, to: Month) -> Result<i64, StoreError> {
    tx.one(OWN, p![measure, unit, from.0, to.0], |row| row.int(0))
}

/// What counted for this unit and all under it.
///
/// # Errors
/// Only the store's.
pub fn total(tx: &mut Tx, tree: &Tree, measure: &str, unit: UnitId, from: Month, to: Month) -> Result<i64, StoreError> {
    let mut sum = 0;
    each(tx, tree, measure, unit, from, to, |_, _, n| sum += n)?;
    Ok(sum)
}

/// The same month by month, with those in which there was nothing.
///
/// # Errors
/// Only the store's.
pub fn by_month(tx: &mut Tx, tree: &Tree, measure: &str, unit: UnitId, from: Month, to: Month) -> Result<Vec<(Month, i64)>, StoreError> {
    let mut months: BTreeMap<Month, i64> = from.until(to).map(|month| (month, 0)).collect();
    each(tx, tree, measure, unit, from, to, |month, _, n| *months.entry(month).or_default() += n)?;
    Ok(months.into_iter().collect())
}

/// The same taken apart by the existing units right under it, in their fixed order, each with all under
/// it. What is left (its own, and that of closed units) comes last, under the unit itself, if there is
/// anything: the parts sum up to [`total`].
///
/// # Errors
/// Only the store's.
pub fn by_unit(tx: &mut Tx, tree: &Tree, measure: &str, unit: UnitId, from: Month, to: Month) -> Result<Vec<(UnitId, i64)>, StoreError> {
    let mut parts: Vec<(UnitId, i64)> = tree.children(unit).map(|child| (child.id, 0)).collect();
    let mut rest = 0;
    let depth = tree.get(unit).map_or(0, |unit| unit.path.len());
    each(tx, tree, measure, unit, from, to, |_, of, n| {
        let child = tree.get(of).and_then(|of| of.path.get(depth));
        match parts.iter_mut().find(|(part, _)| Some(part) == child) {
            Some((_, sum)) => *sum += n,
            None => rest += n,
        }
    })?;
    if rest != 0 {
        parts.push((unit, rest));
    }
    Ok(parts)
}

fn each(
    tx: &mut Tx,
    tree: &Tree,
    measure: &str,
    unit: UnitId,
    from: Month,
    to: Month,
    mut f: impl FnMut(Month, UnitId, i64),
) -> Result<(), StoreError> {
    tx.each(ALL, p![measure, from.0, to.0], |row| {
        let of = row.id(1)?;
        if tree.is_within(of, unit) {
            f(Month(row.int(0)?), of, row.int(2)?);
        }
        Ok(())
    })
}
