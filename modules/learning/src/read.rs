//! What there is to be read: courses, lessons, plans, collective study. Classes are in `read/classes.rs`.

mod classes;

use std::collections::BTreeSet;

use base::{Date, PersonId, Time, UnitId};
use people::Role;
use store::{Row, Sql, StoreError, Tx, p, sql};
use web::media::Kind as FileKind;

use crate::model::{CourseId, CourseState, LessonId, LessonKind, Occasion, PlanId, RemarkId, StudyId};

pub use classes::*;

pub(crate) fn bad(what: &str) -> StoreError {
    StoreError::Other(format!("learning: {what} is not in shape"))
}

pub(crate) fn date(text: &str) -> Result<Date, StoreError> {
    text.parse().map_err(|_| bad("a date"))
}

/// A course.
#[derive(Clone, Debug)]
pub struct Course {
    /// Its id.
    pub id: CourseId,
    /// Who owns it.
    pub unit: UnitId,
    /// Its title.
    pub title: String,
    /// Its introduction.
    pub about: String,
    /// How it stands.
    pub state: CourseState,
    /// Its version.
    pub v: i64,
    /// When it was begun.
    pub made_at: Time,
}

/// A lesson.
#[derive(Clone, Debug)]
pub struct Lesson {
    /// Its id.
    pub id: LessonId,
    /// Of which course.
    pub course: CourseId,
    /// Its place.
    pub ord: i64,
    /// What it is.
    pub kind: LessonKind,
    /// Its title.
    pub title: String,
    /// Where it comes from.
    pub source: String,
    /// Of which day it is.
    pub source_on: Date,
    /// How many minutes it stands for.
    pub minutes: i64,
    /// Its text, in Markdown.
    pub body: String,
    /// Its file.
    pub file: Option<([u8; 32], FileKind, i64)>,
    /// Whether it was taken out.
    pub removed: bool,
    /// Its version.
    pub v: i64,
}

const COURSE: &Sql = sql!("SELECT id, unit, title, about, state, v, made_at FROM course WHERE id = ?1");
/// Walks the primary key from its end: some hundreds of courses at most.
const COURSES: &Sql = sql!("SELECT id, unit, title, about, state, v, made_at FROM course ORDER BY id DESC LIMIT 1000");

fn row_course(row: &Row<'_>) -> Result<Course, StoreError> {
    Ok(Course {
        id: row.id(0)?,
        unit: row.id(1)?,
        title: row.text(2)?.to_owned(),
        about: row.text(3)?.to_owned(),
        state: CourseState::from_code(row.text(4)?).ok_or_else(|| bad("a state"))?,
        v: row.int(5)?,
        made_at: row.time(6)?,
    })
}

/// One course.
///
/// # Errors
/// Only the store's.
pub fn course(tx: &mut Tx, id: CourseId) -> Result<Option<Course>, StoreError> {
    tx.opt(COURSE, p![id], row_course)
}

/// All courses, the newest first.
///
/// # Errors
/// Only the store's.
pub fn courses(tx: &mut Tx) -> Result<Vec<Course>, StoreError> {
    tx.all(COURSES, p![], row_course)
}

const LESSON: &Sql = sql!(
    "SELECT id, course, ord, kind, title, source, source_on, minutes, body, file, file_kind, file_size, removed, v FROM lesson WHERE id = ?1"
);
/// By the index `lesson_by_course`.
const LESSONS: &Sql = sql!(
    "SELECT id, course, ord, kind, title, source, source_on, minutes, body, file, file_kind, file_size, removed, v
     FROM lesson WHERE course = ?1 ORDER BY ord"
);

fn row_lesson(row: &Row<'_>) -> Result<Lesson, StoreError> {
    let kind = row.opt_text(10)?.map(|code| FileKind::from_code(code).ok_or_else(|| bad("a kind of file"))).transpose()?;
    let file = match (row.opt_array(9)?, kind, row.opt_int(11)?) {
        (Some(digest), Some(kind), Some(size)) => Some((digest, kind, size)),
        _ => None,
    };
    Ok(Lesson {
        id: row.id(0)?,
        course: row.id(1)?,
        ord: row.int(2)?,
        kind: LessonKind::from_code(row.text(3)?).ok_or_else(|| bad("a kind"))?,
        title: row.text(4)?.to_owned(),
        source: row.text(5)?.to_owned(),
        source_on: date(row.text(6)?)?,
        minutes: row.int(7)?,
        body: row.text(8)?.to_owned(),
        file,
        removed: row.bool(12)?,
        v: row.int(13)?,
    })
}

