//! The one writer thread of a SQLite store, which commits in groups, and the reader threads.
//!
//! The writer takes what is queued, runs each job in a SAVEPOINT of one transaction, commits once, and
//! only then answers. A job that fails is undone alone. Where an error made SQLite drop the whole
//! transaction, or COMMIT failed, nobody has been told of success yet: the others are run again.

use std::time::{Duration, Instant};

use crossbeam_channel::Receiver;

use super::Deadline;
use crate::job::{Job, Message};
use crate::{Options, StoreError, Tx};

/// A group is committed after this much work, so that those who wait do not wait for long.
const WORK: Duration = Duration::from_millis(20);

/// The writer, on its thread.
pub(crate) struct Writer {
    tx: Tx,
    queue: Receiver<Message>,
    group: usize,
    limit: Duration,
    stopping: bool,
}

/// Jobs in the order in which they came.
type Jobs = Vec<Box<dyn Job>>;

impl Writer {
    pub(crate) fn new(tx: Tx, queue: Receiver<Message>, options: &Options) -> Writer {
        Writer { tx, queue, group: options.group.max(1), limit: options.job_limit, stopping: false }
    }

    /// Until the store closes.
    pub(crate) fn work(mut self) {
        let mut done = Jobs::with_capacity(self.group);
        while !self.stopping {
            // Waits for the first job; a lone one is committed at once, since no timer is involved.
            let Ok(Some(first)) = self.queue.recv() else { break };
            self.round(first, &mut done);
        }
    }

    fn round(&mut self, first: Box<dyn Job>, done: &mut Jobs) {
        let mut first = Some(first);
        let began = Instant::now();
        let (queue, mut left, mut stop) = (self.queue.clone(), self.group, false);
        self.commit_group(done, &mut || {
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
        self.stopping |= stop;
        if !done.is_empty() {
            self.again(std::mem::take(done));
        }
    }

    /// Those who lost their transaction through a neighbour are run again together, and those who lose
    /// it again each in a transaction of its own, where only the guilty one fails.
    fn again(&mut self, lost: Jobs) {
        let mut rest = lost.into_iter();
        let mut still = Jobs::new();
        self.commit_group(&mut still, &mut || rest.next());
        for job in still.into_iter().chain(rest) {
            let (mut one, mut done) = (Some(job), Jobs::new());
            self.commit_group(&mut done, &mut || one.take());
        }
    }

    /// Runs the jobs that `next` gives in one transaction and answers them. What is in `done`
    /// afterwards was not committed through no fault of its own; a lone job is never among it.
    fn commit_group(&mut self, done: &mut Jobs, next: &mut dyn FnMut() -> Option<Box<dyn Job>>) {
        let mut begun = false;
        while let Some(mut job) = next() {
            if !job.wanted() {
                continue;
            }
            if !begun {
                if let Err(error) = self.tx.control("BEGIN IMMEDIATE") {
                    refuse(job, error);
                    continue;
                }
                begun = true;
            }
            match self.run(&mut *job) {
                Ok(()) => done.push(job),
                Err(error) => {
                    refuse(job, error);
                    return;
                }
            }
        }
        if !begun {
            return;
        }
        match self.tx.control("COMMIT") {
            Ok(()) => done.drain(..).for_each(Job::answer),
            Err(error) => {
                self.end();
                if done.len() == 1 {
                    done.drain(..).for_each(|job| refuse(job, error.clone()));
                }
            }
        }
    }

    /// One job in its SAVEPOINT. An error says that the whole transaction is gone.
    fn run(&mut self, job: &mut dyn Job) -> Result<(), StoreError> {
        self.tx.control("SAVEPOINT job")?;
        self.tx.limit(Deadline::after(self.limit));
        let well = self.tx.run(job);
        self.tx.limit(Deadline(None));
        let fault = self.tx.take_fault();
        if !self.tx.stands() {
            return Err(fault.map_or(StoreError::Other("the transaction was lost".into()), |fault| fault.error));
        }
        let mut end = if well { Ok(()) } else { self.tx.control("ROLLBACK TO job") };
        if end.is_ok() {
            end = self.tx.control("RELEASE job");
        }
        end.inspect_err(|_| self.end())
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
                    && let Err(error) = tx.control("ROLLBACK")
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
