//! A class from its notice to the certificate: the waiting list, races for a seat, leave, signing in by QR and by digits.

use base::Time;
use learning::attend;
use learning::class::{NewClass, Terms, announce};
use learning::model::{ClassId, ClassSort, SeatState};
use learning::permissions::{Learn, Teach};
use learning::seat;
use people::Role;
use testkit::{Client, TestApp};

use super::{hire, modules, place, second};

/// A class with so many seats, from the day after tomorrow, on two days.
pub(crate) fn class(app: &TestApp, quota: &str) -> String {
    let office = app.staff(Role::PartyAffairs);
    let page = office.get("/learning/classes/new").expect(200);
    let day = |n: i64| app.district().env().clock.now().plus(n * Time::DAY).date().to_string();
    let days = format!("{} 09:00-17:00\n{} 09:00-12:00", day(2), day(3));
    let until = day(1);
    let typed = [
        ("title", "支部书记培训班"),
        ("notice", "请准时参加"),
        ("place", "区委党校"),
        ("days", days.as_str()),
        ("quota", quota),
        ("until", until.as_str()),
        ("day_hours", "4"),
        ("must", "2"),
    ];
    let form = "form[action=/learning/classes/new]";
    office
        .submit(&page, form, &[("title", "班"), ("notice", "通知"), ("place", "校"), ("days", "明天"), ("until", &until)])
        .expect(422)
        .says("一天一行");
    let wrong: Vec<(&str, &str)> = typed.iter().map(|(k, v)| if *k == "must" { (*k, "3") } else { (*k, *v) }).collect();
    office.submit(&page, form, &wrong).expect(422).says("不能多于上课天数");
    place(&office.submit(&page, form, &typed).leads_to("/learning/classes/"))
}

pub(crate) fn join(who: &Client, class: &str) {
    let page = who.get(class).expect(200);
    who.submit(&page, &format!("form[action={class}/join]"), &[]).leads_to(class);
}

/// Let time pass until then.
pub(crate) fn until(app: &TestApp, at: Time) {
    app.pass(at.since(app.district().env().clock.now()));
}

pub(crate) fn screen(office: &Client, class: &str, day: usize) -> String {
    let page = office.get(class).expect(200);
    let links = page
        .html()
        .all("a")
        .into_iter()
        .filter_map(|a| a.attribute("href"))
        .filter(|to| to.ends_with("/screen"))
        .map(str::to_owned)
        .collect::<Vec<_>>();
    links[day].clone()
}

