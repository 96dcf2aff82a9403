//! Who is told: those who may join a class, those who joined one that is corrected, the office of leave, those who are to
//! study; and that figures and messages open to the pages behind them, for who may see these.

use base::Time;
use people::Role;
use web::Module;

use super::classes::{class, join};
use super::{another_branch, complete, course, hire, lessons, place, second};

fn modules() -> Vec<Module> {
    let mut all = super::modules();
    all.push(notices::module());
    all
}

testkit::on_both! {
    [modules()]

    fn those_whom_a_class_concerns_are_told(app) {
        let class = class(app, "2");
        app.pass(10 * Time::SECOND);
        let (member, other) = (app.staff(Role::Member), second(app));
        member.get("/notices").expect(200).says("新的培训班").says("支部书记培训班");
        join(&member, &class);
        let page = member.get(&class).expect(200);
        member.submit(&page, &format!("form[action={class}/ask]"), &[("reason", "值班")]).leads_to(&class);
        app.pass(10 * Time::SECOND);
        let office = app.staff(Role::PartyAffairs);
        office.get("/notices").expect(200).says("培训请假待批").says("支部书记培训班");
        let page = office.get(&class).expect(200);
        office.submit(&page, &format!("form[action={class}/decide]"), &[("to", "deny")]).leads_to(&class);
        let page = office.get(&format!("{class}/correct")).expect(200);
        office.submit(&page, &format!("form[action={class}/correct]"), &[("place", "区文化馆")]).leads_to(&class);
        app.pass(10 * Time::SECOND);
        let text = app.staff(Role::Member).get("/notices").expect(200).main_text();
        assert!(text.contains("培训班更正") && text.contains("培训请假批复") && text.contains("区文化馆"), "{text}");
        assert!(!other.get("/notices").expect(200).main_text().contains("培训班更正"), "only those who joined");
        // A class for secretaries tells them, and no member.
        let page = office.get("/learning/classes/new").expect(200);
        let day = |n: i64| app.district().env().clock.now().plus(n * Time::DAY).date().to_string();
        let (days, until) = (format!("{} 09:00-17:00", day(3)), day(2));
        let typed = [("title", "年度轮训"), ("notice", "请到课"), ("place", "党校"), ("days", &*days), ("until", &*until), ("sort", "rotation")];
        office.submit(&page, "form[action=/learning/classes/new]", &typed).leads_to("/learning/classes/");
        app.pass(10 * Time::SECOND);
        app.staff(Role::BranchSecretary).get("/notices").expect(200).says("年度轮训");
        assert!(!app.staff(Role::Member).get("/notices").expect(200).main_text().contains("年度轮训"));
    }

    fn a_plan_is_told_when_it_is_set_and_once_before_it_is_due(app) {
        let course = course(app, "必学", &["一"]);
        let secretary = app.staff(Role::BranchSecretary);
        let page = secretary.get("/learning/plans/new").expect(200);
        let id = course.rsplit('/').next().unwrap();
        let due = app.district().env().clock.now().plus(10 * Time::DAY).date().to_string();
        let plan = place(&secretary.submit(&page, "form[action=/learning/plans/new]", &[("title", "四季度学习"), ("course", id), ("due", &due)]).leads_to("/learning/plans/"));
        app.pass(10 * Time::SECOND);
        let member = app.staff(Role::Member);
        member.get("/notices").expect(200).says("新的学习计划").says("四季度学习");
        complete(&member, &course);
        app.pass(2 * Time::DAY);
        assert!(!second(app).get("/notices").expect(200).main_text().contains("快到期"), "not yet");
        app.pass(6 * Time::DAY);
        app.pass(2 * Time::MINUTE);
        second(app).get("/notices").expect(200).says("学习计划快到期");
        let text = app.staff(Role::Member).get("/notices").expect(200).main_text();
        assert!(!text.contains("快到期"), "whoever has studied is not told: {text}");
        let times = |app: &testkit::TestApp| app.district().read_now(|tx, _| tx.one(REMINDED, store::p![], |row| row.int(0))).unwrap();
        app.pass(Time::DAY);
        assert_eq!(times(app), 1);
        app.staff(Role::Member).get(&plan).expect(200);
    }

    fn figures_open_to_what_is_counted_for_who_stands_above(app) {
        let open = course(app, "公开课", &["一"]);
        let secretary = app.staff(Role::BranchSecretary);
        let page = secretary.get("/learning/plans/new").expect(200);
        let due = app.district().env().clock.now().plus(5 * Time::DAY).date().to_string();
        let id = open.rsplit('/').next().unwrap();
        let plan = place(&secretary.submit(&page, "form[action=/learning/plans/new]", &[("title", "支部必学"), ("course", id), ("due", &due)]).leads_to("/learning/plans/"));
        for who in [app.staff(Role::Member), second(app), app.staff(Role::BranchSecretary)] {
            complete(&who, &open);
        }
        app.pass(2 * Time::MINUTE);
        app.settle();
        let leader = app.staff(Role::DistrictLeader);
        let district = app.world().district.to_string();
        let year = app.district().env().clock.now().date().year();
        let cases = |id: &str| format!("/measures/cases?m={id}&unit={district}&from={year}-01-01&to={year}-12-31");
        leader.get(&cases("learning.courses_opened")).expect(200).says("公开课");
        leader.get(&cases("learning.plans_met")).expect(200).says("支部必学");
        // The page behind it opens too, without numbers of people or names.
        let text = leader.get(&plan).expect(200).says("按期完成").main_text();
        let name = app.world().member(Role::Member).actor.name.clone();
        assert!(!text.contains("3/3 人") && !text.contains(&name), "{text}");
        // A branch's own course: seen from above, studied only by whom it is for; by another branch not seen.
        let branch = another_branch(app);
        let other = hire(app, branch, Role::BranchSecretary, "another");
        let page = other.get("/learning/courses/new").expect(200);
        let own = place(&other.submit(&page, "form[action=/learning/courses/new]", &[("title", "内部课"), ("unit", &branch.to_string())]).leads_to("/learning/courses/"));
        crate::add(&other, &own, &[("title", "一"), ("body", "文")], &[]).leads_to("/learning/lessons/");
        leader.get(&own).expect(404);
        let page = other.get(&own).expect(200);
        other.submit(&page, &format!("form[action={own}/state]"), &[("to", "open")]).leads_to(&own);
        app.settle();
        leader.get(&cases("learning.courses_opened")).expect(200).says("内部课");
        let lesson = lessons(&leader, &own).remove(0);
        let page = leader.get(&lesson).expect(200).says("这门课不面向您所在的单位");
        assert!(page.html().first(&format!("form[action={lesson}/done]")).is_none());
        secretary.get(&own).expect(404);
        secretary.get(&lesson).expect(404);
    }
}

const REMINDED: &store::Sql = store::sql!("SELECT COUNT(*) FROM event WHERE kind = 'StudyPlanReminded'");
