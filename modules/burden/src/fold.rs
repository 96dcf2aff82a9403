//! What is asked as the record tells it, compared with the table.

use std::collections::BTreeMap;

use base::{Id, PersonId, Time, UnitId};
use record::{Actor, BadFacts, Cell, Difference, Event, Facts, Fold, Why, cells, text_digest_hex};
use store::{StoreError, Tx};

use crate::events::{BurdenDecided, BurdenEnded, BurdenRequested};
use crate::{read, register};

/// A new fold, for a list of them.
pub fn fold() -> Box<dyn Fold> {
    Box::new(Asked::default())
}

#[derive(Default)]
struct Asked(BTreeMap<Id, Stands>);

#[derive(Debug, PartialEq, Eq)]
struct Stands {
    asked: BurdenRequested,
    state: String,
    reason: String,
    decided_on: Option<String>,
    registered_by: Option<PersonId>,
    unit: Option<UnitId>,
    created_at: Time,
}

impl Stands {
    const COLUMNS: &'static [&'static str] = &[
        "asker",
        "scope",
        "field_names",
        "known_names",
        "minutes",
        "rhythm",
        "starts",
        "ends",
        "title+asker_name+document+field_names+known_names",
        "state",
        "reason",
        "decided_on",
        "registered_by",
        "unit",
        "created_at",
    ];

    fn cells(&self) -> Vec<Cell> {
        let Stands { asked, state, reason, decided_on, registered_by, unit, created_at } = self;
        let BurdenRequested { asker, scope, fields, known, minutes, rhythm, starts, ends, words } = asked;
        let (words, reason) = (Cell::digest(words), Cell::digest(reason));
        cells![
            *asker,
            *scope,
            *fields,
            *known,
            *minutes,
            rhythm,
            starts,
            ends.as_ref(),
            words,
            state,
            reason,
            decided_on.as_ref(),
            *registered_by,
            *unit,
            *created_at
        ]
    }
}

impl Fold for Asked {
    fn apply(&mut self, event: &Event) -> Result<(), BadFacts> {
        let missing = || event.bad(Why::Nothing);
        match event.kind.as_str() {
            BurdenRequested::KIND => {
                let registered_by = match event.actor {
                    Actor::Person(person) => Some(person),
                    Actor::Resident | Actor::System => None,
                };
                let stands = Stands {
                    asked: event.facts()?,
                    state: "pending".into(),
                    reason: String::new(),
                    decided_on: None,
                    registered_by,
                    unit: event.unit,
                    created_at: event.recorded_at,
                };
                if self.0.insert(event.subject, stands).is_some() {
                    return Err(event.bad(Why::Before));
                }
            }
            BurdenDecided::KIND => {
                let facts: BurdenDecided = event.facts()?;
                let stands = self.0.get_mut(&event.subject).ok_or_else(missing)?;
                (stands.state, stands.reason, stands.decided_on) = (facts.state, facts.reason, Some(facts.on));
            }
            BurdenEnded::KIND => {
                let facts: BurdenEnded = event.facts()?;
                self.0.get_mut(&event.subject).ok_or_else(missing)?.asked.ends = Some(facts.ends);
            }
            _ => {}
        }
        Ok(())
    }

    fn compare(&self, tx: &mut Tx) -> Result<Vec<Difference>, StoreError> {
        let size = |list: &[String]| i64::try_from(list.len()).unwrap_or(i64::MAX);
        let mut table = BTreeMap::new();
        for (request, salt) in read::all_salted(tx)? {
            let stands = Stands {
                asked: BurdenRequested {
                    asker: request.asker,
                    scope: request.scope,
                    fields: size(&request.field_names),
                    known: size(&request.known_names),
                    minutes: request.minutes,
                    rhythm: request.rhythm.code().to_owned(),
                    starts: request.starts.to_string(),
                    ends: request.ends.map(|ends| ends.to_string()),
                    words: register::words(&request, &salt),
                },
                state: request.state.code().to_owned(),
                reason: if request.reason.is_empty() { String::new() } else { text_digest_hex(&salt, &request.reason) },
                decided_on: request.decided_on.map(|on| on.to_string()),
                registered_by: Some(request.registered_by),
                unit: Some(request.unit),
                created_at: request.created_at,
            };
            table.insert(request.id.0, stands);
        }
        let mut out = Vec::new();
        record::differ("burden_request", Stands::COLUMNS, Id::to_string, Stands::cells, &self.0, &table, &mut out);
        Ok(out)
    }
}
