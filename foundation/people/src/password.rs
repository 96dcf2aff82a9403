//! Passwords: the rules they must meet, and Argon2id, which is slow on purpose and therefore runs outside
//! the store's threads.
//!
//! Signing in has two steps: a [`Candidate`] is read, [`Candidate::verify`] works on it, and the
//! [`Checked`] that comes out is what the operation takes. A new password is a [`NewPassword`], which
//! can only be made by judging and hashing it.

use argon2::{Algorithm, Argon2, Version};
use base::text::fold;
use base::{Ctx, Random, policy};
use store::{Sql, StoreError, Tx, p, sql};

use crate::actor::AccountId;

/// What hashing costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Params {
    /// Memory in KiB.
    pub memory: u32,
    /// Passes over it.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

impl Default for Params {
    /// 19 MiB and two passes: the least that OWASP advises for Argon2id.
    fn default() -> Params {
        Params { memory: 19 * 1024, passes: 2, lanes: 1 }
    }
}

impl Params {
    /// Hardly any cost, for tests and for demo districts, whose passwords are no secret.
    pub fn light() -> Params {
        Params { memory: 8, passes: 1, lanes: 1 }
    }
}

/// A hash or its parameters that Argon2 does not take.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("hashing a password: {0}")]
pub struct HashError(String);

/// Bytes of the digest.
const DIGEST: usize = 32;

/// The hash of a password in the PHC string format.
///
/// # Errors
/// [`HashError`] for parameters out of range or when memory is short.
pub fn hash(params: &Params, password: &str, salt: [u8; 16]) -> Result<String, HashError> {
    let digest = argon2id(params, password, &salt)?;
    let (salt, digest) = (base64(&salt), base64(&digest));
    Ok(format!("$argon2id$v=19$m={},t={},p={}${salt}${digest}", params.memory, params.passes, params.lanes))
}

/// Whether the password is the one of this hash; a hash that cannot be read fits none.
pub fn verify(password: &str, hash: &str) -> bool {
    let Some((params, salt, digest)) = parse(hash) else { return false };
    // Compared without stopping at the first difference.
    argon2id(&params, password, &salt)
        .is_ok_and(|computed| base64(&computed).bytes().zip(digest.bytes()).fold(0, |all, (a, b)| all | (a ^ b)) == 0)
}

fn argon2id(params: &Params, password: &str, salt: &[u8]) -> Result<[u8; DIGEST], HashError> {
    let params = argon2::Params::new(params.memory, params.passes, params.lanes, Some(DIGEST)).map_err(|e| HashError(e.to_string()))?;
    let mut digest = [0; DIGEST];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(password.as_bytes(), salt, &mut digest)
        .map_err(|error| HashError(error.to_string()))?;
    Ok(digest)
}

fn parse(hash: &str) -> Option<(Params, Vec<u8>, &str)> {
    let mut parts = hash.strip_prefix("$argon2id$v=19$")?.split('$');
    let (costs, salt, digest) = (parts.next()?, parts.next()?, parts.next()?);
    let mut costs = costs.split(',');
    let mut cost = |name: &str| costs.next()?.strip_prefix(name)?.parse().ok();
    let params = Params { memory: cost("m=")?, passes: cost("t=")?, lanes: cost("p=")? };
    (parts.next().is_none() && digest.len() == base64(&[0; DIGEST]).len()).then_some((params, unbase64(salt)?, digest))
}

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Base64 without padding, as the PHC string format has it.
fn base64(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() * 4 / 3 + 3);
    for chunk in bytes.chunks(3) {
        let bits = chunk.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for at in 0..=chunk.len() {
            let index = usize::try_from(bits >> (18 - 6 * at) & 63).unwrap_or(0);
            out.push(char::from(BASE64.get(index).copied().unwrap_or(b'A')));
        }
    }
    out
}

fn unbase64(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() * 3 / 4);
    let (mut bits, mut held) = (0u32, 0u32);
    for letter in text.bytes() {
        bits = bits << 6 | u32::try_from(BASE64.iter().position(|b| *b == letter)?).ok()?;
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push(u8::try_from(bits >> held & 0xff).ok()?);
        }
    }
    Some(out)
}

/// How strong a password must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// So many characters as staff need.
    Staff,
    /// So many as the three administrators need.
    Admin,
}

