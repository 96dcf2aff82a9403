//! Courses, lessons, files by ranges, completion, certificates, discussion, import.

use people::Role;
use testkit::Upload;

use super::{add, complete, course, lessons, modules, place, second, wav};

testkit::on_both! {
    [modules()]

    fn a_course_is_studied_to_its_certificate(app) {
        let course = course(app, "基层减负怎么做", &["为什么减负", "一表通"]);
        let member = app.staff(Role::Member);
        member.get("/learning/courses").expect(200).says("基层减负怎么做").says("2 课，1.5 学时");
        let all = lessons(&member, &course);
        let page = member.get(&all[0]).expect(200).says("来源：区委组织部编写").says("11月1日");
        assert!(page.text().contains("<li>一</li>") && page.text().contains("<h3>要点</h3>"), "Markdown is drawn");
        let form = format!("form[action={}/done]", all[0]);
        member.submit(&page, &form, &[]).leads_to(&all[0]);
        member.submit(&page, &form, &[]).leads_to(&all[0]);
        member.get("/learning").expect(200).says("已学 0.75 学时，应学 32 学时").says("还差 31.25 学时").says("已学 1/2");
        let page = member.get(&all[1]).expect(200);
        member.submit(&page, &format!("form[action={}/done]", all[1]), &[]).leads_to(&course);
        let mine = member.get("/learning").expect(200).says("学习证书").says("已学 1.5 学时");
        let pdf = mine.html().all("a.item").iter().filter_map(|a| a.attribute("href")).find(|h| h.contains("certificates")).unwrap().to_owned();
        let answer = member.get(&pdf);
        // Where the machine has no Chinese font, that is said in words.
        if answer.status == 200 { assert!(answer.bytes.starts_with(b"%PDF")) } else { answer.expect(409).says("没有装中文字体"); }
        // It says what was studied, whatever becomes of the course afterwards.
        let office = app.staff(Role::PartyAffairs);
        let page = office.get(&format!("{}/edit", all[0])).expect(200);
        office.submit(&page, &format!("form[action={}/edit]", all[0]), &[("minutes", "300")]).leads_to(&all[0]);
        add(&office, &course, &[("title", "三"), ("body", "后来加的")], &[]).leads_to("/learning/lessons/");
        let (person, id) = (app.world().member(Role::Member).person, course.rsplit('/').next().unwrap().parse().map(learning::model::CourseId).unwrap());
        let minutes = app.district().read_now(move |tx, ctx| learning::read::minutes_in(tx, person, id, ctx.now.date())).unwrap();
        assert_eq!(minutes, 90);
        // Others have not got it; who gives it may see it.
        second(app).get(&pdf).expect(404);
        assert!(app.staff(Role::PartyAffairs).get(&pdf).status != 404);
        assert!(second(app).get("/learning").expect(200).main_text().contains("已学 0 学时"));
    }

    fn a_recording_is_served_by_ranges_and_goes_on_where_one_left_off(app) {
        let course = course(app, "听一听", &["开场"]);
        let office = app.staff(Role::PartyAffairs);
        let sound = wav(3);
        let file = Upload { field: "file", name: "讲话.wav", bytes: &sound };
        // A recording is not a text, a page of HTML is not a recording, and nothing of it is kept.
        add(&office, &course, &[("kind", "video"), ("title", "录音")], &[Upload { field: "file", name: "a.mp4", bytes: &sound }]).expect(422).says("与类型相符");
        add(&office, &course, &[("kind", "audio"), ("title", "录音")], &[Upload { field: "file", name: "a.mp3", bytes: b"<html>no sound</html>" }]).expect(422).says("认不出");
        add(&office, &course, &[("kind", "audio"), ("title", "录音")], &[]).expect(422).says("请选择与类型相符的文件");
        let lesson = place(&add(&office, &course, &[("kind", "audio"), ("title", "录音")], &[file]).leads_to("/learning/lessons/"));
        let member = app.staff(Role::Member);
        let page = member.get(&lesson).expect(200);
        let src = page.html().first("audio").unwrap().attribute("src").unwrap().to_owned();
        let whole = member.get(&src).expect(200);
        assert_eq!(whole.bytes, sound);
        assert_eq!(whole.headers["accept-ranges"], "bytes");
        let part = member.with_header("range", "bytes=100-199").get(&src).expect(206);
        assert_eq!(part.bytes, &sound[100..200]);
        assert_eq!(part.headers["content-range"], format!("bytes 100-199/{}", sound.len()));
        assert_eq!(part.headers["content-type"], "audio/wav");
        member.with_header("range", "bytes=999999-").get(&src).expect(416);
        let tag = whole.headers["etag"].to_str().unwrap().to_owned();
        member.with_header("range", "bytes=0-9").with_header("if-range", "\"other\"").get(&src).expect(200);
        member.with_header("range", "bytes=0-9").with_header("if-range", &tag).get(&src).expect(206);
        // Where one left off is kept, by lesson and person, without an event.
        let csrf = page.html().first("audio").unwrap().attribute("data-csrf").unwrap().to_owned();
        let events = |app: &testkit::TestApp| { app.settle(); app.district().read_now(|tx, _| tx.one(COUNT, store::p![], |row| row.int(0))).unwrap() };
        let before = events(app);
        member.post(&format!("{lesson}/position"), &[("csrf", &csrf), ("seconds", "65")]).expect(204);
        member.get(&lesson).expect(200).says("上次看到 1:05");
        assert_eq!(events(app), before, "no event for a second");
        assert!(!second(app).get(&lesson).expect(200).main_text().contains("上次看到"));
        // Not for who is nobody, nor for administrators.
        app.client().get(&src).leads_to("/login");
        app.staff(Role::AuditAdmin).get(&src).expect(403);
    }

    fn what_a_branch_offers_is_for_the_branch(app) {
        let secretary = app.staff(Role::BranchSecretary);
        let page = secretary.get("/learning/courses/new").expect(200);
        let made = secretary.submit(&page, "form[action=/learning/courses/new]", &[("title", "支部微党课"), ("about", "")]);
        let course = place(&made.leads_to("/learning/courses/"));
        // A draft is nobody's but theirs; without a lesson it does not open.
        let member = app.staff(Role::Member);
        member.get(&course).expect(404);
        let page = secretary.get(&course).expect(200).says("准备中");
        let state = format!("form[action={course}/state]");
        secretary.submit(&page, &state, &[("to", "open")]).expect(422).says("先增加至少一课");
        let lesson = place(&add(&secretary, &course, &[("title", "一课"), ("body", "<script>alert(1)</script> [x](javascript:1)")], &[]).leads_to("/learning/lessons/"));
        let page = secretary.get(&lesson).expect(200);
        assert!(!page.text().contains("<script>alert") && !page.text().contains("href=\"javascript"));
        let page = secretary.get(&course).expect(200);
        secretary.submit(&page, &state, &[("to", "open")]).leads_to(&course);
        member.get(&course).expect(200);
        // Staff outside of it do not see it; those who learn nothing here see nothing.
        let desk = app.staff(Role::TownDesk);
        desk.get(&course).expect(404);
        desk.get(&lesson).expect(404);
        assert!(!desk.get("/learning/courses").expect(200).main_text().contains("支部微党课"));
        app.staff(Role::SystemAdmin).get("/learning").expect(403);
        member.get("/learning/courses/new").expect(403);
        member.get(&format!("{course}/add")).expect(403);
        // A lesson that is taken out is kept for who completed it.
        complete(&member, &course);
        let page = secretary.get(&lesson).expect(200);
        secretary.submit(&page, &format!("form[action={lesson}/remove]"), &[]).leads_to(&course);
        member.get(&lesson).expect(404);
        member.get("/learning").expect(200).says("已学 0.75 学时");
    }

    fn words_are_changed_by_version(app) {
        let course = course(app, "旧名", &["一"]);
        let office = app.staff(Role::PartyAffairs);
        let form = format!("form[action={course}/edit]");
        let page = office.get(&format!("{course}/edit")).expect(200);
        office.submit(&page, &form, &[("title", " ")]).expect(422).says("请填写名称");
        office.submit(&page, &form, &[("title", "新名")]).leads_to(&course);
        office.get(&course).expect(200).says("新名");
        let stale = office.get(&format!("{course}/edit")).expect(200);
        let page = office.get(&format!("{course}/edit")).expect(200);
        office.submit(&page, &form, &[("title", "更新")]).leads_to(&course);
        office.submit(&stale, &form, &[("title", "过时")]).expect(409);
        let lesson = lessons(&office, &course).remove(0);
        let page = office.get(&format!("{lesson}/edit")).expect(200);
        let form = format!("form[action={lesson}/edit]");
        office.submit(&page, &form, &[("minutes", "0")]).expect(422).says("1 到 600");
        office.submit(&page, &form, &[("minutes", "90"), ("source_on", "2026-10-01")]).leads_to(&lesson);
        app.staff(Role::Member).get(&lesson).expect(200).says("90 分钟").says("10月1日");
    }

    fn discussion_is_by_name_and_hidden_with_a_reason(app) {
        let course = course(app, "讨论课", &["一"]);
        let member = app.staff(Role::Member);
        let lesson = lessons(&member, &course).remove(0);
        let say = format!("form[action={lesson}/say]");
        let page = member.get(&lesson).expect(200).says("还没有人发言");
        member.submit(&page, &say, &[("text", " ")]).expect(422).says("请写内容");
        member.submit(&page, &say, &[("text", "村里怎么算学时？")]).leads_to(&lesson);
        member.submit(&page, &say, &[("text", "村里怎么算学时？")]).leads_to(&lesson);
        let office = app.staff(Role::PartyAffairs);
        let page = office.get(&lesson).expect(200).says("村里怎么算学时？");
        assert_eq!(page.html().all(".learn-remarks li").len(), 1, "sent twice, said once");
        office.submit(&page, &say, &[("text", "按课时标注计。")]).leads_to(&lesson);
        let page = office.get(&lesson).expect(200);
        assert_eq!(page.html().all(".learn-remarks li.office").len(), 1);
        let hide = page.html().all("form").into_iter().filter_map(|form| form.attribute("action")).find(|to| to.ends_with("/hide")).unwrap().to_owned();
        assert!(member.get(&lesson).html().all("form").iter().all(|form| !form.attribute("action").unwrap_or("").ends_with("/hide")));
        let csrf = member.get(&lesson).html().first("input[name=csrf]").unwrap().attribute("value").unwrap().to_owned();
        member.post(&hide, &[("csrf", &csrf), ("lesson", ""), ("reason", "不喜欢")]).expect(403);
        office.submit(&page, &format!("form[action={hide}]"), &[("reason", " ")]).expect(422).says("理由");
        office.submit(&page, &format!("form[action={hide}]"), &[("reason", "与课程无关")]).leads_to(&lesson);
        let text = member.get(&lesson).expect(200).main_text();
        assert!(text.contains("理由：与课程无关") && !text.contains("村里怎么算学时"), "{text}");
    }

    fn content_is_imported_after_a_look(app) {
        let course = course(app, "导入课", &["一"]);
        let office = app.staff(Role::PartyAffairs);
        let path = format!("{course}/import");
        let form = format!("form[action={path}]");
        let page = office.get(&path).expect(200);
        let file = |name, bytes| Upload { field: "file", name, bytes };
        office.submit_files(&page, &form, &[], &[file("a.pdf", b"%PDF-1.4")]).expect(422).says("可能已损坏");
        office.submit_files(&page, &form, &[], &[file("a.doc", b"\xd0\xcf\x11\xe0")]).expect(422).says("认不出这个文件");
        let pdf = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
            3 0 obj<</Type/Page/Parent 2 0 R/Resources<</Font<</F 5 0 R>>>>/Contents 4 0 R>>endobj\n\
            4 0 obj<</Length 62>>stream\nBT /F 12 Tf 50 700 Td (Asked once,) Tj 0 -20 Td (<b>used.</b>) Tj ET\nendstream endobj\n\
            5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\ntrailer<</Root 1 0 R/Size 6>>\n%%EOF";
        let seen = office.submit_files(&page, &form, &[], &[file("讲义.pdf", pdf)]).expect(200).says("Asked once,");
        assert!(!seen.text().contains("<b>used"), "letters of a file are letters");
        let seen = office.submit_files(&page, &form, &[], &[file("讲义.md", "# 一表通\n\n只报一次".as_bytes())]).expect(200).says("预览");
        assert!(seen.text().contains("<h3>一表通</h3>"));
        let keep = format!("form[action={course}/keep]");
        office.submit(&seen, &keep, &[("source", "")]).expect(422).says("请写明来源");
        let kept = office.submit(&seen, &keep, &[("source", "街道党工委")]).leads_to("/learning/lessons/");
        app.staff(Role::Member).get(&place(&kept)).expect(200).says("只报一次").says("街道党工委");
        app.staff(Role::Member).get(&path).expect(403);
    }
}

const COUNT: &store::Sql = store::sql!("SELECT COUNT(*) FROM event WHERE kind LIKE 'Less%'");
