//! Verifying: the log and its tree recomputed, every signed head compared with it, every event accounted
//! for, every module's state recomputed from the events and compared with its tables, every reader
//! rebuilt and compared.
//!
//! The log only grows, so it is walked page by page, on as many threads as there are. What was written meanwhile, what waits, and all
//! tables are then compared on one snapshot, so that a store in use can be verified. The readers are
//! rebuilt in a transaction that is rolled back. These two are one job each: a caller with a large
//! store opens it with a long `job_limit`.

use std::sync::{Arc, Mutex, PoisonError};

use base::Id;
use store::{Row, Sql, Store, StoreError, Tx, p, sql};

pub use self::differ::{Cell, Difference, How, Rows, differ, same};
use self::pages::Page;
pub use self::report::{Finding, MOST, Part, Report};
use self::report::{Said, beside, said};
use self::tree::TreeWalk;
use crate::append::from_row;
use crate::event::{BadFacts, BadRow, Event, KindInfo};
use crate::reader::{AdvanceError, Reader, advance, reset};
use crate::sequence::{Refused, head};
use crate::settle::SettleFold;

mod differ;
mod pages;
mod report;
mod tree;

/// A module's state, recomputed from events.
pub trait Fold: Send {
    /// Take in one event, of whatever kind: others' are passed over. They come in the order of the log.
    ///
    /// # Errors
    /// [`BadFacts`] when its facts cannot be read or cannot have happened.
    fn apply(&mut self, event: &Event) -> Result<(), BadFacts>;

    /// Compare the state with the tables.
    ///
    /// # Errors
    /// Only the store's.
    fn compare(&self, tx: &mut Tx) -> Result<Vec<Difference>, StoreError>;
}

/// Makes an empty fold; a module gives it.
pub type NewFold = fn() -> Box<dyn Fold>;

/// Verify a whole store.
///
/// # Errors
/// The store's, when something could not be read; what does not agree is in the report.
pub fn verify(store: &Store, folds: &[NewFold], readers: &[Arc<dyn Reader>]) -> Result<Report, StoreError> {
    let mut report = loop {
        match Walk::new(folds).through(store) {
            Ok(report) => break report,
            // The store ran the last job again, as it may; what it had folded in is lost with it.
            Err(Halted::Again) => {}
            Err(Halted::Store(error)) => return Err(error),
        }
    };
    if !readers.is_empty() {
        let readers = readers.to_vec();
        let rebuilt: Result<(), Undone> = store.write_now(move |tx| {
            let mut found = Report::default();
            for reader in &readers {
                rebuild(tx, &**reader, &mut found)?;
            }
            Err(Undone::Compared(found))
        });
        match rebuilt {
            Ok(()) => {}
            Err(Undone::Compared(found)) => {
                report.findings.extend(found.findings);
                report.more += found.more;
            }
            // What the log already shows to be damaged may well not be readable; and what is out of shape was changed.
            Err(Undone::Store(error)) if !report.is_clean() || out_of_shape(&error) => {
                let zh = error.zh();
                report.add(Part::Reader, None, said!("not rebuilt: {error}", "没有重算：{zh}"));
            }
            Err(Undone::Store(error)) => return Err(error),
        }
    }
    Ok(report)
}

/// Whether this is said of what lies in the tables, not of the store being busy or closed.
fn out_of_shape(error: &StoreError) -> bool {
    matches!(error, StoreError::Misfit { .. } | StoreError::Other(_))
}

/// How the rebuilding of readers ends, always with an error so that nothing of it is kept.
enum Undone {
    Compared(Report),
    Store(StoreError),
}

impl From<StoreError> for Undone {
    fn from(error: StoreError) -> Undone {
        Undone::Store(error)
    }
}

/// Rows that one page of verifying reads: whole tiles of leaves.
const PAGE: i64 = 16 * 256;

/// Walks all of `event`, with point look-ups beside.
const NOWHERE: &Sql = sql!(
    "SELECT e.id FROM event e
     WHERE NOT EXISTS (SELECT 1 FROM log l WHERE l.event = e.id AND l.pos > 0)
       AND e.id NOT IN (SELECT id FROM pending_event) AND e.id NOT IN (SELECT id FROM quarantined_event)
     ORDER BY e.id LIMIT ?1"
);

/// By the narrowest index there is: all events there are.
const ALL: &Sql = sql!("SELECT COUNT(*) FROM event");

/// A table of a few rows.
const ASIDE: &Sql = sql!(
    "SELECT COUNT(*) FROM quarantined_event q JOIN event e ON e.id = q.id
     WHERE NOT EXISTS (SELECT 1 FROM log l WHERE l.event = q.id) AND NOT EXISTS (SELECT 1 FROM pending_event p WHERE p.id = q.id)"
);

