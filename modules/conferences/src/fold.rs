//! Conferences and their tasks as the record tells them, beside their tables.

use std::collections::BTreeMap;

use base::{Id, Time, UnitId};
use record::{Actor, BadFacts, Cell, Difference, Event, Facts, Fold, Rows, Why, cells, same, text_digest_hex};
use store::{Sql, StoreError, Tx, p, sql};

use crate::events::{
    ConferenceHeld, ConferenceTaskConfirmed, ConferenceTaskGiven, ConferenceTaskLookMoved, ConferenceTaskMoved, ConferenceTaskOverdue,
    ConferenceTaskPassed, ConferenceTaskReported,
};
use crate::hold::body;

/// A new fold, for a list of them.
pub fn fold() -> Box<dyn Fold> {
    Box::new(ConferencesFold::default())
}

struct Task {
    conference: Id,
    by: UnitId,
    unit: UnitId,
    text: String,
    state: &'static str,
    due: Time,
    passed: bool,
    v: i64,
}

impl Task {
    fn cells(&self) -> Vec<Cell> {
        let Task { conference, by, unit, text, state, due, passed, v } = self;
        cells![*conference, *by, *unit, Cell::digest(text), *state, *due, *passed, *v]
    }
}

#[derive(Default)]
struct ConferencesFold {
    conferences: Rows,
    units: Rows,
    tasks: BTreeMap<Id, Task>,
    steps: Rows,
    photos: Rows,
}

impl ConferencesFold {
    /// The task in this state, before the step that leads to this version.
    fn at(&mut self, event: &Event, state: &str, v: i64) -> Result<&mut Task, BadFacts> {
        let found = self.tasks.get_mut(&event.subject).filter(|task| task.state == state && task.v + 1 == v);
        found.ok_or_else(|| event.bad(Why::NotThen))
    }

    fn said(&mut self, event: &Event, text: String) {
        self.steps.insert(event.id.to_string(), cells![event.subject, Cell::digest(text)]);
    }
}

impl Fold for ConferencesFold {
    fn apply(&mut self, event: &Event) -> Result<(), BadFacts> {
        match event.kind.as_str() {
            ConferenceHeld::KIND => {
                let f: ConferenceHeld = event.facts()?;
                let unit = event.unit.unwrap_or_default();
                let Actor::Person(by) = event.actor else { return Err(event.bad(Why::Nobody)) };
                let row = cells![unit, f.on, Cell::digest(f.body), event.occurred_at, by];
                self.conferences.insert(event.subject.to_string(), row);
                for unit in f.units {
                    self.units.insert(format!("{} {unit}", event.subject), cells![]);
                }
            }
            ConferenceTaskGiven::KIND => {
                let f: ConferenceTaskGiven = event.facts()?;
                let unit = event.unit.unwrap_or_default();
                let task =
                    Task { conference: f.conference.0, by: f.by, unit, text: f.text, state: "open", due: f.due, passed: false, v: 1 };
                self.tasks.insert(event.subject, task);
            }
            ConferenceTaskReported::KIND => {
                let f: ConferenceTaskReported = event.facts()?;
                let task = self.at(event, "open", f.v)?;
                (task.state, task.due, task.passed, task.v) = ("reported", f.due, false, f.v);
                for (n, photo) in f.photos.iter().enumerate() {
                    self.photos.insert(format!("{} {n}", event.id), cells![event.subject, Cell::digest(photo)]);
                }
                self.said(event, f.text);
            }
            ConferenceTaskConfirmed::KIND => {
                let f: ConferenceTaskConfirmed = event.facts()?;
                let task = self.at(event, "reported", f.v)?;
                (task.state, task.passed, task.v) = (if f.done { "closed" } else { "open" }, false, f.v);
                task.due = f.due.unwrap_or(task.due);
                self.said(event, f.text);
            }
            ConferenceTaskMoved::KIND => {
                let f: ConferenceTaskMoved = event.facts()?;
                let task = self.at(event, "open", f.v)?;
                (task.due, task.passed, task.v) = (f.due, false, f.v);
                self.said(event, f.text);
            }
            ConferenceTaskLookMoved::KIND => {
                let f: ConferenceTaskLookMoved = event.facts()?;
                let task = self.at(event, "reported", f.v)?;
                (task.due, task.v) = (f.due, f.v);
            }
            ConferenceTaskOverdue::KIND => {
                let f: ConferenceTaskOverdue = event.facts()?;
                let found = self.tasks.get_mut(&event.subject).filter(|task| task.v == f.v && task.due == f.due);
                found.ok_or_else(|| event.bad(Why::NotThen))?.passed = true;
            }
            ConferenceTaskPassed::KIND => {
                let f: ConferenceTaskPassed = event.facts()?;
                let found = self.tasks.get_mut(&event.subject).filter(|task| task.v + 1 == f.v);
                let task = found.ok_or_else(|| event.bad(Why::NotThen))?;
                (task.unit, task.by, task.v) = (f.unit, f.by, f.v);
            }
            _ => {}
        }
        Ok(())
    }

