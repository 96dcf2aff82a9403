//! What a browser sends when a passkey is made or used (WebAuthn level 2), read and checked. Pure: bytes in,
//! a verdict out. Attestation is not asked for: who made the authenticator is nobody's business here.

use ciborium::Value;
use ring::signature::{self, UnparsedPublicKey};
use serde::Deserialize;
use sha2::{Digest, Sha256};

/// The most bytes of one part that is read.
const MOST: usize = 8 * 1024;
/// How deep CBOR may be nested; what is read here is two deep.
const DEEPEST: usize = 8;

/// ECDSA over P-256 with SHA-256, EdDSA over Curve25519, RSA with SHA-256: as COSE numbers them.
pub const ALGORITHMS: [i64; 3] = [-7, -8, -257];

/// Why what a browser sent does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Bytes that are not of the format.
    #[error("not in the format")]
    Format,
    /// For something else: another ceremony, challenge, origin or host.
    #[error("made for something else")]
    Other,
    /// Nobody touched the authenticator, or it did not see who it was.
    #[error("without its user")]
    User,
    /// An algorithm that is not taken.
    #[error("an algorithm that is not taken")]
    Algorithm,
    /// The signature does not fit.
    #[error("the signature does not fit")]
    Signature,
}

/// What the browser must have been asked.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The random bytes.
    pub challenge: &'a [u8],
    /// The origin of the page, as `https://a.gov.cn`.
    pub origin: &'a str,
    /// The host, without its port.
    pub host: &'a str,
}

/// A public key, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    /// As COSE numbers it; one of [`ALGORITHMS`].
    pub algorithm: i64,
    /// An uncompressed point, a Curve25519 key, or an RSA key in PKCS #1.
    pub bytes: Vec<u8>,
}

/// A passkey that was just made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// By what the browser will name it.
    pub credential: Vec<u8>,
    /// What it signs can be checked with.
    pub key: PublicKey,
    /// How often it has signed, where it counts.
    pub counter: i64,
}

#[derive(Deserialize)]
struct Client {
    #[serde(rename = "type")]
    ceremony: String,
    challenge: String,
    origin: String,
    #[serde(rename = "crossOrigin", default)]
    cross_origin: bool,
}

fn client(bytes: &[u8], ceremony: &str, asked: &Asked<'_>) -> Result<(), Refused> {
    if bytes.len() > MOST {
        return Err(Refused::Format);
    }
    let client: Client = serde_json::from_slice(bytes).map_err(|_| Refused::Format)?;
    let fits = client.ceremony == ceremony
        && unbase64url(&client.challenge).as_deref() == Some(asked.challenge)
        && client.origin == asked.origin
        && !client.cross_origin;
    if fits { Ok(()) } else { Err(Refused::Other) }
}

/// What the authenticator says: for which host, who was there, how often it signed, and what follows.
struct Said<'a> {
    flags: u8,
    counter: u32,
    rest: &'a [u8],
}

const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const ATTESTED: u8 = 0x40;

fn said<'a>(data: &'a [u8], asked: &Asked<'_>) -> Result<Said<'a>, Refused> {
    let (host, after) = data.split_at_checked(32).ok_or(Refused::Format)?;
    let (head, rest) = after.split_at_checked(5).ok_or(Refused::Format)?;
    let (flags, counter) = head.split_first().ok_or(Refused::Format)?;
    let counter = u32::from_be_bytes(counter.try_into().map_err(|_| Refused::Format)?);
    if host != Sha256::digest(asked.host.as_bytes()).as_slice() {
        return Err(Refused::Other);
    }
    // Seen and known: a passkey stands for two factors, so that being touched is not enough.
    if flags & PRESENT == 0 || flags & VERIFIED == 0 {
        return Err(Refused::User);
    }
    Ok(Said { flags: *flags, counter, rest })
}

fn cbor(bytes: &[u8]) -> Result<(Value, usize), Refused> {
    if bytes.len() > MOST {
        return Err(Refused::Format);
    }
    let mut left = bytes;
    let value = ciborium::de::from_reader_with_recursion_limit(&mut left, DEEPEST).map_err(|_| Refused::Format)?;
    Ok((value, bytes.len() - left.len()))
}

fn get<'a>(map: &'a [(Value, Value)], key: &Value) -> Option<&'a Value> {
    map.iter().find(|(name, _)| name == key).map(|(_, value)| value)
}

/// Read what came of making a passkey.
///
/// # Errors
/// [`Refused`].
pub fn made(client_data: &[u8], attestation: &[u8], asked: &Asked<'_>) -> Result<Made, Refused> {
    client(client_data, "webauthn.create", asked)?;
    let (Value::Map(object), _) = cbor(attestation)? else { return Err(Refused::Format) };
    let Some(Value::Bytes(data)) = get(&object, &Value::Text("authData".into())) else { return Err(Refused::Format) };
    let said = said(data, asked)?;
    if said.flags & ATTESTED == 0 {
        return Err(Refused::Format);
    }
    let (head, rest) = said.rest.split_at_checked(18).ok_or(Refused::Format)?;
    let length = head.get(16..18).and_then(|two| two.try_into().ok()).map(u16::from_be_bytes).ok_or(Refused::Format)?;
    if length == 0 || length > 1023 {
        return Err(Refused::Format);
    }
    let (credential, key) = rest.split_at_checked(usize::from(length)).ok_or(Refused::Format)?;
    Ok(Made { credential: credential.to_vec(), key: public_key(key)?, counter: i64::from(said.counter) })
}

