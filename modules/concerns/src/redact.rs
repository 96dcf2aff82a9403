//! What handlers of a confidential concern read: one person of the desk writes it, without what gives the
//! caller away, and a second one approves it. Until then nobody who handles the concern reads anything.

use std::sync::Arc;

use base::{Ctx, PersonId};
use people::{Proof, Tree};
use record::EventId;
use serde::{Deserialize, Serialize};
use store::{Row, Sql, StoreError, Tx, p, sql};

use crate::concern::{Concern, ConcernId, Done, StepError, find, tell};
use crate::events::{ConcernRedacted, ConcernRedactionApproved, ConcernRedactionReturned, Happened};
use crate::model::{NotNow, codes};
use crate::permissions::Desk;
use crate::said::{Field, Invalid, LONGEST, LONGEST_NOTE, Part, Said, needed};

codes! {
    /// What became of a text for handlers.
    Judged {
        /// A second person has not looked at it yet.
        Waiting = "waiting",
        /// Handlers read it.
        Approved = "approved",
        /// It still gives the caller away, or leaves out what handlers need.
        Returned = "returned",
    }
}

/// A text for handlers, as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redaction {
    /// The event that brought it, with which the text lies.
    pub event: EventId,
    /// What the caller said later, by the last of its events; nothing where it stands for the words of the beginning.
    pub of: Option<EventId>,
    /// What became of it.
    pub state: Judged,
    /// Whether handlers may see the photos too.
    pub share_photos: bool,
    /// Who wrote it.
    pub written_by: PersonId,
    /// Who decided on it.
    pub decided_by: Option<PersonId>,
}

/// The writer's form.
#[derive(Clone, Debug)]
pub struct Redact {
    /// The form's key.
    pub op_key: [u8; 16],
    /// Which concern.
    pub no: String,
    /// What the caller said later, by its event; nothing for the words of the beginning.
    pub of: Option<EventId>,
    /// What handlers may read.
    pub handlers: String,
    /// Whether handlers may see the photos sent so far.
    pub share_photos: bool,
}

/// The second person's form.
#[derive(Clone, Debug)]
pub struct Approve {
    /// The form's key.
    pub op_key: [u8; 16],
    /// Which concern.
    pub no: String,
    /// Which text: the event that brought it.
    pub of: EventId,
    /// Whether handlers may read it.
    pub pass: bool,
    /// Why it is given back.
    pub reason: Option<String>,
}

const INSERT: &Sql =
    sql!("INSERT INTO concern_redaction (event, concern, of, state, share_photos, written_by) VALUES (?1, ?2, ?3, 'waiting', ?4, ?5)");
/// By the primary key; a text that was decided on meanwhile is left alone.
const DECIDE: &Sql = sql!("UPDATE concern_redaction SET state = ?2, decided_by = ?3 WHERE event = ?1 AND state = 'waiting'");
/// Walks `concern_redaction_by_concern`, a handful of rows.
const OF_CONCERN: &Sql =
    sql!("SELECT event, of, state, share_photos, written_by, decided_by FROM concern_redaction WHERE concern = ?1 ORDER BY event");
/// Walks `concern_redaction_waiting`.
const WAITING: &Sql = sql!("SELECT concern, event FROM concern_redaction WHERE state = 'waiting' ORDER BY event LIMIT ?1");
/// The whole table, for comparing it with the record.
const ALL: &Sql = sql!("SELECT event, of, state, share_photos, written_by, decided_by, concern FROM concern_redaction ORDER BY event");

fn read(row: &Row) -> Result<Redaction, StoreError> {
    let state = row.text(2)?;
    Ok(Redaction {
        event: EventId(row.id(0)?),
        of: row.opt_id(1)?.map(EventId),
        state: Judged::from_code(state).ok_or_else(|| StoreError::unknown("concern_redaction", "state", state))?,
        share_photos: row.bool(3)?,
        written_by: row.id(4)?,
        decided_by: row.opt_id(5)?,
    })
}

/// The texts for handlers of a concern, oldest first.
pub(crate) fn of_concern(tx: &mut Tx, concern: ConcernId) -> Result<Vec<Redaction>, StoreError> {
    tx.all(OF_CONCERN, p![concern], read)
}

/// All texts for handlers, for comparing.
pub(crate) fn all(tx: &mut Tx) -> Result<Vec<(ConcernId, Redaction)>, StoreError> {
    tx.all(ALL, p![], |row| Ok((row.id(6)?, read(row)?)))
}

/// Texts that wait for a second person, the longest waiting first.
pub(crate) fn waiting(tx: &mut Tx, most: i64) -> Result<Vec<(ConcernId, EventId)>, StoreError> {
    tx.all(WAITING, p![most], |row| Ok((row.id(0)?, EventId(row.id(1)?))))
}

/// The concern, for somebody of its desk, while handlers are to read something of it.
fn at_desk(tx: &mut Tx, who: &Proof<Desk>, no: &str) -> Result<(Concern, Arc<Tree>), StepError> {
    let concern = find(tx, no)?.ok_or(StepError::NotFound)?;
    let tree = people::tree(tx)?;
    if concern.is_hidden_from(tx, &tree, who.person(), who.unit())? {
        return Err(StepError::NotFound);
    }
    concern.on_desk_of(&tree, who)?;
    if !concern.confidential || !concern.now.is_open() {
        return Err(NotNow::State.into());
    }
    Ok((concern, tree))
}

fn done(concern: Concern) -> Done {
    let now = concern.now;
    Done { no: concern.no, v: concern.v, state: now.state, holder: now.holder, due: now.due }
}

