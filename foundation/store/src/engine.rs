//! The two engines, each behind the same few calls of [`crate::Tx`].

pub(crate) mod postgres;
pub(crate) mod postgres_open;
pub(crate) mod postgres_tls;
pub(crate) mod postgres_worker;
pub(crate) mod sqlite;
pub(crate) mod sqlite_move;
pub(crate) mod sqlite_open;
pub(crate) mod sqlite_sync;
pub(crate) mod sqlite_writer;

use std::time::{Duration, Instant};

use crate::StoreError;

/// Which engine a store stands on. For diagnostics and tests: no code outside this crate branches on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// The embedded SQLite.
    Sqlite,
    /// A PostgreSQL server.
    Postgres,
}

/// A statement's failure, and what it means for the transaction around it.
#[derive(Debug, Clone)]
pub(crate) struct Fault {
    pub(crate) error: StoreError,
    pub(crate) remedy: Remedy,
}

/// What can be done about a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Remedy {
    /// The job fails.
    None,
    /// The job is run again: another transaction was in its way.
    Retry,
    /// The same, after its statements were prepared anew.
    Prepare,
    /// The job is run again on a new connection: this one broke.
    Reconnect,
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Fault {
        Fault { error, remedy: Remedy::None }
    }
}

/// When the job that runs now must have ended.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deadline(pub(crate) Option<Instant>);

impl Deadline {
    pub(crate) fn after(limit: Duration) -> Deadline {
        Deadline(Instant::now().checked_add(limit))
    }

    pub(crate) fn passed(self) -> bool {
        self.0.is_some_and(|at| Instant::now() > at)
    }
}
