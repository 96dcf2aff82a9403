//! The reader: adds up what the measures find in each event.

use std::collections::{BTreeMap, HashMap};

use base::UnitId;
use record::{Event, Measure, Reader};
use sha2::{Digest, Sha256};
use store::{Sql, StoreError, Tx, p, sql};

use crate::Month;

/// The shape of the table and of the counting; another one makes it anew.
const SHAPE: u8 = 1;

/// Counts a list of measures.
#[derive(Debug)]
pub struct Tallies {
    by_kind: HashMap<&'static str, Vec<Measure>>,
    version: i64,
}

impl Tallies {
    /// Of these measures. Another list is another version: the numbers are made anew from the record.
    pub fn of(measures: impl IntoIterator<Item = Measure>) -> Tallies {
        let mut by_kind: HashMap<&'static str, Vec<Measure>> = HashMap::new();
        let mut names = Vec::new();
        for measure in measures {
            names.push((measure.id, measure.kind));
            by_kind.entry(measure.kind).or_default().push(measure);
        }
        names.sort_unstable();
        let mut hasher = Sha256::new();
        hasher.update([SHAPE]);
        for (id, kind) in names {
            hasher.update(format!("{id}={kind}\n"));
        }
        let digest: [u8; 32] = hasher.finalize().into();
        let version = digest.iter().take(7).fold(0, |version, byte| version << 8 | i64::from(*byte));
        Tallies { by_kind, version }
    }
}

/// By the primary key.
const ADD: &Sql = sql!(
    "INSERT INTO tally (measure, month, unit, n) VALUES (?1, ?2, ?3, ?4)
     ON CONFLICT (measure, month, unit) DO UPDATE SET n = tally.n + excluded.n"
);
const CLEAR: &Sql = sql!("DELETE FROM tally");
/// What has come to nothing is left out: whether a row of it stands depends on how the batches fell.
const DUMP: &Sql = sql!("SELECT measure, month, unit, n FROM tally WHERE n <> 0 ORDER BY measure, month, unit");

impl Reader for Tallies {
    fn name(&self) -> &'static str {
        "measures"
    }

    fn version(&self) -> i64 {
        self.version
    }

    fn apply(&self, tx: &mut Tx, events: &[Event]) -> Result<(), StoreError> {
        let mut added: BTreeMap<(&'static str, Month, UnitId), i64> = BTreeMap::new();
        for event in events {
            for measure in self.by_kind.get(event.kind.as_str()).into_iter().flatten() {
                if let Some((unit, at, n)) = (measure.count)(event) {
                    *added.entry((measure.id, Month::of(at), unit)).or_default() += n;
                }
            }
        }
        for ((measure, month, unit), n) in added {
            tx.exec(ADD, p![measure, month.0, unit, n])?;
        }
        Ok(())
    }

    fn clear(&self, tx: &mut Tx) -> Result<(), StoreError> {
        tx.exec(CLEAR, p![]).map(drop)
    }

    fn dump(&self, tx: &mut Tx) -> Result<Vec<String>, StoreError> {
        tx.all(DUMP, p![], |row| Ok(format!("{} {} {} {}", row.text(0)?, Month(row.int(1)?), row.id::<UnitId>(2)?, row.int(3)?)))
    }
}