/// One lesson, taken out or not.
///
/// # Errors
/// Only the store's.
pub fn lesson(tx: &mut Tx, id: LessonId) -> Result<Option<Lesson>, StoreError> {
    tx.opt(LESSON, p![id], row_lesson)
}

/// The lessons of a course in their order, those taken out as well.
///
/// # Errors
/// Only the store's.
pub fn all_lessons(tx: &mut Tx, course: CourseId) -> Result<Vec<Lesson>, StoreError> {
    tx.all(LESSONS, p![course], row_lesson)
}

/// The lessons of a course that can be studied, in their order.
///
/// # Errors
/// Only the store's.
pub fn lessons(tx: &mut Tx, course: CourseId) -> Result<Vec<Lesson>, StoreError> {
    Ok(all_lessons(tx, course)?.into_iter().filter(|lesson| !lesson.removed).collect())
}

/// How far somebody is in a course.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// How many lessons there are.
    pub lessons: i64,
    /// How many of them are completed.
    pub done: i64,
    /// What the lessons stand for together.
    pub minutes: i64,
}

/// By the indexes `lesson_by_course` and `lesson_done_key`.
const PROGRESS: &Sql = sql!(
    "SELECT COUNT(*), COUNT(d.lesson), CAST(COALESCE(SUM(l.minutes), 0) AS BIGINT) FROM lesson l
     LEFT JOIN lesson_done d ON d.lesson = l.id AND d.person = ?1 WHERE l.course = ?2 AND l.removed = 0"
);

/// How far somebody is in a course.
///
/// # Errors
/// Only the store's.
pub fn progress(tx: &mut Tx, person: PersonId, course: CourseId) -> Result<Progress, StoreError> {
    tx.one(PROGRESS, p![person, course], |row| Ok(Progress { lessons: row.int(0)?, done: row.int(1)?, minutes: row.int(2)? }))
}

/// By the primary key.
const DONE_BY: &Sql = sql!("SELECT lesson FROM lesson_done WHERE person = ?1");

/// What somebody has completed.
///
/// # Errors
/// Only the store's.
pub fn done_by(tx: &mut Tx, person: PersonId) -> Result<BTreeSet<LessonId>, StoreError> {
    Ok(tx.all(DONE_BY, p![person], |row| row.id(0))?.into_iter().collect())
}

/// A remark.
#[derive(Clone, Debug)]
pub struct Remark {
    /// Its id.
    pub id: RemarkId,
    /// Of which lesson.
    pub lesson: LessonId,
    /// Who said it.
    pub person: PersonId,
    /// What.
    pub text: String,
    /// The salt of its digest.
    pub salt: [u8; 16],
    /// Whether the office answers.
    pub office: bool,
    /// When.
    pub made_at: Time,
    /// Why it was hidden, where it was.
    pub hidden: Option<String>,
}

/// By the index `remark_by_lesson`.
const REMARKS: &Sql =
    sql!("SELECT id, lesson, person, text, salt, office, made_at, reason FROM remark WHERE lesson = ?1 ORDER BY id LIMIT 500");
const REMARK: &Sql = sql!("SELECT id, lesson, person, text, salt, office, made_at, reason FROM remark WHERE id = ?1");

fn row_remark(row: &Row<'_>) -> Result<Remark, StoreError> {
    Ok(Remark {
        id: row.id(0)?,
        lesson: row.id(1)?,
        person: row.id(2)?,
        text: row.text(3)?.to_owned(),
        salt: row.array(4)?,
        office: row.bool(5)?,
        made_at: row.time(6)?,
        hidden: row.opt_text(7)?.map(str::to_owned),
    })
}

/// What is said of a lesson, oldest first.
///
/// # Errors
/// Only the store's.
pub fn remarks(tx: &mut Tx, lesson: LessonId) -> Result<Vec<Remark>, StoreError> {
    tx.all(REMARKS, p![lesson], row_remark)
}

/// One remark.
///
/// # Errors
/// Only the store's.
pub fn remark(tx: &mut Tx, id: RemarkId) -> Result<Option<Remark>, StoreError> {
    tx.opt(REMARK, p![id], row_remark)
}

