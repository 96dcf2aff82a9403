//! The burden ledger through its pages, on both engines.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr, reason = "tests")]

use base::{Date, Time};
use people::Role;
use store::{Sql, p, sql};
use testkit::{Answer, Client, TestApp};

fn modules() -> Vec<web::Module> {
    vec![burden::module(), measures::module()]
}

/// Enter a monthly form of four fields and an hour, which began on the first of this year.
fn enter(app: &TestApp, browser: &Client, scope: base::UnitId, title: &str, document: &str) -> Answer {
    let year = app.district().env().clock.now().date().year();
    let page = browser.get("/burden/new").expect(200).says("要填的项目");
    let typed = [
        ("title", title),
        ("asker_name", "市某局"),
        ("document", document),
        ("scope", &scope.to_string()),
        ("fields", "社区名称\n户数\n楼栋数；空房数"),
        ("minutes", "60"),
        ("rhythm", "month"),
        ("starts", &format!("{year}-01-01")),
    ];
    let sent = browser.submit(&page, "form[action=/burden/new]", &typed).leads_to("/burden/");
    let again = browser.submit(&page, "form[action=/burden/new]", &typed).leads_to("/burden/");
    assert_eq!(sent.location(), again.location(), "sent twice, entered once");
    browser.follow(sent).says(title)
}

fn months(app: &TestApp) -> i64 {
    i64::from(app.district().env().clock.now().date().month())
}

const DAMAGE: &Sql = sql!("UPDATE burden_request SET minutes = 1");

