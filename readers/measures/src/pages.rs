//! The pages of measures: the catalogue, the cases under a number, and one case with the rules of its day.

use std::collections::HashMap;

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::get;
use base::{Ctx, Date, Id, UnitId};
use people::Tree;
use record::EventId;
use record::measure::{Kind, Measure, Nature};
use store::{StoreError, Tx};
use web::kit::{Column, Fact};
use web::{App, Fields, Lang, Leaving, Page, PageError, Shell, Signed, Staff, dates, fill, page};

use crate::book::{Under, cases_book, sent};
use crate::period::Period;
use crate::permissions::ReadNumbers;
use crate::texts::MeasureTexts;
use crate::value::{FEW, Value};
use crate::{After, by_child, by_key, cases, catalogue, find, guard, read, refused, values};

/// Cases on a page.
const LINES: usize = 50;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/measures", get(list))
        .route("/measures/cases", get(under))
        .route("/measures/cases.xlsx", get(book))
        .route("/measures/case/{event}", get(one))
}

/// Where the cases under a number are shown.
pub fn cases_href(id: &str, unit: UnitId, period: &Period) -> String {
    format!("/measures/cases?m={id}&unit={unit}&{}", period.query())
}

/// What events happened to, as lines that lead to their pages, by whichever module they belong to; what this person
/// may not know of is left out.
///
/// # Errors
/// Only the store's.
pub fn lines_of(tx: &mut Tx, ctx: &Ctx, who: &Signed, unit: UnitId, subjects: &[Id]) -> Result<HashMap<Id, web::due::Line>, StoreError> {
    let look = web::due::Look { actor: Some(who), tree: &who.tree, lang: who.visit().lang, unit };
    let mut found = HashMap::new();
    for module in who.visit().app.modules() {
        found.extend((module.lines)(tx, ctx, &look, subjects)?);
    }
    Ok(found)
}

struct Line {
    title: String,
    id: &'static str,
    nature: &'static str,
    note: String,
    from: String,
    since: String,
    value: String,
    n: String,
    href: String,
}

struct Rule {
    title: String,
    text: String,
    source: String,
}

struct Refusal {
    what: String,
    found: String,
    text: String,
    source: String,
}

#[derive(Template)]
#[template(path = "measures/list.html")]
struct ListPage {
    shell: Shell,
    t: &'static MeasureTexts,
    columns: Vec<Column>,
    lines: Vec<Line>,
    few: String,
    counted: String,
    rules: Vec<Rule>,
    refusals: Vec<Refusal>,
    refused: String,
}

async fn list(staff: Staff) -> Result<Page, PageError> {
    staff
        .read(|tx, ctx, who| {
            let proof = who.has::<ReadNumbers>().ok_or(PageError::Forbidden)?;
            let (lang, unit) = (who.visit().lang, proof.reach());
            let (t, chinese) = (MeasureTexts::of(lang), lang.is_chinese());
            let year = Period::year_of(ctx.now.date());
            let ids: Vec<&str> = catalogue().iter().map(|measure| measure.id).collect();
            let this_year = values(tx, &ids, unit, &year)?;
            let since = read::since(tx, unit)?;
            let lines = catalogue().iter().zip(this_year).map(|(measure, value)| {
                let base = read::base_of(measure.id).map_or(measure.id, |base| base.id);
                Line {
                    title: title(lang, measure),
                    id: measure.id,
                    nature: nature(t, measure.nature),
                    note: hant(lang, measure.note(chinese)),
                    from: from(who, t, measure),
                    since: since.get(base).map_or_else(|| t.since_never.to_owned(), |day| day.to_string()),
                    value: value.shown(measure.kind),
                    n: value.of().map(|n| fill(t.n_of, &[("n", &n)])).unwrap_or_default(),
                    href: cases_href(measure.id, unit, &year),
                }
            });
            let lines = lines.collect();
            let rule = |rule: &'static guard::Forbidden| Rule {
                title: hant(lang, rule.title(chinese)),
                text: hant(lang, rule.text(chinese)),
                source: fill(t.source, &[("document", &hant(lang, &rule.document))]),
            };
            let refusal = |why: &guard::Refused| Refusal {
                what: why.what.clone(),
                found: fill(t.refused_found, &[("found", &why.found)]),
                text: why.text(chinese).to_owned(),
                source: fill(t.source, &[("document", &why.document)]),
            };
            page(&ListPage {
                shell: who.shell(t.title),
                t,
                columns: vec![
                    Column::new(t.column_name),
                    Column::new(t.column_how),
                    Column::new(t.column_from),
                    Column::new(t.column_since),
                    Column::number(t.column_year),
                ],
                lines,
                few: fill(t.few_note, &[("n", &FEW)]),
                counted: fill(t.counted_to, &[("n", &crate::as_of(tx)?)]),
                rules: guard::forbidden().iter().map(rule).collect(),
                refusals: refused().iter().map(refusal).collect(),
                refused: if refused().is_empty() { t.refused_none.to_owned() } else { fill(t.refused_now, &[("n", &refused().len())]) },
            })
        })
        .await
}

