//! Checklists, visits and findings as the record tells them, beside their tables.

use std::collections::{BTreeMap, BTreeSet};

use base::{Id, Time};
use record::{Actor, BadFacts, Difference, Event, Facts, Fold, text_digest_hex};
use store::{Sql, StoreError, Tx, p, sql};

use crate::events::{ChecklistEntered, FindingMade, FindingRechecked, FindingRectified, InspectionMade};
use crate::inspect::body;

/// A new fold, for a list of them.
pub fn fold() -> Box<dyn Fold> {
    Box::new(InspectionsFold::default())
}

type Rows = BTreeMap<String, String>;

#[derive(Default)]
struct InspectionsFold {
    lists: Rows,
    inspections: Rows,
    findings: BTreeMap<Id, (String, &'static str, i64, i64)>,
    steps: Rows,
    photos: Rows,
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
                let line = format!("{} {}", event.facts::<ChecklistEntered>()?.body, done(event)?);
                self.lists.insert(key, line);
            }
            InspectionMade::KIND => {
                let f: InspectionMade = event.facts()?;
                self.inspections.insert(key, format!("{} {} {} {} {} {}", f.checklist, unit(event), f.on, f.by, f.note, done(event)?));
            }
            FindingMade::KIND => {
                let f: FindingMade = event.facts()?;
                self.findings.insert(event.subject, (format!("{} {} {}", f.inspection, unit(event), f.text), "open", f.due.0, 1));
            }
            FindingRectified::KIND => {
                let f: FindingRectified = event.facts()?;
                let finding = self.findings.get_mut(&event.subject).filter(|finding| finding.1 == "open" && finding.3 + 1 == f.v);
                let finding = finding.ok_or_else(|| event.bad("there is no such finding to put right"))?;
                (finding.1, finding.3) = ("rectified", f.v);
                self.steps.insert(event.id.to_string(), format!("{key} {}", f.text));
                for (n, photo) in f.photos.iter().enumerate() {
                    self.photos.insert(format!("{} {n}", event.id), format!("{key} {photo}"));
                }
            }
            FindingRechecked::KIND => {
                let f: FindingRechecked = event.facts()?;
                let finding = self.findings.get_mut(&event.subject).filter(|finding| finding.1 == "rectified" && finding.3 + 1 == f.v);
                let finding = finding.ok_or_else(|| event.bad("there is no such finding to look at again"))?;
                (finding.1, finding.3) = (if f.pass { "closed" } else { "open" }, f.v);
                finding.2 = f.due.map_or(finding.2, |due| due.0);
                self.steps.insert(event.id.to_string(), format!("{key} {}", f.text));
            }
            _ => {}
        }
        Ok(())
    }

    fn compare(&self, tx: &mut Tx) -> Result<Vec<Difference>, StoreError> {
        let mut out = Vec::new();
        let lists = tx.all(LISTS, p![], |row| {
            let text = text_digest_hex(&row.array(3)?, &body(row.text(1)?, row.text(2)?));
            Ok((row.id::<Id>(0)?.to_string(), format!("{text} {}", stamp(row.time(4)?, row.id(5)?))))
        })?;
        same("checklist", &self.lists, lists, &mut out);
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
            Ok((row.id::<Id>(0)?.to_string(), format!("{inspection} {unit} {text} {} {} {}", row.text(6)?, row.int(7)?, row.int(8)?)))
        })?;
        let expected =
            self.findings.iter().map(|(id, (line, state, due, v))| (id.to_string(), format!("{line} {state} {due} {v}"))).collect();
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

const LISTS: &Sql = sql!("SELECT id, name, lines, salt, created_at, created_by FROM checklist ORDER BY id");
const INSPECTIONS: &Sql = sql!("SELECT id, checklist, unit, visited_on, by_unit, note, salt, made_at, made_by FROM inspection ORDER BY id");
const FINDINGS: &Sql = sql!("SELECT id, inspection, unit, item, text, salt, state, due_at, v FROM finding ORDER BY id");
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
