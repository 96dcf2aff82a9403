//! Which Party organisation is that of which unit. The two trees stand beside each other; a link says
//! explicitly where they belong together, and nothing is concluded from names.

use base::{Ctx, Id, UnitId};
use record::append;
use store::{Sql, StoreError, Tx, p, sql};

use crate::authority::Authority;
use crate::events::{UnitsLinked, UnitsUnlinked, about};
use crate::level::TreeKind;
use crate::permission::ManageUnits;
use crate::tree::tree;

/// A link as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// Its id.
    pub id: Id,
    /// The unit of the four levels.
    pub unit: UnitId,
    /// The Party organisation.
    pub party: UnitId,
}

/// Why two units were not linked, or not taken apart.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// The proof does not cover one of them.
    #[error("the post held does not cover both units")]
    NotCovered,
    /// One of them does not exist, or the link has ended.
    #[error("it is not there any more")]
    Gone,
    /// Both are of one tree.
    #[error("a link joins a unit and a Party organisation")]
    OneTree,
    /// They are linked.
    #[error("they are linked already")]
    Linked,
    /// The store's.
    #[error(transparent)]
    Store(StoreError),
}

impl From<StoreError> for LinkError {
    fn from(error: StoreError) -> LinkError {
        match error {
            StoreError::Unique(index) if index == "unit_link_open" => LinkError::Linked,
            other => LinkError::Store(other),
        }
    }
}

/// By the index `unit_link_open`.
const OF_UNIT: &Sql = sql!("SELECT id, unit, party FROM unit_link WHERE unit = ?1 AND to_at IS NULL ORDER BY from_at, id");
/// By the index `unit_link_by_party`.
const OF_PARTY: &Sql = sql!("SELECT id, unit, party FROM unit_link WHERE party = ?1 AND to_at IS NULL ORDER BY from_at, id");
const ONE: &Sql = sql!("SELECT id, unit, party FROM unit_link WHERE id = ?1 AND to_at IS NULL");
const INSERT: &Sql = sql!("INSERT INTO unit_link (id, unit, party, from_at, to_at) VALUES (?1, ?2, ?3, ?4, NULL)");
const END: &Sql = sql!("UPDATE unit_link SET to_at = ?2 WHERE id = ?1 AND to_at IS NULL");

fn row(row: &store::Row<'_>) -> Result<Link, StoreError> {
    Ok(Link { id: row.id(0)?, unit: row.id(1)?, party: row.id(2)? })
}

/// The links of a unit of either tree.
///
/// # Errors
/// Only the store's.
pub fn links_of(tx: &mut Tx, unit: UnitId) -> Result<Vec<Link>, StoreError> {
    let mut links = tx.all(OF_UNIT, p![unit], row)?;
    links.extend(tx.all(OF_PARTY, p![unit], row)?);
    Ok(links)
}

/// Link a unit and a Party organisation, given in either order.
///
/// # Errors
/// [`LinkError`].
pub fn link<'a>(tx: &mut Tx, ctx: &Ctx, who: impl Into<Authority<'a, ManageUnits>>, one: UnitId, other: UnitId) -> Result<Id, LinkError> {
    let (who, tree) = (who.into(), tree(tx)?);
    let open = |id: UnitId| tree.get(id).filter(|unit| !unit.is_closed()).ok_or(LinkError::Gone);
    let (unit, party) = match (open(one)?.tree(), open(other)?.tree()) {
        (TreeKind::Admin, TreeKind::Party) => (one, other),
        (TreeKind::Party, TreeKind::Admin) => (other, one),
        _ => return Err(LinkError::OneTree),
    };
    if !who.covers(&tree, unit) || !who.covers(&tree, party) {
        return Err(LinkError::NotCovered);
    }
    insert(tx, ctx, who.actor(), unit, party)
}

pub(crate) fn insert(tx: &mut Tx, ctx: &Ctx, actor: record::Actor, unit: UnitId, party: UnitId) -> Result<Id, LinkError> {
    let id: Id = ctx.id();
    tx.exec(INSERT, p![id, unit, party, ctx.now])?;
    append(tx, ctx, about(ctx, actor, Some(unit), id), &UnitsLinked { admin: unit, party })?;
    Ok(id)
}

/// Take two units apart again.
///
/// # Errors
/// [`LinkError`].
pub fn unlink<'a>(tx: &mut Tx, ctx: &Ctx, who: impl Into<Authority<'a, ManageUnits>>, id: Id) -> Result<(), LinkError> {
    let who = who.into();
    let found = tx.opt(ONE, p![id], row)?.ok_or(LinkError::Gone)?;
    if !who.covers(&*tree(tx)?, found.unit) {
        return Err(LinkError::NotCovered);
    }
    end(tx, ctx, who.actor(), found).map_err(LinkError::Store)
}

pub(crate) fn end(tx: &mut Tx, ctx: &Ctx, actor: record::Actor, link: Link) -> Result<(), StoreError> {
    tx.exec(END, p![link.id, ctx.now])?;
    append(tx, ctx, about(ctx, actor, Some(link.unit), link.id), &UnitsUnlinked { at: ctx.now })?;
    Ok(())
}
