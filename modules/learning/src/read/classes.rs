//! Classes as they stand: days, seats, leave, who came.

use base::{Date, PersonId, Time, UnitId};
use people::Tree;
use store::{Row, Sql, StoreError, Tx, p, sql};

use super::bad;
use crate::model::{ClassId, ClassSort, ClassState, DayId, LeaveState, SeatState, Way};
use crate::operate::is_for;

/// A class.
#[derive(Clone, Debug)]
pub struct Class {
    /// Its id.
    pub id: ClassId,
    /// Who holds it.
    pub unit: UnitId,
    /// Whose people may join.
    pub audience: UnitId,
    /// What it is called.
    pub title: String,
    /// Where.
    pub place: String,
    /// The notice.
    pub notice: String,
    /// The salt of its digests.
    pub salt: [u8; 16],
    /// Seats.
    pub quota: i64,
    /// Until when one may join.
    pub join_until: Time,
    /// So many days are needed for a certificate.
    pub must: i64,
    /// Seats that are taken.
    pub taken: i64,
    /// Tickets that were given out.
    pub tickets: i64,
    /// How it stands.
    pub state: ClassState,
    /// Why it was cancelled, where it was.
    pub reason: String,
    /// What it is.
    pub sort: ClassSort,
    /// Its version: one more with each correction.
    pub v: i64,
}

impl Class {
    /// Whether somebody who sits in these units may join.
    pub fn is_open_to(&self, tree: &Tree, units: &[UnitId]) -> bool {
        is_for(tree, self.audience, units)
    }
}

/// A day of a class.
#[derive(Clone, Copy, Debug)]
pub struct Day {
    /// Its id.
    pub id: DayId,
    /// Of which class.
    pub class: ClassId,
    /// When it begins.
    pub starts: Time,
    /// When it ends.
    pub ends: Time,
    /// What it counts.
    pub minutes: i64,
}

/// A seat.
#[derive(Clone, Copy, Debug)]
pub struct Seat {
    /// Whose.
    pub person: PersonId,
    /// How it stands.
    pub state: SeatState,
    /// The ticket.
    pub ticket: i64,
}

macro_rules! columns {
    () => {
        "id, unit, audience, title, place, notice, salt, quota, join_until, must, taken, tickets, state, reason, sort, v"
    };
}

const CLASS: &Sql = sql!(concat!("SELECT ", columns!(), " FROM training_class WHERE id = ?1"));
/// Walks the primary key from its end: some hundreds at most.
const CLASSES: &Sql = sql!(concat!("SELECT ", columns!(), " FROM training_class ORDER BY id DESC LIMIT 500"));

fn row_class(row: &Row<'_>) -> Result<Class, StoreError> {
    Ok(Class {
        id: row.id(0)?,
        unit: row.id(1)?,
        audience: row.id(2)?,
        title: row.text(3)?.to_owned(),
        place: row.text(4)?.to_owned(),
        notice: row.text(5)?.to_owned(),
        salt: row.array(6)?,
        quota: row.int(7)?,
        join_until: row.time(8)?,
        must: row.int(9)?,
        taken: row.int(10)?,
        tickets: row.int(11)?,
        state: ClassState::from_code(row.text(12)?).ok_or_else(|| bad("a state"))?,
        reason: row.text(13)?.to_owned(),
        sort: ClassSort::from_code(row.text(14)?).ok_or_else(|| bad("a sort"))?,
        v: row.int(15)?,
    })
}

/// One class.
///
/// # Errors
/// Only the store's.
pub fn class(tx: &mut Tx, id: ClassId) -> Result<Option<Class>, StoreError> {
    tx.opt(CLASS, p![id], row_class)
}

/// All classes, the last announced first.
///
/// # Errors
/// Only the store's.
pub fn classes(tx: &mut Tx) -> Result<Vec<Class>, StoreError> {
    tx.all(CLASSES, p![], row_class)
}

