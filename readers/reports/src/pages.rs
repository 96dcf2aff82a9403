//! The pages of reports.

mod edit;
mod figure;
mod files;
mod fonts;
mod list;
mod show;
mod templates;
mod texts;

use axum::Router;
use axum::routing::{get, post};
use people::{Actor, ManageUnits, Tree};
use web::kit::Choice;
use web::{App, Lang, MenuItem, PageError};

use crate::permissions::Read;
use crate::report::ReportError;
pub(crate) use texts::ReportTexts;

/// The routes.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/reports", get(list::list).post(list::make))
        .route("/reports/templates", get(templates::list))
        .route("/reports/templates/{paragraph}", get(templates::show).post(templates::save))
        .route("/reports/fonts", get(fonts::show))
        .route("/reports/{id}", get(show::show))
        .route("/reports/{id}/edit", get(edit::show).post(edit::save))
        .route("/reports/{id}/finish", get(show::ask_finish).post(show::finish))
        .route("/reports/{id}/discard", get(show::ask_discard).post(show::discard))
        .route("/reports/{id}/history", get(show::history))
        .route("/reports/{id}/figure", get(figure::show))
        .route("/reports/{id}/report.docx", get(files::word))
        .route("/reports/{id}/report.pdf", get(files::pdf))
        .route("/reports/{id}/figures.xlsx", get(files::figures))
        .route("/reports/preview", post(templates::preview))
}

/// The places in the menu.
pub(crate) fn menu(actor: &Actor, _: &Tree, lang: Lang) -> Vec<MenuItem> {
    let t = ReportTexts::of(lang);
    let mut items = Vec::new();
    if actor.has::<Read>().is_some() {
        items.push(MenuItem::new("/reports", t.menu, "file-text"));
    }
    if actor.has::<ManageUnits>().is_some() {
        items.push(MenuItem::new("/reports/fonts", t.fonts, "a-large-small"));
    }
    items
}

/// Choices of texts made here.
fn choices(list: &[(String, String)], chosen: &str) -> Vec<Choice> {
    Choice::list(list.iter().map(|(value, label)| (value.as_str(), label.as_str())), chosen)
}

/// An error that has no field to stand beside.
fn broken(error: ReportError, t: &ReportTexts) -> PageError {
    match error {
        ReportError::NotFound | ReportError::NoUnit => PageError::NotFound,
        ReportError::Denied => PageError::Forbidden,
        ReportError::Closed => PageError::Conflict(t.closed.to_owned()),
        ReportError::Stale => PageError::Conflict(t.stale.to_owned()),
        ReportError::Store(error) => error.into(),
        ReportError::Title | ReportError::TooLong(_) | ReportError::NoReason(_) | ReportError::Template(_) => PageError::BadForm,
    }
}
