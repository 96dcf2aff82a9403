//! The event: its columns, who did it, and the facts of a kind with their versions.
//!
//! Facts hold ids, codes, amounts, dates and salted digests of texts, never a text and never
//! personal data: those lie in tables of their owner, where they can be erased without breaking
//! the log. A fact of an older version is lifted to the present one when it is read.

use base::{Id, PersonId, Time, UnitId};
use serde::Serialize;
use serde::de::DeserializeOwned;

base::id! {
    /// One event.
    pub EventId;
}

/// The facts of one kind of event.
pub trait Facts: Serialize + DeserializeOwned {
    /// The kind: past tense, its noun first, as `ConcernSubmitted`. Never renamed once released.
    const KIND: &'static str;
    /// The version of the present shape, from 1.
    const V: i64;

    /// Lift facts of an older version to the present shape. The default knows no older version.
    ///
    /// # Errors
    /// In words, when there is no way from that version.
    fn upcast(from: i64, facts: serde_json::Value) -> Result<serde_json::Value, String> {
        let _ = facts;
        Err(format!("version {from} is not known here; this program knows version {}", Self::V))
    }
}

/// Who did it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Actor {
    /// A member of staff, through an account.
    Person(PersonId),
    /// A resident: whoever holds the receipt, or nobody known. Never joined to a person.
    Resident,
    /// The program itself, as when a deadline passes.
    System,
}

impl Actor {
    pub(crate) fn tag(self) -> i64 {
        match self {
            Actor::Person(_) => 0,
            Actor::Resident => 1,
            Actor::System => 2,
        }
    }

    pub(crate) fn id(self) -> Option<Id> {
        match self {
            Actor::Person(person) => Some(person.0),
            Actor::Resident | Actor::System => None,
        }
    }

    pub(crate) fn from_columns(tag: i64, id: Option<Id>) -> Result<Actor, BadRow> {
        match (tag, id) {
            (0, Some(id)) => Ok(Actor::Person(PersonId(id))),
            (1, None) => Ok(Actor::Resident),
            (2, None) => Ok(Actor::System),
            (tag, Some(_)) => Err(BadRow::ActorWith(tag)),
            (tag, None) => Err(BadRow::ActorWithout(tag)),
        }
    }
}

/// What an event is about, beside its facts.
#[derive(Clone, Copy, Debug)]
pub struct About {
    /// When it happened; an import brings the time from its file. When it was recorded is the present.
    pub occurred_at: Time,
    /// Who did it.
    pub actor: Actor,
    /// The unit it counts for, where it counts for one.
    pub unit: Option<UnitId>,
    /// What it happened to: the timeline of this id shows it.
    pub subject: Id,
    /// The import or other undertaking it belongs to.
    pub batch: Option<Id>,
}

/// One event as it stands in the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its place in the log, from 1; none while the sequencer has not seen it.
    pub pos: Option<i64>,
    /// Its id.
    pub id: EventId,
    /// Its kind, as [`Facts::KIND`].
    pub kind: String,
    /// The version of its facts.
    pub v: i64,
    /// When it was written down.
    pub recorded_at: Time,
    /// When it happened.
    pub occurred_at: Time,
    /// Who did it.
    pub actor: Actor,
    /// The unit it counts for.
    pub unit: Option<UnitId>,
    /// What it happened to.
    pub subject: Id,
    /// The import or other undertaking it belongs to.
    pub batch: Option<Id>,
    /// The digest of the rule packs that were in force.
    pub rules_digest: [u8; 32],
    /// The facts, as JSON.
    pub facts: String,
    /// Sixteen random bytes, so that a leaf gives nothing away to who guesses at the facts.
    pub salt: [u8; 16],
}

/// Why a row of `event` cannot be an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadRow {
    /// `actor_kind` holds this, which does not go with the id that stands in `actor`.
    #[error("actor_kind {0} with an id is not known")]
    ActorWith(i64),
    /// `actor_kind` holds this, which does not go without an id in `actor`.
    #[error("actor_kind {0} without an id is not known")]
    ActorWithout(i64),
    /// This column holds more or fewer bytes than were written.
    #[error("{0} has another length than it was written with")]
    Length(&'static str),
}

impl BadRow {
    /// In Chinese.
    pub fn zh(self) -> String {
        match self {
            BadRow::ActorWith(tag) => format!("actor_kind 列是 {tag}，和 actor 列里的编号配不上"),
            BadRow::ActorWithout(tag) => format!("actor_kind 列是 {tag}，和空的 actor 列配不上"),
            BadRow::Length(column) => format!("{column} 列的长短和写入时不同"),
        }
    }
}

