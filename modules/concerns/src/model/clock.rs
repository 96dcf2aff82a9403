//! The clock of the answer as a whole: how long it is, that it can stand still, that it can be made longer once.
//!
//! Which rule sets the length is chosen when a concern is dispatched: `terms.petition`, `terms.urgent`. A
//! term may have rules of its own beside it, by name: `terms.petition.contact` is when its caller is first
//! spoken to, `.claim` when it is claimed, `.extend` how much longer it may take, `.reopen` how long it may
//! be taken further.

use base::{PersonId, Time};

use super::{Clocks, Due, Ground, NotNow, Standing, rule};

/// A clock that stands still.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pause {
    /// Since when.
    pub at: Time,
    /// The deadline that waits meanwhile.
    pub due: Due,
}

/// What the ids of rules begin with that set the length of an answer.
const TERMS: &str = "terms.";

/// Whether a rule sets the length of an answer as a whole, and is not one that stands beside another.
pub fn is_term(id: &str) -> bool {
    id.strip_prefix(TERMS).is_some_and(|rest| !rest.contains('.'))
}

/// The term of a concern that was taken further: a petition is reviewed (复查), then reviewed a last time
/// (复核). Any other keeps its own.
pub fn later_term(term: &str) -> &str {
    match term {
        PETITION => REVIEW,
        REVIEW => FINAL,
        other => other,
    }
}

/// The term of a petition.
pub const PETITION: &str = "terms.petition";
/// That of its review (复查).
pub const REVIEW: &str = "terms.petition_review";
/// That of its last review (复核), after which there is none.
pub const FINAL: &str = "terms.petition_final";
/// That of a request for information.
pub const DISCLOSURE: &str = "terms.disclosure";

impl Standing {
    /// The rule that sets the length of the answer.
    pub fn answer_rule(&self) -> &str {
        self.term.as_deref().unwrap_or(rule::RESOLVE)
    }

    /// Whether nobody is left who could take it further.
    pub fn is_final(&self) -> bool {
        self.term.as_deref() == Some(FINAL)
    }

    /// The rule of a step: that of its term where the term has one, else the usual one.
    pub(super) fn clock(&self, clocks: &dyn Clocks, step: &str, usual: &str, at: Time) -> String {
        let own = format!("{}.{step}", self.answer_rule());
        if clocks.knows(&own, at) { own } else { usual.to_owned() }
    }

    /// The rule by which the answer may take longer, where there is one.
    pub fn extension(&self, clocks: &dyn Clocks, at: Time) -> Option<String> {
        Some(format!("{}.extend", self.answer_rule())).filter(|id| clocks.knows(id, at))
    }

    /// A deadline on the way to the answer does not lie behind the answer's own.
    pub(super) fn within_answer(&self, due: Due, at: Time) -> Due {
        match self.resolve_by {
            Some(by) if by > at && by < due.at => Due { at: by, rule: self.answer_rule().to_owned() },
            _ => due,
        }
    }
}

/// A clock that has run out is not stopped.
pub(super) fn pause(then: &mut Standing, ground: &Ground<'_>) -> Result<(), NotNow> {
    let due = then.due.clone().ok_or(NotNow::State)?;
    if ground.at > due.at {
        return Err(NotNow::TooLate);
    }
    then.pause = Some(Pause { at: ground.at, due });
    then.due = Some(ground.clocks.due(rule::PAUSE, ground.at));
    Ok(())
}

pub(super) fn resume(then: &mut Standing, ground: &Ground<'_>) -> Result<(), NotNow> {
    let Pause { at: from, due } = then.pause.take().ok_or(NotNow::State)?;
    let later = |due: &Due| ground.clocks.later(due, from, ground.at);
    let moved = |at: Option<Time>, rule: &str| at.map(|at| later(&Due { at, rule: rule.to_owned() }));
    then.due = Some(Due { at: later(&due), rule: due.rule });
    then.resolve_by = moved(then.resolve_by, then.answer_rule());
    then.object_by = moved(then.object_by, rule::OBJECT);
    Ok(())
}

/// More time is asked for before the time is over, and once.
pub(super) fn ask(then: &mut Standing, now: &Standing, ground: &Ground<'_>, person: PersonId) -> Result<(), NotNow> {
    if now.extended || now.extension(ground.clocks, ground.at).is_none() {
        return Err(NotNow::NoExtension);
    }
    if now.asked_by.is_some() {
        return Err(NotNow::Already);
    }
    if now.resolve_by.is_none_or(|by| ground.at > by) {
        return Err(NotNow::TooLate);
    }
    then.asked_by = Some(person);
    then.passed = now.passed;
    Ok(())
}

pub(super) fn grant(then: &mut Standing, now: &Standing, ground: &Ground<'_>, person: PersonId) -> Result<(), NotNow> {
    decides(now, person)?;
    let rule = now.extension(ground.clocks, ground.at).ok_or(NotNow::NoExtension)?;
    let by = ground.clocks.due(&rule, now.resolve_by.ok_or(NotNow::State)?).at;
    then.asked_by = None;
    then.extended = true;
    then.resolve_by = Some(by);
    match &mut then.due {
        Some(due) if due.rule == now.answer_rule() => due.at = by,
        _ => then.passed = now.passed,
    }
    Ok(())
}

pub(super) fn refuse(then: &mut Standing, now: &Standing, person: PersonId) -> Result<(), NotNow> {
    decides(now, person)?;
    then.asked_by = None;
    then.passed = now.passed;
    Ok(())
}

fn decides(now: &Standing, person: PersonId) -> Result<(), NotNow> {
    match now.asked_by {
        None => Err(NotNow::State),
        Some(asked) if asked == person => Err(NotNow::OwnRequest),
        Some(_) => Ok(()),
    }
}
