//! Giving a person a post. The three administrators exclude one another and every other post.

use base::{Ctx, PersonId, Time, UnitId};
use record::{Actor, append};
use store::{Sql, StoreError, Tx, p, sql};

use crate::actor::{PostId, Proof};
use crate::authority::Authority;
use crate::events::{HoldingId, PostHeld, about};
use crate::invite;
use crate::permission::{Grant, ManagePeople, covers};
use crate::role::Role;
use crate::tree::tree;

/// Why a post was not given.
#[derive(Debug, thiserror::Error)]
pub enum HoldError {
    /// The proof does not cover the unit of the post.
    #[error("the post held does not cover the unit of this one")]
    NotCovered,
    /// There is no such post, or its unit was closed.
    #[error("there is no such post any more")]
    NoPost,
    /// There is no such person.
    #[error("there is no such person")]
    NoPerson,
    /// The person holds it, or is to hold it.
    #[error("the person holds this post already")]
    Held,
    /// The person is another of the three administrators, or would be one beside another post.
    #[error("system, security and audit administrator exclude one another and every other post")]
    Excluded,
    /// The one who gives the post also gave the person's code, and would so have the hand of both.
    #[error("who gave somebody their code does not make them an administrator")]
    OwnCode,
    /// Only the first security administrator is appointed by the system administrator.
    #[error("there is a security administrator: it is theirs to give posts")]
    NotFirst,
    /// The store's.
    #[error(transparent)]
    Store(StoreError),
}

impl From<StoreError> for HoldError {
    fn from(error: StoreError) -> HoldError {
        match error {
            StoreError::Unique(index) if index == "holding_open" => HoldError::Held,
            other => HoldError::Store(other),
        }
    }
}

/// Give a person a post from a time on, most often the present.
///
/// # Errors
/// [`HoldError`].
pub fn hold<'a>(
    tx: &mut Tx,
    ctx: &Ctx,
    who: impl Into<Authority<'a, Grant>>,
    person: PersonId,
    post: PostId,
    from: Time,
) -> Result<HoldingId, HoldError> {
    let (who, (unit, role)) = (who.into(), find(tx, post)?);
    if !who.covers(&*tree(tx)?, unit) {
        return Err(HoldError::NotCovered);
    }
    is_anothers(tx, who.actor(), person, role)?;
    insert_holding(tx, ctx, who.actor(), person, post, from)
}

/// That a person could be given a post from a time on, without giving it: what a trial of a table finds out.
///
/// # Errors
/// [`HoldError`].
pub fn may_be_given<'a>(
    tx: &mut Tx,
    ctx: &Ctx,
    who: impl Into<Authority<'a, Grant>>,
    person: PersonId,
    post: PostId,
    from: Time,
) -> Result<(), HoldError> {
    let (who, (unit, role)) = (who.into(), find(tx, post)?);
    if !who.covers(&*tree(tx)?, unit) {
        return Err(HoldError::NotCovered);
    }
    may_hold(tx, person, role, from.min(ctx.now))?;
    is_anothers(tx, who.actor(), person, role)
}

/// By the primary keys of `post`; one row is enough.
const SECURITY: &Sql = sql!(
    "SELECT COUNT(*) FROM holding h JOIN post o ON o.id = h.post
     WHERE o.role = 'security_admin' AND (h.to_at IS NULL OR h.to_at > ?1)"
);

/// Appoint the first security administrator, while there is none: somebody must be the first to give posts.
///
/// # Errors
/// [`HoldError`].
pub fn appoint_security(
    tx: &mut Tx,
    ctx: &Ctx,
    proof: &Proof<ManagePeople>,
    person: PersonId,
    post: PostId,
) -> Result<HoldingId, HoldError> {
    let (unit, role) = find(tx, post)?;
    if !covers(proof, &*tree(tx)?, unit) {
        return Err(HoldError::NotCovered);
    }
    if role != Role::SecurityAdmin || tx.one(SECURITY, p![ctx.now], |row| row.int(0))? > 0 {
        return Err(HoldError::NotFirst);
    }
    insert_holding(tx, ctx, proof.actor(), person, post, ctx.now)
}

/// Whether posts can be given: there is a security administrator.
///
/// # Errors
/// Only the store's.
pub fn has_security(tx: &mut Tx, ctx: &Ctx) -> Result<bool, StoreError> {
    tx.one(SECURITY, p![ctx.now], |row| Ok(row.int(0)? > 0))
}

const POST: &Sql =
    sql!("SELECT o.unit, o.role FROM post o JOIN unit u ON u.id = o.unit WHERE o.id = ?1 AND u.valid_to IS NULL AND o.valid_to IS NULL");

pub(crate) fn find(tx: &mut Tx, post: PostId) -> Result<(UnitId, Role), HoldError> {
    let found = tx.opt(POST, p![post], |row| Ok((row.id(0)?, Role::parse(row.text(1)?))))?;
    match found {
        Some((unit, Some(role))) => Ok((unit, role)),
        _ => Err(HoldError::NoPost),
    }
}

const PERSON: &Sql = sql!("SELECT COUNT(*) FROM person WHERE id = ?1");

/// Walks the index `holding_by_person`.
const ROLES: &Sql = sql!(
    "SELECT o.id, o.role FROM holding h JOIN post o ON o.id = h.post
     WHERE h.person = ?1 AND (h.to_at IS NULL OR h.to_at > ?2)"
);
const INSERT: &Sql = sql!("INSERT INTO holding (id, post, person, from_at, to_at) VALUES (?1, ?2, ?3, ?4, NULL)");

pub(crate) fn insert_holding(
    tx: &mut Tx,
    ctx: &Ctx,
    actor: Actor,
    person: PersonId,
    post: PostId,
    from: Time,
) -> Result<HoldingId, HoldError> {
    let (unit, role) = find(tx, post)?;
    let held = may_hold(tx, person, role, from.min(ctx.now))?;
    if held.contains(&post) {
        return Err(HoldError::Held);
    }
    let id: HoldingId = ctx.id();
    tx.exec(INSERT, p![id, post, person, from])?;
    append(tx, ctx, about(ctx, actor, Some(unit), person.0), &PostHeld { holding: id, post, from })?;
    Ok(id)
}

/// That an administrator's post is not given by who gave the person their code: who knows it may sign in as them, and two
/// administrators would be one hand. Only the first security administrator is appointed by whoever made the account.
pub(crate) fn is_anothers(tx: &mut Tx, by: Actor, person: PersonId, role: Role) -> Result<(), HoldError> {
    match by {
        Actor::Person(giver) if role.is_admin() && invite::may_enter_as(tx, giver, person)? => Err(HoldError::OwnCode),
        _ => Ok(()),
    }
}

/// Whether a person exists and may hold a post of this role beside what they hold from then on; gives those posts.
pub(crate) fn may_hold(tx: &mut Tx, person: PersonId, role: Role, from: Time) -> Result<Vec<PostId>, HoldError> {
    if tx.one(PERSON, p![person], |row| row.int(0))? == 0 {
        return Err(HoldError::NoPerson);
    }
    let held = tx.all(ROLES, p![person, from], |row| Ok((row.id::<PostId>(0)?, Role::parse(row.text(1)?))))?;
    // Whoever administers does nothing else: else one who reads business could be made to by their own hand.
    let apart = |other: Role| other != role && (role.is_admin() || other.is_admin());
    if held.iter().any(|(_, other)| other.is_some_and(apart)) {
        return Err(HoldError::Excluded);
    }
    Ok(held.into_iter().map(|(post, _)| post).collect())
}
