//! What the security administrator does with accounts: lock, unlock, end sessions.

use base::Ctx;
use record::append;
use store::{Sql, StoreError, Tx, p, sql};

use crate::actor::{AccountId, Proof};
use crate::authority::Authority;
use crate::events::{AccountLocked, AccountUnlocked, about};
use crate::permission::ManageAccounts;
use crate::sign::{END_ALL, ended_by, forget_failures, guard_key};

/// Why an account was not locked or unlocked, or its sessions not ended.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// There is no such account.
    #[error("there is no such account")]
    Gone,
    /// One's own account.
    #[error("nobody locks their own account")]
    Own,
    /// The person holds a post that the proof does not cover.
    #[error("the post held does not cover this person")]
    NotCovered,
    /// The store's.
    #[error(transparent)]
    Store(#[from] StoreError),
}

const FIND: &Sql = sql!("SELECT person, login, locked FROM account WHERE id = ?1");
const SET: &Sql = sql!("UPDATE account SET locked = ?2 WHERE id = ?1");

/// Lock an account until it is unlocked; its sessions end.
///
/// # Errors
/// [`LockError`].
pub fn lock_account(tx: &mut Tx, ctx: &Ctx, proof: &Proof<ManageAccounts>, account: AccountId) -> Result<(), LockError> {
    let (person, _, locked) = find(tx, ctx, proof, account)?;
    if person == proof.person() {
        return Err(LockError::Own);
    }
    tx.exec(END_ALL, p![account])?;
    if !locked {
        tx.exec(SET, p![account, true])?;
        append(tx, ctx, about(ctx, proof.actor(), None, account.0), &AccountLocked {})?;
    }
    Ok(())
}

/// Unlock an account, also one that too many failures have locked.
///
/// # Errors
/// [`LockError`].
pub fn unlock_account(tx: &mut Tx, ctx: &Ctx, proof: &Proof<ManageAccounts>, account: AccountId) -> Result<(), LockError> {
    let (_, login, locked) = find(tx, ctx, proof, account)?;
    forget_failures(tx, &guard_key(ctx, &login))?;
    if locked {
        tx.exec(SET, p![account, false])?;
        append(tx, ctx, about(ctx, proof.actor(), None, account.0), &AccountUnlocked {})?;
    }
    Ok(())
}

/// End all sessions of an account; tells how many.
///
/// # Errors
/// [`LockError`].
pub fn revoke_sessions(tx: &mut Tx, ctx: &Ctx, proof: &Proof<ManageAccounts>, account: AccountId) -> Result<u64, LockError> {
    find(tx, ctx, proof, account)?;
    let ended = tx.exec(END_ALL, p![account])?;
    ended_by(tx, ctx, proof.actor(), account, ended)?;
    Ok(ended)
}

fn find(tx: &mut Tx, ctx: &Ctx, proof: &Proof<ManageAccounts>, account: AccountId) -> Result<(base::PersonId, String, bool), LockError> {
    let found = tx.opt(FIND, p![account], |row| Ok((row.id(0)?, row.text(1)?.to_owned(), row.bool(2)?)))?;
    let found: (base::PersonId, String, bool) = found.ok_or(LockError::Gone)?;
    if Authority::from(proof).covers_person(tx, ctx, found.0)? { Ok(found) } else { Err(LockError::NotCovered) }
}
