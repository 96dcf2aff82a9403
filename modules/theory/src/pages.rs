//! The pages of tests: for who sits them, for who keeps banks and papers, for who sets tests and marks.

mod after;
mod bank;
mod book;
mod figures;
mod home;
mod import;
mod papers;
mod picture;
mod recording;
mod results;
mod run;
mod set;
mod sit;
mod typed;

use axum::Router;
use axum::routing::{get, post};
use people::{Actor, Tree};
use web::kit::Choice;
use web::{App, Lang, MenuItem, PageError, Signed};

use crate::events::{BankId, TestId};
use crate::model::Kind;
use crate::permissions::{Organise, open_to};
use crate::read::Test;
use crate::texts::{SitTexts, TheoryTexts};

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/tests", get(home::home))
        .route("/tests/wrong", get(book::book).post(book::check))
        .route("/tests/banks", get(bank::banks).post(bank::open))
        .route("/tests/banks/{id}", get(bank::show))
        .route("/tests/banks/{id}/new", get(bank::new).post(bank::write))
        .route("/tests/banks/{id}/import", get(import::form).post(import::upload))
        .route("/tests/banks/{id}/export.docx", get(import::docx))
        .route("/tests/banks/{id}/export.xlsx", get(import::xlsx))
        .route("/tests/import/{id}", get(import::show).post(import::send))
        .route("/tests/import/{id}/files", post(recording::for_import))
        .route("/tests/import/{id}/undo", post(import::undo))
        .route("/tests/q/{id}", get(bank::edit).post(bank::rewrite))
        .route("/tests/q/{id}/picture/{digest}", get(picture::picture))
        .route("/tests/q/{id}/recording", post(recording::send))
        .route("/tests/q/{id}/recording/drop", post(recording::drop_it))
        .route("/tests/q/{id}/recording/{digest}", get(picture::recording))
        .route("/tests/q/{id}/retire", post(bank::retire))
        .route("/tests/papers", get(papers::list))
        .route("/tests/papers/new", get(papers::form).post(papers::send))
        .route("/tests/papers/{id}", get(papers::show))
        .route("/tests/papers/{id}/paper.docx", get(import::paper))
        .route("/tests/new", get(set::form).post(set::send))
        .route("/tests/t/{id}", get(sit::cover))
        .route("/tests/t/{id}/start", post(sit::start))
        .route("/tests/t/{id}/sit", get(sit::sitting))
        .route("/tests/t/{id}/plain", get(sit::plain).post(sit::plain_send))
        .route("/tests/t/{id}/save", post(sit::save))
        .route("/tests/t/{id}/submit", post(sit::submit))
        .route("/tests/t/{id}/paper/{digest}", get(sit::paper))
        .route("/tests/t/{id}/run", get(run::run))
        .route("/tests/t/{id}/results.xlsx", get(results::xlsx))
        .route("/tests/t/{id}/seat/{person}", get(run::seat).post(run::give))
        .route("/tests/t/{id}/typed", get(typed::form).post(typed::send))
        .route("/tests/t/{id}/typed/end", post(typed::end))
        .route("/tests/t/{id}/cancel", post(run::cancel))
        .route("/tests/t/{id}/mark", get(after::mark).post(after::mark_send))
        .route("/tests/t/{id}/analysis", get(after::analysis))
        .route("/tests/t/{id}/figures", get(figures::figures))
}

pub(crate) use home::state;
pub(crate) use picture::{address as picture_address, recording_address};

/// Tests stand in everybody's menu but the administrators': each of the others may be asked to sit one.
pub(crate) fn menu(actor: &Actor, _: &Tree, lang: Lang) -> Vec<MenuItem> {
    if actor.is_admin() {
        return Vec::new();
    }
    vec![MenuItem::new("/tests", SitTexts::of(lang).menu, "square-pen")]
}

/// An id of an address.
fn id<T: From<base::Id>>(text: &str) -> Result<T, PageError> {
    text.parse::<base::Id>().map(T::from).map_err(|_| PageError::NotFound)
}

fn kind_name(lang: Lang, kind: Kind) -> &'static str {
    crate::render::kind_name(SitTexts::of(lang), kind)
}

fn difficulty_name(t: &TheoryTexts, difficulty: i64) -> &'static str {
    match difficulty {
        1 => t.difficulty_1,
        2 => t.difficulty_2,
        3 => t.difficulty_3,
        4 => t.difficulty_4,
        _ => t.difficulty_5,
    }
}

fn kinds(lang: Lang, chosen: &str) -> Vec<Choice> {
    Kind::ALL.into_iter().map(|kind| Choice::new(kind.code(), kind_name(lang, kind)).chosen(kind.code() == chosen)).collect()
}

fn difficulties(t: &TheoryTexts, chosen: &str) -> Vec<Choice> {
    (1..=5).map(|n: i64| Choice::new(n.to_string(), difficulty_name(t, n)).chosen(n.to_string() == chosen)).collect()
}

/// The test that this person's unit set.
fn organised(tx: &mut store::Tx, who: &Signed, id: TestId) -> Result<(Test, people::Proof<Organise>), PageError> {
    let test = crate::read::test(tx, id)?.ok_or(PageError::NotFound)?;
    let proof = who.each::<Organise>().find(|proof| proof.unit() == test.unit).ok_or(PageError::NotFound)?;
    Ok((test, proof))
}

/// The units in whose name this person sets tests, each once.
fn own_offices(who: &Signed) -> Vec<base::UnitId> {
    let mut units: Vec<base::UnitId> = who.each::<Organise>().map(|proof| proof.unit()).collect();
    units.sort_unstable();
    units.dedup();
    units
}

/// The banks that this person may use: their own unit's and those of the units above.
fn usable(tx: &mut store::Tx, who: &Signed) -> Result<Vec<crate::read::Bank>, PageError> {
    let mut banks = crate::read::banks(tx)?;
    banks.retain(|bank| {
        who.each::<Organise>().any(|proof| open_to(&who.tree, bank.unit, proof.unit()) || proof.covers(&who.tree, bank.unit))
    });
    Ok(banks)
}

/// A bank that this person may use, and whether they may write in it.
fn bank(tx: &mut store::Tx, who: &Signed, id: BankId) -> Result<(crate::read::Bank, bool), PageError> {
    let bank = usable(tx, who)?.into_iter().find(|bank| bank.id == id).ok_or(PageError::NotFound)?;
    let own = who.each::<Organise>().any(|proof| proof.unit() == bank.unit || proof.covers(&who.tree, bank.unit));
    Ok((bank, own))
}

/// Tenths of a percent as a percentage.
fn percent(tenths: i64) -> String {
    format!("{}.{}", tenths / 10, (tenths % 10).abs())
}
