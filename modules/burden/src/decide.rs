//! Deciding whether something is filled in, answered from the record, or not asked at all; and ending it.

use base::{Ctx, Date};
use people::Proof;
use record::{About, text_digest_hex};
use store::{Sql, StoreError, Tx, p, sql};

use crate::events::{BurdenDecided, BurdenEnded};
use crate::model::{RequestId, State};
use crate::permissions::Decide;
use crate::read;

/// By the primary key.
const DECIDE: &Sql = sql!("UPDATE burden_request SET state = ?2, reason = ?3, decided_on = ?4 WHERE id = ?1");
/// By the primary key.
const END: &Sql = sql!("UPDATE burden_request SET ends = ?2 WHERE id = ?1");

/// Characters of a reason.
pub const LONGEST_REASON: usize = 300;

/// Why something was not decided.
#[derive(Debug, thiserror::Error)]
pub enum DecideError {
    /// There is no such request, or it is out of reach.
    #[error("there is no such request")]
    NotFound,
    /// A reason is wanted, of at most so many characters.
    #[error("a reason of 1 to {LONGEST_REASON} characters is wanted")]
    Reason,
    /// Nobody decides on what they entered.
    #[error("nobody decides on what they entered themselves")]
    Own,
    /// It was decided before.
    #[error("it was decided before")]
    Already,
    /// The record knows none of its fields.
    #[error("the record knows none of its fields")]
    NotKnown,
    /// It ended before.
    #[error("it ended before")]
    Ended,
    /// The store's.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Decide on a request, from today on.
///
/// # Errors
/// [`DecideError`].
pub fn decide(
    tx: &mut Tx,
    ctx: &Ctx,
    who: &Proof<Decide>,
    op_key: &[u8; 16],
    id: RequestId,
    state: State,
    reason: &str,
) -> Result<(), DecideError> {
    let reason = base::text::clean(reason);
    if reason.is_empty() || reason.chars().count() > LONGEST_REASON {
        return Err(DecideError::Reason);
    }
    store::once(tx, ctx.now, op_key, "burden.decide", who.person().bytes(), |tx| {
        let (request, salt) = read::salted(tx, id)?.ok_or(DecideError::NotFound)?;
        if request.registered_by == who.person() {
            return Err(DecideError::Own);
        }
        if request.state != State::Pending || state == State::Pending {
            return Err(DecideError::Already);
        }
        if state == State::Answer && request.known_names.is_empty() {
            return Err(DecideError::NotKnown);
        }
        let on = ctx.now.date().to_string();
        tx.exec(DECIDE, p![id, state.code(), &reason, &on])?;
        let facts = BurdenDecided { state: state.code().to_owned(), reason: text_digest_hex(&salt, &reason), on };
        let about = About { occurred_at: ctx.now, actor: who.actor(), unit: Some(who.unit()), subject: id.0, batch: None };
        record::append(tx, ctx, about, &facts)?;
        Ok(())
    })
}

/// Say that it is not asked any more after today.
///
/// # Errors
/// [`DecideError`].
pub fn end(tx: &mut Tx, ctx: &Ctx, who: &Proof<Decide>, op_key: &[u8; 16], id: RequestId) -> Result<(), DecideError> {
    store::once(tx, ctx.now, op_key, "burden.end", who.person().bytes(), |tx| {
        let request = read::find(tx, id)?.ok_or(DecideError::NotFound)?;
        let today: Date = ctx.now.date();
        if request.ends.is_some_and(|ends| ends <= today) {
            return Err(DecideError::Ended);
        }
        // What has not begun yet ends before it does.
        let ends = today.to_string();
        tx.exec(END, p![id, &ends])?;
        let about = About { occurred_at: ctx.now, actor: who.actor(), unit: Some(who.unit()), subject: id.0, batch: None };
        record::append(tx, ctx, about, &BurdenEnded { ends })?;
        Ok(())
    })
}