/// Why the facts of an event are not taken: they cannot be read, or what they tell cannot have happened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    /// It was read as another kind.
    #[error("read as {0}")]
    Kind(&'static str),
    /// They are not in the shape of their kind. Holds what the reader of JSON says.
    #[error("{0}")]
    Shape(String),
    /// Of this version, from which there is no way to the present one.
    #[error("{1}")]
    Version(i64, String),
    /// The same is in the record already.
    #[error("it was there before")]
    Before,
    /// The record has nothing yet that it happened to.
    #[error("there is nothing yet that it happened to")]
    Nothing,
    /// What it happened to does not stand so that it could have happened.
    #[error("it cannot have happened at that point")]
    NotThen,
    /// A concern stands in this state, from which there is no such step.
    #[error("it cannot follow {0}")]
    NotAfter(&'static str),
    /// Done by nobody, where somebody must have done it.
    #[error("nobody did it")]
    Nobody,
    /// Of no unit, where it must be of one.
    #[error("it is of no unit")]
    NoUnit,
    /// What it says of what was there before is not what was there.
    #[error("what it says of what was there before is not so")]
    Otherwise,
}

impl Why {
    /// In Chinese.
    pub fn zh(&self) -> String {
        match self {
            Why::Kind(kind) => format!("被当作 {kind} 来读"),
            Why::Shape(_) => "内容不是这一种记录的写法".to_owned(),
            Why::Version(version, _) => format!("内容是第 {version} 版的写法，本程序不认识"),
            Why::Before => "同一件事此前已经记过".to_owned(),
            Why::Nothing => "它所指的对象此前没有记录".to_owned(),
            Why::NotThen => "按此前的记录，这一步不可能发生".to_owned(),
            Why::NotAfter(state) => format!("此前的状态是 {state}，不可能接着发生这一步"),
            Why::Nobody => "没有写明由谁办理".to_owned(),
            Why::NoUnit => "没有写明属于哪个单位".to_owned(),
            Why::Otherwise => "所写的此前情况和此前的记录不同".to_owned(),
        }
    }
}

/// Facts that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("event {event} ({kind}): {why}")]
pub struct BadFacts {
    /// The event.
    pub event: EventId,
    /// Its kind.
    pub kind: String,
    /// What is wrong.
    pub why: Why,
}

impl BadFacts {
    /// In Chinese.
    pub fn zh(&self) -> String {
        let BadFacts { event, kind, why } = self;
        format!("记录 {event}（{kind}）：{}", why.zh())
    }
}

impl Event {
    /// Whether it is of the kind of `F`.
    pub fn is<F: Facts>(&self) -> bool {
        self.kind == F::KIND
    }

    /// Its facts, lifted to the present version.
    ///
    /// # Errors
    /// [`BadFacts`] when it is another kind, of a version that cannot be lifted, or not in shape.
    pub fn facts<F: Facts>(&self) -> Result<F, BadFacts> {
        if self.kind != F::KIND {
            return Err(self.bad(Why::Kind(F::KIND)));
        }
        let shape = |error: serde_json::Error| self.bad(Why::Shape(error.to_string()));
        if self.v == F::V {
            return serde_json::from_str(&self.facts).map_err(shape);
        }
        let old = serde_json::from_str(&self.facts).map_err(shape)?;
        let lifted = F::upcast(self.v, old).map_err(|reason| self.bad(Why::Version(self.v, reason)))?;
        serde_json::from_value(lifted).map_err(shape)
    }

    /// This event named in a [`BadFacts`], for folds that find facts in shape but impossible.
    pub fn bad(&self, why: Why) -> BadFacts {
        BadFacts { event: self.id, kind: self.kind.clone(), why }
    }
}

/// What the program knows about one kind of event; a module lists its kinds.
#[derive(Clone, Copy)]
pub struct KindInfo {
    /// The kind.
    pub name: &'static str,
    /// The present version.
    pub v: i64,
    /// Lifts older facts, given their version.
    pub upcast: fn(i64, serde_json::Value) -> Result<serde_json::Value, String>,
    /// Reads the facts of an event of this kind and throws them away: for verifying and fuzzing.
    pub check: fn(&Event) -> Result<(), BadFacts>,
}

impl KindInfo {
    /// The kind of these facts.
    pub const fn of<F: Facts>() -> KindInfo {
        KindInfo { name: F::KIND, v: F::V, upcast: F::upcast, check: |event| event.facts::<F>().map(drop) }
    }
}

impl std::fmt::Debug for KindInfo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} v{}", self.name, self.v)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize, serde::Deserialize, PartialEq, Debug)]
    struct LampMended {
        lamps: u32,
        street: String,
    }

    impl Facts for LampMended {
        const KIND: &'static str = "LampMended";
        const V: i64 = 2;

        fn upcast(from: i64, mut facts: serde_json::Value) -> Result<serde_json::Value, String> {
            if from != 1 {
                return Err(format!("no way from version {from}"));
            }
            facts["lamps"] = 1.into();
            Ok(facts)
        }
    }

    fn event(v: i64, facts: &str) -> Event {
        Event {
            pos: None,
            id: EventId::default(),
            kind: "LampMended".into(),
            v,
            recorded_at: Time(0),
            occurred_at: Time(0),
            actor: Actor::System,
            unit: None,
            subject: Id::default(),
            batch: None,
            rules_digest: [0; 32],
            facts: facts.into(),
            salt: [0; 16],
        }
    }

    #[test]
    fn older_facts_are_lifted_and_unknown_ones_refused_in_words() {
        let present = LampMended { lamps: 3, street: "east".into() };
        assert_eq!(event(2, r#"{"lamps":3,"street":"east"}"#).facts(), Ok(present));
        assert_eq!(event(1, r#"{"street":"east"}"#).facts(), Ok(LampMended { lamps: 1, street: "east".into() }));
        let ahead = event(3, "{}").facts::<LampMended>().unwrap_err();
        assert!(ahead.to_string().contains("no way from version 3"), "{ahead}");
        let broken = event(2, r#"{"lamps":3"#).facts::<LampMended>().unwrap_err();
        assert_eq!(broken.kind, "LampMended");
        assert!((KindInfo::of::<LampMended>().check)(&event(2, "[]")).is_err());
    }
}
