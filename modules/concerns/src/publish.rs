//! What everybody may read of a concern: a text that one person of the desk wrote, without what gives
//! anybody away, and that a second one published. Only where the resident agreed, never of a confidential
//! caller, never about a unit or a person, never of an import. It can be withdrawn at any time.

use base::{Ctx, PersonId, Time};
use people::Proof;
use record::EventId;
use serde::{Deserialize, Serialize};
use store::{Row, Sql, StoreError, Tx, p, sql};

use crate::concern::{Concern, ConcernId, Done, StepError, find, tell};
use crate::events::{ConcernPublicationProposed, ConcernPublicationReturned, ConcernPublicationWithdrawn, ConcernPublished};
use crate::model::{NotNow, Source, codes};
use crate::permissions::Desk;
use crate::said::{Field, LONGEST, LONGEST_NOTE, Part, Said, needed, optional};

codes! {
    /// What became of a text for everybody.
    Shown {
        /// A second person has not looked at it yet.
        Waiting = "waiting",
        /// Everybody reads it.
        Published = "published",
        /// It was given back.
        Returned = "returned",
        /// It was public once, or was written anew before anybody looked at it.
        Withdrawn = "withdrawn",
    }
}

/// A text for everybody, as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publication {
    /// The event that brought it, with which the texts lie.
    pub event: EventId,
    /// What became of it.
    pub state: Shown,
    /// Who wrote it.
    pub written_by: PersonId,
    /// Who decided on it.
    pub decided_by: Option<PersonId>,
    /// When it was published.
    pub published_at: Option<Time>,
}

/// The writer's form.
#[derive(Clone, Debug)]
pub struct Propose {
    /// The form's key.
    pub op_key: [u8; 16],
    /// Which concern.
    pub no: String,
    /// What everybody may read of what happened.
    pub words: String,
    /// What everybody may read of the answer.
    pub answer: Option<String>,
}

/// The second person's form.
#[derive(Clone, Debug)]
pub struct Judge {
    /// The form's key.
    pub op_key: [u8; 16],
    /// Which concern.
    pub no: String,
    /// Which text: the event that brought it.
    pub of: EventId,
    /// Whether everybody may read it.
    pub pass: bool,
    /// Why it is given back.
    pub reason: Option<String>,
}

/// The form that takes it back.
#[derive(Clone, Debug)]
pub struct Withdraw {
    /// The form's key.
    pub op_key: [u8; 16],
    /// Which concern.
    pub no: String,
    /// Why.
    pub reason: String,
}

const INSERT: &Sql = sql!("INSERT INTO concern_publication (event, concern, state, written_by) VALUES (?1, ?2, 'waiting', ?3)");
/// By the primary key; what was decided on meanwhile is left alone.
const DECIDE: &Sql =
    sql!("UPDATE concern_publication SET state = ?2, decided_by = ?3, published_at = ?4 WHERE event = ?1 AND state = 'waiting'");
/// Walks `concern_publication_by_concern`, a handful of rows.
const END: &Sql = sql!("UPDATE concern_publication SET state = 'withdrawn' WHERE concern = ?1 AND state = ?2");
const OF_CONCERN: &Sql =
    sql!("SELECT event, state, written_by, decided_by, published_at FROM concern_publication WHERE concern = ?1 ORDER BY event");
/// Walks `concern_publication_waiting`.
const WAITING: &Sql = sql!("SELECT concern, event FROM concern_publication WHERE state = 'waiting' ORDER BY event LIMIT ?1");
/// The whole table, for comparing it with the record.
const ALL: &Sql = sql!("SELECT event, state, written_by, decided_by, published_at FROM concern_publication ORDER BY event");

fn read(row: &Row) -> Result<Publication, StoreError> {
    let state = row.text(1)?;
    Ok(Publication {
        event: EventId(row.id(0)?),
        state: Shown::from_code(state).ok_or_else(|| StoreError::unknown("concern_publication", "state", state))?,
        written_by: row.id(2)?,
        decided_by: row.opt_id(3)?,
        published_at: row.opt_time(4)?,
    })
}

pub(crate) fn of_concern(tx: &mut Tx, concern: ConcernId) -> Result<Vec<Publication>, StoreError> {
    tx.all(OF_CONCERN, p![concern], read)
}

pub(crate) fn all(tx: &mut Tx) -> Result<Vec<Publication>, StoreError> {
    tx.all(ALL, p![], read)
}

/// Texts that wait for a second person, the longest waiting first.
pub(crate) fn waiting(tx: &mut Tx, most: i64) -> Result<Vec<(ConcernId, EventId)>, StoreError> {
    tx.all(WAITING, p![most], |row| Ok((row.id(0)?, EventId(row.id(1)?))))
}

impl Concern {
    /// Whether anything of it may be shown to everybody, once it is written and looked at.
    pub fn may_be_public(&self) -> bool {
        let about_nobody = self.about_unit.is_none() && self.about_person.is_none() && self.now.bars.is_empty();
        self.may_publish && !self.confidential && about_nobody && self.source != Source::Import && self.now.handler.is_some()
    }

