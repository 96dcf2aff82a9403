//! What everybody sees, and what nobody sees: publishing by two people, the public list with search, "is it
//! one of these?", units in their order; and a confidential caller through the whole life, whose identity
//! stands on no page, in no workbook and in no search result of anybody but the desk and the caller-back.

use std::collections::{BTreeSet, VecDeque};

use concerns::catalogue::{Kind, enter_kind};
use concerns::permissions::Authority;
use people::Role;
use store::StoreError;
use testkit::{Client, TestApp};

fn catalogue(app: &TestApp) {
    let entered = app.district().write_now(|tx, ctx| {
        let kind = Kind { code: "01".into(), name: "路灯".into(), parent: None, ord: 1, keywords: vec!["路灯".into()] };
        enter_kind(tx, ctx, Authority::Console, &kind).unwrap();
        Ok::<(), StoreError>(())
    });
    entered.unwrap();
}

fn report(app: &TestApp, text: &str, flags: &[(&str, &str)]) -> (String, String) {
    let anybody = app.client();
    let place = app.world().communities[0].to_string();
    let mut form = vec![("text", text), ("place", &place[..]), ("spot", "3号楼2单元"), ("about", "none")];
    form.extend([("who", "phone"), ("phone", "13800001234"), ("name", "李阿姨")]);
    form.extend(flags);
    let page = anybody.get("/report/all").expect(200);
    let sent = anybody.submit_files(&page, "form", &form, &[]).leads_to("/r/");
    let path = sent.location().unwrap();
    let mut parts = path.trim_start_matches("/r/").split('/').map(str::to_owned);
    (parts.next().unwrap(), parts.next().unwrap())
}

fn step(browser: &Client, no: &str, act: &str, typed: &[(&str, &str)]) {
    let page = browser.get(&format!("/work/c/{no}/{act}")).expect(200);
    browser.submit(&page, &format!("form[action=/work/c/{no}/{act}]"), typed).leads_to("/work");
}

fn handle(app: &TestApp, no: &str) {
    let department = app.world().departments[0];
    let desk = app.staff_in(Role::TownDesk, app.world().towns[0]);
    step(&desk, no, "dispatch", &[("kind", "01"), ("unit", &department.to_string())]);
    let officer = app.staff_in(Role::DepartmentStaff, department);
    let page = officer.get(&format!("/work/c/{no}")).expect(200);
    officer.submit(&page, &format!("form[action=/work/c/{no}/claim]"), &[]).leads_to("/work/c/");
    step(&officer, no, "resolve", &[("answer", "已更换灯具，恢复照明。联系电话 13900005678。")]);
    step(&desk, no, "review", &[("pass", "1")]);
    app.settle();
}

