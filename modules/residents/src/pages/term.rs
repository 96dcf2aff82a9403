//! How long an entry is kept and by what right: confirming it, noting a basis, withdrawing consent, removing an entry, and
//! what was removed, each with its proof.

use askama::Template;
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use base::{Ctx, Id, Time};
use people::{Authority, Proof};
use record::EventId;
use record::receipt::Shown;
use store::{StoreError, Tx};
use web::kit::{Choice, Column, Fact};
use web::{Errors, Fields, Lang, Page, PageError, Redirect, Shell, Signed, Staff, dates, fill, page, redirect};

use super::texts::ResidentTexts;
use super::{Stop, draw_show, entry, kept, refused, said_basis};
use crate::enter::EnterError;
use crate::keep::Entry;
use crate::model::Identity;
use crate::permissions::Keep;
use crate::{Ground, KEEP, Means, Noted, ResidentId, Why};

/// Removals on one page.
const MOST: i64 = 200;

fn ground(t: &ResidentTexts, ground: Ground) -> &'static str {
    match ground {
        Ground::Consent => t.ground_consent,
        Ground::Guardian => t.ground_guardian,
        Ground::Duty => t.ground_duty,
    }
}

fn means_name(t: &ResidentTexts, means: Means) -> &'static str {
    match means {
        Means::Written => t.means_written,
        Means::Spoken => t.means_spoken,
        Means::Telephone => t.means_telephone,
        Means::Online => t.means_online,
    }
}

fn why_name(t: &ResidentTexts, why: Why) -> &'static str {
    match why {
        Why::Moved => t.why_moved,
        Why::Died => t.why_died,
        Why::Asked => t.why_asked,
        Why::Wrong => t.why_wrong,
        Why::Term => t.why_term,
        Why::Undone => t.why_undone,
        Why::Twice => t.why_twice,
    }
}

pub(super) fn grounds(t: &ResidentTexts, fields: &Fields) -> Vec<Choice> {
    Choice::list(Ground::ALL.map(|one| (one.code(), ground(t, one))), fields.value("ground"))
}

pub(super) fn means(t: &ResidentTexts, fields: &Fields) -> Vec<Choice> {
    Choice::list(Means::ALL.map(|one| (one.code(), means_name(t, one))), fields.value("means"))
}

/// What an entry is for, and until when it is kept.
pub(super) fn facts(t: &ResidentTexts, lang: Lang, entry: &Entry, ctx: &Ctx) -> Vec<Fact> {
    let mut facts = vec![Fact::new(t.purpose, t.purpose_text)];
    if let (Some(until), Some(term)) = (crate::term::ends(ctx, entry), ctx.rules().number(KEEP)) {
        let chinese = |text: &str| if lang == Lang::Hant { web::lang::to_hant(text) } else { text.to_owned() };
        let (document, article) = (chinese(&term.document), chinese(&term.article));
        let day = dates::day(lang, until.date(), ctx.now);
        let text = fill(t.kept_until_text, &[("day", &day), ("document", &document), ("article", &article), ("days", &term.amount)]);
        facts.push(Fact::new(t.kept_until, text));
    }
    facts
}

/// A basis in words, and who noted it.
pub(super) fn told(tx: &mut Tx, t: &ResidentTexts, lang: Lang, noted: &Noted, now: Time) -> Result<(String, String), StoreError> {
    let name = match noted.by {
        Some(person) => people::read::name_of(tx, person)?.unwrap_or_default(),
        None => t.console.to_owned(),
    };
    let mut said = vec![ground(t, noted.basis.ground).to_owned()];
    said.extend(noted.basis.means.map(|means| means_name(t, means).to_owned()));
    said.push(dates::day(lang, noted.basis.on, now));
    let mut who = fill(t.basis_by, &[("who", &name), ("when", &dates::moment(lang, noted.at, now))]);
    if let Some(at) = noted.withdrawn {
        who = format!("{who} · {}", fill(t.basis_withdrawn, &[("when", &dates::moment(lang, at, now))]));
    }
    Ok((said.join(" · "), who))
}

