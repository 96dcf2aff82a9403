//! A resident signs in by another house's word: found by its subject and by nothing else; everything that does not fit is
//! turned away; and the identity is linked to a number only by whoever proved both.

use base::Time;
use store::{p, sql};
use testkit::peer::{Next, Peer, query};
use testkit::{Answer, Client, Engine, TestApp};

use crate::{app, asked, configured, enters};

const BACK: &str = "/my/outside/back";

fn count(app: &TestApp, of: &'static store::Sql) -> i64 {
    app.district().read_now(move |tx, _| tx.one(of, p![], |row| row.int(0))).unwrap()
}

fn visitors(app: &TestApp) -> i64 {
    count(app, sql!("SELECT COUNT(*) FROM visitor"))
}

fn door(client: &Client) -> String {
    client.get("/my/outside").expect(303).location().unwrap()
}

/// Signs in as somebody of the house.
fn comes_as(peer: &Peer, client: &Client, subject: &str) -> Answer {
    peer.there_and_back(client, &door(client), BACK, subject)
}

fn is_in(client: &Client) -> bool {
    client.cookie("my").is_some_and(|token| token.len() == 64)
}

/// The page of the identity, sent to the house for linking.
fn link_door(client: &Client) -> String {
    let page = client.get("/my/identity").expect(200);
    let going = client.submit(&page, "form[action=/my/identity]", &[]).expect(200);
    going.html().all("main a.primary")[0].attribute("href").unwrap().to_owned()
}

fn found_by_the_subject(engine: Engine) {
    let Some((app, _)) = app(engine) else { return };
    let peer = Peer::open();
    app.client().get("/my/outside").expect(404);
    app.district().let_vouch(peer.house("省统一身份认证"));
    let client = app.client();
    client.get("/my/sign-in").expect(200).says("用“省统一身份认证”登录").says("手机号");
    comes_as(&peer, &client, "u-1").leads_to("/my");
    assert!(is_in(&client));
    assert!(
        peer.next.lock().unwrap().verifier.as_ref().is_some_and(|verifier| verifier.len() == 43),
        "the code is redeemed with its verifier"
    );
    // Again, in another browser: the same resident. Somebody else of the same name and telephone is somebody else.
    comes_as(&peer, &app.client(), "u-1").leads_to("/my");
    assert_eq!(visitors(&app), 1);
    comes_as(&peer, &app.client(), "u-2").leads_to("/my");
    assert_eq!(visitors(&app), 2);
    // What the house tells besides is not kept, and no number was proved.
    assert_eq!(count(&app, sql!("SELECT COUNT(*) FROM visitor WHERE phone IS NOT NULL")), 0);
    let digests = app
        .district()
        .read_now(|tx, _| tx.all(sql!("SELECT identity FROM visitor_identity"), p![], |row| Ok(row.blob(0)?.to_vec())))
        .unwrap();
    assert!(digests.len() == 2 && digests.iter().all(|digest| digest.len() == 32));
    client.get("/my/identity").expect(200).says("没有登记手机号");
    let page = client.get("/my/identity").expect(200);
    assert!(page.html().first("form[action=/my/identity/unlink]").is_none());
    client.post("/my/identity/unlink", &[]).leads_to("/my/identity");
    assert_eq!(count(&app, sql!("SELECT COUNT(*) FROM visitor_identity")), 2, "nobody shuts themselves out");
    // A year after they last came, nothing is left of them.
    app.pass(366 * Time::DAY);
    assert_eq!((visitors(&app), count(&app, sql!("SELECT COUNT(*) FROM visitor_identity"))), (0, 0));
    app.finish();
}

fn what_does_not_fit_is_turned_away(engine: Engine) {
    let peer = Peer::open();
    let house = peer.house("统一认证");
    let Some((app, _)) = configured(engine, |config| config.house = Some(house)) else { return };
    app.district().let_vouch(peer.house("统一认证"));
    let refused = |client: &Client, answer: Answer| {
        answer.leads_to("/my/sign-in");
        assert!(!is_in(client));
        client.get("/my/sign-in").expect(200).says("没有完成登录");
    };
    // Another browser's state.
    let (mine, other) = (app.client(), app.client());
    let at = door(&mine);
    let answer = peer.there_and_back(&other, &at, BACK, "u-1");
    refused(&other, answer);
    // The right one; then the same once more.
    peer.there_and_back(&mine, &at, BACK, "u-1").leads_to("/my");
    let (state, again) = (query(&at, "state"), app.client());
    again.set_cookie("my-away", &state);
    let answer = peer.there_and_back(&again, &at, BACK, "u-1");
    refused(&again, answer);
    // No state, a state that nobody drew.
    let answer = again.get(&format!("{BACK}?code=abc"));
    refused(&again, answer);
    // Another nonce, another issuer, a token for somebody else.
    let answer = peer.there_and_back(&again, &door(&again).replace("nonce=", "nonce=x"), BACK, "u-1");
    refused(&again, answer);
    peer.next.lock().unwrap().issuer = Some("https://id.example".into());
    let answer = comes_as(&peer, &again, "u-1");
    refused(&again, answer);
    *peer.next.lock().unwrap() = Next { audience: Some("another".into()), ..Next::default() };
    let answer = comes_as(&peer, &again, "u-1");
    refused(&again, answer);
    *peer.next.lock().unwrap() = Next::default();
    // The house said no; whoever was away too long.
    let at = door(&again);
    let answer = again.get(&format!("{BACK}?error=access_denied&state={}", query(&at, "state")));
    refused(&again, answer);
    // Whoever left by the door of residents does not come in by that of staff, nor the other way round.
    let at = door(&again);
    again.set_cookie("away", &query(&at, "state"));
    peer.there_and_back(&again, &at, "/login/outside/back", "u-1").leads_to("/login");
    assert!(again.cookie("lianxin").is_none());
    let at = again.get("/login/outside").expect(303).location().unwrap();
    again.set_cookie("my-away", &query(&at, "state"));
    let answer = peer.there_and_back(&again, &at, BACK, "u-1");
    refused(&again, answer);
    let at = door(&again);
    app.pass(11 * Time::MINUTE);
    let answer = peer.there_and_back(&again, &at, BACK, "u-1");
    refused(&again, answer);
    assert_eq!(visitors(&app), 1);
    app.finish();
}

