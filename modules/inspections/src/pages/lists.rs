//! Findings and visits as lists, with filters, page by page, and as workbooks.

use askama::Template;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use base::text::mask_personal;
use base::{Ctx, Date, UnitId};
use sheets::{Export, FileKind, Head, Value};
use web::due::{Line, Look};
use web::kit::{Choice, Light};
use web::{Fields, Lang, Leaving, Page, PageError, Shell, Signed, Staff, fill, page};

use super::takes_part;
use crate::list::{self, Filter, Show, VisitLine};
use crate::read::{self, State};
use crate::seen;
use crate::texts::InspectTexts;

/// Lines on a page.
const LINES: usize = 30;
/// Rows read at once for a workbook, and the most that one holds.
const ROWS: usize = 500;
const MOST_ROWS: usize = 20_000;

#[derive(Template)]
#[template(path = "inspections/list.html")]
struct ListPage {
    shell: Shell,
    t: &'static InspectTexts,
    inspects: bool,
    /// Whether visits are listed rather than findings.
    of_visits: bool,
    path: &'static str,
    shows: Vec<Choice>,
    units: Vec<Choice>,
    from: String,
    to: String,
    clear: &'static str,
    export: String,
    rows: Vec<Line>,
    next: String,
}

/// What an address asks for.
fn filter(fields: &Fields) -> Filter {
    let day = |name: &str| fields.value(name).parse::<Date>().ok().map(|day| day.to_string());
    Filter {
        show: Show::parse(fields.value("show")).unwrap_or_default(),
        unit: fields.id::<UnitId>("unit"),
        from: day("from"),
        to: day("to"),
    }
}

fn is_filtered(filter: &Filter) -> bool {
    filter.show != Show::default() || filter.unit.is_some() || filter.from.is_some() || filter.to.is_some()
}

/// The units that somebody may ask for.
fn units(who: &Signed, chosen: Option<UnitId>) -> Vec<Choice> {
    let reaches = read::reaches(who);
    let within = |unit: UnitId| reaches.iter().any(|above| who.tree.is_within(unit, *above));
    let all = who.tree.all().filter(|unit| read::is_visited(unit.level) && !unit.is_closed() && within(unit.id));
    all.map(|unit| Choice::new(unit.id.to_string(), who.tree.full_name(unit.id)).chosen(Some(unit.id) == chosen)).collect()
}

fn show_name(t: &InspectTexts, show: Show) -> &'static str {
    match show {
        Show::Waiting => t.show_waiting,
        Show::At(state) => seen::state(t, state),
        Show::Late => t.show_late,
        Show::Ever => t.show_ever,
    }
}

fn look(who: &Signed) -> Look<'_> {
    let unit = who.tree.district().map(|unit| unit.id).unwrap_or_default();
    Look { actor: Some(who), tree: &who.tree, lang: who.visit().lang, unit }
}

/// The address of the next page, of the same filters.
fn next(path: &str, fields: &Fields, after: Option<String>) -> String {
    let mut query = fields.clone();
    after.map_or_else(String::new, |after| {
        query.set("after", after);
        format!("{path}?{}", query.encode())
    })
}

