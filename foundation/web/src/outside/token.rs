//! Identity tokens of OpenID Connect: a JSON web token is read, its signature checked with the house's keys,
//! and what it claims compared with what was asked. Pure.

use base::Time;
use people::webauthn::unbase64url;
use ring::signature::{ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey};
use serde::Deserialize;

/// The longest token that is read.
const MOST: usize = 32 * 1024;
/// How far clocks may differ.
const SKEW: i64 = 120;

/// A key of the house.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    id: Option<String>,
    body: Body,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Body {
    Rsa { n: Vec<u8>, e: Vec<u8> },
    P256(Vec<u8>),
    Ed25519(Vec<u8>),
}

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
struct RawKey {
    kty: String,
    #[serde(rename = "use")]
    usage: Option<String>,
    kid: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

/// The keys of a key set that can be used here; others are passed over, as the standard wants it.
pub fn keys(json: &[u8]) -> Vec<Key> {
    let Ok(set) = serde_json::from_slice::<KeySet>(json) else { return Vec::new() };
    set.keys.into_iter().take(50).filter_map(|raw| serde_json::from_value(raw).ok()).filter_map(key).collect()
}

fn key(raw: RawKey) -> Option<Key> {
    if raw.usage.is_some_and(|usage| usage != "sig") {
        return None;
    }
    let bytes = |text: Option<String>| text.and_then(|text| unbase64url(&text));
    let body = match (raw.kty.as_str(), raw.crv.as_deref()) {
        ("RSA", _) => Body::Rsa { n: bytes(raw.n)?, e: bytes(raw.e)? },
        ("EC", Some("P-256")) => {
            let (x, y) = (bytes(raw.x)?, bytes(raw.y)?);
            if x.len() != 32 || y.len() != 32 {
                return None;
            }
            Body::P256([&[4], x.as_slice(), y.as_slice()].concat())
        }
        ("OKP", Some("Ed25519")) => Body::Ed25519(bytes(raw.x)?),
        _ => return None,
    };
    Some(Key { id: raw.kid, body })
}

/// What a token must say.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// Whose word it is.
    pub issuer: &'a str,
    /// For whom.
    pub client: &'a str,
    /// What was asked for in this sign-in.
    pub nonce: &'a str,
    /// The present.
    pub now: Time,
}

/// What a token says, once it was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// Who it is, as the house numbers people.
    pub subject: String,
}

/// Why a token does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Bad {
    /// Not a token, or not signed in a way that is taken.
    #[error("not a token that is taken")]
    Format,
    /// No key of the house has signed it.
    #[error("no key of the house fits")]
    NoKey,
    /// Altered.
    #[error("the signature does not fit")]
    Signature,
    /// From another issuer, for somebody else, or of another sign-in.
    #[error("made for something else")]
    Other,
    /// Too old, or not good yet.
    #[error("not good at this time")]
    Time,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

#[derive(Deserialize)]
struct Payload {
    iss: String,
    sub: String,
    aud: Audience,
    exp: i64,
    iat: i64,
    nbf: Option<i64>,
    nonce: Option<String>,
    azp: Option<String>,
}

fn fits(key: &Key, alg: &str, signed: &[u8], signature: &[u8]) -> bool {
    match (&key.body, alg) {
        (Body::Rsa { n, e }, "RS256") => RsaPublicKeyComponents { n, e }.verify(&RSA_PKCS1_2048_8192_SHA256, signed, signature).is_ok(),
        (Body::P256(point), "ES256") => UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(signed, signature).is_ok(),
        (Body::Ed25519(point), "EdDSA") => UnparsedPublicKey::new(&ED25519, point).verify(signed, signature).is_ok(),
        _ => false,
    }
}

/// Check a token.
///
/// # Errors
/// [`Bad`].
pub fn check(token: &str, keys: &[Key], wanted: &Wanted<'_>) -> Result<Claims, Bad> {
    if token.len() > MOST {
        return Err(Bad::Format);
    }
    let (signed, signature) = token.rsplit_once('.').ok_or(Bad::Format)?;
    let (head, body) = signed.split_once('.').ok_or(Bad::Format)?;
    let part = |text: &str| if text.contains('=') { None } else { unbase64url(text) };
    let head: Header = part(head).and_then(|json| serde_json::from_slice(&json).ok()).ok_or(Bad::Format)?;
    // What is not named here is not taken: neither `none` nor a shared secret.
    if !["RS256", "ES256", "EdDSA"].contains(&head.alg.as_str()) {
        return Err(Bad::Format);
    }
    let signature = part(signature).ok_or(Bad::Format)?;
    let mut tried = keys.iter().filter(|key| head.kid.is_none() || key.id.is_none() || key.id == head.kid).peekable();
    if tried.peek().is_none() {
        return Err(Bad::NoKey);
    }
    if !tried.any(|key| fits(key, &head.alg, signed.as_bytes(), &signature)) {
        return Err(Bad::Signature);
    }
    let body: Payload = part(body).and_then(|json| serde_json::from_slice(&json).ok()).ok_or(Bad::Format)?;
    let for_us = match &body.aud {
        Audience::One(one) => one == wanted.client,
        // For several, it must say that it was given to us.
        Audience::Many(many) => many.iter().any(|one| one == wanted.client) && (many.len() == 1 || body.azp.is_some()),
    };
    let given_to_us = body.azp.as_ref().is_none_or(|azp| azp == wanted.client);
    let same = body.iss.trim_end_matches('/') == wanted.issuer && body.nonce.as_deref() == Some(wanted.nonce);
    if !for_us || !given_to_us || !same || body.sub.is_empty() || body.sub.len() > 255 {
        return Err(Bad::Other);
    }
    let now = wanted.now.0.div_euclid(Time::SECOND);
    let early = body.nbf.unwrap_or(body.iat).max(body.iat) > now.saturating_add(SKEW);
    if early || body.exp.saturating_add(SKEW) <= now {
        return Err(Bad::Time);
    }
    Ok(Claims { subject: body.sub })
}

