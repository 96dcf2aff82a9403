//! How long an entry is kept and by what right: notes for care need a basis and go with it; what nobody confirmed is erased
//! at the end of its term, and that it was can be proved.

use std::sync::Arc;

use base::{Date, Time};
use people::{Authority, Role};
use record::receipt::{Receipt, Standing};
use residents::{Basis, EnterError, Ground, Home, Identity, Means, Resident, ResidentId, Traits, Why};
use store::{p, sql};
use testkit::tampered::{Attacks, every_column};
use testkit::{Answer, TestApp};

use crate::{entered, modules};

fn today(app: &TestApp) -> Date {
    app.district().env().clock.now().date()
}

fn plain(name: &str, number: &str, tags: &str) -> Resident {
    Resident {
        home: Home { estate: "春和苑".into(), room: "1".into(), ..Home::default() },
        identity: Identity { name: name.into(), number: number.into(), ..Identity::default() },
        traits: Traits { tags: tags.into(), ..Traits::default() },
        ..Resident::default()
    }
}

/// Enters somebody by the command line of the server.
fn enters(app: &TestApp, plain: Resident, basis: Option<Basis>) -> Result<ResidentId, EnterError> {
    let community = app.world().communities[0];
    app.district().write_now(move |tx, ctx| residents::enter(tx, ctx, Authority::Console, community, None, &plain, basis.as_ref()))
}

fn count(app: &TestApp, of: &'static store::Sql) -> i64 {
    app.district().read_now(move |tx, _| tx.one(of, p![], |row| row.int(0))).unwrap()
}

fn all(app: &TestApp) -> i64 {
    count(app, sql!("SELECT COUNT(*) FROM resident"))
}

/// Passwords of the tests' people do not age with the registers.
fn young_passwords(app: &TestApp) {
    let now = app.district().env().clock.now();
    app.district().write_now(move |tx, _| tx.exec(sql!("UPDATE account SET password_at = ?1"), p![now])).unwrap();
}

/// Sends a form of the page of an entry.
fn sent(app: &TestApp, id: ResidentId, what: &str, typed: &[(&str, &str)]) -> Answer {
    let staff = app.staff(Role::CommunitySecretary);
    let page = staff.get(&format!("/work/residents/{id}")).expect(200);
    staff.submit(&page, &format!("form[action=/work/residents/{id}/{what}]"), typed)
}

