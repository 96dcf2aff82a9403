//! A unit ends and another one stands in its place: it keeps the bank, runs the test and sees who sat it.

use base::UnitId;
use people::{Passing, Role};
use store::{p, sql};
use theory::model::Kind;

use super::{modules, paper, terms, test};

testkit::on_both! {
    [modules()]

    fn banks_papers_and_tests_go_to_the_unit_that_takes_over(app) {
        let [east, west] = app.world().towns;
        let paper = paper(app, &[Kind::Single, Kind::Judge], 1);
        let id = test(app, paper, terms());
        let says = |unit: UnitId| app.district().read_now(move |tx, _| (theory::module().in_hand)(tx, web::Lang::Hans, unit)).unwrap();
        assert_eq!(says(east), ["未结束的测试 1 场"]);
        let run = format!("/tests/t/{id}/run");
        app.staff_in(Role::TownDesk, west).get(&run).expect(404);
        let passed = app.district().write_now(move |tx, ctx| {
            (theory::module().pass)(tx, ctx, record::Actor::System, &Passing::Unit { from: east, to: west })
        });
        assert_eq!(passed.unwrap(), 3, "a bank, a paper, a test");
        assert!(says(east).is_empty());
        assert_eq!(says(west), ["未结束的测试 1 场"]);
        let desk = app.staff_in(Role::TownDesk, west);
        desk.get(&run).expect(200).says("镇街理论测试");
        desk.get("/tests/banks").expect(200).says("党务知识");
        desk.get(&format!("/tests/papers/{paper}")).expect(200);
        app.staff_in(Role::TownDesk, east).get(&run).expect(404);
        // Who sits it stays as it was, and the test is for the people of the unit that took over.
        let scope = app.district().read_now(move |tx, _| tx.one(sql!("SELECT scope FROM theory_test WHERE id = ?1"), p![id], |row| row.id::<UnitId>(0)));
        assert_eq!(scope.unwrap(), west);
        app.staff_in(Role::GridWorker, app.world().grids[0]).get(&format!("/tests/t/{id}")).expect(200);
    }
}
