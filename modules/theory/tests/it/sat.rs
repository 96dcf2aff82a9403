//! Sitting: one device and two, the end of the time, once and for all.

use base::Time;
use people::Role;
use theory::model::Kind;

use super::{begin, modules, paper, terms, test};

testkit::on_both! {
    [modules()]

    fn from_the_bank_to_the_result_on_the_pages(app) {
        let world = app.world();
        let desk = app.staff_in(Role::TownDesk, world.towns[0]);
        let page = desk.get("/tests/banks").expect(200).says("还没有题库");
        desk.submit(&page, "form[action=/tests/banks]", &[("name", "")]).expect(422).says("名称");
        let bank = desk.follow(desk.submit(&page, "form[action=/tests/banks]", &[("name", "党务知识")])).expect(200);
        let base = bank.path.clone();
        let form = format!("form[action={base}/new]");
        for (kind, options, answer) in [("single", "甲\n乙\n丙", "B"), ("multiple", "甲\n乙\n丙", "AC"), ("judge", "", "对"), ("blank", "", "实事求是")] {
            let new = desk.get(&format!("{base}/new")).expect(200);
            desk.submit(&new, &form, &[("kind", kind), ("stem", ""), ("options", options), ("answer", answer)]).expect(422).says("题干");
            let stem = format!("{kind} 的题____");
            desk.submit(&new, &form, &[("kind", kind), ("stem", &stem), ("options", options), ("answer", answer), ("note", "看教材")]).expect(303);
        }
        let id = base.rsplit('/').next().unwrap().to_owned();
        let new = desk.get(&format!("/tests/papers/new?bank={id}&how=fixed")).expect(200);
        desk.submit(&new, "form[action=/tests/papers/new]", &[("name", "")]).expect(422);
        let made = desk.follow(desk.submit(&new, "form[action=/tests/papers/new]", &[("name", "一季度试卷"), ("variants", "2"), ("shuffle_options", "1")])).expect(200).says("2 个版本");
        let paper = made.path.rsplit('/').next().unwrap().to_owned();
        let new = desk.get("/tests/new").expect(200);
        let town = world.towns[0].to_string();
        let typed = [("name", "镇街理论测试"), ("paper", paper.as_str()), ("who", "unit"), ("unit", town.as_str())];
        let run = desk.follow(desk.submit(&new, "form[action=/tests/new]", &typed)).expect(200).says("应考");
        let cover = run.path.trim_end_matches("/run").to_owned();
        app.staff_in(Role::TownDesk, world.towns[1]).get(&run.path).expect(404);
        app.staff_in(Role::TownDesk, world.towns[1]).get(&cover).expect(404);

        let who = app.staff_in(Role::CommunitySecretary, world.communities[0]);
        who.get("/tests").expect(200).says("镇街理论测试").says("未开始");
        // Who waits for it sees the button in the second in which it opens, by the server's clock.
        let waits = who.get(&cover).expect(200).says("开放");
        let left: i64 = waits.html().first("[data-opens]").unwrap().attribute("data-opens").unwrap().parse().unwrap();
        assert!((1..=3_600_001).contains(&left), "{left}");
        app.pass(Time::HOUR);
        let who = app.staff_in(Role::CommunitySecretary, world.communities[0]);
        who.get(&cover).expect(200).says("开始作答");
        let sit = who.follow(begin(&who, &cover)).expect(200);
        begin(&who, &cover).leads_to(&format!("{cover}/sit"));
        let html = sit.html();
        let form = html.first("form[data-sit]").unwrap();
        let url = form.attribute("data-paper").unwrap().to_owned();
        let squeezed = who.with_header("accept-encoding", "gzip").get(&url).expect(200);
        assert_eq!(squeezed.headers["content-encoding"], "gzip");
        assert!(squeezed.headers["cache-control"].to_str().unwrap().contains("immutable"));
        let tag = squeezed.headers["etag"].to_str().unwrap().to_owned();
        who.with_header("if-none-match", &tag).get(&url).expect(304);
        let questions = who.get(&url).expect(200);
        assert!(!questions.text().contains("csrf") && questions.text().contains("single 的题"));
        app.staff_in(Role::CommunitySecretary, world.communities[1]).get(&url).expect(404);

        let csrf = html.first("input[name=csrf]").unwrap().attribute("value").unwrap().to_owned();
        let save = |fields: &[(&str, &str)]| {
            let mut all = vec![("csrf", csrf.as_str()), ("n", "1")];
            all.extend_from_slice(fields);
            who.post(&format!("{cover}/save"), &all)
        };
        assert!(save(&[("q3", "A"), ("t3", "0")]).expect(200).text().parse::<i64>().unwrap() > 3_000_000);
        who.post(&format!("{cover}/save"), &[("n", "1"), ("q3", "B")]).expect(403);
        // On the telephone what was answered is there at once.
        let other = app.staff_in(Role::CommunitySecretary, world.communities[0]);
        other.get(&cover).expect(200).says("继续作答");
        let there = other.get(&format!("{cover}/sit")).expect(200);
        assert_eq!(there.html().first("form[data-sit]").unwrap().attribute("data-answers"), Some("3=A"));
        app.pass(Time::MINUTE);
        save(&[("q3", "B"), ("t3", "0")]).expect(200);
        save(&[("q3", "A"), ("t3", "50")]).expect(200);
        let plain = other.get(&format!("{cover}/plain")).expect(200);
        assert!(plain.html().first("input[name=q3][value=B]").unwrap().attribute("checked").is_some(), "what was given later stands");
        let answer = other.submit(&plain, &format!("form[action={cover}/plain]"), &[("q3", "A"), ("q4", "实事求是")]);
        other.follow(answer).expect(200).says("已保存");

        let sit = who.get(&format!("{cover}/sit")).expect(200);
        let hand_in = format!("form[action={cover}/submit]");
        let done = who.follow(who.submit(&sit, &hand_in, &[])).expect(200).says("已交卷").says("合格");
        assert!(done.main_text().contains('6'), "2 for the judgement and 4 for the blank: {}", done.main_text());
        who.submit(&sit, &hand_in, &[]).leads_to(&cover);
        other.submit(&there, &hand_in, &[]).leads_to(&cover);
        save(&[("q3", "B")]).expect(409);
        who.get(&format!("{cover}/sit")).leads_to(&cover);
        let desk = app.staff_in(Role::TownDesk, world.towns[0]);
        desk.get(&run.path).expect(200).says("6");
    }

    fn the_end_of_the_time_hands_in_what_was_saved(app) {
        let of = paper(app, &[Kind::Single, Kind::Judge], 1);
        let id = test(app, of, terms());
        let cover = format!("/tests/t/{id}");
        let who = app.staff_in(Role::CommunitySecretary, app.world().communities[0]);
        let sit = who.follow(begin(&who, &cover)).expect(200);
        let csrf = sit.html().first("input[name=csrf]").unwrap().attribute("value").unwrap().to_owned();
        who.post(&format!("{cover}/save"), &[("csrf", &csrf), ("n", "1"), ("q1", "B"), ("q2", "B")]).expect(200);
        app.clock.advance(20 * Time::MINUTE);
        who.get(&cover).expect(200);
        app.clock.advance(20 * Time::MINUTE);
        who.post(&format!("{cover}/save"), &[("csrf", &csrf), ("n", "1"), ("q2", "A"), ("t2", "0")]).expect(200);
        app.clock.advance(20 * Time::MINUTE + 6 * Time::SECOND);
        who.post(&format!("{cover}/save"), &[("csrf", &csrf), ("n", "1"), ("q1", "A")]).expect(409).says("时间");
        app.settle();
        who.get(&cover).expect(200).says("4").says("时间到自动交卷").says("合格");
        who.get("/tests/wrong").expect(200).says("没有错题");
        // Not sat by anybody else; it closes by itself.
        app.pass(Time::HOUR);
        app.staff_in(Role::CommunitySecretary, app.world().communities[1]).get(&cover).expect(200).says("测试已结束");
        app.staff_in(Role::TownDesk, app.world().towns[0]).get(&format!("{cover}/run")).expect(200).says("已结束");
    }

    fn without_scripts_it_is_one_form(app) {
        let of = paper(app, &[Kind::Single, Kind::Multiple, Kind::Judge, Kind::Blank], 3);
        let id = test(app, of, terms());
        let cover = format!("/tests/t/{id}");
        let who = app.staff_in(Role::CommunitySecretary, app.world().communities[0]);
        let page = who.get(&cover).expect(200);
        let form = who.follow(who.submit(&page, &format!("form[action={cover}/start]"), &[])).expect(200);
        assert_eq!(form.path, format!("{cover}/plain"));
        let answer = who.submit(&form, &format!("form[action={cover}/plain]"), &[("q3", "A"), ("submit", "1")]);
        who.follow(answer).expect(200).says("已交卷");
    }

    fn late_and_early_and_used_up(app) {
        let of = paper(app, &[Kind::Judge], 1);
        let id = test(app, of, theory::read::Terms { late: 10, early: 5, attempts: 2, ..terms() });
        let cover = format!("/tests/t/{id}");
        let hand_in = format!("form[action={cover}/submit]");
        let who = app.staff_in(Role::CommunitySecretary, app.world().communities[0]);
        let late = app.staff_in(Role::CommunitySecretary, app.world().communities[1]);
        who.get(&cover).expect(200).says("10 分钟");
        let late_page = late.get(&cover).expect(200);
        let sit = who.follow(begin(&who, &cover)).expect(200);
        who.follow(who.submit(&sit, &hand_in, &[])).expect(200).says("5 分钟后才能交卷").says("继续作答");
        app.clock.advance(6 * Time::MINUTE);
        who.follow(who.submit(&sit, &hand_in, &[])).expect(200).says("再答一次");
        let again = who.follow(begin(&who, &cover)).expect(200);
        app.clock.advance(6 * Time::MINUTE);
        who.follow(who.submit(&again, &hand_in, &[])).expect(200).says("作答次数已用完");
        late.follow(late.submit(&late_page, &format!("form[action={cover}/start]"), &[])).expect(200).says("已过进入时间");
    }
}
