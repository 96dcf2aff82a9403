//! The form, one question a page. What was typed is a draft on the server until it is sent, so that
//! every page can be gone back to, reloaded and left, with scripts or without.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use base::{Ctx, UnitId};
use people::{Level, Tree};
use store::{StoreError, Tx};
use web::drafts::{self, Token};
use web::kit::{Choice, Fact, Group, Photo};
use web::shell::Tone;
use web::{Errors, Fields, Limit, Page, PageError, Shell, Visit, fill, page, photos, redirect};

use super::typed::{Typed, UNKNOWN};
use super::{ResidentTexts, places};
use crate::pages::kept::{self, Kept};
use crate::said::{Invalid, LONGEST, MOST_PHOTOS};
use crate::submit::{self, Ready, Receipt, Submit, SubmitError};

/// The draft of this browser, or an empty form.
fn draft(tx: &mut Tx, ctx: &Ctx, visit: &Visit) -> Result<Option<Typed>, StoreError> {
    match Token::of(visit) {
        Some(token) => drafts::load(tx, ctx, &token),
        None => Ok(None),
    }
}

/// To the first question; what was begun is gone on with.
pub(super) async fn begin() -> web::Redirect {
    redirect("/report/what")
}

/// Changes the draft, then goes on to the page that `then` names; or shows the page again.
async fn change(
    visit: &Visit,
    edit: impl Fn(&mut Typed, &Tree, &mut Errors) -> &'static str + Send + Sync + 'static,
    again: impl Fn(&Visit, &Tree, Typed, Errors) -> Result<Page, PageError> + Send + 'static,
) -> Result<Response, PageError> {
    let token = Token::of_or_new(visit);
    let (v, kept) = (visit.clone(), token.clone());
    let next = visit
        .write(move |tx, ctx| {
            let tree = people::tree(tx)?;
            let mut typed = draft(tx, ctx, &v)?.unwrap_or_else(|| Typed { op_key: v.op_key(), ..Typed::default() });
            let mut errors = Errors::none();
            let to = edit(&mut typed, &tree, &mut errors);
            // What does not pass yet is kept as well: nothing that was typed is lost.
            drafts::save(tx, ctx, &kept, &typed)?;
            for photo in &typed.photos {
                photos::keep(tx, photo, kept.subject())?;
            }
            if errors.is_empty() && to == "/report/about" {
                // Something like it may be public already.
                return Ok(Ok(crate::pages::public::after_place(tx, &tree, &typed)?));
            }
            if errors.is_empty() { Ok(Ok(to)) } else { again(&v, &tree, typed, errors).map(Err) }
        })
        .await?;
    match next {
        Ok(to) => Ok(redirect(to).draft(visit, &token).into_response()),
        Err(page) => Ok(page.again().draft(visit, &token).into_response()),
    }
}

/// Shows a page with the draft as it stands.
async fn shown(
    visit: Visit,
    make: impl Fn(&Visit, &Tree, Typed, Errors) -> Result<Page, PageError> + Send + 'static,
) -> Result<Page, PageError> {
    let v = visit.clone();
    visit
        .read(move |tx, ctx| {
            let tree = people::tree(tx)?;
            let typed = draft(tx, ctx, &v)?.unwrap_or_default();
            make(&v, &tree, typed, Errors::none())
        })
        .await
}

// The first question.

#[derive(Template)]
#[template(path = "resident/what.html")]
struct WhatPage {
    shell: Shell,
    t: &'static ResidentTexts,
    errors: Errors,
    text: String,
    most: usize,
    kept: Vec<Kept>,
    here: String,
    grid: String,
}

fn what_page(visit: &Visit, tree: &Tree, typed: Typed, errors: Errors, grid: &str) -> Result<Page, PageError> {
    let t = ResidentTexts::of(visit.lang);
    let place = tree.find_code(grid).filter(|unit| unit.level == Level::Grid);
    let here = place.map(|unit| fill(t.grid_here, &[("place", &tree.full_name(unit.id))])).unwrap_or_default();
    let kept = typed
        .photos
        .iter()
        .enumerate()
        .map(|(at, photo)| {
            let value = record::hex(&photo.digest);
            Kept { src: format!("/report/photo/{value}"), value, alt: visit.shell("").n(visit.shell("").t.photo_n, at + 1) }
        })
        .collect();
    let grid = place.map(|unit| unit.code.clone()).unwrap_or_default();
    page(&WhatPage { shell: visit.shell(t.what_title), t, errors, text: typed.text, most: LONGEST, kept, here, grid })
}

