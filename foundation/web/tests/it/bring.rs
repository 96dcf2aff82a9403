//! The house's own tables: units, grids, posts, people, who holds which post; each administrator their part.

use people::Role;
use sheets::{Export, FileKind, Head, Value};
use testkit::{Answer, Client, TestApp, Upload};

fn table(title: &str, heads: &[&str], rows: &[&[&str]]) -> Vec<u8> {
    let heads: Vec<Head> = heads.iter().map(|head| Head::new(*head, 14)).collect();
    let mut export = Export::new(FileKind::Xlsx, "Sheet1", Some(title), &heads).unwrap();
    for row in rows {
        let row: Vec<Value<'_>> = row.iter().map(|cell| Value::from(*cell)).collect();
        export.row(&row).unwrap();
    }
    let mut bytes = Vec::new();
    export.finish(&mut bytes).unwrap();
    bytes
}

fn bring(app: &TestApp, browser: &Client, kind: &str, bytes: &[u8]) -> Answer {
    let list = browser.get(&format!("/tables/{kind}")).expect(200);
    let file = Upload { field: "file", name: "表格.xlsx", bytes };
    let form = format!("form[action=/tables/{kind}]");
    let page = browser.follow(browser.submit_files(&list, &form, &[], &[file]).leads_to(&format!("/tables/{kind}/"))).expect(200);
    press(app, browser, &page, "start")
}

fn press(app: &TestApp, browser: &Client, page: &Answer, what: &str) -> Answer {
    let html = page.html();
    let values = html.first("main form").unwrap().form_values();
    let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.post(&format!("{}/{what}", page.path), &values).leads_to(&page.path);
    app.settle();
    browser.get(&page.path).expect(200)
}

/// Somebody who administers a town and the district, signed in: 周全.
fn in_two_posts(app: &TestApp) -> Client {
    use people::password::{NewPassword, Params, Strength};
    use people::{Authority, CreatePerson, CreatePost, Invite};
    let (system, town, district) = (app.world().actor(Role::SystemAdmin), app.world().towns[0], app.world().district);
    app.district()
        .write_now(move |tx, ctx| {
            let person = CreatePerson { name: "周全".into(), phone: None };
            let person = people::create_person(tx, ctx, Authority::Console, &person).unwrap();
            // The narrower post came first.
            for unit in [town, district] {
                let post = CreatePost { unit, reach: None, role: Role::SystemAdmin, title: "系统管理员".into() };
                let post = people::create_post(tx, ctx, Authority::Console, &post).unwrap();
                people::hold(tx, ctx, Authority::Console, person, post, ctx.now).unwrap();
            }
            let code = people::invite(tx, ctx, &system.has::<Invite>().unwrap(), person, "zhou.quan", false).unwrap();
            let word = NewPassword::make(&Params::light(), ctx.random(), people::testing::PASSWORD, "", Strength::Admin).unwrap();
            people::open_account(tx, ctx, &code, &word).unwrap();
            Ok::<_, store::StoreError>(())
        })
        .unwrap();
    app.signed_in("zhou.quan")
}

const UNITS: [&str; 5] = ["单位代码", "单位名称", "层级", "上级代码", "办公电话"];

