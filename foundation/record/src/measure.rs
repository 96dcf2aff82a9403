//! What is counted, declared by modules as data: which events, for which unit, on which day, how much,
//! under which condition. Nothing here runs; the reader `measures` does the counting.

/// Which way a number should go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// More is better.
    Up,
    /// Less is better.
    Down,
    /// It only tells.
    None,
}

/// What a number is made from, which decides what may be done with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nature {
    /// What happened.
    Fact,
    /// What residents answered when they were asked.
    Answer,
    /// What a rule orders to be done: shown as met or unmet beside a score, never in points.
    Duty,
}

/// How a measure's number comes about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// So many events.
    Count,
    /// The sum of an amount.
    Sum,
    /// One count of another, by their ids; shown with the other as its n, or with [`Measure::each`] where the other is no
    /// count of people or cases.
    Rate {
        /// What is above the line.
        num: &'static str,
        /// What is below it.
        den: &'static str,
    },
    /// The middle one of the days that its counts are keyed by.
    Median,
}

/// The unit that an event counts for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// The event's own.
    Event,
    /// The one named by this fact; where there is none, the event's own.
    Fact(&'static str),
}

/// The day that an event counts for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// When it happened.
    Occurred,
    /// When it was written down.
    Recorded,
}

/// How much an event counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    /// One.
    One,
    /// The whole number in this fact; without one it does not count.
    Fact(&'static str),
}

/// A condition on an event's facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Only {
    /// This fact is true.
    True(&'static str),
    /// This fact is false, or is not there.
    False(&'static str),
    /// This fact is there.
    Given(&'static str),
    /// This fact is this text or number.
    Is(&'static str, &'static str),
}

/// By what a number can be taken apart beside units and days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// By nothing.
    None,
    /// By the code in this fact. A dot leads into a nested one: `due.rule`.
    Fact(&'static str),
    /// By the days since the subject was made, which its id tells.
    Days,
}

/// Events of one kind, and how they count.
#[derive(Clone, Copy, Debug)]
pub struct Count {
    /// The kind of event.
    pub kind: &'static str,
    /// For whom.
    pub unit: Whose,
    /// For which day.
    pub at: At,
    /// How much.
    pub amount: Amount,
    /// Only where all of these hold.
    pub only: &'static [Only],
    /// By what it can be taken apart.
    pub key: Key,
}

impl Count {
    /// One for each event of a kind that is to be named, for its unit, when it happened.
    pub const ONE: Count = Count { kind: "", unit: Whose::Event, at: At::Occurred, amount: Amount::One, only: &[], key: Key::None };
}

/// One number that the record gives.
#[derive(Clone, Copy, Debug)]
pub struct Measure {
    /// Its id, as `concerns.received`: the module, a dot, lower-case letters and underscores.
    pub id: &'static str,
    /// What it is called.
    pub title_zh: &'static str,
    /// What it is called in English.
    pub title_en: &'static str,
    /// What is counted: 件.
    pub unit_zh: &'static str,
    /// What is counted, in English.
    pub unit_en: &'static str,
    /// How it is counted, in a sentence.
    pub note_zh: &'static str,
    /// The same in English.
    pub note_en: &'static str,
    /// Which way it should go.
    pub better: Better,
    /// How it comes about.
    pub kind: Kind,
    /// What it is made from.
    pub nature: Nature,
    /// The events; none for a rate.
    pub counts: &'static [Count],
    /// For a rate of sums (points, hours): the measure that counts the people or cases whose they are, which is its n.
    pub each: Option<&'static str>,
}

impl Measure {
    /// A count of facts that only tells, to be filled in.
    pub const COUNT: Measure = Measure {
        id: "",
        title_zh: "",
        title_en: "",
        unit_zh: "件",
        unit_en: "cases",
        note_zh: "",
        note_en: "",
        better: Better::None,
        kind: Kind::Count,
        nature: Nature::Fact,
        counts: &[],
        each: None,
    };

    /// What it is called.
    pub fn title(&self, chinese: bool) -> &'static str {
        if chinese { self.title_zh } else { self.title_en }
    }

    /// What is counted.
    pub fn unit(&self, chinese: bool) -> &'static str {
        if chinese { self.unit_zh } else { self.unit_en }
    }

    /// How it is counted.
    pub fn note(&self, chinese: bool) -> &'static str {
        if chinese { self.note_zh } else { self.note_en }
    }
}

/// A duty that a rule sets, with what the record knows of it. It is met or unmet; it has no points.
#[derive(Clone, Copy, Debug)]
pub struct Duty {
    /// Its id, as `concerns.claim_in_time`.
    pub id: &'static str,
    /// What is owed.
    pub title_zh: &'static str,
    /// The same in English.
    pub title_en: &'static str,
    /// The rule that sets it, by its id in the rule packs.
    pub rule: &'static str,
    /// The measure that tells.
    pub measure: &'static str,
    /// The part of that measure which counts, by its key; empty for the whole.
    pub key: &'static str,
    /// When it is met.
    pub met: Met,
    /// The levels of the units that owe it, by their codes (`branch`); empty where whoever has such things in hand does.
    pub levels: &'static [&'static str],
}

impl Duty {
    /// A duty of everybody that is met where nothing tells of it: to write others from.
    pub const BASE: Duty = Duty { id: "", title_zh: "", title_en: "", rule: "", measure: "", key: "", met: Met::Never, levels: &[] };
}

/// When a duty is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Met {
    /// There was no such event in the period.
    Never,
    /// There were at least so many in the period.
    AtLeast(i64),
    /// There were as many as the rule says in each month, quarter or year that the rule counts by.
    AsOften,
}

/// The measures of a crate, as the list of all of them holds it.
#[doc(hidden)]
pub struct DeclaredMeasures(pub &'static [Measure]);

/// The duties of a crate, as the list of all of them holds it.
#[doc(hidden)]
pub struct DeclaredDuties(pub &'static [Duty]);

inventory::collect!(DeclaredMeasures);
inventory::collect!(DeclaredDuties);

/// Every measure that is linked into this program, in no order.
pub fn declared_measures() -> impl Iterator<Item = &'static Measure> {
    inventory::iter::<DeclaredMeasures>.into_iter().flat_map(|declared| declared.0)
}

/// Every duty that is linked into this program, in no order.
pub fn declared_duties() -> impl Iterator<Item = &'static Duty> {
    inventory::iter::<DeclaredDuties>.into_iter().flat_map(|declared| declared.0)
}

/// Declares the measures of a crate: `record::measures! { /// What is counted. pub MEASURES = [ Measure { .. }, .. ] }`.
#[macro_export]
macro_rules! measures {
    ($(#[$meta:meta])* $vis:vis $name:ident = [$($measure:expr),* $(,)?]) => {
        $(#[$meta])*
        $vis static $name: &[$crate::measure::Measure] = &[$($measure),*];
        $crate::__inventory::submit! { $crate::measure::DeclaredMeasures($name) }
    };
}

/// Declares the duties of a crate, as [`measures!`](crate::measures) does its measures.
#[macro_export]
macro_rules! duties {
    ($(#[$meta:meta])* $vis:vis $name:ident = [$($duty:expr),* $(,)?]) => {
        $(#[$meta])*
        $vis static $name: &[$crate::measure::Duty] = &[$($duty),*];
        $crate::__inventory::submit! { $crate::measure::DeclaredDuties($name) }
    };
}
