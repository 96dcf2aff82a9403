//! The first administrator: made with a code that whoever starts the server reads from its output. There
//! is no default password, and the code is good once.

use base::{Ctx, PersonId, Time, UnitId};
use record::Actor;
use store::{Sql, StoreError, Tx, p, sql};

use crate::actor::AccountId;
use crate::code;
use crate::create_person::{CreatePerson, CreatePersonError, insert_person};
use crate::create_post::{CreatePost, insert_post};
use crate::create_unit::{CreateUnit, CreateUnitError, insert_unit};
use crate::hold::insert_holding;
use crate::level::Level;
use crate::open_account::{OpenAccountError, insert_account};
use crate::password::{NewPassword, Strength};
use crate::role::Role;

/// How long a code is good. Starting the server again prints another.
pub const GOOD_FOR: i64 = 24 * Time::HOUR;

const ANYONE: &Sql = sql!("SELECT COUNT(*) FROM account");
const SET: &Sql = sql!(
    "INSERT INTO setup_code (one, code, expires_at) VALUES (1, ?1, ?2)
     ON CONFLICT (one) DO UPDATE SET code = excluded.code, expires_at = excluded.expires_at"
);

/// Whether the store still waits for its first administrator.
///
/// # Errors
/// Only the store's.
pub fn is_wanted(tx: &mut Tx) -> Result<bool, StoreError> {
    tx.one(ANYONE, p![], |row| Ok(row.int(0)? == 0))
}

/// A new code, in place of an earlier one; none once there is an account.
///
/// # Errors
/// Only the store's.
pub fn first_code(tx: &mut Tx, ctx: &Ctx) -> Result<Option<String>, StoreError> {
    if !is_wanted(tx)? {
        return Ok(None);
    }
    let code = code::draw(ctx);
    tx.exec(SET, p![&code::digest(&code)[..], ctx.now.plus(GOOD_FOR)])?;
    Ok(Some(code))
}

/// The district and its first administrator.
#[derive(Debug, Clone)]
pub struct FirstAdmin {
    /// The code that was printed.
    pub code: String,
    /// The twelve digits of the district.
    pub district_code: String,
    /// The name of the district.
    pub district_name: String,
    /// The administrator's name.
    pub name: String,
    /// The administrator's login.
    pub login: String,
    /// The title of the post, in the language of the page.
    pub title: String,
}

/// What was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FirstMade {
    /// The district.
    pub district: UnitId,
    /// The administrator.
    pub person: PersonId,
    /// Their account.
    pub account: AccountId,
}

/// Why nothing was made.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// It was done before.
    #[error("the first administrator has been made")]
    Done,
    /// Another code than the one printed last, or an old one.
    #[error("the code is wrong or too old; starting the server again prints a new one")]
    WrongCode,
    /// The district's code or name.
    #[error(transparent)]
    District(CreateUnitError),
    /// The administrator's name.
    #[error("a name has 1 to 60 characters")]
    BadName,
    /// The login or the password.
    #[error(transparent)]
    Account(OpenAccountError),
    /// The store's.
    #[error(transparent)]
    Store(#[from] StoreError),
}

const CODE: &Sql = sql!("SELECT code, expires_at FROM setup_code WHERE one = 1");
const SPENT: &Sql = sql!("DELETE FROM setup_code WHERE one = 1");

/// Make the district and its first administrator. The password is of [`Strength::Admin`].
///
/// # Errors
/// [`SetupError`].
pub fn make_first_admin(tx: &mut Tx, ctx: &Ctx, first: &FirstAdmin, password: &NewPassword) -> Result<FirstMade, SetupError> {
    if !is_wanted(tx)? {
        return Err(SetupError::Done);
    }
    let stored = tx.opt(CODE, p![], |row| Ok((row.array::<32>(0)?, row.time(1)?)))?;
    if !stored.is_some_and(|(stored, expires_at)| stored == code::digest(&first.code) && ctx.now < expires_at) {
        return Err(SetupError::WrongCode);
    }
    if password.strength < Strength::Admin {
        return Err(SetupError::Account(OpenAccountError::TooWeak));
    }
    tx.exec(SPENT, p![])?;
    let by = Actor::System;
    let unit = CreateUnit {
        code: first.district_code.clone(),
        name: first.district_name.clone(),
        phone: None,
        level: Level::District,
        parent: None,
        ord: 0,
    };
    let district = insert_unit(tx, ctx, by, &unit).map_err(|error| match error {
        CreateUnitError::Store(error) => SetupError::Store(error),
        other => SetupError::District(other),
    })?;
    let person = insert_person(tx, ctx, by, &CreatePerson { name: first.name.clone(), phone: None }).map_err(|error| match error {
        CreatePersonError::Store(error) => SetupError::Store(error),
        _ => SetupError::BadName,
    })?;
    // What follows is made of parts that fit; what does not is a fault of the program.
    let fault = |error: &dyn std::fmt::Display| SetupError::Store(StoreError::Other(error.to_string()));
    let post = CreatePost { unit: district, reach: None, role: Role::SystemAdmin, title: first.title.clone() };
    let post = insert_post(tx, ctx, by, &post).map_err(|error| fault(&error))?;
    insert_holding(tx, ctx, by, person, post, ctx.now).map_err(|error| fault(&error))?;
    let account = insert_account(tx, ctx, by, person, &first.login, password).map_err(|error| match error {
        OpenAccountError::Store(error) => SetupError::Store(error),
        other => SetupError::Account(other),
    })?;
    Ok(FirstMade { district, person, account })
}
