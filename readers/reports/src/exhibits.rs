//! The tables and charts of a report, each number with what it opens to.

use std::collections::BTreeMap;

use base::UnitId;
use measures::{Period, Value, kept_back};
use people::Tree;
use store::{StoreError, Tx};
use web::paragraph::{Exhibit, Paragraph, Shape, Source};

use crate::facts::{Cell, Cover, Head, Made, Num, Opens, Points, Shown, Taken, grouped};
use crate::period;
use crate::take::{ROWS, blank, key, num};

/// Rows of a table by key; what is beyond stands in one.
const KINDS: usize = 15;

/// What tables and charts are of.
pub(crate) struct Of<'a> {
    pub(crate) tree: &'a Tree,
    pub(crate) unit: UnitId,
    pub(crate) over: &'a Period,
    /// How far the record reaches over the same period of the year before.
    pub(crate) cover_year: Cover,
    pub(crate) figures: &'a BTreeMap<String, Taken>,
}

fn opens(id: &str, unit: UnitId, period: &Period) -> Opens {
    Opens { measure: id.to_owned(), unit, from: period.from.to_string(), to: period.to.to_string() }
}

fn plain(text: String) -> Cell {
    Cell { text, opens: None }
}

/// A table or chart; none where there is nothing to take apart.
pub(crate) fn show(tx: &mut Tx, of: &Of<'_>, paragraph: &Paragraph, exhibit: &Exhibit) -> Result<Option<Shown>, StoreError> {
    let Of { unit, over, cover_year, figures, .. } = *of;
    let caption = exhibit.caption.to_owned();
    Ok(match exhibit.shape {
        Shape::ByUnit(ids) => by_unit(tx, of, caption, ids)?,
        Shape::Bars(id) => {
            let months = over.months();
            if months.len() < 2 || measures::find(id).is_none() {
                return Ok(None);
            }
            let before = over.last_year().months();
            let now = measures::series(tx, id, unit, &months)?;
            let year = measures::series(tx, id, unit, &before)?;
            let points = |name: &str, periods: &[Period], values: &[Value]| Points {
                name: name.to_owned(),
                values: periods.iter().zip(values).map(|(p, v)| (Some(v.num.saturating_mul(100)), opens(id, unit, p))).collect(),
            };
            let mut series = vec![points("本期", &months, &now)];
            if cover_year == Cover::Whole && year.iter().any(|value| value.num != 0) {
                series.push(points("上年同期", &before, &year));
            }
            Some(Shown::Chart { caption, lines: false, labels: period::month_labels(&months), series })
        }
        Shape::Lines(ids) => {
            let months = over.months();
            if months.len() < 2 {
                return Ok(None);
            }
            let mut series = Vec::new();
            for id in ids.iter().filter(|id| measures::find(id).is_some()).take(2) {
                let Some(taken) = blank(id) else { continue };
                let values = measures::series(tx, id, unit, &months)?;
                let back = kept_back(id, &values);
                let values: Vec<(Option<i64>, Opens)> = months
                    .iter()
                    .zip(values)
                    .zip(back)
                    .map(|((month, value), back)| {
                        #[expect(clippy::cast_possible_truncation, reason = "a rate is at most 10,000 hundredths")]
                        let rate = taken.number(num(value)).filter(|_| !back).map(|percent| (percent * 100.0).round() as i64);
                        (rate, opens(id, unit, month))
                    })
                    .collect();
                if values.iter().filter(|(value, _)| value.is_some()).count() > 1 {
                    series.push(Points { name: taken.title, values });
                }
            }
            (!series.is_empty()).then(|| Shown::Chart { caption, lines: true, labels: period::month_labels(&months), series })
        }
        Shape::ByKey(name) => {
            let Some(figure) = paragraph.figures.iter().find(|figure| figure.name == name) else { return Ok(None) };
            let Some(taken) = figures.get(&key(&figure.source)).filter(|taken| !taken.list.is_empty()) else { return Ok(None) };
            let Source::Keys(id, _) = figure.source else { return Ok(None) };
            Some(by_key(caption, taken, |n| Cell { text: grouped(n), opens: Some(opens(id, unit, over)) }))
        }
    })
}

/// What is left of a whole when its parts are taken away; nothing of a median, which is no sum.
fn left(made: Made, whole: Value, parts: &[Value]) -> Value {
    if made == Made::Median {
        return Value { num: 0, den: Some(0), each: None };
    }
    let less = |all: i64, of: fn(&Value) -> i64| all - parts.iter().map(of).sum::<i64>();
    Value {
        num: less(whole.num, |value| value.num),
        den: whole.den.map(|all| less(all, |value| value.den.unwrap_or(0))),
        each: whole.each.map(|all| less(all, |value| value.each.unwrap_or(0))),
    }
}

