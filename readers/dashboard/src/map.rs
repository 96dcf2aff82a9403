//! The map of units: what a file would change, putting it in the place of the one before, taking it away, reading it.

use std::collections::{BTreeMap, HashMap};

use base::{Ctx, UnitId};
use people::{Level, Proof, Tree, TreeKind};
use record::{About, hex};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::{Sql, StoreError, Tx, p, sql};

use crate::events::{MapImported, MapRemoved, MapRestored};
use crate::geojson::Feature;
use crate::permissions::KeepMap;
use crate::shape::Shape;

/// By the primary key.
const ONE: &Sql = sql!("SELECT rings FROM map_shape WHERE unit = ?1");
/// Walks the primary key: the whole map, to be digested.
const ALL: &Sql = sql!("SELECT unit, rings FROM map_shape ORDER BY unit");
const HOW_MANY: &Sql = sql!("SELECT COUNT(*) FROM map_shape");
const PUT: &Sql = sql!("INSERT INTO map_shape (unit, rings) VALUES (?1, ?2)");
const CLEAR: &Sql = sql!("DELETE FROM map_shape");
/// Walks the primary key: the whole map before this one.
const ALL_BEFORE: &Sql = sql!("SELECT unit, rings FROM map_before ORDER BY unit");
const HOW_MANY_BEFORE: &Sql = sql!("SELECT COUNT(*) FROM map_before");
const CLEAR_BEFORE: &Sql = sql!("DELETE FROM map_before");
/// Copies the whole map.
const KEEP: &Sql = sql!("INSERT INTO map_before (unit, rings) SELECT unit, rings FROM map_shape");

/// What a file holds for this district.
#[derive(Clone, Debug, Default)]
pub struct Matched {
    /// Outlines of units, by unit.
    pub shapes: BTreeMap<UnitId, Shape>,
    /// Areas whose code no unit has.
    pub unknown: Vec<Unknown>,
    /// Codes that several areas have; their outlines are put together.
    pub twice: Vec<String>,
    /// Existing units of the four levels without an outline, by level, in their order.
    pub missing: Vec<(Level, Vec<UnitId>)>,
}

/// An area whose code no unit has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// Its place in the file, from 1.
    pub number: usize,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The only unit of this name, which may be the one that is meant.
    pub meant: Option<UnitId>,
}

/// The levels that have places.
pub const LEVELS: [Level; 4] = [Level::District, Level::Town, Level::Community, Level::Grid];

/// Finds the unit of each area by its code. Codes of towns and of the district may lack their zeros at the end.
pub fn matched(tree: &Tree, features: &[Feature]) -> Matched {
    let mut found = Matched::default();
    let mut rings: BTreeMap<UnitId, Vec<Vec<crate::geojson::Point>>> = BTreeMap::new();
    for feature in features {
        let padded = match feature.code.len() {
            6 | 9 => format!("{:0<12}", feature.code),
            _ => feature.code.clone(),
        };
        let unit = tree.find_code(&feature.code).or_else(|| tree.find_code(&padded));
        match unit.filter(|unit| has_place(unit)) {
            None => found.unknown.push(Unknown {
                number: feature.number,
                code: feature.code.clone(),
                name: feature.name.clone(),
                meant: only_of_name(tree, &feature.name),
            }),
            Some(unit) => {
                let of = rings.entry(unit.id).or_default();
                if !of.is_empty() {
                    found.twice.push(feature.code.clone());
                }
                of.extend(feature.rings.iter().cloned());
            }
        }
    }
    found.shapes = rings.iter().map(|(unit, rings)| (*unit, Shape::of(rings))).filter(|(_, shape)| !shape.0.is_empty()).collect();
    for level in LEVELS {
        let without: Vec<UnitId> = tree.of_level(level).map(|unit| unit.id).filter(|unit| !found.shapes.contains_key(unit)).collect();
        if !without.is_empty() {
            found.missing.push((level, without));
        }
    }
    found
}

