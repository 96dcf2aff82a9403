//! The pages of concerns: what residents see, what staff see.

mod resident;

use axum::Router;
use web::{App, HomeTile, Lang};

/// All routes.
pub(crate) fn routes() -> Router<App> {
    resident::routes()
}

/// The tiles on the residents' home.
pub(crate) fn home(lang: Lang) -> Vec<HomeTile> {
    resident::home(lang)
}
