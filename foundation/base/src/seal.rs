//! Sealing of personal data with keys that lie outside the store, one subkey for each purpose.
//!
//! A sealed value is `key number (1 byte) ‖ nonce (24) ‖ ChaCha20-Poly1305 text and tag`; the purpose
//! is bound as associated data, so that a value cannot be moved to another column. Old keys stay in
//! the file so that what they sealed can be opened; new values take the newest.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::Random;

/// What a value is sealed for. A constant of the module that owns the column, as `Purpose("concerns.contact")`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Purpose(pub &'static str);

/// Why a sealed value did not open. The words are for the log; a page says only that it cannot be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenError {
    /// Sealed with a key that is not in the key file.
    UnknownKey(u8),
    /// Altered, cut short, or sealed for another purpose.
    Broken,
}

impl std::fmt::Display for OpenError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            OpenError::UnknownKey(number) => write!(f, "sealed with key {number}, which the key file does not hold"),
            OpenError::Broken => f.write_str("a sealed value was altered or belongs elsewhere"),
        }
    }
}

impl std::error::Error for OpenError {}

/// The district's keys, oldest first.
pub struct Keys(Vec<Zeroizing<[u8; 32]>>);

impl Keys {
    /// From the key file's text: one key a line, 64 hexadecimal digits, oldest first; `#` begins a comment.
    ///
    /// # Errors
    /// In words, naming the line.
    pub fn parse(text: &str) -> Result<Keys, String> {
        let mut keys = Vec::new();
        for (number, line) in text.lines().enumerate() {
            let line = line.split('#').next().unwrap_or("").trim();
            if line.is_empty() {
                continue;
            }
            let mut key = Zeroizing::new([0u8; 32]);
            let halves =
                (line.get(..32).and_then(|h| h.parse::<crate::Id>().ok()), line.get(32..).and_then(|h| h.parse::<crate::Id>().ok()));
            let (Some(first), Some(second)) = halves else {
                return Err(format!("line {}: a key is 64 digits 0-9 a-f", number + 1));
            };
            key[..16].copy_from_slice(&first.0);
            key[16..].copy_from_slice(&second.0);
            keys.push(key);
        }
        match keys.len() {
            0 => Err("the key file holds no key".into()),
            1..=255 => Ok(Keys(keys)),
            _ => Err("the key file holds more than 255 keys".into()),
        }
    }

    /// The text of a new key file with one key.
    pub fn generate(random: &dyn Random) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::from(
            "# Lianxin keys, oldest first. Back this file up apart from the store: without it, sealed data cannot be read.\n",
        ));
        for _ in 0..2 {
            text.push_str(&crate::Id(random.bits().to_be_bytes()).to_string());
        }
        text.push('\n');
        text
    }

    /// Keys that a seed decides, for tests and the demo.
    pub fn seeded(random: &dyn Random) -> Keys {
        let mut key = Zeroizing::new([0; 32]);
        random.fill(&mut *key);
        Keys(vec![key])
    }

    /// Seal a value for a purpose.
    pub fn seal(&self, random: &dyn Random, purpose: Purpose, plain: &[u8]) -> Vec<u8> {
        let number = self.0.len() - 1;
        let mut nonce = [0u8; 24];
        random.fill(&mut nonce);
        let mut out = vec![u8::try_from(number).unwrap_or(u8::MAX)];
        out.extend_from_slice(&nonce);
        // Encryption fails only for texts near 2^38 bytes; an empty tail then opens as `Broken`.
        let text = self.cipher(number, purpose).encrypt(&XNonce::from(nonce), Payload { msg: plain, aad: purpose.0.as_bytes() });
        out.extend_from_slice(&text.unwrap_or_default());
        out
    }

    /// Open a sealed value.
    ///
    /// # Errors
    /// [`OpenError`]; which one is for the log.
    pub fn open(&self, purpose: Purpose, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        let (number, rest) = sealed.split_first().ok_or(OpenError::Broken)?;
        let (nonce, text) = rest.split_at_checked(24).ok_or(OpenError::Broken)?;
        if usize::from(*number) >= self.0.len() {
            return Err(OpenError::UnknownKey(*number));
        }
        let nonce: [u8; 24] = nonce.try_into().map_err(|_| OpenError::Broken)?;
        self.cipher(usize::from(*number), purpose)
            .decrypt(&XNonce::from(nonce), Payload { msg: text, aad: purpose.0.as_bytes() })
            .map(Zeroizing::new)
            .map_err(|_| OpenError::Broken)
    }

    /// A keyed digest by which equal values can be found without opening them (a blind index), and
    /// from which secrets can be derived. Always under the oldest key, so that it stays the same.
    pub fn blind(&self, purpose: Purpose, plain: &[u8]) -> [u8; 32] {
        let subkey = self.subkey(0, purpose, b"blind");
        hmac(&subkey[..], plain)
    }

    fn cipher(&self, number: usize, purpose: Purpose) -> XChaCha20Poly1305 {
        let subkey = self.subkey(number, purpose, b"seal");
        XChaCha20Poly1305::new(&Key::from(*subkey))
    }

    fn subkey(&self, number: usize, purpose: Purpose, what: &[u8]) -> Zeroizing<[u8; 32]> {
        let label = [what, b":", purpose.0.as_bytes()].concat();
        Zeroizing::new(hmac(&self.0[number][..], &label))
    }
}

fn hmac(key: &[u8], text: &[u8]) -> [u8; 32] {
    match <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(key) {
        Ok(mut mac) => {
            mac.update(text);
            mac.finalize().into_bytes().into()
        }
        Err(_) => unreachable!("HMAC takes keys of any length"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SeededRandom;

    const PHONE: Purpose = Purpose("test.phone");

    #[test]
    fn opens_only_whole_and_for_its_purpose() {
        let random = SeededRandom::new(1);
        let keys = Keys::parse(&Keys::generate(&random)).unwrap();
        let sealed = keys.seal(&random, PHONE, "13800001234".as_bytes());
        assert_eq!(&keys.open(PHONE, &sealed).unwrap()[..], b"13800001234");
        assert_eq!(keys.open(Purpose("test.name"), &sealed), Err(OpenError::Broken));
        for at in 1..sealed.len() {
            let mut altered = sealed.clone();
            altered[at] ^= 1;
            assert_eq!(keys.open(PHONE, &altered), Err(OpenError::Broken), "byte {at}");
            assert_eq!(keys.open(PHONE, &sealed[..at]), Err(OpenError::Broken), "cut at {at}");
        }
        assert_eq!(keys.open(PHONE, &[]), Err(OpenError::Broken));
    }

    #[test]
    fn an_older_key_still_opens_and_a_missing_one_is_named() {
        let random = SeededRandom::new(2);
        let first = Keys::generate(&random);
        let sealed = Keys::parse(&first).unwrap().seal(&random, PHONE, b"x");
        let both = Keys::parse(&format!("{}{}", *first, *Keys::generate(&random))).unwrap();
        assert_eq!(&both.open(PHONE, &sealed).unwrap()[..], b"x");
        assert_eq!(both.blind(PHONE, b"x"), Keys::parse(&first).unwrap().blind(PHONE, b"x"));
        let newer = both.seal(&random, PHONE, b"y");
        assert_eq!(Keys::parse(&first).unwrap().open(PHONE, &newer), Err(OpenError::UnknownKey(1)));
    }
}
