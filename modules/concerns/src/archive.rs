//! The desk closes a concern by hand: nobody could be reached, the resident withdrew it, the same matter is
//! followed under another number, or the law has another way for it. Never as "solved": only the resident says that.

use base::Ctx;
use people::Proof;
use store::Tx;

use crate::concern::{Done, StepError, find, open, tell};
use crate::events::ConcernArchived;
use crate::model::{Outcome, Step};
use crate::permissions::Desk;
use crate::said::{Field, Invalid, LONGEST_NOTE, Part, Said, needed, optional};

/// The desk's form.
#[derive(Clone, Debug)]
pub struct Archive {
    /// The form's key.
    pub op_key: [u8; 16],
    /// Which concern.
    pub no: String,
    /// The version that the form showed.
    pub v: i64,
    /// Why: unreachable, withdrawn, duplicate, or the legal way that is open.
    pub outcome: Outcome,
    /// The number under which the same matter is followed, where it is a duplicate.
    pub duplicate_of: Option<String>,
    /// The reason: for staff; where a legal way is open, or the same matter is followed under another number, for the resident.
    pub reason: String,
    /// A word to the resident.
    pub shown: Option<String>,
}

/// Closes it.
///
/// # Errors
/// [`StepError`].
pub fn archive(tx: &mut Tx, ctx: &Ctx, who: &Proof<Desk>, input: &Archive) -> Result<Done, StepError> {
    store::once(tx, ctx.now, &input.op_key, "concerns.archive", who.person().bytes(), |tx| {
        let (concern, tree) = open(tx, who, &input.no, input.v)?;
        concern.on_desk_of(&tree, who)?;
        let duplicate_of = match input.outcome {
            Outcome::Duplicate => {
                let other = input.duplicate_of.as_deref().ok_or(Invalid::Missing(Field::DuplicateOf))?;
                let no = base::number::parse(other).map_err(|_| Invalid::Unknown(Field::DuplicateOf))?;
                let other = find(tx, &no)?.filter(|other| other.id != concern.id).ok_or(Invalid::Unknown(Field::DuplicateOf))?;
                // A number that this person may not know of must not be told apart from one that is not there.
                if other.is_hidden_from(tx, &tree, who.person(), who.unit())? {
                    return Err(Invalid::Unknown(Field::DuplicateOf).into());
                }
                Some(no)
            }
            _ => None,
        };
        let mut said = Said::default();
        let reason = needed(&input.reason, Field::Note, LONGEST_NOTE)?;
        // Whoever is sent elsewhere, or is told that their matter is followed under another number, reads why.
        let is_told = input.outcome.is_told_why();
        said.open(ctx, if is_told { Part::Shown } else { Part::Note }, reason);
        let shown = optional(input.shown.as_deref(), Field::Shown, LONGEST_NOTE)?.filter(|_| !is_told);
        said.maybe(ctx, Part::Shown, shown);
        concern.keeps_caller(tx, ctx, &tree, who, &said)?;
        let then = concern.after(tx, ctx, &tree, &Step::Archive { outcome: input.outcome })?;
        let done = concern.save(tx, &tree, &then)?;
        let facts = ConcernArchived { v: done.v, outcome: input.outcome, duplicate_of, texts: said.texts() };
        tell(tx, ctx, concern.id, who.actor(), concern.now.handler.or(Some(concern.now.desk)), &facts, &said)?;
        crate::merge::release(tx, ctx, &tree, concern.id, who.actor())?;
        Ok(done)
    })
}
