//! Working days: Monday to Friday, corrected by the yearly holiday tables of the rule packs.
//!
//! Dates are +08:00. A year without a table counts Monday to Friday and is called provisional, as is a
//! year whose table is not published yet.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::Time;

/// Offices close at 17:30: a working-day deadline ends then.
const CLOSES: i64 = 17 * Time::HOUR + 30 * Time::MINUTE;

/// Hours by which the civil day runs ahead of UTC.
const ZONE: i64 = 8 * Time::HOUR;

/// The working days of all years.
#[derive(Debug, Clone, Default)]
pub struct Calendar {
    /// First day of `table`, in days since 1970-01-01.
    first: i64,
    /// Whether each day of the known years, gaps included, is worked.
    table: Vec<bool>,
    /// Known years, each as its table has it.
    years: BTreeMap<i16, Year>,
}

/// One year's corrections.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Year {
    /// The year.
    pub year: i16,
    /// The document that sets them.
    pub document: String,
    /// Whether it was computed before the notice for the year was published.
    pub provisional: bool,
    /// Days off, also those on a weekend.
    pub off: Vec<Date>,
    /// Weekend days that are worked.
    pub work: Vec<Date>,
}

impl Calendar {
    /// From the tables of some years; later entries for a year replace earlier ones.
    pub fn new(years: &[Year]) -> Calendar {
        let known: BTreeMap<i16, &Year> = years.iter().map(|y| (y.year, y)).collect();
        let (Some(from), Some(to)) = (known.keys().next(), known.keys().last()) else { return Calendar::default() };
        let first = day_number(Date::new(*from, 1, 1).unwrap_or(Date::MIN));
        let end = day_number(Date::new(*to, 12, 31).unwrap_or(Date::MAX)) + 1;
        let mut table: Vec<bool> = (first..end).map(is_weekday).collect();
        for year in known.values() {
            for (days, worked) in [(&year.off, false), (&year.work, true)] {
                for day in days {
                    if let Some(cell) = usize::try_from(day_number(*day) - first).ok().and_then(|at| table.get_mut(at)) {
                        *cell = worked;
                    }
                }
            }
        }
        Calendar { first, table, years: known.into_iter().map(|(year, y)| (year, y.clone())).collect() }
    }

    /// Whether offices work on this day.
    pub fn is_working(&self, date: Date) -> bool {
        self.works(day_number(date))
    }

    /// Whether the days of this date's year may still change: no table, or one before publication.
    pub fn is_provisional(&self, date: Date) -> bool {
        self.years.get(&date.year()).is_none_or(|year| year.provisional)
    }

    /// The years whose tables are known, the earliest first.
    pub fn years(&self) -> impl Iterator<Item = &Year> {
        self.years.values()
    }

    /// The first day of which the two calendars do not say the same; nothing where they agree.
    pub fn first_difference(&self, other: &Calendar) -> Option<Date> {
        let ends = |calendar: &Calendar| (calendar.first, calendar.first + i64::try_from(calendar.table.len()).unwrap_or(0));
        let known = [self, other].into_iter().filter(|calendar| !calendar.table.is_empty()).map(ends);
        let (from, to) = known.reduce(|(a, b), (c, d)| (a.min(c), b.max(d)))?;
        let day = (from..to).find(|day| self.works(*day) != other.works(*day))?;
        Some(Time(day.saturating_mul(Time::DAY) - ZONE).date())
    }

    /// 17:30 of the `n`-th working day after the day of `from`; for `n` = 0 of that day, or of the next working day.
    pub fn plus_working_days(&self, from: Time, n: u32) -> Time {
        let mut day = civil_day(from);
        let mut left = i64::from(n);
        if left == 0 {
            while !self.works(day) {
                day += 1;
            }
        }
        let end = self.first + i64::try_from(self.table.len()).unwrap_or(0);
        while left > 0 {
            // Outside the tables whole weeks can be stepped over at once.
            let weeks = left / 5 - 1;
            let outside = day >= end || self.table.is_empty() || day + weeks * 7 < self.first;
            if weeks > 0 && outside {
                day += weeks * 7;
                left -= weeks * 5;
            } else {
                day += 1;
                left -= i64::from(self.works(day));
            }
        }
        Time(day.saturating_mul(Time::DAY).saturating_add(CLOSES - ZONE))
    }

    /// Working days after the day of `a` up to and with the day of `b`; negative when `b` comes first.
    /// What remains until a deadline: 0 means today.
    pub fn working_days_between(&self, a: Time, b: Time) -> i64 {
        let (from, to) = (civil_day(a), civil_day(b));
        if from > to {
            return -self.working_days_between(b, a);
        }
        let end = self.first + i64::try_from(self.table.len()).unwrap_or(0);
        // Days of the tables one by one, the years before and after them by whole weeks.
        let clip = |day: i64| day.clamp(self.first - 1, end - 1);
        let inside = (clip(from) + 1..=clip(to)).filter(|day| self.works(*day)).count();
        let before = weekdays(from.min(self.first - 1), to.min(self.first - 1));
        let after = weekdays(from.max(end - 1), to.max(end - 1));
        before + i64::try_from(inside).unwrap_or(i64::MAX) + after
    }

