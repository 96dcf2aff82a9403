//! The pages of scores: the board, a unit's card, its cases, appeals, schemes.

mod appeals;
mod board;
mod card;
mod cases;
mod edit;
mod list;
mod rules;

use axum::Router;
use axum::routing::get;
use base::{Date, Time, UnitId};
use measures::{Period, ReadNumbers};
use people::{Actor, Tree};
use store::Tx;
use web::{App, Fields, Lang, MenuItem, PageError, dates, fill};

use crate::events::SchemeId;
use crate::lock::{self, Round};
use crate::scheme::{self, Scheme, Span};
use crate::score::{Band, Excluded, Line, Plan};
use crate::texts::ScoreTexts;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/scores", get(board::board))
        .route("/scores/lock", axum::routing::post(board::lock_period))
        .route("/scores/book.xlsx", get(board::workbook))
        .route("/scores/card", get(card::card))
        .route("/scores/cases", get(cases::cases))
        .route("/scores/cases.xlsx", get(cases::book))
        .route("/scores/appeal", get(appeals::form).post(appeals::send))
        .route("/scores/appeals", get(list::list))
        .route("/scores/appeals.xlsx", get(list::book))
        .route("/scores/appeals/{id}", get(appeals::show).post(appeals::decide))
        .route("/scores/schemes", get(edit::list))
        .route("/scores/schemes/edit", get(edit::form).post(edit::send))
        .route("/scores/schemes/{id}/file", get(edit::file))
        .route("/rules", get(rules::list))
        .route("/rules/{digest}", get(rules::show))
}

pub(crate) fn menu(actor: &Actor, _: &Tree, lang: Lang) -> Vec<MenuItem> {
    if actor.has::<ReadNumbers>().is_none() {
        return Vec::new();
    }
    vec![MenuItem::new("/scores", ScoreTexts::of(lang).menu, "clipboard-check")]
}

/// The name of a band; what stands in its place where there is none.
fn band(t: &ScoreTexts, band: Option<Band>) -> &'static str {
    match band {
        Some(Band::Good) => t.band_good,
        Some(Band::Fair) => t.band_fair,
        Some(Band::Middling) => t.band_middling,
        Some(Band::Improve) => t.band_improve,
        None => t.band_none,
    }
}

/// Points as people read them: 87.5.
fn points(hundredths: Option<i64>) -> String {
    hundredths.map_or_else(|| "—".to_owned(), |n| format!("{}.{:02}", n / 100, n % 100))
}

/// What an address names: a scheme in the version that holds for a period, and the revisions of that.
struct Seen {
    scheme: Scheme,
    period: Period,
    /// Up to the one that is looked at, which is the last where the address names none.
    revisions: Vec<Round>,
    /// Revisions that came after it.
    later: Vec<Round>,
}

impl Seen {
    /// The scheme and the period, with the revision where it is not the last.
    fn query(&self) -> String {
        match self.revisions.last().filter(|_| !self.later.is_empty()) {
            Some(round) => self.query_of(round),
            None => format!("s={}&from={}", self.scheme.id, self.period.from),
        }
    }

    /// The same for one revision.
    fn query_of(&self, round: &Round) -> String {
        format!("s={}&from={}&rev={}", self.scheme.id, self.period.from, round.revision)
    }

    /// The same for another period.
    fn query_at(&self, period: &Period) -> String {
        format!("s={}&from={}", self.scheme.id, period.from)
    }

    /// Every revision, the first one first.
    fn all(&self) -> impl Iterator<Item = &Round> {
        self.revisions.iter().chain(&self.later)
    }

    /// Every unit's line: as locked, or as it stands.
    fn lines(&self, tx: &mut Tx, units: &[UnitId]) -> Result<Vec<Line>, PageError> {
        if self.revisions.is_empty() {
            return Ok(Plan::of(&self.scheme).lines(tx, units, &self.period, &Excluded::new())?);
        }
        let all = lock::lines(tx, &self.revisions)?;
        Ok(units.iter().filter_map(|unit| all.iter().find(|line| line.unit == *unit).cloned()).collect())
    }

    fn state(&self, t: &ScoreTexts, lang: Lang, now: Time) -> String {
        let Some(last) = self.revisions.last() else { return t.state_open.to_owned() };
        let words = match (self.later.is_empty(), last.revision) {
            (true, _) => t.state_locked,
            (false, 1) => t.state_first,
            (false, _) => t.state_older,
        };
        fill(words, &[("n", &last.revision), ("at", &dates::moment(lang, last.at, now))])
    }
}

/// The scheme and the period of an address; the first scheme and the present period where it names none.
fn seen(tx: &mut Tx, fields: &Fields, now: Time) -> Result<Option<Seen>, PageError> {
    let latest = scheme::latest(tx)?;
    let wanted = fields.id::<SchemeId>("s");
    let Some(found) = latest.iter().find(|scheme| wanted.is_none_or(|id| scheme.id == id)) else {
        return if wanted.is_some() { Err(PageError::NotFound) } else { Ok(None) };
    };
    let span: Span = found.says.period;
    let day = fields.get("from").and_then(|text| text.parse::<Date>().ok()).unwrap_or(now.date());
    let period = span.of(day);
    let all = lock::rounds(tx, found.id)?.into_iter().filter(|round| round.period == period);
    let upto = fields.int("rev").unwrap_or(i64::MAX);
    let (revisions, later): (Vec<Round>, Vec<Round>) = all.partition(|round| round.revision <= upto.max(1));
    let version = match revisions.last() {
        Some(last) => scheme::find(tx, found.id, last.version)?,
        None => scheme::for_period(tx, found.id, &period)?,
    };
    // Before its first day a scheme can be tried out on what is there.
    let scheme = version.unwrap_or_else(|| found.clone());
    Ok(Some(Seen { scheme, period, revisions, later }))
}
