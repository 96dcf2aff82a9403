//! Taking the figures of a report: each measure is asked once for the period, the one before and that of the year before, so
//! that a district's year takes a few looks at the store and not hundreds.

use std::collections::{BTreeMap, BTreeSet};

use base::{Ctx, UnitId};
use measures::{Period, Value};
use people::{Level, Tree};
use record::measure::{Better, Kind, Met};
use store::{StoreError, Tx};
use web::due::Look;
use web::paragraph::{Exhibit, Paragraph, Shape, Source};
use web::{Lang, Module};

use crate::facts::{Cell, Facts, Made, Num, Opens, Points, Shown, Taken, Way};
use crate::period;

/// Rows of a table that is taken apart.
const ROWS: usize = 60;

/// The key of duties that were not met.
pub(crate) const UNMET: &str = "unmet:";

/// The key under which a figure is kept.
pub(crate) fn key(source: &Source) -> String {
    match source {
        Source::Measure(id) => format!("m:{id}"),
        Source::Keys(id, _) => format!("k:{id}"),
        Source::Open(name) => format!("open:{name}"),
        Source::Late(name) => format!("late:{name}"),
        Source::Units(level) => format!("units:{}", level.code()),
        Source::Unmet => UNMET.to_owned(),
    }
}

fn num(value: Value) -> Num {
    Num { num: value.num, den: value.den, each: value.each }
}

/// A figure of a measure without its numbers.
fn blank(id: &str) -> Option<Taken> {
    let measure = measures::find(id)?;
    let made = match measure.kind {
        Kind::Count | Kind::Sum => Made::Count,
        Kind::Rate { .. } => Made::Rate,
        Kind::Median => Made::Median,
    };
    let better = match measure.better {
        Better::Up => Way::Up,
        Better::Down => Way::Down,
        Better::None => Way::None,
    };
    let none = Num::count(0);
    Some(Taken {
        title: measure.title_zh.into(),
        unit: measure.unit_zh.into(),
        made,
        better,
        now: none,
        last: None,
        year: None,
        list: Vec::new(),
        pages: Vec::new(),
    })
}

fn moment(title: &str, unit: &str, better: Way, n: i64) -> Taken {
    let now = Num::count(n);
    Taken {
        title: title.into(),
        unit: unit.into(),
        made: Made::Count,
        better,
        now,
        last: None,
        year: None,
        list: Vec::new(),
        pages: Vec::new(),
    }
}

/// The duties that were not met, each in words with its source, and the page of the cases that tell of it.
fn unmet(tx: &mut Tx, ctx: &Ctx, tree: &Tree, unit: UnitId, over: &Period) -> Result<Taken, StoreError> {
    let owed = measures::duties::of(tx, ctx.rules(), tree, unit, over, ctx.now.date())?;
    let (mut list, mut pages) = (Vec::new(), Vec::new());
    for owed in owed.into_iter().filter(measures::duties::Owed::is_unmet) {
        let how = match (owed.duty.met, owed.n) {
            (Met::Never, n) => format!("期内超期{n}次"),
            (_, 0) => "期内没有记录".to_owned(),
            (_, n) => format!("期内只有{n}次"),
        };
        list.push((format!("{}（{how}，依据{}）", owed.duty.title_zh, owed.source), owed.n));
        pages.push(measures::cases_href(owed.duty.measure, unit, over));
    }
    let now = Num::count(i64::try_from(list.len()).unwrap_or(i64::MAX));
    let title = "没有做到的规定动作".to_owned();
    Ok(Taken { title, unit: "项".into(), made: Made::Named, better: Way::Down, now, last: None, year: None, list, pages })
}

