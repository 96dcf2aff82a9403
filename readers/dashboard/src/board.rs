//! The dashboard of a unit: what is due, how it went, what of, and the units below in their fixed order.

use std::collections::BTreeMap;

use askama::Template;
use base::{Ctx, UnitId};
use measures::{Value, kept_back};
use people::{Level, Tree, TreeKind};
use record::measure::Kind;
use store::{StoreError, Tx};
use web::due::{Board, Late, Look};
use web::kit::Light;
use web::{Fields, Lang, Page, PageError, Shell, Signed, Staff, fill, page};

use crate::charts::{Chart, Drawn};
use crate::duties::{self, Duties};
use crate::link::has_wall;
use crate::permissions::Show;
use crate::scope::{Scope, Span, last_months, measure_title, month_label, name, path, tops};
use crate::texts::BoardTexts;

/// Parts that a chart shows by name; the smaller ones are put together.
const PARTS: usize = 9;

/// A link of a row of choices.
pub(crate) struct Tab {
    pub(crate) href: String,
    pub(crate) text: &'static str,
    pub(crate) current: bool,
}

/// A number that opens to what is under it.
pub(crate) struct Figure {
    pub(crate) number: String,
    pub(crate) label: String,
    /// Its n, and what it was before.
    pub(crate) notes: Vec<String>,
    pub(crate) href: String,
    pub(crate) light: Light,
}

/// A step with what is owed of it: open, due today, late, each with its list.
struct StepRow {
    name: &'static str,
    cells: Vec<(i64, String)>,
}

/// What one module owes.
struct DueBlock {
    title: &'static str,
    figures: Vec<Figure>,
    steps: Vec<StepRow>,
    open: i64,
}

/// A cell of the table of units.
pub(crate) struct Cell {
    pub(crate) text: String,
    /// The n of a rate.
    pub(crate) note: String,
    pub(crate) href: String,
    pub(crate) late: bool,
    /// Grey: there is nothing, or it is kept back.
    pub(crate) quiet: bool,
}

/// A unit below.
pub(crate) struct UnitRow {
    pub(crate) name: String,
    pub(crate) href: String,
    pub(crate) cells: Vec<Cell>,
}

/// Units below of one level.
pub(crate) struct Below {
    pub(crate) id: String,
    pub(crate) title: &'static str,
    pub(crate) rows: Vec<UnitRow>,
    /// How many more there are with nothing to tell; empty where all are named.
    rest: String,
}

impl Below {
    /// Without the units of which there is nothing to tell; how many they are is said.
    fn without_quiet(&mut self, t: &BoardTexts) {
        let all = self.rows.len();
        self.rows.retain(|row| row.cells.iter().any(|cell| !cell.quiet));
        let rest = all - self.rows.len();
        if rest > 0 {
            self.rest = fill(t.below_rest, &[("n", &rest)]);
        }
    }
}

/// What one module shows.
pub(crate) struct Section {
    pub(crate) title: &'static str,
    pub(crate) figures: Vec<Figure>,
    pub(crate) charts: Vec<Chart>,
    pub(crate) columns: Vec<web::kit::Column>,
    pub(crate) below: Vec<Below>,
    /// The unit with all below it, in the same columns.
    pub(crate) total: Vec<Cell>,
    empty: bool,
}

#[derive(Template)]
#[template(path = "dashboard/board.html")]
struct BoardPage {
    shell: Shell,
    t: &'static BoardTexts,
    crumbs: Vec<(String, String)>,
    spans: Vec<Tab>,
    period: String,
    earlier: String,
    later: String,
    map: String,
    wall: String,
    export: String,
    due: Vec<DueBlock>,
    /// What nothing is owed of, in one line.
    due_none: String,
    duties: Option<Duties>,
    sections: Vec<Section>,
    /// What there is nothing of in the period, in one line.
    no_data: String,
    few_note: String,
    /// The other dashboards that this person has by other posts.
    others: Vec<(String, String)>,
}

