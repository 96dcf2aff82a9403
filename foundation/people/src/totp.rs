//! The second factor: time-based codes of six digits (RFC 6238), with recovery codes for when the phone
//! is lost. The secret is sealed; a code is good once.

use base::{Ctx, Purpose, Time};
use record::{Actor as By, append};
use store::{Sql, StoreError, Tx, p, sql};
use totp_rs::{Builder, Totp};

use crate::actor::{AccountId, Actor};
use crate::code;
use crate::events::{RecoveryCodeUsed, TotpConfirmed, TotpRemoved, about};
use crate::sign::{BETWEEN_FACTORS, Token, Way, admit, by, failed, forget_failures, guard_key, locked_until};

const SECRET: Purpose = Purpose("people.totp");
/// Seconds that a code is good for; one step before and one after are taken too.
const STEP: u64 = 30;
/// How long an offered secret may wait to be confirmed.
const OFFER: i64 = 15 * Time::MINUTE;
/// How many recovery codes there are.
const RECOVERY: usize = 8;

/// A secret for the owner's phone. It counts once a code made with it was shown: [`confirm_totp`].
#[derive(Clone)]
pub struct Offer {
    /// The secret in Base32, for typing.
    pub secret: String,
    /// The `otpauth:` address, for a QR code.
    pub uri: String,
}

/// Why a second factor was not set up or taken away.
#[derive(Debug, thiserror::Error)]
pub enum TotpError {
    /// Nothing was offered, or too long ago: begin again.
    #[error("the secret was offered too long ago")]
    NoOffer,
    /// The code is not the present one.
    #[error("the code is wrong")]
    Wrong,
    /// The account has a second factor.
    #[error("the account has a second factor")]
    Already,
    /// Administrators keep their second factor.
    #[error("administrators keep their second factor")]
    Needed,
    /// The store's.
    #[error(transparent)]
    Store(#[from] StoreError),
}

const OFFERED: &Sql = sql!(
    "INSERT INTO totp_offer (account, secret, made_at) VALUES (?1, ?2, ?3)
     ON CONFLICT (account) DO UPDATE SET secret = excluded.secret, made_at = excluded.made_at"
);
const LOGIN: &Sql = sql!("SELECT login FROM account WHERE id = ?1");

/// Offer a new secret. `issuer` is the name under which the phone lists it.
///
/// # Errors
/// [`TotpError`].
pub fn enrol_totp(tx: &mut Tx, ctx: &Ctx, actor: &Actor, issuer: &str) -> Result<Offer, TotpError> {
    if actor.has_totp {
        return Err(TotpError::Already);
    }
    let mut secret = [0u8; 20];
    ctx.random().fill(&mut secret);
    let sealed = ctx.keys().seal(ctx.random(), SECRET, &secret);
    tx.exec(OFFERED, p![actor.account, &sealed[..], ctx.now])?;
    let login = tx.one(LOGIN, p![actor.account], |row| Ok(row.text(0)?.to_owned()))?;
    let secret = base32(&secret);
    let (issuer, login) = (escaped(issuer), escaped(&login));
    let uri = format!("otpauth://totp/{issuer}:{login}?secret={secret}&issuer={issuer}");
    Ok(Offer { secret, uri })
}

const OFFER_OF: &Sql = sql!("SELECT secret, made_at FROM totp_offer WHERE account = ?1");
const TAKE: &Sql = sql!("UPDATE account SET totp = ?2, totp_step = ?3 WHERE id = ?1");
const DROP_OFFER: &Sql = sql!("DELETE FROM totp_offer WHERE account = ?1");
const ADD_RECOVERY: &Sql = sql!("INSERT INTO recovery_code (account, hash) VALUES (?1, ?2)");
const DROP_RECOVERY: &Sql = sql!("DELETE FROM recovery_code WHERE account = ?1");

/// Set up the offered secret, once the phone gives its code. Returns the recovery codes, to be shown once.
///
/// # Errors
/// [`TotpError`].
pub fn confirm_totp(tx: &mut Tx, ctx: &Ctx, actor: &Actor, typed: &str) -> Result<Vec<String>, TotpError> {
    let offer = tx.opt(OFFER_OF, p![actor.account], |row| Ok((row.blob(0)?.to_vec(), row.time(1)?)))?;
    let (sealed, _) = offer.filter(|(_, made_at)| ctx.now.since(*made_at) <= OFFER).ok_or(TotpError::NoOffer)?;
    let step = matching_step(ctx, &sealed, typed)?.ok_or(TotpError::Wrong)?;
    tx.exec(TAKE, p![actor.account, &sealed[..], step])?;
    tx.exec(DROP_OFFER, p![actor.account])?;
    tx.exec(DROP_RECOVERY, p![actor.account])?;
    let codes: Vec<String> = (0..RECOVERY).map(|_| code::draw(ctx)).collect();
    for code in &codes {
        tx.exec(ADD_RECOVERY, p![actor.account, &code::digest(code)[..]])?;
    }
    append(tx, ctx, about(ctx, By::Person(actor.person), None, actor.account.0), &TotpConfirmed {})?;
    Ok(codes)
}

/// How an attempt to take a second factor away ended. A wrong code is counted, so that it is no error: its
/// transaction is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RemoveTotp {
    /// It is gone.
    Removed,
    /// The code is wrong, or was used.
    Wrong,
    /// Too many failures.
    Locked {
        /// Until when.
        until: Time,
    },
}