/// Writes what handlers may read. Nobody reads it before a second person has approved it.
///
/// # Errors
/// [`StepError`].
pub fn redact(tx: &mut Tx, ctx: &Ctx, who: &Proof<Desk>, input: &Redact) -> Result<Done, StepError> {
    store::once(tx, ctx.now, &input.op_key, "concerns.redact", who.person().bytes(), |tx| {
        let (concern, tree) = at_desk(tx, who, &input.no)?;
        if let Some(of) = input.of {
            let of = record::find(tx, of)?.filter(|event| event.subject == concern.id.0);
            match of.as_ref().map(Happened::read) {
                Some(Ok(Some(happened))) if is_said_later(&happened) => {}
                _ => return Err(Invalid::Unknown(Field::Words).into()),
            }
        }
        let mut said = Said::default();
        said.open(ctx, Part::Handlers, needed(&input.handlers, Field::Handlers, LONGEST)?);
        concern.keeps_caller(tx, ctx, &tree, who, &said)?;
        let facts = ConcernRedacted { of: input.of, share_photos: input.share_photos, texts: said.texts() };
        let event = tell(tx, ctx, concern.id, who.actor(), Some(concern.now.desk), &facts, &said)?;
        tx.exec(INSERT, p![event.0, concern.id, input.of.map(|of| of.0), input.share_photos, who.person()])?;
        Ok(done(concern))
    })
}

/// Approves a text that somebody else wrote, or gives it back with a reason.
///
/// # Errors
/// [`StepError`]; [`NotNow::OwnText`] for who wrote it.
pub fn approve(tx: &mut Tx, ctx: &Ctx, who: &Proof<Desk>, input: &Approve) -> Result<Done, StepError> {
    store::once(tx, ctx.now, &input.op_key, "concerns.approve", who.person().bytes(), |tx| {
        let (concern, _) = at_desk(tx, who, &input.no)?;
        let found = concern.redactions.iter().find(|text| text.event == input.of).copied().ok_or(NotNow::State)?;
        if found.state != Judged::Waiting {
            return Err(NotNow::State.into());
        }
        if found.written_by == who.person() {
            return Err(NotNow::OwnText.into());
        }
        // What is shared was looked at by both: photos that came since then were seen by neither as ones to share.
        if input.pass && found.share_photos && tx.opt(SINCE, p![concern.id, found.event.0], |_| Ok(()))?.is_some() {
            return Err(NotNow::PhotosSince.into());
        }
        let state = if input.pass { Judged::Approved } else { Judged::Returned };
        if tx.exec(DECIDE, p![input.of.0, state.code(), who.person()])? != 1 {
            return Err(NotNow::State.into());
        }
        let mut said = Said::default();
        let desk = Some(concern.now.desk);
        if input.pass {
            if found.share_photos {
                share(tx, concern.id)?;
            }
            let facts = ConcernRedactionApproved { of: input.of };
            tell(tx, ctx, concern.id, who.actor(), desk, &facts, &said)?;
        } else {
            said.open(ctx, Part::Note, needed(input.reason.as_deref().unwrap_or(""), Field::Note, LONGEST_NOTE)?);
            // Who wrote the text reads it, and nobody else: it may name what is to be taken out.
            let facts = ConcernRedactionReturned { of: input.of, texts: said.texts() };
            tell(tx, ctx, concern.id, who.actor(), desk, &facts, &said)?;
        }
        Ok(done(concern))
    })
}

/// By the primary key: ids are in the order of time.
const SINCE: &Sql = sql!("SELECT 1 FROM concern_photo WHERE concern = ?1 AND event > ?2 AND shared = 0 LIMIT 1");
const SHARE: &Sql = sql!("UPDATE concern_photo SET shared = 1 WHERE concern = ?1 AND shared = 0");

/// Lets handlers see the photos sent so far.
fn share(tx: &mut Tx, concern: ConcernId) -> Result<(), StoreError> {
    tx.exec(SHARE, p![concern]).map(drop)
}

const TEXT: &Sql = sql!("SELECT body, salt FROM concern_text WHERE concern = ?1 AND event = ?2 AND part = 'handlers'");

/// A text for handlers with its salt, with which a title taken from it is digested.
pub(crate) fn text(tx: &mut Tx, concern: ConcernId, event: EventId) -> Result<Option<(String, [u8; 16])>, StoreError> {
    Ok(tx
        .opt(TEXT, p![concern, event.0], |row| Ok((row.opt_text(0)?.map(str::to_owned), row.array(1)?)))?
        .and_then(|(body, salt)| Some((body?, salt))))
}

/// Whether an event brings words or photos of the caller's that came after the beginning: added, with a call-back's answer, or
/// when the concern was opened again.
pub(crate) fn is_said_later(happened: &Happened) -> bool {
    matches!(happened, Happened::ConcernAdded(_) | Happened::ConcernCalledBack(_) | Happened::ConcernReopened(_))
}

impl Concern {
    /// The text that stands for the caller's words, if a second person has approved one.
    pub(crate) fn approved_text(&self) -> Option<EventId> {
        self.redactions.iter().rev().find(|text| text.of.is_none() && text.state == Judged::Approved).map(|text| text.event)
    }

    /// Whether handlers may read the text that came with an event.
    pub(crate) fn handlers_may_read(&self, event: EventId) -> bool {
        self.redactions.iter().any(|text| text.event == event && text.state == Judged::Approved)
    }

    /// The text that waits longest for this person's second look.
    pub fn waits_for(&self, person: PersonId) -> Option<Redaction> {
        self.redactions.iter().find(|text| text.state == Judged::Waiting && text.written_by != person).copied()
    }
}
