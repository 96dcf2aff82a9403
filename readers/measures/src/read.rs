//! Reading the numbers: a few rows by their key, however many events are behind them.

use std::collections::{BTreeMap, HashMap};

use base::UnitId;
use record::measure::{Kind, Measure};
use store::{Sql, StoreError, Tx, p, sql};

use crate::catalogue::{Catalogue, all};
use crate::cells;
use crate::days::{first_day, month_of};
use crate::period::Period;
use crate::tallies::NAME;
use crate::value::Value;

/// By the primary key, a row for each month.
const MONTHS: &Sql = sql!("SELECT month, cells FROM tally WHERE unit = ?1 AND month BETWEEN ?2 AND ?3 ORDER BY month");
/// By the primary key, a row for each month.
const MONTHS_APART: &Sql = sql!("SELECT month, cells FROM tally_apart WHERE unit = ?1 AND month BETWEEN ?2 AND ?3 ORDER BY month");
/// Walks the whole table, months of other years too: for all units at once.
const EVERYBODY: &Sql = sql!("SELECT unit, month, cells FROM tally WHERE month BETWEEN ?1 AND ?2");
const CURSOR: &Sql = sql!("SELECT pos FROM reader_cursor WHERE name = ?1");

/// From so many units on, one walk over everything is quicker than a look for each.
const MANY: usize = 200;

/// The days of a month that lie in a stretch of days, from 0.
fn within(month: i64, (from, to): (i64, i64)) -> (u8, u8) {
    let first = first_day(month);
    let part = |day: i64| u8::try_from((day - first).clamp(0, 30)).unwrap_or(0);
    (part(from), part(to))
}

fn months((from, to): (i64, i64)) -> (i64, i64) {
    (month_of(from).0, month_of(to).0)
}

/// What a list of measures is read from: the slots whose sums are wanted, and how each measure is made of them.
struct Plan {
    wanted: HashMap<u16, usize>,
    medians: HashMap<u16, usize>,
    made: Vec<Made>,
}

enum Made {
    Nothing,
    Sum(usize),
    Rate(usize, usize, Option<usize>),
    Median(usize),
}

impl Plan {
    fn of(catalogue: &Catalogue, ids: &[&str]) -> Plan {
        let (mut wanted, mut medians) = (HashMap::new(), HashMap::new());
        let mut place = |id: &str| {
            let slot = catalogue.slot(id)?;
            let next = wanted.len();
            Some(*wanted.entry(slot).or_insert(next))
        };
        let made = ids
            .iter()
            .map(|id| match crate::find(id).map(|measure| measure.kind) {
                None => Made::Nothing,
                Some(Kind::Count | Kind::Sum) => place(id).map_or(Made::Nothing, Made::Sum),
                Some(Kind::Rate { num, den }) => match (place(num), place(den)) {
                    (Some(num), Some(den)) => Made::Rate(num, den, crate::find(id).and_then(|measure| measure.each).and_then(&mut place)),
                    _ => Made::Nothing,
                },
                Some(Kind::Median) => catalogue.slot(id).map_or(Made::Nothing, |slot| {
                    let next = medians.len();
                    Made::Median(*medians.entry(slot).or_insert(next))
                }),
            })
            .collect();
        Plan { wanted, medians, made }
    }

    fn blank(&self) -> Vec<i64> {
        vec![0; self.wanted.len()]
    }

    fn add(&self, sums: &mut [i64], cells: &[u8], (from, to): (u8, u8)) -> Result<(), StoreError> {
        cells::each(cells, |cell| {
            if let Some(sum) = self.wanted.get(&cell.slot).and_then(|at| sums.get_mut(*at)) {
                *sum += cell.sum(from, to)?;
            }
            Ok(())
        })
    }

    fn values(&self, sums: &[i64], medians: &[Value]) -> Vec<Value> {
        let at = |n: &usize| sums.get(*n).copied().unwrap_or(0);
        self.made
            .iter()
            .map(|made| match made {
                Made::Nothing => Value::default(),
                Made::Sum(n) => Value::count(at(n)),
                Made::Rate(num, den, each) => Value { each: each.as_ref().map(at), ..Value::rate_of(at(num), at(den)) },
                Made::Median(n) => medians.get(*n).copied().unwrap_or_default(),
            })
            .collect()
    }

