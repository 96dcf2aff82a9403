//! What administrators' pages list: persons with their posts and accounts, posts of a unit with their
//! holders, holders of a role.

use base::{PersonId, Time, UnitId};
use store::{Row, Sql, StoreError, Tx, p, sql};

use crate::actor::{AccountId, PostId};
use crate::events::HoldingId;
use crate::role::Role;

/// A person, for lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The id.
    pub id: PersonId,
    /// The name.
    pub name: String,
    /// A telephone at work.
    pub phone: Option<String>,
    /// The account, where there is one.
    pub account: Option<Account>,
}

/// An account, for lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The id.
    pub id: AccountId,
    /// What the person signs in with.
    pub login: String,
    /// Whether an administrator has locked it.
    pub locked: bool,
    /// Whether it has a second factor.
    pub has_totp: bool,
    /// When it was opened.
    pub created_at: Time,
    /// Since when it has its password.
    pub password_at: Time,
}

/// A holding, with the post and the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holding {
    /// The id.
    pub id: HoldingId,
    /// Who holds.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// What they hold.
    pub post: PostId,
    /// The unit of the post.
    pub unit: UnitId,
    /// The unit whose subtree the post covers.
    pub reach: UnitId,
    /// What its holder does.
    pub role: Role,
    /// Its title.
    pub title: String,
    /// From when on.
    pub from: Time,
    /// Until when, if an end is set.
    pub to: Option<Time>,
    /// 代理: for a time only.
    pub acting: bool,
}

/// A post with those who hold it now; nobody, perhaps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    /// The id.
    pub id: PostId,
    /// The unit it is in.
    pub unit: UnitId,
    /// The unit whose subtree it covers.
    pub reach: UnitId,
    /// What its holder does.
    pub role: Role,
    /// Its title.
    pub title: String,
    /// Who holds it now.
    pub holders: Vec<Holding>,
}

/// By the primary key.
const PERSON: &Sql = sql!(
    "SELECT p.id, p.name, p.phone, a.id, a.login, a.locked, a.totp, a.created_at, a.password_at
     FROM person p LEFT JOIN account a ON a.person = p.id WHERE p.id = ?1"
);

/// Walks the primary key; pages of it follow one another by the last id.
const PERSONS: &Sql = sql!(
    "SELECT p.id, p.name, p.phone, a.id, a.login, a.locked, a.totp, a.created_at, a.password_at
     FROM person p LEFT JOIN account a ON a.person = p.id WHERE p.id > ?1 ORDER BY p.id LIMIT ?2"
);

/// Reads the table of persons, some thousands at most: for administrators only.
const NAMED: &Sql = sql!(
    "SELECT p.id, p.name, p.phone, a.id, a.login, a.locked, a.totp, a.created_at, a.password_at
     FROM person p LEFT JOIN account a ON a.person = p.id WHERE p.name = ?1 OR a.login = ?2 ORDER BY p.id LIMIT 100"
);

fn row_person(row: &Row) -> Result<Person, StoreError> {
    let account = match row.opt_id(3)? {
        None => None,
        Some(id) => Some(Account {
            id,
            login: row.text(4)?.to_owned(),
            locked: row.bool(5)?,
            has_totp: !row.is_null(6)?,
            created_at: row.time(7)?,
            password_at: row.time(8)?,
        }),
    };
    Ok(Person { id: row.id(0)?, name: row.text(1)?.to_owned(), phone: row.opt_text(2)?.map(str::to_owned), account })
}

/// One person.
///
/// # Errors
/// Only the store's.
pub fn person(tx: &mut Tx, id: PersonId) -> Result<Option<Person>, StoreError> {
    tx.opt(PERSON, p![id], row_person)
}

/// A page of persons, in the order in which they were entered, after this one.
///
/// # Errors
/// Only the store's.
pub fn persons(tx: &mut Tx, after: Option<PersonId>, limit: i64) -> Result<Vec<Person>, StoreError> {
    tx.all(PERSONS, p![after.unwrap_or_default(), limit], row_person)
}

/// The persons with exactly this name or this login, at most a hundred.
///
/// # Errors
/// Only the store's.
pub fn find_persons(tx: &mut Tx, typed: &str) -> Result<Vec<Person>, StoreError> {
    let (name, login) = (base::text::clean_line(typed), crate::sign::folded(typed));
    tx.all(NAMED, p![name.as_str(), login.as_str()], row_person)
}

/// Walks the index `holding_by_person`.
const HELD: &Sql = sql!(
    "SELECT h.id, h.person, p.name, o.id, o.unit, o.reach, o.role, o.title, h.from_at, h.to_at, h.acting
     FROM holding h JOIN person p ON p.id = h.person JOIN post o ON o.id = h.post WHERE h.person = ?1 ORDER BY h.from_at, h.id"
);

/// By the index `post_by_unit`, then `holding_by_post`.
const HOLDERS_IN: &Sql = sql!(
    "SELECT h.id, h.person, p.name, o.id, o.unit, o.reach, o.role, o.title, h.from_at, h.to_at, h.acting
     FROM post o JOIN holding h ON h.post = o.id JOIN person p ON p.id = h.person
     WHERE o.unit = ?1 AND h.from_at <= ?2 AND (h.to_at IS NULL OR h.to_at > ?2) ORDER BY o.id, h.from_at, h.id"
);

/// By the index `post_by_unit`, then `holding_by_post`.
pub(crate) const HOLDERS_EVER: &Sql = sql!(
    "SELECT h.id, h.person, p.name, o.id, o.unit, o.reach, o.role, o.title, h.from_at, h.to_at, h.acting
     FROM post o JOIN holding h ON h.post = o.id JOIN person p ON p.id = h.person WHERE o.unit = ?1 ORDER BY h.from_at, h.id"
);

