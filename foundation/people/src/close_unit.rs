//! Closing a unit. It stays in the tree for what happened in it; lists no longer show it. Its posts, of which none is held, end
//! with it; its links to the other tree and what others answer for in it go to its successor, or end.

use base::{Ctx, UnitId};
use record::append;
use store::{Sql, StoreError, Tx, p, sql};

use crate::actor::PostId;
use crate::authority::Authority;
use crate::duty::{self, DutyKind};
use crate::events::{UnitClosed, about};
use crate::permission::ManageUnits;
use crate::tree::{changed, tree};
use crate::{close_post, link};

/// Why a unit was not closed.
#[derive(Debug, thiserror::Error)]
pub enum CloseUnitError {
    /// The proof does not cover it.
    #[error("the post held does not cover this unit")]
    NotCovered,
    /// There is none, or it was closed.
    #[error("there is no such unit any more")]
    Gone,
    /// Existing units stand under it.
    #[error("{0} units stand under it; close or move them first")]
    HasChildren(usize),
    /// Posts in it, or posts that reach it as a whole, are held.
    #[error("{0} posts in it are held; release them first")]
    Held(i64),
    /// The successor does not exist, is this unit, or is of the other tree.
    #[error("this cannot be its successor")]
    BadSuccessor,
    /// The district is never closed.
    #[error("the district is not closed")]
    District,
    /// The store's.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// By the index `post_by_unit`; there are some thousands of posts at most.
const HELD: &Sql = sql!(
    "SELECT COUNT(*) FROM post o JOIN holding h ON h.post = o.id
     WHERE (o.unit = ?1 OR o.reach = ?1) AND (h.to_at IS NULL OR h.to_at > ?2)"
);
const UPDATE: &Sql = sql!("UPDATE unit SET valid_to = ?2, successor = ?3 WHERE id = ?1 AND valid_to IS NULL");

/// Close a unit.
///
/// # Errors
/// [`CloseUnitError`].
pub fn close_unit<'a>(
    tx: &mut Tx,
    ctx: &Ctx,
    who: impl Into<Authority<'a, ManageUnits>>,
    unit: UnitId,
    successor: Option<UnitId>,
) -> Result<(), CloseUnitError> {
    let (who, tree) = (who.into(), tree(tx)?);
    let closing = tree.get(unit).filter(|unit| !unit.is_closed()).ok_or(CloseUnitError::Gone)?;
    if !who.covers(&tree, unit) {
        return Err(CloseUnitError::NotCovered);
    }
    if tree.district().is_some_and(|district| district.id == unit) {
        return Err(CloseUnitError::District);
    }
    let children = tree.children(unit).count();
    if children > 0 {
        return Err(CloseUnitError::HasChildren(children));
    }
    if let Some(next) = successor {
        let fits = tree.get(next).is_some_and(|next| next.id != unit && !next.is_closed() && next.tree() == closing.tree());
        if !fits {
            return Err(CloseUnitError::BadSuccessor);
        }
    }
    let held = tx.one(HELD, p![unit, ctx.now], |row| row.int(0))?;
    if held > 0 {
        return Err(CloseUnitError::Held(held));
    }
    around(tx, ctx, who.actor(), unit, successor)?;
    tx.exec(UPDATE, p![unit, ctx.now, successor])?;
    let event = append(tx, ctx, about(ctx, who.actor(), Some(unit), unit.0), &UnitClosed { at: ctx.now, successor })?;
    changed(tx, event, &[&unit.to_string(), "closed"])?;
    Ok(())
}

/// By the index `post_by_unit`.
const POSTS: &Sql = sql!("SELECT id FROM post WHERE unit = ?1 AND valid_to IS NULL ORDER BY id");

/// What stands around a unit that ends: nothing goes on pointing at it.
fn around(tx: &mut Tx, ctx: &Ctx, actor: record::Actor, unit: UnitId, successor: Option<UnitId>) -> Result<(), StoreError> {
    for had in duty::duties_of(tx, unit)? {
        duty::end(tx, ctx, actor, unit, had.id)?;
        let Some(to) = successor.filter(|_| had.post_unit != unit) else { continue };
        let given = duty::duties_of(tx, to)?.iter().any(|other| {
            other.matter == had.matter && (other.post == had.post || other.kind == DutyKind::Principal && other.kind == had.kind)
        });
        if !given {
            let made = duty::insert(tx, ctx, actor, to, had.post, had.kind, &had.matter);
            made.map_err(|error| StoreError::Other(error.to_string()))?;
        }
    }
    for post in tx.all(POSTS, p![unit], |row| row.id::<PostId>(0))? {
        for had in duty::duties_of_post(tx, post)? {
            duty::end(tx, ctx, actor, had.unit, had.id)?;
        }
        close_post::close(tx, ctx, actor, unit, post, None)?;
    }
    for had in link::links_of(tx, unit)? {
        link::end(tx, ctx, actor, had)?;
        let Some(to) = successor else { continue };
        let (admin, party) = if had.unit == unit { (to, had.party) } else { (had.unit, to) };
        if !link::links_of(tx, admin)?.iter().any(|link| link.party == party) {
            link::insert(tx, ctx, actor, admin, party).map_err(|error| StoreError::Other(error.to_string()))?;
        }
    }
    Ok(())
}
