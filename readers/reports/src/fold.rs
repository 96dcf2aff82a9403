//! The state of every report as the record tells it, compared with the tables: a figure, a text or a template changed by SQL is
//! found.

use std::collections::BTreeMap;

use base::{PersonId, Time, UnitId};
use record::{Actor, BadFacts, Cell, Difference, Event, Facts, Fold, How, Why, cells, differ};
use store::{StoreError, Tx};

use crate::events::{ReportDiscarded, ReportEdited, ReportFinished, ReportMade, ReportTemplateChanged};
use crate::report::{self, Report, ReportId, State};
use crate::templates;

/// A new fold, for a list of them.
pub fn fold() -> Box<dyn Fold> {
    Box::new(ReportFold::default())
}

#[derive(Default)]
struct ReportFold {
    reports: BTreeMap<ReportId, (Report, String)>,
    versions: BTreeMap<(ReportId, i64), (Time, PersonId, String)>,
    templates: BTreeMap<(UnitId, String, i64), (Time, PersonId, Option<String>)>,
    /// Steps that stand in the record before the one that they follow, by the version that they need.
    early: BTreeMap<(ReportId, i64), Vec<Event>>,
}

fn person(event: &Event) -> Result<PersonId, BadFacts> {
    match event.actor {
        Actor::Person(person) => Ok(person),
        Actor::Resident | Actor::System => Err(event.bad(Why::Nobody)),
    }
}

impl Fold for ReportFold {
    fn apply(&mut self, event: &Event) -> Result<(), BadFacts> {
        let id = ReportId(event.subject);
        match event.kind.as_str() {
            ReportMade::KIND => {
                let facts: ReportMade = event.facts()?;
                let by = person(event)?;
                let made = Report {
                    id,
                    unit: event.unit.ok_or_else(|| event.bad(Why::NoUnit))?,
                    from: facts.from,
                    to: facts.to,
                    state: State::Draft,
                    v: 1,
                    made_at: event.occurred_at,
                    made_by: by,
                    closed_at: None,
                    closed_by: None,
                };
                if self.reports.insert(id, (made, facts.facts)).is_some() {
                    return Err(event.bad(Why::Before));
                }
                self.versions.insert((id, 1), (event.occurred_at, by, facts.body));
                self.late(id, 1)
            }
            ReportEdited::KIND => {
                let facts: ReportEdited = event.facts()?;
                self.step(event, id, facts.v - 1)
            }
            ReportFinished::KIND => {
                let facts: ReportFinished = event.facts()?;
                self.step(event, id, facts.v)
            }
            ReportDiscarded::KIND => {
                let facts: ReportDiscarded = event.facts()?;
                self.step(event, id, facts.v)
            }
            ReportTemplateChanged::KIND => {
                let facts: ReportTemplateChanged = event.facts()?;
                let unit = event.unit.ok_or_else(|| event.bad(Why::NoUnit))?;
                let row = (event.occurred_at, person(event)?, facts.text);
                match self.templates.insert((unit, facts.paragraph, facts.v), row) {
                    None => Ok(()),
                    Some(_) => Err(event.bad(Why::Before)),
                }
            }
            _ => Ok(()),
        }
    }

    fn compare(&self, tx: &mut Tx) -> Result<Vec<Difference>, StoreError> {
        let reports = report::all(tx)?.into_iter().map(|(report, facts)| (report.id, (report, facts))).collect();
        let versions = report::all_versions(tx)?.into_iter().map(|(id, v, at, by, body)| ((id, v), (at, by, body))).collect();
        let templates =
            templates::all(tx)?.into_iter().map(|(unit, paragraph, v, at, by, text)| ((unit, paragraph, v), (at, by, text))).collect();
        let mut out = Vec::new();
        let columns = &["unit", "from_day", "to_day", "state", "v", "made_at", "made_by", "closed_at", "closed_by", "facts"];
        differ("report", columns, ReportId::to_string, report_cells, &self.reports, &reports, &mut out);
        let cells = |(at, by, body): &(Time, PersonId, String)| cells![*at, *by, Cell::digest(body)];
        differ("report_version", &["at", "by", "body"], |(id, v)| format!("{id} {v}"), cells, &self.versions, &versions, &mut out);
        let cells = |(at, by, text): &(Time, PersonId, Option<String>)| cells![*at, *by, text.as_ref().map(Cell::digest)];
        let row = |(unit, paragraph, v): &(UnitId, String, i64)| format!("{unit} {paragraph} {v}");
        differ("report_template", &["at", "by", "text"], row, cells, &self.templates, &templates, &mut out);
        // Steps of a version that the record does not lead to.
        out.extend(self.early.keys().map(|(id, v)| Difference::of("report", format!("{id} {v}"), How::Gone)));
        Ok(out)
    }
}

impl ReportFold {
    /// A step that needs a version: done, or kept until that version is there.
    fn step(&mut self, event: &Event, id: ReportId, needs: i64) -> Result<(), BadFacts> {
        let at = self.reports.get(&id).map_or(0, |(report, _)| report.v);
        if at < needs || at == 0 {
            self.early.entry((id, needs)).or_default().push(event.clone());
            return Ok(());
        }
        self.done(event, id, needs)
    }

    fn done(&mut self, event: &Event, id: ReportId, needs: i64) -> Result<(), BadFacts> {
        let by = person(event)?;
        let Some((report, figures)) = self.reports.get_mut(&id) else { return Err(event.bad(Why::Nothing)) };
        if report.v != needs || report.state != State::Draft {
            return Err(event.bad(Why::NotThen));
        }
        match event.kind.as_str() {
            ReportEdited::KIND => {
                let facts: ReportEdited = event.facts()?;
                report.v = facts.v;
                self.versions.insert((id, facts.v), (event.occurred_at, by, facts.body));
                self.late(id, facts.v)
            }
            ReportFinished::KIND => {
                let facts: ReportFinished = event.facts()?;
                let text = self.versions.get(&(id, facts.v)).map(|(_, _, body)| body);
                if facts.facts != *figures || text != Some(&facts.body) {
                    return Err(event.bad(Why::Otherwise));
                }
                closed(report, event, by, State::Finished);
                Ok(())
            }
            _ => {
                closed(report, event, by, State::Discarded);
                Ok(())
            }
        }
    }

    /// What waited for this version.
    fn late(&mut self, id: ReportId, v: i64) -> Result<(), BadFacts> {
        for event in self.early.remove(&(id, v)).unwrap_or_default() {
            self.done(&event, id, v)?;
        }
        Ok(())
    }
}

fn closed(report: &mut Report, event: &Event, by: PersonId, state: State) {
    report.state = state;
    report.closed_at = Some(event.occurred_at);
    report.closed_by = Some(by);
}

fn report_cells((report, facts): &(Report, String)) -> Vec<Cell> {
    let Report { id: _, unit, from, to, state, v, made_at, made_by, closed_at, closed_by } = report;
    cells![*unit, from, to, state.code(), *v, *made_at, *made_by, *closed_at, *closed_by, Cell::digest(facts)]
}
