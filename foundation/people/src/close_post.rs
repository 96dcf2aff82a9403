//! Ending a post that nobody holds, and giving a post another title. An ended post stays for the history.

use base::{Ctx, UnitId};
use record::{append, text_digest_hex};
use store::{Sql, StoreError, Tx, p, sql};

use crate::actor::PostId;
use crate::authority::Authority;
use crate::create_unit::named;
use crate::duty;
use crate::events::{PostChanged, PostClosed, about};
use crate::permission::ManageUnits;
use crate::tree::tree;

/// Why a post was not changed or ended.
#[derive(Debug, thiserror::Error)]
pub enum ClosePostError {
    /// The proof does not cover its unit.
    #[error("the post held does not cover the unit of this one")]
    NotCovered,
    /// There is none, or it has ended.
    #[error("there is no such post any more")]
    Gone,
    /// Somebody holds it, or is to hold it.
    #[error("the post is held; release it first")]
    Held,
    /// Empty, or longer than 60 characters.
    #[error("a title has 1 to 60 characters")]
    BadTitle,
    /// The store's.
    #[error(transparent)]
    Store(#[from] StoreError),
}

const FIND: &Sql = sql!("SELECT unit, title, salt FROM post WHERE id = ?1 AND valid_to IS NULL");
/// By the index `holding_by_post`.
const HELD: &Sql = sql!("SELECT COUNT(*) FROM holding WHERE post = ?1 AND (to_at IS NULL OR to_at > ?2)");
const CLOSE: &Sql = sql!("UPDATE post SET valid_to = ?2, successor = ?3 WHERE id = ?1 AND valid_to IS NULL");
const WAS: &Sql = sql!("INSERT INTO post_was (post, until_at, title) VALUES (?1, ?2, ?3) ON CONFLICT (post, until_at) DO NOTHING");
const RENAME: &Sql = sql!("UPDATE post SET title = ?2 WHERE id = ?1");

/// End a post that nobody holds.
///
/// # Errors
/// [`ClosePostError`].
pub fn close_post<'a>(
    tx: &mut Tx,
    ctx: &Ctx,
    who: impl Into<Authority<'a, ManageUnits>>,
    post: PostId,
    successor: Option<PostId>,
) -> Result<(), ClosePostError> {
    let who = who.into();
    let unit: UnitId = tx.opt(FIND, p![post], |row| row.id(0))?.ok_or(ClosePostError::Gone)?;
    if !who.covers(&*tree(tx)?, unit) {
        return Err(ClosePostError::NotCovered);
    }
    if successor.is_some_and(|next| next == post) {
        return Err(ClosePostError::Gone);
    }
    if let Some(next) = successor
        && tx.opt(FIND, p![next], |_| Ok(()))?.is_none()
    {
        return Err(ClosePostError::Gone);
    }
    if tx.one(HELD, p![post, ctx.now], |row| row.int(0))? > 0 {
        return Err(ClosePostError::Held);
    }
    // Nobody answers for anything by a post that is no more: what it was for is its successor's, or nobody's until it is given.
    for had in duty::duties_of_post(tx, post)? {
        duty::end(tx, ctx, who.actor(), had.unit, had.id)?;
        if let Some(next) = successor {
            let made = duty::insert(tx, ctx, who.actor(), had.unit, next, had.kind, &had.matter);
            made.map_err(|error| StoreError::Other(error.to_string()))?;
        }
    }
    close(tx, ctx, who.actor(), unit, post, successor).map_err(ClosePostError::Store)
}

pub(crate) fn close(
    tx: &mut Tx,
    ctx: &Ctx,
    actor: record::Actor,
    unit: UnitId,
    post: PostId,
    successor: Option<PostId>,
) -> Result<(), StoreError> {
    tx.exec(CLOSE, p![post, ctx.now, successor])?;
    append(tx, ctx, about(ctx, actor, Some(unit), post.0), &PostClosed { at: ctx.now, successor })?;
    Ok(())
}

/// Give a post another title. What is already so is not recorded again.
///
/// # Errors
/// [`ClosePostError`].
pub fn rename_post<'a>(
    tx: &mut Tx,
    ctx: &Ctx,
    who: impl Into<Authority<'a, ManageUnits>>,
    post: PostId,
    title: &str,
) -> Result<(), ClosePostError> {
    let who = who.into();
    let found = tx.opt(FIND, p![post], |row| Ok((row.id::<UnitId>(0)?, row.text(1)?.to_owned(), row.array::<16>(2)?)))?;
    let (unit, before, salt) = found.ok_or(ClosePostError::Gone)?;
    if !who.covers(&*tree(tx)?, unit) {
        return Err(ClosePostError::NotCovered);
    }
    let title = named(title).ok_or(ClosePostError::BadTitle)?;
    if title == before {
        return Ok(());
    }
    // Twice in one moment is one change: what it was called in between, nobody saw.
    tx.exec(WAS, p![post, ctx.now, before.as_str()])?;
    tx.exec(RENAME, p![post, title.as_str()])?;
    append(tx, ctx, about(ctx, who.actor(), Some(unit), post.0), &PostChanged { title: text_digest_hex(&salt, &title), kept: true })?;
    Ok(())
}
