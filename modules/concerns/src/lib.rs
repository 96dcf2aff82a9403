//! Concerns 诉求: what residents ask for, from the first word to the resident's own answer whether it
//! was solved. One file for one operation; `model` says what may follow what, `fold` checks the tables
//! against the record, `read` feeds the pages.

pub mod archive;
mod audited;
pub mod bring_in;
pub mod call_back;
mod caller;
pub mod catalogue;
pub mod claim;
pub mod claimed;
pub mod concern;
pub mod dispatch;
mod duties;
pub mod emergency;
pub mod events;
pub mod extend;
mod fold;
pub mod found;
pub mod hand_over;
pub mod holidays;
pub mod import;
pub mod learn;
pub mod light;
pub mod line;
pub mod linkage;
mod measured;
pub mod merge;
pub mod model;
pub mod moved;
pub mod object;
pub mod open311;
pub mod open_contact;
pub mod own;
mod pages;
pub mod passed;
pub mod pause;
pub mod permissions;
pub mod publish;
pub mod read;
pub mod receipt;
pub mod recount;
pub mod redact;
pub mod reopen;
mod reported;
pub mod resolve;
mod reviewed;
pub mod said;
pub mod same_phone;
pub mod sight;
mod staff;
pub mod submit;
pub mod succession;
pub mod suggest;
pub mod supervise;
pub mod told;
pub mod view;
pub mod whistle;

pub use concern::{Concern, ConcernId, Conflict, Done, StepError};
pub use fold::fold;
pub use light::Light;
pub use measured::{DUTIES, MEASURES};
pub use model::{Channel, Due, NotNow, Outcome, Reply, Source, State};
pub use said::{Field, Invalid, Photo};

/// The tables of concerns.
const OWN: &[store::Migration] = store::migrations!(
    "concerns",
    "0001_concern",
    "0002_import",
    "0003_lean",
    "0010_linkage",
    "0020_redaction",
    "0021_learn",
    "0022_public",
    "0030_own",
    "0031_telling",
    "0032_claimed",
    "0033_claims",
    "0040_open311",
    "0041_view",
    "0050_kind_ended",
    "0060_known",
    "0061_about_person",
    "0070_holidays",
    "0080_working_days",
    "0081_taken",
    "0082_reading"
);

const TREES: &[&[store::Migration]] = &[OWN, search::MIGRATIONS, workdays::MIGRATIONS];

/// With those of the search that this module's texts are found by, and of the working days that it counts by.
pub const MIGRATIONS: &[store::Migration] = &store::joined::<{ store::count(TREES) }>(TREES);

/// The kinds of event of concerns themselves, of the programs that bring some, of saved views, of holidays and of working days.
const KINDS: &[record::KindInfo] = &all_kinds();

const fn all_kinds() -> [record::KindInfo; events::KINDS.len() + 7] {
    // The first stays in the last place.
    let mut all = [open311::events::KINDS[0]; events::KINDS.len() + 7];
    let mut at = 0;
    while at < events::KINDS.len() {
        all[at] = events::KINDS[at];
        at += 1;
    }
    all[at] = open311::events::KINDS[1];
    all[at + 1] = view::KINDS[0];
    all[at + 2] = view::KINDS[1];
    all[at + 3] = holidays::KINDS[0];
    all[at + 4] = holidays::KINDS[1];
    all[at + 5] = workdays::KIND;
    all
}

/// Deadlines in one transaction of the tick.
const PASSED_AT_ONCE: u32 = 200;

fn pass_deadlines(district: &std::sync::Arc<web::District>) -> Result<(), web::Fault> {
    // Deadlines are those of the days that hold now before any is said to be over.
    recount(district)?;
    // Clocks that stood still go on first: what they then owe may be over already.
    let ways: [fn(&mut store::Tx, &base::Ctx, u32) -> Result<usize, store::StoreError>; 5] =
        [pause::end_pauses, passed::pass_deadlines, passed::raise_overdue, whistle::pass_arrivals, supervise::pass_orders];
    for way in ways {
        while district.write_now(move |tx, ctx| way(tx, ctx, PASSED_AT_ONCE))? == PASSED_AT_ONCE as usize {}
    }
    Ok(())
}

/// Counts all open deadlines anew where other holidays hold than those by which they were counted.
fn recount(district: &std::sync::Arc<web::District>) -> Result<(), web::Fault> {
    holidays::adopt(district)?;
    while district.write_now(recount::piece)? {}
    Ok(())
}

const CLAIMED: web::Tick = web::Tick { name: "concerns.claimed", every: 60, run: claimed::sweep };

/// The long work of this module.
const JOBS: &[web::JobKind] = &[import::JOBS[0], import::JOBS[1], learn::JOB];

/// What this module gives to the house.
pub fn module() -> web::Module {
    web::Module {
        migrations: MIGRATIONS,
        routes: pages::routes,
        menu: pages::menu,
        home: pages::home,
        kinds: KINDS,
        audited: |lang, kind| {
            audited::audited(lang, kind)
                .or_else(|| open311::events::audited(lang, kind))
                .or_else(|| view::audited(lang, kind))
                .or_else(|| holidays::audited(lang, kind))
                .or_else(|| workdays::audited(lang, kind))
        },
        kept: own::KEPT,
        paragraphs: reported::PARAGRAPHS,
        folds: &[fold, open311::fold, view::fold, holidays::fold, workdays::fold],
        pass: hand_over::pass,
        in_hand: succession::words,
        brings: &[duties::TABLE],
        readers: |_| found::readers(),
        ticks: &[
            web::Tick { name: "concerns.deadlines", every: 60, run: pass_deadlines },
            web::Tick { name: "concerns.left", every: 60, run: hand_over::run },
            web::Tick { name: "concerns.came", every: 60, run: moved::run },
            import::TICK,
            learn::TICK,
            CLAIMED,
        ],
        refresh: holidays::adopt,
        jobs: JOBS,
        due: pages::seen::DUE,
        boards: pages::seen::BOARDS,
        lines: pages::seen::lines,
        recent: pages::seen::recent,
        notices: told::NOTICES,
        ..web::Module::new("concerns")
    }
}
