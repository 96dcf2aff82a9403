//! Reading an entry in plain: with a reason that is kept, and so many a day.

use base::{Ctx, Id, PersonId, Time, UnitId};
use people::Actor;
use record::{About, append, text_digest_hex};
use store::{Sql, StoreError, Tx, p, sql};

use crate::ResidentId;
use crate::events::ResidentOpened;
use crate::keep::find;
use crate::model::Resident;
use crate::permissions::See;

/// How many entries one person reads in a day: far more than anybody visits, far fewer than a list.
pub const MOST_A_DAY: i64 = 60;

/// The longest reason, in characters.
pub(crate) const LONGEST_REASON: usize = 200;

/// Why an entry was not shown.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// There is none, or it is not of a place that the post reaches: which of the two is not said.
    #[error("there is no such entry")]
    NotFound,
    /// Empty, or longer than 200 characters.
    #[error("a reason has 1 to 200 characters")]
    Reason,
    /// So many were read in a day.
    #[error("{MOST_A_DAY} entries were read within a day")]
    TooMany,
    /// The store's.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// That an entry was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// Who read it.
    pub person: PersonId,
    /// The unit of the post by which it was read.
    pub unit: UnitId,
    /// When.
    pub at: Time,
    /// Why.
    pub reason: String,
}

/// By the index `resident_reading_by_reader`.
const LATELY: &Sql = sql!("SELECT COUNT(*) FROM resident_reading WHERE read_by = ?1 AND at > ?2");
const LOG: &Sql =
    sql!("INSERT INTO resident_reading (told, resident, read_by, read_for, at, reason, salt) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
/// By the index `resident_reading_by_resident`.
const OF: &Sql = sql!("SELECT read_by, read_for, at, reason FROM resident_reading WHERE resident = ?1 ORDER BY at DESC LIMIT 50");

/// Show an entry in plain. The reading is written down in the same transaction: no log, no entry.
///
/// # Errors
/// [`OpenError`].
pub fn open(tx: &mut Tx, ctx: &Ctx, actor: &Actor, id: ResidentId, reason: &str) -> Result<Resident, OpenError> {
    let entry = find(tx, id)?.ok_or(OpenError::NotFound)?;
    let over = entry.grid().unwrap_or(entry.community);
    let proof = actor.require::<See>(&*people::tree(tx)?, over).map_err(|_| OpenError::NotFound)?;
    let reason = base::text::clean_line(reason);
    if reason.is_empty() || reason.chars().count() > LONGEST_REASON {
        return Err(OpenError::Reason);
    }
    if tx.one(LATELY, p![actor.person, ctx.now.plus(-Time::DAY)], |row| row.int(0))? >= MOST_A_DAY {
        return Err(OpenError::TooMany);
    }
    let plain = entry.sealed.plain(ctx)?;
    let salt: [u8; 16] = ctx.salt();
    let facts = ResidentOpened { unit: proof.unit(), reason: text_digest_hex(&salt, &reason) };
    let about = About { occurred_at: ctx.now, actor: proof.actor(), unit: Some(proof.unit()), subject: id.0, batch: None };
    let event: Id = append(tx, ctx, about, &facts)?.0;
    tx.exec(LOG, p![event, id, actor.person, proof.unit(), ctx.now, reason.as_str(), &salt[..]])?;
    Ok(plain)
}

/// Who read an entry, the last first.
///
/// # Errors
/// Only the store's.
pub fn readings(tx: &mut Tx, id: ResidentId) -> Result<Vec<Reading>, StoreError> {
    tx.all(OF, p![id], |row| Ok(Reading { person: row.id(0)?, unit: row.id(1)?, at: row.time(2)?, reason: row.text(3)?.to_owned() }))
}
