//! Entering a member of staff or of the Party, and putting their name or telephone right.

use base::text::clean_line;
use base::{Ctx, PersonId};
use record::{Actor, append, text_digest_hex};
use store::{Sql, StoreError, Tx, p, sql};

use crate::authority::Authority;
use crate::create_unit::named;
use crate::events::{PersonChanged, PersonCreated, about};
use crate::permission::ManagePeople;

/// A person to be entered, or what they are to be.
#[derive(Debug, Clone)]
pub struct CreatePerson {
    /// The name.
    pub name: String,
    /// A telephone at work.
    pub phone: Option<String>,
}

/// Why a person was not entered or changed.
#[derive(Debug, thiserror::Error)]
pub enum CreatePersonError {
    /// Empty, or longer than 60 characters.
    #[error("a name has 1 to 60 characters")]
    BadName,
    /// There is no such person.
    #[error("there is no such person")]
    Gone,
    /// The person holds a post that the proof does not cover.
    #[error("the post held does not cover this person")]
    NotCovered,
    /// The store's.
    #[error(transparent)]
    Store(#[from] StoreError),
}

const INSERT: &Sql = sql!("INSERT INTO person (id, name, phone, created_at, salt) VALUES (?1, ?2, ?3, ?4, ?5)");

/// Enter a person. Two people may bear one name.
///
/// # Errors
/// [`CreatePersonError`].
pub fn create_person<'a>(
    tx: &mut Tx,
    ctx: &Ctx,
    who: impl Into<Authority<'a, ManagePeople>>,
    input: &CreatePerson,
) -> Result<PersonId, CreatePersonError> {
    insert_person(tx, ctx, who.into().actor(), input)
}

pub(crate) fn insert_person(tx: &mut Tx, ctx: &Ctx, actor: Actor, input: &CreatePerson) -> Result<PersonId, CreatePersonError> {
    let name = named(&input.name).ok_or(CreatePersonError::BadName)?;
    let phone = input.phone.as_deref().map(clean_line).filter(|phone| !phone.is_empty());
    let id: PersonId = ctx.id();
    let salt = ctx.salt();
    tx.exec(INSERT, p![id, name.as_str(), phone.as_deref(), ctx.now, &salt[..]])?;
    let facts = PersonCreated { name: text_digest_hex(&salt, &name), phone: phone.as_deref().map(|phone| text_digest_hex(&salt, phone)) };
    append(tx, ctx, about(ctx, actor, None, id.0), &facts)?;
    Ok(id)
}

pub(crate) const SALT: &Sql = sql!("SELECT salt FROM person WHERE id = ?1");
const UPDATE: &Sql = sql!("UPDATE person SET name = ?2, phone = ?3 WHERE id = ?1");

/// Put a person's name or telephone right.
///
/// # Errors
/// [`CreatePersonError`].
pub fn change_person<'a>(
    tx: &mut Tx,
    ctx: &Ctx,
    who: impl Into<Authority<'a, ManagePeople>>,
    person: PersonId,
    input: &CreatePerson,
) -> Result<(), CreatePersonError> {
    let who = who.into();
    let name = named(&input.name).ok_or(CreatePersonError::BadName)?;
    let phone = input.phone.as_deref().map(clean_line).filter(|phone| !phone.is_empty());
    let salt: [u8; 16] = tx.opt(SALT, p![person], |row| row.array(0))?.ok_or(CreatePersonError::Gone)?;
    if !who.covers_person(tx, ctx, person)? {
        return Err(CreatePersonError::NotCovered);
    }
    tx.exec(UPDATE, p![person, name.as_str(), phone.as_deref()])?;
    let facts = PersonChanged { name: text_digest_hex(&salt, &name), phone: phone.as_deref().map(|phone| text_digest_hex(&salt, phone)) };
    append(tx, ctx, about(ctx, who.actor(), None, person.0), &facts)?;
    Ok(())
}