impl Strength {
    /// The least number of characters.
    pub fn least(self) -> usize {
        let id = match self {
            Strength::Staff => "password.length",
            Strength::Admin => "password.admin_length",
        };
        usize::try_from(policy::amount(id)).unwrap_or(usize::MAX)
    }
}

/// Why a password is not taken. The words are the page's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Weak {
    /// It needs at least so many characters.
    #[error("the password is shorter than {0} characters")]
    Short(usize),
    /// More than 128 characters.
    #[error("the password is longer than 128 characters")]
    Long,
    /// It needs so many of: capital letters, small letters, digits, other characters.
    #[error("the password has fewer than {0} kinds of characters")]
    Plain(usize),
    /// It is one of the last so many.
    #[error("the password is one of the last {0}")]
    Used(i64),
    /// It holds the login name.
    #[error("the password holds the login name")]
    Login,
    /// It could not be hashed: this machine's memory is short.
    #[error(transparent)]
    Hash(#[from] HashError),
}

/// Whether a password meets the rules.
///
/// # Errors
/// The first rule that it does not meet.
pub fn judge(password: &str, login: &str, strength: Strength) -> Result<(), Weak> {
    let length = password.chars().count();
    if length < strength.least() {
        return Err(Weak::Short(strength.least()));
    }
    if length > 128 {
        return Err(Weak::Long);
    }
    let kinds = [
        password.chars().any(|c| c.is_ascii_uppercase()),
        password.chars().any(|c| c.is_ascii_lowercase()),
        password.chars().any(|c| c.is_ascii_digit()),
        password.chars().any(|c| !c.is_ascii_alphanumeric()),
    ];
    let wanted = usize::try_from(policy::amount("password.kinds")).unwrap_or(usize::MAX);
    if kinds.into_iter().filter(|kind| *kind).count() < wanted {
        return Err(Weak::Plain(wanted));
    }
    let login = fold(login);
    if login.chars().count() >= 3 && fold(password).contains(&login) {
        return Err(Weak::Login);
    }
    Ok(())
}

/// A password that meets the rules, hashed.
#[derive(Clone)]
pub struct NewPassword {
    pub(crate) hash: String,
    pub(crate) strength: Strength,
    /// The hashes of earlier passwords that it was tried against.
    unlike: Vec<String>,
}

impl std::fmt::Debug for NewPassword {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "NewPassword({:?})", self.strength)
    }
}

impl NewPassword {
    /// Judge and hash. Slow on purpose: not for the store's threads, nor for the runtime's.
    ///
    /// # Errors
    /// [`Weak`].
    pub fn make(params: &Params, random: &dyn Random, password: &str, login: &str, strength: Strength) -> Result<NewPassword, Weak> {
        judge(password, login, strength)?;
        let hash = hash(params, password, random.bits().to_le_bytes())?;
        Ok(NewPassword { hash, strength, unlike: Vec::new() })
    }

    /// The same, once it was seen to be none of the passwords of before. As slow as trying each of them.
    ///
    /// # Errors
    /// [`Weak::Used`].
    pub fn unlike(mut self, password: &str, past: Vec<String>) -> Result<NewPassword, Weak> {
        if past.iter().any(|old| verify(password, old)) {
            return Err(Weak::Used(policy::amount("password.history")));
        }
        self.unlike = past;
        Ok(self)
    }
}

const PAST: &Sql = sql!("SELECT hash FROM password_past WHERE account = ?1 ORDER BY at DESC LIMIT ?2");
const PRESENT: &Sql = sql!("SELECT hash FROM account WHERE id = ?1");
const REMEMBER: &Sql =
    sql!("INSERT INTO password_past (account, at, hash) VALUES (?1, ?2, ?3) ON CONFLICT (account, at) DO UPDATE SET hash = excluded.hash");
const FORGET: &Sql = sql!(
    "DELETE FROM password_past WHERE account = ?1
     AND at NOT IN (SELECT p.at FROM password_past p WHERE p.account = ?1 ORDER BY p.at DESC LIMIT ?2)"
);