/// Walks the primary key of `pending_event`.
const WAITING: &Sql = sql!(
    "SELECT p.seq, p.id, l.pos, e.id, e.kind, e.v, e.recorded_at, e.occurred_at, e.actor_kind, e.actor, e.unit, e.subject,
            e.batch, e.rules_digest, e.facts, e.salt
     FROM pending_event p LEFT JOIN event e ON e.id = p.id LEFT JOIN log l ON l.event = p.id
     WHERE p.seq > ?1 ORDER BY p.seq LIMIT ?2"
);

/// What was set aside and nobody has decided about, or what has a position although somebody left it out.
const SET_ASIDE: &Sql = sql!(
    "SELECT q.id, q.reason, l.pos, q.outcome FROM quarantined_event q LEFT JOIN log l ON l.event = q.id
     WHERE q.outcome IS NULL OR (q.outcome = 'left_out' AND l.pos IS NOT NULL) ORDER BY q.id LIMIT ?1"
);

/// The way through the log, with what was found and folded on it.
struct Walk {
    report: Report,
    folds: Vec<Box<dyn Fold>>,
    tree: TreeWalk,
    /// Events that are in the log or wait for it.
    met: i64,
}

impl Walk {
    fn new(folds: &[NewFold]) -> Walk {
        let mut all: Vec<Box<dyn Fold>> = vec![Box::new(SettleFold::default())];
        all.extend(folds.iter().map(|new| new()));
        Walk { report: Report::default(), folds: all, tree: TreeWalk::default(), met: 0 }
    }

    fn through(mut self, store: &Store) -> Result<Report, Halted> {
        pages::in_order(store, |page| self.page(page))?;
        let walk = Mutex::new(Some(self));
        store.read_now(move |tx| {
            let walk = walk.lock().unwrap_or_else(PoisonError::into_inner).take();
            walk.ok_or(Halted::Again)?.compare(tx).map_err(Halted::Store)
        })
    }

    fn page(&mut self, page: Page) {
        for (pos, words) in page.findings {
            self.report.add(Part::Log, Some(pos), words);
        }
        self.report.size += page.rows;
        self.met += page.met;
        self.tree.page(page.first, page.leaves);
        for event in &page.events {
            self.fold_in(event);
        }
    }

    /// The rest of the log, the queue and the tables, on one snapshot.
    fn compare(mut self, tx: &mut Tx) -> Result<Report, StoreError> {
        let size = head(tx)?.size;
        loop {
            let page = pages::page(tx, self.tree.size(), size)?;
            if page.rows == 0 && self.tree.size() >= size {
                break;
            }
            self.page(page);
        }
        let compared = std::mem::take(&mut self.tree).compare(tx, size, &mut self.report);
        self.in_shape(Part::Log, compared)?;
        let waiting = self.queue(tx);
        self.in_shape(Part::Queue, waiting)?;
        let aside = self.nowhere(tx);
        self.in_shape(Part::Quarantine, aside)?;
        for fold in std::mem::take(&mut self.folds) {
            let found = fold.compare(tx).map(|differences| {
                for difference in differences {
                    self.report.add(Part::State, None, difference.said());
                }
            });
            self.in_shape(Part::State, found)?;
        }
        Ok(self.report)
    }

    /// A row that is not in shape is a finding like another, and the rest is still looked at. What the engine itself could not
    /// do fails the whole job, whatever is made of it here.
    fn in_shape(&mut self, part: Part, looked: Result<(), StoreError>) -> Result<(), StoreError> {
        match looked {
            Err(error) if out_of_shape(&error) => {
                let zh = error.zh();
                self.report.add(part, None, said!("cannot be read: {error}", "读不出来：{zh}"));
                Ok(())
            }
            other => other,
        }
    }

    /// Events that are in no place, and those that were set aside.
    fn nowhere(&mut self, tx: &mut Tx) -> Result<(), StoreError> {
        // Looking for each event takes its time; where as many were met as there are, none is missing.
        let count = |tx: &mut Tx, sql: &'static Sql| tx.one(sql, p![], |row| row.int(0));
        if count(tx, ALL)? != self.met + count(tx, ASIDE)? {
            for id in tx.all(NOWHERE, p![PAGE], |row| row.id::<Id>(0))? {
                let words = said!(
                    "event {id} has no position, does not wait for one and was not set aside",
                    "记录 {id} 既没有编号，也不在等待编号，也没有被搁置"
                );
                self.report.add(Part::Queue, None, words);
            }
        }
        let set_aside = tx.all(SET_ASIDE, p![PAGE], |row| {
            Ok((row.id::<Id>(0)?, Refused::from_code(row.text(1)?), row.opt_int(2)?, row.opt_text(3)?.is_some()))
        })?;
        for (id, reason, pos, left_out) in set_aside {
            let reason_zh = reason.zh();
            let (also, zh) = match (pos.is_some(), left_out) {
                (_, true) => ("; it was left out, and yet it has a position", "；已经排除，却有编号"),
                (true, false) => ("; yet it has a position", "；却有编号"),
                (false, false) => ("", ""),
            };
            self.report.add(Part::Quarantine, pos, said!("event {id}: {reason}{also}", "记录 {id}：{reason_zh}{zh}"));
        }
        Ok(())
    }

