//! Checklists, visits and findings as the record tells them, beside their tables.

use std::collections::{BTreeMap, BTreeSet};

use base::{Id, Time, UnitId};
use record::{Actor, BadFacts, Difference, Event, Facts, Fold, text_digest_hex};
use store::{Sql, StoreError, Tx, p, sql};

use crate::checklist::body;
use crate::events::{
    ChecklistChanged, ChecklistEnded, ChecklistEntered, FindingDeadlineMoved, FindingMade, FindingOverdue, FindingPassed, FindingRechecked,
    FindingRectified, InspectionMade,
};

/// A new fold, for a list of them.
pub fn fold() -> Box<dyn Fold> {
    Box::new(InspectionsFold::default())
}

type Rows = BTreeMap<String, String>;

struct Finding {
    inspection: Id,
    unit: Option<UnitId>,
    text: String,
    state: &'static str,
    due: i64,
    passed: bool,
    v: i64,
}

impl Finding {
    fn line(&self) -> String {
        let Finding { inspection, unit, text, state, due, passed, v } = self;
        let unit = unit.map_or_else(String::new, |unit| unit.to_string());
        format!("{inspection} {unit} {text} {state} {due} {} {v}", i64::from(*passed))
    }
}

#[derive(Default)]
struct InspectionsFold {
    /// Each version, and when and by whom the list was taken out of use, which its first version bears.
    lists: BTreeMap<Id, (String, String)>,
    inspections: Rows,
    findings: BTreeMap<Id, Finding>,
    steps: Rows,
    photos: Rows,
}

impl InspectionsFold {
    /// The finding in this state, before the step that leads to this version.
    fn at(&mut self, event: &Event, state: &str, v: i64) -> Result<&mut Finding, BadFacts> {
        let found = self.findings.get_mut(&event.subject).filter(|finding| finding.state == state && finding.v + 1 == v);
        found.ok_or_else(|| event.bad("there is no such finding at that point"))
    }

    fn said(&mut self, event: &Event, text: String) {
        self.steps.insert(event.id.to_string(), format!("{} {text}", event.subject));
    }
}

/// Who did it and when, as a line of a table has it.
fn done(event: &Event) -> Result<String, BadFacts> {
    match event.actor {
        Actor::Person(person) => Ok(stamp(event.occurred_at, person.0)),
        Actor::Resident | Actor::System => Err(event.bad("nobody did it")),
    }
}

fn stamp(at: Time, by: Id) -> String {
    format!("{} {by}", at.0)
}

fn unit(event: &Event) -> String {
    event.unit.map_or_else(String::new, |unit| unit.to_string())
}

impl Fold for InspectionsFold {
    fn apply(&mut self, event: &Event) -> Result<(), BadFacts> {
        let key = event.subject.to_string();
        match event.kind.as_str() {
            ChecklistEntered::KIND => {
                let line = format!("{} {}  1", event.facts::<ChecklistEntered>()?.body, done(event)?);
                self.lists.insert(event.subject, (line, String::new()));
            }
            ChecklistChanged::KIND => {
                let f: ChecklistChanged = event.facts()?;
                let line = format!("{} {} {} {}", f.body, done(event)?, f.list, f.version);
                self.lists.insert(event.subject, (line, String::new()));
            }
            ChecklistEnded::KIND => {
                let done = done(event)?;
                let list = self.lists.get_mut(&event.subject).filter(|list| list.1.is_empty());
                list.ok_or_else(|| event.bad("there is no such list in use"))?.1 = done;
            }
            InspectionMade::KIND => {
                let f: InspectionMade = event.facts()?;
                self.inspections.insert(key, format!("{} {} {} {} {} {}", f.checklist, unit(event), f.on, f.by, f.note, done(event)?));
            }
            FindingMade::KIND => {
                let f: FindingMade = event.facts()?;
                let (inspection, unit) = (f.inspection.0, event.unit);
                self.findings
                    .insert(event.subject, Finding { inspection, unit, text: f.text, state: "open", due: f.due.0, passed: false, v: 1 });
            }
            FindingRectified::KIND => {
                let f: FindingRectified = event.facts()?;
                let finding = self.at(event, "open", f.v)?;
                (finding.state, finding.passed, finding.v) = ("rectified", false, f.v);
                finding.due = f.due.map_or(finding.due, |due| due.0);
                for (n, photo) in f.photos.iter().enumerate() {
                    self.photos.insert(format!("{} {n}", event.id), format!("{key} {photo}"));
                }
                self.said(event, f.text);
            }
            FindingRechecked::KIND => {
                let f: FindingRechecked = event.facts()?;
                let finding = self.at(event, "rectified", f.v)?;
                (finding.state, finding.passed, finding.v) = (if f.pass { "closed" } else { "open" }, false, f.v);
                finding.due = f.due.map_or(finding.due, |due| due.0);
                self.said(event, f.text);
            }
            FindingOverdue::KIND => {
                let f: FindingOverdue = event.facts()?;
                let found = self.findings.get_mut(&event.subject).filter(|finding| finding.v == f.v && finding.due == f.due.0);
                found.ok_or_else(|| event.bad("there is no such deadline"))?.passed = true;
            }
            FindingDeadlineMoved::KIND => {
                let f: FindingDeadlineMoved = event.facts()?;
                let found = self.findings.get_mut(&event.subject);
                let found = found.filter(|finding| finding.state != "closed" && !finding.passed && finding.v + 1 == f.v);
                let finding = found.ok_or_else(|| event.bad("there is no such deadline to move"))?;
                (finding.due, finding.v) = (f.due.0, f.v);
            }
            FindingPassed::KIND => {
                let f: FindingPassed = event.facts()?;
                let found = self.findings.get_mut(&event.subject).filter(|finding| finding.state != "closed" && finding.v + 1 == f.v);
                let finding = found.ok_or_else(|| event.bad("there is no such finding to pass on"))?;
                (finding.unit, finding.v) = (Some(f.unit), f.v);
            }
            _ => {}
        }
        Ok(())
    }

