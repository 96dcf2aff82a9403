//! A unit says that a concern is not its matter, and the desk decides on it.

use base::Ctx;
use people::Proof;
use store::Tx;

use crate::concern::{Done, StepError, due_of, open, tell};
use crate::events::{ConcernObjected, ConcernObjectionRefused, ConcernObjectionUpheld};
use crate::model::{NotNow, Step};
use crate::permissions::{Desk, Handle};
use crate::said::{Field, LONGEST_NOTE, Part, Said, needed, optional};

/// The unit's form.
#[derive(Clone, Debug)]
pub struct Object {
    /// The form's key.
    pub op_key: [u8; 16],
    /// Which concern.
    pub no: String,
    /// The version that the form showed.
    pub v: i64,
    /// Why it is not this unit's matter.
    pub reason: String,
}

/// Says that it is not the holder's matter. The desk has it now.
///
/// # Errors
/// [`StepError`].
pub fn object(tx: &mut Tx, ctx: &Ctx, who: &Proof<Handle>, input: &Object) -> Result<Done, StepError> {
    store::once(tx, ctx.now, &input.op_key, "concerns.object", who.person().bytes(), |tx| {
        let (concern, tree) = open(tx, who, &input.no, input.v)?;
        let unit = concern.held_by(tx, ctx, &tree, who)?;
        let mut said = Said::default();
        said.open(ctx, Part::Note, needed(&input.reason, Field::Note, LONGEST_NOTE)?);
        concern.keeps_caller(tx, ctx, &tree, who, &said)?;
        let then = concern.after(tx, ctx, &tree, &Step::Object)?;
        let done = concern.save(tx, &tree, &then)?;
        let facts = ConcernObjected { v: done.v, unit, due: due_of(&then)?, texts: said.texts() };
        tell(tx, ctx, concern.id, who.actor(), Some(unit), &facts, &said)?;
        Ok(done)
    })
}

/// The desk's decision.
#[derive(Clone, Debug)]
pub struct Decide {
    /// The form's key.
    pub op_key: [u8; 16],
    /// Which concern.
    pub no: String,
    /// The version that the form showed.
    pub v: i64,
    /// Whether the objection is right: it is then dispatched again, and never to that unit.
    pub uphold: bool,
    /// Why; needed where the objection is refused.
    pub reason: Option<String>,
    /// A word to the resident.
    pub shown: Option<String>,
}

/// Decides on an objection.
///
/// # Errors
/// [`StepError`].
pub fn decide(tx: &mut Tx, ctx: &Ctx, who: &Proof<Desk>, input: &Decide) -> Result<Done, StepError> {
    store::once(tx, ctx.now, &input.op_key, "concerns.decide", who.person().bytes(), |tx| {
        let (concern, tree) = open(tx, who, &input.no, input.v)?;
        concern.on_desk_of(&tree, who)?;
        let mut said = Said::default();
        match input.uphold {
            true => said.maybe(ctx, Part::Note, optional(input.reason.as_deref(), Field::Note, LONGEST_NOTE)?),
            false => said.open(ctx, Part::Note, needed(input.reason.as_deref().unwrap_or(""), Field::Note, LONGEST_NOTE)?),
        }
        said.maybe(ctx, Part::Shown, optional(input.shown.as_deref(), Field::Shown, LONGEST_NOTE)?);
        concern.keeps_caller(tx, ctx, &tree, who, &said)?;
        let step = if input.uphold { Step::Uphold } else { Step::Refuse };
        let then = concern.after(tx, ctx, &tree, &step)?;
        let unit = concern.now.handler.ok_or(NotNow::State)?;
        let done = concern.save(tx, &tree, &then)?;
        let (v, due, texts) = (done.v, due_of(&then)?, said.texts());
        if input.uphold {
            tell(tx, ctx, concern.id, who.actor(), Some(unit), &ConcernObjectionUpheld { v, unit, due, texts }, &said)?;
        } else {
            tell(tx, ctx, concern.id, who.actor(), Some(unit), &ConcernObjectionRefused { v, unit, due, texts }, &said)?;
        }
        Ok(done)
    })
}
