//! Who is signed in as a resident.

use axum::http::{HeaderMap, HeaderValue};
use base::phone::Phone;
use base::{Ctx, Time};
use sha2::{Digest, Sha256};
use store::{Sql, StoreError, Tx, p, sql};
use web::Visit;
use web::cookie::{self, Life};

use crate::code::PHONE;

base::id! {
    /// A resident who signed in.
    pub VisitorId;
}
store::bind_ids!(VisitorId);

/// How long a session lasts.
const LASTS: i64 = 12 * Time::HOUR;

/// A resident who is signed in: the number that they proved, if they did, and nothing else. Only [`current`] makes one.
#[derive(Clone, Debug)]
pub struct Visitor {
    id: VisitorId,
    phone: Option<Phone>,
}

impl Visitor {
    /// Which.
    pub fn id(&self) -> VisitorId {
        self.id
    }

    /// The number that they proved; none for whoever came by another house's word.
    pub fn phone(&self) -> Option<&Phone> {
        self.phone.as_ref()
    }
}

/// What a browser keeps: 32 random bytes.
pub struct Token([u8; 32]);

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token")
    }
}

impl Token {
    fn digest(&self) -> [u8; 32] {
        Sha256::digest(record::hex(&self.0).as_bytes()).into()
    }
}

fn name(visit: &Visit) -> &'static str {
    if visit.secure { "__Host-my" } else { "my" }
}

/// The cookie that keeps a session in the browser.
pub fn keep(visit: &Visit, token: &Token) -> HeaderValue {
    let life = Life::Seconds(u32::try_from(LASTS / Time::SECOND).unwrap_or(3600));
    cookie::write(name(visit), &record::hex(&token.0), life, visit.secure)
}

/// The cookie that takes it away.
pub fn forget(visit: &Visit) -> HeaderValue {
    cookie::write(name(visit), "", Life::Over, visit.secure)
}

/// The digest of what the browser brought.
pub fn brought(visit: &Visit, headers: &HeaderMap) -> Option<[u8; 32]> {
    let value = cookie::read(headers, name(visit))?;
    (value.len() == 64).then(|| Sha256::digest(value.as_bytes()).into())
}

const FIND: &Sql = sql!("SELECT id FROM visitor WHERE phone_blind = ?1");
const INSERT: &Sql = sql!("INSERT INTO visitor (id, phone, phone_blind, made_at, seen_at) VALUES (?1, ?2, ?3, ?4, ?4)");
const SEEN: &Sql = sql!("UPDATE visitor SET seen_at = ?2 WHERE id = ?1");
const BEGIN: &Sql = sql!("INSERT INTO visitor_session (token, visitor, until) VALUES (?1, ?2, ?3)");
const CURRENT: &Sql =
    sql!("SELECT v.id, v.phone FROM visitor_session s JOIN visitor v ON v.id = s.visitor WHERE s.token = ?1 AND s.until > ?2");
const END: &Sql = sql!("DELETE FROM visitor_session WHERE token = ?1");
const END_ALL: &Sql = sql!("DELETE FROM visitor_session WHERE visitor = ?1");
const FORGET_IDENTITIES: &Sql = sql!("DELETE FROM visitor_identity WHERE visitor = ?1");
const ERASE: &Sql = sql!("DELETE FROM visitor WHERE id = ?1");

/// Begins a session of the visitor with this number, who is made where there was none.
pub(crate) fn begin(tx: &mut Tx, ctx: &Ctx, phone: &[u8], blind: &[u8; 32]) -> Result<Token, StoreError> {
    let id = match tx.opt(FIND, p![&blind[..]], |row| row.id::<VisitorId>(0))? {
        Some(id) => id,
        None => {
            let id: VisitorId = ctx.id();
            tx.exec(INSERT, p![id, Some(phone), Some(&blind[..]), ctx.now])?;
            id
        }
    };
    begin_of(tx, ctx, id)
}

/// Makes a visitor who proved no number.
pub(crate) fn made(tx: &mut Tx, ctx: &Ctx) -> Result<VisitorId, StoreError> {
    let id: VisitorId = ctx.id();
    tx.exec(INSERT, p![id, None::<&[u8]>, None::<&[u8]>, ctx.now])?;
    Ok(id)
}

/// Begins a session of a visitor.
pub(crate) fn begin_of(tx: &mut Tx, ctx: &Ctx, id: VisitorId) -> Result<Token, StoreError> {
    tx.exec(SEEN, p![id, ctx.now])?;
    let mut token = Token([0; 32]);
    ctx.random().fill(&mut token.0);
    tx.exec(BEGIN, p![&token.digest()[..], id, ctx.now.plus(LASTS)])?;
    Ok(token)
}

/// Who is signed in with what the browser brought.
///
/// # Errors
/// Only the store's.
pub fn current(tx: &mut Tx, ctx: &Ctx, brought: Option<&[u8; 32]>) -> Result<Option<Visitor>, StoreError> {
    let Some(digest) = brought else { return Ok(None) };
    let found = tx.opt(CURRENT, p![&digest[..], ctx.now], |row| Ok((row.id::<VisitorId>(0)?, row.opt_blob(1)?.map(<[u8]>::to_vec))))?;
    let Some((id, sealed)) = found else { return Ok(None) };
    let Some(sealed) = sealed else { return Ok(Some(Visitor { id, phone: None })) };
    let plain = ctx.keys().open(PHONE, &sealed).ok();
    let phone = plain.and_then(|plain| Phone::parse(std::str::from_utf8(&plain).ok()?).ok());
    Ok(phone.map(|phone| Visitor { id, phone: Some(phone) }))
}

/// Ends this session.
///
/// # Errors
/// Only the store's.
pub fn end(tx: &mut Tx, brought: &[u8; 32]) -> Result<(), StoreError> {
    tx.exec(END, p![&brought[..]]).map(drop)
}

const EXISTS: &Sql = sql!("SELECT 1 FROM visitor WHERE id = ?1");

/// Whether there is still such a visitor.
///
/// # Errors
/// Only the store's.
pub fn exists(tx: &mut Tx, visitor: VisitorId) -> Result<bool, StoreError> {
    Ok(tx.opt(EXISTS, p![visitor], |_| Ok(()))?.is_some())
}

/// Erases a visitor with all sessions. What they claimed in modules goes with their tables.
///
/// # Errors
/// Only the store's.
pub fn erase(tx: &mut Tx, visitor: VisitorId) -> Result<(), StoreError> {
    tx.exec(END_ALL, p![visitor])?;
    tx.exec(FORGET_IDENTITIES, p![visitor])?;
    tx.exec(ERASE, p![visitor]).map(drop)
}
