//! A joint conference from the minutes to the last task that is closed, on both engines and on the pages; what is refused;
//! what time does; what a unit that ends passes on.
#![expect(clippy::unwrap_used, reason = "tests")]

use base::rules::{BUILTIN, Rules};
use base::{Date, Time, UnitId};
use conferences::hold::{ConferenceError, Hold, hold};
use conferences::permissions::{CarryOut, Convene};
use conferences::task::{confirm, give, postpone, report};
use conferences::{ConferenceId, TaskId, read};
use people::{Actor, Role};
use testkit::TestApp;

fn modules() -> Vec<web::Module> {
    vec![conferences::module(), measures::module(), dashboard::module()]
}

fn day(app: &TestApp, days: i64) -> Date {
    base::Clock::now(&*app.clock).plus(days * Time::DAY).date()
}

/// A conference of the first town with its first community and the first department.
fn held(app: &TestApp) -> (Actor, ConferenceId) {
    let world = app.world();
    let leader = world.actor_in(Role::TownDesk, world.towns[0]);
    let input = Hold {
        title: "东街夜市占道整治".into(),
        on: day(app, 0),
        place: "街道三楼会议室".into(),
        units: vec![world.communities[0], world.departments[0]],
        note: "议定三件事。".into(),
    };
    let by = leader.clone();
    let id = app.district().write_now(move |tx, ctx| hold(tx, ctx, &by.has::<Convene>().unwrap(), &input)).unwrap();
    (leader, id)
}

fn given(app: &TestApp, unit: UnitId, days: i64) -> (Actor, TaskId) {
    let (leader, id) = held(app);
    let (by, day) = (leader.clone(), day(app, days));
    let task = app.district().write_now(move |tx, ctx| give(tx, ctx, &by.has::<Convene>().unwrap(), id, unit, "划出摊位线", day));
    (leader, task.unwrap())
}

