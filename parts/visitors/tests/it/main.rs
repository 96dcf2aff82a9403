//! A resident signs in by a code: sent once a minute and five times a day, tried five times, good for ten minutes; and a page
//! that answers the same whether anything was sent.
#![allow(clippy::unwrap_used, reason = "tests")]

mod outside;

use std::sync::{Arc, Mutex};

use base::Time;
use testkit::{Client, Engine, TestApp};
use web::Config;
use web::notice::{Carrier, Failure, Outbox, Parcel};

#[derive(Default)]
struct Hand(Mutex<Vec<(String, String)>>);

impl Carrier for Hand {
    fn carry(&self, parcel: &Parcel) -> Result<(), Failure> {
        self.0.lock().unwrap().push((parcel.to.to_string(), parcel.text.clone()));
        Ok(())
    }
}

impl Hand {
    /// The codes that came since the last look.
    fn codes(&self) -> Vec<String> {
        let took = std::mem::take(&mut *self.0.lock().unwrap());
        let code = |text: &str| text.split(|c: char| !c.is_ascii_digit()).find(|part| part.len() == 6).unwrap().to_owned();
        took.iter().map(|(_, text)| code(text)).collect()
    }
}

fn app(engine: Engine) -> Option<(TestApp, Arc<Hand>)> {
    configured(engine, |_| {})
}

fn configured(engine: Engine, change: impl FnOnce(&mut Config)) -> Option<(TestApp, Arc<Hand>)> {
    let hand = Arc::new(Hand::default());
    let carrier: Arc<dyn Carrier> = Arc::clone(&hand) as _;
    let app = TestApp::configured(engine, vec![visitors::module(), notices::module()], move |config| {
        config.outbox = Outbox { sms: Some(carrier), ..Outbox::default() };
        change(config);
    })?;
    Some((app, hand))
}

/// Asks for a code and gives the page on which it is entered.
fn asked(app: &TestApp, client: &Client) -> String {
    let page = client.get("/my/sign-in").expect(200);
    let answer = client.submit(&page, "form", &[("phone", "138 0000 1234")]).expect(303);
    app.pass(6 * Time::SECOND);
    answer.location().unwrap()
}

fn enters(client: &Client, at: &str, code: &str) -> bool {
    let page = client.get(at).expect(200);
    let answer = client.submit(&page, "form", &[("code", code)]);
    match answer.status.as_u16() {
        303 => true,
        422 => {
            answer.says("验证码不对或已失效");
            false
        }
        other => panic!("{other}"),
    }
}

fn by_code(engine: Engine) {
    let Some((app, hand)) = app(engine) else { return };
    let client = app.client();
    let page = client.get("/my/sign-in").expect(200);
    client.submit(&page, "form", &[("phone", "")]).expect(422).says("请填写手机号");
    client.submit(&page, "form", &[("phone", "053412345678")]).expect(422).says("座机收不到短信");
    let at = asked(&app, &client);
    let [code] = &hand.codes()[..] else { panic!("one code") };
    let wrong = if code == "123456" { "654321" } else { "123456" };
    assert!(!enters(&client, &at, wrong) && client.cookie("my").is_none());
    assert!(enters(&client, &at, code));
    assert!(client.cookie("my").is_some_and(|token| token.len() == 64));
    assert!(!enters(&client, &at, code), "a code is good once");
    // Within a minute nothing more is sent, and the page does not say so.
    let silent = asked(&app, &client);
    assert_eq!(hand.codes(), Vec::<String>::new());
    assert!(!enters(&client, &silent, code));
    for _ in 0..4 {
        app.pass(61 * Time::SECOND);
        asked(&app, &client);
        assert_eq!(hand.codes().len(), 1);
    }
    app.pass(61 * Time::SECOND);
    asked(&app, &client);
    assert_eq!(hand.codes(), Vec::<String>::new(), "five a day");
    app.pass(Time::DAY);
    let late = asked(&app, &client);
    let [code] = &hand.codes()[..] else { panic!("one code") };
    app.pass(11 * Time::MINUTE);
    assert!(!enters(&client, &late, code), "it is over");
    let tried = asked(&app, &client);
    let [code] = &hand.codes()[..] else { panic!("one code") };
    let wrong = if code == "123456" { "654321" } else { "123456" };
    for _ in 0..visitors::code::TRIES {
        assert!(!enters(&client, &tried, wrong));
    }
    assert!(!enters(&client, &tried, code), "tried too often");
    client.get("/my/code/x").expect(404);
    // Nothing of the number stands open in a table.
    let app_district = Arc::clone(app.district());
    let open = app_district
        .read_now(|tx, _| {
            tx.all(store::sql!("SELECT phone FROM visitor UNION ALL SELECT phone FROM visitor_code"), store::p![], |row| {
                Ok(row.blob(0)?.to_vec())
            })
        })
        .unwrap();
    assert!(!open.is_empty() && open.iter().all(|sealed: &Vec<u8>| !String::from_utf8_lossy(sealed).contains("13800001234")));
    // What is past its term goes.
    app.pass(3 * Time::DAY);
    app.finish();
}

#[test]
fn a_resident_signs_in_by_a_code_sqlite() {
    by_code(Engine::Sqlite);
}

#[test]
fn a_resident_signs_in_by_a_code_postgres() {
    by_code(Engine::Postgres);
}

#[test]
fn without_text_messages_nobody_is_asked_for_a_number() {
    let Some(app) = TestApp::new(Engine::Sqlite, vec![visitors::module(), notices::module()]) else { return };
    let client = app.client();
    let page = client.get("/my/sign-in").expect(200).says("没有开通居民登录");
    assert!(page.html().first("form").is_none());
    client.post("/my/sign-in", &[("phone", "13800001234")]).expect(404);
    app.finish();
}
