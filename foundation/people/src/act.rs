//! Giving a person a post for a time (代理): from one moment until another, both set beforehand. What the
//! post allows follows these dates by the clock; nothing needs to be done when they pass.

use base::{Ctx, PersonId, Time};
use record::append;
use store::{Sql, StoreError, Tx, p, sql};

use crate::actor::PostId;
use crate::authority::Authority;
use crate::events::{ActingPostHeld, HoldingId, about};
use crate::hold::{self, HoldError};
use crate::permission::Grant;
use crate::tree::tree;

/// Why a post was not given for a time.
#[derive(Debug, thiserror::Error)]
pub enum ActError {
    /// As for a post without an end.
    #[error(transparent)]
    Hold(#[from] HoldError),
    /// It ends before it begins, or has ended.
    #[error("the end lies before the beginning, or before now")]
    Dates,
    /// The store's.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Walks the index `holding_by_person`.
const OVERLAPS: &Sql =
    sql!("SELECT COUNT(*) FROM holding WHERE person = ?1 AND post = ?2 AND from_at < ?4 AND (to_at IS NULL OR to_at > ?3)");
const INSERT: &Sql = sql!("INSERT INTO holding (id, post, person, from_at, to_at, acting) VALUES (?1, ?2, ?3, ?4, ?5, 1)");

/// Give a person a post from a time until another.
///
/// # Errors
/// [`ActError`].
pub fn act<'a>(
    tx: &mut Tx,
    ctx: &Ctx,
    who: impl Into<Authority<'a, Grant>>,
    person: PersonId,
    post: PostId,
    from: Time,
    to: Time,
) -> Result<HoldingId, ActError> {
    let who = who.into();
    let (unit, role) = hold::find(tx, post)?;
    if !who.covers(&*tree(tx)?, unit) {
        return Err(HoldError::NotCovered.into());
    }
    if to <= from || to <= ctx.now {
        return Err(ActError::Dates);
    }
    hold::may_hold(tx, person, role, from.min(ctx.now))?;
    hold::is_anothers(tx, who.actor(), person, role)?;
    if tx.one(OVERLAPS, p![person, post, from, to], |row| row.int(0))? > 0 {
        return Err(HoldError::Held.into());
    }
    let id: HoldingId = ctx.id();
    tx.exec(INSERT, p![id, post, person, from, to])?;
    append(tx, ctx, about(ctx, who.actor(), Some(unit), person.0), &ActingPostHeld { holding: id, post, from, to })?;
    Ok(id)
}
