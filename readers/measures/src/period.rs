//! A stretch of days that numbers are asked for.

use base::Date;
use web::{Lang, fill};

use crate::days::{date_of, day_number, first_day, month_of};

web::texts! {
    /// Names of periods.
    pub(crate) PeriodTexts;
    year: "{y}年", "{y}";
    quarter: "{y}年第{q}季度", "Q{q} {y}";
    month: "{y}年{m}月", "{y}-{m}";
    day: "{m}月{d}日", "{m}/{d}";
    span: "{from}至{to}", "{from} to {to}";
}

/// From one day to another, both counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Period {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
}

impl Period {
    /// From one day to another; the earlier one begins it.
    pub fn between(a: Date, b: Date) -> Period {
        Period { from: a.min(b), to: a.max(b) }
    }

    /// One day.
    pub fn day(date: Date) -> Period {
        Period { from: date, to: date }
    }

    /// The week of a day, from Monday.
    pub fn week_of(date: Date) -> Period {
        let day = day_number(date);
        let monday = day - (day + 3).rem_euclid(7);
        Period::days(monday, monday + 6)
    }

    /// The month of a day.
    pub fn month_of(date: Date) -> Period {
        Period::of_months(month_of(day_number(date)).0, 1)
    }

    /// The quarter of a day.
    pub fn quarter_of(date: Date) -> Period {
        let month = month_of(day_number(date)).0;
        Period::of_months(month - month.rem_euclid(3), 3)
    }

    /// The year of a day.
    pub fn year_of(date: Date) -> Period {
        let month = month_of(day_number(date)).0;
        Period::of_months(month - month.rem_euclid(12), 12)
    }

    fn days(from: i64, to: i64) -> Period {
        Period { from: date_of(from), to: date_of(to) }
    }

    fn of_months(first: i64, count: i64) -> Period {
        Period::days(first_day(first), first_day(first + count) - 1)
    }

    /// The months it is made of, if it is made of whole ones: the first and how many.
    fn whole_months(&self) -> Option<(i64, i64)> {
        let (first, begins) = month_of(day_number(self.from));
        let (after, ends) = month_of(day_number(self.to) + 1);
        (begins == 0 && ends == 0 && after > first).then_some((first, after - first))
    }

    /// The one of the same length before it.
    #[must_use]
    pub fn previous(&self) -> Period {
        if let Some((first, count)) = self.whole_months() {
            return Period::of_months(first - count, count);
        }
        let (from, to) = self.numbers();
        Period::days(from - (to - from + 1), from - 1)
    }

    /// The one after it.
    #[must_use]
    pub fn next(&self) -> Period {
        if let Some((first, count)) = self.whole_months() {
            return Period::of_months(first + count, count);
        }
        let (from, to) = self.numbers();
        Period::days(to + 1, to + (to - from + 1))
    }

    /// The same a year before.
    #[must_use]
    pub fn last_year(&self) -> Period {
        if let Some((first, count)) = self.whole_months() {
            return Period::of_months(first - 12, count);
        }
        let back = |date: Date| Date::new(date.year() - 1, date.month(), date.day()).unwrap_or_else(|_| date_of(day_number(date) - 366));
        Period { from: back(self.from), to: back(self.to) }
    }

    /// Its months; the first and the last may be parts of one.
    pub fn months(&self) -> Vec<Period> {
        self.cut(1)
    }

    /// Its quarters; the first and the last may be parts of one.
    pub fn quarters(&self) -> Vec<Period> {
        self.cut(3)
    }

    fn cut(&self, length: i64) -> Vec<Period> {
        let (from, to) = self.numbers();
        let (mut month, last) = (month_of(from).0, month_of(to).0);
        let mut parts = Vec::new();
        while month <= last {
            let end = month - month.rem_euclid(length) + length;
            parts.push(Period::days(from.max(first_day(month)), to.min(first_day(end) - 1)));
            month = end;
        }
        parts
    }

    /// Whether a day is in it.
    pub fn holds(&self, date: Date) -> bool {
        self.from <= date && date <= self.to
    }

    /// How many days it has.
    pub fn len(&self) -> i64 {
        let (from, to) = self.numbers();
        to - from + 1
    }

    /// Whether it has no day, which only one made by hand can be.
    pub fn is_empty(&self) -> bool {
        self.to < self.from
    }

    pub(crate) fn numbers(&self) -> (i64, i64) {
        (day_number(self.from), day_number(self.to))
    }

    /// What it is called.
    pub fn label(&self, lang: Lang) -> String {
        let t = PeriodTexts::of(lang);
        let (y, m) = (self.from.year(), self.from.month());
        match self.whole_months() {
            Some((first, 12)) if first.rem_euclid(12) == 0 => fill(t.year, &[("y", &y)]),
            Some((first, 3)) if first.rem_euclid(3) == 0 => fill(t.quarter, &[("y", &y), ("q", &((m - 1) / 3 + 1))]),
            Some((_, 1)) => fill(t.month, &[("y", &y), ("m", &m)]),
            _ => {
                let day = |date: Date| fill(t.day, &[("y", &date.year()), ("m", &date.month()), ("d", &date.day())]);
                if self.from == self.to { day(self.from) } else { fill(t.span, &[("from", &day(self.from)), ("to", &day(self.to))]) }
            }
        }
    }

    /// As a part of an address: `from=2026-01-01&to=2026-03-31`.
    pub fn query(&self) -> String {
        format!("from={}&to={}", self.from, self.to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(y: i16, m: i8, d: i8) -> Date {
        Date::constant(y, m, d)
    }

    #[test]
    fn neighbours_names_and_parts() {
        let quarter = Period::quarter_of(date(2026, 8, 19));
        assert_eq!((quarter.from, quarter.to), (date(2026, 7, 1), date(2026, 9, 30)));
        assert_eq!(quarter.previous(), Period::quarter_of(date(2026, 5, 1)));
        assert_eq!(quarter.next(), Period::quarter_of(date(2026, 12, 31)));
        assert_eq!(quarter.last_year(), Period::quarter_of(date(2025, 9, 1)));
        assert_eq!(quarter.label(Lang::Hans), "2026年第三季度".replace('三', "3"));
        assert_eq!(quarter.months().len(), 3);
        let leap = Period::month_of(date(2024, 2, 3));
        assert_eq!((leap.to, leap.last_year().to), (date(2024, 2, 29), date(2023, 2, 28)));
        let year = Period::year_of(date(2026, 3, 3));
        assert_eq!((year.quarters().len(), year.months().len(), year.len()), (4, 12, 365));
        let odd = Period::between(date(2026, 3, 10), date(2026, 2, 20));
        assert_eq!(odd.previous().to, date(2026, 2, 19));
        assert_eq!(odd.previous().len(), odd.len());
        assert_eq!(
            odd.months(),
            [Period::between(date(2026, 2, 20), date(2026, 2, 28)), Period::between(date(2026, 3, 1), date(2026, 3, 10))]
        );
        assert_eq!(odd.label(Lang::Hans), "2月20日至3月10日");
        assert_eq!(Period::week_of(date(2026, 11, 22)).from, date(2026, 11, 16));
        assert!(odd.holds(date(2026, 3, 1)) && !odd.holds(date(2026, 3, 11)));
    }
}
