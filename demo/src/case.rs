//! One concern on its way: what is particular to it, and where it stands after the last step.

use base::{Time, UnitId};
use concerns::model::Due;
use concerns::{Done, Source, State};

use crate::data::Situation;
use crate::dice::Dice;
use crate::scene::Scene;
use crate::words::{Ending, Told};

/// Whom a concern is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum About {
    /// A unit, by its place in the plan.
    Unit(usize),
    /// A member of staff, by their place among the members.
    Person(usize),
}

/// A concern that was taken in.
pub(crate) struct Case {
    /// Its own luck.
    pub(crate) dice: Dice,
    /// The situation, by its place in the data.
    pub(crate) situation: usize,
    /// The community, by its place in the plan.
    pub(crate) community: usize,
    /// The particulars.
    pub(crate) scene: Scene,
    /// The words.
    pub(crate) told: Told,
    /// How it came.
    pub(crate) source: Source,
    /// Who wrote it down, by their place among the members.
    pub(crate) registrar: Option<usize>,
    /// Whom it is about.
    pub(crate) about: Option<About>,
    /// Whether the caller is kept from handlers.
    pub(crate) confidential: bool,
    /// Whether there is a telephone.
    pub(crate) reachable: bool,
    /// The receipt.
    pub(crate) no: String,
    /// Its secret.
    pub(crate) secret: String,
    /// The version.
    pub(crate) v: i64,
    /// Where it is on its way.
    pub(crate) state: State,
    /// The unit that must act.
    pub(crate) holder: Option<UnitId>,
    /// The desk.
    pub(crate) desk: UnitId,
    /// Until when.
    pub(crate) due: Option<Due>,
    /// Whose matter it is, by the place of the unit in the plan.
    pub(crate) target: usize,
    /// Whether the desk sends it to somebody else at first.
    pub(crate) mistaken: bool,
    /// Whether the unit objected without ground.
    pub(crate) stubborn: bool,
    /// Whether the resident was spoken to in this round.
    pub(crate) contacted: bool,
    /// Who has it in hand, by their place among the members.
    pub(crate) assignee: Option<usize>,
    /// Who answered.
    pub(crate) resolver: Option<usize>,
    /// How often it went up or down.
    pub(crate) passes: u32,
    /// How often nobody answered.
    pub(crate) tries: u32,
    /// Which round it is.
    pub(crate) round: u32,
    /// The state at which everybody leaves it alone.
    pub(crate) fate: Option<State>,
    /// What the resident added and the desk has yet to pass on.
    pub(crate) unrelayed: Option<String>,
    /// Whether it is to be published once it is solved.
    pub(crate) publish: bool,
    /// Whether handlers have a text to read in place of a confidential caller's words.
    pub(crate) redacted: bool,
    /// How the present round ends.
    pub(crate) ending: Ending,
    /// When it was closed, as long as it is.
    pub(crate) closed: Option<Time>,
}

impl Case {
    /// The situation it is an instance of.
    pub(crate) fn situation<'a>(&self, all: &'a [Situation]) -> Option<&'a Situation> {
        all.get(self.situation)
    }

    /// Take in where it stands now.
    pub(crate) fn stands(&mut self, done: &Done) {
        if done.state == State::Received && self.state != State::Received {
            self.contacted = false;
            self.tries = 0;
            self.assignee = None;
        }
        self.v = done.v;
        self.state = done.state;
        self.holder = done.holder;
        self.due.clone_from(&done.due);
    }

    /// A new key for a form.
    pub(crate) fn key(&mut self) -> [u8; 16] {
        key(&mut self.dice)
    }

    /// When the next step is taken, if it is to be taken by `due` at the best: mostly early, sometimes
    /// at the last moment, now and then too late.
    pub(crate) fn pace(&mut self, now: Time, late_per_mille: u64) -> Time {
        let due = self.due.as_ref().map_or_else(|| now.plus(Time::DAY), |due| due.at);
        let room = due.since(now).max(Time::HOUR);
        if self.fate.is_some() {
            return now.plus(self.dice.between(20, 150) * Time::MINUTE);
        }
        if self.dice.chance(late_per_mille) {
            return due.plus(self.dice.delay(Time::HOUR, 4 * Time::DAY));
        }
        if self.dice.chance(90) {
            return now.plus(room / 100 * self.dice.between(80, 99));
        }
        now.plus(self.dice.delay(room / 100, room / 100 * 92))
    }
}

/// A key for a form.
pub(crate) fn key(dice: &mut Dice) -> [u8; 16] {
    let mut key = [0; 16];
    key[..8].copy_from_slice(&dice.bits().to_le_bytes());
    key[8..].copy_from_slice(&dice.bits().to_le_bytes());
    key
}