/// Take one's second factor away, with a code of it. Wrong codes count as failures to sign in do: who sits at
/// somebody's open session cannot try all of them.
///
/// # Errors
/// [`TotpError`].
pub fn remove_totp(tx: &mut Tx, ctx: &Ctx, actor: &Actor, typed: &str) -> Result<RemoveTotp, TotpError> {
    if actor.is_admin() {
        return Err(TotpError::Needed);
    }
    let login = tx.one(LOGIN, p![actor.account], |row| Ok(row.text(0)?.to_owned()))?;
    let guard = guard_key(ctx, &login);
    if let Some(until) = locked_until(tx, ctx, &guard)? {
        return Ok(RemoveTotp::Locked { until });
    }
    if !spend(tx, ctx, actor.account, typed)? {
        let locked = failed(tx, ctx, &guard, Some(actor.account))?;
        return Ok(locked.map_or(RemoveTotp::Wrong, |until| RemoveTotp::Locked { until }));
    }
    forget_failures(tx, &guard)?;
    drop_totp(tx, ctx, By::Person(actor.person), actor.account, false)?;
    Ok(RemoveTotp::Removed)
}

const CLEAR: &Sql = sql!("UPDATE account SET totp = NULL, totp_step = 0 WHERE id = ?1 AND totp IS NOT NULL");

/// Take the second factor away, if there is one.
pub(crate) fn drop_totp(tx: &mut Tx, ctx: &Ctx, by: By, account: AccountId, by_code: bool) -> Result<(), StoreError> {
    tx.exec(DROP_OFFER, p![account])?;
    tx.exec(DROP_RECOVERY, p![account])?;
    if tx.exec(CLEAR, p![account])? > 0 {
        append(tx, ctx, about(ctx, by, None, account.0), &TotpRemoved { by_code })?;
    }
    Ok(())
}

/// How the second factor was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Second {
    /// Signed in, with a token that replaces the one that was waiting.
    In(Token),
    /// The code is wrong, or was used.
    Wrong,
    /// Too many failures.
    Locked {
        /// Until when.
        until: Time,
    },
    /// The token is not known or waited too long: sign in again.
    Gone,
}

const HALF: &Sql = sql!(
    "SELECT a.id, a.login, s.created_at, s.agent FROM session s JOIN account a ON a.id = s.account
     WHERE s.token = ?1 AND s.whole = 0 AND a.locked = 0"
);
const DROP_HALF: &Sql = sql!("DELETE FROM session WHERE token = ?1 AND whole = 0");

/// Finish signing in with a code of the phone or a recovery code.
///
/// # Errors
/// Only the store's.
pub fn second_factor(tx: &mut Tx, ctx: &Ctx, half: &Token, typed: &str) -> Result<Second, StoreError> {
    let found = tx.opt(HALF, p![&half.digest()[..]], |row| {
        Ok((row.id::<AccountId>(0)?, row.text(1)?.to_owned(), row.time(2)?, row.text(3)?.to_owned()))
    })?;
    let Some((account, login, _, agent)) = found.filter(|found| ctx.now.since(found.2) <= BETWEEN_FACTORS) else {
        return Ok(Second::Gone);
    };
    let guard = guard_key(ctx, &login);
    if let Some(until) = locked_until(tx, ctx, &guard)? {
        return Ok(Second::Locked { until });
    }
    if !spend(tx, ctx, account, typed)? {
        let locked = failed(tx, ctx, &guard, Some(account))?;
        return Ok(locked.map_or(Second::Wrong, |until| Second::Locked { until }));
    }
    tx.exec(DROP_HALF, p![&half.digest()[..]])?;
    forget_failures(tx, &guard)?;
    // Another token than before: one that was seen while it was worth little is worth nothing now.
    let token = Token::draw(ctx);
    admit(tx, ctx, &token, account, &agent, Way::Password)?;
    Ok(Second::In(token))
}

