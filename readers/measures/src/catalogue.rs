//! All measures of the program, once the guard has looked at them.

use std::collections::HashMap;
use std::sync::OnceLock;

use record::measure::{Count, Measure};
use sha2::{Digest, Sha256};

use crate::guard::{self, Refused};

/// The shape of the tables and of the counting; another one makes them anew.
const SHAPE: u8 = 2;

pub(crate) struct Catalogue {
    measures: Vec<&'static Measure>,
    by_id: HashMap<&'static str, &'static Measure>,
    slots: HashMap<&'static str, u16>,
    pub(crate) by_kind: HashMap<&'static str, Vec<(u16, &'static Count)>>,
    refused: Vec<Refused>,
    pub(crate) version: i64,
}

/// The catalogue of this program. It is the same in every district.
pub(crate) fn all() -> &'static Catalogue {
    static ALL: OnceLock<Catalogue> = OnceLock::new();
    ALL.get_or_init(|| {
        let catalogue = Catalogue::of(record::measure::declared_measures());
        for refused in &catalogue.refused {
            tracing::error!(%refused, "a measure was refused");
        }
        catalogue
    })
}

impl Catalogue {
    pub(crate) fn of(declared: impl Iterator<Item = &'static Measure>) -> Catalogue {
        let mut declared: Vec<&'static Measure> = declared.collect();
        declared.sort_by_key(|measure| measure.id);
        let mut refused = Vec::new();
        let mut by_id: HashMap<&'static str, &'static Measure> = HashMap::new();
        for measure in &declared {
            if by_id.insert(measure.id, measure).is_some() {
                refused.push(Refused::plain(measure.id, "id", "同一编号声明了两次", "One id was declared twice"));
            }
        }
        declared.dedup_by_key(|measure| measure.id);
        // What is made of a refused measure is refused in the next round.
        loop {
            let known = by_id.clone();
            let find = |id: &str| known.get(id).copied();
            let before = declared.len();
            declared.retain(|measure| match guard::check(measure, &find) {
                Ok(()) => true,
                Err(why) => {
                    refused.push(why);
                    by_id.remove(measure.id);
                    false
                }
            });
            if declared.len() == before {
                break;
            }
        }
        let (mut slots, mut by_kind): (HashMap<&'static str, u16>, HashMap<&'static str, Vec<(u16, &'static Count)>>) = Default::default();
        let mut hasher = Sha256::new();
        hasher.update([SHAPE]);
        for measure in &declared {
            hasher.update(format!("{} {:?} {:?}\n", measure.id, measure.kind, measure.counts));
            if measure.counts.is_empty() {
                continue;
            }
            let slot = u16::try_from(slots.len()).unwrap_or(u16::MAX);
            slots.insert(measure.id, slot);
            for count in measure.counts {
                by_kind.entry(count.kind).or_default().push((slot, count));
            }
        }
        let digest: [u8; 32] = hasher.finalize().into();
        let version = digest.iter().take(7).fold(0, |version, byte| version << 8 | i64::from(*byte));
        Catalogue { measures: declared, by_id, slots, by_kind, refused, version }
    }

    pub(crate) fn slot(&self, id: &str) -> Option<u16> {
        self.slots.get(id).copied()
    }
}

/// Every measure, in the order of their ids.
pub fn catalogue() -> &'static [&'static Measure] {
    &all().measures
}

/// One measure.
pub fn find(id: &str) -> Option<&'static Measure> {
    all().by_id.get(id).copied()
}

/// What was declared and is not counted, with the rule that says why.
pub fn refused() -> &'static [Refused] {
    &all().refused
}

/// The duties whose measure is counted, in the order of their ids.
pub fn duties() -> &'static [&'static record::measure::Duty] {
    static ALL: OnceLock<Vec<&'static record::measure::Duty>> = OnceLock::new();
    ALL.get_or_init(|| {
        let mut duties: Vec<_> = record::measure::declared_duties().filter(|duty| find(duty.measure).is_some()).collect();
        duties.sort_by_key(|duty| duty.id);
        duties
    })
}
