//! The whole form on one page: for who knows it already, and for browsers that keep no cookies.

use askama::Template;
use axum::response::{IntoResponse, Response};
use people::Tree;
use web::kit::Choice;
use web::{Errors, Fields, Limit, Page, PageError, Shell, Visit, fill, page};

use super::typed::Typed;
use super::{ResidentTexts, places, report};
use crate::pages::kept::{self, Kept};
use crate::said::LONGEST;
use crate::submit::Ready;

#[derive(Template)]
#[template(path = "resident/all.html")]
struct AllPage {
    shell: Shell,
    t: &'static ResidentTexts,
    errors: Errors,
    fields: Fields,
    op_key: String,
    most: usize,
    here: String,
    places: Vec<Choice>,
    abouts: Vec<Choice>,
    units: Vec<Choice>,
    whos: Vec<Choice>,
    flags: Vec<Choice>,
    kept: Vec<Kept>,
    /// That it may not wait, said once before it is sent.
    emergency: String,
}

fn form_page(visit: &Visit, tree: &Tree, fields: Fields, errors: Errors, kept: Vec<Kept>) -> Result<Page, PageError> {
    let t = ResidentTexts::of(visit.lang);
    let mut typed = Typed::of(&fields);
    let mut here = String::new();
    if let Some(grid) = tree.find_code(fields.value("g")).filter(|unit| unit.level == people::Level::Grid) {
        here = fill(t.grid_here, &[("place", &tree.full_name(grid.id))]);
        typed.place = grid.id.to_string();
    }
    page(&AllPage {
        shell: visit.shell(t.what_title),
        t,
        errors,
        op_key: fields.get("op_key").map_or_else(|| visit.op_key(), str::to_owned),
        most: LONGEST,
        here,
        places: places::places(tree, t, &typed.place),
        abouts: report::about_choices(t, &typed.about),
        units: places::units_flat(tree, &typed.about_unit),
        whos: report::who_choices(t, &typed.who),
        flags: report::flag_choices(visit, &typed),
        emergency: report::emergency(visit.lang, fields.value("text")),
        fields,
        kept,
    })
}

/// The empty form.
pub(super) async fn form(visit: Visit, fields: Fields) -> Result<Page, PageError> {
    let v = visit.clone();
    visit.read(move |tx, _| form_page(&v, &*people::tree(tx)?, fields.clone(), Errors::none(), Vec::new())).await
}

/// Sends it, or shows it again with everything that was typed.
pub(super) async fn send(visit: Visit, fields: Fields) -> Result<Response, PageError> {
    visit.limit(Limit::Submit)?;
    let key = fields.op_key()?;
    let mut typed = Typed::of(&fields);
    let mut errors = Errors::none();
    typed.photos = kept::gather(&visit, &fields, &mut errors).await?;
    let photos = typed.photos.clone();
    typed.check_what(visit.lang, &mut errors);
    let lang = visit.lang;
    // Said once: whoever sends it again has read it.
    let warn = !fields.has("warned") && !report::emergency(lang, fields.value("text")).is_empty();
    let form = typed.form(key);
    let ready = Ready::of(&visit.district.env().ctx(), &form);
    let sent = visit
        .write(move |tx, ctx| {
            let tree = people::tree(tx)?;
            let mut errors = errors.clone();
            typed.check_where(lang, &tree, &mut errors);
            typed.check_about(lang, &tree, &mut errors);
            typed.check_who(lang, &mut errors);
            if !errors.is_empty() || warn {
                return Ok(Err(errors));
            }
            let receipt = report::hand_in(tx, ctx, &tree, &typed, &form, ready.as_ref())?;
            kept::done(tx, &key)?;
            Ok(Ok(receipt))
        })
        .await;
    match sent {
        Ok(Err(errors)) => {
            kept::hold(&visit, &fields, &photos).await?;
            let v = visit.clone();
            let again = visit
                .read(move |tx, ctx| {
                    let kept = kept::shown(tx, ctx, &v, &fields)?;
                    form_page(&v, &*people::tree(tx)?, fields.clone(), errors.clone(), kept)
                })
                .await?;
            Ok(again.again().into_response())
        }
        Ok(Ok(receipt)) => Ok(report::to_receipt(&receipt).into_response()),
        Err(error) => report::refused(&visit, error),
    }
}