/// A key as COSE writes it.
fn public_key(bytes: &[u8]) -> Result<PublicKey, Refused> {
    let (Value::Map(map), _) = cbor(bytes)? else { return Err(Refused::Format) };
    let int = |key: i64| match get(&map, &Value::Integer(key.into())) {
        Some(Value::Integer(value)) => i64::try_from(*value).ok(),
        _ => None,
    };
    let part = |key: i64| match get(&map, &Value::Integer(key.into())) {
        Some(Value::Bytes(bytes)) => Ok(bytes.as_slice()),
        _ => Err(Refused::Format),
    };
    let algorithm = int(3).ok_or(Refused::Format)?;
    let bytes = match (int(1), algorithm, int(-1)) {
        (Some(2), -7, Some(1)) => {
            let (x, y) = (part(-2)?, part(-3)?);
            if x.len() != 32 || y.len() != 32 {
                return Err(Refused::Format);
            }
            [&[4], x, y].concat()
        }
        (Some(1), -8, Some(6)) => part(-2).and_then(|x| if x.len() == 32 { Ok(x.to_vec()) } else { Err(Refused::Format) })?,
        (Some(3), -257, _) => rsa(part(-1)?, part(-2)?)?,
        _ => return Err(Refused::Algorithm),
    };
    Ok(PublicKey { algorithm, bytes })
}

/// An RSA key in PKCS #1: a sequence of two numbers.
fn rsa(n: &[u8], e: &[u8]) -> Result<Vec<u8>, Refused> {
    fn number(bytes: &[u8]) -> Vec<u8> {
        let start = bytes.iter().position(|b| *b != 0).unwrap_or(bytes.len());
        let mut body = bytes.get(start..).unwrap_or_default().to_vec();
        if body.first().is_none_or(|first| first & 0x80 != 0) {
            body.insert(0, 0);
        }
        tagged(2, &body)
    }
    fn tagged(tag: u8, body: &[u8]) -> Vec<u8> {
        let length = body.len().to_be_bytes();
        let short: &[u8] = length.get(length.iter().position(|b| *b != 0).unwrap_or(length.len() - 1)..).unwrap_or_default();
        let mut out = vec![tag];
        if body.len() >= 128 {
            out.push(0x80 | u8::try_from(short.len()).unwrap_or(0));
        }
        out.extend_from_slice(short);
        out.extend_from_slice(body);
        out
    }
    if n.len() < 256 || n.len() > 1024 || e.is_empty() || e.len() > 8 {
        return Err(Refused::Algorithm);
    }
    Ok(tagged(0x30, &[number(n), number(e)].concat()))
}

/// Check what a passkey signed; tells how often it has signed, where it counts.
///
/// # Errors
/// [`Refused`].
pub fn used(client_data: &[u8], data: &[u8], signature: &[u8], key: &PublicKey, asked: &Asked<'_>) -> Result<i64, Refused> {
    client(client_data, "webauthn.get", asked)?;
    if data.len() > MOST || signature.len() > MOST {
        return Err(Refused::Format);
    }
    let said = said(data, asked)?;
    let signed = [data, Sha256::digest(client_data).as_slice()].concat();
    let algorithm: &dyn signature::VerificationAlgorithm = match key.algorithm {
        -7 => &signature::ECDSA_P256_SHA256_ASN1,
        -8 => &signature::ED25519,
        -257 => &signature::RSA_PKCS1_2048_8192_SHA256,
        _ => return Err(Refused::Algorithm),
    };
    UnparsedPublicKey::new(algorithm, &key.bytes).verify(&signed, signature).map_err(|_| Refused::Signature)?;
    Ok(i64::from(said.counter))
}

const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Base64 for addresses, without padding.
pub fn base64url(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() * 4 / 3 + 3);
    for chunk in bytes.chunks(3) {
        let bits = chunk.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for at in 0..=chunk.len() {
            let index = usize::try_from(bits >> (18 - 6 * at) & 63).unwrap_or(0);
            out.push(char::from(LETTERS.get(index).copied().unwrap_or(b'A')));
        }
    }
    out
}

/// From Base64 for addresses, with or without padding; nothing for what is not that.
pub fn unbase64url(text: &str) -> Option<Vec<u8>> {
    let text = text.trim_end_matches('=');
    if text.len() % 4 == 1 || text.len() > 4 * MOST {
        return None;
    }
    let mut out = Vec::with_capacity(text.len() * 3 / 4);
    let (mut bits, mut held) = (0u32, 0u32);
    for letter in text.bytes() {
        bits = bits << 6 | u32::try_from(LETTERS.iter().position(|b| *b == letter)?).ok()?;
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push(u8::try_from(bits >> held & 0xff).ok()?);
        }
    }
    Some(out)
}

/// For fuzzing: whatever the bytes are, reading them ends with a verdict.
pub fn fuzz(data: &[u8]) {
    let asked = Asked { challenge: b"challenge", origin: "https://a", host: "a" };
    let client = br#"{"type":"webauthn.create","challenge":"Y2hhbGxlbmdl","origin":"https://a"}"#;
    let _ = made(client, data, &asked);
    let _ = made(data, data, &asked);
    let _ = public_key(data);
    let key = PublicKey { algorithm: -7, bytes: data.to_vec() };
    let _ = used(data, data, data, &key, &asked);
    if let Ok(text) = std::str::from_utf8(data)
        && let Some(bytes) = unbase64url(text)
    {
        assert_eq!(unbase64url(&base64url(&bytes)), Some(bytes));
    }
}

#[cfg(test)]
#[path = "webauthn_tests.rs"]
mod tests;
