//! 派单目录 by its pages and as a table: looked through, added to, changed, ended; brought in with mistakes, mended, undone.

use std::collections::BTreeMap;

use base::UnitId;
use concerns::catalogue::{self, Duty, Kind};
use people::Role;
use sheets::{Export, FileKind, Head, Value};
use testkit::{Answer, Client, TestApp, Upload};

use crate::pages::catalogue;

fn kinds(app: &TestApp) -> Vec<Kind> {
    app.district().read_now(|tx, _| catalogue::offered(tx)).unwrap()
}

fn duties(app: &TestApp) -> Vec<(String, UnitId, String)> {
    let all: Vec<Duty> = app.district().read_now(|tx, _| catalogue::all_duties(tx)).unwrap();
    all.into_iter().map(|duty| (duty.kind, duty.unit, duty.document)).collect()
}

fn code_of(app: &TestApp, unit: UnitId) -> String {
    app.district().read_now(move |tx, _| Ok::<_, store::StoreError>(people::tree(tx)?.get(unit).unwrap().code.clone())).unwrap()
}

const HEADS: [&str; 8] = ["类别编码", "类别名称", "上级类别编码", "排序", "推测用词", "责任单位代码", "责任单位", "依据文件"];

pub(crate) fn table<const N: usize>(heads: [&str; N], rows: &[[&str; N]]) -> Vec<u8> {
    let heads: Vec<Head> = heads.iter().map(|head| Head::new(*head, 14)).collect();
    let mut export = Export::new(FileKind::Xlsx, "Sheet1", Some("单位台账"), &heads).unwrap();
    for row in rows {
        let row: Vec<Value<'_>> = row.iter().map(|cell| Value::from(*cell)).collect();
        export.row(&row).unwrap();
    }
    let mut bytes = Vec::new();
    export.finish(&mut bytes).unwrap();
    bytes
}

pub(crate) fn upload(browser: &Client, kind: &str, bytes: &[u8]) -> Answer {
    let to = format!("/tables/{kind}");
    let list = browser.get(&to).expect(200);
    let file = Upload { field: "file", name: "表格.xlsx", bytes };
    browser.follow(browser.submit_files(&list, &format!("form[action={to}]"), &[], &[file]).leads_to(&to)).expect(200)
}

pub(crate) fn press(app: &TestApp, browser: &Client, page: &Answer, what: &str) -> Answer {
    let html = page.html();
    let values = html.first("main form").unwrap().form_values();
    let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.post(&format!("{}/{what}", page.path), &values).leads_to(&page.path);
    app.settle();
    browser.get(&page.path).expect(200)
}

