//! The pages: a report from one press to the file, and who may see what.

use std::io::{Cursor, Read};

use base::{Clock as _, Date, Time};
use people::Role;
use testkit::html::Node;
use testkit::{Answer, TestApp, on_both};

use crate::lamps::{mend, modules};

/// Lamps of this year and of the last in a community, and a report of its town for the year so far.
pub(crate) fn with_report(app: &TestApp) -> (Node, String) {
    let world = app.world();
    let today = app.clock.now().date();
    mend(app, world.communities[0], Date::new(today.year() - 1, 1, 2).unwrap(), 10, 0);
    mend(app, world.communities[0], Date::new(today.year(), 1, 2).unwrap(), 15, 5);
    app.settle();
    let desk = app.staff_in(Role::TownDesk, world.towns[0]);
    let page = desk.get("/reports").expect(200);
    let made = desk.submit(&page, "form.report-make", &[]).leads_to("/reports/");
    let path = made.location().unwrap();
    (desk.follow(made).expect(200).html(), path)
}

fn part(answer: &Answer, name: &str) -> String {
    let mut zip = zip::ZipArchive::new(Cursor::new(answer.bytes.clone())).unwrap();
    let mut out = String::new();
    zip.by_name(name).unwrap().read_to_string(&mut out).unwrap();
    out
}

/// The fields of a form but these, to be sent by hand.
fn others<'a>(fields: &'a [(String, String)], without: &[&str]) -> Vec<(&'a str, &'a str)> {
    fields.iter().filter(|(name, _)| !without.contains(&name.as_str())).map(|(n, v)| (n.as_str(), v.as_str())).collect()
}

