//! The list of appeals, with its filters, page by page, and as a workbook.

use askama::Template;
use axum::response::Response;
use base::text::mask_personal;
use base::{Ctx, UnitId};
use sheets::{Export, FileKind, Head, Value};
use store::Tx;
use web::due::{Line, Look};
use web::kit::Choice;
use web::{Fields, Lang, Leaving, Page, PageError, Shell, Signed, Staff, page};

use super::board::sees_appeals;
use super::card::state;
use crate::appeal::Appealed;
use crate::list::{self, Filter, Show};
use crate::permissions::Decide;
use crate::seen;
use crate::texts::ScoreTexts;

/// Lines on a page.
const LINES: usize = 30;
/// Rows read at once for a workbook, and the most that one holds.
const ROWS: usize = 500;
const MOST_ROWS: usize = 20_000;

#[derive(Template)]
#[template(path = "scores/appeals.html")]
struct ListPage {
    shell: Shell,
    t: &'static ScoreTexts,
    shows: Vec<Choice>,
    units: Vec<Choice>,
    clear: &'static str,
    export: String,
    rows: Vec<Line>,
    next: String,
}

fn filter(fields: &Fields) -> Filter {
    Filter { show: Show::parse(fields.value("show")).unwrap_or_default(), unit: fields.id::<UnitId>("unit") }
}

fn show_name(t: &ScoreTexts, show: Show) -> &'static str {
    match show {
        Show::Waiting => t.appeal_open,
        Show::Late => t.appeal_late_now,
        Show::Upheld => t.appeal_was_upheld,
        Show::Refused => t.appeal_refused,
        Show::Ever => t.appeal_ever,
    }
}

/// The units right under the district, for whoever decides on appeals of all of them.
fn units(who: &Signed, chosen: Option<UnitId>) -> Vec<Choice> {
    let Some(district) = who.tree.district().filter(|_| who.has::<Decide>().is_some()) else { return Vec::new() };
    let all = who.tree.children(district.id);
    all.map(|unit| Choice::new(unit.id.to_string(), unit.name.clone()).chosen(Some(unit.id) == chosen)).collect()
}

fn look(who: &Signed) -> Look<'_> {
    Look { actor: Some(who), tree: &who.tree, lang: who.visit().lang, unit: who.tree.district().map(|unit| unit.id).unwrap_or_default() }
}

/// The list.
pub(super) async fn list(staff: Staff, fields: Fields) -> Result<Page, PageError> {
    staff
        .read(move |tx, ctx, who| {
            if !sees_appeals(who) {
                return Err(PageError::Forbidden);
            }
            let t = ScoreTexts::of(who.visit().lang);
            let filter = filter(&fields);
            let found = list::appeals(tx, who, &who.tree, filter, ctx.now, fields.get("after"), LINES)?;
            let look = look(who);
            let rows = found.rows.iter().map(|one| seen::line(tx, ctx, &look, one)).collect::<Result<_, _>>()?;
            let next = found.next.map_or_else(String::new, |after| {
                let mut query = fields.clone();
                query.set("after", after);
                format!("/scores/appeals?{}", query.encode())
            });
            let kept = ["show", "unit"].into_iter().filter_map(|name| Some((name, fields.get(name).filter(|value| !value.is_empty())?)));
            let query = Fields::from_pairs(kept).encode();
            page(&ListPage {
                shell: who.shell(t.appeals),
                t,
                shows: Show::ALL.map(|show| Choice::new(show.code(), show_name(t, show)).chosen(show == filter.show)).into(),
                units: units(who, filter.unit),
                clear: if filter.show != Show::default() || filter.unit.is_some() { "/scores/appeals" } else { "" },
                export: if query.is_empty() { "/scores/appeals.xlsx".to_owned() } else { format!("/scores/appeals.xlsx?{query}") },
                rows,
                next,
            })
        })
        .await
}

/// The workbook.
pub(super) async fn book(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    let name = ScoreTexts::of(staff.lang).appeals_export;
    let (bytes, person, leaving) = staff
        .read(move |tx, ctx, who| {
            if !sees_appeals(who) {
                return Err(PageError::Forbidden);
            }
            let (bytes, rows) = rows(tx, ctx, who, filter(&fields))?;
            let unit = who.posts.first().map(|held| held.unit);
            Ok((bytes, who.person, Leaving { table: "scores.appeals", unit, rows, masked: true }))
        })
        .await?;
    staff.hand_out(person, leaving).await?;
    measures::sent(bytes, "appeals", name)
}

/// A workbook of the office is in Chinese, as its other papers are.
fn rows(tx: &mut Tx, ctx: &Ctx, who: &Signed, filter: Filter) -> Result<(Vec<u8>, usize), PageError> {
    let t = ScoreTexts::of(Lang::Hans);
    let titles = [
        (t.column_unit, 28),
        (t.appeal_scheme, 32),
        (t.appeal_reason, 48),
        (t.appeal_when, 12),
        (t.appeal_due, 12),
        (t.appeal_state, 16),
        (t.appeal_decider, 24),
        (t.appeal_answer, 48),
        (t.appeal_decided_on, 12),
    ];
    let heads: Vec<Head> = titles.into_iter().map(|(title, width)| Head::new(title, width)).collect();
    let mut book = Export::new(FileKind::Xlsx, t.appeals_export, None, &heads).map_err(PageError::internal)?;
    let (mut after, mut count) = (None::<String>, 0);
    loop {
        let found = list::appeals(tx, who, &who.tree, filter, ctx.now, after.as_deref(), ROWS)?;
        for one in &found.rows {
            let cells = cells(tx, t, who, one)?;
            let values: Vec<Value<'_>> = cells.iter().map(|cell| Value::Text(cell.into())).collect();
            book.row(&values).map_err(PageError::internal)?;
        }
        count += found.rows.len();
        after = found.next.filter(|_| count < MOST_ROWS);
        if after.is_none() {
            let mut bytes = Vec::new();
            book.finish(&mut bytes).map_err(PageError::internal)?;
            return Ok((bytes, count));
        }
    }
}

fn cells(tx: &mut Tx, t: &ScoreTexts, who: &Signed, one: &Appealed) -> Result<[String; 9], PageError> {
    Ok([
        who.tree.full_name(one.unit),
        seen::of_round(tx, Lang::Hans, one.round)?.map(|(_, words)| words).unwrap_or_default(),
        mask_personal(&one.reason),
        one.at.date().to_string(),
        one.due.date().to_string(),
        state(t, one).to_owned(),
        one.decider.map(|unit| who.tree.full_name(unit)).unwrap_or_default(),
        one.answer.as_deref().map(mask_personal).unwrap_or_default(),
        one.decided_at.map(|at| at.date().to_string()).unwrap_or_default(),
    ])
}
