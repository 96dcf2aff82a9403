//! Pages of the house itself: signing in, one's own account, administration, errors.

pub(crate) mod admin;
mod complaints;
mod demo;
pub(crate) mod error;
mod health;
mod home;
mod login;
mod me;
mod outside;
mod passkeys;
mod privacy;
mod proof;
mod setup;
pub(crate) mod words;

use axum::Router;

pub use proof::CheckTexts;

use crate::App;

pub(crate) use me::{may_with_old_password, may_without_second_factor};

/// All routes of the house.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .merge(admin::routes())
        .merge(crate::assets::routes())
        .merge(crate::shell::routes())
        .merge(crate::gallery::routes())
        .merge(health::routes())
        .merge(home::routes())
        .merge(login::routes())
        .merge(me::routes())
        .merge(outside::routes())
        .merge(passkeys::routes())
        .merge(privacy::routes())
        .merge(demo::routes())
        .merge(complaints::routes())
        .merge(proof::routes())
        .merge(setup::routes())
        .merge(crate::bring::routes())
}
pub use words::{level as level_name, role as role_name};
