//! A test that some sit on paper: sheets are typed in after it closed, and results wait for them.

use base::Time;
use people::Role;
use testkit::TestApp;
use theory::events::TestId;
use theory::model::Kind;

use super::{begin, desk as setter, modules, paper, terms, test};

/// A test on paper whose window is over, and the person whose sheet is typed in.
fn over(app: &TestApp) -> (TestId, base::PersonId) {
    let of = paper(app, &[Kind::Single, Kind::Judge], 1);
    let id = test(app, of, theory::read::Terms { on_paper: true, ..terms() });
    app.pass(3 * Time::HOUR);
    (id, app.world().member_in(Role::CommunitySecretary, app.world().communities[0]).person)
}

/// What a unit owes: of which step, and where its line leads.
fn owed(app: &TestApp, unit: base::UnitId) -> Vec<(&'static str, String)> {
    app.district()
        .read_now(move |tx, ctx| {
            let tree = people::tree(tx)?;
            let look = web::due::Look { actor: None, tree: &tree, lang: web::Lang::Hans, unit };
            let due = theory::module().due[0];
            let steps: Vec<&'static str> =
                (due.counts)(tx, ctx, &look)?.iter().flat_map(|owed| vec![owed.step; owed.open as usize]).collect();
            let lines = (due.list)(tx, ctx, &look, None, web::due::Late::Any, None, 10)?.lines;
            Ok::<_, store::StoreError>(steps.into_iter().zip(lines.into_iter().map(|line| line.href)).collect())
        })
        .unwrap()
}

/// Types the sheet in, as it is right.
fn types(app: &TestApp, role: Role, id: TestId, person: base::PersonId) -> testkit::Answer {
    let who = app.staff_in(role, app.world().towns[0]);
    let form = who.get(&format!("/tests/t/{id}/typed?person={person}")).expect(200);
    who.follow(who.submit(&form, &format!("form[action=/tests/t/{id}/typed]"), &[("q1", "B"), ("q2", "A")])).expect(200)
}

testkit::on_both! {
    [modules()]

    fn results_wait_for_sheets_until_all_are_in(app) {
        let (id, person) = over(app);
        let cover = format!("/tests/t/{id}");
        let town = app.world().towns[0];
        let desk = app.staff_in(Role::TownDesk, town);
        desk.get("/tests").expect(200).says("待录入");
        let run = desk.get(&format!("{cover}/run")).expect(200).says("成绩等纸质答卷录完再出");
        assert!(!run.main_text().contains("只录了一遍"));
        assert_eq!(owed(app, town), [("type", format!("{cover}/typed"))]);
        assert_eq!(owed(app, app.world().towns[1]), []);
        types(app, Role::TownDesk, id, person).says("已录第一遍");
        let run = desk.get(&format!("{cover}/run")).expect(200).says("1 份只录了一遍");
        // Somebody whose unit did not set it ends nothing.
        let other = app.staff_in(Role::TownDesk, app.world().towns[1]);
        let (csrf, key) = { let page = other.get("/tests/banks").expect(200); let html = page.html();
            let value = |name: &str| html.first(&format!("input[name={name}]")).unwrap().attribute("value").unwrap().to_owned(); (value("csrf"), value("op_key")) };
        other.post(&format!("{cover}/typed/end"), &[("csrf", &csrf), ("op_key", &key)]).expect(404);
        types(app, Role::TownStaff, id, person).says("两遍一致");
        let form = format!("form[action={cover}/typed/end]");
        desk.follow(desk.submit(&run, &form, &[])).expect(200).says("已结束录入");
        // Pressed twice it is done once; asked for anew it is refused.
        desk.submit(&run, &form, &[]).expect(303);
        let setter = setter(app).actor;
        let again = app.district().write_now(move |tx, ctx| {
            let (proof, test) = (setter.has::<theory::permissions::Organise>().unwrap(), theory::read::test(tx, id)?.unwrap());
            theory::typed::end_typing(tx, ctx, &proof, &test)
        });
        assert!(matches!(again, Err(theory::typed::TypeError::NotNow)), "{again:?}");
        app.pass(Time::MINUTE);
        let desk = app.staff_in(Role::TownDesk, town);
        let closed = desk.get(&format!("{cover}/run")).expect(200).says("已结束").says("合格");
        assert_eq!(owed(app, town), []);
        assert!(closed.html().first(&form).is_none(), "it is over");
        let who = app.staff_in(Role::CommunitySecretary, app.world().communities[0]);
        who.get(&cover).expect(200).says("纸质答卷").says("合格");
    }

    fn after_seven_days_nothing_is_typed_in_and_the_results_are_out(app) {
        let (id, person) = over(app);
        let desk = |path: &str| app.staff_in(Role::TownDesk, app.world().towns[0]).get(&format!("/tests/t/{id}{path}")).expect(200);
        types(app, Role::TownDesk, id, person).says("已录第一遍");
        app.pass(6 * Time::DAY);
        desk("/run").says("待录入");
        app.pass(Time::DAY);
        desk("/run").says("已结束");
        let second = app.world().actor_in(Role::TownStaff, app.world().towns[0]);
        let refused = app.district().write_now(move |tx, ctx| {
            let (proof, test) = (second.has::<theory::permissions::Organise>().unwrap(), theory::read::test(tx, id)?.unwrap());
            theory::typed::type_sheet(tx, ctx, &proof, &test, person, 1, &[])
        });
        assert!(matches!(refused, Err(theory::typed::TypeError::NotNow)), "{refused:?}");
        app.staff_in(Role::CommunitySecretary, app.world().communities[0]).get(&format!("/tests/t/{id}")).expect(200).says("测试已结束");
    }

    fn a_test_that_nobody_sits_on_paper_waits_for_nothing(app) {
        let of = paper(app, &[Kind::Single], 1);
        let id = test(app, of, terms());
        let cover = format!("/tests/t/{id}");
        let who = app.staff_in(Role::CommunitySecretary, app.world().communities[0]);
        let sit = who.follow(begin(&who, &cover)).expect(200);
        who.submit(&sit, &format!("form[action={cover}/submit]"), &[]).expect(303);
        app.pass(3 * Time::HOUR);
        app.staff_in(Role::TownDesk, app.world().towns[0]).get(&format!("{cover}/run")).expect(200).says("已结束");
    }
}
