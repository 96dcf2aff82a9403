//! A class that was announced is corrected: the trace, the seats, the days, who may; its roster as a workbook; what is
//! over or not held.

use base::Time;
use people::Role;
use testkit::TestApp;

use super::classes::{class, join, screen, until};
use super::{another_branch, hire, modules, second};

/// A line of a day, so many days ahead.
fn day(app: &TestApp, ahead: i64, rest: &str) -> String {
    format!("{} {rest}", app.district().env().clock.now().plus(ahead * Time::DAY).date())
}

fn value(page: &testkit::Answer, field: &str) -> String {
    let html = page.html();
    let node = html.first(&format!("#f-{field}")).unwrap();
    node.attribute("value").map_or_else(|| node.raw_text().trim().to_owned(), str::to_owned)
}

testkit::on_both! {
    [modules()]

    fn a_correction_leaves_a_trace_and_gives_seats(app) {
        let class = class(app, "1");
        let (first, other) = (app.staff(Role::Member), second(app));
        join(&first, &class);
        join(&other, &class);
        // Leave is asked from both days.
        let ask = format!("form[action={class}/ask]");
        for _ in 0..2 {
            let page = first.get(&class).expect(200);
            first.submit(&page, &ask, &[("reason", "值班")]).leads_to(&class);
        }
        let office = app.staff(Role::PartyAffairs);
        let (to, form) = (format!("{class}/correct"), format!("form[action={class}/correct]"));
        office.get(&class).expect(200).says("更正");
        let page = office.get(&to).expect(200);
        assert_eq!((value(&page, "place"), value(&page, "quota")), ("区委党校".to_owned(), "1".to_owned()));
        let days = value(&page, "days");
        assert!(days.contains("09:00-17:00 4") && days.contains("09:00-12:00 4"), "{days}");
        // As it is, nothing is recorded.
        let same = office.submit(&page, &form, &[]);
        assert_eq!(same.status, 409, "{}", office.get(&class).main_text());
        same.says("没有改动");
        office.submit(&page, &form, &[("quota", "0")]).expect(422).says("1 到 500");
        office.submit(&page, &form, &[("days", &day(app, -1, "09:00-12:00 4")), ("must", "1")]).expect(422);
        office.submit(&page, &form, &[("must", "3")]).expect(422).says("不能多于上课天数");
        // The first day goes to another date, the second to another hour; one seat more; another place.
        let stale = office.get(&to).expect(200);
        let new = format!("{}\n{}", day(app, 3, "13:00-16:00 3"), day(app, 4, "09:00-17:00 8"));
        let typed = [("days", new.as_str()), ("quota", "2"), ("place", "区文化馆")];
        office.submit(&page, &form, &typed).leads_to(&class);
        let text = office.get(&class).expect(200).main_text();
        for words in ["更正记录", "地点：区委党校 → 区文化馆", "名额：1 → 2", "2 / 2，候补 0 人", "13:00–16:00 3 学时"] {
            assert!(text.contains(words), "{words}: {text}");
        }
        other.get(&class).expect(200).says("已报名").says("区文化馆");
        // Leave stays with the day that stayed on its date, and is gone with the day that is gone.
        assert_eq!(text.matches("值班").count(), 1, "{text}");
        // Whoever looked before does not undo it.
        office.submit(&stale, &form, &[("place", "区委党校")]).expect(409).says("现在不能这样做");
        // Fewer seats than are taken there cannot be.
        let page = office.get(&to).expect(200);
        office.submit(&page, &form, &[("quota", "1")]).expect(422).says("不能少于已报名的人数");
        // Who has no post for it corrects nothing.
        for role in [Role::Member, Role::TownLeader, Role::SystemAdmin] {
            app.staff(role).get(&to).expect(403);
        }
        let stranger = hire(app, another_branch(app), Role::BranchSecretary, "stranger");
        stranger.get(&to).expect(403);
        let csrf = stranger.get("/learning").html().first("input[name=csrf]").unwrap().attribute("value").unwrap().to_owned();
        let key = page.html().first("input[name=op_key]").unwrap().attribute("value").unwrap().to_owned();
        stranger.post(&to, &[("csrf", &csrf), ("op_key", &key), ("title", "别的"), ("v", "2")]).expect(403);
        assert!(!office.get(&class).expect(200).main_text().contains("别的"));
    }

    fn a_day_on_which_one_signs_in_stays_as_it_is(app) {
        let class = class(app, "3");
        let member = app.staff(Role::Member);
        join(&member, &class);
        let start = app.district().env().clock.now().plus(2 * Time::DAY).date();
        until(app, Time::from_civil(start.at(8, 30, 0, 0)));
        let office = app.staff(Role::PartyAffairs);
        let shown = screen(&office, &class, 0);
        let page = office.get(&shown).expect(200);
        let digits = page.html().first("#short").unwrap().text();
        let person = app.world().member(Role::Member).person.to_string();
        office.submit(&page, &format!("form[action={}]", shown.replace("/screen", "/desk")), &[("person", &person), ("code", &digits)]).leads_to(&shown);
        let (to, form) = (format!("{class}/correct"), format!("form[action={class}/correct]"));
        let page = office.get(&to).expect(200);
        let days = value(&page, "days");
        let (today, tomorrow) = days.split_once('\n').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
        office.submit(&page, &form, &[("days", &days.replace("17:00", "16:00"))]).expect(422).says("已经可以签到的那天不能改");
        office.submit(&page, &form, &[("days", &tomorrow), ("must", "1")]).expect(422).says("已经可以签到的那天不能改");
        // The second day can still be taken off; whoever came on the first has what is asked then.
        office.submit(&page, &form, &[("days", &today), ("must", "1")]).leads_to(&class);
        until(app, Time::from_civil(start.at(18, 0, 0, 0)));
        let office = app.staff(Role::PartyAffairs);
        office.get("/learning/classes").expect(200).says("已上完，待结业");
        let page = office.get(&class).expect(200);
        office.submit(&page, &format!("form[action={class}/finish]"), &[]).leads_to(&class);
        app.staff(Role::Member).get("/learning").expect(200).says("结业证书");
        // What is finished is corrected no more, and stands among what is past.
        office.get(&to).expect(409);
        let list = office.get("/learning/classes").expect(200).main_text();
        assert!(list.contains("现在没有可以报名的") && list.contains("往期"), "{list}");
        let text = office.get(&class).expect(200).main_text();
        assert!(!text.contains("取消培训班") && !text.contains("签到屏"), "{text}");

        // Its roster, for who runs it and nobody else, recorded before it leaves.
        let left = || {
            let sql = store::sql!("SELECT facts FROM event WHERE kind = 'TableExported'");
            app.district().read_now(move |tx, _| tx.all(sql, store::p![], |row| Ok(row.text(0)?.to_owned()))).unwrap()
        };
        assert!(left().is_empty());
        let file = office.get(&format!("{class}/roster.xlsx")).expect(200);
        let grids = sheets::grids(&file.bytes, &sheets::Limits::default()).unwrap();
        let cells: Vec<String> = grids[0].rows.iter().flat_map(|row| row.cells.iter().map(sheets::Cell::as_written)).collect();
        let all = cells.join("|");
        let name = app.world().member(Role::Member).actor.name.clone();
        assert!(all.contains(&name) && all.contains("东门社区党支部") && all.contains("已到|1|4|"), "{all}");
        app.staff(Role::Member).get(&format!("{class}/roster.xlsx")).expect(403);
        app.staff(Role::TownLeader).get(&format!("{class}/roster.xlsx")).expect(403);
        assert_eq!(left().len(), 1, "{:?}", left());
    }

    fn a_cancelled_class_shows_no_code_and_takes_nobody(app) {
        let class = class(app, "3");
        let member = app.staff(Role::Member);
        join(&member, &class);
        let office = app.staff(Role::PartyAffairs);
        let shown = screen(&office, &class, 0);
        let page = office.get(&class).expect(200);
        office.submit(&page, &format!("form[action={class}/cancel]"), &[("reason", "教师出差")]).leads_to(&class);
        office.get(&shown).expect(409).says("不能再签到");
        let text = member.get(&class).expect(200).says("已取消：教师出差").main_text();
        assert!(!text.contains("请假") && !text.contains("退出报名"), "{text}");
        let list = member.get("/learning/classes").expect(200).main_text();
        assert!(list.contains("往期") && list.contains("已取消"), "{list}");
        assert!(!member.get("/learning").expect(200).main_text().contains("支部书记培训班"));
        office.get(&format!("{class}/correct")).expect(409);
        // The kinds: the yearly round is the district's alone.
        let secretary = app.staff(Role::BranchSecretary);
        let page = secretary.get("/learning/classes/new").expect(200);
        assert!(!page.main_text().contains("书记轮训"), "{}", page.main_text());
        let days = day(app, 3, "14:00-16:00");
        let until = day(app, 2, "").trim().to_owned();
        let typed = [("title", "轮训"), ("notice", "通知"), ("place", "会议室"), ("days", &*days), ("until", &*until), ("sort", "rotation")];
        secretary.submit(&page, "form[action=/learning/classes/new]", &typed).expect(422).says("由区委举办");
    }
}
