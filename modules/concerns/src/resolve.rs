//! The unit answers; the desk looks at the answer.

use base::Ctx;
use people::Proof;
use store::Tx;

use crate::concern::{Done, StepError, due_of, open, tell};
use crate::events::{ConcernResolved, ConcernReturned, ConcernReviewPassed};
use crate::model::{NotNow, Reply, Step};
use crate::permissions::{Desk, Handle};
use crate::said::{Field, Invalid, LONGEST, LONGEST_NOTE, Part, Photo, Said, needed, optional};

/// The handler's form.
#[derive(Clone, Debug)]
pub struct Resolve {
    /// The form's key.
    pub op_key: [u8; 16],
    /// Which concern.
    pub no: String,
    /// The version that the form showed.
    pub v: i64,
    /// The answer to the resident.
    pub answer: String,
    /// What kind of reply it is, where a text says which there are.
    pub reply: Option<Reply>,
    /// Photos that show what was done; they lie among the blobs already.
    pub photos: Vec<Photo>,
    /// A note for the desk.
    pub note: Option<String>,
}

/// Answers.
///
/// # Errors
/// [`StepError`].
pub fn resolve(tx: &mut Tx, ctx: &Ctx, who: &Proof<Handle>, input: &Resolve) -> Result<Done, StepError> {
    store::once(tx, ctx.now, &input.op_key, "concerns.resolve", who.person().bytes(), |tx| {
        let (concern, tree) = open(tx, who, &input.no, input.v)?;
        let unit = concern.held_by(tx, ctx, &tree, who)?;
        // The answer is theirs too who were merged into it.
        for merged in crate::merge::merged(tx, concern.id)? {
            merged.is_unknown_to(tx, ctx, &tree, who.person())?;
        }
        let kinds = Reply::of(concern.now.term.as_deref());
        match input.reply {
            Some(reply) if !kinds.contains(&reply) => return Err(Invalid::Unknown(Field::Reply).into()),
            None if !kinds.is_empty() => return Err(Invalid::Missing(Field::Reply).into()),
            _ => {}
        }
        let mut said = Said::default();
        said.open(ctx, Part::Shown, needed(&input.answer, Field::Shown, LONGEST)?);
        said.maybe(ctx, Part::Note, optional(input.note.as_deref(), Field::Note, LONGEST_NOTE)?);
        said.photos(&input.photos, true)?;
        concern.keeps_caller(tx, ctx, &tree, who, &said)?;
        let then = concern.after(tx, ctx, &tree, &Step::Resolve { person: who.person() })?;
        let done = concern.save(tx, &tree, &then)?;
        let facts = ConcernResolved {
            v: done.v,
            unit,
            in_time: concern.now.resolve_by.is_none_or(|by| ctx.now <= by),
            reply: input.reply,
            due: due_of(&then)?,
            texts: said.texts(),
            photos: said.photo_digests(),
        };
        tell(tx, ctx, concern.id, who.actor(), Some(unit), &facts, &said)?;
        Ok(done)
    })
}

/// The desk's form. Who answered may not fill it.
#[derive(Clone, Debug)]
pub struct Review {
    /// The form's key.
    pub op_key: [u8; 16],
    /// Which concern.
    pub no: String,
    /// The version that the form showed.
    pub v: i64,
    /// Whether the answer is good; the resident is then asked.
    pub pass: bool,
    /// Why not; needed where the answer is given back.
    pub reason: Option<String>,
    /// A word to the resident.
    pub shown: Option<String>,
}

/// Passes the answer, or gives it back to who wrote it.
///
/// # Errors
/// [`StepError`].
pub fn review(tx: &mut Tx, ctx: &Ctx, who: &Proof<Desk>, input: &Review) -> Result<Done, StepError> {
    store::once(tx, ctx.now, &input.op_key, "concerns.review", who.person().bytes(), |tx| {
        let (concern, tree) = open(tx, who, &input.no, input.v)?;
        concern.on_desk_of(&tree, who)?;
        let mut said = Said::default();
        match input.pass {
            true => said.maybe(ctx, Part::Note, optional(input.reason.as_deref(), Field::Note, LONGEST_NOTE)?),
            false => said.open(ctx, Part::Note, needed(input.reason.as_deref().unwrap_or(""), Field::Note, LONGEST_NOTE)?),
        }
        said.maybe(ctx, Part::Shown, optional(input.shown.as_deref(), Field::Shown, LONGEST_NOTE)?);
        concern.keeps_caller(tx, ctx, &tree, who, &said)?;
        let person = who.person();
        let step = if input.pass { Step::Pass { person } } else { Step::Return { person } };
        let then = concern.after(tx, ctx, &tree, &step)?;
        let holder = then.holder.ok_or(NotNow::State)?;
        let done = concern.save(tx, &tree, &then)?;
        let (v, due, texts) = (done.v, due_of(&then)?, said.texts());
        let unit = concern.now.handler;
        if input.pass {
            tell(tx, ctx, concern.id, who.actor(), unit, &ConcernReviewPassed { v, holder, due, texts }, &said)?;
            crate::merge::follow(tx, ctx, &tree, &concern, who.actor())?;
        } else {
            tell(tx, ctx, concern.id, who.actor(), unit, &ConcernReturned { v, unit: holder, due, texts }, &said)?;
            free(tx, ctx, &tree, concern.id, who.actor())?;
        }
        Ok(done)
    })
}

/// Gives a confidential concern back to its unit where who would have it in hand again has come to know the caller.
fn free(tx: &mut Tx, ctx: &Ctx, tree: &people::Tree, id: crate::concern::ConcernId, actor: record::Actor) -> Result<(), StepError> {
    let Some(concern) = crate::concern::get(tx, id)?.filter(|concern| concern.confidential) else { return Ok(()) };
    if let (Some(person), Some(holder)) = (concern.now.assignee, concern.now.holder)
        && concern.is_known_now(tx, ctx, tree, person)?
    {
        crate::hand_over::hand(tx, ctx, actor, tree, &concern, (holder, holder), None)?;
    }
    Ok(())
}