const SEALED: &Sql = sql!("SELECT totp FROM account WHERE id = ?1");
const SPEND: &Sql = sql!("UPDATE account SET totp_step = ?2 WHERE id = ?1 AND totp_step < ?2");
const SPEND_RECOVERY: &Sql = sql!("DELETE FROM recovery_code WHERE account = ?1 AND hash = ?2");
const RECOVERY_LEFT: &Sql = sql!("SELECT COUNT(*) FROM recovery_code WHERE account = ?1");

/// Whether the code is good, and if so, that it never is again.
fn spend(tx: &mut Tx, ctx: &Ctx, account: AccountId, typed: &str) -> Result<bool, StoreError> {
    let sealed = tx.opt(SEALED, p![account], |row| Ok(row.opt_blob(0)?.map(<[u8]>::to_vec)))?.flatten();
    let Some(sealed) = sealed else { return Ok(false) };
    if let Some(step) = matching_step(ctx, &sealed, typed)? {
        return Ok(tx.exec(SPEND, p![account, step])? == 1);
    }
    if tx.exec(SPEND_RECOVERY, p![account, &code::digest(typed)[..]])? == 0 {
        return Ok(false);
    }
    let left = tx.one(RECOVERY_LEFT, p![account], |row| row.int(0))?;
    let by = by(tx, account)?;
    append(tx, ctx, about(ctx, by, None, account.0), &RecoveryCodeUsed { left })?;
    Ok(true)
}

/// How many recovery codes an account has left.
///
/// # Errors
/// Only the store's.
pub fn recovery_left(tx: &mut Tx, account: AccountId) -> Result<i64, StoreError> {
    tx.one(RECOVERY_LEFT, p![account], |row| row.int(0))
}

/// The step whose code this is, if it is the present one or a neighbour of it.
fn matching_step(ctx: &Ctx, sealed: &[u8], typed: &str) -> Result<Option<i64>, StoreError> {
    let secret = ctx.keys().open(SECRET, sealed).map_err(|error| StoreError::Other(format!("account.totp: {error}")))?;
    let secret: [u8; 20] = secret[..].try_into().map_err(|_| StoreError::Other("account.totp: not 20 bytes".into()))?;
    let digits: String = typed.chars().map(base::text::half_width).filter(|c| !c.is_whitespace()).collect();
    if digits.len() != 6 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(None);
    }
    let seconds = u64::try_from(ctx.now.0 / Time::SECOND).unwrap_or(0);
    // `check` tells which step fits, so that it can be spent.
    Ok(totp(secret).and_then(|totp| totp.check(&digits, seconds)).and_then(|step| i64::try_from(step).ok()))
}

fn totp(secret: [u8; 20]) -> Option<Totp> {
    Builder::new().with_secret(secret).with_digits(6).with_skew(1).with_step_duration(STEP).build().ok()
}

fn base32(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut out = String::with_capacity(bytes.len() * 8 / 5 + 1);
    for chunk in bytes.chunks(5) {
        let bits = chunk.iter().fold(0u64, |bits, byte| bits << 8 | u64::from(*byte)) << (8 * (5 - chunk.len()));
        for at in 0..(chunk.len() * 8).div_ceil(5) {
            let index = usize::try_from(bits >> (35 - 5 * at) & 31).unwrap_or(0);
            out.push(char::from(LETTERS.get(index).copied().unwrap_or(b'A')));
        }
    }
    out
}

fn escaped(text: &str) -> String {
    use std::fmt::Write;
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

/// The code that a phone with this secret (in Base32, as offered) shows; for tests and the demo.
pub fn shown_code(secret: &str, now: Time) -> Option<String> {
    let mut bits = 0u64;
    let mut held = 0;
    let mut bytes = Vec::new();
    for letter in secret.bytes() {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'2'..=b'7' => letter - b'2' + 26,
            _ => return None,
        };
        bits = bits << 5 | u64::from(value);
        held += 5;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(bits >> held & 0xff).ok()?);
        }
    }
    let totp = totp(bytes.try_into().ok()?)?;
    Some(totp.generate(u64::try_from(now.0 / Time::SECOND).ok()?).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, the SHA-1 rows, last six digits.
    #[test]
    fn agrees_with_the_rfc() {
        let secret = base32(b"12345678901234567890");
        assert_eq!(secret, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        for (seconds, code) in [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (20_000_000_000, "353130")] {
            assert_eq!(shown_code(&secret, Time(seconds * Time::SECOND)).as_deref(), Some(code));
        }
        assert_eq!(escaped("连心 a"), "%E8%BF%9E%E5%BF%83%20a");
    }
}
