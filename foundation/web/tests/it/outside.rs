//! Signing in through another house: a small one of the test's own, on a free port of this machine.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use people::Role;
use people::webauthn::base64url;
use ring::signature::{Ed25519KeyPair, KeyPair};
use testkit::{Client, Engine, TestApp};
use web::outside::{House, Http};

/// What the next token says.
#[derive(Clone, Default)]
struct Next {
    nonce: String,
    subject: String,
    verifier: Option<String>,
}

struct Peer {
    issuer: String,
    next: Arc<Mutex<Next>>,
}

/// Answers discovery, keys and tokens until the test ends.
fn peer(now: i64) -> Peer {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let issuer = format!("http://{}", listener.local_addr().unwrap());
    let next = Arc::new(Mutex::new(Next::default()));
    let (known, here) = (Arc::clone(&next), issuer.clone());
    std::thread::spawn(move || {
        let pair = Ed25519KeyPair::from_seed_unchecked(&[8; 32]).unwrap();
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { continue };
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let (mut line, mut length) = (String::new(), 0);
            reader.read_line(&mut line).unwrap();
            loop {
                let mut header = String::new();
                reader.read_line(&mut header).unwrap();
                if let Some(n) = header.to_ascii_lowercase().strip_prefix("content-length:") {
                    length = n.trim().parse().unwrap();
                }
                if header.trim().is_empty() {
                    break;
                }
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            let body = String::from_utf8(body).unwrap();
            let answer = if line.contains("openid-configuration") {
                format!(
                    r#"{{"issuer":"{here}","authorization_endpoint":"{here}/auth","token_endpoint":"{here}/token","jwks_uri":"{here}/jwks"}}"#
                )
            } else if line.contains("/jwks") {
                let x = base64url(pair.public_key().as_ref());
                format!(r#"{{"keys":[{{"kty":"OKP","crv":"Ed25519","kid":"1","x":"{x}"}}]}}"#)
            } else {
                let mut next = known.lock().unwrap();
                next.verifier = body.split('&').find_map(|pair| pair.strip_prefix("code_verifier=")).map(str::to_owned);
                let head = base64url(br#"{"alg":"EdDSA","kid":"1"}"#);
                let claims = format!(
                    r#"{{"iss":"{here}","sub":"{}","aud":"lianxin","iat":{now},"exp":{},"nonce":"{}"}}"#,
                    next.subject,
                    now + 300,
                    next.nonce
                );
                let signed = format!("{head}.{}", base64url(claims.as_bytes()));
                let signature = base64url(pair.sign(signed.as_bytes()).as_ref());
                format!(r#"{{"access_token":"x","token_type":"Bearer","id_token":"{signed}.{signature}"}}"#)
            };
            let _ = write!(
                stream,
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{answer}",
                answer.len()
            );
        }
    });
    Peer { issuer, next }
}

fn query(url: &str, name: &str) -> String {
    let list = url.split_once('?').unwrap().1;
    list.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}="))).unwrap().to_owned()
}

/// Goes to the house and comes back as somebody.
fn there_and_back(browser: &Client, peer: &Peer, door: &str, subject: &str) -> testkit::Answer {
    assert!(door.starts_with(&format!("{}/auth?", peer.issuer)), "{door}");
    assert_eq!(query(door, "code_challenge_method"), "S256");
    *peer.next.lock().unwrap() = Next { nonce: query(door, "nonce"), subject: subject.to_owned(), verifier: None };
    browser.get(&format!("/login/outside/back?code=abc&state={}", query(door, "state")))
}

fn journey(engine: Engine) {
    let now = store::testing::NOW.0 / base::Time::SECOND;
    let peer = peer(now);
    let http = Http::new(None).unwrap();
    let house = House::new("政务统一认证".into(), peer.issuer.clone(), "lianxin".into(), "s3cret".into(), http);
    assert!(!format!("{house:?}").contains("s3cret"));
    let house = Arc::new(house);
    let Some(app) = TestApp::configured(engine, vec![], move |config| config.house = Some(house)) else { return };

    // Nobody is let in who has not linked the identity while signed in.
    let stranger = app.client();
    let page = stranger.get("/login").expect(200).says("用“政务统一认证”登录");
    drop(page);
    let door = stranger.get("/login/outside?next=/me").expect(303).location().unwrap();
    there_and_back(&stranger, &peer, &door, "u-1").leads_to("/login");
    stranger.get("/login").expect(200).says("还没有绑定账号");

    let here = app.staff(Role::TownDesk);
    let page = here.get("/me/outside").expect(200).says("还没有绑定");
    let going = here.submit(&page, "form[action=/me/outside]", &[]).expect(200);
    let html = going.html();
    let door = html.all("main a.primary")[0].attribute("href").unwrap().to_owned();
    there_and_back(&here, &peer, &door, "u-1").leads_to("/me/outside");
    here.get("/me/outside").expect(200).says(&peer.issuer);

    let browser = app.client();
    let door = browser.get("/login/outside?next=/me").expect(303).location().unwrap();
    there_and_back(&browser, &peer, &door, "u-1").leads_to("/me");
    browser.get("/me").expect(200);
    assert!(peer.next.lock().unwrap().verifier.as_ref().is_some_and(|verifier| verifier.len() == 43));

    // Another browser's state, a state used before, another nonce, no code.
    let other = app.client();
    let door = browser.get("/login/outside").expect(303).location().unwrap();
    there_and_back(&other, &peer, &door, "u-1").leads_to("/login");
    there_and_back(&browser, &peer, &door, "u-1").leads_to("/start");
    there_and_back(&browser, &peer, &door, "u-1").leads_to("/login");
    let door = other.get("/login/outside").expect(303).location().unwrap();
    let elsewhere = door.replace("nonce=", "nonce=x");
    there_and_back(&other, &peer, &elsewhere, "u-1").leads_to("/login");
    let door = other.get("/login/outside").expect(303).location().unwrap();
    other.get(&format!("/login/outside/back?error=access_denied&state={}", query(&door, "state"))).leads_to("/login");

    // One identity is one account's; unlinked, it opens nothing.
    let second = app.staff(Role::TownStaff);
    let page = second.get("/me/outside").expect(200);
    let going = second.submit(&page, "form[action=/me/outside]", &[]).expect(200);
    let html = going.html();
    let door = html.all("main a.primary")[0].attribute("href").unwrap().to_owned();
    there_and_back(&second, &peer, &door, "u-1").leads_to("/me/outside");
    second.get("/me/outside").expect(200).says("还没有绑定");
    let page = here.get("/me/outside").expect(200);
    here.submit(&page, "form[action=/me/outside/unlink]", &[]).leads_to("/me/outside");
    let door = other.get("/login/outside").expect(303).location().unwrap();
    there_and_back(&other, &peer, &door, "u-1").leads_to("/login");
    app.finish();
}

#[test]
fn an_identity_is_linked_signs_in_and_is_unlinked_sqlite() {
    journey(Engine::Sqlite);
}

#[test]
fn an_identity_is_linked_signs_in_and_is_unlinked_postgres() {
    journey(Engine::Postgres);
}
