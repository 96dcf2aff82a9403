//! Registers recomputed from the record and compared with the table, entry by entry.

use std::collections::BTreeMap;

use base::{Id, Time, UnitId};
use record::{Actor, BadFacts, Cell, Difference, Event, Facts, Fold, How, Why, cells, text_digest_hex};
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
                    return Err(event.bad(Why::Before));
                }
            }
            ResidentChanged::KIND => {
                let facts: ResidentChanged = event.facts()?;
                let state = self.entries.get_mut(&event.subject).ok_or_else(|| event.bad(Why::Nothing))?;
                (state.1, state.2, state.4) = (facts.grid, facts.sealed, event.occurred_at);
                if !facts.unseen {
                    state.5 = event.occurred_at;
                }
            }
            ResidentMoved::KIND => {
                let facts: ResidentMoved = event.facts()?;
                self.entries.get_mut(&event.subject).ok_or_else(|| event.bad(Why::Nothing))?.0 = facts.community;
            }
            ResidentRemoved::KIND => {
                let facts: ResidentRemoved = event.facts()?;
                self.entries.remove(&event.subject).ok_or_else(|| event.bad(Why::Nothing))?;
                self.removed.insert(event.subject);
                // What was removed before it was asked why has no row.
                if let Some(why) = facts.why {
                    self.gone.insert(event.id.0, (event.subject, event.unit, event.occurred_at, why, person(event)));
                }
            }
            ResidentConfirmed::KIND => {
                let _: ResidentConfirmed = event.facts()?;
                self.entries.get_mut(&event.subject).ok_or_else(|| event.bad(Why::Nothing))?.5 = event.occurred_at;
            }
            ResidentBasisNoted::KIND => {
                let facts: ResidentBasisNoted = event.facts()?;
                let noted = (event.subject, facts.ground, facts.means, facts.on, person(event), event.occurred_at, None);
                self.bases.insert(event.id.0, noted);
            }
            ResidentBasisUndone::KIND => {
                let facts: ResidentBasisUndone = event.facts()?;
                let noted = self.bases.get_mut(&facts.told).filter(|basis| basis.0 == event.subject && basis.6.is_none());
                noted.ok_or_else(|| event.bad(Why::NotThen))?.6 = Some(event.occurred_at);
            }
            ResidentConsentWithdrawn::KIND => {
                let _: ResidentConsentWithdrawn = event.facts()?;
                let consents = self.bases.values_mut().filter(|basis| basis.0 == event.subject && basis.1 != "duty" && basis.6.is_none());
                consents.for_each(|basis| basis.6 = Some(event.occurred_at));
            }
            RegisterEnding::KIND => {
                let _: RegisterEnding = event.facts()?;
                let community = event.unit.ok_or_else(|| event.bad(Why::NoUnit))?;
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
        let mut out = Vec::new();
        let mut seen = 0;
        for (id, state) in tx.all(ALL, p![], |row| {
            let entry = entry(row)?;
            let digest = entry.sealed.digest();
            Ok((entry.id.0, (entry.community, entry.grid(), digest, entry.entered_at, entry.changed_at, entry.confirmed_at)))
        })? {
            let expected = self.entries.get(&id);
            seen += usize::from(expected.is_some());
            if expected != Some(&state) {
                let there = BTreeMap::from([(id, state)]);
                let wanted = expected.map(|expected| (id, expected.clone())).into_iter().collect();
                differ("resident", STATE, state_cells, &wanted, &there, &mut out);
            }
        }
        if seen < self.entries.len() {
            let there: std::collections::BTreeSet<Id> = tx.all(IDS, p![], |row| row.id(0))?.into_iter().collect();
            out.extend(self.entries.keys().filter(|id| !there.contains(id)).map(|id| Difference::of("resident", id, How::Gone)));
        }
        let mut readings: BTreeMap<Id, Reading> = BTreeMap::new();
        tx.each(READINGS, p![], |row| {
            let (event, reason) = (row.id::<Id>(0)?, row.text(3)?);
            let mut reading: Reading = (row.id(1)?, row.id(2)?, Some(row.id(5)?), row.time(6)?, text_digest_hex(&row.array(4)?, reason));
            // The reason of an entry that was removed is gone with it.
            if let Some(said) = self.readings.get(&event).filter(|said| reason.is_empty() && self.removed.contains(&said.0)) {
                reading.4.clone_from(&said.4);
            }
            readings.insert(event, reading);
            Ok(())
        })?;
        let cells = |(of, unit, by, at, why): &Reading| cells![*of, *unit, *by, *at, Cell::digest(why)];
        differ("resident_reading", &["resident", "read_for", "read_by", "at", "reason"], cells, &self.readings, &readings, &mut out);
        let bases: BTreeMap<Id, Basis> = tx
            .all(BASES, p![], |row| {
                let texts = (row.text(2)?.to_owned(), row.opt_text(3)?.map(str::to_owned), row.text(4)?.to_owned());
                Ok((row.id(0)?, (row.id(1)?, texts.0, texts.1, texts.2, row.opt_id(5)?, row.time(6)?, row.opt_time(7)?)))
            })?
            .into_iter()
            .collect();
        let cells = |(of, ground, means, on, by, at, gone): &Basis| cells![*of, ground, means.as_ref(), on, *by, *at, *gone];
        let columns = &["resident", "ground", "means", "on_day", "noted_by", "noted_at", "withdrawn_at"];
        differ("resident_basis", columns, cells, &self.bases, &bases, &mut out);
        let gone: BTreeMap<Id, Gone> = tx
            .all(GONE, p![], |row| Ok((row.id(0)?, (row.id(1)?, Some(row.id(2)?), row.time(3)?, row.text(4)?.to_owned(), row.opt_id(5)?))))?
            .into_iter()
            .collect();
        let cells = |(of, community, at, why, by): &Gone| cells![*of, *community, *at, why, *by];
        differ("resident_gone", &["resident", "community", "gone_at", "why", "gone_by"], cells, &self.gone, &gone, &mut out);
        let told: BTreeMap<Id, (Id, Time)> = tx.all(TOLD, p![], |row| Ok((row.id(0)?, (row.id(1)?, row.time(2)?))))?.into_iter().collect();
        differ("resident_reminder", &["id", "at"], |(id, at): &(Id, Time)| cells![*id, *at], &self.told, &told, &mut out);
        Ok(out)
    }
}

