//! Figures by area: the outlines of the units below, shaded by a measure, with the same numbers in a table.

use askama::Template;
use axum::response::Response;
use base::{Ctx, UnitId};
use measures::{Value, kept_back};
use people::Tree;
use sheets::{Export, FileKind, Head};
use store::Tx;
use web::due::Look;
use web::kit::{Choice, Column};
use web::{Fields, Lang, Leaving, Page, PageError, Shell, Signed, Staff, fill, page};

use crate::board::{Tab, grouped, is_rate, owed, shown};
use crate::map;
use crate::scope::{Scope, Span, measure_title, name, path};
use crate::shape::Projection;
use crate::texts::BoardTexts;

/// Classes of shade; 0 is for nothing at all.
const CLASSES: i64 = 5;
const WIDTH: f64 = 1000.0;
const HIGHEST: f64 = 760.0;

/// A unit on the map and in the table.
struct Area {
    name: String,
    /// The number as it is written, its n, and both in a sentence.
    text: String,
    note: String,
    label: String,
    href: String,
    class: i64,
    path: String,
    /// Where its name stands, if it has room: the place, and whether the number has room under it.
    x: String,
    y: String,
    y2: String,
    named: bool,
    drawn: bool,
}

struct Shade {
    class: i64,
    text: String,
}

#[derive(Template)]
#[template(path = "dashboard/map.html")]
struct MapPage {
    shell: Shell,
    t: &'static BoardTexts,
    crumbs: Vec<(String, String)>,
    unit: String,
    unit_id: String,
    span: &'static str,
    date: String,
    spans: Vec<Tab>,
    period: String,
    board: String,
    export: String,
    choices: Vec<Choice>,
    levels: Vec<Choice>,
    measure: String,
    width: String,
    height: String,
    areas: Vec<Area>,
    any: bool,
    missing: bool,
    legend: Vec<Shade>,
    columns: Vec<Column>,
    rates: bool,
    few_note: String,
}

/// The page.
pub(crate) async fn show(staff: Staff, fields: Fields) -> Result<Page, PageError> {
    staff.read(move |tx, ctx, who| draw(tx, ctx, who, &fields)).await
}

/// What can be shown on a map: what is open, what is late, and the columns of the table of units below.
fn choices(who: &Signed, lang: Lang) -> Vec<(String, String)> {
    let t = BoardTexts::of(lang);
    let mut all = Vec::new();
    for board in who.visit().app.modules().iter().flat_map(|module| module.boards) {
        all.push((format!("open.{}", board.name), t.due_open.to_owned()));
        all.push((format!("late.{}", board.name), t.due_late.to_owned()));
        all.extend(board.below.iter().map(|id| ((*id).to_owned(), measure_title(id, lang))));
    }
    all
}

/// What an address asks for, and the numbers.
struct Looked {
    scope: Scope,
    /// All that can be chosen, and what is.
    all: Vec<(String, String)>,
    chosen: (String, String),
    /// Two levels down, and whether there are such.
    far: bool,
    deeper: bool,
    units: Vec<UnitId>,
    values: Vec<Value>,
    back: Vec<bool>,
}

impl Looked {
    fn at(tx: &mut Tx, ctx: &Ctx, who: &Signed, fields: &Fields) -> Result<Looked, PageError> {
        let scope = Scope::of(who, ctx, fields)?;
        let (tree, all) = (&*who.tree, choices(who, who.visit().lang));
        let chosen = all.iter().find(|(id, _)| fields.chose("m", id)).or_else(|| all.first()).cloned().ok_or(PageError::NotFound)?;
        let far = fields.chose("level", "far");
        let near: Vec<UnitId> = tree.children(scope.unit).filter(|unit| map::LEVELS.contains(&unit.level)).map(|unit| unit.id).collect();
        let deeper: Vec<UnitId> = near.iter().flat_map(|unit| tree.children(*unit)).map(|unit| unit.id).collect();
        let is_deeper = !deeper.is_empty();
        let units = if far && is_deeper { deeper } else { near };
        let values = values(tx, ctx, who, &scope, &chosen.0, &units)?;
        let back = kept_back(&chosen.0, &values);
        Ok(Looked { scope, all, chosen, far, deeper: is_deeper, units, values, back })
    }

    /// Whether the number is what is open now, whatever the period.
    fn is_of_now(&self) -> bool {
        of_now(&self.chosen.0).is_some()
    }

    /// The period, or that it is of now.
    fn when(&self, t: &BoardTexts, lang: Lang) -> String {
        if self.is_of_now() { t.map_at_present.to_owned() } else { self.scope.period.label(lang) }
    }
}

/// What is open or late now of a module's work, by the id of the choice.
fn of_now(id: &str) -> Option<(&str, &str)> {
    id.split_once('.').filter(|(what, _)| matches!(*what, "open" | "late"))
}

