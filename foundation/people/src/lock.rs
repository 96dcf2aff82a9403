//! What the security administrator does with accounts: lock, unlock, end sessions.

use base::Ctx;
use record::append;
use store::{Sql, StoreError, Tx, p, sql};

use crate::actor::{AccountId, Proof};
use crate::events::{AccountLocked, AccountUnlocked, about};
use crate::permission::ManageAccounts;
use crate::sign::{END_ALL, ended_by, forget_failures, guard_key};

/// Why an account was not locked or unlocked.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// There is no such account.
    #[error("there is no such account")]
    Gone,
    /// One's own account.
    #[error("nobody locks their own account")]
    Own,
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
    let (person, _, locked) = find(tx, account)?;
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
    let (_, login, locked) = find(tx, account)?;
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
/// Only the store's.
pub fn revoke_sessions(tx: &mut Tx, ctx: &Ctx, proof: &Proof<ManageAccounts>, account: AccountId) -> Result<u64, StoreError> {
    let ended = tx.exec(END_ALL, p![account])?;
    ended_by(tx, ctx, proof.actor(), account, ended)?;
    Ok(ended)
}

fn find(tx: &mut Tx, account: AccountId) -> Result<(base::PersonId, String, bool), LockError> {
    let found = tx.opt(FIND, p![account], |row| Ok((row.id(0)?, row.text(1)?.to_owned(), row.bool(2)?)))?;
    found.ok_or(LockError::Gone)
}