const DAY: &Sql = sql!("SELECT id, class, starts_at, ends_at, minutes FROM class_day WHERE id = ?1");
/// By the index `class_day_by_class`.
const DAYS: &Sql = sql!("SELECT id, class, starts_at, ends_at, minutes FROM class_day WHERE class = ?1 ORDER BY starts_at");

fn row_day(row: &Row<'_>) -> Result<Day, StoreError> {
    Ok(Day { id: row.id(0)?, class: row.id(1)?, starts: row.time(2)?, ends: row.time(3)?, minutes: row.int(4)? })
}

/// One day.
///
/// # Errors
/// Only the store's.
pub fn day(tx: &mut Tx, id: DayId) -> Result<Option<Day>, StoreError> {
    tx.opt(DAY, p![id], row_day)
}

/// The days of a class in their order.
///
/// # Errors
/// Only the store's.
pub fn days(tx: &mut Tx, id: ClassId) -> Result<Vec<Day>, StoreError> {
    tx.all(DAYS, p![id], row_day)
}

/// By the primary key.
const SEAT: &Sql = sql!("SELECT person, state, ticket FROM class_seat WHERE class = ?1 AND person = ?2");
/// By the primary key.
const SEATS: &Sql = sql!("SELECT person, state, ticket FROM class_seat WHERE class = ?1 ORDER BY ticket");
/// By the index `class_seat_by_person`.
const SEATS_OF: &Sql = sql!("SELECT class, state, ticket FROM class_seat WHERE person = ?1 AND state <> 'left'");

fn seat_state(row: &Row<'_>, column: usize) -> Result<SeatState, StoreError> {
    SeatState::from_code(row.text(column)?).ok_or_else(|| bad("a seat"))
}

/// Somebody's seat in a class.
///
/// # Errors
/// Only the store's.
pub fn seat(tx: &mut Tx, class: ClassId, person: PersonId) -> Result<Option<Seat>, StoreError> {
    tx.opt(SEAT, p![class, person], |row| Ok(Seat { person: row.id(0)?, state: seat_state(row, 1)?, ticket: row.int(2)? }))
}

/// The seats of a class by their tickets, those given back as well.
///
/// # Errors
/// Only the store's.
pub fn seats(tx: &mut Tx, class: ClassId) -> Result<Vec<Seat>, StoreError> {
    tx.all(SEATS, p![class], |row| Ok(Seat { person: row.id(0)?, state: seat_state(row, 1)?, ticket: row.int(2)? }))
}

/// The classes in which somebody has a seat or waits for one.
///
/// # Errors
/// Only the store's.
pub fn seats_of(tx: &mut Tx, person: PersonId) -> Result<Vec<(ClassId, SeatState)>, StoreError> {
    tx.all(SEATS_OF, p![person], |row| Ok((row.id(0)?, seat_state(row, 1)?)))
}

/// A request for leave.
#[derive(Clone, Debug)]
pub struct Leave {
    /// From which day.
    pub day: DayId,
    /// Whose.
    pub person: PersonId,
    /// Why.
    pub reason: String,
    /// How it stands.
    pub state: LeaveState,
}

/// By `class_day_by_class`, then the primary key.
const LEAVES: &Sql = sql!(
    "SELECT l.day, l.person, l.reason, l.state FROM class_day d JOIN class_leave l ON l.day = d.id WHERE d.class = ?1 ORDER BY l.day, l.person"
);

/// The requests for leave of a class.
///
/// # Errors
/// Only the store's.
pub fn leaves(tx: &mut Tx, class: ClassId) -> Result<Vec<Leave>, StoreError> {
    tx.all(LEAVES, p![class], |row| {
        let state = LeaveState::from_code(row.text(3)?).ok_or_else(|| bad("leave"))?;
        Ok(Leave { day: row.id(0)?, person: row.id(1)?, reason: row.text(2)?.to_owned(), state })
    })
}

