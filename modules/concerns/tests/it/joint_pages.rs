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

    fn a_petition_is_answered_in_one_of_three_ways_and_reviewed_twice(app) {
        catalogue(app);
        let resident = app.client();
        let (no, secret) = report(app, &resident, "", &[("who", "none")]);
        let receipt = format!("/r/{no}/{secret}");
        resident.get(&receipt).expect(200).says("派单时限由本系统设定");
        let (town, [department, above]) = (app.world().towns[0], app.world().departments);
        let (desk, officer) = (app.staff_in(Role::TownDesk, town), app.staff_in(Role::DepartmentStaff, department));
        let (reviewer, last) = (app.staff_in(Role::DepartmentStaff, above), app.staff_in(Role::TownStaff, town));
        for (handler, own, term, reply, said, further) in [
            (department, &officer, "terms.petition", "declined", "不予支持", "可以申请复查"),
            (above, &reviewer, "", "explained", "作出解释", "可以申请复核"),
            (town, &last, "", "supported", "予以支持", ""),
        ] {
            let mut typed = vec![("kind", "01"), ("unit", "")];
            let unit = handler.to_string();
            typed[1].1 = &unit;
            // Whoever answered before does not review it, whatever the form says.
            for had in [department, above].iter().take_while(|had| **had != handler) {
                let path = format!("/work/c/{no}/dispatch");
                let page = desk.get(&path).expect(200);
                for more in [&[][..], &[("term", "terms.petition")]] {
                    let had = had.to_string();
                    let typed = [&[("kind", "01"), ("unit", had.as_str())][..], more].concat();
                    let refused = desk.submit(&page, &format!("form[action={path}]"), &typed);
                    assert!(refused.status != 303 && refused.main_text().contains("不能交给答复过这件事的单位"), "{}", refused.main_text());
                }
            }
            let sent = desk.get(&format!("/work/c/{no}/dispatch")).expect(200);
            match term {
                "" => drop(sent.says("应当由原办理单位的上一级机关")),
                term => typed.push(("term", term)),
            }
            step(&desk, &no, "dispatch", &typed);
            let detail = own.get(&format!("/work/c/{no}")).expect(200);
            own.submit(&detail, &format!("form[action=/work/c/{no}/claim]"), &[]).leads_to("/work/c/");
            let path = format!("/work/c/{no}/resolve");
            let page = own.get(&path).expect(200).says("答复类型").says("不予支持");
            own.submit(&page, &format!("form[action={path}]"), &[("answer", "经查如下")]).expect(422).says("请填写答复类型");
            step(own, &no, "resolve", &[("answer", "经查如下"), ("reply", reply)]);
            let page = desk.get(&format!("/work/c/{no}/review")).expect(200);
            desk.submit(&page, &format!("form[action=/work/c/{no}/review]"), &[("pass", "1")]).leads_to("/work/c/");
            let page = resident.get(&receipt).expect(200).says(said);
            let yes = [("solved", "1"), ("contacted", "0"), ("satisfied", "0")];
            resident.submit(&page, &format!("form[action={receipt}/answer]"), &yes).leads_to(&receipt);
            let page = resident.get(&receipt).expect(200);
            if further.is_empty() {
                page.says("信访复核意见是最终处理意见");
                let page = resident.get(&receipt).expect(200);
                assert!(page.html().first(&format!("form[action={receipt}/reopen]")).is_none(), "nobody is left to ask");
            } else {
                let page = page.says(further);
                resident.submit(&page, &format!("form[action={receipt}/reopen]"), &[("reason", "不服")]).leads_to(&receipt);
            }
        }
        // A request for information has seven kinds of reply, another concern none.
        let (other, _) = report(app, &app.client(), "", &[("who", "none")]);
        let unit = department.to_string();
        step(&desk, &other, "dispatch", &[("kind", "01"), ("unit", &unit), ("term", "terms.disclosure")]);
        let detail = officer.get(&format!("/work/c/{other}")).expect(200);
        officer.submit(&detail, &format!("form[action=/work/c/{other}/claim]"), &[]).leads_to("/work/c/");
        let page = officer.get(&format!("/work/c/{other}/resolve")).expect(200).says("予以公开").says("不重复处理");
        assert_eq!(page.html().all("input[name=reply]").len(), 7);
        let (plain, _) = report(app, &app.client(), "", &[("who", "none")]);
        step(&desk, &plain, "dispatch", &[("kind", "01"), ("unit", &unit)]);
        let detail = officer.get(&format!("/work/c/{plain}")).expect(200);
        officer.submit(&detail, &format!("form[action=/work/c/{plain}/claim]"), &[]).leads_to("/work/c/");
        assert!(officer.get(&format!("/work/c/{plain}/resolve")).expect(200).html().first("input[name=reply]").is_none());
    }

    fn each_rule_is_named_with_its_text(app) {
        let officer = app.staff_in(Role::DepartmentStaff, app.world().departments[0]);
        officer.get("/work/rules").expect(200).says("60 天，信访工作条例第三十四条；2022-05-01 起施行；按原文核对").says("尚未公布").says("每月 1 次");
        app.staff_in(Role::SystemAdmin, app.world().district).get("/work/rules").expect(403);
    }
}
