//! Concerns of another system, brought in from its table: each row once, with the times of its file,
//! never public, nobody called back. An import can be undone as long as a concern was not worked on.

use base::{Ctx, Id, Time, UnitId};
use record::About;
use serde::{Deserialize, Serialize};
use store::{Sql, StoreError, Tx, blobs, p, sql};

use crate::catalogue;
use crate::concern::{ConcernId, involve};
use crate::events::{ConcernImportUndone, ConcernImported};
use crate::line;
use crate::model::{Outcome, Source, Standing, State};
use crate::permissions::{Authority, Import};
use crate::said::{Field, Invalid, LONGEST_LINE, Part, Said, needed, optional};
use crate::submit::{NewRow, Place, SubmitError, TITLE};

/// Who brings concerns in.
pub type Importer<'a> = Authority<'a, Import>;

/// The most characters of an imported text: real ones run longer than a form allows.
pub const LONGEST_IMPORTED: usize = 20_000;

/// A row of another system's table.
#[derive(Clone, Debug)]
pub struct Imported {
    /// A digest of what names the row in its source: the same row is never brought in twice.
    pub key: [u8; 32],
    /// The import.
    pub batch: Id,
    /// A title; the beginning of the words if not given.
    pub title: Option<String>,
    /// What was asked for.
    pub words: String,
    /// What was answered; an unanswered one comes to the desk.
    pub answer: Option<String>,
    /// When it was answered.
    pub answered_at: Option<Time>,
    /// When it was said.
    pub occurred_at: Time,
    /// Its kind, by the code of our catalogue.
    pub kind: Option<String>,
    /// Where: a town, a community or a grid.
    pub place: Option<UnitId>,
    /// The unit that answered.
    pub handler: Option<UnitId>,
    /// What only staff read, as its number in its source.
    pub note: Option<String>,
}

impl Imported {
    /// A row that says when what was asked for, and nothing else.
    pub fn new(key: [u8; 32], batch: Id, occurred_at: Time, words: impl Into<String>) -> Imported {
        Imported {
            key,
            batch,
            title: None,
            words: words.into(),
            answer: None,
            answered_at: None,
            occurred_at,
            kind: None,
            place: None,
            handler: None,
            note: None,
        }
    }
}

/// What became of a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Brought {
    /// A concern was made of it.
    New {
        /// Its number.
        no: String,
    },
    /// It is a concern already.
    Known {
        /// Its number.
        no: String,
    },
}

const KNOWN: &Sql = sql!("SELECT c.no FROM concern_source s JOIN concern c ON c.id = s.concern WHERE s.key = ?1");
const REMEMBER: &Sql = sql!("INSERT INTO concern_source (key, concern, batch) VALUES (?1, ?2, ?3)");

