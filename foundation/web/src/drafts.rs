//! What was typed on the pages of a form before it is sent, for browsers without JavaScript: a sealed row for 24 hours.
//!
//! The browser keeps a random token in a cookie; the row is found by the token's digest, so that the store alone does
//! not tell whose it is. A page that saves twice keeps the token.

use base::{Ctx, Id, Purpose, Time};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};
use store::{Sql, StoreError, Tx, p, sql};

use crate::cookie::{self, Life};
use crate::visit::Visit;
use crate::{Page, Redirect};

const DRAFT: Purpose = Purpose("web.draft");
const COOKIE: &str = "draft";
/// How long a draft lives after it was last saved.
pub const KEPT: i64 = Time::DAY;

const SAVE: &Sql = sql!(
    "INSERT INTO draft (digest, sealed, expires_at) VALUES (?1, ?2, ?3)
     ON CONFLICT (digest) DO UPDATE SET sealed = excluded.sealed, expires_at = excluded.expires_at"
);
/// By the primary key.
const FIND: &Sql = sql!("SELECT sealed FROM draft WHERE digest = ?1 AND expires_at > ?2");
const DISCARD: &Sql = sql!("DELETE FROM draft WHERE digest = ?1");
/// By the index `draft_expiry`.
const EXPIRED: &Sql = sql!("SELECT digest FROM draft WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2");

/// A draft's token: 32 hexadecimal digits that only the browser keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token(Id);

impl Token {
    /// The token that the browser brought.
    pub fn of(visit: &Visit) -> Option<Token> {
        visit.draft.as_deref().and_then(|text| text.parse().ok()).map(Token)
    }

    /// A new one.
    pub fn new(visit: &Visit) -> Token {
        Token(Id(visit.district.env().random.bits().to_le_bytes()))
    }

    /// The draft that belongs to one form, by the form's key: what a form that did not pass must not lose.
    /// The key itself cannot be told from it.
    pub fn of_form(op_key: &[u8; 16]) -> Token {
        let digest = Sha256::new().chain_update(b"lianxin form draft").chain_update(op_key).finalize();
        Token(subject(&digest.into()))
    }

    /// A token as it stands in an address.
    pub fn parse(text: &str) -> Option<Token> {
        text.parse().ok().map(Token)
    }

    /// As it stands in an address.
    pub fn text(&self) -> String {
        self.0.to_string()
    }

    /// The browser's, or a new one.
    pub fn of_or_new(visit: &Visit) -> Token {
        Token::of(visit).unwrap_or_else(|| Token::new(visit))
    }

    /// The subject that holds the draft's pictures: see [`crate::photos::keep`].
    pub fn subject(&self) -> Id {
        subject(&self.digest())
    }

    fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.0.bytes()).into()
    }
}

fn subject(digest: &[u8; 32]) -> Id {
    let mut half = [0; 16];
    half.copy_from_slice(digest.get(16..).unwrap_or(&[0; 16]));
    Id(half)
}

/// Save what was typed so far.
///
/// # Errors
/// [`StoreError`].
pub fn save(tx: &mut Tx, ctx: &Ctx, token: &Token, typed: &impl Serialize) -> Result<(), StoreError> {
    let text = serde_json::to_vec(typed).map_err(|error| StoreError::Other(format!("a draft: {error}")))?;
    let sealed = ctx.keys().seal(ctx.random(), DRAFT, &text);
    tx.exec(SAVE, p![&token.digest(), &sealed, ctx.now.plus(KEPT)]).map(drop)
}

/// What was typed so far; nothing where it is over, or where its keys or its shape are no longer known.
///
/// # Errors
/// [`StoreError`].
pub fn load<T: DeserializeOwned>(tx: &mut Tx, ctx: &Ctx, token: &Token) -> Result<Option<T>, StoreError> {
    let sealed = tx.opt(FIND, p![&token.digest(), ctx.now], |row| row.blob(0).map(<[u8]>::to_vec))?;
    let open = sealed.and_then(|sealed| ctx.keys().open(DRAFT, &sealed).ok());
    Ok(open.and_then(|text| serde_json::from_slice(&text).ok()))
}

/// Throw a draft away, with its hold on pictures: when its form was sent, or begun anew.
///
/// # Errors
/// [`StoreError`].
pub fn discard(tx: &mut Tx, token: &Token) -> Result<(), StoreError> {
    discard_digest(tx, &token.digest())
}

fn discard_digest(tx: &mut Tx, digest: &[u8; 32]) -> Result<(), StoreError> {
    tx.exec(DISCARD, p![digest])?;
    crate::photos::release(tx, subject(digest))
}

/// Throw away at most `limit` drafts that are over, and say how many went.
///
/// # Errors
/// [`StoreError`].
pub fn sweep(tx: &mut Tx, now: Time, limit: i64) -> Result<usize, StoreError> {
    let over: Vec<[u8; 32]> = tx.all(EXPIRED, p![now, limit], |row| row.array(0))?;
    for digest in &over {
        discard_digest(tx, digest)?;
    }
    Ok(over.len())
}

impl Redirect {
    /// The browser keeps this draft's token.
    #[must_use]
    pub fn draft(self, visit: &Visit, token: &Token) -> Redirect {
        let life = Life::Seconds(u32::try_from(KEPT / Time::SECOND).unwrap_or(u32::MAX));
        self.header(axum::http::header::SET_COOKIE, cookie::write(COOKIE, &token.0.to_string(), life, visit.secure))
    }

    /// The browser forgets its draft.
    #[must_use]
    pub fn no_draft(self, visit: &Visit) -> Redirect {
        self.header(axum::http::header::SET_COOKIE, cookie::write(COOKIE, "", Life::Over, visit.secure))
    }
}

impl Page {
    /// The browser keeps this draft's token.
    #[must_use]
    pub fn draft(self, visit: &Visit, token: &Token) -> Page {
        let life = Life::Seconds(u32::try_from(KEPT / Time::SECOND).unwrap_or(u32::MAX));
        self.header(axum::http::header::SET_COOKIE, cookie::write(COOKIE, &token.0.to_string(), life, visit.secure))
    }
}
