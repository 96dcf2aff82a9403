//! What everybody may read: concerns that were published, with the text and the answer that two people have
//! looked at, and where the matter stands. Nothing of who sent it.

use base::{Id, Time, UnitId};
use record::EventId;
use search::Query;
use store::{Row as StoreRow, Sql, StoreError, Tx, p, sql};

use crate::concern::ConcernId;
use crate::found;
use crate::model::{Outcome, State};
use crate::read::known;

/// A published concern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// The concern.
    pub id: ConcernId,
    /// Its number.
    pub no: String,
    /// What happened, as it was published.
    pub words: String,
    /// The answer, as it was published.
    pub answer: Option<String>,
    /// Where it stands now.
    pub state: State,
    /// The code of its kind.
    pub kind: Option<String>,
    /// The name of its kind.
    pub kind_name: Option<String>,
    /// The community, or the town where no community is known: never nearer.
    pub place: Option<UnitId>,
    /// Who handles or handled it.
    pub handler: Option<UnitId>,
    /// How it was closed.
    pub outcome: Option<Outcome>,
    /// When it came.
    pub received_at: Time,
    /// When it was published.
    pub published_at: Time,
    /// When it was closed.
    pub closed_at: Option<Time>,
    /// The event that brought the published text.
    pub event: EventId,
}

/// Which published concerns are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Between {
    /// Those that came at this time or later.
    pub from: Time,
    /// And before this one.
    pub to: Time,
    /// Only closed ones, or only open ones.
    pub closed: Option<bool>,
}

macro_rules! columns {
    () => {
        "SELECT c.id, c.no, w.body, a.body, c.state, c.kind, k.name, c.community, c.town, c.handler, c.outcome, c.received_at, b.published_at,
                c.closed_at, b.event
         FROM concern_publication b JOIN concern c ON c.id = b.concern AND c.may_publish = 1
         JOIN concern_text w ON w.concern = b.concern AND w.event = b.event AND w.part = 'words' AND w.body IS NOT NULL
         LEFT JOIN concern_text a ON a.concern = b.concern AND a.event = b.event AND a.part = 'shown'
         LEFT JOIN concern_kind k ON k.code = c.kind "
    };
}

/// Walks `concern_publication_list` from its end.
const LIST: &Sql = sql!(concat!(
    columns!(),
    "WHERE b.state = 'published' AND (b.published_at < ?1 OR (b.published_at = ?1 AND b.concern < ?2))
       AND (c.community = ?3 OR c.town = ?3 OR ?3 IS NULL) ORDER BY b.published_at DESC, b.concern DESC LIMIT ?4"
));
/// By the index `concern_publication_public`.
const ONE: &Sql = sql!(concat!(columns!(), "WHERE b.concern = ?1 AND b.state = 'published'"));
const BY_NO: &Sql = sql!(concat!(columns!(), "WHERE c.no = ?1 AND b.state = 'published'"));

/// Walks `concern_publication_list` from its end: what came at a time was published later.
const BETWEEN: &Sql = sql!(concat!(
    columns!(),
    "WHERE b.state = 'published' AND b.published_at >= ?1 AND c.received_at >= ?1 AND c.received_at < ?2
       AND (c.kind = ?3 OR ?3 IS NULL) AND (?4 < 0 OR (?4 = 1 AND c.state = 'archived') OR (?4 = 0 AND c.state <> 'archived'))
     ORDER BY b.published_at DESC, b.concern DESC LIMIT ?5"
));
/// By `concern_publication_list`.
const PUBLISHED_IN: &Sql = sql!(concat!(
    columns!(),
    "WHERE b.state = 'published' AND b.published_at >= ?1 AND b.published_at < ?2 ORDER BY b.published_at LIMIT ?3"
));
/// By `concern_closed`; of those few are public.
const CLOSED_IN: &Sql =
    sql!(concat!(columns!(), "WHERE b.state = 'published' AND c.closed_at >= ?1 AND c.closed_at < ?2 ORDER BY c.closed_at LIMIT ?3"));