    fn medians(&self, tx: &mut Tx, unit: UnitId, days: (i64, i64)) -> Result<Vec<Value>, StoreError> {
        if self.medians.is_empty() {
            return Ok(Vec::new());
        }
        let mut spread: Vec<BTreeMap<i64, i64>> = vec![BTreeMap::new(); self.medians.len()];
        apart(tx, unit, days, |slot, key, n| {
            let day = std::str::from_utf8(key).ok().and_then(|text| text.parse().ok());
            if let (Some(part), Some(day)) = (self.medians.get(&slot).and_then(|at| spread.get_mut(*at)), day) {
                *part.entry(day).or_default() += n;
            }
        })?;
        Ok(spread.iter().map(median).collect())
    }
}

/// The middle one; of an even number the lower of the two in the middle, so that it is a day that occurred.
fn median(spread: &BTreeMap<i64, i64>) -> Value {
    let n: i64 = spread.values().sum();
    let mut passed = 0;
    for (day, count) in spread {
        passed += count;
        if passed * 2 >= n && n > 0 {
            return Value::rate_of(*day, n);
        }
    }
    Value::rate_of(0, 0)
}

fn apart(tx: &mut Tx, unit: UnitId, days: (i64, i64), mut f: impl FnMut(u16, &[u8], i64)) -> Result<(), StoreError> {
    let (first, last) = months(days);
    tx.each(MONTHS_APART, p![unit, first, last], |row| {
        let (from, to) = within(row.int(0)?, days);
        cells::each(row.blob(1)?, |cell| {
            f(cell.slot, cell.key, cell.sum(from, to)?);
            Ok(())
        })
    })
}

/// What a measure comes to for a unit and everything under it. An id that is not in the catalogue is nothing.
///
/// # Errors
/// Only the store's.
pub fn value(tx: &mut Tx, id: &str, unit: UnitId, period: &Period) -> Result<Value, StoreError> {
    Ok(values(tx, &[id], unit, period)?.into_iter().next().unwrap_or_default())
}

/// Several measures of one unit, by one look at the store.
///
/// # Errors
/// Only the store's.
pub fn values(tx: &mut Tx, ids: &[&str], unit: UnitId, period: &Period) -> Result<Vec<Value>, StoreError> {
    one(tx, &Plan::of(all(), ids), unit, period)
}

fn one(tx: &mut Tx, plan: &Plan, unit: UnitId, period: &Period) -> Result<Vec<Value>, StoreError> {
    let days = period.numbers();
    let (first, last) = months(days);
    let mut sums = plan.blank();
    if !sums.is_empty() {
        tx.each(MONTHS, p![unit, first, last], |row| plan.add(&mut sums, row.blob(1)?, within(row.int(0)?, days)))?;
    }
    let medians = plan.medians(tx, unit, days)?;
    Ok(plan.values(&sums, &medians))
}

/// Several measures of several units: a line for each unit, in their order.
///
/// # Errors
/// Only the store's.
pub fn by_unit(tx: &mut Tx, ids: &[&str], units: &[UnitId], period: &Period) -> Result<Vec<Vec<Value>>, StoreError> {
    let plan = Plan::of(all(), ids);
    if units.len() < MANY || !plan.medians.is_empty() {
        return units.iter().map(|unit| one(tx, &plan, *unit, period)).collect();
    }
    let days = period.numbers();
    let (first, last) = months(days);
    let mut sums: HashMap<UnitId, Vec<i64>> = units.iter().map(|unit| (*unit, plan.blank())).collect();
    tx.each(EVERYBODY, p![first, last], |row| match sums.get_mut(&row.id(0)?) {
        Some(sums) => plan.add(sums, row.blob(2)?, within(row.int(1)?, days)),
        None => Ok(()),
    })?;
    Ok(units.iter().map(|unit| plan.values(sums.get(unit).map_or(&[][..], |sums| sums), &[])).collect())
}

/// A measure taken apart by the existing units right under one, in their fixed order, each with all under it.
/// What is left (its own, that of closed units) comes last under the unit itself, if there is anything.
///
/// # Errors
/// Only the store's.
pub fn by_child(tx: &mut Tx, id: &str, unit: UnitId, period: &Period) -> Result<Vec<(UnitId, Value)>, StoreError> {
    let tree = people::tree(tx)?;
    let children: Vec<UnitId> = tree.children(unit).map(|child| child.id).collect();
    let mut parts: Vec<(UnitId, Value)> = Vec::with_capacity(children.len() + 1);
    for (child, values) in children.iter().zip(by_unit(tx, &[id], &children, period)?) {
        parts.push((*child, values.into_iter().next().unwrap_or_default()));
    }
    let whole = value(tx, id, unit, period)?;
    if !matches!(crate::find(id).map(|measure| measure.kind), Some(Kind::Median)) {
        let num = whole.num - parts.iter().map(|part| part.1.num).sum::<i64>();
        let den = whole.den.map(|den| (den - parts.iter().filter_map(|part| part.1.den).sum::<i64>()).max(0));
        let each = whole.each.map(|each| (each - parts.iter().filter_map(|part| part.1.each).sum::<i64>()).max(0));
        if num > 0 || den.is_some_and(|den| den > 0) {
            parts.push((unit, Value { num: num.max(0), den, each }));
        }
    }
    Ok(parts)
}