testkit::on_both! {
    [modules()]

    fn notes_for_care_need_a_basis(app) {
        let staff = app.staff(Role::CommunitySecretary);
        let day = today(app).to_string();
        let tomorrow = today(app).tomorrow().unwrap().to_string();
        let new = |typed: &[(&str, &str)]| {
            let page = staff.get("/work/residents/new").expect(200);
            let typed: Vec<(&str, &str)> = [("name", "王小明"), ("tags", "独居")].into_iter().chain(typed.iter().copied()).collect();
            staff.submit(&page, "form[action=/work/residents/new]", &typed)
        };
        new(&[]).expect(422).says("须选择依据");
        new(&[("ground", "consent"), ("on", &day)]).expect(422).says("须选择依据");
        new(&[("ground", "consent"), ("means", "written"), ("on", &tomorrow)]).expect(422).says("须选择依据");
        new(&[("ground", "anything"), ("on", &day)]).expect(422).says("须选择依据");
        assert_eq!(all(app), 0);
        new(&[("ground", "consent"), ("means", "written"), ("on", &day)]).leads_to("/work/residents?unit=");
        let id: ResidentId = app.district().read_now(|tx, _| tx.one(sql!("SELECT id FROM resident"), p![], |row| row.id(0))).unwrap();
        let page = staff.get(&format!("/work/residents/{id}")).expect(200).says("本人同意 · 书面").says("不作他用").says("保存至").says("1095");
        // Once there is a basis, an entry is put right without asking again.
        let form = format!("form[action=/work/residents/{id}/open]");
        let opened = staff.submit(&page, &form, &[("reason", "走访")]).expect(200).says("独居");
        staff.submit(&opened, &format!("form[action=/work/residents/{id}/change]"), &[("tags", "独居 老人")]).leads_to("/work/residents?unit=");
        // Who consented takes it back, and the notes are gone.
        sent(app, id, "withdraw", &[]).leads_to("/work/residents/");
        let page = staff.get(&format!("/work/residents/{id}")).expect(200).says("撤回");
        let opened = staff.submit(&page, &form, &[("reason", "走访")]).expect(200);
        assert!(!opened.text().contains("独居"));
        staff.submit(&opened, &format!("form[action=/work/residents/{id}/change]"), &[("tags", "独居")]).expect(422).says("须选择依据");
        sent(app, id, "basis", &[("ground", "duty"), ("on", "")]).expect(422).says("须选择依据");
        sent(app, id, "basis", &[("ground", "duty"), ("means", "spoken"), ("on", &day)]).leads_to("/work/residents/");
        let page = staff.get(&format!("/work/residents/{id}")).expect(200).says("履行法定职责");
        assert!(page.html().first(&format!("form[action=/work/residents/{id}/withdraw]")).is_none(), "a duty is not withdrawn");
        // Another community's staff and a grid worker can do none of it.
        let other = app.staff_in(Role::CommunityStaff, app.world().communities[1]);
        let worker = app.staff_in(Role::GridWorker, app.world().grids[0]);
        for what in ["confirm", "basis", "withdraw", "remove"] {
            let typed = [("ground", "duty"), ("on", day.as_str()), ("why", "moved")];
            for browser in [&other, &worker] {
                let csrf = browser.get("/me").expect(200).html().first("input[name=csrf]").and_then(|input| input.attribute("value").map(str::to_owned));
                let csrf = csrf.unwrap_or_default();
                let typed: Vec<(&str, &str)> = typed.into_iter().chain([("csrf", csrf.as_str())]).collect();
                let status = browser.post(&format!("/work/residents/{id}/{what}"), &typed).status.as_u16();
                assert!(matches!(status, 403 | 404), "{what}: {status}");
            }
        }
        assert_eq!(all(app), 1);
    }

    fn a_child_does_not_consent_by_itself(app) {
        let on = today(app);
        let consent = |ground: Ground| Some(Basis { ground, means: Some(Means::Spoken), on });
        let number = |birth: &str| base::id_number::with_check(&format!("110105{birth}001")).unwrap();
        let year = on.year() - 14;
        let (young, old) = (number(&format!("{year}1231")), number(&format!("{year}0101")));
        let refused = enters(app, plain("小明", &young, "儿童"), consent(Ground::Consent));
        assert!(matches!(refused, Err(EnterError::Child)), "{refused:?}");
        enters(app, plain("小明", &young, "儿童"), consent(Ground::Guardian)).unwrap();
        enters(app, plain("大明", &old, "儿童"), consent(Ground::Consent)).unwrap();
        let refused = enters(app, plain("无名", "", "老人"), None);
        assert!(matches!(refused, Err(EnterError::Basis)), "{refused:?}");
        let refused = enters(app, plain("无名", "", "老人"), Some(Basis { ground: Ground::Duty, means: Some(Means::Online), on }));
        assert!(matches!(refused, Err(EnterError::Basis)), "{refused:?}");
    }

    fn what_nobody_confirmed_is_erased_and_that_is_proved(app) {
        let [kept, goes] = [entered(app, "王小明", ""), entered(app, "李小红", "")];
        app.pass(1_000 * Time::DAY);
        young_passwords(app);
        let staff = app.staff(Role::CommunitySecretary);
        assert!(!staff.get("/work/residents").expect(200).text().contains("天内到期"));
        app.pass(10 * Time::DAY);
        let staff = app.staff(Role::CommunitySecretary);
        staff.get("/work/residents").expect(200).says("有 2 人的信息 90 天内到期");
        staff.get("/work/residents?show=ending").expect(200).says("王**").says("李**");
        sent(app, kept, "confirm", &[]).leads_to("/work/residents/");
        let list = staff.get("/work/residents?show=ending").expect(200).says("李**");
        assert!(!list.text().contains("王**"));
        app.pass(84 * Time::DAY);
        assert_eq!(all(app), 2, "the last day is still of the term");
        app.pass(2 * Time::DAY);
        let left: ResidentId = app.district().read_now(|tx, _| tx.one(sql!("SELECT id FROM resident"), p![], |row| row.id(0))).unwrap();
        assert_eq!(left, kept);
        // That it went, by which class and rule, is in the record; nothing of what it said is anywhere.
        assert_eq!(count(app, sql!("SELECT COUNT(*) FROM event WHERE kind = 'DataPurged' AND facts LIKE '%residents.entry%'")), 1);
        young_passwords(app);
        let staff = app.staff(Role::CommunitySecretary);
        staff.get(&format!("/work/residents/{goes}")).expect(404);
        let page = staff.get("/work/residents/gone").expect(200).says("保存期限已到").says("自动");
        let link = page.html().first("#gone a").unwrap().attribute("href").unwrap().to_owned();
        let file = staff.get(&link).expect(200);
        let receipt = Receipt::parse(file.text()).unwrap();
        let steps = receipt.check(None).unwrap().steps;
        assert!(steps.len() == 2 && steps.iter().all(|(_, step)| *step == Standing::Proved), "{steps:?}");
        assert!(!file.text().contains("李小红"));
        // Nobody else is given it.
        for browser in [app.staff_in(Role::CommunitySecretary, app.world().communities[1]), app.staff(Role::GridWorker), app.staff(Role::TownLeader)] {
            browser.get(&link).expect(404);
        }
        assert!(!app.staff_in(Role::CommunitySecretary, app.world().communities[1]).get("/work/residents/gone").expect(200).text().contains("保存期限已到"));
    }

    fn a_register_that_passes_on_keeps_its_terms(app) {
        let [here, there] = [app.world().communities[0], app.world().communities[1]];
        let one = enters(app, plain("张一", "", ""), None).unwrap();
        let twin = enters(app, plain("赵二", "", ""), None).unwrap();
        let known = plain("赵二", "", "");
        app.district().write_now(move |tx, ctx| residents::enter(tx, ctx, Authority::Console, there, None, &known, None)).unwrap();
        app.pass(100 * Time::DAY);
        let (whole, passing) = (app.app.clone(), people::Passing::Unit { from: here, to: there });
        app.district().write_now(move |tx, ctx| whole.pass(tx, ctx, record::Actor::System, &passing)).unwrap();
        let of = sql!("SELECT community, entered_at, changed_at, confirmed_at FROM resident WHERE id = ?1");
        let row = app.district().read_now(move |tx, _| tx.one(of, p![one], |row| Ok((row.id::<base::UnitId>(0)?, row.time(1)?, row.time(2)?, row.time(3)?)))).unwrap();
        assert!(row.0 == there && row.1 == row.3 && row.2 > row.3, "nobody looked at it: {row:?}");
        let gone = app.district().read_now(move |tx, _| residents::gone(tx, here, 10)).unwrap();
        assert_eq!(gone.iter().map(|gone| (gone.resident, gone.why)).collect::<Vec<_>>(), [(twin, Why::Twice)]);
        assert_eq!(all(app), 2);
    }

    fn a_districts_own_term_holds(app) {
        entered(app, "王小明", "");
        let own = "[[number]]\nid = \"keep.residents.entry\"\namount = 30\ndocument = \"某区规定\"\nmark = \"R\"\n";
        let packs = [base::rules::BUILTIN, &[("own.toml", own)]].concat();
        let rules = Arc::new(base::rules::Rules::parse(&packs, "").unwrap());
        let env = base::Env { rules, ..app.district().env().clone() };
        let here = web::District::new(Vec::new(), app.district().store().clone(), env).unwrap();
        app.pass(29 * Time::DAY);
        web::purge(&app.app, &here).unwrap();
        assert_eq!(all(app), 1);
        app.pass(2 * Time::DAY);
        assert_eq!(all(app), 1, "the built-in term is three years");
        web::purge(&app.app, &here).unwrap();
        assert_eq!(all(app), 0);
    }

    fn what_was_brought_in_without_a_basis_is_listed(app) {
        let on = today(app);
        enters(app, plain("张一", "", ""), None).unwrap();
        let founded = enters(app, plain("赵二", "", "老人"), Some(Basis { ground: Ground::Guardian, means: Some(Means::Online), on })).unwrap();
        let staff = app.staff(Role::CommunitySecretary);
        let list = staff.get("/work/residents?show=unfounded").expect(200).says("没有找到");
        assert!(!list.text().contains("赵*"));
        // An import takes a community's table as it is; who lacks a basis is seen.
        let community = app.world().communities[0];
        app.district().write_now(move |tx, ctx| residents::remove(tx, ctx, Authority::Console, founded, Why::Wrong)).unwrap();
        assert_eq!(count(app, sql!("SELECT COUNT(*) FROM resident_basis")), 1, "that there was consent is kept");
        let elsewhere = app.staff_in(Role::GridWorker, app.world().grids[0]);
        let list = elsewhere.get("/work/residents?show=unfounded").expect(200);
        assert!(list.html().first("select[name=show]").is_none(), "{community}");
    }
}