/// A count as it is written.
pub(crate) fn grouped(n: i64) -> String {
    let digits = n.unsigned_abs().to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if n < 0 { format!("-{out}") } else { out }
}

/// A rate as it is written: whole percents, since more would be pretended.
pub(crate) fn percent(value: &Value) -> String {
    value.rate().map_or_else(|| "–".to_owned(), |rate| format!("{:.0}%", rate * 100.0))
}

/// Whether a measure's number is a part of another.
pub(crate) fn is_rate(id: &str) -> bool {
    measures::find(id).is_some_and(|measure| matches!(measure.kind, Kind::Rate { .. }))
}

/// A number with its n, or that it is kept back.
pub(crate) fn shown(t: &BoardTexts, id: &str, value: &Value, back: bool) -> (String, String) {
    if !is_rate(id) {
        return (grouped(value.num), String::new());
    }
    match (value.n(), back) {
        (0, _) => ("–".to_owned(), String::new()),
        (_, true) => (fill(t.few, &[("k", &measures::FEW)]), String::new()),
        (n, false) => (percent(value), fill(t.of_n, &[("n", &grouped(n))])),
    }
}

/// The page.
pub(crate) async fn show(staff: Staff, fields: Fields) -> Result<Page, PageError> {
    staff
        .read(move |tx, ctx, who| {
            let scope = Scope::of(who, ctx, &fields)?;
            let lang = who.visit().lang;
            let t = BoardTexts::of(lang);
            let unit = name(&who.tree, scope.unit);
            let spans = Span::ALL.map(|span| Tab {
                href: format!("/board?{}", scope.query(scope.unit, span, scope.period.to.min(scope.today))),
                text: span.word(t),
                current: span == scope.span,
            });
            let crumbs = path(who, scope.unit)
                .into_iter()
                .map(|(unit, name)| (format!("/board?{}", scope.query(unit, scope.span, scope.period.from)), name));
            let look = Look { actor: Some(who), tree: &who.tree, lang, unit: scope.unit };
            let owed = owed(tx, ctx, who, &look)?;
            // The first one leads to the units below, whatever there is in it.
            let (mut sections, mut quiet) = (sections(tx, who, &scope, &owed)?, Vec::new());
            let mut first = true;
            sections.retain(|section| {
                let leads = std::mem::replace(&mut first, false) && !section.below.is_empty();
                let kept = leads || section.tells();
                if !kept {
                    quiet.push(section.title);
                }
                kept
            });
            // All units below are named once, where the way leads down; further on only those of which there is something to tell.
            for below in sections.iter_mut().skip(1).flat_map(|section| &mut section.below) {
                below.without_quiet(t);
            }
            let at = |date| format!("/board?{}", scope.query(scope.unit, scope.span, date));
            let places = who.tree.children(scope.unit).any(|unit| crate::map::LEVELS.contains(&unit.level));
            let others = tops(who).into_iter().filter(|top| !who.tree.is_within(scope.unit, *top));
            let others = others.map(|top| (format!("/board?{}", scope.query(top, scope.span, scope.period.from)), name(&who.tree, top)));
            page(&BoardPage {
                shell: who.shell(fill(t.title, &[("unit", &unit)])),
                t,
                crumbs: crumbs.collect(),
                spans: spans.into(),
                period: scope.period.label(lang),
                earlier: at(scope.earlier()),
                later: scope.later().map(at).unwrap_or_default(),
                map: if places { format!("/board/map?{}", scope.own()) } else { String::new() },
                wall: if has_wall(&who.tree, scope.unit) && who.may::<Show>(&who.tree, scope.unit) {
                    format!("/wall?unit={}", scope.unit)
                } else {
                    String::new()
                },
                export: format!("/board.xlsx?{}", scope.own()),
                due: due_blocks(&look, &owed),
                due_none: quiet_due(t, &look, &owed),
                duties: duties::section(tx, ctx, who, &scope)?,
                no_data: quiet_sections(t, lang, &quiet),
                sections,
                few_note: fill(t.few_note, &[("k", &measures::FEW)]),
                others: others.collect(),
            })
        })
        .await
}