fn hant(lang: Lang, text: &str) -> String {
    if lang == Lang::Hant { web::lang::to_hant(text) } else { text.to_owned() }
}

/// What a measure is called.
pub fn title(lang: Lang, measure: &Measure) -> String {
    hant(lang, measure.title(lang.is_chinese()))
}

/// How a measure is counted, in a sentence.
pub fn note(lang: Lang, measure: &Measure) -> String {
    hant(lang, measure.note(lang.is_chinese()))
}

fn nature(t: &MeasureTexts, nature: Nature) -> &'static str {
    match nature {
        Nature::Fact => t.nature_fact,
        Nature::Answer => t.nature_answer,
        Nature::Duty => t.nature_duty,
    }
}

/// The events of a measure by their names, or the two that a rate is made of.
fn from(who: &Signed, t: &MeasureTexts, measure: &Measure) -> String {
    let (lang, modules) = (who.visit().lang, who.visit().app.modules());
    let name = |id: &str| find(id).map_or_else(String::new, |part| title(lang, part));
    match measure.kind {
        Kind::Rate { num, den } => match measure.each {
            None => fill(t.made_of, &[("num", &name(num)), ("den", &name(den))]),
            Some(each) => fill(t.made_of_each, &[("num", &name(num)), ("den", &name(den)), ("each", &name(each))]),
        },
        _ => {
            let named = |kind: &'static str| web::audited(modules, lang, kind).map_or(kind, |audited| audited.name);
            let mut kinds: Vec<&str> = measure.counts.iter().map(|count| named(count.kind)).collect();
            kinds.dedup();
            kinds.join(if lang.is_chinese() { "、" } else { ", " })
        }
    }
}

struct CaseLine {
    when: String,
    title: String,
    sub: String,
    href: String,
    unit: String,
    case: String,
}

struct Part {
    title: String,
    value: String,
    n: String,
    href: String,
}

#[derive(Template)]
#[template(path = "measures/cases.html")]
struct CasesPage {
    shell: Shell,
    t: &'static MeasureTexts,
    of: String,
    note: String,
    n: String,
    base: String,
    only: String,
    only_href: String,
    children: Vec<Part>,
    keys: Vec<Part>,
    columns: Vec<Column>,
    lines: Vec<CaseLine>,
    next: String,
    export: String,
}

/// The period in an address; this year where there is none.
fn period(fields: &Fields, ctx: &Ctx) -> Period {
    let date = |name: &str| fields.get(name).and_then(|text| text.parse::<Date>().ok());
    match (date("from"), date("to")) {
        (Some(from), Some(to)) => Period::between(from, to),
        _ => Period::year_of(ctx.now.date()),
    }
}

