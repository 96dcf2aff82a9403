//! A resident for whom another house vouches: theirs is what they claimed by receipt, and what left the number that they
//! proved besides; what the house says of names and numbers opens nothing.

use testkit::peer::Peer;
use testkit::{Client, Engine, TestApp};

use crate::town::Town;

fn signed_in(app: &TestApp, peer: &Peer, subject: &str) -> Client {
    let client = app.client();
    let door = client.get("/my/outside").expect(303).location().unwrap();
    peer.there_and_back(&client, &door, "/my/outside/back", subject).leads_to("/my");
    client
}

fn what_is_theirs(engine: Engine) {
    let Some(app) = TestApp::new(engine, vec![concerns::module(), notices::module(), visitors::module()]) else { return };
    let town = Town::of(&app);
    let place = town.world.communities[0];
    let [mine, others] = [(); 2].map(|()| town.submit(town.form(place)));
    let page = app.client().get("/track").expect(200);
    assert!(!page.text().contains("登录，查看我的诉求"), "there is no way to sign in");
    let peer = Peer::open();
    app.district().let_vouch(peer.house("省统一身份认证"));
    app.client().get("/track").expect(200).says("登录，查看我的诉求");
    // The house says the number that both concerns left; nobody proved it here.
    let client = signed_in(&app, &peer, "u-1");
    client.get("/my").expect(200).says("这里还没有诉求").says("您用回执加进来的事").says("统一认证登录");
    for receipt in [&mine, &others] {
        client.post(&format!("/my/{}", receipt.no), &[]).expect(404);
    }
    let path = format!("/r/{}/{}", mine.no, mine.secret);
    let page = client.get(&path).expect(200).says("加到我的诉求");
    let answer = client.submit(&page, &format!("form[action={path}/claim]"), &[]);
    let list = client.follow(answer).expect(200).says(&base::number::show(&mine.no));
    assert!(!list.text().contains(&base::number::show(&others.no)));
    // In another browser the same list; for somebody else nothing.
    let again = signed_in(&app, &peer, "u-1");
    let list = again.get("/my").expect(200).says(&base::number::show(&mine.no));
    let opened = again.submit(&list, &format!("form[action=/my/{}]", mine.no), &[]).location().unwrap();
    again.get(&opened).expect(200).says("楼下的垃圾桶");
    signed_in(&app, &peer, "u-2").get("/my").expect(200).says("这里还没有诉求");
    // Who erases the sign-in begins anew.
    client.post("/my/out", &[("erase", "1")]).expect(303);
    again.get("/my").expect(303);
    signed_in(&app, &peer, "u-1").get("/my").expect(200).says("这里还没有诉求");
    app.finish();
}

#[test]
fn who_is_vouched_for_sees_what_they_claimed_sqlite() {
    what_is_theirs(Engine::Sqlite);
}

#[test]
fn who_is_vouched_for_sees_what_they_claimed_postgres() {
    what_is_theirs(Engine::Postgres);
}
