//! Making a unit of either tree.

use base::text::clean_line;
use base::{Ctx, Time, UnitId};
use record::{Actor, append, text_digest_hex};
use store::{Sql, StoreError, Tx, p, sql};

use crate::authority::Authority;
use crate::events::{UnitCreated, about};
use crate::level::{Level, code_fits};
use crate::permission::ManageUnits;
use crate::place;
use crate::tree::{changed, tree};

/// The longest name of a unit, a post or a person, in characters.
pub const NAME_LIMIT: usize = 60;

/// A unit to be made.
#[derive(Debug, Clone)]
pub struct CreateUnit {
    /// Its code: see [`code_fits`].
    pub code: String,
    /// Its name without those above it.
    pub name: String,
    /// A telephone of the office.
    pub phone: Option<String>,
    /// Its level.
    pub level: Level,
    /// What it stands under; none for the root of the Party tree.
    pub parent: Option<UnitId>,
    /// Its place among its siblings.
    pub ord: i64,
}

/// Why a unit was not made.
#[derive(Debug, thiserror::Error)]
pub enum CreateUnitError {
    /// The proof does not cover the place.
    #[error("the post held does not cover the unit it would stand under")]
    NotCovered,
    /// There is no such parent, or it was closed, or nothing of this level stands under it.
    #[error("a unit of this level does not stand there")]
    WrongPlace,
    /// The code does not fit the level and the parent.
    #[error("the code does not fit the level and the unit above")]
    BadCode,
    /// An existing unit has it.
    #[error("another unit has this code")]
    CodeTaken,
    /// Empty, or longer than 60 characters.
    #[error("a name has 1 to 60 characters")]
    BadName,
    /// The store's.
    #[error(transparent)]
    Store(StoreError),
}

impl From<StoreError> for CreateUnitError {
    fn from(error: StoreError) -> CreateUnitError {
        match error {
            StoreError::Unique(index) if index == "unit_code" => CreateUnitError::CodeTaken,
            other => CreateUnitError::Store(other),
        }
    }
}

/// Make a unit.
///
/// # Errors
/// [`CreateUnitError`].
pub fn create_unit<'a>(
    tx: &mut Tx,
    ctx: &Ctx,
    who: impl Into<Authority<'a, ManageUnits>>,
    input: &CreateUnit,
) -> Result<UnitId, CreateUnitError> {
    let who = who.into();
    let over = match input.parent {
        Some(parent) => Some(parent),
        None => tree(tx)?.district().map(|district| district.id),
    };
    let place = match over {
        Some(over) => place::find(tx, over)?,
        None => None,
    };
    match place {
        Some(place) if who.reaches(tx, &place)? => insert_unit(tx, ctx, who.actor(), input),
        _ => Err(CreateUnitError::NotCovered),
    }
}

const INSERT: &Sql = sql!(
    "INSERT INTO unit (id, code, name, phone, level, parent, ord, valid_from, valid_to, successor, salt)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, NULL, NULL, ?9)"
);

/// The part that setting up shares, where there is nobody yet to have a proof.
pub(crate) fn insert_unit(tx: &mut Tx, ctx: &Ctx, actor: Actor, input: &CreateUnit) -> Result<UnitId, CreateUnitError> {
    let parent = match input.parent {
        Some(parent) => {
            let found = place::find(tx, parent)?.and_then(|place| place.unit().cloned());
            Some(found.filter(|unit| !unit.closed).ok_or(CreateUnitError::WrongPlace)?)
        }
        None => None,
    };
    let second_district = input.level == Level::District && tree(tx)?.district().is_some();
    if second_district || !input.level.may_stand_under(parent.as_ref().map(|parent| parent.level)) {
        return Err(CreateUnitError::WrongPlace);
    }
    if !code_fits(input.level, &input.code, parent.as_ref().map(|parent| parent.code.as_str())) {
        return Err(CreateUnitError::BadCode);
    }
    let name = named(&input.name).ok_or(CreateUnitError::BadName)?;
    let phone = input.phone.as_deref().map(clean_line).filter(|phone| !phone.is_empty());
    let id: UnitId = ctx.id();
    let salt = ctx.salt();
    let valid_from: Time = ctx.now;
    tx.exec(
        INSERT,
        p![id, input.code.as_str(), name.as_str(), phone.as_deref(), input.level.code(), input.parent, input.ord, valid_from, &salt[..]],
    )?;
    let facts = UnitCreated {
        code: input.code.clone(),
        level: input.level,
        parent: input.parent,
        ord: input.ord,
        valid_from,
        name: text_digest_hex(&salt, &name),
        phone: phone.as_deref().map(|phone| text_digest_hex(&salt, phone)),
    };
    let event = append(tx, ctx, about(ctx, actor, Some(id), id.0), &facts)?;
    changed(tx, event, &[&id.to_string(), &input.code, &name, phone.as_deref().unwrap_or("")])?;
    Ok(id)
}

/// A name on one line, if it has 1 to 60 characters.
pub(crate) fn named(typed: &str) -> Option<String> {
    let name = clean_line(typed);
    (1..=NAME_LIMIT).contains(&name.chars().count()).then_some(name)
}
