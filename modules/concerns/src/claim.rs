//! Somebody of the unit takes a concern into their hands, and then speaks to the resident.

use base::Ctx;
use people::Proof;
use store::Tx;

use crate::concern::{Concern, Done, StepError, due_of, open, tell};
use crate::events::{ConcernClaimed, ConcernContacted};
use crate::model::{Channel, Step};
use crate::permissions::Handle;
use crate::said::{Field, LONGEST_NOTE, Part, Said, optional};

/// The form of who takes it.
#[derive(Clone, Debug)]
pub struct Claim {
    /// The form's key.
    pub op_key: [u8; 16],
    /// Which concern.
    pub no: String,
    /// The version that the form showed.
    pub v: i64,
}

/// Takes it.
///
/// # Errors
/// [`StepError`].
pub fn claim(tx: &mut Tx, ctx: &Ctx, who: &Proof<Handle>, input: &Claim) -> Result<Done, StepError> {
    store::once(tx, ctx.now, &input.op_key, "concerns.claim", who.person().bytes(), |tx| {
        let (concern, tree) = open(tx, who, &input.no, input.v)?;
        let unit = concern.held_by(tx, ctx, &tree, who)?;
        let then = concern.after(tx, ctx, &tree, &Step::Claim { person: who.person() })?;
        let done = concern.save(tx, &tree, &then)?;
        let facts = ConcernClaimed { v: done.v, unit, in_time: is_in_time(ctx, &concern), due: due_of(&then)? };
        tell(tx, ctx, concern.id, who.actor(), Some(unit), &facts, &Said::default())?;
        Ok(done)
    })
}

/// Whether the step that is taken now meets the present deadline.
fn is_in_time(ctx: &Ctx, concern: &Concern) -> bool {
    concern.now.due.as_ref().is_none_or(|due| ctx.now <= due.at)
}

/// The form of who spoke to the resident.
#[derive(Clone, Debug)]
pub struct FirstContact {
    /// The form's key.
    pub op_key: [u8; 16],
    /// Which concern.
    pub no: String,
    /// The version that the form showed.
    pub v: i64,
    /// By which way.
    pub channel: Channel,
    /// What was agreed, for the resident to read.
    pub shown: Option<String>,
    /// A note for staff.
    pub note: Option<String>,
}

/// Writes down that somebody has spoken to the resident, once in each round: the handler, or the desk with a caller whom the
/// handler may not know.
///
/// # Errors
/// [`StepError`].
pub fn first_contact(tx: &mut Tx, ctx: &Ctx, who: &Proof<Handle>, input: &FirstContact) -> Result<Done, StepError> {
    store::once(tx, ctx.now, &input.op_key, "concerns.first_contact", who.person().bytes(), |tx| {
        let (concern, tree) = open(tx, who, &input.no, input.v)?;
        let unit = if concern.confidential {
            concern.on_desk_of(&tree, who)?;
            concern.now.desk
        } else {
            concern.held_by(tx, ctx, &tree, who)?
        };
        let mut said = Said::default();
        said.maybe(ctx, Part::Shown, optional(input.shown.as_deref(), Field::Shown, LONGEST_NOTE)?);
        concern.keeps_caller(tx, ctx, &tree, who, &said)?;
        // What came of speaking with a confidential caller handlers do not read.
        said.maybe(ctx, Part::Note, optional(input.note.as_deref(), Field::Note, LONGEST_NOTE)?);
        let then = concern.after(tx, ctx, &tree, &Step::FirstContact)?;
        let done = concern.save(tx, &tree, &then)?;
        let facts = ConcernContacted {
            v: done.v,
            unit,
            channel: input.channel,
            in_time: is_in_time(ctx, &concern),
            due: due_of(&then)?,
            texts: said.texts(),
        };
        tell(tx, ctx, concern.id, who.actor(), Some(unit), &facts, &said)?;
        Ok(done)
    })
}