fn book_href(path: &str, fields: &Fields) -> String {
    let kept =
        ["show", "unit", "from", "to"].into_iter().filter_map(|name| Some((name, fields.get(name).filter(|value| !value.is_empty())?)));
    let query = Fields::from_pairs(kept).encode();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

pub(super) async fn findings(staff: Staff, fields: Fields) -> Result<Page, PageError> {
    staff
        .read(move |tx, ctx, who| {
            let inspects = takes_part(who)?;
            let t = InspectTexts::of(who.visit().lang);
            let (filter, look) = (filter(&fields), look(who));
            let found = list::findings(tx, who, &who.tree, &filter, ctx.now, fields.get("after"), LINES)?;
            let rows = found.rows.iter().map(|finding| seen::line(ctx, &look, finding)).collect();
            let shows = Show::ALL.into_iter().map(|show| Choice::new(show.code(), show_name(t, show)).chosen(show == filter.show));
            page(&ListPage {
                shell: who.shell(t.title),
                t,
                inspects,
                of_visits: false,
                path: "/inspections",
                shows: shows.collect(),
                units: units(who, filter.unit),
                clear: if is_filtered(&filter) { "/inspections" } else { "" },
                from: filter.from.unwrap_or_default(),
                to: filter.to.unwrap_or_default(),
                export: book_href("/inspections/findings.xlsx", &fields),
                rows,
                next: next("/inspections", &fields, found.next),
            })
        })
        .await
}

fn found_words(t: &InspectTexts, visit: &VisitLine) -> String {
    if visit.found == 0 { t.found_none.to_owned() } else { fill(t.found_n, &[("n", &visit.found), ("open", &visit.waiting)]) }
}

fn visit_line(ctx: &Ctx, who: &Signed, visit: &VisitLine) -> Line {
    let lang = who.visit().lang;
    let t = InspectTexts::of(lang);
    let by = who.tree.full_name(visit.by);
    Line {
        href: format!("/inspections/v/{}", visit.id),
        title: who.tree.full_name(visit.unit),
        sub: fill(t.visit_sub, &[("by", &by), ("on", &seen::day(lang, &visit.on, ctx.now)), ("list", &visit.checklist)]),
        light: if visit.waiting > 0 { Light::Blue } else { Light::Done },
        left: found_words(t, visit),
    }
}

pub(super) async fn visits(staff: Staff, fields: Fields) -> Result<Page, PageError> {
    staff
        .read(move |tx, ctx, who| {
            let inspects = takes_part(who)?;
            let t = InspectTexts::of(who.visit().lang);
            let filter = filter(&fields);
            let found = list::visits(tx, who, &who.tree, &filter, fields.get("after"), LINES)?;
            page(&ListPage {
                shell: who.shell(t.title),
                t,
                inspects,
                of_visits: true,
                path: "/inspections/visits",
                shows: Vec::new(),
                units: units(who, filter.unit),
                clear: if is_filtered(&filter) { "/inspections/visits" } else { "" },
                from: filter.from.unwrap_or_default(),
                to: filter.to.unwrap_or_default(),
                export: book_href("/inspections/visits.xlsx", &fields),
                rows: found.rows.iter().map(|visit| visit_line(ctx, who, visit)).collect(),
                next: next("/inspections/visits", &fields, found.next),
            })
        })
        .await
}

pub(super) async fn findings_book(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    let name = InspectTexts::of(staff.lang).export_name;
    let (bytes, person, leaving) = staff
        .read(move |tx, ctx, who| {
            let (bytes, rows) = findings_rows(tx, ctx, who, &filter(&fields))?;
            Ok((bytes, who.person, leaving(who, "inspections.findings", rows)))
        })
        .await?;
    staff.hand_out(person, leaving).await?;
    sent(bytes, "findings", name)
}

fn findings_rows(tx: &mut store::Tx, ctx: &Ctx, who: &Signed, filter: &Filter) -> Result<(Vec<u8>, usize), PageError> {
    takes_part(who)?;
    // A workbook of the office is in Chinese, as its other papers are.
    let t = InspectTexts::of(Lang::Hans);
    let titles = [
        (t.fact_unit, 28),
        (t.fact_item, 32),
        (t.what, 48),
        (t.fact_state, 10),
        (t.fact_on, 12),
        (t.fact_by, 20),
        (t.fact_due, 18),
        (t.show_late, 10),
    ];
    let heads: Vec<Head> = titles.into_iter().map(|(title, width)| Head::new(title, width)).collect();
    let mut book = Export::new(FileKind::Xlsx, t.export_name, None, &heads).map_err(PageError::internal)?;
    let (mut after, mut rows) = (None::<String>, 0);
    loop {
        let found = list::findings(tx, who, &who.tree, filter, ctx.now, after.as_deref(), ROWS)?;
        for finding in &found.rows {
            let late = finding.state != State::Closed && finding.due < ctx.now;
            let cells = [
                who.tree.full_name(finding.unit),
                finding.item.clone(),
                mask_personal(&finding.text),
                seen::state(t, finding.state).to_owned(),
                finding.on.clone(),
                who.tree.full_name(finding.by),
                finding.due.date().to_string(),
                if late { t.show_late.to_owned() } else { String::new() },
            ];
            write(&mut book, &cells)?;
        }
        rows += found.rows.len();
        after = found.next.filter(|_| rows < MOST_ROWS);
        if after.is_none() {
            return Ok((finished(book)?, rows));
        }
    }
}

pub(super) async fn visits_book(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    let name = InspectTexts::of(staff.lang).export_visits_name;
    let (bytes, person, leaving) = staff
        .read(move |tx, _, who| {
            let (bytes, rows) = visits_rows(tx, who, &filter(&fields))?;
            Ok((bytes, who.person, leaving(who, "inspections", rows)))
        })
        .await?;
    staff.hand_out(person, leaving).await?;
    sent(bytes, "inspections", name)
}

fn visits_rows(tx: &mut store::Tx, who: &Signed, filter: &Filter) -> Result<(Vec<u8>, usize), PageError> {
    takes_part(who)?;
    let t = InspectTexts::of(Lang::Hans);
    let titles = [(t.fact_unit, 28), (t.fact_on, 12), (t.fact_by, 20), (t.fact_list, 28), (t.to_findings, 10), (t.show_waiting, 10)];
    let heads: Vec<Head> = titles.into_iter().map(|(title, width)| Head::new(title, width)).collect();
    let mut book = Export::new(FileKind::Xlsx, t.export_visits_name, None, &heads).map_err(PageError::internal)?;
    let (mut after, mut rows) = (None::<String>, 0);
    loop {
        let found = list::visits(tx, who, &who.tree, filter, after.as_deref(), ROWS)?;
        for visit in &found.rows {
            let (unit, by) = (who.tree.full_name(visit.unit), who.tree.full_name(visit.by));
            let words = [unit.as_str(), &visit.on, &by, &visit.checklist].map(|cell| Value::Text(cell.into()));
            let values: Vec<Value<'_>> = words.into_iter().chain([Value::Int(visit.found), Value::Int(visit.waiting)]).collect();
            book.row(&values).map_err(PageError::internal)?;
        }
        rows += found.rows.len();
        after = found.next.filter(|_| rows < MOST_ROWS);
        if after.is_none() {
            return Ok((finished(book)?, rows));
        }
    }
}

fn write(book: &mut Export, cells: &[String]) -> Result<(), PageError> {
    let values: Vec<Value<'_>> = cells.iter().map(|cell| Value::Text(cell.into())).collect();
    book.row(&values).map_err(PageError::internal)
}

/// What leaves, with whoever takes it: their first unit's.
fn leaving(who: &Signed, table: &'static str, rows: usize) -> Leaving {
    Leaving { table, unit: who.posts.first().map(|held| held.unit), rows, masked: true }
}

fn finished(book: Export) -> Result<Vec<u8>, PageError> {
    let mut bytes = Vec::new();
    book.finish(&mut bytes).map_err(PageError::internal)?;
    Ok(bytes)
}

/// A workbook as an answer.
fn sent(bytes: Vec<u8>, plain: &str, name: &str) -> Result<Response, PageError> {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(FileKind::Xlsx.media_type()));
    let file = format!("attachment; filename=\"{plain}.xlsx\"; filename*=UTF-8''{}.xlsx", web::shell::percent(name));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_str(&file).map_err(PageError::internal)?);
    Ok(response)
}