testkit::on_both! {
    [modules()]

    fn a_decision_is_given_done_looked_at_and_closed(app) {
        let world = app.world();
        let [east, west] = world.towns;
        let town = app.staff_in(Role::TownDesk, east);
        let form = town.get("/conferences/new").expect(200).says("城市管理局");
        let send = "form[action=/conferences/new]";
        let department = world.departments[0].to_string();
        let typed = [("title", "夜市占道"), ("place", "三楼"), ("note", "城管局划线。")];
        town.submit(&form, send, &typed).expect(422).says("请选择参加单位");
        town.submit(&form, send, &[("title", "夜市占道"), ("place", "三楼"), ("units", &department), ("note", "")]).expect(422).says("1 到 4000 字");
        let whole = [("title", "夜市占道"), ("place", "三楼"), ("units", department.as_str()), ("note", "城管局划线。")];
        let answer = town.submit(&form, send, &whole);
        let page = town.follow(answer).expect(200).says("夜市占道").says("还没有派出");
        let add = format!("form[action={}/tasks]", page.path);
        town.submit(&page, &add, &[("text", "划出摊位线"), ("unit", &department), ("due", "2020-01-01")]).expect(422).says("晚于现在");
        let due = day(app, 5).to_string();
        let answer = town.submit(&page, &add, &[("text", "划出摊位线"), ("unit", &department), ("due", &due)]);
        let page = town.follow(answer).expect(200).says("划出摊位线");
        let href = page.html().first("#rows a").unwrap().attribute("href").unwrap().to_owned();
        app.staff_in(Role::TownDesk, west).get(&href).expect(404);
        app.staff_in(Role::TownDesk, west).get(&page.path).expect(404);

        let lead = app.staff_in(Role::DepartmentLead, world.departments[0]);
        lead.get("/conferences").expect(200).says("划出摊位线").says("待落实");
        let task = lead.get(&href).expect(200);
        let send = format!("form[action={href}/report]");
        lead.submit(&task, &send, &[("text", "")]).expect(422);
        let answer = lead.submit(&task, &send, &[("text", "已划线 46 处。")]);
        lead.follow(answer).expect(200).says("待确认");
        lead.submit(&task, &send, &[("text", "再报一次")]).expect(303);

        let task = town.get(&href).expect(200).says("已划线 46 处");
        let look = format!("form[action={href}/confirm]");
        town.submit(&task, &look, &[("text", "看了")]).expect(422).says("请选择结论");
        town.submit(&task, &look, &[("done", "0"), ("text", "还差两处")]).expect(422).says("晚于现在");
        let answer = town.submit(&task, &look, &[("done", "0"), ("due", &due), ("text", "还差两处")]);
        town.follow(answer).expect(200).says("待落实");
        let task = lead.get(&href).expect(200);
        let answer = lead.submit(&task, &send, &[("text", "补齐了。")]);
        lead.follow(answer).expect(200);
        let task = town.get(&href).expect(200);
        let answer = town.submit(&task, &look, &[("done", "1"), ("text", "现场看过。")]);
        town.follow(answer).expect(200).says("已销号");
        lead.get("/conferences").expect(200).says("没有待办的任务");
        app.staff(Role::SystemAdmin).get("/conferences").expect(403);
    }

    fn everybody_whom_a_conference_concerns_gets_to_it(app) {
        let world = app.world();
        let (east, community, department) = (world.towns[0], world.communities[0], world.departments[0]);
        // Who calls it comes from the menu, names the agenda and who took part, and writes down what was decided.
        let town = app.staff_in(Role::TownLeader, east);
        let list = town.get("/conferences").expect(200);
        assert!(list.html().all("nav a").iter().any(|a| a.attribute("href") == Some("/conferences")), "it stands in the menu");
        let form = town.get(list.html().first("main a[href=/conferences/new]").unwrap().attribute("href").unwrap()).expect(200).says("议题");
        let units: Vec<String> = form.html().all("input[name=units]").iter().filter_map(|input| input.attribute("value").map(str::to_owned)).collect();
        assert!(units.contains(&community.to_string()) && units.contains(&department.to_string()));
        assert!(!units.contains(&world.communities[2].to_string()), "another town's community is not asked");
        let taking_part = [community.to_string(), department.to_string()];
        let typed = [
            ("title", "老旧小区消防通道"), ("place", "二楼"), ("note", "城管局划线。\n社区劝离车辆。"),
            ("units", taking_part[0].as_str()), ("units", taking_part[1].as_str()),
        ];
        let answer = town.submit(&form, "form[action=/conferences/new]", &typed);
        let page = town.follow(answer).expect(200).says("老旧小区消防通道").says("东街街道").says("东门社区").says("城市管理局").says("社区劝离车辆");
        let conference = page.path.split('?').next().unwrap().to_owned();
        // Each decision has an owner and a deadline.
        let add = format!("form[action={conference}/tasks]");
        let due = day(app, 3).to_string();
        for (unit, what) in [(&taking_part[0], "劝离占道车辆"), (&taking_part[1], "划出消防线")] {
            let page = town.get(&conference).expect(200);
            town.submit(&page, &add, &[("text", what), ("unit", unit), ("due", &due)]).leads_to(&conference);
        }
        app.settle();
        // Both find their own on their dashboard and get from there to the task; the one does not see what the other owes.
        let task_of = |browser: &testkit::Client, what: &str| {
            let board = browser.get("/board").expect(200).says("待落实");
            let due = board.html().all("a").into_iter().find_map(|a| a.attribute("href").filter(|to| to.contains("of=conferences")).map(str::to_owned)).unwrap();
            let list = browser.get(&due).expect(200).says(what).html();
            let line = list.all("main a").into_iter().find(|a| a.text().contains(what)).unwrap();
            line.attribute("href").unwrap().to_owned()
        };
        let secretary = app.staff_in(Role::CommunitySecretary, community);
        let lead = app.staff_in(Role::DepartmentLead, department);
        let (theirs, other) = (task_of(&secretary, "劝离占道车辆"), task_of(&lead, "划出消防线"));
        assert!(!lead.get("/board/due?of=conferences").expect(200).main_text().contains("劝离占道车辆"));
        // Those whom it does not concern do not get to it, and cannot act on it either.
        let stranger = app.staff_in(Role::CommunitySecretary, world.communities[2]);
        for path in [&conference, &theirs, &other] {
            stranger.get(path).expect(404);
        }
        assert!(lead.get(&theirs).expect(200).html().all(&format!("form[action={theirs}/report]")).is_empty(), "who took part reads it");
        assert!(lead.get(&other).expect(200).html().all(&format!("form[action={other}/confirm]")).is_empty(), "nobody confirms their own");
        assert!(!town.get("/conferences").expect(200).main_text().contains("劝离占道车辆 · 待确认"));
        // One does it in time, with their name beside it; the other lets the deadline pass.
        let task = secretary.get(&theirs).expect(200);
        secretary.submit(&task, &format!("form[action={theirs}/report]"), &[("text", "劝离十二辆。")]).leads_to(&theirs);
        let name = world.member_in(Role::CommunitySecretary, community).actor.name.clone();
        let task = town.get(&theirs).expect(200).says("劝离十二辆").says(&name);
        town.submit(&task, &format!("form[action={theirs}/confirm]"), &[("done", "1"), ("text", "看过。")]).leads_to(&theirs);
        app.pass(4 * Time::DAY);
        let lead = app.staff_in(Role::DepartmentLead, department);
        lead.get(&other).expect(200).says("完成时限已过");
        lead.get("/board/due?of=conferences&late=over").expect(200).says("划出消防线");
        let town = app.staff_in(Role::TownLeader, east);
        town.get(&conference).expect(200).says("已销号").says("划出消防线");
        town.get("/conferences").expect(200).says("2 项任务，1 项未完成");
        let secretary = app.staff_in(Role::CommunitySecretary, community);
        assert!(!secretary.get("/board/due?of=conferences").expect(200).main_text().contains("劝离占道车辆"), "what is closed is not owed");
    }

    fn the_time_to_look_is_counted_anew_and_a_day_that_somebody_chose_stays(app) {
        let civil = |text: &str| Time::from_civil(text.parse().unwrap());
        app.clock.set(civil("2026-12-30T10:00"));
        let department = app.world().departments[0];
        // Seven days on is 6 January: also four working days, which is not why.
        let ((leader, chosen), (_, reported)) = (given(app, department, 7), given(app, department, 7));
        let lead = app.world().actor_in(Role::DepartmentLead, department);
        app.district().write_now(move |tx, ctx| report(tx, ctx, &lead.has::<CarryOut>().unwrap(), reported, 1, "做了", &[])).unwrap();
        let hold = |packs: &[(&str, &str)]| {
            app.district().rule_by(std::sync::Arc::new(Rules::parse(&[BUILTIN, packs].concat(), "").unwrap()));
            app.district().write_now(|tx, ctx| workdays::hold(tx, ctx, true, || Rules::builtin().calendar().clone())).unwrap();
            app.pass(2 * Time::MINUTE);
        };
        let due = |id: TaskId| app.district().read_now(move |tx, _| read::task(tx, id)).unwrap().unwrap().due.civil().to_string();
        hold(&[]);
        assert_eq!([chosen, reported].map(due), ["2027-01-06T17:30:00", "2027-01-07T17:30:00"]);
        hold(&[("holidays/2027", "[[year]]\nyear = 2027\ndocument = \"通知\"\nsource = \"\"\nmark = \"R\"\ndays = [\"2027-01-01/2027-01-04\"]\nwork = []\n")]);
        assert_eq!([chosen, reported].map(due), ["2027-01-06T17:30:00", "2027-01-08T17:30:00"]);
        let town = app.staff_in(Role::TownDesk, app.world().towns[0]);
        town.get(&format!("/conferences/t/{reported}")).expect(200).says("确认时限按新的工作日重新计算").says("1月8日");
        // It goes on from where it stands.
        let day = day(app, 20);
        app.district().write_now(move |tx, ctx| confirm(tx, ctx, &leader.has::<Convene>().unwrap(), reported, 3, Some(day), "还差")).unwrap();
        hold(&[]);
        assert_eq!([chosen, reported].map(due), ["2027-01-06T17:30:00", "2027-01-19T17:30:00"]);
        let named = conferences::module().kinds.iter().all(|kind| (conferences::module().audited)(web::Lang::Hans, kind.name).is_some());
        assert!(named, "every kind has a name in the audit");
    }

    fn nobody_gives_or_closes_what_is_not_theirs(app) {
        let world = app.world();
        let (east, west) = (world.towns[0], world.towns[1]);
        let (leader, task) = given(app, world.departments[0], 5);
        let other = world.actor_in(Role::TownDesk, west);
        let own = world.actor_in(Role::DepartmentLead, world.departments[1]);
        let again = Some(day(app, 9));
        let refused = app.district().write_now({ let other = other.clone(); move |tx, ctx| confirm(tx, ctx, &other.has::<Convene>().unwrap(), task, 1, again, "看") });
        assert!(matches!(refused, Err(ConferenceError::Denied)));
        let refused = app.district().write_now(move |tx, ctx| report(tx, ctx, &own.has::<CarryOut>().unwrap(), task, 1, "做了", &[]));
        assert!(matches!(refused, Err(ConferenceError::Denied)));
        let early = app.district().write_now({ let by = leader.clone(); move |tx, ctx| confirm(tx, ctx, &by.has::<Convene>().unwrap(), task, 1, None, "看") });
        assert!(matches!(early, Err(ConferenceError::NotNow)), "nothing was said to be done");
        let (_, conference) = held(app);
        let day = day(app, 3);
        for unit in [west, world.departments[1], world.communities[1]] {
            let by = leader.clone();
            let refused = app.district().write_now(move |tx, ctx| give(tx, ctx, &by.has::<Convene>().unwrap(), conference, unit, "做", day));
            assert!(matches!(refused, Err(ConferenceError::Field("unit"))), "{unit} took no part");
        }
        let stranger = app.district().write_now(move |tx, ctx| give(tx, ctx, &other.has::<Convene>().unwrap(), conference, east, "做", day));
        assert!(matches!(stranger, Err(ConferenceError::Denied)));
    }

    fn time_makes_a_task_late_once_for_each_deadline(app) {
        let world = app.world();
        let (leader, task) = given(app, world.departments[0], 2);
        app.pass(3 * Time::DAY);
        let overdue = move |app: &TestApp| app.district().read_now(move |tx, _| {
            let steps = read::steps(tx, task)?;
            Ok::<_, store::StoreError>(steps.iter().filter(|(event, ..)| event.kind == "ConferenceTaskOverdue").count())
        }).unwrap();
        assert_eq!(overdue(app), 1);
        app.pass(Time::DAY);
        assert_eq!(overdue(app), 1, "once");
        let new_day = day(app, 4);
        let by = leader.clone();
        app.district().write_now(move |tx, ctx| postpone(tx, ctx, &by.has::<Convene>().unwrap(), task, 1, new_day, "等设备")).unwrap();
        app.pass(5 * Time::DAY);
        assert_eq!(overdue(app), 2, "the new deadline passed as well");
        let lead = world.actor_in(Role::DepartmentLead, world.departments[0]);
        app.district().write_now(move |tx, ctx| report(tx, ctx, &lead.has::<CarryOut>().unwrap(), task, 2, "做完", &[])).unwrap();
        app.pass(20 * Time::DAY);
        assert_eq!(overdue(app), 3, "nobody looked at it");
        let page = app.staff_in(Role::TownDesk, world.towns[0]);
        page.get(&format!("/conferences/t/{task}")).expect(200).says("报告完成（超期）").says("确认时限已过");
    }

    fn who_took_over_gives_out_what_was_decided_before(app) {
        let world = app.world();
        let (first, second, town) = (world.departments[0], world.departments[1], world.towns[0]);
        let lead = world.actor_in(Role::DepartmentLead, first);
        let held = app.district().write_now(move |tx, ctx| {
            let input = Hold { title: "排涝".into(), on: ctx.now.date(), place: "会议室".into(), units: vec![town], note: "议定".into() };
            hold(tx, ctx, &lead.has::<Convene>().unwrap(), &input)
        }).unwrap();
        let whole = app.app.clone();
        let merged = app.district().write_now(move |tx, ctx| {
            let pass = |tx: &mut store::Tx, ctx: &base::Ctx, actor: record::Actor, passing: &people::Passing| whole.pass(tx, ctx, actor, passing);
            people::merge_units(tx, ctx, people::Authority::Console, first, second, &pass).map_err(|error| store::StoreError::Other(error.to_string()))
        });
        merged.unwrap();
        let heir = world.actor_in(Role::DepartmentLead, second);
        let day = day(app, 3);
        let given = app.district().write_now(move |tx, ctx| {
            let tree = people::tree(tx)?;
            let conference = read::conference(tx, held)?.unwrap();
            assert!(read::may_see(&heir, &tree, &conference));
            let proof = heir.has::<Convene>().unwrap();
            assert!(matches!(give(tx, ctx, &proof, held, first, "清淤", day), Err(ConferenceError::Field("unit"))), "not to a unit that ended");
            give(tx, ctx, &proof, held, town, "清淤", day)
        });
        let given = given.unwrap();
        let task = app.district().read_now(move |tx, _| read::task(tx, given)).unwrap().unwrap();
        assert_eq!((task.by, task.unit), (second, town));
        app.staff_in(Role::DepartmentLead, second).get(&format!("/conferences/{held}")).expect(200).says("派出一项");
    }

    fn what_a_unit_that_ends_has_in_hand_goes_on(app) {
        let world = app.world();
        let (_, task) = given(app, world.communities[0], 5);
        let caller = app.district().read_now(move |tx, _| read::task(tx, task)).unwrap().unwrap().by;
        let (from, to) = (world.communities[0], world.communities[1]);
        app.district().write_now(move |tx, ctx| {
            let passing = people::Passing::Unit { from, to };
            let n = (conferences::module().pass)(tx, ctx, record::Actor::System, &passing)?;
            assert_eq!(n, 1);
            assert_eq!(read::task(tx, task)?.unwrap().unit, to);
            let says = |tx: &mut store::Tx, unit| (conferences::module().in_hand)(tx, web::Lang::Hans, unit);
            assert!(says(tx, from)?.is_empty());
            assert_eq!(says(tx, to)?, ["未完成的联席会议任务 1 项"]);
            assert_eq!(says(tx, caller)?, ["由本单位确认的联席会议任务 1 项"]);
            Ok::<_, store::StoreError>(())
        }).unwrap();
    }
}

