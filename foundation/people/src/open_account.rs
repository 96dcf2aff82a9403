//! Opening an account with a one-time code, or setting a new password with one.

use base::{Ctx, PersonId};
use record::{Actor, append, text_digest_hex};
use store::{Sql, StoreError, Tx, p, sql};

use crate::actor::AccountId;
use crate::code;
use crate::create_person::SALT;
use crate::events::{AccountOpened, PasswordChanged, about};
use crate::outside::unlink_identities;
use crate::passkey::drop_passkeys;
use crate::password::{self, NewPassword, Strength};
use crate::sign::{END_ALL, folded, forget_failures, guard_key};
use crate::totp::drop_totp;

/// Why an account was not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenAccountError {
    /// The code is not known, was used or is too old.
    #[error("the code is wrong, was used or is too old")]
    WrongCode,
    /// 2 to 40 letters, digits, `.`, `_`, `-`, `@`.
    #[error("a login has 2 to 40 letters or digits")]
    BadLogin,
    /// Another account has it.
    #[error("another account has this login")]
    LoginTaken,
    /// The person holds an administrator's post and needs a longer password.
    #[error("an administrator needs a longer password")]
    TooWeak,
    /// It was not tried against the passwords of before, or is one of them.
    #[error("one of the last passwords")]
    Used,
    /// The store's.
    #[error(transparent)]
    Store(StoreError),
}

impl From<StoreError> for OpenAccountError {
    fn from(error: StoreError) -> OpenAccountError {
        match error {
            StoreError::Unique(index) if index == "account_login" => OpenAccountError::LoginTaken,
            other => OpenAccountError::Store(other),
        }
    }
}

/// Whether a folded login is in shape.
pub(crate) fn fits(login: &str) -> bool {
    (2..=40).contains(&login.chars().count()) && login.chars().all(|c| c.is_alphanumeric() || "._-@".contains(c))
}

/// What a code is good for; what the page shows before it asks for a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invited {
    /// Whose it is.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// The login it opens.
    pub login: String,
    /// How strong the password must be.
    pub strength: Strength,
    /// Whether there is an account, of which it sets the password.
    pub has_account: bool,
    /// The hashes of passwords that the new one may not be.
    pub past: Vec<String>,
}

/// By primary keys; the posts by the index `holding_by_person`.
const FIND: &Sql = sql!(
    "SELECT i.person, p.name, i.login, i.reset_totp, a.id,
            (SELECT COUNT(*) FROM holding h JOIN post o ON o.id = h.post
             WHERE h.person = i.person AND (h.to_at IS NULL OR h.to_at > ?2) AND o.role IN ('system_admin', 'security_admin', 'audit_admin'))
     FROM invitation i JOIN person p ON p.id = i.person LEFT JOIN account a ON a.person = i.person
     WHERE i.code = ?1 AND i.expires_at > ?2"
);

struct Found {
    invited: Invited,
    reset_totp: bool,
    account: Option<AccountId>,
}

fn find(tx: &mut Tx, ctx: &Ctx, typed: &str) -> Result<Option<Found>, StoreError> {
    tx.opt(FIND, p![&code::digest(typed)[..], ctx.now], |row| {
        let account = row.opt_id(4)?;
        let strength = if row.int(5)? > 0 { Strength::Admin } else { Strength::Staff };
        let (person, name, login) = (row.id(0)?, row.text(1)?.to_owned(), row.text(2)?.to_owned());
        Ok(Found {
            invited: Invited { person, name, login, strength, has_account: account.is_some(), past: Vec::new() },
            reset_totp: row.bool(3)?,
            account,
        })
    })
}

/// What a code is good for, if it is good.
///
/// # Errors
/// Only the store's.
pub fn invited(tx: &mut Tx, ctx: &Ctx, typed: &str) -> Result<Option<Invited>, StoreError> {
    let Some(mut found) = find(tx, ctx, typed)? else { return Ok(None) };
    if let Some(account) = found.account {
        found.invited.past = password::past(tx, account)?;
    }
    Ok(Some(found.invited))
}

const SPENT: &Sql = sql!("DELETE FROM invitation WHERE code = ?1");
const SET: &Sql = sql!("UPDATE account SET hash = ?2, password_at = ?3 WHERE id = ?1");

/// Open the account, or set the password of the one there is; its sessions end.
///
/// # Errors
/// [`OpenAccountError`].
pub fn open_account(tx: &mut Tx, ctx: &Ctx, typed: &str, password: &NewPassword) -> Result<AccountId, OpenAccountError> {
    let found = find(tx, ctx, typed)?.ok_or(OpenAccountError::WrongCode)?;
    if password.strength < found.invited.strength {
        return Err(OpenAccountError::TooWeak);
    }
    tx.exec(SPENT, p![&code::digest(typed)[..]])?;
    let by = Actor::Person(found.invited.person);
    let Some(account) = found.account else {
        return insert_account(tx, ctx, by, found.invited.person, &found.invited.login, password);
    };
    if !password::is_fresh(tx, account, password)? {
        return Err(OpenAccountError::Used);
    }
    tx.exec(SET, p![account, password.hash.as_str(), ctx.now])?;
    password::remember(tx, ctx, account, password)?;
    tx.exec(END_ALL, p![account])?;
    forget_failures(tx, &guard_key(ctx, &found.invited.login))?;
    append(tx, ctx, about(ctx, by, None, account.0), &PasswordChanged { by_code: true })?;
    if found.reset_totp {
        drop_totp(tx, ctx, by, account, true)?;
        drop_passkeys(tx, ctx, by, account)?;
        unlink_identities(tx, ctx, by, account)?;
    }
    Ok(account)
}

const INSERT: &Sql = sql!(
    "INSERT INTO account (id, person, login, hash, locked, totp, totp_step, created_at, password_at)
     VALUES (?1, ?2, ?3, ?4, 0, NULL, 0, ?5, ?5)"
);

pub(crate) fn insert_account(
    tx: &mut Tx,
    ctx: &Ctx,
    by: Actor,
    person: PersonId,
    login: &str,
    password: &NewPassword,
) -> Result<AccountId, OpenAccountError> {
    let login = folded(login);
    if !fits(&login) {
        return Err(OpenAccountError::BadLogin);
    }
    let id: AccountId = ctx.id();
    let salt: [u8; 16] = tx.one(SALT, p![person], |row| row.array(0))?;
    tx.exec(INSERT, p![id, person, login.as_str(), password.hash.as_str(), ctx.now])?;
    password::remember(tx, ctx, id, password)?;
    let facts = AccountOpened { person, login: text_digest_hex(&salt, &login) };
    append(tx, ctx, about(ctx, by, None, id.0), &facts)?;
    Ok(id)
}
