//! Dates as cadres and programs write them: 2019.07, 201907, 2019-07-01, 2018/4/24, 2019/4/25 9:32:09, 2019年7月1日, Excel serials.

use base::Date;
use jiff::civil::DateTime;

/// How exact a written date was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Precision {
    /// Year and month; the day is the first.
    Month,
    /// A day; the time is midnight.
    Day,
    /// A day with its time.
    Time,
}

/// A written date or time, and how exact it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// In +08:00.
    pub at: DateTime,
    /// How exact it was.
    pub precision: Precision,
}

/// Why no date was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotADate {
    /// It is none.
    Unreadable,
    /// A number such as 2019.1, from which a program has dropped the zero of 2019.10, or not.
    JanuaryOrOctober,
}

/// Years that a date of work can lie in; beyond them a number was something else.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2100;

/// Excel serials of the same time, with an earlier end so that 201907 is no serial.
const SERIALS: std::ops::RangeInclusive<f64> = 1.0..=73_415.0;

/// Reads a text.
pub(crate) fn of_text(text: &str) -> Result<Moment, NotADate> {
    let folded: String = base::text::clean_line(text).chars().map(base::text::half_width).collect();
    let folded = folded.trim_start_matches('\'').trim();
    if folded.chars().count() > 40 {
        return Err(NotADate::Unreadable);
    }
    let plain = folded.parse::<f64>().ok().filter(|_| folded.bytes().all(|b| b.is_ascii_digit() || b == b'.'));
    if let Some(number) = plain {
        // As text, 2019.10 still has its zero.
        if let Some((year, month)) = folded.split_once('.')
            && year.len() == 4
            && matches!(month.len(), 1 | 2)
            && let Some(found) = month_of(year, month)
        {
            return Ok(found);
        }
        return of_number(number);
    }
    let (fields, rest) = date_fields(folded).ok_or(NotADate::Unreadable)?;
    let time = time_of(rest).ok_or(NotADate::Unreadable)?;
    let date = |year: i64, month: i64, day: i64| {
        let year = i16::try_from(year).ok().filter(|y| YEARS.contains(y))?;
        Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
    };
    match (fields.as_slice(), time) {
        ([year, month], None) => {
            let date = date(*year, *month, 1).ok_or(NotADate::Unreadable)?;
            Ok(Moment { at: date.at(0, 0, 0, 0), precision: Precision::Month })
        }
        ([year, month, day], time) => {
            let date = date(*year, *month, *day).ok_or(NotADate::Unreadable)?;
            let precision = if time.is_some() { Precision::Time } else { Precision::Day };
            Ok(Moment { at: date.to_datetime(time.unwrap_or_default()), precision })
        }
        _ => Err(NotADate::Unreadable),
    }
}

/// Reads a number: a serial, or digits that were meant as year, month and day.
pub(crate) fn of_number(number: f64) -> Result<Moment, NotADate> {
    let whole = number.trunc();
    let day = |year: i64, month: i64, day: i64, precision| {
        let year = i16::try_from(year).ok().filter(|y| YEARS.contains(y))?;
        let date = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
        Some(Moment { at: date.at(0, 0, 0, 0), precision })
    };
    let found = if (1900.0..=2100.0).contains(&whole) && number != whole {
        let hundredths = ((number - whole) * 100.0).round();
        if ((number - whole) * 100.0 - hundredths).abs() > 1e-6 {
            serial(number)
        } else if (hundredths - 10.0).abs() < 0.5 {
            return Err(NotADate::JanuaryOrOctober);
        } else {
            day(truncate(whole), truncate(hundredths), 1, Precision::Month)
        }
    } else if number == whole && (190_001.0..=210_012.0).contains(&number) {
        let digits = truncate(number);
        day(digits / 100, digits % 100, 1, Precision::Month)
    } else if number == whole && (19_000_101.0..=21_001_231.0).contains(&number) {
        let digits = truncate(number);
        day(digits / 10_000, digits / 100 % 100, digits % 100, Precision::Day)
    } else if (1900.0..=2100.0).contains(&number) {
        // A year alone is no date, and a serial of 1905 is never meant.
        None
    } else {
        serial(number)
    };
    found.ok_or(NotADate::Unreadable)
}

