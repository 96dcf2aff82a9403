//! Passkeys from the first touch to the last, with an authenticator of the test's own.

use ciborium::Value;
use people::Role;
use people::webauthn::{base64url, unbase64url};
use ring::signature::{Ed25519KeyPair, KeyPair};
use sha2::{Digest, Sha256};
use testkit::{Answer, Client, TestApp};

const HOST: &str = "localhost";

struct Authenticator {
    pair: Ed25519KeyPair,
    counter: u32,
}

fn field<'a>(json: &'a serde_json::Value, name: &str) -> &'a str {
    json[name].as_str().unwrap()
}

impl Authenticator {
    fn new() -> Authenticator {
        Authenticator { pair: Ed25519KeyPair::from_seed_unchecked(&[5; 32]).unwrap(), counter: 0 }
    }

    fn client(&self, ceremony: &str, asked: &serde_json::Value) -> Vec<u8> {
        let challenge = field(asked, "challenge");
        format!(r#"{{"type":"{ceremony}","challenge":"{challenge}","origin":"http://localhost","crossOrigin":false}}"#).into_bytes()
    }

    fn data(&mut self, flags: u8) -> Vec<u8> {
        self.counter += 1;
        [Sha256::digest(HOST.as_bytes()).as_slice(), &[flags], &self.counter.to_be_bytes()].concat()
    }

    /// The fields of the form that adds it.
    fn make(&mut self, asked: &serde_json::Value) -> [(&'static str, String); 2] {
        assert_eq!(field(asked, "host"), HOST);
        assert!(unbase64url(field(asked, "user")).unwrap().len() == 16);
        let key = vec![
            (Value::Integer(1.into()), Value::Integer(1.into())),
            (Value::Integer(3.into()), Value::Integer((-8).into())),
            (Value::Integer((-1).into()), Value::Integer(6.into())),
            (Value::Integer((-2).into()), Value::Bytes(self.pair.public_key().as_ref().to_vec())),
        ];
        let mut cose = Vec::new();
        ciborium::into_writer(&Value::Map(key), &mut cose).unwrap();
        let data = [self.data(0x45).as_slice(), &[0; 16], &[0, 4], b"test", &cose].concat();
        let object = vec![(Value::Text("authData".into()), Value::Bytes(data)), (Value::Text("fmt".into()), Value::Text("none".into()))];
        let mut attestation = Vec::new();
        ciborium::into_writer(&Value::Map(object), &mut attestation).unwrap();
        [("client", base64url(&self.client("webauthn.create", asked))), ("attestation", base64url(&attestation))]
    }

    /// The fields of the form that signs in with it.
    fn sign_in(&mut self, asked: &serde_json::Value) -> [(&'static str, String); 4] {
        let (client, data) = (self.client("webauthn.get", asked), self.data(0x05));
        let signature = self.pair.sign(&[data.as_slice(), Sha256::digest(&client).as_slice()].concat());
        [
            ("id", base64url(b"test")),
            ("client", base64url(&client)),
            ("data", base64url(&data)),
            ("signature", base64url(signature.as_ref())),
        ]
    }
}

fn asked(answer: Answer) -> serde_json::Value {
    serde_json::from_slice(&answer.expect(200).bytes).unwrap()
}

fn enter(browser: &Client, key: &mut Authenticator) -> Answer {
    let page = browser.get("/login").expect(200);
    let fields = key.sign_in(&asked(browser.post("/login/passkey/ask", &[])));
    let typed: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    browser.submit(&page, "form[action=/login/passkey]", &typed)
}

fn added(app: &TestApp, role: Role, key: &mut Authenticator) -> Client {
    let here = app.staff(role).host(HOST);
    let page = here.get("/me/passkeys").expect(200).says("还没有通行密钥");
    let token = page.html().first("input[name=csrf]").unwrap().attribute("value").unwrap().to_owned();
    let fields = key.make(&asked(here.post("/me/passkeys/ask", &[("csrf", &token)])));
    let mut typed: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    typed.push(("label", "办公室电脑"));
    here.submit(&page, "form[action=/me/passkeys]", &typed).leads_to("/me/passkeys");
    here
}

testkit::on_both! {
    [vec![]]
    fn a_passkey_signs_in_its_owner_until_it_is_removed(app) {
        let mut key = Authenticator::new();
        let here = added(app, Role::TownDesk, &mut key);
        let list = here.get("/me/passkeys").expect(200).says("办公室电脑").says("还没有用过");

        let browser = app.client().host(HOST);
        enter(&browser, &mut key).leads_to("/start");
        browser.get("/me").expect(200);
        let used = here.get("/me/passkeys").expect(200);
        assert!(!used.main_text().contains("还没有用过"));

        // The same answer again, and a copy that counts no further.
        let replay = app.client().host(HOST);
        let page = replay.get("/login").expect(200);
        let fields = key.sign_in(&asked(replay.post("/login/passkey/ask", &[])));
        let typed: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        replay.submit(&page, "form[action=/login/passkey]", &typed).leads_to("/start");
        app.client().host(HOST).submit(&page, "form[action=/login/passkey]", &typed).leads_to("/login");
        key.counter = 1;
        let copied = app.client().host(HOST);
        enter(&copied, &mut key).leads_to("/login");
        copied.get("/login").expect(200).says("没有通过核对");
        key.counter = 50;

        here.submit(&list, "form[action=/me/passkeys/remove]", &[]).leads_to("/me/passkeys");
        enter(&app.client().host(HOST), &mut key).leads_to("/login");
    }

    fn a_challenge_is_for_one_browser_and_one_purpose(app) {
        let mut key = Authenticator::new();
        let _ = added(app, Role::TownStaff, &mut key);
        let browser = app.client().host(HOST);
        let page = browser.get("/login").expect(200);
        let json = asked(browser.post("/login/passkey/ask", &[]));
        let other = app.client().host(HOST);
        other.post("/login/passkey/ask", &[]);
        let fields = key.sign_in(&json);
        let typed: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        other.submit(&page, "form[action=/login/passkey]", &typed).leads_to("/login");
        app.clock.advance(6 * base::Time::MINUTE);
        browser.submit(&page, "form[action=/login/passkey]", &typed).leads_to("/login");
        // A locked account stays locked, whatever its owner holds in hand.
        let security = app.staff(Role::SecurityAdmin);
        let person = app.world().member(Role::TownStaff).person;
        let page = security.get(&format!("/admin/people/{person}")).expect(200);
        security.submit(&page, &format!("form[action=/admin/people/{person}/lock]"), &[]).leads_to("/admin/people/");
        enter(&app.client().host(HOST), &mut key).leads_to("/login");
    }
}

#[test]
fn a_key_put_into_the_table_by_hand_is_found() {
    let Some(app) = TestApp::new(testkit::Engine::Sqlite, vec![]) else { return };
    let mut key = Authenticator::new();
    let _ = added(&app, Role::TownDesk, &mut key);
    app.settle();
    const SWAP: &store::Sql = store::sql!("UPDATE passkey SET public_key = ?1");
    let old = app.district().write_now(|tx, _| tx.exec(SWAP, store::p![&[9_u8; 32][..]])).unwrap();
    assert_eq!(old, 1);
    let report = record::verify(app.district().store(), &app.app.folds(), app.app.readers()).unwrap();
    assert!(report.to_string().contains("table passkey"), "{report}");
    let right = key.pair.public_key().as_ref().to_vec();
    app.district().write_now(move |tx, _| tx.exec(SWAP, store::p![&right[..]])).unwrap();
    app.finish();
}