/// What units owe, as each module told it.
pub(crate) type AllOwed = Vec<(&'static web::due::Due, Vec<web::due::Owed>)>;

/// Ask the modules.
pub(crate) fn owed(tx: &mut Tx, ctx: &Ctx, who: &Signed, look: &Look<'_>) -> Result<AllOwed, StoreError> {
    let all = who.visit().app.modules().iter().flat_map(|module| module.due);
    all.map(|due| Ok((due, (due.counts)(tx, ctx, look)?))).collect()
}

fn due_blocks(look: &Look<'_>, owed: &AllOwed) -> Vec<DueBlock> {
    let t = BoardTexts::of(look.lang);
    let blocks = owed.iter().map(|(due, all)| {
        let href = |step: &str, late: &str| {
            let step = if step.is_empty() { String::new() } else { format!("&step={step}") };
            let late = if late.is_empty() { String::new() } else { format!("&late={late}") };
            format!("/board/due?unit={}&of={}{step}{late}", look.unit, due.name)
        };
        let sum = |step: &str, of: fn(&web::due::Owed) -> i64| {
            all.iter().filter(|owed| step.is_empty() || owed.step == step).map(of).sum::<i64>()
        };
        let (open, today, late) = (sum("", |o| o.open), sum("", |o| o.today), sum("", |o| o.late));
        let figure = |number: i64, label: &str, late: &str, light| Figure {
            number: grouped(number),
            label: label.to_owned(),
            notes: Vec::new(),
            href: if number > 0 { href("", late) } else { String::new() },
            light: if number > 0 { light } else { Light::None },
        };
        let steps = (due.steps)(look.lang).into_iter().map(|(code, name)| StepRow {
            name,
            cells: vec![
                (sum(code, |o| o.open), href(code, "")),
                (sum(code, |o| o.today), href(code, "today")),
                (sum(code, |o| o.late), href(code, "over")),
            ],
        });
        DueBlock {
            title: (due.title)(look.lang),
            figures: vec![
                figure(open, t.due_open, "", Light::None),
                figure(today, t.due_today, "today", Light::Red),
                figure(late, t.due_late, "over", Light::Over),
            ],
            steps: steps.collect(),
            open,
        }
    });
    blocks.filter(|block| block.open > 0).collect()
}

/// Names as a list in a sentence.
fn listed(lang: Lang, names: &[&str]) -> String {
    names.join(if lang == Lang::En { ", " } else { "、" })
}

/// What nothing is owed of. Most work never comes to a Party organisation: what it does not have is not named to it.
fn quiet_due(t: &BoardTexts, look: &Look<'_>, owed: &AllOwed) -> String {
    let nothing = |all: &Vec<web::due::Owed>| all.iter().all(|owed| owed.open == 0);
    let names: Vec<&str> = owed.iter().filter(|(_, all)| nothing(all)).map(|(due, _)| (due.title)(look.lang)).collect();
    if names.len() == owed.len() {
        return t.due_none.to_owned();
    }
    if names.is_empty() || is_party(look.tree, look.unit) {
        String::new()
    } else {
        fill(t.due_none_of, &[("names", &listed(look.lang, &names))])
    }
}

/// What there is nothing of in the period.
fn quiet_sections(t: &BoardTexts, lang: Lang, names: &[&str]) -> String {
    if names.is_empty() { String::new() } else { fill(t.no_data_of, &[("names", &listed(lang, names))]) }
}

impl Section {
    /// Whether there is anything in it: of the period, or owed by the units below.
    fn tells(&self) -> bool {
        !self.empty || self.below.iter().flat_map(|below| &below.rows).flat_map(|row| &row.cells).any(|cell| !cell.quiet)
    }
}

/// Whether a unit stands in the Party tree.
fn is_party(tree: &Tree, unit: UnitId) -> bool {
    tree.get(unit).is_some_and(|unit| unit.tree() == TreeKind::Party)
}

/// What the modules show of a period.
pub(crate) fn sections(tx: &mut Tx, who: &Signed, scope: &Scope, owed: &AllOwed) -> Result<Vec<Section>, StoreError> {
    let level = who.tree.level(scope.unit).unwrap_or(Level::Grid);
    let boards: Vec<&'static Board> = who.visit().app.modules().iter().flat_map(|module| module.boards).collect();
    let mut sections = Vec::new();
    for board in boards.into_iter().filter(|board| !(board.figures)(level).is_empty()) {
        let section = section(tx, who, scope, board, owed)?;
        if !section.empty || !is_party(&who.tree, scope.unit) {
            sections.push(section);
        }
    }
    Ok(sections)
}

fn section(tx: &mut Tx, who: &Signed, scope: &Scope, board: &'static Board, owed: &AllOwed) -> Result<Section, StoreError> {
    let (lang, tree) = (who.visit().lang, &*who.tree);
    let t = BoardTexts::of(lang);
    let level = tree.level(scope.unit).unwrap_or(Level::Grid);
    let ids = (board.figures)(level);
    let now = measures::values(tx, ids, scope.unit, &scope.period)?;
    let before = measures::values(tx, ids, scope.unit, &scope.period.previous())?;
    let mut figures = Vec::new();
    for ((id, value), past) in ids.iter().zip(&now).zip(&before) {
        let back = kept_back(id, std::slice::from_ref(value)).contains(&true);
        let (number, n) = shown(t, id, value, back);
        let past_back = kept_back(id, std::slice::from_ref(past)).contains(&true);
        let (past_number, _) = shown(t, id, past, past_back);
        let mut notes = vec![n];
        if past.n() > 0 && past_number.chars().any(|c| c.is_ascii_digit()) && !past_back {
            notes.push(fill(t.before, &[("value", &past_number)]));
        }
        notes.retain(|note| !note.is_empty());
        let href = if value.n() > 0 && !back { measures::cases_href(id, scope.unit, &scope.period) } else { String::new() };
        figures.push(Figure { number, label: measure_title(id, lang), notes, href, light: Light::None });
    }
    let mut charts = vec![trend(tx, t, lang, scope, (board.trend)(level))?];
    for parts in board.parts {
        charts.push(parted(tx, t, lang, scope, parts)?);
    }
    charts.retain(|chart| !chart.is_empty());
    let mut columns = vec![web::kit::Column::new(t.unit), web::kit::Column::number(t.due_open), web::kit::Column::number(t.due_late)];
    columns.extend(board.below.iter().map(|id| web::kit::Column::number(measure_title(id, lang))));
    let whole = measures::values(tx, board.below, scope.unit, &scope.period)?;
    let below = below(tx, t, tree, scope, board, owed, &whole)?;
    let total = total(t, board, owed, &whole);
    let empty = charts.is_empty() && now.iter().all(|value| value.n() == 0);
    Ok(Section { title: (board.title)(lang), figures, charts, columns, below, total, empty })
}

fn trend(tx: &mut Tx, t: &'static BoardTexts, lang: Lang, scope: &Scope, ids: &[&'static str]) -> Result<Chart, StoreError> {
    let months = if scope.span == Span::Year { scope.months() } else { last_months(scope.period.to.min(scope.today), 12) };
    let mut rows: Vec<(String, Vec<i64>)> =
        months.iter().enumerate().map(|(n, month)| (month_label(lang, month, n == 0 || month.from.month() == 1), Vec::new())).collect();
    for id in ids {
        for ((_, values), value) in rows.iter_mut().zip(measures::series(tx, id, scope.unit, &months)?) {
            values.push(value.num);
        }
    }
    let series = ids.iter().map(|id| measure_title(id, lang)).collect();
    Ok(Chart { title: t.trend.to_owned(), drawn: Drawn::Columns, axis: t.when, series, rows })
}

