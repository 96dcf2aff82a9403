//! Holidays that are brought in: open deadlines are counted anew by them, and nothing else changes. A rule that changes holds
//! from its day on, and what began before keeps its own.

use std::sync::Arc;

use base::Time;
use base::rules::{BUILTIN, Rules};
use concerns::{Concern, State};
use people::Role;
use store::StoreError;

use crate::pages::{catalogue, report, step};
use crate::town::{Step, TREES, Town};

/// Four days off at the new year and a Saturday that is worked for it.
const NEW_YEAR: &str = "[[year]]\nyear = 2027\ndocument = \"通知\"\nsource = \"\"\nmark = \"R\"\n\
    days = [\"2027-01-01/2027-01-04\", \"2027-02-05/2027-02-08\"]\nwork = [\"2027-01-09\"]\n";

fn civil(text: &str) -> Time {
    Time::from_civil(text.parse().unwrap())
}

fn shown(at: Time) -> String {
    at.civil().to_string()
}

fn by(packs: &[(&str, &str)]) -> Arc<Rules> {
    Arc::new(Rules::parse(&[BUILTIN, packs].concat(), "").unwrap())
}

fn recount(town: &Town) {
    town.write(|tx, ctx| {
        while concerns::recount::piece(tx, ctx)? {}
        Ok::<_, StoreError>(())
    })
    .unwrap();
}

