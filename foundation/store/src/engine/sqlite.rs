//! A SQLite connection: settings, statements, and its errors in the words of [`StoreError`].

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, OpenFlags, ffi};

use super::{Deadline, Fault};
use crate::names::Names;
use crate::row::{Cell, Columns};
use crate::{Row, Sql, StoreError, Val};

/// Statements kept prepared on each connection; the whole product has a few hundred.
const STATEMENTS: usize = 1024;
/// Virtual machine steps between two looks at the clock: well under a millisecond.
const STEPS: i32 = 20_000;
/// How long another process may hold the file before whoever waits is told that it is busy.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a connection is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Write,
    Read,
}

/// A connection, on the thread that owns it.
pub(crate) struct Sqlite {
    conn: Connection,
    names: Arc<Names>,
    alarm: Arc<Alarm>,
}

/// The deadline as the progress handler sees it.
struct Alarm {
    start: Instant,
    at: AtomicU64,
}

impl Alarm {
    fn set(&self, deadline: Deadline) {
        let at = deadline.0.map_or(u64::MAX, |at| nanos(at.saturating_duration_since(self.start)));
        self.at.store(at, Ordering::Relaxed);
    }

    fn rings(&self) -> bool {
        let at = self.at.load(Ordering::Relaxed);
        at != u64::MAX && nanos(self.start.elapsed()) > at
    }
}

fn nanos(span: Duration) -> u64 {
    u64::try_from(span.as_nanos()).unwrap_or(u64::MAX - 1)
}

/// Opens a connection with the settings that every connection of the product has.
pub(crate) fn connect(file: &Path, role: Role) -> rusqlite::Result<Connection> {
    let create = if role == Role::Write { OpenFlags::SQLITE_OPEN_CREATE } else { OpenFlags::empty() };
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | create;
    let conn = Connection::open_with_flags(file, flags)?;
    conn.busy_timeout(PATIENCE)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY, true)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    // Where a table has a partial index, the planner looks at bound values, and each new value then has the statement
    // compiled anew, which costs more than running it. A plan depends on the statement alone.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    conn.set_prepared_statement_cache_capacity(STATEMENTS);
    if role == Role::Write {
        keep_a_log(&conn)?;
    }
    conn.execute_batch(
        "PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 1073741824; PRAGMA journal_size_limit = 134217728;",
    )?;
    // A larger cache costs the writer more than it saves: where a commit has moved pages about, SQLite
    // looks through all of the cache. What is not in it is read by mmap.
    match role {
        Role::Write => conn.execute_batch("PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = 16000;")?,
        Role::Read => conn.execute_batch("PRAGMA cache_size = -8192; PRAGMA query_only = ON;")?,
    }
    Ok(conn)
}

/// The write-ahead log. Changing to it needs the file alone, and SQLite does not wait for that by itself: where several
/// processes begin on a new file at once, all but one would be refused.
fn keep_a_log(conn: &Connection) -> rusqlite::Result<()> {
    let until = Instant::now() + PATIENCE;
    loop {
        match conn.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(())) {
            Err(rusqlite::Error::SqliteFailure(code, _)) if code.code == rusqlite::ErrorCode::DatabaseBusy && Instant::now() < until => {
                std::thread::sleep(Duration::from_millis(5));
            }
            done => return done,
        }
    }
}

impl Sqlite {
    pub(crate) fn over(mut conn: Connection, names: Arc<Names>) -> rusqlite::Result<Sqlite> {
        let alarm = Arc::new(Alarm { start: Instant::now(), at: AtomicU64::new(u64::MAX) });
        let watch = alarm.clone();
        conn.progress_handler(STEPS, Some(move || watch.rings()))?;
        Ok(Sqlite { conn, names, alarm })
    }

    /// From now on statements are interrupted after the deadline; none between jobs.
    pub(crate) fn limit(&self, deadline: Deadline) {
        self.alarm.set(deadline);
    }

    pub(crate) fn stands(&self) -> bool {
        !self.conn.is_autocommit()
    }