/// What happened.
pub(super) async fn what(visit: Visit, fields: Fields) -> Result<Page, PageError> {
    let grid = fields.value("g").to_owned();
    shown(visit, move |visit, tree, typed, errors| what_page(visit, tree, typed, errors, &grid)).await
}

/// A grid's QR code was scanned: the place is chosen.
pub(super) async fn scanned(visit: Visit, Path(code): Path<String>) -> Result<web::Redirect, PageError> {
    let known = visit
        .read(move |tx, _| {
            Ok::<_, PageError>(people::tree(tx)?.find_code(&code).filter(|u| u.level == Level::Grid).map(|u| u.code.clone()))
        })
        .await?;
    Ok(redirect(known.map_or_else(|| "/report/what".to_owned(), |code| format!("/report/what?g={code}"))))
}

/// The first answer.
pub(super) async fn what_sent(visit: Visit, fields: Fields) -> Result<Response, PageError> {
    visit.limit(Limit::Submit)?;
    let lang = visit.lang;
    let (taken, refused) = photos::take_each(&visit, &fields, "photo", MOST_PHOTOS).await?;
    let refused = kept::words(lang, &refused);
    let grid = fields.value("g").to_owned();
    let grid_again = grid.clone();
    change(
        &visit,
        move |typed, tree, errors| {
            fields.value("text").clone_into(&mut typed.text);
            typed.photos.retain(|photo| !fields.chose("drop", &record::hex(&photo.digest)));
            let free = MOST_PHOTOS.saturating_sub(typed.photos.len());
            typed.photos.extend(taken.iter().take(free).copied());
            if taken.len() > free {
                errors.add("photo", ResidentTexts::of(lang).photos_many);
            }
            if !refused.is_empty() {
                errors.add("photo", refused.clone());
            }
            typed.check_what(lang, errors);
            match tree.find_code(&grid).filter(|unit| unit.level == Level::Grid) {
                Some(unit) => {
                    typed.place = unit.id.to_string();
                    "/report/about"
                }
                None => "/report/where",
            }
        },
        move |visit, tree, typed, errors| what_page(visit, tree, typed, errors, &grid_again),
    )
    .await
}

/// A photo of the draft, small, for the browser that has it.
pub(super) async fn photo(visit: Visit, Path(digest): Path<String>) -> Result<Response, PageError> {
    let v = visit.clone();
    let wanted = photos::parse_digest(&digest).ok_or(PageError::NotFound)?;
    let small = visit
        .read(move |tx, ctx| {
            let typed = draft(tx, ctx, &v)?.ok_or(PageError::NotFound)?;
            typed.photos.iter().find(|photo| photo.digest == wanted).map(|photo| photo.small).ok_or(PageError::NotFound)
        })
        .await?;
    photos::serve(&visit.district, small).await
}

// The second question.

#[derive(Template)]
#[template(path = "resident/where.html")]
struct WherePage {
    shell: Shell,
    t: &'static ResidentTexts,
    errors: Errors,
    spot: String,
    groups: Vec<Group>,
}

fn where_page(visit: &Visit, tree: &Tree, typed: Typed, errors: Errors) -> Result<Page, PageError> {
    let t = ResidentTexts::of(visit.lang);
    // The list shows communities: a grid that was chosen is shown by its community.
    let chosen = match typed.place(tree) {
        Some(place) => tree.at_level(place, Level::Community).map_or(typed.place.clone(), |unit| unit.id.to_string()),
        None => typed.place.clone(),
    };
    let groups = places::communities(tree, t, &chosen);
    page(&WherePage { shell: visit.shell(t.where_title), t, errors, spot: typed.spot, groups })
}

/// Where it is.
pub(super) async fn place(visit: Visit) -> Result<Page, PageError> {
    shown(visit, where_page).await
}

/// The second answer.
pub(super) async fn place_sent(visit: Visit, fields: Fields) -> Result<Response, PageError> {
    let lang = visit.lang;
    change(
        &visit,
        move |typed, tree, errors| {
            let before = typed.place(tree).and_then(|place| tree.at_level(place, Level::Community)).map(|unit| unit.id.to_string());
            fields.value("spot").clone_into(&mut typed.spot);
            // Choosing the same community again does not forget its grid.
            if before.as_deref() != Some(fields.value("place")) {
                fields.value("place").clone_into(&mut typed.place);
            }
            typed.check_where(lang, tree, errors);
            if typed.place(tree).is_some_and(|place| grids_of(tree, place).is_some()) { "/report/grid" } else { "/report/about" }
        },
        where_page,
    )
    .await
}

