//! The pages of inspections: findings and visits as lists, one visit, one finding, checklists.

mod checklists;
mod finding;
mod lists;
mod visit;

use axum::Router;
use axum::routing::{get, post};
use people::{Actor, Tree};
use web::{App, Errors, Lang, MenuItem, PageError, Signed};

use crate::inspect::{Inspect, InspectError};
use crate::texts::InspectTexts;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/inspections", get(lists::findings))
        .route("/inspections/findings.xlsx", get(lists::findings_book))
        .route("/inspections/visits", get(lists::visits))
        .route("/inspections/visits.xlsx", get(lists::visits_book))
        .route("/inspections/lists", get(checklists::list))
        .route("/inspections/lists/new", get(checklists::form).post(checklists::send))
        .route("/inspections/lists/{id}", get(checklists::show))
        .route("/inspections/lists/{id}/edit", get(checklists::edit).post(checklists::change))
        .route("/inspections/lists/{id}/end", post(checklists::end))
        .route("/inspections/new", get(visit::form).post(visit::send))
        .route("/inspections/v/{id}", get(visit::show))
        .route("/inspections/f/{id}", get(finding::show))
        .route("/inspections/f/{id}/rectify", post(finding::rectify))
        .route("/inspections/f/{id}/recheck", post(finding::recheck))
        .route("/inspections/f/{id}/photo/{digest}", get(finding::photo))
}

pub(crate) fn menu(actor: &Actor, _: &Tree, lang: Lang) -> Vec<MenuItem> {
    if crate::read::reaches(actor).is_empty() {
        return Vec::new();
    }
    vec![MenuItem::new("/inspections", InspectTexts::of(lang).menu, "search-check")]
}

/// Whether somebody has to do with inspections at all, and whether they inspect.
fn takes_part(who: &Signed) -> Result<bool, PageError> {
    let inspects = who.has::<Inspect>().is_some();
    if crate::read::reaches(who).is_empty() { Err(PageError::Forbidden) } else { Ok(inspects) }
}

/// A refusal as a message beside a field, or as a page.
fn refuse(t: &InspectTexts, error: InspectError) -> Result<Errors, PageError> {
    let mut errors = Errors::none();
    match error {
        InspectError::NotFound => return Err(PageError::NotFound),
        InspectError::Denied => return Err(PageError::Forbidden),
        InspectError::Store(error) => return Err(error.into()),
        InspectError::NotNow => errors.add("text", t.wrong_now),
        InspectError::Field(field) => {
            let words = match field {
                "name" => t.wrong_name,
                "lines" => t.wrong_lines,
                "on" => t.wrong_on,
                "list" => t.wrong_list,
                _ => t.wrong_note,
            };
            errors.add(field, words);
        }
    }
    Ok(errors)
}
