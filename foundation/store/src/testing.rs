//! Stores for tests: fresh ones on either engine that leave nothing behind.
//!
//! SQLite always runs. PostgreSQL runs where the environment variable `LIANXIN_TEST_PG` holds the URL of
//! a server on which schemas may be made; without it the PostgreSQL half says that it skipped.
#![expect(clippy::expect_used, clippy::print_stderr, clippy::panic, reason = "for tests only: what fails here fails the test")]

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use base::Time;

use crate::{Database, Engine, Migration, Options, Sql, Store, StoreError};

/// The instant at which test stores are made: 2026-11-21 09:00 in +08:00.
pub const NOW: Time = Time(1_795_222_800_000_000);

/// The environment variable that holds the URL of a PostgreSQL server for tests.
pub const PG_VARIABLE: &str = "LIANXIN_TEST_PG";

/// A place for a database, and a directory beside it, both gone when this is dropped.
pub struct Place {
    /// Where the database lies.
    pub database: Database,
    /// A directory for blobs and other files.
    pub directory: PathBuf,
}

impl Place {
    /// A place on this engine; `None` where no PostgreSQL server is given for tests.
    pub fn fresh(engine: Engine) -> Option<Place> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("lianxin_test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let database = |directory: &Path| match engine {
            Engine::Sqlite => Some(Database::Sqlite { file: directory.join("district.db") }),
            Engine::Postgres => {
                let url = std::env::var(PG_VARIABLE).ok().filter(|url| !url.is_empty())?;
                crate::engine::postgres_open::drop_schema(&url, &name).expect("the PostgreSQL server for tests");
                Some(Database::Postgres { url, schema: name.clone() })
            }
        };
        let directory = std::env::temp_dir().join(&name);
        let database = database(&directory)?;
        if directory.exists() {
            std::fs::remove_dir_all(&directory).expect("what an earlier process left");
        }
        std::fs::create_dir_all(&directory).expect("a directory for the test");
        Some(Place { database, directory })
    }

    /// Options for this place: few threads, since many tests run at once; and a limit on jobs that no
    /// busy machine reaches, so that only the tests of the limit itself depend on how long work takes.
    pub fn options(&self) -> Options {
        let job_limit = std::time::Duration::from_secs(120);
        Options { readers: 2, pg_writers: 4, job_limit, blobs: self.directory.join("blobs"), ..Options::default() }
    }

    /// Opens a store here. Opening twice is how tests make two processes of a PostgreSQL store.
    pub fn open(&self, trees: &[&'static [Migration]]) -> Store {
        Store::open(&self.database, &self.options(), trees, NOW).unwrap_or_else(|error| panic!("{error}"))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Database::Postgres { url, schema } = &self.database
            && let Err(error) = crate::engine::postgres_open::drop_schema(url, schema)
        {
            eprintln!("the schema {schema} was left behind: {error}");
        }
        if let Err(error) = std::fs::remove_dir_all(&self.directory) {
            eprintln!("{} was left behind: {error}", self.directory.display());
        }
    }
}

/// Removes what a PostgreSQL schema holds; a file of SQLite is removed with its directory.
///
/// # Errors
/// What the server said.
pub fn clear(database: &Database) -> Result<(), StoreError> {
    match database {
        Database::Postgres { url, schema } => crate::engine::postgres_open::drop_schema(url, schema).map_err(StoreError::Other),
        Database::Sqlite { .. } => Ok(()),
    }
}

/// A fresh store with these migrations, removed when its last clone is dropped; `None` where the
/// engine is not there.
pub fn try_fresh(engine: Engine, trees: &[&'static [Migration]]) -> Option<Store> {
    let place = Place::fresh(engine)?;
    let store = place.open(trees);
    store.keep(place);
    Some(store)
}

/// A fresh store with these migrations, removed when its last clone is dropped.
pub fn fresh(engine: Engine, trees: &[&'static [Migration]]) -> Store {
    try_fresh(engine, trees).unwrap_or_else(|| panic!("{PG_VARIABLE} holds no URL"))
}

/// Runs a case on an engine, or says that it skipped.
pub fn run(engine: Engine, trees: &[&'static [Migration]], case: fn(Store)) {
    match try_fresh(engine, trees) {
        Some(store) => case(store),
        None => eprintln!("skipped: {PG_VARIABLE} holds no URL of a PostgreSQL server"),
    }
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Whole numbers, times and truths.
    Int,
    /// Other numbers.
    Real,
    /// Text.
    Text,
    /// Bytes.
    Blob,
}

/// A column of a table, as a test that tries each of them sees it.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its table.
    pub table: String,
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
}

const SQLITE_COLUMNS: &str = "SELECT m.name, p.name, p.type FROM sqlite_master m JOIN pragma_table_info(m.name) p
     WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' ORDER BY m.name, p.cid";
const POSTGRES_COLUMNS: &str = "SELECT CAST(table_name AS TEXT), CAST(column_name AS TEXT), upper(CAST(data_type AS TEXT))
     FROM information_schema.columns WHERE table_schema = current_schema() ORDER BY table_name, ordinal_position";

/// Every column of every table of a store.
pub fn columns(store: &Store) -> Vec<Column> {
    let sql = statement(match store.engine() {
        Engine::Sqlite => SQLITE_COLUMNS.to_owned(),
        Engine::Postgres => POSTGRES_COLUMNS.to_owned(),
    });
    let all = store.read_now(move |tx| {
        tx.all(sql, &[], |row| {
            let kind = match row.text(2)? {
                "INTEGER" | "BIGINT" => Kind::Int,
                "REAL" | "DOUBLE PRECISION" => Kind::Real,
                "TEXT" => Kind::Text,
                "BLOB" | "BYTEA" => Kind::Blob,
                other => return Err(StoreError::Other(format!("a column of type {other}"))),
            };
            Ok(Column { table: row.text(0)?.to_owned(), name: row.text(1)?.to_owned(), kind })
        })
    });
    all.expect("the tables of a store")
}

/// A statement that a test puts together; the product has only those that stand in its source.
pub fn statement(text: String) -> &'static Sql {
    Box::leak(Box::new(Sql::new(text.leak(), file!(), line!())))
}

/// Tests that run on both engines, each with a store of its own:
///
/// ```text
/// store::both_engines! {
///     [record::MIGRATIONS, people::MIGRATIONS]
///     fn a_unit_is_found(store) { … }
/// }
/// ```
/// makes the tests `a_unit_is_found::sqlite` and `a_unit_is_found::postgres`.
#[macro_export]
macro_rules! both_engines {
    ($trees:tt $($(#[$meta:meta])* fn $name:ident($store:ident) $body:block)+) => {$(
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            $(#[$meta])*
            fn case($store: $crate::Store) $body

            #[test]
            fn sqlite() {
                $crate::testing::run($crate::Engine::Sqlite, &$trees, case);
            }

            #[test]
            fn postgres() {
                $crate::testing::run($crate::Engine::Postgres, &$trees, case);
            }
        }
    )+};
}
