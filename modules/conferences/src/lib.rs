//! Joint conferences 联席会议: who met, what was decided, and each decision as a task with an owner, a deadline and
//! evidence, until whoever called the conference has seen that it is done.

pub mod events;
mod fold;
pub mod hold;
mod pages;
mod pass;
mod passed;
pub mod permissions;
pub mod read;
mod recount;
mod reported;
mod seen;
pub mod task;
mod texts;
mod told;

pub use events::{ConferenceId, MEASURES, TaskId};
pub use fold::fold;

/// The tables of this module.
const OWN: &[store::Migration] = store::migrations!("conferences", "0001_conferences", "0010_working_days");

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
        ticks: &[web::Tick { name: "conferences.deadlines", every: 60, run: passed::run }],
        due: seen::DUE,
        lines: seen::lines,
        paragraphs: reported::PARAGRAPHS,
        notices: told::NOTICES,
        ..web::Module::new("conferences")
    }
}
