//! Set-up, invitations, administration, complaints, demonstrations.

use people::Role;
use testkit::{Engine, TestApp};

fn empty(engine: Engine) -> Option<TestApp> {
    TestApp::empty(engine, vec![], |_| {})
}

fn set_up_once(engine: Engine) {
    let Some(app) = empty(engine) else { return };
    let code = app.district().write_now(people::setup::first_code).unwrap().unwrap();
    let browser = app.client();
    let page = browser.get("/setup").expect(200);
    let typed = [
        ("code", "WRONG-CODE"),
        ("district_name", "明水区"),
        ("district_code", "330199000000"),
        ("name", "周敏"),
        ("login", "zhoumin"),
        ("password", "Correct-horse-26"),
        ("again", "Correct-horse-26"),
    ];
    let mut right = typed;
    right[0].1 = &code;
    let mut short = right;
    (short[5].1, short[6].1) = ("Aa1-", "Aa1-");
    let mut bad_code = right;
    bad_code[2].1 = "12";
    let refused = browser.submit(&page, "form[action=/setup]", &typed).expect(422).says("代码不对");
    assert_eq!(refused.html().first("#f-name").unwrap().attribute("value"), Some("周敏"));
    browser.submit(&page, "form[action=/setup]", &short).expect(422).says("密码至少要 12 个字符");
    browser.submit(&page, "form[action=/setup]", &bad_code).expect(422).says("12 位数字");
    browser.submit(&page, "form[action=/setup]", &right).leads_to("/login");
    assert_eq!(&*app.district().name(), "明水区");
    // Once is all: neither the page nor the code is good any more.
    browser.get("/setup").leads_to("/login");
    browser.submit(&page, "form[action=/setup]", &right).leads_to("/login");
    assert!(app.district().write_now(people::setup::first_code).unwrap().is_none());
    browser.post("/login", &[("login", "zhoumin"), ("password", "Correct-horse-26")]).leads_to("/start");
    browser.open("/start").expect(200).says("明水区");
    app.finish();
}

#[test]
fn a_store_is_set_up_once_sqlite() {
    set_up_once(Engine::Sqlite);
}

#[test]
fn a_store_is_set_up_once_postgres() {
    set_up_once(Engine::Postgres);
}

