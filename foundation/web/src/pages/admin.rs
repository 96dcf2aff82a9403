//! Administration: units and posts, people and accounts. System and security administrator see the same pages; what each
//! may do is asked of each operation, by its proof.

mod around;
mod people_pages;
mod posts;
mod record;
mod successors;
mod units;
mod words;

use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use base::UnitId;
use people::{Actor, Invite, ManageUnits, Permission, Proof};
use store::StoreError;

use crate::{App, Errors, Fields, Lang, MenuItem, PageError, Redirect, Signed, Staff, redirect};

use words::AdminTexts;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/admin", get(|| async { redirect("/admin/units") }))
        .merge(units::routes())
        .merge(around::routes())
        .merge(people_pages::routes())
        .merge(posts::routes())
        .merge(record::routes())
}

/// The places of administrators in the menu.
pub(crate) fn menu(actor: &Actor, lang: Lang) -> Vec<MenuItem> {
    let t = AdminTexts::of(lang);
    let mut menu = Vec::new();
    if actor.has::<Invite>().is_some() {
        menu.push(MenuItem::new("/admin/units", t.units_menu, "network"));
        menu.push(MenuItem::new("/admin/people", t.people_menu, "users"));
    }
    if actor.has::<ManageUnits>().is_some() {
        menu.push(MenuItem::new("/admin/complaints", t.complaints_menu, "message-square"));
    }
    if actor.has::<people::SeeRecord>().is_some() {
        menu.push(MenuItem::new("/admin/record", record::RecordTexts::of(lang).menu, "shield-check"));
    }
    menu
}

/// Why something was not done: a field to set right, or what has nothing to do with the form.
pub(super) enum Refusal {
    /// Words beside a field.
    Field(&'static str, String),
    /// A page of its own.
    Page(PageError),
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Refusal {
        Refusal::Page(error.into())
    }
}

impl From<PageError> for Refusal {
    fn from(error: PageError) -> Refusal {
        Refusal::Page(error)
    }
}

impl Refusal {
    pub(super) fn field(name: &'static str, words: &str) -> Refusal {
        Refusal::Field(name, words.to_owned())
    }
}

/// The telephone of an office or of somebody at work that a form holds: none, or one that can be rung.
pub(super) fn phone(lang: Lang, fields: &Fields) -> Result<Option<String>, Refusal> {
    let Some(typed) = fields.opt("phone") else { return Ok(None) };
    match super::words::office_phone(&typed) {
        Ok(phone) => Ok(Some(phone)),
        Err(error) => {
            let words = match lang {
                Lang::Hans => error.zh(),
                Lang::Hant => crate::lang::to_hant(&error.zh()),
                Lang::En => error.to_string(),
            };
            Err(Refusal::Field("phone", words))
        }
    }
}

/// By which post an administrator does something to units: one that covers them all, where they hold such a one.
pub(super) fn by<P: Permission>(who: &Signed, units: &[UnitId]) -> Result<Proof<P>, PageError> {
    let covers = |proof: &Proof<P>| units.iter().all(|unit| people::covers(proof, &who.tree, *unit));
    who.each::<P>().find(covers).or_else(|| who.has::<P>()).ok_or(PageError::Forbidden)
}

/// System and security administrators only.
pub(super) fn admit(who: &Signed) -> Result<(), PageError> {
    if who.has::<Invite>().is_none() {
        return Err(PageError::Forbidden);
    }
    Ok(())
}

/// Do an operation of an administrator; what it refuses is shown on the page that `again` makes.
pub(super) async fn act<F, A, Fut>(staff: &Staff, f: F, again: A) -> Result<Response, PageError>
where
    F: Fn(&mut store::Tx, &base::Ctx, &Signed) -> Result<Redirect, Refusal> + Send + 'static,
    A: FnOnce(Errors) -> Fut,
    Fut: Future<Output = Result<Response, PageError>>,
{
    let done = staff.attempt(move |tx, ctx, who| {
        admit(who)?;
        f(tx, ctx, who).map(IntoResponse::into_response)
    });
    match done.await? {
        Ok(response) => Ok(response),
        Err(Refusal::Page(error)) => Err(error),
        Err(Refusal::Field(field, words)) => {
            let mut errors = Errors::none();
            errors.add(field, words);
            again(errors).await
        }
    }
}
