//! All reports, and the form that makes one.

use askama::Template;
use axum::response::{IntoResponse, Response};
use base::UnitId;
use people::Unit;
use web::kit::Choice;
use web::{Errors, Fields, Page, PageError, Shell, Signed, Staff, dates, fill, page, redirect};

use super::{ReportTexts, broken, choices};
use crate::make::{Make, make as make_report};
use crate::period;
use crate::permissions::{Read, Template as Rewrite, Write, in_unit};
use crate::report::{ReportId, State, list as reports};

/// Reports on one page.
const SHOWN: usize = 50;

struct Item {
    href: String,
    title: String,
    state: &'static str,
    tone: &'static str,
    sub: String,
}

#[derive(Template)]
#[template(path = "reports/list.html")]
struct ListPage {
    shell: Shell,
    t: &'static ReportTexts,
    errors: Errors,
    op_key: String,
    fields: Fields,
    writes: bool,
    rewrites: bool,
    units: Vec<Choice>,
    periods: Vec<Choice>,
    items: Vec<Item>,
    next: String,
}

/// The list.
pub(super) async fn list(staff: Staff, fields: Fields) -> Result<Page, PageError> {
    draw(&staff, fields, Errors::none()).await
}

/// The units of which this person writes reports.
fn own_units(who: &Signed) -> Vec<&Unit> {
    let mut units: Vec<UnitId> = who.each::<Write>().map(|proof| proof.unit()).collect();
    units.dedup();
    units.into_iter().filter_map(|unit| who.tree.get(unit)).filter(|unit| !unit.is_closed()).collect()
}

async fn draw(staff: &Staff, fields: Fields, errors: Errors) -> Result<Page, PageError> {
    staff
        .read(move |tx, ctx, who| {
            if who.has::<Read>().is_none() {
                return Err(PageError::Forbidden);
            }
            let lang = who.visit().lang;
            let t = ReportTexts::of(lang);
            let before = fields.id::<ReportId>("before");
            let (found, next) = reports(tx, who, &who.tree, before, SHOWN)?;
            let mut items = Vec::new();
            for report in found {
                let label = period::between(&report.from, &report.to).map(|p| period::label(&p)).unwrap_or_default();
                let by = report.closed_by.unwrap_or(report.made_by);
                let name = people::read::name_of(tx, by)?.unwrap_or_default();
                let when = dates::moment(lang, report.closed_at.unwrap_or(report.made_at), ctx.now);
                let draft = report.state == State::Draft;
                items.push(Item {
                    href: format!("/reports/{}", report.id),
                    title: format!("{}{label}", crate::unit_name(&who.tree, report.unit)),
                    state: if draft { t.draft } else { t.finished },
                    tone: if draft { "warning" } else { "success" },
                    sub: format!("{} · {}", fill(t.version_n, &[("v", &report.v)]), fill(t.by_at, &[("who", &name), ("when", &when)])),
                });
            }
            let units = own_units(who);
            let first = units.first().map(|unit| unit.id.to_string()).unwrap_or_default();
            let chosen = fields.get("unit").unwrap_or(&first).to_owned();
            let offered = period::choices(lang, ctx.now.date());
            let first = offered.first().map(|(code, _)| code.clone()).unwrap_or_default();
            let over = fields.get("period").unwrap_or(&first).to_owned();
            let made = page(&ListPage {
                shell: who.shell(t.title),
                t,
                op_key: fields.get("op_key").map_or_else(|| who.visit().op_key(), str::to_owned),
                writes: !units.is_empty(),
                rewrites: who.has::<Rewrite>().is_some(),
                units: choices(
                    &units.iter().map(|unit| (unit.id.to_string(), crate::unit_name(&who.tree, unit.id))).collect::<Vec<_>>(),
                    &chosen,
                ),
                periods: choices(&offered, &over),
                items,
                next: next.map(|id| format!("/reports?before={id}")).unwrap_or_default(),
                fields: fields.clone(),
                errors: errors.clone(),
            })?;
            Ok(if errors.is_empty() { made } else { made.again() })
        })
        .await
}

/// Makes one.
pub(super) async fn make(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    let t = ReportTexts::of(staff.lang);
    let op_key = fields.op_key()?;
    let mut errors = Errors::none();
    let over = if fields.text("from").is_empty() && fields.text("to").is_empty() {
        period::parse(fields.value("period"))
    } else {
        period::between(&fields.text("from"), &fields.text("to"))
    };
    if over.is_none() {
        errors.add("from", t.bad_period);
    }
    let unit = fields.id::<UnitId>("unit");
    if unit.is_none() {
        errors.add("unit", t.no_unit);
    }
    let (Some(over), Some(unit)) = (over, unit) else { return Ok(draw(&staff, fields, errors).await?.into_response()) };
    let id = staff
        .attempt(move |tx, ctx, who| {
            let proof = in_unit::<Write>(who, unit).ok_or(crate::ReportError::Denied)?;
            make_report(tx, ctx, who.visit().app.modules(), &proof, &Make { op_key, unit, period: over })
        })
        .await?
        .map_err(|error| broken(error, t))?;
    Ok(redirect(format!("/reports/{id}")).done(t.made).into_response())
}