/// The measure, the unit and the period of an address, where whoever asks may read that unit's numbers.
fn asked(ctx: &Ctx, who: &Signed, fields: &Fields) -> Result<(&'static Measure, UnitId, Period), PageError> {
    let measure = find(fields.value("m")).ok_or(PageError::NotFound)?;
    let unit: UnitId = match fields.id("unit") {
        Some(unit) => unit,
        None => who.has::<ReadNumbers>().ok_or(PageError::Forbidden)?.reach(),
    };
    who.require::<ReadNumbers>(&who.tree, unit)?;
    Ok((measure, unit, period(fields, ctx)))
}

async fn under(staff: Staff, fields: Fields) -> Result<Page, PageError> {
    staff
        .read(move |tx, ctx, who| {
            let (measure, unit, period) = asked(ctx, who, &fields)?;
            let lang = who.visit().lang;
            let t = MeasureTexts::of(lang);
            let whole = values(tx, &[measure.id], unit, &period)?.into_iter().next().unwrap_or_default();
            let after = fields.get("after").and_then(|text| text.parse::<After>().ok());
            let found = cases(tx, measure.id, unit, &period, after, LINES)?;
            let next = found
                .last()
                .filter(|_| found.len() == LINES)
                .map(|last| format!("{}&after={}", cases_href(measure.id, unit, &period), last.after()));
            let subjects: Vec<Id> = found.iter().map(|case| case.subject).collect();
            let pages = lines_of(tx, ctx, who, unit, &subjects)?;
            let line = |case: &crate::Case| {
                let page = pages.get(&case.subject);
                CaseLine {
                    when: dates::short(case.at, ctx.now),
                    unit: who.tree.full_name(case.unit),
                    case: page.map(|_| format!("/measures/case/{}", case.event)).unwrap_or_default(),
                    href: page.map(|page| page.href.clone()).unwrap_or_default(),
                    sub: page.map(|page| page.sub.clone()).unwrap_or_default(),
                    title: page.map_or_else(|| t.hidden.to_owned(), |page| page.title.clone()),
                }
            };
            let lines = found.iter().map(line).collect();
            let (mut children, mut keys) = (Vec::new(), Vec::new());
            if after.is_none() {
                for (child, value) in by_child(tx, measure.id, unit, &period)?.into_iter().filter(|(_, value)| value.n() > 0) {
                    let own = child == unit;
                    let name = who.tree.get(child).map_or("", |unit| unit.name.as_str());
                    children.push(part(
                        t,
                        measure,
                        if own { t.own } else { name },
                        value,
                        if own { String::new() } else { cases_href(measure.id, child, &period) },
                    ));
                }
                if !matches!(measure.kind, Kind::Rate { .. }) {
                    for (key, n) in by_key(tx, measure.id, unit, &period)? {
                        keys.push(part(t, measure, &key, Value::count(n), String::new()));
                    }
                }
            }
            let (mut base, mut only, mut only_href) = (String::new(), String::new(), String::new());
            if let (Kind::Rate { num, .. }, Some(of)) = (measure.kind, read::base_of(measure.id)) {
                base = fill(if measure.each.is_some() { t.cases_each } else { t.cases_base }, &[("measure", &title(lang, of))]);
                only = fill(t.cases_num, &[("measure", &find(num).map_or_else(String::new, |one| title(lang, one)))]);
                only_href = cases_href(num, unit, &period);
            }
            page(&CasesPage {
                shell: who.shell(fill(t.cases_title, &[("measure", &title(lang, measure)), ("value", &whole.shown(measure.kind))])),
                t,
                of: fill(t.cases_of, &[("unit", &who.tree.full_name(unit)), ("period", &period.label(lang))]),
                note: note(lang, measure),
                n: whole.of().map(|n| fill(t.n_of, &[("n", &n)])).unwrap_or_default(),
                base,
                only,
                only_href,
                children,
                keys,
                columns: vec![
                    Column::new(t.column_when),
                    Column::new(t.column_what),
                    Column::new(t.column_unit),
                    Column::new(t.column_case),
                ],
                lines,
                next: next.unwrap_or_default(),
                export: format!("/measures/cases.xlsx?m={}&unit={unit}&{}", measure.id, period.query()),
            })
        })
        .await
}

