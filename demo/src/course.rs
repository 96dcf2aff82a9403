//! A year passes: what is due next is prepared as plain data, done in batches through the operations,
//! and what came of it decides when the case goes on.
//!
//! A batch holds what happens within an hour, each case at most once, and is one transaction. Each
//! operation has the time at which it happens as its present.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet};
use std::sync::Arc;

use base::{Time, UnitId};
use concerns::State;
use people::Role;
use record::Reader;
use store::Store;

use crate::act::{self, Act, Came, Deed};
use crate::case::Case;
use crate::data::Data;
use crate::dice::Dice;
use crate::naming::Naming;
use crate::plan::Plan;
use crate::settle::{Ground, Member, persist};
use crate::staff::Person;
use crate::{CreateError, hours};

/// What happens within this time is done in one transaction.
const BATCH: i64 = Time::HOUR;
/// At most so many things in one transaction, so that none takes long.
const MOST: usize = 80;
/// Positions are given once so many events may wait.
const WAITING: usize = 1200;

/// A simulated clock leaps: what waited may have been recorded long before the batch that takes it, most
/// of all where few concerns come and the first batch is taken at the end of the year.
const LEAPS: record::Window = record::Window { back: 800 * Time::DAY, ahead: 2 * Time::MINUTE };

/// A moment at which something is to happen.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Cue {
    /// Deadlines that have passed are marked.
    Deadlines,
    /// The concern with this number in the order of arrival is brought.
    Arrival(usize),
    /// A case goes on.
    Step(usize),
    /// The resident of a case adds something.
    Addition(usize),
}

/// A year in the district.
pub(crate) struct Course<'a> {
    pub(crate) store: &'a Store,
    pub(crate) ground: &'a Ground,
    pub(crate) data: &'a Data,
    pub(crate) plan: &'a Plan,
    pub(crate) people: &'a [Person],
    pub(crate) members: Arc<Vec<Member>>,
    pub(crate) units: &'a [UnitId],
    pub(crate) photos: Vec<concerns::Photo>,
    pub(crate) naming: Naming<'a>,
    pub(crate) root: Dice,
    /// Units by their ids.
    pub(crate) places: HashMap<UnitId, usize>,
    /// Who holds a post of a role in a unit.
    pub(crate) posts: HashMap<(usize, Role), Vec<usize>>,
    /// Cases that are going on, by their number in the order of arrival.
    pub(crate) cases: HashMap<usize, Case>,
    cues: BinaryHeap<Reverse<(Time, Cue)>>,
    /// Arrivals, and the state at which some of them are left alone.
    arrivals: Vec<(Time, Option<State>)>,
    end: Time,
    batches: u64,
    unsequenced: usize,
    sealed: Time,
}

/// What a course is made of.
pub(crate) struct Cast<'a> {
    pub(crate) store: &'a Store,
    pub(crate) ground: &'a Ground,
    pub(crate) data: &'a Data,
    pub(crate) plan: &'a Plan,
    pub(crate) people: &'a [Person],
    pub(crate) members: Vec<Member>,
    pub(crate) units: &'a [UnitId],
    pub(crate) photos: Vec<concerns::Photo>,
    pub(crate) root: Dice,
}

