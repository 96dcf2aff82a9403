//! Working together and being late, through the pages: what each person sees at the minute when it changes.

use base::Time;
use people::Role;

use crate::pages::{catalogue, report, step};

fn civil(text: &str) -> Time {
    Time::from_civil(text.parse().expect("a civil time"))
}

testkit::on_both! {
    [vec![concerns::module()]]

    fn overdue_at_half_past_five_before_a_holiday(app) {
        catalogue(app);
        app.clock.set(civil("2026-12-30T10:00"));
        let (no, _) = report(app, &app.client(), "", &[("who", "none")]);
        let (town, community) = (app.world().towns[0], app.world().communities[0]);
        let desk = app.staff_in(Role::TownDesk, town);
        step(&desk, &no, "dispatch", &[("kind", "02"), ("unit", &community.to_string())]);

        // The last minute of the last working day: due today, and nobody above is told.
        app.clock.set(civil("2026-12-31T17:29"));
        app.settle();
        let worker = app.staff_in(Role::CommunityStaff, community);
        worker.get(&format!("/work/c/{no}")).expect(200).says("今天 17:30");
        let leader = app.staff_in(Role::TownLeader, town);
        leader.get("/work/joint?tab=overdue").expect(200).says("这里没有内容");

        // One minute later it is over, by the clock: no page was opened in between.
        app.clock.set(civil("2026-12-31T17:30:01"));
        app.settle();
        leader.get("/work/joint?tab=overdue").expect(200).says("超期").says("路灯不亮");
        let book = leader.get("/work/joint.xlsx?tab=overdue").expect(200);
        assert!(book.bytes.starts_with(b"PK"), "a workbook");
        worker.get(&format!("/work/c/{no}")).expect(200).says("超过时限").says("超期上报");

        // The holiday is not counted; on the evening of the next working day the district is told.
        app.clock.set(civil("2027-01-03T20:00"));
        app.settle();
        app.staff_in(Role::DistrictLeader, app.world().district).get("/work/joint?tab=overdue").expect(200).says("这里没有内容");
        app.clock.set(civil("2027-01-04T17:31"));
        app.settle();
        app.staff_in(Role::DistrictLeader, app.world().district).get("/work/joint?tab=overdue").expect(200).says("路灯不亮");
        app.staff_in(Role::TownLeader, app.world().towns[1]).get("/work/joint?tab=overdue").expect(200).says("这里没有内容");
        app.staff_in(Role::SystemAdmin, app.world().district).get("/work/joint?tab=overdue").expect(403);
    }

    fn two_departments_are_called_and_seen(app) {
        catalogue(app);
        let (no, secret) = report(app, &app.client(), "", &[("who", "none")]);
        let (town, [first, second]) = (app.world().towns[0], app.world().departments);
        let desk = app.staff_in(Role::TownDesk, town);
        step(&desk, &no, "dispatch", &[("kind", "02"), ("unit", &town.to_string())]);
        let path = format!("/work/c/{no}/whistle");
        let form = format!("form[action={path}]");
        let page = desk.get(&path).expect(200).says("报到时限");
        let wrong = [("called", &first.to_string()[..]), ("reason", "今天下午三点现场会商")];
        let again = desk.submit(&page, &form, &wrong).expect(422).says("请选牵头部门");
        assert_eq!(again.html().first("textarea[name=reason]").map(|node| node.text()), Some("今天下午三点现场会商".to_owned()), "what was typed is kept");
        let typed = [("called", &first.to_string()[..]), ("called", &second.to_string()), ("lead", &first.to_string()), ("reason", "现场会商")];
        desk.submit(&page, &form, &typed).leads_to(&format!("/work/c/{no}"));
        desk.get(&format!("/work/c/{no}")).expect(200).says("吹哨报到").says("（牵头）").says("待报到");
        let officer = app.staff_in(Role::DepartmentStaff, first);
        officer.get("/work/joint?tab=called").expect(200).says("路灯不亮").says("牵头");
        step(&officer, &no, "arrive", &[]);
        step(&officer, &no, "part", &[("note", "更换灯具"), ("warranted", "1")]);
        officer.get(&format!("/work/c/{no}/arrive")).leads_to(&format!("/work/c/{no}"));
        desk.get("/work/joint?tab=whistles").expect(200).says("已完成").says("还有");
        step(&desk, &no, "whistle-close", &[("reason", "灯亮了")]);
        app.client().get(&format!("/r/{no}/{secret}")).expect(200).says("召集 2 个部门共同办理");
        let stranger = app.staff_in(Role::TownDesk, app.world().towns[1]);
        stranger.get(&path).expect(404);
    }

    fn what_may_not_wait_is_said_before_it_is_sent(app) {
        catalogue(app);
        let browser = app.client();
        let place = app.world().communities[0].to_string();
        let all = browser.get("/report/all").expect(200);
        let typed = [("text", "三号楼着火了，有人晕倒"), ("place", &place[..]), ("who", "none"), ("about", "none")];
        let warned = browser.submit_files(&all, "form", &typed, &[]).expect(422).says("119、120");
        browser.submit_files(&warned, "form", &[], &[]).leads_to("/r/");
        let worker = app.staff_in(Role::CommunitySecretary, app.world().communities[0]);
        let page = worker.get("/work/new").expect(200);
        let typed = [("source", "phone"), ("text", "三号楼着火了"), ("place", &place[..])];
        let warned = worker.submit_files(&page, "form[action=/work/new]", &typed, &[]).expect(422).says("119");
        worker.submit_files(&warned, "form[action=/work/new]", &[], &[]).expect(200).says("查询码");
    }

    fn another_way_is_named_to_the_resident(app) {
        catalogue(app);
        let (no, secret) = report(app, &app.client(), "", &[("who", "none")]);
        let desk = app.staff_in(Role::TownDesk, app.world().towns[0]);
        step(&desk, &no, "archive", &[("outcome", "arbitration"), ("reason", "属于劳动争议")]);
        app.client().get(&format!("/r/{no}/{secret}")).expect(200).says("可以去哪里办").says("12333").says("属于劳动争议");
    }

    fn each_rule_is_named_with_its_text(app) {
        let officer = app.staff_in(Role::DepartmentStaff, app.world().departments[0]);
        officer.get("/work/rules").expect(200).says("60 天，信访工作条例第三十四条，2022-05-01 起施行；按原文核对").says("尚未公布");
        app.staff_in(Role::SystemAdmin, app.world().district).get("/work/rules").expect(403);
    }
}