/// By `class_day_by_class`, then `class_presence_by_day`.
const CAME: &Sql = sql!(
    "SELECT p.day, p.person, p.way FROM class_day d JOIN class_presence p ON p.day = d.id WHERE d.class = ?1 ORDER BY p.day, p.person"
);
/// By `class_day_by_class`, then `class_presence_by_day`.
const ATTENDANCE: &Sql = sql!(
    "SELECT p.person, COUNT(*) FROM class_day d JOIN class_presence p ON p.day = d.id WHERE d.class = ?1 GROUP BY p.person ORDER BY p.person"
);

/// Who came when, and how they signed in.
///
/// # Errors
/// Only the store's.
pub fn came(tx: &mut Tx, class: ClassId) -> Result<Vec<(DayId, PersonId, Way)>, StoreError> {
    tx.all(CAME, p![class], |row| Ok((row.id(0)?, row.id(1)?, Way::from_code(row.text(2)?).ok_or_else(|| bad("a way"))?)))
}

/// To how many days each came.
///
/// # Errors
/// Only the store's.
pub fn attendance(tx: &mut Tx, class: ClassId) -> Result<Vec<(PersonId, i64)>, StoreError> {
    tx.all(ATTENDANCE, p![class], |row| Ok((row.id(0)?, row.int(1)?)))
}

/// A class as it stood until it was corrected.
#[derive(Clone, Debug)]
pub struct ClassWas {
    /// What it was called.
    pub title: String,
    /// Where.
    pub place: String,
    /// The notice.
    pub notice: String,
    /// Seats.
    pub quota: i64,
    /// Until when one could join.
    pub join_until: Time,
    /// So many days were needed for a certificate.
    pub must: i64,
    /// When each day began and ended, and what it counted.
    pub days: Vec<(Time, Time, i64)>,
    /// When it was corrected.
    pub at: Time,
    /// By whom.
    pub by: PersonId,
}

/// By the primary key.
const WAS: &Sql =
    sql!("SELECT title, place, notice, quota, join_until, must, days, changed_at, changed_by FROM class_was WHERE class = ?1 ORDER BY v");

/// What a class was before each correction, the first first.
///
/// # Errors
/// Only the store's.
pub fn class_was(tx: &mut Tx, class: ClassId) -> Result<Vec<ClassWas>, StoreError> {
    tx.all(WAS, p![class], |row| {
        Ok(ClassWas {
            title: row.text(0)?.to_owned(),
            place: row.text(1)?.to_owned(),
            notice: row.text(2)?.to_owned(),
            quota: row.int(3)?,
            join_until: row.time(4)?,
            must: row.int(5)?,
            days: crate::correct::parse(row.text(6)?).ok_or_else(|| bad("a day"))?,
            at: row.time(7)?,
            by: row.id(8)?,
        })
    })
}

/// A class that somebody attended as it asks: so many of its days.
#[derive(Clone, Debug)]
pub struct Attended {
    /// Which.
    pub class: ClassId,
    /// What it is called.
    pub title: String,
    /// What it is.
    pub sort: ClassSort,
    /// The last day they came.
    pub on: Date,
}

/// By the primary key of presence, then those of days and classes.
const ATTENDED: &Sql = sql!(
    "SELECT c.id, c.title, c.sort, MAX(p.came_on) FROM class_presence p JOIN class_day d ON d.id = p.day JOIN training_class c ON c.id = d.class
     WHERE p.person = ?1 AND c.state <> 'cancelled' GROUP BY c.id, c.title, c.sort, c.must HAVING COUNT(*) >= c.must ORDER BY 4, c.id"
);

/// The classes that somebody attended as they ask, the first first.
///
/// # Errors
/// Only the store's.
pub fn attended(tx: &mut Tx, person: PersonId) -> Result<Vec<Attended>, StoreError> {
    tx.all(ATTENDED, p![person], |row| {
        Ok(Attended {
            class: row.id(0)?,
            title: row.text(1)?.to_owned(),
            sort: ClassSort::from_code(row.text(2)?).ok_or_else(|| bad("a sort"))?,
            on: super::date(row.text(3)?)?,
        })
    })
}
