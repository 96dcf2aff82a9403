//! Pages of the house itself: signing in, one's own account, administration, errors.

pub(crate) mod error;
mod health;
mod login;
pub(crate) mod words;

use axum::Router;

use crate::App;

/// All routes of the house.
pub(crate) fn routes() -> Router<App> {
    Router::new().merge(crate::assets::routes()).merge(crate::shell::routes()).merge(health::routes()).merge(login::routes())
}
