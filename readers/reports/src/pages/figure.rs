//! What stands under a figure: the value with those it was compared with, how it is counted, the cases.

use askama::Template;
use axum::extract::Path;
use base::{Ctx, Id};
use measures::Period;
use store::Tx;
use web::due::{Late, Line, Look};
use web::{Fields, Lang, Page, PageError, Shell, Signed, Staff, fill, page};

use super::ReportTexts;
use super::show::{Loaded, load};
use crate::facts::{Cover, Made, Num, Past, Taken, grouped};
use crate::take::UNMET;

/// Cases on the page; all are behind the link.
const SHOWN: usize = 12;

/// A value with the link to what it is made of.
struct Row {
    term: &'static str,
    text: String,
    n: String,
    href: String,
}

/// One of a figure's list: what it is, how much, and its page where it has one.
struct Part {
    name: String,
    n: String,
    /// What it was before, where it has such.
    then: String,
    href: String,
}

#[derive(Template)]
#[template(path = "reports/figure.html")]
struct FigurePage {
    shell: Shell,
    t: &'static ReportTexts,
    base: String,
    title: String,
    how: String,
    rows: Vec<Row>,
    list: Vec<Part>,
    cases_title: &'static str,
    lines: Vec<Line>,
    hidden: String,
    nothing: bool,
}

/// The page.
pub(super) async fn show(staff: Staff, Path(id): Path<String>, fields: Fields) -> Result<Page, PageError> {
    staff
        .read(move |tx, ctx, who| {
            let loaded = load(tx, who, &id, None)?;
            draw(tx, ctx, who, &loaded, fields.value("k"))
        })
        .await
}

fn draw(tx: &mut Tx, ctx: &Ctx, who: &Signed, loaded: &Loaded, key: &str) -> Result<Page, PageError> {
    let Loaded { report, facts, .. } = loaded;
    let lang = who.visit().lang;
    let t = ReportTexts::of(lang);
    let taken = facts.figures.get(key).ok_or(PageError::NotFound)?;
    let over = facts.period().ok_or(PageError::NotFound)?;
    let measure = key.split_once(':').filter(|(kind, _)| matches!(*kind, "m" | "k")).map(|(_, id)| id);
    let href = |period: &Period| measure.map(|id| measures::cases_href(id, facts.unit, period)).unwrap_or_default();
    let row = |term: &'static str, num: Num, href: String| Row {
        term,
        text: said(t, lang, taken, num),
        n: num.of().filter(|n| *n > 0).map(|n| format!("n={}", grouped(n))).unwrap_or_default(),
        href,
    };
    // What is open is counted when a report is made, units at the end of the period; duties are held against the whole period.
    let open = key.starts_with("open:") || key.starts_with("late:");
    let moment = measure.is_none() && key != UNMET;
    let (last, year) = if open { (t.figure_last_report, t.figure_year_report) } else { (t.figure_last, t.figure_year) };
    let then = key.starts_with("units:") && crate::take::counts_at_end(&who.tree, facts.unit, &over, facts.taken_at.date());
    let term = match (moment, then) {
        (_, true) => t.figure_end,
        (true, false) => t.figure_moment,
        (false, false) => t.figure_now,
    };
    let mut rows = vec![row(term, taken.now, href(&over))];
    for (past, term, period) in [(Past::Last, last, over.previous()), (Past::Year, year, over.last_year())] {
        rows.extend(taken.was(past).map(|num| match taken.cover(past) {
            Cover::Whole => row(term, num, href(&period)),
            Cover::Part => Row { n: t.figure_partial.to_owned(), ..row(term, num, href(&period)) },
            Cover::Nothing => Row { term, text: t.figure_no_record.to_owned(), n: String::new(), href: String::new() },
        }));
    }
    let look = Look { actor: Some(who), tree: &who.tree, lang, unit: report.unit };
    let (lines, asked) = match (measure, key.split_once(':')) {
        (Some(id), _) => {
            let cases = measures::cases(tx, id, facts.unit, &over, None, SHOWN)?;
            let ids: Vec<Id> = cases.iter().map(|case| case.subject).collect();
            let mut lines = Vec::new();
            for module in who.visit().app.modules() {
                lines.extend((module.lines)(tx, ctx, &look, &ids)?.into_iter().map(|(_, line)| line));
            }
            (lines, ids.len())
        }
        (None, Some((kind @ ("open" | "late"), name))) => {
            let late = if kind == "late" { Late::Over } else { Late::Any };
            match who.visit().app.modules().iter().flat_map(|module| module.due).find(|due| due.name == name) {
                Some(due) => ((due.list)(tx, ctx, &look, None, late, None, SHOWN)?.lines, 0),
                None => (Vec::new(), 0),
            }
        }
        _ => (Vec::new(), 0),
    };
    let hidden = asked.saturating_sub(lines.len());
    let of = measure.and_then(measures::find);
    let title = match (lang, of) {
        (Lang::En, Some(measure)) => measure.title_en.to_owned(),
        _ => taken.title.clone(),
    };
    page(&FigurePage {
        shell: who.shell(t.figure_title),
        t,
        base: format!("/reports/{}", report.id),
        title,
        how: fill(
            t.figure_how,
            &[(
                "how",
                &of.map(|m| if lang == Lang::En { m.note_en } else { m.note_zh }).unwrap_or_else(|| match key {
                    UNMET => t.figure_unmet,
                    units if units.starts_with("units:") => t.figure_units,
                    _ => t.figure_open_then,
                }),
            )],
        ),
        list: list(t, taken),
        cases_title: if measure.is_some() { t.figure_cases } else { t.figure_today },
        nothing: lines.is_empty() && key != UNMET,
        hidden: if hidden > 0 { fill(t.figure_hidden, &[("n", &hidden)]) } else { String::new() },
        lines,
        rows,
    })
}

/// A value as the page says it: the document alone writes a number and its unit in one, and in Chinese.
fn said(t: &ReportTexts, lang: Lang, taken: &Taken, num: Num) -> String {
    match (taken.made, lang) {
        (Made::Rate | Made::Median, _) if num.of() == Some(0) => "—".to_owned(),
        (Made::Rate | Made::Median, _) if taken.few(num) => t.figure_few.to_owned(),
        (Made::Rate, _) | (_, Lang::En) => taken.bare(num),
        (_, Lang::Hans) => format!("{} {}", taken.bare(num), taken.unit),
        (_, Lang::Hant) => format!("{} {}", taken.bare(num), web::lang::to_hant(&taken.unit)),
    }
}

fn list(t: &ReportTexts, taken: &Taken) -> Vec<Part> {
    let then = |at: usize| {
        let (last, year) = taken.was.get(at)?;
        let says = |cover: Cover, n: i64| if cover == Cover::Whole { grouped(n) } else { "—".to_owned() };
        Some(fill(t.figure_then, &[("last", &says(taken.cover_last, *last)), ("year", &says(taken.cover_year, *year))]))
    };
    let named = taken.made == Made::Named;
    let part = |(at, (name, n)): (usize, &(String, i64))| Part {
        name: name.clone(),
        n: if named { String::new() } else { grouped(*n) },
        then: then(at).unwrap_or_default(),
        href: taken.pages.get(at).cloned().unwrap_or_default(),
    };
    taken.list.iter().enumerate().map(part).collect()
}
