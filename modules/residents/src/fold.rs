//! Registers recomputed from the record and compared with the table, entry by entry.

use std::collections::BTreeMap;

use base::{Id, Time, UnitId};
use record::{Actor, BadFacts, Difference, Event, Facts, Fold, text_digest_hex};
use store::{Sql, StoreError, Tx, p, sql};

use crate::events::{
    RegisterEnding, ResidentBasisNoted, ResidentBasisUndone, ResidentChanged, ResidentConfirmed, ResidentConsentWithdrawn, ResidentEntered,
    ResidentMoved, ResidentOpened, ResidentRemoved,
};
use crate::keep::{columns, entry};

/// A new fold, for a list of them.
pub fn fold() -> Box<dyn Fold> {
    Box::new(RegisterFold::default())
}

/// Community, grid, the digest of the sealed columns, when it was entered, changed last and confirmed last.
type State = (UnitId, Option<UnitId>, String, Time, Time, Time);

/// The entry, the ground, the means, the day, who noted it and when, and when it was withdrawn.
type Basis = (Id, String, Option<String>, String, Option<Id>, Time, Option<Time>);

/// The entry, the register, when, why and by whom it went.
type Gone = (Id, Option<UnitId>, Time, String, Option<Id>);

/// The entry, the unit and the person that read it, when, and the digest of why.
type Reading = (Id, UnitId, Option<Id>, Time, String);

#[derive(Default)]
struct RegisterFold {
    entries: BTreeMap<Id, State>,
    removed: std::collections::BTreeSet<Id>,
    readings: BTreeMap<Id, Reading>,
    bases: BTreeMap<Id, Basis>,
    gone: BTreeMap<Id, Gone>,
    /// What each community was last told of terms that are ending, and when.
    told: BTreeMap<Id, (Id, Time)>,
}

fn person(event: &Event) -> Option<Id> {
    match event.actor {
        Actor::Person(person) => Some(person.0),
        Actor::Resident | Actor::System => None,
    }
}