#[test]
fn a_row_changed_by_sql_is_found() {
    let Some(app) = TestApp::new(testkit::Engine::Sqlite, modules()) else { return };
    let world = app.world();
    let (leader, task) = given(&app, world.departments[0], 5);
    let lead = world.actor_in(Role::DepartmentLead, world.departments[0]);
    app.district().write_now(move |tx, ctx| report(tx, ctx, &lead.has::<CarryOut>().unwrap(), task, 1, "做完", &[[3; 32]])).unwrap();
    drop(leader);
    app.settle();
    let attacks: [(&str, [&'static store::Sql; 2]); 6] = [
        ("conference", [store::sql!("UPDATE conference SET note = '别的'"), store::sql!("UPDATE conference SET note = '议定三件事。'")]),
        (
            "conference_task",
            [store::sql!("UPDATE conference_task SET due_at = due_at + 1"), store::sql!("UPDATE conference_task SET due_at = due_at - 1")],
        ),
        (
            "conference_task",
            [store::sql!("UPDATE conference_task SET state = 'closed'"), store::sql!("UPDATE conference_task SET state = 'reported'")],
        ),
        ("conference_task", [store::sql!("UPDATE conference_task SET passed = 1"), store::sql!("UPDATE conference_task SET passed = 0")]),
        (
            "conference_step",
            [store::sql!("UPDATE conference_step SET text = '没做'"), store::sql!("UPDATE conference_step SET text = '做完'")],
        ),
        ("conference_photo", [store::sql!("UPDATE conference_photo SET n = 5"), store::sql!("UPDATE conference_photo SET n = 0")]),
    ];
    for (table, [attack, repair]) in attacks {
        app.district().write_now(move |tx, _| tx.exec(attack, store::p![])).unwrap();
        let report = record::verify(app.district().store(), &app.app.folds(), app.app.readers()).unwrap();
        assert!(report.to_string().contains(&format!("table {table}")), "{report}");
        app.district().write_now(move |tx, _| tx.exec(repair, store::p![])).unwrap();
    }
}
