//! The map and the links of screens, through their pages and by their operations, on both engines. Dashboards of concerns are
//! tested with concerns, which stand to the right of this crate.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr, reason = "tests")]

use base::Time;
use people::{Actor, CreateUnit, Level, ManageUnits, Role, create_unit};
use record::measure::{Count, Duty, Key, Measure, Met, Nature};
use record::{About, Facts};
use store::{Sql, StoreError, p, sql};
use testkit::{TestApp, Upload};

/// A branch came together.
#[derive(serde::Serialize, serde::Deserialize)]
struct BranchMet {
    what: String,
}

impl Facts for BranchMet {
    const KIND: &'static str = "BranchMet";
    const V: i64 = 1;
}

record::measures! {
    /// What these tests count.
    pub MEASURES = [
        Measure { id: "works.done", title_zh: "办成", title_en: "Done", counts: &[Count { kind: "WorkDone", ..Count::ONE }], ..Measure::COUNT },
        Measure { id: "works.met", title_zh: "组织生活", title_en: "Branch life", nature: Nature::Duty,
            counts: &[Count { kind: "BranchMet", key: Key::Fact("what"), ..Count::ONE }], ..Measure::COUNT },
    ]
}

record::duties! {
    /// A duty of branches, as a module of theirs would declare it.
    pub DUTIES = [
        Duty { id: "works.theme_day", title_zh: "开展主题党日", title_en: "Theme day", rule: "party.theme_day",
            measure: "works.met", key: "theme", met: Met::AsOften, levels: &["branch"] },
    ]
}

/// What a module with nothing counted yet says of itself.
const BOARDS: &[web::due::Board] = &[web::due::Board {
    name: "works",
    title: |_| "事项",
    figures: |_| &["works.done"],
    trend: |_| &[],
    parts: &[],
    below: &[],
    wall: Some(("works.done", &[])),
}];

fn modules() -> Vec<web::Module> {
    vec![web::Module { boards: BOARDS, ..web::Module::new("works") }, measures::module(), dashboard::module()]
}

/// A square for each of these codes, side by side.
fn map(codes: &[&str]) -> String {
    map_off(codes, 0.0)
}

/// The same, so many degrees to the east.
fn map_off(codes: &[&str], east: f64) -> String {
    let feature = |(n, code): (usize, &&str)| {
        let (x, y) = (150.0 + east + n as f64 * 0.1, 24.0);
        format!(
            r#"{{"type":"Feature","properties":{{"code":"{code}","name":"区域{n}"}},"geometry":{{"type":"Polygon","coordinates":[[[{x},{y}],[{0},{y}],[{0},{1}],[{x},{1}],[{x},{y}]]]}}}}"#,
            x + 0.1,
            y + 0.1
        )
    };
    let features: Vec<String> = codes.iter().enumerate().map(feature).collect();
    format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","))
}

fn upload(bytes: &[u8]) -> [Upload<'_>; 1] {
    [Upload { field: "file", name: "map.geojson", bytes }]
}

const OPEN_LINKS: &Sql = sql!("SELECT COUNT(*) FROM wall_link WHERE revoked_at IS NULL");
const DAMAGE: &Sql = sql!("UPDATE wall_link SET revoked_at = NULL");
const MOVE_SHAPE: &Sql = sql!("UPDATE map_shape SET rings = ?1");
const FORGE_BEFORE: &Sql = sql!("UPDATE map_before SET rings = ?1");

fn open_links(app: &TestApp) -> i64 {
    app.district().read_now(|tx, _| tx.one(OPEN_LINKS, p![], |row| row.int(0))).unwrap()
}

