//! When people write and when offices work: days of the week, seasons, holidays, hours.

use base::calendar::Calendar;
use base::{Date, Time};

use crate::dice::Dice;

/// How much is brought in each month beside the others: heating in winter, rain and noise in summer.
const MONTHS: [u64; 12] = [115, 88, 100, 96, 98, 106, 112, 106, 100, 90, 118, 116];

/// How much is brought in each hour of the day.
const HOURS: [u64; 24] = [1, 0, 0, 0, 0, 1, 2, 4, 8, 12, 12, 9, 5, 5, 8, 10, 9, 8, 6, 6, 5, 4, 2, 1];

/// Draw the times at which so many concerns are brought between the two, in order.
pub(crate) fn arrivals(calendar: &Calendar, dice: &mut Dice, from: Time, to: Time, count: usize) -> Vec<Time> {
    let days = to.since(from).div_euclid(Time::DAY).max(1);
    let weight = |day: i64| {
        let at = from.plus(day * Time::DAY);
        let date = at.date();
        let month = MONTHS.get(usize::try_from(date.month() - 1).unwrap_or(0)).copied().unwrap_or(100);
        let rest = match (calendar.is_working(date), date.weekday().to_monday_zero_offset()) {
            (true, 0) => 112,
            (true, _) => 100,
            (false, 5) => 62,
            (false, _) => 48,
        };
        // More people know of it as the year goes on.
        let known = 85 + u64::try_from(day * 30 / days).unwrap_or(0);
        month * rest * known
    };
    let weights: Vec<u64> = (0..days).map(weight).collect();
    let mut all: Vec<Time> = (0..count)
        .map(|_| {
            let day = i64::try_from(dice.weighted(weights.iter().copied())).unwrap_or(0);
            let hour = i64::try_from(dice.weighted(HOURS.into_iter())).unwrap_or(9);
            let midnight = midnight(from.plus(day * Time::DAY));
            midnight.plus(hour * Time::HOUR + dice.between(0, 3599) * Time::SECOND + dice.between(0, 999_999))
        })
        .map(|at| Time(at.0.clamp(from.0, to.0)))
        .collect();
    all.sort_unstable();
    all
}

/// The beginning of that day in +08:00.
pub(crate) fn midnight(at: Time) -> Time {
    start_of(at.date())
}

pub(crate) fn start_of(date: Date) -> Time {
    Time::from_civil(date.at(0, 0, 0, 0))
}

/// That time, or the next time after it at which the office works, some minutes in.
pub(crate) fn office(calendar: &Calendar, dice: &mut Dice, at: Time) -> Time {
    const MORNING: (i64, i64) = (8 * 60 + 30, 12 * 60);
    const AFTERNOON: (i64, i64) = (14 * 60, 17 * 60 + 30);
    let minute = |at: Time| at.since(midnight(at)) / Time::MINUTE;
    let some = |dice: &mut Dice| dice.delay(0, 110) * Time::MINUTE + dice.between(0, 59_999_999);
    let mut day = at;
    if calendar.is_working(at.date()) {
        let now = minute(at);
        let opens = [MORNING, AFTERNOON].into_iter().find(|(_, closes)| now < *closes);
        match opens {
            Some((opens, _)) if now >= opens => return at,
            Some((opens, _)) => return midnight(at).plus(opens * Time::MINUTE + some(dice)),
            None => {}
        }
    }
    // At most a fortnight: no holidays are longer.
    for _ in 0..15 {
        day = midnight(day).plus(Time::DAY);
        if calendar.is_working(day.date()) {
            return day.plus(MORNING.0 * Time::MINUTE + some(dice));
        }
    }
    day
}

/// That time, or the next morning where it is night: when residents look at their telephones.
pub(crate) fn awake(dice: &mut Dice, at: Time) -> Time {
    let hour = at.since(midnight(at)) / Time::HOUR;
    match hour {
        7..=21 => at,
        0..=6 => midnight(at).plus(8 * Time::HOUR + dice.between(0, 120) * Time::MINUTE),
        _ => midnight(at).plus(Time::DAY + 8 * Time::HOUR + dice.between(0, 120) * Time::MINUTE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::rules::Rules;

    #[test]
    fn offices_work_in_office_hours() {
        let rules = Rules::builtin();
        let mut dice = Dice::new(2);
        let from = start_of(Date::constant(2026, 1, 1));
        for _ in 0..3000 {
            let at = from.plus(dice.between(0, 300) * Time::DAY + dice.between(0, 1439) * Time::MINUTE);
            let then = office(rules.calendar(), &mut dice, at);
            assert!(then >= at && then.since(at) < 13 * Time::DAY, "{at:?} {then:?}");
            assert!(rules.calendar().is_working(then.date()), "{then:?}");
            let hour = then.civil().hour();
            assert!((8..18).contains(&hour), "{then:?}");
        }
    }

    #[test]
    fn more_is_brought_on_working_days() {
        let rules = Rules::builtin();
        let (from, to) = (start_of(Date::constant(2025, 11, 1)), start_of(Date::constant(2026, 11, 1)));
        let all = arrivals(rules.calendar(), &mut Dice::new(4), from, to, 10_000);
        assert!(all.windows(2).all(|two| two[0] <= two[1]));
        let working = all.iter().filter(|at| rules.calendar().is_working(at.date())).count();
        assert!((7_400..8_800).contains(&working), "{working}");
        assert!(all.iter().all(|at| *at >= from && *at <= to));
    }
}