/// For fuzzing: whatever the bytes are, reading them ends with a verdict.
pub fn fuzz(data: &[u8]) {
    let keys = keys(data);
    let wanted = Wanted { issuer: "https://a", client: "c", nonce: "n", now: Time(0) };
    if let Ok(text) = std::str::from_utf8(data) {
        assert!(check(text, &keys, &wanted).is_err(), "nobody signed this");
    }
}

#[cfg(test)]
mod tests {
    use people::webauthn::base64url;
    use ring::rand::SystemRandom;
    use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair};

    use super::*;

    const NOW: Time = Time(1_800_000_000_000_000);

    fn wanted() -> Wanted<'static> {
        Wanted { issuer: "https://id.gov.cn", client: "lianxin", nonce: "n-1", now: NOW }
    }

    fn token(head: &str, body: &str, sign: impl Fn(&[u8]) -> Vec<u8>) -> String {
        let signed = format!("{}.{}", base64url(head.as_bytes()), base64url(body.as_bytes()));
        let signature = base64url(&sign(signed.as_bytes()));
        format!("{signed}.{signature}")
    }

    const BODY: &str =
        r#"{"iss":"https://id.gov.cn","sub":"7","aud":"lianxin","exp":1800000300,"iat":1800000000,"nonce":"n-1","name":"x"}"#;

    #[test]
    fn a_token_signed_by_the_house_counts_and_nothing_else_does() {
        let pair = Ed25519KeyPair::from_seed_unchecked(&[3; 32]).unwrap();
        let x = base64url(pair.public_key().as_ref());
        let set = format!(
            r#"{{"keys":[{{"kty":"RSA","n":"AQ","e":"AQAB","use":"enc"}},{{"kty":"oct","k":"AA"}},7,{{"kty":"OKP","crv":"Ed25519","kid":"a","x":"{x}"}}]}}"#
        );
        let keys = keys(set.as_bytes());
        assert_eq!(keys.len(), 1);
        let sign = |text: &[u8]| pair.sign(text).as_ref().to_vec();
        let head = r#"{"alg":"EdDSA","kid":"a"}"#;
        let whole = token(head, BODY, sign);
        assert_eq!(check(&whole, &keys, &wanted()), Ok(Claims { subject: "7".into() }));
        for at in 0..whole.len() {
            let mut altered = whole.clone().into_bytes();
            altered[at] = if altered[at] == b'A' { b'B' } else { b'A' };
            // The last letter of a signature has bits that say nothing.
            if at + 1 < whole.len() {
                assert!(check(&String::from_utf8(altered).unwrap(), &keys, &wanted()).is_err(), "letter {at}");
            }
        }
        let other = |from: &str, to: &str| check(&token(head, &BODY.replace(from, to), sign), &keys, &wanted());
        assert_eq!(other("id.gov.cn", "evil"), Err(Bad::Other));
        assert_eq!(other(r#""aud":"lianxin""#, r#""aud":"other""#), Err(Bad::Other));
        assert_eq!(other(r#""aud":"lianxin""#, r#""aud":["lianxin","other"]"#), Err(Bad::Other));
        assert!(other(r#""aud":"lianxin""#, r#""aud":["lianxin","other"],"azp":"lianxin""#).is_ok());
        assert_eq!(other(r#""aud":"lianxin""#, r#""aud":["lianxin"],"azp":"other""#), Err(Bad::Other));
        assert_eq!(other("n-1", "n-2"), Err(Bad::Other));
        assert_eq!(other("1800000300", "1799999880"), Err(Bad::Time));
        assert_eq!(other(r#""iat":1800000000"#, r#""iat":1800000121"#), Err(Bad::Time));
        assert_eq!(other(r#""sub":"7""#, r#""sub":"""#), Err(Bad::Other));
        for alg in ["none", "HS256", "RS256", "ES256", "EDDSA"] {
            assert!(check(&token(&head.replace("EdDSA", alg), BODY, sign), &keys, &wanted()).is_err(), "{alg}");
        }
        assert_eq!(check(&token(r#"{"alg":"EdDSA","kid":"b"}"#, BODY, sign), &keys, &wanted()), Err(Bad::NoKey));
        assert!(check(&token(r#"{"alg":"EdDSA"}"#, BODY, sign), &keys, &wanted()).is_ok());
        for broken in ["", ".", "..", "a.b.c", &whole[..40]] {
            assert!(check(broken, &keys, &wanted()).is_err());
            fuzz(broken.as_bytes());
        }
        fuzz(set.as_bytes());
    }

    #[test]
    fn a_key_over_p256_fits_too() {
        let random = SystemRandom::new();
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref(), &random).unwrap();
        let point = pair.public_key().as_ref();
        let set =
            format!(r#"{{"keys":[{{"kty":"EC","crv":"P-256","x":"{}","y":"{}"}}]}}"#, base64url(&point[1..33]), base64url(&point[33..]));
        let whole = token(r#"{"alg":"ES256"}"#, BODY, |text| pair.sign(&random, text).unwrap().as_ref().to_vec());
        assert!(check(&whole, &keys(set.as_bytes()), &wanted()).is_ok());
        let short = r#"{"keys":[{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}]}"#.to_owned();
        assert_eq!(keys(short.as_bytes()), []);
    }
}
