//! The resident is asked whether it was solved: by staff outside the line that handled it, or on the
//! page of the receipt. "Solved" closes the concern in the same transaction, "not solved" opens it again.

use base::Ctx;
use people::Proof;
use record::Actor;
use store::{StoreError, Tx};

use crate::concern::{Concern, Done, StepError, get, open, tell};
use crate::events::{ConcernCalledBack, ConcernTried};
use crate::model::{Channel, Step};
use crate::permissions;
use crate::receipt::Holder;
use crate::said::{Field, LONGEST_NOTE, Part, Said, optional};

/// What the resident says.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// Whether the handler had spoken to them.
    pub contacted: Option<bool>,
    /// Whether it was solved.
    pub solved: bool,
    /// Whether they are satisfied.
    pub satisfied: Option<bool>,
    /// In their own words.
    pub words: Option<String>,
}

/// The caller's form.
#[derive(Clone, Debug)]
pub struct CallBack {
    /// The form's key.
    pub op_key: [u8; 16],
    /// Which concern.
    pub no: String,
    /// The version that the form showed.
    pub v: i64,
    /// By which way they were called.
    pub channel: Channel,
    /// What they said; nothing if nobody answered.
    pub answer: Option<Answer>,
    /// A note for staff.
    pub note: Option<String>,
}

/// Writes down what the resident said, or that nobody answered.
///
/// # Errors
/// [`StepError`].
pub fn call_back(tx: &mut Tx, ctx: &Ctx, who: &Proof<permissions::CallBack>, input: &CallBack) -> Result<Done, StepError> {
    store::once(tx, ctx.now, &input.op_key, "concerns.call_back", who.person().bytes(), |tx| {
        let (concern, tree) = open(tx, who, &input.no, input.v)?;
        concern.called_by(&tree, who)?;
        let note = optional(input.note.as_deref(), Field::Note, LONGEST_NOTE)?;
        if let Some(answer) = &input.answer {
            let call = Call { channel: input.channel, caller: Some(who.unit()), actor: who.actor(), note };
            return record_answer(tx, ctx, &concern, answer, call);
        }
        let mut said = Said::default();
        said.maybe(ctx, Part::Note, note);
        let then = concern.after(tx, ctx, &tree, &Step::Try)?;
        let done = concern.save(tx, &tree, &then)?;
        let facts = ConcernTried { v: done.v, channel: input.channel, caller: who.unit(), texts: said.texts() };
        tell(tx, ctx, concern.id, who.actor(), concern.now.handler, &facts, &said)?;
        Ok(done)
    })
}

/// The resident answers by the receipt.
///
/// # Errors
/// [`StepError`].
pub fn answer(tx: &mut Tx, ctx: &Ctx, holder: &Holder, op_key: &[u8; 16], input: &Answer) -> Result<Done, StepError> {
    store::once(tx, ctx.now, op_key, "concerns.answer", holder.concern().bytes(), |tx| {
        let concern = get(tx, holder.concern())?.ok_or(StepError::NotFound)?;
        record_answer(tx, ctx, &concern, input, Call { channel: Channel::Receipt, caller: None, actor: Actor::Resident, note: None })
    })
}

struct Call {
    channel: Channel,
    caller: Option<base::UnitId>,
    actor: Actor,
    note: Option<String>,
}

fn record_answer(tx: &mut Tx, ctx: &Ctx, concern: &Concern, answer: &Answer, call: Call) -> Result<Done, StepError> {
    let tree = people::tree(tx)?;
    let mut said = Said::default();
    if let Some(words) = optional(answer.words.as_deref(), Field::Words, LONGEST_NOTE)? {
        said.own(ctx, Part::Words, words, concern.confidential);
    }
    said.maybe(ctx, Part::Note, call.note);
    let then = concern.after(tx, ctx, &tree, &Step::Answer { solved: answer.solved })?;
    let done = concern.save(tx, &tree, &then)?;
    let facts = ConcernCalledBack {
        v: done.v,
        channel: call.channel,
        caller: call.caller,
        // The handler of a confidential concern may not be in touch with the caller: nobody is asked whether they were.
        contacted: answer.contacted.filter(|_| !concern.confidential),
        solved: answer.solved,
        satisfied: answer.satisfied,
        due: then.due.clone(),
        texts: said.texts(),
    };
    if facts.due.is_some() == answer.solved {
        return Err(StoreError::Other("an answer that neither closed nor opened".into()).into());
    }
    tell(tx, ctx, concern.id, call.actor, concern.now.handler, &facts, &said)?;
    Ok(done)
}
