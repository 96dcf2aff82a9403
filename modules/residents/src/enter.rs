//! Entering somebody into a register, putting an entry right, and removing one.

use base::{Ctx, Id, UnitId};
use people::{Authority, Level, Tree};
use record::{About, Actor, append};
use store::{Sql, StoreError, Tx, p, sql};

use crate::ResidentId;
use crate::basis::{self, Basis};
use crate::events::{ResidentChanged, ResidentEntered, ResidentRemoved};
use crate::keep::{Entry, INSERT, Sealed, UPDATE, find, find_same};
use crate::model::{LONGEST, Resident};
use crate::permissions::Keep;
use crate::term::Why;

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
    /// Notes for care without a basis, or a basis that is none.
    #[error("notes for care need consent, with its means and day, or a duty")]
    Basis,
    /// A child does not consent by itself.
    #[error("below fourteen a parent or guardian consents")]
    Child,
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
const GONE: &Sql = sql!("INSERT INTO resident_gone (told, resident, community, gone_at, why, gone_by) VALUES (?1, ?2, ?3, ?4, ?5, ?6)");

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

pub(crate) fn about(ctx: &Ctx, actor: Actor, unit: UnitId, id: ResidentId, batch: Option<Id>) -> About {
    About { occurred_at: ctx.now, actor, unit: Some(unit), subject: id.0, batch }
}

/// Enter somebody into the register of a community. Notes for care need a basis.
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
    basis: Option<&Basis>,
) -> Result<ResidentId, EnterError> {
    place(&*people::tree(tx)?, who, community, grid)?;
    let plain = checked(plain)?;
    founded(ctx, &plain, basis, false)?;
    let sealed = Sealed::of(ctx, grid, &plain)?;
    if let Some(known) = find_same(tx, community, &sealed)? {
        return Err(EnterError::Known(known.id));
    }
    let id = insert(tx, ctx, who, community, &sealed, None)?;
    if let Some(basis) = basis {
        basis::insert(tx, ctx, who, community, id, basis, None)?;
    }
    Ok(id)
}

/// Whether the notes for care of an entry stand on something: on what is given with them, or on what holds already.
fn founded(ctx: &Ctx, plain: &Resident, given: Option<&Basis>, holds: bool) -> Result<(), EnterError> {
    match given {
        Some(basis) => basis::check(ctx, plain, basis),
        None if plain.traits.tags.is_empty() || holds => Ok(()),
        None => Err(EnterError::Basis),
    }
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
    append(tx, ctx, about(ctx, who.actor(), community, id, batch), &facts)?;
    Ok(id)
}

/// Put an entry right. Notes for care need a basis, unless one holds.
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
    given: Option<&Basis>,
) -> Result<(), EnterError> {
    let entry = find(tx, id)?.ok_or(EnterError::Gone)?;
    place(&*people::tree(tx)?, who, entry.community, grid)?;
    let plain = checked(plain)?;
    let holds = basis::basis(tx, id)?.is_some();
    founded(ctx, &plain, given, holds)?;
    if let Some(basis) = given {
        basis::insert(tx, ctx, who, entry.community, id, basis, None)?;
    }
    if entry.grid() == grid && entry.sealed.plain(ctx)? == plain {
        return Ok(());
    }
    let sealed = Sealed::of(ctx, grid, &plain)?;
    if let Some(other) = find_same(tx, entry.community, &sealed)?.filter(|other| other.id != id) {
        return Err(EnterError::Known(other.id));
    }
    Ok(update(tx, ctx, who, &entry, &sealed, None)?)
}

/// Somebody says what an entry should be: its term begins anew.
pub(crate) fn update(
    tx: &mut Tx,
    ctx: &Ctx,
    who: Authority<'_, Keep>,
    entry: &Entry,
    sealed: &Sealed,
    batch: Option<Id>,
) -> Result<(), StoreError> {
    written(tx, ctx, who, entry, sealed, batch, false)
}

/// An entry becomes another without anybody's having looked at it: its term goes on.
pub(crate) fn carry(
    tx: &mut Tx,
    ctx: &Ctx,
    who: Authority<'_, Keep>,
    entry: &Entry,
    sealed: &Sealed,
    batch: Option<Id>,
) -> Result<(), StoreError> {
    written(tx, ctx, who, entry, sealed, batch, true)
}

fn written(
    tx: &mut Tx,
    ctx: &Ctx,
    who: Authority<'_, Keep>,
    entry: &Entry,
    sealed: &Sealed,
    batch: Option<Id>,
    unseen: bool,
) -> Result<(), StoreError> {
    let Sealed { grid, number_key, home_key, home, identity, phone, traits } = sealed;
    let number_key = number_key.as_ref().map(|key| &key[..]);
    let confirmed = if unseen { entry.confirmed_at } else { ctx.now };
    tx.exec(
        UPDATE,
        p![entry.id, *grid, number_key, &home_key[..], &home[..], &identity[..], phone.as_deref(), &traits[..], ctx.now, confirmed],
    )?;
    let facts = ResidentChanged { grid: grid.map(UnitId), sealed: sealed.digest(), unseen };
    append(tx, ctx, about(ctx, who.actor(), entry.community, entry.id, batch), &facts)?;
    Ok(())
}

/// Remove an entry with all it says, as when somebody moved away.
///
/// # Errors
/// [`EnterError`].
pub fn remove(tx: &mut Tx, ctx: &Ctx, who: Authority<'_, Keep>, id: ResidentId, why: Why) -> Result<(), EnterError> {
    let entry = find(tx, id)?.ok_or(EnterError::Gone)?;
    if !who.is_over(&*people::tree(tx)?, entry.community) {
        return Err(EnterError::Denied);
    }
    Ok(take_out(tx, ctx, who.actor(), &entry, None, why)?)
}

/// Erases an entry. What is left is that there was one, when it went and why.
pub(crate) fn take_out(tx: &mut Tx, ctx: &Ctx, actor: Actor, entry: &Entry, batch: Option<Id>, why: Why) -> Result<(), StoreError> {
    tx.exec(DELETE, p![entry.id])?;
    // Why it was read may say something about the person; that it was read stays.
    tx.exec(FORGET_READINGS, p![entry.id])?;
    let facts = ResidentRemoved { why: Some(why.code().to_owned()) };
    let event: Id = append(tx, ctx, about(ctx, actor, entry.community, entry.id, batch), &facts)?.0;
    let by = match actor {
        Actor::Person(person) => Some(person),
        Actor::Resident | Actor::System => None,
    };
    tx.exec(GONE, p![event, entry.id, entry.community, ctx.now, why.code(), by]).map(drop)
}