/// An Excel serial of the 1900 system: days since 1899-12-30, with the day 1900-02-29 that never was.
fn serial(number: f64) -> Option<Moment> {
    if !SERIALS.contains(&number) {
        return None;
    }
    let days = truncate(number.trunc());
    let days = if days < 60 { days + 1 } else { days };
    let seconds = truncate(((number - number.trunc()) * 86_400.0).round());
    let date = Date::constant(1899, 12, 30).checked_add(jiff::Span::new().try_days(days).ok()?).ok()?;
    let at = date.at(0, 0, 0, 0).checked_add(jiff::Span::new().try_seconds(seconds).ok()?).ok()?;
    Some(Moment { at, precision: if seconds == 0 { Precision::Day } else { Precision::Time } })
}

#[expect(clippy::cast_possible_truncation, reason = "callers have bounded the number")]
fn truncate(number: f64) -> i64 {
    number as i64
}

fn month_of(year: &str, month: &str) -> Option<Moment> {
    let year: i16 = year.parse().ok().filter(|y| YEARS.contains(y))?;
    let date = Date::new(year, month.parse().ok()?, 1).ok()?;
    Some(Moment { at: date.at(0, 0, 0, 0), precision: Precision::Month })
}

/// Two or three numbers apart by `-`, `/`, `.` or 年月日, and what follows them.
fn date_fields(text: &str) -> Option<(Vec<i64>, &str)> {
    let mut fields = Vec::new();
    let mut rest = text;
    loop {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (number, after) = rest.split_at_checked(digits)?;
        let fits = if fields.is_empty() { digits == 4 } else { (1..=2).contains(&digits) };
        if !fits {
            return None;
        }
        fields.push(number.parse().ok()?);
        let mut characters = after.chars();
        let separator = characters.next();
        rest = characters.as_str();
        match (fields.len(), separator) {
            (2, None) => return Some((fields, "")),
            (2, Some('月')) if rest.trim().is_empty() => return Some((fields, "")),
            (3, Some('日' | '号')) => return Some((fields, rest.trim_start())),
            (3, None) => return Some((fields, "")),
            (3, Some(' ' | 'T' | 't')) => return Some((fields, rest.trim_start())),
            (1, Some('-' | '/' | '.' | '年' | '－' | '—')) | (2, Some('-' | '/' | '.' | '月' | '－' | '—')) => {
                rest = rest.trim_start();
            }
            _ => return None,
        }
    }
}

