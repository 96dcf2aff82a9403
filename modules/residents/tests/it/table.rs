//! A community's own table brought in with mistakes, put right, brought in again, undone. The workbook is a
//! twin of those that communities keep: a merged title, a header of two rows, instructions, signs for
//! nothing, damaged identity numbers, a total and signatures. All in it is invented.

use people::Role;
use sheets::{Export, FileKind, Head, Value};
use store::{p, sql};
use testkit::{Answer, Client, TestApp, Upload};

use crate::modules;

const GROUPS: [&str; 11] = ["序号", "所属网格", "家庭住址", "", "", "户主", "姓名", "性别", "身份证号码", "联系电话", "人群标签"];
const UNDER: [&str; 11] = ["", "", "小区", "楼", "室", "", "", "", "", "", ""];

type Line = [&'static str; 11];

const GOOD: [Line; 4] = [
    ["1", "第一网格", "春和苑", "3栋", "502", "王建国", "王建国", "男", "'11010519491231003 8", "138 1234 1234", "老人"],
    ["2", "990105001001002", "春和苑", "4栋", "101", "李敏", "李　敏", "女", "１１０１０５１９４９１２３１００２ｘ", "0380-8801234", "—"],
    ["3", "第一网格", "春和苑", "3栋", "502", "王建国", "赵桂兰", "无", "无", "无", "无"],
    ["4", "第二网格", "柳荫里", "1栋", "3", "周宁", "周宁", "", "110105491231004", "13912345678、0380-8801111", "退役"],
];

const BAD: [Line; 3] = [
    ["5", "第一网格", "春和苑", "5栋", "1", "吴一", "吴一", "男", "1.10105E+17", "13812341234", ""],
    ["6", "第九网格", "春和苑", "5栋", "2", "吴二", "吴二", "男", "", "1381234", ""],
    ["7", "第一网格", "春和苑", "5栋", "3", "吴三", "吴三", "女", "110105194912310038", "", ""],
];

/// As offices make them: the header is written as two rows of the table.
fn workbook(lines: &[Line]) -> Vec<u8> {
    let heads: Vec<Head> = GROUPS.iter().map(|head| Head::new(*head, 14)).collect();
    let mut export = Export::new(FileKind::Xlsx, "居民信息", Some("东门社区居民信息登记表"), &heads).unwrap();
    export.row(&UNDER.map(Value::from)).unwrap();
    export.row(&["填表说明：没有的填“无”".into()]).unwrap();
    for line in lines {
        export.row(&line.map(Value::from)).unwrap();
    }
    export.row(&["合计".into(), Value::Int(i64::try_from(lines.len()).unwrap())]).unwrap();
    export.row(&["填表人：".into(), Value::Empty, "审核人：".into()]).unwrap();
    let mut bytes = Vec::new();
    export.finish(&mut bytes).unwrap();
    bytes
}

/// A table with what notes for care stand on.
fn founded(rows: &[[&'static str; 9]]) -> Vec<u8> {
    let heads = ["网格", "小区", "室", "姓名", "身份证号", "人群标签", "标签依据", "同意方式", "依据日期"].map(|head| Head::new(head, 14));
    let mut export = Export::new(FileKind::Xlsx, "居民信息", None, &heads).unwrap();
    for row in rows {
        export.row(&row.map(Value::from)).unwrap();
    }
    let mut bytes = Vec::new();
    export.finish(&mut bytes).unwrap();
    bytes
}

fn upload(staff: &Client, bytes: &[u8]) -> Answer {
    let list = staff.get("/tables/residents").expect(200);
    let file = Upload { field: "file", name: "居民信息.xlsx", bytes };
    let sent = staff.submit_files(&list, "form[action=/tables/residents]", &[], &[file]).leads_to("/tables/residents/");
    staff.follow(sent).expect(200)
}

/// Presses a button of the page and lets the job run.
fn press(app: &TestApp, staff: &Client, page: &Answer, what: &str) -> Answer {
    let base = page.path.trim_end_matches("/undo").to_owned();
    let form = page.html().first("main form").unwrap().attribute("action").unwrap().to_owned();
    let html = page.html();
    let values = html.first("main form").unwrap().form_values();
    let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert!(form.starts_with(&base), "{form}");
    staff.post(&format!("{base}/{what}"), &values).leads_to(&base);
    app.settle();
    staff.get(&base).expect(200)
}

fn count(app: &TestApp) -> i64 {
    app.district().read_now(|tx, _| tx.one(sql!("SELECT COUNT(*) FROM resident"), p![], |row| row.int(0))).unwrap()
}

testkit::on_both! {
    [modules()]

    fn errors_are_put_right_and_all_is_undone(app) {
        let staff = app.staff(Role::CommunitySecretary);
        let all: Vec<Line> = GOOD.into_iter().chain(BAD).collect();
        let page = upload(&staff, &workbook(&all)).says("王建国").says("试导入");

        // A trial says what would be, and writes nothing.
        let tried = press(app, &staff, &page, "check").says("新增 4").says("有错误 3");
        assert_eq!(count(app), 0);
        let done = press(app, &staff, &tried, "start").says("科学计数");
        assert_eq!(count(app), 4);
        let errors: String = app.district().read_now(|tx, _| tx.all(sql!("SELECT facts FROM brought_wrong"), p![], |row| Ok(row.text(0)?.to_owned()))).unwrap().concat();
        assert!(!errors.contains("1381234") && !errors.contains("1.10105"), "what stood in a wrong cell is not kept: {errors}");

        // Only the wrong rows come back, in the same layout, with why.
        let book = staff.get(&format!("{}/errors.xlsx", done.path)).expect(200);
        let sheet = sheets::read(&book.bytes, residents::TABLE.columns).unwrap();
        assert_eq!((sheet.rows.len(), sheet.title.len()), (3, 1));
        assert_eq!(sheet.groups.get(2).map(String::as_str), Some("家庭住址"));
        assert!(sheet.headers.iter().any(|header| header == sheets::REASON));

        // Corrected, and brought in again with all the others: nothing is doubled.
        let mut fixed = all.clone();
        (fixed[4][8], fixed[5][1], fixed[5][9], fixed[6][7]) = ("", "第二网格", "", "男");
        // The same identity number as in row 1: one person.
        fixed[6][8] = "110105194912310054";
        let page = upload(&staff, &workbook(&fixed));
        let again = press(app, &staff, &page, "start");
        assert_eq!(count(app), 7, "{}", again.main_text());
        assert!(again.main_text().contains("4"));
        app.staff_in(Role::GridWorker, app.world().grids[1]).get("/work/residents").expect(200).says("吴*").says("李*");

        // What is different is changed, and the change undone.
        let mut moved = fixed.clone();
        moved[0][3] = "9栋";
        let page = upload(&staff, &workbook(&moved));
        let changed = press(app, &staff, &page, "start");
        staff.get("/work/residents").expect(200).says("9栋");
        let undone = press(app, &staff, &changed, "undo").says("导入已撤销");
        assert!(undone.main_text().contains("1"));
        assert!(!staff.get("/work/residents").expect(200).text().contains("9栋"));

        // The second import is undone; those of the first stay.
        let ask = staff.get(&format!("{}/undo", again.path)).expect(200).says("会保留");
        press(app, &staff, &ask, "undo").says("导入已撤销");
        assert_eq!(count(app), 4);
        press(app, &staff, &staff.get(&done.path).expect(200), "undo").says("导入已撤销");
        assert_eq!(count(app), 0);
        let page = upload(&staff, &workbook(&GOOD));
        press(app, &staff, &page, "start");
        assert_eq!(count(app), 4, "and again from the beginning");
    }

    fn a_colleague_does_not_read_a_file_that_somebody_else_brought(app) {
        let (staff, colleague) = (app.staff(Role::CommunityStaff), app.staff(Role::CommunitySecretary));
        let all: Vec<Line> = GOOD.into_iter().chain(BAD).collect();
        let plain = ["王建国", "吴一", "110105194912310038", "13812341234"];
        let page = upload(&staff, &workbook(&all)).says("王建国");
        let seen = colleague.get(&page.path).expect(200).says("只有上传的人能查看和导入");
        assert!(!plain.iter().any(|word| seen.text().contains(word)), "{}", seen.main_text());
        let values = seen.html().first("main form").unwrap().form_values();
        let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        for step in ["choose", "check", "start"] {
            colleague.post(&format!("{}/{step}", page.path), &values).expect(403);
        }
        let done = press(app, &staff, &page, "start");
        staff.get(&format!("{}/errors.xlsx", done.path)).expect(200);
        let seen = colleague.get(&done.path).expect(200).says("科学计数");
        assert!(!seen.text().contains("errors.xlsx") && !plain.iter().any(|word| seen.text().contains(word)), "{}", seen.main_text());
        colleague.get(&format!("{}/errors.xlsx", done.path)).expect(403);
        // What it brought is undone by whoever keeps the register, and a file that was left behind is thrown away.
        press(app, &colleague, &seen, "undo").says("导入已撤销");
        assert_eq!(count(app), 0);
        let page = upload(&staff, &workbook(&GOOD));
        let seen = colleague.get(&page.path).expect(200);
        colleague.submit(&seen, &format!("form[action={}/discard]", page.path), &[]).leads_to("/tables/residents");
        staff.get(&page.path).expect(404);
    }

    fn what_the_table_still_has_is_confirmed(app) {
        let staff = app.staff(Role::CommunityStaff);
        let bring = || {
            let page = upload(&staff, &workbook(&GOOD));
            press(app, &staff, &page, "start");
        };
        let confirmed = || {
            let times = app.district().read_now(|tx, _| tx.all(sql!("SELECT confirmed_at FROM resident"), p![], |row| row.time(0))).unwrap();
            assert_eq!(times.len(), 4);
            times.into_iter().min().unwrap()
        };
        bring();
        let first = confirmed();
        bring();
        assert_eq!(confirmed(), first, "it was confirmed lately");
        // Those whose tags stand on nothing are seen.
        app.staff(Role::CommunitySecretary).get("/work/residents?show=unfounded").expect(200).says("王**").says("周*");
        app.pass(40 * base::Time::DAY);
        let staff = app.staff(Role::CommunityStaff);
        let page = upload(&staff, &workbook(&GOOD));
        press(app, &staff, &page, "check");
        assert_eq!(confirmed(), first, "a trial confirms nothing");
        press(app, &staff, &staff.get(&page.path).expect(200), "start");
        assert!(confirmed() > first);
    }

    fn by_what_right_notes_are_kept_comes_with_the_table(app) {
        let staff = app.staff(Role::CommunitySecretary);
        let bases = || app.district().read_now(|tx, _| {
            let sql = sql!("SELECT ground, COALESCE(means, '-'), on_day, withdrawn_at FROM resident_basis ORDER BY ground, on_day");
            let line = |row: &store::Row<'_>| Ok(format!("{} {} {}{}", row.text(0)?, row.text(1)?, row.text(2)?, if row.opt_time(3)?.is_some() { " 撤" } else { "" }));
            tx.all(sql, p![], line)
        }).unwrap();
        let rows = [
            ["第一网格", "春和苑", "1", "孙一", "", "独居老人", "本人同意", "当面口头", "2026.3.5"],
            ["第一网格", "春和苑", "2", "孙二", "", "重点人员", "履行法定职责", "", "2026/1/1"],
            ["第一网格", "春和苑", "3", "孙三", "", "低保", "", "", ""],
            ["第一网格", "春和苑", "4", "孙四", "110105202001012037", "留守儿童", "本人同意", "书面", "2026-03-05"],
            ["第一网格", "春和苑", "5", "孙五", "", "老人", "口头说过", "", "2026-03-05"],
            ["第一网格", "春和苑", "6", "孙六", "", "老人", "本人同意", "", "2026-03-05"],
            ["第一网格", "春和苑", "7", "孙七", "", "老人", "", "电话", "2026-03-05"],
            ["第一网格", "春和苑", "8", "孙八", "", "老人", "监护人同意", "电话", "2099-01-01"],
            ["第一网格", "春和苑", "9", "孙九", "", "老人", "本人同意", "书面", "哪天"],
        ];
        let page = upload(&staff, &founded(&rows));
        let tried = press(app, &staff, &page, "check").says("新增 3").says("有错误 6");
        assert!(bases().is_empty());
        let done = press(app, &staff, &tried, "start").says("不满十四周岁的，要由监护人同意").says("请填“本人同意”").says("日期不能晚于今天");
        assert_eq!(bases(), ["consent spoken 2026-03-05", "duty - 2026-01-01"]);
        staff.get("/work/residents?show=unfounded").expect(200).says("孙*");
        // The same again notes nothing; what was missing is noted, and goes with the import that brought it.
        let mut more = rows[..3].to_vec();
        (more[2][6], more[2][7], more[2][8]) = ("同意", "签字", "2026-03-06");
        let page = upload(&staff, &founded(&more));
        let again = press(app, &staff, &page, "start");
        assert_eq!(bases().len(), 3);
        assert!(staff.get("/work/residents?show=unfounded").expect(200).html().all(".rows-list a").is_empty());
        // What goes out says by what right, and not what for.
        let book = staff.get("/tables/residents/export.xlsx").expect(200);
        let sheet = sheets::read(&book.bytes, residents::TABLE.columns).unwrap();
        let all = format!("{:?}", sheet.rows);
        assert!(["本人同意", "当面口头", "履行法定职责", "书面"].iter().all(|word| all.contains(word)) && !all.contains("独居"), "{all}");
        let left = app.district().read_now(|tx, _| tx.all(sql!("SELECT facts FROM event WHERE kind = 'TableExported'"), p![], |row| Ok(row.text(0)?.to_owned()))).unwrap();
        assert_eq!(left, [r#"{"table":"residents","rows":3,"masked":true}"#], "and the record that it went out");
        press(app, &staff, &again, "undo").says("导入已撤销");
        assert_eq!(bases(), ["consent spoken 2026-03-05", "consent written 2026-03-06 撤", "duty - 2026-01-01"]);
        press(app, &staff, &staff.get(&done.path).expect(200), "undo").says("导入已撤销");
        assert_eq!(count(app), 0);
    }

    fn what_goes_out_is_masked_and_does_not_come_in_again(app) {
        let staff = app.staff(Role::CommunityStaff);
        let page = upload(&staff, &workbook(&GOOD));
        press(app, &staff, &page, "start");
        let book = staff.get("/tables/residents/export.xlsx").expect(200);
        let sheet = sheets::read(&book.bytes, residents::TABLE.columns).unwrap();
        let headers: Vec<&str> = residents::TABLE.columns.iter().map(|column| column.header).collect();
        assert_eq!((sheet.headers.iter().map(String::as_str).collect::<Vec<_>>(), sheet.rows.len()), (headers, 4));
        let all = format!("{:?}", sheet.rows);
        assert!(!["王建国", "502", "19491231", "13812341234", "退役"].iter().any(|word| all.contains(word)), "{all}");
        let page = upload(&staff, &book.bytes);
        press(app, &staff, &page, "check").says("有错误 4");
    }
}

#[test]
fn who_lost_the_post_meanwhile_brings_nothing_in() {
    let app = TestApp::new(testkit::Engine::Sqlite, modules()).unwrap();
    let member = app.world().member(Role::CommunityStaff).clone();
    let staff = app.signed_in(&member.login);
    let page = upload(&staff, &workbook(&GOOD));
    let values = page.html().first("main form").unwrap().form_values();
    let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    staff.post(&format!("{}/start", page.path), &values).leads_to(&page.path);
    let granting = app.world().actor(Role::SecurityAdmin);
    app.district()
        .write_now(move |tx, ctx| {
            let held = people::read::holdings_of(tx, member.person).unwrap()[0].id;
            people::release(tx, ctx, &granting.has::<people::Grant>().unwrap(), held, ctx.now)
        })
        .unwrap();
    app.settle();
    assert_eq!(count(&app), 0);
    app.finish();
}
