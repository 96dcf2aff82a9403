//! The one writer thread of a SQLite store, which commits in groups, and the reader threads.
//!
//! The writer takes what is queued, runs the jobs in one transaction, and commits once; when that is on
//! disk, they are answered. A job that fails is undone alone. SAVEPOINTs do that, but cost a fifth of the work, so
//! they are taken only for a while after a job has failed that had written: the first such failure
//! rolls its group back, and the whole group is run again with SAVEPOINTs. Where an error made SQLite
//! drop the transaction, or COMMIT failed, nobody has been told of success yet either, and the
//! others are run again.

use std::time::{Duration, Instant};

use crossbeam_channel::Receiver;

use super::Deadline;
use super::sqlite_move::Mover;
use super::sqlite_sync::Syncer;
use crate::job::{Job, Message};
use crate::{Options, StoreError, Tx};

/// A group is committed after this much work, so that those who wait do not wait for long.
const WORK: Duration = Duration::from_millis(20);
/// A group of this many is committed as soon as the disk has nothing to do: were it to grow until the queue is empty, all
/// who wait would be in one group, and writer and disk would work by turns instead of side by side.
const ENOUGH: usize = 32;
/// Groups that are run with SAVEPOINTs after one had to be rolled back for want of them.
const CAREFUL: u32 = 64;

/// The writer, on its thread.
pub(crate) struct Writer {
    tx: Tx,
    queue: Receiver<Message>,
    group: usize,
    limit: Duration,
    careful: u32,
    syncer: Option<Syncer>,
    mover: Option<Mover>,
}

/// Jobs in the order in which they came.
type Jobs = Vec<Box<dyn Job>>;

/// Why a transaction is not to be committed.
enum Lost {
    /// A job failed after it had written, and no SAVEPOINT stands before it.
    Written,
    /// SQLite dropped the transaction while the job ran.
    Dropped(StoreError),
}

impl Writer {
    /// With a syncer, a commit leaves the log to it; without one, a commit itself waits for the disk.
    pub(crate) fn new(tx: Tx, queue: Receiver<Message>, options: &Options, syncer: Option<Syncer>, mover: Option<Mover>) -> Writer {
        Writer { tx, queue, group: options.group.max(1), limit: options.job_limit, careful: 0, syncer, mover }
    }

    /// Until the store closes.
    pub(crate) fn work(mut self) {
        let mut done = Jobs::with_capacity(self.group);
        // Waits for the first job; a lone one is committed at once, since no timer is involved.
        while let Ok(Some(first)) = self.queue.recv() {
            if !self.round(first, &mut done) {
                break;
            }
        }
    }

    /// One group; false when it was the last one.
    fn round(&mut self, first: Box<dyn Job>, done: &mut Jobs) -> bool {
        let (queue, began) = (self.queue.clone(), Instant::now());
        let (mut first, mut left, mut stop) = (Some(first), self.group, false);
        let careful = self.careful > 0;
        self.careful = self.careful.saturating_sub(1);
        self.commit_group(careful, done, &mut || {
            if left == 0 || stop {
                return None;
            }
            left -= 1;
            if let Some(first) = first.take() {
                return Some(first);
            }
            if began.elapsed() > WORK {
                return None;
            }
            match queue.try_recv() {
                Ok(Some(job)) => Some(job),
                Ok(None) => {
                    stop = true;
                    None
                }
                Err(_) => None,
            }
        });
        if !done.is_empty() {
            self.again(std::mem::take(done));
        }
        !stop
    }

    /// Those who lost their transaction through a neighbour are run again together, and those who lose
    /// it again each in a transaction of its own, where only the guilty one fails.
    fn again(&mut self, lost: Jobs) {
        let mut rest = lost.into_iter();
        let mut still = Jobs::new();
        self.commit_group(true, &mut still, &mut || rest.next());
        for job in still.into_iter().chain(rest) {
            let (mut one, mut done) = (Some(job), Jobs::new());
            self.commit_group(true, &mut done, &mut || one.take());
        }
    }