/// An entry that whoever is signed in keeps, and by what proof.
fn own(tx: &mut Tx, who: &Signed, id: &str) -> Result<(Entry, Proof<Keep>), PageError> {
    let found = entry(tx, who, id)?;
    let proof = who.require::<Keep>(&who.tree, found.community).map_err(|_| PageError::Forbidden)?;
    Ok((found, proof))
}

fn other(error: EnterError) -> PageError {
    match error {
        EnterError::Store(error) => error.into(),
        EnterError::Gone => PageError::NotFound,
        _ => PageError::Forbidden,
    }
}

pub(super) async fn confirm(staff: Staff, Path(id): Path<String>, _checked: Fields) -> Result<Redirect, PageError> {
    let t = ResidentTexts::of(staff.lang);
    let to = staff
        .write(move |tx, ctx, who| {
            let (found, proof) = own(tx, who, &id)?;
            crate::confirm(tx, ctx, Authority::Staff(&proof), found.id).map_err(other)?;
            Ok(format!("/work/residents/{}", found.id))
        })
        .await?;
    Ok(redirect(to).done(t.confirmed))
}

pub(super) async fn note(staff: Staff, Path(id): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let (t, lang) = (ResidentTexts::of(staff.lang), staff.lang);
    let (asked, typed) = (id.clone(), fields.clone());
    let done = staff
        .attempt(move |tx, ctx, who| -> Result<ResidentId, Stop> {
            let (found, proof) = own(tx, who, &asked)?;
            let basis = said_basis(&fields)?.ok_or(EnterError::Basis)?;
            crate::note_basis(tx, ctx, Authority::Staff(&proof), found.id, &basis)?;
            Ok(found.id)
        })
        .await?;
    let error = match done {
        Ok(id) => return Ok(redirect(format!("/work/residents/{id}")).done(t.basis_noted).into_response()),
        Err(Stop::Page(error)) => return Err(error),
        Err(Stop::Enter(error)) => error,
    };
    let (field, words) = refused(t, lang, error)?;
    let mut errors = Errors::none();
    errors.add(field, words);
    Ok(draw_show(&staff, id, typed, errors).await?.again().into_response())
}

pub(super) async fn withdraw(staff: Staff, Path(id): Path<String>, _checked: Fields) -> Result<Redirect, PageError> {
    let t = ResidentTexts::of(staff.lang);
    let to = staff
        .write(move |tx, ctx, who| {
            let (found, proof) = own(tx, who, &id)?;
            match crate::withdraw_consent(tx, ctx, Authority::Staff(&proof), found.id) {
                // Pressed twice: there is nothing any more to withdraw.
                Ok(()) | Err(EnterError::Basis) => Ok(format!("/work/residents/{}", found.id)),
                Err(error) => Err(other(error)),
            }
        })
        .await?;
    Ok(redirect(to).done(t.withdrawn))
}

#[derive(Template)]
#[template(path = "residents/remove.html")]
struct RemovePage {
    shell: Shell,
    t: &'static ResidentTexts,
    errors: Errors,
    base: String,
    facts: Vec<Fact>,
    whys: Vec<Choice>,
}

pub(super) async fn ask_remove(staff: Staff, Path(id): Path<String>) -> Result<Page, PageError> {
    draw_remove(&staff, id, Errors::none()).await
}

async fn draw_remove(staff: &Staff, id: String, errors: Errors) -> Result<Page, PageError> {
    staff
        .read(move |tx, ctx, who| {
            let (found, _) = own(tx, who, &id)?;
            let t = ResidentTexts::of(who.visit().lang);
            let identity: Identity = crate::keep::opened(ctx, crate::model::IDENTITY, &found.sealed.identity)?;
            let facts = vec![
                Fact::new(t.name, crate::mask_name(&identity.name)),
                Fact::new(t.place, who.tree.full_name(found.grid().unwrap_or(found.community))),
            ];
            let whys = Choice::list(Why::BY_HAND.map(|why| (why.code(), why_name(t, why))), "");
            let base = format!("/work/residents/{}", found.id);
            page(&RemovePage { shell: who.shell(t.remove_title), t, errors: errors.clone(), base, facts, whys })
        })
        .await
}