testkit::on_both! {
    [vec![]]
    fn a_new_colleague_from_entry_to_first_sign_in(app) {
        let system = app.staff(Role::SystemAdmin);
        let security = app.staff(Role::SecurityAdmin);
        let page = system.get("/admin/people/add").expect(200);
        let form = "form[action=/admin/people/add]";
        system.submit(&page, form, &[("name", " ")]).expect(422).says("1 到 60 个字");
        let made = system.submit(&page, form, &[("name", "赵新")]).leads_to("/admin/people/");
        let at = made.location().unwrap();
        // The same form once more is the same person.
        assert_eq!(system.submit(&page, form, &[("name", "赵新")]).location().unwrap(), at);
        let page = system.get(&format!("{at}/invite")).expect(200);
        let action = format!("form[action={at}/invite]");
        system.submit(&page, &action, &[("login", "x")]).expect(422);
        let shown = system.submit(&page, &action, &[("login", "zhaoxin")]).expect(200);
        let code = shown.html().first("main code").unwrap().text();

        let newcomer = app.client();
        let page = newcomer.get("/join").expect(200);
        newcomer.submit(&page, "form[action=/join]", &[("code", "nonsense")]).expect(422);
        let second = newcomer.submit(&page, "form[action=/join]", &[("code", &code)]).expect(200).says("赵新").says("zhaoxin");
        newcomer.submit(&second, "form[action=/join]", &[("password", "Winter-2026-x"), ("again", "no")]).expect(422).says("不一样");
        newcomer.submit(&second, "form[action=/join]", &[("password", "Winter-2026-x"), ("again", "Winter-2026-x")]).leads_to("/login");
        newcomer.submit(&page, "form[action=/join]", &[("code", &code)]).expect(422);
        newcomer.post("/login", &[("login", "ZhaoXin"), ("password", "Winter-2026-x")]).leads_to("/start");
        newcomer.open("/start").expect(200).says("还没有岗位");

        // The post: made by one administrator, given by the other.
        let town = app.world().towns[0];
        let page = system.get(&format!("/admin/posts/add?unit={town}")).expect(200);
        let typed = [("role", "town_staff"), ("title", "信访专员")];
        system.submit(&page, "form[action=/admin/posts/add]", &typed).leads_to("/admin/units?unit=");
        let unit = system.get(&format!("/admin/units?unit={town}")).expect(200).says("信访专员").says("空缺");
        assert!(!unit.text().contains("/admin/posts/give"));
        let unit = security.get(&format!("/admin/units?unit={town}")).expect(200);
        let give = unit.html().all("a").into_iter().filter(|a| a.text().contains("信访专员")).find_map(|a| a.attribute("href").map(str::to_owned)).unwrap();
        let page = security.get(&format!("{give}&q=赵新").replace("赵新", "%E8%B5%B5%E6%96%B0")).expect(200);
        let person = at.rsplit('/').next().unwrap();
        security.submit(&page, "form[method=post][action=/admin/posts/give]", &[("person", person)]).leads_to("/admin/units");
        newcomer.get("/me").expect(200).says("信访专员");
        security.submit(&page, "form[method=post][action=/admin/posts/give]", &[("person", person)]).expect(422).says("已有这个岗位");

        // Released, and locked.
        let page = security.get(&at).expect(200);
        security.submit(&page, &format!("form[action={at}/release]"), &[]).leads_to(&at);
        newcomer.get("/me").expect(200).says("还没有岗位");
        let page = security.get(&at).expect(200);
        security.submit(&page, &format!("form[action={at}/lock]"), &[]).leads_to(&at);
        newcomer.get("/me").leads_to("/login");
        newcomer.post("/login", &[("login", "zhaoxin"), ("password", "Winter-2026-x")]).expect(422).says("锁定");
        let page = security.get(&at).expect(200).says("已锁定");
        security.submit(&page, &format!("form[action={at}/unlock]"), &[]).leads_to(&at);
        newcomer.post("/login", &[("login", "zhaoxin"), ("password", "Winter-2026-x")]).leads_to("/start");
    }

    fn units_are_made_renamed_and_closed(app) {
        let system = app.staff(Role::SystemAdmin);
        let community = app.world().communities[3];
        let page = system.get(&format!("/admin/units/add?unit={community}")).expect(200);
        let form = "form[action=/admin/units/add]";
        system.submit(&page, form, &[("name", "南门网格"), ("code", "12")]).expect(422).says("代码与层级或上级不符");
        let above = people::Unit::clone(app.district().read_now(move |tx, _| Ok::<_, store::StoreError>(people::tree(tx)?.get(community).cloned())).unwrap().as_ref().unwrap());
        let code = format!("{}098", above.code);
        let made = system.submit(&page, form, &[("name", "南门网格"), ("code", &code)]).leads_to("/admin/units?unit=");
        let unit = made.location().unwrap();
        system.get(&unit).expect(200).says("南门网格");
        let id = unit.rsplit('=').next().unwrap();
        let page = system.get(&format!("/admin/units/change?unit={id}")).expect(200);
        system.submit(&page, "form[action=/admin/units/change]", &[("name", "南门第一网格")]).expect(303);
        system.get(&unit).expect(200).says("南门第一网格");
        let page = system.get(&format!("/admin/units/close?unit={id}")).expect(200);
        system.submit(&page, "form[action=/admin/units/close]", &[]).expect(303);
        let district = app.world().district;
        let page = system.get(&format!("/admin/units/close?unit={district}")).expect(200);
        system.submit(&page, "form[action=/admin/units/close]", &[]).expect(422);
    }

    fn administration_is_for_administrators_each_their_own(app) {
        let (desk, system, security) = (app.staff(Role::TownDesk), app.staff(Role::SystemAdmin), app.staff(Role::SecurityAdmin));
        for path in ["/admin/units", "/admin/people", "/admin/people/add", "/admin/complaints"] {
            desk.get(path).expect(403);
            app.client().get(path).leads_to("/login");
        }
        security.get("/admin/units").expect(200);
        security.get("/admin/units/add").expect(403);
        security.get("/admin/complaints").expect(403);
        let (person, _) = app.member(Role::GridWorker);
        let page = system.get(&format!("/admin/people/{person}")).expect(200);
        let csrf = page.html().first("input[name=csrf]").unwrap().attribute("value").unwrap().to_owned();
        for step in ["lock", "unlock", "sessions/end"] {
            system.post(&format!("/admin/people/{person}/{step}"), &[("csrf", &csrf)]).expect(403);
        }
        let page = system.get(&format!("/admin/people/{person}/invite")).expect(200);
        system.submit(&page, &format!("form[action=/admin/people/{person}/invite]"), &[]).expect(409).says("只有安全管理员能重置");
    }

    fn a_complaint_about_the_product_reaches_its_administrators(app) {
        let anybody = app.client();
        let page = anybody.get("/complaints").expect(200);
        let form = "form[action=/complaints]";
        anybody.submit(&page, form, &[("text", "  ")]).expect(422).says("请写下您的意见");
        for _ in 0..2 {
            anybody.submit(&page, form, &[("text", "字太小，看不清"), ("contact", "13800001234")]).leads_to("/");
        }
        let system = app.staff(Role::SystemAdmin);
        let list = system.get("/admin/complaints").expect(200).says("字太小").says("13800001234");
        assert_eq!(list.html().all("form[action=/admin/complaints/done]").len(), 1);
        system.submit(&list, "form[action=/admin/complaints/done]", &[]).leads_to("/admin/complaints");
        let list = system.get("/admin/complaints").expect(200).says("处理");
        assert!(list.html().first("form[action=/admin/complaints/done]").is_none());
    }

    fn a_store_with_real_data_cannot_be_entered_as_a_demonstration(app) {
        let (person, _) = app.member(Role::TownDesk);
        app.client().get("/demo").expect(404);
        app.client().post("/demo", &[("person", &person.to_string())]).expect(404);
        assert!(!web::found(app.district().store(), app.district().env().clock.now(), false).unwrap());
        // What a store is, is said once.
        assert!(!web::found(app.district().store(), app.district().env().clock.now(), true).unwrap());
    }
}

