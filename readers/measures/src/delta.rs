//! Adding up events in memory before anything is written: each event touches a few small counters, and
//! only what came together is spread over the units above and merged into the rows.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

use base::{Id, Time, UnitId};
use people::Tree;
use record::Line;
use record::measure::{Amount, At, Count, Key, Only, Whose};
use store::{Sql, StoreError, Tx, p, sql};

use crate::catalogue::Catalogue;
use crate::cells;
use crate::days::{day_of, month_of};
use crate::scan;

/// A hasher for small keys that nobody outside chooses.
#[derive(Default)]
pub(crate) struct Quick(u64);

impl Hasher for Quick {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            for (to, from) in word.iter_mut().zip(chunk) {
                *to = *from;
            }
            self.write_u64(u64::from_le_bytes(word));
        }
    }

    fn write_u64(&mut self, n: u64) {
        self.0 = (self.0.rotate_left(5) ^ n).wrapping_mul(0x517c_c1b7_2722_0a95);
    }

    fn write_u32(&mut self, n: u32) {
        self.write_u64(u64::from(n));
    }

    fn write_u16(&mut self, n: u16) {
        self.write_u64(u64::from(n));
    }

    fn write_i64(&mut self, n: i64) {
        self.write_u64(n.cast_unsigned());
    }

    fn write_usize(&mut self, n: usize) {
        self.write_u64(u64::try_from(n).unwrap_or(u64::MAX));
    }
}

type Map<K, V> = HashMap<K, V, BuildHasherDefault<Quick>>;

/// Where something counts.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Spot {
    lane: u32,
    slot: u16,
    key: u32,
    day: i64,
}

/// What a number of events come to.
pub(crate) struct Delta {
    catalogue: &'static Catalogue,
    tree: Arc<Tree>,
    /// The way from the root to a unit, the unit last.
    lanes: Vec<Vec<UnitId>>,
    lane_of: Map<UnitId, u32>,
    keys: Vec<Box<[u8]>>,
    key_of: HashMap<Box<[u8]>, u32>,
    counts: Map<Spot, i64>,
    cases: Vec<(i64, u32, u16, i64)>,
    /// The position of the last event.
    pub(crate) last: i64,
}

/// One thing that an event counts as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Counted {
    pub(crate) slot: u16,
    pub(crate) unit: UnitId,
    pub(crate) at: Time,
    pub(crate) n: i64,
}

/// What one event counts as, for whom and when.
pub(crate) fn counted(catalogue: &'static Catalogue, line: &Line<'_>) -> Vec<Counted> {
    let mut all = Vec::new();
    for (slot, count) in catalogue.by_kind.get(line.kind).into_iter().flatten() {
        if let Some((unit, at, n)) = look(count, line) {
            all.push(Counted { slot: *slot, unit, at, n });
        }
    }
    all
}

/// The unit, the time and the amount, where this counts.
fn look(count: &Count, line: &Line<'_>) -> Option<(UnitId, Time, i64)> {
    let fact = |path: &str| scan::field(line.facts, path);
    let holds = |only: &Only| match only {
        Only::True(path) => fact(path) == Some("true"),
        Only::False(path) => matches!(fact(path), None | Some("false")),
        Only::Given(path) => fact(path).is_some_and(|value| value != "null"),
        Only::Is(path, text) => fact(path).and_then(scan::text).is_some_and(|found| found == *text),
    };
    if !count.only.iter().all(holds) {
        return None;
    }
    let unit = match count.unit {
        Whose::Event => line.unit,
        Whose::Fact(path) => fact(path).and_then(scan::text).and_then(|text| text.parse().ok()).or(line.unit),
    }?;
    let at = match count.at {
        At::Occurred => line.occurred_at,
        At::Recorded => line.recorded_at,
    };
    let n = match count.amount {
        Amount::One => 1,
        Amount::Fact(path) => fact(path)?.parse().ok()?,
    };
    Some((unit, at, n))
}

/// Days since a subject was made, by the milliseconds that its id begins with.
fn days_since(subject: Id, at: Time) -> i64 {
    let millis = subject.0.iter().take(6).fold(0_i64, |n, byte| n << 8 | i64::from(*byte));
    (at.0.saturating_sub(millis.saturating_mul(1000)) / Time::DAY).clamp(0, 999)
}

impl Delta {
    pub(crate) fn new(catalogue: &'static Catalogue, tree: Arc<Tree>) -> Delta {
        Delta {
            catalogue,
            tree,
            lanes: Vec::new(),
            lane_of: Map::default(),
            keys: vec![Box::default()],
            key_of: HashMap::new(),
            counts: Map::default(),
            cases: Vec::new(),
            last: 0,
        }
    }

    /// Counts one event.
    pub(crate) fn take(&mut self, line: &Line<'_>) {
        self.last = line.pos;
        let catalogue = self.catalogue;
        for (slot, count) in catalogue.by_kind.get(line.kind).into_iter().flatten() {
            let Some((unit, at, n)) = look(count, line) else { continue };
            let (lane, day) = (self.lane(unit), day_of(at));
            *self.counts.entry(Spot { lane, slot: *slot, key: 0, day }).or_default() += n;
            let key = match count.key {
                Key::None => None,
                Key::Fact(path) => {
                    scan::field(line.facts, path).and_then(scan::text).filter(|text| !text.is_empty()).map(|text| self.key(text.as_bytes()))
                }
                Key::Days => Some(self.key(days_since(line.subject, at).to_string().as_bytes())),
            };
            if let Some(key) = key {
                *self.counts.entry(Spot { lane, slot: *slot, key, day }).or_default() += n;
            }
            self.cases.push((day, lane, *slot, line.pos));
        }
    }