    /// Runs the jobs that `next` gives in one transaction and answers them. What is in `done`
    /// afterwards has to be run again; a careful group of one job never leaves anything there.
    fn commit_group(&mut self, careful: bool, done: &mut Jobs, next: &mut dyn FnMut() -> Option<Box<dyn Job>>) {
        let mut begun = None;
        loop {
            if !careful && done.len() >= ENOUGH && self.syncer.as_ref().is_some_and(Syncer::is_idle) {
                break;
            }
            let Some(mut job) = next() else { break };
            if !job.wanted() {
                continue;
            }
            // Asked once for the group: where another process holds the file for long, all of it is
            // refused together, instead of each job after a wait of its own.
            let begin = || self.syncer.as_ref().and_then(Syncer::refusal).map_or_else(|| self.tx.control("BEGIN IMMEDIATE"), Err);
            if let Err(error) = begun.get_or_insert_with(begin) {
                refuse(job, error.clone());
                continue;
            }
            let ran = if careful { self.run_careful(&mut *job) } else { self.run(&mut *job) };
            match ran {
                Ok(()) => done.push(job),
                Err(Lost::Dropped(error)) => {
                    refuse(job, error);
                    return;
                }
                Err(Lost::Written) => {
                    self.end();
                    self.careful = CAREFUL;
                    done.push(job);
                    return;
                }
            }
        }
        if begun != Some(Ok(())) {
            self.tx.take_fault();
            return;
        }
        match self.tx.control("COMMIT") {
            Ok(()) => {
                match &self.syncer {
                    Some(syncer) => syncer.committed(std::mem::replace(done, Jobs::with_capacity(self.group))),
                    None => done.drain(..).for_each(Job::answer),
                }
                if let Some(mover) = &mut self.mover {
                    mover.changed(self.tx.changes());
                }
            }
            Err(error) => {
                self.end();
                if done.len() == 1 {
                    done.drain(..).for_each(|job| refuse(job, error.clone()));
                }
            }
        }
    }

    /// One job without a SAVEPOINT: enough when it succeeds, or fails before it has written. A failed
    /// statement has undone itself.
    fn run(&mut self, job: &mut dyn Job) -> Result<(), Lost> {
        let before = self.tx.changes();
        let well = self.run_limited(job)?;
        if well || self.tx.changes() == before { Ok(()) } else { Err(Lost::Written) }
    }

    /// One job in a SAVEPOINT of its own.
    fn run_careful(&mut self, job: &mut dyn Job) -> Result<(), Lost> {
        self.tx.control("SAVEPOINT job").map_err(Lost::Dropped)?;
        let well = self.run_limited(job)?;
        let mut end = if well { Ok(()) } else { self.tx.control("ROLLBACK TO job") };
        if end.is_ok() {
            end = self.tx.control("RELEASE job");
        }
        end.map_err(|error| {
            self.end();
            Lost::Dropped(error)
        })
    }

    fn run_limited(&mut self, job: &mut dyn Job) -> Result<bool, Lost> {
        self.tx.limit(Deadline::after(self.limit));
        let well = self.tx.run(job);
        self.tx.limit(Deadline(None));
        let fault = self.tx.take_fault();
        if self.tx.stands() {
            return Ok(well);
        }
        Err(Lost::Dropped(fault.map_or(StoreError::Other("the transaction was lost".into()), |fault| fault.error)))
    }

    /// Leaves no transaction open behind a failure.
    fn end(&mut self) {
        if self.tx.stands()
            && let Err(error) = self.tx.control("ROLLBACK")
        {
            tracing::error!(%error, "a transaction could not be rolled back");
        }
        self.tx.take_fault();
    }
}

fn refuse(mut job: Box<dyn Job>, error: StoreError) {
    job.fail(error);
    job.answer();
}

/// One of the reader threads: each job sees one snapshot, and nothing is ever written.
pub(crate) fn read(mut tx: Tx, queue: &Receiver<Message>, limit: Duration) {
    while let Ok(Some(mut job)) = queue.recv() {
        if !job.wanted() {
            continue;
        }
        match tx.control("BEGIN") {
            Ok(()) => {
                tx.limit(Deadline::after(limit));
                tx.run(&mut *job);
                tx.limit(Deadline(None));
                if tx.stands()
                    && let Err(error) = tx.control("COMMIT")
                {
                    tracing::error!(%error, "a read could not be ended");
                }
                job.answer();
            }
            Err(error) => refuse(job, error),
        }
        tx.take_fault();
    }
}