testkit::on_both! {
    [vec![]]

    fn a_district_is_entered_by_its_tables_and_taken_back(app) {
        let system = app.staff(Role::SystemAdmin);
        let security = app.staff(Role::SecurityAdmin);
        let units = table("单位一览表", &UNITS, &[
            &["990105003000", "南山街道", "街道", "", "0380-8800300"],
            &["990105003001", "松林社区", "社区", "", ""],
            &["990105001000", "东街街道办", "镇街", "", "—"],
            &["990105003999", "错的社区", "小组", "", ""],
            &["NSDW", "南山街道党工委", "党工委", "QW", ""],
        ]);
        let done = bring(app, &system, "units", &units).says("请写成 镇街");
        let tree = app.district().read_now(|tx, _| people::tree(tx)).unwrap();
        assert_eq!(tree.find_code("990105003001").map(|unit| tree.full_name(unit.id)), Some("南山街道 松林社区".into()));
        assert_eq!(tree.find_code("990105001000").map(|unit| unit.name.as_str()), Some("东街街道办"), "renamed");
        assert_eq!(tree.find_code("NSDW").and_then(|unit| unit.parent), Some(app.world().party));

        let pairs = ["单位代码", "单位名称", "党组织代码", "党组织"];
        let links = table("党组织对应表", &pairs, &[
            &["990105003000", "南山街道", "NSDW", "南山街道党委"],
            &["NSDW", "南山街道党委", "990105003000", "南山街道"],
            &["990105003000", "南山街道", "NOWHERE", ""],
        ]);
        let linked = bring(app, &system, "links", &links).says("左边应是单位").says("没有这个代码的单位");
        let town = tree.find_code("990105003000").unwrap().id;
        let party = || app.district().read_now(move |tx, _| people::links_of(tx, town)).unwrap();
        assert_eq!(party().iter().map(|link| link.party).collect::<Vec<_>>(), [tree.find_code("NSDW").unwrap().id]);

        let grids = table("网格信息", &["网格编码", "名称", "类型", "范围/四至", "户数", "监督电话"], &[
            &["990105003001001", "第一网格", "基础网格", "东至建设路", "312", "12345"],
            &["990105003001", "不是网格", "", "", "", ""],
        ]);
        bring(app, &system, "grids", &grids).says("不是网格的");
        let posts = table("岗位", &["单位代码", "岗位名称", "角色"], &[&["990105003001", "社区书记", "社区书记"], &["990105003001001", "网格员", "网格员"]]);
        bring(app, &system, "posts", &posts);
        let staff = table("花名册", &["姓名", "联系电话"], &[&["钱多", "13812341234"], &["钱 多", "13912341234"], &["孙好", ""], &["孙好", ""]]);
        let people_done = bring(app, &system, "people", &staff).says("和第 5 行重复");
        // Giving posts is another administrator's.
        system.get("/tables/holdings").expect(403);
        security.get("/tables/units").expect(403);
        app.staff(Role::TownLeader).get("/tables").expect(403);
        let held = table("任职", &["姓名", "工作电话", "单位代码", "岗位名称", "任职时间", "代理截止"], &[
            &["孙好", "", "990105003001", "社区书记", "2019.07", ""],
            &["钱多", "13812341234", "990105003001001", "网格员", "", "2099-12-31"],
            &["钱多", "13700000000", "990105003001001", "网格员", "", ""],
        ]);
        let held_done = bring(app, &security, "holdings", &held).says("没有这个人");
        let unit = tree.find_code("990105003001").unwrap().id;
        system.get(&format!("/admin/units?unit={unit}")).expect(200).says("孙好");

        // A unit may have two posts of one title, each with its holder: an export names both.
        let other = app.world().member(Role::TownStaff).person;
        app.district()
            .write_now(move |tx, ctx| {
                let input = people::CreatePost { unit, reach: None, role: Role::CommunitySecretary, title: "社区书记".into() };
                let post = people::create_post(tx, ctx, people::Authority::Console, &input).unwrap();
                people::hold(tx, ctx, people::Authority::Console, other, post, ctx.now).unwrap();
                Ok::<_, store::StoreError>(())
            })
            .unwrap();
        let two: &[&str] = &["990105003001", "社区书记", "社区书记"];
        bring(app, &system, "posts", &table("岗位", &["单位代码", "岗位名称", "角色"], &[two, two, two])).says("和第");

        // What goes out comes in again as the same.
        for (browser, kind) in [(&system, "units"), (&system, "links"), (&system, "grids"), (&system, "posts"), (&system, "people"), (&security, "holdings")] {
            let book = browser.get(&format!("/tables/{kind}/export.xlsx")).expect(200);
            let again = bring(app, browser, kind, &book.bytes);
            let said = again.says("新增 0").main_text();
            assert!(!said.contains("有错误") && !said.contains("更新"), "{kind}: {said}");
        }

        // What is used stays; the rest is taken back, the last first.
        press(app, &system, &linked, "undo").says("导入已撤销");
        assert!(party().is_empty());
        press(app, &system, &people_done, "undo");
        press(app, &security, &held_done, "undo").says("导入已撤销");
        press(app, &system, &done, "undo").says("导入已撤销");
        let tree = app.district().read_now(|tx, _| people::tree(tx)).unwrap();
        assert_eq!(tree.find_code("990105001000").map(|unit| unit.name.as_str()), Some("东街街道"), "its name is as before");
        assert!(tree.find_code("NSDW").is_none());
        assert!(tree.find_code("990105003001").is_some(), "grids stand under it by now");
    }

    fn who_administers_a_town_and_the_district_brings_in_through_the_post_that_covers_the_row(app) {
        let both = in_two_posts(app);
        // A unit of the Party tree lies under no unit of the other; only the district's post covers it.
        let done = bring(app, &both, "units", &table("单位一览表", &UNITS, &[&["NSDW", "南山街道党工委", "党工委", "QW", ""]]));
        let said = done.main_text();
        assert!(!said.contains("有错误"), "{said}");
        let tree = app.district().read_now(|tx, _| people::tree(tx)).unwrap();
        assert!(tree.find_code("NSDW").is_some());
        // The pages do what the table does: to a unit of another town, and to the Party tree.
        for unit in [app.world().communities[2], tree.find_code("NSDW").unwrap().id] {
            let page = both.get(&format!("/admin/units/change?unit={unit}")).expect(200);
            both.submit(&page, "form[action=/admin/units/change]", &[("ord", "3")]).leads_to("/admin/units?unit=");
        }
    }

    fn what_comes_in_is_in_the_name_of_whoever_pressed(app) {
        let (first, second) = (app.staff(Role::SystemAdmin), in_two_posts(app));
        let list = first.get("/tables/people").expect(200);
        let bytes = table("花名册", &["姓名", "联系电话"], &[&["钱多", ""]]);
        let file = Upload { field: "file", name: "表格.xlsx", bytes: &bytes };
        let page = first.follow(first.submit_files(&list, "form[action=/tables/people]", &[], &[file])).expect(200);
        press(app, &second, &second.get(&page.path).expect(200), "start").says("新增 1");
        let by = app
            .district()
            .read_now(|tx, _| {
                let made = people::persons_named(tx, "钱多")?.remove(0).0;
                let event = record::of_subject(tx, made.0)?.remove(0);
                let record::Actor::Person(by) = event.actor else { return Ok(None) };
                people::read::name_of(tx, by)
            })
            .unwrap();
        assert_eq!(by.as_deref(), Some("周全"));
    }

    fn rows_that_are_left_out_are_shown_and_can_be_taken_in(app) {
        let system = app.staff(Role::SystemAdmin);
        let upload = || {
            let staff = table("花名册", &["姓名", "联系电话"], &[&["示例", "13812340000"], &["李四", ""], &["合计", "2"]]);
            let list = system.get("/tables/people").expect(200);
            let file = Upload { field: "file", name: "表格.xlsx", bytes: &staff };
            system.follow(system.submit_files(&list, "form[action=/tables/people]", &[], &[file])).expect(200)
        };
        let page = upload().says("有 2 行没有当作内容").says("第 3 行（填表说明或示例）：示例 13812340000").says("第 5 行（合计）：合计 2");
        assert!(page.html().all("input[name=take]").iter().all(|row| row.attribute("checked").is_none()));
        let done = press(app, &system, &page, "start").main_text();
        assert!(done.contains("新增 1"), "{done}");
        // Ticked, a row comes in like any other; what is no row that was left out is not counted twice.
        let page = upload();
        let values = page.html().first("main form").unwrap().form_values();
        let mut values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        values.extend([("take", "3"), ("take", "4"), ("take", "99")]);
        system.post(&format!("{}/choose", page.path), &values).leads_to(&page.path);
        let page = system.get(&page.path).expect(200);
        let ticked: Vec<String> = page.html().all("input[name=take][checked]").iter().filter_map(|row| row.attribute("value").map(str::to_owned)).collect();
        assert_eq!(ticked, ["3"]);
        let done = press(app, &system, &page, "start").main_text();
        assert!(done.contains("新增 1") && done.contains("已有，没有变化 1"), "{done}");
    }

    fn a_file_that_is_no_table_is_refused_in_words(app) {
        let system = app.staff(Role::SystemAdmin);
        let list = system.get("/tables/units").expect(200);
        let file = Upload { field: "file", name: "a.pdf", bytes: b"%PDF-1.7" };
        system.submit_files(&list, "form[action=/tables/units]", &[], &[file]).expect(422).says("不是表格");
        let empty = Upload { field: "file", name: "a.csv", bytes: "单位代码,单位名称\n".as_bytes() };
        system.submit_files(&list, "form[action=/tables/units]", &[], &[empty]).expect(422).says("没有内容");
        system.get("/tables/nothing").expect(404);
        let page = bring(app, &system, "units", &table("通讯录", &["名字", "号码"], &[&["a", "b"]]));
        assert!(page.says("还没有选定").main_text().contains("单位代码"));
    }
}