/// A time of day, `Some(None)` where nothing stands, `None` where something else stands.
fn time_of(text: &str) -> Option<Option<jiff::civil::Time>> {
    let mut text = text.trim();
    if text.is_empty() {
        return Some(None);
    }
    let mut afternoon = None;
    for (word, after_noon) in [("上午", false), ("下午", true), ("AM", false), ("PM", true), ("am", false), ("pm", true)] {
        if let Some(rest) = text.strip_prefix(word).or_else(|| text.strip_suffix(word)) {
            (text, afternoon) = (rest.trim(), Some(after_noon));
            break;
        }
    }
    // 09:32:09.000, 9时32分, 9:32, with a zone only where it is ours.
    let text = text.strip_suffix("+08:00").unwrap_or(text);
    let text = text.replace(['时', '点'], ":").replace('分', ":").replace('秒', "");
    let text = text.trim().trim_end_matches(':');
    let mut fields = text.split(':');
    let number = |field: Option<&str>| match field {
        None => Some(0),
        Some(digits) => digits.parse::<i8>().ok().filter(|_| (1..=2).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())),
    };
    let mut hour = number(fields.next())?;
    let minute = number(fields.next())?;
    let second = fields.next().map(|field| field.split('.').next().unwrap_or(field));
    let second = number(second)?;
    if fields.next().is_some() {
        return None;
    }
    match afternoon {
        Some(true) if hour < 12 => hour += 12,
        Some(false) if hour == 12 => hour = 0,
        _ => {}
    }
    jiff::civil::Time::new(hour, minute, second, 0).ok().map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(found: Result<Moment, NotADate>) -> String {
        match found {
            Ok(Moment { at, precision: Precision::Month }) => format!("{}-{:02}", at.year(), at.month()),
            Ok(Moment { at, precision: Precision::Day }) => at.date().to_string(),
            Ok(Moment { at, precision: Precision::Time }) => at.to_string(),
            Err(NotADate::Unreadable) => "none".into(),
            Err(NotADate::JanuaryOrOctober) => "?".into(),
        }
    }

    #[test]
    fn texts() {
        for (text, read) in [
            ("2019.07", "2019-07"),
            ("2019.10", "2019-10"),
            ("2019.1", "2019-01"),
            ("201907", "2019-07"),
            ("2019-07-01", "2019-07-01"),
            ("2018/4/24", "2018-04-24"),
            ("2019/4/25 9:32:09", "2019-04-25T09:32:09"),
            ("\n\t２０１９年７月１日 ", "2019-07-01"),
            ("2019年7月", "2019-07"),
            ("2019年7月1日 下午3时05分", "2019-07-01T15:05:00"),
            ("20190701", "2019-07-01"),
            ("2019-07-01T09:32:09.123", "2019-07-01T09:32:09"),
            ("2019-07-01T09:32:09+08:00", "2019-07-01T09:32:09"),
            ("2019.7.1", "2019-07-01"),
            ("43590", "2019-05-05"),
            ("2019", "none"),
            ("2019-13", "none"),
            ("2019-02-30", "none"),
            ("2019-07-01 25:00", "none"),
            ("去年", "none"),
            ("", "none"),
            ("1/2/2019", "none"),
            ("2019-07-01 and more", "none"),
        ] {
            assert_eq!(shown(of_text(text)), read, "{text}");
        }
    }

    #[test]
    fn numbers() {
        for (number, read) in [
            (43590.0, "2019-05-05"),
            (43_580.397_326, "2019-04-25T09:32:09"),
            (1.0, "1900-01-01"),
            (61.0, "1900-03-01"),
            (2019.07, "2019-07"),
            (2019.12, "2019-12"),
            (2019.1, "?"),
            (201_907.0, "2019-07"),
            (20_190_701.0, "2019-07-01"),
            (2019.0, "none"),
            (0.0, "none"),
            (-5.0, "none"),
            (1e300, "none"),
            (f64::NAN, "none"),
            (f64::INFINITY, "none"),
        ] {
            assert_eq!(shown(of_number(number)), read, "{number}");
        }
    }

    proptest! {
        #[test]
        fn every_day_is_read_in_every_form(days in 0i32..50_000, seconds in 0i64..86_400) {
            let date = Date::constant(1955, 1, 1).checked_add(jiff::Span::new().days(days)).unwrap();
            let (y, m, d) = (date.year(), date.month(), date.day());
            for text in [format!("{y}-{m:02}-{d:02}"), format!("{y}/{m}/{d}"), format!("{y}.{m}.{d}"), format!("{y}{m:02}{d:02}"), format!("{y}年{m}月{d}日")] {
                prop_assert_eq!(of_text(&text), Ok(Moment { at: date.at(0, 0, 0, 0), precision: Precision::Day }), "{}", text);
            }
            let at = date.at(0, 0, 0, 0).checked_add(jiff::Span::new().seconds(seconds)).unwrap();
            let text = format!("{y}/{m}/{d} {}:{:02}:{:02}", at.hour(), at.minute(), at.second());
            prop_assert_eq!(of_text(&text), Ok(Moment { at, precision: Precision::Time }));
        }

        #[test]
        fn never_panics(text in "\\PC{0,50}|[0-9年月日:/. -]{0,24}", number: f64) {
            let _ = of_text(&text);
            let _ = of_number(number);
        }
    }
}