/// By the index `post_by_role`, then `holding_by_post`.
const HOLDERS_OF: &Sql = sql!(
    "SELECT h.id, h.person, p.name, o.id, o.unit, o.reach, o.role, o.title, h.from_at, h.to_at, h.acting
     FROM post o JOIN holding h ON h.post = o.id JOIN person p ON p.id = h.person
     WHERE o.role = ?1 AND h.from_at <= ?2 AND (h.to_at IS NULL OR h.to_at > ?2) ORDER BY o.id, h.from_at, h.id"
);

pub(crate) fn row_holding(row: &Row) -> Result<Holding, StoreError> {
    Ok(Holding {
        id: row.id(0)?,
        person: row.id(1)?,
        name: row.text(2)?.to_owned(),
        post: row.id(3)?,
        unit: row.id(4)?,
        reach: row.id(5)?,
        role: role(row.text(6)?)?,
        title: row.text(7)?.to_owned(),
        from: row.time(8)?,
        to: row.opt_time(9)?,
        acting: row.bool(10)?,
    })
}

pub(crate) fn role(code: &str) -> Result<Role, StoreError> {
    Role::parse(code).ok_or_else(|| StoreError::unknown("post", "role", code))
}

/// All that a person holds, held and is to hold.
///
/// # Errors
/// Only the store's.
pub fn holdings_of(tx: &mut Tx, person: PersonId) -> Result<Vec<Holding>, StoreError> {
    tx.all(HELD, p![person], row_holding)
}

/// The holders of posts in a unit at present.
///
/// # Errors
/// Only the store's.
pub fn holders_in(tx: &mut Tx, now: Time, unit: UnitId) -> Result<Vec<Holding>, StoreError> {
    tx.all(HOLDERS_IN, p![unit, now], row_holding)
}

/// The holders of posts with a role at present.
///
/// # Errors
/// Only the store's.
pub fn holders_of(tx: &mut Tx, now: Time, role: Role) -> Result<Vec<Holding>, StoreError> {
    tx.all(HOLDERS_OF, p![role.code(), now], row_holding)
}

/// Walks the table of some thousands of rows, with the index `holding_by_person` for the few that ended.
const LEFT: &Sql = sql!(
    "SELECT DISTINCT h.person, o.unit FROM holding h JOIN post o ON o.id = h.post
     WHERE h.to_at > ?2 AND h.to_at <= ?1 AND NOT EXISTS (
         SELECT 1 FROM holding g JOIN post q ON q.id = g.post
         WHERE g.person = h.person AND q.unit = o.unit AND g.from_at <= ?1 AND (g.to_at IS NULL OR g.to_at > ?1))
     ORDER BY h.person, o.unit"
);

/// Who has left which unit since a time, and holds nothing there now: also where nobody did anything that day, since an acting
/// post ends by its date.
///
/// # Errors
/// Only the store's.
pub fn left(tx: &mut Tx, now: Time, since: Time) -> Result<Vec<(PersonId, UnitId)>, StoreError> {
    tx.all(LEFT, p![now, since], |row| Ok((row.id(0)?, row.id(1)?)))
}

/// The units where a person holds a post at present.
///
/// # Errors
/// Only the store's.
pub fn units_of(tx: &mut Tx, now: Time, person: PersonId) -> Result<Vec<UnitId>, StoreError> {
    let mut units: Vec<UnitId> = holdings_of(tx, person)?
        .into_iter()
        .filter(|holding| holding.from <= now && holding.to.is_none_or(|to| to > now))
        .map(|holding| holding.unit)
        .collect();
    units.sort_unstable();
    units.dedup();
    Ok(units)
}

/// By the index `post_by_unit`.
const POSTS: &Sql = sql!("SELECT id, unit, reach, role, title FROM post WHERE unit = ?1 AND valid_to IS NULL ORDER BY id");

/// The posts of a unit with their holders; a post that nobody holds is among them.
///
/// # Errors
/// Only the store's.
pub fn posts_in(tx: &mut Tx, now: Time, unit: UnitId) -> Result<Vec<Post>, StoreError> {
    let holders = holders_in(tx, now, unit)?;
    let mut posts = tx.all(POSTS, p![unit], |row| {
        Ok(Post {
            id: row.id(0)?,
            unit: row.id(1)?,
            reach: row.id(2)?,
            role: role(row.text(3)?)?,
            title: row.text(4)?.to_owned(),
            holders: Vec::new(),
        })
    })?;
    for post in &mut posts {
        post.holders = holders.iter().filter(|holding| holding.post == post.id).cloned().collect();
    }
    posts.sort_by_key(|post| (post.role, post.id));
    Ok(posts)
}

/// Names of many persons are looked up one by one, by the primary key.
const NAME: &Sql = sql!("SELECT name FROM person WHERE id = ?1");

/// The name of a person.
///
/// # Errors
/// Only the store's.
pub fn name_of(tx: &mut Tx, person: PersonId) -> Result<Option<String>, StoreError> {
    tx.opt(NAME, p![person], |row| Ok(row.text(0)?.to_owned()))
}

/// By the index `account_person`.
const ACCOUNT_OF: &Sql = sql!("SELECT id, login FROM account WHERE person = ?1");

/// The account of a person and its login.
///
/// # Errors
/// Only the store's.
pub fn account_of(tx: &mut Tx, person: PersonId) -> Result<Option<(AccountId, String)>, StoreError> {
    tx.opt(ACCOUNT_OF, p![person], |row| Ok((row.id(0)?, row.text(1)?.to_owned())))
}