fn has_place(unit: &people::Unit) -> bool {
    unit.tree() == TreeKind::Admin && unit.level != Level::Department
}

fn only_of_name(tree: &Tree, name: &str) -> Option<UnitId> {
    let mut found = tree.all().filter(|unit| has_place(unit) && !unit.is_closed() && unit.name == name);
    let first = found.next()?;
    found.next().is_none().then_some(first.id)
}

/// By how many metres a map lies beside the one that holds, where most of its units lie off by about the same: coordinates of
/// one of the two were shifted, as those of commercial maps are. None where they lie on one another, or were drawn anew.
///
/// # Errors
/// The store's.
pub fn shift(tx: &mut Tx, new: &BTreeMap<UnitId, Shape>) -> Result<Option<i64>, StoreError> {
    let units: Vec<UnitId> = new.keys().copied().collect();
    let old = shapes(tx, &units)?;
    let offs: Vec<(f64, f64)> = old.iter().filter_map(|(unit, old)| old.off(new.get(unit)?)).collect();
    let middle = |of: fn(&(f64, f64)) -> f64| {
        let mut all: Vec<f64> = offs.iter().map(of).collect();
        all.sort_by(f64::total_cmp);
        all.get(all.len() / 2).copied()
    };
    let (Some(east), Some(north)) = (middle(|off| off.0), middle(|off| off.1)) else { return Ok(None) };
    let far = east.hypot(north);
    let alike = offs.iter().filter(|off| (off.0 - east).hypot(off.1 - north) < far / 4.0).count();
    #[expect(clippy::cast_possible_truncation, reason = "some hundred metres")]
    let metres = (far / 10.0).round() as i64 * 10;
    Ok((SHIFTED.contains(&far) && alike * 4 >= offs.len() * 3).then_some(metres))
}

/// By how many metres the coordinates of commercial maps lie off: GCJ-02 by 300 to 700, BD-09 by some hundred more.
const SHIFTED: std::ops::Range<f64> = 80.0..2_000.0;

/// Why a map was not taken.
#[derive(Debug, thiserror::Error)]
pub enum MapError {
    /// None of its areas belongs to a unit.
    #[error("no area of the file belongs to a unit")]
    Nothing,
    /// The store's.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// How many units have an outline now.
    pub units: i64,
}

/// Put a map in the place of the one before, which is kept to be put back.
///
/// # Errors
/// [`MapError`].
pub fn take(tx: &mut Tx, ctx: &Ctx, who: &Proof<KeepMap>, shapes: &BTreeMap<UnitId, Shape>) -> Result<Taken, MapError> {
    if shapes.is_empty() {
        return Err(MapError::Nothing);
    }
    let kept = keep(tx)?;
    for (unit, shape) in shapes {
        tx.exec(PUT, p![*unit, &shape.pack()])?;
    }
    let units = i64::try_from(shapes.len()).unwrap_or(i64::MAX);
    let facts = MapImported { units, digest: digest(tx)?, kept };
    let about = About { occurred_at: ctx.now, actor: who.actor(), unit: Some(who.unit()), subject: who.unit().0, batch: None };
    record::append(tx, ctx, about, &facts)?;
    Ok(Taken { units })
}

/// Moves the map to where it can be put back from; tells how many outlines it has.
fn keep(tx: &mut Tx) -> Result<i64, StoreError> {
    tx.exec(CLEAR_BEFORE, p![])?;
    let kept = tx.exec(KEEP, p![])?;
    tx.exec(CLEAR, p![])?;
    Ok(i64::try_from(kept).unwrap_or(i64::MAX))
}

/// Take the map away; it can be put back.
///
/// # Errors
/// Only the store's.
pub fn remove(tx: &mut Tx, ctx: &Ctx, who: &Proof<KeepMap>) -> Result<(), StoreError> {
    if size(tx)? > 0 {
        let kept = keep(tx)?;
        let about = About { occurred_at: ctx.now, actor: who.actor(), unit: Some(who.unit()), subject: who.unit().0, batch: None };
        record::append(tx, ctx, about, &MapRemoved { kept })?;
    }
    Ok(())
}

