//! Sitting a test: beginning, saving answers as they are given, handing in. The server's time alone counts.
//!
//! A start writes one row and one event. An answer changes one row and is acknowledged after it is on disk. Handing in is
//! done once, whoever presses how often on how many devices.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use base::{Ctx, Time};
use record::{About, text_digest_hex};
use sha2::{Digest, Sha256};
use store::{Sql, StoreError, Tx, p, sql};

use crate::events::{AttemptId, AttemptStarted, AttemptSubmitted, PaperId, TestId};
use crate::model::{Given, KeyItem, Sheet, mark_packed};
use crate::paper::below;
use crate::read;
use crate::seat::Seat;

/// How long after the end an answer that was on its way still counts.
pub const GRACE: i64 = 5 * Time::SECOND;

/// Why something was refused.
#[derive(Debug, thiserror::Error)]
pub enum SitError {
    /// It is not open yet.
    #[error("it is not open yet")]
    Early,
    /// It is over, or nobody may begin any more.
    #[error("nobody may begin any more")]
    Late,
    /// Every attempt was used.
    #[error("every attempt was used")]
    Used,
    /// The time is over.
    #[error("the time is over")]
    Over,
    /// It was handed in.
    #[error("it was handed in")]
    Done,
    /// There is no such sitting.
    #[error("there is no such sitting")]
    NotFound,
    /// It may not be handed in yet.
    #[error("it may not be handed in yet")]
    TooSoon,
    /// The store's.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// By the primary key.
const OWN: &Sql = sql!("SELECT n, ends_at, submitted_at FROM attempt WHERE test = ?1 AND person = ?2 ORDER BY n DESC LIMIT 1");
const BEGIN: &Sql = sql!(
    "INSERT INTO attempt (test, person, n, id, unit, variant, started_at, ends_at, sheet, saved_at, submitted_at, how, salt)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?7, NULL, '', ?10)"
);

/// Begins, or goes on with what was begun. Answers which attempt it is.
///
/// # Errors
/// [`SitError`].
pub fn start(tx: &mut Tx, ctx: &Ctx, seat: &Seat) -> Result<i64, SitError> {
    let test = seat.test();
    let last = tx.opt(OWN, p![test.id, seat.person()], |row| Ok((row.int(0)?, row.time(1)?, row.opt_time(2)?)))?;
    if let Some((n, ends, None)) = last
        && ctx.now <= ends.plus(GRACE)
    {
        return Ok(n);
    }
    if !test.has_begun(ctx.now) {
        return Err(SitError::Early);
    }
    if test.state != "set" || ctx.now >= test.last_start() {
        return Err(SitError::Late);
    }
    let n = last.map_or(0, |(n, ..)| n) + 1;
    if n > test.terms.attempts {
        return Err(SitError::Used);
    }
    let more = test.terms.minutes * seat.extra() / 100;
    let ends = ctx.now.plus(seat.minutes() * Time::MINUTE).min(test.closes.plus(more * Time::MINUTE));
    let variant = i64::try_from(below(ctx.random(), usize::try_from(test.variants).unwrap_or(1))).unwrap_or(0) + 1;
    let (id, salt) = (ctx.id::<AttemptId>(), ctx.salt());
    let sheet = Sheet::new(usize::try_from(test.questions).unwrap_or(0)).write();
    tx.exec(BEGIN, p![test.id, seat.person(), n, id, seat.unit(), variant, ctx.now, ends, &sheet[..], &salt[..]])?;
    let about = about(ctx, seat, id);
    record::append(tx, ctx, about, &AttemptStarted { test: test.id, person: seat.person(), n, variant, ends, seat: seat.unit() })?;
    Ok(n)
}

fn about(ctx: &Ctx, seat: &Seat, id: AttemptId) -> About {
    About { occurred_at: ctx.now, actor: record::Actor::Person(seat.person()), unit: Some(seat.test().unit), subject: id.0, batch: None }
}

/// An answer as a browser sends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Which question, from 0.
    pub place: usize,
    /// What was chosen.
    pub letters: u16,
    /// What was written.
    pub words: String,
    /// How many seconds ago it was given, as the browser counts.
    pub ago: u64,
}

impl Answer {
    /// Puts it on a sheet.
    pub(crate) fn put(&self, sheet: &mut Sheet) {
        sheet.set(self.place, self.given(), 1);
    }

    /// What it gives.
    fn given(&self) -> Given<'_> {
        match (self.letters, self.words.as_str()) {
            (0, "") => Given::Nothing,
            (0, words) => Given::Words(words),
            (letters, _) => Given::Letters(letters),
        }
    }
}

/// By the primary key.
const SHEET: &Sql = sql!("SELECT sheet, started_at, ends_at, submitted_at FROM attempt WHERE test = ?1 AND person = ?2 AND n = ?3");
const SAVE: &Sql = sql!("UPDATE attempt SET sheet = ?4, saved_at = ?5 WHERE test = ?1 AND person = ?2 AND n = ?3 AND submitted_at IS NULL");

/// Saves answers of somebody's sitting; answers how many microseconds are left. The sitting itself is the permission: it is
/// looked up by who is signed in.
///
/// # Errors
/// [`SitError`].
pub fn save(tx: &mut Tx, ctx: &Ctx, who: base::PersonId, test: TestId, n: i64, answers: &[Answer]) -> Result<i64, SitError> {
    let found = tx.opt(SHEET, p![test, who, n], |row| Ok((Sheet::read(row.blob(0)?), row.time(1)?, row.time(2)?, row.opt_time(3)?)))?;
    let (mut sheet, started, ends, submitted) = found.ok_or(SitError::NotFound)?;
    if submitted.is_some() {
        return Err(SitError::Done);
    }
    if ctx.now > ends.plus(GRACE) {
        return Err(SitError::Over);
    }
    let second = u64::try_from(ctx.now.since(started).max(0) / Time::SECOND).unwrap_or(0);
    for answer in answers {
        // The clock of a sheet begins at 1, so that what was never answered is older than everything.
        sheet.set(answer.place, answer.given(), second.saturating_sub(answer.ago) + 1);
    }
    tx.exec(SAVE, p![test, who, n, &sheet.write()[..], ctx.now])?;
    Ok(ends.since(ctx.now))
}