testkit::on_both! {
    [vec![concerns::module(), measures::module()]]
    fn two_people_publish_and_everybody_finds(app) {
        catalogue(app);
        let (no, _) = report(app, "我叫李雷，小区门口的路灯坏了三天，我电话13800001234", &[("flag", "publish")]);
        let (kept, _) = report(app, "楼道堆了杂物，请清理消防通道", &[]);
        let desk = app.staff_in(Role::TownDesk, app.world().towns[0]);
        desk.get(&format!("/work/c/{no}/publish")).expect(200).says("不能公开");
        handle(app, &no);
        handle(app, &kept);
        let anybody = app.client();
        anybody.get("/public").expect(200).says("还没有公开的诉求");
        anybody.get(&format!("/public/{no}")).expect(404);

        // One writes; what gives away is taken out beforehand; nobody sees it yet, and they cannot publish it.
        let page = desk.get(&format!("/work/c/{no}/publish")).expect(200).says("建议隐去");
        assert!(!page.html().first("textarea[name=words]").unwrap().text().contains("13800001234"));
        assert!(!page.html().first("textarea[name=answer]").unwrap().text().contains("13900005678"));
        desk.submit(&page, "#propose", &[("words", " ")]).expect(422);
        desk.submit(&page, "#propose", &[("words", "小区门口的路灯坏了三天。"), ("answer", "已更换灯具，恢复照明。")]).leads_to("/work/c/");
        anybody.get("/public").expect(200).says("还没有公开的诉求");
        let page = desk.get(&format!("/work/c/{no}/publish")).expect(200).says("正在等另一位同事复核");
        assert!(page.html().first("#judge").is_none());
        let second = app.staff(Role::DistrictDesk);
        second.get("/work/second").expect(200).says("公开文本");
        let page = second.get(&format!("/work/c/{no}/publish")).expect(200);
        second.submit(&page, "#judge", &[("pass", "0"), ("reason", "")]).expect(422);
        second.submit(&page, "#judge", &[("pass", "1")]).leads_to("/work/c/");
        app.settle();

        let list = anybody.get("/public").expect(200).says("小区门口的路灯坏了三天");
        assert!(!list.text().contains("13800001234") && !list.text().contains("李雷"));
        anybody.get(&format!("/public/{no}")).expect(200).says("已更换灯具").says("待回访");
        // Simplified finds traditional and the reverse; what was not published is not found.
        anybody.get(&url("/public?q=路燈")).expect(200).says("小区门口的路灯坏了三天");
        anybody.get(&url("/public?q=杂物")).expect(200).says("没有找到");
        anybody.get(&format!("/public/{kept}")).expect(404);
        desk.get(&format!("/work/c/{kept}/publish")).expect(200).says("不能公开");

        // Who is about to send the same is asked; who sends something else is not.
        let ask = |text: &str| {
            let browser = app.client();
            let page = browser.get("/report/what").expect(200);
            let page = browser.follow(browser.submit_files(&page, "form", &[("text", text)], &[]));
            let place = app.world().communities[0].to_string();
            let page = browser.follow(browser.submit(&page, "form", &[("place", &place)]));
            let next = browser.submit(&page, "form", &[]);
            (next.location().unwrap(), browser)
        };
        let (to, browser) = ask("小区门口的路灯坏了好几天");
        assert_eq!(to, "/report/similar");
        browser.get("/report/similar").expect(200).says("是不是其中一件").says("小区门口的路灯坏了三天");
        assert_eq!(ask("学校食堂的饭菜不新鲜").0, "/report/about");

        // Taken back, it is gone everywhere.
        let page = desk.get(&format!("/work/c/{no}/publish")).expect(200);
        desk.submit(&page, "#withdraw", &[("withdraw", "居民要求撤下")]).leads_to("/work/c/");
        app.settle();
        anybody.get(&url("/public?q=路灯")).expect(200).says("没有找到");
        anybody.get(&format!("/public/{no}")).expect(404);
        anybody.get("/public/units").expect(200).says("不排名");
    }

    fn no_answer_of_one_resident_is_told_of_a_unit(app) {
        catalogue(app);
        let (no, secret) = report(app, "小区门口的路灯坏了三天", &[]);
        handle(app, &no);
        let (caller, receipt) = (app.client(), format!("/r/{no}/{secret}"));
        let page = caller.get(&receipt).expect(200);
        caller.submit(&page, &format!("form[action={receipt}/answer]"), &[("solved", "1"), ("contacted", "1"), ("satisfied", "0")]).leads_to("/r/");
        app.settle();
        let asked = || app.client().get("/public/units").expect(200).main_text().matches("件数少").count();
        assert_eq!(asked(), 0, "from one day to the next an answer could be read off: figures come by months");
        app.pass(40 * base::Time::DAY);
        app.settle();
        assert_eq!(asked(), 3, "the department's three shares are of one");
        let page = app.client().get("/public/units").expect(200);
        assert!(!page.main_text().contains("1/1") && !page.main_text().contains("0/1") && !page.main_text().contains('%'));
    }

    fn staff_find_words_within_their_sight(app) {
        catalogue(app);
        let (lamp, _) = report(app, "小区门口的路灯坏了三天，晚上很黑", &[]);
        let (own, _) = report(app, "社区工作人员推诿，不给开证明", &[]);
        app.settle();
        let desk = app.staff_in(Role::TownDesk, app.world().towns[0]);
        desk.get(&url("/work/all?q=路燈")).expect(200).says("路灯坏了三天").says("共 1 件");
        desk.get(&url("/work/all?q=证明")).expect(200).says("开证明");
        desk.get(&url("/work/all?q=没有这个词吧")).expect(200).says("0 件");
        desk.get(&url("/work/all?q=路灯&state=received")).expect(200).says("路灯坏了三天");
        desk.get(&url("/work/all?q=路灯&state=archived")).expect(200).says("0 件");
        desk.get("/work/all?state=received").expect(200).says("共 2 件");
        let other = app.staff_in(Role::TownDesk, app.world().towns[1]);
        other.get(&url("/work/all?q=路灯")).expect(200).says("0 件");
        other.get("/work/all?state=received").expect(200).says("0 件");
        assert!(lamp != own);
        // Unknown words of nobody: an undone import, another district's; and a number still opens its concern.
        desk.get(&format!("/work/all?q={lamp}")).leads_to(&format!("/work/c/{lamp}"));
    }

    fn a_confidential_caller_is_given_away_nowhere(app) {
        catalogue(app);
        let words = "我是三楼的周慧敏，物业把路灯关了，我身份证11010519491231002X，电话13800001234";
        let (no, secret) = report(app, words, &[("flag", "confidential"), ("flag", "publish")]);
        let desk = app.staff_in(Role::TownDesk, app.world().towns[0]);
        let department = app.world().departments[0];
        step(&desk, &no, "redact", &[("handlers", "有居民反映物业关了路灯。")]);
        sweep(app, &no, "written, not approved");
        step(&app.staff(Role::DistrictDesk), &no, "approve", &[("pass", "1")]);
        step(&desk, &no, "dispatch", &[("kind", "01"), ("unit", &department.to_string())]);
        app.settle();
        let officer = app.staff_in(Role::DepartmentStaff, department);
        officer.get(&url("/work/all?q=路灯")).expect(200).says("有居民反映物业关了路灯");
        let page = officer.get(&format!("/work/c/{no}")).expect(200).says("有居民反映物业关了路灯");
        officer.submit(&page, &format!("form[action=/work/c/{no}/claim]"), &[]).leads_to("/work/c/");
        // What the caller adds is hidden too.
        let caller = app.client();
        let receipt = format!("/r/{no}/{secret}");
        let page = caller.get(&receipt).expect(200);
        caller.submit_files(&page, &format!("form[action={receipt}/add]"), &[("body", "周慧敏晚上在家")], &[]).leads_to("/r/");
        app.settle();
        sweep(app, &no, "after the caller added something");
        app.pass(base::Time::MINUTE);
        step(&officer, &no, "resolve", &[("answer", "已要求物业恢复照明。")]);
        app.pass(base::Time::MINUTE);
        step(&desk, &no, "review", &[("pass", "1")]);
        app.settle();
        sweep(app, &no, "answered");
        desk.get(&format!("/work/c/{no}/publish")).expect(200).says("不能公开");
        let page = caller.get(&receipt).expect(200).says("已要求物业恢复照明");
        caller.submit(&page, &format!("form[action={receipt}/answer]"), &[("solved", "1"), ("contacted", "1"), ("satisfied", "1")]).leads_to("/r/");
        app.settle();
        sweep(app, &no, "closed");
    }
}

