//! Giving a person a one-time code, with which they open an account or set a new password.

use base::{Ctx, PersonId, Time};
use record::append;
use store::{Sql, StoreError, Tx, p, sql};

use crate::authority::Authority;
use crate::code;
use crate::events::{PersonInvited, about};
use crate::open_account::fits;
use crate::permission::Invite;
use crate::role::Role;
use crate::sign::folded;

/// How long a code is good.
const GOOD_FOR: i64 = 7 * Time::DAY;

/// Why no code was given.
#[derive(Debug, thiserror::Error)]
pub enum InviteError {
    /// There is no such person.
    #[error("there is no such person")]
    NoPerson,
    /// 2 to 40 letters, digits, `.`, `_`, `-`, `@`.
    #[error("a login has 2 to 40 letters or digits")]
    BadLogin,
    /// Another account has it, or it is offered to another person.
    #[error("another person has this login")]
    LoginTaken,
    /// The person has an account: only the security administrator resets one.
    #[error("the person has an account; the security administrator resets it")]
    HasAccount,
    /// The person is an administrator, or is to be one: with their code a security administrator would act by two hands.
    #[error("a security administrator gives no code to another administrator")]
    Administrator,
    /// The person holds a post that the proof does not cover.
    #[error("the post held does not cover this person")]
    NotCovered,
    /// The store's.
    #[error(transparent)]
    Store(#[from] StoreError),
}

const PERSON: &Sql = sql!("SELECT p.id, a.id, a.login FROM person p LEFT JOIN account a ON a.person = p.id WHERE p.id = ?1");
const TAKEN: &Sql = sql!("SELECT COUNT(*) FROM account WHERE login = ?1 AND person <> ?2");
const OFFERED: &Sql = sql!("SELECT COUNT(*) FROM invitation WHERE login = ?1 AND person <> ?2 AND expires_at > ?3");
const FORGET: &Sql = sql!("DELETE FROM invitation WHERE person = ?1 OR expires_at <= ?2");
const INSERT: &Sql = sql!("INSERT INTO invitation (code, person, login, reset_totp, made_at, expires_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)");

/// Give out a code, to be shown once and handed over in person. An earlier code of the person is void.
///
/// For a person with an account it sets a new password (the login stays), and with `reset_totp` also
/// takes the second factor away; that is the security administrator's to do. The account of an administrator is reset at the
/// command line, by whoever could write the database as well.
///
/// # Errors
/// [`InviteError`].
pub fn invite<'a>(
    tx: &mut Tx,
    ctx: &Ctx,
    who: impl Into<Authority<'a, Invite>>,
    person: PersonId,
    login: &str,
    reset_totp: bool,
) -> Result<String, InviteError> {
    let found = tx.opt(PERSON, p![person], |row| Ok((!row.is_null(1)?, row.opt_text(2)?.map(str::to_owned))))?;
    let (has_account, present) = found.ok_or(InviteError::NoPerson)?;
    let who = who.into();
    let by = if let Authority::Staff(proof) = who { Some(proof.role()) } else { None };
    if has_account && by.is_some_and(|role| role != Role::SecurityAdmin) {
        return Err(InviteError::HasAccount);
    }
    if !who.covers_person(tx, ctx, person)? {
        return Err(InviteError::NotCovered);
    }
    if by == Some(Role::SecurityAdmin) && is_apart(tx, ctx, person)? {
        return Err(InviteError::Administrator);
    }
    let login = present.unwrap_or_else(|| folded(login));
    if !fits(&login) {
        return Err(InviteError::BadLogin);
    }
    if tx.one(TAKEN, p![login.as_str(), person], |row| row.int(0))? > 0
        || tx.one(OFFERED, p![login.as_str(), person, ctx.now], |row| row.int(0))? > 0
    {
        return Err(InviteError::LoginTaken);
    }
    tx.exec(FORGET, p![person, ctx.now])?;
    let code = code::draw(ctx);
    let expires_at = ctx.now.plus(GOOD_FOR);
    tx.exec(INSERT, p![&code::digest(&code)[..], person, login.as_str(), reset_totp, ctx.now, expires_at])?;
    append(tx, ctx, about(ctx, who.actor(), None, person.0), &PersonInvited { expires_at, reset_totp })?;
    Ok(code)
}

/// Whether somebody is one of the three administrators, or is to be one.
///
/// # Errors
/// Only the store's.
pub fn is_apart(tx: &mut Tx, ctx: &Ctx, person: PersonId) -> Result<bool, StoreError> {
    let held = crate::read::holdings_of(tx, person)?;
    let open = |to: Option<Time>| to.is_none_or(|to| to > ctx.now);
    Ok(held.iter().any(|held| open(held.to) && held.role.is_admin()))
}

/// Whether somebody gave out a code with which they may still sign in as a person: the last one where the person has no
/// account yet, since a code voids those before it; else any since the last that took away all other ways to sign in, as a
/// passkey would be. Of what was given within one millisecond any may be the last.
pub(crate) fn may_enter_as(tx: &mut Tx, giver: PersonId, person: PersonId) -> Result<bool, StoreError> {
    let mut given = Vec::new();
    for event in record::of_subject(tx, person.0)? {
        if event.kind == <PersonInvited as record::Facts>::KIND {
            let facts: PersonInvited = event.facts().map_err(|bad| StoreError::Other(bad.to_string()))?;
            given.push((event.recorded_at, event.actor, facts.reset_totp));
        }
    }
    let opened = crate::read::account_of(tx, person)?.is_some();
    let from = given.iter().filter(|(_, _, whole)| *whole || !opened).map(|(at, ..)| *at).max();
    Ok(given.iter().any(|(at, actor, _)| from.is_none_or(|from| *at >= from) && *actor == record::Actor::Person(giver)))
}
