//! Taking the figures of a report: each measure is asked once for the period, the one before and that of the year before, so
//! that a district's year takes a few looks at the store and not hundreds.

use std::collections::{BTreeMap, BTreeSet};

use base::{Ctx, Date, Time, UnitId};
use measures::{Period, Value};
use people::{Level, Tree};
use record::measure::{Better, Kind, Met};
use store::{StoreError, Tx};
use web::due::Look;
use web::paragraph::{Paragraph, Shape, Source};
use web::{Lang, Module};

use crate::exhibits::{Of, show};
use crate::facts::{Cover, Facts, Made, Num, Taken, Way, grouped};
use crate::period;
use crate::report::told_then;

/// Rows of a figure or a table that is taken apart.
pub(crate) const ROWS: usize = 60;

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

pub(crate) fn num(value: Value) -> Num {
    Num { num: value.num, den: value.den, each: value.each }
}

/// A figure of a measure without its numbers.
pub(crate) fn blank(id: &str) -> Option<Taken> {
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
        cover_last: Cover::Whole,
        cover_year: Cover::Whole,
        list: Vec::new(),
        was: Vec::new(),
        pages: Vec::new(),
    })
}

fn moment(title: &str, unit: &str, better: Way, n: i64) -> Taken {
    Taken {
        title: title.into(),
        unit: unit.into(),
        made: Made::Count,
        better,
        now: Num::count(n),
        last: None,
        year: None,
        cover_last: Cover::Whole,
        cover_year: Cover::Whole,
        list: Vec::new(),
        was: Vec::new(),
        pages: Vec::new(),
    }
}

/// The day on which the record of a unit begins: with the first thing that was recorded in the whole district, or with the unit
/// itself, unless something older was brought in for it.
fn began(tx: &mut Tx, tree: &Tree, unit: UnitId) -> Result<Option<Date>, StoreError> {
    let Some(root) = tree.ancestors(unit).next() else { return Ok(None) };
    let Some(first) = measures::since(tx, root.id)?.into_values().min() else { return Ok(None) };
    let own = measures::since(tx, unit)?.into_values().min();
    let there = tree.get(unit).map(|unit| unit.valid_from.date());
    Ok(Some(there.into_iter().chain(own).min().map_or(first, |own| own.max(first))))
}

/// How far a record that begins on this day reaches over a period. A few days without anything, as a holiday has them, are no gap.
fn cover(began: Option<Date>, period: &Period) -> Cover {
    let near = (0..period.len() / 30).try_fold(period.from, |day, _| day.tomorrow()).unwrap_or(period.from);
    match began {
        Some(began) if began <= near => Cover::Whole,
        Some(began) if began <= period.to => Cover::Part,
        _ => Cover::Nothing,
    }
}

/// Whether the units were known at the end of a period: what is counted at a moment needs no more of the record.
fn units_known(tree: &Tree, unit: UnitId, period: &Period) -> Cover {
    let known = tree.get(unit).is_some_and(|unit| unit.valid_from.date() <= period.to);
    if known { Cover::Whole } else { Cover::Nothing }
}

/// Whether units are counted as they were at the end of the period of a report made on this day: what was set up since is no part
/// of a period that is over. One that ended before the units were known is told with those there are.
pub(crate) fn counts_at_end(tree: &Tree, unit: UnitId, over: &Period, made: Date) -> bool {
    over.to < made && units_known(tree, unit, over) == Cover::Whole
}

