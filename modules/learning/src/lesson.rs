//! Adding a lesson to a course, changing it, taking it out.

use base::{Ctx, Date};
use people::{Proof, Tree};
use record::text_digest_hex;
use store::{Sql, Tx, p, sql};
use web::media::{Kind as FileKind, Media};

use crate::course::owned;
use crate::events::{File, LessonAdded, LessonRemoved, LessonRevised};
use crate::model::{CourseId, LONGEST_BODY, LONGEST_TITLE, LessonId, LessonKind, MOST_LESSONS};
use crate::operate::{LearnError, about, counterpart, line, text};
use crate::permissions::Teach;
use crate::read;

/// The words of a lesson.
#[derive(Clone, Debug)]
pub struct Words {
    /// Its title.
    pub title: String,
    /// Where it comes from.
    pub source: String,
    /// Of which day it is.
    pub source_on: Date,
    /// How many minutes it stands for.
    pub minutes: i64,
    /// Its text, in Markdown; what goes with a recording or a document.
    pub body: String,
}

impl Words {
    fn checked(&self, kind: LessonKind) -> Result<Words, LearnError> {
        if !(1..=600).contains(&self.minutes) {
            return Err(LearnError::Field("minutes"));
        }
        let must = matches!(kind, LessonKind::Text | LessonKind::Slides);
        Ok(Words {
            title: line(&self.title, "title", LONGEST_TITLE)?,
            source: line(&self.source, "source", LONGEST_TITLE)?,
            source_on: self.source_on,
            minutes: self.minutes,
            body: text(&self.body, "body", LONGEST_BODY, !must)?,
        })
    }

    fn digest(&self, salt: &[u8; 16]) -> String {
        digest(salt, &self.title, &self.source, &self.source_on.to_string(), &self.body)
    }
}

/// The digest of a lesson's words.
pub(crate) fn digest(salt: &[u8; 16], title: &str, source: &str, source_on: &str, body: &str) -> String {
    text_digest_hex(salt, &format!("{title}\n{source}\n{source_on}\n\n{body}"))
}

/// Whether a file goes with a lesson of this kind; a text may have the document it was made from.
pub fn fits(kind: LessonKind, file: Option<FileKind>) -> bool {
    match (kind, file) {
        (LessonKind::Document, Some(file)) => file == FileKind::Pdf,
        (LessonKind::Audio, Some(file)) => file.is_sound(),
        // A film's container may hold sound alone; a sound's is never watched.
        (LessonKind::Video, Some(file)) => file.is_film(),
        (LessonKind::Text | LessonKind::Slides, Some(file)) => file == FileKind::Pdf,
        (LessonKind::Text | LessonKind::Slides, None) => true,
        (_, None) => false,
    }
}

const PUT: &Sql = sql!(
    "INSERT INTO lesson (id, course, ord, kind, title, source, source_on, minutes, body, file, file_kind, file_size, salt, removed, v, made_at)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, 0, 1, ?14)"
);
/// By the primary key.
const REVISE: &Sql = sql!(
    "UPDATE lesson SET title = ?3, source = ?4, source_on = ?5, minutes = ?6, body = ?7, salt = ?8, v = v + 1
     WHERE id = ?1 AND v = ?2 AND removed = 0"
);
/// By the primary key.
const REMOVE: &Sql = sql!("UPDATE lesson SET removed = 1, v = v + 1 WHERE id = ?1 AND v = ?2 AND removed = 0");

/// Add a lesson at the end of a course.
///
/// # Errors
/// [`LearnError`].
pub fn add(
    tx: &mut Tx,
    ctx: &Ctx,
    who: &Proof<Teach>,
    tree: &Tree,
    op_key: &[u8; 16],
    (course, kind): (CourseId, LessonKind),
    (words, file): (&Words, Option<&Media>),
) -> Result<LessonId, LearnError> {
    let owner = owned(tx, who, tree, course)?.unit;
    let words = words.checked(kind)?;
    if !fits(kind, file.map(|file| file.kind)) {
        return Err(LearnError::Field("file"));
    }
    store::once(tx, ctx.now, op_key, "learning.lesson", who.person().bytes(), |tx| {
        let before = read::all_lessons(tx, course)?;
        if before.iter().filter(|lesson| !lesson.removed).count() >= MOST_LESSONS {
            return Err(LearnError::Field("lessons"));
        }
        let ord = before.last().map_or(1, |lesson| lesson.ord + 1);
        let (id, salt) = (ctx.id::<LessonId>(), ctx.salt());
        let size = file.map(|file| i64::try_from(file.size).unwrap_or(i64::MAX));
        tx.exec(
            PUT,
            p![
                id,
                course,
                ord,
                kind.code(),
                &words.title,
                &words.source,
                &words.source_on.to_string(),
                words.minutes,
                &words.body,
                file.map(|file| &file.digest[..]),
                file.map(|file| file.kind.code()),
                size,
                &salt,
                ctx.now
            ],
        )?;
        if let Some(file) = file {
            store::blobs::hold(tx, &file.digest, id.0)?;
        }
        let facts = LessonAdded {
            course,
            ord,
            kind: kind.code().to_owned(),
            study_minutes: words.minutes,
            words: words.digest(&salt),
            file: file.zip(size).map(|(file, size)| File { digest: record::hex(&file.digest), kind: file.kind.code().to_owned(), size }),
        };
        let place = counterpart(tx, tree, owner)?;
        record::append(tx, ctx, about(ctx, who.actor(), place, id.0), &facts)?;
        Ok(id)
    })
}

/// Change a lesson's words. Its file stays what it was: another file is another lesson.
///
/// # Errors
/// [`LearnError`].
pub fn revise(tx: &mut Tx, ctx: &Ctx, who: &Proof<Teach>, tree: &Tree, (id, v): (LessonId, i64), words: &Words) -> Result<(), LearnError> {
    let lesson = read::lesson(tx, id)?.ok_or(LearnError::NotFound)?;
    let owner = owned(tx, who, tree, lesson.course)?.unit;
    let (words, salt) = (words.checked(lesson.kind)?, ctx.salt());
    let on = words.source_on.to_string();
    if tx.exec(REVISE, p![id, v, &words.title, &words.source, &on, words.minutes, &words.body, &salt])? != 1 {
        return Err(LearnError::NotNow);
    }
    let facts = LessonRevised { v: v + 1, study_minutes: words.minutes, words: words.digest(&salt) };
    let place = counterpart(tx, tree, owner)?;
    record::append(tx, ctx, about(ctx, who.actor(), place, id.0), &facts)?;
    Ok(())
}

/// Take a lesson out of its course. Whoever completed it keeps that.
///
/// # Errors
/// [`LearnError`].
pub fn remove(tx: &mut Tx, ctx: &Ctx, who: &Proof<Teach>, tree: &Tree, (id, v): (LessonId, i64)) -> Result<(), LearnError> {
    let lesson = read::lesson(tx, id)?.ok_or(LearnError::NotFound)?;
    let owner = owned(tx, who, tree, lesson.course)?.unit;
    if tx.exec(REMOVE, p![id, v])? != 1 {
        return Err(LearnError::NotNow);
    }
    let place = counterpart(tx, tree, owner)?;
    record::append(tx, ctx, about(ctx, who.actor(), place, id.0), &LessonRemoved { v: v + 1 })?;
    Ok(())
}
