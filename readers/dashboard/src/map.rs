//! The map of units: what a file would change, putting it in the place of the one before, taking it away, reading it.

use std::collections::{BTreeMap, HashMap};

use base::{Ctx, UnitId};
use people::{Level, Proof, Tree, TreeKind};
use record::{About, hex};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::{Sql, StoreError, Tx, p, sql};

use crate::events::{MapImported, MapRemoved};
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

/// What a file holds for this district.
#[derive(Clone, Debug, Default)]
pub struct Matched {
    /// Outlines of units, by unit.
    pub shapes: BTreeMap<UnitId, Shape>,
    /// Areas whose code no unit has: number, code, name.
    pub unknown: Vec<(usize, String, String)>,
    /// Codes that several areas have; their outlines are put together.
    pub twice: Vec<String>,
    /// Existing units of the four levels without an outline, by level, in their order.
    pub missing: Vec<(Level, Vec<UnitId>)>,
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
        match unit.filter(|unit| unit.tree() == TreeKind::Admin && unit.level != Level::Department) {
            None => found.unknown.push((feature.number, feature.code.clone(), feature.name.clone())),
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

/// Put a map in the place of the one before.
///
/// # Errors
/// [`MapError`].
pub fn take(tx: &mut Tx, ctx: &Ctx, who: &Proof<KeepMap>, shapes: &BTreeMap<UnitId, Shape>) -> Result<Taken, MapError> {
    if shapes.is_empty() {
        return Err(MapError::Nothing);
    }
    tx.exec(CLEAR, p![])?;
    for (unit, shape) in shapes {
        tx.exec(PUT, p![*unit, &shape.pack()])?;
    }
    let units = i64::try_from(shapes.len()).unwrap_or(i64::MAX);
    let facts = MapImported { units, digest: digest(tx)? };
    let about = About { occurred_at: ctx.now, actor: who.actor(), unit: Some(who.unit()), subject: who.unit().0, batch: None };
    record::append(tx, ctx, about, &facts)?;
    Ok(Taken { units })
}

/// Take the map away.
///
/// # Errors
/// Only the store's.
pub fn remove(tx: &mut Tx, ctx: &Ctx, who: &Proof<KeepMap>) -> Result<(), StoreError> {
    if tx.exec(CLEAR, p![])? > 0 {
        let about = About { occurred_at: ctx.now, actor: who.actor(), unit: Some(who.unit()), subject: who.unit().0, batch: None };
        record::append(tx, ctx, about, &MapRemoved {})?;
    }
    Ok(())
}

/// How many units have an outline.
///
/// # Errors
/// Only the store's.
pub fn size(tx: &mut Tx) -> Result<i64, StoreError> {
    tx.one(HOW_MANY, p![], |row| row.int(0))
}

/// SHA-256 over all outlines in the order of their units.
pub(crate) fn digest(tx: &mut Tx) -> Result<String, StoreError> {
    let mut hasher = Sha256::new();
    tx.each(ALL, p![], |row| {
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
        let shape = tx.opt(ONE, p![*unit], |row| {
            Shape::unpack(row.blob(0)?).ok_or_else(|| StoreError::Other(format!("map_shape: the outline of {unit} cannot be read")))
        })?;
        found.extend(shape.map(|shape| (*unit, shape)));
    }
    Ok(found)
}