testkit::on_both! {
    [modules()]

    fn a_map_is_brought_in_and_seen(app) {
        let admin = app.staff(Role::SystemAdmin);
        let page = admin.get("/admin/map").expect(200).says("还没有地图");
        let leader = app.staff(Role::DistrictLeader);
        leader.get("/board/map").expect(200).says("这里还没有地图");

        let text = map(&["990105001", "990105002000", "990105001001", "990105999000", "990105001001"]);
        let looked = admin.submit_files(&page, "form[action=/admin/map]", &[], &upload(text.as_bytes())).expect(200);
        let looked = looked.says("2 个").says("990105999000").says("已合并").says("没有边界的社区、村");
        let taken = admin.submit(&looked, "form[action=/admin/map/take]", &[]).leads_to("/admin/map");
        admin.follow(taken).says("地图已导入").says("3 个单位有边界");
        // The same form again is the same map.
        admin.submit(&looked, "form[action=/admin/map/take]", &[]).leads_to("/admin/map");

        let seen = leader.get("/board/map").expect(200).says("东街街道").says("西河镇");
        let html = seen.html();
        assert_eq!(html.all("svg.map a").len(), 2, "an area for each town");
        let label = html.first("svg.map a").unwrap().attribute("aria-label").unwrap().to_owned();
        assert!(label.contains("街道") || label.contains("镇"), "{label}");
        assert_eq!(html.all(".map-table tbody tr").len(), 2, "the same in a table");
        leader.get("/board/map?level=far").expect(200).says("东门社区").says("没有边界的单位只列在表里");

        let book = leader.get("/board/map.xlsx?m=works.done&level=far").expect(200);
        assert!(book.bytes.starts_with(b"PK") && book.headers["content-disposition"].to_str().unwrap().contains("map.xlsx"));
        leader.get("/board/map?m=works.done").expect(200);

        let removed = admin.submit(&admin.get("/admin/map"), "form[action=/admin/map/remove]", &[]).leads_to("/admin/map");
        let gone = admin.follow(removed).says("还没有地图").says("上一张地图还在：3 个单位有边界");
        leader.get("/board/map").expect(200).says("这里还没有地图");
        let back = admin.submit(&gone, "form[action=/admin/map/undo]", &[]).leads_to("/admin/map");
        admin.follow(back).says("已换回上一张地图").says("3 个单位有边界");
        assert_eq!(leader.get("/board/map").expect(200).html().all("svg.map a").len(), 2, "the map is back");
        // The same form again moves nothing more.
        admin.submit(&gone, "form[action=/admin/map/undo]", &[]).leads_to("/admin/map");
        admin.get("/admin/map").expect(200).says("3 个单位有边界");
    }

    fn a_map_that_is_wrong_is_seen_before_it_is_taken_and_undone_after(app) {
        let admin = app.staff(Role::SystemAdmin);
        let page = admin.get("/admin/map").expect(200).says("GCJ-02");
        assert!(page.html().all("form[action=/admin/map/undo]").is_empty(), "there is nothing to put back");
        let codes = ["990105001000", "990105002000", "990105001001"];
        let bring = |text: &str| {
            let looked = admin.submit_files(&admin.get("/admin/map"), "form[action=/admin/map]", &[], &upload(text.as_bytes())).expect(200);
            let words = looked.main_text();
            admin.submit(&looked, "form[action=/admin/map/take]", &[]).leads_to("/admin/map");
            words
        };
        let right = map(&codes);
        assert!(!bring(&right).contains("错开"), "there is none to lie beside");
        assert!(!bring(&right).contains("错开"), "it lies on itself");
        // All of it half a kilometre to the east, as a map of GCJ-02 would be.
        let words = bring(&map_off(&codes, 0.005));
        assert!(words.contains("错开约 510 米") && words.contains("GCJ-02"), "{words}");
        let seen = admin.get("/admin/map").expect(200);
        admin.submit(&seen, "form[action=/admin/map/undo]", &[]).leads_to("/admin/map");
        assert!(!bring(&right).contains("错开"), "the right one was put back");
        // An area whose code is wrong and whose name is known is asked about.
        let named = right.replace("990105002000", "990105077000").replace("区域1", "西河镇");
        assert!(bring(&named).contains("西河镇 代码是 990105002000"), "{named}");
    }

    fn what_is_wrong_with_a_map_is_said(app) {
        let admin = app.staff(Role::SystemAdmin);
        let page = admin.get("/admin/map").expect(200);
        let form = "form[action=/admin/map]";
        for (text, words) in [
            ("", "第 1 行读不下去"),
            ("{\"type\":\"FeatureCollection\",\"features\":[{\"properties\":{},\"geometry\":null},{\"properties\":{},\"geometry\":null}]}", "第 1 个区域没有代码，请在属性里加上“code”，填单位代码；第 2 个"),
            ("{\"type\":\"FeatureCollection\",\"crs\":{\"type\":\"name\",\"properties\":{\"name\":\"urn:ogc:def:crs:EPSG::3857\"}},\"features\":[{}]}", "坐标系是 urn:ogc:def:crs:EPSG::3857"),
            ("{\"type\":\"Topology\"}", "不是 GeoJSON"),
            ("{\"type\":\"FeatureCollection\",\"features\":[{\"properties\":{},\"geometry\":null}]}", "第 1 个区域没有代码"),
        ] {
            admin.submit_files(&page, form, &[], &upload(text.as_bytes())).expect(422).says(words);
        }
        admin.submit_files(&page, form, &[], &[]).expect(422).says("请选择一个文件");
        let nothing = map(&["880000000000"]);
        admin.submit_files(&page, form, &[], &upload(nothing.as_bytes())).expect(200).says("没有一个区域能对应");
        // A map that was never uploaded, or is gone, is asked for again.
        let text = map(&["990105001000"]);
        let looked = admin.submit_files(&page, form, &[], &upload(text.as_bytes())).expect(200);
        let gone = "0".repeat(64);
        admin.submit(&looked, "form[action=/admin/map/take]", &[("digest", &gone)]).expect(422).says("已过期");
    }

    fn only_the_system_administrator_keeps_maps_and_links(app) {
        for role in [Role::DistrictLeader, Role::TownDesk, Role::SecurityAdmin, Role::AuditAdmin, Role::GridWorker] {
            let somebody = app.staff(role);
            somebody.get("/admin/map").expect(403);
            somebody.get("/admin/walls").expect(403);
        }
        let admin = app.staff(Role::SystemAdmin);
        admin.get("/board").expect(403);
        admin.get("/wall").expect(403);
        app.client().get("/board").leads_to("/login");
    }

    fn a_unit_sees_itself_and_what_is_below(app) {
        let world = app.world();
        let town = app.staff_in(Role::TownLeader, world.towns[0]);
        town.get("/board").expect(200).says("东街街道看板").says("东门社区");
        town.get(&format!("/board?unit={}", world.communities[1])).expect(200).says("学府社区看板");
        for other in [world.district, world.towns[1], world.communities[2], world.departments[0], world.party] {
            for path in ["/board", "/board/map", "/board/due", "/board.xlsx", "/wall", "/wall/live"] {
                let answer = town.get(&format!("{path}?unit={other}&of=x"));
                assert!(matches!(answer.status.as_u16(), 403 | 404), "{path} of {other}: {}", answer.status);
            }
        }
        town.get("/board?unit=00000000000000000000000000000001").expect(404);
        app.staff_in(Role::GridWorker, world.grids[0]).get("/wall").expect(403);
        let department = app.staff_in(Role::DepartmentLead, world.departments[0]);
        let page = department.get("/board").expect(200).says("城市管理局看板");
        assert!(!page.main_text().contains("东街街道"), "a department sees itself");
    }

    fn the_party_side_sees_what_its_rules_order(app) {
        let world = app.world();
        let branch = world.branch;
        let secretary = app.staff(Role::BranchSecretary);
        let page = secretary.get("/board").expect(200).says("东门社区党支部看板").says("党内规定动作");
        let row = |page: &testkit::Answer, title: &str| {
            let html = page.html();
            html.all(".duties-table tr").iter().map(|row| row.text()).find(|text| text.contains(title)).unwrap_or_else(|| panic!("no row {title}"))
        };
        // This month still runs; what no module records is not held against anybody.
        assert!(row(&page, "开展主题党日").contains("还没有做"), "{}", row(&page, "开展主题党日"));
        assert!(row(&page, "开展主题党日").contains("每月 1 次") && row(&page, "开展主题党日").contains("支部工作条例"));
        assert!(row(&page, "召开支部党员大会").contains("还没有登记这项工作"));
        assert!(!page.main_text().contains("办成") && !page.main_text().contains("地图"), "only what is of the Party side");
        // Nothing is asked of the months before there was such a branch.
        assert!(!secretary.get("/board?p=month&d=2026-02-10").expect(200).says("召开支部党员大会").main_text().contains("开展主题党日"));
        let office = app.staff(Role::PartyAffairs);
        let above = |app: &TestApp| -> Vec<String> {
            let page = app.staff(Role::PartyAffairs).get("/board").expect(200).says("中共明水区委看板").says("东门社区党支部");
            page.html().all(".units-table tbody td.number").iter().map(|cell| cell.text().trim().to_owned()).collect()
        };
        assert_eq!(above(app), ["0", "1", "0"]);
        let done = app.district().write_now(move |tx, ctx| {
            let about = About { occurred_at: ctx.now, actor: record::Actor::System, unit: Some(branch), subject: ctx.id(), batch: None };
            record::append(tx, ctx, about, &BranchMet { what: "theme".into() })
        });
        done.unwrap();
        app.settle();
        let page = secretary.get("/board").expect(200);
        assert!(row(&page, "开展主题党日").contains("已做到"));
        assert_eq!(above(app), ["1", "0", "0"]);
        let html = page.html();
        let cases = html.first(".duties-table a").unwrap().attribute("href").unwrap();
        secretary.get(cases).expect(200).says("组织生活");
        office.get(&format!("/board?unit={branch}")).expect(200).says("已做到");
        // What was not done is named once the month is over, with all that is under a committee.
        app.pass(70 * Time::DAY);
        let whole = app.district().env().clock.now().plus(-35 * Time::DAY).date();
        let secretary = app.staff(Role::BranchSecretary);
        let past = secretary.get(&format!("/board?p=month&d={whole}")).expect(200);
        assert!(row(&past, "开展主题党日").contains("未做到，期内 0 次"));
        let admin: Actor = world.actor(Role::SystemAdmin);
        let party = world.party;
        app.district()
            .write_now(move |tx, ctx| {
                let proof = admin.has::<ManageUnits>().unwrap();
                let make = |tx: &mut store::Tx, level, parent, code: &str, name: &str| {
                    let unit = CreateUnit { code: code.into(), name: name.into(), phone: None, level, parent: Some(parent), ord: 9 };
                    create_unit(tx, ctx, &proof, &unit).unwrap()
                };
                let general = make(tx, Level::GeneralBranch, party, "DZZ", "机关党总支");
                make(tx, Level::Branch, general, "DZZ1", "机关第一党支部");
                make(tx, Level::Branch, general, "DZZ2", "机关第二党支部");
                Ok::<_, store::StoreError>(())
            })
            .unwrap();
        app.settle();
        let page = app.staff(Role::PartyAffairs).get("/board").expect(200).says("机关党总支").says("2 个组织合计");
        let cells: Vec<String> = page.html().all(".units-table tbody td.number").iter().map(|cell| cell.text().trim().to_owned()).collect();
        assert!(cells.windows(3).any(|some| some == ["0", "2", "0"]), "{cells:?}");
        let secretary = app.staff(Role::BranchSecretary);
        // The two sides do not see one another, and a member sees neither.
        for other in [world.party, world.communities[0], world.district] {
            secretary.get(&format!("/board?unit={other}")).expect(403);
        }
        for role in [Role::CommunitySecretary, Role::TownLeader, Role::DistrictLeader] {
            app.staff(role).get(&format!("/board?unit={branch}")).expect(403);
            assert!(!app.staff(role).get("/board").expect(200).main_text().contains("党内规定动作"));
        }
        app.staff(Role::Member).get("/board").expect(403);
        secretary.get("/board.xlsx").expect(200);
    }

    fn periods_have_addresses(app) {
        let leader = app.staff(Role::DistrictLeader);
        for query in ["", "?p=month", "?p=quarter", "?p=year", "?p=month&d=2026-02-28", "?d=0000-00-00", "?p=nonsense&d=9999-12-31", "?p=year&d=1990-01-01"] {
            leader.get(&format!("/board{query}")).expect(200);
            leader.get(&format!("/board/map{query}")).expect(200);
        }
        leader.get("/board.xlsx?p=year").expect(200);
        let page = leader.get("/board?p=month").expect(200);
        let html = page.html();
        let earlier = html.first(".period a.step").unwrap().attribute("href").unwrap().to_owned();
        assert!(earlier.contains("&d="), "{earlier}");
        let back = leader.get(&earlier).expect(200);
        assert!(back.html().all(".period a.step").len() == 2, "a period that is over has a next one");
    }

    fn a_link_lets_a_screen_in_until_it_is_taken_back(app) {
        let admin = app.staff(Role::SystemAdmin);
        let page = admin.get("/admin/walls").expect(200).says("还没有链接");
        let form = "form[action=/admin/walls]";
        let town = app.world().towns[0].to_string();
        admin.submit(&page, form, &[("unit", &town), ("name", " ")]).expect(422).says("1 到 40 个字");
        admin.submit(&page, form, &[("unit", &app.world().grids[0].to_string()), ("name", "墙")]).expect(422).says("区或镇街");
        let made = admin.submit(&page, form, &[("unit", &town), ("name", "一楼大厅")]).expect(200).says("无法再次查看").says("一楼大厅");
        let again = admin.submit(&page, form, &[("unit", &town), ("name", "一楼大厅")]).expect(200);
        let link = |page: &testkit::Answer| page.html().first(".qr-link code").unwrap().text();
        assert_eq!(link(&made), link(&again), "sent twice, one link");
        assert_eq!(open_links(app), 1);
        let path = link(&made).split_once("localhost").unwrap().1.to_owned();

        let screen = app.client();
        let shown = screen.get(&path).expect(200).says("东街街道居民诉求").says("今日收到");
        assert_eq!(shown.headers["referrer-policy"], "no-referrer");
        assert!(shown.html().first("#wall").unwrap().attribute("data-live").unwrap().ends_with("/live"));
        assert!(!shown.html().first("#wall").unwrap().attribute("data-build").unwrap().is_empty());
        screen.get(&format!("{path}0")).expect(404);
        screen.get(&format!("/wall/s/{}", "0".repeat(24))).expect(404);
        assert!(!admin.get("/admin/walls").expect(200).text().contains(&path), "it is shown once");

        let list = admin.get("/admin/walls").expect(200);
        let revoke = list.html().all("form").iter().find_map(|form| form.attribute("action").filter(|to| to.ends_with("/revoke")).map(str::to_owned)).unwrap();
        let done = admin.submit(&list, &format!("form[action={revoke}]"), &[]).leads_to("/admin/walls");
        admin.follow(done).says("已收回");
        screen.get(&path).expect(404);
        screen.get(&format!("{path}/live")).expect(404);
    }
}

