//! A thread with a connection of its own that takes jobs from the queue: writers run serializable
//! transactions and run them again where they collided, readers see one snapshot each.

use std::sync::{Arc, PoisonError, RwLock};
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::Receiver;
use postgres::Config;

use super::postgres::{Postgres, fault};
use super::postgres_tls::Tls;
use super::{Deadline, Remedy};
use crate::StoreError;
use crate::job::{Job, Message};
use crate::tx::{Conn, Tx};

/// Runs of one job at most.
const RUNS: u32 = 24;
/// Runs that may fail for want of a connection.
const CONNECTS: u32 = 3;
/// After so many collisions a job runs while the other writers of this process stand still.
const PATIENCE: u32 = 5;

/// What a thread does with its connection.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Write,
    Read,
}

/// The thread.
pub(crate) struct Worker {
    pub(crate) config: Config,
    pub(crate) tls: Tls,
    pub(crate) role: Role,
    pub(crate) limit: Duration,
    /// Which thread this is: the seed of its waiting times.
    pub(crate) number: u64,
    /// Held shared by each run, and alone by a job that collided again and again.
    pub(crate) turn: Arc<RwLock<()>>,
    pub(crate) tx: Option<Tx>,
    pub(crate) waits: u64,
}

/// How a run ended.
enum Ended {
    /// The job holds its answer.
    Answered,
    /// It is to be run again.
    Collided(StoreError),
    /// It is to be run again on a new connection.
    Broken(StoreError),
}

impl Worker {
    /// Until the store closes.
    pub(crate) fn work(mut self, queue: &Receiver<Message>) {
        while let Ok(Some(job)) = queue.recv() {
            if job.wanted() {
                self.handle(job);
            }
        }
    }

    fn handle(&mut self, mut job: Box<dyn Job>) {
        let began = Instant::now();
        let mut connects = 0;
        for run in 1..=RUNS {
            let turn = self.turn.clone();
            let ended = if run > PATIENCE && self.role == Role::Write {
                let _alone = turn.write().unwrap_or_else(PoisonError::into_inner);
                self.run(&mut *job)
            } else {
                let _shared = turn.read().unwrap_or_else(PoisonError::into_inner);
                self.run(&mut *job)
            };
            let error = match ended {
                Ended::Answered => break,
                Ended::Collided(error) => error,
                Ended::Broken(error) => {
                    self.tx = None;
                    connects += 1;
                    error
                }
            };
            // This is the answer unless a later run gives a better one.
            job.fail(error);
            if connects >= CONNECTS || began.elapsed() > self.limit * 4 {
                break;
            }
            thread::sleep(self.wait(run));
        }
        job.answer();
    }

    fn run(&mut self, job: &mut dyn Job) -> Ended {
        let (begin, role) = match self.role {
            Role::Write => ("BEGIN ISOLATION LEVEL SERIALIZABLE", Role::Write),
            Role::Read => ("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", Role::Read),
        };
        let limit = self.limit;
        let tx = match self.connected() {
            Ok(tx) => tx,
            Err(error) => return Ended::Broken(error),
        };
        if let Err(error) = tx.control(begin) {
            return Ended::Broken(error);
        }
        tx.limit(Deadline::after(limit));
        let well = tx.run(job);
        tx.limit(Deadline(None));
        if let Some(fault) = tx.take_fault() {
            match fault.remedy {
                Remedy::Reconnect => return Ended::Broken(fault.error),
                Remedy::Prepare => tx.forget(),
                Remedy::None | Remedy::Retry => {}
            }
            if let Err(error) = tx.control("ROLLBACK") {
                return Ended::Broken(error);
            }
            return if fault.remedy == Remedy::None { Ended::Answered } else { Ended::Collided(fault.error) };
        }
        if !well || role == Role::Read {
            // The answer stands whatever becomes of the connection.
            if tx.control("ROLLBACK").is_err() {
                self.tx = None;
            }
            return Ended::Answered;
        }
        let Err(error) = tx.control("COMMIT") else { return Ended::Answered };
        match tx.take_fault().map_or(Remedy::None, |fault| fault.remedy) {
            Remedy::Retry | Remedy::Prepare => Ended::Collided(error),
            Remedy::None => {
                job.fail(error);
                Ended::Answered
            }
            // Neither success nor failure may be told, and running it again might do it twice. Whoever
            // sends the form again finds the first answer if there is one.
            Remedy::Reconnect => {
                self.tx = None;
                job.fail(StoreError::Other("the connection broke while committing: it is not known whether the work was kept".into()));
                Ended::Answered
            }
        }
    }

    fn connected(&mut self) -> Result<&mut Tx, StoreError> {
        let tx = match self.tx.take() {
            Some(tx) if tx.stands() => tx,
            _ => {
                let client = self.config.connect(self.tls.clone()).map_err(|error| fault(&error, "").error)?;
                Tx::over(Conn::Postgres(Box::new(Postgres::over(client))))
            }
        };
        Ok(self.tx.insert(tx))
    }

    /// Up to 1, 2, 4 … 32 ms. The jitter keeps those that collided apart; it comes from a counter,
    /// since nothing here may ask the machine for randomness.
    fn wait(&mut self, run: u32) -> Duration {
        self.waits += 1;
        let mut mixed = (self.number << 32 ^ self.waits).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        mixed = (mixed ^ mixed >> 29).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let most = 1000_u64 << run.min(6).saturating_sub(1);
        Duration::from_micros((mixed ^ mixed >> 32) % most)
    }
}
