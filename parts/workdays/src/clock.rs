//! What a deadline is counted from.

use base::Time;
use base::rules::Rules;

/// How a deadline came about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Clock {
    /// A rule's length from a moment.
    From {
        /// The rule.
        rule: String,
        /// The moment.
        at: Time,
    },
    /// A rule's length from where another ends.
    Longer {
        /// The rule.
        rule: String,
        /// The other.
        than: Box<Clock>,
    },
    /// As another, which stood still for some time.
    Stood {
        /// The rule by which it counts.
        rule: String,
        /// The other.
        before: Box<Clock>,
        /// Since when it stood still.
        from: Time,
        /// Until when.
        to: Time,
    },
}

impl Clock {
    /// When it runs out.
    pub fn ends(&self, rules: &Rules) -> Time {
        match self {
            Clock::From { rule, at } => rules.deadline(rule, *at).at,
            Clock::Longer { rule, than } => rules.deadline(rule, than.ends(rules)).at,
            Clock::Stood { rule, before, from, to } => rules.later_by(rule, before.ends(rules), *from, *to),
        }
    }

    /// The same, after it stood still for some time.
    #[must_use]
    pub fn stood(self, rule: &str, from: Time, to: Time) -> Clock {
        Clock::Stood { rule: rule.to_owned(), before: Box::new(self), from, to }
    }
}
