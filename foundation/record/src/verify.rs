//! Verifying: the log and its tree recomputed, every signed head compared with it, every event accounted
//! for, every module's state recomputed from the events and compared with its tables, every reader
//! rebuilt and compared.
//!
//! The log only grows, so it is walked page by page, on as many threads as there are. What was written meanwhile, what waits, and all
//! tables are then compared on one snapshot, so that a store in use can be verified. The readers are
//! rebuilt in a transaction that is rolled back. These two are one job each: a caller with a large
//! store opens it with a long `job_limit`.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use base::Id;
use store::{Row, Sql, Store, StoreError, Tx, p, sql};

use self::pages::Page;
use self::tree::TreeWalk;
use crate::append::from_row;
use crate::digest::hex;
use crate::event::{BadFacts, Event, KindInfo};
use crate::reader::{AdvanceError, Reader, advance, reset};
use crate::sequence::head;
use crate::settle::SettleFold;

mod pages;
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

/// Where a table is not what the events say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The table.
    pub table: &'static str,
    /// The row, by its id or number.
    pub key: String,
    /// What the events say.
    pub expected: String,
    /// What the table says.
    pub found: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "table {}, {}: by the record {}, in the table {}", self.table, self.key, self.expected, self.found)
    }
}

/// Which part of the record a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The order and its digests.
    Log,
    /// Events that are in no place, or in two.
    Queue,
    /// Events that the sequencer set aside.
    Quarantine,
    /// Facts that cannot be read, or a module's tables.
    State,
    /// A reader's tables.
    Reader,
}

/// Something that does not agree, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Where.
    pub part: Part,
    /// The position in the log, where there is one.
    pub pos: Option<i64>,
    /// What.
    pub words: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = match self.part {
            Part::Log => "log",
            Part::Queue => "queue",
            Part::Quarantine => "set aside",
            Part::State => "state",
            Part::Reader => "reader",
        };
        match self.pos {
            Some(pos) => write!(f, "{part}, position {pos}: {}", self.words),
            None => write!(f, "{part}: {}", self.words),
        }
    }
}

/// What verifying found.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Events with a position.
    pub size: i64,
    /// Events that wait for one.
    pub pending: i64,
    /// The root of the tree that was recomputed, over all events with a position.
    pub head: [u8; 32],
    /// What does not agree, at most [`MOST`] of each part, in the order in which it was found.
    pub findings: Vec<Finding>,
    /// How many more there were.
    pub more: usize,
}

/// Findings of one part that are kept; the rest are counted.
pub const MOST: usize = 50;

impl Report {
    /// Whether everything agrees.
    pub fn is_clean(&self) -> bool {
        self.findings.is_empty() && self.more == 0
    }

    /// The first position of the log at which something does not agree.
    pub fn first_bad(&self) -> Option<i64> {
        self.findings.iter().filter_map(|finding| finding.pos).min()
    }

    fn add(&mut self, part: Part, pos: Option<i64>, words: impl Into<String>) {
        if self.findings.iter().filter(|finding| finding.part == part).count() < MOST {
            self.findings.push(Finding { part, pos, words: words.into() });
        } else {
            self.more += 1;
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} events in the log, {} waiting, root {}", self.size, self.pending, hex(&self.head))?;
        for finding in &self.findings {
            writeln!(f, "{finding}")?;
        }
        match (self.is_clean(), self.more) {
            (true, _) => f.write_str("everything agrees"),
            (false, 0) => write!(f, "{} findings", self.findings.len()),
            (false, more) => write!(f, "{} findings, and {more} more like them", self.findings.len()),
        }
    }
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
            // What the log already shows to be damaged may well not be readable.
            Err(Undone::Store(error)) if !report.is_clean() => report.add(Part::Reader, None, format!("not rebuilt: {error}")),
            Err(Undone::Store(error)) => return Err(error),
        }
    }
    Ok(report)
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
     WHERE NOT EXISTS (SELECT 1 FROM log l WHERE l.event = e.id)
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
        std::mem::take(&mut self.tree).compare(tx, size, &mut self.report)?;
        self.queue(tx)?;
        // Looking for each event takes its time; where as many were met as there are, none is missing.
        let count = |tx: &mut Tx, sql: &'static Sql| tx.one(sql, p![], |row| row.int(0));
        if count(tx, ALL)? != self.met + count(tx, ASIDE)? {
            for id in tx.all(NOWHERE, p![PAGE], |row| row.id::<Id>(0))? {
                self.report.add(Part::Queue, None, format!("event {id} has no position, does not wait for one and was not set aside"));
            }
        }
        let set_aside = tx
            .all(SET_ASIDE, p![PAGE], |row| Ok((row.id::<Id>(0)?, row.text(1)?.to_owned(), row.opt_int(2)?, row.opt_text(3)?.is_some())))?;
        for (id, reason, pos, left_out) in set_aside {
            let also = match (pos.is_some(), left_out) {
                (_, true) => "; it was left out, and yet it has a position",
                (true, false) => "; yet it has a position",
                (false, false) => "",
            };
            self.report.add(Part::Quarantine, pos, format!("event {id}: {reason}{also}"));
        }
        for fold in &self.folds {
            for difference in fold.compare(tx)? {
                self.report.add(Part::State, None, difference.to_string());
            }
        }
        Ok(self.report)
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
                    (Some(_), _) => format!("event {id} has a position and yet waits for one"),
                    (None, None) => format!("event {id} waits for a position and is gone"),
                    (None, Some(Err(reason))) => format!("event {id}: {reason}"),
                };
                self.report.add(Part::Queue, pos, words);
            }
            last = end;
        }
    }

    fn fold_in(&mut self, event: &Event) {
        for fold in &mut self.folds {
            if let Err(bad) = fold.apply(event) {
                self.report.add(Part::State, event.pos, bad.to_string());
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
pub(crate) fn joined(row: &Row, pos: i64) -> Result<Option<Result<Event, String>>, StoreError> {
    if row.opt_blob(3)?.is_none() { Ok(None) } else { from_row(row, 3, Some(pos)).map(Some) }
}

fn rebuild(tx: &mut Tx, reader: &dyn Reader, found: &mut Report) -> Result<(), StoreError> {
    replay(tx, reader)?;
    let live = reader.dump(tx)?;
    reset(tx, reader)?;
    replay(tx, reader)?;
    let rebuilt = reader.dump(tx)?;
    if let Some((live, rebuilt)) = first_difference(&live, &rebuilt) {
        found.add(Part::Reader, None, format!("{}: rebuilt it says {rebuilt}, live it says {live}", reader.name()));
    }
    Ok(())
}

fn first_difference(live: &[String], rebuilt: &[String]) -> Option<(String, String)> {
    let name = |line: Option<&String>| line.map_or_else(|| "nothing more".to_owned(), |line| format!("\"{line}\""));
    let at = (0..live.len().max(rebuilt.len())).find(|n| live.get(*n) != rebuilt.get(*n))?;
    Some((name(live.get(at)), name(rebuilt.get(at))))
}

fn replay(tx: &mut Tx, reader: &dyn Reader) -> Result<(), StoreError> {
    loop {
        match advance(tx, reader, 2_000) {
            Ok(0) => return Ok(()),
            Ok(_) => {}
            // Within one transaction nobody else can move it.
            Err(AdvanceError::Lost) => return Err(StoreError::Other(format!("reader {} does not move on", reader.name()))),
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
