//! What is done with a post: giving it to somebody, for good or for a time; giving it another title; ending it.

use askama::Template;
use axum::Router;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base::{Ctx, Date, PersonId, Time, UnitId};
use people::read::{Holding, Person, Post};
use people::{
    ActError, ClosePostError, Grant, HoldError, HoldingId, ManagePeople, ManageUnits, PostId, Role, appoint_security, close_post,
    has_security, hold, rename_post,
};
use store::{StoreError, Tx};

use super::words::AdminTexts;
use super::{Refusal, act, admit, by};
use crate::kit::Choice;
use crate::pages::words::role;
use crate::{App, Errors, Fields, PageError, Shell, Signed, Staff, fill, page, redirect};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/admin/posts/give", get(give_form).post(give))
        .route("/admin/posts/change", get(change_form).post(change))
        .route("/admin/posts/end", post(end))
}

/// The post that a form names, in its unit.
fn find(tx: &mut Tx, ctx: &Ctx, fields: &Fields) -> Result<Post, PageError> {
    let unit: UnitId = fields.id("unit").ok_or(PageError::NotFound)?;
    let post: PostId = fields.id("post").ok_or(PageError::NotFound)?;
    people::read::posts_in(tx, ctx.now, unit)?.into_iter().find(|have| have.id == post).ok_or(PageError::NotFound)
}

fn status(errors: &Errors) -> StatusCode {
    if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY }
}

#[derive(Template)]
#[template(path = "admin-give.html")]
struct GivePage {
    shell: Shell,
    t: &'static AdminTexts,
    errors: Errors,
    fields: Fields,
    unit: UnitId,
    post: PostId,
    name: String,
    q: String,
    rows: Vec<Person>,
    allowed: bool,
    /// Whether it can be given for a time; the first security administrator is appointed for good.
    dates: bool,
}

impl GivePage {
    fn none(&self) -> String {
        fill(self.t.find_none, &[("q", &self.q)])
    }

    fn back(&self) -> String {
        format!("/admin/units?unit={}", self.unit)
    }

    fn give_to(&self, name: &str) -> String {
        fill(self.t.give_to, &[("name", &name)])
    }
}

async fn give_form(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    draw_give(&staff, fields, Errors::none()).await
}

/// The page on which somebody is chosen for a post; with what was typed, where that is to be set right.
async fn draw_give(staff: &Staff, fields: Fields, errors: Errors) -> Result<Response, PageError> {
    staff
        .read(move |tx, ctx, who| {
            admit(who)?;
            let t = AdminTexts::of(who.visit().lang);
            let found = find(tx, ctx, &fields)?;
            let q = fields.text("q");
            let grants = who.has::<Grant>().is_some();
            let first = found.role == Role::SecurityAdmin && !has_security(tx, ctx)? && who.has::<ManagePeople>().is_some();
            let made = page(&GivePage {
                shell: who.shell(t.give_title),
                t,
                errors: errors.clone(),
                fields: fields.clone(),
                unit: found.unit,
                post: found.id,
                name: format!("{} {}", who.tree.full_name(found.unit), found.title),
                rows: if q.is_empty() { Vec::new() } else { people::read::find_persons(tx, &q)? },
                q,
                allowed: first || grants,
                dates: grants,
            })?;
            Ok(made.status(status(&errors)).into_response())
        })
        .await
}

/// The first moment of the day that stands in a field; nothing where it is empty.
fn day(t: &AdminTexts, fields: &Fields, name: &'static str) -> Result<Option<Time>, Refusal> {
    let Some(typed) = fields.opt(name) else { return Ok(None) };
    let date: Date = typed.parse().map_err(|_| Refusal::field(name, t.bad_day))?;
    Ok(Some(Time::from_civil(date.at(0, 0, 0, 0))))
}

fn hold_refused(t: &AdminTexts, error: HoldError) -> Refusal {
    match error {
        HoldError::NotCovered => Refusal::field("q", t.not_covered),
        HoldError::NoPost | HoldError::NoPerson => Refusal::Page(PageError::NotFound),
        HoldError::Held => Refusal::field("q", t.already_held),
        HoldError::OwnCode => Refusal::field("q", t.own_code),
        HoldError::Excluded => Refusal::field("q", t.excluded),
        HoldError::NotFirst => Refusal::field("q", t.not_first),
        HoldError::Store(error) => error.into(),
    }
}

fn given(tx: &mut Tx, ctx: &Ctx, who: &Signed, t: &AdminTexts, fields: &Fields) -> Result<HoldingId, Refusal> {
    let (post, person) = (fields.id::<PostId>("post"), fields.id::<PersonId>("person"));
    let (post, person) = post.zip(person).ok_or(PageError::BadForm)?;
    if who.has::<Grant>().is_none() {
        let proof = who.has::<ManagePeople>().ok_or(PageError::Forbidden)?;
        return appoint_security(tx, ctx, &proof, person, post).map_err(|error| hold_refused(t, error));
    }
    let unit: Option<UnitId> = fields.id("unit");
    let proof = by::<Grant>(who, unit.as_slice())?;
    let from = day(t, fields, "since")?.unwrap_or(ctx.now);
    let Some(last) = day(t, fields, "until")? else {
        return hold(tx, ctx, &proof, person, post, from).map_err(|error| hold_refused(t, error));
    };
    // The last day counts whole.
    people::act(tx, ctx, &proof, person, post, from, last.plus(Time::DAY)).map_err(|error| match error {
        ActError::Hold(error) => hold_refused(t, error),
        ActError::Dates => Refusal::field("until", t.acting_dates),
        ActError::Store(error) => error.into(),
    })
}