/// Two things that a town owes: one of a module that a wall tells of, one of a module that it does not.
const fn owing(name: &'static str) -> web::due::Due {
    web::due::Due {
        name,
        title: |_| "事",
        steps: |_| vec![("do", "办")],
        counts: |_, _, look| {
            let towns = look.tree.all().filter(|unit| unit.level == Level::Town);
            Ok(towns.map(|unit| web::due::Owed { unit: unit.id, step: "do", open: 3, today: 1, late: 1 }).collect())
        },
        list: |_, _, _, _, _, _, _| Ok(web::due::Lines { lines: Vec::new(), next: None }),
    }
}

/// See [`owing`].
const OWING: [web::due::Due; 2] = [owing("works"), owing("plans")];

#[test]
fn a_wall_tells_of_what_residents_brought_and_of_nothing_else() {
    let Some(app) = TestApp::new(testkit::Engine::Sqlite, modules()) else { return };
    let district = app.world().district;
    let all = vec![web::Module { boards: BOARDS, due: &OWING, ..web::Module::new("works") }];
    let wall = app
        .district()
        .read_now(move |tx, ctx| {
            let tree = people::tree(tx)?;
            dashboard::wall::look(tx, ctx, &all, &tree, district, web::Lang::Hans)
        })
        .unwrap();
    assert_eq!((wall.open.as_str(), wall.today.as_str(), wall.late.as_str()), ("6", "2", "2"));
    let (towns, others): (Vec<_>, Vec<_>) = wall.units.iter().flatten().partition(|unit| unit.open > 0);
    assert!(towns.len() == 2 && towns.iter().all(|unit| (unit.open, unit.late) == (3, 1)), "{:?}", wall.units);
    assert_eq!(others.iter().map(|unit| unit.name.as_str()).collect::<Vec<_>>(), ["各部门"], "departments stand in one row");
    assert_eq!((wall.units.len(), wall.shape.as_str()), (1, "columns-1 rows-3 name-7"));
}

