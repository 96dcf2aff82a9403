//! Instants in microseconds UTC, and the clock that operations are given.

use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::civil::{Date, DateTime};

/// Seconds east of UTC of the only civil zone of the product, +08:00.
const ZONE_SECONDS: i64 = 8 * 3600;

/// An instant: microseconds since 1970-01-01T00:00Z, as it stands in the store.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Time(pub i64);

impl Time {
    /// One second in the unit of [`Time`].
    pub const SECOND: i64 = 1_000_000;
    /// One minute in the unit of [`Time`].
    pub const MINUTE: i64 = 60 * Self::SECOND;
    /// One hour in the unit of [`Time`].
    pub const HOUR: i64 = 60 * Self::MINUTE;
    /// One day of 24 hours in the unit of [`Time`].
    pub const DAY: i64 = 24 * Self::HOUR;

    /// The instant at which clocks in +08:00 show this date and time.
    pub fn from_civil(at: DateTime) -> Time {
        let days = days_from_epoch(at.date());
        let seconds = i64::from(at.hour()) * 3600 + i64::from(at.minute()) * 60 + i64::from(at.second());
        let micros = i64::from(at.subsec_nanosecond()) / 1000;
        Time((days * 86_400 + seconds - ZONE_SECONDS) * Self::SECOND + micros)
    }

    /// The date and time that clocks in +08:00 show at this instant; saturates beyond the years ±9999.
    pub fn civil(self) -> DateTime {
        let local = self.0.saturating_add(ZONE_SECONDS * Self::SECOND);
        // Clamped to what a span holds; so far out the year saturates anyway.
        let (days, rest) = (local.div_euclid(Self::DAY).clamp(-7_000_000, 7_000_000), local.rem_euclid(Self::DAY));
        let date = Date::constant(1970, 1, 1).checked_add(jiff::Span::new().try_days(days).unwrap_or_default()).unwrap_or(if days < 0 {
            Date::MIN
        } else {
            Date::MAX
        });
        let part = |unit: i64, modulo: i64| i8::try_from(rest / unit % modulo).unwrap_or(0);
        let micros = i32::try_from(rest % Self::SECOND).unwrap_or(0);
        date.at(part(Self::HOUR, 24), part(Self::MINUTE, 60), part(Self::SECOND, 60), micros * 1000)
    }

    /// The date in +08:00.
    pub fn date(self) -> Date {
        self.civil().date()
    }

    /// This instant moved by so many microseconds (see [`Time::HOUR`] and its like); saturates.
    pub fn plus(self, micros: i64) -> Time {
        Time(self.0.saturating_add(micros))
    }

    /// Microseconds from `earlier` to this instant; negative when it is not earlier.
    pub fn since(self, earlier: Time) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

fn days_from_epoch(date: Date) -> i64 {
    let span = Date::constant(1970, 1, 1).until(date).unwrap_or_default();
    i64::from(span.get_days())
}

impl fmt::Debug for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+08:00", self.civil())
    }
}

/// Where an operation's present comes from. Given, never asked for globally (clippy bans that), so
/// that tests and the demo decide what time it is.
pub trait Clock: Send + Sync {
    /// The present instant.
    fn now(&self) -> Time;
}

/// The machine's clock.
#[derive(Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the machine")]
    fn now(&self) -> Time {
        match std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH) {
            Ok(since) => Time(i64::try_from(since.as_micros()).unwrap_or(i64::MAX)),
            Err(before) => Time(-i64::try_from(before.duration().as_micros()).unwrap_or(i64::MAX)),
        }
    }
}

/// A clock that stands where it was put.
#[derive(Debug, Default)]
pub struct FixedClock(AtomicI64);

impl FixedClock {
    /// A clock that stands at this instant.
    pub fn at(now: Time) -> FixedClock {
        FixedClock(AtomicI64::new(now.0))
    }

    /// Put it at another instant.
    pub fn set(&self, now: Time) {
        self.0.store(now.0, Ordering::SeqCst);
    }

    /// Move it on by so many microseconds.
    pub fn advance(&self, micros: i64) {
        self.0.fetch_add(micros, Ordering::SeqCst);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Time {
        Time(self.0.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn civil_and_back() {
        for (y, m, d, h) in [(1970, 1, 1, 8), (2026, 2, 28, 17), (2011, 10, 3, 0), (1969, 12, 31, 23), (2100, 3, 1, 1)] {
            let civil = Date::constant(y, m, d).at(h, 30, 9, 123_000);
            assert_eq!(Time::from_civil(civil).civil(), civil);
        }
        assert_eq!(Time::from_civil(Date::constant(1970, 1, 1).at(8, 0, 0, 0)), Time(0));
        assert_eq!(Time(i64::MAX).civil().year(), 9999);
    }
}
