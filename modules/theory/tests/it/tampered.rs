//! A row changed by SQL, past the product, is found.

use people::Role;
use testkit::TestApp;
use theory::model::Kind;

use super::{modules, paper, terms, test};

#[test]
fn a_row_changed_by_sql_is_found() {
    let Some(app) = TestApp::new(testkit::Engine::Sqlite, modules()) else { return };
    let of = paper(&app, &[Kind::Single, Kind::Short], 1);
    let id = test(&app, of, terms());
    let cover = format!("/tests/t/{id}");
    let who = app.staff_in(Role::CommunitySecretary, app.world().communities[0]);
    let page = who.get(&cover).expect(200);
    let form = who.follow(who.submit(&page, &format!("form[action={cover}/start]"), &[])).expect(200);
    who.follow(who.submit(&form, &format!("form[action={cover}/plain]"), &[("q1", "B"), ("q2", "答"), ("submit", "1")])).expect(200);
    let marker = app.staff_in(Role::TownDesk, app.world().towns[0]);
    let page = marker.get(&format!("{cover}/mark")).expect(200);
    marker.submit(&page, &format!("form[action={cover}/mark]"), &[("points", "1")]).expect(303);
    app.settle();
    let attacks: [(&str, [&'static store::Sql; 2]); 14] = [
        (
            "bank",
            [store::sql!("UPDATE bank SET name = name || '乙'"), store::sql!("UPDATE bank SET name = substr(name, 1, length(name) - 1)")],
        ),
        (
            "question_text",
            [
                store::sql!("UPDATE question_text SET answer = 'A' WHERE answer = 'B'"),
                store::sql!("UPDATE question_text SET answer = 'B' WHERE answer = 'A'"),
            ],
        ),
        ("question", [store::sql!("UPDATE question SET retired = 1"), store::sql!("UPDATE question SET retired = 0")]),
        (
            "paper",
            [store::sql!("UPDATE paper SET full_marks = full_marks + 1"), store::sql!("UPDATE paper SET full_marks = full_marks - 1")],
        ),
        (
            "paper",
            [
                store::sql!("UPDATE paper_variant SET answers = answers || ' '"),
                store::sql!("UPDATE paper_variant SET answers = substr(answers, 1, length(answers) - 1)"),
            ],
        ),
        ("paper_page", [store::sql!("UPDATE paper_page SET variant = 2"), store::sql!("UPDATE paper_page SET variant = 1")]),
        (
            "theory_test",
            [
                store::sql!("UPDATE theory_test SET closes_at = closes_at + 1"),
                store::sql!("UPDATE theory_test SET closes_at = closes_at - 1"),
            ],
        ),
        ("theory_test", [store::sql!("UPDATE theory_test SET why = why || '乙'"), store::sql!("UPDATE theory_test SET why = ''")]),
        ("theory_test", [store::sql!("UPDATE theory_test SET pass = 10"), store::sql!("UPDATE theory_test SET pass = 60")]),
        ("seat", [store::sql!("UPDATE seat SET extra = 30"), store::sql!("UPDATE seat SET extra = 0")]),
        ("attempt", [store::sql!("UPDATE attempt SET ends_at = ends_at + 1"), store::sql!("UPDATE attempt SET ends_at = ends_at - 1")]),
        ("attempt", [store::sql!("UPDATE attempt SET score = score + 10"), store::sql!("UPDATE attempt SET score = score - 10")]),
        (
            "attempt",
            [
                store::sql!("UPDATE attempt SET submitted_at = submitted_at + 1"),
                store::sql!("UPDATE attempt SET submitted_at = submitted_at - 1"),
            ],
        ),
        ("hand_mark", [store::sql!("UPDATE hand_mark SET points = points + 1"), store::sql!("UPDATE hand_mark SET points = points - 1")]),
    ];
    for (table, [attack, repair]) in attacks {
        app.district().write_now(move |tx, _| tx.exec(attack, store::p![])).unwrap();
        let report = record::verify(app.district().store(), &app.app.folds(), app.app.readers()).unwrap();
        assert!(report.to_string().contains(&format!("table {table}")), "{}: {report}", attack.text());
        app.district().write_now(move |tx, _| tx.exec(repair, store::p![])).unwrap();
    }
}
