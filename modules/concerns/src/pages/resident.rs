//! What residents see: the form, one question a page or all on one, the receipt, the way of a concern,
//! and whose job something is.

mod agrees;
mod all;
mod mine;
mod own;
pub(super) mod places;
mod proof;
mod receipt;
mod report;
mod show;
mod texts;
mod track;
mod typed;
mod whose;

use axum::Router;
use axum::routing::{get, post};
use web::{App, HomeTile, Lang};

use super::kept;

pub(super) use receipt::grouped;
use texts::ExitTexts;
pub(super) use texts::ResidentTexts;
pub(in crate::pages) use typed::Typed;
pub(super) use typed::{by_lang, check_text, named, words_about};

/// The residents' routes.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/report", get(report::begin))
        .route("/report/what", get(report::what).post(report::what_sent))
        .route("/report/where", get(report::place).post(report::place_sent))
        .route("/report/grid", get(report::grid).post(report::grid_sent))
        .route("/report/about", get(report::about).post(report::about_sent))
        .route("/report/who", get(report::who).post(report::who_sent))
        .route("/report/check", get(report::check))
        .route("/report/send", post(report::send))
        .route("/report/photo/{digest}", get(report::photo))
        .route("/report/kept/{token}/{digest}", get(kept::photo))
        .route("/report/all", get(all::form).post(all::send))
        .route("/g/{code}", get(report::scanned))
        .route("/track", get(track::form).post(track::find))
        .route("/r", get(track::bare))
        .route("/r/", get(track::bare))
        .route("/r/{no}", get(track::cut))
        .route("/r/{no}/", get(track::cut))
        .route("/r/{no}/{secret}", get(show::show))
        .route("/r/{no}/{secret}/new", get(receipt::show))
        .route("/r/{no}/{secret}/answer", post(show::answer))
        .route("/r/{no}/{secret}/add", post(show::add))
        .route("/r/{no}/{secret}/reopen", post(show::reopen))
        .route("/r/{no}/{secret}/proof", get(proof::show))
        .route("/r/{no}/{secret}/proof.json", get(proof::json))
        .route("/r/{no}/{secret}/proof.html", get(proof::file))
        .route("/r/{no}/{secret}/photo/{event}/{n}", get(show::photo))
        .route("/r/{no}/{secret}/info", get(own::show))
        .route("/r/{no}/{secret}/info/contact", post(own::contact))
        .route("/r/{no}/{secret}/info/unpublish", post(own::unpublish))
        .route("/r/{no}/{secret}/info/tell", post(own::tell))
        .route("/r/{no}/{secret}/info/erase", get(own::ask_erase).post(own::erase))
        .route("/r/{no}/{secret}/claim", post(mine::claim))
        .route("/my", get(mine::list))
        .route("/my/out", post(mine::leave))
        .route("/my/{no}", post(mine::open))
        .route("/whose", get(whose::find))
}

/// The tiles on the residents' home.
pub(super) fn home(lang: Lang) -> Vec<HomeTile> {
    let t = ResidentTexts::of(lang);
    let tile = |href, text, hint, icon, primary| HomeTile { href, text, hint, icon, primary };
    vec![
        tile("/report", t.tile_report, t.tile_report_hint, "message-square-plus", true),
        tile("/track", t.tile_track, t.tile_track_hint, "search", false),
        tile("/whose", t.tile_whose, t.tile_whose_hint, "landmark", false),
    ]
}
