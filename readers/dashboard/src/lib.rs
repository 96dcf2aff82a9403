//! Seeing: dashboards of each level, the wall screen, the map of units.
//!
//! A reader of the record through the numbers of `measures` and through what modules tell by `web::due`; it knows no
//! module. Its own tables hold the map and the links of screens.

mod board;
mod charts;
mod duties;
pub mod events;
mod export;
mod fold;
pub mod geojson;
mod keep;
pub mod link;
mod list;
pub mod map;
mod map_page;
pub mod permissions;
mod scope;
pub mod shape;
mod stream;
mod texts;
pub mod wall;
mod wall_page;
mod wall_rows;
mod watch;

use axum::Router;
use axum::routing::{get, post};
use people::{Actor, Tree};
use web::{App, Lang, MenuItem, Module};

use permissions::{KeepLinks, KeepMap, See};

pub use fold::fold;

/// The tables of this crate.
pub const MIGRATIONS: &[store::Migration] = store::migrations!("dashboard", "0001_dashboard", "0002_map_before");

/// What this crate gives to the house.
pub fn module() -> Module {
    Module {
        migrations: MIGRATIONS,
        routes,
        menu,
        kinds: events::KINDS,
        folds: &[fold],
        audited: events::audited,
        locate: map::locate,
        ..Module::new("dashboard")
    }
}

fn routes() -> Router<App> {
    Router::new()
        .route("/board", get(board::show))
        .route("/board.xlsx", get(export::workbook))
        .route("/board/due", get(list::due))
        .route("/board/map", get(map_page::show))
        .route("/board/map.xlsx", get(map_page::workbook))
        .route("/wall", get(wall_page::show))
        .route("/wall/live", get(wall_page::live))
        .route("/wall/s/{secret}", get(wall_page::show_linked))
        .route("/wall/s/{secret}/live", get(wall_page::live_linked))
        .route("/admin/map", get(keep::map_form).post(keep::look))
        .route("/admin/map/take", post(keep::take))
        .route("/admin/map/remove", post(keep::remove))
        .route("/admin/map/undo", post(keep::undo))
        .route("/admin/walls", get(keep::links).post(keep::give))
        .route("/admin/walls/{id}/revoke", post(keep::revoke))
}

fn menu(actor: &Actor, _: &Tree, lang: Lang) -> Vec<MenuItem> {
    let (t, k) = (texts::BoardTexts::of(lang), texts::KeepTexts::of(lang));
    let mut items = Vec::new();
    if actor.has::<See>().is_some() {
        items.push(MenuItem::new("/board", t.menu, "chart-column"));
    }
    if actor.has::<KeepMap>().is_some() {
        items.push(MenuItem::new("/admin/map", k.map_menu, "map-pin"));
    }
    if actor.has::<KeepLinks>().is_some() {
        items.push(MenuItem::new("/admin/walls", k.links_menu, "monitor"));
    }
    items
}
