//! Checklists: those in use, one version with the others, writing, changing and taking out of use.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use web::{Errors, Fields, Page, PageError, Shell, Staff, dates, fill, page, redirect};

use super::{refuse, takes_part};
use crate::checklist;
use crate::events::ChecklistId;
use crate::inspect::{Inspect, InspectError};
use crate::read;
use crate::texts::InspectTexts;

struct Row {
    href: String,
    name: String,
    sub: String,
}

#[derive(Template)]
#[template(path = "inspections/checklists.html")]
struct ListPage {
    shell: Shell,
    t: &'static InspectTexts,
    inspects: bool,
    rows: Vec<Row>,
}

pub(super) async fn list(staff: Staff) -> Result<Page, PageError> {
    staff
        .read(|tx, ctx, who| {
            let inspects = takes_part(who)?;
            let lang = who.visit().lang;
            let t = InspectTexts::of(lang);
            let row = |one: read::Checklist| {
                let at = dates::day(lang, one.at.date(), ctx.now);
                let sub = fill(t.list_sub, &[("n", &one.version), ("lines", &one.lines.len()), ("at", &at)]);
                Row { href: format!("/inspections/lists/{}", one.id), name: one.name, sub }
            };
            let rows = read::checklists(tx)?.into_iter().map(row).collect();
            page(&ListPage { shell: who.shell(t.lists_title), t, inspects, rows })
        })
        .await
}

#[derive(Template)]
#[template(path = "inspections/checklist.html")]
struct ChecklistPage {
    shell: Shell,
    t: &'static InspectTexts,
    errors: Errors,
    state: String,
    lines: Vec<String>,
    /// Text and address; empty for the one that is shown.
    versions: Vec<(String, String)>,
    /// Where it is changed; empty where it is not.
    edit: String,
    end: String,
    op_key: String,
}

pub(super) async fn show(staff: Staff, Path(id): Path<String>) -> Result<Page, PageError> {
    one(&staff, &id, Errors::none()).await
}

async fn one(staff: &Staff, id: &str, errors: Errors) -> Result<Page, PageError> {
    let id: ChecklistId = id.parse().map_err(|_| PageError::NotFound)?;
    let op_key = staff.op_key();
    staff
        .read(move |tx, ctx, who| {
            let inspects = takes_part(who)?;
            let found = read::checklist(tx, id)?.ok_or(PageError::NotFound)?;
            let lang = who.visit().lang;
            let t = InspectTexts::of(lang);
            let all = read::versions(tx, found.list)?;
            let newest = all.first().is_some_and(|newest| newest.id == id);
            let may = inspects && newest && found.ended.is_none();
            let named = |one: &read::Checklist| {
                let at = dates::day(lang, one.at.date(), ctx.now);
                let href = if one.id == id { String::new() } else { format!("/inspections/lists/{}", one.id) };
                (fill(t.list_version, &[("n", &one.version), ("at", &at)]), href)
            };
            let ended = found.ended.map(|at| fill(t.list_ended_at, &[("at", &dates::moment(lang, at, ctx.now))]));
            page(&ChecklistPage {
                shell: who.shell(fill(t.fact_list_version, &[("name", &found.name), ("n", &found.version)])),
                t,
                errors: errors.clone(),
                state: ended.unwrap_or_default(),
                versions: all.iter().map(named).collect(),
                edit: if may { format!("/inspections/lists/{id}/edit") } else { String::new() },
                end: if may { format!("/inspections/lists/{id}/end") } else { String::new() },
                lines: found.lines,
                op_key: op_key.clone(),
            })
        })
        .await
}

#[derive(Template)]
#[template(path = "inspections/checklist_form.html")]
struct FormPage {
    shell: Shell,
    t: &'static InspectTexts,
    errors: Errors,
    fields: Fields,
    action: String,
    op_key: String,
}

pub(super) async fn form(staff: Staff) -> Result<Page, PageError> {
    shown(&staff, None, Fields::default(), Errors::none()).await
}

pub(super) async fn edit(staff: Staff, Path(id): Path<String>) -> Result<Page, PageError> {
    let of: ChecklistId = id.parse().map_err(|_| PageError::NotFound)?;
    shown(&staff, Some(of), Fields::default(), Errors::none()).await
}

