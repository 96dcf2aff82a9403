//! Who is told of a test: when it is set, a day before, and when its results are out; and the tests behind a figure.

use base::Time;
use people::Role;
use testkit::{Client, TestApp};
use theory::events::{PaperId, TestId};
use theory::model::Kind;
use theory::permissions::Organise;
use theory::set_test::{Setting, Who, set_in_pieces};
use web::due::Look;

use super::{desk, paper, terms};

fn modules() -> Vec<web::Module> {
    vec![theory::module(), notices::module()]
}

/// A test that opens in so long, enrolled in small batches.
fn coming(app: &TestApp, paper: PaperId, opens: i64, who: Who) -> TestId {
    let actor = desk(app).actor;
    app.district()
        .write_now(move |tx, ctx| {
            let (proof, tree) = (actor.has::<Organise>().unwrap(), people::tree(tx)?);
            let (opens, closes) = (ctx.now.plus(opens), ctx.now.plus(opens + 2 * Time::HOUR));
            let setting = Setting { paper, name: "年终测试".into(), who: who.clone(), opens, closes, terms: terms() };
            let id = set_in_pieces(tx, ctx, &proof, &tree, &setting, 2)?;
            while theory::enrol::go_on(tx, ctx, id, 2)? {}
            Ok::<_, theory::set_test::SetError>(id)
        })
        .unwrap()
}

fn in_town(app: &TestApp, at: usize) -> Client {
    app.signed_in(&app.world().member_in(Role::CommunitySecretary, app.world().communities[at]).login)
}

/// How often words stand in somebody's list.
fn times(who: &Client, words: &str) -> usize {
    who.get("/notices").expect(200).main_text().matches(words).count()
}