/// By the primary key.
const CURRENT: &Sql =
    sql!("SELECT id, sheet, salt, variant, started_at, ends_at, submitted_at FROM attempt WHERE test = ?1 AND person = ?2 AND n = ?3");

/// Hands in. What the browser still had is saved before, if the time is not over.
///
/// # Errors
/// [`SitError`].
pub fn submit(tx: &mut Tx, ctx: &Ctx, seat: &Seat, n: i64, answers: &[Answer]) -> Result<(), SitError> {
    let test = seat.test();
    let row = tx.opt(CURRENT, p![test.id, seat.person(), n], |row| Ok((row.time(4)?, row.time(5)?, row.opt_time(6)?)))?;
    let (started, ends, submitted) = row.ok_or(SitError::NotFound)?;
    if submitted.is_some() {
        return Err(SitError::Done);
    }
    if ctx.now <= ends.plus(GRACE) {
        if ctx.now < ends && ctx.now.since(started) < test.terms.early * Time::MINUTE {
            return Err(SitError::TooSoon);
        }
        save(tx, ctx, seat.person(), test.id, n, answers)?;
    }
    let actor = record::Actor::Person(seat.person());
    finish(tx, ctx, test, seat.person(), n, ("person", actor))?;
    Ok(())
}

const FINISH: &Sql = sql!(
    "UPDATE attempt SET submitted_at = ?4, how = ?5, by_key = ?6, score = ?7
     WHERE test = ?1 AND person = ?2 AND n = ?3 AND submitted_at IS NULL"
);

/// What the digest of a sheet is of.
pub(crate) fn sheet_words(sheet: &[u8]) -> String {
    record::hex(sheet)
}

/// Closes a sitting: marks it by the key and records it. `how` says by whom.
///
/// # Errors
/// [`SitError`].
pub(crate) fn finish(
    tx: &mut Tx,
    ctx: &Ctx,
    test: &read::Test,
    person: base::PersonId,
    n: i64,
    by: (&str, record::Actor),
) -> Result<(), SitError> {
    finish_with(tx, ctx, test, person, n, by, &mut Keys::new())
}

/// Keys that one transaction has read, by paper and version.
pub(crate) type Keys = BTreeMap<(PaperId, i64), Arc<Vec<KeyItem>>>;

/// The same for many of one test: the key of a version is read once.
///
/// # Errors
/// [`SitError`].
pub(crate) fn finish_with(
    tx: &mut Tx,
    ctx: &Ctx,
    test: &read::Test,
    person: base::PersonId,
    n: i64,
    (how, actor): (&str, record::Actor),
    keys: &mut Keys,
) -> Result<(), SitError> {
    let found = tx.opt(CURRENT, p![test.id, person, n], |row| {
        Ok((row.id::<AttemptId>(0)?, row.blob(1)?.to_vec(), row.array::<16>(2)?, row.int(3)?))
    })?;
    let (id, sheet, salt, variant) = found.ok_or(SitError::NotFound)?;
    let key = match keys.get(&(test.paper, variant)) {
        Some(key) => Arc::clone(key),
        None => {
            let key = key_of(tx, test.paper, variant)?;
            keys.insert((test.paper, variant), Arc::clone(&key));
            key
        }
    };
    let mut points = vec![0; key.len()];
    let by_key = mark_packed(&key, &sheet, test.terms.partial, &mut points);
    let score = (!test.by_hand).then_some(by_key);
    if tx.exec(FINISH, p![test.id, person, n, ctx.now, how, by_key, score])? != 1 {
        return Err(SitError::Done);
    }
    let facts = AttemptSubmitted { how: how.to_owned(), sheet: text_digest_hex(&salt, &sheet_words(&sheet)) };
    let about = About { occurred_at: ctx.now, actor, unit: Some(test.unit), subject: id.0, batch: None };
    record::append(tx, ctx, about, &facts)?;
    if test.by_hand {
        crate::mark::settle(tx, test, id)?;
    }
    Ok(())
}

/// Keys that were read lately, by a digest of what was read: whatever the store says, that counts.
static KEYS: Mutex<Vec<([u8; 32], Arc<Vec<KeyItem>>)>> = Mutex::new(Vec::new());
/// How many are kept.
const KEPT: usize = 64;

/// By the primary key.
const KEY: &Sql = sql!("SELECT answers FROM paper_variant WHERE paper = ?1 AND n = ?2");

/// The key of a version of a paper. It is read each time, and taken apart once.
///
/// # Errors
/// Only the store's.
pub(crate) fn key_of(tx: &mut Tx, paper: PaperId, variant: i64) -> Result<Arc<Vec<KeyItem>>, StoreError> {
    let mut found = Arc::default();
    tx.each(KEY, p![paper, variant], |row| {
        let text = row.text(0)?;
        let digest: [u8; 32] = Sha256::digest(text).into();
        let mut keys = KEYS.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, key)) = keys.iter().find(|(of, _)| *of == digest) {
            found = Arc::clone(key);
            return Ok(());
        }
        let key: Arc<Vec<KeyItem>> = Arc::new(read::json(text)?);
        if keys.len() >= KEPT {
            keys.remove(0);
        }
        keys.push((digest, Arc::clone(&key)));
        found = key;
        Ok(())
    })?;
    Ok(found)
}
