//! The state of every concern, computed again from the record alone, and compared with the tables
//! column by column: a change by SQL is found. This does not use `model::next`: what the operations
//! decided is in the facts, and two roads that agree check each other.

mod compare;
mod linked;
mod one;

use std::collections::{BTreeMap, BTreeSet};

use base::{Id, Time, UnitId};
use record::{Actor, BadFacts, Cell, Difference, Event, EventId, Fold, Why, cells};
use store::{StoreError, Tx};

use crate::catalogue::{Duty, Kind};
use crate::concern::{Concern, ConcernId};
use crate::events::{Digest, Happened, Texts};
use crate::line::Involved;
use crate::model::{Due, Outcome, Source, Standing, State};
use crate::publish::{Publication, Shown};
use crate::redact::{Judged, Redaction};
use crate::said::Part;

pub(crate) use one::{Beside, of_one};

/// A new fold, for a list of them.
pub fn fold() -> Box<dyn Fold> {
    Box::new(ConcernFold::default())
}

#[derive(Default)]
struct ConcernFold {
    concerns: BTreeMap<ConcernId, Folded>,
    linked: linked::Linked,
    kinds: BTreeMap<String, Kind>,
    ended: BTreeMap<String, Time>,
    duties: BTreeMap<(String, UnitId), Duty>,
    /// Digest over the labelled cases, and of each model.
    labels: Option<Digest>,
    models: BTreeMap<String, Trained>,
}

/// What the record says of a model.
#[derive(Debug, PartialEq, Eq)]
struct Trained {
    digest: Digest,
    cases: i64,
    at: Time,
    /// None where the record does not say.
    measured: Option<Digest>,
}

impl Trained {
    fn cells(&self) -> Vec<Cell> {
        cells![Cell::digest(&self.digest), self.cases, self.at, self.measured.as_ref().map(Cell::digest)]
    }
}

/// What the record says of one concern.
struct Folded {
    concern: Concern,
    /// Digest of the title, and the text with whose salt it was made.
    title: Option<(Digest, EventId, Part)>,
    texts: BTreeMap<(EventId, Part), Digest>,
    photos: BTreeMap<(EventId, i64), (Digest, bool)>,
    contact: Option<Digest>,
    readings: BTreeMap<EventId, Reading>,
    source: Option<(Digest, Id)>,
    /// Steps that came before the one that they follow, by the version they lead to.
    early: BTreeMap<i64, (Event, Happened)>,
    /// Versions at which a deadline passed.
    passed: BTreeSet<i64>,
}

/// A reading of the contact.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Reading {
    person: Option<Id>,
    unit: UnitId,
    at: Time,
}

impl Reading {
    fn cells(&self) -> Vec<Cell> {
        cells![self.person, self.unit, self.at]
    }
}

impl Fold for ConcernFold {
    fn apply(&mut self, event: &Event) -> Result<(), BadFacts> {
        let Some(happened) = Happened::read(event)? else { return Ok(()) };
        let id = ConcernId(event.subject);
        match happened {
            Happened::ConcernSubmitted(_) | Happened::ConcernImported(_) => {
                let folded = begin(event, &happened).ok_or_else(|| event.bad(Why::Shape("a digest that is not one".into())))?;
                if self.concerns.insert(id, folded).is_some() {
                    return Err(event.bad(Why::Before));
                }
                Ok(())
            }
            Happened::ConcernImportUndone(facts) => match self.concerns.remove(&id) {
                Some(folded) if folded.concern.no == facts.no => Ok(()),
                _ => Err(event.bad(Why::Nothing)),
            },
            Happened::ConcernKindEntered(f) => {
                let kind = Kind { code: f.code.clone(), name: f.name, parent: f.parent, ord: f.ord, keywords: f.keywords };
                self.ended.remove(&f.code);
                self.kinds.insert(f.code, kind);
                Ok(())
            }
            Happened::ConcernKindEnded(f) if self.kinds.contains_key(&f.code) => {
                self.ended.insert(f.code, event.occurred_at);
                Ok(())
            }
            Happened::ConcernKindEnded(_) => Err(event.bad(Why::Nothing)),
            Happened::ConcernDutyAssigned(f) => {
                self.duties.insert((f.kind.clone(), f.unit), Duty { kind: f.kind, unit: f.unit, document: f.document });
                Ok(())
            }
            Happened::ConcernCasesLabelled(f) => {
                self.labels = Some(f.digest);
                Ok(())
            }
            Happened::ConcernModelTrained(f) => {
                self.models.insert(f.name, Trained { digest: f.digest, cases: f.cases, at: event.occurred_at, measured: f.measured });
                Ok(())
            }
            Happened::ConcernDutyWithdrawn(f) => match self.duties.remove(&(f.kind, f.unit)) {
                Some(_) => Ok(()),
                None => Err(event.bad(Why::Nothing)),
            },
            other => match self.concerns.get_mut(&id) {
                Some(folded) => {
                    self.linked.beside(id, event, &other)?;
                    folded.take(event, other)?;
                    // A step that was taken ends what was told upwards about the deadline before it.
                    if !folded.passed.contains(&folded.concern.v) {
                        self.linked.settle(id, folded.concern.v);
                    }
                    Ok(())
                }
                None => Err(event.bad(Why::Nothing)),
            },
        }
    }