/// Whatever an administrator asks for: a page, a table that goes out, a table that would give posts, a form.
fn a_second_factor_comes_first(engine: Engine) {
    let Some(app) = TestApp::configured(engine, vec![], |config| config.admin_second_factor = true) else { return };
    let (system, security) = (app.staff(Role::SystemAdmin), app.staff(Role::SecurityAdmin));
    for path in [
        "/admin/units",
        "/admin/people/add",
        "/admin/complaints",
        "/admin/record",
        "/tables",
        "/tables/people",
        "/tables/people/export.xlsx",
    ] {
        system.get(path).leads_to("/me/totp");
    }
    system.open("/tables").expect(200).says("管理员请先开启两步验证");
    for path in ["/admin/people", "/tables/holdings", "/tables/holdings/export.xlsx"] {
        security.get(path).leads_to("/me/totp");
    }
    let page = security.get("/me").expect(200);
    let csrf = page.html().first("input[name=csrf]").unwrap().attribute("value").unwrap().to_owned();
    let key = "00000000000000000000000000000001";
    let file = [testkit::Upload { field: "file", name: "a.csv", bytes: "姓名,单位代码,岗位名称\n".as_bytes() }];
    security.upload("/tables/holdings", &[("csrf", &csrf), ("op_key", key)], &file).leads_to("/me/totp");
    let (person, _) = app.member(Role::GridWorker);
    security.post(&format!("/admin/people/{person}/lock"), &[("csrf", &csrf)]).leads_to("/me/totp");
    app.staff(Role::AuditAdmin).get("/start").leads_to("/me/totp");
    assert_eq!(app.staff(Role::TownDesk).get("/start").location().as_deref(), Some("/me"), "others are not asked for one");

    // Turned on, it is asked for no more in this session, and the pages are there.
    let page = system.get("/me/totp").expect(200);
    let shown = system.submit(&page, "form[action=/me/totp]", &[]).expect(200);
    let secret = shown.html().first("main code").unwrap().text().replace(' ', "");
    let code = people::totp::shown_code(&secret, app.district().env().clock.now()).unwrap();
    system.submit(&shown, "form[action=/me/totp/confirm]", &[("code", &code)]).expect(200);
    system.get("/tables/people").expect(200);
    app.finish();
}

#[test]
fn an_administrator_sets_up_a_second_factor_first_sqlite() {
    a_second_factor_comes_first(Engine::Sqlite);
}

