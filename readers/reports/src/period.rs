//! The periods that reports are made for, and what they are called in a document.

use base::Date;
use measures::Period;
use web::{Lang, fill};

web::texts! {
    /// Names of periods to choose.
    pub(crate) ChoiceTexts;
    to_date: "{label}（今年以来）", "{label} (year to date)";
    other: "其他时间", "Another period";
}

/// A day as documents write it.
pub(crate) fn day(date: Date) -> String {
    format!("{}年{}月{}日", date.year(), date.month(), date.day())
}

/// What a period is called in a document: 2026年, 2026年上半年, 2026年第三季度, 2026年1月至10月.
pub(crate) fn label(period: &Period) -> String {
    let (from, to) = (period.from, period.to);
    let whole = from.day() == 1 && to.day() == to.last_of_month().day();
    match (from.year() == to.year() && whole, from.month(), to.month()) {
        (true, 1, 6) => format!("{}年上半年", from.year()),
        (true, 7, 12) => format!("{}年下半年", from.year()),
        (true, 1, 12) => format!("{}年", from.year()),
        (true, a, b) if a == b => format!("{}年{a}月", from.year()),
        (true, a, b) if b == a + 2 && a % 3 == 1 => format!(
            "{}年第{}季度",
            from.year(),
            ["一", "二", "三", "四"].get(usize::from(a.unsigned_abs()) / 3).copied().unwrap_or_default()
        ),
        (true, a, b) => format!("{}年{a}月至{b}月", from.year()),
        _ if from.year() == to.year() => format!("{}至{}月{}日", day(from), to.month(), to.day()),
        _ => format!("{}至{}", day(from), day(to)),
    }
}

/// What months are called under a chart: 1月; with the year where it turns.
pub(crate) fn month_labels(months: &[Period]) -> Vec<String> {
    let mut year = None;
    let many = months.first().map(|m| m.from.year()) != months.last().map(|m| m.from.year());
    let label = |month: &Period| {
        let turned = many && year != Some(month.from.year());
        year = Some(month.from.year());
        if turned { format!("{}年{}月", month.from.year(), month.from.month()) } else { format!("{}月", month.from.month()) }
    };
    months.iter().map(label).collect()
}

/// The half year of a day.
fn half_of(date: Date) -> Period {
    let (a, b) = if date.month() <= 6 { ((1, 1), (6, 30)) } else { ((7, 1), (12, 31)) };
    Period { from: Date::constant(date.year(), a.0, a.1), to: Date::constant(date.year(), b.0, b.1) }
}

/// The periods that are offered, with their names: this year so far, then the last whole month, quarter, half year and year.
pub(crate) fn choices(lang: Lang, today: Date) -> Vec<(String, String)> {
    let t = ChoiceTexts::of(lang);
    let so_far = Period { from: Date::constant(today.year(), 1, 1), to: today };
    let name = |period: &Period| if lang == Lang::En { period.label(lang) } else { label(period) };
    let mut out = vec![(code(&so_far), fill(t.to_date, &[("label", &name(&so_far))]))];
    let half = half_of(today);
    let before_half = half_of(half.from.yesterday().unwrap_or(half.from));
    let mut whole =
        vec![Period::quarter_of(today).previous(), Period::month_of(today).previous(), before_half, Period::year_of(today).previous()];
    whole.extend([Period::quarter_of(today).previous().previous(), Period::month_of(today)]);
    for period in whole {
        let period = Period { to: period.to.min(today), ..period };
        if !out.iter().any(|(known, _)| *known == code(&period)) {
            out.push((code(&period), name(&period)));
        }
    }
    out
}

/// A period in a form: `2026-01-01..2026-06-30`.
pub(crate) fn code(period: &Period) -> String {
    format!("{}..{}", period.from, period.to)
}

/// The longest: two years and a day.
const LONGEST: i64 = 732;

/// A period from its first and last day; none where they are not two days in order, or more than two years.
pub(crate) fn between(from: &str, to: &str) -> Option<Period> {
    let period = Period { from: from.trim().parse().ok()?, to: to.trim().parse().ok()? };
    (period.from <= period.to && period.from.year() >= 2000 && period.to.year() < 2200 && period.len() <= LONGEST).then_some(period)
}

/// From [`code`].
pub(crate) fn parse(text: &str) -> Option<Period> {
    let (from, to) = text.split_once("..")?;
    between(from, to)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(from: &str, to: &str) -> String {
        label(&between(from, to).unwrap())
    }

    #[test]
    fn periods_are_called_as_in_documents() {
        assert_eq!(named("2026-01-01", "2026-06-30"), "2026年上半年");
        assert_eq!(named("2026-07-01", "2026-09-30"), "2026年第三季度");
        assert_eq!(named("2026-10-01", "2026-12-31"), "2026年第四季度");
        assert_eq!(named("2026-01-01", "2026-10-31"), "2026年1月至10月");
        assert_eq!(named("2026-02-01", "2026-02-28"), "2026年2月");
        assert_eq!(named("2026-01-01", "2026-11-22"), "2026年1月1日至11月22日");
        assert_eq!(named("2025-01-01", "2025-12-31"), "2025年");
    }

    #[test]
    fn what_is_no_period_is_refused() {
        for (from, to) in [
            ("2026-02-30", "2026-03-01"),
            ("2026-03-02", "2026-03-01"),
            ("", ""),
            ("2020-01-01", "2026-01-01"),
            ("9999-01-01", "9999-01-02"),
        ] {
            assert!(between(from, to).is_none(), "{from} {to}");
        }
        let today = Date::constant(2026, 11, 22);
        for (code, _) in choices(Lang::Hans, today) {
            assert!(parse(&code).is_some(), "{code}");
        }
        assert_eq!(choices(Lang::Hans, today).len(), 7);
    }
}
