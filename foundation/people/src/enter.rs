//! Entering a demonstration without a password.

use base::Ctx;
use store::{StoreError, Tx};

use crate::actor::AccountId;
use crate::sign::{Token, Way, admit};

/// Open a session of an account whose password nobody knows. The caller has seen, in the same transaction, that the
/// store was made as a demonstration: nothing else may call this.
///
/// # Errors
/// Only the store's.
pub fn enter_demonstration(tx: &mut Tx, ctx: &Ctx, account: AccountId, agent: &str) -> Result<Token, StoreError> {
    let token = Token::draw(ctx);
    admit(tx, ctx, &token, account, agent, Way::Demonstration)?;
    Ok(token)
}
