//! Inspections 督导检查: visits by checklists, what they find, putting it right by a deadline with evidence,
//! and a second look. What was found and closed is counted as facts.

pub mod events;
mod fold;
pub mod inspect;
mod pages;
pub mod read;
mod texts;

pub use fold::fold;

/// The tables of inspections.
pub const MIGRATIONS: &[store::Migration] = store::migrations!("inspections", "0001_inspections");

/// What this module gives to the house.
pub fn module() -> web::Module {
    web::Module {
        migrations: MIGRATIONS,
        routes: pages::routes,
        menu: pages::menu,
        kinds: events::KINDS,
        folds: &[fold],
        lines: pages::lines,
        ..web::Module::new("inspections")
    }
}
