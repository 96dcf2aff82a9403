//! People's state recomputed from the record and compared with the tables: units, persons, posts,
//! holdings and accounts.

use std::collections::BTreeMap;

use base::{Id, Time};
use record::{BadFacts, Cell, Difference, Event, Facts, Fold, Why, cells, text_digest_hex};
use store::{Row, Sql, StoreError, Tx, p, sql};

use crate::events::{
    AccountLocked, AccountOpened, AccountUnlocked, ActingPostHeld, HoldingWithdrawn, IdentityLinked, IdentityUnlinked, PasskeyAdded,
    PasskeyRemoved, PersonChanged, PersonCreated, PersonWithdrawn, PostChanged, PostClosed, PostCreated, PostHeld, PostReleased,
    TotpConfirmed, TotpRemoved, UnitChanged, UnitClosed, UnitCreated,
};
use crate::passkey::key_digest;
use crate::webauthn::PublicKey;

/// A new fold, for a list of them.
pub fn fold() -> Box<dyn Fold> {
    Box::new(PeopleFold::default())
}

#[derive(Default)]
struct PeopleFold {
    units: BTreeMap<Id, UnitState>,
    persons: BTreeMap<Id, PersonState>,
    posts: BTreeMap<Id, (PostCreated, Option<PostClosed>)>,
    holdings: BTreeMap<Id, HoldingState>,
    accounts: BTreeMap<Id, AccountState>,
    passkeys: BTreeMap<Id, PasskeyState>,
    identities: BTreeMap<String, Id>,
}

#[derive(Debug, PartialEq, Eq)]
struct PasskeyState {
    account: Id,
    key: String,
}

#[derive(Debug, PartialEq, Eq)]
struct UnitState {
    code: String,
    name: String,
    phone: Option<String>,
    level: String,
    parent: Option<Id>,
    ord: i64,
    valid_from: Time,
    closed: Option<(Time, Option<Id>)>,
}

#[derive(Debug, PartialEq, Eq)]
struct PersonState {
    name: String,
    phone: Option<String>,
}

#[derive(Debug, PartialEq, Eq)]
struct HoldingState {
    post: Id,
    person: Id,
    from: Time,
    to: Option<Time>,
    acting: bool,
}

#[derive(Debug, PartialEq, Eq)]
struct AccountState {
    person: Id,
    login: String,
    locked: bool,
    totp: bool,
}

impl UnitState {
    const COLUMNS: &'static [&'static str] = &["code", "name", "phone", "level", "parent", "ord", "valid_from", "valid_to", "successor"];

    fn cells(&self) -> Vec<Cell> {
        let UnitState { code, name, phone, level, parent, ord, valid_from, closed } = self;
        let (name, phone) = (Cell::digest(name), phone.as_ref().map(Cell::digest));
        let (at, successor) = (closed.map(|closed| closed.0), closed.and_then(|closed| closed.1));
        cells![code, name, phone, level, *parent, *ord, *valid_from, at, successor]
    }
}

impl PersonState {
    fn cells(&self) -> Vec<Cell> {
        cells![Cell::digest(&self.name), self.phone.as_ref().map(Cell::digest)]
    }
}

impl HoldingState {
    const COLUMNS: &'static [&'static str] = &["post", "person", "from_at", "to_at", "acting"];

    fn cells(&self) -> Vec<Cell> {
        cells![self.post, self.person, self.from, self.to, self.acting]
    }
}

impl AccountState {
    const COLUMNS: &'static [&'static str] = &["person", "login", "locked", "totp"];

    fn cells(&self) -> Vec<Cell> {
        // Whether there is a second factor is recorded, and not which.
        cells![self.person, Cell::digest(&self.login), self.locked, if self.totp { Cell::Filled } else { Cell::Nothing }]
    }
}

impl PasskeyState {
    fn cells(&self) -> Vec<Cell> {
        cells![self.account, Cell::digest(&self.key)]
    }
}