    /// The text that everybody reads, if there is one.
    pub fn public_text(&self) -> Option<Publication> {
        self.publications.iter().find(|text| text.state == Shown::Published).copied()
    }

    /// The text that waits for a second look.
    pub fn proposed_text(&self) -> Option<Publication> {
        self.publications.iter().find(|text| text.state == Shown::Waiting).copied()
    }
}

/// The concern, for somebody of its desk.
fn at_desk(tx: &mut Tx, who: &Proof<Desk>, no: &str) -> Result<Concern, StepError> {
    let concern = find(tx, no)?.ok_or(StepError::NotFound)?;
    let tree = people::tree(tx)?;
    if concern.is_hidden_from(tx, &tree, who.person(), who.unit())? {
        return Err(StepError::NotFound);
    }
    concern.on_desk_of(&tree, who)?;
    Ok(concern)
}

fn done(concern: Concern) -> Done {
    let now = concern.now;
    Done { no: concern.no, v: concern.v, state: now.state, holder: now.holder, due: now.due }
}

/// Writes what everybody may read. Nobody reads it before a second person has published it.
///
/// # Errors
/// [`StepError`]; [`NotNow::NotPublic`] where nothing of the concern may be public.
pub fn propose(tx: &mut Tx, ctx: &Ctx, who: &Proof<Desk>, input: &Propose) -> Result<Done, StepError> {
    store::once(tx, ctx.now, &input.op_key, "concerns.propose", who.person().bytes(), |tx| {
        let concern = at_desk(tx, who, &input.no)?;
        if !concern.may_be_public() {
            return Err(NotNow::NotPublic.into());
        }
        let mut said = Said::default();
        said.open(ctx, Part::Words, needed(&input.words, Field::Words, LONGEST)?);
        said.maybe(ctx, Part::Shown, optional(input.answer.as_deref(), Field::Shown, LONGEST)?);
        tx.exec(END, p![concern.id, Shown::Waiting.code()])?;
        let facts = ConcernPublicationProposed { texts: said.texts() };
        let event = tell(tx, ctx, concern.id, who.actor(), Some(concern.now.desk), &facts, &said)?;
        tx.exec(INSERT, p![event.0, concern.id, who.person()])?;
        Ok(done(concern))
    })
}

/// Publishes a text that somebody else wrote, or gives it back with a reason.
///
/// # Errors
/// [`StepError`]; [`NotNow::OwnText`] for who wrote it.
pub fn judge(tx: &mut Tx, ctx: &Ctx, who: &Proof<Desk>, input: &Judge) -> Result<Done, StepError> {
    store::once(tx, ctx.now, &input.op_key, "concerns.publish", who.person().bytes(), |tx| {
        let concern = at_desk(tx, who, &input.no)?;
        let found = concern.proposed_text().filter(|text| text.event == input.of).ok_or(NotNow::State)?;
        if found.written_by == who.person() {
            return Err(NotNow::OwnText.into());
        }
        if input.pass && !concern.may_be_public() {
            return Err(NotNow::NotPublic.into());
        }
        let (state, at) = if input.pass { (Shown::Published, Some(ctx.now)) } else { (Shown::Returned, None) };
        if input.pass {
            tx.exec(END, p![concern.id, Shown::Published.code()])?;
        }
        if tx.exec(DECIDE, p![input.of.0, state.code(), who.person(), at])? != 1 {
            return Err(NotNow::State.into());
        }
        let mut said = Said::default();
        let desk = Some(concern.now.desk);
        if input.pass {
            tell(tx, ctx, concern.id, who.actor(), desk, &ConcernPublished { of: input.of }, &said)?;
        } else {
            said.open(ctx, Part::Note, needed(input.reason.as_deref().unwrap_or(""), Field::Note, LONGEST_NOTE)?);
            let facts = ConcernPublicationReturned { of: input.of, texts: said.texts() };
            tell(tx, ctx, concern.id, who.actor(), desk, &facts, &said)?;
        }
        Ok(done(concern))
    })
}

/// Takes a text back from the public. One person is enough.
///
/// # Errors
/// [`StepError`].
pub fn withdraw(tx: &mut Tx, ctx: &Ctx, who: &Proof<Desk>, input: &Withdraw) -> Result<Done, StepError> {
    store::once(tx, ctx.now, &input.op_key, "concerns.withdraw", who.person().bytes(), |tx| {
        let concern = at_desk(tx, who, &input.no)?;
        let found = concern.public_text().ok_or(NotNow::State)?;
        let mut said = Said::default();
        said.open(ctx, Part::Note, needed(&input.reason, Field::Note, LONGEST_NOTE)?);
        tx.exec(END, p![concern.id, Shown::Published.code()])?;
        let facts = ConcernPublicationWithdrawn { of: found.event, texts: said.texts() };
        tell(tx, ctx, concern.id, who.actor(), Some(concern.now.desk), &facts, &said)?;
        Ok(done(concern))
    })
}
