//! Each form is done once: it carries a random key, and whoever sends it again gets the first answer.

use base::Time;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use crate::{Sql, StoreError, Tx, p, sql};

/// By the primary key.
const FIND: &Sql = sql!("SELECT what, who, answer FROM op_key WHERE digest = ?1");
const KEEP: &Sql = sql!("INSERT INTO op_key (digest, what, who, answer, at) VALUES (?1, ?2, ?3, ?4, ?5)");
/// By the index `op_key_at`.
const SWEEP: &Sql = sql!("DELETE FROM op_key WHERE digest IN (SELECT digest FROM op_key WHERE at < ?1 ORDER BY at LIMIT ?2)");

/// How long first answers are kept.
pub const KEPT: i64 = 60 * Time::DAY;

/// Does `f` and keeps its answer under the form's key; a form that was done before gets the first
/// answer and `f` is not run. Only digests of the key and of `who` are stored, and an answer that
/// is an error is not kept: nothing was done then.
///
/// # Errors
/// What `f` returned; `Unique("op_key")` where the key was used for something else or by somebody else.
pub fn once<A, E>(
    tx: &mut Tx,
    now: Time,
    op_key: &[u8; 16],
    what: &'static str,
    who: &[u8],
    f: impl FnOnce(&mut Tx) -> Result<A, E>,
) -> Result<A, E>
where
    A: Serialize + DeserializeOwned,
    E: From<StoreError>,
{
    let (digest, who): ([u8; 32], [u8; 32]) = (Sha256::digest(op_key).into(), Sha256::digest(who).into());
    let found = tx.opt(FIND, p![&digest], |row| {
        let same = row.text(0)? == what && row.blob(1)? == who;
        Ok((same, serde_json::from_str(row.text(2)?)))
    })?;
    match found {
        Some((true, Ok(answer))) => return Ok(answer),
        Some((true, Err(error))) => return Err(StoreError::Other(format!("the first answer of {what} cannot be read: {error}")).into()),
        Some((false, _)) => return Err(StoreError::Unique("op_key".into()).into()),
        None => {}
    }
    let answer = f(tx)?;
    let text = serde_json::to_string(&answer).map_err(|error| StoreError::Other(format!("the answer of {what}: {error}")))?;
    match tx.exec(KEEP, p![&digest, what, &who, &text, now]) {
        Ok(_) => Ok(answer),
        // The same form came twice at once and the other was first: run again, this one finds its answer.
        Err(error) if error.is_unique("op_key_pk") => Err(tx.retry(error).into()),
        Err(error) => Err(error.into()),
    }
}

/// Forgets answers older than [`KEPT`], at most `limit` of them, and says how many went.
///
/// # Errors
/// [`StoreError`].
pub fn sweep(tx: &mut Tx, now: Time, limit: u32) -> Result<u64, StoreError> {
    tx.exec(SWEEP, p![now.plus(-KEPT), limit])
}
