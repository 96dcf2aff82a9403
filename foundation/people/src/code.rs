//! One-time codes that a person types: sixteen characters of an alphabet without look-alikes, 80 bits.
//! Only their digest is stored.

use base::Ctx;
use sha2::{Digest, Sha256};

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A new code, in groups of four as it is shown.
pub(crate) fn draw(ctx: &Ctx) -> String {
    let mut bits = ctx.random().bits();
    let mut out = String::with_capacity(19);
    for at in 0..16 {
        if at > 0 && at % 4 == 0 {
            out.push('-');
        }
        let index = usize::try_from(bits % 32).unwrap_or(0);
        out.push(char::from(ALPHABET.get(index).copied().unwrap_or(b'0')));
        bits /= 32;
    }
    out
}

/// The digest of a code as somebody typed it: lower case, spaces, dashes and look-alikes are forgiven.
pub(crate) fn digest(typed: &str) -> [u8; 32] {
    let plain: String = typed
        .chars()
        .map(base::text::half_width)
        .filter(|letter| letter.is_ascii_alphanumeric())
        .map(|letter| match letter.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .collect();
    let mut hasher = Sha256::new();
    hasher.update(b"lianxin code\n");
    hasher.update(plain.as_bytes());
    hasher.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::digest;

    #[test]
    fn typing_is_forgiven_and_another_code_is_another() {
        assert_eq!(digest("0A1B-CDEF-GHJK-MNPQ"), digest(" oaib cdef ghjk mnpq "));
        assert_eq!(digest("0A1B-CDEF-GHJK-MNPQ"), digest("０Ａ１Ｂ—CDEF—GHJK—MNPQ"));
        assert_ne!(digest("0A1B-CDEF-GHJK-MNPQ"), digest("0A1B-CDEF-GHJK-MNPR"));
    }
}
