//! A visit: written down in two steps, and shown line by line, also where nothing was found.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use base::{Date, UnitId};
use web::kit::{Choice, Column, Fact, Light};
use web::{Errors, Fields, Page, PageError, Shell, Staff, dates, fill, page, redirect};

use super::refuse;
use crate::checklist::MOST_LINES;
use crate::events::{ChecklistId, InspectionId};
use crate::inspect::{self, Inspect, Visit};
use crate::texts::InspectTexts;
use crate::{read, seen};

#[derive(Template)]
#[template(path = "inspections/visit.html")]
struct FormPage {
    shell: Shell,
    t: &'static InspectTexts,
    errors: Errors,
    fields: Fields,
    lists: Vec<Choice>,
    units: Vec<Choice>,
    /// The lines of the list that was chosen; none on the first page.
    lines: Vec<(String, String, String)>,
    heading: String,
    op_key: String,
}

pub(super) async fn form(staff: Staff, fields: Fields) -> Result<Page, PageError> {
    shown(&staff, fields, Errors::none()).await
}

async fn shown(staff: &Staff, fields: Fields, errors: Errors) -> Result<Page, PageError> {
    let op_key = fields.get("op_key").map_or_else(|| staff.op_key(), str::to_owned);
    staff
        .read(move |tx, ctx, who| {
            let proof = who.has::<Inspect>().ok_or(PageError::Forbidden)?;
            let t = InspectTexts::of(who.visit().lang);
            let mut fields = fields.clone();
            if !fields.has("on") {
                fields.set("on", ctx.now.date().to_string());
            }
            let lists = read::checklists(tx)?;
            let unit = fields.id::<UnitId>("unit").filter(|unit| who.tree.is_within(*unit, proof.reach()));
            // A version that was changed meanwhile is still the one that was looked at.
            let chosen = match fields.id::<ChecklistId>("list").filter(|_| unit.is_some()) {
                Some(id) => read::checklist(tx, id)?.filter(|list| list.ended.is_none()),
                None => None,
            };
            let lines = chosen.map(|list| {
                let line =
                    |(n, line): (usize, &String)| (format!("finding{n}"), line.clone(), fields.value(&format!("finding{n}")).to_owned());
                list.lines.iter().enumerate().map(line).collect()
            });
            let heading = unit.map(|unit| fill(t.lines_title, &[("unit", &who.tree.full_name(unit))])).unwrap_or_default();
            let units = who.tree.subtree(proof.reach()).into_iter().filter(|one| !one.is_closed() && read::is_visited(one.level));
            page(&FormPage {
                shell: who.shell(t.choose_title),
                t,
                errors: errors.clone(),
                lists: lists
                    .iter()
                    .map(|list| Choice::new(list.id.to_string(), list.name.clone()).chosen(Some(list.id) == fields.id("list")))
                    .collect(),
                units: units
                    .filter(|one| !who.tree.is_within(one.id, proof.unit()))
                    .map(|one| Choice::new(one.id.to_string(), who.tree.full_name(one.id)).chosen(Some(one.id) == unit))
                    .collect(),
                lines: lines.unwrap_or_default(),
                heading,
                op_key: op_key.clone(),
                fields,
            })
        })
        .await
}

pub(super) async fn send(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    let (key, t, sent) = (fields.op_key()?, InspectTexts::of(staff.lang), fields.clone());
    let mut errors = Errors::none();
    let (list, unit) = (fields.id::<ChecklistId>("list"), fields.id::<UnitId>("unit"));
    if unit.is_none() {
        errors.add("unit", t.wrong_unit);
    }
    let on = fields.value("on").parse::<Date>().ok();
    if on.is_none() {
        errors.add("on", t.wrong_on);
    }
    let (Some(list), Some(unit), Some(on)) = (list, unit, on) else {
        return Ok(shown(&staff, fields, errors).await?.again().into_response());
    };
    if !fields.has("lines") {
        return Ok(shown(&staff, fields, errors).await?.into_response());
    }
    let done = staff
        .attempt(move |tx, ctx, who| {
            let proof = who.require::<Inspect>(&who.tree, unit)?;
            let found = (0..MOST_LINES).map(|n| (n, sent.text(&format!("finding{n}")))).filter(|(_, words)| !words.is_empty());
            let visit = Visit { checklist: list, unit, on, note: sent.text("note"), findings: found.collect() };
            store::once(tx, ctx.now, &key, "inspections.visit", who.person.bytes(), |tx| inspect::inspect(tx, ctx, &proof, &visit))
        })
        .await?;
    match done {
        Ok(id) => Ok(redirect(format!("/inspections/v/{id}")).done(t.saved).into_response()),
        Err(error) => {
            let errors = refuse(t, error)?;
            Ok(shown(&staff, fields, errors).await?.again().into_response())
        }
    }
}

/// What was found at one line of the list.
struct Found {
    href: String,
    text: String,
    light: Light,
    state: String,
    /// How long there is, where something is to be done yet.
    left: String,
}

struct Line {
    item: String,
    found: Vec<Found>,
}

#[derive(Template)]
#[template(path = "inspections/visited.html")]
struct VisitPage {
    shell: Shell,
    t: &'static InspectTexts,
    facts: Vec<Fact>,
    note: String,
    columns: Vec<Column>,
    lines: Vec<Line>,
}

pub(super) async fn show(staff: Staff, Path(id): Path<String>) -> Result<Page, PageError> {
    let id: InspectionId = id.parse().map_err(|_| PageError::NotFound)?;
    staff
        .read(move |tx, ctx, who| {
            let visit = read::visit(tx, id)?.filter(|visit| read::may_see(who, &who.tree, visit.unit)).ok_or(PageError::NotFound)?;
            let lang = who.visit().lang;
            let t = InspectTexts::of(lang);
            let list = read::checklist(tx, visit.checklist)?.ok_or(PageError::NotFound)?;
            let findings = read::of_inspection(tx, id)?;
            let found = |finding: &read::Finding| {
                let (light, left) = seen::light(ctx, lang, finding);
                let over = finding.state == read::State::Closed;
                let (state, left) = if over { (left, String::new()) } else { (seen::state(t, finding.state).to_owned(), left) };
                Found { href: format!("/inspections/f/{}", finding.id), text: finding.text.clone(), light, state, left }
            };
            let lines = list.lines.iter().map(|item| Line {
                item: item.clone(),
                found: findings.iter().filter(|finding| finding.item == *item).map(found).collect(),
            });
            let named = fill(t.fact_list_version, &[("name", &list.name), ("n", &list.version)]);
            let person = people::read::name_of(tx, visit.person)?.unwrap_or_default();
            let on = seen::day(lang, &visit.on, ctx.now);
            page(&VisitPage {
                shell: who.shell(t.visit),
                t,
                facts: vec![
                    Fact::new(t.fact_unit, who.tree.full_name(visit.unit)),
                    Fact::new(t.fact_on, on),
                    Fact::new(t.fact_list, named).to(format!("/inspections/lists/{}", list.id)),
                    Fact::new(t.fact_by, who.tree.full_name(visit.by)),
                    Fact::new(t.fact_person, person),
                    Fact::new(t.fact_made, dates::moment(lang, visit.at, ctx.now)),
                ],
                note: visit.note,
                columns: vec![Column::new(t.column_line), Column::new(t.column_result)],
                lines: lines.collect(),
            })
        })
        .await
}
