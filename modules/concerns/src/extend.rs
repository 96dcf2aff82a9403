//! More time for an answer: the handler asks for it before the time is over, somebody else of the desk decides.

use base::Ctx;
use people::Proof;
use store::Tx;

use crate::concern::{Done, StepError, due_of, open, set, tell};
use crate::events::{ConcernExtensionAsked, ConcernExtensionGranted, ConcernExtensionRefused};
use crate::model::{NotNow, Step};
use crate::permissions::{Desk, Handle};
use crate::said::{Field, LONGEST_NOTE, Part, Said, needed, optional};

/// The handler's form.
#[derive(Clone, Debug)]
pub struct AskExtension {
    /// The form's key.
    pub op_key: [u8; 16],
    /// Which concern.
    pub no: String,
    /// The version that the form showed.
    pub v: i64,
    /// Why it takes longer.
    pub reason: String,
}

/// Asks for more time.
///
/// # Errors
/// [`StepError`].
pub fn ask(tx: &mut Tx, ctx: &Ctx, who: &Proof<Handle>, input: &AskExtension) -> Result<Done, StepError> {
    store::once(tx, ctx.now, &input.op_key, "concerns.extend", who.person().bytes(), |tx| {
        let (concern, tree) = open(tx, who, &input.no, input.v)?;
        let unit = concern.held_by(tx, ctx, &tree, who)?;
        let mut said = Said::default();
        said.open(ctx, Part::Note, needed(&input.reason, Field::Note, LONGEST_NOTE)?);
        concern.keeps_caller(tx, ctx, &tree, who, &said)?;
        let then = concern.after(tx, ctx, &tree, &Step::AskExtension { person: who.person() })?;
        let done = concern.save(tx, &tree, &then)?;
        let facts = ConcernExtensionAsked { v: done.v, unit, texts: said.texts() };
        tell(tx, ctx, concern.id, who.actor(), Some(unit), &facts, &said)?;
        Ok(done)
    })
}

/// The desk's form. Who asked may not fill it.
#[derive(Clone, Debug)]
pub struct DecideExtension {
    /// The form's key.
    pub op_key: [u8; 16],
    /// Which concern.
    pub no: String,
    /// The version that the form showed.
    pub v: i64,
    /// Whether more time is given.
    pub grant: bool,
    /// What the resident is told of it, where it is given; the reason for the unit, where it is not.
    pub reason: String,
}

/// Gives more time, or does not.
///
/// # Errors
/// [`StepError`].
pub fn decide(tx: &mut Tx, ctx: &Ctx, who: &Proof<Desk>, input: &DecideExtension) -> Result<Done, StepError> {
    store::once(tx, ctx.now, &input.op_key, "concerns.extension", who.person().bytes(), |tx| {
        let (concern, tree) = open(tx, who, &input.no, input.v)?;
        concern.on_desk_of(&tree, who)?;
        let mut said = Said::default();
        if input.grant {
            said.open(ctx, Part::Shown, needed(&input.reason, Field::Note, LONGEST_NOTE)?);
        } else {
            said.maybe(ctx, Part::Note, optional(Some(&input.reason), Field::Note, LONGEST_NOTE)?);
        }
        concern.keeps_caller(tx, ctx, &tree, who, &said)?;
        let person = who.person();
        let step = if input.grant { Step::GrantExtension { person } } else { Step::RefuseExtension { person } };
        let then = concern.after(tx, ctx, &tree, &step)?;
        let unit = concern.now.handler.ok_or(NotNow::State)?;
        let done = concern.save(tx, &tree, &then)?;
        let (v, texts) = (done.v, said.texts());
        if input.grant {
            let facts = ConcernExtensionGranted { v, unit, due: due_of(&then)?, resolve_by: set(then.resolve_by)?, texts };
            tell(tx, ctx, concern.id, who.actor(), Some(unit), &facts, &said)?;
        } else {
            tell(tx, ctx, concern.id, who.actor(), Some(unit), &ConcernExtensionRefused { v, unit, texts }, &said)?;
        }
        Ok(done)
    })
}
