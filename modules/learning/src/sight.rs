//! Who may see which course, class and plan: whoever they are for, whoever looks after them, and whoever leads the units
//! that offer or owe them, so that a figure opens to what is counted. Who studied what is not asked here.

use base::UnitId;
use people::{Actor, Tree};
use store::{StoreError, Tx};

use crate::model::CourseState;
use crate::operate::{counterpart, is_for};
use crate::permissions::{Oversee, Plan, Teach, covers};
use crate::read;

/// Whether somebody leads a unit, or the unit of the four levels that an organisation belongs to.
fn stands_above(tx: &mut Tx, who: &Actor, tree: &Tree, unit: UnitId) -> Result<bool, StoreError> {
    let place = counterpart(tx, tree, unit)?;
    let reached = |proof: people::Proof<Oversee>| covers(&proof, tree, unit) || place.is_some_and(|place| proof.covers(tree, place));
    Ok(who.each::<Oversee>().any(reached))
}

/// Whether somebody looks after what a unit offers.
fn teaches(who: &Actor, tree: &Tree, unit: UnitId) -> bool {
    who.each::<Teach>().any(|proof| covers(&proof, tree, unit))
}

/// Whether a course can be studied by somebody: it was opened, and is for them.
pub(crate) fn is_offered(who: &Actor, tree: &Tree, course: &read::Course) -> bool {
    course.state != CourseState::Draft && is_for(tree, course.unit, &who.units())
}

/// Whether somebody sees a course; a draft only who looks after it.
pub(crate) fn course(tx: &mut Tx, who: &Actor, tree: &Tree, course: &read::Course) -> Result<bool, StoreError> {
    if is_offered(who, tree, course) || teaches(who, tree, course.unit) {
        return Ok(true);
    }
    Ok(course.state != CourseState::Draft && stands_above(tx, who, tree, course.unit)?)
}

/// Whether somebody sees a class in the list: it is for them, they run it, or they took a seat.
pub(crate) fn class_listed(tx: &mut Tx, who: &Actor, tree: &Tree, class: &read::Class) -> Result<bool, StoreError> {
    let near = class.is_open_to(tree, &who.units()) || teaches(who, tree, class.unit);
    Ok(near || read::seat(tx, class.id, who.person)?.is_some())
}

/// Whether somebody sees a class.
pub(crate) fn class(tx: &mut Tx, who: &Actor, tree: &Tree, class: &read::Class) -> Result<bool, StoreError> {
    Ok(class_listed(tx, who, tree, class)? || stands_above(tx, who, tree, class.unit)?)
}

/// Whether a plan is for somebody.
pub(crate) fn plan_applies(who: &Actor, tree: &Tree, plan: &read::Plan) -> bool {
    who.posts.iter().any(|held| tree.is_within(held.unit, plan.target) && plan.role.is_none_or(|role| role == held.role))
}

/// Whether somebody sets plans there, or the plan is set for what they look after.
pub(crate) fn plan_concerns(who: &Actor, tree: &Tree, plan: &read::Plan) -> bool {
    let reached = |unit| who.each::<Plan>().any(|proof| covers(&proof, tree, unit));
    reached(plan.target) || reached(plan.unit) || who.each::<Plan>().any(|proof| tree.is_within(proof.unit(), plan.target))
}

/// Whether somebody sees how a plan stands for units: never for how many people, nor who.
pub(crate) fn plan_overseen(tx: &mut Tx, who: &Actor, tree: &Tree, plan: &read::Plan) -> Result<bool, StoreError> {
    Ok(plan_concerns(who, tree, plan) || stands_above(tx, who, tree, plan.target)?)
}
