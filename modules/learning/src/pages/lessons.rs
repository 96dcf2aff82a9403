//! Lessons: studying one, its file by ranges, where one left off, discussion; adding and changing one.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use base::{Ctx, Date};
use store::Tx;
use web::kit::Choice;
use web::media::{self, Kind as FileKind, Media};
use web::{App, Errors, Fields, Page, PageError, Shell, Signed, Staff, dates, fill, page, redirect};

use super::{kind, learner, person, refusal, teacher};
use crate::lesson::{self, Words};
use crate::markdown;
use crate::model::{CourseId, LessonId, LessonKind, RemarkId};
use crate::operate::LearnError;
use crate::texts::LearnTexts;
use crate::{read, remark, sight, study};

struct Said {
    id: String,
    name: String,
    when: String,
    text: String,
    office: bool,
    hidden: String,
}

#[derive(Template)]
#[template(path = "learning/lesson.html")]
struct LessonPage {
    shell: Shell,
    t: &'static LearnTexts,
    id: String,
    course: String,
    course_title: String,
    kind: &'static str,
    kind_code: &'static str,
    minutes: String,
    source: String,
    body: String,
    slides: Vec<(String, String)>,
    file: String,
    pdf: String,
    position: i64,
    resume: String,
    done: bool,
    next: Option<(String, String)>,
    remarks: Vec<Said>,
    teaches: bool,
    /// Whether it is for who looks; others see what is taught.
    may_study: bool,
    v: i64,
    op_key: String,
    errors: Errors,
    typed: String,
}

/// A lesson that somebody may see, with its course.
fn visible(tx: &mut Tx, who: &Signed, id: LessonId) -> Result<(read::Course, read::Lesson), PageError> {
    let lesson = read::lesson(tx, id)?.filter(|lesson| !lesson.removed).ok_or(PageError::NotFound)?;
    let course = read::course(tx, lesson.course)?.ok_or(PageError::NotFound)?;
    if sight::course(tx, who, &who.tree, &course)? { Ok((course, lesson)) } else { Err(PageError::NotFound) }
}

