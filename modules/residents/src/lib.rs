//! The register of a community 居民名册: who lives where, sealed, kept by the community's own staff.
//!
//! It is looked at community by community and grid by grid, masked; one entry is read in plain with a reason
//! that is kept. It has no key in common with concerns, accounts or contacts, and nothing here is counted
//! about a single person: see "no dossiers" in the design.

mod audited;
mod basis;
mod enter;
pub mod events;
mod fold;
mod keep;
mod model;
mod open;
mod pages;
mod pass;
mod permissions;
mod read;
mod remind;
mod table;
mod term;

pub use basis::{Basis, Ground, Means, Noted, bases, basis, note_basis, withdraw_consent};
pub use enter::{EnterError, change, enter, remove};
pub use events::KINDS;
pub use fold::fold;
pub use model::{Home, Identity, Resident, Traits, mask_name};
pub use open::{MOST_A_DAY, OpenError, Reading, open, readings};
pub use permissions::{Keep, See};
pub use read::{Line, Which, count, list};
pub use table::TABLE;
pub use term::{ENDING, Gone, KEEP, Why, confirm, ending, gone, gone_one};

base::id! {
    /// An entry of a register.
    pub ResidentId;
}
store::bind_ids!(ResidentId);

/// The tables of registers.
pub const MIGRATIONS: &[store::Migration] = store::migrations!("residents", "0001_resident", "0002_term", "0003_reminder");

/// What this module gives to the house.
pub fn module() -> web::Module {
    web::Module {
        migrations: MIGRATIONS,
        routes: pages::routes,
        menu: pages::menu,
        kinds: KINDS,
        folds: &[fold],
        pass: pass::pass,
        in_hand: pass::in_hand,
        ticks: &[remind::TICK],
        notices: remind::NOTICES,
        lines: remind::lines,
        brings: &[TABLE],
        audited: audited::audited,
        kept: audited::KEPT,
        ..web::Module::new("residents")
    }
}
