//! Checklists, visits and findings as the record tells them, beside their tables.

use std::collections::BTreeMap;

use base::{Id, PersonId, Time, UnitId};
use record::{Actor, BadFacts, Cell, Difference, Event, Facts, Fold, Rows, Why, cells, same, text_digest_hex};
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

struct Finding {
    inspection: Id,
    unit: Option<UnitId>,
    text: String,
    state: &'static str,
    due: Time,
    passed: bool,
    v: i64,
}

impl Finding {
    fn cells(&self) -> Vec<Cell> {
        let Finding { inspection, unit, text, state, due, passed, v } = self;
        cells![*inspection, *unit, Cell::digest(text), *state, *due, *passed, *v]
    }
}

#[derive(Default)]
struct InspectionsFold {
    /// Each version, and when and by whom the list was taken out of use, which its first version bears.
    lists: BTreeMap<Id, (Vec<Cell>, Option<(Time, PersonId)>)>,
    inspections: Rows,
    findings: BTreeMap<Id, Finding>,
    steps: Rows,
    photos: Rows,
}

impl InspectionsFold {
    /// The finding in this state, before the step that leads to this version.
    fn at(&mut self, event: &Event, state: &str, v: i64) -> Result<&mut Finding, BadFacts> {
        let found = self.findings.get_mut(&event.subject).filter(|finding| finding.state == state && finding.v + 1 == v);
        found.ok_or_else(|| event.bad(Why::NotThen))
    }

    fn said(&mut self, event: &Event, text: String) {
        self.steps.insert(event.id.to_string(), cells![event.subject, Cell::digest(text)]);
    }
}

/// When it was done, and by whom.
fn done(event: &Event) -> Result<(Time, PersonId), BadFacts> {
    match event.actor {
        Actor::Person(person) => Ok((event.occurred_at, person)),
        Actor::Resident | Actor::System => Err(event.bad(Why::Nobody)),
    }
}

impl Fold for InspectionsFold {
    fn apply(&mut self, event: &Event) -> Result<(), BadFacts> {
        let key = event.subject.to_string();
        match event.kind.as_str() {
            ChecklistEntered::KIND => {
                let (body, (at, by)) = (event.facts::<ChecklistEntered>()?.body, done(event)?);
                self.lists.insert(event.subject, (cells![Cell::digest(body), at, by, Cell::Nothing, 1_i64], None));
            }
            ChecklistChanged::KIND => {
                let f: ChecklistChanged = event.facts()?;
                let (at, by) = done(event)?;
                self.lists.insert(event.subject, (cells![Cell::digest(f.body), at, by, f.list.0, f.version], None));
            }
            ChecklistEnded::KIND => {
                let done = done(event)?;
                let list = self.lists.get_mut(&event.subject).filter(|list| list.1.is_none());
                list.ok_or_else(|| event.bad(Why::NotThen))?.1 = Some(done);
            }
            InspectionMade::KIND => {
                let f: InspectionMade = event.facts()?;
                let (at, by) = done(event)?;
                let row = cells![f.checklist.0, event.unit, f.on, f.by, Cell::digest(f.note), at, by];
                self.inspections.insert(key, row);
            }
            FindingMade::KIND => {
                let f: FindingMade = event.facts()?;
                let (inspection, unit) = (f.inspection.0, event.unit);
                self.findings
                    .insert(event.subject, Finding { inspection, unit, text: f.text, state: "open", due: f.due, passed: false, v: 1 });
            }
            FindingRectified::KIND => {
                let f: FindingRectified = event.facts()?;
                let finding = self.at(event, "open", f.v)?;
                (finding.state, finding.passed, finding.v) = ("rectified", false, f.v);
                finding.due = f.due.unwrap_or(finding.due);
                for (n, photo) in f.photos.iter().enumerate() {
                    self.photos.insert(format!("{} {n}", event.id), cells![event.subject, Cell::digest(photo)]);
                }
                self.said(event, f.text);
            }
            FindingRechecked::KIND => {
                let f: FindingRechecked = event.facts()?;
                let finding = self.at(event, "rectified", f.v)?;
                (finding.state, finding.passed, finding.v) = (if f.pass { "closed" } else { "open" }, false, f.v);
                finding.due = f.due.unwrap_or(finding.due);
                self.said(event, f.text);
            }
            FindingOverdue::KIND => {
                let f: FindingOverdue = event.facts()?;
                let found = self.findings.get_mut(&event.subject).filter(|finding| finding.v == f.v && finding.due == f.due);
                found.ok_or_else(|| event.bad(Why::NotThen))?.passed = true;
            }
            FindingDeadlineMoved::KIND => {
                let f: FindingDeadlineMoved = event.facts()?;
                let found = self.findings.get_mut(&event.subject);
                let found = found.filter(|finding| finding.state != "closed" && !finding.passed && finding.v + 1 == f.v);
                let finding = found.ok_or_else(|| event.bad(Why::NotThen))?;
                (finding.due, finding.v) = (f.due, f.v);
            }
            FindingPassed::KIND => {
                let f: FindingPassed = event.facts()?;
                let found = self.findings.get_mut(&event.subject).filter(|finding| finding.state != "closed" && finding.v + 1 == f.v);
                let finding = found.ok_or_else(|| event.bad(Why::NotThen))?;
                (finding.unit, finding.v) = (Some(f.unit), f.v);
            }
            _ => {}
        }
        Ok(())
    }