    fn compare(&self, tx: &mut Tx) -> Result<Vec<Difference>, StoreError> {
        compare::compare(self, tx)
    }
}

/// A concern at its first event.
fn begin(event: &Event, happened: &Happened) -> Option<Folded> {
    let person = match event.actor {
        Actor::Person(person) => Some(person),
        Actor::Resident | Actor::System => None,
    };
    let standing = |desk: UnitId, due: Option<Due>, kind: &Option<String>| Standing {
        state: State::Received,
        desk,
        holder: Some(desk),
        assignee: None,
        kind: kind.clone(),
        due,
        resolve_by: None,
        object_by: None,
        passed: false,
        round: 1,
        reachable: false,
        contacted: false,
        handler: None,
        resolver: None,
        tries: 0,
        outcome: None,
        closed_at: None,
        term: None,
        pause: None,
        asked_by: None,
        extended: false,
        merged_into: None,
        bars: Vec::new(),
        involved: Vec::new(),
    };
    let (concern, title, contact, source) = match happened {
        Happened::ConcernSubmitted(f) => {
            let mut now = standing(f.desk, Some(f.due.clone()), &f.kind);
            now.reachable = f.contact.is_some();
            now.bars.clone_from(&f.bars);
            let concern = Concern {
                id: ConcernId(event.subject),
                no: f.no.clone(),
                secret: Some(unhex(&f.secret)?),
                v: 1,
                title: String::new(),
                source: f.source,
                place: f.place,
                town: f.town,
                community: f.community,
                occurred_at: event.occurred_at,
                received_at: event.recorded_at,
                about_unit: f.about_unit,
                about_person: f.about_person,
                confidential: f.confidential,
                may_publish: f.may_publish,
                registered_by: person.filter(|_| f.registered),
                batch: event.batch,
                redactions: Vec::new(),
                read_by: Vec::new(),
                publications: Vec::new(),
                now,
            };
            (concern, f.title.clone(), f.contact.clone(), None)
        }
        Happened::ConcernImported(f) => {
            let mut now = standing(f.desk, f.due.clone(), &f.kind);
            if let Some(at) = f.answered_at {
                now.state = State::Archived;
                now.holder = None;
                now.outcome = Some(Outcome::Answered);
                now.closed_at = Some(at);
                now.handler = f.handler;
                now.involved = f.handler.map(|unit| Involved { unit, excused: false }).into_iter().collect();
            }
            let concern = Concern {
                id: ConcernId(event.subject),
                no: f.no.clone(),
                secret: None,
                v: 1,
                title: String::new(),
                source: Source::Import,
                place: f.place,
                town: f.town,
                community: f.community,
                occurred_at: event.occurred_at,
                received_at: event.recorded_at,
                about_unit: None,
                about_person: None,
                confidential: false,
                may_publish: false,
                registered_by: None,
                batch: event.batch,
                redactions: Vec::new(),
                read_by: Vec::new(),
                publications: Vec::new(),
                now,
            };
            (concern, Some(f.title.clone()), None, event.batch.map(|batch| (f.key.clone(), batch)))
        }
        _ => return None,
    };
    let mut folded = Folded {
        title: title.map(|digest| (digest, event.id, Part::Words)),
        texts: BTreeMap::new(),
        photos: BTreeMap::new(),
        contact,
        readings: BTreeMap::new(),
        source,
        early: BTreeMap::new(),
        passed: BTreeSet::new(),
        concern,
    };
    folded.say(event, happened);
    Some(folded)
}