fn told_in_time(engine: testkit::Engine) {
    let Some(app) = TestApp::new(engine, vec![residents::module(), notices::module()]) else { return };
    let told = || count(&app, sql!("SELECT COUNT(*) FROM event WHERE kind = 'RegisterEnding'"));
    let id = entered(&app, "王小明", "");
    app.pass(1_004 * Time::DAY);
    assert_eq!(told(), 0);
    app.pass(2 * Time::DAY);
    assert_eq!(told(), 1);
    app.pass(10 * Time::SECOND);
    young_passwords(&app);
    let page = app.staff(Role::CommunitySecretary).get("/notices").expect(200).says("居民信息即将到期").says("共 1 人");
    assert!(!page.text().contains("王小明"));
    let other = app.staff_in(Role::CommunitySecretary, app.world().communities[1]).get("/notices").expect(200);
    assert!(!other.text().contains("居民信息即将到期"));
    app.pass(10 * Time::DAY);
    assert_eq!(told(), 1, "once in thirty days");
    app.pass(21 * Time::DAY);
    assert_eq!(told(), 2);
    every_column(&app, &Attacks { spared: &[], log: &[], empty: &[], only: &["resident_reminder"], every: 1 });
    young_passwords(&app);
    sent(&app, id, "confirm", &[]).leads_to("/work/residents/");
    app.pass(40 * Time::DAY);
    assert_eq!(told(), 2, "what was confirmed needs no reminder");
    app.finish();
}

#[test]
fn a_community_is_told_in_time_sqlite() {
    told_in_time(testkit::Engine::Sqlite);
}

#[test]
fn a_community_is_told_in_time_postgres() {
    told_in_time(testkit::Engine::Postgres);
}
