//! What stands in the record: a figure, a text or a template changed by SQL is found, and no event holds a text.

use people::Role;
use store::{Sql, p, sql};
use testkit::on_both;

use crate::lamps::modules;
use crate::pages::with_report;

/// Changes, how they are undone, and the table that is named.
const CHANGES: [(&Sql, &Sql, &str); 4] = [
    (sql!("UPDATE report SET facts = facts || ' '"), sql!("UPDATE report SET facts = TRIM(facts)"), "report"),
    (sql!("UPDATE report SET v = v + 1"), sql!("UPDATE report SET v = v - 1"), "report"),
    (sql!("UPDATE report_version SET body = body || ' '"), sql!("UPDATE report_version SET body = TRIM(body)"), "report_version"),
    (sql!("UPDATE report_template SET text = text || ' '"), sql!("UPDATE report_template SET text = TRIM(text)"), "report_template"),
];

on_both! {
    [modules()]

    fn what_is_changed_by_sql_is_found(app) {
        let (_, path) = with_report(app);
        let desk = app.staff_in(Role::TownDesk, app.world().towns[0]);
        let page = desk.get("/reports/templates/lamps.mended").expect(200);
        desk.submit(&page, "form.report-template", &[("text", "修灯{修灯}。")]).leads_to("/reports/templates");
        let ask = desk.get(&format!("{path}/finish")).expect(200);
        desk.submit(&ask, "form.report-close", &[]).leads_to(&path);
        app.settle();
        let found = || record::verify(app.district().store(), &app.app.folds(), app.app.readers()).unwrap().to_string();
        for (change, back, table) in CHANGES {
            app.district().write_now(move |tx, _| tx.exec(change, p![])).unwrap();
            assert!(found().contains(&format!("table {table},")), "{table}: {}", found());
            app.district().write_now(move |tx, _| tx.exec(back, p![])).unwrap();
        }
    }

    fn events_hold_digests_and_counts(app) {
        let (_, path) = with_report(app);
        let desk = app.staff_in(Role::TownDesk, app.world().towns[0]);
        let form = desk.get(&format!("{path}/edit")).expect(200);
        desk.submit(&form, "form.report-edit", &[("a.carrier", "一句谁都不该在日志里看到的话42")]).leads_to(&path);
        let id: reports::ReportId = path.trim_start_matches("/reports/").parse().unwrap();
        let events = app.district().read_now(move |tx, _| record::of_subject(tx, id.0)).unwrap();
        assert_eq!(events.len(), 2);
        // The clock of a test stands still: which of the two comes first is chance.
        let edited = events.iter().find(|event| event.kind == "ReportEdited").expect("the edit is recorded");
        assert!(events.iter().all(|event| !event.facts.contains("谁都不该")));
        assert!(edited.facts.contains("\"typed\":1"), "{}", edited.facts);
    }
}