/// What stands for the unit itself and for those under it that are no more: what they did is in the sum.
const REST: &str = "本级和已撤并的单位";
/// The same where not every unit has a row.
const OTHERS: &str = "本级和其他单位";

/// The units right under the one of the report in their fixed order, what is left beside them, and the sum.
fn by_unit(tx: &mut Tx, of: &Of<'_>, caption: String, ids: &[&'static str]) -> Result<Option<Shown>, StoreError> {
    let known: Vec<&str> = ids.iter().copied().filter(|id| measures::find(id).is_some()).collect();
    let shapes: Vec<Taken> = known.iter().filter_map(|id| blank(id)).collect();
    let rest = if of.tree.children(of.unit).count() > ROWS { OTHERS } else { REST };
    let children: Vec<(UnitId, String)> = of.tree.children(of.unit).take(ROWS).map(|child| (child.id, child.name.clone())).collect();
    if children.is_empty() || known.is_empty() {
        return Ok(None);
    }
    let units: Vec<UnitId> = children.iter().map(|(id, _)| *id).collect();
    let parts = measures::by_unit(tx, &known, &units, of.over)?;
    let whole = measures::values(tx, &known, of.unit, of.over)?;
    // By column: the units, then what is left beside them.
    let mut columns: Vec<Vec<Value>> = Vec::new();
    for (at, (taken, whole)) in shapes.iter().zip(&whole).enumerate() {
        let mut column: Vec<Value> = parts.iter().map(|row| row.get(at).copied().unwrap_or_default()).collect();
        column.push(left(taken.made, *whole, &column));
        columns.push(column);
    }
    let back: Vec<Vec<bool>> = known.iter().zip(&columns).map(|(id, column)| kept_back(id, column)).collect();
    let cell = |at: usize, value: Value, back: bool, unit: Option<UnitId>| {
        let (Some(taken), Some(id)) = (shapes.get(at), known.get(at)) else { return plain(String::new()) };
        let n = value.of().filter(|n| taken.made == Made::Rate && *n > 0).map(|n| format!("（n={}）", grouped(n))).unwrap_or_default();
        let text = if back && value.n() >= measures::FEW { "不单列".to_owned() } else { taken.bare(num(value)) };
        // What is not told here is not told behind it either.
        let opens = unit.filter(|_| !back).map(|unit| opens(id, unit, of.over));
        Cell { text: format!("{text}{n}"), opens }
    };
    let names = children.iter().map(|(id, name)| (Some(*id), name.as_str())).chain([(None, rest)]);
    let mut rows = Vec::new();
    for (at, (unit, name)) in names.enumerate() {
        let values: Vec<Value> = columns.iter().map(|column| column.get(at).copied().unwrap_or_default()).collect();
        // A unit that the work does not touch has no row of zeros.
        if values.iter().any(|value| value.num != 0 || value.n() != 0) {
            let back = |column: usize| back.get(column).and_then(|back| back.get(at)) == Some(&true);
            let cells = values.into_iter().enumerate().map(|(column, value)| cell(column, value, back(column), unit));
            rows.push(std::iter::once(plain(name.to_owned())).chain(cells).collect::<Vec<_>>());
        }
    }
    if rows.is_empty() {
        return Ok(None);
    }
    let sum = whole.iter().enumerate().map(|(column, value)| cell(column, *value, false, Some(of.unit)));
    rows.push(std::iter::once(plain("合计".to_owned())).chain(sum).collect());
    let title = |taken: &Taken| if taken.made == Made::Rate { taken.title.clone() } else { format!("{}（{}）", taken.title, taken.unit) };
    let mut heads = vec![("单位".to_owned(), 0, false)];
    heads.extend(shapes.iter().map(|taken| (title(taken), 0, true)));
    Ok(Some(Shown::Table { caption, heads: widths(heads, &rows), rows }))
}