impl Fold for PeopleFold {
    fn apply(&mut self, event: &Event) -> Result<(), BadFacts> {
        let missing = || event.bad(Why::Nothing);
        match event.kind.as_str() {
            UnitCreated::KIND => {
                let facts: UnitCreated = event.facts()?;
                let state = UnitState {
                    code: facts.code,
                    name: facts.name,
                    phone: facts.phone,
                    level: facts.level.code().to_owned(),
                    parent: facts.parent.map(|parent| parent.0),
                    ord: facts.ord,
                    valid_from: facts.valid_from,
                    closed: None,
                };
                once(&mut self.units, event, state)?;
            }
            UnitChanged::KIND => {
                let facts: UnitChanged = event.facts()?;
                let unit = self.units.get_mut(&event.subject).ok_or_else(missing)?;
                (unit.name, unit.phone, unit.ord) = (facts.name, facts.phone, facts.ord);
            }
            UnitClosed::KIND => {
                let facts: UnitClosed = event.facts()?;
                let unit = self.units.get_mut(&event.subject).ok_or_else(missing)?;
                unit.closed = Some((facts.at, facts.successor.map(|successor| successor.0)));
            }
            PersonCreated::KIND => {
                let facts: PersonCreated = event.facts()?;
                once(&mut self.persons, event, PersonState { name: facts.name, phone: facts.phone })?;
            }
            PersonChanged::KIND => {
                let facts: PersonChanged = event.facts()?;
                let person = self.persons.get_mut(&event.subject).ok_or_else(missing)?;
                *person = PersonState { name: facts.name, phone: facts.phone };
            }
            PostCreated::KIND => once(&mut self.posts, event, (event.facts()?, None))?,
            PostChanged::KIND => {
                let facts: PostChanged = event.facts()?;
                self.posts.get_mut(&event.subject).ok_or_else(missing)?.0.title = facts.title;
            }
            PostClosed::KIND => {
                self.posts.get_mut(&event.subject).ok_or_else(missing)?.1 = Some(event.facts()?);
            }
            PostHeld::KIND => {
                let facts: PostHeld = event.facts()?;
                let state = HoldingState { post: facts.post.0, person: event.subject, from: facts.from, to: None, acting: false };
                if self.holdings.insert(facts.holding.0, state).is_some() {
                    return Err(event.bad(Why::Before));
                }
            }
            ActingPostHeld::KIND => {
                let facts: ActingPostHeld = event.facts()?;
                let (post, person) = (facts.post.0, event.subject);
                let state = HoldingState { post, person, from: facts.from, to: Some(facts.to), acting: true };
                if self.holdings.insert(facts.holding.0, state).is_some() {
                    return Err(event.bad(Why::Before));
                }
            }
            HoldingWithdrawn::KIND => {
                let facts: HoldingWithdrawn = event.facts()?;
                self.holdings.remove(&facts.holding.0).ok_or_else(missing)?;
            }
            PersonWithdrawn::KIND => {
                self.persons.remove(&event.subject).ok_or_else(missing)?;
            }
            PostReleased::KIND => {
                let facts: PostReleased = event.facts()?;
                self.holdings.get_mut(&facts.holding.0).ok_or_else(missing)?.to = Some(facts.to);
            }
            AccountOpened::KIND => {
                let facts: AccountOpened = event.facts()?;
                let state = AccountState { person: facts.person.0, login: facts.login, locked: false, totp: false };
                once(&mut self.accounts, event, state)?;
            }
            PasskeyAdded::KIND => {
                let facts: PasskeyAdded = event.facts()?;
                self.passkeys.insert(facts.passkey.0, PasskeyState { account: event.subject, key: facts.key });
            }
            PasskeyRemoved::KIND => {
                let facts: PasskeyRemoved = event.facts()?;
                self.passkeys.remove(&facts.passkey.0).ok_or_else(missing)?;
            }
            IdentityLinked::KIND => {
                let facts: IdentityLinked = event.facts()?;
                self.identities.insert(facts.identity, event.subject);
            }
            IdentityUnlinked::KIND => self.identities.retain(|_, account| *account != event.subject),
            AccountLocked::KIND | AccountUnlocked::KIND => {
                let account = self.accounts.get_mut(&event.subject).ok_or_else(missing)?;
                account.locked = event.is::<AccountLocked>();
            }
            TotpConfirmed::KIND | TotpRemoved::KIND => {
                let account = self.accounts.get_mut(&event.subject).ok_or_else(missing)?;
                account.totp = event.is::<TotpConfirmed>();
            }
            _ => {}
        }
        Ok(())
    }

