//! Who is told of a concern outside the pages: the resident who agreed, and nobody who did not; the unit that has it.

use std::sync::{Arc, Mutex};

use base::Time;
use concerns::told;
use people::Role;
use testkit::{Engine, TestApp};
use web::notice::{Carrier, Failure, Outbox, Parcel};

use crate::town::{Step, Town};

#[derive(Default)]
struct Hand(Mutex<Vec<(String, String)>>);

impl Carrier for Hand {
    fn carry(&self, parcel: &Parcel) -> Result<(), Failure> {
        self.0.lock().unwrap().push((parcel.to.to_string(), parcel.text.clone()));
        Ok(())
    }
}

impl Hand {
    fn taken(&self) -> Vec<(String, String)> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

/// An application whose short messages and whose group of the first department come to these hands.
fn app(engine: Engine) -> Option<(TestApp, Arc<Hand>, Arc<Hand>)> {
    let (sms, robot) = (Arc::new(Hand::default()), Arc::new(Hand::default()));
    let carriers: [Arc<dyn Carrier>; 2] = [Arc::clone(&sms) as _, Arc::clone(&robot) as _];
    let app = TestApp::configured(engine, vec![concerns::module(), notices::module(), visitors::module()], move |config| {
        let [sms, robot] = carriers;
        let robots = vec![("11990105MB0000001".to_owned(), robot)];
        config.outbox = Outbox { address: Some("https://lx.example".into()), sms: Some(sms), robots, ..Outbox::default() };
    })?;
    Some((app, sms, robot))
}

fn told_and_not_told(engine: Engine) {
    let Some((app, sms, _)) = app(engine) else { return };
    let town = Town::of(&app);
    let place = town.world.communities[0];
    let (agreed, silent, withdrew) = (town.submit(town.form(place)), town.submit(town.form(place)), town.submit(town.form(place)));
    for (receipt, agrees) in [(&agreed, true), (&agreed, true), (&withdrew, true), (&withdrew, false)] {
        let holder = town.holder(receipt);
        town.write(move |tx, ctx| told::set(tx, ctx, &holder, agrees)).unwrap();
    }
    app.pass(10 * Time::SECOND);
    assert_eq!(sms.taken(), [], "nothing is there yet to be told");
    for receipt in [&agreed, &silent, &withdrew] {
        town.to_call_back(&receipt.no);
    }
    app.pass(10 * Time::SECOND);
    let sent = sms.taken();
    assert_eq!(sent.len(), 1, "{sent:?}");
    let (to, text) = &sent[0];
    assert_eq!(to, "13800001234");
    assert!(text.contains(&base::number::show(&agreed.no)) && text.ends_with(" https://lx.example/track"), "{text}");
    assert!(!text.contains("垃圾") && !text.contains("周"), "no word of what was said: {text}");
    app.pass(Time::HOUR);
    assert_eq!(sms.taken(), []);
    // The page of one's own information shows the consent and takes it back; with the contact it goes altogether.
    let client = app.client();
    let info = format!("/r/{}/{}/info", agreed.no, agreed.secret);
    let page = client.get(&info).expect(200).says("不再短信提醒");
    let answer = client.submit(&page, &format!("form[action={info}/tell]"), &[("tell", "0")]);
    client.follow(answer).expect(200).says("已撤回").says("有答复时短信提醒我");
    app.finish();
}

#[test]
fn only_who_agreed_is_told_of_the_answer_sqlite() {
    told_and_not_told(Engine::Sqlite);
}

#[test]
fn only_who_agreed_is_told_of_the_answer_postgres() {
    told_and_not_told(Engine::Postgres);
}

#[test]
fn a_unit_is_told_of_what_it_is_given_and_of_what_is_late() {
    let Some((app, _, _)) = app(Engine::Sqlite) else { return };
    let town = Town::of(&app);
    let receipt = town.submit(town.form(town.world.communities[0]));
    let department = town.world.departments[0];
    town.step(Role::TownDesk, town.world.towns[0], &receipt.no, Step::Dispatch(department, "0101"));
    app.pass(10 * Time::SECOND);
    let lead = app.staff_in(Role::DepartmentLead, department);
    lead.get("/notices").expect(200).says("派到本单位").says("楼下的垃圾桶");
    app.staff_in(Role::DepartmentLead, town.world.departments[1]).get("/notices").expect(200).says("没有消息");
    // What the resident adds is told to whose hands it is in; of a confidential caller to the desk, which passes it on.
    let sealed = town.submit(concerns::submit::Submit { confidential: true, ..town.form(town.world.grids[0]) });
    town.redact(&sealed.no, None, "有居民反映垃圾。", false);
    town.step(Role::TownDesk, town.world.towns[0], &sealed.no, Step::Dispatch(department, "0101"));
    for receipt in [&receipt, &sealed] {
        let (holder, key) = (town.holder(receipt), town.key());
        let add = concerns::reopen::Add { words: Some("今天又满了".into()), photos: vec![] };
        town.write(move |tx, ctx| concerns::reopen::add(tx, ctx, &holder, &key, &add)).unwrap();
    }
    app.pass(10 * Time::SECOND);
    let told = |role: Role, unit| app.staff_in(role, unit).get("/notices").expect(200).text().matches("反映人补充了情况").count();
    assert_eq!((told(Role::DepartmentLead, department), told(Role::TownDesk, town.world.towns[0])), (1, 1));
    app.pass(20 * Time::DAY);
    app.pass(10 * Time::SECOND);
    let list = app.signed_in(&town.world.member_in(Role::DepartmentLead, department).login).get("/notices").expect(200);
    assert!(list.text().contains("已经超期"), "{}", list.text());
    app.finish();
}

fn told_of_time_and_of_other_ways(engine: Engine) {
    let Some((app, sms, _)) = app(engine) else { return };
    let town = Town::of(&app);
    let [east, _] = town.world.towns;
    let (place, department) = (town.world.communities[0], town.world.departments[0]);
    let [longer, elsewhere, withdrawn, silent] = [(); 4].map(|()| town.submit(town.form(place)));
    for receipt in [&longer, &elsewhere, &withdrawn] {
        let holder = town.holder(receipt);
        town.write(move |tx, ctx| told::set(tx, ctx, &holder, true)).unwrap();
    }
    let taken = || {
        app.pass(10 * Time::SECOND);
        sms.taken()
    };
    for receipt in [&longer, &silent] {
        town.step(Role::TownDesk, east, &receipt.no, Step::Dispatch(department, "01"));
        town.step(Role::DepartmentStaff, department, &receipt.no, Step::Claim);
        town.step(Role::DepartmentStaff, department, &receipt.no, Step::FirstContact);
        town.step(Role::DepartmentStaff, department, &receipt.no, Step::Pause);
    }
    let sent = taken();
    assert_eq!(sent.len(), 1, "who did not agree is not told: {sent:?}");
    let no = base::number::show(&longer.no);
    assert!(sent[0].1.contains("暂停计时") && sent[0].1.contains(&no) && !sent[0].1.contains("需要这样"), "{sent:?}");
    town.step(Role::DepartmentStaff, department, &longer.no, Step::Resume);
    town.step(Role::DepartmentStaff, department, &longer.no, Step::Ask);
    assert_eq!(taken(), [], "what is only asked for is not told");
    town.step(Role::TownDesk, east, &longer.no, Step::Grant(true));
    let by = town.concern(&longer.no).now.resolve_by.unwrap().date();
    let sent = taken();
    let day = format!("{}月{}日", by.month(), by.day());
    assert!(
        sent.len() == 1 && sent[0].1.contains("需要更多时间") && sent[0].1.contains(&day) && !sent[0].1.contains("需要这样"),
        "{day}: {sent:?}"
    );
    // Somebody who is sent to a court is told; who withdrew it knows.
    town.step(Role::TownDesk, east, &elsewhere.no, Step::Archive(concerns::Outcome::Court));
    town.step(Role::TownDesk, east, &withdrawn.no, Step::Archive(concerns::Outcome::Withdrawn));
    let sent = taken();
    assert!(sent.len() == 1 && sent[0].1.contains("另外的途径") && sent[0].1.contains(&base::number::show(&elsewhere.no)), "{sent:?}");
    app.finish();
}

#[test]
fn a_resident_is_told_of_a_pause_of_more_time_and_of_another_way_sqlite() {
    told_of_time_and_of_other_ways(Engine::Sqlite);
}

#[test]
fn a_resident_is_told_of_a_pause_of_more_time_and_of_another_way_postgres() {
    told_of_time_and_of_other_ways(Engine::Postgres);
}

/// Signs in with a number, by the code that came.
fn signed_in(app: &TestApp, sms: &Hand, phone: &str) -> testkit::Client {
    let client = app.client();
    let page = client.get("/my/sign-in").expect(200);
    let answer = client.submit(&page, "form", &[("phone", phone)]);
    app.pass(6 * Time::SECOND);
    let at = client.follow(answer).expect(200);
    let (_, text) = sms.taken().pop().unwrap();
    let code = text.split(|c: char| !c.is_ascii_digit()).find(|part| part.len() == 6).unwrap().to_owned();
    client.submit(&at, "form", &[("code", &code)]).expect(303);
    client
}

fn what_is_theirs(engine: Engine) {
    let Some((app, sms, _)) = app(engine) else { return };
    let town = Town::of(&app);
    let place = town.world.communities[0];
    let open = town.submit(town.form(place));
    let words = "要求保密的一件事，不能让别人看到。".to_owned();
    let confidential = town.submit(concerns::submit::Submit { confidential: true, words, ..town.form(place) });
    app.client().get("/my").expect(303);
    let client = signed_in(&app, &sms, "13800001234");
    let list = client.get("/my").expect(200).says(&base::number::show(&open.no));
    assert!(!list.text().contains(&base::number::show(&confidential.no)), "a number may have more than one user");
    let form = format!("form[action=/my/{}]", open.no);
    let answer = client.submit(&list, &form, &[]);
    let opened = answer.location().unwrap();
    assert_ne!(opened, format!("/r/{}/{}", open.no, open.secret));
    client.get(&opened).expect(200).says("楼下的垃圾桶");
    client.get(&format!("{opened}/info")).expect(200).says("138****1234");
    client.post(&format!("/my/{}", confidential.no), &[]).expect(404);
    // By its receipt it is theirs all the same.
    let page = client.get(&format!("/r/{}/{}", confidential.no, confidential.secret)).expect(200).says("加到我的诉求");
    let answer = client.submit(&page, &format!("form[action=/r/{}/{}/claim]", confidential.no, confidential.secret), &[]);
    client.follow(answer).expect(200).says(&base::number::show(&confidential.no));
    app.client().post(&format!("/r/{}/{}/claim", open.no, open.secret), &[]).expect(404);
    // Somebody else's number finds nothing, and cannot open it.
    let other = signed_in(&app, &sms, "13911112222");
    other.get("/my").expect(200).says("这里还没有诉求");
    other.post(&format!("/my/{}", open.no), &[]).expect(404);
    // A key is of an hour, and of the session.
    app.pass(2 * Time::HOUR);
    client.get(&opened).expect(404);
    let list = client.get("/my").expect(200);
    let answer = client.submit(&list, &form, &[]);
    let again = answer.location().unwrap();
    client.get(&again).expect(200);
    client.post("/my/out", &[]).expect(303);
    client.get(&again).expect(404);
    client.get("/my").expect(303);
    // Who erases the sign-in leaves nothing behind; the receipts still open.
    app.pass(2 * Time::MINUTE);
    let client = signed_in(&app, &sms, "13800001234");
    client.get("/my").expect(200).says(&base::number::show(&confidential.no));
    client.post("/my/out", &[("erase", "1")]).expect(303);
    let left =
        app.district().read_now(|tx, _| tx.one(store::sql!("SELECT COUNT(*) FROM concern_claim"), store::p![], |row| row.int(0))).unwrap();
    assert_eq!(left, 0);
    app.client().get(&format!("/r/{}/{}", open.no, open.secret)).expect(200);
    app.finish();
}

#[test]
fn who_signs_in_sees_what_is_theirs_sqlite() {
    what_is_theirs(Engine::Sqlite);
}

#[test]
fn who_signs_in_sees_what_is_theirs_postgres() {
    what_is_theirs(Engine::Postgres);
}

#[test]
fn a_telephone_is_looked_up_from_within_a_case_only() {
    let Some((app, ..)) = app(Engine::Sqlite) else { return };
    let town = Town::of(&app);
    let [east, _] = town.world.towns;
    let place = town.world.communities[0];
    let first = town.submit(town.form(place));
    let second = town.submit(town.form(place));
    let hidden = town.submit(concerns::submit::Submit { confidential: true, ..town.form(place) });
    let elsewhere = town.submit(town.form(town.world.communities[2]));
    let desk = app.staff_in(Role::TownDesk, east);
    let at = format!("/work/c/{}/same", second.no);
    let form = desk.get(&at).expect(200).says("反映人在自己的进度页能看到");
    desk.submit(&form, "main form", &[("reason", " ")]).expect(422).says("请写明理由");
    let found = desk.submit(&form, "main form", &[("reason", "听着像上周那件")]).expect(200);
    let links = |no: &str| found.text().contains(&format!("/work/c/{no}\""));
    assert!(links(&first.no), "{}", found.text());
    assert!(!links(&hidden.no) && !links(&elsewhere.no), "what they may not read is not among it");
    // The resident sees it; nobody outside the desk can, and a confidential caller is not looked up.
    app.client().get(&format!("/r/{}/{}", second.no, second.secret)).expect(200).says("查过同一电话的其他诉求");
    desk.get(&format!("/work/c/{}/same", hidden.no)).expect(403);
    town.step(Role::TownDesk, east, &second.no, Step::Dispatch(town.world.departments[0], "01"));
    let department = app.staff_in(Role::DepartmentLead, town.world.departments[0]);
    department.get(&at).expect(403);
    department.get(&format!("/work/c/{}/same", first.no)).expect(404);
    for n in 1..concerns::same_phone::MOST_A_DAY {
        desk.submit(&form, "main form", &[("reason", &format!("第 {n} 次"))]).expect(200);
    }
    desk.submit(&form, "main form", &[("reason", "再查")]).expect(422);
    app.finish();
}
