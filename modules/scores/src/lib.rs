//! Scores 考核: schemes over measures, a card for each unit that opens down to the case, appeals decided
//! outside the line, and locked revisions that stay as they were. There is no rank and no list by points.

pub mod appeal;
pub mod events;
mod fold;
pub mod formula;
mod held;
pub mod list;
pub mod lock;
mod pages;
mod passed;
pub mod permissions;
mod recount;
mod reported;
pub mod rules;
pub mod scheme;
pub mod score;
mod seen;
mod texts;
mod told;

pub use fold::fold;
pub use measures::duties;

/// The tables of this module.
const OWN: &[store::Migration] = store::migrations!("scores", "0001_scores", "0010_appeals", "0020_working_days");

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
        in_hand: held::in_hand,
        ticks: &[
            web::Tick { name: "scores.deadlines", every: 60, run: passed::run },
            web::Tick { name: "scores.rules", every: 60, run: rules::run },
        ],
        due: seen::DUE,
        lines: seen::lines,
        notices: told::NOTICES,
        paragraphs: reported::PARAGRAPHS,
        ..web::Module::new("scores")
    }
}