/// The hashes that a new password of this account may not fit: those of the last few and of the present one.
///
/// # Errors
/// Only the store's.
pub fn past(tx: &mut Tx, account: AccountId) -> Result<Vec<String>, StoreError> {
    let mut past = tx.all(PAST, p![account, policy::amount("password.history")], |row| Ok(row.text(0)?.to_owned()))?;
    let present = tx.opt(PRESENT, p![account], |row| Ok(row.text(0)?.to_owned()))?;
    past.extend(present.filter(|hash| !past.contains(hash)));
    Ok(past)
}

/// Whether a new password was tried against all that it may not be.
pub(crate) fn is_fresh(tx: &mut Tx, account: AccountId, password: &NewPassword) -> Result<bool, StoreError> {
    Ok(past(tx, account)?.iter().all(|hash| password.unlike.contains(hash)))
}

/// Keep the hash of a password that was just set, and only as many as are compared.
pub(crate) fn remember(tx: &mut Tx, ctx: &Ctx, account: AccountId, password: &NewPassword) -> Result<(), StoreError> {
    tx.exec(REMEMBER, p![account, ctx.now, password.hash.as_str()])?;
    tx.exec(FORGET, p![account, policy::amount("password.history")]).map(drop)
}

/// Who might be signing in: what the first step of it reads, also for a login that nobody has.
#[derive(Clone)]
pub struct Candidate {
    pub(crate) login: [u8; 32],
    pub(crate) account: Option<AccountId>,
    pub(crate) hash: String,
}

impl Candidate {
    /// Try the password. It takes as long for a login that nobody has. Slow on purpose: not for the
    /// store's threads, nor for the runtime's.
    pub fn verify(self, params: &Params, password: &str) -> Checked {
        let right = if self.account.is_some() {
            verify(password, &self.hash)
        } else {
            // The same work, thrown away.
            let _ = std::hint::black_box(argon2id(params, password, &[0; 16]));
            false
        };
        Checked { login: self.login, account: self.account, hash: self.hash, right }
    }
}

/// That a password was tried, and whether it was right. Only [`Candidate::verify`] makes one.
#[derive(Clone)]
pub struct Checked {
    pub(crate) login: [u8; 32],
    pub(crate) account: Option<AccountId>,
    pub(crate) hash: String,
    pub(crate) right: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_fits_its_password_only() {
        let hash = hash(&Params::light(), "correct horse", [7; 16]).unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=8,t=1,p=1$BwcHBwcHBwcHBwcHBwcHBw$"), "{hash}");
        assert!(verify("correct horse", &hash) && !verify("correct horsf", &hash));
        for broken in ["", "$argon2id$v=19$m=8,t=1,p=1$BwcH", &hash[..hash.len() - 1], &hash.replace("m=8", "m=1")] {
            assert!(!verify("correct horse", broken), "{broken}");
        }
    }

    /// The test vector of the reference implementation: `echo -n password | argon2 somesalt -id -t 2 -k 65536 -p 1 -l 32`.
    #[test]
    fn agrees_with_the_reference() {
        let params = Params { memory: 65536, passes: 2, lanes: 1 };
        let hex = record::hex(&argon2id(&params, "password", b"somesalt").unwrap());
        assert_eq!(hex, "09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7");
    }

    #[test]
    fn base64_and_back() {
        for n in 0..40u8 {
            let bytes: Vec<u8> = (0..n).map(|b| b.wrapping_mul(37)).collect();
            assert_eq!(unbase64(&base64(&bytes)), Some(bytes));
        }
        assert_eq!(base64(b"any carnal pleas"), "YW55IGNhcm5hbCBwbGVhcw");
        assert_eq!(unbase64("YW=="), None);
    }

    #[test]
    fn rules() {
        let staff = |password| judge(password, "wangfang", Strength::Staff);
        assert_eq!(staff("Abc-1"), Err(Weak::Short(8)));
        assert_eq!(staff("abcdefgh1"), Err(Weak::Plain(3)));
        assert_eq!(staff("Abcdefgh1"), Ok(()));
        assert_eq!(staff("correct horse battery"), Err(Weak::Plain(3)), "length does not make up for kinds");
        assert_eq!(staff("WangFang-1"), Err(Weak::Login));
        assert_eq!(staff("路灯不亮Aa1x"), Ok(()));
        assert_eq!(judge("Abcdefgh1", "x", Strength::Admin), Err(Weak::Short(12)));
        assert_eq!(staff(&"a1B".repeat(50)), Err(Weak::Long));
    }
}
