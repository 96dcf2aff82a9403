//! Ending a holding. The last holder of a post may be released: the post then shows that nobody holds it.

use base::{Ctx, PersonId, Time, UnitId};
use record::append;
use store::{Sql, StoreError, Tx, p, sql};

use crate::authority::Authority;
use crate::events::{HoldingId, PostReleased, about};
use crate::permission::Grant;
use crate::role::Role;
use crate::tree::tree;

/// Why a holding was not ended.
#[derive(Debug, thiserror::Error)]
pub enum ReleaseError {
    /// The proof does not cover the unit of the post.
    #[error("the post held does not cover the unit of this one")]
    NotCovered,
    /// There is none, or it has ended.
    #[error("the post is not held any more")]
    Gone,
    /// It would end before it begins.
    #[error("it cannot end before it begins")]
    BeforeItBegins,
    /// Without a system or a security administrator nobody could give that post again.
    #[error("the last system or security administrator is not released; give the post to another first")]
    LastAdmin,
    /// The store's.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What became of the post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Released {
    /// How many hold it now. None is allowed, and is to be shown.
    pub holders_left: i64,
}

const FIND: &Sql = sql!(
    "SELECT h.person, h.from_at, o.id, o.unit, o.role FROM holding h JOIN post o ON o.id = h.post
     WHERE h.id = ?1 AND (h.to_at IS NULL OR h.to_at > ?2)"
);
const UPDATE: &Sql = sql!("UPDATE holding SET to_at = ?2 WHERE id = ?1");
/// Walks the index `holding_by_post`.
const LEFT: &Sql = sql!("SELECT COUNT(*) FROM holding WHERE post = ?1 AND from_at <= ?2 AND (to_at IS NULL OR to_at > ?2)");
const OF_ROLE: &Sql = sql!(
    "SELECT COUNT(*) FROM holding h JOIN post o ON o.id = h.post
     WHERE o.role = ?1 AND h.from_at <= ?2 AND (h.to_at IS NULL OR h.to_at > ?2)"
);

struct Found {
    person: PersonId,
    from: Time,
    post: base::Id,
    unit: UnitId,
    role: String,
}

/// End a holding at a time, most often the present.
///
/// # Errors
/// [`ReleaseError`].
pub fn release<'a>(
    tx: &mut Tx,
    ctx: &Ctx,
    who: impl Into<Authority<'a, Grant>>,
    holding: HoldingId,
    to: Time,
) -> Result<Released, ReleaseError> {
    let who = who.into();
    let found = tx.opt(FIND, p![holding, ctx.now], |row| {
        Ok(Found { person: row.id(0)?, from: row.time(1)?, post: row.id(2)?, unit: row.id(3)?, role: row.text(4)?.to_owned() })
    })?;
    let found = found.ok_or(ReleaseError::Gone)?;
    if !who.covers(&*tree(tx)?, found.unit) {
        return Err(ReleaseError::NotCovered);
    }
    if to < found.from {
        return Err(ReleaseError::BeforeItBegins);
    }
    let needed = [Role::SystemAdmin, Role::SecurityAdmin].iter().any(|role| role.code() == found.role);
    if needed && tx.one(OF_ROLE, p![found.role.as_str(), ctx.now], |row| row.int(0))? < 2 {
        return Err(ReleaseError::LastAdmin);
    }
    tx.exec(UPDATE, p![holding, to])?;
    append(tx, ctx, about(ctx, who.actor(), Some(found.unit), found.person.0), &PostReleased { holding, to })?;
    let at = to.max(ctx.now);
    Ok(Released { holders_left: tx.one(LEFT, p![found.post, at], |row| row.int(0))? })
}