testkit::on_both! {
    [vec![concerns::module()]]

    fn the_catalogue_is_kept_by_its_pages(app) {
        catalogue(app);
        let keeper = app.staff(Role::DistrictDesk);
        let (first, second) = (app.world().departments[0], app.world().departments[1]);
        assert!(keeper.get("/me").expect(200).text().contains("href=\"/work/catalogue\""), "in the menu");
        keeper.get("/work/catalogue").expect(200).says("市政设施").says("城市管理局").says("三定规定").says("未指定");
        keeper.get("/work/catalogue?q=路燈").expect(200).says("市政设施").says("共 1 类");
        keeper.get("/work/catalogue?q=三定").expect(200).says("共 1 类");
        keeper.get("/work/catalogue?q=没有的").expect(200).says("没有符合的类别");

        // A new kind: what is wrong is said at its field, with what was typed kept.
        let new = keeper.get("/work/catalogue/new").expect(200);
        let form = "form[action=/work/catalogue/new]";
        keeper.submit(&new, form, &[("code", "01"), ("name", "路灯")]).expect(422).says("已有这个编码");
        let wrong = keeper.submit(&new, form, &[("code", "01 01"), ("name", "路灯")]).expect(422).says("1 至 40 位");
        assert_eq!(wrong.html().first("input[name=name]").and_then(|node| node.attribute("value").map(str::to_owned)), Some("路灯".into()));
        keeper.submit(&new, form, &[("code", "0101"), ("name", " ")]).expect(422).says("请填写");
        let sent = keeper.submit(&new, form, &[("code", "0101"), ("name", "路灯"), ("parent", "01"), ("words", "路灯 灯杆"), ("ord", "3")]);
        assert_eq!(sent.location().as_deref(), Some("/work/catalogue/0101"));
        let page = keeper.follow(sent).expect(200).says("已保存").says("同上级类别");

        // A duty is given, once however often the button is pressed, and its document changed.
        let assign = "form[action=/work/catalogue/0101/assign]";
        keeper.submit(&page, assign, &[("unit", ""), ("document", "某文件")]).expect(422).says("请选择责任单位");
        keeper.submit(&page, assign, &[("unit", &second.to_string()), ("document", " ")]).expect(422).says("请填写");
        for _ in 0..2 {
            keeper.submit(&page, assign, &[("unit", &second.to_string()), ("document", "市政条例第三条")]).leads_to("/work/catalogue/0101");
        }
        assert_eq!(duties(app), [("01".into(), first, "三定规定".into()), ("0101".into(), second, "市政条例第三条".into())]);
        let page = keeper.get("/work/catalogue/0101").expect(200).says("市政条例第三条");
        keeper.submit(&page, "form[id=kind]", &[("name", "道路照明"), ("parent", "0101")]).expect(422).says("不能属于自己");
        keeper.submit(&page, "form[id=kind]", &[("name", "道路照明"), ("words", "路灯 灯杆 不亮")]).leads_to("/work/catalogue/0101");
        let changed = kinds(app).into_iter().find(|kind| kind.code == "0101").unwrap();
        assert_eq!((changed.name.as_str(), changed.parent.as_deref(), changed.keywords.len(), changed.ord), ("道路照明", Some("01"), 3, 3));

        // A kind ends after its parts; what ended is nobody's duty and is offered no more, and can begin anew.
        let wide = keeper.get("/work/catalogue/01").expect(200);
        keeper.submit(&wide, "form[action=/work/catalogue/01/end]", &[]).expect(422).says("请先停用下级类别");
        let page = keeper.get("/work/catalogue/0101").expect(200);
        keeper.follow(keeper.submit(&page, "form[action=/work/catalogue/0101/end]", &[])).expect(200).says("类别已停用").says("已停用");
        assert_eq!(duties(app), [("01".into(), first, "三定规定".into())]);
        assert!(!kinds(app).iter().any(|kind| kind.code == "0101"));
        let ended = keeper.get("/work/catalogue/0101").expect(200).says("再次保存即可恢复");
        assert!(ended.html().first(assign).is_none(), "what ended is given to nobody");
        keeper.submit(&ended, "form[id=kind]", &[("name", "道路照明")]).leads_to("/work/catalogue/0101");
        assert!(kinds(app).iter().any(|kind| kind.code == "0101"));
        let page = keeper.get("/work/catalogue/01").expect(200);
        let withdraw = "form[action=/work/catalogue/01/withdraw]";
        keeper.submit(&page, withdraw, &[]).leads_to("/work/catalogue/01");
        assert_eq!(duties(app), []);
        keeper.get("/work/catalogue/9999").expect(404);

        // Whoever may not keep it sees nothing of these pages and changes nothing.
        for role in [Role::TownDesk, Role::DepartmentLead, Role::DistrictLeader, Role::SystemAdmin] {
            let other = app.staff(role);
            other.get("/work/catalogue").expect(403);
            other.get("/work/catalogue/new").expect(403);
            other.get("/work/catalogue/01").expect(403);
            other.get("/tables/duties").expect(403);
            let me = other.get("/me").expect(200);
            let csrf = me.html().first("input[name=csrf]").unwrap().attribute("value").unwrap().to_owned();
            let typed = [("csrf", csrf.as_str()), ("op_key", "00112233445566778899aabbccddeeff"), ("name", "别的"), ("code", "77")];
            let unit = first.to_string();
            for act in ["new", "01", "01/assign", "01/withdraw", "01/end"] {
                let mut typed = typed.to_vec();
                typed.extend([("unit", unit.as_str()), ("document", "别的")]);
                other.post(&format!("/work/catalogue/{act}"), &typed).expect(403);
            }
        }
        assert_eq!(kinds(app).len(), 3);
    }

    fn the_catalogue_goes_in_and_out_as_a_table(app) {
        catalogue(app);
        let keeper = app.staff(Role::DistrictDesk);
        let (first, second) = (app.world().departments[0], app.world().departments[1]);
        let (before_kinds, before_duties) = (kinds(app), duties(app));
        let codes = [code_of(app, first), code_of(app, second)];
        let rows = table(HEADS, &[
            ["01", "市政设施", "", "", "路灯 井盖 护栏", &codes[0], "", "新的三定规定"],
            ["0101", "路灯", "01", "5", "", &codes[1], "", "照明办法"],
            ["0101", "路灯", "01", "5", "", "", "城市管理局", "照明办法"],
            ["0101", "照明", "01", "5", "", "", "回访中心", "照明办法"],
            ["0102", "井盖", "09", "", "", "", "", ""],
            ["0103", "护栏", "01", "", "", "没有的", "", "某文件"],
            ["0104", "绿化", "01", "", "", &codes[0], "", ""],
            ["02", "邻里纠纷", "", "", "", "", "", ""],
            ["1", "市政", "", "", "", "", "", ""],
        ]);
        let page = upload(&keeper, "duties", &rows);
        // A trial writes nothing and says the same.
        let tried = press(app, &keeper, &page, "check");
        assert_eq!((kinds(app), duties(app)), (before_kinds.clone(), before_duties.clone()));
        for said in ["写的却不一样", "没有这个编码的类别", "没有这个代码的单位", "不能为空", "开头的 0"] {
            assert!(tried.text().contains(said), "{said}: {}", tried.main_text());
        }
        let done = press(app, &keeper, &tried, "start").says("写的却不一样");
        let after: BTreeMap<String, Kind> = kinds(app).into_iter().map(|kind| (kind.code.clone(), kind)).collect();
        assert_eq!(after.keys().map(String::as_str).collect::<Vec<_>>(), ["01", "0101", "02"]);
        assert_eq!(after["01"].keywords, ["路灯", "井盖", "护栏"]);
        assert_eq!((after["0101"].parent.as_deref(), after["0101"].ord), (Some("01"), 5));
        assert_eq!(after["02"], before_kinds[1], "an empty cell leaves things as they are");
        let mut given = duties(app);
        given.sort();
        let mut wanted = vec![
            ("01".to_owned(), first, "新的三定规定".to_owned()),
            ("0101".to_owned(), first, "照明办法".to_owned()),
            ("0101".to_owned(), second, "照明办法".to_owned()),
        ];
        wanted.sort();
        assert_eq!(given, wanted);

        // What goes out comes in again and changes nothing.
        let book = keeper.get("/tables/duties/export.xlsx").expect(200);
        let cells = format!("{:?}", sheets::grids(&book.bytes, &sheets::Limits::default()).unwrap());
        assert!(HEADS.iter().all(|head| cells.contains(head)) && cells.contains("照明办法"), "{cells}");
        let (kinds_then, duties_then) = (kinds(app), duties(app));
        let same = upload(&keeper, "duties", &book.bytes);
        press(app, &keeper, &same, "start");
        assert_eq!((kinds(app), duties(app)), (kinds_then, duties_then));

        // Undone, it is as it was; what somebody has changed since is kept.
        let page = keeper.get("/work/catalogue/01").expect(200);
        let typed = [("unit", first.to_string()), ("document", "后来的文件".to_owned())];
        let typed: Vec<(&str, &str)> = typed.iter().map(|(name, value)| (*name, value.as_str())).collect();
        keeper.submit(&page, "form[action=/work/catalogue/01/assign]", &typed).leads_to("/work/catalogue/01");
        press(app, &keeper, &done, "undo").says("导入已撤销");
        assert_eq!(kinds(app), before_kinds);
        assert_eq!(duties(app), [("01".to_owned(), first, "后来的文件".to_owned())]);
    }
}