/// The workbook of the same cases.
async fn book(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    let (bytes, name, person, leaving) = staff
        .read(move |tx, ctx, who| {
            let (measure, unit, period) = asked(ctx, who, &fields)?;
            let lang = who.visit().lang;
            let t = MeasureTexts::of(lang);
            let whole = values(tx, &[measure.id], unit, &period)?.into_iter().next().unwrap_or_default();
            let name = title(lang, measure);
            let number = fill(t.cases_title, &[("measure", &name), ("value", &whole.shown(measure.kind))]);
            let of = fill(t.cases_of, &[("unit", &who.tree.full_name(unit)), ("period", &period.label(lang))]);
            let n = whole.of().map(|n| fill(t.n_of, &[("n", &n)])).unwrap_or_default();
            let head = [number, n, of].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ");
            let under = Under { measure, unit, period: &period, upto: None };
            let (bytes, rows) = cases_book(tx, ctx, who, &under, &head, None)?;
            Ok((bytes, name, who.person, Leaving { table: "measures.cases", unit: Some(unit), rows, masked: true }))
        })
        .await?;
    staff.hand_out(person, leaving).await?;
    sent(bytes, "cases", &name)
}

fn part(t: &MeasureTexts, measure: &Measure, title: &str, value: Value, href: String) -> Part {
    let n = value.of().map(|n| fill(t.n_of, &[("n", &n)])).unwrap_or_default();
    Part { title: title.to_owned(), value: value.shown(measure.kind), n, href }
}

#[derive(Template)]
#[template(path = "measures/case.html")]
struct CasePage {
    shell: Shell,
    t: &'static MeasureTexts,
    facts: Vec<Fact>,
    whole: String,
}

async fn one(staff: Staff, Path(event): Path<String>) -> Result<Page, PageError> {
    let event: EventId = event.parse().map_err(|_| PageError::NotFound)?;
    staff
        .read(move |tx, ctx, who| {
            let found = record::find(tx, event)?.ok_or(PageError::NotFound)?;
            let counted = crate::counted(&found);
            let (_, unit, at, _) = *counted.first().ok_or(PageError::NotFound)?;
            who.require::<ReadNumbers>(&who.tree, unit)?;
            let subject = lines_of(tx, ctx, who, unit, &[found.subject])?.remove(&found.subject).ok_or(PageError::NotFound)?;
            let lang = who.visit().lang;
            let t = MeasureTexts::of(lang);
            let digest = record::hex(&found.rules_digest).chars().take(16).collect::<String>();
            let same = found.rules_digest == ctx.rules().digest();
            let titles: Vec<String> = counted.iter().filter_map(|(id, ..)| find(id)).map(|measure| title(lang, measure)).collect();
            let pos = read::position_of(tx, event)?.unwrap_or_default();
            let facts = vec![
                Fact::new(t.case_subject, subject.title.clone()).to(subject.href.clone()),
                Fact::new(t.case_counted, titles.join(if lang.is_chinese() { "、" } else { ", " })),
                Fact::new(t.case_unit, name(&who.tree, unit)),
                Fact::new(t.case_when, dates::moment(lang, at, ctx.now)),
                Fact::new(t.case_recorded, dates::moment(lang, found.recorded_at, ctx.now)),
                Fact::new(t.case_pos, fill(t.case_pos_n, &[("n", &pos)])),
                Fact::new(t.case_rules, fill(if same { t.case_rules_now } else { t.case_rules_then }, &[("digest", &digest)]))
                    .to(format!("/rules/{}", record::hex(&found.rules_digest))),
            ];
            page(&CasePage { shell: who.shell(t.case_title), t, facts, whole: subject.href })
        })
        .await
}

fn name(tree: &Tree, unit: UnitId) -> String {
    tree.full_name(unit)
}