impl Fold for RegisterFold {
    fn apply(&mut self, event: &Event) -> Result<(), BadFacts> {
        match event.kind.as_str() {
            ResidentEntered::KIND => {
                let facts: ResidentEntered = event.facts()?;
                let at = event.occurred_at;
                if self.entries.insert(event.subject, (facts.community, facts.grid, facts.sealed, at, at, at)).is_some() {
                    return Err(event.bad("this was entered before"));
                }
            }
            ResidentChanged::KIND => {
                let facts: ResidentChanged = event.facts()?;
                let state = self.entries.get_mut(&event.subject).ok_or_else(|| event.bad("there is no such entry yet"))?;
                (state.1, state.2, state.4) = (facts.grid, facts.sealed, event.occurred_at);
                if !facts.unseen {
                    state.5 = event.occurred_at;
                }
            }
            ResidentMoved::KIND => {
                let facts: ResidentMoved = event.facts()?;
                self.entries.get_mut(&event.subject).ok_or_else(|| event.bad("there is no such entry yet"))?.0 = facts.community;
            }
            ResidentRemoved::KIND => {
                let facts: ResidentRemoved = event.facts()?;
                self.entries.remove(&event.subject).ok_or_else(|| event.bad("there is no such entry yet"))?;
                self.removed.insert(event.subject);
                // What was removed before it was asked why has no row.
                if let Some(why) = facts.why {
                    self.gone.insert(event.id.0, (event.subject, event.unit, event.occurred_at, why, person(event)));
                }
            }
            ResidentConfirmed::KIND => {
                let _: ResidentConfirmed = event.facts()?;
                self.entries.get_mut(&event.subject).ok_or_else(|| event.bad("there is no such entry yet"))?.5 = event.occurred_at;
            }
            ResidentBasisNoted::KIND => {
                let facts: ResidentBasisNoted = event.facts()?;
                let noted = (event.subject, facts.ground, facts.means, facts.on, person(event), event.occurred_at, None);
                self.bases.insert(event.id.0, noted);
            }
            ResidentBasisUndone::KIND => {
                let facts: ResidentBasisUndone = event.facts()?;
                let noted = self.bases.get_mut(&facts.told).filter(|basis| basis.0 == event.subject && basis.6.is_none());
                noted.ok_or_else(|| event.bad("there is no such basis"))?.6 = Some(event.occurred_at);
            }
            ResidentConsentWithdrawn::KIND => {
                let _: ResidentConsentWithdrawn = event.facts()?;
                let consents = self.bases.values_mut().filter(|basis| basis.0 == event.subject && basis.1 != "duty" && basis.6.is_none());
                consents.for_each(|basis| basis.6 = Some(event.occurred_at));
            }
            RegisterEnding::KIND => {
                let _: RegisterEnding = event.facts()?;
                let community = event.unit.ok_or_else(|| event.bad("it is of no community"))?;
                self.told.insert(community.0, (event.subject, event.occurred_at));
            }
            ResidentOpened::KIND => {
                let facts: ResidentOpened = event.facts()?;
                self.readings.insert(event.id.0, (event.subject, facts.unit, person(event), event.occurred_at, facts.reason));
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
            let digest = entry.sealed.digest();
            Ok((entry.id.0, (entry.community, entry.grid(), digest, entry.entered_at, entry.changed_at, entry.confirmed_at)))
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
        let bases: BTreeMap<Id, Basis> = tx
            .all(BASES, p![], |row| {
                let texts = (row.text(2)?.to_owned(), row.opt_text(3)?.map(str::to_owned), row.text(4)?.to_owned());
                Ok((row.id(0)?, (row.id(1)?, texts.0, texts.1, texts.2, row.opt_id(5)?, row.time(6)?, row.opt_time(7)?)))
            })?
            .into_iter()
            .collect();
        apart(&self.bases, &bases, |key, expected, now| tell("resident_basis", key, expected, now));
        let gone: BTreeMap<Id, Gone> = tx
            .all(GONE, p![], |row| Ok((row.id(0)?, (row.id(1)?, Some(row.id(2)?), row.time(3)?, row.text(4)?.to_owned(), row.opt_id(5)?))))?
            .into_iter()
            .collect();
        apart(&self.gone, &gone, |key, expected, now| tell("resident_gone", key, expected, now));
        let told: BTreeMap<Id, (Id, Time)> = tx.all(TOLD, p![], |row| Ok((row.id(0)?, (row.id(1)?, row.time(2)?))))?.into_iter().collect();
        apart(&self.told, &told, |key, expected, now| tell("resident_reminder", key, expected, now));
        Ok(found)
    }
}

/// Tells of every key at which what is expected and what is there are not the same.
fn apart<T: PartialEq + std::fmt::Debug>(
    expected: &BTreeMap<Id, T>,
    there: &BTreeMap<Id, T>,
    mut tell: impl FnMut(Id, Option<String>, Option<String>),
) {
    let keys: std::collections::BTreeSet<&Id> = expected.keys().chain(there.keys()).collect();
    for key in keys {
        let (wanted, now) = (expected.get(key), there.get(key));
        if wanted != now {
            tell(*key, wanted.map(|wanted| format!("{wanted:?}")), now.map(|now| format!("{now:?}")));
        }
    }
}

/// These read whole tables, which is what comparing takes.
const ALL: &Sql = sql!(concat!("SELECT ", columns!(), " FROM resident"));
const BASES: &Sql = sql!("SELECT told, resident, ground, means, on_day, noted_by, noted_at, withdrawn_at FROM resident_basis");
const TOLD: &Sql = sql!("SELECT community, id, at FROM resident_reminder");
const GONE: &Sql = sql!("SELECT told, resident, community, gone_at, why, gone_by FROM resident_gone");
const IDS: &Sql = sql!("SELECT id FROM resident");
const READINGS: &Sql = sql!("SELECT told, resident, read_for, reason, salt, read_by, at FROM resident_reading");