pub(super) async fn remove(staff: Staff, Path(id): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let t = ResidentTexts::of(staff.lang);
    let Some(why) = Why::parse(fields.value("why")).filter(|why| Why::BY_HAND.contains(why)) else {
        let mut errors = Errors::none();
        errors.add("why", t.remove_why_missing);
        return Ok(draw_remove(&staff, id, errors).await?.again().into_response());
    };
    let community = staff
        .write(move |tx, ctx, who| {
            let (found, proof) = own(tx, who, &id)?;
            crate::remove(tx, ctx, Authority::Staff(&proof), found.id, why).map_err(other)?;
            Ok(found.community)
        })
        .await?;
    Ok(redirect(format!("/work/residents?unit={community}")).done(t.removed).into_response())
}

struct GoneLine {
    when: String,
    why: &'static str,
    by: String,
    proof: String,
}

#[derive(Template)]
#[template(path = "residents/gone.html")]
struct GonePage {
    shell: Shell,
    t: &'static ResidentTexts,
    columns: Vec<Column>,
    lines: Vec<GoneLine>,
    back: String,
}

/// What was removed from a register.
pub(super) async fn gone(staff: Staff, fields: Fields) -> Result<Page, PageError> {
    staff
        .read(move |tx, ctx, who| {
            let asked = Fields::from_pairs([("community", fields.value("unit"))]);
            let community = kept(who, &asked)?;
            let (lang, t) = (who.visit().lang, ResidentTexts::of(who.visit().lang));
            let mut lines = Vec::new();
            for gone in crate::gone(tx, community, MOST)? {
                let by = match gone.by {
                    Some(person) => people::read::name_of(tx, person)?.unwrap_or_default(),
                    None => t.gone_itself.to_owned(),
                };
                lines.push(GoneLine {
                    when: dates::moment(lang, gone.at, ctx.now),
                    why: why_name(t, gone.why),
                    by,
                    proof: format!("/work/residents/gone/{}/proof.json", gone.told.0),
                });
            }
            let columns = [t.gone_when, t.gone_why, t.gone_by, t.gone_proof].map(Column::new).into();
            let back = format!("/work/residents?unit={community}");
            page(&GonePage { shell: who.shell(t.gone_title), t, columns, lines, back })
        })
        .await
}

/// The proof of a removal: every step of the entry as the log holds it, from when it was entered until it was gone. It
/// holds digests and codes only, and is checked without us.
pub(super) async fn proof(staff: Staff, Path(told): Path<String>) -> Result<Response, PageError> {
    let told: Id = told.parse().map_err(|_| PageError::NotFound)?;
    let json = staff
        .read(move |tx, _, who| {
            let gone = crate::gone_one(tx, EventId(told))?.ok_or(PageError::NotFound)?;
            if !who.may::<Keep>(&who.tree, gone.community) {
                return Err(PageError::NotFound);
            }
            let lang = who.visit().lang;
            let shown: Vec<Shown> = record::of_subject(tx, gone.resident.0)?
                .into_iter()
                .map(|event| {
                    let title = crate::audited::audited(lang, &event.kind).map_or_else(String::new, |audited| audited.name.to_owned());
                    Shown { title, event: Some(event), texts: Vec::new() }
                })
                .collect();
            let district = who.visit().district.name();
            Ok(record::receipt::make(tx, &gone.resident.to_string(), &district, &shown)?.to_json())
        })
        .await?;
    let mut response = json.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(name) = HeaderValue::from_str(&format!("attachment; filename=\"removed-{told}.json\"")) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}
