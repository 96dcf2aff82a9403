//! Days and months of +08:00 as numbers: a day counts from 1970-01-01, a month from the year 0.

use base::{Date, Time};

const ZONE: i64 = 8 * Time::HOUR;

/// The day of an instant.
pub(crate) fn day_of(at: Time) -> i64 {
    at.0.saturating_add(ZONE).div_euclid(Time::DAY)
}

/// The number of a date.
pub(crate) fn day_number(date: Date) -> i64 {
    let (year, month, day) = (i64::from(date.year()), i64::from(date.month()), i64::from(date.day()));
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// Year, month and day of a day's number.
fn civil(day: i64) -> (i64, i64, i64) {
    let day = day + 719_468;
    let (era, of_era) = (day.div_euclid(146_097), day.rem_euclid(146_097));
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year + era * 400 + i64::from(month <= 2), month, of_year - (153 * shifted + 2) / 5 + 1)
}

/// The month of a day, and the day in it from 0.
pub(crate) fn month_of(day: i64) -> (i64, u8) {
    let (year, month, in_month) = civil(day);
    (year * 12 + month - 1, u8::try_from(in_month - 1).unwrap_or(0))
}

/// The first day of a month.
pub(crate) fn first_day(month: i64) -> i64 {
    day_number(date(month.div_euclid(12), month.rem_euclid(12) + 1, 1))
}

/// The date of a day's number.
pub(crate) fn date_of(day: i64) -> Date {
    let (year, month, day) = civil(day);
    date(year, month, day)
}

fn date(year: i64, month: i64, day: i64) -> Date {
    let part = |n: i64| i8::try_from(n).unwrap_or(1);
    Date::new(i16::try_from(year).unwrap_or(9999), part(month), part(day)).unwrap_or(Date::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_turn_at_midnight_in_the_zone_and_come_back() {
        for day in (-200_000..200_000).step_by(97) {
            let date = date_of(day);
            assert_eq!(day_number(date), day);
            let noon = Time::from_civil(date.at(12, 0, 0, 0));
            assert_eq!(day_of(noon), day);
            assert_eq!(day_of(Time::from_civil(date.at(0, 0, 0, 0)).plus(-1)), day - 1);
            let (month, in_month) = month_of(day);
            assert_eq!(first_day(month) + i64::from(in_month), day);
        }
        assert_eq!(day_number(Date::constant(1970, 1, 1)), 0);
    }
}
