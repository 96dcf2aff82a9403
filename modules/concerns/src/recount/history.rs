//! When the clocks of a concern began and what was done to them, from its record: what a deadline is counted from.

use base::Time;
use store::{StoreError, Tx};
use workdays::Clock;

use crate::concern::ConcernId;
use crate::events::Happened;
use crate::model::{Due, later_term, rule};

/// The clocks of a concern as they run now.
#[derive(Default)]
pub(super) struct History {
    /// Of the step that is owed, with the rule that its deadline names.
    pub due: Option<(String, Clock)>,
    /// Of the answer as a whole.
    pub answer: Option<Clock>,
    /// Of objecting.
    pub objection: Option<Clock>,
    /// The one that stands still.
    pub stopped: Option<(String, Clock)>,
    term: Option<String>,
    paused_at: Time,
    /// Until when it may stand still: it goes on then, whenever that is noticed.
    paused_until: Option<Time>,
    /// Where the answer's deadline lay when it was last set, by which a step's deadline is known to be the same.
    answer_at: Option<Time>,
}

/// The clocks of a concern.
pub(super) fn of(tx: &mut Tx, id: ConcernId) -> Result<History, StoreError> {
    let mut steps: Vec<(i64, Time, Happened)> = Vec::new();
    for event in record::of_subject(tx, id.0)? {
        let Ok(Some(happened)) = Happened::read(&event) else { continue };
        if let Some(v) = happened.v() {
            steps.push((v, event.recorded_at, happened));
        }
    }
    steps.sort_by_key(|(v, ..)| *v);
    let mut history = History::default();
    for (_, at, happened) in &steps {
        history.take(*at, happened);
    }
    Ok(history)
}

impl History {
    fn rule(&self) -> String {
        self.term.clone().unwrap_or_else(|| rule::RESOLVE.to_owned())
    }

    /// The deadline of a step that begins at a moment; where it is that of the answer, they are one.
    fn owe(&mut self, due: &Due, at: Time) {
        let of_answer = due.rule == self.rule() && self.answer_at == Some(due.at);
        let own = || Clock::From { rule: due.rule.clone(), at };
        let clock = self.answer.clone().filter(|_| of_answer).unwrap_or_else(own);
        self.due = Some((due.rule.clone(), clock));
    }

    /// Nothing of the answer is owed until it is dispatched again.
    fn back(&mut self, due: &Due, at: Time) {
        (self.answer, self.answer_at, self.objection, self.stopped) = (None, None, None, None);
        self.owe(due, at);
    }

    fn objection(&mut self, at: Time) {
        self.objection = Some(Clock::From { rule: rule::OBJECT.to_owned(), at });
    }

    fn take(&mut self, at: Time, happened: &Happened) {
        match happened {
            Happened::ConcernSubmitted(f) => self.owe(&f.due, at),
            Happened::ConcernImported(f) => {
                if let Some(due) = &f.due {
                    self.owe(due, at);
                }
            }
            Happened::ConcernDispatched(f) => {
                self.term.clone_from(&f.term);
                self.answer = Some(Clock::From { rule: self.rule(), at });
                self.answer_at = Some(f.resolve_by);
                self.objection(at);
                self.owe(&f.due, at);
            }
            Happened::ConcernEscalated(f) => {
                self.objection(at);
                self.owe(&f.due, at);
            }
            Happened::ConcernSentDown(f) => {
                self.objection(at);
                self.owe(&f.due, at);
            }
            Happened::ConcernObjected(f) => {
                self.objection = None;
                self.owe(&f.due, at);
            }
            Happened::ConcernObjectionUpheld(f) => self.back(&f.due, at),
            Happened::ConcernObjectionRefused(f) => self.owe(&f.due, at),
            Happened::ConcernClaimed(f) => self.owe(&f.due, at),
            Happened::ConcernContacted(f) => self.owe(&f.due, at),
            Happened::ConcernResolved(f) => {
                self.objection = None;
                self.owe(&f.due, at);
            }
            Happened::ConcernReviewPassed(f) => self.owe(&f.due, at),
            Happened::ConcernReturned(f) => self.owe(&f.due, at),
            Happened::ConcernAnsweredWith(f) => self.owe(&f.due, at),
            Happened::ConcernUnmerged(f) => self.back(&f.due, at),
            Happened::ConcernCalledBack(f) => {
                if let Some(due) = &f.due {
                    self.again(due, at);
                }
            }
            Happened::ConcernReopened(f) => self.again(&f.due, at),
            Happened::ConcernRecalled(f) => {
                if let Some(due) = &f.due {
                    self.back(due, at);
                }
            }
            Happened::ConcernPaused(f) => {
                (self.paused_at, self.paused_until) = (at, Some(f.due.at));
                self.stopped = self.due.take();
                self.owe(&f.due, at);
            }
            Happened::ConcernResumed(f) => {
                let (from, rule) = (self.paused_at, self.rule());
                let at = self.paused_until.take().map_or(at, |until| until.min(at));
                self.due = self.stopped.take().map(|(rule, clock)| (rule.clone(), clock.stood(&rule, from, at)));
                self.answer = self.answer.take().map(|clock| clock.stood(&rule, from, at));
                self.objection = self.objection.take().map(|clock| clock.stood(rule::OBJECT, from, at));
                self.answer_at = f.resolve_by;
            }
            Happened::ConcernExtensionGranted(f) => {
                let rule = self.rule();
                self.answer = self.answer.take().map(|than| Clock::Longer { rule: format!("{rule}.extend"), than: Box::new(than) });
                self.answer_at = Some(f.resolve_by);
                if f.due.rule == rule {
                    self.due = self.answer.clone().map(|clock| (rule, clock));
                }
            }
            Happened::ConcernMerged(f) => {
                let rule = self.rule();
                let own = self.answer.take().unwrap_or_else(|| Clock::From { rule: rule.clone(), at });
                self.due = Some((rule, own.clone()));
                (self.answer, self.answer_at, self.objection) = (Some(own), Some(f.due.at), None);
            }
            Happened::ConcernDeadlinesMoved(f) => {
                self.answer_at = f.resolve_by.or(self.answer_at);
                if let (Some(until), Some(due)) = (&mut self.paused_until, &f.due) {
                    *until = due.at;
                }
            }
            _ => {}
        }
    }

    /// Opened again: a petition is then reviewed.
    fn again(&mut self, due: &Due, at: Time) {
        self.term = self.term.take().map(|term| later_term(&term).to_owned());
        self.back(due, at);
    }
}
