//! Making a post: what somebody can hold in a unit.

use base::{Ctx, UnitId};
use record::{Actor, append, text_digest_hex};
use store::{Sql, StoreError, Tx, p, sql};

use crate::actor::PostId;
use crate::authority::Authority;
use crate::create_unit::named;
use crate::events::{PostCreated, about};
use crate::permission::ManageUnits;
use crate::role::Role;
use crate::tree::tree;

/// A post to be made.
#[derive(Debug, Clone)]
pub struct CreatePost {
    /// The unit it is in.
    pub unit: UnitId,
    /// The unit whose subtree its permissions cover; none for its own unit.
    pub reach: Option<UnitId>,
    /// What its holder does.
    pub role: Role,
    /// Its title.
    pub title: String,
}

/// Why a post was not made.
#[derive(Debug, thiserror::Error)]
pub enum CreatePostError {
    /// The proof does not cover the unit or the reach.
    #[error("the post held does not cover this unit, or what the new post would reach")]
    NotCovered,
    /// There is no such unit, or it was closed.
    #[error("there is no such unit any more")]
    Gone,
    /// A post reaches its own unit or one above it, and those of grids, communities and towns only their own.
    #[error("a post of this kind does not reach that far")]
    BadReach,
    /// Empty, or longer than 60 characters.
    #[error("a title has 1 to 60 characters")]
    BadTitle,
    /// The store's.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Make a post.
///
/// # Errors
/// [`CreatePostError`].
pub fn create_post<'a>(
    tx: &mut Tx,
    ctx: &Ctx,
    who: impl Into<Authority<'a, ManageUnits>>,
    input: &CreatePost,
) -> Result<PostId, CreatePostError> {
    let (who, tree) = (who.into(), tree(tx)?);
    if !who.covers(&tree, input.unit) || !input.reach.is_none_or(|reach| who.covers(&tree, reach)) {
        return Err(CreatePostError::NotCovered);
    }
    insert_post(tx, ctx, who.actor(), input)
}

const INSERT: &Sql = sql!("INSERT INTO post (id, unit, reach, role, title, created_at, salt) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");

pub(crate) fn insert_post(tx: &mut Tx, ctx: &Ctx, actor: Actor, input: &CreatePost) -> Result<PostId, CreatePostError> {
    let tree = tree(tx)?;
    let reach = input.reach.unwrap_or(input.unit);
    let exists = |unit| tree.get(unit).is_some_and(|unit| !unit.is_closed());
    if !exists(input.unit) || !exists(reach) {
        return Err(CreatePostError::Gone);
    }
    let may_reach_above =
        matches!(input.role, Role::CallBack | Role::Oversight | Role::SystemAdmin | Role::SecurityAdmin | Role::AuditAdmin);
    if !tree.is_within(input.unit, reach) || (reach != input.unit && !may_reach_above) {
        return Err(CreatePostError::BadReach);
    }
    let title = named(&input.title).ok_or(CreatePostError::BadTitle)?;
    let id: PostId = ctx.id();
    let salt = ctx.salt();
    tx.exec(INSERT, p![id, input.unit, reach, input.role.code(), title.as_str(), ctx.now, &salt[..]])?;
    let facts = PostCreated { post_unit: input.unit, reach, role: input.role, title: text_digest_hex(&salt, &title) };
    append(tx, ctx, about(ctx, actor, Some(input.unit), id.0), &facts)?;
    Ok(id)
}
