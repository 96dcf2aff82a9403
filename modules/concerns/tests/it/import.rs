//! A table of another system brought in: from the command line and from the browser, twice, with mistakes,
//! and undone. The table is a twin of a real one: same columns, same quirks, invented texts.

#![expect(clippy::unwrap_used, reason = "tests")]

use base::Time;
use concerns::import::{self, Batch, BatchState, NoteKind};
use concerns::{Outcome, Source, State};
use jiff::civil::date;
use people::Role;
use sheets::{Export, FileKind, Head, Value};
use store::StoreError;
use testkit::{Answer, Client, TestApp, Upload};

const HEADERS: [&str; 8] = ["留言编号", "留言用户", "留言主题", "留言时间", "留言详情", "答复意见", "答复时间", "一级分类"];

/// One row, changed by a test before it is written.
#[derive(Clone)]
struct Line([String; 8]);

fn line(n: usize) -> Line {
    let answer = if n % 5 == 4 { "" } else { "\u{a0}\u{a0}您好！经核实，已安排处理。\u{3000}\u{3000}感谢您的关注。" };
    Line([
        (90_000 + n).to_string(),
        format!("UU{n:06}"),
        format!("关于{n}号楼\u{a0}路灯\u{200b}不亮的问题"),
        format!("2019/4/{} 9:32:{:02}", n % 28 + 1, n % 60),
        format!("\n\t\t\t\t\n\t\t\t\t\u{3000}\u{3000}{n}号楼的路灯坏了。\u{3000}\u{3000}晚上很黑。\n\t\t\t"),
        answer.to_owned(),
        if answer.is_empty() { String::new() } else { "2019/5/10 14:56:53".to_owned() },
        if n.is_multiple_of(2) { "市政设施".to_owned() } else { "没有的分类".to_owned() },
    ])
}

fn lines(n: usize) -> Vec<Line> {
    let mut all: Vec<Line> = (0..n).map(line).collect();
    // One answer of many thousand characters, one day without its time.
    if let Some(first) = all.first_mut() {
        first.0[5] = format!("您好！{}。", "我们已经联系产权单位".repeat(780));
    }
    if let Some(second) = all.get_mut(1) {
        second.0[6] = "2019/5/11".into();
    }
    all
}

fn workbook(lines: &[Line]) -> Vec<u8> {
    let heads: Vec<Head> = HEADERS.iter().map(|h| Head::new(*h, 20)).collect();
    let mut export = Export::new(FileKind::Xlsx, "Sheet1", None, &heads).unwrap();
    for (n, Line(cells)) in lines.iter().enumerate() {
        let mut values: Vec<Value<'_>> = cells.iter().map(|cell| Value::from(cell.as_str())).collect();
        // Ids are numbers in the real file, and one time is a real date cell.
        if let Ok(number) = cells[0].parse::<i64>() {
            values[0] = number.into();
        }
        if n == 3 {
            values[3] = Time::from_civil(date(2018, 1, 3).at(10, 0, 5, 0)).into();
        }
        export.row(&values).unwrap();
    }
    let mut bytes = Vec::new();
    export.finish(&mut bytes).unwrap();
    bytes
}

fn bring(app: &TestApp, bytes: &[u8]) -> Batch {
    import::import_concerns(&app.app, app.district(), "留言.xlsx", bytes, None, &|_, _| {}).unwrap()
}

fn counts(batch: &Batch) -> (i64, i64, i64, i64) {
    (batch.made, batch.same, batch.changed, batch.wrong)
}