/// A measure taken apart by its keys, the largest first. A rate is taken apart as what it is of.
///
/// # Errors
/// Only the store's.
pub fn by_key(tx: &mut Tx, id: &str, unit: UnitId, period: &Period) -> Result<Vec<(String, i64)>, StoreError> {
    let Some(slot) = base_of(id).and_then(|measure| all().slot(measure.id)) else { return Ok(Vec::new()) };
    let mut sums: BTreeMap<String, i64> = BTreeMap::new();
    apart(tx, unit, period.numbers(), |found, key, n| {
        if found == slot && n != 0 {
            *sums.entry(String::from_utf8_lossy(key).into_owned()).or_default() += n;
        }
    })?;
    let mut parts: Vec<(String, i64)> = sums.into_iter().collect();
    parts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    Ok(parts)
}

/// The measure whose events are shown for one: a rate shows what it is of, the people or cases rather than their points.
pub(crate) fn base_of(id: &str) -> Option<&'static Measure> {
    let measure = crate::find(id)?;
    match measure.kind {
        Kind::Rate { den, .. } => crate::find(measure.each.unwrap_or(den)),
        _ => Some(measure),
    }
}

/// A measure over several periods, by one look at the store.
///
/// # Errors
/// Only the store's.
pub fn series(tx: &mut Tx, id: &str, unit: UnitId, periods: &[Period]) -> Result<Vec<Value>, StoreError> {
    let plan = Plan::of(all(), &[id]);
    if !plan.medians.is_empty() {
        return periods.iter().map(|period| value(tx, id, unit, period)).collect();
    }
    let spans: Vec<(i64, i64)> = periods.iter().map(Period::numbers).collect();
    let Some(whole) = spans.iter().copied().reduce(|a, b| (a.0.min(b.0), a.1.max(b.1))) else { return Ok(Vec::new()) };
    let (first, last) = months(whole);
    let mut sums: Vec<Vec<i64>> = spans.iter().map(|_| plan.blank()).collect();
    tx.each(MONTHS, p![unit, first, last], |row| {
        let month = row.int(0)?;
        for (span, sums) in spans.iter().zip(&mut sums) {
            let (begins, ends) = months(*span);
            if (begins..=ends).contains(&month) {
                plan.add(sums, row.blob(1)?, within(month, *span))?;
            }
        }
        Ok(())
    })?;
    Ok(sums.iter().filter_map(|sums| plan.values(sums, &[]).into_iter().next()).collect())
}

/// The position of the log up to which everything is counted.
///
/// # Errors
/// Only the store's.
pub fn as_of(tx: &mut Tx) -> Result<i64, StoreError> {
    Ok(tx.opt(CURSOR, p![NAME], |row| row.int(0))?.unwrap_or(0))
}

/// Walks the rows of one unit by the primary key, the first months first.
const ALL_MONTHS: &Sql = sql!("SELECT month, cells FROM tally WHERE unit = ?1 ORDER BY month");

/// The first day on which each measure counted something for a unit.
///
/// # Errors
/// Only the store's.
pub fn since(tx: &mut Tx, unit: UnitId) -> Result<HashMap<&'static str, base::Date>, StoreError> {
    let ids: HashMap<u16, &'static str> =
        crate::catalogue().iter().filter_map(|measure| Some((all().slot(measure.id)?, measure.id))).collect();
    let mut first = HashMap::new();
    tx.each(ALL_MONTHS, p![unit], |row| {
        let month = first_day(row.int(0)?);
        cells::each(row.blob(1)?, |cell| {
            if let Some(id) = ids.get(&cell.slot).filter(|id| !first.contains_key(*id))
                && let Some((day, _)) = cell.days()?.first()
            {
                first.insert(*id, crate::days::date_of(month + i64::from(*day)));
            }
            Ok(())
        })
    })?;
    Ok(first)
}

/// By the index `log_event`.
const POSITION: &Sql = sql!("SELECT pos FROM log WHERE event = ?1");

/// The place of an event in the log.
pub(crate) fn position_of(tx: &mut Tx, event: record::EventId) -> Result<Option<i64>, StoreError> {
    tx.opt(POSITION, p![event], |row| row.int(0))
}
