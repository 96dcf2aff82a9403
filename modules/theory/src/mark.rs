//! Marking by hand: short answers, without a name beside them, by one person or by two who do not see each other's points;
//! where these differ by more than the test allows, by a third.

use base::Ctx;
use people::Proof;
use record::text_digest_hex;
use store::{Sql, StoreError, Tx, p, sql};

use crate::bank::about;
use crate::events::{AnswerMarked, AttemptId};
use crate::model::{KeyItem, Right, settled};
use crate::permissions::Mark;
use crate::read::{self, Test};
use crate::sit::key_of;

/// Why a mark was refused.
#[derive(Debug, thiserror::Error)]
pub enum MarkError {
    /// There is no such answer, or nobody marks it by hand.
    #[error("there is no such answer")]
    NotFound,
    /// Not this unit's test; or it is the marker's own answer, or one that they marked before.
    #[error("not for this person to mark")]
    Denied,
    /// Enough have marked it.
    #[error("enough have marked it")]
    Enough,
    /// More points than there are, or fewer than none.
    #[error("from 0 to {0} tenths of a point are wanted")]
    Points(i64),
    /// The store's.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// By the primary key.
const ROUNDS: &Sql = sql!("SELECT place, round, points, marked_by FROM hand_mark WHERE attempt = ?1 ORDER BY place, round");
const PUT: &Sql =
    sql!("INSERT INTO hand_mark (attempt, place, round, points, salt, marked_by, marked_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");

/// Place, points and marker of each mark of a sitting.
pub(crate) type Rounds = Vec<(i64, i64, base::PersonId)>;

/// The marks that a sitting was given by hand, in the order of places and rounds.
///
/// # Errors
/// Only the store's.
pub(crate) fn rounds(tx: &mut Tx, attempt: AttemptId) -> Result<Rounds, StoreError> {
    tx.all(ROUNDS, p![attempt], |row| Ok((row.int(0)?, row.int(2)?, row.id(3)?)))
}

/// Whether this person may mark that answer now.
pub(crate) fn wanted(test: &Test, rounds: &Rounds, place: i64, points: i64, who: base::PersonId) -> bool {
    let given: Vec<i64> = rounds.iter().filter(|(at, ..)| *at == place).map(|(_, points, _)| *points).collect();
    let own = rounds.iter().any(|(at, _, by)| *at == place && *by == who);
    !own && settled(&given, points, test.terms.second).is_none()
}

/// What the digest of a mark is of.
pub(crate) fn mark_words(points: i64) -> String {
    points.to_string()
}

/// Gives an answer its points.
///
/// # Errors
/// [`MarkError`].
pub fn mark_answer(tx: &mut Tx, ctx: &Ctx, who: &Proof<Mark>, id: AttemptId, place: i64, points: i64) -> Result<(), MarkError> {
    let attempt = read::attempt(tx, id)?.filter(|attempt| attempt.submitted.is_some()).ok_or(MarkError::NotFound)?;
    let test = read::test(tx, attempt.test)?.ok_or(MarkError::NotFound)?;
    if test.unit != who.unit() || attempt.person == who.person() {
        return Err(MarkError::Denied);
    }
    let key = key_of(tx, test.paper, attempt.variant)?;
    let item = usize::try_from(place).ok().and_then(|place| key.get(place)).filter(|item| item.right == Right::Hand);
    let item: &KeyItem = item.ok_or(MarkError::NotFound)?;
    if !(0..=item.points).contains(&points) {
        return Err(MarkError::Points(item.points));
    }
    let before = rounds(tx, id)?;
    if before.iter().any(|(at, _, by)| *at == place && *by == who.person()) {
        return Err(MarkError::Denied);
    }
    if !wanted(&test, &before, place, item.points, who.person()) {
        return Err(MarkError::Enough);
    }
    let round = i64::try_from(before.iter().filter(|(at, ..)| *at == place).count()).unwrap_or(0) + 1;
    let salt = ctx.salt();
    tx.exec(PUT, p![id, place, round, points, &salt[..], who.person(), ctx.now])?;
    let facts = AnswerMarked { place, round, mark: text_digest_hex(&salt, &mark_words(points)) };
    record::append(tx, ctx, about(ctx, who.actor(), test.unit, id.0), &facts)?;
    settle(tx, &test, id)?;
    Ok(())
}

/// The points by hand of a sitting, once every answer that is marked so is settled. What was left empty is worth nothing.
pub(crate) fn by_hand(key: &[KeyItem], sheet: &[u8], rounds: &Rounds, second: i64) -> Option<i64> {
    let sheet = crate::model::Sheet::read(sheet);
    let mut sum = 0;
    for (place, item) in key.iter().enumerate().filter(|(_, item)| item.right == Right::Hand) {
        if sheet.given(place) == crate::model::Given::Nothing {
            continue;
        }
        let at = i64::try_from(place).unwrap_or(-1);
        let given: Vec<i64> = rounds.iter().filter(|(of, ..)| *of == at).map(|(_, points, _)| *points).collect();
        sum += settled(&given, item.points, second)?;
    }
    Some(sum)
}

const SCORE: &Sql = sql!("UPDATE attempt SET by_hand = ?2, score = by_key + ?2 WHERE id = ?1");

/// Writes the whole score where everything of a sitting is marked.
pub(crate) fn settle(tx: &mut Tx, test: &Test, id: AttemptId) -> Result<(), StoreError> {
    let Some(attempt) = read::attempt(tx, id)? else { return Ok(()) };
    let key = key_of(tx, test.paper, attempt.variant)?;
    let marks = rounds(tx, id)?;
    if let Some(points) = by_hand(&key, &attempt.sheet, &marks, test.terms.second) {
        tx.exec(SCORE, p![id, points])?;
    }
    Ok(())
}

/// An answer that waits for points, as who marks it sees it: no name.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// Of which sitting.
    pub attempt: AttemptId,
    /// Which question of its version.
    pub place: i64,
    /// Which version.
    pub variant: i64,
    /// What was written.
    pub words: String,
    /// Tenths of a point that can be had.
    pub points: i64,
}

/// By the primary key.
const UNSCORED: &Sql = sql!("SELECT id FROM attempt WHERE test = ?1 AND submitted_at IS NOT NULL AND score IS NULL ORDER BY id");

/// The answers of a test that this person may mark now, at most so many, and how many sittings wait in all.
///
/// # Errors
/// Only the store's.
pub fn waiting(tx: &mut Tx, test: &Test, who: base::PersonId, most: usize) -> Result<(Vec<Waiting>, usize), StoreError> {
    let ids: Vec<AttemptId> = tx.all(UNSCORED, p![test.id], |row| row.id(0))?;
    let mut found = Vec::new();
    for id in &ids {
        if found.len() >= most {
            break;
        }
        let Some(attempt) = read::attempt(tx, *id)?.filter(|attempt| attempt.person != who) else { continue };
        let key = key_of(tx, test.paper, attempt.variant)?;
        let (marks, sheet) = (rounds(tx, *id)?, crate::model::Sheet::read(&attempt.sheet));
        for (place, item) in key.iter().enumerate().filter(|(_, item)| item.right == Right::Hand) {
            let at = i64::try_from(place).unwrap_or(-1);
            if let crate::model::Given::Words(words) = sheet.given(place)
                && wanted(test, &marks, at, item.points, who)
            {
                let words = words.to_owned();
                found.push(Waiting { attempt: *id, place: at, variant: attempt.variant, words, points: item.points });
            }
        }
    }
    found.truncate(most);
    Ok((found, ids.len()))
}