/// The duties that were not met, each in words with its source, and the page of the cases that tell of it.
fn unmet(tx: &mut Tx, ctx: &Ctx, tree: &Tree, unit: UnitId, over: &Period) -> Result<Taken, StoreError> {
    let mut of = |period: &Period| {
        let owed = measures::duties::of(tx, ctx.rules(), tree, unit, period, ctx.now.date())?;
        Ok::<_, StoreError>(owed.into_iter().filter(measures::duties::Owed::is_unmet).collect::<Vec<_>>())
    };
    let owed = of(over)?;
    let count = |owed: &Vec<_>| Some(Num::count(i64::try_from(owed.len()).unwrap_or(i64::MAX)));
    let (last, year) = (count(&of(&over.previous())?), count(&of(&over.last_year())?));
    let (mut list, mut pages) = (Vec::new(), Vec::new());
    for owed in owed {
        let how = match (owed.duty.met, owed.n) {
            (Met::Never, n) => format!("期内超期{}次", grouped(n)),
            (_, 0) => "期内没有记录".to_owned(),
            (_, n) => format!("期内只有{}次", grouped(n)),
        };
        list.push((format!("{}（{how}，依据{}）", owed.duty.title_zh, owed.source), owed.n));
        pages.push(measures::cases_href(owed.duty.measure, unit, over));
    }
    let n = i64::try_from(list.len()).unwrap_or(i64::MAX);
    Ok(Taken { made: Made::Named, last, year, list, pages, ..moment("没有做到的规定动作", "项", Way::Down, n) })
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
    let (before, year_before) = (over.previous(), over.last_year());
    let last = measures::values(tx, &ids, unit, &before)?;
    let year = measures::values(tx, &ids, unit, &year_before)?;
    let began = began(tx, tree, unit)?;
    let (cover_last, cover_year) = (cover(began, &before), cover(began, &year_before));
    // What is open is known of the moment alone; of earlier moments the reports that were finished then tell.
    let (then_last, then_year) = (told_then(tx, unit, &before)?, told_then(tx, unit, &year_before)?);
    for (((id, now), last), year) in ids.iter().zip(now).zip(last).zip(year) {
        if let Some(taken) = blank(id) {
            let (last, year) = (Some(num(last)), Some(num(year)));
            figures.insert(format!("m:{id}"), Taken { now: num(now), last, year, cover_last, cover_year, ..taken });
        }
    }
    for (key, source) in &sources {
        let taken = match source {
            Source::Measure(_) => continue,
            Source::Keys(id, name) => {
                let Some(taken) = blank(id) else { continue };
                let all = measures::by_key(tx, id, unit, over)?;
                let last: BTreeMap<String, i64> = measures::by_key(tx, id, unit, &before)?.into_iter().collect();
                let year: BTreeMap<String, i64> = measures::by_key(tx, id, unit, &year_before)?.into_iter().collect();
                let sum = |of: &BTreeMap<String, i64>| Some(Num::count(of.values().sum()));
                let (now, sum_last, sum_year) = (Num::count(all.iter().map(|(_, n)| n).sum()), sum(&last), sum(&year));
                let (mut list, mut was) = (Vec::new(), Vec::new());
                for (code, n) in all.into_iter().take(ROWS) {
                    let before = |of: &BTreeMap<String, i64>| of.get(&code).copied().unwrap_or(0);
                    was.push((before(&last), before(&year)));
                    list.push((name(tx, &code)?.unwrap_or(code), n));
                }
                Taken { now, last: sum_last, year: sum_year, cover_last, cover_year, list, was, ..taken }
            }
            Source::Open(name) | Source::Late(name) => {
                let Some(due) = modules.iter().flat_map(|module| module.due).find(|due| due.name == *name) else { continue };
                let look = Look { actor: None, tree, lang: Lang::Hans, unit };
                let owed = (due.counts)(tx, ctx, &look)?;
                let late = matches!(source, Source::Late(_));
                let n = owed.iter().filter(|owed| look.covers(owed.unit)).map(|owed| if late { owed.late } else { owed.open }).sum();
                let then = |facts: &Option<Facts>| facts.as_ref()?.figures.get(key).map(|taken| taken.now);
                let (last, year) = (then(&then_last), then(&then_year));
                let (which, better) = if late { ("超过时限", Way::Down) } else { ("未办结", Way::None) };
                Taken { last, year, ..moment(&format!("{}（{which}）", (due.title)(Lang::Hans)), "件", better, n) }
            }
            Source::Units(level) => {
                let count = |there: &dyn Fn(&people::Unit) -> bool| {
                    let n = tree.subtree(unit).into_iter().filter(|unit| unit.level == *level && there(unit)).count();
                    i64::try_from(n).unwrap_or(i64::MAX)
                };
                let at_end =
                    |period: &Period| Some(Num::count(count(&|unit| unit.existed_at(Time::from_civil(period.to.at(23, 59, 59, 0))))));
                let (last, year) = (at_end(&before), at_end(&year_before));
                let (cover_last, cover_year) = (units_known(tree, unit, &before), units_known(tree, unit, &year_before));
                let then = counts_at_end(tree, unit, over, ctx.now.date()).then(|| at_end(over)).flatten();
                let now = then.map_or_else(|| count(&|unit| !unit.is_closed()), |then| then.num);
                Taken { last, year, cover_last, cover_year, ..moment(level_word(*level), "个", Way::None, now) }
            }
            Source::Unmet => Taken { cover_last, cover_year, ..unmet(tx, ctx, tree, unit, over)? },
        };
        figures.insert(key.clone(), taken);
    }
    let mut shown = BTreeMap::new();
    let whole = Of { tree, unit, over, cover_year, figures: &figures };
    for paragraph in paragraphs {
        for exhibit in paragraph.exhibits {
            if let Some(found) = show(tx, &whole, paragraph, exhibit)? {
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
        began: began.map(|began| began.to_string()),
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
