//! Passkeys: a key in a phone, a computer or a stick, unlocked by its owner, that stands for password and
//! second factor at once. The store holds public keys; a challenge is good once and for minutes.

use base::text::clean_line;
use base::{Ctx, Id, Time};
use record::{Actor as By, append, text_digest_hex};
use sha2::{Digest, Sha256};
use store::{Sql, StoreError, Tx, p, sql};

use crate::actor::{AccountId, Actor};
use crate::events::{PasskeyAdded, PasskeyRemoved, about};
use crate::sign::{SignIn, Token, Way, admit};
use crate::webauthn::{Asked, PublicKey, Refused, made, used};

base::id! {
    /// One passkey.
    pub PasskeyId;
}

/// How long a challenge is good.
pub(crate) const GOOD_FOR: i64 = 5 * Time::MINUTE;
/// How many passkeys an account may have.
pub(crate) const MOST: usize = 10;
/// The most characters of a passkey's name.
const LABEL: usize = 40;

/// What a browser is to sign, and what it keeps to show that it was asked.
#[derive(Debug, Clone)]
pub struct Challenge {
    /// For the cookie.
    pub token: Token,
    /// To be signed.
    pub bytes: [u8; 32],
}

const SWEEP: &Sql = sql!("DELETE FROM challenge WHERE expires_at <= ?1");
const ASK: &Sql = sql!("INSERT INTO challenge (digest, bytes, account, expires_at) VALUES (?1, ?2, ?3, ?4)");

/// Draw a challenge: for somebody signed in, who wants to add a passkey, or for whoever wants to sign in.
///
/// # Errors
/// Only the store's.
pub fn challenge(tx: &mut Tx, ctx: &Ctx, account: Option<AccountId>) -> Result<Challenge, StoreError> {
    tx.exec(SWEEP, p![ctx.now])?;
    let token = Token::draw(ctx);
    let mut bytes = [0; 32];
    ctx.random().fill(&mut bytes);
    tx.exec(ASK, p![&token.digest()[..], &bytes[..], account, ctx.now.plus(GOOD_FOR)])?;
    Ok(Challenge { token, bytes })
}

const ASKED: &Sql = sql!("SELECT bytes, account FROM challenge WHERE digest = ?1 AND expires_at > ?2");
const SPENT: &Sql = sql!("DELETE FROM challenge WHERE digest = ?1");

/// The bytes that a browser was asked to sign, and that it never is again.
fn spend(tx: &mut Tx, ctx: &Ctx, token: &Token, account: Option<AccountId>) -> Result<Option<Vec<u8>>, StoreError> {
    let found = tx.opt(ASKED, p![&token.digest()[..], ctx.now], |row| Ok((row.blob(0)?.to_vec(), row.opt_id::<AccountId>(1)?)))?;
    tx.exec(SPENT, p![&token.digest()[..]])?;
    Ok(found.filter(|(_, whose)| *whose == account).map(|(bytes, _)| bytes))
}

/// What a browser sends after making a passkey.
#[derive(Debug, Clone)]
pub struct NewPasskey {
    /// What it signed for, as JSON.
    pub client: Vec<u8>,
    /// The authenticator's answer, as CBOR.
    pub attestation: Vec<u8>,
    /// What its owner calls it.
    pub label: String,
    /// The origin of the page.
    pub origin: String,
    /// The host.
    pub host: String,
}

/// Why a passkey was not added.
#[derive(Debug, thiserror::Error)]
pub enum AddPasskeyError {
    /// It was asked for too long ago, or by somebody else.
    #[error("asked for too long ago")]
    Gone,
    /// What came is not in order.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// It is known already.
    #[error("known already")]
    Known,
    /// There are too many.
    #[error("at most {MOST}")]
    TooMany,
    /// The store's.
    #[error(transparent)]
    Store(StoreError),
}

impl From<StoreError> for AddPasskeyError {
    fn from(error: StoreError) -> AddPasskeyError {
        match error {
            StoreError::Unique(index) if index == "passkey_credential" => AddPasskeyError::Known,
            other => AddPasskeyError::Store(other),
        }
    }
}

const INSERT: &Sql = sql!(
    "INSERT INTO passkey (id, account, credential, algorithm, public_key, counter, label, made_at, used_at, salt)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, NULL, ?9)"
);

/// Add a passkey to one's own account.
///
/// # Errors
/// [`AddPasskeyError`].
pub fn add_passkey(tx: &mut Tx, ctx: &Ctx, actor: &Actor, asked: &Token, new: &NewPasskey) -> Result<PasskeyId, AddPasskeyError> {
    let challenge = spend(tx, ctx, asked, Some(actor.account))?.ok_or(AddPasskeyError::Gone)?;
    let asked = Asked { challenge: &challenge, origin: &new.origin, host: &new.host };
    let made = made(&new.client, &new.attestation, &asked)?;
    if passkeys(tx, actor.account)?.len() >= MOST {
        return Err(AddPasskeyError::TooMany);
    }
    let label: String = clean_line(&new.label).chars().take(LABEL).collect();
    let (id, salt): (PasskeyId, _) = (ctx.id(), ctx.salt());
    let (algorithm, counter) = (made.key.algorithm, made.counter);
    tx.exec(
        INSERT,
        p![id, actor.account, &made.credential[..], algorithm, &made.key.bytes[..], counter, label.as_str(), ctx.now, &salt[..]],
    )?;
    let facts = PasskeyAdded { passkey: id, key: key_digest(&salt, &made.credential, &made.key) };
    append(tx, ctx, about(ctx, By::Person(actor.person), None, actor.account.0), &facts)?;
    Ok(id)
}