fn parted(tx: &mut Tx, t: &'static BoardTexts, lang: Lang, scope: &Scope, parts: &web::due::Parts) -> Result<Chart, StoreError> {
    let names: BTreeMap<String, String> = (parts.names)(tx, lang)?.into_iter().collect();
    // Parts stand in the order of their codes, as the catalogue has them, and not by size.
    let mut sums: Vec<(String, String, i64)> = Vec::new();
    for (code, n) in measures::by_key(tx, parts.measure, scope.unit, &scope.period)? {
        let name = names.get(&code).cloned().unwrap_or_else(|| t.others.to_owned());
        match sums.iter_mut().find(|(_, known, _)| *known == name) {
            Some((first, _, sum)) => {
                *sum += n;
                if code < *first {
                    *first = code;
                }
            }
            None => sums.push((code, name, n)),
        }
    }
    sums.sort_by_key(|(_, _, n)| std::cmp::Reverse(*n));
    let rest: i64 = sums.iter().skip(PARTS).map(|(_, _, n)| n).sum();
    sums.truncate(PARTS);
    sums.sort();
    let mut rows: Vec<(String, Vec<i64>)> = sums.into_iter().map(|(_, name, n)| (name, vec![n])).collect();
    if rest > 0 {
        match rows.iter_mut().find(|(name, _)| name == t.others) {
            Some((_, values)) => values.iter_mut().for_each(|n| *n += rest),
            None => rows.push((t.others.to_owned(), vec![rest])),
        }
    }
    let title = fill(t.parts_of, &[("title", &measure_title(parts.measure, lang))]);
    Ok(Chart { title, drawn: Drawn::Bars, axis: (parts.title)(lang), series: vec![t.count.to_owned()], rows })
}

