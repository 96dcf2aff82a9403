//! Entering somebody into a register, putting an entry right, and removing one.

use base::{Ctx, Id, UnitId};
use people::{Authority, Level, Tree};
use record::{About, append};
use store::{Sql, StoreError, Tx, p, sql};

use crate::ResidentId;
use crate::events::{ResidentChanged, ResidentEntered, ResidentRemoved};
use crate::keep::{Entry, INSERT, Sealed, UPDATE, find, find_same};
use crate::model::{LONGEST, Resident};
use crate::permissions::Keep;

/// Why an entry was not made, changed or removed.
#[derive(Debug, thiserror::Error)]
pub enum EnterError {
    /// The proof does not cover the community.
    #[error("the post held does not keep this register")]
    Denied,
    /// There is no such community, or the grid is not one of its.
    #[error("there is no such community, or the grid is not one of its")]
    Place,
    /// There is no such entry.
    #[error("there is no such entry")]
    Gone,
    /// The register has this person already: the entry.
    #[error("the register has this person already")]
    Known(ResidentId),
    /// No name, or a text of more than 60 characters.
    #[error("a name is needed, and no text has more than 60 characters")]
    Text,
    /// The identity number is wrong.
    #[error(transparent)]
    Number(#[from] base::id_number::BadIdNumber),
    /// The telephone is wrong.
    #[error(transparent)]
    Phone(#[from] base::phone::PhoneError),
    /// The store's.
    #[error(transparent)]
    Store(#[from] StoreError),
}

const DELETE: &Sql = sql!("DELETE FROM resident WHERE id = ?1");
const FORGET_READINGS: &Sql = sql!("UPDATE resident_reading SET reason = '' WHERE resident = ?1");

/// Cleans what was typed, and checks it.
pub(crate) fn checked(plain: &Resident) -> Result<Resident, EnterError> {
    let mut clean = plain.clone();
    let Resident { home, identity, phone, traits } = &mut clean;
    if !identity.number.trim().is_empty() {
        identity.number = base::id_number::IdNumber::parse(&identity.number)?.as_str().to_owned();
    }
    if !phone.trim().is_empty() {
        *phone = base::Phone::parse(phone)?.digits().to_owned();
    }
    let texts = [
        &mut home.estate,
        &mut home.building,
        &mut home.unit,
        &mut home.room,
        &mut identity.name,
        &mut identity.sex,
        &mut identity.number,
        &mut identity.ethnicity,
        &mut identity.registered,
        phone,
        &mut traits.head,
        &mut traits.relation,
        &mut traits.politics,
        &mut traits.status,
        &mut traits.tags,
    ];
    for text in texts {
        *text = base::text::clean_line(text);
        if text.chars().count() > LONGEST {
            return Err(EnterError::Text);
        }
    }
    if identity.name.is_empty() { Err(EnterError::Text) } else { Ok(clean) }
}

fn place(tree: &Tree, who: Authority<'_, Keep>, community: UnitId, grid: Option<UnitId>) -> Result<(), EnterError> {
    let exists = tree.get(community).is_some_and(|unit| unit.level == Level::Community && !unit.is_closed());
    let of = |grid: UnitId| tree.get(grid).is_some_and(|unit| unit.parent == Some(community) && !unit.is_closed());
    if !exists || grid.is_some_and(|grid| !of(grid)) {
        return Err(EnterError::Place);
    }
    if who.is_over(tree, community) { Ok(()) } else { Err(EnterError::Denied) }
}

fn about(ctx: &Ctx, who: Authority<'_, Keep>, unit: UnitId, id: ResidentId, batch: Option<Id>) -> About {
    About { occurred_at: ctx.now, actor: who.actor(), unit: Some(unit), subject: id.0, batch }
}

/// Enter somebody into the register of a community.
///
/// # Errors
/// [`EnterError`].
pub fn enter(
    tx: &mut Tx,
    ctx: &Ctx,
    who: Authority<'_, Keep>,
    community: UnitId,
    grid: Option<UnitId>,
    plain: &Resident,
) -> Result<ResidentId, EnterError> {
    place(&*people::tree(tx)?, who, community, grid)?;
    let sealed = Sealed::of(ctx, grid, &checked(plain)?)?;
    if let Some(known) = find_same(tx, community, &sealed)? {
        return Err(EnterError::Known(known.id));
    }
    Ok(insert(tx, ctx, who, community, &sealed, None)?)
}

pub(crate) fn insert(
    tx: &mut Tx,
    ctx: &Ctx,
    who: Authority<'_, Keep>,
    community: UnitId,
    sealed: &Sealed,
    batch: Option<Id>,
) -> Result<ResidentId, StoreError> {
    let id: ResidentId = ctx.id();
    let Sealed { grid, number_key, home_key, home, identity, phone, traits } = sealed;
    let number_key = number_key.as_ref().map(|key| &key[..]);
    tx.exec(
        INSERT,
        p![id, community, *grid, number_key, &home_key[..], &home[..], &identity[..], phone.as_deref(), &traits[..], batch, ctx.now],
    )?;
    let facts = ResidentEntered { community, grid: grid.map(UnitId), sealed: sealed.digest() };
    append(tx, ctx, about(ctx, who, community, id, batch), &facts)?;
    Ok(id)
}

/// Put an entry right.
///
/// # Errors
/// [`EnterError`].
pub fn change(
    tx: &mut Tx,
    ctx: &Ctx,
    who: Authority<'_, Keep>,
    id: ResidentId,
    grid: Option<UnitId>,
    plain: &Resident,
) -> Result<(), EnterError> {
    let entry = find(tx, id)?.ok_or(EnterError::Gone)?;
    place(&*people::tree(tx)?, who, entry.community, grid)?;
    let plain = checked(plain)?;
    if entry.grid() == grid && entry.sealed.plain(ctx)? == plain {
        return Ok(());
    }
    let sealed = Sealed::of(ctx, grid, &plain)?;
    if let Some(other) = find_same(tx, entry.community, &sealed)?.filter(|other| other.id != id) {
        return Err(EnterError::Known(other.id));
    }
    Ok(update(tx, ctx, who, &entry, &sealed, None)?)
}

pub(crate) fn update(
    tx: &mut Tx,
    ctx: &Ctx,
    who: Authority<'_, Keep>,
    entry: &Entry,
    sealed: &Sealed,
    batch: Option<Id>,
) -> Result<(), StoreError> {
    let Sealed { grid, number_key, home_key, home, identity, phone, traits } = sealed;
    let number_key = number_key.as_ref().map(|key| &key[..]);
    tx.exec(UPDATE, p![entry.id, *grid, number_key, &home_key[..], &home[..], &identity[..], phone.as_deref(), &traits[..], ctx.now])?;
    let facts = ResidentChanged { grid: grid.map(UnitId), sealed: sealed.digest() };
    append(tx, ctx, about(ctx, who, entry.community, entry.id, batch), &facts)?;
    Ok(())
}

/// Remove an entry with all it says, as when somebody moved away.
///
/// # Errors
/// [`EnterError`].
pub fn remove(tx: &mut Tx, ctx: &Ctx, who: Authority<'_, Keep>, id: ResidentId) -> Result<(), EnterError> {
    let entry = find(tx, id)?.ok_or(EnterError::Gone)?;
    if !who.is_over(&*people::tree(tx)?, entry.community) {
        return Err(EnterError::Denied);
    }
    Ok(take_out(tx, ctx, who, &entry, None)?)
}

pub(crate) fn take_out(tx: &mut Tx, ctx: &Ctx, who: Authority<'_, Keep>, entry: &Entry, batch: Option<Id>) -> Result<(), StoreError> {
    tx.exec(DELETE, p![entry.id])?;
    // Why it was read may say something about the person; that it was read stays.
    tx.exec(FORGET_READINGS, p![entry.id])?;
    append(tx, ctx, about(ctx, who, entry.community, entry.id, batch), &ResidentRemoved {})?;
    Ok(())
}
