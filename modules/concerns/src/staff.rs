//! What this module asks about staff: where somebody holds posts, where posts of a role sit, a name.

use base::{PersonId, UnitId};
use people::Role;
use store::{Sql, StoreError, Tx, p, sql};

/// Walks `holding_open`.
const POSTS: &Sql =
    sql!("SELECT p.unit FROM holding h JOIN post p ON p.id = h.post WHERE h.person = ?1 AND h.to_at IS NULL ORDER BY p.unit");

/// Reads the table of posts, some hundreds of rows; only steps ask, and only those that need it.
const HOLDING_UNITS: &Sql = sql!(
    "SELECT p.unit FROM post p WHERE p.role = ?1 AND EXISTS (SELECT 1 FROM holding h WHERE h.post = p.id AND h.to_at IS NULL) ORDER BY p.id"
);

const NAME: &Sql = sql!("SELECT name FROM person WHERE id = ?1");

/// The units in which somebody holds a post now.
pub(crate) fn posts_of(tx: &mut Tx, person: PersonId) -> Result<Vec<UnitId>, StoreError> {
    tx.all(POSTS, p![person], |row| row.id(0))
}

/// The units in which somebody holds a post of this role now, the oldest post first, each once.
pub(crate) fn units_with(tx: &mut Tx, role: Role) -> Result<Vec<UnitId>, StoreError> {
    let mut units: Vec<UnitId> = Vec::new();
    for unit in tx.all(HOLDING_UNITS, p![role.code()], |row| row.id(0))? {
        if !units.contains(&unit) {
            units.push(unit);
        }
    }
    Ok(units)
}

/// Somebody's name.
pub(crate) fn name(tx: &mut Tx, person: PersonId) -> Result<Option<String>, StoreError> {
    tx.opt(NAME, p![person], |row| Ok(row.text(0)?.to_owned()))
}

/// By name: walks the table of persons, some hundreds of rows, for the rare concern that names somebody.
const NAMED: &Sql = sql!(
    "SELECT h.person, p.unit FROM person n JOIN holding h ON h.person = n.id JOIN post p ON p.id = h.post
     WHERE n.name = ?1 AND h.to_at IS NULL ORDER BY h.person, p.unit"
);

/// Everybody of this name who holds a post, with the unit of each post.
pub(crate) fn named(tx: &mut Tx, name: &str) -> Result<Vec<(PersonId, UnitId)>, StoreError> {
    tx.all(NAMED, p![name], |row| Ok((row.id(0)?, row.id(1)?)))
}