/// Bytes of lower-case hexadecimal digits.
fn unhex(text: &str) -> Option<[u8; 32]> {
    let (high, low) = (text.get(..32)?.parse::<Id>().ok()?, text.get(32..)?.parse::<Id>().ok()?);
    let mut bytes = [0; 32];
    bytes.iter_mut().zip(high.0.into_iter().chain(low.0)).for_each(|(to, from)| *to = from);
    Some(bytes)
}

impl Folded {
    /// Takes in what is no beginning: a step in its turn, or something beside the steps.
    fn take(&mut self, event: &Event, happened: Happened) -> Result<(), BadFacts> {
        let Some(v) = happened.v() else {
            self.say(event, &happened);
            self.beside(event, &happened);
            return Ok(());
        };
        if v <= self.concern.v || self.early.contains_key(&v) {
            return Err(event.bad(Why::Before));
        }
        self.early.insert(v, (event.clone(), happened));
        while let Some((event, happened)) = self.early.remove(&(self.concern.v + 1)) {
            self.step(&event, &happened)?;
            self.say(&event, &happened);
            self.concern.v += 1;
        }
        Ok(())
    }

    /// Enters the digests of what was said.
    fn say(&mut self, event: &Event, happened: &Happened) {
        let Texts { words, spot, handlers, shown, note } = happened.texts().cloned().unwrap_or_default();
        for (part, digest) in
            [(Part::Words, words), (Part::Spot, spot), (Part::Handlers, handlers), (Part::Shown, shown), (Part::Note, note)]
        {
            if let Some(digest) = digest {
                self.texts.insert((event.id, part), digest);
            }
        }
        let shared = matches!(happened, Happened::ConcernResolved(_)) || !self.concern.confidential;
        for (n, digest) in (0_i64..).zip(happened.photos()) {
            self.photos.insert((event.id, n), (digest.clone(), shared));
        }
    }

    /// What changes no version.
    fn beside(&mut self, event: &Event, happened: &Happened) {
        match happened {
            Happened::ConcernDeadlinePassed(f) => {
                self.passed.insert(f.v);
            }
            Happened::ConcernContactOpened(f) => {
                let person = match event.actor {
                    Actor::Person(person) => Some(person.0),
                    Actor::Resident | Actor::System => None,
                };
                self.readings.insert(event.id, Reading { person, unit: f.unit, at: event.occurred_at });
            }
            Happened::ConcernRedacted(f) => {
                let Actor::Person(written_by) = event.actor else { return };
                let (of, share_photos) = (f.of, f.share_photos);
                let text = Redaction { event: event.id, of, state: Judged::Waiting, share_photos, written_by, decided_by: None };
                self.concern.redactions.push(text);
            }
            Happened::ConcernPublicationProposed(_) => {
                let Actor::Person(written_by) = event.actor else { return };
                self.end(Shown::Waiting);
                let text = Publication { event: event.id, state: Shown::Waiting, written_by, decided_by: None, published_at: None };
                self.concern.publications.push(text);
            }
            Happened::ConcernPublished(f) => {
                self.end(Shown::Published);
                self.shown(event, f.of, Shown::Published);
            }
            Happened::ConcernPublicationReturned(f) => self.shown(event, f.of, Shown::Returned),
            Happened::ConcernPublicationWithdrawn(_) => self.end(Shown::Published),
            Happened::ConcernRedactionApproved(f) => self.judge(event, f.of, Judged::Approved),
            Happened::ConcernRedactionReturned(f) => self.judge(event, f.of, Judged::Returned),
            Happened::ConcernContactChanged(f) => {
                self.contact = Some(f.contact.clone());
                self.concern.now.reachable = true;
            }
            Happened::ConcernPublishingWithdrawn(_) => self.concern.may_publish = false,
            Happened::ConcernKeptFrom(f) => self.concern.now.bars.clone_from(&f.bars),
            Happened::ConcernPartsPassed(f) => {
                if let Some(unit) = f.unit.filter(|_| f.called) {
                    linked::involve(&mut self.concern.now, unit);
                }
            }
            Happened::ConcernErased(f) => {
                if f.contact {
                    self.contact = None;
                    self.concern.now.reachable = false;
                }
                self.texts.retain(|(_, part), _| !f.parts.contains(part));
                if f.photos {
                    self.photos.clear();
                }
            }
            _ => {}
        }
    }

