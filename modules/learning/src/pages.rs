//! The pages: what one learns, courses, plans, the branch's book, classes, signing in, certificates.

mod branch;
mod certificates;
mod class_form;
mod classes;
mod committee;
mod courses;
mod days;
mod home;
mod import;
mod lessons;
mod meetings;
mod plans;
mod roster;
mod sign;

pub(crate) use branch::occasion;

use axum::Router;
use axum::routing::{get, post};
use base::{Ctx, PersonId, UnitId};
use people::{Actor, Proof, Tree, TreeKind};
use store::{StoreError, Tx};
use web::kit::Choice;
use web::{App, Lang, MenuItem, PageError, Signed, fill};

use crate::meeting::texts::MeetTexts;
use crate::model::{ClassSort, CourseState, LessonKind};
use crate::operate::LearnError;
use crate::permissions::{Keep, Learn, Plan, Teach, covers};
use crate::texts::LearnTexts;
use crate::{hours, meeting};

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/learning", get(home::show))
        .route("/learning/courses", get(courses::list))
        .route("/learning/courses/new", get(courses::form).post(courses::make))
        .route("/learning/courses/{id}", get(courses::show))
        .route("/learning/courses/{id}/edit", get(courses::edit).post(courses::revise))
        .route("/learning/courses/{id}/state", post(courses::set_state))
        .route("/learning/courses/{id}/add", get(lessons::form).post(lessons::add))
        .route("/learning/courses/{id}/import", get(import::form).post(import::look))
        .route("/learning/courses/{id}/keep", post(import::keep))
        .route("/learning/lessons/{id}", get(lessons::show))
        .route("/learning/lessons/{id}/edit", get(lessons::edit).post(lessons::revise))
        .route("/learning/lessons/{id}/remove", post(lessons::remove))
        .route("/learning/lessons/{id}/file", get(lessons::file))
        .route("/learning/lessons/{id}/position", post(lessons::position))
        .route("/learning/lessons/{id}/done", post(lessons::complete))
        .route("/learning/lessons/{id}/say", post(lessons::say))
        .route("/learning/remarks/{id}/hide", post(lessons::hide))
        .route("/learning/plans", get(plans::list))
        .route("/learning/plans/new", get(plans::form).post(plans::make))
        .route("/learning/plans/{id}", get(plans::show))
        .route("/learning/plans/{id}/end", post(plans::end))
        .route("/learning/branch", get(branch::show))
        .route("/learning/branch/committee", get(committee::form).post(committee::set))
        .route("/learning/branch/study", get(branch::form).post(branch::hold))
        .route("/learning/branch/study/{id}", get(branch::study))
        .route("/learning/branch/study/{id}/withdraw", post(branch::withdraw))
        .route("/learning/meetings", get(meetings::list))
        .route("/learning/meetings.xlsx", get(meetings::workbook))
        .route("/learning/meetings/new", get(meetings::form).post(meetings::hold))
        .route("/learning/meetings/{id}", get(meetings::show))
        .route("/learning/meetings/{id}/withdraw", post(meetings::withdraw))
        .route("/learning/classes", get(classes::list))
        .route("/learning/classes/new", get(class_form::form).post(class_form::announce))
        .route("/learning/classes/{id}", get(classes::show))
        .route("/learning/classes/{id}/correct", get(class_form::correct_form).post(class_form::correct))
        .route("/learning/classes/{id}/roster.xlsx", get(roster::workbook))
        .route("/learning/classes/{id}/join", post(classes::join))
        .route("/learning/classes/{id}/leave", post(classes::leave))
        .route("/learning/classes/{id}/ask", post(classes::ask))
        .route("/learning/classes/{id}/decide", post(classes::decide))
        .route("/learning/classes/{id}/cancel", post(classes::cancel))
        .route("/learning/classes/{id}/finish", post(classes::finish))
        .route("/learning/days/{id}/screen", get(sign::screen))
        .route("/learning/days/{id}/desk", post(sign::desk))
        .route("/learning/days/{id}/in", get(sign::scanned).post(sign::sign_in))
        .route("/learning/certificates/{id}", get(certificates::pdf))
}

