//! The events under a number, newest first, a page at a time.
//!
//! The tallies say on which days of a unit something was counted; only the rows of those days are read,
//! and of them only the events that a page shows.

use std::fmt;
use std::str::FromStr;

use base::{Id, Time, UnitId};
use record::measure::Kind;
use record::{EventId, Line};
use store::{Sql, StoreError, Tx, p, sql};

use crate::catalogue::all;
use crate::cells;
use crate::days::{day_of, first_day, month_of};
use crate::delta;
use crate::period::Period;
use crate::read::base_of;

/// An event that was counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// The event.
    pub event: EventId,
    /// What it happened to.
    pub subject: Id,
    /// The time it counts for.
    pub at: Time,
    /// The unit it counts for itself.
    pub unit: UnitId,
    /// Its place in the log.
    pub pos: i64,
    /// How much it counts.
    pub n: i64,
    /// How much of it stands above the line, where the number is a rate.
    pub above: i64,
}

/// Where the next page begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct After {
    day: i64,
    pos: i64,
}

impl Case {
    /// The page after this one.
    pub fn after(&self) -> After {
        After { day: day_of(self.at), pos: self.pos }
    }
}

impl fmt::Display for After {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.day, self.pos)
    }
}

impl FromStr for After {
    type Err = ();

    fn from_str(text: &str) -> Result<After, ()> {
        let (day, pos) = text.split_once('.').ok_or(())?;
        Ok(After { day: day.parse().map_err(drop)?, pos: pos.parse().map_err(drop)? })
    }
}

/// By the primary key.
const MONTHS: &Sql = sql!("SELECT month, cells FROM tally WHERE unit = ?1 AND month BETWEEN ?2 AND ?3 ORDER BY month DESC");
/// By the primary key, a row for each unit that counted something that day.
const OF_DAY: &Sql = sql!("SELECT unit, cases FROM tally_case WHERE day = ?1");
/// By the primary key of `log`, and the event by its own.
const AT: &Sql = sql!(
    "SELECT e.id, e.kind, e.recorded_at, e.occurred_at, e.unit, e.subject, e.facts
     FROM log l JOIN event e ON e.id = l.event WHERE l.pos = ?1"
);

/// The events under a number, newest first, at most `limit` of them. A rate shows what it is of.
///
/// # Errors
/// Only the store's.
pub fn cases(tx: &mut Tx, id: &str, unit: UnitId, period: &Period, after: Option<After>, limit: usize) -> Result<Vec<Case>, StoreError> {
    let Some(slot) = base_of(id).and_then(|measure| all().slot(measure.id)) else { return Ok(Vec::new()) };
    let above = match crate::find(id).map(|measure| measure.kind) {
        Some(Kind::Rate { num, .. }) => all().slot(num),
        _ => None,
    };
    let tree = people::tree(tx)?;
    let (from, to) = period.numbers();
    let to = after.map_or(to, |after| after.day.min(to));
    let mut days = Vec::new();
    tx.each(MONTHS, p![unit, month_of(from).0, month_of(to).0], |row| {
        let first = first_day(row.int(0)?);
        cells::each(row.blob(1)?, |cell| {
            if cell.slot == slot && cell.key.is_empty() {
                days.extend(cell.days()?.into_iter().map(|(day, _)| first + i64::from(day)).filter(|day| (from..=to).contains(day)));
            }
            Ok(())
        })
    })?;
    days.sort_unstable_by(|a, b| b.cmp(a));
    let mut found = Vec::new();
    for day in days {
        let mut positions: Vec<i64> = Vec::new();
        tx.each(OF_DAY, p![day], |row| {
            let own = row.id(0)?;
            if own != unit && !tree.is_within(own, unit) {
                return Ok(());
            }
            cells::each_case(row.blob(1)?, |found, all| {
                if found == slot {
                    positions.extend_from_slice(all);
                }
            })
        })?;
        positions.sort_unstable_by(|a, b| b.cmp(a));
        for pos in positions {
            if after.is_some_and(|after| After { day, pos } >= after) {
                continue;
            }
            if let Some(case) = case(tx, (slot, above), pos)? {
                found.push(case);
                if found.len() == limit {
                    return Ok(found);
                }
            }
        }
    }
    Ok(found)
}

/// The event at a position, as this measure counts it.
fn case(tx: &mut Tx, (slot, above): (u16, Option<u16>), pos: i64) -> Result<Option<Case>, StoreError> {
    let found = tx.opt(AT, p![pos], |row| {
        let line = Line {
            pos,
            kind: row.text(1)?,
            recorded_at: row.time(2)?,
            occurred_at: row.time(3)?,
            unit: row.opt_id(4)?,
            subject: row.id(5)?,
            facts: row.text(6)?,
        };
        let all = delta::counted(all(), &line);
        let above = all.iter().filter(|counted| Some(counted.slot) == above).map(|counted| counted.n).sum();
        let counted = all.into_iter().find(|counted| counted.slot == slot);
        Ok(counted.map(|counted| (row.id(0), line.subject, counted, above)))
    })?;
    match found.flatten() {
        Some((event, subject, counted, above)) => {
            Ok(Some(Case { event: event?, subject, at: counted.at, unit: counted.unit, pos, n: counted.n, above }))
        }
        None => Ok(None),
    }
}

/// What one event of the log counts as: the measure's id, the unit itself, the time, how much.
pub fn counted(event: &record::Event) -> Vec<(&'static str, UnitId, Time, i64)> {
    let slots = all();
    delta::counted(slots, &Line::of(event))
        .into_iter()
        .filter_map(|counted| {
            let id = crate::catalogue().iter().find(|measure| slots.slot(measure.id) == Some(counted.slot))?.id;
            Some((id, counted.unit, counted.at, counted.n))
        })
        .collect()
}
