//! The cases under an item of a card, each of which the unit may appeal, as a page and as a workbook.

use askama::Template;
use axum::response::Response;
use base::{Ctx, UnitId};
use measures::{After, Case, ReadNumbers, Under};
use record::EventId;
use record::measure::Measure;
use store::{Sql, StoreError, Tx, p, sql};
use web::kit::Column;
use web::{Fields, Leaving, Page, PageError, Shell, Signed, Staff, dates, fill, page};

use super::card::own;
use super::{Seen, seen};
use crate::appeal::APPEAL_RULE;
use crate::texts::ScoreTexts;

/// Cases on a page.
const LINES: usize = 50;

struct CaseLine {
    when: String,
    title: String,
    sub: String,
    href: String,
    record: String,
    appeal: String,
    state: &'static str,
}

#[derive(Template)]
#[template(path = "scores/cases.html")]
struct CasesPage {
    shell: Shell,
    t: &'static ScoreTexts,
    back: String,
    of: String,
    note: String,
    columns: Vec<Column>,
    lines: Vec<CaseLine>,
    next: String,
    export: String,
}

/// By the index `score_appeal_once`.
const APPEALED: &Sql = sql!(
    "SELECT a.event, a.state FROM score_appeal a JOIN score_round r ON r.id = a.round
     WHERE a.unit = ?1 AND r.scheme = ?2 AND r.from_day = ?3"
);

/// The appeals of a unit against its cases of a period, with how each stands.
fn appealed(tx: &mut Tx, unit: UnitId, seen: &Seen) -> Result<Vec<(EventId, String)>, StoreError> {
    let from = seen.period.from.to_string();
    tx.all(APPEALED, p![unit, seen.scheme.id, from.as_str()], |row| Ok((row.id(0)?, row.text(1)?.to_owned())))
}

/// How a case stands that was appealed; empty where it was not.
fn state_of(t: &ScoreTexts, appealed: &[(EventId, String)], case: &Case) -> &'static str {
    match appealed.iter().find(|(event, _)| *event == case.event).map(|(_, state)| state.as_str()) {
        Some("upheld") => t.case_out,
        Some("refused") => t.case_refused,
        Some(_) => t.case_open,
        None => "",
    }
}

/// Whose cases of what.
struct Asked {
    unit: UnitId,
    seen: Seen,
    measure: &'static Measure,
}

fn asked(tx: &mut Tx, ctx: &Ctx, who: &Signed, fields: &Fields) -> Result<Asked, PageError> {
    let unit: UnitId = fields.id("unit").ok_or(PageError::NotFound)?;
    who.require::<ReadNumbers>(&who.tree, unit)?;
    let seen = seen(tx, fields, ctx.now)?.ok_or(PageError::NotFound)?;
    let measure = measures::find(fields.value("m")).ok_or(PageError::NotFound)?;
    Ok(Asked { unit, seen, measure })
}

pub(super) async fn cases(staff: Staff, fields: Fields) -> Result<Page, PageError> {
    staff
        .read(move |tx, ctx, who| {
            let Asked { unit, seen, measure } = asked(tx, ctx, who, &fields)?;
            let lang = who.visit().lang;
            let t = ScoreTexts::of(lang);
            let after = fields.get("after").and_then(|text| text.parse::<After>().ok());
            let mut found = measures::cases(tx, measure.id, unit, &seen.period, after, LINES)?;
            let here = format!("/scores/cases?m={}&unit={unit}&{}", measure.id, seen.query());
            let next = found.last().filter(|_| found.len() == LINES).map(|last| format!("{here}&after={}", last.after()));
            // What came after the scores were locked does not count in them.
            let locked = seen.revisions.first();
            found.retain(|case| locked.is_none_or(|round| case.pos <= round.pos));
            let appealed = appealed(tx, unit, &seen)?;
            let in_time = locked.filter(|round| ctx.rules().deadline(APPEAL_RULE, round.at).at >= ctx.now);
            let mine = own(who, unit).is_some();
            let subjects: Vec<base::Id> = found.iter().map(|case| case.subject).collect();
            let pages = measures::lines_of(tx, ctx, who, unit, &subjects)?;
            let lines = found.iter().map(|case| {
                let page = pages.get(&case.subject);
                let state = state_of(t, &appealed, case);
                let may = mine && state.is_empty();
                CaseLine {
                    when: dates::short(case.at, ctx.now),
                    title: page.map_or_else(|| t.hidden.to_owned(), |page| page.title.clone()),
                    sub: page.map(|page| page.sub.clone()).unwrap_or_default(),
                    href: page.map(|page| page.href.clone()).unwrap_or_default(),
                    record: page.map(|_| format!("/measures/case/{}", case.event)).unwrap_or_default(),
                    appeal: in_time
                        .filter(|_| may)
                        .map(|round| format!("/scores/appeal?round={}&unit={unit}&event={}", round.id, case.event))
                        .unwrap_or_default(),
                    state,
                }
            });
            page(&CasesPage {
                shell: who.shell(fill(t.cases, &[("measure", &measures::title(lang, measure))])),
                t,
                back: format!("/scores/card?unit={unit}&{}", seen.query()),
                of: fill(t.cases_of, &[("unit", &who.tree.full_name(unit)), ("period", &seen.period.label(lang))]),
                note: measures::note(lang, measure),
                columns: vec![Column::new(t.column_when), Column::new(t.column_what), Column::new(t.column_act)],
                lines: lines.collect(),
                next: next.unwrap_or_default(),
                export: format!("/scores/cases.xlsx?m={}&unit={unit}&{}", measure.id, seen.query()),
            })
        })
        .await
}

/// The workbook of the same cases: those that count in what was locked, with what became of appeals.
pub(super) async fn book(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    let (bytes, name, person, leaving) = staff
        .read(move |tx, ctx, who| {
            let Asked { unit, seen, measure } = asked(tx, ctx, who, &fields)?;
            let lang = who.visit().lang;
            let t = ScoreTexts::of(lang);
            let appealed = appealed(tx, unit, &seen)?;
            let name = fill(t.cases, &[("measure", &measures::title(lang, measure))]);
            let of = fill(t.cases_of, &[("unit", &who.tree.full_name(unit)), ("period", &seen.period.label(lang))]);
            let title = [name.as_str(), &of, &seen.scheme.says.name, &seen.state(t, lang, ctx.now)].join(" · ");
            let under = Under { measure, unit, period: &seen.period, upto: seen.revisions.first().map(|round| round.pos) };
            let state = |case: &Case| state_of(t, &appealed, case);
            let (bytes, rows) = measures::cases_book(tx, ctx, who, &under, &title, Some((t.column_act, &state)))?;
            Ok((bytes, name, who.person, Leaving { table: "scores.cases", unit: Some(unit), rows, masked: true }))
        })
        .await?;
    staff.hand_out(person, leaving).await?;
    measures::sent(bytes, "cases", &name)
}