    fn compare(&self, tx: &mut Tx) -> Result<Vec<Difference>, StoreError> {
        let mut out = Vec::new();
        let lists = tx.all(LISTS, p![], |row| {
            let text = text_digest_hex(&row.array(3)?, &body(row.text(1)?, row.text(2)?));
            let list = row.opt_id::<Id>(6)?.map_or_else(String::new, |list| list.to_string());
            let ended = match (row.opt_time(8)?, row.opt_id(9)?) {
                (Some(at), Some(by)) => stamp(at, by),
                (None, None) => String::new(),
                (at, by) => format!("{at:?} {by:?}"),
            };
            let line = format!("{text} {} {list} {} {ended}", stamp(row.time(4)?, row.id(5)?), row.int(7)?);
            Ok((row.id::<Id>(0)?.to_string(), line))
        })?;
        let expected = self.lists.iter().map(|(id, (line, ended))| (id.to_string(), format!("{line} {ended}"))).collect();
        same("checklist", &expected, lists, &mut out);
        let inspections = tx.all(INSPECTIONS, p![], |row| {
            let note = text_digest_hex(&row.array(6)?, row.text(5)?);
            let (list, unit, by) = (row.id::<Id>(1)?, row.id::<Id>(2)?, row.id::<Id>(4)?);
            let done = stamp(row.time(7)?, row.id(8)?);
            Ok((row.id::<Id>(0)?.to_string(), format!("{list} {unit} {} {by} {note} {done}", row.text(3)?)))
        })?;
        same("inspection", &self.inspections, inspections, &mut out);
        let findings = tx.all(FINDINGS, p![], |row| {
            let text = text_digest_hex(&row.array(5)?, &body(row.text(3)?, row.text(4)?));
            let (inspection, unit) = (row.id::<Id>(1)?, row.id::<Id>(2)?);
            let line = format!("{inspection} {unit} {text} {} {} {} {}", row.text(6)?, row.int(7)?, row.int(8)?, row.int(9)?);
            Ok((row.id::<Id>(0)?.to_string(), line))
        })?;
        let expected = self.findings.iter().map(|(id, finding)| (id.to_string(), finding.line())).collect();
        same("finding", &expected, findings, &mut out);
        let steps = tx.all(STEPS, p![], |row| {
            Ok((row.id::<Id>(0)?.to_string(), format!("{} {}", row.id::<Id>(1)?, text_digest_hex(&row.array(3)?, row.text(2)?))))
        })?;
        same("finding_step", &self.steps, steps, &mut out);
        let photos = tx.all(PHOTOS, p![], |row| {
            Ok((format!("{} {}", row.id::<Id>(0)?, row.int(1)?), format!("{} {}", row.id::<Id>(2)?, record::hex(row.blob(3)?))))
        })?;
        same("finding_photo", &self.photos, photos, &mut out);
        Ok(out)
    }
}

const LISTS: &Sql =
    sql!("SELECT id, name, lines, salt, created_at, created_by, list, version, ended_at, ended_by FROM checklist ORDER BY id");
const INSPECTIONS: &Sql = sql!("SELECT id, checklist, unit, visited_on, by_unit, note, salt, made_at, made_by FROM inspection ORDER BY id");
const FINDINGS: &Sql = sql!("SELECT id, inspection, unit, item, text, salt, state, due_at, passed, v FROM finding ORDER BY id");
const STEPS: &Sql = sql!("SELECT event, finding, text, salt FROM finding_step ORDER BY event");
const PHOTOS: &Sql = sql!("SELECT event, n, finding, digest FROM finding_photo ORDER BY event, n");

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
