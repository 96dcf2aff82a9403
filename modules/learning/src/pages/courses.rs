//! Courses: the catalogue, one course with its lessons, making and changing one.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use base::{Ctx, UnitId};
use store::Tx;
use web::kit::Choice;
use web::{Errors, Fields, Page, PageError, Shell, Signed, Staff, fill, page, redirect};

use super::{Row, Tab, choices, course_state, kind, learner, name, refusal, tabs, teacher};
use crate::course;
use crate::markdown;
use crate::model::{CourseId, CourseState, hours};
use crate::operate::LearnError;
use crate::permissions::{Teach, covers};
use crate::texts::LearnTexts;
use crate::{read, sight};

#[derive(Template)]
#[template(path = "learning/catalogue.html")]
struct ListPage {
    shell: Shell,
    t: &'static LearnTexts,
    tabs: Vec<Tab>,
    rows: Vec<Row>,
    may_make: bool,
}

/// Whether a course stands in somebody's catalogue: those who look after it at any time, the others when it was opened.
fn listed(who: &Signed, course: &read::Course) -> bool {
    sight::is_offered(who, &who.tree, course) || teacher(who, course.unit).is_some()
}

/// The catalogue.
pub(super) async fn list(staff: Staff) -> Result<Page, PageError> {
    staff
        .read(move |tx, _, who| {
            learner(who)?;
            let t = LearnTexts::of(who.visit().lang);
            let mut rows = Vec::new();
            for course in read::courses(tx)?.into_iter().filter(|course| listed(who, course)) {
                let progress = read::progress(tx, who.person, course.id)?;
                let (tag, tone) = match course.state {
                    CourseState::Open if progress.lessons > 0 && progress.done >= progress.lessons => (t.course_done.to_owned(), "success"),
                    CourseState::Open if progress.done > 0 => {
                        (fill(t.course_begun, &[("done", &progress.done), ("n", &progress.lessons)]), "info")
                    }
                    CourseState::Open => (String::new(), ""),
                    // What was closed is shown to who looks after it, and to who has begun it.
                    _ if progress.done == 0 && teacher(who, course.unit).is_none() => continue,
                    state => (course_state(t, state).0.to_owned(), course_state(t, state).1),
                };
                rows.push(Row {
                    href: format!("/learning/courses/{}", course.id),
                    title: course.title,
                    sub: name(&who.tree, course.unit),
                    tag,
                    tone,
                    end: fill(t.course_size, &[("n", &progress.lessons), ("h", &hours(progress.minutes))]),
                });
            }
            page(&ListPage {
                shell: who.shell(t.catalogue),
                t,
                tabs: tabs(who, "/learning/courses"),
                rows,
                may_make: who.has::<Teach>().is_some(),
            })
        })
        .await
}

struct LessonRow {
    href: String,
    title: String,
    kind: &'static str,
    sub: String,
    done: bool,
}

#[derive(Template)]
#[template(path = "learning/course.html")]
struct CoursePage {
    shell: Shell,
    t: &'static LearnTexts,
    id: String,
    unit: String,
    about: String,
    state: &'static str,
    tone: &'static str,
    draft: bool,
    open: bool,
    v: i64,
    size: String,
    done: i64,
    of: i64,
    lessons: Vec<LessonRow>,
    teaches: bool,
    errors: Errors,
}

/// One course.
pub(super) async fn show(staff: Staff, Path(id): Path<String>) -> Result<Page, PageError> {
    draw(&staff, id, Errors::none()).await
}

async fn draw(staff: &Staff, id: String, errors: Errors) -> Result<Page, PageError> {
    let id: CourseId = id.parse().map_err(|_| PageError::NotFound)?;
    staff
        .read(move |tx, _, who| {
            learner(who)?;
            let t = LearnTexts::of(who.visit().lang);
            let course = read::course(tx, id)?.ok_or(PageError::NotFound)?;
            if !sight::course(tx, who, &who.tree, &course)? {
                return Err(PageError::NotFound);
            }
            let done = read::done_by(tx, who.person)?;
            let progress = read::progress(tx, who.person, id)?;
            let row = |lesson: read::Lesson| LessonRow {
                href: format!("/learning/lessons/{}", lesson.id),
                kind: kind(t, lesson.kind),
                sub: [fill(t.minutes_n, &[("n", &lesson.minutes)]), lesson.source.clone()].join(" · "),
                done: done.contains(&lesson.id),
                title: lesson.title,
            };
            let (state, tone) = course_state(t, course.state);
            page(&CoursePage {
                shell: who.shell(&course.title),
                t,
                id: id.to_string(),
                unit: name(&who.tree, course.unit),
                about: markdown::html(&course.about),
                state,
                tone,
                draft: course.state == CourseState::Draft,
                open: course.state == CourseState::Open,
                v: course.v,
                size: fill(t.course_size, &[("n", &progress.lessons), ("h", &hours(progress.minutes))]),
                done: progress.done,
                of: progress.lessons,
                lessons: read::lessons(tx, id)?.into_iter().map(row).collect(),
                teaches: teacher(who, course.unit).is_some(),
                errors: errors.clone(),
            })
        })
        .await
}

#[derive(Template)]
#[template(path = "learning/course-form.html")]
struct FormPage {
    shell: Shell,
    t: &'static LearnTexts,
    action: String,
    back: String,
    errors: Errors,
    fields: Fields,
    op_key: String,
    v: i64,
    units: Vec<Choice>,
}

