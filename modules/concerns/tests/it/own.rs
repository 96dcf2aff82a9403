//! What residents gave is theirs: seen, put right, withdrawn, erased; and gone when its term is over.

use base::Time;
use concerns::own::{Erase, change_contact, erase, own, withdraw_publishing};
use concerns::submit::{Contact, Submit};
use concerns::{NotNow, Outcome, StepError};
use people::Role;
use store::StoreError;
use testkit::Engine;

use crate::town::{Step, TREES, Town};

fn closed(town: &Town, form: Submit) -> concerns::submit::Receipt {
    let receipt = town.submit(form);
    let [east, _] = town.world.towns;
    town.step(Role::TownDesk, east, &receipt.no, Step::Archive(Outcome::Withdrawn));
    receipt
}

fn has(town: &Town, receipt: &concerns::submit::Receipt) -> (bool, bool, bool) {
    let holder = town.holder(receipt);
    town.read(move |tx, ctx| {
        let own = own(tx, ctx, &holder)?.unwrap();
        Ok((own.phone.is_some(), own.words, own.concern.may_publish))
    })
}

store::both_engines! {
    [TREES[0], TREES[1], TREES[2], web::MIGRATIONS]

    fn a_contact_is_put_right_and_a_consent_withdrawn_while_it_is_open(store) {
        let town = Town::new(store);
        let form = Submit { may_publish: true, contact: None, ..town.form(town.world.communities[0]) };
        let receipt = town.submit(form);
        assert_eq!(has(&town, &receipt), (false, true, true));
        let contact = Contact { name: Some("周女士".into()), phone: base::phone::Phone::parse("13911112222").unwrap() };
        let (holder, key) = (town.holder(&receipt), town.key());
        town.write(move |tx, ctx| change_contact(tx, ctx, &holder, &key, &contact)).unwrap();
        let holder = town.holder(&receipt);
        let phone = town.read(move |tx, ctx| Ok(own(tx, ctx, &holder)?.unwrap().phone.unwrap().to_string()));
        assert_eq!(phone, "13911112222");
        assert!(town.concern(&receipt.no).now.reachable);
        let (holder, key) = (town.holder(&receipt), town.key());
        town.write(move |tx, ctx| withdraw_publishing(tx, ctx, &holder, &key)).unwrap();
        assert_eq!(has(&town, &receipt), (true, true, false));
        let (holder, key) = (town.holder(&receipt), town.key());
        let early = town.write(move |tx, ctx| erase(tx, ctx, &holder, &key, Erase::Own));
        assert!(matches!(early, Err(StepError::NotNow(NotNow::State))), "it is still needed: {early:?}");
        town.assert_clean();
    }

    fn what_is_erased_is_gone_and_the_proof_stays_good(store) {
        let town = Town::new(store);
        let kept = closed(&town, town.form(town.world.communities[0]));
        for what in [Erase::Contact, Erase::Own] {
            let receipt = closed(&town, town.form(town.world.communities[1]));
            let (holder, key) = (town.holder(&receipt), town.key());
            for _ in 0..2 {
                let holder = holder.clone();
                town.write(move |tx, ctx| erase(tx, ctx, &holder, &key, what)).unwrap();
            }
            assert_eq!(has(&town, &receipt), (false, what == Erase::Contact, false), "{what:?}");
            let shown = town.read(move |tx, ctx| concerns::read::tracking(tx, ctx, &holder)).unwrap();
            assert_eq!(shown.entries[0].words.is_some(), what == Erase::Contact);
            assert_eq!(town.concern(&receipt.no).title.is_empty(), what == Erase::Own);
        }
        assert_eq!(has(&town, &kept), (true, true, false), "others keep theirs");
        town.assert_clean();
    }

    fn what_is_past_its_term_is_found_and_let_go_of(store) {
        let town = Town::new(store);
        let old = closed(&town, town.form(town.world.communities[0]));
        town.clock.advance(400 * Time::DAY);
        let young = closed_later(&town);
        let open = town.submit(town.form(town.world.communities[0]));
        for (class, days, gone) in [("concerns.contact", 365, (false, true, false)), ("concerns.words", 399, (false, false, false))] {
            let kept = *concerns::module().kept.iter().find(|kept| kept.id == class).unwrap();
            let before = town.env.clock.now().plus(-days * Time::DAY);
            let ids = town.read(move |tx, _| (kept.due.unwrap())(tx, before, 10));
            assert_eq!(ids.len(), 1, "{class}");
            let rows = town.write(move |tx, ctx| (kept.let_go)(tx, ctx, &ids, before)).unwrap();
            assert_eq!(rows, 1);
            assert_eq!(town.read(move |tx, _| (kept.due.unwrap())(tx, before, 10)), [], "once");
            assert_eq!(has(&town, &old), gone, "{class}");
        }
        assert_eq!(has(&town, &young), (true, true, false));
        assert_eq!(has(&town, &open), (true, true, false));
        town.assert_clean();
    }
}

