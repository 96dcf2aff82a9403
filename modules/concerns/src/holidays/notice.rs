//! The yearly notice of the State Council's office on holidays, read as it is published:
//! 「元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。」

use std::collections::BTreeSet;

use base::Date;
use jiff::civil::Weekday;

/// What of a notice cannot be right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// No day off was found.
    #[error("no day off is named")]
    Nothing,
    /// A day that the calendar does not have, as written.
    #[error("{0} is no day")]
    NoDay(String),
    /// The notice names another day of the week: it is of another year.
    #[error("{0} is not the day of the week that stands there")]
    Weekday(Date),
    /// The days of a holiday are not as many as the notice says: found, said.
    #[error("{found} days were read where the notice says {said}")]
    Count {
        /// The last day of the holiday.
        last: Date,
        /// How many were read.
        found: usize,
        /// How many the notice says.
        said: usize,
    },
    /// It is said to be worked, and is a day off as well or no weekend.
    #[error("{0} cannot be a worked day")]
    Work(Date),
}

/// The days of a year that a notice names: off, and worked.
///
/// # Errors
/// [`Wrong`].
pub fn read(text: &str, year: i16) -> Result<(Vec<Date>, Vec<Date>), Wrong> {
    let plain: Vec<char> = text.chars().map(base::text::half_width).filter(|c| !base::text::is_blank(*c)).collect();
    let (mut off, mut work) = (BTreeSet::new(), BTreeSet::new());
    // Days that were named and of which it is not said yet what they are; the days off of the sentence.
    let (mut named, mut holiday): (Vec<Date>, Vec<Date>) = (Vec::new(), Vec::new());
    let mut at = 0;
    while at < plain.len() {
        let rest = plain.get(at..).unwrap_or(&[]);
        if let Some((length, days)) = days(rest, year)? {
            named.extend(days);
            at += length;
        } else if starts(rest, "放假") || starts(rest, "休息") {
            off.extend(named.iter().copied());
            holiday.append(&mut named);
            at += 2;
        } else if starts(rest, "上班") {
            work.extend(named.drain(..));
            at += 2;
        } else if starts(rest, "鼓励") {
            // 鼓励……安排职工在除夕（2月9日）休息: what units are encouraged to is no day off.
            at += rest.iter().take_while(|c| **c != '。').count();
        } else if let Some((length, said)) = together(rest) {
            if let Some(last) = holiday.last().filter(|_| holiday.len() != said) {
                return Err(Wrong::Count { last: *last, found: holiday.len(), said });
            }
            at += length;
        } else {
            if plain.get(at) == Some(&'。') {
                named.clear();
                holiday.clear();
            }
            at += 1;
        }
    }
    let of_year = |days: BTreeSet<Date>| days.into_iter().filter(|day| day.year() == year).collect::<Vec<_>>();
    let (off, work) = (of_year(off), of_year(work));
    if off.is_empty() {
        return Err(Wrong::Nothing);
    }
    let weekend = |day: &Date| matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
    match work.iter().find(|day| off.contains(day) || !weekend(day)) {
        Some(day) => Err(Wrong::Work(*day)),
        None => Ok((off, work)),
    }
}

/// A day or days from one to another that begin here: how many characters they take.
fn days(rest: &[char], year: i16) -> Result<Option<(usize, Vec<Date>)>, Wrong> {
    let Some((mut at, first)) = day(rest, year, None)? else { return Ok(None) };
    let Some(word) = rest.get(at).filter(|c| matches!(c, '至' | '到' | '-' | '—' | '~' | '～')) else {
        return Ok(Some((at, vec![first])));
    };
    let mut after = at + 1;
    // A dash may be written twice.
    after += usize::from(rest.get(after) == Some(word));
    let Some((length, last)) = day(rest.get(after..).unwrap_or(&[]), first.year(), Some(first.month()))? else {
        return Ok(Some((at, vec![first])));
    };
    at = after + length;
    if last < first || first.until(last).map_or(true, |span| span.get_days() > 60) {
        return Err(Wrong::NoDay(rest.iter().take(at).collect()));
    }
    Ok(Some((at, first.series(jiff::Span::new().days(1)).take_while(|day| *day <= last).collect())))
}

/// One day: the year and the month may be left out where they are known; what stands in brackets behind it is its day of
/// the week.
fn day(rest: &[char], year: i16, month: Option<i8>) -> Result<Option<(usize, Date)>, Wrong> {
    let mut at = 0;
    let part = |at: usize, sign: char| -> Option<(usize, i16)> {
        let digits: String = rest.iter().skip(at).take(5).take_while(|c| c.is_ascii_digit()).collect();
        let ends = rest.get(at + digits.len()) == Some(&sign);
        digits.parse().ok().filter(|_| ends && digits.len() <= 4).map(|n| (at + digits.len() + 1, n))
    };
    let mut of = year;
    if let Some((next, n)) = part(at, '年') {
        (at, of) = (next, n);
    }
    let of_month = match part(at, '月') {
        Some((next, n)) => {
            at = next;
            i8::try_from(n).ok()
        }
        None => month.filter(|_| of == year),
    };
    let (Some(of_month), Some((next, n))) = (of_month, part(at, '日')) else { return Ok(None) };
    at = next;
    let no_day = || Wrong::NoDay(rest.iter().take(at).collect());
    let found = i8::try_from(n).ok().and_then(|n| Date::new(of, of_month, n).ok()).ok_or_else(no_day)?;
    if rest.get(at) == Some(&'(')
        && let Some(length) = rest.iter().skip(at).take(30).position(|c| *c == ')')
    {
        let inside: String = rest.iter().skip(at + 1).take(length - 1).collect();
        if weekday(&inside).is_some_and(|said| said != found.weekday()) {
            return Err(Wrong::Weekday(found));
        }
        at += length + 1;
    }
    Ok(Some((at, found)))
}

