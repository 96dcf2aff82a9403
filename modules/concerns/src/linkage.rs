//! Up and down the four levels (四级联动): a unit passes a concern to the one above, or to one below.

use base::{Ctx, UnitId};
use people::Proof;
use store::Tx;

use crate::concern::{Done, StepError, due_of, open, set, tell};
use crate::dispatch::{Exception, is_for_departments};
use crate::events::{ConcernEscalated, ConcernSentDown};
use crate::model::{NotNow, Step};
use crate::permissions::Handle;
use crate::said::{Field, LONGEST_NOTE, Part, Said, needed, optional};

/// The form for the unit above.
#[derive(Clone, Debug)]
pub struct Escalate {
    /// The form's key.
    pub op_key: [u8; 16],
    /// Which concern.
    pub no: String,
    /// The version that the form showed.
    pub v: i64,
    /// What cannot be done here.
    pub reason: String,
    /// A word to the resident.
    pub shown: Option<String>,
}

/// Passes it to the unit above.
///
/// # Errors
/// [`StepError`].
pub fn escalate(tx: &mut Tx, ctx: &Ctx, who: &Proof<Handle>, input: &Escalate) -> Result<Done, StepError> {
    store::once(tx, ctx.now, &input.op_key, "concerns.escalate", who.person().bytes(), |tx| {
        let (concern, tree) = open(tx, who, &input.no, input.v)?;
        let from = concern.held_by(tx, ctx, &tree, who)?;
        let said = said(ctx, &input.reason, input.shown.as_deref())?;
        concern.keeps_caller(tx, ctx, &tree, who, &said)?;
        let then = concern.after(tx, ctx, &tree, &Step::Escalate)?;
        let unit = then.holder.ok_or(NotNow::State)?;
        let done = concern.save(tx, &tree, &then)?;
        let (due, object_by) = (due_of(&then)?, set(then.object_by)?);
        let facts = ConcernEscalated { v: done.v, from, unit, due, object_by, texts: said.texts() };
        tell(tx, ctx, concern.id, who.actor(), Some(from), &facts, &said)?;
        Ok(done)
    })
}

/// The form for a unit below.
#[derive(Clone, Debug)]
pub struct SendDown {
    /// The form's key.
    pub op_key: [u8; 16],
    /// Which concern.
    pub no: String,
    /// The version that the form showed.
    pub v: i64,
    /// To whom: a unit directly below the holder.
    pub unit: UnitId,
    /// What is to be done.
    pub reason: String,
    /// Why a department's duty is given to a community or a grid all the same.
    pub exception: Option<String>,
    /// A word to the resident.
    pub shown: Option<String>,
}

/// Passes it to a unit directly below.
///
/// # Errors
/// [`StepError`].
pub fn send_down(tx: &mut Tx, ctx: &Ctx, who: &Proof<Handle>, input: &SendDown) -> Result<Done, StepError> {
    store::once(tx, ctx.now, &input.op_key, "concerns.send_down", who.person().bytes(), |tx| {
        let (concern, tree) = open(tx, who, &input.no, input.v)?;
        let from = concern.held_by(tx, ctx, &tree, who)?;
        let for_departments = match &concern.now.kind {
            Some(kind) => is_for_departments(tx, &tree, kind)?,
            None => false,
        };
        let exception = Exception::of(&tree, for_departments, input.unit, input.exception.as_deref())?;
        let reason = exception.with(Some(needed(&input.reason, Field::Note, LONGEST_NOTE)?)).unwrap_or_default();
        let mut said = Said::default();
        said.open(ctx, Part::Note, reason);
        said.maybe(ctx, Part::Shown, optional(input.shown.as_deref(), Field::Shown, LONGEST_NOTE)?);
        concern.keeps_caller(tx, ctx, &tree, who, &said)?;
        let departments_only = for_departments && exception.0.is_none();
        let then = concern.after(tx, ctx, &tree, &Step::SendDown { unit: input.unit, departments_only })?;
        let done = concern.save(tx, &tree, &then)?;
        let (due, object_by) = (due_of(&then)?, set(then.object_by)?);
        let facts =
            ConcernSentDown { v: done.v, from, unit: input.unit, due, object_by, exception: exception.0.is_some(), texts: said.texts() };
        tell(tx, ctx, concern.id, who.actor(), Some(from), &facts, &said)?;
        Ok(done)
    })
}

fn said(ctx: &Ctx, reason: &str, shown: Option<&str>) -> Result<Said, StepError> {
    let mut said = Said::default();
    said.open(ctx, Part::Note, needed(reason, Field::Note, LONGEST_NOTE)?);
    said.maybe(ctx, Part::Shown, optional(shown, Field::Shown, LONGEST_NOTE)?);
    Ok(said)
}
