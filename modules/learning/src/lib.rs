//! Learning 学习: courses, study plans, collective study, training classes, discussion, certificates.
//!
//! For members and staff. What somebody studied is shown to them and to their branch; it feeds no measure, and the guard
//! of measures refuses it. What units see of one another is which courses there are and which plans were met.

pub mod attend;
pub mod certificate;
pub mod class;
pub mod collective;
pub mod committee;
pub mod correct;
pub mod course;
pub mod events;
mod fold;
pub mod hours;
pub mod import;
pub mod lesson;
mod lines;
pub mod markdown;
pub mod meeting;
pub mod model;
mod operate;
mod pages;
mod pass;
pub mod permissions;
pub mod plan;
pub mod read;
pub mod remark;
mod reported;
pub mod seat;
mod seen;
mod sight;
pub mod since;
pub mod study;
mod texts;
mod told;

pub use fold::fold;
pub use operate::LearnError;

/// The tables of this module.
pub const MIGRATIONS: &[store::Migration] =
    store::migrations!("learning", "0001_learning", "0002_corrected", "0003_occasion", "0004_since", "0005_meeting");

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
        ticks: &[web::Tick { name: "learning.plans", every: 60, run: plan::tick }],
        due: seen::DUE,
        boards: seen::BOARDS,
        lines: lines::lines,
        notices: told::NOTICES,
        paragraphs: seen::PARAGRAPHS,
        audited: events::audited,
        brings: &[meeting::table::TABLE],
        ..web::Module::new("learning")
    }
}
