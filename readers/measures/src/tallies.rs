//! The reader: follows the record batch by batch, and in long steps where it is far behind.

use std::sync::{Arc, Mutex, PoisonError};

use base::UnitId;
use record::{Event, Line, Reader};
use store::{Sql, Store, StoreError, Tx, p, sql};

use crate::catalogue;
use crate::delta::{Delta, Spread};

/// The name under which its cursor stands.
pub(crate) const NAME: &str = "measures";

/// So many events behind, it takes long steps.
const FAR: i64 = 5_000;
/// Events read in one look at the store.
const LOOK: usize = 20_000;
/// Events of a step, which is counted in memory before it is written: some hundred thousand small counters.
const LONG: usize = 100_000;
/// Steps that are read at once.
const READERS: usize = 2;
/// Steps in one go: then whoever asked looks whether it is to stop.
const STEPS: usize = 16;

/// Counts the measures of the catalogue.
#[derive(Debug, Default, Clone, Copy)]
pub struct Tallies;

const CLEAR: &Sql = sql!("DELETE FROM tally");
const CLEAR_APART: &Sql = sql!("DELETE FROM tally_apart");
const CLEAR_CASES: &Sql = sql!("DELETE FROM tally_case");
/// Walks each table whole, for comparing.
const DUMP: &Sql = sql!("SELECT unit, month, cells FROM tally ORDER BY unit, month");
const DUMP_APART: &Sql = sql!("SELECT unit, month, cells FROM tally_apart ORDER BY unit, month");
const DUMP_CASES: &Sql = sql!("SELECT unit, day, cases FROM tally_case ORDER BY day, unit");

impl Reader for Tallies {
    fn name(&self) -> &'static str {
        NAME
    }

    fn version(&self) -> i64 {
        catalogue::all().version
    }

    fn apply(&self, tx: &mut Tx, events: &[Event]) -> Result<(), StoreError> {
        let mut delta = Delta::new(catalogue::all(), people::tree(tx)?);
        for event in events {
            delta.take(&Line::of(event));
        }
        delta.spread().write(tx)
    }

    fn clear(&self, tx: &mut Tx) -> Result<(), StoreError> {
        for sql in [CLEAR, CLEAR_APART, CLEAR_CASES] {
            tx.exec(sql, p![])?;
        }
        Ok(())
    }

    fn dump(&self, tx: &mut Tx) -> Result<Vec<String>, StoreError> {
        let mut lines = Vec::new();
        for (name, sql) in [("tally", DUMP), ("tally_apart", DUMP_APART), ("tally_case", DUMP_CASES)] {
            tx.each(sql, p![], |row| {
                lines.push(format!("{name} {} {} {}", row.id::<UnitId>(0)?, row.int(1)?, record::hex(row.blob(2)?)));
                Ok(())
            })?;
        }
        Ok(lines)
    }

    fn leap(&self, store: &Store) -> Result<bool, StoreError> {
        leap(store, LONG)
    }
}

/// Takes long steps of so many events each, where the reader is far behind.
///
/// # Errors
/// Only the store's.
#[doc(hidden)]
pub fn leap(store: &Store, long: usize) -> Result<bool, StoreError> {
    let Some((from, size)) = store.read_now(far_behind)? else { return Ok(false) };
    let starts: Vec<i64> = (from..size).step_by(long).take(STEPS).collect();
    let mut read: Vec<Step> = Vec::new();
    for some in starts.chunks(READERS) {
        // While what was read is written, what follows is read, by as many as a small machine has cores.
        let (written, next) = std::thread::scope(|scope| {
            let readers: Vec<_> = some.iter().map(|from| scope.spawn(move || gather(store, *from, long))).collect();
            let written = write(store, std::mem::take(&mut read));
            (written, readers.into_iter().map(std::thread::ScopedJoinHandle::join).collect::<Vec<_>>())
        });
        if !written? {
            return Ok(true);
        }
        for step in next {
            read.extend(step.unwrap_or_else(|panic| std::panic::resume_unwind(panic))?);
        }
    }
    write(store, read)?;
    Ok(true)
}

/// A long step of the log, counted.
struct Step {
    from: i64,
    to: i64,
    spread: Spread,
}

/// Where the reader stands and how long the log is, if it is far behind.
fn far_behind(tx: &mut Tx) -> Result<Option<(i64, i64)>, StoreError> {
    let Some(at) = record::position(tx, &Tallies)? else { return Ok(None) };
    let size = record::head(tx)?.size;
    Ok((size - at >= FAR).then_some((at, size)))
}

/// Writes steps, one after another, unless the reader was moved meanwhile.
fn write(store: &Store, steps: Vec<Step>) -> Result<bool, StoreError> {
    for step in steps {
        let here = store.write_now(move |tx| {
            let here = record::skip(tx, &Tallies, step.from, step.to)?;
            if here {
                step.spread.write(tx)?;
            }
            Ok::<_, StoreError>(here)
        })?;
        if !here {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Reads a step of so many events, a look at a time so that nobody waits for it. None where nothing follows.
fn gather(store: &Store, from: i64, long: usize) -> Result<Option<Step>, StoreError> {
    let tree = store.read_now(people::tree)?;
    let delta = Arc::new(Mutex::new(Some(Delta::new(catalogue::all(), tree))));
    let end = from.saturating_add(i64::try_from(long).unwrap_or(i64::MAX));
    let mut at = from;
    while at < end {
        let (shared, most) = (Arc::clone(&delta), usize::try_from(end - at).unwrap_or(LOOK).min(LOOK));
        let next = store.read_now(move |tx| {
            let mut delta = shared.lock().unwrap_or_else(PoisonError::into_inner);
            // A look that the store begins again would count twice: the whole step is then given up.
            let delta =
                delta.as_mut().filter(|delta| delta.last <= at).ok_or_else(|| StoreError::Other("a look was begun again".into()))?;
            record::lines(tx, at, most, |line| delta.take(line))?;
            Ok::<_, StoreError>(delta.last.max(at))
        })?;
        if next == at {
            break;
        }
        at = next;
    }
    let Some(delta) = delta.lock().unwrap_or_else(PoisonError::into_inner).take() else { return Ok(None) };
    Ok((at > from).then(|| Step { from, to: at, spread: delta.spread() }))
}