/// The unit itself in the columns of the table of those below.
fn total(t: &BoardTexts, board: &Board, owed: &AllOwed, whole: &[Value]) -> Vec<Cell> {
    let plain = |text: String, note: String| Cell { text, note, href: String::new(), late: false, quiet: false };
    let all = || owed.iter().filter(|(due, _)| due.name == board.name).flat_map(|(_, all)| all);
    let mut cells = vec![
        plain(grouped(all().map(|owed| owed.open).sum()), String::new()),
        plain(grouped(all().map(|owed| owed.late).sum()), String::new()),
    ];
    for (id, value) in board.below.iter().zip(whole) {
        let back = kept_back(id, std::slice::from_ref(value)).contains(&true);
        let (text, note) = shown(t, id, value, back);
        cells.push(plain(text, note));
    }
    cells
}

/// The units below, by level, each in its fixed order, and last what the unit has itself.
fn below(
    tx: &mut Tx,
    t: &'static BoardTexts,
    tree: &Tree,
    scope: &Scope,
    board: &Board,
    owed: &AllOwed,
    whole: &[Value],
) -> Result<Vec<Below>, StoreError> {
    let children: Vec<(UnitId, Level)> = tree.children(scope.unit).map(|unit| (unit.id, unit.level)).collect();
    if children.is_empty() {
        return Ok(Vec::new());
    }
    let depth = tree.get(scope.unit).map_or(0, |unit| unit.path.len());
    let mut due: BTreeMap<UnitId, (i64, i64)> = BTreeMap::new();
    for (of, all) in owed {
        if of.name != board.name {
            continue;
        }
        for one in all {
            let child = tree.get(one.unit).and_then(|unit| unit.path.get(depth)).copied().unwrap_or(scope.unit);
            let sum = due.entry(child).or_default();
            *sum = (sum.0 + one.open, sum.1 + one.late);
        }
    }
    let mut rows: BTreeMap<UnitId, Vec<Cell>> = BTreeMap::new();
    let units: Vec<UnitId> = children.iter().map(|(unit, _)| *unit).chain([scope.unit]).collect();
    for unit in &units {
        let (open, late) = due.get(unit).copied().unwrap_or_default();
        let href = |late: &str| format!("/board/due?unit={unit}&of={}{late}", board.name);
        let linked = |n: i64, late: &str| if n > 0 && *unit != scope.unit { href(late) } else { String::new() };
        rows.insert(
            *unit,
            vec![
                Cell { text: grouped(open), note: String::new(), href: linked(open, ""), late: false, quiet: open == 0 },
                Cell { text: grouped(late), note: String::new(), href: linked(late, "&late=over"), late: late > 0, quiet: late == 0 },
            ],
        );
    }
    let below: Vec<UnitId> = children.iter().map(|(unit, _)| *unit).collect();
    let table = measures::by_unit(tx, board.below, &below, &scope.period)?;
    for (column, (id, whole)) in board.below.iter().zip(whole).enumerate() {
        let mut values: Vec<Value> = table.iter().map(|row| row.get(column).copied().unwrap_or_default()).collect();
        // What is left is the unit's own, and that of units which were closed since.
        let left = |all: i64, of: fn(&Value) -> i64| all - values.iter().map(of).sum::<i64>();
        let den = whole.den.map(|all| left(all, |value| value.den.unwrap_or(0)));
        let each = whole.each.map(|all| left(all, |value| value.each.unwrap_or(0)));
        let num = left(whole.num, |value| value.num);
        values.push(Value { num, den, each });
        let back = kept_back(id, &values);
        for ((unit, value), back) in units.iter().zip(&values).zip(back) {
            let (text, note) = shown(t, id, value, back);
            let href =
                if value.n() > 0 && !back && *unit != scope.unit { measures::cases_href(id, *unit, &scope.period) } else { String::new() };
            if let Some(cells) = rows.get_mut(unit) {
                cells.push(Cell { text, note, href, late: false, quiet: value.n() == 0 || back });
            }
        }
    }
    let mut groups: Vec<Below> = Vec::new();
    for (unit, level) in children {
        let title = match level {
            Level::Town => t.below_towns,
            Level::Community => t.below_communities,
            Level::Department => t.below_departments,
            Level::PartyCommittee => t.below_committees,
            Level::GeneralBranch => t.below_general,
            Level::Branch => t.below_branches,
            Level::PartyGroup => t.below_groups,
            Level::District | Level::Grid => t.below_grids,
        };
        let row = UnitRow {
            name: name(tree, unit),
            href: format!("/board?{}", scope.query(unit, scope.span, scope.period.from)),
            cells: rows.remove(&unit).unwrap_or_default(),
        };
        match groups.iter_mut().find(|group| group.title == title) {
            Some(group) => group.rows.push(row),
            None => groups.push(Below { id: format!("{}-{}", board.name, level.code()), title, rows: vec![row], rest: String::new() }),
        }
    }
    let own = rows.remove(&scope.unit).unwrap_or_default();
    if own.iter().any(|cell| !cell.quiet)
        && let Some(first) = groups.first_mut()
    {
        first.rows.push(UnitRow { name: t.own.to_owned(), href: String::new(), cells: own });
    }
    Ok(groups)
}

/// What part of what is open an address asks for.
pub(crate) fn late(fields: &Fields) -> Late {
    match fields.value("late") {
        "today" => Late::Today,
        "over" => Late::Over,
        _ => Late::Any,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_in_groups() {
        assert_eq!([0, 999, 1000, -1_234_567].map(grouped), ["0", "999", "1,000", "-1,234,567"]);
        assert_eq!(percent(&Value::rate_of(2, 3)), "67%");
        assert_eq!(percent(&Value::rate_of(0, 0)), "–");
    }
}
