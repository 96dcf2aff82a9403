//! What is given and what is refused: more time, marks by hand, retakes, figures of few.

use base::Time;
use people::Role;
use theory::model::Kind;
use theory::permissions::Organise;

use super::{begin, desk, modules, paper, terms, test};

testkit::on_both! {
    [modules()]

    fn more_time_is_more_time(app) {
        let of = paper(app, &[Kind::Single], 1);
        let id = test(app, of, terms());
        let person = app.world().member_in(Role::CommunitySecretary, app.world().communities[0]).person;
        let give = |who: people::Actor, extra| app.district().write_now(move |tx, ctx| {
            let (proof, test) = (who.has::<Organise>().unwrap(), theory::read::test(tx, id)?.unwrap());
            theory::set_test::accommodate(tx, ctx, &proof, &test, person, (extra, true))
        });
        let other = app.world().actor_in(Role::TownDesk, app.world().towns[1]);
        assert!(matches!(give(other, 50), Err(theory::set_test::SetError::Denied)));
        assert!(matches!(give(desk(app).actor, 500), Err(theory::set_test::SetError::Field("extra"))));
        give(desk(app).actor, 50).unwrap();
        let cover = format!("/tests/t/{id}");
        let who = app.staff_in(Role::CommunitySecretary, app.world().communities[0]);
        who.get(&cover).expect(200).says("90 分钟").says("延长 50%");
        let sit = who.follow(begin(&who, &cover)).expect(200);
        let html = sit.html();
        let form = html.first("form[data-sit]").unwrap();
        assert_eq!(form.attribute("data-left").unwrap().parse::<i64>().unwrap(), 90 * 60 * 1000);
        assert!(form.attribute("class").unwrap().contains("large"));
        assert!(matches!(give(desk(app).actor, 20), Err(theory::set_test::SetError::NotNow)), "they have begun");
    }

    fn short_answers_are_marked_by_two_and_a_third(app) {
        let of = paper(app, &[Kind::Short], 1);
        let id = test(app, of, theory::read::Terms { second: 20, ..terms() });
        let cover = format!("/tests/t/{id}");
        let who = app.staff_in(Role::CommunitySecretary, app.world().communities[0]);
        let page = who.get(&cover).expect(200);
        let form = who.follow(who.submit(&page, &format!("form[action={cover}/start]"), &[])).expect(200);
        let answer = who.submit(&form, &format!("form[action={cover}/plain]"), &[("q1", "要深入基层。"), ("submit", "1")]);
        who.follow(answer).expect(200).says("等待阅卷");
        let town = app.world().towns[0];
        let mark = format!("{cover}/mark");
        let give = |role: Role, points: &str| {
            let marker = app.staff_in(role, town);
            let page = marker.get(&mark).expect(200).says("要深入基层").says("还有 1 份");
            assert!(!page.main_text().contains("社区"), "no name and no unit stands beside an answer");
            marker.follow(marker.submit(&page, &format!("form[action={mark}]"), &[("points", points)])).expect(200)
        };
        app.staff_in(Role::TownDesk, app.world().towns[1]).get(&mark).expect(404);
        give(Role::TownDesk, "3").says("0 到 2");
        give(Role::TownDesk, "0.5").says("没有等您阅的");
        give(Role::TownStaff, "2");
        who.get(&cover).expect(200).says("等待阅卷");
        give(Role::TownLeader, "1.5");
        who.get(&cover).expect(200).says("1.8").says("合格");
        app.staff_in(Role::TownDesk, town).get(&mark).expect(200).says("没有等您阅的");
    }

    fn of_fewer_than_ten_nothing_is_told_and_a_retake_is_for_who_failed(app) {
        let of = paper(app, &[Kind::Single, Kind::Single], 1);
        let id = test(app, of, terms());
        let cover = format!("/tests/t/{id}");
        for (place, letters) in [(0, ["B", "B"]), (1, ["B", "A"])] {
            let who = app.staff_in(Role::CommunitySecretary, app.world().communities[place]);
            let page = who.get(&cover).expect(200);
            let form = who.follow(who.submit(&page, &format!("form[action={cover}/start]"), &[])).expect(200);
            let typed = [("q1", letters[0]), ("q2", letters[1]), ("submit", "1")];
            who.follow(who.submit(&form, &format!("form[action={cover}/plain]"), &typed)).expect(200).says("已交卷");
        }
        let leader = app.staff_in(Role::TownLeader, app.world().towns[0]);
        leader.get(&format!("{cover}/figures")).expect(200).says("测试结束");
        app.pass(3 * Time::HOUR);
        let page = app.staff_in(Role::CommunitySecretary, app.world().communities[1]).get(&format!("{cover}/figures")).expect(200);
        assert!(page.main_text().contains("不足 10 人") && !page.main_text().contains('%'), "{}", page.main_text());
        app.staff_in(Role::TownDesk, app.world().towns[1]).get(&format!("{cover}/figures")).expect(404);
        app.staff_in(Role::TownDesk, app.world().towns[0]).get(&format!("{cover}/analysis")).expect(200).says("10");
        let wrong = app.staff_in(Role::CommunitySecretary, app.world().communities[1]);
        let book = wrong.get("/tests/wrong").expect(200).says("镇街理论测试");
        let tried = wrong.submit(&book, "form[action=/tests/wrong]", &[("q1", "B")]).expect(200).says("答对了");
        assert!(tried.main_text().contains("见教材"));
        let desk_page = app.staff_in(Role::TownDesk, app.world().towns[0]);
        let form = desk_page.get(&format!("/tests/new?who=failed&failed={id}")).expect(200);
        let paper = of.to_string();
        let typed = [("name", "补考"), ("paper", paper.as_str()), ("who", "failed"), ("failed", &id.to_string())];
        let run = desk_page.follow(desk_page.submit(&form, "form[action=/tests/new]", &typed)).expect(200);
        let names = app.world().members.iter().filter(|member| app.world().communities[0] == member.unit && member.role == Role::CommunitySecretary);
        for member in names {
            assert!(!run.main_text().contains(&member.actor.name), "who passed sits no retake");
        }
    }
}