/// A length of time on a player: 1:02:03.
fn clock(seconds: i64) -> String {
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

fn megabytes(bytes: i64) -> String {
    if bytes < 1 << 20 { format!("{} KB", (bytes + 1023) / 1024) } else { format!("{} MB", (bytes + (1 << 19)) / (1 << 20)) }
}

/// One lesson.
pub(super) async fn show(staff: Staff, Path(id): Path<String>) -> Result<Page, PageError> {
    draw(&staff, id, String::new(), Errors::none()).await
}

async fn draw(staff: &Staff, id: String, typed: String, errors: Errors) -> Result<Page, PageError> {
    let id: LessonId = id.parse().map_err(|_| PageError::NotFound)?;
    staff
        .read(move |tx, ctx, who| {
            learner(who)?;
            let lang = who.visit().lang;
            let t = LearnTexts::of(lang);
            let (course, lesson) = visible(tx, who, id)?;
            let done = read::done_by(tx, who.person)?.contains(&id);
            let position = study::position(tx, who.person, id)?;
            let mut remarks = Vec::new();
            for one in read::remarks(tx, id)? {
                remarks.push(Said {
                    id: one.id.to_string(),
                    name: person(tx, one.person)?,
                    when: dates::moment(lang, one.made_at, ctx.now),
                    text: if one.hidden.is_some() { String::new() } else { one.text },
                    office: one.office,
                    hidden: one.hidden.map(|reason| fill(t.talk_hidden, &[("reason", &reason)])).unwrap_or_default(),
                });
            }
            let next = read::lessons(tx, course.id)?.into_iter().find(|other| other.ord > lesson.ord);
            let slides = if lesson.kind == LessonKind::Slides { markdown::slides(&lesson.body) } else { Vec::new() };
            let of = slides.len();
            let file = lesson.file;
            let is_pdf = file.is_some_and(|(_, kind, _)| kind == FileKind::Pdf);
            page(&LessonPage {
                shell: who.shell(&lesson.title),
                t,
                id: id.to_string(),
                course: course.id.to_string(),
                course_title: course.title.clone(),
                kind: kind(t, lesson.kind),
                kind_code: lesson.kind.code(),
                minutes: fill(t.minutes_n, &[("n", &lesson.minutes)]),
                source: fill(t.lesson_source, &[("source", &lesson.source), ("day", &dates::day(lang, lesson.source_on, ctx.now))]),
                body: if lesson.kind == LessonKind::Slides { String::new() } else { markdown::html(&lesson.body) },
                slides: (1..).zip(slides).map(|(n, html)| (fill(t.slide_n, &[("n", &n), ("of", &of)]), html)).collect(),
                file: if file.is_some() && !is_pdf { format!("/learning/lessons/{id}/file") } else { String::new() },
                pdf: file.filter(|_| is_pdf).map(|(_, _, size)| fill(t.lesson_open_pdf, &[("size", &megabytes(size))])).unwrap_or_default(),
                position,
                resume: if position > 0 && !done { fill(t.lesson_resume, &[("at", &clock(position))]) } else { String::new() },
                done,
                next: next.map(|next| (format!("/learning/lessons/{}", next.id), fill(t.lesson_next, &[("title", &next.title)]))),
                remarks,
                teaches: teacher(who, course.unit).is_some(),
                may_study: sight::is_offered(who, &who.tree, &course),
                v: lesson.v,
                op_key: who.visit().op_key(),
                errors: errors.clone(),
                typed: typed.clone(),
            })
        })
        .await
}

/// The lesson's file, whole or in part.
pub(super) async fn file(staff: Staff, method: Method, headers: HeaderMap, Path(id): Path<String>) -> Result<Response, PageError> {
    let id: LessonId = id.parse().map_err(|_| PageError::NotFound)?;
    let (digest, kind, title) = staff
        .read(move |tx, _, who| {
            learner(who)?;
            let (_, lesson) = visible(tx, who, id)?;
            let (digest, kind, _) = lesson.file.ok_or(PageError::NotFound)?;
            Ok((digest, kind, lesson.title))
        })
        .await?;
    media::serve(&staff.district, &method, &headers, digest, kind, &title).await
}

/// Keep where somebody left off. The player tells it now and then; no event comes of it.
pub(super) async fn position(staff: Staff, Path(id): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let id: LessonId = id.parse().map_err(|_| PageError::NotFound)?;
    let seconds = fields.int("seconds").unwrap_or(0);
    let done = staff
        .attempt(move |tx, ctx, who| {
            let proof = who.has::<crate::permissions::Learn>().ok_or(LearnError::Denied)?;
            study::remember(tx, ctx, &proof, &who.tree, &who.units(), (id, seconds))
        })
        .await?;
    match done {
        Ok(()) => Ok(StatusCode::NO_CONTENT.into_response()),
        Err(error) => Err(refusal(LearnTexts::of(staff.lang), error).err().unwrap_or(PageError::BadForm)),
    }
}

/// Somebody completed a lesson.
pub(super) async fn complete(staff: Staff, Path(id): Path<String>, _: Fields) -> Result<Response, PageError> {
    let t = LearnTexts::of(staff.lang);
    let lesson: LessonId = id.parse().map_err(|_| PageError::NotFound)?;
    let done = staff
        .attempt(move |tx, ctx, who| {
            let proof = who.has::<crate::permissions::Learn>().ok_or(LearnError::Denied)?;
            study::complete(tx, ctx, &proof, &who.tree, &who.units(), lesson)?;
            let course = read::lesson(tx, lesson)?.ok_or(LearnError::NotFound)?.course;
            let progress = read::progress(tx, who.person, course)?;
            Ok::<_, LearnError>((course, progress.done >= progress.lessons))
        })
        .await?;
    match done {
        Ok((course, true)) => Ok(redirect(format!("/learning/courses/{course}")).done(t.lesson_completed_all).into_response()),
        Ok((_, false)) => Ok(redirect(format!("/learning/lessons/{id}")).done(t.lesson_completed).into_response()),
        Err(error) => Err(refusal(t, error).err().unwrap_or(PageError::BadForm)),
    }
}

/// Say something of a lesson.
pub(super) async fn say(staff: Staff, Path(id): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let (key, t) = (fields.op_key()?, LearnTexts::of(staff.lang));
    let lesson: LessonId = id.parse().map_err(|_| PageError::NotFound)?;
    let words = fields.value("text").to_owned();
    let typed = words.clone();
    let done = staff
        .attempt(move |tx, ctx, who| {
            let proof = who.has::<crate::permissions::Learn>().ok_or(LearnError::Denied)?;
            let unit = read::lesson(tx, lesson)?.map(|lesson| lesson.course);
            let unit = unit.map(|course| read::course(tx, course)).transpose()?.flatten().map(|course| course.unit);
            let teaches = unit.and_then(|unit| teacher(who, unit));
            remark::say(tx, ctx, &proof, teaches.as_ref(), (&who.tree, &who.units()), &key, (lesson, &words))
        })
        .await?;
    match done {
        Ok(_) => Ok(redirect(format!("/learning/lessons/{id}")).done(t.talk_said).into_response()),
        Err(error) => {
            let (field, words) = refusal(t, error)?;
            let mut errors = Errors::none();
            errors.add(field, words);
            Ok(draw(&staff, id, typed, errors).await?.again().into_response())
        }
    }
}

/// Hide what was said.
pub(super) async fn hide(staff: Staff, Path(id): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let t = LearnTexts::of(staff.lang);
    let id: RemarkId = id.parse().map_err(|_| PageError::NotFound)?;
    let reason = fields.value("reason").to_owned();
    let lesson = fields.value("lesson").to_owned();
    let done = staff
        .attempt(move |tx, ctx, who| {
            let of = read::remark(tx, id)?.ok_or(LearnError::NotFound)?.lesson;
            let course = read::lesson(tx, of)?.ok_or(LearnError::NotFound)?.course;
            let unit = read::course(tx, course)?.ok_or(LearnError::NotFound)?.unit;
            let proof = teacher(who, unit).ok_or(LearnError::Denied)?;
            remark::hide(tx, ctx, &proof, &who.tree, id, &reason)
        })
        .await?;
    match done {
        Ok(lesson) => Ok(redirect(format!("/learning/lessons/{lesson}")).done(t.talk_hid).into_response()),
        Err(error) => {
            let (field, words) = refusal(t, error)?;
            let mut errors = Errors::none();
            errors.add(field, words);
            Ok(draw(&staff, lesson, String::new(), errors).await?.again().into_response())
        }
    }
}

#[derive(Template)]
#[template(path = "learning/lesson-form.html")]
struct FormPage {
    shell: Shell,
    t: &'static LearnTexts,
    action: String,
    back: String,
    errors: Errors,
    fields: Fields,
    op_key: String,
    v: i64,
    kinds: Vec<Choice>,
    with_file: bool,
    file_hint: String,
    body_label: &'static str,
    media_only: bool,
}

/// For a new lesson of a course, or for one that is there.
#[derive(Clone, Copy)]
enum For {
    Course(CourseId),
    Lesson(LessonId),
}

async fn draw_form(staff: &Staff, what: For, fields: Fields, errors: Errors) -> Result<Page, PageError> {
    staff
        .read(move |tx: &mut Tx, ctx: &Ctx, who| {
            let t = LearnTexts::of(who.visit().lang);
            let mut fields = fields.clone();
            let (course, lesson) = match what {
                For::Course(id) => (read::course(tx, id)?.ok_or(PageError::NotFound)?, None),
                For::Lesson(id) => {
                    let lesson = read::lesson(tx, id)?.filter(|lesson| !lesson.removed).ok_or(PageError::NotFound)?;
                    (read::course(tx, lesson.course)?.ok_or(PageError::NotFound)?, Some(lesson))
                }
            };
            teacher(who, course.unit).ok_or(PageError::Forbidden)?;
            if let Some(lesson) = lesson.as_ref().filter(|_| !fields.has("title")) {
                fields.set("title", lesson.title.as_str());
                fields.set("source", lesson.source.as_str());
                fields.set("source_on", lesson.source_on.to_string());
                fields.set("minutes", lesson.minutes.to_string());
                fields.set("body", lesson.body.as_str());
            }
            if fields.value("source_on").is_empty() && !fields.has("title") {
                fields.set("source_on", ctx.now.date().to_string());
            }
            let chosen =
                LessonKind::from_code(fields.value("kind")).or(lesson.as_ref().map(|lesson| lesson.kind)).unwrap_or(LessonKind::Text);
            let hint = |one: LessonKind| match one {
                LessonKind::Text => t.f_kind_text_hint,
                LessonKind::Document => t.f_kind_document_hint,
                LessonKind::Audio => t.f_kind_audio_hint,
                LessonKind::Video => t.f_kind_video_hint,
                LessonKind::Slides => t.f_kind_slides_hint,
            };
            let kinds = LessonKind::ALL.iter().map(|one| Choice::new(one.code(), kind(t, *one)).hint(hint(*one)).chosen(*one == chosen));
            let media_only = matches!(chosen, LessonKind::Document | LessonKind::Audio | LessonKind::Video);
            let (action, back) = match what {
                For::Course(id) => (format!("/learning/courses/{id}/add"), format!("/learning/courses/{id}")),
                For::Lesson(id) => (format!("/learning/lessons/{id}/edit"), format!("/learning/lessons/{id}")),
            };
            page(&FormPage {
                shell: who.shell(if lesson.is_some() { t.lesson_edit } else { t.lesson_add }),
                t,
                action,
                back,
                errors: errors.clone(),
                op_key: fields.get("op_key").map_or_else(|| who.visit().op_key(), str::to_owned),
                v: lesson.as_ref().map_or(0, |lesson| lesson.v),
                kinds: if lesson.is_some() { Vec::new() } else { kinds.collect() },
                with_file: lesson.is_none(),
                file_hint: fill(t.f_file_hint, &[("n", &(media::MOST_BYTES >> 20))]),
                body_label: if lesson.is_some() && media_only { t.f_body_media } else { t.f_body },
                media_only,
                fields,
            })
        })
        .await
}

/// The form for a new lesson.
pub(super) async fn form(staff: Staff, Path(id): Path<String>) -> Result<Page, PageError> {
    let id: CourseId = id.parse().map_err(|_| PageError::NotFound)?;
    draw_form(&staff, For::Course(id), Fields::default(), Errors::none()).await
}

/// The words that a form brings.
pub(super) fn words(fields: &Fields) -> Result<Words, LearnError> {
    Ok(Words {
        title: fields.value("title").to_owned(),
        source: fields.value("source").to_owned(),
        source_on: fields.value("source_on").trim().parse::<Date>().map_err(|_| LearnError::Field("source_on"))?,
        minutes: fields.int("minutes").ok_or(LearnError::Field("minutes"))?,
        body: fields.value("body").to_owned(),
    })
}

/// Add a lesson, with its file, which is streamed to the disk as it comes. Who may add one is looked up before that.
pub(super) async fn add(State(_): State<App>, staff: Staff, Path(id): Path<String>, request: Request) -> Result<Response, PageError> {
    let t = LearnTexts::of(staff.lang);
    let id: CourseId = id.parse().map_err(|_| PageError::NotFound)?;
    staff.limit(web::Limit::Upload)?;
    staff
        .read(move |tx, _, who| {
            let course = read::course(tx, id)?.ok_or(PageError::NotFound)?;
            teacher(who, course.unit).map(drop).ok_or(PageError::Forbidden)
        })
        .await?;
    let (fields, file) = media::receive(&staff, request, media::MOST_BYTES).await?;
    let mut errors = Errors::none();
    let file: Option<Media> = file.unwrap_or_else(|error| {
        errors.add("file", error.words(staff.lang));
        None
    });
    if !errors.is_empty() {
        return Ok(draw_form(&staff, For::Course(id), fields, errors).await?.again().into_response());
    }
    match keep(&staff, id, fields, file).await? {
        Ok(lesson) => Ok(redirect(format!("/learning/lessons/{lesson}")).done(t.lesson_added).into_response()),
        Err((fields, errors)) => Ok(draw_form(&staff, For::Course(id), fields, errors).await?.again().into_response()),
    }
}

/// Keep a new lesson; the form again where something is wrong with it.
pub(super) async fn keep(
    staff: &Staff,
    course: CourseId,
    fields: Fields,
    file: Option<Media>,
) -> Result<Result<LessonId, (Fields, Errors)>, PageError> {
    let (key, t) = (fields.op_key()?, LearnTexts::of(staff.lang));
    let (sent, file) = (fields.clone(), Arc::new(file));
    let done = staff
        .attempt(move |tx, ctx, who| {
            let unit = read::course(tx, course)?.ok_or(LearnError::NotFound)?.unit;
            let proof = teacher(who, unit).ok_or(LearnError::Denied)?;
            let kind = LessonKind::from_code(sent.value("kind")).ok_or(LearnError::Field("kind"))?;
            let words = words(&sent)?;
            lesson::add(tx, ctx, &proof, &who.tree, &key, (course, kind), (&words, file.as_ref().as_ref()))
        })
        .await?;
    match done {
        Ok(lesson) => Ok(Ok(lesson)),
        Err(error) => {
            let (field, said) = refusal(t, error)?;
            let mut errors = Errors::none();
            errors.add(field, if field == "source_on" { t.e_source_on } else { said });
            Ok(Err((fields, errors)))
        }
    }
}

/// The form for changing a lesson.
pub(super) async fn edit(staff: Staff, Path(id): Path<String>) -> Result<Page, PageError> {
    let id: LessonId = id.parse().map_err(|_| PageError::NotFound)?;
    draw_form(&staff, For::Lesson(id), Fields::default(), Errors::none()).await
}

/// Change a lesson.
pub(super) async fn revise(staff: Staff, Path(id): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let (key, t) = (fields.op_key()?, LearnTexts::of(staff.lang));
    let id: LessonId = id.parse().map_err(|_| PageError::NotFound)?;
    let sent = fields.clone();
    let done = staff
        .attempt(move |tx, ctx, who| {
            let proof = of_lesson(tx, who, id)?;
            let words = words(&sent)?;
            store::once(tx, ctx.now, &key, "learning.lesson.revise", who.person.bytes(), |tx| {
                lesson::revise(tx, ctx, &proof, &who.tree, (id, sent.int("v").unwrap_or(0)), &words)
            })
        })
        .await?;
    match done {
        Ok(()) => Ok(redirect(format!("/learning/lessons/{id}")).done(t.saved).into_response()),
        Err(error) => {
            let (field, said) = refusal(t, error)?;
            let mut errors = Errors::none();
            errors.add(field, if field == "source_on" { t.e_source_on } else { said });
            Ok(draw_form(&staff, For::Lesson(id), fields, errors).await?.again().into_response())
        }
    }
}

fn of_lesson(tx: &mut Tx, who: &Signed, id: LessonId) -> Result<people::Proof<crate::permissions::Teach>, LearnError> {
    let course = read::lesson(tx, id)?.ok_or(LearnError::NotFound)?.course;
    let unit = read::course(tx, course)?.ok_or(LearnError::NotFound)?.unit;
    teacher(who, unit).ok_or(LearnError::Denied)
}

/// Take a lesson out.
pub(super) async fn remove(staff: Staff, Path(id): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let t = LearnTexts::of(staff.lang);
    let id: LessonId = id.parse().map_err(|_| PageError::NotFound)?;
    let v = fields.int("v").unwrap_or(0);
    let done = staff
        .attempt(move |tx, ctx, who| {
            let proof = of_lesson(tx, who, id)?;
            lesson::remove(tx, ctx, &proof, &who.tree, (id, v))?;
            Ok::<_, LearnError>(read::lesson(tx, id)?.ok_or(LearnError::NotFound)?.course)
        })
        .await?;
    match done {
        Ok(course) => Ok(redirect(format!("/learning/courses/{course}")).done(t.lesson_removed).into_response()),
        Err(error) => Err(refusal(t, error).err().unwrap_or(PageError::BadForm)),
    }
}
