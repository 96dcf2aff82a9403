//! Dates as people say them: 「11月26日（周四）17:30 前，还有 2 个工作日」, "by 17:30 on Thu 26 November, 2 working days left".
//!
//! The year is said when it is not this one. Each language has its own sentences; none is translated word by word.

use base::calendar::Calendar;
use base::{Date, Time};

use crate::kit::Light;
use crate::{Lang, fill};

crate::texts! {
    /// Words for dates and what is left of a deadline.
    pub DateTexts;
    day: "{month}月{d}日（{w}）", "{w} {d} {month}";
    day_year: "{y}年{month}月{d}日", "{d} {month} {y}";
    moment: "{day}{time}", "{day}, {time}";
    by: "{day}{time} 前", "by {time} on {day}";
    by_and_left: "{by}，{left}", "{by}, {left}";
    today: "今天", "today";
    today_at: "今天 {time}", "today at {time}";
    yesterday_at: "昨天 {time}", "yesterday at {time}";
    today_by: "今天 {time} 前", "by {time} today";
    just_now: "刚刚", "just now";
    minutes_ago: "{n} 分钟前", "{n} min ago";
    hours_ago: "{n} 小时前", "{n} h ago";
    days_ago: "{n} 天前", "{n} days ago";
    left_minutes: "还有 {n} 分钟", "{n} min left";
    left_hours: "还有 {n} 小时", "{n} h left";
    left_working_day: "还有 {n} 个工作日", "{n} working day left";
    left_working_days: "还有 {n} 个工作日", "{n} working days left";
    left_days: "还有 {n} 天", "{n} days left";
    over_minutes: "已超期 {n} 分钟", "{n} min overdue";
    over_hours: "已超期 {n} 小时", "{n} h overdue";
    over_working_day: "已超期 {n} 个工作日", "{n} working day overdue";
    over_working_days: "已超期 {n} 个工作日", "{n} working days overdue";
    over_days: "已超期 {n} 天", "{n} days overdue";
    monday: "周一", "Mon";
    tuesday: "周二", "Tue";
    wednesday: "周三", "Wed";
    thursday: "周四", "Thu";
    friday: "周五", "Fri";
    saturday: "周六", "Sat";
    sunday: "周日", "Sun";
}

/// Months in English; in Chinese they are numbers.
const MONTHS: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

/// A day: 「11月26日（周四）」; of another year 「2025年11月26日」.
pub fn day(lang: Lang, date: Date, now: Time) -> String {
    let t = DateTexts::of(lang);
    let month = match usize::try_from(date.month() - 1).ok().and_then(|at| MONTHS.get(at)) {
        Some(name) if !lang.is_chinese() => (*name).to_owned(),
        _ => date.month().to_string(),
    };
    let text = if date.year() == now.date().year() { t.day } else { t.day_year };
    fill(text, &[("y", &date.year()), ("d", &date.day()), ("w", &weekday(t, date)), ("month", &month)])
}

/// A moment: 「11月26日（周四）17:30」, 「今天 17:30」, 「昨天 17:30」.
pub fn moment(lang: Lang, at: Time, now: Time) -> String {
    let t = DateTexts::of(lang);
    let time = clock(at);
    match days_apart(at, now) {
        0 => fill(t.today_at, &[("time", &time)]),
        1 => fill(t.yesterday_at, &[("time", &time)]),
        // Chinese puts the clock after the bracket of the weekday without a space, after a bare day with one.
        _ => {
            let day = day(lang, at.date(), now);
            let time = if lang.is_chinese() && !day.ends_with('）') { format!(" {time}") } else { time };
            fill(t.moment, &[("day", &day), ("time", &time)])
        }
    }
}

/// The narrowest for a list: `17:30` today, `11-26` this year, `2025-11-26` before.
pub fn short(at: Time, now: Time) -> String {
    let (date, today) = (at.date(), now.date());
    if date == today {
        clock(at)
    } else if date.year() == today.year() {
        format!("{:02}-{:02}", date.month(), date.day())
    } else {
        date.to_string()
    }
}