/// Takes everything that these paragraphs may name.
///
/// # Errors
/// Only the store's.
pub(crate) fn take(
    tx: &mut Tx,
    ctx: &Ctx,
    tree: &Tree,
    modules: &[Module],
    paragraphs: &[&'static Paragraph],
    unit: UnitId,
    over: &Period,
) -> Result<Facts, StoreError> {
    let mut figures = BTreeMap::new();
    let sources: BTreeMap<String, Source> =
        paragraphs.iter().flat_map(|p| p.figures).map(|figure| (key(&figure.source), figure.source)).collect();
    let ids: Vec<&'static str> =
        sources.values().filter_map(|source| if let Source::Measure(id) = source { Some(*id) } else { None }).collect();
    let now = measures::values(tx, &ids, unit, over)?;
    let last = measures::values(tx, &ids, unit, &over.previous())?;
    let year = measures::values(tx, &ids, unit, &over.last_year())?;
    for (((id, now), last), year) in ids.iter().zip(now).zip(last).zip(year) {
        if let Some(taken) = blank(id) {
            figures.insert(format!("m:{id}"), Taken { now: num(now), last: Some(num(last)), year: Some(num(year)), ..taken });
        }
    }
    for (key, source) in &sources {
        let taken = match source {
            Source::Measure(_) => continue,
            Source::Keys(id, name) => {
                let Some(taken) = blank(id) else { continue };
                let mut list = Vec::new();
                for (code, n) in measures::by_key(tx, id, unit, over)?.into_iter().take(ROWS) {
                    list.push((name(tx, &code)?.unwrap_or(code), n));
                }
                Taken { now: Num::count(list.iter().map(|(_, n)| n).sum()), list, ..taken }
            }
            Source::Open(name) | Source::Late(name) => {
                let Some(due) = modules.iter().flat_map(|module| module.due).find(|due| due.name == *name) else { continue };
                let look = Look { actor: None, tree, lang: Lang::Hans, unit };
                let owed = (due.counts)(tx, ctx, &look)?;
                let late = matches!(source, Source::Late(_));
                let n = owed.iter().filter(|owed| look.covers(owed.unit)).map(|owed| if late { owed.late } else { owed.open }).sum();
                moment((due.title)(Lang::Hans), "件", if late { Way::Down } else { Way::None }, n)
            }
            Source::Units(level) => {
                let n = tree.subtree(unit).into_iter().filter(|unit| unit.level == *level && !unit.is_closed()).count();
                moment(level_word(*level), "个", Way::None, i64::try_from(n).unwrap_or(i64::MAX))
            }
            Source::Unmet => unmet(tx, ctx, tree, unit, over)?,
        };
        figures.insert(key.clone(), taken);
    }
    let mut shown = BTreeMap::new();
    for paragraph in paragraphs {
        for exhibit in paragraph.exhibits {
            if let Some(found) = show(tx, tree, paragraph, exhibit, &figures, unit, over)? {
                shown.insert(format!("{}/{}", paragraph.id, exhibit.name), found);
            }
        }
    }
    let words = BTreeMap::from([
        ("单位".to_owned(), crate::unit_name(tree, unit)),
        ("期间".to_owned(), period::label(over)),
        ("截至".to_owned(), period::day(ctx.now.date().min(over.to))),
        ("今日".to_owned(), period::day(ctx.now.date())),
    ]);
    Ok(Facts {
        unit,
        from: over.from.to_string(),
        to: over.to.to_string(),
        words,
        as_of: measures::as_of(tx)?,
        taken_at: ctx.now,
        figures,
        shown,
    })
}

/// The word for units of a level.
fn level_word(level: Level) -> &'static str {
    match level {
        Level::District => "区县",
        Level::Town => "镇街",
        Level::Community => "社区（村）",
        Level::Grid => "网格",
        Level::Department => "部门",
        Level::PartyCommittee => "党委",
        Level::GeneralBranch => "党总支",
        Level::Branch => "党支部",
        Level::PartyGroup => "党小组",
    }
}

fn opens(id: &str, unit: UnitId, period: &Period) -> Opens {
    Opens { measure: id.to_owned(), unit, from: period.from.to_string(), to: period.to.to_string() }
}

