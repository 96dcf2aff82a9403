//! What a wall screen shows.

use std::collections::HashMap;

use base::{Ctx, Id, Time, UnitId};
use measures::{Period, kept_back};
use people::{Level, Tree};
use serde::Serialize;
use store::{StoreError, Tx};
use web::due::Look;
use web::{Lang, Module, fill};

use crate::board::{grouped, percent};
use crate::scope::{last_months, measure_title, month_label};
use crate::texts::WallTexts;
use crate::wall_rows::{stand, width};

pub use crate::watch::{Face, MOST_SCREENS, Seat, Told, sit};

/// Lines of what came last.
const LINES: usize = 4;
/// How wide a line of a place may be, where a Han character is ten.
const PLACE: usize = 180;
/// How wide the title may be in its own size.
const TITLE: usize = 170;
/// Seconds after which a screen without scripts comes anew, with the next page of units.
const AGAIN: i64 = 30;

/// One unit below, with what is open and late of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Below {
    /// Its name.
    pub name: String,
    /// What it and those below it owe.
    pub open: i64,
    /// Of this, what is late.
    pub late: i64,
    /// The same in words; empty for none.
    pub late_text: String,
    /// How wide its bar is, of 100.
    pub wide: i64,
    /// How wide the late part of it is.
    pub late_wide: i64,
    /// It is several together, which has no bar beside those of single ones.
    pub sum: bool,
}

/// Something that came lately.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Came {
    /// By which a screen knows it again.
    pub id: Id,
    /// When: hour and minute, or the day.
    pub time: String,
    /// Where, down to the community.
    pub place: String,
    /// What kind, and where it stands.
    pub text: String,
}

/// A rate with its n.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rate {
    /// What it is called.
    pub title: String,
    /// Whole percents, or a stroke where there are too few.
    pub value: String,
    /// From how many, or that they are too few.
    pub n: String,
}

/// A month of the trend.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Month {
    /// Its name.
    pub label: String,
    /// So many, in as few letters as a narrow column has room for.
    pub n: String,
    /// How high its column is, of 100.
    pub high: i64,
}

/// Everything on a screen. Sums, places and kinds; never a name, never a word that anybody said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Wall {
    /// When it was so.
    pub at: String,
    /// What came today.
    pub came: String,
    /// What is open.
    pub open: String,
    /// What is due today.
    pub today: String,
    /// What is late.
    pub late: String,
    /// The units below, in their fixed order, then departments and the unit itself: together what is open. As many on each page
    /// as leave every name whole.
    pub units: Vec<Vec<Below>>,
    /// The classes by which the pages are drawn: columns, rows, how wide names are.
    pub shape: String,
    /// The page that is shown first, by the clock.
    #[serde(skip)]
    pub turn: usize,
    /// What came last.
    pub recent: Vec<Came>,
    /// Rates of the quarter.
    pub rates: Vec<Rate>,
    /// Twelve months.
    pub trend: Vec<Month>,
}

/// Look at everything that a screen shows.
///
/// # Errors
/// Only the store's.
pub fn look(tx: &mut Tx, ctx: &Ctx, modules: &[Module], tree: &Tree, unit: UnitId, lang: Lang) -> Result<Wall, StoreError> {
    let t = WallTexts::of(lang);
    let look = Look { actor: None, tree, lang, unit };
    let mut owed = Vec::new();
    // A wall tells of what residents brought: study plans and meetings are nobody's business there.
    let brought = |name: &str| modules.iter().flat_map(|module| module.boards).any(|board| board.wall.is_some() && board.name == name);
    for due in modules.iter().flat_map(|module| module.due).filter(|due| brought(due.name)) {
        owed.extend((due.counts)(tx, ctx, &look)?);
    }
    let (shape, units) = stand(&below(t, tree, unit, &owed));
    let today = ctx.now.date();
    let (mut came, mut rates, mut trend) = (0, Vec::new(), Vec::new());
    for (measure, ids) in modules.iter().flat_map(|module| module.boards).filter_map(|board| board.wall) {
        came += measures::value(tx, measure, unit, &Period { from: today, to: today })?.num;
        let quarter = Period::quarter_of(today);
        for (id, value) in ids.iter().zip(measures::values(tx, ids, unit, &quarter)?) {
            let few = kept_back(id, &[value]).contains(&true);
            let n = match (value.n(), few) {
                (0, _) => t.rates_none.to_owned(),
                (_, true) => t.rates_few.to_owned(),
                (n, false) => fill(t.rates_n, &[("n", &grouped(n))]),
            };
            rates.push(Rate { title: measure_title(id, lang), value: if few { "–".to_owned() } else { percent(&value) }, n });
        }
        if trend.is_empty() {
            let months = last_months(today, 12);
            let values = measures::series(tx, measure, unit, &months)?;
            let most = values.iter().map(|value| value.num).max().unwrap_or(0).max(1);
            let month = |(month, value): (&Period, &measures::Value)| Month {
                label: month_label(lang, month, false),
                n: short(t, lang, value.num),
                high: value.num * 100 / most,
            };
            trend = months.iter().zip(&values).map(month).collect();
        }
    }
    let mut recent = Vec::new();
    for module in modules {
        recent.extend((module.recent)(tx, ctx, &look, LINES)?);
    }
    recent.sort_by_key(|one| std::cmp::Reverse(one.at));
    recent.truncate(LINES);
    let recent = recent
        .into_iter()
        .map(|one| Came {
            id: one.id,
            time: if one.at.date() == today {
                one.at.civil().strftime("%H:%M").to_string()
            } else {
                one.at.civil().strftime("%m-%d").to_string()
            },
            place: one.place.map_or_else(|| t.unknown.to_owned(), |place| short_place(tree, place)),
            text: one.text,
        })
        .collect();
    let sum = |of: fn(&web::due::Owed) -> i64| grouped(owed.iter().map(of).sum());
    Ok(Wall {
        at: fill(t.at, &[("time", &ctx.now.civil().strftime("%H:%M:%S").to_string())]),
        came: grouped(came),
        open: sum(|one| one.open),
        today: sum(|one| one.today),
        late: sum(|one| one.late),
        turn: usize::try_from(ctx.now.0 / (AGAIN * Time::SECOND)).unwrap_or(0) % units.len().max(1),
        shape,
        units,
        recent,
        rates,
        trend,
    })
}

