//! Who an identity of another house is: its issuer and subject, kept as one keyed digest, linked to an
//! account by its owner while signed in. Nobody gets an account by being known elsewhere.

use base::{Ctx, Purpose, Time};
use record::{Actor as By, append};
use serde::{Deserialize, Serialize};
use store::{Sql, StoreError, Tx, p, sql};

use crate::actor::{AccountId, Actor};
use crate::events::{IdentityLinked, IdentityUnlinked, about};
use crate::sign::{SignIn, Token, Way, admit};

const IDENTITY: Purpose = Purpose("people.outside_identity");
const VISIT: Purpose = Purpose("people.outside_visit");
/// How long somebody may be away.
pub(crate) const AWAY: i64 = 10 * Time::MINUTE;

/// Through which door somebody goes to another house: whoever left by one does not come in by another.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Door {
    /// That of staff.
    #[default]
    Staff,
    /// That of residents.
    Residents,
}

/// A sign-in that goes to another house: what must come back with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Away {
    /// Through which door.
    #[serde(default)]
    pub door: Door,
    /// What the identity token must repeat.
    pub nonce: String,
    /// What the code is redeemed with (PKCE).
    pub verifier: String,
    /// Where to go afterwards.
    pub next: String,
    /// The account, or the resident, to link for somebody signed in; none to sign in.
    pub link: Option<base::Id>,
}

const SWEEP: &Sql = sql!("DELETE FROM outside_visit WHERE expires_at <= ?1");
const LEAVE: &Sql = sql!("INSERT INTO outside_visit (state, sealed, expires_at) VALUES (?1, ?2, ?3)");

/// Keep what must come back; the token is the state that travels.
///
/// # Errors
/// Only the store's.
pub fn leave(tx: &mut Tx, ctx: &Ctx, away: &Away) -> Result<Token, StoreError> {
    tx.exec(SWEEP, p![ctx.now])?;
    let state = Token::draw(ctx);
    let text = serde_json::to_vec(away).map_err(|error| StoreError::Other(error.to_string()))?;
    let sealed = ctx.keys().seal(ctx.random(), VISIT, &text);
    tx.exec(LEAVE, p![&state.digest()[..], &sealed[..], ctx.now.plus(AWAY)])?;
    Ok(state)
}

const AWAY_OF: &Sql = sql!("SELECT sealed FROM outside_visit WHERE state = ?1 AND expires_at > ?2");
const BACK: &Sql = sql!("DELETE FROM outside_visit WHERE state = ?1");

/// What was kept for a state that left by this door, and that it never is again.
///
/// # Errors
/// Only the store's.
pub fn come_back(tx: &mut Tx, ctx: &Ctx, state: &Token, door: Door) -> Result<Option<Away>, StoreError> {
    let sealed = tx.opt(AWAY_OF, p![&state.digest()[..], ctx.now], |row| Ok(row.blob(0)?.to_vec()))?;
    tx.exec(BACK, p![&state.digest()[..]])?;
    let away: Option<Away> =
        sealed.and_then(|sealed| ctx.keys().open(VISIT, &sealed).ok()).and_then(|text| serde_json::from_slice(&text).ok());
    Ok(away.filter(|away| away.door == door))
}

/// An identity of another house, as one digest under a key of its own for each purpose: those of staff and those of
/// residents cannot be compared.
pub fn identity_of(ctx: &Ctx, purpose: Purpose, issuer: &str, subject: &str) -> [u8; 32] {
    ctx.keys().blind(purpose, format!("{}:{issuer}{subject}", issuer.len()).as_bytes())
}

fn identity(ctx: &Ctx, issuer: &str, subject: &str) -> [u8; 32] {
    identity_of(ctx, IDENTITY, issuer, subject)
}

/// Why an identity was not linked.
#[derive(Debug, thiserror::Error)]
pub enum LinkIdentityError {
    /// It is linked to an account.
    #[error("this identity is linked already")]
    Taken,
    /// The store's.
    #[error(transparent)]
    Store(StoreError),
}

impl From<StoreError> for LinkIdentityError {
    fn from(error: StoreError) -> LinkIdentityError {
        match error {
            StoreError::Unique(index) if index.starts_with("outside_identity") => LinkIdentityError::Taken,
            other => LinkIdentityError::Store(other),
        }
    }
}

const FIND: &Sql = sql!("SELECT i.account, a.locked FROM outside_identity i JOIN account a ON a.id = i.account WHERE i.identity = ?1");
const LINK: &Sql = sql!("INSERT INTO outside_identity (identity, account, issuer, made_at) VALUES (?1, ?2, ?3, ?4)");

/// Link an identity to one's own account.
///
/// # Errors
/// [`LinkIdentityError`].
pub fn link_identity(tx: &mut Tx, ctx: &Ctx, actor: &Actor, issuer: &str, subject: &str) -> Result<(), LinkIdentityError> {
    let identity = identity(ctx, issuer, subject);
    if tx.opt(FIND, p![&identity[..]], |_| Ok(()))?.is_some() {
        return Err(LinkIdentityError::Taken);
    }
    tx.exec(LINK, p![&identity[..], actor.account, issuer, ctx.now])?;
    let facts = IdentityLinked { identity: record::hex(&identity) };
    append(tx, ctx, about(ctx, By::Person(actor.person), None, actor.account.0), &facts)?;
    Ok(())
}

/// An identity that is linked, for the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Linked {
    /// Its digest, which names it.
    pub identity: String,
    /// Whose word it is.
    pub issuer: String,
    /// When it was linked.
    pub made_at: Time,
}

/// Walks the index `outside_identity_by_account`.
const OF_ACCOUNT: &Sql = sql!("SELECT identity, issuer, made_at FROM outside_identity WHERE account = ?1 ORDER BY made_at");

/// The identities that are linked to an account.
///
/// # Errors
/// Only the store's.
pub fn identities(tx: &mut Tx, account: AccountId) -> Result<Vec<Linked>, StoreError> {
    tx.all(OF_ACCOUNT, p![account], |row| {
        Ok(Linked { identity: record::hex(row.blob(0)?), issuer: row.text(1)?.to_owned(), made_at: row.time(2)? })
    })
}

const UNLINK: &Sql = sql!("DELETE FROM outside_identity WHERE account = ?1");

/// Unlink all identities of one's own account; tells how many.
///
/// # Errors
/// Only the store's.
pub fn unlink_identities(tx: &mut Tx, ctx: &Ctx, by: By, account: AccountId) -> Result<u64, StoreError> {
    let gone = tx.exec(UNLINK, p![account])?;
    if gone > 0 {
        append(tx, ctx, about(ctx, by, None, account.0), &IdentityUnlinked { identities: i64::try_from(gone).unwrap_or(i64::MAX) })?;
    }
    Ok(gone)
}

/// Sign in whoever another house has vouched for. [`SignIn::Wrong`] is an identity that nobody linked.
///
/// # Errors
/// Only the store's.
pub fn sign_in_from_outside(tx: &mut Tx, ctx: &Ctx, issuer: &str, subject: &str, agent: &str) -> Result<SignIn, StoreError> {
    let found = tx.opt(FIND, p![&identity(ctx, issuer, subject)[..]], |row| Ok((row.id::<AccountId>(0)?, row.bool(1)?)))?;
    let Some((account, locked)) = found else { return Ok(SignIn::Wrong) };
    if locked {
        return Ok(SignIn::Barred);
    }
    let token = Token::draw(ctx);
    admit(tx, ctx, &token, account, agent, Way::Outside)?;
    Ok(SignIn::In(token))
}
