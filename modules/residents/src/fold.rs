//! Registers recomputed from the record and compared with the table, entry by entry.

use std::collections::BTreeMap;

use base::{Id, Time, UnitId};
use record::{Actor, BadFacts, Difference, Event, Facts, Fold, text_digest_hex};
use store::{Sql, StoreError, Tx, p, sql};

use crate::events::{ResidentChanged, ResidentEntered, ResidentMoved, ResidentOpened, ResidentRemoved};
use crate::keep::entry;

/// A new fold, for a list of them.
pub fn fold() -> Box<dyn Fold> {
    Box::new(RegisterFold::default())
}

/// Community, grid, the digest of the sealed columns, when it was entered and when it was changed last.
type State = (UnitId, Option<UnitId>, String, Time, Time);

/// The entry, the unit and the person that read it, when, and the digest of why.
type Reading = (Id, UnitId, Option<Id>, Time, String);

#[derive(Default)]
struct RegisterFold {
    entries: BTreeMap<Id, State>,
    removed: std::collections::BTreeSet<Id>,
    readings: BTreeMap<Id, Reading>,
}

impl Fold for RegisterFold {
    fn apply(&mut self, event: &Event) -> Result<(), BadFacts> {
        match event.kind.as_str() {
            ResidentEntered::KIND => {
                let facts: ResidentEntered = event.facts()?;
                let at = event.occurred_at;
                if self.entries.insert(event.subject, (facts.community, facts.grid, facts.sealed, at, at)).is_some() {
                    return Err(event.bad("this was entered before"));
                }
            }
            ResidentChanged::KIND => {
                let facts: ResidentChanged = event.facts()?;
                let state = self.entries.get_mut(&event.subject).ok_or_else(|| event.bad("there is no such entry yet"))?;
                (state.1, state.2, state.4) = (facts.grid, facts.sealed, event.occurred_at);
            }
            ResidentMoved::KIND => {
                let facts: ResidentMoved = event.facts()?;
                self.entries.get_mut(&event.subject).ok_or_else(|| event.bad("there is no such entry yet"))?.0 = facts.community;
            }
            ResidentRemoved::KIND => {
                let _: ResidentRemoved = event.facts()?;
                self.entries.remove(&event.subject).ok_or_else(|| event.bad("there is no such entry yet"))?;
                self.removed.insert(event.subject);
            }
            ResidentOpened::KIND => {
                let facts: ResidentOpened = event.facts()?;
                let by = match event.actor {
                    Actor::Person(person) => Some(person.0),
                    Actor::Resident | Actor::System => None,
                };
                self.readings.insert(event.id.0, (event.subject, facts.unit, by, event.occurred_at, facts.reason));
            }
            _ => {}
        }
        Ok(())
    }

    fn compare(&self, tx: &mut Tx) -> Result<Vec<Difference>, StoreError> {
        let mut found = Vec::new();
        let mut tell = |table: &'static str, key: Id, expected: Option<String>, now: Option<String>| {
            let words = |state: Option<String>| state.unwrap_or_else(|| "nothing".into());
            found.push(Difference { table, key: key.to_string(), expected: words(expected), found: words(now) });
        };
        let mut seen = 0;
        for (id, state) in tx.all(ALL, p![], |row| {
            let entry = entry(row)?;
            Ok((entry.id.0, (entry.community, entry.grid(), entry.sealed.digest(), row.time(11)?, row.time(12)?)))
        })? {
            let expected = self.entries.get(&id);
            seen += usize::from(expected.is_some());
            if expected != Some(&state) {
                tell("resident", id, expected.map(|state| format!("{state:?}")), Some(format!("{state:?}")));
            }
        }
        if seen < self.entries.len() {
            let there: std::collections::BTreeSet<Id> = tx.all(IDS, p![], |row| row.id(0))?.into_iter().collect();
            for (id, state) in self.entries.iter().filter(|(id, _)| !there.contains(id)) {
                tell("resident", *id, Some(format!("{state:?}")), None);
            }
        }
        let readings: BTreeMap<Id, (Reading, bool)> = tx
            .all(READINGS, p![], |row| {
                let reason = row.text(3)?;
                let digest = text_digest_hex(&row.array(4)?, reason);
                Ok((row.id(0)?, ((row.id(1)?, row.id(2)?, Some(row.id(5)?), row.time(6)?, digest), reason.is_empty())))
            })?
            .into_iter()
            .collect();
        for (event, said) in &self.readings {
            let now = readings.get(event);
            // The reason of an entry that was removed is gone with it.
            let gone = |now: &Reading| self.removed.contains(&said.0) && (now.0, now.1, now.2, now.3) == (said.0, said.1, said.2, said.3);
            let right = now.is_some_and(|(now, empty)| now == said || *empty && gone(now));
            if !right {
                tell("resident_reading", *event, Some(format!("{said:?}")), now.map(|now| format!("{now:?}")));
            }
        }
        for event in readings.keys().filter(|event| !self.readings.contains_key(event)) {
            tell("resident_reading", *event, None, Some("a reading".into()));
        }
        Ok(found)
    }
}

/// These read whole tables, which is what comparing takes.
const ALL: &Sql =
    sql!("SELECT id, community, v, batch, grid, number_key, home_key, home, identity, phone, traits, entered_at, changed_at FROM resident");
const IDS: &Sql = sql!("SELECT id FROM resident");
const READINGS: &Sql = sql!("SELECT told, resident, read_for, reason, salt, read_by, at FROM resident_reading");