const STATE: &[&str] = &["community", "grid", "number_key+home_key+home+identity+phone+traits", "entered_at", "changed_at", "confirmed_at"];

fn state_cells((community, grid, sealed, entered, changed, confirmed): &State) -> Vec<Cell> {
    cells![*community, *grid, Cell::digest(sealed), *entered, *changed, *confirmed]
}

/// [`record::differ`] by ids.
fn differ<T: PartialEq>(
    table: &'static str,
    columns: &[&'static str],
    cells: impl Fn(&T) -> Vec<Cell>,
    expected: &BTreeMap<Id, T>,
    found: &BTreeMap<Id, T>,
    out: &mut Vec<Difference>,
) {
    record::differ(table, columns, Id::to_string, cells, expected, found, out);
}

/// These read whole tables, which is what comparing takes.
const ALL: &Sql = sql!(concat!("SELECT ", columns!(), " FROM resident"));
const BASES: &Sql = sql!("SELECT told, resident, ground, means, on_day, noted_by, noted_at, withdrawn_at FROM resident_basis");
const TOLD: &Sql = sql!("SELECT community, id, at FROM resident_reminder");
const GONE: &Sql = sql!("SELECT told, resident, community, gone_at, why, gone_by FROM resident_gone");
const IDS: &Sql = sql!("SELECT id FROM resident");
const READINGS: &Sql = sql!("SELECT told, resident, read_for, reason, salt, read_by, at FROM resident_reading");
