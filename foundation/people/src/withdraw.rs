//! Taking back what was entered by mistake, as when an import is undone: a holding, a person who never had
//! an account and holds nothing. The record keeps that it was there.

use base::{Ctx, PersonId, UnitId};
use record::append;
use store::{Sql, StoreError, Tx, p, sql};

use crate::authority::Authority;
use crate::events::{HoldingId, HoldingWithdrawn, PersonWithdrawn, about};
use crate::permission::{Grant, ManagePeople};
use crate::role::Role;
use crate::tree::tree;

/// Why it was not taken back.
#[derive(Debug, thiserror::Error)]
pub enum WithdrawError {
    /// There is none.
    #[error("it is not there any more")]
    Gone,
    /// The proof does not cover the unit of the post.
    #[error("the post held does not cover the unit of this one")]
    NotCovered,
    /// The person has an account or a post by now, or the post is an administrator's and has begun.
    #[error("it has been used since")]
    Used,
    /// The store's.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Who does not hold a post any more, and in which unit it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Withdrawn {
    /// The person.
    pub person: PersonId,
    /// The unit of the post.
    pub unit: UnitId,
}

const HOLDING: &Sql = sql!("SELECT h.person, o.unit, o.role, h.from_at FROM holding h JOIN post o ON o.id = h.post WHERE h.id = ?1");
const FORGET_HOLDING: &Sql = sql!("DELETE FROM holding WHERE id = ?1");
const PERSON: &Sql = sql!(
    "SELECT (SELECT COUNT(*) FROM account a WHERE a.person = p.id), (SELECT COUNT(*) FROM holding h WHERE h.person = p.id)
     FROM person p WHERE p.id = ?1"
);
/// By the index `invitation_by_person`.
const FORGET_INVITATIONS: &Sql = sql!("DELETE FROM invitation WHERE person = ?1");
const FORGET_PERSON: &Sql = sql!("DELETE FROM person WHERE id = ?1");

/// Take a holding back: the person never held the post. What they took in hand by it is the caller's to hand back.
///
/// # Errors
/// [`WithdrawError`].
pub fn withdraw_holding<'a>(
    tx: &mut Tx,
    ctx: &Ctx,
    who: impl Into<Authority<'a, Grant>>,
    holding: HoldingId,
) -> Result<Withdrawn, WithdrawError> {
    let who = who.into();
    let found = tx.opt(HOLDING, p![holding], |row| Ok((row.id(0)?, row.id(1)?, Role::parse(row.text(2)?), row.time(3)?)))?;
    let (person, unit, role, from): (PersonId, UnitId, _, _) = found.ok_or(WithdrawError::Gone)?;
    if !who.covers(&*tree(tx)?, unit) {
        return Err(WithdrawError::NotCovered);
    }
    // An administrator is released, never undone; one who has not begun has administrated nothing.
    if from <= ctx.now && role.is_none_or(Role::is_admin) {
        return Err(WithdrawError::Used);
    }
    tx.exec(FORGET_HOLDING, p![holding])?;
    append(tx, ctx, about(ctx, who.actor(), Some(unit), person.0), &HoldingWithdrawn { holding })?;
    Ok(Withdrawn { person, unit })
}

/// Take a person back who has no account and never held anything that still stands.
///
/// # Errors
/// [`WithdrawError`].
pub fn withdraw_person<'a>(
    tx: &mut Tx,
    ctx: &Ctx,
    who: impl Into<Authority<'a, ManagePeople>>,
    person: PersonId,
) -> Result<(), WithdrawError> {
    let who = who.into();
    let (accounts, holdings) = tx.opt(PERSON, p![person], |row| Ok((row.int(0)?, row.int(1)?)))?.ok_or(WithdrawError::Gone)?;
    if accounts + holdings > 0 {
        return Err(WithdrawError::Used);
    }
    tx.exec(FORGET_INVITATIONS, p![person])?;
    tx.exec(FORGET_PERSON, p![person])?;
    append(tx, ctx, about(ctx, who.actor(), None, person.0), &PersonWithdrawn {})?;
    Ok(())
}