/// How long ago: 「5 分钟前」, 「3 小时前」, 「2 天前」; the day itself after a week.
pub fn ago(lang: Lang, at: Time, now: Time) -> String {
    let t = DateTexts::of(lang);
    let passed = now.since(at);
    let days = days_apart(at, now);
    if passed < Time::MINUTE {
        t.just_now.to_owned()
    } else if passed < Time::HOUR {
        fill(t.minutes_ago, &[("n", &(passed / Time::MINUTE))])
    } else if days == 0 {
        fill(t.hours_ago, &[("n", &(passed / Time::HOUR))])
    } else if days == 1 {
        fill(t.yesterday_at, &[("time", &clock(at))])
    } else if days < 7 {
        fill(t.days_ago, &[("n", &days)])
    } else {
        day(lang, at.date(), now)
    }
}

/// What is left of a deadline, or how far it is past: 「还有 2 个工作日」, 「还有 3 小时」, 「已超期 1 个工作日」.
pub fn left(lang: Lang, due: Time, now: Time, calendar: &Calendar) -> String {
    let t = DateTexts::of(lang);
    let between = due.since(now);
    let over = between < 0;
    let days = days_apart(now, due).abs();
    let working = calendar.working_days_between(now, due).abs();
    let (text, n) = if days == 0 {
        let minutes = between.abs() / Time::MINUTE;
        match (minutes < 60, over) {
            (true, false) => (t.left_minutes, minutes),
            (true, true) => (t.over_minutes, minutes.max(1)),
            (false, false) => (t.left_hours, minutes / 60),
            (false, true) => (t.over_hours, minutes / 60),
        }
    } else {
        match (working, over) {
            (0, false) => (t.left_days, days),
            (0, true) => (t.over_days, days),
            (1, false) => (t.left_working_day, 1),
            (1, true) => (t.over_working_day, 1),
            (n, false) => (t.left_working_days, n),
            (n, true) => (t.over_working_days, n),
        }
    };
    fill(text, &[("n", &n)])
}

/// A deadline: 「11月26日（周四）17:30 前」.
pub fn by(lang: Lang, due: Time, now: Time) -> String {
    let t = DateTexts::of(lang);
    let time = clock(due);
    if due.date() == now.date() {
        return fill(t.today_by, &[("time", &time)]);
    }
    let day = day(lang, due.date(), now);
    let time = if lang.is_chinese() && !day.ends_with('）') { format!(" {time}") } else { time };
    fill(t.by, &[("day", &day), ("time", &time)])
}

/// A deadline and what is left of it: 「11月26日（周四）17:30 前，还有 2 个工作日」.
pub fn due(lang: Lang, due: Time, now: Time, calendar: &Calendar) -> String {
    fill(DateTexts::of(lang).by_and_left, &[("by", &by(lang, due, now)), ("left", &left(lang, due, now, calendar))])
}

/// The light of a deadline: over when it is past, red on its day, yellow with one working day left.
pub fn light(due: Time, now: Time, calendar: &Calendar) -> Light {
    if due < now {
        Light::Over
    } else if due.date() == now.date() {
        Light::Red
    } else if calendar.working_days_between(now, due) <= 1 {
        Light::Yellow
    } else {
        Light::Blue
    }
}

/// For `<time datetime>`: `2026-11-26T17:30+08:00`.
pub fn machine(at: Time) -> String {
    let civil = at.civil();
    format!("{}T{:02}:{:02}+08:00", civil.date(), civil.hour(), civil.minute())
}

fn clock(at: Time) -> String {
    let civil = at.civil();
    format!("{:02}:{:02}", civil.hour(), civil.minute())
}

/// Civil days from one moment to the other.
fn days_apart(from: Time, to: Time) -> i64 {
    let days = |time: Time| (time.0 + 8 * Time::HOUR).div_euclid(Time::DAY);
    days(to) - days(from)
}