    /// Texts for everybody in this state are withdrawn.
    fn end(&mut self, state: Shown) {
        self.concern.publications.iter_mut().filter(|text| text.state == state).for_each(|text| text.state = Shown::Withdrawn);
    }

    /// What a second person decided on a text for everybody.
    fn shown(&mut self, event: &Event, of: EventId, state: Shown) {
        let Actor::Person(person) = event.actor else { return };
        let Some(text) = self.concern.publications.iter_mut().find(|text| text.event == of) else { return };
        text.state = state;
        text.decided_by = Some(person);
        text.published_at = (state == Shown::Published).then_some(event.recorded_at);
    }

    /// What a second person decided on a text for handlers.
    fn judge(&mut self, event: &Event, of: EventId, state: Judged) {
        let Actor::Person(person) = event.actor else { return };
        let Some(text) = self.concern.redactions.iter_mut().find(|text| text.event == of) else { return };
        text.state = state;
        text.decided_by = Some(person);
        if text.share_photos && state == Judged::Approved {
            self.share();
        }
    }

    fn share(&mut self) {
        for photo in self.photos.values_mut() {
            photo.1 = true;
        }
    }

    /// A step in its turn.
    fn step(&mut self, event: &Event, happened: &Happened) -> Result<(), BadFacts> {
        let from = self.concern.now.state;
        let wrong = || Err(event.bad(Why::NotAfter(from.code())));
        let person = match event.actor {
            Actor::Person(person) => Some(person),
            Actor::Resident | Actor::System => None,
        };
        let now = &mut self.concern.now;
        match (happened, from) {
            (Happened::ConcernDispatched(f), State::Received) => {
                now.kind.clone_from(&f.kind);
                now.term.clone_from(&f.term);
                now.resolve_by = Some(f.resolve_by);
                sent(now, f.unit, &f.due, f.object_by);
                if let Some((digest, redaction)) = f.title.as_ref().zip(f.redaction) {
                    self.title = Some((digest.clone(), redaction, Part::Handlers));
                }
            }
            (Happened::ConcernObjected(f), State::Dispatched | State::InHand) => {
                now.object_by = None;
                now.asked_by = None;
                held(now, State::Objected, now.desk, &f.due);
            }
            (Happened::ConcernObjectionUpheld(f), State::Objected) => {
                now.involved.iter_mut().filter(|i| i.unit == f.unit).for_each(|i| i.excused = true);
                now.resolve_by = None;
                now.extended = false;
                now.handler = None;
                held(now, State::Received, now.desk, &f.due);
            }
            (Happened::ConcernObjectionRefused(f), State::Objected) => held(now, State::Dispatched, f.unit, &f.due),
            (Happened::ConcernClaimed(f), State::Dispatched) => {
                held(now, State::InHand, f.unit, &f.due);
                now.assignee = person;
            }
            (Happened::ConcernHandedOver(f), _) => {
                now.assignee = f.to;
                if f.from != f.unit {
                    let moved = |unit: &mut Option<base::UnitId>| *unit = unit.map(|unit| if unit == f.from { f.unit } else { unit });
                    moved(&mut now.holder);
                    moved(&mut now.handler);
                    let takes_part = now.holder == Some(f.unit) || now.handler == Some(f.unit);
                    if takes_part && now.desk != f.from && !now.involved.iter().any(|i| i.unit == f.unit) {
                        now.involved.push(Involved { unit: f.unit, excused: false });
                    }
                    if now.desk == f.from {
                        now.desk = f.unit;
                    }
                }
                // Whoever takes over has no more time: what was late is late.
                self.still_passed();
            }
            (Happened::ConcernRecalled(f), from) if from != State::Archived => {
                now.desk = f.desk;
                match &f.due {
                    Some(due) => recalled(now, due),
                    None => {
                        now.holder = Some(f.holder);
                        self.still_passed();
                    }
                }
            }
            (Happened::ConcernContacted(f), State::InHand) => {
                now.contacted = true;
                // Where the answer is owed all the same, what was late is late.
                let same = now.due.replace(f.due.clone()).is_some_and(|due| due == f.due);
                if same {
                    self.still_passed();
                }
            }
            (Happened::ConcernEscalated(f), State::Dispatched | State::InHand) => sent(now, f.unit, &f.due, f.object_by),
            (Happened::ConcernSentDown(f), State::Dispatched | State::InHand) => sent(now, f.unit, &f.due, f.object_by),
            (Happened::ConcernResolved(f), State::InHand) => {
                now.resolver = person;
                now.object_by = None;
                now.asked_by = None;
                held(now, State::Resolved, now.desk, &f.due);
            }
            (Happened::ConcernReviewPassed(f), State::Resolved) => held(now, State::CallBack, f.holder, &f.due),
            (Happened::ConcernReturned(f), State::Resolved) => {
                held(now, State::InHand, f.unit, &f.due);
                now.assignee = now.resolver;
            }
            (Happened::ConcernTried(_), State::CallBack) => {
                now.tries += 1;
                // An attempt is no answer: the deadline that passed has passed.
                self.still_passed();
            }
            (Happened::ConcernCalledBack(f), State::CallBack) => match &f.due {
                Some(due) if !f.solved => reopened(now, due),
                None if f.solved => closed(now, event.occurred_at, Outcome::Solved),
                _ => return wrong(),
            },
            (Happened::ConcernReopened(f), State::Archived) => reopened(now, &f.due),
            (Happened::ConcernArchived(f), from) if from != State::Archived => closed(now, event.occurred_at, f.outcome),
            (other, from) => match linked::step(now, event, other, from) {
                Some(true) => self.still_passed(),
                Some(false) => {}
                None => return wrong(),
            },
        }
        Ok(())
    }