/// The community of a place, if it has grids to choose from.
fn grids_of(tree: &Tree, place: UnitId) -> Option<UnitId> {
    let community = tree.at_level(place, Level::Community)?.id;
    tree.children(community).any(|unit| unit.level == Level::Grid).then_some(community)
}

#[derive(Template)]
#[template(path = "resident/grid.html")]
struct GridPage {
    shell: Shell,
    t: &'static ResidentTexts,
    legend: String,
    choices: Vec<Choice>,
}

fn grid_page(visit: &Visit, tree: &Tree, typed: &Typed) -> Result<Option<Page>, PageError> {
    let t = ResidentTexts::of(visit.lang);
    let Some(community) = typed.place(tree).and_then(|place| grids_of(tree, place)) else { return Ok(None) };
    let legend = fill(t.grid_label, &[("place", &tree.get(community).map(|unit| unit.name.clone()).unwrap_or_default())]);
    let choices = places::grids(tree, t, community, &typed.place);
    page(&GridPage { shell: visit.shell(t.grid_title), t, legend, choices }).map(Some)
}

/// In which grid.
pub(super) async fn grid(visit: Visit) -> Result<Response, PageError> {
    let v = visit.clone();
    let shown = visit
        .read(move |tx, ctx| {
            let tree = people::tree(tx)?;
            grid_page(&v, &tree, &draft(tx, ctx, &v)?.unwrap_or_default())
        })
        .await?;
    Ok(shown.map_or_else(|| redirect("/report/where").into_response(), IntoResponse::into_response))
}

/// The grid, or that it is not known.
pub(super) async fn grid_sent(visit: Visit, fields: Fields) -> Result<Response, PageError> {
    change(
        &visit,
        move |typed, tree, _| {
            let chosen = fields.value("grid");
            let community = typed.place(tree).and_then(|place| grids_of(tree, place));
            let fits =
                |id: UnitId| community.is_some_and(|community| id == community || tree.parent(id).is_some_and(|up| up.id == community));
            if chosen.parse().ok().map(UnitId).is_some_and(fits) {
                chosen.clone_into(&mut typed.place);
            }
            "/report/about"
        },
        where_page,
    )
    .await
}

// The third question.

#[derive(Template)]
#[template(path = "resident/about.html")]
struct AboutPage {
    shell: Shell,
    t: &'static ResidentTexts,
    errors: Errors,
    choices: Vec<Choice>,
    groups: Vec<Group>,
    about_name: String,
}

/// The three rows of the third question.
pub(super) fn about_choices(t: &ResidentTexts, chosen: &str) -> Vec<Choice> {
    vec![
        Choice::new("none", t.about_none).chosen(chosen == "none" || chosen.is_empty()),
        Choice::new("unit", t.about_unit_choice).hint(t.about_unit_hint).chosen(chosen == "unit"),
        Choice::new("person", t.about_person_choice).hint(t.about_person_hint).chosen(chosen == "person"),
    ]
}

fn about_page(visit: &Visit, tree: &Tree, typed: Typed, errors: Errors) -> Result<Page, PageError> {
    let t = ResidentTexts::of(visit.lang);
    let groups = places::units(tree, t.departments, &typed.about_unit);
    let choices = about_choices(t, &typed.about);
    page(&AboutPage { shell: visit.shell(t.about_title), t, errors, choices, groups, about_name: typed.about_name })
}

/// Whom it is about.
pub(super) async fn about(visit: Visit) -> Result<Page, PageError> {
    shown(visit, about_page).await
}

/// The third answer.
pub(super) async fn about_sent(visit: Visit, fields: Fields) -> Result<Response, PageError> {
    let lang = visit.lang;
    change(
        &visit,
        move |typed, tree, errors| {
            fields.value("about").clone_into(&mut typed.about);
            fields.value("about_unit").clone_into(&mut typed.about_unit);
            fields.value("about_name").clone_into(&mut typed.about_name);
            typed.check_about(lang, tree, errors);
            "/report/who"
        },
        about_page,
    )
    .await
}

// The fourth question.

#[derive(Template)]
#[template(path = "resident/who.html")]
struct WhoPage {
    shell: Shell,
    t: &'static ResidentTexts,
    errors: Errors,
    choices: Vec<Choice>,
    flags: Vec<Choice>,
    phone: String,
    called: String,
}

