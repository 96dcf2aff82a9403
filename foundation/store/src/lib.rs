//! One transaction API over SQLite and PostgreSQL; blobs; jobs; the only crate that names a database driver.
//!
//! Domain code is plain functions over [`Tx`]. [`Store::write`] and [`Store::read`] carry closures over
//! them to the threads that hold the connections. On SQLite one writer commits in groups; on PostgreSQL
//! each of several threads runs serializable transactions and runs them again where they collided.

mod backup;
pub mod blobs;
mod check;
mod engine;
mod error;
mod job;
pub mod jobs;
mod kept;
mod many;
mod migrate;
mod names;
mod once;
mod row;
mod sql;
mod store;
pub mod testing;
mod tx;
mod value;

pub use backup::BackupError;
pub use blobs::Blobs;
pub use check::{check_statements, full_scans};
pub use engine::Engine;
pub use error::{OpenError, StoreError};
pub use kept::{Chained, Kept};
pub use many::{MANY, many};
pub use migrate::{Migration, count, joined};
pub use once::{KEPT as ANSWERS_KEPT, amend, answered, claim, once, sweep as sweep_answers};
pub use row::Row;
pub use sql::{Sql, all_statements};
pub use store::{Database, Options, Store};
pub use tx::Tx;
pub use value::Val;

#[doc(hidden)]
pub use inventory as __inventory;
#[doc(hidden)]
pub use sql::Registered;