    pub(crate) fn changes(&self) -> u64 {
        self.conn.total_changes()
    }

    pub(crate) fn control(&mut self, text: &'static str) -> Result<(), Fault> {
        let run = || self.conn.prepare_cached(text)?.raw_execute();
        run().map(drop).map_err(|error| fault(&self.names, &error, ""))
    }

    pub(crate) fn exec(&mut self, sql: &'static Sql, params: &[Val<'_>]) -> Result<u64, Fault> {
        self.rows(sql, params, &mut |_| true)?;
        Ok(self.conn.changes())
    }

    pub(crate) fn rows(&mut self, sql: &'static Sql, params: &[Val<'_>], each: &mut dyn FnMut(&Row<'_>) -> bool) -> Result<(), Fault> {
        let told = |error: rusqlite::Error| fault(&self.names, &error, &sql.place());
        let mut statement = self.conn.prepare_cached(sql.text()).map_err(told)?;
        if statement.parameter_count() != params.len() {
            let (wanted, given) = (statement.parameter_count(), params.len());
            return Err(StoreError::Other(format!("{}: {wanted} values are wanted, {given} given", sql.place())).into());
        }
        for (at, value) in params.iter().enumerate() {
            value.check()?;
            statement.raw_bind_parameter(at + 1, value).map_err(told)?;
        }
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next().map_err(told)? {
            if !each(&Row(Columns::Sqlite(row), sql)) {
                break;
            }
        }
        Ok(())
    }
}

impl ToSql for Val<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Val::Null => ValueRef::Null,
            Val::Int(value) => ValueRef::Integer(*value),
            Val::Real(value) => ValueRef::Real(*value),
            Val::Text(text) => ValueRef::Text(text.as_bytes()),
            Val::Blob(bytes) => ValueRef::Blob(bytes),
            Val::Id(id) => ValueRef::Blob(&id.0),
        }))
    }
}

/// A column of a row.
pub(crate) fn cell<'a>(row: &'a rusqlite::Row<'_>, column: usize) -> Result<Cell<'a>, StoreError> {
    let value = row.get_ref(column).map_err(|_| StoreError::Other(format!("the result has no column {column}")))?;
    Ok(match value {
        ValueRef::Null => Cell::Null,
        ValueRef::Integer(value) => Cell::Int(value),
        ValueRef::Real(value) => Cell::Real(value),
        ValueRef::Text(bytes) => {
            let misfit = || StoreError::misfit(format!("column {column} is not UTF-8"), format!("第 {} 列不是 UTF-8 文字", column + 1));
            Cell::Text(std::str::from_utf8(bytes).map_err(|_| misfit())?)
        }
        ValueRef::Blob(bytes) => Cell::Blob(bytes),
    })
}

/// The error in our words, with the constraint by the name that the migration gave it.
pub(crate) fn fault(names: &Names, error: &rusqlite::Error, place: &str) -> Fault {
    let words =
        |error: &dyn std::fmt::Display| StoreError::Other(if place.is_empty() { error.to_string() } else { format!("{place}: {error}") });
    let rusqlite::Error::SqliteFailure(code, message) = error else { return words(error).into() };
    let failed = message.as_deref().and_then(|message| message.split_once("constraint failed: ")).map_or("", |parts| parts.1);
    let kind = match code.extended_code {
        ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_ROWID => {
            StoreError::Unique(names.unique(failed))
        }
        ffi::SQLITE_CONSTRAINT_CHECK => StoreError::Check(names.check(failed)),
        ffi::SQLITE_CONSTRAINT_NOTNULL => StoreError::Check(failed.to_owned()),
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY => StoreError::ForeignKey,
        _ => match code.code {
            rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked => StoreError::Busy,
            rusqlite::ErrorCode::DiskFull => StoreError::Full,
            rusqlite::ErrorCode::OperationInterrupted => StoreError::TimedOut,
            rusqlite::ErrorCode::ReadOnly => StoreError::Other(format!("{place}: a read cannot write")),
            _ => words(error),
        },
    };
    kind.into()
}
