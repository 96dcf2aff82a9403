//! Plans and what comes of them, collective study, hours, and who sees which of it.

use base::Time;
use people::Role;

use super::{another_branch, complete, course, hire, modules, place, second};

/// A plan of the branch over a course, due in so many days.
pub(crate) fn plan(app: &testkit::TestApp, who: &testkit::Client, course: &str, days: i64, more: &[(&str, &str)]) -> String {
    let page = who.get("/learning/plans/new").expect(200);
    let id = course.rsplit('/').next().unwrap();
    let due = app.district().env().clock.now().plus(days * Time::DAY).date().to_string();
    let mut typed = vec![("title", "四季度学习"), ("course", id), ("due", due.as_str())];
    typed.extend_from_slice(more);
    place(&who.submit(&page, "form[action=/learning/plans/new]", &typed).leads_to("/learning/plans/"))
}

testkit::on_both! {
    [modules()]

    fn a_plan_is_met_when_everybody_has_studied(app) {
        let course = course(app, "必学", &["一", "二"]);
        let secretary = app.staff(Role::BranchSecretary);
        let page = secretary.get("/learning/plans/new").expect(200);
        let form = "form[action=/learning/plans/new]";
        secretary.submit(&page, form, &[("title", "计划"), ("due", "2020-01-01")]).expect(422).says("期限不能早于今天");
        let plan = plan(app, &secretary, &course, 10, &[]);
        let member = app.staff(Role::Member);
        member.get("/learning").expect(200).says("四季度学习").says("已学 0 课，共 2 课");
        secretary.get("/learning/branch").expect(200).says("四季度学习").says("0/3 人学完");
        complete(&member, &course);
        complete(&second(app), &course);
        assert!(!member.get("/learning").expect(200).main_text().contains("四季度学习"), "nothing is owed any more");
        secretary.get(&plan).expect(200).says("2/3 人学完");
        app.settle();
        let leader = app.staff(Role::DistrictLeader);
        leader.get("/board").expect(200).says("未学完的计划");
        leader.get("/board/due?of=learning").expect(200).says("四季度学习").says("东门社区党支部");
        complete(&secretary, &course);
        app.pass(2 * Time::MINUTE);
        secretary.get(&plan).expect(200).says("按期完成");
        let text = leader.get("/board?p=year").expect(200).main_text();
        assert!(text.contains("完成学习计划") && text.contains("开放课程"), "{text}");
        // Whoever stands above sees that it was met, and never how many people or hours.
        let office = app.staff(Role::PartyAffairs);
        let text = office.get(&plan).expect(200).says("按期完成").main_text();
        assert!(!text.contains("3/3 人"), "{text}");
        assert!(!text.contains("学时，应学"));
    }

    fn a_plan_that_passes_its_day_is_not_met(app) {
        let course = course(app, "必学", &["一"]);
        let office = app.staff(Role::PartyAffairs);
        let target = app.world().district.to_string();
        let plan = plan(app, &office, &course, 3, &[("target", &target), ("role", "grid_worker")]);
        let grid = app.staff(Role::GridWorker);
        grid.get("/learning").expect(200).says("四季度学习");
        app.staff(Role::TownDesk).get(&plan).expect(404);
        assert!(!app.staff(Role::TownDesk).get("/learning").expect(200).main_text().contains("四季度学习"));
        complete(&grid, &course);
        app.pass(5 * Time::DAY);
        let office = app.staff(Role::PartyAffairs);
        let text = office.get(&plan).expect(200).main_text();
        assert_eq!(text.matches("到期未完成").count(), 7, "{text}");
        assert_eq!(text.matches("按期完成").count(), 1, "{text}");
        // Late is late: what is studied afterwards changes nothing of the result.
        let events = |app: &testkit::TestApp| app.district().read_now(|tx, _| tx.one(CONCLUDED, store::p![], |row| row.int(0))).unwrap();
        assert_eq!(events(app), 8);
        app.pass(2 * Time::DAY);
        assert_eq!(events(app), 8);
        let office = app.staff(Role::PartyAffairs);
        let page = office.get(&plan).expect(200);
        office.submit(&page, &format!("form[action={plan}/end]"), &[]).leads_to(&plan);
        office.get(&plan).expect(200).says("已结束");
    }

    fn collective_study_counts_for_those_present_and_nobody_else_sees_hours(app) {
        let other = another_branch(app);
        let stranger = hire(app, other, Role::BranchSecretary, "stranger");
        let secretary = app.staff(Role::BranchSecretary);
        let page = secretary.get("/learning/branch/study").expect(200);
        let form = "form[action=/learning/branch/study]";
        secretary.submit(&page, form, &[("topic", "学习条例"), ("hours", "x")]).expect(422).says("0.5 到 16");
        let held = secretary.submit(&page, form, &[("topic", "学习条例"), ("hours", "4"), ("minute", "逐条学习讨论")]);
        let study = place(&held.leads_to("/learning/branch/study/"));
        secretary.get(&study).expect(200).says("到会 3 人").says("逐条学习讨论");
        secretary.get("/learning/branch").expect(200).says("学习条例");
        let text = secretary.get("/learning/branch").expect(200).main_text();
        assert!(text.contains("52") && text.contains("28") && text.contains("56"), "{text}");
        let member = app.staff(Role::Member);
        member.get("/learning").expect(200).says("已学 4 学时，应学 32 学时").says("还差 28 学时");
        // The book is the branch's own: another branch's secretary, members, those above see none of it.
        stranger.get(&study).expect(404);
        stranger.get(&format!("/learning/branch?unit={}", app.world().branch)).expect(403);
        assert!(!stranger.get("/learning/branch").expect(200).main_text().contains("学习条例"));
        for role in [Role::Member, Role::PartyAffairs, Role::DistrictLeader, Role::TownLeader, Role::Oversight, Role::AuditAdmin] {
            app.staff(role).get("/learning/branch").expect(403);
            assert!(app.staff(role).get(&study).status.as_u16() >= 403, "{role:?}");
        }
        // A record that was wrong is taken back and counts no more.
        let page = secretary.get(&study).expect(200);
        let withdraw = format!("form[action={study}/withdraw]");
        secretary.submit(&page, &withdraw, &[("reason", "")]).expect(422);
        secretary.submit(&page, &withdraw, &[("reason", "登记错了")]).leads_to(&study);
        secretary.get(&study).expect(200).says("已撤回：登记错了");
        member.get("/learning").expect(200).says("已学 0 学时");
        // Hours are of a year.
        let page = secretary.get("/learning/branch/study").expect(200);
        secretary.submit(&page, form, &[("topic", "年底一课"), ("hours", "1.5")]).leads_to("/learning/branch/study/");
        member.get("/learning").expect(200).says("已学 1.5 学时");
    }
}

const CONCLUDED: &store::Sql = store::sql!("SELECT COUNT(*) FROM study_plan_result");
