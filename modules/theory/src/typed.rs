//! A test sat on paper: the office types the answer sheet in, twice, by two people; where both agree it becomes a sitting like
//! another, and is marked and recorded as one.

use base::{Ctx, PersonId};
use people::Proof;
use record::About;
use store::{Sql, StoreError, Tx, p, sql};

use crate::events::{AttemptId, AttemptStarted, TestId, TypingEnded};
use crate::model::Sheet;
use crate::permissions::Organise;
use crate::read::{self, Test};
use crate::set_test::seat_of;
use crate::sit::{Answer, SitError, finish};

/// Why a sheet was not taken.
#[derive(Debug, thiserror::Error)]
pub enum TypeError {
    /// Nobody of this name sits it, or there is no such version.
    #[error("nobody of this name sits it")]
    NotFound,
    /// Another unit's test.
    #[error("not for this unit")]
    Denied,
    /// It has not begun, or is closed.
    #[error("it has not begun, or is closed")]
    NotNow,
    /// There is a paper of this person already.
    #[error("there is a paper of this person already")]
    Twice,
    /// The second time is somebody else's.
    #[error("somebody else must type it in the second time")]
    Same,
    /// It differs from the first time at these places, from 1 on; 0 for the version.
    #[error("it differs from the first time")]
    Differs(Vec<usize>),
    /// The store's.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What became of a sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Typed {
    /// It waits for the second time.
    First,
    /// Both agree.
    Done,
}

const FOUND: &Sql = sql!("SELECT variant, sheet, typed_by FROM typed_sheet WHERE test = ?1 AND person = ?2");
const PUT: &Sql = sql!(
    "INSERT INTO typed_sheet (test, person, variant, sheet, typed_by, typed_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
     ON CONFLICT (test, person) DO UPDATE SET variant = excluded.variant, sheet = excluded.sheet, typed_at = excluded.typed_at"
);
const DROP: &Sql = sql!("DELETE FROM typed_sheet WHERE test = ?1 AND person = ?2");
const BEGIN: &Sql = sql!(
    "INSERT INTO attempt (test, person, n, id, unit, variant, started_at, ends_at, sheet, saved_at, submitted_at, how, salt)
     VALUES (?1, ?2, 1, ?3, ?4, ?5, ?6, ?6, ?7, ?6, NULL, '', ?8)"
);

/// Types a sheet in, for the first or the second time.
///
/// # Errors
/// [`TypeError`].
pub fn type_sheet(
    tx: &mut Tx,
    ctx: &Ctx,
    who: &Proof<Organise>,
    test: &Test,
    person: PersonId,
    variant: i64,
    answers: &[Answer],
) -> Result<Typed, TypeError> {
    if test.unit != who.unit() {
        return Err(TypeError::Denied);
    }
    if !test.takes_sheets(ctx.now) {
        return Err(TypeError::NotNow);
    }
    let seat = seat_of(tx, test.id, person)?.ok_or(TypeError::NotFound)?;
    if !(1..=test.variants).contains(&variant) || person == who.person() {
        return Err(TypeError::NotFound);
    }
    if !read::attempts(tx, test.id, person)?.is_empty() {
        return Err(TypeError::Twice);
    }
    let mut sheet = Sheet::new(usize::try_from(test.questions).unwrap_or(0));
    answers.iter().for_each(|answer| answer.put(&mut sheet));
    let before = tx.opt(FOUND, p![test.id, person], |row| Ok((row.int(0)?, Sheet::read(row.blob(1)?), row.id::<PersonId>(2)?)))?;
    match before {
        Some((_, _, by)) if by == who.person() => {
            tx.exec(PUT, p![test.id, person, variant, &sheet.write()[..], who.person(), ctx.now])?;
            return Err(TypeError::Same);
        }
        None => {
            tx.exec(PUT, p![test.id, person, variant, &sheet.write()[..], who.person(), ctx.now])?;
            return Ok(Typed::First);
        }
        Some((first, _, _)) if first != variant => return Err(TypeError::Differs(vec![0])),
        Some((_, first, _)) if first != sheet => {
            let differ = (0..sheet.len()).filter(|place| first.given(*place) != sheet.given(*place)).map(|place| place + 1);
            return Err(TypeError::Differs(differ.collect()));
        }
        Some(_) => {}
    }
    let (id, salt) = (ctx.id::<AttemptId>(), ctx.salt());
    tx.exec(BEGIN, p![test.id, person, id, seat.unit, variant, ctx.now, &sheet.write()[..], &salt[..]])?;
    let about = About { occurred_at: ctx.now, actor: who.actor(), unit: Some(test.unit), subject: id.0, batch: None };
    record::append(tx, ctx, about, &AttemptStarted { test: test.id, person, n: 1, variant, ends: ctx.now, seat: seat.unit })?;
    tx.exec(DROP, p![test.id, person])?;
    match finish(tx, ctx, test, person, 1, ("office", who.actor())) {
        Ok(()) => Ok(Typed::Done),
        Err(SitError::Store(error)) => Err(error.into()),
        Err(_) => Err(TypeError::Twice),
    }
}

/// By the primary key.
const HALF: &Sql = sql!("SELECT COUNT(*) FROM typed_sheet WHERE test = ?1");
const HALF_OF: &Sql = sql!("SELECT 1 FROM typed_sheet WHERE test = ?1 AND person = ?2");
const END: &Sql = sql!(
    "UPDATE theory_test SET typing_ended_at = ?2
     WHERE id = ?1 AND state = 'set' AND on_paper = 1 AND typing_ended_at IS NULL AND closes_at <= ?2"
);

/// How many sheets of a test were typed in once and wait for the second time.
///
/// # Errors
/// Only the store's.
pub fn half(tx: &mut Tx, test: TestId) -> Result<i64, StoreError> {
    tx.one(HALF, p![test], |row| row.int(0))
}

/// Whether somebody's sheet was typed in once.
///
/// # Errors
/// Only the store's.
pub fn is_half(tx: &mut Tx, test: TestId, person: PersonId) -> Result<bool, StoreError> {
    Ok(tx.opt(HALF_OF, p![test, person], |_| Ok(()))?.is_some())
}

/// Says that all sheets are typed in: the results of a test that is over wait no longer. What was typed in once only is not
/// counted.
///
/// # Errors
/// [`TypeError`].
pub fn end_typing(tx: &mut Tx, ctx: &Ctx, who: &Proof<Organise>, test: &Test) -> Result<(), TypeError> {
    if test.unit != who.unit() {
        return Err(TypeError::Denied);
    }
    if !test.waits_for_sheets(ctx.now) || tx.exec(END, p![test.id, ctx.now])? != 1 {
        return Err(TypeError::NotNow);
    }
    let about = About { occurred_at: ctx.now, actor: who.actor(), unit: Some(test.unit), subject: test.id.0, batch: None };
    record::append(tx, ctx, about, &TypingEnded {})?;
    Ok(())
}
