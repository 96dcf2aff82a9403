//! A code for a telephone: asked for, sent, entered. What a page answers is the same whether anything was sent.

use base::phone::Phone;
use base::{Ctx, Id, Purpose, Time};
use store::{Sql, StoreError, Tx, p, sql};
use web::fill;
use web::notice::{Channel, Said, Told};

use crate::session::{self, Token};
use crate::texts::VisitorTexts;

pub(crate) const PHONE: Purpose = Purpose("visitors.phone");
const CODE: Purpose = Purpose("visitors.code");

/// How long a code is good.
pub const GOOD: i64 = 10 * Time::MINUTE;
/// How long until the next one is sent to a number, and how many in a day.
const PAUSE: i64 = Time::MINUTE;
const A_DAY: i64 = 5;
/// How often a code may be tried.
pub const TRIES: i64 = 5;

/// By the index `visitor_code_by_phone`.
const RECENT: &Sql = sql!("SELECT COUNT(*), MAX(made_at) FROM visitor_code WHERE phone_blind = ?1 AND made_at > ?2");
const INSERT: &Sql = sql!("INSERT INTO visitor_code (id, phone, phone_blind, made_at, tries, used) VALUES (?1, ?2, ?3, ?4, 0, 0)");
const TRY: &Sql = sql!(
    "UPDATE visitor_code SET tries = tries + 1 WHERE id = ?1 AND tries < ?2 AND used = 0 AND made_at > ?3 RETURNING phone, phone_blind"
);
const USE: &Sql = sql!("UPDATE visitor_code SET used = 1 WHERE id = ?1 AND used = 0");
const OF: &Sql = sql!("SELECT phone, made_at, used FROM visitor_code WHERE id = ?1");

/// The six digits of a code.
fn digits(ctx: &Ctx, id: Id) -> String {
    let bits = ctx.keys().blind(CODE, id.bytes());
    let number = bits.iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    format!("{:06}", number % 1_000_000)
}

/// Asks for a code to be sent to a number. Where one was sent just now, or too many today, nothing is; what comes back
/// looks the same.
///
/// # Errors
/// Only the store's.
pub fn ask(tx: &mut Tx, ctx: &Ctx, phone: &Phone) -> Result<Id, StoreError> {
    let id: Id = ctx.id();
    let blind = ctx.keys().blind(PHONE, phone.digits().as_bytes());
    let (today, last) = tx.one(RECENT, p![&blind[..], ctx.now.plus(-Time::DAY)], |row| Ok((row.int(0)?, row.opt_time(1)?)))?;
    if today >= A_DAY || last.is_some_and(|last| ctx.now.since(last) < PAUSE) || !phone.is_mobile() {
        return Ok(id);
    }
    let sealed = ctx.keys().seal(ctx.random(), PHONE, phone.digits().as_bytes());
    tx.exec(INSERT, p![id, &sealed, &blind[..], ctx.now])?;
    notices::ledger::post(tx, ctx, crate::CODE, Channel::Sms, id)?;
    Ok(id)
}

/// Enters a code: a session where it is the one that was sent. Each try counts, also of a code that does not fit.
///
/// # Errors
/// Only the store's.
pub fn enter(tx: &mut Tx, ctx: &Ctx, id: Id, typed: &str) -> Result<Option<Token>, StoreError> {
    let found = tx.opt(TRY, p![id, TRIES, ctx.now.plus(-GOOD)], |row| Ok((row.blob(0)?.to_vec(), row.array::<32>(1)?)))?;
    let Some((phone, blind)) = found else { return Ok(None) };
    let typed: String = typed.chars().map(base::text::half_width).filter(char::is_ascii_digit).collect();
    // Every byte is looked at, so that the time taken says nothing about where they differ.
    let wanted = digits(ctx, id);
    let differs = wanted.bytes().zip(typed.bytes()).fold(u8::from(wanted.len() != typed.len()), |differs, (a, b)| differs | (a ^ b));
    if differs != 0 || tx.exec(USE, p![id])? != 1 {
        return Ok(None);
    }
    session::begin(tx, ctx, &phone, &blind).map(Some)
}

/// The words that carry a code; nothing where it is over or used.
pub(crate) fn say(tx: &mut Tx, ctx: &Ctx, told: &Told<'_>) -> Result<Option<Said>, StoreError> {
    let found = tx.opt(OF, p![told.subject], |row| Ok((row.blob(0)?.to_vec(), row.time(1)?, row.bool(2)?)))?;
    let Some((sealed, made_at, used)) = found else { return Ok(None) };
    let plain = ctx.keys().open(PHONE, &sealed).ok();
    let phone = plain.and_then(|plain| Phone::parse(std::str::from_utf8(&plain).ok()?).ok());
    if used || ctx.now.since(made_at) >= GOOD || phone.is_none() {
        return Ok(None);
    }
    let t = VisitorTexts::of(told.lang);
    let minutes = GOOD / Time::MINUTE;
    let text = fill(t.message, &[("district", &told.district), ("code", &digits(ctx, told.subject)), ("n", &minutes)]);
    Ok(Some(Said { subject: t.told.to_owned(), text, path: String::new(), phone }))
}
