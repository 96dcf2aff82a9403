//! What is counted: declared by a module, folded by the reader that keeps the numbers.

use base::{Time, UnitId};

use crate::event::Event;

/// One number that the record gives.
#[derive(Clone, Copy)]
pub struct Measure {
    /// Its id, as `concerns.received`.
    pub id: &'static str,
    /// What it is called.
    pub title_zh: &'static str,
    /// What it is called in English.
    pub title_en: &'static str,
    /// The kind of event it looks at.
    pub kind: &'static str,
    /// For an event of that kind: the unit and the time it counts for, and how much; none where it does not count.
    pub count: fn(&Event) -> Option<(UnitId, Time, i64)>,
}

impl std::fmt::Debug for Measure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} of {}", self.id, self.kind)
    }
}
