//! Lists of a register: of one community or one grid, masked.

use base::{Ctx, Time, UnitId};
use store::{Sql, StoreError, Tx, p, sql};

use crate::ResidentId;
use crate::basis::basis;
use crate::keep::{Entry, columns, entry, opened};
use crate::model::{HOME, Home, IDENTITY, Identity, TRAITS, Traits, mask_name, mask_number, mask_phone};

/// A line of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The entry.
    pub id: ResidentId,
    /// The name, masked.
    pub name: String,
    /// 性别
    pub sex: String,
    /// Estate and building.
    pub home: String,
    /// The grid.
    pub grid: Option<UnitId>,
    /// The identity number, masked.
    pub number: String,
    /// The telephone, masked.
    pub phone: String,
}

/// Which of a register are listed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Which {
    /// All of them.
    #[default]
    All,
    /// Those that nobody confirmed since then.
    Before(Time),
    /// Those with notes for care and nothing that they stand on.
    Unfounded,
}

/// By the index `resident_by_place`, then by the primary key.
const PAGE: &Sql = sql!(concat!("SELECT ", columns!(), " FROM resident WHERE community = ?1 AND id > ?2 ORDER BY id LIMIT ?3"));
const PAGE_OF_GRID: &Sql =
    sql!(concat!("SELECT ", columns!(), " FROM resident WHERE community = ?1 AND grid = ?2 AND id > ?3 ORDER BY id LIMIT ?4"));
const COUNT: &Sql = sql!("SELECT COUNT(*) FROM resident WHERE community = ?1");
const COUNT_OF_GRID: &Sql = sql!("SELECT COUNT(*) FROM resident WHERE community = ?1 AND grid = ?2");

pub(crate) fn some(tx: &mut Tx, community: UnitId, grid: Option<UnitId>, after: ResidentId, most: i64) -> Result<Vec<Entry>, StoreError> {
    match grid {
        Some(grid) => tx.all(PAGE_OF_GRID, p![community, grid, after, most], entry),
        None => tx.all(PAGE, p![community, after, most], entry),
    }
}

/// How many the register of a community has, or those of one of its grids.
///
/// # Errors
/// Only the store's.
pub fn count(tx: &mut Tx, community: UnitId, grid: Option<UnitId>) -> Result<i64, StoreError> {
    match grid {
        Some(grid) => tx.one(COUNT_OF_GRID, p![community, grid], |row| row.int(0)),
        None => tx.one(COUNT, p![community], |row| row.int(0)),
    }
}

/// Entries that one search opens at most: those of a large community.
const SEARCHED: i64 = 30_000;

/// Lines of one community or grid after an entry, of those that are asked for; with a name, only those whose name holds it. Names are sealed, so that
/// a search opens the names of this one register, and of nothing else.
///
/// # Errors
/// Only the store's.
#[expect(clippy::too_many_arguments, reason = "a list, and what narrows it down")]
pub fn list(
    tx: &mut Tx,
    ctx: &Ctx,
    community: UnitId,
    grid: Option<UnitId>,
    name: &str,
    which: Which,
    after: Option<ResidentId>,
    most: usize,
) -> Result<Vec<Line>, StoreError> {
    let mut lines = Vec::new();
    let (mut after, mut left) = (after.unwrap_or_default(), SEARCHED);
    while lines.len() < most && left > 0 {
        let entries = some(tx, community, grid, after, 200)?;
        let Some(last) = entries.last() else { break };
        after = last.id;
        left -= 200;
        for entry in &entries {
            let identity: Identity = opened(ctx, IDENTITY, &entry.sealed.identity)?;
            if lines.len() < most && (name.is_empty() || identity.name.contains(name)) && is(tx, ctx, entry, which)? {
                lines.push(line(ctx, entry, &identity)?);
            }
        }
    }
    Ok(lines)
}

fn is(tx: &mut Tx, ctx: &Ctx, entry: &Entry, which: Which) -> Result<bool, StoreError> {
    Ok(match which {
        Which::All => true,
        Which::Before(time) => entry.confirmed_at < time,
        Which::Unfounded => {
            let traits: Traits = opened(ctx, TRAITS, &entry.sealed.traits)?;
            !traits.tags.is_empty() && basis(tx, entry.id)?.is_none()
        }
    })
}

pub(crate) fn line(ctx: &Ctx, entry: &Entry, identity: &Identity) -> Result<Line, StoreError> {
    let home: Home = opened(ctx, HOME, &entry.sealed.home)?;
    Ok(Line {
        id: entry.id,
        name: mask_name(&identity.name),
        sex: identity.sex.clone(),
        home: home.masked(),
        grid: entry.grid(),
        number: mask_number(&identity.number),
        phone: mask_phone(&entry.sealed.phone(ctx)?),
    })
}
