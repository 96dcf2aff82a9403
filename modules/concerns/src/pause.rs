//! The clock stands still with a reason, and goes on: by the handler, or by itself when the time that it may
//! stand still is over.

use base::Ctx;
use people::Proof;
use record::Actor;
use store::{Sql, StoreError, Tx, p, sql};

use crate::concern::{Concern, ConcernId, Done, StepError, due_of, get, open, tell};
use crate::events::{ConcernPaused, ConcernResumed};
use crate::model::{self, Ground, NotNow, Standing, Step};
use crate::permissions::Handle;
use crate::said::{Field, LONGEST_NOTE, Part, Said, needed, optional};

/// The handler's form.
#[derive(Clone, Debug)]
pub struct Pause {
    /// The form's key.
    pub op_key: [u8; 16],
    /// Which concern.
    pub no: String,
    /// The version that the form showed.
    pub v: i64,
    /// What is waited for; the resident reads it.
    pub reason: String,
}

/// Stops the clock.
///
/// # Errors
/// [`StepError`].
pub fn pause(tx: &mut Tx, ctx: &Ctx, who: &Proof<Handle>, input: &Pause) -> Result<Done, StepError> {
    store::once(tx, ctx.now, &input.op_key, "concerns.pause", who.person().bytes(), |tx| {
        let (concern, tree) = open(tx, who, &input.no, input.v)?;
        let unit = concern.held_by(tx, ctx, &tree, who)?;
        let mut said = Said::default();
        said.open(ctx, Part::Shown, needed(&input.reason, Field::Note, LONGEST_NOTE)?);
        concern.keeps_caller(tx, ctx, &tree, who, &said)?;
        let then = concern.after(tx, ctx, &tree, &Step::Pause)?;
        let done = concern.save(tx, &tree, &then)?;
        let facts = ConcernPaused { v: done.v, unit, due: due_of(&then)?, texts: said.texts() };
        tell(tx, ctx, concern.id, who.actor(), Some(unit), &facts, &said)?;
        Ok(done)
    })
}

/// The form by which it goes on.
#[derive(Clone, Debug)]
pub struct Resume {
    /// The form's key.
    pub op_key: [u8; 16],
    /// Which concern.
    pub no: String,
    /// The version that the form showed.
    pub v: i64,
    /// A note for staff.
    pub note: Option<String>,
}

/// Lets the clock go on.
///
/// # Errors
/// [`StepError`].
pub fn resume(tx: &mut Tx, ctx: &Ctx, who: &Proof<Handle>, input: &Resume) -> Result<Done, StepError> {
    store::once(tx, ctx.now, &input.op_key, "concerns.resume", who.person().bytes(), |tx| {
        let (concern, tree) = open(tx, who, &input.no, input.v)?;
        concern.held_by(tx, ctx, &tree, who)?;
        let mut said = Said::default();
        said.maybe(ctx, Part::Note, optional(input.note.as_deref(), Field::Note, LONGEST_NOTE)?);
        concern.keeps_caller(tx, ctx, &tree, who, &said)?;
        let then = concern.after(tx, ctx, &tree, &Step::Resume)?;
        go_on(tx, ctx, &tree, &concern, &then, who.actor(), &said)
    })
}

fn go_on(
    tx: &mut Tx,
    ctx: &Ctx,
    tree: &people::Tree,
    concern: &Concern,
    then: &Standing,
    actor: Actor,
    said: &Said,
) -> Result<Done, StepError> {
    let done = concern.save(tx, tree, then)?;
    let unit = then.holder.ok_or(NotNow::State)?;
    let (due, resolve_by, object_by) = (due_of(then)?, then.resolve_by, then.object_by);
    let facts = ConcernResumed { v: done.v, unit, due, resolve_by, object_by, texts: said.texts() };
    tell(tx, ctx, concern.id, actor, Some(unit), &facts, said)?;
    Ok(done)
}

/// Walks `concern_late`.
const OVER: &Sql = sql!(
    "SELECT id FROM concern WHERE due_at IS NOT NULL AND passed = 0 AND due_at < ?1 AND paused_at IS NOT NULL ORDER BY due_at, id LIMIT ?2"
);

/// Lets clocks go on that stood still as long as they may, at most `limit`, and says how many. They count
/// from the moment when they should have gone on.
///
/// # Errors
/// Only the store's.
pub fn end_pauses(tx: &mut Tx, ctx: &Ctx, limit: u32) -> Result<usize, StoreError> {
    let over: Vec<ConcernId> = tx.all(OVER, p![ctx.now, limit], |row| row.id(0))?;
    let tree = people::tree(tx)?;
    let mut ended = 0;
    for id in over {
        let Some(concern) = get(tx, id)? else { continue };
        let at = concern.now.due.as_ref().map_or(ctx.now, |due| due.at.min(ctx.now));
        let ground =
            Ground { lines: &*tree, clocks: ctx.rules(), at, call_back: &[], posts_of_person: &[], confidential: concern.confidential };
        let Ok(then) = model::next(&concern.now, &Step::Resume, &ground) else { continue };
        match go_on(tx, ctx, &tree, &concern, &then, Actor::System, &Said::default()) {
            Ok(_) => ended += 1,
            Err(StepError::Store(error)) => return Err(error),
            // Somebody was quicker.
            Err(_) => {}
        }
    }
    Ok(ended)
}
