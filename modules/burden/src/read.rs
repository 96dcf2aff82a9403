//! What was asked, and what it came to.

use std::collections::{BTreeMap, HashSet};

use base::{Date, UnitId};
use people::{Level, Tree};
use store::{Row, Sql, StoreError, Tx, p, sql};

use crate::model::{Ledger, Request, RequestId, Rhythm, State};

macro_rules! columns {
    () => {
        "id, title, asker, asker_name, document, scope, field_names, known_names, minutes, rhythm, starts, ends, state, reason, decided_on, \
         registered_by, unit, created_at, salt"
    };
}

/// By the primary key.
const ONE: &Sql = sql!(concat!("SELECT ", columns!(), " FROM burden_request WHERE id = ?1"));
/// Walks the primary key: some hundreds of rows, since each demand stands here once. All of them, since a ledger without the
/// older ones would say less than was asked.
const ALL: &Sql = sql!(concat!("SELECT ", columns!(), " FROM burden_request ORDER BY id DESC"));

fn bad(column: &str) -> StoreError {
    StoreError::unreadable("burden_request", column)
}

fn request(row: &Row<'_>) -> Result<(Request, [u8; 16]), StoreError> {
    let day = |column: &str, text: &str| text.parse::<Date>().map_err(|_| bad(column));
    let list = |text: &str| text.lines().map(str::to_owned).collect();
    let request = Request {
        id: row.id(0)?,
        title: row.text(1)?.to_owned(),
        asker: row.opt_id(2)?,
        asker_name: row.text(3)?.to_owned(),
        document: row.text(4)?.to_owned(),
        scope: row.id(5)?,
        field_names: list(row.text(6)?),
        known_names: list(row.text(7)?),
        minutes: row.int(8)?,
        rhythm: Rhythm::from_code(row.text(9)?).ok_or_else(|| bad("rhythm"))?,
        starts: day("starts", row.text(10)?)?,
        ends: row.opt_text(11)?.map(|text| day("ends", text)).transpose()?,
        state: State::from_code(row.text(12)?).ok_or_else(|| bad("state"))?,
        reason: row.text(13)?.to_owned(),
        decided_on: row.opt_text(14)?.map(|text| day("decided_on", text)).transpose()?,
        registered_by: row.id(15)?,
        unit: row.id(16)?,
        created_at: row.time(17)?,
    };
    Ok((request, row.blob(18)?.try_into().map_err(|_| bad("salt"))?))
}

/// One request.
///
/// # Errors
/// Only the store's.
pub fn find(tx: &mut Tx, id: RequestId) -> Result<Option<Request>, StoreError> {
    Ok(salted(tx, id)?.map(|found| found.0))
}

pub(crate) fn salted(tx: &mut Tx, id: RequestId) -> Result<Option<(Request, [u8; 16])>, StoreError> {
    tx.opt(ONE, p![id], request)
}

/// All requests, the newest first.
///
/// # Errors
/// Only the store's.
pub fn all(tx: &mut Tx) -> Result<Vec<Request>, StoreError> {
    Ok(tx.all(ALL, p![], request)?.into_iter().map(|found| found.0).collect())
}

pub(crate) fn all_salted(tx: &mut Tx) -> Result<Vec<(Request, [u8; 16])>, StoreError> {
    tx.all(ALL, p![], request)
}

/// Whether a request asks something of a community under this unit, or of the unit itself. What was asked of a unit that ended
/// is asked of those that took over.
pub fn concerns(tree: &Tree, request: &Request, unit: UnitId) -> bool {
    tree.heirs(request.scope).into_iter().any(|scope| tree.is_within(scope, unit) || tree.is_within(unit, scope))
}

/// The days on which a community was there to be asked: from the first one, where it took over from an older one, to the last
/// one, where it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Days {
    first: Option<Date>,
    last: Option<Date>,
}

/// The communities under a unit, those that ended too, each with its days. One that the house knows only since it was set up was
/// asked before.
fn days(tree: &Tree, unit: UnitId) -> Vec<(UnitId, Days)> {
    let mut came: HashSet<UnitId> = HashSet::new();
    for old in tree.all().filter(|unit| unit.level == Level::Community) {
        let begun = |heir: &UnitId| tree.get(*heir).is_some_and(|heir| heir.valid_from.date() > old.valid_from.date());
        came.extend(tree.heirs(old.id).into_iter().skip(1).filter(begun));
    }
    let under = tree.subtree(unit).into_iter().filter(|unit| unit.level == Level::Community);
    let days = under.map(|unit| {
        let first = came.contains(&unit.id).then(|| unit.valid_from.date());
        // On the day on which it ended, whoever took over was there.
        let last = unit.valid_to.map(|ended| ended.date().yesterday().unwrap_or(Date::MIN));
        (unit.id, Days { first, last })
    });
    days.collect()
}

/// A unit whose communities are asked, and those that took over from it, each with the day since when.
fn scopes(tree: &Tree, scope: UnitId) -> Vec<(UnitId, Option<Date>)> {
    let all = tree.heirs(scope);
    let since = |heir: &UnitId| {
        let before = all.iter().filter_map(|unit| tree.get(*unit)).filter(|unit| unit.successor == Some(*heir));
        let ended = before.filter_map(|unit| unit.valid_to).max();
        ended.or_else(|| tree.get(*heir).map(|heir| heir.valid_from)).map(|at| at.date())
    };
    all.iter().map(|unit| (*unit, if *unit == scope { None } else { since(unit) })).collect()
}

/// What a year came to, for each community under a unit; of those that ended, where it came to anything.
pub fn by_community(tree: &Tree, requests: &[Request], unit: UnitId, year: i16, until: Date) -> BTreeMap<UnitId, Ledger> {
    let (Ok(from), Ok(to)) = (Date::new(year, 1, 1), Date::new(year, 12, 31)) else { return BTreeMap::new() };
    let (from, to) = (from, to.min(until));
    let mut sums: Vec<(UnitId, Days, Ledger)> = days(tree, unit).into_iter().map(|(unit, days)| (unit, days, Ledger::default())).collect();
    for request in requests {
        let (scopes, whole) = (scopes(tree, request.scope), request.between(from, to));
        for (community, days, sum) in &mut sums {
            // By the scope itself it was always asked, by one that took over since then.
            let Some(since) = scopes.iter().filter(|(scope, _)| tree.is_within(*community, *scope)).map(|(_, since)| *since).min() else {
                continue;
            };
            let first = since.max(days.first).map_or(from, |first| first.max(from));
            let last = days.last.map_or(to, |last| last.min(to));
            *sum += if (first, last) == (from, to) { whole } else { request.between(first, last) };
        }
    }
    sums.retain(|(_, days, sum)| days.last.is_none() || *sum != Ledger::default());
    sums.into_iter().map(|(unit, _, sum)| (unit, sum)).collect()
}

/// The existing communities that a request asks.
pub fn asked(tree: &Tree, request: &Request) -> Vec<UnitId> {
    let scopes = tree.heirs(request.scope);
    let asked = |unit: &&people::Unit| scopes.iter().any(|scope| tree.is_within(unit.id, *scope));
    tree.of_level(Level::Community).filter(asked).map(|unit| unit.id).collect()
}
