//! The picture of a question, for who keeps its bank and for who sat a paper with it; nobody else learns what is asked.

use axum::extract::Path;
use axum::response::Response;
use store::{Sql, Tx, p, sql};
use web::photos::{self, Digest};
use web::{PageError, Signed, Staff};

use super::papers::papers;
use super::{id, usable};
use crate::events::{PaperId, QuestionId};
use crate::read;

/// By the primary key.
const HAS: &Sql = sql!("SELECT v FROM question_text WHERE question = ?1 AND picture = ?2 ORDER BY v");
/// By the index `attempt_by_person`.
const SAT: &Sql = sql!("SELECT DISTINCT t.paper, a.variant FROM attempt a JOIN theory_test t ON t.id = a.test WHERE a.person = ?1");

/// Where the picture of a question lies.
pub(crate) fn address(question: QuestionId, picture: &Digest) -> String {
    format!("/tests/q/{question}/picture/{}", record::hex(picture))
}

/// Serves it.
pub(super) async fn picture(staff: Staff, Path((question, digest)): Path<(String, String)>) -> Result<Response, PageError> {
    let question: QuestionId = id(&question)?;
    let wanted = photos::parse_digest(&digest).ok_or(PageError::NotFound)?;
    staff.read(move |tx, _, who| known(tx, who, question, &wanted)).await?;
    photos::serve(&staff.district, wanted).await
}

fn known(tx: &mut Tx, who: &Signed, id: QuestionId, picture: &Digest) -> Result<(), PageError> {
    let versions: Vec<i64> = tx.all(HAS, p![id, picture], |row| row.int(0))?;
    let stored = read::question(tx, id)?.filter(|_| !versions.is_empty()).ok_or(PageError::NotFound)?;
    if usable(tx, who)?.iter().any(|bank| bank.id == stored.bank) {
        return Ok(());
    }
    let sat: Vec<(PaperId, i64)> = tx.all(SAT, p![who.person], |row| Ok((row.id(0)?, row.int(1)?)))?;
    for (paper, variant) in sat {
        if read::items(tx, paper, variant)?.iter().any(|item| item.q == id && versions.contains(&item.v)) {
            return Ok(());
        }
    }
    // Who may set a paper made of another office's bank sees what is in it.
    for paper in papers(tx, who)?.into_iter().filter(|paper| paper.bank == stored.bank) {
        for n in 1..=paper.variants {
            if read::items(tx, paper.id, n)?.iter().any(|item| item.q == id && versions.contains(&item.v)) {
                return Ok(());
            }
        }
    }
    Err(PageError::NotFound)
}
