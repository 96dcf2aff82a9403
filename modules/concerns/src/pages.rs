//! The pages of concerns: what residents see, what staff see.

pub(crate) mod catalogue;
mod import;
mod kept;
mod learning;
mod public;
mod resident;
pub(crate) mod seen;
mod staff;
mod timeline;
mod words;

pub use import::say as import_words;

pub(crate) use public::progress;

use axum::Router;
use people::{Actor, Tree};
use store::{StoreError, Tx};
use web::{App, HomeTile, Lang, MenuItem, photos};

/// All routes.
pub(crate) fn routes() -> Router<App> {
    resident::routes()
        .merge(staff::routes())
        .merge(import::routes())
        .merge(learning::routes())
        .merge(catalogue::routes())
        .merge(public::routes())
        .merge(crate::open311::routes())
}

/// The tiles on the residents' home.
pub(crate) fn home(lang: Lang) -> Vec<HomeTile> {
    let mut tiles = resident::home(lang);
    tiles.push(public::home(lang));
    tiles
}

/// The places in the menu of who is signed in.
pub(crate) fn menu(actor: &Actor, tree: &Tree, lang: Lang) -> Vec<MenuItem> {
    let mut items = staff::menu(actor, tree, lang);
    items.extend(crate::open311::menu(actor, lang));
    items
}

/// The digest of a photo, or of its small version.
fn sized(tx: &mut Tx, digest: [u8; 32], small: bool) -> Result<[u8; 32], StoreError> {
    let found = if small { photos::find(tx, &digest)? } else { None };
    Ok(found.map_or(digest, |photo| photo.small))
}