/// A study plan.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Its id.
    pub id: PlanId,
    /// Who set it.
    pub unit: UnitId,
    /// For the people of this unit.
    pub target: UnitId,
    /// Only those with such a post.
    pub role: Option<Role>,
    /// What it is called.
    pub title: String,
    /// What else is said.
    pub note: String,
    /// From this day.
    pub starts_on: Date,
    /// Until the end of this day.
    pub due_on: Date,
    /// The same as a moment.
    pub due_at: Time,
    /// Whether it still runs.
    pub open: bool,
    /// When it was set.
    pub made_at: Time,
    /// Whether those who had not studied were reminded of it.
    pub reminded: bool,
}

const PLAN: &Sql = sql!(
    "SELECT id, unit, target, role, title, note, starts_on, due_on, due_at, state, made_at, reminded_at
     FROM study_plan WHERE id = ?1"
);
/// By the index `study_plan_by_state`.
const OPEN_PLANS: &Sql = sql!(
    "SELECT id, unit, target, role, title, note, starts_on, due_on, due_at, state, made_at, reminded_at
     FROM study_plan WHERE state = 'open' ORDER BY due_at, id"
);
/// By the index `study_plan_by_state`.
const ENDED_PLANS: &Sql = sql!(
    "SELECT id, unit, target, role, title, note, starts_on, due_on, due_at, state, made_at, reminded_at
     FROM study_plan WHERE state = 'ended' ORDER BY due_at DESC, id LIMIT 200"
);

fn row_plan(row: &Row<'_>) -> Result<Plan, StoreError> {
    Ok(Plan {
        id: row.id(0)?,
        unit: row.id(1)?,
        target: row.id(2)?,
        role: row.opt_text(3)?.map(|code| Role::parse(code).ok_or_else(|| bad("a role"))).transpose()?,
        title: row.text(4)?.to_owned(),
        note: row.text(5)?.to_owned(),
        starts_on: date(row.text(6)?)?,
        due_on: date(row.text(7)?)?,
        due_at: row.time(8)?,
        open: row.text(9)? == "open",
        made_at: row.time(10)?,
        reminded: !row.is_null(11)?,
    })
}

/// One plan.
///
/// # Errors
/// Only the store's.
pub fn plan(tx: &mut Tx, id: PlanId) -> Result<Option<Plan>, StoreError> {
    tx.opt(PLAN, p![id], row_plan)
}

/// The plans that run, first due first.
///
/// # Errors
/// Only the store's.
pub fn open_plans(tx: &mut Tx) -> Result<Vec<Plan>, StoreError> {
    tx.all(OPEN_PLANS, p![], row_plan)
}

/// The plans that were ended, last due first.
///
/// # Errors
/// Only the store's.
pub fn ended_plans(tx: &mut Tx) -> Result<Vec<Plan>, StoreError> {
    tx.all(ENDED_PLANS, p![], row_plan)
}

/// By the primary key, then that of courses.
const PLAN_COURSES: &Sql = sql!(
    "SELECT c.id, c.unit, c.title, c.about, c.state, c.v, c.made_at FROM study_plan_course s JOIN course c ON c.id = s.course
     WHERE s.plan = ?1 ORDER BY s.ord"
);

/// The courses of a plan, in its order.
///
/// # Errors
/// Only the store's.
pub fn plan_courses(tx: &mut Tx, id: PlanId) -> Result<Vec<Course>, StoreError> {
    tx.all(PLAN_COURSES, p![id], row_course)
}

/// By the primary key, then `lesson_by_course`.
const PLAN_SIZE: &Sql =
    sql!("SELECT COUNT(*) FROM study_plan_course s JOIN lesson l ON l.course = s.course AND l.removed = 0 WHERE s.plan = ?1");
/// By the primary key, then `lesson_by_course`, then `lesson_done_by_lesson`.
const FINISHED_PLAN: &Sql = sql!(
    "SELECT d.person FROM study_plan_course s JOIN lesson l ON l.course = s.course AND l.removed = 0
     JOIN lesson_done d ON d.lesson = l.id WHERE s.plan = ?1 GROUP BY d.person HAVING COUNT(*) >= ?2"
);
/// By the primary key, then `lesson_by_course`, then `lesson_done_key`.
const PLAN_DONE_BY: &Sql = sql!(
    "SELECT COUNT(*) FROM study_plan_course s JOIN lesson l ON l.course = s.course AND l.removed = 0
     JOIN lesson_done d ON d.lesson = l.id AND d.person = ?2 WHERE s.plan = ?1"
);

