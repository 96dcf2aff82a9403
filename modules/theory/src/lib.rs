//! Theory tests 理论测试: banks of questions, papers, tests and who sits them; a whole district at the same second; marking,
//! analysis, wrong answers. Tests are for members and staff, never for residents, and no score is a measure of any unit.

pub mod analysed;
pub mod analysis;
pub mod bank;
pub mod bring;
pub mod by_unit;
pub mod close;
pub mod docx;
pub mod enrol;
pub mod events;
mod fold;
pub mod layout;
pub mod mark;
pub mod model;
mod pages;
pub mod paper;
mod pass;
pub mod permissions;
pub mod read;
pub mod render;
pub mod seat;
pub mod seats;
pub mod seen;
pub mod set_test;
pub mod sit;
mod texts;
mod told;
pub mod typed;

pub use fold::fold;

/// The tables of tests.
pub const MIGRATIONS: &[store::Migration] = store::migrations!(
    "theory",
    "0001_theory",
    "0002_brought",
    "0003_on_paper",
    "0004_in_pieces",
    "0005_picture",
    "0006_called_off",
    "0007_by_unit",
    "0008_recording",
    "0009_left_out"
);

/// What this module gives to the house.
pub fn module() -> web::Module {
    web::Module {
        migrations: MIGRATIONS,
        routes: pages::routes,
        menu: pages::menu,
        kinds: events::KINDS,
        folds: &[fold],
        pass: pass::pass,
        in_hand: pass::in_hand,
        ticks: &[enrol::TICK, close::TICK, told::TICK],
        audited: events::audited,
        due: seen::DUE,
        boards: seen::BOARDS,
        paragraphs: seen::PARAGRAPHS,
        lines: seen::lines,
        notices: told::NOTICES,
        ..web::Module::new("theory")
    }
}
