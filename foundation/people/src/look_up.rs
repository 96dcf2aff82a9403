//! Point look-ups by what a table of an office says: a unit's code, a post's title, a person's name.

use base::{PersonId, UnitId};
use store::{Sql, StoreError, Tx, p, sql};

use crate::actor::PostId;
use crate::level::Level;
use crate::role::Role;

/// An existing unit, as its row has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Its id.
    pub id: UnitId,
    /// Its name.
    pub name: String,
    /// Its telephone.
    pub phone: Option<String>,
    /// Its level.
    pub level: Level,
    /// Its place among its siblings.
    pub ord: i64,
}

/// By the index `unit_code`.
const UNIT: &Sql = sql!("SELECT id, name, phone, level, ord FROM unit WHERE code = ?1 AND valid_to IS NULL");
/// By the index `post_by_unit`.
const POSTS: &Sql = sql!("SELECT id, role, reach FROM post WHERE unit = ?1 AND title = ?2 AND valid_to IS NULL ORDER BY id");
/// By the index `person_by_name`.
const PERSONS: &Sql = sql!("SELECT id, phone FROM person WHERE name = ?1 ORDER BY id");

/// The existing unit with this code, without reading the trees.
///
/// # Errors
/// Only the store's.
pub fn unit_by_code(tx: &mut Tx, code: &str) -> Result<Option<Named>, StoreError> {
    tx.opt(UNIT, p![code], |row| {
        let level = row.text(3)?;
        Ok(Named {
            id: row.id(0)?,
            name: row.text(1)?.to_owned(),
            phone: row.opt_text(2)?.map(str::to_owned),
            level: Level::parse(level).ok_or_else(|| StoreError::unknown("unit", "level", level))?,
            ord: row.int(4)?,
        })
    })
}

/// The posts of a unit with this title: role and reach.
///
/// # Errors
/// Only the store's.
pub fn posts_titled(tx: &mut Tx, unit: UnitId, title: &str) -> Result<Vec<(PostId, Role, UnitId)>, StoreError> {
    let found = tx.all(POSTS, p![unit, title], |row| Ok((row.id(0)?, Role::parse(row.text(1)?), row.id(2)?)))?;
    Ok(found.into_iter().filter_map(|(post, role, reach)| Some((post, role?, reach))).collect())
}

/// The persons of exactly this name, with their telephones.
///
/// # Errors
/// Only the store's.
pub fn persons_named(tx: &mut Tx, name: &str) -> Result<Vec<(PersonId, Option<String>)>, StoreError> {
    tx.all(PERSONS, p![name], |row| Ok((row.id(0)?, row.opt_text(1)?.map(str::to_owned))))
}