store::both_engines! {
    TREES
    fn open_deadlines_are_counted_anew_and_back(store) {
        let mut town = Town::new(store);
        let ([east, _], [department, other]) = (town.world.towns, town.world.departments);
        recount(&town);
        town.clock.set(civil("2026-12-30T10:00"));
        let send = |how: &[Step]| {
            let no = town.submit(town.form(town.world.grids[0])).no;
            town.step(Role::TownDesk, east, &no, Step::Dispatch(department, "01"));
            for step in how {
                let role = if matches!(step, Step::Grant(_) | Step::Whistle(_) | Step::Archive(_)) { (Role::TownDesk, east) } else { (Role::DepartmentStaff, department) };
                town.step(role.0, role.1, &no, step.clone());
            }
            no
        };
        let in_hand = send(&[Step::Claim, Step::FirstContact]);
        let longer = send(&[Step::Claim, Step::FirstContact, Step::Ask, Step::Grant(true)]);
        let still = send(&[Step::Claim, Step::FirstContact, Step::Pause]);
        let went_on = send(&[Step::Claim, Step::FirstContact, Step::Pause, Step::Resume]);
        let called = send(&[Step::Claim, Step::FirstContact]);
        let closed = send(&[Step::Archive(concerns::Outcome::Withdrawn)]);
        let late = send(&[]);
        let (main, follower) = (send(&[Step::Claim, Step::FirstContact]), town.submit(town.form(town.world.grids[0])).no);
        town.step(Role::TownDesk, east, &main, Step::Merge(vec![follower.clone()]));
        // What is called for on the last day before the holiday is owed on the first one after it.
        town.clock.set(civil("2026-12-31T18:00"));
        town.tick();
        town.step(Role::TownDesk, east, &called, Step::Whistle(vec![other]));
        town.step(Role::DistrictLeader, town.world.district, &called, Step::Supervise);
        let all = [&in_hand, &longer, &still, &went_on, &called, &closed, &late, &main, &follower];
        let before: Vec<Concern> = all.iter().map(|no| town.concern(no)).collect();
        assert!(town.concern(&late).now.passed);

        town.env.rules = by(&[("new year", NEW_YEAR)]);
        recount(&town);
        let answer = |no: &str| town.concern(no).now.resolve_by.map(shown).unwrap();
        let due = |no: &str| town.concern(no).now.due.map(|due| shown(due.at)).unwrap();
        // Five working days from 30 December: 31, then 5, 6, 7 and 8 January; before, 4 to 7 January.
        assert_eq!((answer(&in_hand), due(&in_hand)), ("2027-01-08T17:30:00".into(), "2027-01-08T17:30:00".into()));
        // And five more: the Saturday is worked.
        assert_eq!((answer(&longer), due(&longer)), ("2027-01-14T17:30:00".into(), "2027-01-14T17:30:00".into()));
        assert_eq!(before[1].now.resolve_by.map(shown).unwrap(), "2027-01-14T17:30:00", "one day lost, one day won: it stays");
        let pause = town.concern(&still).now.pause.unwrap();
        assert_eq!((shown(pause.due.at), due(&still)), ("2027-01-08T17:30:00".into(), "2027-01-14T17:30:00".into()));
        assert_eq!((answer(&went_on), answer(&main), answer(&follower), due(&follower)), (answer(&in_hand), answer(&in_hand), answer(&in_hand), answer(&in_hand)));
        // What is over stays over, what is closed stays closed; the answer of what is late is still to come.
        assert_eq!(town.concern(&closed), before[5]);
        let late_now = town.concern(&late).now;
        assert_eq!((late_now.due.as_ref(), late_now.passed), (before[6].now.due.as_ref(), true));
        assert_eq!(answer(&late), "2027-01-08T17:30:00");
        let id = town.concern(&called).id;
        let (calls, orders) = town.read(move |tx, _| Ok((concerns::whistle::of(tx, id)?, concerns::supervise::of(tx, id)?)));
        assert_eq!((shown(calls[0].due.at), shown(orders[0].due.at)), ("2027-01-05T17:30:00".into(), "2027-01-07T17:30:00".into()));
        town.assert_clean();

        // Again changes nothing; taken back, everything lies where it lay.
        let (v, now) = (town.concern(&in_hand).v, town.concern(&in_hand));
        recount(&town);
        assert_eq!((town.concern(&in_hand), v), (now, before[0].v + 1));
        town.env.rules = Rules::builtin();
        recount(&town);
        for (no, was) in all.iter().zip(&before) {
            let (now, was) = (town.concern(no).now, &was.now);
            assert_eq!((now.due, now.resolve_by, now.object_by, now.pause), (was.due.clone(), was.resolve_by, was.object_by, was.pause.clone()), "{no}");
        }
        // A concern goes on by what holds now.
        town.step(Role::DepartmentStaff, department, &in_hand, Step::Resolve);
        assert_eq!(town.concern(&in_hand).now.state, State::Resolved);
        town.assert_clean();
    }

    fn what_was_brought_in_before_anybody_noted_what_held_counts_too(store) {
        let mut town = Town::new(store);
        let ([east, _], [department, _]) = (town.world.towns, town.world.departments);
        town.clock.set(civil("2026-12-30T10:00"));
        let sent = || {
            let no = town.submit(town.form(town.world.grids[0])).no;
            town.step(Role::TownDesk, east, &no, Step::Dispatch(department, "01"));
            no
        };
        let old = sent();
        let answer = |town: &Town, no: &str| town.concern(no).now.resolve_by.map(shown).unwrap();
        assert_eq!(answer(&town, &old), "2027-01-07T17:30:00");
        // The holidays come in before any tick; what comes after them is counted by them from the beginning.
        let days = |from: &str, to: &str| -> Vec<base::Date> {
            let (from, to): (base::Date, base::Date) = (from.parse().unwrap(), to.parse().unwrap());
            std::iter::successors(Some(from), |day| day.tomorrow().ok()).take_while(|day| *day <= to).collect()
        };
        let table = concerns::holidays::Table { year: 2027, document: "通知".into(), off: days("2027-01-01", "2027-01-04"), work: Vec::new() };
        let keeper = town.world.actor_in(Role::DistrictDesk, town.world.district);
        town.write(move |tx, ctx| concerns::holidays::set(tx, ctx, &keeper.has().unwrap(), &[8; 16], &table)).unwrap();
        let off = (1..=4).map(|day| format!("\"2027-01-0{day}\"")).collect::<Vec<_>>().join(", ");
        let brought = format!("[[year]]\nyear = 2027\ndocument = \"通知\"\nsource = \"\"\nmark = \"R2\"\ndays = [{off}]\nwork = []\n");
        town.env.rules = by(&[("holidays/2027", &brought)]);
        let new = {
            let no = town.submit(town.form(town.world.grids[0])).no;
            town.step(Role::TownDesk, east, &no, Step::Dispatch(department, "01"));
            no
        };
        assert_eq!(answer(&town, &new), "2027-01-08T17:30:00");
        recount(&town);
        assert_eq!((answer(&town, &old), answer(&town, &new)), ("2027-01-08T17:30:00".into(), "2027-01-08T17:30:00".into()));
        // A process that has not taken it up yet counts nothing back.
        town.env.rules = Rules::builtin();
        recount(&town);
        assert_eq!(answer(&town, &old), "2027-01-08T17:30:00");
        town.assert_clean();
    }

    fn nothing_becomes_overdue_by_a_table_that_comes_late(store) {
        let mut town = Town::new(store);
        let ([east, _], [department, _]) = (town.world.towns, town.world.departments);
        recount(&town);
        town.clock.set(civil("2026-12-30T10:00"));
        let no = town.submit(town.form(town.world.grids[0])).no;
        town.step(Role::TownDesk, east, &no, Step::Dispatch(department, "01"));
        town.step(Role::DepartmentStaff, department, &no, Step::Claim);
        town.step(Role::DepartmentStaff, department, &no, Step::FirstContact);
        let by_now = town.concern(&no).now.resolve_by;
        // The Sunday was worked, it says: counted by it the answer was owed an hour ago.
        town.clock.set(civil("2027-01-06T18:30"));
        town.env.rules = by(&[("late", "[[year]]\nyear = 2027\ndocument = \"通知\"\nsource = \"\"\nmark = \"R\"\ndays = [\"2027-01-01\"]\nwork = [\"2027-01-03\"]\n")]);
        recount(&town);
        town.tick();
        let now = town.concern(&no).now;
        assert_eq!((now.resolve_by, now.passed), (by_now, false));
        town.assert_clean();
    }

    fn a_changed_rule_holds_from_its_day_and_what_began_before_keeps_its_own(store) {
        let mut town = Town::new(store);
        let ([east, _], [department, _]) = (town.world.towns, town.world.departments);
        let shorter = "[[rule]]\nid = \"concerns.resolve\"\ntitle_zh = \"办结\"\ntitle_en = \"Resolve\"\namount = 3\nclock = \"working_days\"\n\
            document = \"某市规定\"\narticle = \"第九条\"\nmark = \"R\"\nlocality = \"\"\neffective_from = \"2026-11-26\"\n";
        town.env.rules = by(&[("city", shorter)]);
        let sent = |day: &str| {
            town.clock.set(civil(day));
            let no = town.submit(town.form(town.world.grids[0])).no;
            town.step(Role::TownDesk, east, &no, Step::Dispatch(department, "01"));
            no
        };
        let (old, new) = (sent("2026-11-25T10:00"), sent("2026-11-26T10:00"));
        let answer = |no: &str| town.concern(no).now.resolve_by.map(shown).unwrap();
        assert_eq!((answer(&old), answer(&new)), ("2026-12-02T17:30:00".into(), "2026-12-01T17:30:00".into()));
        // Also in the hands of the unit, after the day: the old one still runs by five days.
        town.step(Role::DepartmentStaff, department, &old, Step::Claim);
        town.step(Role::DepartmentStaff, department, &old, Step::FirstContact);
        assert_eq!(town.concern(&old).now.due.map(|due| shown(due.at)), Some("2026-12-02T17:30:00".to_owned()));
        town.assert_clean();
    }
}

