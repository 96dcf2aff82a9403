//! What a request is, when it falls due, and what it comes to.

use base::{Date, PersonId, Time, UnitId};

base::id! {
    /// One request.
    pub RequestId;
}
store::bind_ids!(RequestId);

macro_rules! codes {
    ($($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $code:literal,)+ })+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[$vmeta])* $variant,)+ }

        impl $name {
            /// All of them.
            pub const ALL: &'static [$name] = &[$($name::$variant,)+];

            /// As it stands in the store.
            pub fn code(self) -> &'static str {
                match self { $($name::$variant => $code,)+ }
            }

            /// From its code.
            pub fn from_code(code: &str) -> Option<$name> {
                Self::ALL.iter().copied().find(|one| one.code() == code)
            }
        }
    )+};
}

codes! {
    /// How often it is asked.
    Rhythm {
        /// One time.
        Once = "once",
        /// Each month.
        Month = "month",
        /// Each quarter.
        Quarter = "quarter",
        /// Each half year.
        HalfYear = "half_year",
        /// Each year.
        Year = "year",
    }

    /// What was decided.
    State {
        /// Nothing yet: until then it counts as asked.
        Pending = "pending",
        /// It is filled in; what the record knows is not.
        Fill = "fill",
        /// The record answers it.
        Answer = "answer",
        /// It is not asked.
        Refuse = "refuse",
    }
}

impl Rhythm {
    fn months(self) -> i32 {
        match self {
            Rhythm::Once => 0,
            Rhythm::Month => 1,
            Rhythm::Quarter => 3,
            Rhythm::HalfYear => 6,
            Rhythm::Year => 12,
        }
    }
}

/// One request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Which.
    pub id: RequestId,
    /// What is wanted.
    pub title: String,
    /// Who asks, where it is a unit of the district.
    pub asker: Option<UnitId>,
    /// Who asks, where it is somebody outside.
    pub asker_name: String,
    /// The document that orders it; empty for none.
    pub document: String,
    /// The communities under this unit are asked.
    pub scope: UnitId,
    /// The fields.
    pub field_names: Vec<String>,
    /// Those of them that the record knows.
    pub known_names: Vec<String>,
    /// Minutes each time.
    pub minutes: i64,
    /// How often.
    pub rhythm: Rhythm,
    /// The first time it is due.
    pub starts: Date,
    /// The last day on which it can be.
    pub ends: Option<Date>,
    /// What was decided.
    pub state: State,
    /// Why.
    pub reason: String,
    /// From which day on.
    pub decided_on: Option<Date>,
    /// Who entered it.
    pub registered_by: PersonId,
    /// Where they sit.
    pub unit: UnitId,
    /// When.
    pub created_at: Time,
}

/// Forms, fields and minutes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Load {
    /// Times that something was to be filled in.
    pub forms: i64,
    /// Fields of them.
    pub fields: i64,
    /// Minutes for them.
    pub minutes: i64,
}

impl std::ops::AddAssign for Load {
    fn add_assign(&mut self, other: Load) {
        self.forms += other.forms;
        self.fields += other.fields;
        self.minutes += other.minutes;
    }
}

/// What a year came to for one community.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    /// What people filled in.
    pub asked: Load,
    /// What the record answered instead.
    pub answered: Load,
    /// What was refused.
    pub refused: Load,
}

impl std::ops::AddAssign for Ledger {
    fn add_assign(&mut self, other: Ledger) {
        self.asked += other.asked;
        self.answered += other.answered;
        self.refused += other.refused;
    }
}

impl Request {
    /// The days on which it falls due, from this one to that one, both included.
    pub fn due_days(&self, from: Date, to: Date) -> Vec<Date> {
        let last = self.ends.map_or(to, |ends| ends.min(to));
        let mut days = Vec::new();
        for n in 0..=600 {
            let months = self.rhythm.months() * n;
            let Ok(day) = self.starts.checked_add(jiff::Span::new().months(months)) else { break };
            if day > last {
                break;
            }
            if day >= from {
                days.push(day);
            }
            if self.rhythm == Rhythm::Once {
                break;
            }
        }
        days
    }

