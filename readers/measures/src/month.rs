//! A civil month of +08:00.

use std::fmt;

use base::{Date, Time};

/// A month: the number of months since the year 0, so that the next one is one more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(pub i64);

impl Month {
    /// The month of an instant, in +08:00.
    pub fn of(at: Time) -> Month {
        Month::of_date(at.date())
    }

    /// The month of a date.
    pub fn of_date(date: Date) -> Month {
        Month(i64::from(date.year()) * 12 + i64::from(date.month()) - 1)
    }

    /// The month that lies so many months later; earlier where it is negative.
    pub fn plus(self, months: i64) -> Month {
        Month(self.0.saturating_add(months))
    }

    /// The year.
    pub fn year(self) -> i64 {
        self.0.div_euclid(12)
    }

    /// The month in the year, from 1.
    pub fn month(self) -> i64 {
        self.0.rem_euclid(12) + 1
    }

    /// From this month to that one, both included.
    pub fn until(self, last: Month) -> impl Iterator<Item = Month> {
        (self.0..=last.0).map(Month)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year(), self.month())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_turn_at_midnight_in_the_zone() {
        let at = |day, hour| Time::from_civil(Date::constant(2026, 1, day).at(hour, 0, 0, 0));
        assert_eq!(Month::of(at(31, 23)).to_string(), "2026-01");
        assert_eq!(Month::of(at(31, 23).plus(Time::HOUR)).to_string(), "2026-02");
        assert_eq!(Month::of(at(1, 0).plus(-1)).to_string(), "2025-12");
        assert_eq!(Month::of(at(1, 0)).plus(-13).to_string(), "2024-12");
        assert_eq!(Month::of(at(1, 0)).until(Month::of(at(1, 0)).plus(2)).count(), 3);
    }
}
