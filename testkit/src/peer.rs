//! Another house that vouches for people by OpenID Connect: a small one of the test's own, on a free port of this machine,
//! which says whatever the test wants it to say.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use base::Time;
use people::webauthn::base64url;
use ring::signature::{Ed25519KeyPair, KeyPair};
use web::outside::{House, Http};

use crate::{Answer, Client};

/// What the next token says, and what came with the code.
#[derive(Clone, Default)]
pub struct Next {
    /// The nonce that it repeats.
    pub nonce: String,
    /// Who it is.
    pub subject: String,
    /// In whose name, where it is not the house's own.
    pub issuer: Option<String>,
    /// For whom, where it is not us.
    pub audience: Option<String>,
    /// The verifier that came.
    pub verifier: Option<String>,
}

/// The house.
pub struct Peer {
    /// Its address.
    pub issuer: String,
    /// What it says next.
    pub next: Arc<Mutex<Next>>,
}

fn answer(stream: &mut TcpStream, here: &str, next: &Mutex<Next>, now: i64) -> std::io::Result<()> {
    let pair = Ed25519KeyPair::from_seed_unchecked(&[8; 32]).expect("a seed of 32 bytes");
    let mut reader = BufReader::new(stream.try_clone()?);
    let (mut line, mut length) = (String::new(), 0);
    reader.read_line(&mut line)?;
    loop {
        let mut header = String::new();
        reader.read_line(&mut header)?;
        if let Some(n) = header.to_ascii_lowercase().strip_prefix("content-length:") {
            length = n.trim().parse().unwrap_or(0);
        }
        if header.trim().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let body = String::from_utf8_lossy(&body).into_owned();
    let said = if line.contains("openid-configuration") {
        format!(r#"{{"issuer":"{here}","authorization_endpoint":"{here}/auth","token_endpoint":"{here}/token","jwks_uri":"{here}/jwks"}}"#)
    } else if line.contains("/jwks") {
        let x = base64url(pair.public_key().as_ref());
        format!(r#"{{"keys":[{{"kty":"OKP","crv":"Ed25519","kid":"1","x":"{x}"}}]}}"#)
    } else {
        let mut next = next.lock().unwrap();
        next.verifier = body.split('&').find_map(|pair| pair.strip_prefix("code_verifier=")).map(str::to_owned);
        let head = base64url(br#"{"alg":"EdDSA","kid":"1"}"#);
        let claims = format!(
            r#"{{"iss":"{}","sub":"{}","aud":"{}","iat":{now},"exp":{},"nonce":"{}","name":"王小明","phone_number":"13800001234"}}"#,
            next.issuer.as_deref().unwrap_or(here),
            next.subject,
            next.audience.as_deref().unwrap_or("lianxin"),
            now + 300,
            next.nonce
        );
        let signed = format!("{head}.{}", base64url(claims.as_bytes()));
        let signature = base64url(pair.sign(signed.as_bytes()).as_ref());
        format!(r#"{{"access_token":"x","token_type":"Bearer","id_token":"{signed}.{signature}"}}"#)
    };
    write!(stream, "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{said}", said.len())
}

impl Peer {
    /// Answers discovery, keys and tokens, at the time of the tests' clock, until the test ends.
    ///
    /// # Panics
    /// When this machine has no free port.
    pub fn open() -> Peer {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let issuer = format!("http://{}", listener.local_addr().expect("its address"));
        let next = Arc::new(Mutex::new(Next::default()));
        let (known, here) = (Arc::clone(&next), issuer.clone());
        let now = store::testing::NOW.0 / Time::SECOND;
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                // A browser that went away is no failure of the house's.
                let _ = answer(&mut stream, &here, &known, now);
            }
        });
        Peer { issuer, next }
    }

    /// The house as the program knows it.
    ///
    /// # Panics
    /// When this machine has no authorities at all.
    pub fn house(&self, name: &str) -> Arc<House> {
        let http = Http::new(None).expect("a client");
        Arc::new(House::new(name.into(), self.issuer.clone(), "lianxin".into(), "s3cret".into(), http))
    }

    /// Goes to the house by a door that it was asked for, and comes back to a page of ours as somebody.
    ///
    /// # Panics
    /// When the door is not this house's.
    pub fn there_and_back(&self, browser: &Client, door: &str, back: &str, subject: &str) -> Answer {
        assert!(door.starts_with(&format!("{}/auth?", self.issuer)), "{door}");
        assert_eq!(query(door, "code_challenge_method"), "S256");
        let before = self.next.lock().unwrap().clone();
        *self.next.lock().unwrap() = Next { nonce: query(door, "nonce"), subject: subject.to_owned(), verifier: None, ..before };
        browser.get(&format!("{back}?code=abc&state={}", query(door, "state")))
    }
}

/// A parameter of an address.
///
/// # Panics
/// When it is not there.
pub fn query(url: &str, name: &str) -> String {
    let list = url.split_once('?').expect("parameters").1;
    list.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}="))).expect("the parameter").to_owned()
}