/// Whoever has completed every lesson of a plan.
///
/// # Errors
/// Only the store's.
pub fn finished_plan(tx: &mut Tx, id: PlanId) -> Result<BTreeSet<PersonId>, StoreError> {
    let size = tx.one(PLAN_SIZE, p![id], |row| row.int(0))?;
    if size == 0 {
        return Ok(BTreeSet::new());
    }
    Ok(tx.all(FINISHED_PLAN, p![id, size], |row| row.id(0))?.into_iter().collect())
}

/// How many lessons a plan has, and how many of them somebody has completed.
///
/// # Errors
/// Only the store's.
pub fn plan_progress(tx: &mut Tx, id: PlanId, person: PersonId) -> Result<(i64, i64), StoreError> {
    let size = tx.one(PLAN_SIZE, p![id], |row| row.int(0))?;
    Ok((size, tx.one(PLAN_DONE_BY, p![id, person], |row| row.int(0))?))
}

/// How a plan came out for one unit.
#[derive(Clone, Copy, Debug)]
pub struct PlanResult {
    /// Which.
    pub branch: UnitId,
    /// Whether everybody had studied it all in time.
    pub met: bool,
}

/// By the primary key.
const RESULTS: &Sql = sql!("SELECT branch, met FROM study_plan_result WHERE plan = ?1");

/// How a plan came out, for each unit where it did.
///
/// # Errors
/// Only the store's.
pub fn results(tx: &mut Tx, id: PlanId) -> Result<Vec<PlanResult>, StoreError> {
    tx.all(RESULTS, p![id], |row| Ok(PlanResult { branch: row.id(0)?, met: row.bool(1)? }))
}

/// A collective study.
#[derive(Clone, Debug)]
pub struct Study {
    /// Its id.
    pub id: StudyId,
    /// Of which branch.
    pub branch: UnitId,
    /// What it was at the same time.
    pub occasion: Occasion,
    /// The day.
    pub on: Date,
    /// How long.
    pub minutes: i64,
    /// About what.
    pub topic: String,
    /// The minutes in short.
    pub minute: String,
    /// The salt of its digests.
    pub salt: [u8; 16],
    /// Why it was taken back, where it was.
    pub withdrawn: Option<String>,
}

const STUDY: &Sql =
    sql!("SELECT id, branch, held_on, minutes, topic, minute, salt, withdrawn, reason, occasion FROM collective_study WHERE id = ?1");
/// By the index `collective_study_by_branch`.
const STUDIES: &Sql = sql!(
    "SELECT id, branch, held_on, minutes, topic, minute, salt, withdrawn, reason, occasion FROM collective_study WHERE branch = ?1
     ORDER BY held_on DESC, id DESC LIMIT 200"
);
/// By the index `collective_study_by_branch`, from its end.
const ORDERED: &Sql = sql!(
    "SELECT id, branch, held_on, minutes, topic, minute, salt, withdrawn, reason, occasion FROM collective_study
     WHERE branch = ?1 AND held_on >= ?2 AND held_on <= ?3 AND withdrawn = 0 AND occasion <> 'study'
       AND (occasion = ?4 OR ?4 IS NULL)
     ORDER BY held_on DESC, id DESC LIMIT ?5"
);
/// By the primary key.
const PRESENT: &Sql = sql!("SELECT person FROM collective_present WHERE study = ?1");

fn row_study(row: &Row<'_>) -> Result<Study, StoreError> {
    Ok(Study {
        id: row.id(0)?,
        branch: row.id(1)?,
        occasion: Occasion::from_code(row.text(9)?).ok_or_else(|| bad("an occasion"))?,
        on: date(row.text(2)?)?,
        minutes: row.int(3)?,
        topic: row.text(4)?.to_owned(),
        minute: row.text(5)?.to_owned(),
        salt: row.array(6)?,
        withdrawn: row.bool(7)?.then(|| row.text(8).map(str::to_owned)).transpose()?,
    })
}

/// One collective study.
///
/// # Errors
/// Only the store's.
pub fn study(tx: &mut Tx, id: StudyId) -> Result<Option<Study>, StoreError> {
    tx.opt(STUDY, p![id], row_study)
}

/// The collective studies of a branch, the last first.
///
/// # Errors
/// Only the store's.
pub fn studies(tx: &mut Tx, branch: UnitId) -> Result<Vec<Study>, StoreError> {
    tx.all(STUDIES, p![branch], row_study)
}

