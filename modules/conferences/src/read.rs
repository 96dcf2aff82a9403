//! What the pages show of conferences.

use std::collections::HashMap;

use base::{Time, UnitId};
use people::{Actor, Tree};
use record::{Event, EventId};
use store::{Row, Sql, StoreError, Tx, p, sql};

use crate::events::{ConferenceId, TaskId};
use crate::permissions::See;

/// A conference.
#[derive(Clone, Debug)]
pub struct Conference {
    /// Which.
    pub id: ConferenceId,
    /// Who called it.
    pub unit: UnitId,
    /// What it was about.
    pub title: String,
    /// On which day.
    pub on: String,
    /// Where.
    pub place: String,
    /// The minutes.
    pub note: String,
    /// The units that took part.
    pub units: Vec<UnitId>,
}

/// How a task stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// It is to be done.
    Open,
    /// The unit says that it is done.
    Reported,
    /// It is done.
    Closed,
}

impl State {
    /// As it stands in the store.
    pub fn code(self) -> &'static str {
        match self {
            State::Open => "open",
            State::Reported => "reported",
            State::Closed => "closed",
        }
    }

    fn parse(code: &str) -> Result<State, StoreError> {
        let all = [State::Open, State::Reported, State::Closed];
        let found = all.into_iter().find(|state| state.code() == code);
        found.ok_or_else(|| StoreError::unknown("conference_task", "state", code))
    }
}

/// A task.
#[derive(Clone, Debug)]
pub struct Task {
    /// Which.
    pub id: TaskId,
    /// Of which conference.
    pub conference: ConferenceId,
    /// Who called it, and looks at what was done.
    pub by: UnitId,
    /// Who does it.
    pub unit: UnitId,
    /// What is to be done.
    pub text: String,
    /// How it stands.
    pub state: State,
    /// Until when the step is owed that the state names.
    pub due: Time,
    /// Its version.
    pub v: i64,
}

impl Task {
    /// Who owes the next step.
    pub fn owes(&self) -> UnitId {
        if self.state == State::Reported { self.by } else { self.unit }
    }
}

const CONFERENCE: &Sql = sql!("SELECT id, unit, title, held_on, place, note FROM conference WHERE id = ?1");
/// Walks the primary key from its end: the newest first.
const CONFERENCES: &Sql = sql!("SELECT id, unit, title, held_on, place, note FROM conference ORDER BY id DESC LIMIT ?1");
/// By the primary key.
const UNITS: &Sql = sql!("SELECT unit FROM conference_unit WHERE conference = ?1 ORDER BY unit");

fn conference_row(row: &Row<'_>) -> Result<Conference, StoreError> {
    Ok(Conference {
        id: row.id(0)?,
        unit: row.id(1)?,
        title: row.text(2)?.to_owned(),
        on: row.text(3)?.to_owned(),
        place: row.text(4)?.to_owned(),
        note: row.text(5)?.to_owned(),
        units: Vec::new(),
    })
}

/// One conference.
///
/// # Errors
/// Only the store's.
pub fn conference(tx: &mut Tx, id: ConferenceId) -> Result<Option<Conference>, StoreError> {
    let Some(mut found) = tx.opt(CONFERENCE, p![id], conference_row)? else { return Ok(None) };
    found.units = tx.all(UNITS, p![id], |row| row.id(0))?;
    Ok(Some(found))
}

/// The latest conferences that somebody may see.
///
/// # Errors
/// Only the store's.
pub fn conferences(tx: &mut Tx, actor: &Actor, tree: &Tree, limit: i64) -> Result<Vec<Conference>, StoreError> {
    let mut all = tx.all(CONFERENCES, p![limit], conference_row)?;
    for one in &mut all {
        one.units = tx.all(UNITS, p![one.id], |row| row.id(0))?;
    }
    all.retain(|one| may_see(actor, tree, one));
    Ok(all)
}

