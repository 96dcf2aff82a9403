//! Inspections 督导检查: visits by checklists, what they find, putting it right by a deadline with evidence,
//! and a second look. What was found and closed is counted as facts.

pub mod checklist;
pub mod events;
mod fold;
pub mod inspect;
pub mod list;
mod pages;
mod pass;
mod passed;
pub mod read;
mod recount;
mod reported;
mod seen;
mod texts;
mod told;

pub use fold::fold;

/// The tables of inspections.
const OWN: &[store::Migration] = store::migrations!("inspections", "0001_inspections", "0010_versions", "0020_working_days");

const TREES: &[&[store::Migration]] = &[OWN, workdays::MIGRATIONS];

/// With those of the working days by which its deadlines are counted.
pub const MIGRATIONS: &[store::Migration] = &store::joined::<{ store::count(TREES) }>(TREES);

/// What this module gives to the house.
pub fn module() -> web::Module {
    web::Module {
        migrations: MIGRATIONS,
        routes: pages::routes,
        menu: pages::menu,
        kinds: events::KINDS,
        audited: texts::audited,
        folds: &[fold],
        pass: pass::pass,
        in_hand: pass::in_hand,
        ticks: &[web::Tick { name: "inspections.deadlines", every: 60, run: passed::run }],
        due: seen::DUE,
        boards: seen::BOARDS,
        paragraphs: reported::PARAGRAPHS,
        lines: seen::lines,
        notices: told::NOTICES,
        ..web::Module::new("inspections")
    }
}