/// The units below with what each and those under it owe, then all departments in one row, then the unit itself: their sums are
/// what is open, so that nobody wonders where the rest is.
fn below(t: &WallTexts, tree: &Tree, unit: UnitId, owed: &[web::due::Owed]) -> Vec<Below> {
    let depth = tree.get(unit).map_or(0, |unit| unit.path.len());
    let mut sums: HashMap<UnitId, (i64, i64)> = HashMap::new();
    for one in owed {
        let at = tree.get(one.unit).and_then(|unit| unit.path.get(depth)).copied().unwrap_or(unit);
        let sum = sums.entry(at).or_default();
        *sum = (sum.0 + one.open, sum.1 + one.late);
    }
    let row = |name: String, (open, late): (i64, i64), sum: bool| Below {
        name,
        open,
        late,
        late_text: if late > 0 { fill(t.late_of, &[("n", &late)]) } else { String::new() },
        wide: 0,
        late_wide: 0,
        sum,
    };
    let mut units = Vec::new();
    let mut departments = None;
    for child in tree.children(unit) {
        let sum = sums.remove(&child.id).unwrap_or_default();
        if child.level == Level::Department {
            let all: &mut (i64, i64) = departments.get_or_insert((0, 0));
            *all = (all.0 + sum.0, all.1 + sum.1);
        } else {
            units.push((child.name.clone(), sum));
        }
    }
    let most = units.iter().map(|(_, (open, _))| *open).max().unwrap_or(0).max(1);
    let mut rows: Vec<Below> = units.into_iter().map(|(name, sum)| row(name, sum, false)).collect();
    for unit in &mut rows {
        (unit.wide, unit.late_wide) = (unit.open * 100 / most, unit.late * 100 / most);
    }
    rows.extend(departments.map(|sum| row(t.departments.to_owned(), sum, true)));
    // What is left is the unit's own, and that of units which are closed.
    let own = sums.into_values().fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    if own.0 > 0 {
        rows.push(row(t.own.to_owned(), own, true));
    }
    rows
}

/// Where something is, with what it is part of where a line has room for both.
fn short_place(tree: &Tree, place: UnitId) -> String {
    let full = tree.full_name(place);
    if width(&full) <= PLACE { full } else { tree.get(place).map(|unit| unit.name.clone()).unwrap_or(full) }
}

/// Whether a title needs smaller letters to stand on one line.
pub(crate) fn is_long(title: &str) -> bool {
    width(title) > TITLE
}

/// A count for a narrow column: in tens of thousands from there on, in English in thousands.
fn short(t: &WallTexts, lang: Lang, n: i64) -> String {
    let unit = if lang.is_chinese() { 10_000 } else { 1_000 };
    if n < unit { n.to_string() } else { fill(t.short_n, &[("n", &format!("{}.{}", n / unit, n % unit * 10 / unit))]) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_has_room_in_a_narrow_column() {
        let says = |lang, n| short(WallTexts::of(lang), lang, n);
        assert_eq!([0, 9_999, 10_000, 123_456].map(|n| says(Lang::Hans, n)), ["0", "9999", "1.0万", "12.3万"]);
        assert_eq!([999, 1_727, 123_456].map(|n| says(Lang::En, n)), ["999", "1.7k", "123.4k"]);
    }
}
