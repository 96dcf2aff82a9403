//! The picture and the recording of a question, for who keeps its bank and for who sat a paper with it; nobody else learns
//! what is asked. Recordings are served by ranges, so that a telephone plays them.

use axum::extract::Path;
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use store::{Sql, Tx, p, sql};
use web::media;
use web::photos::{self, Digest};
use web::{PageError, Signed, Staff};

use super::papers::papers;
use super::{id, usable};
use crate::events::{PaperId, QuestionId};
use crate::read;

/// By the primary key.
const HAS: &Sql = sql!("SELECT v FROM question_text WHERE question = ?1 AND (picture = ?2 OR recording = ?2) ORDER BY v");
/// By the index `attempt_by_person`.
const SAT: &Sql = sql!("SELECT DISTINCT t.paper, a.variant FROM attempt a JOIN theory_test t ON t.id = a.test WHERE a.person = ?1");

/// Where the picture of a question lies.
pub(crate) fn address(question: QuestionId, picture: &Digest) -> String {
    format!("/tests/q/{question}/picture/{}", record::hex(picture))
}

/// Where the recording of a question lies.
pub(crate) fn recording_address(question: QuestionId, recording: &Digest) -> String {
    format!("/tests/q/{question}/recording/{}", record::hex(recording))
}

/// Serves a recording, whole or in part.
pub(super) async fn recording(
    staff: Staff,
    method: Method,
    headers: HeaderMap,
    Path((question, digest)): Path<(String, String)>,
) -> Result<Response, PageError> {
    let question: QuestionId = id(&question)?;
    let wanted = photos::parse_digest(&digest).ok_or(PageError::NotFound)?;
    let found = staff
        .read(move |tx, _, who| {
            let v = known(tx, who, question, &wanted)?;
            read::version(tx, question, v)?.and_then(|question| question.recording).ok_or(PageError::NotFound)
        })
        .await?;
    media::serve(&staff.district, &method, &headers, wanted, found.kind, &found.name).await
}

/// Serves a picture.
pub(super) async fn picture(staff: Staff, Path((question, digest)): Path<(String, String)>) -> Result<Response, PageError> {
    let question: QuestionId = id(&question)?;
    let wanted = photos::parse_digest(&digest).ok_or(PageError::NotFound)?;
    staff.read(move |tx, _, who| known(tx, who, question, &wanted).map(drop)).await?;
    photos::serve(&staff.district, wanted).await
}

/// A version with this picture or recording, of a question that this person may see.
fn known(tx: &mut Tx, who: &Signed, id: QuestionId, wanted: &Digest) -> Result<i64, PageError> {
    let versions: Vec<i64> = tx.all(HAS, p![id, wanted], |row| row.int(0))?;
    let v = versions.last().copied().ok_or(PageError::NotFound)?;
    let stored = read::question(tx, id)?.ok_or(PageError::NotFound)?;
    if usable(tx, who)?.iter().any(|bank| bank.id == stored.bank) {
        return Ok(v);
    }
    let sat: Vec<(PaperId, i64)> = tx.all(SAT, p![who.person], |row| Ok((row.id(0)?, row.int(1)?)))?;
    for (paper, variant) in sat {
        if read::items(tx, paper, variant)?.iter().any(|item| item.q == id && versions.contains(&item.v)) {
            return Ok(v);
        }
    }
    // Who may set a paper made of another office's bank sees what is in it.
    for paper in papers(tx, who)?.into_iter().filter(|paper| paper.bank == stored.bank) {
        for n in 1..=paper.variants {
            if read::items(tx, paper.id, n)?.iter().any(|item| item.q == id && versions.contains(&item.v)) {
                return Ok(v);
            }
        }
    }
    Err(PageError::NotFound)
}
