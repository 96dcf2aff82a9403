//! A report as a row, its versions, and who may see it.

use base::{Ctx, Id, PersonId, Time, UnitId};
use measures::Period;
use people::{Actor, Tree};
use record::{About, text_digest_hex};
use store::{Row, Sql, StoreError, Tx, p, sql};

use crate::body::Body;
use crate::facts::Facts;
use crate::permissions::{Read, Write, in_unit};

base::id! {
    /// A report.
    pub ReportId;
}

/// Where a report stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Being written.
    Draft,
    /// Final.
    Finished,
    /// Thrown away.
    Discarded,
}

impl State {
    /// As it stands in the store.
    pub fn code(self) -> &'static str {
        match self {
            State::Draft => "draft",
            State::Finished => "finished",
            State::Discarded => "discarded",
        }
    }

    fn parse(code: &str) -> Result<State, StoreError> {
        [State::Draft, State::Finished, State::Discarded]
            .into_iter()
            .find(|state| state.code() == code)
            .ok_or_else(|| StoreError::unknown("report", "state", code))
    }
}

/// A report without its text and figures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Its id.
    pub id: ReportId,
    /// The unit that it is of.
    pub unit: UnitId,
    /// The first day.
    pub from: String,
    /// The last day.
    pub to: String,
    /// Where it stands.
    pub state: State,
    /// Its version.
    pub v: i64,
    /// When it was made.
    pub made_at: Time,
    /// By whom.
    pub made_by: PersonId,
    /// When it was finished or thrown away.
    pub closed_at: Option<Time>,
    /// By whom.
    pub closed_by: Option<PersonId>,
}

/// A version of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// Its number, from 1.
    pub v: i64,
    /// When it was written.
    pub at: Time,
    /// By whom.
    pub by: PersonId,
    /// What it says.
    pub body: Body,
}

/// Why something was not done with a report.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// There is no such report, or not for this person.
    #[error("there is no such report")]
    NotFound,
    /// The post held does not give it.
    #[error("not for this post")]
    Denied,
    /// It is no draft any more.
    #[error("the report is closed")]
    Closed,
    /// Somebody else was quicker.
    #[error("the report was changed meanwhile")]
    Stale,
    /// The unit has no report: it is closed or there is none.
    #[error("there is no such unit")]
    NoUnit,
    /// No title, or one that is too long.
    #[error("a title has 1 to 80 characters")]
    Title,
    /// A paragraph is too long; its block.
    #[error("a paragraph is too long: {0}")]
    TooLong(String),
    /// What the record shows to be wrong was left out without a reason; its block.
    #[error("left out without a reason: {0}")]
    NoReason(String),
    /// The template is wrong.
    #[error("the template is wrong")]
    Template(crate::template::Wrong),
    /// The store's.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The columns of a report.
macro_rules! columns {
    () => {
        "id, unit, from_day, to_day, state, v, made_at, made_by, closed_at, closed_by"
    };
}

const FIND: &Sql = sql!(concat!("SELECT ", columns!(), " FROM report WHERE id = ?1"));
/// Walks the primary key from its end.
const LIST: &Sql = sql!(concat!("SELECT ", columns!(), " FROM report WHERE id < ?1 AND state <> 'discarded' ORDER BY id DESC LIMIT ?2"));
/// Every row, for comparing with the record.
const ALL: &Sql = sql!(concat!("SELECT ", columns!(), ", facts, facts_salt FROM report ORDER BY id"));
const FACTS: &Sql = sql!("SELECT facts, facts_salt FROM report WHERE id = ?1");
/// There are a few hundred reports: they are looked through.
const TOLD: &Sql = sql!("SELECT facts FROM report WHERE unit = ?1 AND to_day = ?2 AND state = 'finished' ORDER BY id DESC LIMIT 1");
const INSERT: &Sql = sql!(
    "INSERT INTO report (id, unit, from_day, to_day, state, v, facts, facts_salt, made_at, made_by) VALUES (?1, ?2, ?3, ?4, 'draft', 1, ?5, ?6, ?7, ?8)"
);
const NEXT: &Sql = sql!("UPDATE report SET v = v + 1 WHERE id = ?1 AND v = ?2 AND state = 'draft'");
const CLOSE: &Sql = sql!("UPDATE report SET state = ?3, closed_at = ?4, closed_by = ?5 WHERE id = ?1 AND v = ?2 AND state = 'draft'");
const VERSION: &Sql = sql!("SELECT v, at, by, body, salt FROM report_version WHERE report = ?1 AND v = ?2");
const VERSIONS: &Sql = sql!("SELECT v, at, by, body, salt FROM report_version WHERE report = ?1 ORDER BY v DESC");
/// Every row, for comparing with the record.
const ALL_VERSIONS: &Sql = sql!("SELECT report, v, at, by, body, salt FROM report_version ORDER BY report, v");
const PUT_VERSION: &Sql = sql!("INSERT INTO report_version (report, v, at, by, body, salt) VALUES (?1, ?2, ?3, ?4, ?5, ?6)");

