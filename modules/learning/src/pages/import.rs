//! Content of other programs: a file is read, shown as it will look, and kept once source and date are said.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use web::{Errors, Fields, Page, PageError, Shell, Staff, page, redirect};

use super::{lessons, teacher};
use crate::import::{ImportError, read as read_file};
use crate::markdown;
use crate::model::{CourseId, LessonKind};
use crate::read;
use crate::texts::LearnTexts;

#[derive(Template)]
#[template(path = "learning/import.html")]
struct ImportPage {
    shell: Shell,
    t: &'static LearnTexts,
    id: String,
    errors: Errors,
    fields: Fields,
    op_key: String,
    read: bool,
    cut: bool,
    slides: Vec<String>,
}

async fn draw(staff: &Staff, id: CourseId, fields: Fields, cut: bool, errors: Errors) -> Result<Page, PageError> {
    staff
        .read(move |tx, ctx, who| {
            let t = LearnTexts::of(who.visit().lang);
            let course = read::course(tx, id)?.ok_or(PageError::NotFound)?;
            teacher(who, course.unit).ok_or(PageError::Forbidden)?;
            let mut fields = fields.clone();
            let read = fields.has("body");
            if read && fields.value("source_on").is_empty() {
                fields.set("source_on", ctx.now.date().to_string());
            }
            let slides = match LessonKind::from_code(fields.value("kind")) {
                Some(LessonKind::Slides) => markdown::slides(fields.value("body")),
                _ if read => vec![markdown::html(fields.value("body"))],
                _ => Vec::new(),
            };
            page(&ImportPage {
                shell: who.shell(t.import_title),
                t,
                id: id.to_string(),
                errors: errors.clone(),
                op_key: fields.get("op_key").map_or_else(|| who.visit().op_key(), str::to_owned),
                read,
                cut,
                slides,
                fields,
            })
        })
        .await
}

/// The form.
pub(super) async fn form(staff: Staff, Path(id): Path<String>) -> Result<Page, PageError> {
    let id: CourseId = id.parse().map_err(|_| PageError::NotFound)?;
    draw(&staff, id, Fields::default(), false, Errors::none()).await
}

/// Read a file and show what is in it.
pub(super) async fn look(staff: Staff, Path(id): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let t = LearnTexts::of(staff.lang);
    let id: CourseId = id.parse().map_err(|_| PageError::NotFound)?;
    let mut errors = Errors::none();
    let found = match fields.files("file").next() {
        None => Err(ImportError::Empty),
        Some(file) => match (file.bytes.clone(), file.name.clone()) {
            (None, _) => Err(ImportError::TooLarge),
            (Some(bytes), name) => tokio::task::spawn_blocking(move || read_file(&name, &bytes)).await.map_err(PageError::internal)?,
        },
    };
    match found {
        Ok(found) => {
            let mut fields = Fields::default();
            fields.set("kind", found.kind.code());
            fields.set("title", found.title);
            fields.set("body", found.body);
            fields.set("minutes", "45");
            Ok(draw(&staff, id, fields, found.cut, errors).await?.into_response())
        }
        Err(error) => {
            let words = match error {
                ImportError::Unknown => t.import_unknown,
                ImportError::Locked => t.import_locked,
                ImportError::Damaged => t.import_damaged,
                ImportError::TooLarge => t.import_too_large,
                ImportError::Empty => t.import_empty,
            };
            errors.add("file", words);
            Ok(draw(&staff, id, Fields::default(), false, errors).await?.again().into_response())
        }
    }
}

/// Keep what was read as a lesson.
pub(super) async fn keep(staff: Staff, Path(id): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let t = LearnTexts::of(staff.lang);
    let id: CourseId = id.parse().map_err(|_| PageError::NotFound)?;
    match lessons::keep(&staff, id, fields, None).await? {
        Ok(lesson) => Ok(redirect(format!("/learning/lessons/{lesson}")).done(t.lesson_added).into_response()),
        Err((fields, errors)) => Ok(draw(&staff, id, fields, false, errors).await?.again().into_response()),
    }
}
