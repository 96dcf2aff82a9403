//! Each form is done once: it carries a key, and whoever sends it again gets the first answer.

use base::{Id, Time};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use crate::{Sql, StoreError, Tx, p, sql};

/// By the primary key.
const FIND: &Sql = sql!("SELECT what, who, answer FROM op_key WHERE digest = ?1");
const KEEP: &Sql = sql!("INSERT INTO op_key (digest, what, who, answer, at) VALUES (?1, ?2, ?3, ?4, ?5)");
const CLAIM: &Sql = sql!("INSERT INTO op_key (digest, what, who, answer, at) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (digest) DO NOTHING");
const AMEND: &Sql = sql!("UPDATE op_key SET answer = ?2 WHERE digest = ?1");
/// Two ranges of the primary key: what was made long ago, and what does not say when it was made.
const SWEEP: &Sql = sql!(
    "DELETE FROM op_key WHERE digest IN (
         SELECT digest FROM op_key WHERE at < ?1 AND (digest < ?2 OR digest >= ?3) LIMIT ?4)"
);

/// How long first answers are kept.
pub const KEPT: i64 = 60 * Time::DAY;

/// A form's key as it is stored, and who sent the form.
struct Key {
    digest: [u8; 24],
    who: [u8; 16],
}

impl Key {
    /// Our own pages make keys that begin with the time, as ids do; they are stored in that order, so that
    /// neighbours in time share a page of the table. Other keys lie apart, in no order. What makes a key
    /// hard to guess is kept as a digest only.
    fn of(op_key: &[u8; 16], who: &[u8]) -> Key {
        let mut digest = [0xff; 24];
        if Id(*op_key).tells_time() {
            digest[..6].copy_from_slice(&op_key[..6]);
        }
        digest[6..].copy_from_slice(&Sha256::digest(op_key)[..18]);
        let mut short = [0; 16];
        short.copy_from_slice(&Sha256::digest(who)[..16]);
        Key { digest, who: short }
    }
}

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
    let key = Key::of(op_key, who);
    if let Some(answer) = find(tx, &key, what)? {
        return Ok(answer);
    }
    let answer = f(tx)?;
    match tx.exec(KEEP, p![&key.digest, what, &key.who, &written(what, &answer)?, now]) {
        Ok(_) => Ok(answer),
        // The same form came twice at once and the other was first: run again, this one finds its answer.
        Err(error) if error.is_unique("op_key_pk") => Err(tx.retry(error).into()),
        Err(error) => Err(error.into()),
    }
}

/// The first answer to a form, if it was done before.
///
/// # Errors
/// `Unique("op_key")` where the key was used for something else or by somebody else.
pub fn answered<A: DeserializeOwned>(tx: &mut Tx, op_key: &[u8; 16], what: &'static str, who: &[u8]) -> Result<Option<A>, StoreError> {
    find(tx, &Key::of(op_key, who), what)
}

/// Keeps the answer before the work is done, for an operation that knows it by then: that spares the
/// search of [`once`]. A form that was done before gets the first answer back, and must not be done
/// again; none means that it is this one's to do.
///
/// # Errors
/// `Unique("op_key")` where the key was used for something else or by somebody else.
pub fn claim<A: Serialize + DeserializeOwned>(
    tx: &mut Tx,
    now: Time,
    op_key: &[u8; 16],
    what: &'static str,
    who: &[u8],
    answer: &A,
) -> Result<Option<A>, StoreError> {
    let key = Key::of(op_key, who);
    match tx.exec(CLAIM, p![&key.digest, what, &key.who, &written(what, answer)?, now])? {
        0 => find(tx, &key, what),
        _ => Ok(None),
    }
}

/// Puts another answer in the place of the one that was claimed in this transaction.
///
/// # Errors
/// [`StoreError`].
pub fn amend<A: Serialize>(tx: &mut Tx, op_key: &[u8; 16], what: &'static str, answer: &A) -> Result<(), StoreError> {
    tx.exec(AMEND, p![&Key::of(op_key, b"").digest, &written(what, answer)?]).map(drop)
}

fn written<A: Serialize>(what: &str, answer: &A) -> Result<String, StoreError> {
    serde_json::to_string(answer).map_err(|error| StoreError::Other(format!("the answer of {what}: {error}")))
}

fn find<A: DeserializeOwned>(tx: &mut Tx, key: &Key, what: &str) -> Result<Option<A>, StoreError> {
    let found = tx.opt(FIND, p![&key.digest], |row| {
        let same = row.text(0)? == what && row.blob(1)? == key.who;
        Ok((same, serde_json::from_str(row.text(2)?)))
    })?;
    match found {
        Some((true, Ok(answer))) => Ok(Some(answer)),
        Some((true, Err(error))) => Err(StoreError::Other(format!("the first answer of {what} cannot be read: {error}"))),
        Some((false, _)) => Err(StoreError::Unique("op_key".into())),
        None => Ok(None),
    }
}

/// Forgets answers older than [`KEPT`], at most `limit` of them, and says how many went.
///
/// # Errors
/// [`StoreError`].
pub fn sweep(tx: &mut Tx, now: Time, limit: u32) -> Result<u64, StoreError> {
    let (old, ahead) = (now.plus(-KEPT), now.plus(Time::DAY));
    tx.exec(SWEEP, p![old, &Id::first_at(old).0[..6], &Id::first_at(ahead).0[..6], limit])
}
