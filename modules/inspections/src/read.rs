//! What the pages show of inspections: checklists, one visit, one finding; and who may see what. Lists stand in `list`.

use std::collections::HashMap;

use base::{PersonId, Time, UnitId};
use people::{Actor, Level, Tree};
use record::{Event, EventId};
use store::{Row, Sql, StoreError, Tx, p, sql};

use crate::events::{ChecklistId, FindingId, InspectionId};
use crate::inspect::{Inspect, Oversee, Rectify};

/// A list of things to look at, in one version.
#[derive(Clone, Debug)]
pub struct Checklist {
    /// Which version.
    pub id: ChecklistId,
    /// The list in all its versions, by the first one.
    pub list: ChecklistId,
    /// From 1.
    pub version: i64,
    /// What it is called.
    pub name: String,
    /// What to look at.
    pub lines: Vec<String>,
    /// When this version was entered.
    pub at: Time,
    /// When the list was taken out of use.
    pub ended: Option<Time>,
}

/// A visit to a unit.
#[derive(Clone, Debug)]
pub struct Visited {
    /// Which.
    pub id: InspectionId,
    /// By which version of which list.
    pub checklist: ChecklistId,
    /// Where.
    pub unit: UnitId,
    /// The unit that visited.
    pub by: UnitId,
    /// Who wrote it down.
    pub person: PersonId,
    /// On which day.
    pub on: String,
    /// What was seen in all.
    pub note: String,
    /// When it was written down.
    pub at: Time,
}

/// How a finding stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// It is to be put right.
    Open,
    /// The unit says that it is put right.
    Rectified,
    /// Somebody looked again, and it is.
    Closed,
}

impl State {
    /// As it stands in the store.
    pub fn code(self) -> &'static str {
        match self {
            State::Open => "open",
            State::Rectified => "rectified",
            State::Closed => "closed",
        }
    }

    fn parse(code: &str) -> Result<State, StoreError> {
        let all = [State::Open, State::Rectified, State::Closed];
        let found = all.into_iter().find(|state| state.code() == code);
        found.ok_or_else(|| StoreError::unknown("finding", "state", code))
    }
}

/// Something found wrong.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Which.
    pub id: FindingId,
    /// At which visit.
    pub inspection: InspectionId,
    /// Where: the unit that puts it right.
    pub unit: UnitId,
    /// The unit that visited.
    pub by: UnitId,
    /// What was looked at.
    pub item: String,
    /// What was wrong.
    pub text: String,
    /// How it stands.
    pub state: State,
    /// Until when the step is owed that the state names.
    pub due: Time,
    /// Its version.
    pub v: i64,
    /// On which day the visit was.
    pub on: String,
}

impl Finding {
    /// Who owes the next step.
    pub fn owes(&self, tree: &Tree) -> UnitId {
        if self.state == State::Rectified { heir(tree, self.by) } else { self.unit }
    }
}

/// The unit that took over from one that was closed, and so on; itself where it stands.
pub fn heir(tree: &Tree, unit: UnitId) -> UnitId {
    let mut at = unit;
    // A damaged table may lead in a circle.
    for _ in 0..16 {
        match tree.get(at).and_then(|one| one.successor) {
            Some(next) => at = next,
            None => break,
        }
    }
    at
}

/// The levels whose units are visited.
pub fn is_visited(level: Level) -> bool {
    matches!(level, Level::Town | Level::Community | Level::Department | Level::Branch)
}

macro_rules! checklist_columns {
    () => {
        "SELECT c.id, COALESCE(c.list, c.id), c.version, c.name, c.lines, c.created_at, f.ended_at
         FROM checklist c JOIN checklist f ON f.id = COALESCE(c.list, c.id) "
    };
}

/// Some dozens of lists with a few versions each.
const LISTS: &Sql = sql!(concat!(checklist_columns!(), "ORDER BY c.id DESC"));
const LIST: &Sql = sql!(concat!(checklist_columns!(), "WHERE c.id = ?1"));

fn list(row: &Row<'_>) -> Result<Checklist, StoreError> {
    Ok(Checklist {
        id: row.id(0)?,
        list: row.id(1)?,
        version: row.int(2)?,
        name: row.text(3)?.to_owned(),
        lines: row.text(4)?.lines().map(str::to_owned).collect(),
        at: row.time(5)?,
        ended: row.opt_time(6)?,
    })
}

/// The newest version of each checklist in use, the one that was changed last first.
///
/// # Errors
/// Only the store's.
pub fn checklists(tx: &mut Tx) -> Result<Vec<Checklist>, StoreError> {
    let mut newest: Vec<Checklist> = Vec::new();
    for one in tx.all(LISTS, p![], list)? {
        match newest.iter_mut().find(|known| known.list == one.list) {
            Some(known) if known.version < one.version => *known = one,
            Some(_) => {}
            None => newest.push(one),
        }
    }
    newest.retain(|one| one.ended.is_none());
    Ok(newest)
}

