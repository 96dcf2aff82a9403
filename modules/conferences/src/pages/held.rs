//! What one's units owe, what was held, and a conference with what it decided.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use base::{Ctx, Date, UnitId};
use web::due::{Line, Look};
use web::kit::{Choice, Fact};
use web::{Errors, Fields, Page, PageError, Shell, Staff, dates, fill, page, redirect};

use super::refuse;
use crate::events::ConferenceId;
use crate::hold::{self, ConferenceError, Hold};
use crate::permissions::{Convene, See};
use crate::read::{self, State};
use crate::texts::ConferenceTexts;
use crate::{seen, task};

/// Conferences on the list.
const MOST: i64 = 100;

struct Row {
    href: String,
    title: String,
    sub: String,
}

#[derive(Template)]
#[template(path = "conferences/list.html")]
struct ListPage {
    shell: Shell,
    t: &'static ConferenceTexts,
    convenes: bool,
    owed: Vec<Line>,
    rows: Vec<Row>,
}

/// The day as people say it.
fn held_on(lang: web::Lang, on: &str, ctx: &Ctx) -> String {
    on.parse::<Date>().map_or_else(|_| on.to_owned(), |day| dates::day(lang, day, ctx.now))
}

pub(super) async fn list(staff: Staff) -> Result<Page, PageError> {
    staff
        .read(|tx, ctx, who| {
            who.has::<See>().ok_or(PageError::Forbidden)?;
            let lang = who.visit().lang;
            let t = ConferenceTexts::of(lang);
            let (own, tree) = (who.units(), &who.tree);
            let look = Look { actor: Some(who), tree, lang, unit: tree.district().map(|unit| unit.id).unwrap_or_default() };
            let owed =
                read::open(tx)?.into_iter().filter(|task| own.contains(&task.owes())).map(|task| seen::line(ctx, &look, &task)).collect();
            let mut rows = Vec::new();
            for one in read::conferences(tx, who, tree, MOST)? {
                let tasks = read::tasks(tx, one.id)?;
                let open = tasks.iter().filter(|task| task.state != State::Closed).count();
                let on = held_on(lang, &one.on, ctx);
                let sub =
                    [("unit", &tree.full_name(one.unit) as &dyn std::fmt::Display), ("on", &on), ("n", &tasks.len()), ("open", &open)];
                rows.push(Row { href: format!("/conferences/{}", one.id), sub: fill(t.held_sub, &sub), title: one.title });
            }
            page(&ListPage { shell: who.shell(t.title), t, convenes: who.has::<Convene>().is_some(), owed, rows })
        })
        .await
}

#[derive(Template)]
#[template(path = "conferences/new.html")]
struct NewPage {
    shell: Shell,
    t: &'static ConferenceTexts,
    errors: Errors,
    fields: Fields,
    units: Vec<Choice>,
    op_key: String,
}

pub(super) async fn form(staff: Staff) -> Result<Page, PageError> {
    form_shown(&staff, Fields::default(), Errors::none()).await
}

async fn form_shown(staff: &Staff, fields: Fields, errors: Errors) -> Result<Page, PageError> {
    let op_key = fields.get("op_key").map_or_else(|| staff.op_key(), str::to_owned);
    staff
        .read(move |_, ctx, who| {
            let proof = who.has::<Convene>().ok_or(PageError::Forbidden)?;
            let t = ConferenceTexts::of(who.visit().lang);
            let mut fields = fields.clone();
            if !fields.has("on") {
                fields.set("on", ctx.now.date().to_string());
            }
            let units = hold::invited(&who.tree, proof.unit()).into_iter().map(|unit| {
                let value = unit.to_string();
                let name = who.tree.get(unit).map(|unit| unit.name.clone()).unwrap_or_default();
                Choice::new(value.clone(), name).chosen(fields.chose("units", &value))
            });
            let units = units.collect();
            page(&NewPage { shell: who.shell(t.new), t, errors: errors.clone(), units, op_key: op_key.clone(), fields })
        })
        .await
}

pub(super) async fn send(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    let (key, t, sent) = (fields.op_key()?, ConferenceTexts::of(staff.lang), fields.clone());
    let done = staff
        .attempt(move |tx, ctx, who| {
            let proof = who.has::<Convene>().ok_or(ConferenceError::Denied)?;
            let on = sent.value("on").parse::<Date>().map_err(|_| ConferenceError::Field("on"))?;
            let units = sent.all("units").map(|unit| unit.parse::<base::Id>().map(UnitId)).collect::<Result<_, _>>();
            let units = units.map_err(|_| ConferenceError::Field("units"))?;
            let input = Hold { title: sent.text("title"), on, place: sent.text("place"), units, note: sent.text("note") };
            store::once(tx, ctx.now, &key, "conferences.hold", who.person.bytes(), |tx| hold::hold(tx, ctx, &proof, &input))
        })
        .await?;
    match done {
        Ok(id) => Ok(redirect(format!("/conferences/{id}")).done(t.saved).into_response()),
        Err(error) => {
            let errors = refuse(t, error)?;
            Ok(form_shown(&staff, fields, errors).await?.again().into_response())
        }
    }
}