fn linked_by_whoever_proved_both(engine: Engine) {
    let Some((app, hand)) = app(engine) else { return };
    let peer = Peer::open();
    app.district().let_vouch(peer.house("省统一身份认证"));
    app.client().get("/my/identity").leads_to("/my/sign-in");
    app.client().post("/my/identity/unlink", &[]).expect(404);
    let phone = app.client();
    let at = asked(&app, &phone);
    assert!(enters(&phone, &at, &hand.codes()[0]));
    peer.there_and_back(&phone, &link_door(&phone), BACK, "u-1").leads_to("/my/identity");
    phone.get("/my/identity").expect(200).says("绑定").says("解除绑定");
    assert_eq!(visitors(&app), 1);
    // In another browser the identity opens what the number opens.
    let elsewhere = app.client();
    comes_as(&peer, &elsewhere, "u-1").leads_to("/my");
    elsewhere.get("/my/identity").expect(200).says("解除绑定");
    assert_eq!(visitors(&app), 1);
    // Somebody else's identity is not taken over, nor does whoever comes back as somebody else link anything.
    let other = app.client();
    comes_as(&peer, &other, "u-2").leads_to("/my");
    let page = phone.get("/my/identity").expect(200);
    phone.submit(&page, "form[action=/my/identity/unlink]", &[]).leads_to("/my/identity");
    peer.there_and_back(&phone, &link_door(&phone), BACK, "u-2").leads_to("/my/identity");
    phone.get("/my/identity").expect(200).says("单独登录过");
    let at = link_door(&phone);
    let before = phone.cookie("my").unwrap();
    phone.set_cookie("my", &other.cookie("my").unwrap());
    peer.there_and_back(&phone, &at, BACK, "u-3").leads_to("/my/sign-in");
    phone.set_cookie("my", &before);
    let page = phone.get("/my/identity").expect(200);
    assert!(page.html().first("form[action=/my/identity/unlink]").is_none(), "nothing was linked");
    // Unlinked, it opens a list of its own.
    comes_as(&peer, &elsewhere, "u-1").leads_to("/my");
    assert_eq!(visitors(&app), 3);
    app.finish();
}

#[test]
fn a_resident_is_found_by_the_subject_sqlite() {
    found_by_the_subject(Engine::Sqlite);
}

#[test]
fn a_resident_is_found_by_the_subject_postgres() {
    found_by_the_subject(Engine::Postgres);
}

#[test]
fn what_does_not_fit_is_turned_away_sqlite() {
    what_does_not_fit_is_turned_away(Engine::Sqlite);
}

#[test]
fn what_does_not_fit_is_turned_away_postgres() {
    what_does_not_fit_is_turned_away(Engine::Postgres);
}

#[test]
fn an_identity_is_linked_by_whoever_proved_both_sqlite() {
    linked_by_whoever_proved_both(Engine::Sqlite);
}

#[test]
fn an_identity_is_linked_by_whoever_proved_both_postgres() {
    linked_by_whoever_proved_both(Engine::Postgres);
}

/// A store of before there was another way in keeps whoever signed in by then; only sessions end.
fn numbers_of_before_are_kept(engine: Engine) {
    let Some(place) = store::testing::Place::fresh(engine) else { return };
    let before = visitors::MIGRATIONS.get(..1).unwrap();
    let (id, blind) = (base::Id([1; 16]), [2_u8; 32]);
    let old = place.open(&[before]);
    old.write_now(move |tx| {
        let new = sql!("INSERT INTO visitor (id, phone, phone_blind, made_at, seen_at) VALUES (?1, ?2, ?3, 5, 6)");
        tx.exec(new, p![id, &b"sealed"[..], &blind[..]])?;
        tx.exec(sql!("INSERT INTO visitor_session (token, visitor, until) VALUES (?1, ?2, 9)"), p![&[3_u8; 32][..], id])
    })
    .unwrap();
    drop(old);
    let new = place.open(&[visitors::MIGRATIONS]);
    let row = new.read_now(|tx| {
        tx.one(sql!("SELECT id, phone, phone_blind, made_at, seen_at FROM visitor"), p![], |row| {
            Ok((row.id::<base::Id>(0)?, row.blob(1)?.to_vec(), row.array::<32>(2)?, row.int(3)?, row.int(4)?))
        })
    });
    assert_eq!(row.unwrap(), (id, b"sealed".to_vec(), blind, 5, 6));
    let sessions = new.read_now(|tx| tx.one(sql!("SELECT COUNT(*) FROM visitor_session"), p![], |row| row.int(0)));
    assert_eq!(sessions.unwrap(), 0);
}

#[test]
fn numbers_of_before_are_kept_sqlite() {
    numbers_of_before_are_kept(Engine::Sqlite);
}

#[test]
fn numbers_of_before_are_kept_postgres() {
    numbers_of_before_are_kept(Engine::Postgres);
}
