//! The catalogue: kinds of matter in a tree, and whose duty each kind is. What the desk confirms, what
//! suggestions are made of, and what residents look up under 这事归谁管.

use base::UnitId;
use store::{Row, Sql, StoreError, Tx, p, sql};

/// A kind of matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kind {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The kind it is part of.
    pub parent: Option<String>,
    /// Its place among its siblings.
    pub ord: i64,
    /// Words that speak for it.
    pub keywords: Vec<String>,
}

/// Whose duty a kind is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duty {
    /// The kind.
    pub kind: String,
    /// The unit.
    pub unit: UnitId,
    /// The document that makes it so.
    pub document: String,
}

const IS_KIND: &Sql = sql!("SELECT 1 FROM concern_kind WHERE code = ?1");
/// The whole table: some hundreds of rows.
const KINDS: &Sql = sql!("SELECT code, name, parent, ord, keywords FROM concern_kind ORDER BY ord, code");
const KIND: &Sql = sql!("SELECT code, name, parent, ord, keywords FROM concern_kind WHERE code = ?1");
const DUTIES: &Sql = sql!("SELECT kind, unit, document FROM concern_duty WHERE kind = ?1 ORDER BY unit");
const DUTIES_OF: &Sql = sql!("SELECT kind, unit, document FROM concern_duty WHERE unit = ?1 ORDER BY kind");
const PUT_KIND: &Sql = sql!(
    "INSERT INTO concern_kind (code, name, parent, ord, keywords) VALUES (?1, ?2, ?3, ?4, ?5)
     ON CONFLICT (code) DO UPDATE SET name = excluded.name, parent = excluded.parent, ord = excluded.ord, keywords = excluded.keywords"
);
const PUT_DUTY: &Sql = sql!(
    "INSERT INTO concern_duty (kind, unit, document) VALUES (?1, ?2, ?3)
     ON CONFLICT (kind, unit) DO UPDATE SET document = excluded.document"
);
const DROP_DUTY: &Sql = sql!("DELETE FROM concern_duty WHERE kind = ?1 AND unit = ?2");

fn kind_row(row: &Row) -> Result<Kind, StoreError> {
    Ok(Kind {
        code: row.text(0)?.to_owned(),
        name: row.text(1)?.to_owned(),
        parent: row.opt_text(2)?.map(str::to_owned),
        ord: row.int(3)?,
        keywords: row.text(4)?.split_whitespace().map(str::to_owned).collect(),
    })
}

fn duty_row(row: &Row) -> Result<Duty, StoreError> {
    Ok(Duty { kind: row.text(0)?.to_owned(), unit: row.id(1)?, document: row.text(2)?.to_owned() })
}

/// Whether there is a kind with this code.
pub(crate) fn is_kind(tx: &mut Tx, code: &str) -> Result<bool, StoreError> {
    Ok(tx.opt(IS_KIND, p![code], |_| Ok(()))?.is_some())
}

/// All kinds, in their order.
///
/// # Errors
/// Only the store's.
pub fn kinds(tx: &mut Tx) -> Result<Vec<Kind>, StoreError> {
    tx.all(KINDS, p![], kind_row)
}

/// The kind with this code.
///
/// # Errors
/// Only the store's.
pub fn kind(tx: &mut Tx, code: &str) -> Result<Option<Kind>, StoreError> {
    tx.opt(KIND, p![code], kind_row)
}

/// Whose duty a kind is. Where nobody is named for the kind itself, those of the kind it is part of.
///
/// # Errors
/// Only the store's.
pub fn duties(tx: &mut Tx, code: &str) -> Result<Vec<Duty>, StoreError> {
    let mut at = Some(code.to_owned());
    // A catalogue that names itself as its own parent must not hold anybody up.
    for _ in 0..8 {
        let Some(code) = at else { break };
        let found = tx.all(DUTIES, p![&code], duty_row)?;
        if !found.is_empty() {
            return Ok(found);
        }
        at = kind(tx, &code)?.and_then(|kind| kind.parent);
    }
    Ok(Vec::new())
}

/// The kinds that are this unit's duty.
///
/// # Errors
/// Only the store's.
pub fn duties_of(tx: &mut Tx, unit: UnitId) -> Result<Vec<Duty>, StoreError> {
    tx.all(DUTIES_OF, p![unit], duty_row)
}

/// Enters a kind, or changes it.
pub(crate) fn write_kind(tx: &mut Tx, kind: &Kind) -> Result<(), StoreError> {
    tx.exec(PUT_KIND, p![&kind.code, &kind.name, &kind.parent, kind.ord, &kind.keywords.join(" ")]).map(drop)
}

/// Enters a duty, or changes its document.
pub(crate) fn write_duty(tx: &mut Tx, duty: &Duty) -> Result<(), StoreError> {
    tx.exec(PUT_DUTY, p![&duty.kind, duty.unit, &duty.document]).map(drop)
}

/// Takes a duty away.
pub(crate) fn remove_duty(tx: &mut Tx, kind: &str, unit: UnitId) -> Result<bool, StoreError> {
    Ok(tx.exec(DROP_DUTY, p![kind, unit])? == 1)
}
