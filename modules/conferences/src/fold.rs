//! Conferences and their tasks as the record tells them, beside their tables.

use std::collections::{BTreeMap, BTreeSet};

use base::{Id, UnitId};
use record::{Actor, BadFacts, Difference, Event, Facts, Fold, text_digest_hex};
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

type Rows = BTreeMap<String, String>;

struct Task {
    conference: Id,
    by: UnitId,
    unit: UnitId,
    text: String,
    state: &'static str,
    due: i64,
    passed: bool,
    v: i64,
}

impl Task {
    fn line(&self) -> String {
        let Task { conference, by, unit, text, state, due, passed, v } = self;
        format!("{conference} {by} {unit} {text} {state} {due} {} {v}", i64::from(*passed))
    }
}

#[derive(Default)]
struct ConferencesFold {
    conferences: Rows,
    units: BTreeMap<String, String>,
    tasks: BTreeMap<Id, Task>,
    steps: Rows,
    photos: Rows,
}

impl ConferencesFold {
    /// The task in this state, before the step that leads to this version.
    fn at(&mut self, event: &Event, state: &str, v: i64) -> Result<&mut Task, BadFacts> {
        let found = self.tasks.get_mut(&event.subject).filter(|task| task.state == state && task.v + 1 == v);
        found.ok_or_else(|| event.bad("there is no such task at that point"))
    }

    fn said(&mut self, event: &Event, text: String) {
        self.steps.insert(event.id.to_string(), format!("{} {text}", event.subject));
    }
}

impl Fold for ConferencesFold {
    fn apply(&mut self, event: &Event) -> Result<(), BadFacts> {
        match event.kind.as_str() {
            ConferenceHeld::KIND => {
                let f: ConferenceHeld = event.facts()?;
                let unit = event.unit.unwrap_or_default();
                let Actor::Person(by) = event.actor else { return Err(event.bad("nobody wrote it down")) };
                let line = format!("{unit} {} {} {} {by}", f.on, f.body, event.occurred_at.0);
                self.conferences.insert(event.subject.to_string(), line);
                for unit in f.units {
                    self.units.insert(format!("{} {unit}", event.subject), String::new());
                }
            }
            ConferenceTaskGiven::KIND => {
                let f: ConferenceTaskGiven = event.facts()?;
                let unit = event.unit.unwrap_or_default();
                let task =
                    Task { conference: f.conference.0, by: f.by, unit, text: f.text, state: "open", due: f.due.0, passed: false, v: 1 };
                self.tasks.insert(event.subject, task);
            }
            ConferenceTaskReported::KIND => {
                let f: ConferenceTaskReported = event.facts()?;
                let task = self.at(event, "open", f.v)?;
                (task.state, task.due, task.passed, task.v) = ("reported", f.due.0, false, f.v);
                for (n, photo) in f.photos.iter().enumerate() {
                    self.photos.insert(format!("{} {n}", event.id), format!("{} {photo}", event.subject));
                }
                self.said(event, f.text);
            }
            ConferenceTaskConfirmed::KIND => {
                let f: ConferenceTaskConfirmed = event.facts()?;
                let task = self.at(event, "reported", f.v)?;
                (task.state, task.passed, task.v) = (if f.done { "closed" } else { "open" }, false, f.v);
                task.due = f.due.map_or(task.due, |due| due.0);
                self.said(event, f.text);
            }
            ConferenceTaskMoved::KIND => {
                let f: ConferenceTaskMoved = event.facts()?;
                let task = self.at(event, "open", f.v)?;
                (task.due, task.passed, task.v) = (f.due.0, false, f.v);
                self.said(event, f.text);
            }
            ConferenceTaskLookMoved::KIND => {
                let f: ConferenceTaskLookMoved = event.facts()?;
                let task = self.at(event, "reported", f.v)?;
                (task.due, task.v) = (f.due.0, f.v);
            }
            ConferenceTaskOverdue::KIND => {
                let f: ConferenceTaskOverdue = event.facts()?;
                let found = self.tasks.get_mut(&event.subject).filter(|task| task.v == f.v && task.due == f.due.0);
                found.ok_or_else(|| event.bad("there is no such deadline"))?.passed = true;
            }
            ConferenceTaskPassed::KIND => {
                let f: ConferenceTaskPassed = event.facts()?;
                let found = self.tasks.get_mut(&event.subject).filter(|task| task.v + 1 == f.v);
                let task = found.ok_or_else(|| event.bad("there is no such task to pass on"))?;
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
            Ok((row.id::<Id>(0)?.to_string(), format!("{unit} {} {body} {} {by}", row.text(3)?, row.int(7)?)))
        })?;
        same("conference", &self.conferences, rows, &mut out);
        let rows = tx.all(UNITS, p![], |row| Ok((format!("{} {}", row.id::<Id>(0)?, row.id::<Id>(1)?), String::new())))?;
        same("conference_unit", &self.units, rows, &mut out);
        let rows = tx.all(TASKS, p![], |row| {
            let text = text_digest_hex(&row.array(5)?, row.text(4)?);
            let (conference, by, unit) = (row.id::<Id>(1)?, row.id::<Id>(2)?, row.id::<Id>(3)?);
            let line = format!("{conference} {by} {unit} {text} {} {} {} {}", row.text(6)?, row.int(7)?, row.int(8)?, row.int(9)?);
            Ok((row.id::<Id>(0)?.to_string(), line))
        })?;
        let tasks: Rows = self.tasks.iter().map(|(id, task)| (id.to_string(), task.line())).collect();
        same("conference_task", &tasks, rows, &mut out);
        let rows = tx.all(STEPS, p![], |row| {
            Ok((row.id::<Id>(0)?.to_string(), format!("{} {}", row.id::<Id>(1)?, text_digest_hex(&row.array(3)?, row.text(2)?))))
        })?;
        same("conference_step", &self.steps, rows, &mut out);
        let rows = tx.all(PHOTOS, p![], |row| {
            Ok((format!("{} {}", row.id::<Id>(0)?, row.int(1)?), format!("{} {}", row.id::<Id>(2)?, record::hex(row.blob(3)?))))
        })?;
        same("conference_photo", &self.photos, rows, &mut out);
        Ok(out)
    }
}

/// Each reads its whole table, once, in the order of its key.
const CONFERENCES: &Sql = sql!("SELECT id, unit, title, held_on, place, note, salt, made_at, made_by FROM conference ORDER BY id");
const UNITS: &Sql = sql!("SELECT conference, unit FROM conference_unit ORDER BY conference, unit");
const TASKS: &Sql = sql!("SELECT id, conference, by_unit, unit, text, salt, state, due_at, passed, v FROM conference_task ORDER BY id");
const STEPS: &Sql = sql!("SELECT event, task, text, salt FROM conference_step ORDER BY event");
const PHOTOS: &Sql = sql!("SELECT event, n, task, digest FROM conference_photo ORDER BY event, n");

fn same(table: &'static str, expected: &Rows, found: Vec<(String, String)>, out: &mut Vec<Difference>) {
    let found: Rows = found.into_iter().collect();
    let keys: BTreeSet<&String> = expected.keys().chain(found.keys()).collect();
    for key in keys {
        let (wanted, is) = (expected.get(key), found.get(key));
        if wanted != is {
            let words = |line: Option<&String>| line.cloned().unwrap_or_else(|| "nothing".to_owned());
            out.push(Difference { table, key: key.clone(), expected: words(wanted), found: words(is) });
        }
    }
}