    fn queue(&mut self, tx: &mut Tx) -> Result<(), StoreError> {
        let mut last = i64::MIN;
        loop {
            let page = tx.all(WAITING, p![last, PAGE], |row| Ok((row.int(0)?, row.id::<Id>(1)?, row.opt_int(2)?, joined(row, 0)?)))?;
            let Some(end) = page.last().map(|line| line.0) else { return Ok(()) };
            for (_, id, pos, event) in page {
                self.report.pending += 1;
                self.met += i64::from(pos.is_none() && event.is_some());
                let words = match (pos, event) {
                    (None, Some(Ok(event))) => {
                        self.fold_in(&Event { pos: None, ..event });
                        continue;
                    }
                    (Some(_), _) => said!("event {id} has a position and yet waits for one", "记录 {id} 已有编号，却还在等待编号"),
                    (None, None) => said!("event {id} waits for a position and is gone", "记录 {id} 在等待编号，本身却不见了"),
                    (None, Some(Err(bad))) => {
                        let zh = bad.zh();
                        said!("event {id}: {bad}", "记录 {id} 读不出来：{zh}")
                    }
                };
                self.report.add(Part::Queue, pos, words);
            }
            last = end;
        }
    }

    fn fold_in(&mut self, event: &Event) {
        for fold in &mut self.folds {
            if let Err(bad) = fold.apply(event) {
                self.report.add(Part::State, event.pos, Said { en: bad.to_string(), zh: bad.zh() });
            }
        }
    }
}

/// Why a walk did not come to its end.
enum Halted {
    Again,
    Store(StoreError),
}

impl From<StoreError> for Halted {
    fn from(error: StoreError) -> Halted {
        Halted::Store(error)
    }
}

/// The event joined from the fourth column on, if it is there.
pub(crate) fn joined(row: &Row, pos: i64) -> Result<Option<Result<Event, BadRow>>, StoreError> {
    if row.opt_blob(3)?.is_none() { Ok(None) } else { from_row(row, 3, Some(pos)).map(Some) }
}

fn rebuild(tx: &mut Tx, reader: &dyn Reader, found: &mut Report) -> Result<(), StoreError> {
    replay(tx, reader)?;
    let live = reader.dump(tx)?;
    reset(tx, reader)?;
    replay(tx, reader)?;
    let rebuilt = reader.dump(tx)?;
    let all = live.len().max(rebuilt.len());
    if let Some(at) = (0..all).find(|n| live.get(*n) != rebuilt.get(*n)) {
        let name = reader.name();
        let (live, rebuilt) = beside(live.get(at), rebuilt.get(at));
        let table = rebuilt.as_ref().or(live.as_ref()).and_then(|line| line.split(' ').next()).unwrap_or(name);
        let en = |line: &Option<String>| line.as_ref().map_or_else(|| "nothing more".to_owned(), |line| format!("\"{line}\""));
        let zh = |line: &Option<String>| line.as_ref().map_or_else(|| "到此为止".to_owned(), |line| format!("“{line}”"));
        let said = Said {
            en: format!("{name}: rebuilt it says {}, live it says {}", en(&rebuilt), en(&live)),
            zh: format!("表 {table}：重算是{}，现有的是{}", zh(&rebuilt), zh(&live)),
        };
        found.add(Part::Reader, None, said);
    }
    Ok(())
}

fn replay(tx: &mut Tx, reader: &dyn Reader) -> Result<(), StoreError> {
    loop {
        match advance(tx, reader, 2_000) {
            Ok(0) => return Ok(()),
            Ok(_) => {}
            // Within one transaction nobody else can move it.
            Err(AdvanceError::Lost) => {
                let name = reader.name();
                return Err(StoreError::misfit(format!("reader {name} does not move on"), format!("{name} 读不下去")));
            }
            Err(AdvanceError::Store(error)) => return Err(error),
        }
    }
}

/// Walks all of `event`.
const KINDS: &Sql = sql!("SELECT DISTINCT kind, v FROM event ORDER BY kind, v");

/// The kinds and versions in the store that this program cannot read: what a newer one has written.
///
/// # Errors
/// Only the store's.
pub fn unknown_kinds(tx: &mut Tx, kinds: &[KindInfo]) -> Result<Vec<(String, i64)>, StoreError> {
    let mut found = tx.all(KINDS, p![], |row| Ok((row.text(0)?.to_owned(), row.int(1)?)))?;
    found.retain(|(name, v)| !kinds.iter().any(|kind| kind.name == name && *v <= kind.v));
    Ok(found)
}
