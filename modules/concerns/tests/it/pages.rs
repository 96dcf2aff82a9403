//! The main job through its pages, as people do it: a browser for each of them, forms filled as they stand.

use base::Time;
use concerns::catalogue::{Duty, Kind};
use concerns::permissions::Authority;
use people::Role;
use store::StoreError;
use testkit::{Answer, Client, TestApp, Upload};

/// A catalogue with one department's duty and one kind that stays with the community.
pub(crate) fn catalogue(app: &TestApp) {
    let department = app.world().departments[0];
    let made = app.district().write_now(move |tx, ctx| {
        for (ord, code, name, words) in [(1, "01", "市政设施", "路灯 井盖"), (2, "02", "邻里纠纷", "噪音")] {
            let keywords = words.split(' ').map(str::to_owned).collect();
            let kind = Kind { code: code.into(), name: name.into(), parent: None, ord, keywords };
            concerns::catalogue::enter_kind(tx, ctx, Authority::Console, &kind).expect("a kind");
        }
        let duty = Duty { kind: "01".into(), unit: department, document: "三定规定".into() };
        concerns::catalogue::assign_duty(tx, ctx, Authority::Console, &duty).expect("a duty");
        Ok::<(), StoreError>(())
    });
    made.expect("the catalogue is entered");
}

/// The five pages of the form, and the receipt.
pub(crate) fn report(app: &TestApp, browser: &Client, about: &str, who: &[(&str, &str)]) -> (String, String) {
    let place = app.world().communities[0].to_string();
    let page = browser.get("/report/what").expect(200);
    let page = browser.follow(browser.submit_files(&page, "form", &[("text", "小区东门的路灯不亮，已经三天了")], &[]));
    let page = browser.follow(browser.submit(&page, "form", &[("spot", "东门"), ("place", &place)]));
    let page = browser.follow(browser.submit(&page, "form", &[]));
    let page = match about {
        "" => browser.follow(browser.submit(&page, "form", &[("about", "none")])),
        unit => browser.follow(browser.submit(&page, "form", &[("about", "unit"), ("about_unit", unit)])),
    };
    let page = browser.follow(browser.submit(&page, "form", who)).says("核对后提交").says("东门");
    let sent = browser.submit(&page, "form", &[]).leads_to("/r/");
    let again = browser.submit(&page, "form", &[]).leads_to("/r/");
    assert_eq!(sent.location(), again.location(), "sent twice, taken in once");
    let to = sent.location().expect("a receipt");
    let mut parts = to.trim_start_matches("/r/").split('/');
    let (no, secret) = (parts.next().unwrap_or("").to_owned(), parts.next().unwrap_or("").to_owned());
    browser.follow(sent).says("已经收到").says("接下来");
    (no, secret)
}

fn with_phone() -> Vec<(&'static str, &'static str)> {
    vec![("who", "phone"), ("phone", "138 0000 1234"), ("name", "李阿姨")]
}

pub(crate) fn step(browser: &Client, no: &str, act: &str, typed: &[(&str, &str)]) -> Answer {
    let path = format!("/work/c/{no}/{act}");
    let page = browser.get(&path).expect(200);
    let form = format!("form[action={path}]");
    browser.submit(&page, &form, typed).leads_to(&format!("/work/c/{no}"))
}