/// Every version of a checklist, the newest first.
///
/// # Errors
/// Only the store's.
pub fn versions(tx: &mut Tx, of: ChecklistId) -> Result<Vec<Checklist>, StoreError> {
    let mut all = tx.all(LISTS, p![], list)?;
    all.retain(|one| one.list == of);
    all.sort_by_key(|one| std::cmp::Reverse(one.version));
    Ok(all)
}

/// One version of a checklist.
///
/// # Errors
/// Only the store's.
pub fn checklist(tx: &mut Tx, id: ChecklistId) -> Result<Option<Checklist>, StoreError> {
    tx.opt(LIST, p![id], list)
}

const VISIT: &Sql = sql!("SELECT id, checklist, unit, by_unit, made_by, visited_on, note, made_at FROM inspection WHERE id = ?1");

/// One visit.
///
/// # Errors
/// Only the store's.
pub fn visit(tx: &mut Tx, id: InspectionId) -> Result<Option<Visited>, StoreError> {
    tx.opt(VISIT, p![id], |row| {
        Ok(Visited {
            id: row.id(0)?,
            checklist: row.id(1)?,
            unit: row.id(2)?,
            by: row.id(3)?,
            person: row.id(4)?,
            on: row.text(5)?.to_owned(),
            note: row.text(6)?.to_owned(),
            at: row.time(7)?,
        })
    })
}

macro_rules! finding_columns {
    () => {
        "SELECT f.id, f.inspection, f.unit, i.by_unit, f.item, f.text, f.state, f.due_at, f.v, i.visited_on
         FROM finding f JOIN inspection i ON i.id = f.inspection "
    };
}
pub(crate) use finding_columns;

const FINDING: &Sql = sql!(concat!(finding_columns!(), "WHERE f.id = ?1"));
/// By the index `finding_by_inspection`.
const OF_INSPECTION: &Sql = sql!(concat!(finding_columns!(), "WHERE f.inspection = ?1 ORDER BY f.id"));

pub(crate) fn row(row: &Row<'_>) -> Result<Finding, StoreError> {
    Ok(Finding {
        id: row.id(0)?,
        inspection: row.id(1)?,
        unit: row.id(2)?,
        by: row.id(3)?,
        item: row.text(4)?.to_owned(),
        text: row.text(5)?.to_owned(),
        state: State::parse(row.text(6)?)?,
        due: row.time(7)?,
        v: row.int(8)?,
        on: row.text(9)?.to_owned(),
    })
}

/// One finding.
///
/// # Errors
/// Only the store's.
pub fn finding(tx: &mut Tx, id: FindingId) -> Result<Option<Finding>, StoreError> {
    tx.opt(FINDING, p![id], row)
}

/// What one visit found.
///
/// # Errors
/// Only the store's.
pub fn of_inspection(tx: &mut Tx, id: InspectionId) -> Result<Vec<Finding>, StoreError> {
    tx.all(OF_INSPECTION, p![id], row)
}

/// The units of which somebody sees what was found, with all under each: who inspects, who answers for the district, and the
/// unit itself.
pub fn reaches(actor: &Actor) -> Vec<UnitId> {
    let wide = actor.each::<Inspect>().map(|proof| proof.reach()).chain(actor.each::<Oversee>().map(|proof| proof.reach()));
    wide.chain(actor.each::<Rectify>().map(|proof| proof.unit())).collect()
}

/// Whether somebody may see what was found at a unit: who inspects, who answers for the district, and the unit with those
/// above it, or that took over.
pub fn may_see(actor: &Actor, tree: &Tree, unit: UnitId) -> bool {
    let heir = heir(tree, unit);
    actor.may::<Inspect>(tree, unit)
        || actor.may::<Oversee>(tree, unit)
        || actor.each::<Rectify>().any(|proof| tree.is_within(unit, proof.unit()) || tree.is_within(heir, proof.unit()))
}

/// A step with its words and its evidence.
pub type Said = (Event, String, Vec<[u8; 32]>);

/// By the index `finding_step_by_finding`.
const STEPS: &Sql = sql!("SELECT event, text FROM finding_step WHERE finding = ?1");
/// By the index `finding_photo_by_finding`.
const PHOTOS: &Sql = sql!("SELECT event, digest FROM finding_photo WHERE finding = ?1 ORDER BY event, n");

/// What happened to a finding, the oldest first.
///
/// # Errors
/// Only the store's.
pub fn steps(tx: &mut Tx, id: FindingId) -> Result<Vec<Said>, StoreError> {
    let mut texts: HashMap<EventId, String> = tx.all(STEPS, p![id], |row| Ok((row.id(0)?, row.text(1)?.to_owned())))?.into_iter().collect();
    let photos: Vec<(EventId, [u8; 32])> = tx.all(PHOTOS, p![id], |row| Ok((row.id(0)?, row.array(1)?)))?;
    let events = record::of_subject(tx, id.0)?;
    let said = events.into_iter().map(|event| {
        let evidence = photos.iter().filter(|(of, _)| *of == event.id).map(|(_, digest)| *digest).collect();
        let words = texts.remove(&event.id).unwrap_or_default();
        (event, words, evidence)
    });
    Ok(said.collect())
}