on_both! {
    [modules()]

    fn one_press_writes_a_report_whose_figures_open(app) {
        let (page, _) = with_report(app);
        let text = page.first("main").unwrap().text();
        for words in [
            "一、做法与成效", "（一）路灯维修", "修灯20盏", "比上年同期增长100.0%", "修好的占75.0%", "路灯10盏", "五、问题与下一步",
            "1．没修好的5盏", "把5盏修好", "各单位修灯", "上年同期（盏）", "合计 20 100.0%", "附件 文中数字与上期、上年同期对照",
        ] {
            assert!(text.contains(words), "{words}: {text}");
        }
        let desk = app.staff_in(Role::TownDesk, app.world().towns[0]);
        let links: Vec<String> = page.all("a.fig").iter().map(|a| a.attribute("href").unwrap().to_owned()).collect();
        assert!(links.len() >= 5, "{links:?}");
        for link in &links {
            desk.get(link).expect(200).says("怎样计");
        }
        let none = links[0].split('?').next().unwrap().to_owned() + "?k=m:none";
        desk.get(&none).expect(404);
        desk.get("/reports").expect(200).says("草稿");
    }

    fn what_the_record_does_not_reach_is_told_once(app) {
        let world = app.world();
        let today = app.clock.now().date();
        mend(app, world.communities[0], Date::new(today.year(), 2, 20).unwrap(), 15, 5);
        app.settle();
        let desk = app.staff_in(Role::TownDesk, world.towns[0]);
        let page = desk.get("/reports").expect(200);
        let (from, to) = (format!("{}-03-01", today.year()), format!("{}-03-31", today.year()));
        mend(app, world.communities[0], Date::new(today.year(), 3, 2).unwrap(), 40, 0);
        app.settle();
        let made = desk.submit(&page, "form.report-make", &[("from", &from), ("to", &to)]).leads_to("/reports/");
        let path = made.location().unwrap();
        let text = desk.follow(made).expect(200).main_text();
        assert!(text.contains("修灯40盏，修好的占") && !text.contains("比上年同期"), "{text}");
        assert!(text.contains("工作记录自") && text.contains("不作比较"), "{text}");
        assert!(!text.contains("附件"), "there is nothing to stand beside: {text}");
        desk.get(&format!("{path}/figure?k=m:lamps.mended")).expect(200).says("没有记录").says("不作比较");
        // A month later the record reaches the one before: on paper the figures stand beside it.
        mend(app, world.communities[0], Date::new(today.year(), 4, 2).unwrap(), 60, 0);
        app.settle();
        let (from, to) = (format!("{}-04-01", today.year()), format!("{}-04-30", today.year()));
        let made = desk.submit(&desk.get("/reports"), "form.report-make", &[("from", &from), ("to", &to)]).leads_to("/reports/");
        let path = made.location().unwrap();
        desk.follow(made).expect(200).says("附件 文中数字与上期、上年同期对照").says("40盏").says("没有记录");
        let word = part(&desk.get(&format!("{path}/report.docx")).expect(200), "word/document.xml");
        assert!(word.contains("附件：文中数字与上期、上年同期对照"));
    }

    fn what_is_counted_at_a_moment_stands_beside_what_was_told_then(app) {
        let world = app.world();
        let year = app.clock.now().date().year();
        let month = |n: i8| (format!("{year}-{n:02}-01"), Date::new(year, n, 1).unwrap().last_of_month().to_string());
        let desk = app.staff_in(Role::TownDesk, world.towns[0]);
        let make = |(from, to): (String, String)| {
            let made = desk.submit(&desk.get("/reports"), "form.report-make", &[("from", &from), ("to", &to)]).leads_to("/reports/");
            made.location().unwrap()
        };
        mend(app, world.communities[0], Date::new(year, 2, 2).unwrap(), 15, 5);
        app.settle();
        let first = make(month(2));
        let open = |path: &str, key: &str| desk.get(&format!("{path}/figure?k={key}")).expect(200);
        assert!(!open(&first, "open:lamps").says("5 件").main_text().contains("上期汇报定稿时"));
        // A draft has told nobody anything.
        mend(app, world.communities[0], Date::new(year, 3, 2).unwrap(), 10, 4);
        app.settle();
        let draft = make(month(3));
        assert!(!open(&draft, "open:lamps").says("9 件").main_text().contains("上期汇报定稿时"));
        let ask = desk.get(&format!("{first}/finish")).expect(200);
        desk.submit(&ask, "form.report-close", &[]).leads_to(&first);
        let second = make(month(3));
        open(&second, "open:lamps").says("9 件").says("上期汇报定稿时").says("5 件");
        open(&second, "late:lamps").says("2 件").says("上期汇报定稿时");
        open(&second, "units:community").says("生成汇报时的情况").says("没有记录");
        let page = desk.get(&second).expect(200).says("附件 文中数字与上期、上年同期对照").says("5件（当期汇报定稿时）");
        assert!(page.main_text().contains("路灯（未办结）"), "{}", page.main_text());
        // What was told then does not change when it is made again later.
        assert!(!desk.get(&first).expect(200).main_text().contains("定稿时"));
    }

    fn units_are_those_of_the_end_of_a_period_that_is_over(app) {
        let world = app.world();
        let over = measures::Period::month_of(app.clock.now().date());
        app.pass(32 * Time::DAY);
        let (from, to) = (world.communities[1], world.communities[0]);
        let merged = app.district().write_now(move |tx, ctx| {
            people::merge_units(tx, ctx, people::Authority::Console, from, to, &reports::module().pass)
                .map_err(|error| store::StoreError::Other(error.to_string()))
        });
        merged.unwrap();
        let desk = app.staff_in(Role::TownDesk, world.towns[0]);
        let made = |from: Date, to: Date| {
            let typed = [("from", &*from.to_string()), ("to", &*to.to_string())];
            desk.submit(&desk.get("/reports"), "form.report-make", &typed).leads_to("/reports/").location().unwrap()
        };
        let path = made(over.from, over.to);
        desk.get(&format!("{path}/figure?k=units:community")).expect(200).says("期末的情况").says("2 个");
        let today = app.clock.now().date();
        let path = made(today.first_of_month(), today);
        desk.get(&format!("{path}/figure?k=units:community")).expect(200).says("生成汇报时的情况").says("1 个");
    }

    fn a_unit_of_which_nothing_is_recorded_has_a_sensible_report(app) {
        let desk = app.staff_in(Role::TownDesk, app.world().towns[1]);
        let page = desk.get("/reports").expect(200);
        let made = desk.submit(&page, "form.report-make", &[]).leads_to("/reports/");
        let path = made.location().unwrap();
        let text = desk.follow(made).expect(200).main_text();
        for words in ["一、做法与成效", "修灯0盏", "五、问题与下一步", "本期没有工作记录，无从得出不足。"] {
            assert!(text.contains(words), "{words}: {text}");
        }
        for words in ["NaN", "0.0%", "附件", "inf", "没有超过时限"] {
            assert!(!text.contains(words), "{words}: {text}");
        }
        desk.get(&format!("{path}/figure?k=m:lamps.share")).expect(200).says("—");
        desk.get(&format!("{path}/report.docx")).expect(200);
        desk.get(&format!("{path}/figures.xlsx")).expect(200);
    }

    fn a_report_is_edited_finished_and_taken_away(app) {
        let (_, path) = with_report(app);
        let desk = app.staff_in(Role::TownDesk, app.world().towns[0]);
        desk.get(&format!("{path}/figure?k=m:lamps.mended")).expect(200).says("20 盏");
        let form = desk.get(&format!("{path}/edit")).expect(200);
        let fields = form.html().first("form.report-edit").unwrap().form_values();
        let (name, text) = fields.iter().find(|(name, value)| name.starts_with("t.lamps.mended") && value.contains("20盏")).unwrap();
        let typed = format!("{text}另有志愿者帮忙77次。");
        let saved = desk.submit(&form, "form.report-edit", &[(name, &typed), ("a.carrier", "依托便民服务中心。")]).leads_to(&path);
        let page = desk.follow(saved).expect(200).says("第 2 版").says("人工改写").says("三、载体").says("文中1处数字为人工填写");
        let html = page.html();
        assert_eq!(html.all(".typed").iter().map(|n| n.text()).collect::<Vec<_>>(), ["77"]);
        assert!(html.all("a.fig").iter().any(|a| a.text() == "20盏"), "a figure that stayed still opens");
        desk.get(&format!("{path}/history")).expect(200).says("志愿者").says("由工作记录生成");
        desk.get(&format!("{path}?v=1")).expect(200).says("这是第 1 版");

        let word = format!("{path}/report.docx");
        let body = part(&desk.get(&word).expect(200), "word/document.xml");
        assert!(body.contains("草稿第2版") && body.contains("依托便民服务中心") && body.contains("Heading1"));
        let ask = desk.get(&format!("{path}/finish")).expect(200);
        let done = desk.submit(&ask, "form.report-close", &[]).leads_to(&path);
        desk.follow(done).expect(200).says("已定稿");
        let first = desk.get(&word).expect(200);
        assert!(!part(&first, "word/document.xml").contains("草稿"));
        assert_eq!(first.bytes, desk.get(&word).bytes, "the same facts, the same bytes");
        desk.get(&format!("{path}/edit")).expect(409);
        desk.get(&format!("{path}/figures.xlsx")).expect(200);
        if documents::Fonts::find(&[]).check().is_ok() {
            assert!(desk.get(&format!("{path}/report.pdf")).expect(200).bytes.starts_with(b"%PDF-1.7"));
        }
    }

    fn what_is_wrong_is_not_left_out_in_silence(app) {
        let (_, path) = with_report(app);
        let desk = app.staff_in(Role::TownDesk, app.world().towns[0]);
        let form = desk.get(&format!("{path}/edit")).expect(200);
        desk.submit(&form, "form.report-edit", &[("t.lamps.badly.0", "")]).expect(422).says("请写明不写入的理由");
        desk.submit(&form, "form.report-edit", &[("d.lamps.badly.0", "1")]).expect(422);
        let saved = desk.submit(&form, "form.report-edit", &[("d.lamps.badly.0", "1"), ("r.lamps.badly.0", "已于昨日修好")]).leads_to(&path);
        desk.follow(saved).expect(200).says("未写入").says("已于昨日修好").says("由数据得出的不足共1条");
        let word = part(&desk.get(&format!("{path}/report.docx")).expect(200), "word/document.xml");
        assert!(word.contains("未写入正文，理由：已于昨日修好"), "the document says so itself");
    }

    fn drafts_are_the_units_own_and_finished_ones_are_read_above(app) {
        let (_, path) = with_report(app);
        let world = app.world();
        let leader = app.staff_in(Role::DistrictLeader, world.district);
        let neighbour = app.staff_in(Role::TownDesk, world.towns[1]);
        leader.get(&path).expect(404);
        neighbour.get(&path).expect(404);
        app.staff_in(Role::GridWorker, world.grids[0]).get("/reports").expect(403);
        let desk = app.staff_in(Role::TownDesk, world.towns[0]);
        let ask = desk.get(&format!("{path}/finish")).expect(200);
        desk.submit(&ask, "form.report-close", &[]).leads_to(&path);
        leader.get(&path).expect(200).says("已定稿");
        leader.get(&format!("{path}/history")).expect(403);
        leader.get(&format!("{path}/report.docx")).expect(200);
        for page in ["", "/report.docx", "/figure?k=m:lamps.mended", "/edit"] {
            neighbour.get(&format!("{path}{page}")).expect(404);
        }
    }

    fn a_form_for_another_unit_or_period_is_refused(app) {
        let world = app.world();
        let desk = app.staff_in(Role::TownDesk, world.towns[0]);
        let page = desk.get("/reports").expect(200);
        desk.submit(&page, "form.report-make", &[("unit", &world.district.to_string())]).expect(403);
        desk.submit(&page, "form.report-make", &[("from", "2026-13-01"), ("to", "x")]).expect(422).says("起止日期");
        desk.submit(&page, "form.report-make", &[("from", "2026-01-01"), ("to", "2026-03-31")]).leads_to("/reports/");
    }

    fn a_long_report_is_told_what_the_rules_advise(app) {
        let (_, path) = with_report(app);
        let desk = app.staff_in(Role::TownDesk, app.world().towns[0]);
        let add = |text: String| {
            let form = desk.get(&format!("{path}/edit")).expect(200);
            desk.follow(desk.submit(&form, "form.report-edit", &[("a.practice", &text)]).leads_to(&path)).expect(200).main_text()
        };
        let short = add("甲".repeat(2_000));
        assert!(!short.contains("4000") && !short.contains("5000"), "{short}");
        let special = add("乙".repeat(2_200));
        assert!(special.contains("建议不超过 4000 字") && special.contains("依据：整治形式主义为基层减负若干规定"), "{special}");
        let whole = add("丙".repeat(1_000));
        assert!(whole.contains("超过 5000 字。依据：") && !whole.contains("建议不超过 4000 字"), "{whole}");
    }

    fn a_draft_is_discarded_once(app) {
        let (_, path) = with_report(app);
        let desk = app.staff_in(Role::TownDesk, app.world().towns[0]);
        let ask = desk.get(&format!("{path}/discard")).expect(200);
        desk.submit(&ask, "form.report-close", &[]).leads_to("/reports");
        desk.submit(&ask, "form.report-close", &[]).leads_to("/reports");
        desk.get(&path).expect(404);
    }

    fn an_edit_of_an_old_version_keeps_what_was_typed(app) {
        let (_, path) = with_report(app);
        let desk = app.staff_in(Role::TownDesk, app.world().towns[0]);
        let form = desk.get(&format!("{path}/edit")).expect(200);
        desk.submit(&form, "form.report-edit", &[("title", "甲")]).leads_to(&path);
        // The same form, sent by somebody who saw version 1.
        let old = form.html().first("form.report-edit").unwrap().form_values();
        let mut late = others(&old, &["title", "op_key"]);
        late.extend([("title", "乙"), ("op_key", "000102030405060708090a0b0c0d0e0f")]);
        let refused = desk.post(&format!("{path}/edit"), &late).expect(422).says("有人刚刚改过");
        assert!(refused.text().contains('乙'));
    }

    fn templates_are_rewritten_with_a_preview_and_hold_below(app) {
        let (_, path) = with_report(app);
        let world = app.world();
        let district = app.staff_in(Role::DistrictDesk, world.district);
        district.get("/reports/templates").expect(200).says("没有载入的段落").says("lamps.likes").says("自带");
        let page = district.get("/reports/templates/lamps.mended").expect(200).says("修灯20盏");
        let form = "form.report-template";
        let wrong = district.submit(&page, form, &[("text", "共{修等}")]).expect(422).says("第 1 行第 2 字");
        assert!(wrong.text().contains("共{修等}"));
        let fields = page.html().first(form).unwrap().form_values();
        let mut typed = others(&fields, &["text"]);
        typed.push(("text", "全年修灯{修灯：数}盏整。"));
        district.post("/reports/preview", &typed).expect(200).says("全年修灯20盏整");
        district.get("/reports/templates").expect(200).says("自带");
        district.submit(&page, form, &[("text", "全年修灯{修灯：数}盏整。")]).leads_to("/reports/templates");
        district.get("/reports/templates").expect(200).says("本单位改过");
        // Reports below follow it, those made before do not.
        let desk = app.staff_in(Role::TownDesk, world.towns[0]);
        assert!(!desk.get(&path).text().contains("全年修灯"));
        let list = desk.get("/reports").expect(200);
        let made = desk.submit(&list, "form.report-make", &[]).leads_to("/reports/");
        desk.follow(made).expect(200).says("全年修灯20盏整");
        desk.get("/reports/templates").expect(200).says("用 明水区 的");
        // What tells of a problem cannot be written without its figure.
        let page = district.get("/reports/templates/lamps.badly").expect(200);
        district.submit(&page, form, &[("text", "一切都好。")]).expect(422).says("必须写出“没修好”");
        district.submit(&page, form, &[("text", "{如果 没修好 大于 9999}没修好{没修好}{结束}")]).expect(422).says("不能只写在不一定成立的条件里");
        let reset = district.get("/reports/templates/lamps.mended").expect(200);
        district.submit(&reset, form, &[("reset", "1")]).leads_to("/reports/templates");
        app.staff_in(Role::CommunityStaff, world.communities[0]).get("/reports/templates").expect(403);
    }

    fn fonts_are_shown_to_who_administers(app) {
        app.staff(Role::SystemAdmin).get("/reports/fonts").expect(200).says("仿宋_GB2312");
        app.staff(Role::TownDesk).get("/reports/fonts").expect(403);
    }
}