testkit::on_both! {
    [modules()]

    fn a_class_from_its_notice_to_the_certificate(app) {
        let class = class(app, "2");
        let (first, other) = (app.staff(Role::Member), second(app));
        let secretary = app.staff(Role::BranchSecretary);
        first.get("/learning/classes").expect(200).says("支部书记培训班").says("报名中");
        join(&first, &class);
        join(&other, &class);
        join(&secretary, &class);
        first.get(&class).expect(200).says("已报名");
        secretary.get(&class).expect(200).says("候补第 1 位").says("2 / 2，候补 1 人");
        // A seat that is given back goes to the first on the list, in the same moment.
        let page = other.get(&class).expect(200);
        other.submit(&page, &format!("form[action={class}/leave]"), &[]).leads_to(&class);
        secretary.get(&class).expect(200).says("已报名").says("2 / 2，候补 0 人");
        secretary.get("/learning").expect(200).says("支部书记培训班");
        // And whoever comes back stands at the end.
        join(&other, &class);
        other.get(&class).expect(200).says("候补第 1 位");
        // Leave from the second day.
        let ask = format!("form[action={class}/ask]");
        let page = first.get(&class).expect(200);
        first.submit(&page, &ask, &[("reason", " ")]).expect(422).says("理由");
        let days: Vec<String> = page.html().first("select[name=day]").unwrap().all("option").iter().map(|o| o.attribute("value").unwrap().to_owned()).collect();
        first.submit(&page, &ask, &[("day", &days[1]), ("reason", "值班")]).leads_to(&class);
        let office = app.staff(Role::PartyAffairs);
        let page = office.get(&class).expect(200).says("值班");
        office.submit(&page, &format!("form[action={class}/decide]"), &[("to", "grant")]).leads_to(&class);
        first.get(&class).expect(200).says("已准假");
        assert!(!secretary.get(&class).expect(200).main_text().contains("值班"), "why somebody asks for leave is not for all");

        // The first day. Nobody signs in long before; the code on the screen turns.
        let shown = screen(&office, &class, 0);
        office.get(&shown).expect(200).says("开始前一小时起");
        first.get(&shown).expect(403);
        let day = app.district().env().clock.now().plus(2 * Time::DAY).date();
        until(app, Time::from_civil(day.at(8, 30, 0, 0)));
        let (first, other, secretary, office) = (app.staff(Role::Member), second(app), app.staff(Role::BranchSecretary), app.staff(Role::PartyAffairs));
        let page = office.get(&shown).expect(200).says("已签到 0 人，共 2 人");
        let digits = page.html().first("#short").unwrap().text();
        let id = shown.split('/').nth(3).unwrap().parse().map(learning::model::DayId).unwrap();
        let long = |app: &TestApp| { let (long, short, _) = attend::screen(&app.district().env().ctx(), id); (long, short) };
        assert_eq!(long(app).1, digits);
        let link = format!("/learning/days/{}/in?c={}", shown.split('/').nth(3).unwrap(), long(app).0);
        let slip = first.get(&link).expect(200).says("确认您已到课");
        // Looking signs nobody in; the slip is good for whom it was given to.
        office.get(&shown).expect(200).says("已签到 0 人");
        let form = slip.html().first(&format!("form[action={}]", link.split('?').next().unwrap())).unwrap().form_values();
        let value = form.iter().find(|(k, _)| k == "slip").unwrap().1.clone();
        let csrf = secretary.get(&class).html().first("input[name=csrf]").unwrap().attribute("value").unwrap().to_owned();
        let to = link.split('?').next().unwrap().to_owned();
        secretary.post(&to, &[("csrf", &csrf), ("slip", &value)]).expect(409).says("已经过期");
        app.pass(2 * Time::MINUTE);
        let action = &*format!("form[action={to}]");
        first.submit(&slip, action, &[]).leads_to(&class);
        first.submit(&slip, action, &[]).leads_to(&class);
        first.get(&class).expect(200).says("已到");
        // A picture of the code is of no use two minutes later, nor for who has no seat.
        secretary.get(&link).expect(409).says("已经过期");
        let fresh = format!("{to}?c={}", long(app).0);
        let page = other.get(&fresh).expect(200);
        other.submit(&page, action, &[]).expect(409).says("没有报名，或还在候补");
        // Without a phone: the registrar enters the digits.
        let page = office.get(&shown).expect(200).says("已签到 1 人，共 2 人");
        let desk = format!("form[action={}]", shown.replace("/screen", "/desk"));
        let person = app.world().member(Role::BranchSecretary).person.to_string();
        office.submit(&page, &desk, &[("person", &person), ("code", "000000")]).expect(422).says("数字不对");
        let digits = page.html().first("#short").unwrap().text();
        office.submit(&page, &desk, &[("person", &person), ("code", &digits)]).leads_to(&shown);
        office.get(&shown).expect(200).says("已签到 2 人，共 2 人");
        // It does not finish before it is over.
        let csrf = office.get(&class).html().first("input[name=csrf]").unwrap().attribute("value").unwrap().to_owned();
        office.post(&format!("{class}/finish"), &[("csrf", &csrf)]).expect(409);

        // The second day only the secretary comes.
        until(app, Time::from_civil(day.tomorrow().unwrap().at(9, 5, 0, 0)));
        let office = app.staff(Role::PartyAffairs);
        // The first day is over: its screen is to be had no more, nor is what somebody scanned there.
        office.get(&shown).expect(409).says("这一天已经结束");
        let shown = screen(&office, &class, 0);
        let page = office.get(&shown).expect(200);
        let digits = page.html().first("#short").unwrap().text();
        let desk = format!("form[action={}]", shown.replace("/screen", "/desk"));
        office.submit(&page, &desk, &[("person", &person), ("code", &digits)]).leads_to(&shown);
        until(app, Time::from_civil(day.tomorrow().unwrap().at(18, 0, 0, 0)));
        let (first, secretary, office) = (app.staff(Role::Member), app.staff(Role::BranchSecretary), app.staff(Role::PartyAffairs));
        let page = office.get(&class).expect(200);
        office.submit(&page, &format!("form[action={class}/finish]"), &[]).leads_to(&class);
        office.get(&class).expect(200).says("已结业");
        secretary.get("/learning").expect(200).says("结业证书").says("已学 8 学时，应学 56 学时");
        let text = first.get("/learning").expect(200).main_text();
        assert!(!text.contains("结业证书") && text.contains("已学 4 学时"), "{text}");
        secretary.get(&class).expect(200).says("已结业");
    }

    fn the_last_seats_are_taken_once_however_many_ask(app) {
        let office = app.world().actor(Role::PartyAffairs);
        let (party, now) = (app.world().party, app.district().env().clock.now());
        let id: ClassId = app.district().write_now(move |tx, ctx| {
            let tree = people::tree(tx)?;
            let new = NewClass {
                unit: party,
                audience: party,
                sort: ClassSort::Training,
                terms: Terms {
                    title: "抢座".into(),
                    place: "党校".into(),
                    notice: "通知".into(),
                    quota: 3,
                    until: now.plus(Time::DAY),
                    must: 1,
                    days: vec![(now.plus(2 * Time::DAY), now.plus(2 * Time::DAY + Time::HOUR), 60)],
                },
            };
            announce(tx, ctx, &office.has::<Teach>().unwrap(), &tree, &[1; 16], &new)
        }).unwrap();
        let who: Vec<people::Actor> = app.world().members.iter().map(|member| member.actor.clone()).filter(|actor| actor.has::<Learn>().is_some()).take(8).collect();
        let district = app.district().clone();
        let threads: Vec<_> = who.iter().cloned().map(|actor| {
            let district = district.clone();
            std::thread::spawn(move || {
                // Everybody asks, asks again, and every third gives it back.
                let seat = |again: u8| {
                    let actor = actor.clone();
                    district.write_now(move |tx, ctx| {
                        let tree = people::tree(tx)?;
                        let proof = actor.has::<Learn>().unwrap();
                        let state = seat::join(tx, ctx, &proof, &tree, &actor.units(), id)?;
                        if again == 1 && actor.person.bytes()[15] % 3 == 0 {
                            seat::leave(tx, ctx, &proof, id)?;
                        }
                        Ok::<SeatState, learning::LearnError>(state)
                    }).unwrap()
                };
                seat(0);
                seat(1);
            })
        }).collect();
        for thread in threads {
            thread.join().unwrap();
        }
        let (class, seats) = app.district().read_now(move |tx, _| Ok::<_, store::StoreError>((learning::read::class(tx, id)?.unwrap(), learning::read::seats(tx, id)?))).unwrap();
        let seated = seats.iter().filter(|seat| seat.state == SeatState::In).count();
        let waiting = seats.iter().filter(|seat| seat.state == SeatState::Waiting).count();
        let gave_back = who.iter().filter(|actor| actor.person.bytes()[15] % 3 == 0).count();
        assert_eq!((class.taken, seated), (3, 3));
        assert_eq!(waiting, who.len() - 3 - gave_back, "nobody is lost, nobody stands twice");
        let mut tickets: Vec<i64> = seats.iter().map(|seat| seat.ticket).collect();
        tickets.sort_unstable();
        tickets.dedup();
        assert_eq!(tickets.len(), seats.len());
    }

    fn a_class_of_others_is_not_seen_and_a_cancelled_one_not_joined(app) {
        let class = class(app, "5");
        let branch = crate::another_branch(app);
        let secretary = hire(app, branch, Role::BranchSecretary, "another");
        join(&secretary, &class);
        let office = app.staff(Role::PartyAffairs);
        let page = office.get(&class).expect(200);
        let cancel = format!("form[action={class}/cancel]");
        office.submit(&page, &cancel, &[("reason", "")]).expect(422);
        office.submit(&page, &cancel, &[("reason", "教师出差")]).leads_to(&class);
        secretary.get(&class).expect(200).says("已取消：教师出差");
        app.staff(Role::SystemAdmin).get(&class).expect(403);
        let page = secretary.get("/learning/classes/new").expect(200);
        let own = branch.to_string();
        let day = app.district().env().clock.now().plus(3 * Time::DAY).date().to_string();
        let until = app.district().env().clock.now().plus(2 * Time::DAY).date().to_string();
        let days = format!("{day} 14:00-16:00");
        let typed = [("title", "支部党课"), ("notice", "来听课"), ("place", "会议室"), ("days", &*days), ("until", &*until), ("unit", &*own), ("audience", &*own)];
        let held = place(&secretary.submit(&page, "form[action=/learning/classes/new]", &typed).leads_to("/learning/classes/"));
        app.staff(Role::Member).get(&held).expect(404);
        assert!(!app.staff(Role::Member).get("/learning/classes").expect(200).main_text().contains("支部党课"));
    }
}
