//! What was asked, and what it came to.

use std::collections::BTreeMap;

use base::{Date, UnitId};
use people::Tree;
use store::{Row, Sql, StoreError, Tx, p, sql};

use crate::model::{Ledger, Request, RequestId, Rhythm, State};
use crate::register::communities;

macro_rules! columns {
    () => {
        "id, title, asker, asker_name, document, scope, field_names, known_names, minutes, rhythm, starts, ends, state, reason, decided_on, \
         registered_by, unit, created_at, salt"
    };
}

/// By the primary key.
const ONE: &Sql = sql!(concat!("SELECT ", columns!(), " FROM burden_request WHERE id = ?1"));
/// Walks the primary key: some hundreds of rows, since each demand stands here once.
const ALL: &Sql = sql!(concat!("SELECT ", columns!(), " FROM burden_request ORDER BY id DESC LIMIT 5000"));

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

/// Whether a request asks something of a community under this unit, or of the unit itself.
pub fn concerns(tree: &Tree, request: &Request, unit: UnitId) -> bool {
    tree.is_within(request.scope, unit) || tree.is_within(unit, request.scope)
}

/// What a year came to, for each community under a unit.
pub fn by_community(tree: &Tree, requests: &[Request], unit: UnitId, year: i16, until: Date) -> BTreeMap<UnitId, Ledger> {
    let mut sums: BTreeMap<UnitId, Ledger> = communities(tree, unit).into_iter().map(|unit| (unit, Ledger::default())).collect();
    for request in requests {
        let ledger = request.ledger(year, until);
        for (community, sum) in &mut sums {
            if tree.is_within(*community, request.scope) {
                *sum += ledger;
            }
        }
    }
    sums
}