/// An address as a browser sends it.
fn url(path: &str) -> String {
    path.chars().map(|c| if c.is_ascii() { c.to_string() } else { web::shell::percent(&c.to_string()) }).collect()
}

/// What gives the caller away.
const TELLING: [&str; 7] = ["周慧敏", "三楼", "13800001234", "11010519491231002X", "李阿姨", "3号楼2单元", "1380000"];

/// Follows every link that anybody but the desk and who calls back can follow, looks at every step's page of
/// the concern, searches and exports: nothing that gives the caller away stands there.
fn sweep(app: &TestApp, no: &str, when: &str) {
    let world = app.world();
    let sees = |role: Role, unit| (role == Role::TownDesk && unit == world.towns[0]) || matches!(role, Role::DistrictDesk | Role::CallBack);
    let mut seen_pages = 0;
    let mut roles: Vec<Role> = Vec::new();
    for member in world.members.iter().filter(|member| !sees(member.role, member.unit)) {
        if roles.contains(&member.role) {
            continue;
        }
        roles.push(member.role);
        let browser = app.signed_in(&member.login);
        seen_pages += crawl(&browser, no, &format!("{:?} {when}", member.role));
    }
    seen_pages += crawl(&app.client(), no, &format!("anybody {when}"));
    assert!(seen_pages > 150, "only {seen_pages} pages were looked at");
}

fn crawl(browser: &Client, no: &str, who: &str) -> usize {
    let acts = [
        "dispatch",
        "redact",
        "approve",
        "claim",
        "contacted",
        "resolve",
        "object",
        "escalate",
        "send-down",
        "review",
        "call-back",
        "relay",
        "contact",
        "archive",
        "publish",
    ];
    let mut waiting: VecDeque<String> =
        ["/", "/work", "/work/all", "/work/second", "/work/learning", "/public", "/public/units", "/me"].map(str::to_owned).into();
    waiting.extend(["周慧敏", "三楼", "路灯", "1380000", "身份证"].map(|q| format!("/work/all?q={q}")));
    waiting.extend(["周慧敏", "路灯"].map(|q| format!("/public?q={q}")));
    waiting.extend(["/work/all.xlsx", "/work/all.xlsx?q=路灯"].map(str::to_owned));
    waiting.push_back(format!("/work/c/{no}"));
    waiting.push_back(format!("/public/{no}"));
    waiting.extend(acts.map(|act| format!("/work/c/{no}/{act}")));
    let mut seen: BTreeSet<String> = BTreeSet::new();
    while let Some(path) = waiting.pop_front() {
        if seen.len() >= 45 || !seen.insert(path.clone()) {
            continue;
        }
        let page = browser.get(&url(&path));
        if path.contains(".xlsx") {
            if page.status.as_u16() == 200 {
                let cells = format!("{:?}", sheets::grids(&page.bytes, &sheets::Limits::default()).unwrap());
                told_nothing(&cells, who, &path);
            }
            continue;
        }
        let text = page.text();
        told_nothing(text, who, &path);
        for link in page.html().all("a[href]") {
            let href = link.attribute("href").unwrap_or_default();
            let fine = href.starts_with('/')
                && !href.starts_with("//")
                && !href.contains("/logout")
                && !href.starts_with("/view")
                && !href.contains('#');
            if fine && !href.contains("/assets/") {
                waiting.push_back(href.to_owned());
            }
        }
    }
    seen.len()
}

fn told_nothing(text: &str, who: &str, path: &str) {
    for telling in TELLING {
        // What was searched for stands in the search's own field and in links that carry it on.
        if path.contains(telling) {
            continue;
        }
        assert!(!text.contains(telling), "{who}: {telling} stands on {path}");
    }
}