impl<'a> Course<'a> {
    pub(crate) fn new(cast: Cast<'a>, arrivals: Vec<(Time, Option<State>)>, end: Time) -> Course<'a> {
        let places = cast.units.iter().enumerate().map(|(at, unit)| (*unit, at)).collect();
        let mut posts: HashMap<(usize, Role), Vec<usize>> = HashMap::new();
        for (at, person) in cast.people.iter().enumerate() {
            for post in &person.posts {
                posts.entry((post.unit, post.role)).or_default().push(at);
            }
        }
        let mut cues: BinaryHeap<Reverse<(Time, Cue)>> =
            arrivals.iter().enumerate().map(|(number, (at, _))| Reverse((*at, Cue::Arrival(number)))).collect();
        if let Some((first, _)) = arrivals.first() {
            let days = end.since(*first).div_euclid(Time::DAY) + 2;
            for day in 0..days {
                // After the morning's and the evening's deadlines.
                for minute in [9 * 60 + 1, 17 * 60 + 31] {
                    cues.push(Reverse((hours::midnight(first.plus(day * Time::DAY)).plus(minute * Time::MINUTE), Cue::Deadlines)));
                }
            }
        }
        Course {
            naming: Naming::new(&cast.data.names, cast.root.stream("residents")),
            store: cast.store,
            ground: cast.ground,
            data: cast.data,
            plan: cast.plan,
            people: cast.people,
            members: Arc::new(cast.members),
            units: cast.units,
            photos: cast.photos,
            root: cast.root,
            places,
            posts,
            cases: HashMap::new(),
            cues,
            arrivals,
            end,
            batches: 1 << 32,
            unsequenced: 0,
            sealed: Time(0),
        }
    }

    /// Let everything happen up to the end.
    pub(crate) fn run(&mut self, readers: &[Arc<dyn Reader>], progress: &mut dyn FnMut(usize)) -> Result<(), CreateError> {
        let mut arrived = 0;
        let mut swept = self.arrivals.first().map_or(self.end, |(at, _)| *at);
        while let Some(Reverse((first, _))) = self.cues.peek().copied() {
            if first > self.end {
                break;
            }
            let until = first.plus(BATCH).min(self.end.plus(1));
            let batch = self.gather(until);
            arrived += batch.iter().filter(|act| matches!(act.deed, Deed::Submit(_) | Deed::Register(..))).count();
            let last = batch.last().map_or(first, |act| act.at);
            self.unsequenced += batch.len();
            self.play(batch, until)?;
            if self.unsequenced >= WAITING {
                self.sequence(last)?;
                progress(arrived);
            }
            if last.since(swept) > 7 * Time::DAY {
                swept = last;
                while self.store.write_now(move |tx| store::sweep_answers(tx, last, 2_000))? > 0 {}
            }
        }
        self.play(vec![Act { at: self.end, case: None, who: None, deed: Deed::PassDeadlines }], self.end)?;
        self.sequence(self.end)?;
        progress(arrived);
        self.follow(readers)
    }

    /// Who acts.
    pub(crate) fn members(&self) -> Arc<Vec<Member>> {
        Arc::clone(&self.members)
    }

    /// Put in order what was done after the course, and let the readers follow.
    pub(crate) fn settle(&mut self, readers: &[Arc<dyn Reader>]) -> Result<(), CreateError> {
        self.sequence(self.end)?;
        self.follow(readers)
    }

    fn follow(&self, readers: &[Arc<dyn Reader>]) -> Result<(), CreateError> {
        for reader in readers {
            loop {
                if reader.leap(self.store)? {
                    continue;
                }
                let reader = Arc::clone(reader);
                match self.store.write_now(move |tx| record::advance(tx, &*reader, 500)) {
                    Ok(0) => break,
                    Ok(_) | Err(record::AdvanceError::Lost) => {}
                    Err(record::AdvanceError::Store(error)) => return Err(error.into()),
                }
            }
        }
        Ok(())
    }

    /// What happens before `until`, prepared in the order of time.
    fn gather(&mut self, until: Time) -> Vec<Act> {
        let mut acts: Vec<Act> = Vec::new();
        let mut busy: HashSet<usize> = HashSet::new();
        while let Some(Reverse((at, cue))) = self.cues.peek().copied() {
            if at >= until || acts.len() >= MOST {
                break;
            }
            self.cues.pop();
            let act = match cue {
                Cue::Deadlines => Some(Act { at, case: None, who: None, deed: Deed::PassDeadlines }),
                Cue::Arrival(number) => {
                    let fate = self.arrivals.get(number).and_then(|(_, fate)| *fate);
                    busy.insert(number);
                    self.bring(number, at, fate)
                }
                Cue::Step(case) | Cue::Addition(case) if busy.contains(&case) => {
                    self.cues.push(Reverse((until.plus(Time::MINUTE), cue)));
                    None
                }
                Cue::Step(case) => self.step(case, at),
                Cue::Addition(case) => self.add(case, at),
            };
            if let Some(act) = act {
                busy.extend(act.case);
                acts.push(act);
            }
        }
        acts
    }

    /// Do a batch and let its cases go on, not before `until`.
    fn play(&mut self, batch: Vec<Act>, until: Time) -> Result<(), CreateError> {
        if batch.is_empty() {
            return Ok(());
        }
        self.batches += 1;
        let batch = Arc::new(batch);
        let (ground, number, members, acts) = (self.ground.clone(), self.batches, Arc::clone(&self.members), Arc::clone(&batch));
        let came = persist(self.store, move |tx| {
            let start = acts.first().map_or(Time(0), |act| act.at);
            let piece = ground.piece(number, start);
            let done = |act: &Act| act::run(tx, &piece.at(act.at), &members, act).map_err(|why| CreateError::Refused(said(act, &why)));
            acts.iter().map(done).collect::<Result<Vec<Came>, CreateError>>()
        })?;
        for (act, came) in batch.iter().zip(came) {
            if let Some(case) = act.case {
                self.went(case, act, came, until);
            }
        }
        Ok(())
    }

    fn sequence(&mut self, at: Time) -> Result<(), CreateError> {
        self.unsequenced = 0;
        loop {
            self.batches += 1;
            let piece = self.ground.piece(self.batches, at);
            let env = piece.env;
            match self.store.write_now(move |tx| record::sequence_within(tx, &env.ctx(), record::BATCH, LEAPS)) {
                Ok(0) => break,
                Ok(_) | Err(record::SequenceError::Lost) => {}
                Err(record::SequenceError::Store(error)) => return Err(error.into()),
            }
        }
        // A year of checkpoints: signed once a day, which is what witnesses would have been shown at the least.
        if at.since(self.sealed) >= Time::DAY || at >= self.end {
            self.sealed = at;
            record::seal_all(self.store, &self.ground.piece(self.batches, at).env)?;
        }
        Ok(())
    }

    /// That a case goes on at this time.
    pub(crate) fn cue_step(&mut self, case: usize, at: Time) {
        self.cues.push(Reverse((at, Cue::Step(case))));
    }

    /// That a resident adds something at this time.
    pub(crate) fn cue_addition(&mut self, case: usize, at: Time) {
        self.cues.push(Reverse((at, Cue::Addition(case))));
    }

    /// The receipts that residents of the remaining cases hold, in the order of arrival.
    pub(crate) fn receipts(&self) -> Vec<(String, String)> {
        let mut held: Vec<(usize, (String, String))> =
            self.cases.iter().map(|(number, case)| (*number, (case.no.clone(), case.secret.clone()))).collect();
        held.sort_unstable();
        held.into_iter().map(|(_, receipt)| receipt).collect()
    }

    /// Whether a time is within the last weeks of the year.
    pub(crate) fn is_recent(&self, at: Time) -> bool {
        self.end.since(at) < 20 * Time::DAY
    }

    /// The id of a planned unit.
    pub(crate) fn id(&self, unit: usize) -> UnitId {
        self.units.get(unit).copied().unwrap_or_default()
    }

    /// The place of a unit in the plan.
    pub(crate) fn place(&self, unit: UnitId) -> usize {
        self.places.get(&unit).copied().unwrap_or(0)
    }

    /// Somebody who holds one of these roles in the unit.
    pub(crate) fn someone(&self, dice: &mut Dice, unit: usize, roles: &[Role], not: Option<usize>) -> Option<usize> {
        let there: Vec<usize> =
            roles.iter().filter_map(|role| self.posts.get(&(unit, *role))).flatten().copied().filter(|who| Some(*who) != not).collect();
        dice.pick(&there).copied()
    }

    /// Whether a unit stands under another one, or is it.
    pub(crate) fn is_within(&self, unit: usize, of: usize) -> bool {
        let mut at = Some(unit);
        while let Some(here) = at {
            if here == of {
                return true;
            }
            at = self.plan.units.get(here).and_then(|unit| unit.parent);
        }
        false
    }
}

/// Which deed an operation refused, for whoever looks for the fault.
fn said(act: &Act, why: &str) -> String {
    let deed = match &act.deed {
        Deed::Submit(_) => "submit",
        Deed::Register(..) => "register",
        Deed::Dispatch(..) => "dispatch",
        Deed::Object(..) => "object",
        Deed::Decide(..) => "decide",
        Deed::Claim(..) => "claim",
        Deed::Contact(..) => "first_contact",
        Deed::Escalate(..) => "escalate",
        Deed::SendDown(..) => "send_down",
        Deed::Resolve(..) => "resolve",
        Deed::Review(..) => "review",
        Deed::CallBack(_) => "call_back",
        Deed::Answer(..) => "answer",
        Deed::Add(..) => "add",
        Deed::Redact(..) => "redact",
        Deed::Publish(..) => "publish",
        Deed::Reopen(..) => "reopen",
        Deed::Archive(..) => "archive",
        Deed::PassDeadlines => "pass_deadlines",
    };
    format!("{deed} of {:?} by {:?} at {:?}: {why}", act.case, act.who, act.at)
}