#[derive(Template)]
#[template(path = "conferences/conference.html")]
struct ConferencePage {
    shell: Shell,
    t: &'static ConferenceTexts,
    errors: Errors,
    fields: Fields,
    facts: Vec<Fact>,
    heading: String,
    note: String,
    tasks: Vec<Line>,
    convenes: bool,
    units: Vec<Choice>,
    id: String,
    op_key: String,
}

pub(super) async fn show(staff: Staff, Path(id): Path<String>) -> Result<Page, PageError> {
    shown(&staff, &id, Fields::default(), Errors::none()).await
}

async fn shown(staff: &Staff, id: &str, fields: Fields, errors: Errors) -> Result<Page, PageError> {
    let id: ConferenceId = id.parse().map_err(|_| PageError::NotFound)?;
    let op_key = fields.get("op_key").map_or_else(|| staff.op_key(), str::to_owned);
    staff
        .read(move |tx, ctx, who| {
            let (lang, tree) = (who.visit().lang, &who.tree);
            let held = read::conference(tx, id)?.filter(|held| read::may_see(who, tree, held)).ok_or(PageError::NotFound)?;
            let t = ConferenceTexts::of(lang);
            let look = Look { actor: Some(who), tree, lang, unit: tree.district().map(|unit| unit.id).unwrap_or_default() };
            let tasks = read::tasks(tx, id)?.iter().map(|task| seen::line(ctx, &look, task)).collect();
            let caller = tree.heir(held.unit);
            let convenes = who.each::<Convene>().any(|proof| proof.unit() == caller);
            let names: Vec<String> = held.units.iter().map(|unit| tree.full_name(*unit)).collect();
            let mark = if lang.is_chinese() { "、" } else { ", " };
            let mut owners: Vec<UnitId> = Vec::new();
            for unit in std::iter::once(held.unit).chain(held.units.iter().copied()).map(|unit| tree.heir(unit)) {
                if tree.get(unit).is_some_and(|unit| !unit.is_closed()) && !owners.contains(&unit) {
                    owners.push(unit);
                }
            }
            let units = owners.into_iter().map(|unit| {
                let value = unit.to_string();
                Choice::new(value.clone(), tree.full_name(unit)).chosen(fields.value("unit") == value)
            });
            page(&ConferencePage {
                shell: who.shell(t.conference),
                t,
                errors: errors.clone(),
                facts: vec![
                    Fact::new(t.fact_by, tree.full_name(held.unit)),
                    Fact::new(t.fact_on, held_on(lang, &held.on, ctx)),
                    Fact::new(t.fact_place, held.place.clone()),
                    Fact::new(t.fact_units, names.join(mark)),
                ],
                tasks,
                convenes,
                units: units.collect(),
                heading: held.title,
                note: held.note,
                id: id.to_string(),
                op_key: op_key.clone(),
                fields: fields.clone(),
            })
        })
        .await
}

pub(super) async fn give(staff: Staff, Path(id): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let (key, t, sent) = (fields.op_key()?, ConferenceTexts::of(staff.lang), fields.clone());
    let conference: ConferenceId = id.parse().map_err(|_| PageError::NotFound)?;
    let done = staff
        .attempt(move |tx, ctx, who| {
            let held = read::conference(tx, conference)?.ok_or(ConferenceError::NotFound)?;
            let caller = who.tree.heir(held.unit);
            let proof = who.each::<Convene>().find(|proof| proof.unit() == caller).ok_or(ConferenceError::Denied)?;
            let unit = sent.id::<UnitId>("unit").ok_or(ConferenceError::Field("unit"))?;
            let day = sent.value("due").parse::<Date>().map_err(|_| ConferenceError::Field("due"))?;
            store::once(tx, ctx.now, &key, "conferences.give", who.person.bytes(), |tx| {
                task::give(tx, ctx, &proof, conference, unit, sent.value("text"), day)
            })
        })
        .await?;
    match done {
        Ok(_) => Ok(redirect(format!("/conferences/{id}")).done(t.added).into_response()),
        Err(error) => {
            let errors = refuse(t, error)?;
            Ok(shown(&staff, &id, fields, errors).await?.again().into_response())
        }
    }
}