/// The form of a new list, or of the next version of one: empty fields are then filled from the version that it follows.
async fn shown(staff: &Staff, of: Option<ChecklistId>, fields: Fields, errors: Errors) -> Result<Page, PageError> {
    let op_key = fields.get("op_key").map_or_else(|| staff.op_key(), str::to_owned);
    staff
        .read(move |tx, _, who| {
            who.has::<Inspect>().ok_or(PageError::Forbidden)?;
            let t = InspectTexts::of(who.visit().lang);
            let (mut fields, mut title, mut action) = (fields.clone(), t.list_title.to_owned(), "/inspections/lists/new".to_owned());
            if let Some(of) = of {
                let found = read::checklist(tx, of)?.ok_or(PageError::NotFound)?;
                title = fill(t.list_edit, &[("n", &found.version)]);
                action = format!("/inspections/lists/{of}/edit");
                if !fields.has("name") {
                    fields.set("name", found.name);
                    fields.set("lines", found.lines.join("\n"));
                }
            }
            page(&FormPage { shell: who.shell(title), t, errors: errors.clone(), fields, action, op_key: op_key.clone() })
        })
        .await
}

pub(super) async fn send(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    let (key, t, sent) = (fields.op_key()?, InspectTexts::of(staff.lang), fields.clone());
    let done = staff
        .attempt(move |tx, ctx, who| {
            let proof = who.has::<Inspect>().ok_or(InspectError::Denied)?;
            store::once(tx, ctx.now, &key, "inspections.checklist", who.person.bytes(), |tx| {
                checklist::enter(tx, ctx, &proof, sent.value("name"), sent.value("lines"))
            })
        })
        .await?;
    match done {
        Ok(id) => Ok(redirect(format!("/inspections/new?list={id}")).done(t.list_saved).into_response()),
        Err(error) => {
            let errors = refuse(t, error)?;
            Ok(shown(&staff, None, fields, errors).await?.again().into_response())
        }
    }
}

pub(super) async fn change(staff: Staff, Path(id): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let of: ChecklistId = id.parse().map_err(|_| PageError::NotFound)?;
    let (key, t, sent) = (fields.op_key()?, InspectTexts::of(staff.lang), fields.clone());
    let done = staff
        .attempt(move |tx, ctx, who| {
            let proof = who.has::<Inspect>().ok_or(InspectError::Denied)?;
            store::once(tx, ctx.now, &key, "inspections.change", who.person.bytes(), |tx| {
                checklist::change(tx, ctx, &proof, of, sent.value("name"), sent.value("lines"))
            })
        })
        .await?;
    match done {
        Ok(id) => Ok(redirect(format!("/inspections/lists/{id}")).done(t.list_saved).into_response()),
        Err(error) => {
            let errors = stale(t, error, "name")?;
            Ok(shown(&staff, Some(of), fields, errors).await?.again().into_response())
        }
    }
}

/// As [`refuse`], where somebody was quicker in words about lists.
fn stale(t: &InspectTexts, error: InspectError, field: &str) -> Result<Errors, PageError> {
    if !matches!(error, InspectError::NotNow) {
        return refuse(t, error);
    }
    let mut errors = Errors::none();
    errors.add(field, t.list_stale);
    Ok(errors)
}

pub(super) async fn end(staff: Staff, Path(id): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let of: ChecklistId = id.parse().map_err(|_| PageError::NotFound)?;
    let (key, t) = (fields.op_key()?, InspectTexts::of(staff.lang));
    let done = staff
        .attempt(move |tx, ctx, who| {
            let proof = who.has::<Inspect>().ok_or(InspectError::Denied)?;
            store::once(tx, ctx.now, &key, "inspections.end", who.person.bytes(), |tx| checklist::end(tx, ctx, &proof, of))
        })
        .await?;
    match done {
        Ok(()) => Ok(redirect("/inspections/lists").done(t.list_ended).into_response()),
        Err(error) => {
            let errors = stale(t, error, "end")?;
            Ok(one(&staff, &id, errors).await?.again().into_response())
        }
    }
}
