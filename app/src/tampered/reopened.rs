//! What was changed while the program was down, or by somebody before it started: opening the store and all that is done
//! at the start neither stops on it nor hides it.

use store::Engine;
use store::testing::{Place, statement};
use store::{StoreError, p};
use testkit::TestApp;
use testkit::tampered::{Attacks, assert_chinese, named, one_of_each};

use super::{EMPTY, LOG, SPARED, filled, holidays};
use crate::open;
use crate::small::make;

fn reopened(engine: Engine) {
    let Some(place) = Place::fresh(engine) else { return };
    let start = || TestApp::over(vec![(Vec::new(), place.open(&testkit::trees(&open::modules())))], open::modules(), |_| {});
    let app = start();
    let made = make(&app, 1);
    filled::fill(&app, &made.receipts);
    holidays::bring_in(&app);
    let empty: Vec<&str> = EMPTY.iter().map(|(table, _)| *table).collect();
    let (by_folds, by_reader) = one_of_each(&app, &Attacks { spared: SPARED, log: LOG, empty: &empty, only: &[], every: 1 });
    app.leave();

    let app = start();
    let district = app.district();
    let mut failed = Vec::new();
    for module in app.app.modules() {
        failed.extend((module.refresh)(district).err().map(|fault| fault.to_string()));
    }
    failed.extend(web::background::catch_up(&app.app, district).err().map(|error| error.to_string()));
    failed.extend(web::background::run_ticks(&app.app, district).err().map(|fault| fault.to_string()));
    failed.extend(web::background::run_beside(&app.app, district).err().map(|fault| fault.to_string()));
    assert!(failed.iter().all(|words| !words.contains("panicked")), "{failed:?}");
    app.client().get("/").expect(200);
    let report = record::verify(district.store(), &app.app.folds(), app.app.readers()).unwrap();
    assert_chinese(&app, &report);
    let tables = named(&app);
    let hidden: Vec<&&str> = by_folds.difference(&tables).collect();
    assert!(hidden.is_empty(), "hidden by the start: {hidden:?}\n{report}");
    let reader = report.findings.iter().any(|finding| finding.part == record::Part::Reader);
    assert!(reader || !by_reader, "hidden by the start\n{report}");
    app.leave();
}

/// The log itself: back-dated, edited, taken away. Each is named by its place after a start, and so that it can be read.
fn log_reopened(engine: Engine) {
    let Some(place) = Place::fresh(engine) else { return };
    let start = || TestApp::over(vec![(Vec::new(), place.open(&testkit::trees(&open::modules())))], open::modules(), |_| {});
    let app = start();
    people::testing::world(app.district().store(), &app.district().env());
    app.settle();
    app.leave();
    for (pos, change) in [
        (40, "UPDATE event SET occurred_at = occurred_at - 86400000000 WHERE id = (SELECT event FROM log WHERE pos = 40)"),
        (30, "UPDATE event SET facts = '{}' WHERE id = (SELECT event FROM log WHERE pos = 30)"),
        (20, "DELETE FROM event WHERE id = (SELECT event FROM log WHERE pos = 20)"),
        (10, "DELETE FROM log WHERE pos = 10"),
    ] {
        let app = start();
        let sql = statement(change.to_owned());
        assert_eq!(app.district().write_now(move |tx, _| tx.exec(sql, p![])), Ok::<_, StoreError>(1), "{change}");
        app.leave();
        let app = start();
        let caught = web::background::catch_up(&app.app, app.district());
        assert!(!format!("{caught:?}").contains("panicked"), "{change}: {caught:?}");
        let report = record::verify(app.district().store(), &app.app.folds(), app.app.readers()).unwrap();
        assert_eq!(report.first_bad(), Some(pos), "{change}: {report}");
        assert!(report.zh().contains(&format!("最早对不上的是总账第 {pos} 条")), "{}", report.zh());
        assert_chinese(&app, &report);
        app.leave();
    }
}

#[test]
fn the_start_hides_no_change_of_the_log_on_sqlite() {
    log_reopened(Engine::Sqlite);
}

#[test]
fn the_start_hides_no_change_of_the_log_on_postgres() {
    log_reopened(Engine::Postgres);
}

#[test]
fn the_start_hides_nothing_on_sqlite() {
    reopened(Engine::Sqlite);
}

#[test]
fn the_start_hides_nothing_on_postgres() {
    reopened(Engine::Postgres);
}
