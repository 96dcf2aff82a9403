//! Making a course, changing its words, opening and closing it.

use base::{Ctx, UnitId};
use people::{Proof, Tree};
use record::text_digest_hex;
use store::{Sql, Tx, p, sql};

use crate::events::{CourseClosed, CourseMade, CourseOpened, CourseRevised};
use crate::model::{CourseId, CourseState, LONGEST_NOTE, LONGEST_TITLE};
use crate::operate::{LearnError, about, counterpart, line, text};
use crate::permissions::{Teach, covers};
use crate::read;

const PUT: &Sql =
    sql!("INSERT INTO course (id, unit, title, about, salt, state, v, made_at, made_by) VALUES (?1, ?2, ?3, ?4, ?5, 'draft', 1, ?6, ?7)");
/// By the primary key.
const REVISE: &Sql = sql!("UPDATE course SET title = ?3, about = ?4, salt = ?5, v = v + 1 WHERE id = ?1 AND v = ?2");
/// By the primary key.
const MOVE: &Sql = sql!("UPDATE course SET state = ?3, v = v + 1 WHERE id = ?1 AND v = ?2");

/// The digest of a course's words.
pub(crate) fn words(salt: &[u8; 16], title: &str, about: &str) -> String {
    text_digest_hex(salt, &format!("{title}\n\n{about}"))
}

/// Begin a course of a unit.
///
/// # Errors
/// [`LearnError`].
pub fn make(
    tx: &mut Tx,
    ctx: &Ctx,
    who: &Proof<Teach>,
    tree: &Tree,
    op_key: &[u8; 16],
    unit: UnitId,
    (title, introduction): (&str, &str),
) -> Result<CourseId, LearnError> {
    let title = line(title, "title", LONGEST_TITLE)?;
    let introduction = text(introduction, "about", LONGEST_NOTE, true)?;
    if !covers(who, tree, unit) {
        return Err(LearnError::Denied);
    }
    store::once(tx, ctx.now, op_key, "learning.course", who.person().bytes(), |tx| {
        let (id, salt) = (ctx.id::<CourseId>(), ctx.salt());
        tx.exec(PUT, p![id, unit, &title, &introduction, &salt, ctx.now, who.person()])?;
        let facts = CourseMade { owner: unit, words: words(&salt, &title, &introduction) };
        let place = counterpart(tx, tree, unit)?;
        record::append(tx, ctx, about(ctx, who.actor(), place, id.0), &facts)?;
        Ok(id)
    })
}

/// A course that this post may change.
pub(crate) fn owned(tx: &mut Tx, who: &Proof<Teach>, tree: &Tree, id: CourseId) -> Result<read::Course, LearnError> {
    let course = read::course(tx, id)?.ok_or(LearnError::NotFound)?;
    if covers(who, tree, course.unit) { Ok(course) } else { Err(LearnError::Denied) }
}

/// Change a course's words.
///
/// # Errors
/// [`LearnError`].
pub fn revise(
    tx: &mut Tx,
    ctx: &Ctx,
    who: &Proof<Teach>,
    tree: &Tree,
    (id, v): (CourseId, i64),
    (title, introduction): (&str, &str),
) -> Result<(), LearnError> {
    let course = owned(tx, who, tree, id)?;
    let title = line(title, "title", LONGEST_TITLE)?;
    let introduction = text(introduction, "about", LONGEST_NOTE, true)?;
    let salt = ctx.salt();
    if tx.exec(REVISE, p![id, v, &title, &introduction, &salt])? != 1 {
        return Err(LearnError::NotNow);
    }
    let place = counterpart(tx, tree, course.unit)?;
    let facts = CourseRevised { v: v + 1, words: words(&salt, &title, &introduction) };
    record::append(tx, ctx, about(ctx, who.actor(), place, id.0), &facts)?;
    Ok(())
}

/// Open a course that has a lesson, or close one.
///
/// # Errors
/// [`LearnError`].
pub fn set_state(
    tx: &mut Tx,
    ctx: &Ctx,
    who: &Proof<Teach>,
    tree: &Tree,
    (id, v): (CourseId, i64),
    to: CourseState,
) -> Result<(), LearnError> {
    let course = owned(tx, who, tree, id)?;
    if course.state == to || to == CourseState::Draft {
        return Err(LearnError::NotNow);
    }
    if to == CourseState::Open && read::lessons(tx, id)?.is_empty() {
        return Err(LearnError::Field("lessons"));
    }
    if tx.exec(MOVE, p![id, v, to.code()])? != 1 {
        return Err(LearnError::NotNow);
    }
    let place = counterpart(tx, tree, course.unit)?;
    let of = about(ctx, who.actor(), place, id.0);
    match to {
        CourseState::Open => record::append(tx, ctx, of, &CourseOpened { v: v + 1 })?,
        _ => record::append(tx, ctx, of, &CourseClosed { v: v + 1 })?,
    };
    Ok(())
}