pub(crate) fn menu(actor: &Actor, _: &Tree, lang: Lang) -> Vec<MenuItem> {
    match actor.has::<Learn>() {
        Some(_) => vec![MenuItem::new("/learning", LearnTexts::of(lang).menu, "book-open")],
        None => Vec::new(),
    }
}

/// One of the parts of learning, as a row of links shows them.
pub(super) struct Tab {
    pub(super) href: &'static str,
    pub(super) text: &'static str,
    pub(super) current: bool,
}

/// The parts that somebody has, with the one that is shown.
pub(super) fn tabs(who: &Signed, here: &str) -> Vec<Tab> {
    let t = LearnTexts::of(who.visit().lang);
    let mut all = vec![("/learning", t.mine), ("/learning/courses", t.catalogue), ("/learning/classes", t.classes)];
    if who.has::<Plan>().is_some() {
        all.push(("/learning/plans", t.plans));
    }
    if who.has::<Keep>().is_some() {
        all.push(("/learning/branch", t.branch));
    }
    if !meeting::kept(who, &who.tree).is_empty() {
        all.push(("/learning/meetings", MeetTexts::of(who.visit().lang).title));
    }
    all.into_iter().map(|(href, text)| Tab { href, text, current: href == here }).collect()
}

/// Proof that somebody learns here at all.
pub(super) fn learner(who: &Signed) -> Result<Proof<Learn>, PageError> {
    who.has::<Learn>().ok_or(PageError::Forbidden)
}

/// The post through which somebody looks after what this unit offers.
pub(super) fn teacher(who: &Signed, unit: UnitId) -> Option<Proof<Teach>> {
    who.each::<Teach>().find(|proof| covers(proof, &who.tree, unit))
}

/// The post through which somebody sets plans for this unit.
pub(super) fn planner(who: &Signed, unit: UnitId) -> Option<Proof<Plan>> {
    who.each::<Plan>().find(|proof| covers(proof, &who.tree, unit))
}

pub(super) fn name(tree: &Tree, unit: UnitId) -> String {
    tree.get(unit).map(|unit| unit.name.clone()).unwrap_or_default()
}

/// A person's name.
pub(super) fn person(tx: &mut Tx, id: PersonId) -> Result<String, StoreError> {
    Ok(people::read::name_of(tx, id)?.unwrap_or_default())
}

/// Units that somebody may speak for by some permission, with the whole name of each.
pub(super) fn choices(tree: &Tree, fits: impl Fn(UnitId) -> bool, chosen: &str, party: bool) -> Vec<Choice> {
    tree.all()
        .filter(|unit| !unit.is_closed() && (!party || unit.tree() == TreeKind::Party) && fits(unit.id))
        .map(|unit| Choice::new(unit.id.to_string(), tree.full_name(unit.id)).chosen(unit.id.to_string() == chosen))
        .collect()
}

pub(super) fn course_state(t: &LearnTexts, state: CourseState) -> (&'static str, &'static str) {
    match state {
        CourseState::Draft => (t.state_draft, "warning"),
        CourseState::Open => (t.state_open, "success"),
        CourseState::Closed => (t.state_closed, ""),
    }
}

pub(super) fn class_sort(t: &LearnTexts, sort: ClassSort) -> &'static str {
    match sort {
        ClassSort::Training => t.sort_training,
        ClassSort::Rotation => t.sort_rotation,
        ClassSort::Induction => t.sort_induction,
        ClassSort::Lecture => t.sort_lecture,
    }
}

/// What a day and half a day count, as the rules have it.
pub(super) fn hours_hint(t: &LearnTexts, ctx: &Ctx) -> String {
    match (hours::of_day(ctx, hours::HALF_DAY), hours::of_day(ctx, hours::DAY)) {
        (Some(half), Some(day)) => fill(t.study_hours_hint, &[("half", &half), ("day", &day)]),
        _ => String::new(),
    }
}