fn weekday(t: &'static DateTexts, date: Date) -> &'static str {
    match date.weekday().to_monday_zero_offset() {
        0 => t.monday,
        1 => t.tuesday,
        2 => t.wednesday,
        3 => t.thursday,
        4 => t.friday,
        5 => t.saturday,
        _ => t.sunday,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(y: i16, m: i8, d: i8, h: i8, min: i8) -> Time {
        Time::from_civil(Date::constant(y, m, d).at(h, min, 0, 0))
    }

    /// A calendar of Mondays to Fridays.
    fn weekdays() -> Calendar {
        Calendar::new(&[])
    }

    #[test]
    fn deadlines() {
        let (now, due_at, c) = (at(2026, 11, 24, 9, 0), at(2026, 11, 26, 17, 30), weekdays());
        assert_eq!(due(Lang::Hans, due_at, now, &c), "11月26日（周四）17:30 前，还有 2 个工作日");
        assert_eq!(due(Lang::Hant, due_at, now, &c), "11月26日（週四）17:30 前，還有 2 個工作日");
        assert_eq!(due(Lang::En, due_at, now, &c), "by 17:30 on Thu 26 November, 2 working days left");
        assert_eq!(due(Lang::Hans, due_at, at(2026, 11, 26, 14, 0), &c), "今天 17:30 前，还有 3 小时");
        assert_eq!(left(Lang::En, due_at, at(2026, 11, 25, 23, 0), &c), "1 working day left");
        assert_eq!(left(Lang::Hans, due_at, at(2026, 11, 26, 17, 35), &c), "已超期 5 分钟");
        assert_eq!(left(Lang::Hans, due_at, at(2026, 11, 28, 9, 0), &c), "已超期 1 个工作日");
        assert_eq!(left(Lang::Hans, at(2026, 11, 27, 17, 30), at(2026, 11, 29, 9, 0), &c), "已超期 2 天");
        assert_eq!(by(Lang::Hans, at(2027, 1, 4, 17, 30), now), "2027年1月4日 17:30 前");
    }

    #[test]
    fn lights() {
        let (due_at, c) = (at(2026, 11, 26, 17, 30), weekdays());
        for (now, is) in [
            (at(2026, 11, 24, 9, 0), Light::Blue),
            (at(2026, 11, 25, 9, 0), Light::Yellow),
            (at(2026, 11, 26, 0, 0), Light::Red),
            (at(2026, 11, 26, 17, 30), Light::Red),
            (at(2026, 11, 26, 17, 31), Light::Over),
        ] {
            assert_eq!(light(due_at, now, &c), is);
        }
        // Due on Monday, asked on the Saturday before: one working day is left.
        assert_eq!(light(at(2026, 11, 30, 17, 30), at(2026, 11, 28, 9, 0), &c), Light::Yellow);
    }

    #[test]
    fn moments() {
        let now = at(2026, 11, 24, 9, 0);
        assert_eq!(moment(Lang::Hans, at(2026, 11, 24, 8, 5), now), "今天 08:05");
        assert_eq!(moment(Lang::Hans, at(2026, 11, 20, 8, 5), now), "11月20日（周五）08:05");
        assert_eq!(moment(Lang::Hans, at(2012, 3, 1, 0, 0), now), "2012年3月1日 00:00");
        assert_eq!(moment(Lang::En, at(2012, 3, 1, 0, 0), now), "1 March 2012, 00:00");
        assert_eq!(ago(Lang::Hans, at(2026, 11, 24, 8, 55), now), "5 分钟前");
        assert_eq!(ago(Lang::Hans, at(2026, 11, 23, 23, 59), now), "昨天 23:59");
        assert_eq!(ago(Lang::Hans, at(2026, 11, 21, 9, 0), now), "3 天前");
        assert_eq!(ago(Lang::Hans, at(2026, 11, 1, 9, 0), now), "11月1日（周日）");
        assert_eq!((short(now, now), short(at(2025, 1, 2, 3, 4), now)), ("09:00".into(), "2025-01-02".into()));
        assert_eq!(machine(now), "2026-11-24T09:00+08:00");
    }
}
