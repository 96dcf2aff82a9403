//! Several units on one concern, and several concerns with one answer.

use base::{PersonId, Time, UnitId};

use super::{Due, Ground, NotNow, Standing, State, Step, close, hold, rule};
use crate::concern::ConcernId;
use crate::line::{self, Involved};

/// What of a concern's answer goes to those that are merged into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Followed {
    /// The unit that answered.
    pub handler: Option<UnitId>,
    /// Who answered.
    pub resolver: Option<PersonId>,
    /// The units through whose hands it has gone.
    pub involved: Vec<UnitId>,
}

/// Calls units to a concern that others hold: they read it and belong to its line from now on.
pub(super) fn whistle(then: &mut Standing, now: &Standing, ground: &Ground<'_>, units: &[UnitId]) -> Result<(), NotNow> {
    if units.is_empty() {
        return Err(NotNow::NoSuchUnit);
    }
    for unit in units {
        if !ground.lines.takes_concerns(*unit) || ground.lines.is_base(*unit) {
            return Err(NotNow::NoSuchUnit);
        }
        if now.bars(ground.lines, *unit) || line::barred(ground.lines, ground.posts_of_person, now.desk, *unit) {
            return Err(NotNow::Barred);
        }
        if now.involved.iter().any(|i| i.unit == *unit && i.excused) {
            return Err(NotNow::Excused);
        }
        involve(then, *unit);
    }
    then.passed = now.passed;
    Ok(())
}

fn involve(then: &mut Standing, unit: UnitId) {
    if !then.involved.iter().any(|i| i.unit == unit) {
        then.involved.push(Involved { unit, excused: false });
        then.involved.sort_unstable();
    }
}

/// It stays with the desk, in the hands of who merged it, until the other is answered. What is about
/// somebody has a line of its own that may not be told, and is never put together with another.
pub(super) fn merge(
    then: &mut Standing,
    ground: &Ground<'_>,
    into: ConcernId,
    person: PersonId,
    resolve_by: Option<Time>,
) -> Result<(), NotNow> {
    if !then.bars.is_empty() {
        return Err(NotNow::NotMergeable);
    }
    then.state = State::InHand;
    then.holder = Some(then.desk);
    then.assignee = Some(person);
    then.handler = None;
    then.object_by = None;
    then.asked_by = None;
    then.merged_into = Some(into);
    let own = then.resolve_by.unwrap_or_else(|| ground.clocks.due(then.answer_rule(), ground.at).at);
    let by = resolve_by.unwrap_or(own);
    then.resolve_by = Some(by);
    then.due = Some(Due { at: by, rule: then.answer_rule().to_owned() });
    Ok(())
}

/// What can be done to a concern that is merged: nothing but to take it out, to close it, or to be answered
/// with the other. `None` where it is not merged.
pub(super) fn while_merged(now: &Standing, step: &Step, ground: &Ground<'_>) -> Option<Result<Standing, NotNow>> {
    if now.merged_into.is_none() {
        return matches!(step, Step::Unmerge | Step::Follow(_)).then_some(Err(NotNow::State));
    }
    let mut then = now.clone();
    then.passed = false;
    then.merged_into = None;
    Some(match step {
        Step::Unmerge => {
            then.resolve_by = None;
            hold(&mut then, ground, State::Received, now.desk, rule::DISPATCH);
            Ok(then)
        }
        Step::Archive { outcome } if outcome.is_exit() || matches!(outcome, super::Outcome::Withdrawn | super::Outcome::Duplicate) => {
            close(&mut then, ground.at, *outcome);
            Ok(then)
        }
        Step::Follow(answered) => {
            for unit in answered.involved.iter().chain(&answered.handler) {
                involve(&mut then, *unit);
            }
            then.handler = answered.handler;
            then.resolver = answered.resolver;
            let unit = line::call_back_unit(ground.lines, &then.involved, &now.bars, now.desk, ground.call_back);
            hold(&mut then, ground, State::CallBack, unit, rule::CALL_BACK);
            Ok(then)
        }
        _ => Err(NotNow::Merged),
    })
}