#[test]
fn an_administrator_sets_up_a_second_factor_first_postgres() {
    a_second_factor_comes_first(Engine::Postgres);
}

#[test]
fn a_demonstration_is_entered_with_one_tap_from_this_machine_only() {
    let store = store::testing::fresh(Engine::Sqlite, &testkit::trees(&[]));
    assert!(web::found(&store, store::testing::NOW, true).unwrap());
    let app = TestApp::over(vec![(vec![], store)], vec![], |_| {});
    let world = people::testing::world(app.district().store(), &app.district().env());
    let browser = app.client();
    let page = browser.get("/demo").expect(200).says("镇街受理台");
    let person = world.member(Role::TownDesk).person.to_string();
    browser.submit(&page, "form[action=/demo]", &[("person", &person)]).leads_to("/start");
    browser.get("/me").expect(200).says(&world.member(Role::TownDesk).actor.name);
    for elsewhere in
        [app.client().address("10.0.0.5"), app.client().host("evil.example"), app.client().with_header("x-forwarded-for", "10.0.0.5")]
    {
        elsewhere.get("/demo").expect(404);
        elsewhere.post("/demo", &[("person", &person)]).expect(404);
    }
}

#[test]
fn a_demonstration_that_listens_to_others_is_not_entered() {
    let store = store::testing::fresh(Engine::Sqlite, &testkit::trees(&[]));
    web::found(&store, store::testing::NOW, true).unwrap();
    let app = TestApp::over(vec![(vec![], store)], vec![], |config| config.loopback = false);
    app.client().get("/demo").expect(404);
}

