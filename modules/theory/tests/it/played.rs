//! Sound and films of questions: sent as files of their own, named in Word and Excel, played while sitting and afterwards, by
//! ranges, and to nobody who has neither the bank nor the paper.

use documents::{Block, Document};
use people::Role;
use testkit::{Client, Upload};

use super::{begin, modules, terms, test};

/// A second of silence as far as the first bytes tell.
fn sound() -> Vec<u8> {
    let mut bytes = b"RIFF\x24\x00\x00\x00WAVEfmt ".to_vec();
    bytes.extend([7; 200]);
    bytes
}

fn docx(lines: &str) -> Vec<u8> {
    let blocks = lines.lines().map(|line| Block::Paragraph(line.to_owned())).collect();
    documents::docx(&Document { title: "题".into(), date: "2026-11-29".into(), blocks, ..Document::default() }).unwrap()
}

/// A new bank of this desk; gives its page.
fn bank(desk: &Client) -> String {
    let page = desk.get("/tests/banks").expect(200);
    desk.follow(desk.submit(&page, "form[action=/tests/banks]", &[("name", "听力")])).expect(200).path
}

fn first_question(desk: &Client, bank: &str) -> String {
    desk.get(bank).expect(200).html().first("a.item").unwrap().attribute("href").unwrap().to_owned()
}

testkit::on_both! {
    [modules()]

    fn a_recording_is_played_with_its_question(app) {
        let world = app.world();
        let desk = app.staff_in(Role::TownDesk, world.towns[0]);
        let bank = bank(&desk);
        let page = desk.get(&format!("{bank}/new")).expect(200).says("音频、视频在保存试题后添加");
        let typed = [("kind", "single"), ("stem", "录音里说的是哪一天？"), ("options", "周一\n周二"), ("answer", "B")];
        desk.submit(&page, &format!("form[action={bank}/new]"), &typed).expect(303);
        let question = first_question(&desk, &bank);
        let form = format!("form[action={question}/recording]");
        let edit = desk.get(&question).expect(200);
        let send = |page: &testkit::Answer, name: &str, bytes: &[u8]| {
            desk.follow(desk.submit_files(page, &form, &[], &[Upload { field: "recording", name, bytes }])).expect(200)
        };
        send(&edit, "a.mp3", b"no sound at all").says("认不出这个文件");
        send(&edit, "a.pdf", b"%PDF-1.7 a document").says("认不出这个文件");
        let heard = send(&edit, "通知.wav", &sound()).says("第 2 版");
        let address = heard.html().first("audio").unwrap().attribute("src").unwrap().to_owned();
        desk.get(&bank).expect(200).says("有音频");
        // Words that are changed afterwards leave it where it is.
        desk.submit(&heard, &format!("form[action={question}]"), &[("note", "周二")]).expect(303);
        assert!(desk.get(&question).expect(200).says("第 3 版").html().first("audio").is_some());
        let id = bank.rsplit('/').next().unwrap();
        let new = desk.get(&format!("/tests/papers/new?bank={id}&how=fixed")).expect(200);
        let made = desk.follow(desk.submit(&new, "form[action=/tests/papers/new]", &[("name", "听力卷"), ("variants", "1")])).expect(200);
        let printed = theory::docx::lines(&desk.get(&format!("{}/paper.docx", made.path)).expect(200).bytes).unwrap();
        assert!(printed.iter().any(|line| line.contains("由监考人员播放音频“通知.wav”")), "{printed:?}");
        let out = theory::docx::lines(&desk.get(&format!("{bank}/export.docx")).expect(200).bytes).unwrap();
        assert!(out.iter().any(|line| line == "音频：通知.wav"), "{out:?}");
        let paper: base::Id = made.path.rsplit('/').next().unwrap().parse().unwrap();
        let test = test(app, paper.into(), terms());
        let cover = format!("/tests/t/{test}");
        let who = app.staff_in(Role::GridWorker, world.grids[0]);
        who.get(&address).expect(404);
        let sit = who.follow(begin(&who, &cover)).expect(200);
        let asked = sit.html().first("form[data-sit]").unwrap().attribute("data-paper").unwrap().to_owned();
        assert!(who.get(&asked).expect(200).text().contains(&address));
        let part = who.with_header("range", "bytes=8-11").get(&address).expect(206);
        assert_eq!((part.bytes.as_slice(), part.headers["content-type"].to_str().unwrap()), (&b"WAVE"[..], "audio/wav"));
        app.staff_in(Role::TownDesk, world.towns[1]).get(&address).expect(404);
        // Taken away it is a new version; who has the paper still hears what it was made with.
        let edit = desk.get(&question).expect(200);
        desk.follow(desk.submit(&edit, &format!("form[action={question}/recording/drop]"), &[])).expect(200).says("第 4 版");
        assert!(desk.get(&question).expect(200).html().first("audio").is_none());
        who.get(&address).expect(200);
        app.staff_in(Role::TownDesk, world.towns[1]).get(&question).expect(404);
    }

    fn a_word_file_names_recordings_that_are_sent_with_its_preview(app) {
        let desk = app.staff_in(Role::TownDesk, app.world().towns[0]);
        let bank = bank(&desk);
        let bytes = docx("1．录音里说的是哪一天？\n音频：通知.WAV\nA．周一\nB．周二\n答案：B\n2．丙。（√）");
        let bring = || {
            let form = desk.get(&format!("{bank}/import")).expect(200);
            let file = Upload { field: "file", name: "题.docx", bytes: &bytes };
            desk.follow(desk.submit_files(&form, &format!("form[action={bank}/import]"), &[], &[file])).expect(200)
        };
        let preview = bring().says("识别出 2 道，1 道有问题").says("音频或视频没有上传").says("通知.WAV");
        let files = format!("form[action={}/files]", preview.path);
        let wave = sound();
        let other = Upload { field: "files", name: "别的.wav", bytes: &wave };
        desk.follow(desk.submit_files(&preview, &files, &[], &[other])).expect(200).says("没有试题写到这些文件：别的.wav");
        let page = desk.get(&preview.path).expect(200);
        let named = Upload { field: "files", name: "通知.wav", bytes: &wave };
        let ready = desk.follow(desk.submit_files(&page, &files, &[], &[named])).expect(200).says("1 道题可以导入了");
        let ready = ready.says("识别出 2 道，0 道有问题").says("播放 通知.WAV");
        desk.follow(desk.submit(&ready, &format!("form[action={}]", ready.path), &[])).expect(200).says("已导入 2 道").says("有音频");
        let question = {
            let shown = desk.get(&bank).expect(200);
            let items = shown.html().all("a.item").into_iter().find(|item| item.text().contains("录音")).map(|item| item.attribute("href").unwrap().to_owned());
            items.unwrap()
        };
        let heard = desk.get(&question).expect(200).says("第 1 版").html().first("audio").unwrap().attribute("src").unwrap().to_owned();
        desk.get(&heard).expect(200);
        // The same file again, with its recording: nothing is new.
        let again = bring();
        let named = Upload { field: "files", name: "通知.wav", bytes: &wave };
        let again = desk.follow(desk.submit_files(&again, &format!("form[action={}/files]", again.path), &[], &[named])).expect(200);
        desk.submit(&again, &format!("form[action={}]", again.path), &[]).expect(303);
        desk.get(&question).expect(200).says("第 1 版");
        app.staff_in(Role::TownDesk, app.world().towns[1]).get(&preview.path).expect(404);
    }
}