/// The theme days and lectures of a branch that stand, of these days and this kind, the last first, at most so many.
///
/// # Errors
/// Only the store's.
pub(crate) fn ordered(
    tx: &mut Tx,
    branch: UnitId,
    (from, to): (&str, &str),
    occasion: Option<Occasion>,
    limit: i64,
) -> Result<Vec<Study>, StoreError> {
    tx.all(ORDERED, p![branch, from, to, occasion.map(Occasion::code), limit], row_study)
}

/// Who was present.
///
/// # Errors
/// Only the store's.
pub fn present(tx: &mut Tx, id: StudyId) -> Result<Vec<PersonId>, StoreError> {
    tx.all(PRESENT, p![id], |row| row.id(0))
}

/// By the primary key of persons; the index `collective_present_by_person` for collective study.
const MINUTES: &Sql = sql!(
    "SELECT CAST(COALESCE(SUM(minutes), 0) AS BIGINT) FROM (
        SELECT minutes FROM lesson_done WHERE person = ?1 AND done_on >= ?2 AND done_on <= ?3
        UNION ALL SELECT minutes FROM class_presence WHERE person = ?1 AND came_on >= ?2 AND came_on <= ?3
        UNION ALL SELECT s.minutes FROM collective_present c JOIN collective_study s ON s.id = c.study
            WHERE c.person = ?1 AND s.withdrawn = 0 AND s.held_on >= ?2 AND s.held_on <= ?3) AS studied"
);

/// What somebody studied in a year, in minutes: lessons, classes, collective study. For them and their branch.
///
/// # Errors
/// Only the store's.
pub fn minutes(tx: &mut Tx, person: PersonId, year: &(String, String)) -> Result<i64, StoreError> {
    tx.one(MINUTES, p![person, &year.0, &year.1], |row| row.int(0))
}

/// By `lesson_by_course`, then `lesson_done_key`.
const MINUTES_IN: &Sql = sql!(
    "SELECT CAST(COALESCE(SUM(d.minutes), 0) AS BIGINT) FROM lesson l JOIN lesson_done d ON d.lesson = l.id AND d.person = ?1
     WHERE l.course = ?2 AND d.done_on <= ?3"
);

/// What the lessons of a course that somebody had completed by a day stood for then, in minutes: a certificate says the
/// same whatever becomes of the course.
///
/// # Errors
/// Only the store's.
pub fn minutes_in(tx: &mut Tx, person: PersonId, course: CourseId, by: Date) -> Result<i64, StoreError> {
    tx.one(MINUTES_IN, p![person, course, &by.to_string()], |row| row.int(0))
}

/// A certificate as it stands in the table.
#[derive(Clone, Debug)]
pub struct Given {
    /// Its id.
    pub id: crate::model::CertificateId,
    /// Whose.
    pub person: PersonId,
    /// Of what kind of thing.
    pub kind: crate::model::CertificateKind,
    /// Of which.
    pub of: base::Id,
    /// Its number.
    pub no: String,
    /// When.
    pub at: Time,
}

const CERTIFICATE: &Sql = sql!("SELECT id, person, kind, of, no, given_at FROM certificate WHERE id = ?1");
/// By the index `certificate_once`.
const CERTIFICATES: &Sql = sql!("SELECT id, person, kind, of, no, given_at FROM certificate WHERE person = ?1 ORDER BY id DESC");

fn row_given(row: &Row<'_>) -> Result<Given, StoreError> {
    Ok(Given {
        id: row.id(0)?,
        person: row.id(1)?,
        kind: crate::model::CertificateKind::from_code(row.text(2)?).ok_or_else(|| bad("a certificate"))?,
        of: row.id(3)?,
        no: row.text(4)?.to_owned(),
        at: row.time(5)?,
    })
}

/// One certificate.
///
/// # Errors
/// Only the store's.
pub fn certificate(tx: &mut Tx, id: crate::model::CertificateId) -> Result<Option<Given>, StoreError> {
    tx.opt(CERTIFICATE, p![id], row_given)
}

/// Somebody's certificates, the last first.
///
/// # Errors
/// Only the store's.
pub fn certificates(tx: &mut Tx, person: PersonId) -> Result<Vec<Given>, StoreError> {
    tx.all(CERTIFICATES, p![person], row_given)
}