    fn works(&self, day: i64) -> bool {
        match usize::try_from(day - self.first).ok().and_then(|at| self.table.get(at)) {
            Some(worked) => *worked,
            None => is_weekday(day),
        }
    }
}

/// Days since 1970-01-01 of the civil day of an instant.
fn civil_day(at: Time) -> i64 {
    at.0.saturating_add(ZONE).div_euclid(Time::DAY)
}

fn day_number(date: Date) -> i64 {
    civil_day(Time::from_civil(date.at(0, 0, 0, 0)))
}

/// 1970-01-01 was a Thursday.
fn is_weekday(day: i64) -> bool {
    (day + 3).rem_euclid(7) < 5
}

/// Mondays to Fridays after day `from` up to and with day `to`.
fn weekdays(from: i64, to: i64) -> i64 {
    let until = |day: i64| {
        let day = day + 3;
        day.div_euclid(7) * 5 + (day.rem_euclid(7) + 1).min(5)
    };
    until(to) - until(from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Rules;
    use proptest::prelude::*;

    fn at(text: &str) -> Time {
        Time::from_civil(text.parse().unwrap())
    }

    #[test]
    fn counts_over_holidays_and_exchanged_weekends() {
        let rules = Rules::builtin();
        let calendar = rules.calendar();
        for (from, n, due) in [
            ("2026-11-20T09:00", 1, "2026-11-23T17:30"), // Friday to Monday
            ("2026-11-20T23:59:59", 1, "2026-11-23T17:30"),
            ("2026-11-21T00:00", 1, "2026-11-23T17:30"), // Saturday
            ("2026-02-13T10:00", 1, "2026-02-14T17:30"), // an exchanged Saturday
            ("2026-02-14T10:00", 1, "2026-02-24T17:30"), // over the Spring Festival
            ("2026-09-30T10:00", 3, "2026-10-10T17:30"), // 8, 9 and the worked Saturday 10 October
            ("2026-11-21T12:00", 0, "2026-11-23T17:30"),
            ("2026-11-20T12:00", 0, "2026-11-20T17:30"),
            ("2011-09-30T12:00", 1, "2011-10-03T17:30"), // no table: Monday to Friday
            ("2026-12-31T12:00", 1, "2027-01-04T17:30"),
        ] {
            assert_eq!(calendar.plus_working_days(at(from), n), at(due), "{from} + {n}");
        }
        assert_eq!(calendar.working_days_between(at("2026-09-30T23:00"), at("2026-10-10T01:00")), 3);
        assert_eq!(calendar.working_days_between(at("2026-10-10T01:00"), at("2026-09-30T23:00")), -3);
        assert_eq!(calendar.working_days_between(at("2026-11-20T01:00"), at("2026-11-20T23:00")), 0);
        assert!(!calendar.is_provisional(Date::constant(2026, 5, 1)));
        assert!(calendar.is_provisional(Date::constant(2027, 5, 1)) && calendar.is_provisional(Date::constant(2011, 5, 1)));
        assert!(!calendar.is_working(Date::constant(2026, 10, 1)) && calendar.is_working(Date::constant(2026, 10, 10)));
    }

    #[test]
    fn extremes_do_not_overflow() {
        let rules = Rules::builtin();
        for calendar in [rules.calendar(), &Calendar::default()] {
            for from in [Time(i64::MIN), Time(0), Time(i64::MAX)] {
                let _ = calendar.plus_working_days(from, 3);
                let _ = calendar.plus_working_days(from, u32::MAX);
                let _ = calendar.working_days_between(from, Time(i64::MAX));
                let _ = calendar.working_days_between(from, Time(i64::MIN));
            }
        }
    }

    proptest! {
        // From 2009 to 2043: before, in and after the tables.
        #[test]
        fn later_start_and_more_days_never_end_earlier(from in 1_230_000_000i64..2_300_000_000, later in 0i64..20_000_000, n in 0u32..900, more in 0u32..40) {
            let rules = Rules::builtin();
            let calendar = rules.calendar();
            let (a, b) = (Time(from * Time::SECOND), Time((from + later) * Time::SECOND));
            prop_assert!(calendar.plus_working_days(a, n) <= calendar.plus_working_days(b, n));
            prop_assert!(calendar.plus_working_days(a, n) <= calendar.plus_working_days(a, n + more));
        }

        #[test]
        fn counting_back_gives_the_days_that_were_added(from in 1_230_000_000i64..2_300_000_000, n in 1u32..900) {
            let rules = Rules::builtin();
            let calendar = rules.calendar();
            let from = Time(from * Time::SECOND);
            let due = calendar.plus_working_days(from, n);
            prop_assert!(calendar.is_working(due.date()) && due > from);
            prop_assert_eq!(calendar.working_days_between(from, due), i64::from(n));
        }

        #[test]
        fn stepping_over_weeks_is_the_same_as_day_by_day(from in 0i64..3_000_000_000, n in 1u32..400) {
            let calendar = Calendar::default();
            let start = Time(from * Time::SECOND);
            let (mut day, mut left) = (civil_day(start), n);
            while left > 0 {
                day += 1;
                left -= u32::from(is_weekday(day));
            }
            prop_assert_eq!(civil_day(calendar.plus_working_days(start, n)), day);
        }
    }
}