fn kinds(app: &TestApp) {
    let table = "一级分类,二级分类,三级分类\n市政设施,照明,路灯\n,,井灯\n市政设施,道路,\n邻里纠纷,,\n".as_bytes();
    let (report, wrong) = import::import_kinds(app.district(), table).unwrap();
    assert_eq!((report.made, report.known, wrong.len()), (5, 0, 1), "a third level without a second is wrong: {wrong:?}");
    let table = "一级分类,二级分类,三级分类\n市政设施,照明,路灯\n,照明,井灯\n邻里纠纷,,\n".as_bytes();
    let (report, wrong) = import::import_kinds(app.district(), table).unwrap();
    assert_eq!((report.made, report.known, wrong.len()), (1, 5, 0));
    let kinds = app.district().read_now(|tx, _| concerns::catalogue::kinds(tx)).unwrap();
    let listed: Vec<(String, String)> = kinds.into_iter().map(|k| (k.code, k.name)).collect();
    let names = [("01", "市政设施"), ("0101", "照明"), ("010101", "路灯"), ("0102", "道路"), ("02", "邻里纠纷"), ("010102", "井灯")];
    assert_eq!(listed, names.map(|(code, name)| (code.to_owned(), name.to_owned())));
}

type Found = (String, State, Option<Outcome>, Option<String>, Time, Option<Time>, bool);

/// What is kept of the concern whose title names this house.
fn found(app: &TestApp, batch: &Batch, n: usize) -> Found {
    let id = batch.id;
    let all = app
        .district()
        .read_now(move |tx, _| -> Result<Vec<concerns::Concern>, StoreError> {
            const NOS: &store::Sql = store::sql!("SELECT no FROM concern WHERE batch = ?1 ORDER BY id");
            let nos = tx.all(NOS, store::p![id.0], |row| Ok(row.text(0)?.to_owned()))?;
            nos.iter().map(|no| concerns::concern::find(tx, no).map(|c| c.unwrap())).collect()
        })
        .unwrap();
    let concern = all.into_iter().find(|c| c.title.starts_with(&format!("关于{n}号楼"))).unwrap();
    assert_eq!((concern.source, concern.may_publish, concern.confidential, concern.secret), (Source::Import, false, false, None));
    (
        concern.title,
        concern.now.state,
        concern.now.outcome,
        concern.now.kind,
        concern.occurred_at,
        concern.now.closed_at,
        concern.now.holder.is_some(),
    )
}

fn notes(app: &TestApp, batch: &Batch, what: NoteKind) -> Vec<(i64, String)> {
    let id = batch.id;
    app.district().read_now(move |tx, _| import::notes(tx, id, what, 1000)).unwrap().into_iter().map(|n| (n.row, n.facts)).collect()
}

