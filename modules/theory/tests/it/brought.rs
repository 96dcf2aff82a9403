//! Questions from Word and Excel: previewed, brought in once, taken back; and a paper sitting typed in by two.

use documents::{Block, Document};
use people::Role;
use testkit::Upload;
use theory::model::Kind;

use super::{modules, paper, terms, test};

const LINES: &str = "一、单选题\n1．甲是（A）。\nA．一　B．二\n2．乙（　）\nA、一\nB、二\n答案：B\n3．没有答案\nA．一\nB．二\n二、判断题\n4．丙。（√）\n三、填空题\n5．丁是____。\n答案：戊";

fn docx(lines: &str) -> Vec<u8> {
    let blocks = lines.lines().map(|line| Block::Paragraph(line.to_owned())).collect();
    documents::docx(&Document { title: "题".into(), date: "2026-11-29".into(), blocks, ..Document::default() }).unwrap()
}

testkit::on_both! {
    [modules()]

    fn a_word_file_is_looked_at_brought_in_once_and_taken_back(app) {
        let world = app.world();
        let desk = app.staff_in(Role::TownDesk, world.towns[0]);
        let page = desk.get("/tests/banks").expect(200);
        let bank = desk.follow(desk.submit(&page, "form[action=/tests/banks]", &[("name", "题库")])).expect(200).path;
        let bring = |text: &str| {
            let form = desk.get(&format!("{bank}/import")).expect(200);
            let bytes = docx(text);
            let file = Upload { field: "file", name: "题.docx", bytes: &bytes };
            desk.submit_files(&form, &format!("form[action={bank}/import]"), &[], &[file])
        };
        let form = desk.get(&format!("{bank}/import")).expect(200);
        let wrong = Upload { field: "file", name: "图.jpg", bytes: b"\xff\xd8 no document" };
        desk.submit_files(&form, &format!("form[action={bank}/import]"), &[], &[wrong]).expect(422);
        let preview = desk.follow(bring(LINES)).expect(200).says("识别出 5 道，1 道有问题").says("答案没有填");
        app.staff_in(Role::TownDesk, world.towns[1]).get(&preview.path).expect(404);
        let send = format!("form[action={}]", preview.path);
        desk.follow(desk.submit(&preview, &send, &[])).expect(200).says("已导入 4 道").says("甲是");
        desk.follow(desk.submit(&preview, &send, &[])).expect(200);
        // Once more, with another answer to one: nothing doubles, one has a new version.
        let again = desk.follow(bring(&LINES.replace("答案：B", "答案：A\n解析：改了。"))).expect(200);
        desk.submit(&again, &format!("form[action={}]", again.path), &[]).expect(303);
        let shown = desk.get(&bank).expect(200).says("4 道试题");
        let changed = shown.html().all("a.item").into_iter().find(|item| item.text().contains('乙')).unwrap().attribute("href").unwrap().to_owned();
        desk.get(&changed).expect(200).says("第 2 版").says("改了");
        let again = desk.get(&again.path).expect(200);
        desk.submit(&again, &format!("form[action={}/undo]", again.path), &[]).expect(303);
        desk.get(&changed).expect(200).says("第 1 版");
        let first = desk.get(&preview.path).expect(200);
        desk.submit(&first, &format!("form[action={}/undo]", preview.path), &[]).expect(303);
        desk.get(&bank).expect(200).says("0 道试题");
        desk.submit(&first, &format!("form[action={}/undo]", preview.path), &[]).expect(409);
    }

    fn rows_of_a_table_that_are_taken_for_no_questions_are_shown(app) {
        let desk = app.staff_in(Role::TownDesk, app.world().towns[0]);
        let page = desk.get("/tests/banks").expect(200);
        let bank = desk.follow(desk.submit(&page, "form[action=/tests/banks]", &[("name", "题库")])).expect(200).path;
        let form = desk.get(&format!("{bank}/import")).expect(200);
        let table = "题型,题干,选项A,选项B,答案\n示例：单选,甲是（ ）,一,二,A\n单选,乙是（ ）,一,二,B\n合计,1 题,,,\n";
        let file = Upload { field: "file", name: "题.csv", bytes: table.as_bytes() };
        let preview = desk.follow(desk.submit_files(&form, &format!("form[action={bank}/import]"), &[], &[file])).expect(200);
        let preview = preview.says("识别出 1 道，0 道有问题").says("有 2 行没有当作题目，请核对");
        let _ = preview.says("第 2 行（填表说明或示例）：示例：单选 甲是（ ） 一 二 A").says("第 4 行（合计）：合计 1 题");
    }

    fn what_goes_out_comes_in_again(app) {
        let world = app.world();
        let desk = app.staff_in(Role::TownDesk, world.towns[0]);
        paper(app, &[Kind::Single, Kind::Multiple, Kind::Judge, Kind::Blank, Kind::Short], 1);
        let bank = desk.get("/tests/banks").expect(200).html().first("a.item").unwrap().attribute("href").unwrap().to_owned();
        for kind in ["docx", "xlsx"] {
            let file = desk.get(&format!("{bank}/export.{kind}")).expect(200).bytes;
            let form = desk.get(&format!("{bank}/import")).expect(200);
            let upload = Upload { field: "file", name: "题库", bytes: &file };
            let preview = desk.follow(desk.submit_files(&form, &format!("form[action={bank}/import]"), &[], &[upload])).expect(200);
            let preview = preview.says("识别出 5 道，0 道有问题");
            desk.submit(&preview, &format!("form[action={}]", preview.path), &[]).expect(303);
            desk.get(&bank).expect(200).says("5 道试题");
        }
    }

    fn a_paper_sitting_counts_when_two_agree(app) {
        let of = paper(app, &[Kind::Single, Kind::Judge], 1);
        let id = test(app, of, terms());
        let town = app.world().towns[0];
        let person = app.world().member_in(Role::CommunitySecretary, app.world().communities[0]).person;
        let typed = |role: Role, first: &str| {
            let who = app.staff_in(role, town);
            let form = who.get(&format!("/tests/t/{id}/typed?person={person}&variant=1")).expect(200);
            let answers = [("q1", first), ("q2", "A")];
            who.follow(who.submit(&form, &format!("form[action=/tests/t/{id}/typed]"), &answers)).expect(200)
        };
        typed(Role::TownDesk, "B").says("另一人再录一遍");
        typed(Role::TownDesk, "B").says("请由另一人");
        typed(Role::TownStaff, "A").says("与第一遍不一致：第 1 题");
        typed(Role::TownStaff, "B").says("两遍一致");
        let who = app.staff_in(Role::CommunitySecretary, app.world().communities[0]);
        who.get(&format!("/tests/t/{id}")).expect(200).says("纸质答卷").says("合格");
        app.staff_in(Role::TownDesk, app.world().towns[1]).get(&format!("/tests/t/{id}/typed")).expect(404);
    }
}