/// Whether somebody may see a conference: of the unit that called it, of one that took part or stands in its place now, or
/// from above either.
pub fn may_see(actor: &Actor, tree: &Tree, conference: &Conference) -> bool {
    let units = || std::iter::once(conference.unit).chain(conference.units.iter().copied());
    units().any(|unit| reached(actor, tree, unit))
}

/// Whether a post reaches a unit, or the one that stands in its place now.
fn reached(actor: &Actor, tree: &Tree, unit: UnitId) -> bool {
    let heir = tree.heir(unit);
    actor.each::<See>().any(|proof| tree.is_within(unit, proof.reach()) || tree.is_within(heir, proof.reach()))
}

/// Whether somebody may see a task: as its conference, or of the unit that has it now.
///
/// # Errors
/// Only the store's.
pub fn may_see_task(tx: &mut Tx, actor: &Actor, tree: &Tree, task: &Task) -> Result<bool, StoreError> {
    if reached(actor, tree, task.unit) || reached(actor, tree, task.by) {
        return Ok(true);
    }
    Ok(conference(tx, task.conference)?.is_some_and(|held| may_see(actor, tree, &held)))
}

const TASK: &Sql = sql!("SELECT id, conference, by_unit, unit, text, state, due_at, v FROM conference_task WHERE id = ?1");
/// By the index `conference_task_by_conference`.
const OF_CONFERENCE: &Sql =
    sql!("SELECT id, conference, by_unit, unit, text, state, due_at, v FROM conference_task WHERE conference = ?1 ORDER BY id");
/// Walks `conference_task_open`, which holds what is open.
const OPEN: &Sql =
    sql!("SELECT id, conference, by_unit, unit, text, state, due_at, v FROM conference_task WHERE state <> 'closed' ORDER BY due_at, id");

fn task_row(row: &Row<'_>) -> Result<Task, StoreError> {
    Ok(Task {
        id: row.id(0)?,
        conference: row.id(1)?,
        by: row.id(2)?,
        unit: row.id(3)?,
        text: row.text(4)?.to_owned(),
        state: State::parse(row.text(5)?)?,
        due: row.time(6)?,
        v: row.int(7)?,
    })
}

/// One task.
///
/// # Errors
/// Only the store's.
pub fn task(tx: &mut Tx, id: TaskId) -> Result<Option<Task>, StoreError> {
    tx.opt(TASK, p![id], task_row)
}

/// The tasks of a conference.
///
/// # Errors
/// Only the store's.
pub fn tasks(tx: &mut Tx, id: ConferenceId) -> Result<Vec<Task>, StoreError> {
    tx.all(OF_CONFERENCE, p![id], task_row)
}

/// Every task that is open, first due first.
///
/// # Errors
/// Only the store's.
pub fn open(tx: &mut Tx) -> Result<Vec<Task>, StoreError> {
    tx.all(OPEN, p![], task_row)
}

/// A step with its words and its evidence.
pub type Said = (Event, String, Vec<[u8; 32]>);

/// By the index `conference_step_by_task`.
const STEPS: &Sql = sql!("SELECT event, text FROM conference_step WHERE task = ?1");
/// By the index `conference_photo_by_task`.
const PHOTOS: &Sql = sql!("SELECT event, digest FROM conference_photo WHERE task = ?1 ORDER BY event, n");

/// What happened to a task, the oldest first.
///
/// # Errors
/// Only the store's.
pub fn steps(tx: &mut Tx, id: TaskId) -> Result<Vec<Said>, StoreError> {
    let mut texts: HashMap<EventId, String> = tx.all(STEPS, p![id], |row| Ok((row.id(0)?, row.text(1)?.to_owned())))?.into_iter().collect();
    let photos: Vec<(EventId, [u8; 32])> = tx.all(PHOTOS, p![id], |row| Ok((row.id(0)?, row.array(1)?)))?;
    let said = record::of_subject(tx, id.0)?.into_iter().map(|event| {
        let evidence = photos.iter().filter(|(of, _)| *of == event.id).map(|(_, digest)| *digest).collect();
        let words = texts.remove(&event.id).unwrap_or_default();
        (event, words, evidence)
    });
    Ok(said.collect())
}
