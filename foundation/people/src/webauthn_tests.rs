//! An authenticator of our own, of the two kinds that people have, against the reader.

use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair};

use super::*;

const HOST: &str = "a.gov.cn";
const ORIGIN: &str = "https://a.gov.cn";

fn asked(challenge: &[u8]) -> Asked<'_> {
    Asked { challenge, origin: ORIGIN, host: HOST }
}

fn client(ceremony: &str, challenge: &[u8], origin: &str) -> Vec<u8> {
    format!(r#"{{"type":"{ceremony}","challenge":"{}","origin":"{origin}","crossOrigin":false,"extra":1}}"#, base64url(challenge))
        .into_bytes()
}

fn data(host: &str, flags: u8, counter: u32) -> Vec<u8> {
    [Sha256::digest(host.as_bytes()).as_slice(), &[flags], &counter.to_be_bytes()].concat()
}

fn cose(pairs: Vec<(i64, Value)>) -> Vec<u8> {
    let map = pairs.into_iter().map(|(key, value)| (Value::Integer(key.into()), value)).collect();
    let mut out = Vec::new();
    ciborium::into_writer(&Value::Map(map), &mut out).unwrap();
    out
}

fn attestation(host: &str, flags: u8, credential: &[u8], key: &[u8]) -> Vec<u8> {
    let length = u16::try_from(credential.len()).unwrap().to_be_bytes();
    let data = [data(host, flags, 7).as_slice(), &[0; 16], &length, credential, key].concat();
    let object = vec![
        (Value::Text("fmt".into()), Value::Text("none".into())),
        (Value::Text("attStmt".into()), Value::Map(vec![])),
        (Value::Text("authData".into()), Value::Bytes(data)),
    ];
    let mut out = Vec::new();
    ciborium::into_writer(&Value::Map(object), &mut out).unwrap();
    out
}

fn int(value: i64) -> Value {
    Value::Integer(value.into())
}

/// Makes and uses a key that signs with `sign`.
fn round(key: &[u8], algorithm: i64, sign: impl Fn(&[u8]) -> Vec<u8>) {
    let made = made(&client("webauthn.create", b"one", ORIGIN), &attestation(HOST, 0x45, b"id", key), &asked(b"one")).unwrap();
    assert_eq!((made.credential.as_slice(), made.key.algorithm, made.counter), (&b"id"[..], algorithm, 7));
    let said = data(HOST, 0x05, 9);
    let spoken = client("webauthn.get", b"two", ORIGIN);
    let signature = sign(&[said.as_slice(), Sha256::digest(&spoken).as_slice()].concat());
    assert_eq!(used(&spoken, &said, &signature, &made.key, &asked(b"two")), Ok(9));
    assert_eq!(used(&spoken, &said, &signature, &made.key, &asked(b"three")), Err(Refused::Other), "an old challenge");
    let elsewhere = client("webauthn.get", b"two", "https://evil");
    assert_eq!(used(&elsewhere, &said, &signature, &made.key, &asked(b"two")), Err(Refused::Other));
    assert_eq!(used(&client("webauthn.create", b"two", ORIGIN), &said, &signature, &made.key, &asked(b"two")), Err(Refused::Other));
    assert_eq!(used(&spoken, &data("evil", 5, 9), &signature, &made.key, &asked(b"two")), Err(Refused::Other));
    assert_eq!(used(&spoken, &data(HOST, 1, 9), &signature, &made.key, &asked(b"two")), Err(Refused::User), "touched by anybody");
    assert_eq!(used(&spoken, &data(HOST, 5, 10), &signature, &made.key, &asked(b"two")), Err(Refused::Signature), "another count");
    for at in 0..said.len() {
        let mut altered = said.clone();
        altered[at] ^= 0x80;
        assert!(used(&spoken, &altered, &signature, &made.key, &asked(b"two")).is_err(), "byte {at}");
        assert_eq!(used(&spoken, &said[..at.min(36)], &signature, &made.key, &asked(b"two")), Err(Refused::Format));
    }
}

#[test]
fn a_key_over_p256() {
    let random = SystemRandom::new();
    let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).unwrap();
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, document.as_ref(), &random).unwrap();
    let point = pair.public_key().as_ref();
    let key = cose(vec![
        (1, int(2)),
        (3, int(-7)),
        (-1, int(1)),
        (-2, Value::Bytes(point[1..33].to_vec())),
        (-3, Value::Bytes(point[33..].to_vec())),
    ]);
    round(&key, -7, |text| pair.sign(&random, text).unwrap().as_ref().to_vec());
}

#[test]
fn a_key_over_curve25519() {
    let pair = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
    let key = cose(vec![(1, int(1)), (3, int(-8)), (-1, int(6)), (-2, Value::Bytes(pair.public_key().as_ref().to_vec()))]);
    round(&key, -8, |text| pair.sign(text).as_ref().to_vec());
}

#[test]
fn what_is_not_in_shape_is_refused() {
    let spoken = client("webauthn.create", b"one", ORIGIN);
    let key = cose(vec![(1, int(1)), (3, int(-8)), (-1, int(6)), (-2, Value::Bytes(vec![1; 32]))]);
    let make = |attestation: &[u8]| made(&spoken, attestation, &asked(b"one"));
    assert!(make(&attestation(HOST, 0x45, b"id", &key)).is_ok());
    assert_eq!(make(&attestation("evil", 0x45, b"id", &key)), Err(Refused::Other));
    assert_eq!(make(&attestation(HOST, 0x41, b"id", &key)), Err(Refused::User));
    assert_eq!(make(&attestation(HOST, 0x05, b"id", &key)), Err(Refused::Format));
    assert_eq!(make(&attestation(HOST, 0x45, b"", &key)), Err(Refused::Format));
    assert_eq!(make(&attestation(HOST, 0x45, &[1; 1024], &key)), Err(Refused::Format));
    assert_eq!(make(&attestation(HOST, 0x45, b"id", &cose(vec![(1, int(2)), (3, int(-47)), (-1, int(8))]))), Err(Refused::Algorithm));
    let whole = attestation(HOST, 0x45, b"id", &key);
    for end in 0..whole.len() {
        assert!(make(&whole[..end]).is_err(), "cut at {end}");
    }
    // A list in a list in a list: refused before the stack is used up.
    assert_eq!(make(&[0x81; 5000]), Err(Refused::Format));
    assert_eq!(rsa(&[0xff; 128], &[1, 0, 1]), Err(Refused::Algorithm), "1024 bits are too few");
    let long = rsa(&[0xff; 256], &[1, 0, 1]).unwrap();
    assert_eq!(&long[..9], &[0x30, 0x82, 0x01, 0x0a, 0x02, 0x82, 0x01, 0x01, 0x00]);
    assert_eq!(&long[long.len() - 5..], &[2, 3, 1, 0, 1]);
}

#[test]
fn base64_of_addresses_and_back() {
    for n in 0..40u8 {
        let bytes: Vec<u8> = (0..n).map(|b| b.wrapping_mul(91)).collect();
        assert_eq!(unbase64url(&base64url(&bytes)), Some(bytes));
    }
    assert_eq!(base64url(&[0xfb, 0xff]), "-_8");
    assert_eq!(unbase64url("-_8="), Some(vec![0xfb, 0xff]));
    assert_eq!((unbase64url("a"), unbase64url("+/8")), (None, None));
    for seed in [&b""[..], b"\xa0", b"\x81\x81", b"{}", b"Y2hhbGxlbmdl"] {
        fuzz(seed);
    }
}