    /// What it came to for one community from this day to that one, both included.
    pub fn between(&self, from: Date, to: Date) -> Ledger {
        let mut sum = Ledger::default();
        for day in self.due_days(from, to) {
            sum += self.once(day);
        }
        sum
    }

    /// What one time comes to. What fell due before it was decided had been asked; so has what nobody decided on.
    fn once(&self, day: Date) -> Ledger {
        let (fields, known) = (count(&self.field_names), count(&self.known_names));
        let whole = Load { forms: 1, fields, minutes: self.minutes };
        let spared = if fields > 0 { self.minutes * known / fields } else { 0 };
        let decided = self.decided_on.is_some_and(|on| day >= on);
        let mut ledger = Ledger::default();
        match if decided { self.state } else { State::Pending } {
            State::Pending => ledger.asked = whole,
            State::Answer => {
                ledger.answered = Load { forms: 1, fields: known, minutes: spared };
                // What the record does not know nobody answered: it is asked no more.
                ledger.refused = Load { forms: 0, fields: fields - known, minutes: self.minutes - spared };
            }
            State::Refuse => ledger.refused = whole,
            State::Fill => {
                ledger.asked = Load { forms: 1, fields: fields - known, minutes: self.minutes - spared };
                ledger.answered = Load { forms: 0, fields: known, minutes: spared };
            }
        }
        ledger
    }
}

fn count(list: &[String]) -> i64 {
    i64::try_from(list.len()).unwrap_or(i64::MAX)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn request(rhythm: Rhythm, starts: &str) -> Request {
        Request {
            id: RequestId::default(),
            title: "t".into(),
            asker: None,
            asker_name: "a".into(),
            document: String::new(),
            scope: UnitId::default(),
            field_names: vec!["a".into(), "b".into(), "c".into(), "d".into()],
            known_names: vec!["a".into()],
            minutes: 60,
            rhythm,
            starts: day(starts),
            ends: None,
            state: State::Pending,
            reason: String::new(),
            decided_on: None,
            registered_by: PersonId::default(),
            unit: UnitId::default(),
            created_at: Time(0),
        }
    }

    #[test]
    fn a_month_s_end_stays_one() {
        let days = request(Rhythm::Month, "2026-01-31").due_days(day("2026-01-01"), day("2026-04-30"));
        assert_eq!(days.iter().map(ToString::to_string).collect::<Vec<_>>(), ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]);
        assert_eq!(request(Rhythm::Quarter, "2025-11-10").due_days(day("2026-01-01"), day("2026-12-31")).len(), 4);
        assert_eq!(request(Rhythm::Once, "2026-05-01").due_days(day("2026-01-01"), day("2026-12-31")).len(), 1);
        assert_eq!(request(Rhythm::Once, "2025-05-01").due_days(day("2026-01-01"), day("2026-12-31")).len(), 0);
        assert_eq!(request(Rhythm::Month, "2027-01-01").due_days(day("2026-01-01"), day("2026-12-31")).len(), 0);
    }

    #[test]
    fn what_was_asked_before_it_was_decided_was_asked() {
        let half = |request: &Request| request.between(day("2026-01-01"), day("2026-06-30"));
        let mut request = request(Rhythm::Month, "2026-01-15");
        assert_eq!(half(&request).asked, Load { forms: 6, fields: 24, minutes: 360 });
        (request.state, request.decided_on) = (State::Answer, Some(day("2026-03-01")));
        let ledger = half(&request);
        assert_eq!((ledger.asked.forms, ledger.answered.forms, ledger.refused.forms), (2, 4, 0));
        // Of the four fields the record knows one, and answers no more than that.
        assert_eq!(ledger.answered, Load { forms: 4, fields: 4, minutes: 60 });
        assert_eq!(ledger.refused, Load { forms: 0, fields: 12, minutes: 180 });
        request.state = State::Fill;
        let ledger = half(&request);
        assert_eq!(ledger.asked, Load { forms: 6, fields: 20, minutes: 300 });
        assert_eq!(ledger.answered, Load { forms: 0, fields: 4, minutes: 60 });
        request.ends = Some(day("2026-02-01"));
        assert_eq!(half(&request).asked.forms, 1);
    }
}