    fn key(&mut self, text: &[u8]) -> u32 {
        if let Some(found) = self.key_of.get(text) {
            return *found;
        }
        let number = u32::try_from(self.keys.len()).unwrap_or(u32::MAX);
        self.keys.push(text.into());
        self.key_of.insert(text.into(), number);
        number
    }

    fn lane(&mut self, unit: UnitId) -> u32 {
        if let Some(found) = self.lane_of.get(&unit) {
            return *found;
        }
        let lane = u32::try_from(self.lanes.len()).unwrap_or(u32::MAX);
        self.lanes.push(self.tree.get(unit).map_or_else(|| vec![unit], |found| found.path.clone()));
        self.lane_of.insert(unit, lane);
        lane
    }

    /// Spreads what was counted over the units above, in the order in which rows are written.
    pub(crate) fn spread(self) -> Spread {
        let mut cells: Map<(UnitId, i64, bool), Vec<(u16, u32, u8, i64)>> = Map::default();
        for (spot, n) in &self.counts {
            let (month, day) = month_of(spot.day);
            for unit in self.lanes.get(spot.lane as usize).into_iter().flatten() {
                cells.entry((*unit, month, spot.key != 0)).or_default().push((spot.slot, spot.key, day, *n));
            }
        }
        let mut rows: Vec<_> = cells.into_iter().collect();
        rows.sort_unstable_by_key(|((unit, month, apart), _)| (in_order(*unit), *month, *apart));
        let keys = self.keys;
        for (_, added) in &mut rows {
            // What many units below counted comes together by number; only what is left is put in the order of names.
            added.sort_unstable_by_key(|(slot, key, day, _)| (*slot, *key, *day));
            added.dedup_by(|later, first| {
                let same = (later.0, later.1, later.2) == (first.0, first.1, first.2);
                if same {
                    first.3 += later.3;
                }
                same
            });
            let name = |n: u32| keys.get(n as usize);
            added.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| name(a.1).cmp(&name(b.1))).then(a.2.cmp(&b.2)));
        }
        let mut cases: Map<(i64, UnitId), Vec<(u16, i64)>> = Map::default();
        for (day, lane, slot, pos) in self.cases {
            if let Some(unit) = self.lanes.get(lane as usize).and_then(|path| path.last()) {
                cases.entry((day, *unit)).or_default().push((slot, pos));
            }
        }
        let mut cases: Vec<_> = cases.into_iter().collect();
        cases.sort_unstable_by_key(|((day, unit), _)| (*day, in_order(*unit)));
        Spread { keys, rows, cases }
    }
}

/// The order of ids as one number, which is compared at once.
fn in_order(unit: UnitId) -> u128 {
    u128::from_be_bytes(unit.0.0)
}

/// What is to be written.
pub(crate) struct Spread {
    keys: Vec<Box<[u8]>>,
    rows: Vec<((UnitId, i64, bool), Vec<(u16, u32, u8, i64)>)>,
    cases: Vec<((i64, UnitId), Vec<(u16, i64)>)>,
}

/// By the primary keys, all of them.
const ROW: &Sql = sql!("SELECT cells FROM tally WHERE unit = ?1 AND month = ?2");
const SET: &Sql =
    sql!("INSERT INTO tally (unit, month, cells) VALUES (?1, ?2, ?3) ON CONFLICT (unit, month) DO UPDATE SET cells = excluded.cells");
const ROW_APART: &Sql = sql!("SELECT cells FROM tally_apart WHERE unit = ?1 AND month = ?2");
const SET_APART: &Sql =
    sql!("INSERT INTO tally_apart (unit, month, cells) VALUES (?1, ?2, ?3) ON CONFLICT (unit, month) DO UPDATE SET cells = excluded.cells");
/// The end of the primary key.
const LAST_DAY: &Sql = sql!("SELECT MAX(day) FROM tally_case");
const ROW_CASES: &Sql = sql!("SELECT cases FROM tally_case WHERE day = ?1 AND unit = ?2");
const SET_CASES: &Sql =
    sql!("INSERT INTO tally_case (day, unit, cases) VALUES (?1, ?2, ?3) ON CONFLICT (day, unit) DO UPDATE SET cases = excluded.cases");

impl Spread {
    /// Merges it into the rows.
    pub(crate) fn write(&self, tx: &mut Tx) -> Result<(), StoreError> {
        for ((unit, month, apart), added) in &self.rows {
            let (row, set) = if *apart { (ROW_APART, SET_APART) } else { (ROW, SET) };
            let old = tx.opt(row, p![*unit, *month], |row| Ok(row.blob(0)?.to_vec()))?.unwrap_or_default();
            let named: Vec<_> = added
                .iter()
                .map(|(slot, key, day, n)| ((*slot, self.keys.get(*key as usize).map_or(&[][..], |key| key)), *day, *n))
                .collect();
            let new = cells::merge(&old, &named)?;
            tx.exec(set, p![*unit, *month, &new[..]])?;
        }
        // A day later than all that have cases has no row to add to: of a record that is counted anew, nearly every one.
        let last = tx.one(LAST_DAY, p![], |row| row.opt_int(0))?;
        for ((day, unit), added) in &self.cases {
            let old = match last {
                Some(last) if *day <= last => tx.opt(ROW_CASES, p![*day, *unit], |row| Ok(row.blob(0)?.to_vec()))?.unwrap_or_default(),
                _ => Vec::new(),
            };
            let new = cells::merge_cases(&old, added)?;
            tx.exec(SET_CASES, p![*day, *unit, &new[..]])?;
        }
        Ok(())
    }
}
