//! What is said of a lesson, by name. Whoever looks after the course answers as the office, and hides with a reason.

use base::{Ctx, UnitId};
use people::{Proof, Tree};
use record::text_digest_hex;
use store::{Sql, Tx, p, sql};

use crate::course::owned;
use crate::events::{RemarkHidden, RemarkMade};
use crate::model::{LONGEST_REMARK, LessonId, RemarkId};
use crate::operate::{LearnError, about, line, text};
use crate::permissions::{Learn, Teach, covers};
use crate::read;
use crate::study::open_to;

const PUT: &Sql = sql!(
    "INSERT INTO remark (id, lesson, person, text, salt, office, made_at, hidden_by, reason) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, NULL, NULL)"
);
/// By the primary key.
const HIDE: &Sql = sql!("UPDATE remark SET hidden_by = ?2, reason = ?3 WHERE id = ?1 AND hidden_by IS NULL");

/// Say something of a lesson. It is marked as the office's answer where whoever says it looks after the course.
///
/// # Errors
/// [`LearnError`].
pub fn say(
    tx: &mut Tx,
    ctx: &Ctx,
    who: &Proof<Learn>,
    teaches: Option<&Proof<Teach>>,
    (tree, units): (&Tree, &[UnitId]),
    op_key: &[u8; 16],
    (lesson, words): (LessonId, &str),
) -> Result<RemarkId, LearnError> {
    let (course, _) = open_to(tx, tree, units, lesson)?;
    let words = text(words, "text", LONGEST_REMARK, false)?;
    let office = teaches.is_some_and(|proof| proof.person() == who.person() && covers(proof, tree, course.unit));
    store::once(tx, ctx.now, op_key, "learning.remark", who.person().bytes(), |tx| {
        let (id, salt) = (ctx.id::<RemarkId>(), ctx.salt());
        tx.exec(PUT, p![id, lesson, who.person(), &words, &salt, office, ctx.now])?;
        let facts = RemarkMade { lesson, office, words: text_digest_hex(&salt, &words) };
        record::append(tx, ctx, about(ctx, who.actor(), None, id.0), &facts)?;
        Ok(id)
    })
}

/// Hide a remark, with the reason that stands in its place.
///
/// # Errors
/// [`LearnError`].
pub fn hide(tx: &mut Tx, ctx: &Ctx, who: &Proof<Teach>, tree: &Tree, id: RemarkId, reason: &str) -> Result<LessonId, LearnError> {
    let remark = read::remark(tx, id)?.ok_or(LearnError::NotFound)?;
    let lesson = read::lesson(tx, remark.lesson)?.ok_or(LearnError::NotFound)?;
    owned(tx, who, tree, lesson.course)?;
    let reason = line(reason, "reason", LONGEST_REMARK)?;
    if tx.exec(HIDE, p![id, who.person(), &reason])? != 1 {
        return Err(LearnError::NotNow);
    }
    let facts = RemarkHidden { reason: text_digest_hex(&remark.salt, &reason) };
    record::append(tx, ctx, about(ctx, who.actor(), None, id.0), &facts)?;
    Ok(remark.lesson)
}