fn closed_later(town: &Town) -> concerns::submit::Receipt {
    let [_, west] = town.world.towns;
    let receipt = town.submit(town.form(town.world.communities[2]));
    town.step(Role::TownDesk, west, &receipt.no, Step::Archive(Outcome::Withdrawn));
    receipt
}

fn pages(engine: Engine) {
    let Some(app) = testkit::TestApp::new(engine, vec![concerns::module()]) else { return };
    let browser = app.client();
    let form = |tx: &mut store::Tx, ctx: &base::Ctx, place| {
        let contact = Contact { name: Some("周女士".into()), phone: base::phone::Phone::parse("13800001234").unwrap() };
        let submit = Submit {
            op_key: [3; 16],
            words: "路灯不亮".into(),
            spot: None,
            place: Some(place),
            kind: None,
            about_unit: None,
            about_person: None,
            contact: Some(contact),
            confidential: false,
            may_publish: true,
            photos: Vec::new(),
        };
        concerns::submit::submit(tx, ctx, &submit).map_err(|error| StoreError::Other(error.to_string()))
    };
    let place = app.world().communities[0];
    let receipt = app.district().write_now(move |tx, ctx| form(tx, ctx, place)).unwrap();
    let path = format!("/r/{}/{}", receipt.no, receipt.secret);
    browser.get(&path).expect(200).says("我的信息");
    let info = format!("{path}/info");
    let page = browser.get(&info).expect(200).says("138****1234").says("周**").says("还在办理");
    assert!(!page.text().contains("13800001234") && !page.text().contains("周女士"));
    let contact = format!("form[action={info}/contact]");
    let again = browser.submit(&page, &contact, &[("phone", "12")]).expect(422);
    assert_eq!(again.html().first("#f-phone").unwrap().attribute("value"), Some("12"));
    browser.submit(&page, &contact, &[]).expect(422).says("请填写电话");
    browser.submit(&page, &contact, &[("name", &"长".repeat(61))]).expect(422).says("不超过 60 个字");
    // What is not filled in stays: neither is lost by putting the other right.
    browser.submit(&page, &contact, &[("phone", "13911112222")]).leads_to(&info);
    let page = browser.get(&info).expect(200).says("139****2222").says("周**");
    browser.submit(&page, &contact, &[("name", "李先生")]).leads_to(&info);
    let page = browser.get(&info).expect(200).says("139****2222").says("李**").says("撤回公开的同意");
    browser.submit(&page, &format!("form[action={info}/unpublish]"), &[]).leads_to(&info);
    browser.get(&info).expect(200).says("不同意");
    browser.get(&format!("{info}/erase")).expect(409).says("现在不能删除");
    browser.get(&format!("/r/{}/0000-0000-0000-0000/info", receipt.no)).expect(404);
    browser.get("/privacy").expect(200).says("反映人的称呼和电话").says("1 年，到期自动清除").says("个人信息保护法");
    app.finish();
}

#[test]
fn residents_see_and_change_their_own_sqlite() {
    pages(Engine::Sqlite);
}

#[test]
fn residents_see_and_change_their_own_postgres() {
    pages(Engine::Postgres);
}
