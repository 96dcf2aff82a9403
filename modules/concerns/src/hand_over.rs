//! Handing over what is in somebody's hands when they leave; what a unit holds when it ends is [`crate::succession`]'s.
//! Deadlines stay as they are: who comes after has no more time than who was there before.

use std::sync::Arc;

use base::{Ctx, PersonId, UnitId};
use people::{Passing, Tree};
use record::Actor;
use store::{Sql, StoreError, Tx, p, sql};
use web::{District, Fault};

use crate::concern::{Concern, ConcernId, StepError, get, tell};
use crate::events::ConcernHandedOver;
use crate::line::Involved;
use crate::said::Said;
use crate::succession;

/// By the index `concern_mine`.
const OF_PERSON: &Sql = sql!("SELECT id, holder FROM concern WHERE assignee = ?1 AND closed_at IS NULL ORDER BY id");
const DESK: &Sql = sql!("UPDATE concern SET desk = ?2 WHERE id = ?1");

/// See [`web::Module::pass`].
///
/// # Errors
/// Only the store's.
pub fn pass(tx: &mut Tx, ctx: &Ctx, actor: Actor, passing: &Passing) -> Result<i64, StoreError> {
    match passing {
        Passing::Unit { from, to } => succession::pass(tx, ctx, actor, *from, *to),
        Passing::Person { person, unit, to } => leave(tx, ctx, actor, *person, *unit, *to),
    }
}

/// How long ago somebody may have left for the tick to look: longer than a program stands still.
const LOOKED_BACK: i64 = 40 * base::Time::DAY;

/// Who left a unit without anybody's handing over, as when an acting post ends by its date, and still has something in hand.
///
/// # Errors
/// Only the store's.
pub fn left_behind(tx: &mut Tx, ctx: &Ctx) -> Result<Vec<(PersonId, UnitId)>, StoreError> {
    let mut found = Vec::new();
    for (person, unit) in people::read::left(tx, ctx.now, ctx.now.plus(-LOOKED_BACK))? {
        if !in_hand(tx, ctx, person, unit)?.is_empty() {
            found.push((person, unit));
        }
    }
    Ok(found)
}

/// Gives back to their units what was left behind: nobody waits for who is not there any more. It looks by reading.
pub(crate) fn run(district: &Arc<District>) -> Result<(), Fault> {
    for (person, unit) in district.read_now(left_behind)? {
        district.write_now(move |tx, ctx| leave(tx, ctx, Actor::System, person, unit, None))?;
    }
    Ok(())
}

/// What somebody has in hand by a post of a unit, there or below it: nothing that another post of theirs reaches.
fn in_hand(tx: &mut Tx, ctx: &Ctx, person: PersonId, unit: UnitId) -> Result<Vec<(ConcernId, UnitId)>, StoreError> {
    let all: Vec<(ConcernId, Option<UnitId>)> = tx.all(OF_PERSON, p![person], |row| Ok((row.id(0)?, row.opt_id(1)?)))?;
    if all.is_empty() {
        return Ok(Vec::new());
    }
    let (tree, units) = (people::tree(tx)?, people::read::units_of(tx, ctx.now, person)?);
    let reached = |holder: UnitId| units.iter().any(|other| *other != unit && tree.is_within(holder, *other));
    let held = all.into_iter().filter_map(|(id, holder)| Some((id, holder?)));
    Ok(held.filter(|(_, holder)| tree.is_within(*holder, unit) && !reached(*holder)).collect())
}

fn leave(tx: &mut Tx, ctx: &Ctx, actor: Actor, person: PersonId, unit: UnitId, to: Option<PersonId>) -> Result<i64, StoreError> {
    let found = in_hand(tx, ctx, person, unit)?;
    let tree = people::tree(tx)?;
    for (id, holder) in &found {
        let Some(concern) = get(tx, *id)? else { continue };
        hand(tx, ctx, actor, &tree, &concern, (*holder, *holder), to)?;
    }
    Ok(i64::try_from(found.len()).unwrap_or(i64::MAX))
}

/// Hands a concern over: to another person of a unit, or from one unit to another with all that the first one was to it.
pub(crate) fn hand(
    tx: &mut Tx,
    ctx: &Ctx,
    actor: Actor,
    tree: &Tree,
    concern: &Concern,
    (from, unit): (UnitId, UnitId),
    to: Option<PersonId>,
) -> Result<(), StoreError> {
    let mut then = concern.now.clone();
    if from == unit {
        // Nobody is given what they may not handle: it waits for somebody else of the unit.
        let knows = match to {
            Some(person) => concern.is_known_now(tx, ctx, tree, person)?,
            None => false,
        };
        then.assignee = to.filter(|_| !knows);
    } else {
        let moved = |at: Option<UnitId>| at.map(|at| if at == from { unit } else { at });
        (then.holder, then.handler) = (moved(then.holder), moved(then.handler));
        let takes_part = then.holder == Some(unit) || then.handler == Some(unit);
        if takes_part && then.desk != from && !then.involved.iter().any(|involved| involved.unit == unit) {
            then.involved.push(Involved { unit, excused: false });
        }
        if then.desk == from {
            then.desk = unit;
            tx.exec(DESK, p![concern.id, unit])?;
        }
    }
    let v = kept(concern, concern.save(tx, tree, &then))?;
    let facts = ConcernHandedOver { v, from, unit, to: then.assignee };
    tell(tx, ctx, concern.id, actor, Some(unit), &facts, &Said::default()).map(drop)
}

/// Sets its desk, which no step of its own way changes.
pub(crate) fn set_desk(tx: &mut Tx, concern: ConcernId, desk: UnitId) -> Result<(), StoreError> {
    tx.exec(DESK, p![concern, desk]).map(drop)
}

/// The version that was saved; nobody is quicker within one transaction.
pub(crate) fn kept(concern: &Concern, saved: Result<crate::concern::Done, StepError>) -> Result<i64, StoreError> {
    match saved {
        Ok(done) => Ok(done.v),
        Err(StepError::Store(error)) => Err(error),
        Err(other) => Err(StoreError::Other(format!("handing {} over: {other}", concern.no))),
    }
}