testkit::on_both! {
    [vec![concerns::module()]]

    fn from_the_first_word_to_the_archive(app) {
        catalogue(app);
        let resident = app.client();
        let (no, secret) = report(app, &resident, "", &with_phone());
        let receipt = format!("/r/{no}/{secret}");
        let (department, community) = (app.world().departments[0], app.world().communities[0]);

        let desk = app.staff_in(Role::TownDesk, app.world().towns[0]);
        desk.get("/work/desk").expect(200).says("路灯不亮");
        let form = desk.get(&format!("/work/c/{no}/dispatch")).expect(200).says("三定规定");
        assert!(form.html().first("select[name=kind] option[selected]").is_some_and(|o| o.attribute("value") == Some("01")), "the kind is suggested");
        step(&desk, &no, "dispatch", &[("kind", "02"), ("unit", &community.to_string())]);
        resident.get(&receipt).expect(200).says("等待承办单位签收");

        let secretary = app.staff_in(Role::CommunitySecretary, community);
        secretary.get("/work").expect(200).says("路灯不亮");
        step(&secretary, &no, "object", &[("reason", "路灯由城管部门管理")]);
        let page = desk.get(&format!("/work/c/{no}/decide")).expect(200).says("路灯由城管部门管理");
        let path = format!("/work/c/{no}/decide");
        desk.submit(&page, &format!("form[action={path}]"), &[("uphold", "1")]).leads_to("/work/c/");
        step(&desk, &no, "dispatch", &[("kind", "01"), ("unit", &department.to_string())]);

        let officer = app.staff_in(Role::DepartmentStaff, department);
        let detail = officer.get(&format!("/work/c/{no}")).expect(200).says("小区东门的路灯不亮");
        assert!(!detail.text().contains("13800001234") && !detail.text().contains("李阿姨"), "the contact is opened apart");
        officer.submit(&detail, &format!("form[action=/work/c/{no}/claim]"), &[]).leads_to("/work/c/");
        let opened = officer.get(&format!("/work/c/{no}/contact")).expect(200);
        let form = format!("form[action=/work/c/{no}/contact]");
        officer.submit(&opened, &form, &[("reason", "问清位置")]).expect(200).says("13800001234").says("李阿姨");
        step(&officer, &no, "contacted", &[("channel", "phone")]);
        step(&officer, &no, "resolve", &[("answer", "已更换灯泡，今晚恢复照明。")]);
        let seen = resident.get(&receipt).expect(200).says("答复核对中").says("查看了联系方式");
        assert!(!seen.main_text().contains("已更换灯泡"), "an answer is shown once it was reviewed");

        let page = desk.get(&format!("/work/c/{no}/review")).expect(200).says("已更换灯泡");
        desk.submit(&page, &format!("form[action=/work/c/{no}/review]"), &[("pass", "1")]).leads_to("/work/c/");

        let caller = app.staff(Role::CallBack);
        caller.get("/work/callbacks").expect(200).says("路灯不亮");
        let words = [("channel", "phone"), ("reached", "1"), ("solved", "0"), ("contacted", "1"), ("satisfied", "0"), ("words", "还是不亮")];
        step(&caller, &no, "call-back", &words);
        resident.get(&receipt).expect(200).says("没有解决").says("正在确定承办单位");

        step(&desk, &no, "dispatch", &[("kind", "01"), ("unit", &department.to_string())]);
        let lead = app.staff_in(Role::DepartmentLead, department);
        let detail = lead.get(&format!("/work/c/{no}")).expect(200).says("第 2 次办理");
        lead.submit(&detail, &format!("form[action=/work/c/{no}/claim]"), &[]).leads_to("/work/c/");
        step(&lead, &no, "contacted", &[("channel", "visit")]);
        step(&lead, &no, "resolve", &[("answer", "线路已修复，现场确认亮灯。")]);
        let page = desk.get(&format!("/work/c/{no}/review")).expect(200);
        desk.submit(&page, &format!("form[action=/work/c/{no}/review]"), &[("pass", "1")]).leads_to("/work/c/");

        let page = resident.get(&receipt).expect(200).says("这件事解决了吗").says("线路已修复");
        let form = format!("form[action={receipt}/answer]");
        let missing = resident.submit(&page, &form, &[("words", "谢谢")]).expect(422).says("请选一项");
        assert_eq!(missing.html().first("textarea[name=words]").map(|node| node.text()), Some("谢谢".to_owned()), "what was typed is kept");
        let done = resident.submit(&missing, &form, &[("solved", "1"), ("contacted", "1"), ("satisfied", "1")]).leads_to(&receipt);
        resident.follow(done).says("已办结").says("已解决");
    }

    fn a_resident_opens_it_again(app) {
        catalogue(app);
        let resident = app.client();
        let (no, secret) = report(app, &resident, "", &[("who", "none")]);
        let receipt = format!("/r/{no}/{secret}");
        let community = app.world().communities[0];
        let page = resident.get(&receipt).expect(200);
        let form = format!("form[action={receipt}/add]");
        resident.submit_files(&page, &form, &[("body", "晚上更暗")], &[]).leads_to(&receipt);
        resident.get(&receipt).expect(200).says("晚上更暗");

        let desk = app.staff_in(Role::TownDesk, app.world().towns[0]);
        step(&desk, &no, "dispatch", &[("kind", "02"), ("unit", &community.to_string())]);
        let secretary = app.staff_in(Role::CommunitySecretary, community);
        step(&secretary, &no, "escalate", &[("reason", "需要街道协调")]);
        let leader = app.staff_in(Role::TownDesk, app.world().towns[0]);
        step(&leader, &no, "send-down", &[("unit", &community.to_string()), ("reason", "请社区办理")]);
        let detail = secretary.get(&format!("/work/c/{no}")).expect(200);
        secretary.submit(&detail, &format!("form[action=/work/c/{no}/claim]"), &[]).leads_to("/work/c/");
        step(&secretary, &no, "resolve", &[("answer", "已处理")]);
        let page = desk.get(&format!("/work/c/{no}/review")).expect(200);
        desk.submit(&page, &format!("form[action=/work/c/{no}/review]"), &[("pass", "1")]).leads_to("/work/c/");
        let page = resident.get(&receipt).expect(200);
        let yes = [("solved", "1"), ("contacted", "0"), ("satisfied", "0")];
        resident.submit(&page, &format!("form[action={receipt}/answer]"), &yes).leads_to(&receipt);

        app.pass(3 * Time::DAY);
        let page = resident.get(&receipt).expect(200).says("可以申请再办");
        resident.submit(&page, &format!("form[action={receipt}/reopen]"), &[("reason", "又坏了")]).leads_to(&receipt);
        resident.get(&receipt).expect(200).says("正在确定承办单位").says("又坏了");
        app.pass(60 * Time::DAY);
        resident.get(&receipt).expect(200).says("超期");
    }

    fn nobody_without_the_post_gets_through(app) {
        catalogue(app);
        let resident = app.client();
        let community = app.world().communities[0];
        let (no, _) = report(app, &resident, "", &with_phone());
        let desk = app.staff_in(Role::TownDesk, app.world().towns[0]);
        step(&desk, &no, "dispatch", &[("kind", "02"), ("unit", &community.to_string())]);
        // The neighbours, another town's desk, administrators: not even that it exists.
        let strangers = [
            app.staff_in(Role::CommunitySecretary, app.world().communities[1]),
            app.staff_in(Role::TownDesk, app.world().towns[1]),
            app.staff(Role::SystemAdmin),
        ];
        for stranger in &strangers {
            let token = stranger.get("/me").expect(200).html().first("input[name=csrf]").and_then(|n| n.attribute("value").map(str::to_owned));
            for act in ["dispatch", "decide", "claim", "contacted", "resolve", "object", "escalate", "send-down", "review", "call-back", "archive", "contact"] {
                let path = format!("/work/c/{no}/{act}");
                let status = stranger.get(&path).status.as_u16();
                assert!(matches!(status, 403 | 404), "GET {path}: {status}");
                let fields = [
                    ("csrf", token.as_deref().unwrap_or_default()),
                    ("op_key", "00000000000000000000000000000001"),
                    ("v", "2"),
                    ("reason", "x"),
                    ("answer", "x"),
                    ("kind", "02"),
                    ("unit", &community.to_string()),
                    ("channel", "phone"),
                    ("reached", "0"),
                    ("outcome", "withdrawn"),
                ];
                let status = stranger.post(&path, &fields).status.as_u16();
                assert!(matches!(status, 403 | 404), "POST {path}: {status}");
            }
            stranger.get(&format!("/work/c/{no}")).expect(404);
        }
        // Nobody signed in is sent to sign in.
        app.client().get(&format!("/work/c/{no}")).leads_to("/login");
    }

    fn a_case_about_a_line_is_out_of_its_sight(app) {
        catalogue(app);
        let resident = app.client();
        let community = app.world().communities[0];
        let (no, _) = report(app, &resident, &community.to_string(), &[("who", "none")]);
        app.staff_in(Role::CommunitySecretary, community).get(&format!("/work/c/{no}")).expect(404);
        let desk = app.staff_in(Role::TownDesk, app.world().towns[0]);
        let form = desk.get(&format!("/work/c/{no}/dispatch")).expect(200);
        let offered = form.html().all("input[name=unit]").iter().any(|node| node.attribute("value") == Some(&community.to_string()));
        assert!(!offered, "the line it is about is not offered");
        let path = format!("form[action=/work/c/{no}/dispatch]");
        let forged: Vec<(&str, &str)> = vec![("kind", "02")];
        let answer = desk.submit(&form, &path, &forged);
        drop(answer);
    }

    fn a_confidential_caller_stays_hidden(app) {
        catalogue(app);
        let resident = app.client();
        let mut who = with_phone();
        who.push(("flag", "confidential"));
        let (no, _) = report(app, &resident, "", &who);
        let department = app.world().departments[0];
        let desk = app.staff_in(Role::TownDesk, app.world().towns[0]);
        // Nothing goes out before one has written a text and another has approved it.
        desk.get(&format!("/work/c/{no}")).expect(200).says("拟脱敏文本");
        desk.get(&format!("/work/c/{no}/dispatch")).leads_to("/work/c/");
        let page = desk.get(&format!("/work/c/{no}/redact")).expect(200).says("建议隐去");
        let form = format!("form[action=/work/c/{no}/redact]");
        desk.submit(&page, &form, &[("handlers", "")]).expect(422);
        desk.submit(&page, &form, &[("handlers", "某处路灯不亮")]).leads_to("/work/c/");
        desk.get(&format!("/work/c/{no}")).expect(200).says("等另一位同事复核");
        desk.get(&format!("/work/c/{no}/approve")).leads_to("/work/c/");
        let second = app.staff(Role::DistrictDesk);
        let page = second.get(&format!("/work/c/{no}/approve")).expect(200).says("某处路灯不亮").says("小区东门");
        second.submit(&page, &format!("form[action=/work/c/{no}/approve]"), &[("pass", "1")]).leads_to("/work/c/");
        step(&desk, &no, "dispatch", &[("kind", "01"), ("unit", &department.to_string()[..])]);
        let officer = app.staff_in(Role::DepartmentStaff, department);
        for path in ["/work".to_owned(), "/work/all".to_owned(), format!("/work/c/{no}")] {
            let page = officer.get(&path).expect(200);
            for secret in ["13800001234", "李阿姨", "小区东门"] {
                assert!(!page.text().contains(secret), "{secret} on {path}");
            }
        }
        officer.get(&format!("/work/c/{no}")).expect(200).says("某处路灯不亮").says("隐去身份");
        officer.get(&format!("/work/c/{no}/contact")).expect(403);
    }

    fn what_was_typed_is_kept(app) {
        let browser = app.client();
        let page = browser.get("/report/what").expect(200);
        let short = browser.submit_files(&page, "form", &[("text", "坏了")], &[]).expect(422).says("至少 4 个字，现在是 2 个字");
        assert_eq!(short.html().first("textarea").map(|node| node.text()), Some("坏了".to_owned()));
        browser.get("/report/what").expect(200).says("坏了");
        let all = browser.get("/report/all").expect(200);
        let wrong = [("text", "路灯坏了三天"), ("who", "phone"), ("phone", "1380000"), ("about", "none")];
        let again = browser.submit_files(&all, "form", &wrong, &[]).expect(422).says("请选一个社区");
        assert_eq!(again.html().first("input[name=phone]").and_then(|node| node.attribute("value").map(str::to_owned)), Some("1380000".into()));
        browser.get("/r/26112100000000/0000000000000000").expect(404);
        // A link that was cut off, or copied wrongly, leads to the form with what is known of the number; it does not tell
        // whether there is such a number.
        let (no, secret) = report(app, &browser, "", &[("who", "none")]);
        let stranger = base::number::show(&no).replace('-', "");
        for link in ["/r".to_owned(), "/r/".to_owned(), format!("/r/{no}"), format!("/r/{no}/"), format!("/r/{no}/{}", &secret[..9])] {
            let page = browser.get(&link).expect(404).says("这个链接不完整");
            let typed = page.html().first("input[name=no]").and_then(|node| node.attribute("value").map(str::to_owned)).unwrap_or_default();
            assert_eq!(typed.replace('-', ""), if link.len() > 4 { stranger.as_str() } else { "" }, "{link}");
            assert!(!page.main_text().contains("路灯"));
            browser.submit(&page, "form[action=/track]", &[("no", &no), ("secret", &secret)]).leads_to(&format!("/r/{no}/{secret}"));
        }
        let wrong = browser.get(&format!("/r/{no}/0000000000000000/new")).expect(404).says("这个链接不完整");
        browser.submit(&wrong, "form[action=/track]", &[("secret", "0000000000000000")]).expect(422).says("对不上");
        let track = browser.get("/track").expect(200);
        browser.submit(&track, "form", &[("no", "12"), ("secret", "")]).expect(422).says("编号应为 14 位数字");
    }

    fn staff_write_down_what_somebody_says(app) {
        catalogue(app);
        let community = app.world().communities[0];
        let worker = app.staff_in(Role::CommunitySecretary, community);
        let page = worker.get("/work/new").expect(200);
        let typed = [("source", "counter"), ("text", "楼道里有噪音，晚上睡不着"), ("place", &community.to_string()[..]), ("phone", "13900001111"), ("name", "王大爷")];
        let shown = worker.submit_files(&page, "form[action=/work/new]", &typed, &[]).expect(200).says("查询码").says("只显示这一次");
        let html = shown.html();
        let mut links = html.all("a").into_iter().filter_map(|node| node.attribute("href"));
        let href = links.rfind(|href| href.starts_with("/work/c/")).map(str::to_owned).unwrap_or_default();
        let detail = worker.get(&href).expect(200).says("楼道里有噪音");
        let secret = shown.html().all(".big-number strong").last().map(|node| node.text()).unwrap_or_default().replace('-', "");
        assert_eq!(secret.len(), 16);
        assert!(!detail.text().contains(&secret), "the code is never seen again");
        let book = worker.get("/work/all.xlsx").expect(200);
        assert!(book.bytes.starts_with(b"PK"), "a workbook");
    }

    fn photos_outlive_a_form_that_did_not_pass(app) {
        catalogue(app);
        let place = app.world().communities[0].to_string();
        let browser = app.client();
        let all = browser.get("/report/all").expect(200);
        let (whole, broken) = (picture(), picture()[..40].to_vec());
        let files = [Upload { field: "photo", name: "a.png", bytes: &whole }, Upload { field: "photo", name: "b.png", bytes: &broken }];
        let typed = [("text", "路灯坏了三天"), ("place", &place[..]), ("who", "none"), ("about", "none")];
        let again = browser.submit_files(&all, "form", &typed, &files).expect(422).says("第 2 张").says("已经上传的照片");
        let src = again.html().first(".kept-photos img").and_then(|node| node.attribute("src").map(str::to_owned)).expect("the photo that came through");
        browser.get(&src).expect(200);
        let sent = browser.submit_files(&again, "form", &[], &[]).leads_to("/r/");
        let receipt = sent.location().unwrap_or_default().trim_end_matches("/new").to_owned();
        let shown = browser.get(&receipt).expect(200);
        assert_eq!(shown.html().all(".pictures img").len(), 1, "it was sent with the form");
        browser.get(&src).expect(404);

        // The same for staff: an answer without words keeps its photo; a box drops it.
        let community = app.world().communities[0];
        let worker = app.staff_in(Role::CommunitySecretary, community);
        let page = worker.get("/work/new").expect(200);
        let again = worker
            .submit_files(&page, "form[action=/work/new]", &[("source", "counter"), ("text", "")], &[Upload { field: "photo", name: "a.png", bytes: &whole }])
            .expect(422);
        let drop = again.html().first("input[name=drop]").and_then(|node| node.attribute("value").map(str::to_owned)).expect("a box");
        let again = worker.submit_files(&again, "form[action=/work/new]", &[("text", ""), ("drop", &drop)], &[]).expect(422);
        assert!(again.html().first("input[name=drop]").is_none(), "it was taken out");
    }

    fn photos_of_those_who_may_not_send_them_are_not_looked_at(app) {
        catalogue(app);
        let browser = app.client();
        let (no, secret) = report(app, &browser, "", &[("who", "none")]);
        let path = format!("/r/{no}/{secret}");
        let whole = picture();
        let photo = [Upload { field: "photo", name: "a.png", bytes: &whole }];
        let lies = || app.district().store().blobs().all().expect("the blobs").len();
        let before = lies();

        // Nobody who may not register, answer this concern, or show its receipt.
        let outsider = app.staff(Role::AuditAdmin);
        let csrf = outsider.get("/me").expect(200).html().first("input[name=csrf]").and_then(|node| node.attribute("value").map(str::to_owned)).expect("a token");
        let sent = [("csrf", &csrf[..]), ("op_key", "00000000000000000000000000000001"), ("v", "1"), ("text", ""), ("answer", "")];
        outsider.upload("/work/new", &sent, &photo).expect(403);
        assert!(matches!(outsider.upload(&format!("/work/c/{no}/resolve"), &sent, &photo).status.as_u16(), 403 | 404));
        let wrong = format!("/r/{no}/AAAAAAAAAAAAAAAA");
        browser.upload(&format!("{wrong}/add"), &[("op_key", "00000000000000000000000000000002"), ("body", "")], &photo).expect(404);
        assert_eq!(lies(), before, "nothing was decoded, nothing lies on the disk");

        let page = browser.get(&path).expect(200);
        browser.submit_files(&page, &format!("form[action={path}/add]"), &[("body", "补充一张")], &photo).leads_to(&path);
        assert!(lies() > before, "the resident's own photo is there");
    }

    fn the_menu_marks_the_list_that_a_concern_was_opened_from(app) {
        catalogue(app);
        let (no, _) = report(app, &app.client(), "", &[("who", "none")]);
        let desk = app.staff_in(Role::TownDesk, app.world().towns[0]);
        let marked = |path: &str| {
            let page = desk.get(path).expect(200);
            page.html().first(".rail [aria-current=page]").and_then(|node| node.attribute("href").map(str::to_owned))
        };
        assert_eq!(marked("/work/desk").as_deref(), Some("/work/desk"));
        assert_eq!(marked(&format!("/work/c/{no}?from=desk")).as_deref(), Some("/work/desk"));
        assert_eq!(marked(&format!("/work/c/{no}/dispatch?from=all")).as_deref(), Some("/work/all"));
        assert_eq!(marked(&format!("/work/c/{no}")), None, "by its own address it belongs to no list");
    }

    fn what_another_tab_changed_is_shown_before_it_is_sent(app) {
        let browser = app.client();
        let place = app.world().communities[0].to_string();
        let fill = |text: &str| {
            let page = browser.get("/report/what").expect(200);
            let page = browser.follow(browser.submit_files(&page, "form", &[("text", text)], &[]));
            let page = browser.follow(browser.submit(&page, "form", &[("place", &place)]));
            let page = if page.html().first("input[name=grid]").is_some() { browser.follow(browser.submit(&page, "form", &[])) } else { page };
            let page = browser.follow(browser.submit(&page, "form", &[("about", "none")]));
            browser.follow(browser.submit(&page, "form", &[("who", "none")])).says("核对后提交").says(text)
        };
        let one = fill("东门的路灯不亮");
        let other = fill("西门的井盖坏了");
        // The first tab shows what is no longer there: it is asked to look again, and nothing was sent.
        let again = browser.follow(browser.submit(&one, "form", &[]).leads_to("/report/check"));
        again.says("请再核对一遍").says("西门的井盖坏了");
        let sent = browser.submit(&other, "form", &[]).leads_to("/r/");
        assert_eq!(browser.submit(&other, "form", &[]).location(), sent.location(), "a second press gets the first answer");
        // Once it is sent, an old tab is not told that its own words were taken in.
        browser.submit(&one, "form", &[]).expect(422).says("已经提交或过期");
    }

    fn two_at_once_are_told_who_was_quicker(app) {
        catalogue(app);
        let resident = app.client();
        let (no, _) = report(app, &resident, "", &[("who", "none")]);
        let (department, community) = (app.world().departments[0].to_string(), app.world().communities[0].to_string());
        let desk = app.staff_in(Role::TownDesk, app.world().towns[0]);
        let path = format!("/work/c/{no}/dispatch");
        let form = format!("form[action={path}]");
        let late = desk.get(&format!("{path}?from=desk")).expect(200);
        app.pass(Time::MINUTE);
        step(&desk, &no, "dispatch", &[("kind", "01"), ("unit", &department)]);
        let told = desk.submit(&late, &form, &[("kind", "02"), ("unit", &community), ("note", "请尽快")]).expect(422).says("刚刚办了一步（派单）").says("待签收").says("看现在的情况");
        assert_eq!(told.html().first("textarea[name=note]").map(|node| node.text()), Some("请尽快".to_owned()), "what was typed is kept");
        assert!(told.html().first(&format!("{form} button[type=submit]")).is_none(), "a step that is over is not offered again");
        // An old page's link leads to how it stands.
        desk.get(&path).leads_to(&format!("/work/c/{no}"));
        // Whoever comes from a list goes back to it.
        let (other, _) = report(app, &app.client(), "", &[("who", "none")]);
        let page = desk.get(&format!("/work/c/{other}/dispatch?from=desk")).expect(200);
        let done = desk.submit(&page, &format!("form[action=/work/c/{other}/dispatch]"), &[("kind", "01"), ("unit", &department)]);
        assert_eq!(done.location().as_deref(), Some("/work/desk"));
    }

    fn a_number_opens_its_concern_or_says_why_not(app) {
        let desk = app.staff_in(Role::TownDesk, app.world().towns[0]);
        desk.get("/work/all?q=12").expect(200).says("这里只能按编号打开").says("14 位");
        let (no, _) = report(app, &app.client(), "", &[("who", "none")]);
        desk.get(&format!("/work/all?q={no}")).leads_to(&format!("/work/c/{no}"));
        let stranger = app.staff_in(Role::TownDesk, app.world().towns[1]);
        stranger.get(&format!("/work/all?q={no}")).expect(200).says("没有找到编号");
    }

    fn who_names_somebody_is_not_taken_for_naming_nobody(app) {
        let browser = app.client();
        let unit = app.world().communities[0].to_string();
        let all = browser.get("/report/all").expect(200);
        let typed = [("text", "办事态度很差"), ("place", &unit[..]), ("about", "none"), ("about_unit", &unit), ("who", "none")];
        browser.submit_files(&all, "form", &typed, &[]).expect(422).says("请选清楚");
    }

    fn a_filter_is_kept_under_a_name_for_oneself(app) {
        catalogue(app);
        report(app, &app.client(), "", &[("who", "none")]);
        let desk = app.staff_in(Role::TownDesk, app.world().towns[0]);
        assert!(desk.get("/work/all").expect(200).html().first("form[action=/work/all/views]").is_none(), "nothing to keep");
        let page = desk.get("/work/all?state=received&before=x").expect(200);
        desk.follow(desk.submit(&page, "form[action=/work/all/views]", &[("name", " ")])).expect(200).says("1 至 20");
        let kept = desk.submit(&page, "form[action=/work/all/views]", &[("name", "待派单的")]);
        assert_eq!(kept.location().as_deref(), Some("/work/all?state=received"));
        let page = desk.follow(kept).expect(200).says("筛选已保存").says("待派单的").says("路灯不亮");
        assert!(page.html().first("form[action=/work/all/views]").is_none(), "kept already");
        let other = app.staff_in(Role::TownDesk, app.world().towns[1]);
        assert!(!other.get("/work/all").expect(200).text().contains("待派单的"), "nobody else's");
        let drop = page.html().all("form").into_iter().filter_map(|form| form.attribute("action").map(str::to_owned)).find(|to| to.ends_with("/drop")).unwrap();
        let stranger = other.get("/work/all?state=received").expect(200);
        let csrf = stranger.html().first("input[name=csrf]").unwrap().attribute("value").unwrap().to_owned();
        other.post(&drop, &[("csrf", &csrf), ("op_key", "00112233445566778899aabbccddeeff")]).leads_to("/work/all");
        desk.get("/work/all").expect(200).says("待派单的");
        desk.submit(&page, &format!("form[action={drop}]"), &[]).leads_to("/work/all");
        assert!(!desk.get("/work/all").expect(200).text().contains("待派单的"));
    }

    fn a_list_is_narrowed_by_way_result_and_days_and_kept_and_saved_so(app) {
        catalogue(app);
        let place = app.world().communities[0].to_string();
        report(app, &app.client(), "", &[("who", "none")]);
        let worker = app.staff_in(Role::CommunitySecretary, app.world().communities[0]);
        let page = worker.get("/work/new").expect(200);
        let typed = [("source", "letter"), ("text", "来信说楼道里有噪音"), ("place", &place[..])];
        worker.submit_files(&page, "form[action=/work/new]", &typed, &[]).expect(200);
        let desk = app.staff_in(Role::TownDesk, app.world().towns[0]);
        let today = base::Clock::now(&*app.clock).date();
        let (yesterday, tomorrow) = (today.yesterday().unwrap(), today.tomorrow().unwrap());
        let has = |query: &str| {
            let text = desk.get(&format!("/work/all?{query}")).expect(200).main_text();
            let book = desk.get(&format!("/work/all.xlsx?{query}")).expect(200);
            let cells = format!("{:?}", sheets::grids(&book.bytes, &sheets::Limits::default()).unwrap());
            let seen = ["路灯不亮", "来信说楼道"].map(|words| text.contains(words));
            assert_eq!(seen, ["路灯不亮", "来信说楼道"].map(|words| cells.contains(words)), "page and workbook agree: {query}");
            seen
        };
        assert_eq!(has("source=letter"), [false, true]);
        assert_eq!(has("source=web"), [true, false]);
        assert_eq!(has(&format!("since={today}&until={today}")), [true, true], "both days are looked at");
        assert_eq!(has(&format!("since={tomorrow}")), [false, false]);
        assert_eq!(has(&format!("until={yesterday}")), [false, false]);
        assert_eq!(has("outcome=solved"), [false, false]);
        assert_eq!(has("since=2026-02-31&source=nothing"), [true, true], "what is no day narrows nothing");
        let kept = format!("source=letter&since={today}");
        let page = desk.get(&format!("/work/all?{kept}")).expect(200);
        let to = desk.submit(&page, "form[action=/work/all/views]", &[("name", "今天的来信")]).location().unwrap();
        let page = desk.get(&to).expect(200).says("今天的来信").says("来信说楼道").says("共 1 件");
        let html = page.html();
        assert_eq!(html.first("input[name=since]").unwrap().attribute("value"), Some(today.to_string().as_str()));
        assert!(html.first("select[name=source] option[selected]").is_some_and(|o| o.attribute("value") == Some("letter")));
        let export = html.first(".filters-end a").and_then(|a| a.attribute("href").map(str::to_owned)).unwrap();
        assert!(export.contains("source=letter") && export.contains(&format!("since={today}")), "{export}");
    }

    fn the_workbook_has_the_headers_of_cadres_and_no_personal_data(app) {
        catalogue(app);
        let anybody = app.client();
        let place = app.world().communities[0].to_string();
        let page = anybody.get("/report/all").expect(200);
        let form = [("text", "我叫李雷，路灯坏了，请打13800001234"), ("place", &place[..]), ("about", "none"), ("who", "phone"), ("phone", "13900005678")];
        anybody.submit_files(&page, "form", &form, &[]).leads_to("/r/");
        let desk = app.staff_in(Role::TownDesk, app.world().towns[0]);
        let book = desk.get("/work/all.xlsx").expect(200);
        let cells = format!("{:?}", sheets::grids(&book.bytes, &sheets::Limits::default()).unwrap());
        for header in ["编号", "来源", "受理时间", "诉求人", "电话", "是否保密", "类别", "地址", "内容", "主办", "协办", "派单", "签收", "首次联系", "时限", "办结", "回访", "退单/延期记录"] {
            assert!(cells.contains(&format!("\"{header}\"")), "{header} is missing: {cells}");
        }
        assert!(cells.contains("路灯坏了") && !cells.contains("李雷") && !cells.contains("13800001234") && !cells.contains("13900005678"), "{cells}");
    }
}

/// A red square of 8 by 8 pixels.
fn picture() -> Vec<u8> {
    let hex = "89504e470d0a1a0a0000000d49484452000000080000000808020000004b6d29dc0000001249444154789c633cc1801d30e1101fa41200a28000d85522513d0000000049454e44ae426082";
    let digits: Vec<u8> = hex.bytes().filter(u8::is_ascii_hexdigit).collect();
    digits.chunks_exact(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).expect("digits"), 16).expect("a byte")).collect()
}
