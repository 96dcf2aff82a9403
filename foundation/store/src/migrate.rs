//! Migrations: one tree of SQL texts for both engines, applied once each, in order, each in its own
//! transaction with the row that records it, so that processes that start at once do not meet.

use base::Time;
use sha2::{Digest, Sha256};

use crate::engine::Engine;
use crate::{OpenError, StoreError};

/// One change of the tables. Applied changes are never edited; a new one is added.
#[derive(Debug)]
pub struct Migration {
    /// `crate/NNNN_what`, as `concerns/0001_concern`.
    pub name: &'static str,
    /// The text, with the words `@int @real @text @blob @seq @end @clustered` for what the engines name differently.
    pub sql: &'static str,
}

/// The migrations of a crate, from files beside its `src`: `migrations!("concerns", "0001_concern", "0002_photo")`
/// is a `&'static [Migration]`.
#[macro_export]
macro_rules! migrations {
    ($crate_name:literal, $($name:literal),+ $(,)?) => {
        &[$($crate::Migration {
            name: concat!($crate_name, "/", $name),
            sql: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/", $name, ".sql")),
        }),+]
    };
}

/// How many changes these trees have together.
pub const fn count(trees: &[&[Migration]]) -> usize {
    let (mut n, mut tree) = (0, 0);
    while tree < trees.len() {
        n += trees[tree].len();
        tree += 1;
    }
    n
}

/// One tree of several, for a module that brings the tables of parts along: `&joined::<{ count(TREES) }>(TREES)`. What several
/// modules bring along is applied once.
pub const fn joined<const N: usize>(trees: &[&[Migration]]) -> [Migration; N] {
    let mut all = [const { Migration { name: "", sql: "" } }; N];
    let (mut at, mut tree) = (0, 0);
    while tree < trees.len() {
        let mut n = 0;
        while n < trees[tree].len() {
            all[at] = Migration { name: trees[tree][n].name, sql: trees[tree][n].sql };
            (at, n) = (at + 1, n + 1);
        }
        tree += 1;
    }
    all
}

/// The store's own tables.
pub(crate) const OWN: &[Migration] = migrations!("store", "0001_store", "0002_op_key");

/// What a connection does for the runner.
pub(crate) trait Target {
    /// The engine, for its words.
    fn engine(&self) -> Engine;
    /// Makes the table that records migrations, if it is not there.
    fn make_table(&mut self) -> Result<(), StoreError>;
    /// Names and digests of what was applied.
    fn applied(&mut self) -> Result<Vec<(String, Vec<u8>)>, StoreError>;
    /// Records and applies one migration in one transaction; false where another process was first.
    fn apply(&mut self, name: &str, digest: &[u8], now: Time, sql: &str) -> Result<bool, StoreError>;
}

/// The table that records migrations, for either engine.
pub(crate) const TABLE: &str = "CREATE TABLE IF NOT EXISTS migration (
    name @text NOT NULL CONSTRAINT migration_pk PRIMARY KEY,
    digest @blob NOT NULL,
    applied_at @int NOT NULL
) @clustered";

/// Brings the tables up to what the program knows.
pub(crate) fn run(target: &mut dyn Target, trees: &[&'static [Migration]], now: Time) -> Result<(), OpenError> {
    target.make_table().map_err(|error| OpenError::Open(error.to_string()))?;
    let applied = target.applied().map_err(|error| OpenError::Open(error.to_string()))?;
    let known = || trees.iter().flat_map(|tree| tree.iter());
    for (name, digest) in &applied {
        let Some(migration) = known().find(|migration| migration.name == name) else { return Err(OpenError::Newer(name.clone())) };
        if digest_of(migration).as_slice() != digest.as_slice() {
            return Err(OpenError::Edited(name.clone()));
        }
    }
    for migration in known() {
        if applied.iter().any(|(name, _)| name == migration.name) {
            continue;
        }
        let failed = |error: String| OpenError::Migration { name: migration.name.into(), error };
        let sql = worded(migration.sql, target.engine()).map_err(failed)?;
        let first = target.apply(migration.name, &digest_of(migration), now, &sql).map_err(|error| failed(error.to_string()))?;
        // Of a new store nothing was changed: it is made.
        if first && applied.is_empty() {
            tracing::debug!(migration = migration.name, "made tables");
        } else if first {
            tracing::info!(migration = migration.name, "applied a change of the tables");
        }
    }
    Ok(())
}

fn digest_of(migration: &Migration) -> [u8; 32] {
    // A checkout with other line ends is not an edit.
    Sha256::digest(migration.sql.replace('\r', "").as_bytes()).into()
}

/// The text with the engine's own words for ours.
pub(crate) fn worded(sql: &str, engine: Engine) -> Result<String, String> {
    let mut out = String::with_capacity(sql.len() + 64);
    let mut rest = sql;
    while let Some(at) = rest.find('@') {
        out.push_str(&rest[..at]);
        let tail = &rest[at + 1..];
        let end = tail.find(|letter: char| !letter.is_ascii_lowercase()).unwrap_or(tail.len());
        let word = &tail[..end];
        let sqlite = engine == Engine::Sqlite;
        out.push_str(match word {
            "int" => {
                if sqlite {
                    "INTEGER"
                } else {
                    "BIGINT"
                }
            }
            "real" => {
                if sqlite {
                    "REAL"
                } else {
                    "DOUBLE PRECISION"
                }
            }
            // Order by code point on both, whatever the database's locale.
            "text" => {
                if sqlite {
                    "TEXT"
                } else {
                    "TEXT COLLATE \"C\""
                }
            }
            "blob" => {
                if sqlite {
                    "BLOB"
                } else {
                    "BYTEA"
                }
            }
            // A key that grows in the order of insertion, for queues: one that saw another's row comes after it.
            "seq" => {
                if sqlite {
                    "INTEGER PRIMARY KEY"
                } else {
                    "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY"
                }
            }
            "end" => {
                if sqlite {
                    "STRICT"
                } else {
                    ""
                }
            }
            "clustered" => {
                if sqlite {
                    "STRICT, WITHOUT ROWID"
                } else {
                    ""
                }
            }
            other => return Err(format!("\"@{other}\" is not a word of migrations")),
        });
        rest = &tail[end..];
    }
    out.push_str(rest);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words() {
        let text = "CREATE TABLE t (id @blob PRIMARY KEY, n @int, r @real) @clustered; CREATE TABLE u (a @int) @end;";
        assert_eq!(
            worded(text, Engine::Sqlite).as_deref(),
            Ok("CREATE TABLE t (id BLOB PRIMARY KEY, n INTEGER, r REAL) STRICT, WITHOUT ROWID; CREATE TABLE u (a INTEGER) STRICT;")
        );
        assert_eq!(
            worded(text, Engine::Postgres).as_deref(),
            Ok("CREATE TABLE t (id BYTEA PRIMARY KEY, n BIGINT, r DOUBLE PRECISION) ; CREATE TABLE u (a BIGINT) ;")
        );
        assert!(worded("x @number", Engine::Sqlite).is_err());
    }
}
