//! Days of a class as they are typed and shown: one a line, with the hours that it counts where they differ.

use std::collections::BTreeMap;

use base::{Date, Time};
use web::{Lang, dates};

use super::minutes_of;
use crate::model::hours;
use crate::operate::LearnError;

/// When a day is: 「12月3日（周四）09:00–17:00」.
pub(super) fn span(lang: Lang, (starts, ends): (Time, Time), now: Time) -> String {
    let end = ends.civil();
    format!("{}–{:02}:{:02}", dates::moment(lang, starts, now), end.hour(), end.minute())
}

/// A day as it is typed: `2026-12-03 09:00-17:00 8`.
pub(super) fn line(starts: Time, ends: Time, minutes: i64) -> String {
    let (from, to) = (starts.civil(), ends.civil());
    let hours = hours(minutes);
    format!("{} {:02}:{:02}-{:02}:{:02} {hours}", starts.date(), from.hour(), from.minute(), to.hour(), to.minute())
}

/// A line as `2026-12-03 09:00-17:00`, or with hours behind it: `2026-12-03 09:00-17:00 8`.
fn day(line: &str) -> Option<(Time, Time, Option<i64>)> {
    let folded = base::text::fold(line).replace(['~', '–', '—', '至', '到'], "-");
    let (date, rest) = folded.trim().split_once(' ')?;
    let date: Date = date.parse().ok()?;
    let (from, rest) = rest.split_once('-')?;
    let (to, count) = rest.trim().split_once(' ').map_or((rest, None), |(to, count)| (to, Some(count)));
    let at = |text: &str| {
        let (hour, minute) = text.trim().split_once(':')?;
        let (hour, minute): (i8, i8) = (hour.parse().ok()?, minute.parse().ok()?);
        ((0..24).contains(&hour) && (0..60).contains(&minute)).then(|| Time::from_civil(date.at(hour, minute, 0, 0)))
    };
    let minutes = match count {
        None => None,
        Some(count) => Some(minutes_of(count)?),
    };
    Some((at(from)?, at(to)?, minutes))
}

/// All days that were typed, by their time; a line without hours counts so many minutes.
pub(super) fn days(typed: &str, minutes: i64) -> Result<Vec<(Time, Time, i64)>, LearnError> {
    let mut days = BTreeMap::new();
    for line in typed.lines().filter(|line| !line.trim().is_empty()) {
        let (from, to, own) = day(line).ok_or(LearnError::Field("days"))?;
        // Of two that begin at once, neither is dropped in silence.
        if days.insert(from, (from, to, own.unwrap_or(minutes))).is_some() {
            return Err(LearnError::Field("days"));
        }
    }
    Ok(days.into_values().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_as_they_are_typed() {
        let (from, to, none) = day("2026-12-03 09:00-17:00").unwrap();
        assert_eq!((to.since(from), none), (8 * Time::HOUR, None));
        let half = from.plus(150 * Time::MINUTE);
        assert_eq!(day(" ２０２６-12-03  09：00—11：30 "), Some((from, half, None)));
        assert_eq!(day("2026-12-03 09:00 - 11:30 2.5"), Some((from, half, Some(150))));
        for wrong in ["", "12-03 9:00-10:00", "2026-12-03", "2026-12-03 9-10", "2026-12-03 25:00-26:00", "2026-12-03 09:00-10:00 x"] {
            assert_eq!(day(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_is_shown_can_be_typed_again() {
        for minutes in [480, 240, 45, 40, 20, 1] {
            let typed = day("2026-12-03 09:05-17:00").unwrap();
            let shown = line(typed.0, typed.1, minutes);
            assert_eq!(days(&shown, 7).unwrap(), vec![(typed.0, typed.1, minutes)], "{shown}");
        }
        assert!(days("2026-12-03 09:00-10:00\n2026-12-03 09:00-11:00", 60).is_err());
    }
}
