//! Changing one's own password, with the old one.

use base::Ctx;
use record::{Actor as By, append};
use store::{Sql, StoreError, Tx, p, sql};

use crate::actor::Actor;
use crate::events::{PasswordChanged, about};
use crate::password::{self, Checked, NewPassword, Strength};
use crate::sign::{END_OTHERS, failed, locked_until};

/// How an attempt to change a password ended. A wrong old one is counted, so that it is no error: its
/// transaction is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangePassword {
    /// Changed; all other sessions have ended.
    Changed,
    /// The old password is wrong.
    Wrong,
    /// Too many failures.
    Locked {
        /// Until when.
        until: base::Time,
    },
    /// An administrator needs a longer password.
    TooWeak,
    /// It was not tried against the passwords of before, or one of them was set meanwhile.
    Used,
}

const HASH: &Sql = sql!("SELECT hash FROM account WHERE id = ?1");
const SET: &Sql = sql!("UPDATE account SET hash = ?2, password_at = ?3 WHERE id = ?1");

/// Change one's own password. `checked` is the old one, tried.
///
/// # Errors
/// Only the store's.
pub fn change_password(
    tx: &mut Tx,
    ctx: &Ctx,
    actor: &Actor,
    checked: &Checked,
    password: &NewPassword,
) -> Result<ChangePassword, StoreError> {
    if let Some(until) = locked_until(tx, ctx, &checked.login)? {
        return Ok(ChangePassword::Locked { until });
    }
    let hash = tx.one(HASH, p![actor.account], |row| Ok(row.text(0)?.to_owned()))?;
    if !checked.right || checked.account != Some(actor.account) || checked.hash != hash {
        let locked = failed(tx, ctx, &checked.login, Some(actor.account))?;
        return Ok(locked.map_or(ChangePassword::Wrong, |until| ChangePassword::Locked { until }));
    }
    if actor.is_admin() && password.strength < Strength::Admin {
        return Ok(ChangePassword::TooWeak);
    }
    if !password::is_fresh(tx, actor.account, password)? {
        return Ok(ChangePassword::Used);
    }
    tx.exec(SET, p![actor.account, password.hash.as_str(), ctx.now])?;
    password::remember(tx, ctx, actor.account, password)?;
    tx.exec(END_OTHERS, p![actor.account, actor.session])?;
    append(tx, ctx, about(ctx, By::Person(actor.person), None, actor.account.0), &PasswordChanged { by_code: false })?;
    Ok(ChangePassword::Changed)
}