/// The same numbers as a workbook.
pub(crate) async fn workbook(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    let (bytes, title, person, leaving) = staff
        .read(move |tx, ctx, who| {
            let looked = Looked::at(tx, ctx, who, &fields)?;
            let (lang, tree) = (who.visit().lang, &*who.tree);
            let t = BoardTexts::of(lang);
            let map = fill(t.map_title, &[("unit", &name(tree, looked.scope.unit))]);
            let title = format!("{map} {} {}", looked.chosen.1, looked.when(t, lang));
            let heads = [Head::new(t.unit, 34), Head::new(looked.chosen.1.as_str(), 16), Head::new("n", 10)];
            let mut book = Export::new(FileKind::Xlsx, t.to_map, Some(&title), &heads).map_err(PageError::internal)?;
            for ((unit, value), back) in looked.units.iter().zip(&looked.values).zip(&looked.back) {
                let (text, _) = shown(t, &looked.chosen.0, value, *back);
                let n = if is_rate(&looked.chosen.0) && !back { value.n().into() } else { sheets::Value::Empty };
                let within = if looked.far && looked.deeper { tree.full_name(*unit) } else { name(tree, *unit) };
                book.row(&[within.into(), crate::export::number(&text, ""), n]).map_err(PageError::internal)?;
            }
            let mut bytes = Vec::new();
            book.finish(&mut bytes).map_err(PageError::internal)?;
            let leaving = Leaving { table: "board.map", unit: Some(looked.scope.unit), rows: looked.units.len(), masked: false };
            Ok((bytes, title, who.person, leaving))
        })
        .await?;
    staff.hand_out(person, leaving).await?;
    crate::export::file(bytes, "map", &title)
}

fn draw(tx: &mut Tx, ctx: &Ctx, who: &Signed, fields: &Fields) -> Result<Page, PageError> {
    let looked = Looked::at(tx, ctx, who, fields)?;
    let lang = who.visit().lang;
    let (t, tree) = (BoardTexts::of(lang), &*who.tree);
    let when = looked.when(t, lang);
    let Looked { scope, all, chosen, far, deeper, units, values, back } = looked;
    let shapes = map::shapes(tx, &units)?;
    let bounds = shapes
        .values()
        .filter_map(crate::shape::Shape::bounds)
        .reduce(|a, b| [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])]);
    let projection = bounds.map(|bounds| Projection::fit(bounds, WIDTH, HIGHEST));
    let told: Vec<(f64, bool)> = values.iter().zip(&back).map(|(value, back)| (worth(&chosen.0, value), !back && value.n() > 0)).collect();
    let scale = Scale::of(is_rate(&chosen.0), &told);
    let mut areas = Vec::new();
    for (((unit, value), back), (worth, told)) in units.iter().zip(&values).zip(&back).zip(&told) {
        let (text, note) = shown(t, &chosen.0, value, *back);
        let name = name(tree, *unit);
        let label = fill(t.map_value, &[("unit", &name), ("measure", &chosen.1), ("value", &format!("{text} {note}").trim())]);
        let mut area = Area {
            label,
            text,
            note,
            href: format!("/board?{}", scope.query(*unit, scope.span, scope.period.from)),
            class: if *told { scale.class(*worth) } else { 0 },
            path: String::new(),
            x: String::new(),
            y: String::new(),
            y2: String::new(),
            named: false,
            drawn: false,
            name,
        };
        if let (Some(projection), Some(shape)) = (&projection, shapes.get(unit)) {
            area.path = projection.path(shape);
            area.drawn = true;
            if let Some((x, y, wide)) = projection.label(shape) {
                let letters: f64 = area.name.chars().map(|c| if c.is_ascii() { 0.6 } else { 1.0 }).sum();
                area.named = letters * 21.0 <= wide;
                area.x = format!("{x:.1}");
                area.y = format!("{:.1}", if area.named { y - 3.0 } else { y + 7.0 });
                area.y2 = format!("{:.1}", y + 20.0);
            }
        }
        areas.push(area);
    }
    let title = fill(t.map_title, &[("unit", &name(tree, scope.unit))]);
    page(&MapPage {
        shell: who.shell(&title),
        t,
        crumbs: path(who, scope.unit)
            .into_iter()
            .map(|(unit, name)| (format!("/board/map?{}&m={}", scope.query(unit, scope.span, scope.period.from), chosen.0), name))
            .collect(),
        unit: title,
        unit_id: scope.unit.to_string(),
        span: scope.span.code(),
        date: scope.period.from.to_string(),
        spans: Span::ALL
            .map(|span| Tab {
                href: format!(
                    "/board/map?{}&m={}{}",
                    scope.query(scope.unit, span, scope.period.to.min(scope.today)),
                    chosen.0,
                    if far { "&level=far" } else { "" }
                ),
                text: span.word(t),
                current: span == scope.span,
            })
            .into(),
        period: when,
        board: format!("/board?{}", scope.own()),
        export: format!("/board/map.xlsx?{}&m={}{}", scope.own(), chosen.0, if far { "&level=far" } else { "" }),
        choices: all.iter().map(|(id, title)| Choice::new(id.clone(), title.clone()).chosen(*id == chosen.0)).collect(),
        levels: if deeper {
            vec![Choice::new("near", t.map_near).chosen(!far), Choice::new("far", t.map_far).chosen(far)]
        } else {
            Vec::new()
        },
        width: format!("{WIDTH:.0}"),
        height: format!("{:.0}", projection.map_or(1.0, |projection| projection.height)),
        any: areas.iter().any(|area| area.drawn),
        missing: areas.iter().any(|area| !area.drawn),
        legend: scale.legend(t),
        columns: vec![Column::new(t.unit), Column::number(chosen.1.clone())],
        rates: is_rate(&chosen.0),
        few_note: fill(t.few_note, &[("k", &measures::FEW)]),
        measure: chosen.1,
        areas,
    })
}