fn plain(text: String) -> Cell {
    Cell { text, opens: None }
}

/// A table or chart; none where there is nothing to take apart.
fn show(
    tx: &mut Tx,
    tree: &Tree,
    paragraph: &Paragraph,
    exhibit: &Exhibit,
    figures: &BTreeMap<String, Taken>,
    unit: UnitId,
    over: &Period,
) -> Result<Option<Shown>, StoreError> {
    let caption = exhibit.caption.to_owned();
    Ok(match exhibit.shape {
        Shape::ByUnit(ids) => {
            let known: Vec<&str> = ids.iter().copied().filter(|id| measures::find(id).is_some()).collect();
            let children: Vec<(UnitId, String)> = tree.children(unit).take(ROWS).map(|child| (child.id, child.name.clone())).collect();
            let units: Vec<UnitId> = children.iter().map(|(id, _)| *id).collect();
            if units.is_empty() || known.is_empty() {
                return Ok(None);
            }
            let mut heads = vec![("单位".to_owned(), 30, false)];
            let shapes: Vec<Taken> = known.iter().filter_map(|id| blank(id)).collect();
            for taken in &shapes {
                let title = if taken.made == Made::Rate { taken.title.clone() } else { format!("{}（{}）", taken.title, taken.unit) };
                heads.push((title, 20, true));
            }
            let mut rows = Vec::new();
            for ((child, name), values) in children.iter().zip(measures::by_unit(tx, &known, &units, over)?) {
                let mut row = vec![plain(name.clone())];
                // A unit that the work does not touch has no row of zeros.
                if values.iter().all(|value| value.num == 0 && value.n() == 0) {
                    continue;
                }
                for ((value, taken), id) in values.into_iter().zip(&shapes).zip(&known) {
                    let n = value.of().filter(|_| taken.made == Made::Rate).map(|n| format!("（n={n}）")).unwrap_or_default();
                    row.push(Cell { text: format!("{}{n}", taken.bare(num(value))), opens: Some(opens(id, *child, over)) });
                }
                rows.push(row);
            }
            (!rows.is_empty()).then_some(Shown::Table { caption, heads, rows })
        }
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
            if year.iter().any(|value| value.num != 0) {
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
                let values: Vec<(Option<i64>, Opens)> = months
                    .iter()
                    .zip(values)
                    .map(|(month, value)| {
                        #[expect(clippy::cast_possible_truncation, reason = "a rate is at most 10,000 hundredths")]
                        let rate = taken.number(num(value)).map(|percent| (percent * 100.0).round() as i64);
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
            let whole = taken.now.num.max(1);
            let rows = taken.list.iter().take(15).map(|(name, n)| {
                let share = Num { den: Some(whole), ..Num::count(*n) }.percent().unwrap_or(0.0);
                let count = Cell { text: crate::facts::grouped(*n), opens: Some(opens(id, unit, over)) };
                vec![plain(name.clone()), count, plain(format!("{share:.1}%"))]
            });
            let heads = vec![("类别".to_owned(), 40, false), (format!("数量（{}）", taken.unit), 20, true), ("占比".to_owned(), 20, true)];
            Some(Shown::Table { caption, heads, rows: rows.collect() })
        }
    })
}

/// The measures that a paragraph reads.
pub(crate) fn reads(paragraph: &Paragraph) -> BTreeSet<&'static str> {
    let figures = paragraph.figures.iter().filter_map(|figure| match figure.source {
        Source::Measure(id) | Source::Keys(id, _) => Some(id),
        Source::Open(_) | Source::Late(_) | Source::Units(_) | Source::Unmet => None,
    });
    let exhibits = paragraph.exhibits.iter().flat_map(|exhibit| match exhibit.shape {
        Shape::ByUnit(ids) | Shape::Lines(ids) => ids.to_vec(),
        Shape::Bars(id) => vec![id],
        Shape::ByKey(_) => Vec::new(),
    });
    figures.chain(exhibits).collect()
}
