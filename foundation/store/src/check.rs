//! What replaces a compiler's look at the statements: each is prepared on a migrated store of either
//! engine, and on SQLite its plan is read for scans of whole tables.

use crate::engine::{postgres_open, sqlite};
use crate::names::Names;
use crate::{Database, Sql, Store, all_statements, sql};

/// Prepares every statement of the program on the store; one line for each that fails, with its place.
pub fn check_statements(store: &Store) -> Vec<String> {
    match store.database() {
        Database::Sqlite { .. } => on_sqlite(store, |conn, sql| {
            let failed = conn.prepare(sql.text()).map(drop).err();
            failed.map(|error| vec![sqlite::fault(&Names::default(), &error, &sql.place()).error.to_string()]).unwrap_or_default()
        }),
        Database::Postgres { url, schema } => postgres_open::apart(|| match postgres_open::client(url, schema) {
            Ok(mut client) => {
                let mut failed = Vec::new();
                for sql in all_statements() {
                    if let Err(error) = client.prepare(&sql::numbered(sql.text())) {
                        let words = error.as_db_error().map_or_else(|| error.to_string(), |db| db.message().to_owned());
                        failed.push(format!("{}: {words}", sql.place()));
                    }
                }
                failed
            }
            Err(error) => vec![error],
        }),
    }
}

/// The statements that read a whole table on SQLite, with the step of the plan that does; to be held
/// against a short list of those that may. Empty on PostgreSQL, whose plans depend on what the tables hold.
pub fn full_scans(store: &Store) -> Vec<String> {
    on_sqlite(store, |conn, sql| {
        let plan = || -> rusqlite::Result<Vec<String>> {
            let mut explain = conn.prepare(&format!("EXPLAIN QUERY PLAN {}", sql.text()))?;
            for at in 1..=explain.parameter_count() {
                explain.raw_bind_parameter(at, rusqlite::types::Null)?;
            }
            let mut steps = Vec::new();
            let mut rows = explain.raw_query();
            while let Some(row) = rows.next()? {
                steps.push(row.get(3)?);
            }
            Ok(steps)
        };
        // A scan through an index that covers the statement in its order is what a listing does; one
        // of a subquery or of VALUES reads no table.
        let whole = |step: &String| {
            step.starts_with("SCAN ") && !step.contains(" USING ") && !step.contains("SUBQUERY") && !step.contains("CONSTANT ROW")
        };
        plan().unwrap_or_default().into_iter().filter(whole).map(|step| format!("{}: {step}", sql.place())).collect()
    })
}

fn on_sqlite(store: &Store, look: impl Fn(&rusqlite::Connection, &Sql) -> Vec<String>) -> Vec<String> {
    let Database::Sqlite { file } = store.database() else { return Vec::new() };
    match sqlite::connect(file, sqlite::Role::Read) {
        Ok(conn) => all_statements().iter().flat_map(|sql| look(&conn, sql)).collect(),
        Err(error) => vec![error.to_string()],
    }
}