/// Brings a row in.
///
/// # Errors
/// [`SubmitError`].
pub fn bring_in(tx: &mut Tx, ctx: &Ctx, who: Importer<'_>, input: &Imported) -> Result<Brought, SubmitError> {
    if let Some(no) = tx.opt(KNOWN, p![&input.key], |row| Ok(row.text(0)?.to_owned()))? {
        return Ok(Brought::Known { no });
    }
    let words = needed(&input.words, Field::Words, LONGEST_IMPORTED)?;
    let answer = optional(input.answer.as_deref(), Field::Shown, LONGEST_IMPORTED)?;
    let title = match optional(input.title.as_deref(), Field::Words, LONGEST_LINE)? {
        Some(title) => base::text::clean_line(&title),
        None => base::text::excerpt(&words, TITLE),
    };
    let tree = people::tree(tx)?;
    if tree.district().is_none() {
        return Err(SubmitError::NoDistrict);
    }
    let place = Place::of(&tree, input.place)?;
    if let Some(kind) = &input.kind
        // What was of a kind stays of it, also once that has ended.
        && catalogue::kind(tx, kind)?.is_none()
    {
        return Err(Invalid::Unknown(Field::Kind).into());
    }
    let handler = input.handler.filter(|_| answer.is_some());
    if handler.is_some_and(|unit| tree.get(unit).is_none()) {
        return Err(Invalid::Unknown(Field::Place).into());
    }
    let desk = line::desk(&*tree, input.place, &[], &[]).ok_or(SubmitError::NoDistrict)?;
    let mut now = Standing::received(ctx.rules(), ctx.now, desk, input.kind.clone(), false, Vec::new());
    let occurred_at = input.occurred_at.min(ctx.now);
    let answered_at = answer.as_ref().map(|_| input.answered_at.unwrap_or(occurred_at).min(ctx.now));
    if let Some(at) = answered_at {
        now.state = State::Archived;
        now.holder = None;
        now.due = None;
        now.outcome = Some(Outcome::Answered);
        now.closed_at = Some(at);
        now.handler = handler;
    }
    let id: ConcernId = ctx.id();
    let batch = Some(input.batch);
    let row = NewRow { secret: None, title: &title, source: Source::Import, place: &place, occurred_at, registered_by: None, batch };
    let no = row.insert(tx, ctx, id, &base::number::draw(ctx), None, None, false, false, &now)?;
    tx.exec(REMEMBER, p![&input.key, id, input.batch])?;
    if let Some(unit) = now.handler {
        involve(tx, &tree, id, unit)?;
    }
    let mut said = Said::default();
    said.open(ctx, Part::Words, words);
    said.maybe(ctx, Part::Shown, answer);
    said.maybe(ctx, Part::Note, optional(input.note.as_deref(), Field::Note, LONGEST_IMPORTED)?);
    let salt = said.salt(Part::Words).copied().unwrap_or_default();
    let facts = ConcernImported {
        no: no.clone(),
        key: record::hex(&input.key),
        kind: now.kind,
        place: place.place,
        town: place.town,
        community: place.community,
        desk,
        handler: now.handler,
        answered_at,
        due: now.due,
        title: record::text_digest_hex(&salt, &title),
        texts: said.texts(),
    };
    let about = About { occurred_at, actor: who.actor(), unit: now.handler.or(Some(desk)), subject: id.0, batch };
    let event = record::append(tx, ctx, about, &facts)?;
    said.write(tx, id, event)?;
    Ok(Brought::New { no })
}

/// What undoing a piece of an import did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Undone {
    /// Concerns taken out again.
    pub undone: usize,
    /// Numbers of those that were worked on since and stay.
    pub kept: Vec<String>,
    /// Where the next piece begins; nothing when all is done.
    pub next: Option<ConcernId>,
}

/// Walks `concern_batch`.
const OF_BATCH: &Sql = sql!("SELECT id, no, v FROM concern WHERE batch = ?1 AND id > ?2 ORDER BY id LIMIT ?3");
const FORGET_SOURCE: &Sql = sql!("DELETE FROM concern_source WHERE concern = ?1");
const FORGET_TEXT: &Sql = sql!("DELETE FROM concern_text WHERE concern = ?1");
const FORGET_UNIT: &Sql = sql!("DELETE FROM concern_unit WHERE concern = ?1");
const FORGET_PHOTO: &Sql = sql!("DELETE FROM concern_photo WHERE concern = ?1");
const FORGET: &Sql = sql!("DELETE FROM concern WHERE id = ?1");

/// Takes a piece of an import out again, at most `limit` concerns after `after`. What was worked on
/// since stays, and is named.
///
/// # Errors
/// Only the store's.
pub fn undo_import(
    tx: &mut Tx,
    ctx: &Ctx,
    who: Importer<'_>,
    batch: Id,
    after: Option<ConcernId>,
    limit: u32,
) -> Result<Undone, StoreError> {
    let rows = tx.all(OF_BATCH, p![batch, after.unwrap_or_default(), limit], |row| {
        Ok((row.id::<ConcernId>(0)?, row.text(1)?.to_owned(), row.int(2)?))
    })?;
    let mut done =
        Undone { next: rows.last().map(|row| row.0).filter(|_| rows.len() == usize::try_from(limit).unwrap_or(0)), ..Undone::default() };
    for (id, no, v) in rows {
        // What others are merged into stays as well, though nothing was done to it.
        if v > 1 || !crate::merge::merged(tx, id)?.is_empty() {
            done.kept.push(no);
            continue;
        }
        for forget in [FORGET_SOURCE, FORGET_TEXT, FORGET_UNIT, FORGET_PHOTO, FORGET] {
            tx.exec(forget, p![id])?;
        }
        blobs::release(tx, id.0)?;
        let about = About { occurred_at: ctx.now, actor: who.actor(), unit: None, subject: id.0, batch: Some(batch) };
        record::append(tx, ctx, about, &ConcernImportUndone { no })?;
        done.undone += 1;
    }
    Ok(done)
}