testkit::on_both! {
    [vec![concerns::module()]]

    fn the_notice_is_pasted_looked_at_and_holds(app) {
        catalogue(app);
        app.clock.set(civil("2026-12-30T10:00"));
        app.settle();
        let (no, secret) = report(app, &app.client(), "", &[("who", "none")]);
        let (town, community) = (app.world().towns[0], app.world().communities[0]);
        step(&app.staff_in(Role::TownDesk, town), &no, "dispatch", &[("kind", "02"), ("unit", &community.to_string())]);
        let page = app.staff_in(Role::TownDesk, town).get("/work/rules").expect(200).says("2027 年").says("尚未公布");
        assert!(page.html().first("a[href=/work/rules/holidays]").is_none(), "who does not keep the catalogue is not led there");
        app.staff_in(Role::TownDesk, town).get("/work/rules/holidays").expect(403);

        let desk = app.staff_in(Role::DistrictDesk, app.world().district);
        desk.get("/work/rules").expect(200).says("导入放假安排");
        let page = desk.get("/work/rules/holidays").expect(200);
        let form = "form[id=holidays]";
        let notice = "一、元旦：1月1日（周五）至4日（周一）放假调休，共4天。1月9日（周六）上班。";
        let document = "国务院办公厅关于2027年部分节假日安排的通知";
        desk.submit(&page, form, &[("year", "2026"), ("document", document), ("text", notice)]).expect(422).says("可能是另一年的通知");
        desk.submit(&page, form, &[("year", "2027"), ("document", ""), ("text", "放假安排见附件")]).expect(422).says("请填写通知名称").says("请粘贴通知全文");
        let typed = [("year", "2027"), ("document", document), ("text", notice)];
        let seen = desk.submit(&page, form, &typed).expect(200).says("4 天放假、1 天调休上班").says("1月1日（周五）至1月4日（周一）").says("1月9日（周六）").says("改为放假").says("改为上班");
        desk.get("/work/rules").expect(200).says("尚未公布");
        // What was changed after it was looked at is shown again before it holds.
        let other = notice.replace("至4日（周一）放假调休，共4天。1月9日（周六）上班", "至3日（周日）放假，共3天");
        desk.submit(&seen, form, &[("text", &other), ("set", "1")]).expect(200).says("3 天放假、0 天调休上班");
        desk.submit(&seen, form, &[("set", "1")]).leads_to("/work/rules");
        let page = desk.get("/work/rules").expect(200).says(document);
        assert!(!page.html().text().contains("尚未公布"));

        // Who handles it and whose it is read the new day, and why.
        let worker = app.staff_in(Role::CommunityStaff, community);
        worker.get(&format!("/work/c/{no}")).expect(200).says("1月8日").says("放假安排有变");
        app.client().get(&format!("/r/{no}/{secret}")).expect(200).says("1月8日").says("放假安排有变");

        let page = desk.get("/work/rules/holidays").expect(200).says("撤回 2027 年的导入");
        desk.submit(&page, "form[id=withdraw-2027]", &[]).leads_to("/work/rules");
        desk.get("/work/rules").expect(200).says("尚未公布");
        worker.get(&format!("/work/c/{no}")).expect(200).says("1月7日");
    }
}