fn values(tx: &mut Tx, ctx: &Ctx, who: &Signed, scope: &Scope, id: &str, units: &[UnitId]) -> Result<Vec<Value>, PageError> {
    let Some((what, of)) = of_now(id) else {
        let rows = measures::by_unit(tx, &[id], units, &scope.period)?;
        return Ok(rows.into_iter().map(|row| row.first().copied().unwrap_or_default()).collect());
    };
    let tree: &Tree = &who.tree;
    let look = Look { actor: Some(who), tree, lang: who.visit().lang, unit: scope.unit };
    let owed = owed(tx, ctx, who, &look)?;
    let of = owed.iter().find(|(due, _)| due.name == of).map(|(_, all)| all.as_slice()).unwrap_or_default();
    let sum = |unit: UnitId| {
        of.iter().filter(|one| tree.is_within(one.unit, unit)).map(|one| if what == "late" { one.late } else { one.open }).sum()
    };
    Ok(units.iter().map(|unit| Value::count(sum(*unit))).collect())
}

/// By what a unit is shaded.
#[allow(clippy::cast_precision_loss, reason = "counts on a map are small")]
fn worth(id: &str, value: &Value) -> f64 {
    if is_rate(id) { value.rate().unwrap_or(0.0) * 100.0 } else { value.num as f64 }
}

/// Classes of equal width from zero for counts; of twenty percent for rates.
struct Scale {
    rate: bool,
    step: f64,
}

impl Scale {
    fn of(rate: bool, told: &[(f64, bool)]) -> Scale {
        let most = told.iter().filter(|(_, told)| *told).map(|(worth, _)| *worth).fold(0.0, f64::max);
        // Bounds that people can say: 1, 2 or 5 times a power of ten.
        let least = (most / 5.0).max(1.0);
        let power = 10_f64.powf(least.log10().floor());
        let step = [1.0, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0]
            .iter()
            .map(|n| n * power)
            .find(|step| *step >= least - 1e-9 && step.fract() == 0.0);
        Scale { rate, step: if rate { 20.0 } else { step.unwrap_or(least.ceil()) } }
    }

    #[allow(clippy::cast_possible_truncation, reason = "a handful of classes")]
    fn class(&self, worth: f64) -> i64 {
        if worth <= 0.0 && !self.rate {
            return 0;
        }
        ((worth / self.step).ceil() as i64).clamp(1, CLASSES)
    }

    #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "bounds are whole and small")]
    fn legend(&self, t: &BoardTexts) -> Vec<Shade> {
        let mut all = vec![Shade { class: 0, text: t.map_nothing.to_owned() }];
        for class in 1..=CLASSES {
            let (from, to) = ((self.step * (class - 1) as f64) as i64, (self.step * class as f64) as i64);
            let text = match (self.rate, from + 1 == to) {
                (true, _) => format!("{from}–{to}%"),
                (false, true) => grouped(to),
                (false, false) => format!("{}–{}", grouped(from + 1), grouped(to)),
            };
            all.push(Shade { class, text });
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_begin_at_zero_and_hold_the_largest() {
        for most in [1.0, 3.0, 7.0, 26.0, 99.0, 101.0, 4321.0] {
            let scale = Scale::of(false, &[(0.0, true), (most, true), (9e9, false)]);
            assert!(scale.step.fract() == 0.0 && scale.step * 5.0 >= most && scale.class(most) <= CLASSES, "{most}: {}", scale.step);
            assert_eq!((scale.class(0.0), scale.class(0.5)), (0, 1));
        }
        let rate = Scale::of(true, &[(64.0, true)]);
        assert_eq!([0.0, 20.0, 61.0, 100.0].map(|worth| rate.class(worth)), [1, 1, 4, 5]);
    }
}