/// The two rows of the fourth question.
pub(super) fn who_choices(t: &ResidentTexts, chosen: &str) -> Vec<Choice> {
    vec![
        Choice::new("phone", t.who_phone_choice).chosen(chosen == "phone" || chosen.is_empty()),
        Choice::new("none", t.who_anonymous).hint(t.who_anonymous_hint).chosen(chosen == "none"),
    ]
}

/// The boxes of the fourth question.
pub(super) fn flag_choices(visit: &Visit, typed: &Typed) -> Vec<Choice> {
    let t = ResidentTexts::of(visit.lang);
    let mut choices = vec![
        Choice::new("confidential", t.who_confidential).hint(t.who_confidential_hint).chosen(typed.confidential),
        Choice::new("publish", t.who_publish).hint(t.who_publish_hint).chosen(typed.may_publish),
    ];
    if crate::told::offered(visit) {
        choices.insert(0, Choice::new("tell", t.who_tell).hint(t.who_tell_hint).chosen(typed.tell));
    }
    choices
}

fn who_page(visit: &Visit, _: &Tree, typed: Typed, errors: Errors) -> Result<Page, PageError> {
    let t = ResidentTexts::of(visit.lang);
    let (choices, flags) = (who_choices(t, &typed.who), flag_choices(visit, &typed));
    page(&WhoPage { shell: visit.shell(t.who_title), t, errors, choices, flags, phone: typed.phone, called: typed.name })
}

/// How to reach the resident.
pub(super) async fn who(visit: Visit) -> Result<Page, PageError> {
    shown(visit, who_page).await
}

/// The fourth answer.
pub(super) async fn who_sent(visit: Visit, fields: Fields) -> Result<Response, PageError> {
    let lang = visit.lang;
    change(
        &visit,
        move |typed, _, errors| {
            fields.value("who").clone_into(&mut typed.who);
            fields.value("phone").clone_into(&mut typed.phone);
            fields.value("name").clone_into(&mut typed.name);
            typed.confidential = fields.chose("flag", "confidential");
            typed.may_publish = fields.chose("flag", "publish");
            typed.tell = fields.chose("flag", "tell");
            typed.check_who(lang, errors);
            "/report/check"
        },
        who_page,
    )
    .await
}

// Looking it over, and sending it.

#[derive(Template)]
#[template(path = "resident/check.html")]
struct CheckPage {
    shell: Shell,
    t: &'static ResidentTexts,
    errors: Errors,
    facts: Vec<Fact>,
    photos: Vec<Photo>,
    op_key: String,
    /// That it may not wait; empty where it may.
    emergency: String,
}

/// What stands where a text speaks of an emergency.
pub(super) fn emergency(lang: web::Lang, text: &str) -> String {
    match crate::emergency::numbers(text, lang) {
        numbers if numbers.is_empty() => String::new(),
        numbers => fill(ResidentTexts::of(lang).emergency_now, &[("n", &numbers)]),
    }
}

fn check_page(visit: &Visit, tree: &Tree, typed: &Typed) -> Result<Page, PageError> {
    let t = ResidentTexts::of(visit.lang);
    let shell = visit.shell(t.check_title);
    let fact = |term: &str, text: String, page: &str| Fact::new(term, text).change(t.change, format!("/report/{page}"));
    let name = |unit: Option<UnitId>| unit.map(|unit| tree.full_name(unit)).unwrap_or_default();
    let place = if typed.place == UNKNOWN { t.check_where_unknown.to_owned() } else { name(typed.place(tree)) };
    let spot = base::text::clean(&typed.spot);
    let about = match typed.about.as_str() {
        "none" => t.about_none.to_owned(),
        _ => format!("{} {}", name(typed.about_unit(tree)), base::text::clean_line(&typed.about_name)).trim().to_owned(),
    };
    let contact = if typed.who == "phone" { format!("{} {}", typed.phone.trim(), typed.name.trim()) } else { t.who_anonymous.to_owned() };
    let yes_no = |yes: bool| if yes { t.yes } else { t.no }.to_owned();
    let mut facts = vec![
        fact(t.check_what, base::text::clean(&typed.text), "what"),
        fact(t.check_where, format!("{place} {spot}").trim().to_owned(), "where"),
        fact(t.check_about, about, "about"),
        fact(t.check_who, contact.trim().to_owned(), "who"),
        fact(t.check_confidential, yes_no(typed.confidential), "who"),
        fact(t.check_publish, yes_no(typed.may_publish), "who"),
    ];
    if crate::told::offered(visit) && typed.who == "phone" {
        facts.push(fact(t.check_tell, yes_no(typed.tell), "who"));
    }
    let photos = typed
        .photos
        .iter()
        .enumerate()
        .map(|(at, photo)| {
            let src = format!("/report/photo/{}", record::hex(&photo.digest));
            Photo { thumb: src.clone(), full: src, alt: shell.n(shell.t.photo_n, at + 1) }
        })
        .collect();
    page(&CheckPage { shell, t, errors: Errors::none(), facts, photos, op_key: typed.key(), emergency: emergency(visit.lang, &typed.text) })
}

