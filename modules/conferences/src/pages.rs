//! The pages of conferences: what one's units owe and what was held, a conference with its decisions, a task.

mod held;
mod task;

use axum::Router;
use axum::routing::{get, post};
use people::{Actor, Tree};
use web::{App, Errors, Lang, MenuItem, PageError};

use crate::hold::ConferenceError;
use crate::permissions::See;
use crate::texts::ConferenceTexts;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/conferences", get(held::list))
        .route("/conferences/new", get(held::form).post(held::send))
        .route("/conferences/{id}", get(held::show))
        .route("/conferences/{id}/tasks", post(held::give))
        .route("/conferences/t/{id}", get(task::show))
        .route("/conferences/t/{id}/report", post(task::report))
        .route("/conferences/t/{id}/confirm", post(task::confirm))
        .route("/conferences/t/{id}/postpone", post(task::postpone))
        .route("/conferences/t/{id}/photo/{digest}", get(task::photo))
}

pub(crate) fn menu(actor: &Actor, _: &Tree, lang: Lang) -> Vec<MenuItem> {
    match actor.has::<See>() {
        Some(_) => vec![MenuItem::new("/conferences", ConferenceTexts::of(lang).menu, "users")],
        None => Vec::new(),
    }
}

/// A refusal as a message beside a field, or as a page.
fn refuse(t: &ConferenceTexts, error: ConferenceError) -> Result<Errors, PageError> {
    let mut errors = Errors::none();
    match error {
        ConferenceError::NotFound => return Err(PageError::NotFound),
        ConferenceError::Denied => return Err(PageError::Forbidden),
        ConferenceError::Store(error) => return Err(error.into()),
        ConferenceError::NotNow => errors.add("text", t.wrong_now),
        ConferenceError::Field(field) => {
            let words = match field {
                "title" => t.wrong_title,
                "on" => t.wrong_on,
                "place" => t.wrong_place,
                "units" => t.wrong_units,
                "unit" => t.wrong_unit,
                "due" => t.wrong_due,
                _ => t.wrong_note,
            };
            errors.add(field, words);
        }
    }
    Ok(errors)
}