pub(super) fn kind(t: &LearnTexts, kind: LessonKind) -> &'static str {
    match kind {
        LessonKind::Text => t.kind_text,
        LessonKind::Document => t.kind_document,
        LessonKind::Audio => t.kind_audio,
        LessonKind::Video => t.kind_video,
        LessonKind::Slides => t.kind_slides,
    }
}

/// What is wrong, beside its field; an error that no field can mend is a page of its own.
pub(super) fn refusal(t: &LearnTexts, error: LearnError) -> Result<(&'static str, &'static str), PageError> {
    Ok(match error {
        LearnError::NotFound => return Err(PageError::NotFound),
        LearnError::Denied => return Err(PageError::Forbidden),
        LearnError::Store(error) => return Err(error.into()),
        LearnError::NotNow => return Err(PageError::Conflict(t.e_not_now.to_owned())),
        LearnError::NoSeat => return Err(PageError::Conflict(t.e_no_seat.to_owned())),
        LearnError::Unchanged => return Err(PageError::Conflict(t.e_unchanged.to_owned())),
        LearnError::Already => return Err(PageError::Conflict(t.e_already.to_owned())),
        LearnError::Code => ("code", t.e_code),
        LearnError::Field(field) => {
            let words = match field {
                "about" => t.e_about,
                "source" => t.e_source,
                "minutes" => t.e_minutes,
                "body" => t.e_body,
                "file" => t.e_file,
                "lessons" => t.e_lessons,
                "target" => t.e_target,
                "due" => t.e_due,
                "courses" => t.e_courses,
                "note" | "minute" => t.e_note,
                "on" => t.e_on,
                "occasion" => t.e_occasion,
                "topic" => t.e_topic,
                "present" => t.e_present,
                "reason" => t.e_reason,
                "place" => t.e_place,
                "notice" => t.e_notice,
                "quota" => t.e_quota,
                "until" => t.e_until,
                "days" => t.e_days,
                "begun" => return Ok(("days", t.e_begun)),
                "taken" => return Ok(("quota", t.e_taken)),
                "sort" => t.e_sort,
                "committee" => return Ok(("person", t.e_committee)),
                "since" => t.e_since,
                "must" => t.e_must,
                "text" => t.e_text,
                _ => t.e_title,
            };
            (field, words)
        }
    })
}

/// Hours as they are typed, in minutes: 1.5 is 90.
pub(super) fn minutes_of(typed: &str) -> Option<i64> {
    let folded = base::text::fold(typed.trim());
    let (whole, part) = folded.split_once('.').unwrap_or((&folded, ""));
    let digits = part.as_bytes();
    if whole.is_empty()
        || whole.len() > 3
        || !whole.bytes().all(|digit| digit.is_ascii_digit())
        || digits.len() > 2
        || !digits.iter().all(u8::is_ascii_digit)
    {
        return None;
    }
    let hundredths = match part.len() {
        0 => 0,
        1 => part.parse::<i64>().ok()? * 10,
        _ => part.parse::<i64>().ok()?,
    };
    Some(whole.parse::<i64>().ok()? * 60 + (hundredths * 60 + 50) / 100)
}

/// A line of a list.
pub(super) struct Row {
    pub(super) href: String,
    pub(super) title: String,
    pub(super) sub: String,
    pub(super) tag: String,
    pub(super) tone: &'static str,
    pub(super) end: String,
}

#[cfg(test)]
mod tests {
    use super::minutes_of;

    #[test]
    fn hours_as_they_are_typed() {
        for (typed, minutes) in [
            ("4", Some(240)),
            ("1.5", Some(90)),
            ("0.33", Some(20)),
            ("０．７５", Some(45)),
            ("", None),
            ("x", None),
            ("1.234", None),
            ("-1", None),
        ] {
            assert_eq!(minutes_of(typed), minutes, "{typed}");
        }
    }
}