testkit::on_both! {
    [vec![]]
    fn a_grid_is_merged_into_one_of_another_town_that_is_searched_for(app) {
        let (world, system) = (app.world(), app.staff(Role::SystemAdmin));
        let (grid, elsewhere) = (world.grids[0], world.communities[2]);
        let code = app.district().write_now(move |tx, ctx| {
            let tree = people::tree(tx)?;
            let code = format!("{}077", tree.get(elsewhere).unwrap().code);
            let far = people::CreateUnit { code: code.clone(), name: "西郊第七网格".into(), phone: None, level: people::Level::Grid, parent: Some(elsewhere), ord: 7 };
            people::create_unit(tx, ctx, people::Authority::Console, &far).unwrap();
            Ok::<_, store::StoreError>(code)
        }).unwrap();
        let offered = |page: &testkit::Answer, form: &str| -> String {
            page.html().all(&format!("form[action={form}] label.row")).iter().map(|row| row.text()).collect::<Vec<_>>().join("\n")
        };
        let around = format!("/admin/units/around?unit={grid}");
        let page = system.get(&around).expect(200).says("别的镇街的网格");
        assert!(!offered(&page, "/admin/units/merge").contains(&code), "those of the same town are listed at first");
        system.get(&format!("{around}&find=没有这样的网格")).expect(200).says("没有找到");
        system.get(&format!("/admin/units/around?unit={}&find=西郊", world.towns[0])).expect(200);
        for words in ["西郊第七", "第七网格", &code] {
            let found = system.get(&format!("{around}&find={words}")).expect(200);
            assert!(offered(&found, "/admin/units/merge").contains("西郊第七网格"), "{words}");
            let close = system.get(&format!("/admin/units/close?unit={grid}&find={words}")).expect(200);
            assert!(offered(&close, "/admin/units/close").contains(&code), "{words}");
        }
        let found = system.get(&format!("{around}&find=西郊")).expect(200);
        system.submit(&found, "form[action=/admin/units/merge]", &[("merge", &code)]).leads_to(&around);
        let page = system.get(&around).expect(200).says("撤销，由").says("西郊第七网格").says(&code);
        let to = format!("/admin/units?unit={}", app.district().read_now(move |tx, _| people::tree(tx)).unwrap().find_code(&code).unwrap().id);
        assert!(page.html().all("main a").iter().any(|a| a.attribute("href") == Some(&to)), "its heir is a link");
        // What was closed is still found where it stood.
        let above = system.get(&format!("/admin/units?unit={}", world.communities[0])).expect(200).says("已撤销的单位（1）");
        let closed = format!("/admin/units?unit={grid}");
        assert!(above.html().all("main a").iter().any(|a| a.attribute("href") == Some(&closed)));
        system.get(&closed).expect(200).says("撤销时间");
    }

    fn what_stands_around_a_unit_is_kept_and_shown(app) {
        let system = app.staff(Role::SystemAdmin);
        let world = app.world();
        let (here, there) = (world.communities[0], world.communities[1]);
        let around = format!("/admin/units/around?unit={here}");
        let page = system.get(&format!("/admin/units?unit={here}")).expect(200).says("沿革");
        assert!(page.text().contains(&around));
        let page = system.get(&around).expect(200).says("设立");
        system.submit(&page, "form[action=/admin/units/link]", &[("link", "没有")]).expect(422).says("没有代码为“没有”的单位");
        system.submit(&page, "form[action=/admin/units/link]", &[]).expect(422).says("请选择对应的党组织或单位");
        // Offered are those of the other tree, by name; none of this one.
        let offered = |page: &testkit::Answer, form: &str| -> Vec<String> {
            page.html().all(&format!("form[action={form}] label.row")).iter().map(|row| row.text()).collect()
        };
        assert_eq!(offered(&page, "/admin/units/link").len(), 2, "{:?}", offered(&page, "/admin/units/link"));
        assert!(offered(&page, "/admin/units/link").iter().any(|row| row.contains("东门社区党支部") && row.contains("DMZB")));
        system.submit(&page, "form[action=/admin/units/link]", &[("link", "990105001002")]).expect(422).says("一个是党组织");
        system.submit(&page, "form[action=/admin/units/link]", &[("link", "DMZB")]).leads_to(&around);
        let page = system.submit(&page, "form[action=/admin/units/duty]", &[("matter", "基层治理"), ("kind", "principal")]);
        page.leads_to(&around);
        let page = system.get(&around).expect(200).says("东门社区党支部").says("第一责任人").says("基层治理");
        system.submit(&page, "form[action=/admin/units/unlink]", &[]).leads_to(&around);
        system.submit(&page, "form[action=/admin/units/duty/end]", &[]).leads_to(&around);
        // Split one grid off, then merge the rest.
        let part = world.grids[1].to_string();
        let typed = [("name", "东门北社区"), ("code", "990105001003"), ("parts", part.as_str())];
        system.submit(&page, "form[action=/admin/units/split]", &typed).leads_to(&around);
        let page = system.get(&around).expect(200).says("划出部分给");
        // Units of its level, the neighbours first, and never itself.
        let may: Vec<String> = offered(&page, "/admin/units/merge");
        assert!(may[0].contains("学府社区") || may[0].contains("东门北社区"), "{may:?}");
        assert!(may.len() >= 4 && !may.iter().any(|row| row.starts_with("东门社区") || row.contains("网格") || row.contains("街道")), "{may:?}");
        system.submit(&page, "form[action=/admin/units/merge]", &[]).expect(422).says("请选择并入哪个单位");
        let refused = system.submit(&page, "form[action=/admin/units/merge]", &[("merge", "990105000000")]).expect(422).says("只能并入同一层级");
        assert!(refused.html().first("form[action=/admin/units/merge]").is_some());
        // What was chosen stays chosen where the merge is refused.
        let town = world.towns[0];
        let page_of_town = system.get(&format!("/admin/units/around?unit={town}")).expect(200);
        let kept = system.submit(&page_of_town, "form[action=/admin/units/merge]", &[("merge", "990105002000")]).expect(422);
        let checked = kept.html().first("form[action=/admin/units/merge]").unwrap().form_values();
        assert!(checked.contains(&("merge".to_owned(), "990105002000".to_owned())), "{checked:?}");
        let close = system.get(&format!("/admin/units/close?unit={}", world.grids[0])).expect(200).says("没有单位接续");
        assert!(offered(&close, "/admin/units/close").iter().all(|row| row.contains("网格") || row.contains("没有单位接续")));
        system.submit(&close, "form[action=/admin/units/close]", &[("successor", "没有")]).expect(422).says("没有代码为“没有”的单位");
        system.submit(&page, "form[action=/admin/units/merge]", &[("merge", "990105001002")]).leads_to(&around);
        system.get(&around).expect(200).says("接续");
        system.get(&format!("/admin/units/around?unit={there}")).expect(200).says("接续");
        app.staff(Role::SecurityAdmin).get(&around).expect(200);
        app.staff(Role::TownLeader).get(&around).expect(403);
    }
}
