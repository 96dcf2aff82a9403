//! Opens a PostgreSQL store: schema, migrations, the threads and their connections.

use std::sync::{Arc, RwLock};
use std::thread;
use std::time::Duration;

use base::Time;
use postgres::error::SqlState;
use postgres::{Client, Config};

use super::Engine;
use super::postgres::fault;
use super::postgres_tls::{self, Tls};
use super::postgres_worker::{Role, Worker};
use crate::migrate::{self, Migration, Target};
use crate::store::Running;
use crate::{OpenError, Options, StoreError};

/// The oldest server that the product is tested with, as PostgreSQL numbers it.
const OLDEST: i64 = 150_000;
/// Tries of a statement that two processes may run at the same moment.
const TRIES: u32 = 20;

pub(crate) fn open(url: &str, schema: &str, options: &Options, trees: &[&'static [Migration]], now: Time) -> Result<Running, OpenError> {
    let (config, tls) = configured(url)?;
    if !is_schema_name(schema) {
        return Err(OpenError::Schema(schema.into()));
    }
    let mut migrating = config.clone();
    migrating.options(&format!("-c search_path={schema}"));
    apart(|| {
        let mut client = config.connect(tls.clone()).map_err(|error| unreachable(&error))?;
        check_server(&mut client)?;
        make_schema(&mut client, schema).map_err(|error| OpenError::Open(error.to_string()))?;
        let mut client = migrating.connect(tls.clone()).map_err(|error| unreachable(&error))?;
        migrate::run(&mut client, trees, now)
    })?;

    let mut working = config;
    working.options(&format!("-c search_path={schema} -c statement_timeout={}", options.job_limit.as_millis()));
    let threads = |role: Role, count: usize| {
        let turn = Arc::new(RwLock::new(()));
        let (send, queue) = crossbeam_channel::bounded(options.queue.max(1));
        let mut threads = Vec::new();
        for number in (0..).take(count.max(1)) {
            let (config, tls, turn, queue) = (working.clone(), tls.clone(), turn.clone(), queue.clone());
            let worker = Worker { config, tls, role, limit: options.job_limit, number, turn, tx: None, waits: 0 };
            let name = if role == Role::Write { format!("store-write-{number}") } else { format!("store-read-{number}") };
            let thread = thread::Builder::new().name(name).spawn(move || worker.work(&queue));
            threads.push(thread.map_err(|error| OpenError::Open(error.to_string()))?);
        }
        Ok::<_, OpenError>((send, threads))
    };
    let (writes, writers) = threads(Role::Write, options.pg_writers)?;
    let (reads, readers) = threads(Role::Read, options.readers)?;
    Ok(Running { writes, reads, writers, readers })
}

/// Runs something that blocks on a connection apart from the caller, who may be inside a runtime, where
/// the client would panic.
pub(crate) fn apart<T: Send>(f: impl FnOnce() -> T + Send) -> T {
    thread::scope(|scope| match scope.spawn(f).join() {
        Ok(value) => value,
        Err(panic) => std::panic::resume_unwind(panic),
    })
}

/// A client on the schema, without limits, for checks and tests; only to be used [`apart`].
pub(crate) fn client(url: &str, schema: &str) -> Result<Client, String> {
    let (mut config, tls) = configured(url).map_err(|error| error.to_string())?;
    config.options(&format!("-c search_path={schema}"));
    config.connect(tls).map_err(|error| error.to_string())
}

/// Removes a test's schema and all that is in it.
pub(crate) fn drop_schema(url: &str, schema: &str) -> Result<(), String> {
    apart(|| client(url, schema)?.batch_execute(&format!("DROP SCHEMA IF EXISTS {schema} CASCADE")).map_err(|error| error.to_string()))
}

fn configured(url: &str) -> Result<(Config, Tls), OpenError> {
    let (mut config, tls) = postgres_tls::read(url).map_err(|why| OpenError::Open(format!("PostgreSQL: {why}")))?;
    config.application_name("lianxin").connect_timeout(Duration::from_secs(5));
    Ok((config, tls))
}

/// The error without the URL, which holds a password.
fn unreachable(error: &postgres::Error) -> OpenError {
    OpenError::Open(format!("PostgreSQL: {}", postgres_tls::explain(error)))
}

fn is_schema_name(name: &str) -> bool {
    let letters = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_';
    name.len() <= 48 && name.starts_with(|first: char| first.is_ascii_lowercase()) && name.chars().all(letters)
}

fn check_server(client: &mut Client) -> Result<(), OpenError> {
    let mut setting = |name: &str| -> Result<String, OpenError> {
        let row = client.query_one("SELECT current_setting($1)", &[&name]).map_err(|error| unreachable(&error))?;
        row.try_get(0).map_err(|error| unreachable(&error))
    };
    let version: i64 = setting("server_version_num")?.parse().unwrap_or(0);
    if version < OLDEST {
        return Err(OpenError::Unfit(format!("PostgreSQL 15 or newer is wanted; the server is {}.", setting("server_version")?)));
    }
    let encoding = setting("server_encoding")?;
    if encoding != "UTF8" {
        return Err(OpenError::Unfit(format!(
            "The PostgreSQL database is encoded in {encoding}; UTF8 is wanted, or Chinese text would be lost. Make the database anew with ENCODING 'UTF8' TEMPLATE template0."
        )));
    }
    Ok(())
}

fn make_schema(client: &mut Client, schema: &str) -> Result<(), StoreError> {
    let told = |error: postgres::Error| fault(&error, "").error;
    // A user who may use the schema need not be one who may make it.
    if client.query_one("SELECT to_regnamespace($1) IS NOT NULL", &[&schema]).and_then(|row| row.try_get(0)).map_err(told)? {
        return Ok(());
    }
    together(client, &format!("CREATE SCHEMA IF NOT EXISTS {schema}"))
}

/// `IF NOT EXISTS` does not look and act in one: of two processes at the same moment one gets an error.
fn together(client: &mut Client, sql: &str) -> Result<(), StoreError> {
    for _ in 1..TRIES {
        match client.batch_execute(sql) {
            Err(error)
                // A table brings a type of its name: that one may be what the other made first.
                if [&SqlState::UNIQUE_VIOLATION, &SqlState::DUPLICATE_SCHEMA, &SqlState::DUPLICATE_TABLE, &SqlState::DUPLICATE_OBJECT]
                    .iter()
                    .any(|code| error.code() == Some(code)) => {}
            done => return done.map_err(|error| fault(&error, "").error),
        }
    }
    client.batch_execute(sql).map_err(|error| fault(&error, "").error)
}

impl Target for Client {
    fn engine(&self) -> Engine {
        Engine::Postgres
    }

    fn make_table(&mut self) -> Result<(), StoreError> {
        let sql = migrate::worded(migrate::TABLE, Engine::Postgres).map_err(StoreError::Other)?;
        together(self, &sql)
    }

    fn applied(&mut self) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
        let told = |error: postgres::Error| fault(&error, "").error;
        let rows = self.query("SELECT name, digest FROM migration ORDER BY name", &[]).map_err(told)?;
        rows.iter().map(|row| Ok((row.try_get(0).map_err(told)?, row.try_get(1).map_err(told)?))).collect()
    }

    /// Another process that applies the same migration waits at the INSERT until this one has committed.
    fn apply(&mut self, name: &str, digest: &[u8], now: Time, sql: &str) -> Result<bool, StoreError> {
        let told = |error: postgres::Error| fault(&error, "").error;
        let mut tx = self.transaction().map_err(told)?;
        let insert = "INSERT INTO migration (name, digest, applied_at) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING";
        if tx.execute(insert, &[&name, &digest, &now.0]).map_err(told)? == 0 {
            return Ok(false);
        }
        tx.batch_execute(sql).map_err(told)?;
        tx.commit().map_err(told)?;
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::is_schema_name;

    #[test]
    fn schema_names() {
        assert!(is_schema_name("district_350102") && is_schema_name("a"));
        for wrong in ["", "1a", "A", "a-b", "a b", "a\"b", "区", &"a".repeat(49)] {
            assert!(!is_schema_name(wrong), "{wrong}");
        }
    }
}