async fn draw_form(staff: &Staff, id: Option<CourseId>, fields: Fields, errors: Errors) -> Result<Page, PageError> {
    staff
        .read(move |tx: &mut Tx, _: &Ctx, who| {
            let t = LearnTexts::of(who.visit().lang);
            who.has::<Teach>().ok_or(PageError::Forbidden)?;
            let mut fields = fields.clone();
            let course = match id {
                None => None,
                Some(id) => {
                    let course = read::course(tx, id)?.ok_or(PageError::NotFound)?;
                    teacher(who, course.unit).ok_or(PageError::Forbidden)?;
                    if !fields.has("title") {
                        fields.set("title", course.title.as_str());
                        fields.set("about", course.about.as_str());
                    }
                    Some(course)
                }
            };
            let own = who.has::<Teach>().map(|proof| proof.unit().to_string()).unwrap_or_default();
            let chosen = fields.get("unit").map_or(own, str::to_owned);
            let action = id.map_or_else(|| "/learning/courses/new".to_owned(), |id| format!("/learning/courses/{id}/edit"));
            page(&FormPage {
                shell: who.shell(if id.is_some() { t.course_edit } else { t.course_new }),
                t,
                back: id.map_or_else(|| "/learning/courses".to_owned(), |id| format!("/learning/courses/{id}")),
                action,
                errors: errors.clone(),
                op_key: fields.get("op_key").map_or_else(|| who.visit().op_key(), str::to_owned),
                v: course.map_or(0, |course| course.v),
                units: if id.is_some() {
                    Vec::new()
                } else {
                    choices(&who.tree, |unit| who.each::<Teach>().any(|proof| covers(&proof, &who.tree, unit)), &chosen, true)
                },
                fields,
            })
        })
        .await
}

/// The form for a new course.
pub(super) async fn form(staff: Staff) -> Result<Page, PageError> {
    draw_form(&staff, None, Fields::default(), Errors::none()).await
}

/// Begin a course.
pub(super) async fn make(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    let (key, t) = (fields.op_key()?, LearnTexts::of(staff.lang));
    let sent = fields.clone();
    let done = staff
        .attempt(move |tx, ctx, who| -> Result<CourseId, LearnError> {
            let unit: UnitId = sent.id("unit").ok_or(LearnError::Field("unit"))?;
            let proof = teacher(who, unit).ok_or(LearnError::Denied)?;
            course::make(tx, ctx, &proof, &who.tree, &key, unit, (sent.value("title"), sent.value("about")))
        })
        .await?;
    match done {
        Ok(id) => Ok(redirect(format!("/learning/courses/{id}")).done(t.saved).into_response()),
        Err(error) => again(&staff, None, fields, refusal(t, error)?).await,
    }
}

async fn again(staff: &Staff, id: Option<CourseId>, fields: Fields, wrong: (&'static str, &'static str)) -> Result<Response, PageError> {
    let mut errors = Errors::none();
    errors.add(wrong.0, wrong.1);
    Ok(draw_form(staff, id, fields, errors).await?.again().into_response())
}

/// The form for changing a course.
pub(super) async fn edit(staff: Staff, Path(id): Path<String>) -> Result<Page, PageError> {
    let id: CourseId = id.parse().map_err(|_| PageError::NotFound)?;
    draw_form(&staff, Some(id), Fields::default(), Errors::none()).await
}

/// Change a course.
pub(super) async fn revise(staff: Staff, Path(id): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let (key, t) = (fields.op_key()?, LearnTexts::of(staff.lang));
    let id: CourseId = id.parse().map_err(|_| PageError::NotFound)?;
    let sent = fields.clone();
    let done = staff
        .attempt(move |tx, ctx, who| {
            let proof = who.has::<Teach>().ok_or(LearnError::Denied)?;
            let unit = read::course(tx, id)?.ok_or(LearnError::NotFound)?.unit;
            let proof = teacher(who, unit).unwrap_or(proof);
            store::once(tx, ctx.now, &key, "learning.course.revise", who.person.bytes(), |tx| {
                let words = (sent.value("title"), sent.value("about"));
                course::revise(tx, ctx, &proof, &who.tree, (id, sent.int("v").unwrap_or(0)), words)
            })
        })
        .await?;
    match done {
        Ok(()) => Ok(redirect(format!("/learning/courses/{id}")).done(t.saved).into_response()),
        Err(error) => again(&staff, Some(id), fields, refusal(t, error)?).await,
    }
}

/// Open or close a course.
pub(super) async fn set_state(staff: Staff, Path(id): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let t = LearnTexts::of(staff.lang);
    let course: CourseId = id.parse().map_err(|_| PageError::NotFound)?;
    let to = CourseState::from_code(fields.value("to")).ok_or(PageError::BadForm)?;
    let v = fields.int("v").unwrap_or(0);
    let done = staff
        .attempt(move |tx, ctx, who| {
            let unit = read::course(tx, course)?.ok_or(LearnError::NotFound)?.unit;
            let proof = teacher(who, unit).ok_or(LearnError::Denied)?;
            course::set_state(tx, ctx, &proof, &who.tree, (course, v), to)
        })
        .await?;
    match done {
        Ok(()) => {
            let words = if to == CourseState::Open { t.course_opened } else { t.course_closed };
            Ok(redirect(format!("/learning/courses/{id}")).done(words).into_response())
        }
        Err(error) => {
            let (field, words) = refusal(t, error)?;
            let mut errors = Errors::none();
            errors.add(field, words);
            Ok(draw(&staff, id, errors).await?.again().into_response())
        }
    }
}
