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
/// What a step may grow to before it is written.
const HEAVY: usize = 400_000;
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
        let Some(from) = store.read_now(far_behind)? else { return Ok(false) };
        let Some(mut step) = gather(store, from)? else { return Ok(false) };
        for left in (0..STEPS).rev() {
            // While one step is written the next is read: the store's writer and a reader of it have a core each.
            let to = step.to;
            let (written, next) = std::thread::scope(|scope| {
                let next = (left > 0).then(|| scope.spawn(move || gather(store, to)));
                (write(store, step), next.map(std::thread::ScopedJoinHandle::join))
            });
            if !written? {
                break;
            }
            match next {
                Some(Ok(found)) => match found? {
                    Some(found) => step = found,
                    None => break,
                },
                Some(Err(panic)) => std::panic::resume_unwind(panic),
                None => break,
            }
        }
        Ok(true)
    }
}

/// A long step of the log, counted.
struct Step {
    from: i64,
    to: i64,
    spread: Spread,
}

/// Where the reader stands, if it is far behind.
fn far_behind(tx: &mut Tx) -> Result<Option<i64>, StoreError> {
    let Some(at) = record::position(tx, &Tallies)? else { return Ok(None) };
    Ok((record::head(tx)?.size - at >= FAR).then_some(at))
}

/// Writes a step, unless the reader was moved meanwhile.
fn write(store: &Store, step: Step) -> Result<bool, StoreError> {
    store.write_now(move |tx| {
        let here = record::skip(tx, &Tallies, step.from, step.to)?;
        if here {
            step.spread.write(tx)?;
        }
        Ok(here)
    })
}

/// Reads a long step of the log, a look at a time so that nobody waits for it. None where nothing follows.
fn gather(store: &Store, from: i64) -> Result<Option<Step>, StoreError> {
    let tree = store.read_now(people::tree)?;
    let delta = Arc::new(Mutex::new(Some(Delta::new(catalogue::all(), tree))));
    let mut at = from;
    loop {
        let shared = Arc::clone(&delta);
        let (next, weight) = store.read_now(move |tx| {
            let mut delta = shared.lock().unwrap_or_else(PoisonError::into_inner);
            // A look that the store begins again would count twice: the whole step is then given up.
            let delta =
                delta.as_mut().filter(|delta| delta.last <= at).ok_or_else(|| StoreError::Other("a look was begun again".into()))?;
            record::lines(tx, at, LOOK, |line| delta.take(line))?;
            Ok::<_, StoreError>((delta.last.max(at), delta.weight()))
        })?;
        let ended = next == at;
        at = next;
        if ended || weight > HEAVY {
            break;
        }
    }
    let Some(delta) = delta.lock().unwrap_or_else(PoisonError::into_inner).take() else { return Ok(None) };
    Ok((at > from).then(|| Step { from, to: at, spread: delta.spread() }))
}
