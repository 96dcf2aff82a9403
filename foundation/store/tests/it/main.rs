//! The store's promises, each on both engines: SQLite always, PostgreSQL where `LIANXIN_TEST_PG` names a server.
#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "tests")]

mod blobs;
mod concurrency;
mod group;
mod jobs;
mod migrations;
mod once;
mod statements;
mod values;

use store::testing::Place;
use store::{Engine, Migration, Sql, Store, StoreError, p, sql};

/// Tables that the cases share.
const TABLES: &[Migration] = &[
    Migration { name: "test/0001_note", sql: include_str!("0001_note.sql") },
    Migration { name: "test/0002_counter", sql: include_str!("0002_counter.sql") },
];

const ADD: &Sql = sql!("INSERT INTO note (id, body) VALUES (?1, ?2)");
const COUNT: &Sql = sql!("SELECT COUNT(*) FROM note");
const SUM: &Sql = sql!("SELECT CAST(SUM(n) AS BIGINT) FROM counter");
const START: &Sql = sql!("INSERT INTO counter (id, n) VALUES (?1, 0)");
const NUMBER: &Sql = sql!("SELECT n FROM counter WHERE id = ?1");
const SET: &Sql = sql!("UPDATE counter SET n = ?2 WHERE id = ?1");

/// Adds a note.
fn add(store: &Store, id: i64) -> Result<u64, StoreError> {
    store.write_now(move |tx| tx.exec(ADD, p![id, "x"]))
}

/// How many notes there are.
fn count(store: &Store) -> i64 {
    store.read_now(|tx| tx.one(COUNT, p![], |row| row.int(0))).unwrap()
}

/// A case with a place of its own on an engine, or a word that it was skipped.
fn at(engine: Engine, case: fn(Place)) {
    match Place::fresh(engine) {
        Some(place) => case(place),
        None => eprintln!("skipped: no PostgreSQL server is given"),
    }
}

/// Cases that open their stores themselves.
macro_rules! places {
    ($(fn $name:ident($place:ident) $body:block)+) => {$(
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            fn case($place: store::testing::Place) $body

            #[test]
            fn sqlite() {
                crate::at(store::Engine::Sqlite, case);
            }

            #[test]
            fn postgres() {
                crate::at(store::Engine::Postgres, case);
            }
        }
    )+};
}
use places;