    fn compare(&self, tx: &mut Tx) -> Result<Vec<Difference>, StoreError> {
        let mut out = Vec::new();
        differ("unit", UnitState::COLUMNS, UnitState::cells, &self.units, &read(tx, UNITS, unit)?, &mut out);
        let persons = read(tx, PERSONS, |row| {
            let salt = row.array(3)?;
            Ok(PersonState { name: text_digest_hex(&salt, row.text(1)?), phone: digest(&salt, row.opt_text(2)?) })
        })?;
        differ("person", &["name", "phone"], PersonState::cells, &self.persons, &persons, &mut out);
        let expected = self.posts.iter().map(|(id, facts)| (*id, post_cells(facts))).collect();
        let columns = &["unit", "reach", "role", "title", "valid_to", "successor"];
        differ("post", columns, Vec::clone, &expected, &read(tx, POSTS, post)?, &mut out);
        let holdings = read(tx, HOLDINGS, |row| {
            let (from, to) = (row.time(3)?, row.opt_time(4)?);
            Ok(HoldingState { post: row.id(1)?, person: row.id(2)?, from, to, acting: row.bool(5)? })
        })?;
        differ("holding", HoldingState::COLUMNS, HoldingState::cells, &self.holdings, &holdings, &mut out);
        let accounts = read(tx, ACCOUNTS, |row| {
            let salt = row.array(5)?;
            Ok(AccountState {
                person: row.id(1)?,
                login: text_digest_hex(&salt, row.text(2)?),
                locked: row.bool(3)?,
                totp: !row.is_null(4)?,
            })
        })?;
        differ("account", AccountState::COLUMNS, AccountState::cells, &self.accounts, &accounts, &mut out);
        let passkeys = read(tx, PASSKEYS, |row| {
            let key = PublicKey { algorithm: row.int(3)?, bytes: row.blob(4)?.to_vec() };
            Ok(PasskeyState { account: row.id(1)?, key: key_digest(&row.array(5)?, row.blob(2)?, &key) })
        })?;
        differ("passkey", &["account", "credential+algorithm+public_key"], PasskeyState::cells, &self.passkeys, &passkeys, &mut out);
        let identities: BTreeMap<String, Id> =
            tx.all(IDENTITIES, p![], |row| Ok((record::hex(row.blob(0)?), row.id(1)?)))?.into_iter().collect();
        differ("outside_identity", &["account"], |account| cells![*account], &self.identities, &identities, &mut out);
        Ok(out)
    }
}

/// These read whole tables, which is what comparing takes.
const UNITS: &Sql = sql!("SELECT id, code, name, phone, level, parent, ord, valid_from, valid_to, successor, salt FROM unit");
const PERSONS: &Sql = sql!("SELECT id, name, phone, salt FROM person");
const POSTS: &Sql = sql!("SELECT id, unit, reach, role, title, salt, valid_to, successor FROM post");
const HOLDINGS: &Sql = sql!("SELECT id, post, person, from_at, to_at, acting FROM holding");
const PASSKEYS: &Sql = sql!("SELECT id, account, credential, algorithm, public_key, salt FROM passkey");
const IDENTITIES: &Sql = sql!("SELECT identity, account FROM outside_identity");
const ACCOUNTS: &Sql = sql!("SELECT a.id, a.person, a.login, a.locked, a.totp, p.salt FROM account a JOIN person p ON p.id = a.person");

fn once<T>(states: &mut BTreeMap<Id, T>, event: &Event, state: T) -> Result<(), BadFacts> {
    match states.insert(event.subject, state) {
        None => Ok(()),
        Some(_) => Err(event.bad(Why::Before)),
    }
}

fn digest(salt: &[u8; 16], text: Option<&str>) -> Option<String> {
    text.map(|text| text_digest_hex(salt, text))
}

fn unit(row: &Row) -> Result<UnitState, StoreError> {
    let salt = row.array(10)?;
    let successor = row.opt_id(9)?;
    Ok(UnitState {
        code: row.text(1)?.to_owned(),
        name: text_digest_hex(&salt, row.text(2)?),
        phone: digest(&salt, row.opt_text(3)?),
        level: row.text(4)?.to_owned(),
        parent: row.opt_id(5)?,
        ord: row.int(6)?,
        valid_from: row.time(7)?,
        closed: row.opt_time(8)?.map(|at| (at, successor)),
    })
}

fn post(row: &Row) -> Result<Vec<Cell>, StoreError> {
    let title = Cell::digest(text_digest_hex(&row.array(5)?, row.text(4)?));
    let (ended, successor) = (row.opt_time(6)?, row.opt_id::<Id>(7)?);
    Ok(cells![row.id::<Id>(1)?, row.id::<Id>(2)?, row.text(3)?, title, ended, ended.and(successor)])
}

fn post_cells((facts, ended): &(PostCreated, Option<PostClosed>)) -> Vec<Cell> {
    let (at, successor) = (ended.as_ref().map(|ended| ended.at), ended.as_ref().and_then(|ended| ended.successor));
    cells![facts.post_unit, facts.reach, facts.role.code(), Cell::digest(&facts.title), at, successor.map(|post| post.0)]
}

fn read<T>(tx: &mut Tx, sql: &'static Sql, mut f: impl FnMut(&Row) -> Result<T, StoreError>) -> Result<BTreeMap<Id, T>, StoreError> {
    Ok(tx.all(sql, p![], |row| Ok((row.id::<Id>(0)?, f(row)?)))?.into_iter().collect())
}

/// [`record::differ`] for rows whose key says itself.
pub(crate) fn differ<K: Ord + std::fmt::Display, T: PartialEq>(
    table: &'static str,
    columns: &[&'static str],
    cells: impl Fn(&T) -> Vec<Cell>,
    expected: &BTreeMap<K, T>,
    found: &BTreeMap<K, T>,
    out: &mut Vec<Difference>,
) {
    record::differ(table, columns, K::to_string, cells, expected, found, out);
}
