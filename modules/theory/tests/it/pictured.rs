//! A question with a picture: written anew as every picture is, shown in the bank, while sitting and afterwards, and to nobody
//! who has neither.

use people::Role;
use testkit::Upload;

use super::{begin, modules, terms, test};

/// A red square of 8 by 8 pixels.
fn picture() -> Vec<u8> {
    let hex = "89504e470d0a1a0a0000000d49484452000000080000000808020000004b6d29dc0000001249444154789c633cc1801d30e1101fa41200a28000d85522513d0000000049454e44ae426082";
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

testkit::on_both! {
    [modules()]

    fn a_picture_stands_with_its_question(app) {
        let world = app.world();
        let desk = app.staff_in(Role::TownDesk, world.towns[0]);
        let page = desk.get("/tests/banks").expect(200);
        let bank = desk.follow(desk.submit(&page, "form[action=/tests/banks]", &[("name", "看图")])).expect(200).path;
        let (new, form) = (format!("{bank}/new"), format!("form[action={bank}/new]"));
        let typed = [("kind", "single"), ("stem", "图上是什么？"), ("options", "红方块\n蓝方块"), ("answer", "A")];
        let page = desk.get(&new).expect(200);
        let wrong = Upload { field: "picture", name: "a.png", bytes: b"no picture" };
        desk.submit_files(&page, &form, &typed, &[wrong]).expect(422).says("不是照片");
        let whole = picture();
        let good = Upload { field: "picture", name: "a.png", bytes: &whole };
        desk.submit_files(&page, &form, &typed, &[good]).expect(303);
        let question = desk.get(&bank).expect(200).html().first("a.item").unwrap().attribute("href").unwrap().to_owned();
        let edit = desk.get(&question).expect(200);
        let picture = edit.html().first(".q-picture img").unwrap().attribute("src").unwrap().to_owned();
        let served = desk.get(&picture).expect(200);
        assert_eq!(served.headers["content-type"], "image/jpeg");
        assert_ne!(served.bytes, whole, "it was written anew");
        let id = bank.rsplit('/').next().unwrap();
        let new = desk.get(&format!("/tests/papers/new?bank={id}&how=fixed")).expect(200);
        let made = desk.follow(desk.submit(&new, "form[action=/tests/papers/new]", &[("name", "看图卷"), ("variants", "1")])).expect(200);
        assert!(made.html().first(".q-picture img").is_some());
        let paper: base::Id = made.path.rsplit('/').next().unwrap().parse().unwrap();
        let test = test(app, paper.into(), terms());
        let cover = format!("/tests/t/{test}");
        let who = app.staff_in(Role::GridWorker, world.grids[0]);
        who.get(&picture).expect(404);
        let sit = who.follow(begin(&who, &cover)).expect(200);
        let asked = sit.html().first("form[data-sit]").unwrap().attribute("data-paper").unwrap().to_owned();
        assert!(who.get(&asked).expect(200).text().contains(&picture));
        who.get(&picture).expect(200);
        who.get(&picture.replace("/picture/", "/picture/0")).expect(404);
        app.staff_in(Role::TownDesk, world.towns[1]).get(&picture).expect(404);
        // A new version without it: whoever has the paper still sees the one that it was made with.
        let edit_form = format!("form[action={question}]");
        desk.submit(&edit, &edit_form, &[("note", "看清颜色")]).expect(303);
        let edit = desk.get(&question).expect(200).says("第 2 版");
        assert!(edit.html().first(".q-picture img").is_some(), "it stays with what is written");
        desk.submit(&edit, &edit_form, &[("drop", "1")]).expect(303);
        assert!(desk.get(&question).expect(200).html().first(".q-picture img").is_none());
        who.get(&picture).expect(200);
    }
}
