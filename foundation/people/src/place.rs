//! A unit and those above it, by point queries: for operations that run many times while units are being
//! made, each of which makes the tree in memory old.

use base::UnitId;
use store::{Sql, StoreError, Tx, p, sql};

use crate::level::Level;

/// One unit of the way up.
#[derive(Debug, Clone)]
pub(crate) struct Above {
    pub(crate) id: UnitId,
    pub(crate) code: String,
    pub(crate) level: Level,
    pub(crate) closed: bool,
}

/// A unit, last, below those it stands under.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) way: Vec<Above>,
}

/// More levels than there are.
const DEEPEST: usize = 16;

/// By the primary key.
const ONE: &Sql = sql!("SELECT code, level, parent, valid_to FROM unit WHERE id = ?1");

/// The way from the root down to a unit; none where there is no such unit.
pub(crate) fn find(tx: &mut Tx, unit: UnitId) -> Result<Option<Place>, StoreError> {
    let mut way = Vec::new();
    let mut next = Some(unit);
    while let Some(id) = next.filter(|_| way.len() < DEEPEST) {
        let found = tx.opt(ONE, p![id], |row| {
            Ok((row.text(0)?.to_owned(), Level::parse(row.text(1)?), row.opt_id::<UnitId>(2)?, !row.is_null(3)?))
        })?;
        let Some((code, Some(level), parent, closed)) = found else { break };
        way.push(Above { id, code, level, closed });
        next = parent;
    }
    way.reverse();
    Ok((!way.is_empty()).then_some(Place { way }))
}

impl Place {
    /// The unit itself.
    pub(crate) fn unit(&self) -> Option<&Above> {
        self.way.last()
    }
}