fn row(row: &Row) -> Result<Report, StoreError> {
    Ok(Report {
        id: row.id(0)?,
        unit: row.id(1)?,
        from: row.text(2)?.to_owned(),
        to: row.text(3)?.to_owned(),
        state: State::parse(row.text(4)?)?,
        v: row.int(5)?,
        made_at: row.time(6)?,
        made_by: row.id(7)?,
        closed_at: row.opt_time(8)?,
        closed_by: row.opt_id(9)?,
    })
}

fn bad(what: &str, error: &serde_json::Error) -> StoreError {
    StoreError::Other(format!("{what} of a report cannot be read: {error}"))
}

/// The report with this id, whoever asks: for those who have a proof already.
///
/// # Errors
/// Only the store's.
pub fn find(tx: &mut Tx, id: ReportId) -> Result<Option<Report>, StoreError> {
    tx.opt(FIND, p![id.0], row)
}

/// The report, if this person may see it: a draft is its own unit's, a finished one also of those above.
///
/// # Errors
/// Only the store's.
pub fn seen(tx: &mut Tx, actor: &Actor, tree: &Tree, id: ReportId) -> Result<Option<Report>, StoreError> {
    Ok(find(tx, id)?.filter(|report| may_see(actor, tree, report)))
}

/// Whether this person may see it.
pub fn may_see(actor: &Actor, tree: &Tree, report: &Report) -> bool {
    match report.state {
        State::Draft => in_unit::<Write>(actor, report.unit).is_some(),
        State::Finished => actor.may::<Read>(tree, report.unit),
        State::Discarded => false,
    }
}

/// Reports that this person may see, newest first, and where to go on.
///
/// # Errors
/// Only the store's.
pub fn list(
    tx: &mut Tx,
    actor: &Actor,
    tree: &Tree,
    before: Option<ReportId>,
    most: usize,
) -> Result<(Vec<Report>, Option<ReportId>), StoreError> {
    const PAGE: usize = 200;
    let mut at = before.map_or(Id([0xff; 16]), |id| id.0);
    let mut out = Vec::new();
    loop {
        let rows = tx.all(LIST, p![at, i64::try_from(PAGE).unwrap_or(i64::MAX)], row)?;
        let full = rows.len() == PAGE;
        for report in rows {
            at = report.id.0;
            if may_see(actor, tree, &report) {
                if out.len() == most {
                    let next = out.last().map(|last: &Report| last.id);
                    return Ok((out, next));
                }
                out.push(report);
            }
        }
        if !full {
            return Ok((out, None));
        }
    }
}

/// The figures of a report.
///
/// # Errors
/// Only the store's.
pub fn facts(tx: &mut Tx, id: ReportId) -> Result<Option<Facts>, StoreError> {
    let found = tx.opt(FACTS, p![id.0], |row| Ok(row.text(0)?.to_owned()))?;
    found.map(|text| serde_json::from_str(&text).map_err(|error| bad("the figures", &error))).transpose()
}

/// The figures of the last finished report of a unit whose period ended with the same day as this one.
///
/// # Errors
/// Only the store's.
pub(crate) fn told_then(tx: &mut Tx, unit: UnitId, period: &Period) -> Result<Option<Facts>, StoreError> {
    let found = tx.opt(TOLD, p![unit, &period.to.to_string()], |row| Ok(row.text(0)?.to_owned()))?;
    found.map(|text| serde_json::from_str(&text).map_err(|error| bad("the figures", &error))).transpose()
}

/// The digest of the figures, for events.
pub(crate) fn facts_digest(tx: &mut Tx, id: ReportId) -> Result<String, StoreError> {
    tx.one(FACTS, p![id.0], |row| Ok(text_digest_hex(&row.array(1)?, row.text(0)?)))
}

