//! What the pages show of inspections.

use std::collections::HashMap;

use base::{Time, UnitId};
use people::{Actor, Tree};
use record::{Event, EventId};
use store::{Row, Sql, StoreError, Tx, p, sql};

use crate::events::{ChecklistId, FindingId, InspectionId};
use crate::inspect::{Inspect, Rectify};

/// A list of things to look at.
#[derive(Clone, Debug)]
pub struct Checklist {
    /// Which.
    pub id: ChecklistId,
    /// What it is called.
    pub name: String,
    /// What to look at.
    pub lines: Vec<String>,
}

/// Something found wrong.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Which.
    pub id: FindingId,
    /// At which visit.
    pub inspection: InspectionId,
    /// Where.
    pub unit: UnitId,
    /// What was looked at.
    pub item: String,
    /// What was wrong.
    pub text: String,
    /// `open`, `rectified` or `closed`.
    pub state: String,
    /// Until when it is to be put right.
    pub due: Time,
    /// Its version.
    pub v: i64,
    /// On which day the visit was.
    pub on: String,
}

const LISTS: &Sql = sql!("SELECT id, name, lines FROM checklist ORDER BY id DESC");
const LIST: &Sql = sql!("SELECT id, name, lines FROM checklist WHERE id = ?1");

fn list(row: &Row<'_>) -> Result<Checklist, StoreError> {
    Ok(Checklist { id: row.id(0)?, name: row.text(1)?.to_owned(), lines: row.text(2)?.lines().map(str::to_owned).collect() })
}

/// Every checklist, the newest first.
///
/// # Errors
/// Only the store's.
pub fn checklists(tx: &mut Tx) -> Result<Vec<Checklist>, StoreError> {
    tx.all(LISTS, p![], list)
}

/// One checklist.
///
/// # Errors
/// Only the store's.
pub fn checklist(tx: &mut Tx, id: ChecklistId) -> Result<Option<Checklist>, StoreError> {
    tx.opt(LIST, p![id], list)
}

/// By the index `finding_by_state`, what is open first.
const FINDINGS: &Sql = sql!(
    "SELECT f.id, f.inspection, f.unit, f.item, f.text, f.state, f.due_at, f.v, i.visited_on FROM finding f
     JOIN inspection i ON i.id = f.inspection
     ORDER BY CASE f.state WHEN 'open' THEN 0 WHEN 'rectified' THEN 1 ELSE 2 END, f.due_at, f.id"
);
const FINDING: &Sql = sql!(
    "SELECT f.id, f.inspection, f.unit, f.item, f.text, f.state, f.due_at, f.v, i.visited_on FROM finding f
     JOIN inspection i ON i.id = f.inspection WHERE f.id = ?1"
);

fn row(row: &Row<'_>) -> Result<Finding, StoreError> {
    Ok(Finding {
        id: row.id(0)?,
        inspection: row.id(1)?,
        unit: row.id(2)?,
        item: row.text(3)?.to_owned(),
        text: row.text(4)?.to_owned(),
        state: row.text(5)?.to_owned(),
        due: row.time(6)?,
        v: row.int(7)?,
        on: row.text(8)?.to_owned(),
    })
}

/// One finding.
///
/// # Errors
/// Only the store's.
pub fn finding(tx: &mut Tx, id: FindingId) -> Result<Option<Finding>, StoreError> {
    tx.opt(FINDING, p![id], row)
}

/// By the index `finding_by_inspection`.
const OF_INSPECTION: &Sql = sql!(
    "SELECT f.id, f.inspection, f.unit, f.item, f.text, f.state, f.due_at, f.v, i.visited_on FROM finding f
     JOIN inspection i ON i.id = f.inspection WHERE f.inspection = ?1 ORDER BY f.id"
);

/// What one visit found.
///
/// # Errors
/// Only the store's.
pub fn of_inspection(tx: &mut Tx, id: InspectionId) -> Result<Vec<Finding>, StoreError> {
    tx.all(OF_INSPECTION, p![id], row)
}

/// Whether somebody may see what was found at a unit: who inspects, and the unit with those above it.
pub fn may_see(actor: &Actor, tree: &Tree, unit: UnitId) -> bool {
    actor.may::<Inspect>(tree, unit) || actor.each::<Rectify>().any(|proof| tree.is_within(unit, proof.unit()))
}

/// The findings that somebody may see: open ones first, due first.
///
/// # Errors
/// Only the store's.
pub fn findings(tx: &mut Tx, actor: &Actor, tree: &Tree) -> Result<Vec<Finding>, StoreError> {
    let mut all = tx.all(FINDINGS, p![], row)?;
    all.retain(|finding| may_see(actor, tree, finding.unit));
    Ok(all)
}

/// A step with its words and its evidence.
pub type Said = (Event, String, Vec<[u8; 32]>);

/// By the index `finding_step_by_finding`.
const STEPS: &Sql = sql!("SELECT event, text FROM finding_step WHERE finding = ?1");
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