    /// A step that leaves the deadline as it is: if that has passed, it has passed.
    fn still_passed(&mut self) {
        if self.passed.contains(&self.concern.v) {
            self.passed.insert(self.concern.v + 1);
        }
    }

    /// The concern as its row should be, but for the title, whose text the record does not hold.
    fn expected(&self) -> Concern {
        let mut concern = self.concern.clone();
        concern.now.passed = self.passed.contains(&concern.v);
        concern.now.involved = Vec::new();
        concern.redactions = Vec::new();
        concern.publications = Vec::new();
        concern
    }
}

fn held(now: &mut Standing, state: State, unit: UnitId, due: &Due) {
    now.state = state;
    now.holder = Some(unit);
    now.assignee = None;
    now.due = Some(due.clone());
}

fn sent(now: &mut Standing, unit: UnitId, due: &Due, object_by: Time) {
    held(now, State::Dispatched, unit, due);
    now.handler = Some(unit);
    now.asked_by = None;
    now.object_by = Some(object_by);
    if !now.involved.iter().any(|i| i.unit == unit) {
        now.involved.push(Involved { unit, excused: false });
    }
}

/// Back on its desk, as if nobody had had it in hand.
fn recalled(now: &mut Standing, due: &Due) {
    held(now, State::Received, now.desk, due);
    now.handler = None;
    now.resolve_by = None;
    now.object_by = None;
    now.asked_by = None;
    now.pause = None;
    now.extended = false;
    now.contacted = false;
}

fn reopened(now: &mut Standing, due: &Due) {
    held(now, State::Received, now.desk, due);
    now.round += 1;
    now.contacted = false;
    now.tries = 0;
    now.resolve_by = None;
    now.object_by = None;
    now.extended = false;
    now.term = now.term.as_deref().map(|term| crate::model::later_term(term).to_owned());
    now.outcome = None;
    now.closed_at = None;
}

fn closed(now: &mut Standing, at: Time, outcome: Outcome) {
    now.state = State::Archived;
    now.holder = None;
    now.assignee = None;
    now.due = None;
    now.object_by = None;
    now.pause = None;
    now.asked_by = None;
    now.merged_into = None;
    now.outcome = Some(outcome);
    now.closed_at = Some(at);
}