/// A table by key with its sum, beside what it was where the record reaches.
fn by_key(caption: String, taken: &Taken, count: impl Fn(i64) -> Cell) -> Shown {
    let whole = taken.now.num;
    let with_last = taken.cover_last == Cover::Whole && taken.was.len() == taken.list.len();
    let with_year = taken.cover_year == Cover::Whole && taken.was.len() == taken.list.len();
    let share = |n: i64| Num { den: Some(whole.max(1)), ..Num::count(n) }.percent().unwrap_or(0.0);
    let row = |name: &str, n: Cell, share: f64, last: Option<i64>, year: Option<i64>| {
        let mut cells = vec![plain(name.to_owned()), n, plain(format!("{share:.1}%"))];
        let was = |wanted: bool, n: Option<i64>| wanted.then(|| plain(n.map_or_else(|| "—".to_owned(), grouped)));
        cells.extend(was(with_last, last).into_iter().chain(was(with_year, year)));
        cells
    };
    let mut rows: Vec<Vec<Cell>> = taken
        .list
        .iter()
        .enumerate()
        .take(KINDS)
        .map(|(at, (name, n))| {
            let was = taken.was.get(at);
            row(name, count(*n), share(*n), was.map(|was| was.0), was.map(|was| was.1))
        })
        .collect();
    let told: i64 = taken.list.iter().take(KINDS).map(|(_, n)| n).sum();
    if whole > told {
        let rest =
            |sum: Option<Num>, of: fn(&(i64, i64)) -> i64| sum.map(|sum| sum.num - taken.was.iter().take(KINDS).map(of).sum::<i64>());
        let n = Cell { text: grouped(whole - told), opens: None };
        rows.push(row("其余类别", n, share(whole - told), rest(taken.last, |was| was.0), rest(taken.year, |was| was.1)));
    }
    let sum = |was: Option<Num>| was.map(|was| was.num);
    rows.push(row("合计", count(whole), 100.0, sum(taken.last), sum(taken.year)));
    let unit = &taken.unit;
    let mut heads = vec![("类别".to_owned(), 0, false), (format!("数量（{unit}）"), 0, true), ("占比".to_owned(), 0, true)];
    heads.extend(with_last.then(|| (format!("上期（{unit}）"), 0, true)));
    heads.extend(with_year.then(|| (format!("上年同期（{unit}）"), 0, true)));
    Shown::Table { caption, heads: widths(heads, &rows), rows }
}

/// Columns as wide as what stands in them, so that a number keeps to its line; names may take two.
pub(crate) fn widths(heads: Vec<Head>, rows: &[Vec<Cell>]) -> Vec<Head> {
    /// Half characters that a column of names has at least and at most.
    const NAMES: (u16, u16) = (16, 24);
    /// Half characters that a page has room for in the letters of tables; names that must give way keep to so many.
    const PAGE: u16 = 73;
    const NARROW: u16 = 12;
    let wide = |text: &str| text.chars().map(|c| if c.is_ascii() { 1_u16 } else { 2 }).sum::<u16>();
    let column = |(at, (title, _, number)): (usize, Head)| {
        let most = rows.iter().filter_map(|row| row.get(at)).map(|cell| wide(&cell.text)).max().unwrap_or(0).max(wide(&title));
        let width = if number { most.max(8) } else { most.clamp(NAMES.0, NAMES.1) };
        (title, width + 2, number)
    };
    let mut columns: Vec<Head> = heads.into_iter().enumerate().map(column).collect();
    let over = columns.iter().map(|(_, width, _)| *width).sum::<u16>().saturating_sub(PAGE);
    if let Some((_, width, _)) = columns.iter_mut().find(|(_, _, number)| !number) {
        *width = width.saturating_sub(over).max(NARROW.min(*width));
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_what_stands_in_them() {
        let heads = || vec![("单位".to_owned(), 0, false), ("满意率".to_owned(), 0, true)];
        let rows = [vec![plain("东门街道".to_owned()), plain("95.3%（n=4,175）".to_owned())]];
        let wide: Vec<u16> = widths(heads(), &rows).into_iter().map(|(_, width, _)| width).collect();
        assert_eq!(wide, [18, 18]);
        let long = [vec![plain("市自然资源和规划局清和分局".to_owned()), plain("1".to_owned())]];
        let wide: Vec<u16> = widths(heads(), &long).into_iter().map(|(_, width, _)| width).collect();
        assert_eq!(wide, [26, 10]);
        // Where there are many numbers the names give way, and not the numbers.
        let heads = (0..5).map(|n| ("率".to_owned(), 0, n > 0)).collect();
        let full = [std::iter::once(plain("市自然资源和规划局清和分局".to_owned()))
            .chain((0..4).map(|_| plain("95.3%（n=175）".to_owned())))
            .collect()];
        let wide: Vec<u16> = widths(heads, &full).into_iter().map(|(_, width, _)| width).collect();
        assert_eq!(wide, [12, 16, 16, 16, 16]);
    }

    #[test]
    fn what_is_left_is_the_whole_without_its_parts() {
        let parts = [Value::rate_of(8, 10), Value::rate_of(5, 20)];
        assert_eq!(left(Made::Rate, Value::rate_of(15, 33), &parts), Value::rate_of(2, 3));
        assert_eq!(left(Made::Count, Value::count(9), &[Value::count(4)]), Value::count(5));
        assert_eq!(left(Made::Median, Value::rate_of(5, 33), &parts).n(), 0);
    }
}
