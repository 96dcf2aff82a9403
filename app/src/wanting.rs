//! 存在不足 of a progress report is written from everything that is overdue or was not met, whichever module knows of it, on both
//! engines; and each of its figures leads to the matters behind it.

use base::{Clock as _, Time};
use concerns::permissions::Authority;
use people::Role;
use testkit::{Client, TestApp, on_both};

use crate::open::modules;

/// A visit to the first town that found something.
fn found(app: &TestApp) {
    use inspections::inspect::{Inspect, Visit, inspect};
    let (who, unit) = (app.world().actor_in(Role::Oversight, app.world().oversight), app.world().towns[0]);
    let done = app.district().write_now(move |tx, ctx| {
        let proof = who.has::<Inspect>().unwrap();
        let checklist = inspections::checklist::enter(tx, ctx, &proof, "窗口", "公示栏信息准确")?;
        let findings = vec![(0, "电话没有更新".into())];
        inspect(tx, ctx, &proof, &Visit { checklist, unit, on: ctx.now.date(), note: "总体较好".into(), findings })
    });
    done.unwrap();
}

/// A conference of the first town that gave its first community something to do.
fn decided(app: &TestApp) {
    use conferences::hold::{Hold, hold};
    let world = app.world();
    let (who, community, due) = (world.actor_in(Role::TownDesk, world.towns[0]), world.communities[0], day(app, 2));
    let done = app.district().write_now(move |tx, ctx| {
        let proof = who.has::<conferences::permissions::Convene>().unwrap();
        let input = Hold {
            title: "夜市占道".into(),
            on: ctx.now.date(),
            place: "三楼".into(),
            units: vec![community],
            note: "议定一件事。".into(),
        };
        let id = hold(tx, ctx, &proof, &input)?;
        conferences::task::give(tx, ctx, &proof, id, community, "划出摊位线", due)
    });
    done.unwrap();
}

fn day(app: &TestApp, days: i64) -> base::Date {
    app.clock.now().plus(days * Time::DAY).date()
}

fn place(answer: &testkit::Answer) -> String {
    answer.location().unwrap().split('?').next().unwrap().to_owned()
}

/// A course, and a plan that all grid workers study it in three days; nobody does.
fn planned(app: &TestApp) {
    let office = app.staff(Role::PartyAffairs);
    let page = office.get("/learning/courses/new").expect(200);
    let typed = [("title", "基层减负"), ("about", "学懂")];
    let course = place(&office.submit(&page, "form[action=/learning/courses/new]", &typed).leads_to("/learning/courses/"));
    let page = office.get(&format!("{course}/add")).expect(200);
    let lesson = [("title", "一"), ("body", "要点"), ("source", "组织部"), ("source_on", "2026-11-01"), ("minutes", "45")];
    office.submit_files(&page, &format!("form[action={course}/add]"), &lesson, &[]).leads_to("/learning/lessons/");
    let page = office.get(&course).expect(200);
    office.submit(&page, &format!("form[action={course}/state]"), &[("to", "open")]).leads_to(&course);
    let page = office.get("/learning/plans/new").expect(200);
    let (id, due, target) = (course.rsplit('/').next().unwrap(), day(app, 3).to_string(), app.world().district.to_string());
    let typed = [("title", "四季度学习"), ("course", id), ("due", &due), ("target", &target), ("role", "grid_worker")];
    office.submit(&page, "form[action=/learning/plans/new]", &typed).leads_to("/learning/plans/");
}

/// A concern at the first town's desk that nobody dispatches.
fn forgotten(app: &TestApp) {
    let input = concerns::bring_in::Imported { place: Some(app.world().towns[0]), ..crate::tampered::filled::imported(1) };
    app.district().write_now(move |tx, ctx| concerns::bring_in::bring_in(tx, ctx, Authority::Console, &input)).unwrap();
}

/// The text of the report that one press makes, and its address.
fn report(desk: &Client) -> (String, String) {
    let page = desk.get("/reports").expect(200);
    let made = desk.submit(&page, "form.report-make", &[]).leads_to("/reports/");
    let path = place(&made);
    (desk.follow(made).expect(200).main_text(), path)
}

on_both! {
    [modules()]

    fn what_is_overdue_or_unmet_is_told_by_whoever_knows_of_it(app) {
        let east = app.world().towns[0];
        let (before, _) = report(&app.staff_in(Role::TownDesk, east));
        assert!(before.contains("本期没有工作记录，无从得出不足"), "{before}");
        found(app);
        decided(app);
        planned(app);
        forgotten(app);
        app.pass(30 * Time::DAY);
        let desk = app.staff_in(Role::TownDesk, east);
        let (text, path) = report(&desk);
        let (_, problems) = text.split_once("五、问题与下一步").expect("section 五");
        for words in [
            "督导检查发现的问题还有1个没有销号，其中1个已经超过期限",
            "期内整改超过期限1次",
            "联席会议议定的任务还有1项没有销号，其中1项已经超过时限",
            "期内联席会议任务到期没有报告完成1次",
            "期内到期学习计划4项，其中4项没有在到期前全体学完",
            "按照规定应当做到而没有做到的有：按时派单（期内超期1次，依据",
            "对超过期限的1个督查问题逐个明确责任人",
            "对没有做到的规定动作逐项说明原因",
        ] {
            assert!(problems.contains(words), "{words}: {problems}");
        }
        assert!(!text.contains("本期没有超过时限"));
        // Each figure opens, to the matters themselves.
        let figure = |key: &str| desk.get(&format!("{path}/figure?k={key}")).expect(200);
        figure("late:inspections").says("公示栏信息准确");
        figure("late:conferences").says("划出摊位线");
        figure("m:learning.plans_unmet").says("有 4 件您无权查看");
        let leader = app.staff_in(Role::TownLeader, east);
        leader.get(&format!("{path}/figure?k=m:learning.plans_unmet")).expect(200).says("四季度学习");
        let duties = figure("unmet:").says("按时派单").says("不计分");
        let cases = duties.html().all("dl.facts a").into_iter().find_map(|a| a.attribute("href").map(str::to_owned)).expect("its cases");
        desk.get(&cases).expect(200);
        // Another town never had it.
        let (other, _) = report(&app.staff_in(Role::TownDesk, app.world().towns[1]));
        for words in ["督导检查发现的问题还有", "联席会议议定的任务还有", "按时派单（期内超期"] {
            assert!(!other.contains(words), "{words}: {other}");
        }
    }
}

/// Nothing is refused, and whatever stands under 存在不足 must name its figure when it is rewritten.
#[test]
fn what_is_wrong_cannot_be_rewritten_away() {
    let (paragraphs, refused) = reports::loaded(&modules());
    assert_eq!(refused, []);
    let problems: Vec<_> = paragraphs.iter().filter(|one| one.section == web::paragraph::Section::Problems).collect();
    for module in ["concerns.", "inspections.", "learning.", "conferences.", "scores."] {
        assert!(problems.iter().any(|one| one.id.starts_with(module)), "{module} tells of nothing that is wrong");
    }
    assert!(problems.iter().all(|one| !one.must.is_empty()));
}
