//! What else a resident does with the receipt: adding words and photos, and opening a closed concern again.

use base::Ctx;
use people::{Role, Tree};
use record::Actor;
use store::Tx;

use crate::concern::{Concern, Done, StepError, due_of, get, tell};
use crate::events::{ConcernAdded, ConcernReopened};
use crate::model::{NotNow, Step};
use crate::receipt::Holder;
use crate::said::{Field, Invalid, LONGEST, Part, Photo, Said, needed, optional};
use crate::{hand_over, line, staff};

/// What the resident adds.
#[derive(Clone, Debug, Default)]
pub struct Add {
    /// More words.
    pub words: Option<String>,
    /// More photos; they lie among the blobs already.
    pub photos: Vec<Photo>,
}

/// Adds words or photos to an open concern.
///
/// # Errors
/// [`StepError`].
pub fn add(tx: &mut Tx, ctx: &Ctx, holder: &Holder, op_key: &[u8; 16], input: &Add) -> Result<Done, StepError> {
    store::once(tx, ctx.now, op_key, "concerns.add", holder.concern().bytes(), |tx| {
        let concern = get(tx, holder.concern())?.ok_or(StepError::NotFound)?;
        if !concern.now.is_open() {
            return Err(NotNow::State.into());
        }
        let words = optional(input.words.as_deref(), Field::Words, LONGEST)?;
        if words.is_none() && input.photos.is_empty() {
            return Err(Invalid::Missing(Field::Words).into());
        }
        let mut said = Said::default();
        if let Some(words) = words {
            said.own(ctx, Part::Words, words, concern.confidential);
        }
        said.photos(&input.photos, !concern.confidential)?;
        let facts = ConcernAdded { texts: said.texts(), photos: said.photo_digests() };
        tell(tx, ctx, concern.id, Actor::Resident, concern.now.holder, &facts, &said)?;
        let now = concern.now;
        Ok(Done { no: concern.no, v: concern.v, state: now.state, holder: now.holder, due: now.due })
    })
}

/// The concern at the desk that stands in the place of its own, where that one ended since it was closed.
fn at_its_desk(tx: &mut Tx, ctx: &Ctx, tree: &Tree, concern: Concern) -> Result<Concern, StepError> {
    let was = concern.now.desk;
    let mut desk = tree.heir(was);
    if concern.now.is_open() || (desk == was && !concern.now.bars(tree, desk)) {
        return Ok(concern);
    }
    if line::barred(tree, &concern.now.bars, desk, desk) {
        let oversight = staff::units_with(tx, Role::Oversight)?;
        desk = line::desk(tree, concern.place, &concern.now.bars, &oversight).ok_or(NotNow::Barred)?;
    }
    if desk == was {
        return Ok(concern);
    }
    hand_over::hand(tx, ctx, Actor::System, tree, &concern, (was, desk), None)?;
    get(tx, concern.id)?.ok_or(StepError::NotFound)
}

/// Opens a closed concern again, with a reason, within the days that the rules give.
///
/// # Errors
/// [`StepError`].
pub fn reopen(tx: &mut Tx, ctx: &Ctx, holder: &Holder, op_key: &[u8; 16], reason: &str) -> Result<Done, StepError> {
    store::once(tx, ctx.now, op_key, "concerns.reopen", holder.concern().bytes(), |tx| {
        let tree = people::tree(tx)?;
        let closed = get(tx, holder.concern())?.ok_or(StepError::NotFound)?;
        let concern = at_its_desk(tx, ctx, &tree, closed)?;
        let mut said = Said::default();
        said.own(ctx, Part::Words, needed(reason, Field::Words, LONGEST)?, concern.confidential);
        let then = concern.after(tx, ctx, &tree, &Step::Reopen)?;
        let done = concern.save(tx, &tree, &then)?;
        let facts = ConcernReopened { v: done.v, due: due_of(&then)?, texts: said.texts() };
        tell(tx, ctx, concern.id, Actor::Resident, concern.now.handler, &facts, &said)?;
        Ok(done)
    })
}