/// Put the map before back in its place: what holds now can be put back in turn.
///
/// # Errors
/// Only the store's.
pub fn restore(tx: &mut Tx, ctx: &Ctx, who: &Proof<KeepMap>) -> Result<(), StoreError> {
    let before: Vec<(UnitId, Vec<u8>)> = tx.all(ALL_BEFORE, p![], |row| Ok((row.id(0)?, row.blob(1)?.to_vec())))?;
    if before.is_empty() {
        return Ok(());
    }
    keep(tx)?;
    for (unit, rings) in &before {
        tx.exec(PUT, p![*unit, rings])?;
    }
    let facts = MapRestored { units: i64::try_from(before.len()).unwrap_or(i64::MAX), digest: digest(tx)? };
    let about = About { occurred_at: ctx.now, actor: who.actor(), unit: Some(who.unit()), subject: who.unit().0, batch: None };
    record::append(tx, ctx, about, &facts)?;
    Ok(())
}

/// How many units have an outline.
///
/// # Errors
/// Only the store's.
pub fn size(tx: &mut Tx) -> Result<i64, StoreError> {
    tx.one(HOW_MANY, p![], |row| row.int(0))
}

/// How many units have an outline in the map that can be put back.
///
/// # Errors
/// Only the store's.
pub fn size_before(tx: &mut Tx) -> Result<i64, StoreError> {
    tx.one(HOW_MANY_BEFORE, p![], |row| row.int(0))
}

/// SHA-256 over all outlines in the order of their units.
pub(crate) fn digest(tx: &mut Tx) -> Result<String, StoreError> {
    digest_of(tx, ALL)
}

/// The same of the map before.
pub(crate) fn digest_before(tx: &mut Tx) -> Result<String, StoreError> {
    digest_of(tx, ALL_BEFORE)
}

fn digest_of(tx: &mut Tx, all: &'static Sql) -> Result<String, StoreError> {
    let mut hasher = Sha256::new();
    tx.each(all, p![], |row| {
        let rings = row.blob(1)?;
        hasher.update(row.blob(0)?);
        hasher.update(u64::try_from(rings.len()).unwrap_or(u64::MAX).to_be_bytes());
        hasher.update(rings);
        Ok(())
    })?;
    Ok(hex(&<[u8; 32]>::from(hasher.finalize())))
}

/// The smallest unit in whose outline a point lies. Looked for from above: within a town whose outline holds the point,
/// and in all of a level where no outline above does.
///
/// # Errors
/// The store's.
pub fn locate(tx: &mut Tx, tree: &Tree, at: crate::shape::Fixed) -> Result<Option<UnitId>, StoreError> {
    let mut found: Option<UnitId> = None;
    for level in [Level::Town, Level::Community, Level::Grid] {
        let within = |unit: &people::Unit| found.is_none_or(|above| tree.is_within(unit.id, above));
        let units: Vec<UnitId> = tree.of_level(level).filter(|unit| !unit.is_closed() && within(unit)).map(|unit| unit.id).collect();
        for unit in units {
            let shape = tx.opt(ONE, p![unit], |row| Ok(Shape::unpack(row.blob(0)?).unwrap_or_default()))?;
            if shape.is_some_and(|shape| shape.holds(at)) {
                found = Some(unit);
                break;
            }
        }
    }
    Ok(found)
}

/// The outlines of these units, of those that have one.
///
/// # Errors
/// The store's, among them bytes that are no shape.
pub fn shapes(tx: &mut Tx, units: &[UnitId]) -> Result<HashMap<UnitId, Shape>, StoreError> {
    let mut found = HashMap::new();
    for unit in units {
        let shape =
            tx.opt(ONE, p![*unit], |row| Shape::unpack(row.blob(0)?).ok_or_else(|| StoreError::unreadable("map_shape", "rings")))?;
        found.extend(shape.map(|shape| (*unit, shape)));
    }
    Ok(found)
}