/// What is changed past the product is found.
#[test]
fn a_change_by_sql_is_found() {
    let Some(app) = TestApp::new(testkit::Engine::Sqlite, modules()) else { return };
    let admin: Actor = app.world().actor(Role::SystemAdmin);
    let town = app.world().towns[0];
    app.district()
        .write_now(move |tx, ctx| {
            let tree = people::tree(tx)?;
            let keeper = admin.has::<dashboard::permissions::KeepLinks>().unwrap();
            let given = dashboard::link::give(tx, ctx, &keeper, &tree, &[7; 16], town, "大厅").unwrap();
            dashboard::link::revoke(tx, ctx, &keeper, given.id)?;
            let shapes = dashboard::map::matched(&tree, &dashboard::geojson::read(map(&["990105001000"]).as_bytes()).unwrap()).shapes;
            dashboard::map::take(tx, ctx, &admin.has().unwrap(), &shapes).unwrap();
            dashboard::map::take(tx, ctx, &admin.has().unwrap(), &shapes).unwrap();
            Ok::<(), StoreError>(())
        })
        .unwrap();
    app.settle();
    let findings = || record::verify(app.district().store(), &app.app.folds(), app.app.readers()).unwrap().findings.len();
    assert_eq!(findings(), 0);
    app.district().write_now(|tx, _| tx.exec(DAMAGE, p![])).unwrap();
    assert_eq!(findings(), 1, "a link that was opened again");
    app.district().write_now(|tx, _| tx.exec(MOVE_SHAPE, p![&[2_u8, 6, 2, 2, 2, 2, 2, 2]])).unwrap();
    assert_eq!(findings(), 2, "an outline that was moved");
    app.district().write_now(|tx, _| tx.exec(FORGE_BEFORE, p![&[2_u8, 6, 2, 2, 2, 2, 2, 2]])).unwrap();
    assert_eq!(findings(), 3, "an outline that would have been put back");
    std::mem::forget(app);
}
