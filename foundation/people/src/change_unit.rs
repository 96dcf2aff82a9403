//! Renaming a unit, moving it among its siblings, giving it another telephone.

use base::text::clean_line;
use base::{Ctx, UnitId};
use record::{append, text_digest_hex};
use store::{Sql, StoreError, Tx, p, sql};

use crate::authority::Authority;
use crate::create_unit::named;
use crate::events::{UnitChanged, about};
use crate::permission::ManageUnits;
use crate::tree::{changed, tree};

/// What a unit is to be.
#[derive(Debug, Clone)]
pub struct ChangeUnit {
    /// Which.
    pub unit: UnitId,
    /// Its name.
    pub name: String,
    /// A telephone of the office.
    pub phone: Option<String>,
    /// Its place among its siblings.
    pub ord: i64,
}

/// Why a unit was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeUnitError {
    /// The proof does not cover it.
    #[error("the post held does not cover this unit")]
    NotCovered,
    /// There is none, or it was closed.
    #[error("there is no such unit any more")]
    Gone,
    /// Empty, or longer than 60 characters.
    #[error("a name has 1 to 60 characters")]
    BadName,
    /// The store's.
    #[error(transparent)]
    Store(#[from] StoreError),
}

const SALT: &Sql = sql!("SELECT salt FROM unit WHERE id = ?1");
const WAS: &Sql =
    sql!("INSERT INTO unit_was (unit, until_at, name, phone, ord) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (unit, until_at) DO NOTHING");
const UPDATE: &Sql = sql!("UPDATE unit SET name = ?2, phone = ?3, ord = ?4 WHERE id = ?1");

/// Change a unit. What is already so is not recorded again.
///
/// # Errors
/// [`ChangeUnitError`].
pub fn change_unit<'a>(
    tx: &mut Tx,
    ctx: &Ctx,
    who: impl Into<Authority<'a, ManageUnits>>,
    input: &ChangeUnit,
) -> Result<(), ChangeUnitError> {
    let who = who.into();
    let tree = tree(tx)?;
    let unit = tree.get(input.unit).filter(|unit| !unit.is_closed()).ok_or(ChangeUnitError::Gone)?;
    if !who.covers(&tree, unit.id) {
        return Err(ChangeUnitError::NotCovered);
    }
    let name = named(&input.name).ok_or(ChangeUnitError::BadName)?;
    let phone = input.phone.as_deref().map(clean_line).filter(|phone| !phone.is_empty());
    if name == unit.name && phone == unit.phone && input.ord == unit.ord {
        return Ok(());
    }
    // Twice in one moment is one change: what it was called in between, nobody saw.
    tx.exec(WAS, p![unit.id, ctx.now, unit.name.as_str(), unit.phone.as_deref(), unit.ord])?;
    let salt: [u8; 16] = tx.one(SALT, p![unit.id], |row| row.array(0))?;
    tx.exec(UPDATE, p![unit.id, name.as_str(), phone.as_deref(), input.ord])?;
    let facts = UnitChanged {
        ord: input.ord,
        name: text_digest_hex(&salt, &name),
        phone: phone.as_deref().map(|phone| text_digest_hex(&salt, phone)),
    };
    let event = append(tx, ctx, about(ctx, who.actor(), Some(unit.id), unit.id.0), &facts)?;
    changed(tx, event, &[&unit.id.to_string(), &name, phone.as_deref().unwrap_or(""), &input.ord.to_string()])?;
    Ok(())
}