/// Commits to what is checked at each sign-in, so that a key put into the table by hand is found.
pub(crate) fn key_digest(salt: &[u8; 16], credential: &[u8], key: &PublicKey) -> String {
    let mut digest = Sha256::new();
    digest.update(credential);
    digest.update(key.algorithm.to_be_bytes());
    digest.update(&key.bytes);
    text_digest_hex(salt, &record::hex(&digest.finalize()))
}

const REMOVE: &Sql = sql!("DELETE FROM passkey WHERE id = ?1 AND account = ?2");

/// Remove one of one's own passkeys; false when there is no such one.
///
/// # Errors
/// Only the store's.
pub fn remove_passkey(tx: &mut Tx, ctx: &Ctx, actor: &Actor, passkey: PasskeyId) -> Result<bool, StoreError> {
    if tx.exec(REMOVE, p![passkey, actor.account])? == 0 {
        return Ok(false);
    }
    append(tx, ctx, about(ctx, By::Person(actor.person), None, actor.account.0), &PasskeyRemoved { passkey, by_code: false })?;
    Ok(true)
}

/// Remove all passkeys of an account, with the second factor, when the security administrator resets it.
pub(crate) fn drop_passkeys(tx: &mut Tx, ctx: &Ctx, by: By, account: AccountId) -> Result<(), StoreError> {
    for passkey in passkeys(tx, account)? {
        tx.exec(REMOVE, p![passkey.id, account])?;
        append(tx, ctx, about(ctx, by, None, account.0), &PasskeyRemoved { passkey: passkey.id, by_code: true })?;
    }
    Ok(())
}

/// A passkey, for the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passkey {
    /// Its id.
    pub id: PasskeyId,
    /// What its owner calls it.
    pub label: String,
    /// When it was added.
    pub made_at: Time,
    /// When it was used last.
    pub used_at: Option<Time>,
    /// By what the browser names it.
    pub credential: Vec<u8>,
}

/// Walks the index `passkey_by_account`.
const OF_ACCOUNT: &Sql = sql!("SELECT id, label, made_at, used_at, credential FROM passkey WHERE account = ?1 ORDER BY id");

/// The passkeys of an account.
///
/// # Errors
/// Only the store's.
pub fn passkeys(tx: &mut Tx, account: AccountId) -> Result<Vec<Passkey>, StoreError> {
    tx.all(OF_ACCOUNT, p![account], |row| {
        Ok(Passkey {
            id: row.id(0)?,
            label: row.text(1)?.to_owned(),
            made_at: row.time(2)?,
            used_at: row.opt_time(3)?,
            credential: row.blob(4)?.to_vec(),
        })
    })
}

/// What a browser sends after using a passkey.
#[derive(Debug, Clone)]
pub struct UsedPasskey {
    /// Which.
    pub credential: Vec<u8>,
    /// What it signed for, as JSON.
    pub client: Vec<u8>,
    /// What the authenticator says.
    pub data: Vec<u8>,
    /// The signature over both.
    pub signature: Vec<u8>,
    /// The origin of the page.
    pub origin: String,
    /// The host.
    pub host: String,
}

/// By the index `passkey_credential`.
const BY_CREDENTIAL: &Sql = sql!(
    "SELECT k.id, k.account, k.algorithm, k.public_key, k.counter, a.locked
     FROM passkey k JOIN account a ON a.id = k.account WHERE k.credential = ?1"
);
const COUNT: &Sql = sql!("UPDATE passkey SET counter = ?2, used_at = ?3 WHERE id = ?1");

/// Sign in with a passkey. A refused attempt is no error, since its challenge is spent.
///
/// # Errors
/// Only the store's.
pub fn sign_in_with_passkey(tx: &mut Tx, ctx: &Ctx, asked: &Token, used_key: &UsedPasskey, agent: &str) -> Result<SignIn, StoreError> {
    let Some(challenge) = spend(tx, ctx, asked, None)? else { return Ok(SignIn::Wrong) };
    let found = tx.opt(BY_CREDENTIAL, p![&used_key.credential[..]], |row| {
        let key = PublicKey { algorithm: row.int(2)?, bytes: row.blob(3)?.to_vec() };
        Ok((row.id::<Id>(0)?, row.id::<AccountId>(1)?, key, row.int(4)?, row.bool(5)?))
    })?;
    let Some((id, account, key, counted, locked)) = found else { return Ok(SignIn::Wrong) };
    let asked = Asked { challenge: &challenge, origin: &used_key.origin, host: &used_key.host };
    let Ok(counter) = used(&used_key.client, &used_key.data, &used_key.signature, &key, &asked) else { return Ok(SignIn::Wrong) };
    // One that counts and does not go on was copied.
    if (counter > 0 || counted > 0) && counter <= counted {
        return Ok(SignIn::Wrong);
    }
    if locked {
        return Ok(SignIn::Barred);
    }
    tx.exec(COUNT, p![id, counter, ctx.now])?;
    let token = Token::draw(ctx);
    admit(tx, ctx, &token, account, agent, Way::Passkey)?;
    Ok(SignIn::In(token))
}