testkit::on_both! {
    [modules()]

    fn what_is_asked_counts_until_it_is_decided_on(app) {
        let world = app.world();
        let department = app.staff_in(Role::DepartmentStaff, world.departments[0]);
        let shown = enter(app, &department, world.district, "人口情况表", "某发〔2026〕1号").says("记录已有 1 项，共 4 项").says("待核定");
        let months = months(app);
        let community = app.staff_in(Role::CommunitySecretary, world.communities[0]);
        let ledger = community.get("/burden").expect(200).says(&format!("{months} 次")).says(&format!("{} 项", months * 4)).says("人口情况表");
        // How the numbers come about stands there, and what each demand came to.
        ledger.says("系统不记录任何人填表用了多久").says(&format!("填了 {months} 次、{} 项，{months} 小时", months * 4));
        let leader = app.staff(Role::DistrictLeader);
        leader.get("/burden").expect(200).says(&format!("{} 次", months * 4)).says("东街街道").says("等待核定的要求");
        leader.get("/burden.xlsx").expect(200);

        // Who may not decide does not see how, and is refused.
        let path = shown.path.split('?').next().unwrap().to_owned();
        let form = format!("form[action={path}/decide]");
        assert!(shown.html().all(&form).is_empty() && !shown.main_text().contains("怎么办"));
        department.get(&path).expect(200);
        let desk = app.staff(Role::DistrictDesk);
        let page = desk.get(&path).expect(200).says("怎么办");
        desk.submit(&page, &form, &[("reason", "确需掌握")]).expect(422).says("请选择怎么办");
        desk.submit(&page, &form, &[("how", "fill"), ("reason", " ")]).expect(422).says("请写明理由");
        // The very form of the desk, sent by who may enter a demand and by who is asked: refused, and nothing was decided.
        for other in [&department, &community, &leader] {
            other.submit(&page, &form, &[("how", "refuse"), ("reason", "不想填")]).expect(403);
        }
        desk.get(&path).expect(200).says("待核定");
        let done = desk.submit(&page, &form, &[("how", "fill"), ("reason", "确需掌握")]).leads_to(&path);
        desk.follow(done).says("同意填报").says("确需掌握");
        // From the next time on the record spares the one field that it knows: a quarter of the time.
        app.pass(31 * Time::DAY);
        let community = app.staff_in(Role::CommunitySecretary, world.communities[0]);
        community.get("/burden").expect(200).says("其中 1 项由记录代答，省下 15 分钟");
        let desk = app.staff(Role::DistrictDesk);
        desk.submit(&desk.get(&path), &format!("form[action={path}/end]"), &[]).leads_to(&path);
        desk.get(&path).expect(200).says("已结束");
    }

    fn a_refused_demand_is_asked_no_more(app) {
        let world = app.world();
        let secretary = app.staff_in(Role::CommunitySecretary, world.communities[0]);
        let shown = enter(app, &secretary, world.communities[0], "点赞截图统计", "");
        let path = shown.path.clone();
        let months = months(app);
        let other = app.staff_in(Role::CommunitySecretary, world.communities[1]);
        other.get(&path).expect(404);
        let oversight = app.staff(Role::Oversight);
        let list = oversight.get("/burden/requests?bare=1").expect(200).says("点赞截图统计");
        let book = list.html().all(".filters-end a").iter().find_map(|a| a.attribute("href").map(str::to_owned)).expect("an export");
        assert!(book.starts_with("/burden/requests.xlsx?") && book.contains("bare=1"), "{book}");
        oversight.get(&book).expect(200);
        oversight.get("/burden/requests?bare=1&after=50").expect(200).says("还没有登记任何要求");
        app.staff(Role::Member).get("/burden/requests.xlsx").expect(403);
        let page = oversight.get(&path).expect(200).says("没有文件依据");
        oversight.submit(&page, &format!("form[action={path}/decide]"), &[("how", "refuse"), ("reason", "没有依据")]).leads_to(&path);
        secretary.get("/burden").expect(200).says(&format!("{months} 次"));
        // Two months later, what fell due since then was spared.
        app.pass(62 * Time::DAY);
        let secretary = app.staff_in(Role::CommunitySecretary, world.communities[0]);
        let page = secretary.get("/burden").expect(200);
        let now: Date = app.district().env().clock.now().date();
        assert!(page.main_text().contains("不再要求"), "{now}: {}", page.main_text());
        let blocks: Vec<String> = page.html().all(".burden-block").iter().map(|block| block.text()).collect();
        assert!(blocks[2].contains('次') && !blocks[2].contains("0 次 · 0 项"), "{blocks:?}");
    }

    fn what_a_community_that_ended_was_asked_stays_and_goes_on_with_its_heir(app) {
        let world = app.world();
        let (from, to) = (world.communities[0], world.communities[1]);
        let department = app.staff_in(Role::DepartmentStaff, world.departments[0]);
        enter(app, &department, world.district, "人口情况表", "某发〔2026〕1号");
        let path = enter(app, &app.staff_in(Role::CommunitySecretary, from), from, "点赞截图统计", "").path;
        let months = months(app);
        app.staff_in(Role::CommunitySecretary, to).get(&path).expect(404);
        let merged = app.district().write_now(move |tx, ctx| {
            people::merge_units(tx, ctx, people::Authority::Console, from, to, &burden::module().pass)
                .map_err(|error| store::StoreError::Other(error.to_string()))
        });
        merged.unwrap();
        let town = app.staff_in(Role::TownLeader, world.towns[0]);
        let rows = |page: &Answer| page.html().all("table tbody tr").iter().map(|row| row.text()).collect::<Vec<_>>();
        let page = town.get("/burden").expect(200);
        let ended = rows(&page).into_iter().find(|row| row.contains("（已撤销）")).expect("what it was asked stands there");
        assert!(ended.contains(&(months * 2).to_string()), "{ended}");
        let others: i64 = i64::try_from(rows(&page).len()).unwrap() - 2;
        assert!(rows(&page).last().unwrap().contains(&((others + 2) * months).to_string()), "{:?}", rows(&page));
        // The ended one is asked no more, whoever took over is, also of what only the ended one was asked.
        app.pass(31 * Time::DAY);
        let page = app.staff_in(Role::TownLeader, world.towns[0]).get("/burden").expect(200);
        let later = rows(&page).into_iter().find(|row| row.contains("（已撤销）")).unwrap();
        assert_eq!(later, ended);
        let heir = app.staff_in(Role::CommunitySecretary, to);
        heir.get(&path).expect(200).says("1 个社区、村");
        heir.get("/burden").expect(200).says("点赞截图统计");
    }

    fn a_year_lists_what_it_came_to(app) {
        let world = app.world();
        let secretary = app.staff_in(Role::CommunitySecretary, world.communities[0]);
        let path = enter(app, &secretary, world.communities[0], "旧报表", "").path;
        let oversight = app.staff(Role::Oversight);
        let page = oversight.get(&path).expect(200);
        oversight.submit(&page, &format!("form[action={path}/decide]"), &[("how", "refuse"), ("reason", "没有依据")]).leads_to(&path);
        oversight.submit(&oversight.get(&path), &format!("form[action={path}/end]"), &[]).leads_to(&path);
        let year = app.district().env().clock.now().date().year();
        // It is over, and named with what the year came to; before it began, and after it was over, there is nothing of it.
        secretary.get("/burden").expect(200).says("旧报表").says("已结束");
        let before = secretary.get(&format!("/burden?year={}", year - 1)).expect(200);
        assert!(!before.main_text().contains("旧报表") && !before.main_text().contains("今年"), "{}", before.main_text());
        app.pass(45 * Time::DAY);
        let secretary = app.staff_in(Role::CommunitySecretary, world.communities[0]);
        let after = secretary.get("/burden").expect(200);
        assert!(!after.main_text().contains("旧报表"), "{}", after.main_text());
    }

    fn what_is_missing_is_said_and_typed_words_stay(app) {
        let desk = app.staff_in(Role::TownDesk, app.world().towns[0]);
        let page = desk.get("/burden/new").expect(200);
        let form = "form[action=/burden/new]";
        let typed = [("title", "月报"), ("fields", "户数"), ("minutes", "0"), ("scope", &*app.world().towns[0].to_string())];
        let again = desk.submit(&page, form, &typed).expect(422).says("1 到 2400");
        assert_eq!(again.html().first("input[name=title]").unwrap().attribute("value"), Some("月报"));
        assert_eq!(again.html().first("textarea[name=fields]").unwrap().text(), "户数");
        desk.submit(&page, form, &[("starts", "昨天")]).expect(422).says("请填写日期");
        // A town asks its own communities, nobody else's.
        let others = app.world().towns[1].to_string();
        desk.submit(&page, form, &[("title", "月报"), ("fields", "户数"), ("minutes", "5"), ("scope", &others)]).expect(422).says("可以代表的范围");
    }

    fn who_has_nothing_to_do_with_it_sees_nothing(app) {
        for role in [Role::GridWorker, Role::SystemAdmin, Role::AuditAdmin, Role::CallBack] {
            app.staff(role).get("/burden").expect(403);
            app.staff(role).get("/burden/new").expect(403);
        }
        let town = app.staff_in(Role::TownLeader, app.world().towns[0]);
        town.get(&format!("/burden?unit={}", app.world().towns[1])).expect(403);
        app.staff(Role::DistrictLeader).get("/burden/new").expect(403);
        town.get("/burden/00000000000000000000000000000001").expect(404);
    }
}

#[test]
fn a_change_by_sql_is_found() {
    let Some(app) = TestApp::new(testkit::Engine::Sqlite, modules()) else { return };
    let desk = app.staff(Role::DistrictDesk);
    enter(&app, &desk, app.world().district, "月报", "");
    app.settle();
    let findings = || record::verify(app.district().store(), &app.app.folds(), app.app.readers()).unwrap().findings.len();
    assert_eq!(findings(), 0);
    app.district().write_now(|tx, _| tx.exec(DAMAGE, p![])).unwrap();
    assert_eq!(findings(), 1);
    std::mem::forget(app);
}
