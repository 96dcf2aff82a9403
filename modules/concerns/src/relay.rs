//! The desk writes for the handlers of a confidential concern what the caller has added since.

use base::Ctx;
use people::Proof;
use record::EventId;
use store::Tx;

use crate::concern::{Done, StepError, find, tell};
use crate::dispatch::share;
use crate::events::{ConcernRelayed, Happened};
use crate::model::NotNow;
use crate::permissions::Desk;
use crate::said::{Field, Invalid, LONGEST, Part, Said, needed};

/// The desk's form.
#[derive(Clone, Debug)]
pub struct Relay {
    /// The form's key.
    pub op_key: [u8; 16],
    /// Which concern.
    pub no: String,
    /// What the caller added: the event of it.
    pub of: EventId,
    /// What handlers may read of it.
    pub handlers: String,
    /// Whether handlers may see the photos sent so far.
    pub share_photos: bool,
}

/// Writes it for the handlers.
///
/// # Errors
/// [`StepError`].
pub fn relay(tx: &mut Tx, ctx: &Ctx, who: &Proof<Desk>, input: &Relay) -> Result<Done, StepError> {
    store::once(tx, ctx.now, &input.op_key, "concerns.relay", who.person().bytes(), |tx| {
        let concern = find(tx, &input.no)?.ok_or(StepError::NotFound)?;
        let tree = people::tree(tx)?;
        if concern.is_hidden_from(tx, &tree, who.person(), who.unit())? {
            return Err(StepError::NotFound);
        }
        concern.on_desk_of(&tree, who)?;
        if !concern.confidential || !concern.now.is_open() {
            return Err(NotNow::State.into());
        }
        let of = record::find(tx, input.of)?.filter(|event| event.subject == concern.id.0);
        match of.as_ref().map(Happened::read) {
            Some(Ok(Some(Happened::ConcernAdded(_)))) => {}
            _ => return Err(Invalid::Unknown(Field::Words).into()),
        }
        let mut said = Said::default();
        said.open(ctx, Part::Handlers, needed(&input.handlers, Field::Handlers, LONGEST)?);
        if input.share_photos {
            share(tx, concern.id)?;
        }
        let facts = ConcernRelayed { of: input.of, texts: said.texts(), share_photos: input.share_photos };
        tell(tx, ctx, concern.id, who.actor(), Some(concern.now.desk), &facts, &said)?;
        let now = concern.now;
        Ok(Done { no: concern.no, v: concern.v, state: now.state, holder: now.holder, due: now.due })
    })
}
