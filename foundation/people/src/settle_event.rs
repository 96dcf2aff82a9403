//! Deciding what becomes of an event that the sequencer set aside: taken back into the log, or left out of it.

use base::Ctx;
use record::{EventId, NotSettled, Outcome};
use store::{StoreError, Tx};

use crate::actor::Proof;
use crate::permission::SettleEvents;

/// The most characters of a reason.
pub const REASON_LIMIT: usize = 500;

/// Why an event was not settled.
#[derive(Debug, thiserror::Error)]
pub enum SettleEventError {
    /// It was not set aside, or somebody has decided already.
    #[error("this event was not set aside, or it was decided about already")]
    NotOpen,
    /// The event itself is gone, so that it cannot be taken back.
    #[error("the event itself is gone")]
    Gone,
    /// A decision has a reason.
    #[error("a reason of at most {REASON_LIMIT} characters is wanted")]
    NoReason,
    /// The store's.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Take an event back into the log, or leave it out for good.
///
/// # Errors
/// [`SettleEventError`].
pub fn settle_event(
    tx: &mut Tx,
    ctx: &Ctx,
    proof: &Proof<SettleEvents>,
    event: EventId,
    outcome: Outcome,
    reason: &str,
) -> Result<EventId, SettleEventError> {
    let reason = base::text::clean(reason);
    if reason.is_empty() || base::text::count_chars(&reason) > REASON_LIMIT {
        return Err(SettleEventError::NoReason);
    }
    match record::settle(tx, ctx, proof.person(), event, outcome, &reason)? {
        Ok(event) => Ok(event),
        Err(NotSettled::NotOpen) => Err(SettleEventError::NotOpen),
        Err(NotSettled::Gone) => Err(SettleEventError::Gone),
    }
}
