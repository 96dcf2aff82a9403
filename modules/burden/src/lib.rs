//! The burden ledger 减负账: what is asked of communities, by whom, by which document, how long it takes them; and what the
//! record answered instead. Each demand is entered once; the ledger is reckoned from that and from what was decided.

pub mod decide;
pub mod events;
mod fold;
pub mod known;
pub mod model;
mod pages;
pub mod permissions;
pub mod read;
pub mod register;

use people::{Actor, Tree};
use web::{Lang, MenuItem, Module};

pub use fold::fold;

/// The tables of this module.
pub const MIGRATIONS: &[store::Migration] = store::migrations!("burden", "0001_burden");

/// What this module gives to the house.
pub fn module() -> Module {
    Module {
        migrations: MIGRATIONS,
        routes: pages::routes,
        menu,
        kinds: events::KINDS,
        folds: &[fold],
        audited: events::audited,
        ..Module::new("burden")
    }
}

fn menu(actor: &Actor, _: &Tree, lang: Lang) -> Vec<MenuItem> {
    match actor.has::<permissions::See>() {
        Some(_) => vec![MenuItem::new("/burden", pages::BurdenTexts::of(lang).menu, "scale")],
        None => Vec::new(),
    }
}
