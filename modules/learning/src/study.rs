//! Studying a lesson: where one left off, which is working state, and that one completed it, which the record keeps.

use base::{Ctx, PersonId};
use people::{Proof, Tree};
use store::{Sql, StoreError, Tx, p, sql};

use crate::certificate;
use crate::events::LessonCompleted;
use crate::model::{CertificateKind, CourseState, LessonId};
use crate::operate::{LearnError, about, is_for};
use crate::permissions::Learn;
use crate::read;

const REMEMBER: &Sql = sql!(
    "INSERT INTO lesson_position (person, lesson, seconds, seen_at) VALUES (?1, ?2, ?3, ?4)
     ON CONFLICT (person, lesson) DO UPDATE SET seconds = excluded.seconds, seen_at = excluded.seen_at"
);
/// By the primary key.
const POSITION: &Sql = sql!("SELECT seconds FROM lesson_position WHERE person = ?1 AND lesson = ?2");
const DONE: &Sql =
    sql!("INSERT INTO lesson_done (person, lesson, done_on, minutes) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (person, lesson) DO NOTHING");

/// A lesson that somebody may study, with its course.
///
/// # Errors
/// [`LearnError::NotFound`] where it is not for them.
pub fn open_to(tx: &mut Tx, tree: &Tree, units: &[base::UnitId], id: LessonId) -> Result<(read::Course, read::Lesson), LearnError> {
    let lesson = read::lesson(tx, id)?.filter(|lesson| !lesson.removed).ok_or(LearnError::NotFound)?;
    let course = read::course(tx, lesson.course)?.ok_or(LearnError::NotFound)?;
    if course.state == CourseState::Draft || !is_for(tree, course.unit, units) {
        return Err(LearnError::NotFound);
    }
    Ok((course, lesson))
}

/// Keep where somebody left off.
///
/// # Errors
/// [`LearnError`].
pub fn remember(
    tx: &mut Tx,
    ctx: &Ctx,
    who: &Proof<Learn>,
    tree: &Tree,
    units: &[base::UnitId],
    (id, seconds): (LessonId, i64),
) -> Result<(), LearnError> {
    open_to(tx, tree, units, id)?;
    // A day and more is no recording.
    tx.exec(REMEMBER, p![who.person(), id, seconds.clamp(0, 100_000), ctx.now])?;
    Ok(())
}

/// Where somebody left off.
///
/// # Errors
/// Only the store's.
pub fn position(tx: &mut Tx, person: PersonId, id: LessonId) -> Result<i64, StoreError> {
    Ok(tx.opt(POSITION, p![person, id], |row| row.int(0))?.unwrap_or(0))
}

/// Somebody completed a lesson: once, whatever is pressed how often. With the last lesson of the course comes its
/// certificate.
///
/// # Errors
/// [`LearnError`].
pub fn complete(tx: &mut Tx, ctx: &Ctx, who: &Proof<Learn>, tree: &Tree, units: &[base::UnitId], id: LessonId) -> Result<bool, LearnError> {
    let (course, lesson) = open_to(tx, tree, units, id)?;
    let (person, on) = (who.person(), ctx.now.date().to_string());
    if tx.exec(DONE, p![person, id, &on, lesson.minutes])? == 0 {
        return Ok(false);
    }
    let facts = LessonCompleted { course: course.id, on, study_minutes: lesson.minutes };
    // Of no unit: what somebody studied is nobody's figure.
    record::append(tx, ctx, about(ctx, who.actor(), None, id.0), &facts)?;
    let progress = read::progress(tx, person, course.id)?;
    if progress.done >= progress.lessons && course.state == CourseState::Open {
        certificate::give(tx, ctx, who.actor(), person, CertificateKind::Course, course.id.0)?;
    }
    Ok(true)
}