fn version_row(row: &Row, at: usize) -> Result<Version, StoreError> {
    let body = serde_json::from_str(row.text(at + 3)?).map_err(|error| bad("the text", &error))?;
    Ok(Version { v: row.int(at)?, at: row.time(at + 1)?, by: row.id(at + 2)?, body })
}

/// A version of its text.
///
/// # Errors
/// Only the store's.
pub fn version(tx: &mut Tx, id: ReportId, v: i64) -> Result<Option<Version>, StoreError> {
    tx.opt(VERSION, p![id.0, v], |row| version_row(row, 0))
}

/// All versions, newest first.
///
/// # Errors
/// Only the store's.
pub fn versions(tx: &mut Tx, id: ReportId) -> Result<Vec<Version>, StoreError> {
    tx.all(VERSIONS, p![id.0], |row| version_row(row, 0))
}

/// Keeps a new report; gives the digests of its figures and of its text.
pub(crate) fn insert(
    tx: &mut Tx,
    ctx: &Ctx,
    by: PersonId,
    id: ReportId,
    facts: &Facts,
    body: &Body,
) -> Result<(String, String), StoreError> {
    let (text, salt) = (facts.text(), ctx.salt());
    tx.exec(INSERT, p![id.0, facts.unit, &facts.from, &facts.to, &text, &salt[..], ctx.now, by])?;
    Ok((text_digest_hex(&salt, &text), put(tx, ctx, by, id, 1, body)?))
}

/// Keeps a version; gives the digest of its text.
pub(crate) fn put(tx: &mut Tx, ctx: &Ctx, by: PersonId, id: ReportId, v: i64, body: &Body) -> Result<String, StoreError> {
    let (text, salt) = (body.json(), ctx.salt());
    tx.exec(PUT_VERSION, p![id.0, v, ctx.now, by, &text, &salt[..]])?;
    Ok(text_digest_hex(&salt, &text))
}

/// The digest of a version's text.
pub(crate) fn body_digest(tx: &mut Tx, id: ReportId, v: i64) -> Result<String, StoreError> {
    tx.one(VERSION, p![id.0, v], |row| Ok(text_digest_hex(&row.array(4)?, row.text(3)?)))
}

/// Moves a draft on to its next version.
pub(crate) fn next(tx: &mut Tx, id: ReportId, v: i64) -> Result<(), ReportError> {
    if tx.exec(NEXT, p![id.0, v])? == 1 { Ok(()) } else { Err(ReportError::Stale) }
}

/// Closes a draft.
pub(crate) fn close(tx: &mut Tx, ctx: &Ctx, by: PersonId, id: ReportId, v: i64, state: State) -> Result<(), ReportError> {
    if tx.exec(CLOSE, p![id.0, v, state.code(), ctx.now, by])? == 1 { Ok(()) } else { Err(ReportError::Stale) }
}

/// A draft of this unit's at this version.
pub(crate) fn draft(tx: &mut Tx, unit: UnitId, id: ReportId, v: i64) -> Result<Report, ReportError> {
    let report = find(tx, id)?.filter(|report| report.state != State::Discarded).ok_or(ReportError::NotFound)?;
    if report.unit != unit {
        return Err(ReportError::Denied);
    }
    if report.state != State::Draft {
        return Err(ReportError::Closed);
    }
    if report.v == v { Ok(report) } else { Err(ReportError::Stale) }
}

/// What an event of a report is about.
pub(crate) fn about(ctx: &Ctx, by: PersonId, unit: UnitId, id: ReportId) -> About {
    About { occurred_at: ctx.now, actor: record::Actor::Person(by), unit: Some(unit), subject: id.0, batch: None }
}

/// Every report with the digest of its figures, for comparing.
pub(crate) fn all(tx: &mut Tx) -> Result<Vec<(Report, String)>, StoreError> {
    tx.all(ALL, p![], |found| Ok((row(found)?, text_digest_hex(&found.array(11)?, found.text(10)?))))
}

/// A version as it is compared: report, number, when, by whom, the digest of its text.
pub(crate) type Kept = (ReportId, i64, Time, PersonId, String);

/// Every version, for comparing.
pub(crate) fn all_versions(tx: &mut Tx) -> Result<Vec<Kept>, StoreError> {
    tx.all(ALL_VERSIONS, p![], |row| Ok((row.id(0)?, row.int(1)?, row.time(2)?, row.id(3)?, text_digest_hex(&row.array(5)?, row.text(4)?))))
}