/// The day of the week that a text names, as 周四, 星期日 or 农历正月初七、周一.
fn weekday(text: &str) -> Option<Weekday> {
    let after = ["周", "星期"].into_iter().find_map(|word| text.split_once(word)).map(|(_, after)| after)?;
    Some(match after.chars().next()? {
        '一' => Weekday::Monday,
        '二' => Weekday::Tuesday,
        '三' => Weekday::Wednesday,
        '四' => Weekday::Thursday,
        '五' => Weekday::Friday,
        '六' => Weekday::Saturday,
        '日' | '天' => Weekday::Sunday,
        _ => return None,
    })
}

/// 共3天: how many days the notice says that a holiday has.
fn together(rest: &[char]) -> Option<(usize, usize)> {
    if rest.first() != Some(&'共') {
        return None;
    }
    let digits: String = rest.iter().skip(1).take(3).take_while(|c| c.is_ascii_digit()).collect();
    (rest.get(1 + digits.len()) == Some(&'天')).then_some(())?;
    Some((digits.len() + 2, digits.parse().ok()?))
}

fn starts(text: &[char], word: &str) -> bool {
    word.chars().enumerate().all(|(at, c)| text.get(at) == Some(&c))
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::rules::Rules;

    /// In the words in which the notice for 2026 was published.
    const OF_2026: &str = "一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。\n\
        二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。\n\
        三、清明节：4月4日（周六）至6日（周一）放假，共3天。\n\
        四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。\n\
        五、端午节：6月19日（周五）至21日（周日）放假，共3天。\n\
        六、中秋节：9月25日（周五）至27日（周日）放假，共3天。\n\
        七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。\n\
        节假日期间，各地区、各部门要妥善安排好值班。\n国务院办公厅\n2025年11月4日";

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn a_notice_is_read_as_the_product_has_it() {
        let (off, work) = read(OF_2026, 2026).unwrap();
        let rules = Rules::builtin();
        let known = rules.calendar().years().find(|known| known.year == 2026).unwrap();
        assert_eq!((&off, &work), (&known.off, &known.work));
        // Pasted from a page that breaks lines within sentences, in full-width digits, the reader's own words around it.
        let broken = OF_2026.replace("放假", "\n放假").replace('1', "１").replace("至", "\u{3000}至 ");
        assert_eq!(read(&broken, 2026).unwrap(), (off, work));
    }

    #[test]
    fn a_holiday_may_begin_in_the_year_before() {
        let text = "元旦：2022年12月31日至2023年1月2日放假调休，共3天。";
        assert_eq!(read(text, 2023).unwrap().0, [day("2023-01-01"), day("2023-01-02")]);
        let long = "国庆节、中秋节：9月29日至10月6日放假调休，共8天。10月7日（周六）、10月8日（星期日）上班。";
        let (off, work) = read(long, 2023).unwrap();
        assert_eq!((off.len(), work), (8, vec![day("2023-10-07"), day("2023-10-08")]));
    }

    #[test]
    fn what_units_are_encouraged_to_is_no_day_off() {
        let more = OF_2026.replace("共9天。", "共9天。鼓励各单位结合带薪年休假等制度落实，安排职工在2月12日休息。");
        assert_eq!(read(&more, 2026).unwrap(), read(OF_2026, 2026).unwrap());
    }

    #[test]
    fn what_cannot_be_right_is_said() {
        assert_eq!(read(OF_2026, 2027), Err(Wrong::Weekday(day("2027-01-01"))), "the notice of another year");
        for (text, wrong) in [
            ("", Wrong::Nothing),
            ("1月4日（周日）上班。", Wrong::Nothing),
            ("2月30日放假。", Wrong::NoDay("2月30日".into())),
            ("1月5日至3日放假。", Wrong::NoDay("1月5日至3日".into())),
            ("1月1日至3日放假，共4天。", Wrong::Count { last: day("2026-01-03"), found: 3, said: 4 }),
            ("1月1日至3日放假。1月3日上班。", Wrong::Work(day("2026-01-03"))),
            ("1月1日放假。1月6日上班。", Wrong::Work(day("2026-01-06"))),
        ] {
            assert_eq!(read(text, 2026), Err(wrong), "{text}");
        }
    }
}