    fn compare(&self, tx: &mut Tx) -> Result<Vec<Difference>, StoreError> {
        let mut out = Vec::new();
        let lists = tx.all(LISTS, p![], |row| {
            let text = Cell::digest(text_digest_hex(&row.array(3)?, &body(row.text(1)?, row.text(2)?)));
            let (list, version) = (row.opt_id::<Id>(6)?, row.int(7)?);
            let (at, by) = (row.time(4)?, row.id::<Id>(5)?);
            Ok((row.id::<Id>(0)?.to_string(), cells![text, at, by, list, version, row.opt_time(8)?, row.opt_id::<Id>(9)?]))
        })?;
        let whole = |(row, ended): &(Vec<Cell>, Option<(Time, PersonId)>)| {
            [row.clone(), cells![ended.map(|ended| ended.0), ended.map(|ended| ended.1)]].concat()
        };
        let expected = self.lists.iter().map(|(id, list)| (id.to_string(), whole(list))).collect();
        let columns = &["name+lines", "created_at", "created_by", "list", "version", "ended_at", "ended_by"];
        same("checklist", columns, &expected, lists, &mut out);
        let inspections = tx.all(INSPECTIONS, p![], |row| {
            let note = Cell::digest(text_digest_hex(&row.array(6)?, row.text(5)?));
            let (list, unit, by) = (row.id::<Id>(1)?, row.id::<Id>(2)?, row.id::<Id>(4)?);
            Ok((row.id::<Id>(0)?.to_string(), cells![list, unit, row.text(3)?, by, note, row.time(7)?, row.id::<Id>(8)?]))
        })?;
        let columns = &["checklist", "unit", "visited_on", "by_unit", "note", "made_at", "made_by"];
        same("inspection", columns, &self.inspections, inspections, &mut out);
        let findings = tx.all(FINDINGS, p![], |row| {
            let text = Cell::digest(text_digest_hex(&row.array(5)?, &body(row.text(3)?, row.text(4)?)));
            let (inspection, unit) = (row.id::<Id>(1)?, row.id::<Id>(2)?);
            let (state, due, passed, v) = (row.text(6)?, row.time(7)?, row.int(8)?, row.int(9)?);
            Ok((row.id::<Id>(0)?.to_string(), cells![inspection, unit, text, state, due, passed, v]))
        })?;
        let expected = self.findings.iter().map(|(id, finding)| (id.to_string(), finding.cells())).collect();
        same("finding", &["inspection", "unit", "item+text", "state", "due_at", "passed", "v"], &expected, findings, &mut out);
        let steps = tx.all(STEPS, p![], |row| {
            let text = text_digest_hex(&row.array(3)?, row.text(2)?);
            Ok((row.id::<Id>(0)?.to_string(), cells![row.id::<Id>(1)?, Cell::digest(text)]))
        })?;
        same("finding_step", &["finding", "text"], &self.steps, steps, &mut out);
        let photos = tx.all(PHOTOS, p![], |row| {
            let digest = Cell::digest(record::hex(row.blob(3)?));
            Ok((format!("{} {}", row.id::<Id>(0)?, row.int(1)?), cells![row.id::<Id>(2)?, digest]))
        })?;
        same("finding_photo", &["finding", "digest"], &self.photos, photos, &mut out);
        Ok(out)
    }
}

const LISTS: &Sql =
    sql!("SELECT id, name, lines, salt, created_at, created_by, list, version, ended_at, ended_by FROM checklist ORDER BY id");
const INSPECTIONS: &Sql = sql!("SELECT id, checklist, unit, visited_on, by_unit, note, salt, made_at, made_by FROM inspection ORDER BY id");
const FINDINGS: &Sql = sql!("SELECT id, inspection, unit, item, text, salt, state, due_at, passed, v FROM finding ORDER BY id");
const STEPS: &Sql = sql!("SELECT event, finding, text, salt FROM finding_step ORDER BY event");
const PHOTOS: &Sql = sql!("SELECT event, n, finding, digest FROM finding_photo ORDER BY event, n");