testkit::on_both! {
    [modules()]

    fn who_sits_a_test_is_told_once_of_each_thing(app) {
        let of = paper(app, &[Kind::Single], 1);
        let id = coming(app, of, 3 * Time::DAY, Who::Unit(app.world().towns[0]));
        app.pass(10 * Time::SECOND);
        let (own, other) = (in_town(app, 0), in_town(app, 2));
        assert_eq!((times(&own, "安排了测试"), times(&other, "安排了测试")), (1, 0));
        // The desk's unit is in several batches and is told once.
        let town = app.staff_in(Role::TownDesk, app.world().towns[0]);
        assert_eq!(times(&town, "安排了测试"), 1);
        own.get("/notices").expect(200).says("年终测试");
        app.pass(Time::DAY);
        assert_eq!(times(&in_town(app, 0), "测试快开始了"), 0);
        app.pass(Time::DAY + Time::MINUTE);
        app.pass(10 * Time::SECOND);
        let own = in_town(app, 0);
        assert_eq!((times(&own, "测试快开始了"), times(&in_town(app, 2), "测试快开始了")), (1, 0));
        app.pass(Time::DAY);
        let cover = format!("/tests/t/{id}");
        let own = in_town(app, 0);
        let page = own.get(&cover).expect(200);
        let form = own.follow(own.submit(&page, &format!("form[action={cover}/start]"), &[])).expect(200);
        own.submit(&form, &format!("form[action={cover}/plain]"), &[("q1", "B"), ("submit", "1")]).expect(303);
        app.pass(3 * Time::HOUR);
        app.pass(2 * Time::MINUTE);
        app.pass(10 * Time::SECOND);
        let own = in_town(app, 0);
        assert_eq!((times(&own, "测试成绩公布"), times(&own, "测试快开始了")), (1, 1));
        assert_eq!(times(&in_town(app, 2), "测试"), 0);
    }

    fn who_was_to_sit_a_test_is_told_that_it_was_called_off_and_why(app) {
        let of = paper(app, &[Kind::Single], 1);
        let id = coming(app, of, 3 * Time::DAY, Who::Unit(app.world().towns[0]));
        app.pass(10 * Time::SECOND);
        let (run, cover) = (format!("/tests/t/{id}/run"), format!("/tests/t/{id}"));
        let town = app.staff_in(Role::TownDesk, app.world().towns[0]);
        let page = town.get(&run).expect(200);
        let form = format!("form[action={cover}/cancel]");
        town.follow(town.submit(&page, &form, &[("why", "  ")])).expect(200).says("请写明取消原因").says("年终测试");
        town.follow(town.submit(&page, &form, &[("why", "场地停电，改期另行通知")])).expect(200).says("测试已取消");
        town.get(&run).expect(200).says("已取消").says("场地停电，改期另行通知");
        app.pass(2 * Time::MINUTE);
        app.pass(10 * Time::SECOND);
        let (own, other) = (in_town(app, 0), in_town(app, 2));
        assert_eq!((times(&own, "测试已取消"), times(&other, "测试已取消")), (1, 0));
        // It stands with what was called off, and not with what is to be sat.
        let list = own.get("/tests").expect(200).says("没有要参加的测试").says("已取消的测试").says("场地停电");
        assert_eq!(list.html().all("a.item").len(), 1);
        own.get(&cover).expect(200).says("不用参加").says("场地停电，改期另行通知");
        app.staff_in(Role::TownDesk, app.world().towns[1]).get(&cover).expect(404);
        let begun = own.get("/tests").expect(200).html().first("input[name=csrf]").unwrap().attribute("value").unwrap().to_owned();
        own.post(&format!("{cover}/start"), &[("csrf", &begun), ("op_key", &"1".repeat(32))]).expect(404);
        // A day before it would have opened nobody is reminded of it; a week after it would have closed it is forgotten.
        app.pass(2 * Time::DAY + Time::HOUR);
        assert_eq!(times(&in_town(app, 0), "测试快开始了"), 0);
        app.pass(9 * Time::DAY);
        assert!(!in_town(app, 0).get("/tests").expect(200).main_text().contains("年终测试"));
    }

    fn of_a_list_only_its_people_are_told(app) {
        let of = paper(app, &[Kind::Single], 1);
        let person = app.world().member_in(Role::CommunitySecretary, app.world().communities[0]).person;
        coming(app, of, Time::HOUR, Who::People(vec![person]));
        app.pass(10 * Time::SECOND);
        assert_eq!(times(&in_town(app, 0), "安排了测试"), 1);
        let colleague = app.staff_in(Role::CommunityStaff, app.world().communities[0]);
        assert_eq!(times(&colleague, "安排了测试"), 0);
        // It was set within a day of its opening: nobody is reminded.
        app.pass(2 * Time::MINUTE);
        assert_eq!(times(&in_town(app, 0), "测试快开始了"), 0);
    }

    fn a_figure_opens_to_the_tests_that_one_may_see(app) {
        let of = paper(app, &[Kind::Single], 1);
        let id = coming(app, of, Time::HOUR, Who::Unit(app.world().communities[0]));
        let leads = |role: Role, unit: base::UnitId| {
            let actor = app.world().actor_in(role, unit);
            let found = app.district().read_now(move |tx, ctx| {
                let tree = people::tree(tx)?;
                let look = Look { actor: Some(&actor), tree: &tree, lang: web::Lang::Hans, unit: tree.district().unwrap().id };
                (theory::module().lines)(tx, ctx, &look, &[id.0, base::Id([9; 16])])
            });
            found.unwrap().into_iter().map(|(_, line)| line.href.rsplit('/').next().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let world = app.world();
        assert_eq!(leads(Role::TownDesk, world.towns[0]), ["run"]);
        assert_eq!(leads(Role::CommunitySecretary, world.communities[0]), [id.to_string()]);
        assert_eq!(leads(Role::DistrictLeader, world.district), ["figures"]);
        assert_eq!(leads(Role::CommunitySecretary, world.communities[1]), Vec::<String>::new());
        assert_eq!(leads(Role::TownDesk, world.towns[1]), Vec::<String>::new());
        assert_eq!(leads(Role::GridWorker, world.grids[4]), Vec::<String>::new());
    }
}