/// All answers on one page.
pub(super) async fn check(visit: Visit) -> Result<Response, PageError> {
    let v = visit.clone();
    visit
        .read(move |tx, ctx| {
            let tree = people::tree(tx)?;
            let typed = draft(tx, ctx, &v)?.unwrap_or_default();
            match typed.gap(v.lang, &tree) {
                Some(to) => Ok(redirect(to).into_response()),
                None => check_page(&v, &tree, &typed).map(IntoResponse::into_response),
            }
        })
        .await
}

/// Sends it. A second try with the same key is given the same receipt, though the draft is gone by then.
pub(super) async fn send(visit: Visit, fields: Fields) -> Result<Response, PageError> {
    visit.limit(Limit::Submit)?;
    let key = fields.op_key()?;
    let v = visit.clone();
    let sent = visit
        .write(move |tx, ctx| {
            let tree = people::tree(tx)?;
            let there = draft(tx, ctx, &v)?;
            let changed = there.as_ref().is_some_and(|typed| typed.key() != fields.value("op_key"));
            let typed = there.filter(|_| !changed).unwrap_or_default();
            let form = typed.form(key);
            let receipt = match hand_in(tx, ctx, &tree, &typed, &form, Ready::of(ctx, &form).as_ref()) {
                Err(SubmitError::Invalid(_)) if changed => return Ok(None),
                other => other?,
            };
            if let Some(token) = Token::of(&v) {
                drafts::discard(tx, &token)?;
            }
            Ok::<_, SubmitError>(Some(receipt))
        })
        .await;
    match sent {
        // Not what was shown: it is shown again before anything is sent.
        Ok(None) => {
            let words = ResidentTexts::of(visit.lang).check_changed;
            Ok(redirect("/report/check").flash(Tone::Warning, words).into_response())
        }
        Ok(Some(receipt)) => Ok(to_receipt(&receipt).no_draft(&visit).into_response()),
        Err(error) => refused(&visit, error),
    }
}

/// Submits what was typed and holds its photos, in one transaction.
pub(super) fn hand_in(
    tx: &mut Tx,
    ctx: &Ctx,
    tree: &Tree,
    typed: &Typed,
    form: &Submit,
    ready: Result<&Ready, &Invalid>,
) -> Result<Receipt, SubmitError> {
    let input = typed.place_in(tx, tree, form)?;
    let receipt = submit::hand_in(tx, ctx, &input, ready)?;
    if !typed.photos.is_empty()
        && let Some(concern) = crate::concern::find(tx, &receipt.no)?
    {
        for photo in &typed.photos {
            photos::keep(tx, photo, concern.id.0)?;
        }
    }
    if typed.tell
        && let Some(holder) = crate::receipt::find(tx, &receipt.no, &receipt.secret)?
    {
        crate::told::set(tx, ctx, &holder, true)?;
    }
    Ok(receipt)
}

/// To the receipt.
pub(super) fn to_receipt(receipt: &Receipt) -> web::Redirect {
    redirect(format!("/r/{}/{}/new", receipt.no, receipt.secret))
}

#[derive(Template)]
#[template(path = "resident/message.html")]
struct MessagePage {
    shell: Shell,
    t: &'static ResidentTexts,
    text: &'static str,
}

/// What a resident is told when the concern was not taken in.
pub(super) fn refused(visit: &Visit, error: SubmitError) -> Result<Response, PageError> {
    let t = ResidentTexts::of(visit.lang);
    match error {
        SubmitError::Store(error) => Err(error.into()),
        SubmitError::NoDistrict => Err(PageError::NotFound),
        SubmitError::BeyondDistrict => {
            Ok(page(&MessagePage { shell: visit.shell(t.above_title), t, text: t.above })?.again().into_response())
        }
        SubmitError::Invalid(_) => Ok(page(&MessagePage { shell: visit.shell(t.gone_title), t, text: t.gone })?.again().into_response()),
    }
}
