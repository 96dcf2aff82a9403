//! What must not work: hours and study as a source of a measure, and rows changed past the product.

use people::Role;
use record::measure::{Amount, Count, Key, Measure, Nature, Only, Whose};
use testkit::TestApp;

use super::{complete, course, modules};

macro_rules! attack {
    ($id:literal, $kind:literal $(, $field:ident: $value:expr)*) => {
        Measure { id: $id, title_zh: "某数", title_en: "Some number", note_zh: "某数", note_en: "Some number",
            counts: &[Count { kind: $kind $(, $field: $value)*, ..Count::ONE }], ..Measure::COUNT }
    };
}

record::measures! {
    /// What somebody might try.
    ATTACKS = [
        attack!("attack.lessons", "LessonCompleted"),
        attack!("attack.hours", "LessonCompleted", amount: Amount::Fact("study_minutes")),
        attack!("attack.of_branches", "CollectiveStudyHeld", unit: Whose::Fact("branch")),
        attack!("attack.of_branches_hours", "CollectiveStudyHeld", unit: Whose::Fact("branch"), amount: Amount::Fact("study_minutes")),
        attack!("attack.attendance", "ClassAttended", key: Key::Fact("way")),
        attack!("attack.seats", "ClassSeatTaken", only: &[Only::False("waiting")]),
        attack!("attack.certificates", "CertificateGiven", unit: Whose::Fact("of")),
        attack!("attack.remarks", "RemarkMade"),
        attack!("attack.lesson_length", "LessonAdded", amount: Amount::Fact("study_minutes")),
        Measure { nature: Nature::Duty, ..attack!("attack.as_duty", "CollectiveStudyHeld", unit: Whose::Fact("branch")) },
        Measure { title_zh: "人均学时", ..attack!("attack.by_name", "CourseOpened") },
    ]
}

record::measures! {
    /// What branches did of what rules order is a duty and nothing else.
    POINTS = [
        attack!("attack.theme_days", "BranchLifeHeld", unit: Whose::Fact("branch"), only: &[Only::Is("what", "theme_day")]),
        attack!("attack.lectures_by_branch", "BranchLifeHeld", unit: Whose::Fact("branch"), amount: Amount::Fact("times")),
        attack!("attack.general_meetings", "BranchLifeHeld", unit: Whose::Fact("branch"), only: &[Only::Is("what", "general_meeting")]),
        attack!("attack.meetings", "BranchMeetingHeld", unit: Whose::Fact("organisation")),
        attack!("attack.who_came", "BranchMeetingHeld", unit: Whose::Fact("organisation"), amount: Amount::Fact("present")),
        attack!("attack.taken_back", "BranchLifeWithdrawn", unit: Whose::Fact("branch")),
    ]
}

#[test]
fn branch_life_is_a_duty_and_nothing_else() {
    for attack in POINTS {
        let refused = measures::refused().iter().find(|refused| refused.what == attack.id);
        assert!(refused.unwrap_or_else(|| panic!("{} is counted", attack.id)).text_zh.contains("开会发文"));
    }
    for measure in learning::events::LIFE {
        assert!(measures::find(measure.id).is_some(), "{} was refused", measure.id);
        assert_eq!(measure.nature, Nature::Duty);
    }
}

#[test]
fn no_measure_is_made_of_what_somebody_studied() {
    for attack in ATTACKS {
        assert!(measures::find(attack.id).is_none(), "{} is counted", attack.id);
        let refused = measures::refused().iter().find(|refused| refused.what == attack.id);
        let refused = refused.unwrap_or_else(|| panic!("{} was not refused", attack.id));
        assert!(refused.text_zh.contains("学习时长不得作为考评依据"), "{refused}");
    }
    // What this module declares itself is loaded, whole.
    for measure in learning::events::MEASURES {
        assert!(measures::find(measure.id).is_some(), "{} was refused", measure.id);
    }
}

#[test]
fn what_somebody_studied_stands_with_no_unit() {
    let Some(app) = TestApp::new(testkit::Engine::Sqlite, modules()) else { return };
    let course = course(&app, "课", &["一"]);
    complete(&app.staff(Role::Member), &course);
    app.settle();
    let of_units = app.district().read_now(|tx, _| tx.one(OF_UNITS, store::p![], |row| row.int(0))).unwrap();
    assert_eq!(of_units, 0, "an event of studying names a unit");
    app.finish();
}

const OF_UNITS: &store::Sql = store::sql!(
    "SELECT COUNT(*) FROM event WHERE unit IS NOT NULL AND kind IN ('LessonCompleted', 'CertificateGiven', 'ClassAttended', 'CollectiveStudyHeld')"
);

#[test]
fn a_row_changed_by_sql_is_found() {
    let Some(app) = TestApp::new(testkit::Engine::Sqlite, modules()) else { return };
    let course = course(&app, "课", &["一"]);
    let member = app.staff(Role::Member);
    complete(&member, &course);
    let secretary = app.staff(Role::BranchSecretary);
    let page = secretary.get("/learning/branch/study").expect(200);
    secretary
        .submit(&page, "form[action=/learning/branch/study]", &[("topic", "学"), ("hours", "4"), ("occasion", "theme_day")])
        .expect(303);
    app.settle();
    let attacks: [(&str, &'static store::Sql, &'static store::Sql); 8] = [
        ("course", store::sql!("UPDATE course SET title = '别的'"), store::sql!("UPDATE course SET title = '课'")),
        (
            "collective_study",
            store::sql!("UPDATE collective_study SET occasion = 'lecture'"),
            store::sql!("UPDATE collective_study SET occasion = 'theme_day'"),
        ),
        ("lesson", store::sql!("UPDATE lesson SET minutes = 600"), store::sql!("UPDATE lesson SET minutes = 45")),
        ("lesson_done", store::sql!("UPDATE lesson_done SET minutes = 600"), store::sql!("UPDATE lesson_done SET minutes = 45")),
        ("certificate", store::sql!("UPDATE certificate SET no = no || '1'"), store::sql!("UPDATE certificate SET no = substr(no, 1, 12)")),
        (
            "collective_study",
            store::sql!("UPDATE collective_study SET minutes = 960"),
            store::sql!("UPDATE collective_study SET minutes = 240"),
        ),
        (
            "collective_study",
            store::sql!("UPDATE collective_study SET topic = '没学'"),
            store::sql!("UPDATE collective_study SET topic = '学'"),
        ),
        (
            "lesson",
            store::sql!("UPDATE lesson SET body = body || '。'"),
            store::sql!("UPDATE lesson SET body = substr(body, 1, length(body) - 1)"),
        ),
    ];
    for (table, attack, repair) in attacks {
        app.district().write_now(move |tx, _| tx.exec(attack, store::p![])).unwrap();
        let report = record::verify(app.district().store(), &app.app.folds(), app.app.readers()).unwrap();
        assert!(report.to_string().contains(&format!("table {table}")), "{table}: {report}");
        app.district().write_now(move |tx, _| tx.exec(repair, store::p![])).unwrap();
    }
    app.finish();
}
