//! Sound and films of questions on their way in: for one question, and for the questions of an import that name them. They are
//! streamed to the disk as they come, after it was looked up who sends them.

use axum::extract::{Path, Request};
use axum::response::{IntoResponse, Response};
use web::media::{self, MediaError};
use web::shell::Tone;
use web::{Fields, Limit, PageError, Staff, fill, redirect};

use super::bank::over;
use super::id;
use super::import::own;
use crate::bank::{BankError, put_recording};
use crate::bring::{self, BringError, BroughtId};
use crate::events::QuestionId;
use crate::model::{LARGEST_RECORDING, Recording};
use crate::texts::TheoryTexts;

/// The most files that are sent for an import at once.
const MOST_FILES: usize = 20;

/// What was sent, as far as all of it can be played; or the words for who sent it.
fn played(staff: &Staff, sent: Result<Vec<media::Media>, MediaError>) -> Result<Vec<Recording>, String> {
    let t = TheoryTexts::of(staff.lang);
    let sent = sent.map_err(|error| match error {
        MediaError::Unknown => t.recording_unknown.to_owned(),
        error => error.words(staff.lang),
    })?;
    if sent.is_empty() {
        return Err(t.recording_none.to_owned());
    }
    sent.iter().map(|media| Recording::of(media).ok_or_else(|| t.recording_unknown.to_owned())).collect()
}

/// Gives a question a recording.
pub(super) async fn send(staff: Staff, Path(question): Path<String>, request: Request) -> Result<Response, PageError> {
    let question: QuestionId = id(&question)?;
    staff.limit(Limit::Upload)?;
    staff.read(move |tx, _, who| over(tx, who, question).map(drop).map_err(refuse)).await?;
    let (fields, sent) = media::receive(&staff, request, LARGEST_RECORDING).await?;
    let to = format!("/tests/q/{question}");
    match played(&staff, sent.map(|one| one.into_iter().collect())) {
        Ok(mut sent) => write(&staff, question, &fields, sent.pop()).await,
        Err(words) => Ok(redirect(to).flash(Tone::Error, words).into_response()),
    }
}

/// Takes the recording of a question away.
pub(super) async fn drop_it(staff: Staff, Path(question): Path<String>, fields: Fields) -> Result<Response, PageError> {
    write(&staff, id(&question)?, &fields, None).await
}

async fn write(staff: &Staff, question: QuestionId, fields: &Fields, recording: Option<Recording>) -> Result<Response, PageError> {
    let (key, t, v) = (fields.op_key()?, TheoryTexts::of(staff.lang), fields.int("v").ok_or(PageError::BadForm)?);
    let done = staff
        .attempt(move |tx, ctx, who| {
            let proof = over(tx, who, question)?;
            store::once(tx, ctx.now, &key, "theory.recording", who.person.bytes(), |tx| {
                put_recording(tx, ctx, &proof, &who.tree, (question, v), recording.as_ref())
            })
        })
        .await?;
    let to = redirect(format!("/tests/q/{question}"));
    match done {
        Ok(()) => Ok(to.done(t.saved).into_response()),
        Err(BankError::NotNow) => Ok(to.flash(Tone::Warning, t.wrong_now).into_response()),
        Err(error) => Err(refuse(error)),
    }
}

fn refuse(error: BankError) -> PageError {
    match error {
        BankError::NotFound => PageError::NotFound,
        BankError::Denied => PageError::Forbidden,
        BankError::Store(error) => error.into(),
        BankError::NotNow | BankError::Name | BankError::Wrong(_) => PageError::BadForm,
    }
}

/// Takes recordings for the questions of an import that name them.
pub(super) async fn for_import(staff: Staff, Path(import): Path<String>, request: Request) -> Result<Response, PageError> {
    let import: BroughtId = id(&import)?;
    staff.limit(Limit::Upload)?;
    staff.read(move |tx, _, who| own(tx, who, import).map(drop)).await?;
    let (fields, sent) = media::receive_each(&staff, request, LARGEST_RECORDING, MOST_FILES).await?;
    let (key, t) = (fields.op_key()?, TheoryTexts::of(staff.lang));
    let to = redirect(format!("/tests/import/{import}"));
    let sent = match played(&staff, sent) {
        Ok(sent) => sent,
        Err(words) => return Ok(to.flash(Tone::Error, words).into_response()),
    };
    let (n, unnamed) = staff
        .write(move |tx, ctx, who| {
            let import = own(tx, who, import)?;
            let done = store::once(tx, ctx.now, &key, "theory.files", who.person.bytes(), |tx| bring::take_files(tx, import.id, &sent));
            done.map_err(|error| match error {
                BringError::Store(error) => error.into(),
                _ => PageError::Conflict(t.wrong_now.to_owned()),
            })
        })
        .await?;
    if unnamed.is_empty() {
        Ok(to.done(fill(t.import_files_done, &[("n", &n)])).into_response())
    } else {
        Ok(to
            .flash(
                Tone::Warning,
                fill(t.import_files_unnamed, &[("names", &unnamed.join(if staff.lang.is_chinese() { "、" } else { ", " }))]),
            )
            .into_response())
    }
}
