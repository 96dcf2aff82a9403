//! A branch ends and another one stands in its place: courses, plans and classes go on there.

use base::UnitId;
use learning::model::{ClassId, CourseId, PlanId};
use learning::read;
use people::{Passing, Role};

use super::classes::class;
use super::plans::plan;
use super::{another_branch, course, modules};

fn id<T: std::str::FromStr>(path: &str) -> T {
    path.rsplit('/').next().and_then(|id| id.parse().ok()).unwrap()
}

testkit::on_both! {
    [modules()]

    fn what_a_branch_that_ends_has_in_hand_is_said_and_goes_on(app) {
        let branch = app.world().branch;
        let course: CourseId = id(&course(app, "必学", &["一"]));
        let path = format!("/learning/courses/{course}");
        let secretary = app.staff(Role::BranchSecretary);
        let own: PlanId = id(&plan(app, &secretary, &path, 10, &[]));
        let class: ClassId = id(&class(app, "2"));
        let office = app.district().read_now(move |tx, _| read::class(tx, class)).unwrap().unwrap().unit;
        let says = |unit: UnitId| app.district().read_now(move |tx, _| (learning::module().in_hand)(tx, web::Lang::Hans, unit)).unwrap();
        assert_eq!(says(branch), ["未结束的学习计划 1 项"]);
        assert_eq!(says(office), ["未结业的培训班 1 期"]);
        let other = another_branch(app);
        let pass = |from: UnitId, to: UnitId| app.district().write_now(move |tx, ctx| {
            (learning::module().pass)(tx, ctx, record::Actor::System, &Passing::Unit { from, to })
        }).unwrap();
        assert_eq!(pass(branch, other), 1);
        let plan = app.district().read_now(move |tx, _| read::plan(tx, own)).unwrap().unwrap();
        assert_eq!((plan.unit, plan.target), (other, other));
        assert!(says(branch).is_empty());
        assert_eq!(says(other), ["未结束的学习计划 1 项"]);
        // The office's course and class go to whichever takes over from it.
        assert_eq!(pass(office, branch), 2);
        let (course, class) = app.district().read_now(move |tx, _| Ok::<_, store::StoreError>((read::course(tx, course)?, read::class(tx, class)?))).unwrap();
        assert_eq!((course.unwrap().unit, class.unwrap().unit), (branch, branch));
        // A plan that has passed its day is not asked of anybody again.
        app.pass(20 * base::Time::DAY);
        assert_eq!(pass(other, branch), 1, "whose it is goes along, not whom it was for");
        let plan = app.district().read_now(move |tx, _| read::plan(tx, own)).unwrap().unwrap();
        assert_eq!((plan.unit, plan.target), (branch, other));
    }
}