testkit::on_both! {
    [vec![concerns::module()]]

    fn each_row_becomes_one_concern_however_often_it_comes(app) {
        kinds(app);
        let all = lines(100);
        let batch = bring(app, &workbook(&all));
        assert_eq!((batch.state, counts(&batch), batch.file), (BatchState::Done, (100, 0, 0, 0), None));

        let at = |y, m, d, h, min, s| Time::from_civil(date(y, m, d).at(h, min, s, 0));
        let answered = (State::Archived, Some(Outcome::Answered));
        let first = found(app, &batch, 0);
        assert_eq!(first.0, "关于0号楼 路灯不亮的问题");
        assert_eq!((first.1, first.2, first.3.as_deref(), first.6), (answered.0, answered.1, Some("01"), false));
        assert_eq!((first.4, first.5), (at(2019, 4, 1, 9, 32, 0), Some(at(2019, 5, 10, 14, 56, 53))));
        assert_eq!(found(app, &batch, 1).5, Some(at(2019, 5, 11, 0, 0, 0)), "a day without its time");
        assert_eq!(found(app, &batch, 3).4, at(2018, 1, 3, 10, 0, 5), "a real date cell");
        let open = found(app, &batch, 4);
        assert_eq!((open.1, open.2, open.5, open.6), (State::Received, None, None, true));
        assert_eq!(notes(app, &batch, NoteKind::Kind).len(), 50);

        // The same file once more, then one with a changed answer and a new row.
        let again = bring(app, &workbook(&all));
        assert_eq!(counts(&again), (0, 100, 0, 0));
        let mut next = lines(101);
        next[7].0[5] = "您好，已经修好。".into();
        next[8].0[2] = "换了标题".into();
        next[8].0[6] = "2019/5/12 8:00:00".into();
        let third = bring(app, &workbook(&next));
        assert_eq!(counts(&third), (1, 98, 2, 0));
        assert_eq!(notes(app, &third, NoteKind::Changed), [(9, "[\"答复意见\"]".to_owned()), (10, "[\"留言主题\",\"答复时间\"]".to_owned())]);

        // Another source may use the same numbers.
        let other = import::import_concerns(&app.app, app.district(), "b.xlsx", &workbook(&all[..3]), Some("另一系统"), &|_, _| {}).unwrap();
        assert_eq!(counts(&other), (3, 0, 0, 0));
    }

    fn wrong_rows_come_back_to_be_corrected(app) {
        kinds(app);
        let mut all = lines(50);
        all[2].0[0] = "1.10105E+17".into();
        all[5].0[3] = "去年".into();
        all[6].0[4] = " \n\t ".into();
        all[10].0[6] = String::new();
        all[11].0[3] = "2099-01-01".into();
        all[12].0[4] = "长".repeat(20_001);
        let batch = bring(app, &workbook(&all));
        assert_eq!(counts(&batch), (44, 0, 0, 6));
        assert!(batch.file.is_some(), "it is kept to be corrected");
        let mut bytes = Vec::new();
        assert_eq!(import::write_wrong_rows(app.district(), &batch, &mut bytes).unwrap(), 6);
        let sheet = sheets::read(&bytes, import::COLUMNS).unwrap();
        assert_eq!(sheet.rows.iter().map(|row| row.cell(9).as_written()).collect::<Vec<_>>(), ["4", "7", "8", "12", "13", "14"]);
        let why: Vec<String> = sheet.rows.iter().map(|row| row.cell(8).as_written()).collect();
        assert_eq!(why[1], "留言时间：不是日期，请写成 2026-11-21 或 2026-11-21 09:30");
        assert_eq!((why[2].as_str(), why[3].as_str()), ("留言详情：不能为空", "答复时间：不能为空"));
        assert_eq!((why[4].as_str(), why[5].as_str()), ("留言时间：时间在今天以后", "留言详情：共 20001 字，最多 20000 字"));

        // Corrected in place: only these rows, and none twice.
        let corrected: Vec<Line> = [2, 5, 6, 10, 11, 12].into_iter().map(line).collect();
        assert_eq!(counts(&bring(app, &workbook(&corrected))), (6, 0, 0, 0));

        // After thirty days the file is let go of, with what its wrong cells said.
        app.pass(31 * Time::DAY);
        let id = batch.id;
        let now = app.district().read_now(move |tx, _| import::batch(tx, id)).unwrap().unwrap();
        assert_eq!((now.file, notes(app, &batch, NoteKind::Wrong).len()), (None, 0));
    }

    fn undone_as_a_whole_but_for_what_was_worked_on(app) {
        kinds(app);
        let batch = bring(app, &workbook(&lines(90)));
        let desk = app.staff(Role::DistrictDesk);
        let id = batch.id;
        let open: String = app.district().read_now(move |tx, _| -> Result<String, StoreError> {
            const OPEN: &store::Sql = store::sql!("SELECT no FROM concern WHERE batch = ?1 AND state = 'received' ORDER BY id LIMIT 1");
            tx.one(OPEN, store::p![id.0], |row| Ok(row.text(0)?.to_owned()))
        }).unwrap();
        // The others' deadline passes, which is nobody's work; one is dispatched.
        app.pass(3 * Time::DAY);
        let desk = { drop(desk); app.staff(Role::DistrictDesk) };
        let path = format!("/work/c/{open}/dispatch");
        let page = desk.get(&path).expect(200);
        let unit = app.world().departments[0].to_string();
        desk.submit(&page, &format!("form[action={path}]"), &[("unit", &unit), ("kind", "0102")]).expect(303);

        app.district().write_now(move |tx, ctx| import::undo_from_console(tx, ctx, id)).unwrap();
        app.settle();
        let undone = app.district().read_now(move |tx, _| import::batch(tx, id)).unwrap().unwrap();
        assert_eq!((undone.state, undone.removed, undone.kept, undone.file), (BatchState::Undone, 89, 1, None));
        let kept = app.district().read_now(move |tx, _| import::notes(tx, id, NoteKind::Kept, 9)).unwrap();
        assert_eq!(kept.iter().map(|n| n.concern_no.as_deref()).collect::<Vec<_>>(), [Some(open.as_str())]);

        // What was undone can be brought in again; what was kept is there already.
        assert_eq!(counts(&bring(app, &workbook(&lines(90)))), (89, 1, 0, 0));
    }

    fn rows_that_are_left_out_are_shown_and_can_be_taken_in(app) {
        let desk = app.staff(Role::DistrictDesk);
        let file = "留言编号,留言主题,留言时间,留言详情\n示例,路灯,2026-11-01,不亮了很久\n902,树,2026-11-02,倒了一棵\n合计,2,,\n";
        let page = desk.get("/work/import").expect(200);
        let page = desk.follow(send(&desk, &page, "留言.csv", file.as_bytes()));
        let page = page.says("有 2 行没有当作内容").says("第 2 行（填表说明或示例）：示例 路灯 2026-11-01").says("第 4 行（合计）：合计 2");
        let base = desk_path(&page);
        let form = format!("form[action={base}/start]");
        // The page again, with what was ticked; a row that was not left out is not counted twice.
        let values = page.html().first(&form).unwrap().form_values();
        let mut values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        values.extend([("take", "2"), ("take", "3")]);
        desk.post(&format!("{base}/choose"), &values).leads_to(&base);
        let page = desk.get(&base).expect(200).says("不亮了很久");
        assert_eq!(page.html().all("input[name=take][checked]").len(), 1);
        desk.follow(desk.submit(&page, &form, &[("source", "旧平台")]));
        app.settle();
        assert!(desk.get(&base).expect(200).main_text().contains("新增 2"));
        // Left as it is, what was left out stays out.
        let page = desk.get("/work/import").expect(200);
        let page = desk.follow(send(&desk, &page, "留言.csv", file.replace("902", "903").as_bytes()));
        let base = desk_path(&page);
        desk.follow(desk.submit(&page, &format!("form[action={base}/start]"), &[("source", "旧平台")]));
        app.settle();
        assert!(desk.get(&base).expect(200).main_text().contains("新增 1"));
    }

    fn in_the_browser(app) {
        kinds(app);
        let mut all = lines(45);
        all[5].0[3] = "去年".into();
        let desk = app.staff(Role::DistrictDesk);
        let page = desk.get("/work/import").expect(200).says("还没有导入过");
        refused(&desk, &page, "a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "文件不完整或已损坏");
        refused(&desk, &page, "b.xlsx", b"<html><table>", "这个文件其实是网页");
        refused(&desk, &page, "c.xlsx", b"PK\x03\x04", "文件不完整或已损坏");
        refused(&desk, &page, "d.csv", "留言编号,留言主题\n".as_bytes(), "表格里没有内容");
        desk.submit_files(&page, "form[action=/work/import]", &[], &[]).expect(422).says("请选择文件");

        let page = desk.follow(send(&desk, &page, "留言.xlsx", &workbook(&all)));
        let page = page.says("核对要导入的列").says("关于0号楼").says("1 行有问题").says("按表头自动认出");
        // Without the column of times nothing can begin; chosen again, it can.
        let base = desk_path(&page);
        let page = desk.follow(desk.submit(&page, &format!("form[action={base}/start]"), &[("c_at", "-"), ("source", "旧平台")]));
        let page = page.says("还没有选定：留言时间");
        let page = desk.follow(desk.submit(&page, &format!("form[action={base}/start]"), &[("c_at", "3")])).says("正在导入");
        assert!(page.text().contains("hx-trigger=\"every 2s\""));
        app.settle();
        let page = desk.get(&base).expect(200).says("导入结果").says("旧平台").says("没有的分类").says("第 7 行");
        assert!(page.main_text().contains("新增 44"), "{}", page.main_text());
        let id = base.trim_start_matches("/work/import/");
        assert!(page.text().contains(&format!("/work/all?batch={id}")));
        desk.get(&format!("/work/all?batch={id}")).expect(200).says("共 44 件").says("关于39号楼");
        let book = desk.get(&format!("{base}/errors.xlsx")).expect(200);
        assert_eq!(sheets::read(&book.bytes, import::COLUMNS).unwrap().rows.len(), 1);

        // Undone from the page.
        let page = desk.get(&format!("{base}/undo")).expect(200).says("确认撤销");
        desk.follow(desk.submit(&page, &format!("form[action={base}/undo]"), &[])).says("正在撤销");
        app.settle();
        desk.get(&base).expect(200).says("导入已撤销").says("已撤销 44");
        desk.get("/work/import").expect(200).says("撤销 44，保留 0");

        // A draft that is not wanted goes with its file.
        let page = desk.get("/work/import").expect(200);
        let page = desk.follow(send(&desk, &page, "x.csv", "留言编号,留言时间,留言详情\n1,2020-01-01,a\n".as_bytes()));
        let base = desk_path(&page);
        desk.follow(desk.submit(&page, &format!("form[action={base}/discard]"), &[])).says("已放弃");
        desk.get(&base).expect(404);

        // Kinds, by the form below.
        let page = desk.get("/work/import").expect(200);
        let table = "一级分类,二级分类\n环境保护,噪音\n".as_bytes();
        let upload = [Upload { field: "file", name: "分类.csv", bytes: table }];
        desk.follow(desk.submit_files(&page, "form[action=/work/import/kinds]", &[], &upload)).says("新增 2 个分类");
    }

    fn only_the_district_desk(app) {
        for role in [Role::TownDesk, Role::CommunityStaff, Role::DepartmentStaff, Role::DistrictLeader] {
            let staff = app.staff(role);
            staff.get("/work/import").expect(403);
            staff.get("/work/import/00000000000000000000000000000000").expect(403);
        }
        app.client().get("/work/import").expect(303);
        app.staff(Role::DistrictDesk).get("/work/import/00000000000000000000000000000000").expect(404);
        app.staff(Role::DistrictDesk).get("/work/import/x").expect(404);
    }
}

fn desk_path(page: &Answer) -> String {
    page.path.trim_end_matches('/').to_owned()
}

fn send(desk: &Client, page: &Answer, name: &str, bytes: &[u8]) -> Answer {
    let upload = [Upload { field: "file", name, bytes }];
    desk.submit_files(page, "form[action=/work/import]", &[], &upload)
}

fn refused(desk: &Client, page: &Answer, name: &str, bytes: &[u8], words: &str) {
    send(desk, page, name, bytes).expect(422).says(words);
}

/// The real files, where the environment says where they lie; they never enter the project.
#[test]
fn the_real_files() {
    let Some(dir) = std::env::var_os("LIANXIN_REAL_DATA") else {
        println!("skipped: LIANXIN_REAL_DATA names no directory");
        return;
    };
    let read = |name: &str| std::fs::read(std::path::Path::new(&dir).join(name)).unwrap();
    let app = TestApp::new(testkit::Engine::Sqlite, vec![concerns::module()]).unwrap();
    let (report, wrong) = import::import_kinds(app.district(), &read("categories.xlsx")).unwrap();
    assert_eq!((report.known, wrong.len()), (0, 0));
    println!("{} kinds", report.made);
    let bytes = read("messages-replied.xlsx");
    let batch = bring(&app, &bytes);
    assert_eq!(counts(&batch), (2816, 0, 0, 0));
    assert_eq!(counts(&bring(&app, &bytes)), (0, 2816, 0, 0));
    let labelled =
        import::import_concerns(&app.app, app.district(), "labelled.xlsx", &read("messages-labelled.xlsx"), Some("已分类"), &|_, _| {});
    assert_eq!(counts(&labelled.unwrap()), (396, 0, 0, 0));
    app.finish();
}