    fn compare(&self, tx: &mut Tx) -> Result<Vec<Difference>, StoreError> {
        let mut out = Vec::new();
        let rows = tx.all(CONFERENCES, p![], |row| {
            let body = text_digest_hex(&row.array(6)?, &body(row.text(2)?, row.text(4)?, row.text(5)?));
            let (unit, by) = (row.id::<Id>(1)?, row.id::<Id>(8)?);
            Ok((row.id::<Id>(0)?.to_string(), cells![unit, row.text(3)?, Cell::digest(body), row.time(7)?, by]))
        })?;
        same("conference", &["unit", "held_on", "title+place+note", "made_at", "made_by"], &self.conferences, rows, &mut out);
        let rows = tx.all(UNITS, p![], |row| Ok((format!("{} {}", row.id::<Id>(0)?, row.id::<Id>(1)?), cells![])))?;
        same("conference_unit", &[], &self.units, rows, &mut out);
        let rows = tx.all(TASKS, p![], |row| {
            let text = text_digest_hex(&row.array(5)?, row.text(4)?);
            let (conference, by, unit) = (row.id::<Id>(1)?, row.id::<Id>(2)?, row.id::<Id>(3)?);
            let (state, due, passed, v) = (row.text(6)?, row.time(7)?, row.int(8)?, row.int(9)?);
            Ok((row.id::<Id>(0)?.to_string(), cells![conference, by, unit, Cell::digest(text), state, due, passed, v]))
        })?;
        let tasks: Rows = self.tasks.iter().map(|(id, task)| (id.to_string(), task.cells())).collect();
        let columns = &["conference", "by_unit", "unit", "text", "state", "due_at", "passed", "v"];
        same("conference_task", columns, &tasks, rows, &mut out);
        let rows = tx.all(STEPS, p![], |row| {
            let text = text_digest_hex(&row.array(3)?, row.text(2)?);
            Ok((row.id::<Id>(0)?.to_string(), cells![row.id::<Id>(1)?, Cell::digest(text)]))
        })?;
        same("conference_step", &["task", "text"], &self.steps, rows, &mut out);
        let rows = tx.all(PHOTOS, p![], |row| {
            let digest = Cell::digest(record::hex(row.blob(3)?));
            Ok((format!("{} {}", row.id::<Id>(0)?, row.int(1)?), cells![row.id::<Id>(2)?, digest]))
        })?;
        same("conference_photo", &["task", "digest"], &self.photos, rows, &mut out);
        Ok(out)
    }
}

/// Each reads its whole table, once, in the order of its key.
const CONFERENCES: &Sql = sql!("SELECT id, unit, title, held_on, place, note, salt, made_at, made_by FROM conference ORDER BY id");
const UNITS: &Sql = sql!("SELECT conference, unit FROM conference_unit ORDER BY conference, unit");
const TASKS: &Sql = sql!("SELECT id, conference, by_unit, unit, text, salt, state, due_at, passed, v FROM conference_task ORDER BY id");
const STEPS: &Sql = sql!("SELECT event, task, text, salt FROM conference_step ORDER BY event");
const PHOTOS: &Sql = sql!("SELECT event, n, task, digest FROM conference_photo ORDER BY event, n");
