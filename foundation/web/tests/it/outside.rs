//! Signing in through another house: a small one of the test's own, on a free port of this machine.

use people::Role;
use testkit::peer::{Peer, query};
use testkit::{Client, Engine, TestApp};

/// Goes to the house and comes back as somebody.
fn there_and_back(browser: &Client, peer: &Peer, door: &str, subject: &str) -> testkit::Answer {
    peer.there_and_back(browser, door, "/login/outside/back", subject)
}

fn journey(engine: Engine) {
    let peer = Peer::open();
    let house = peer.house("政务统一认证");
    assert!(!format!("{house:?}").contains("s3cret"));
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
