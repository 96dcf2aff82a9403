//! A resident's receipt: the number that can be spoken, and apart from it a secret that proves that
//! whoever shows it handed the concern in.
//!
//! The secret is derived from the form's `op_key` under a key of the district, so that a form sent
//! twice gives the same receipt although only the secret's digest is stored.

use base::{Ctx, Purpose};
use sha2::{Digest, Sha256};
use store::{Sql, StoreError, Tx, p, sql};

use crate::concern::ConcernId;
use crate::open311::program::Admitted;

const SECRET: Purpose = Purpose("concerns.receipt");

/// Crockford's base 32: no letter that reads like a digit.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Characters of a secret: 80 bits.
pub const LENGTH: usize = 16;

/// That somebody showed the receipt of a concern, or brought it: only [`find`] and [`brought_by`] make one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    concern: ConcernId,
    no: String,
}

impl Holder {
    /// The concern.
    pub fn concern(&self) -> ConcernId {
        self.concern
    }

    /// Its number.
    pub fn no(&self) -> &str {
        &self.no
    }
}

/// The secret that belongs to a form's key.
pub(crate) fn secret(ctx: &Ctx, op_key: &[u8; 16]) -> String {
    let bits = ctx.keys().blind(SECRET, op_key);
    let mut number = bits.iter().take(10).fold(0_u128, |number, byte| number << 8 | u128::from(*byte));
    let mut letters = [0_u8; LENGTH];
    for letter in letters.iter_mut().rev() {
        let digit = usize::try_from(number & 31).unwrap_or(0);
        *letter = LETTERS.get(digit).copied().unwrap_or(b'0');
        number >>= 5;
    }
    letters.into_iter().map(char::from).collect()
}

/// What is stored of a secret.
pub(crate) fn digest(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

/// A secret as people type it: groups, small letters, and the letters that read like digits.
pub(crate) fn typed(secret: &str) -> Option<String> {
    let mut out = String::with_capacity(LENGTH);
    for c in secret.chars() {
        let c = base::text::half_width(c).to_ascii_uppercase();
        match c {
            '-' | '_' | '.' => {}
            c if base::text::is_blank(c) || base::text::is_invisible(c) => {}
            'O' => out.push('0'),
            'I' | 'L' => out.push('1'),
            c if c.is_ascii() && LETTERS.contains(&u8::try_from(c).unwrap_or(0)) => out.push(c),
            _ => return None,
        }
        if out.len() > LENGTH {
            return None;
        }
    }
    Some(out).filter(|out| out.len() == LENGTH)
}

const FIND: &Sql = sql!("SELECT id, secret FROM concern WHERE no = ?1");
/// Keys that are over are swept away each minute.
const PASS: &Sql = sql!("SELECT concern FROM concern_pass WHERE digest = ?1");

/// By the number, then by the primary key of `concern_through`.
const BROUGHT: &Sql = sql!("SELECT c.id FROM concern c JOIN concern_through t ON t.concern = c.id WHERE c.no = ?1 AND t.program = ?2");

/// The concern of a number and its secret, as typed or from the link. A wrong secret and a number that
/// was never given are answered alike; how often may be tried is the page's to limit.
///
/// # Errors
/// Only the store's.
pub fn find(tx: &mut Tx, no: &str, secret: &str) -> Result<Option<Holder>, StoreError> {
    let (Ok(no), Some(secret)) = (base::number::parse(no), typed(secret)) else { return Ok(None) };
    let found = tx.opt(FIND, p![&no], |row| Ok((row.id::<ConcernId>(0)?, row.opt_array::<32>(1)?)))?;
    let Some((concern, Some(stored))) = found else { return Ok(None) };
    let shown = digest(&secret);
    // Whoever signed in holds a key of an hour in the place of the secret.
    if tx.opt(PASS, p![&shown[..]], |row| row.id::<ConcernId>(0))? == Some(concern) {
        return Ok(Some(Holder { concern, no }));
    }
    // Every byte is looked at, so that the time taken says nothing about where they differ.
    let differs = stored.iter().zip(shown).fold(0_u8, |differs, (a, b)| differs | (a ^ b));
    Ok((differs == 0).then_some(Holder { concern, no }))
}

/// The concern of a number, for the program that brought it: it holds the receipt in the resident's place.
///
/// # Errors
/// Only the store's.
pub fn brought_by(tx: &mut Tx, program: &Admitted, no: &str) -> Result<Option<Holder>, StoreError> {
    let Ok(no) = base::number::parse(no) else { return Ok(None) };
    let found = tx.opt(BROUGHT, p![&no, program.id], |row| row.id::<ConcernId>(0))?;
    Ok(found.map(|concern| Holder { concern, no }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_read_as_people_type_it() {
        let plain = "0123456789ABCDEF";
        for shown in
            ["0123-4567-89ab-cdef", " 0123 4567 89AB CDEF ", "O123456789ABCDEF", "0l23456789ABCDEF", "０１２３４５６７８９ＡＢＣＤＥＦ"]
        {
            assert_eq!(typed(shown).as_deref(), Some(plain), "{shown}");
        }
        for wrong in ["", "0123456789ABCDE", "0123456789ABCDEFG", "U123456789ABCDEF", "秘密"] {
            assert_eq!(typed(wrong), None, "{wrong}");
        }
    }
}