fn read(row: &StoreRow) -> Result<Published, StoreError> {
    Ok(Published {
        id: row.id(0)?,
        no: row.text(1)?.to_owned(),
        words: row.text(2)?.to_owned(),
        answer: row.opt_text(3)?.map(str::to_owned),
        state: known(State::from_code(row.text(4)?), "state")?,
        kind: row.opt_text(5)?.map(str::to_owned),
        kind_name: row.opt_text(6)?.map(str::to_owned),
        place: match row.opt_id(7)? {
            None => row.opt_id(8)?,
            community => community,
        },
        handler: row.opt_id(9)?,
        outcome: row.opt_text(10)?.map(|code| known(Outcome::from_code(code), "outcome")).transpose()?,
        received_at: row.time(11)?,
        published_at: row.time(12)?,
        closed_at: row.opt_time(13)?,
        event: EventId(row.id(14)?),
    })
}

/// A published concern by its number.
///
/// # Errors
/// Only the store's.
pub fn published(tx: &mut Tx, no: &str) -> Result<Option<Published>, StoreError> {
    tx.opt(BY_NO, p![no], read)
}

/// A published concern.
///
/// # Errors
/// Only the store's.
pub fn published_by_id(tx: &mut Tx, id: ConcernId) -> Result<Option<Published>, StoreError> {
    tx.opt(ONE, p![id], read)
}

/// Published concerns that came within a time, at most so many, the last published first.
///
/// # Errors
/// Only the store's.
pub fn published_between(tx: &mut Tx, span: Between, kind: Option<&str>, most: usize) -> Result<Vec<Published>, StoreError> {
    let closed = span.closed.map_or(-1_i64, i64::from);
    tx.all(BETWEEN, p![span.from, span.to, kind, closed, i64::try_from(most).unwrap_or(i64::MAX)], read)
}

/// Concerns whose present text was published within a time, and those public ones that were closed within it; at most so
/// many of each, the earliest first.
///
/// # Errors
/// Only the store's.
pub fn changed_between(tx: &mut Tx, from: Time, to: Time, most: i64) -> Result<[Vec<Published>; 2], StoreError> {
    Ok([tx.all(PUBLISHED_IN, p![from, to, most], read)?, tx.all(CLOSED_IN, p![from, to, most], read)?])
}

/// A page of the public list, the newest first, with where the next one begins.
///
/// # Errors
/// Only the store's.
pub fn public_list(
    tx: &mut Tx,
    words: &str,
    place: Option<UnitId>,
    before: Option<&str>,
    most: usize,
) -> Result<(Vec<Published>, Option<String>), StoreError> {
    let query = Query::of(words);
    let parsed = before.and_then(|text| text.split_once('-'));
    if !query.is_empty() {
        let mut after = before.and_then(|text| text.parse::<Id>().ok());
        let mut found = Vec::new();
        loop {
            let ids = search::find(tx, found::PUBLIC, &query, after, 100)?;
            for id in &ids {
                after = Some(*id);
                let fits = |one: &Published| place.is_none_or(|place| one.place == Some(place));
                found.extend(published_by_id(tx, ConcernId(*id))?.filter(fits));
                if found.len() > most {
                    found.pop();
                    let next = found.last().map(|last| last.id.to_string());
                    return Ok((found, next));
                }
            }
            if ids.len() < 100 {
                return Ok((found, None));
            }
        }
    }
    let (at, id) = match parsed.and_then(|(at, id)| Some((at.parse().ok()?, id.parse::<Id>().ok()?))) {
        Some((at, id)) => (Time(at), id),
        None => (Time(i64::MAX), Id([0xff; 16])),
    };
    let mut rows = tx.all(LIST, p![at, id, place, i64::try_from(most + 1).unwrap_or(i64::MAX)], read)?;
    let more = rows.len() > most;
    rows.truncate(most);
    let next = rows.last().filter(|_| more).map(|last| format!("{}-{}", last.published_at.0, last.id));
    Ok((rows, next))
}