async fn give(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    let unit: UnitId = fields.id("unit").ok_or(PageError::BadForm)?;
    let typed = fields.clone();
    let work = move |tx: &mut Tx, ctx: &Ctx, who: &Signed| {
        let t = AdminTexts::of(who.visit().lang);
        given(tx, ctx, who, t, &typed)?;
        Ok(redirect(format!("/admin/units?unit={unit}")).done(t.given))
    };
    act(&staff, work, |errors| draw_give(&staff, fields, errors)).await
}

#[derive(Template)]
#[template(path = "admin-post.html")]
struct PostPage {
    shell: Shell,
    t: &'static AdminTexts,
    errors: Errors,
    fields: Fields,
    unit: UnitId,
    post: PostId,
    name: String,
    role: &'static str,
    /// Who holds it, in words; a post that is held is not ended.
    held: String,
    /// What it answers for, in words.
    answers: String,
    successors: Vec<Choice>,
}

impl PostPage {
    fn back(&self) -> String {
        format!("/admin/units?unit={}", self.unit)
    }
}

async fn change_form(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    draw_change(&staff, fields, Errors::none()).await
}

async fn draw_change(staff: &Staff, fields: Fields, errors: Errors) -> Result<Response, PageError> {
    staff
        .read(move |tx, ctx, who| {
            if who.has::<ManageUnits>().is_none() {
                return Err(PageError::Forbidden);
            }
            let lang = who.visit().lang;
            let t = AdminTexts::of(lang);
            let found = find(tx, ctx, &fields)?;
            let comma = if lang.is_chinese() { "、" } else { ", " };
            let holders: Vec<String> = found.holders.iter().map(|held| named(t, held)).collect();
            let duties: Vec<String> = people::duties_of_post(tx, found.id)?.into_iter().map(|duty| duty.matter).collect();
            let mut successors = Vec::new();
            if !duties.is_empty() {
                let chosen = fields.value("successor");
                successors.push(Choice::new("", t.post_successor_none).chosen(chosen.is_empty()));
                for other in people::read::posts_in(tx, ctx.now, found.unit)?.into_iter().filter(|other| other.id != found.id) {
                    let id = other.id.to_string();
                    successors.push(Choice::new(id.clone(), other.title).chosen(id == chosen));
                }
            }
            let mut fields = fields.clone();
            if fields.get("title").is_none() {
                fields.set("title", found.title.clone());
            }
            let made = page(&PostPage {
                shell: who.shell(t.change_post),
                t,
                errors: errors.clone(),
                fields,
                unit: found.unit,
                post: found.id,
                name: format!("{} {}", who.tree.full_name(found.unit), found.title),
                role: role(lang, found.role),
                held: if holders.is_empty() { String::new() } else { fill(t.post_held, &[("names", &holders.join(comma))]) },
                answers: if duties.is_empty() { String::new() } else { fill(t.post_answers, &[("what", &duties.join(comma))]) },
                successors,
            })?;
            Ok(made.status(status(&errors)).into_response())
        })
        .await
}

/// A holder's name, and whether they act.
pub(super) fn named(t: &AdminTexts, held: &Holding) -> String {
    if held.acting { format!("{}{}", held.name, t.acting) } else { held.name.clone() }
}

fn post_refused(t: &AdminTexts, field: &'static str, error: ClosePostError) -> Refusal {
    match error {
        ClosePostError::NotCovered => Refusal::field(field, t.not_covered),
        ClosePostError::Gone => Refusal::Page(PageError::Conflict(t.gone.to_owned())),
        ClosePostError::Held => Refusal::field(field, t.post_still_held),
        ClosePostError::BadTitle => Refusal::field("title", t.name_bad),
        ClosePostError::Store(error) => error.into(),
    }
}

async fn change(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    let typed = fields.clone();
    let work = move |tx: &mut Tx, ctx: &Ctx, who: &Signed| {
        let t = AdminTexts::of(who.visit().lang);
        let found = find(tx, ctx, &typed)?;
        let proof = by::<ManageUnits>(who, &[found.unit])?;
        rename_post(tx, ctx, &proof, found.id, &typed.text("title")).map_err(|error| post_refused(t, "title", error))?;
        Ok(redirect(format!("/admin/units?unit={}", found.unit)).done(t.saved))
    };
    act(&staff, work, |errors| draw_change(&staff, fields, errors)).await
}

async fn end(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    let typed = fields.clone();
    let work = move |tx: &mut Tx, ctx: &Ctx, who: &Signed| {
        let t = AdminTexts::of(who.visit().lang);
        let found = find(tx, ctx, &typed)?;
        let proof = by::<ManageUnits>(who, &[found.unit])?;
        let successor: Option<PostId> = typed.id("successor");
        if let Some(next) = successor
            && !is_in(tx, ctx, found.unit, next)?
        {
            return Err(Refusal::field("successor", t.gone));
        }
        close_post(tx, ctx, &proof, found.id, successor).map_err(|error| post_refused(t, "end", error))?;
        Ok(redirect(format!("/admin/units?unit={}", found.unit)).done(t.post_ended))
    };
    act(&staff, work, |errors| draw_change(&staff, fields, errors)).await
}

/// Whether a unit has this post.
fn is_in(tx: &mut Tx, ctx: &Ctx, unit: UnitId, post: PostId) -> Result<bool, StoreError> {
    Ok(people::read::posts_in(tx, ctx.now, unit)?.iter().any(|have| have.id == post))
}
