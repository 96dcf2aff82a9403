//! A PostgreSQL connection: statements, the encoding of values, and its errors in the words of [`StoreError`].
//!
//! No state of the session matters beside its start-up options: no advisory locks, no temporary
//! tables, no SET. The same job runs on any connection, also behind a router.

use std::collections::HashMap;
use std::error::Error;

use postgres::error::SqlState;
use postgres::fallible_iterator::FallibleIterator;
use postgres::types::private::BytesMut;
use postgres::types::{FromSql, IsNull, ToSql, Type};
use postgres::{Client, Statement};

use super::{Deadline, Fault, Remedy};
use crate::row::{Cell, Columns};
use crate::{Row, Sql, StoreError, Val, sql};

/// A connection, on the thread that owns it.
pub(crate) struct Postgres {
    client: Client,
    /// By the address of the statement's constant.
    statements: HashMap<usize, Statement>,
    deadline: Deadline,
}

impl Postgres {
    pub(crate) fn over(client: Client) -> Postgres {
        Postgres { client, statements: HashMap::new(), deadline: Deadline(None) }
    }

    pub(crate) fn limit(&mut self, deadline: Deadline) {
        self.deadline = deadline;
    }

    pub(crate) fn stands(&self) -> bool {
        !self.client.is_closed()
    }

    /// Forgets what was prepared: the tables changed under it.
    pub(crate) fn forget(&mut self) {
        self.statements.clear();
    }

    pub(crate) fn control(&mut self, text: &'static str) -> Result<(), Fault> {
        self.client.batch_execute(text).map_err(|error| fault(&error, ""))
    }

    pub(crate) fn exec(&mut self, sql: &'static Sql, params: &[Val<'_>]) -> Result<u64, Fault> {
        let statement = self.prepared(sql, params)?;
        let told = |error: postgres::Error| fault(&error, &sql.place());
        let mut rows = self.client.query_raw(&statement, params).map_err(told)?;
        while rows.next().map_err(told)?.is_some() {}
        Ok(rows.rows_affected().unwrap_or(0))
    }

    pub(crate) fn rows(&mut self, sql: &'static Sql, params: &[Val<'_>], each: &mut dyn FnMut(&Row<'_>) -> bool) -> Result<(), Fault> {
        let statement = self.prepared(sql, params)?;
        let told = |error: postgres::Error| fault(&error, &sql.place());
        let mut rows = self.client.query_raw(&statement, params).map_err(told)?;
        let mut wanted = true;
        // Read to the end also when no more is wanted: an error may stand behind the rows.
        while let Some(row) = rows.next().map_err(told)? {
            wanted = wanted && each(&Row(Columns::Postgres(&row), sql));
        }
        Ok(())
    }

    /// The statement, prepared once on this connection, with values that its parameters can take.
    fn prepared(&mut self, sql: &'static Sql, params: &[Val<'_>]) -> Result<Statement, Fault> {
        if self.deadline.passed() {
            return Err(StoreError::TimedOut.into());
        }
        let statement = match self.statements.get(&sql.key()) {
            Some(statement) => statement.clone(),
            None => {
                let statement = self.client.prepare(&sql::numbered(sql.text())).map_err(|error| fault(&error, &sql.place()))?;
                self.statements.insert(sql.key(), statement.clone());
                statement
            }
        };
        let types = statement.params();
        if types.len() != params.len() {
            let words = format!("{}: {} values are wanted, {} given", sql.place(), types.len(), params.len());
            return Err(StoreError::Other(words).into());
        }
        for (at, (value, ty)) in params.iter().zip(types).enumerate() {
            value.check()?;
            if !fits(value, ty) {
                // The value itself may be personal and is not told.
                let words = format!("{}: {} is not what PostgreSQL takes for ?{}, which is {ty}", sql.place(), value.kind(), at + 1);
                return Err(StoreError::Other(words).into());
            }
        }
        Ok(statement)
    }
}

/// Whether a value can be sent as the type that PostgreSQL inferred for its place.
fn fits(value: &Val<'_>, ty: &Type) -> bool {
    match value {
        Val::Null => true,
        Val::Int(value) => match *ty {
            Type::INT8 | Type::FLOAT8 => true,
            Type::INT4 => i32::try_from(*value).is_ok(),
            Type::INT2 => i16::try_from(*value).is_ok(),
            Type::BOOL => matches!(value, 0 | 1),
            _ => false,
        },
        Val::Real(_) => matches!(*ty, Type::FLOAT8 | Type::FLOAT4),
        Val::Text(_) => matches!(*ty, Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::UNKNOWN),
        Val::Blob(_) | Val::Id(_) => *ty == Type::BYTEA,
    }
}

impl ToSql for Val<'_> {
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "what the place is declared to take")]
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Val::Null => return Ok(IsNull::Yes),
            Val::Int(value) => match *ty {
                Type::INT4 => out.extend_from_slice(&i32::try_from(*value)?.to_be_bytes()),
                Type::INT2 => out.extend_from_slice(&i16::try_from(*value)?.to_be_bytes()),
                Type::BOOL => out.extend_from_slice(&[u8::from(*value != 0)]),
                Type::FLOAT8 => out.extend_from_slice(&(*value as f64).to_be_bytes()),
                _ => out.extend_from_slice(&value.to_be_bytes()),
            },
            Val::Real(value) => match *ty {
                Type::FLOAT4 => out.extend_from_slice(&(*value as f32).to_be_bytes()),
                _ => out.extend_from_slice(&value.to_be_bytes()),
            },
            Val::Text(text) => out.extend_from_slice(text.as_bytes()),
            Val::Blob(bytes) => out.extend_from_slice(bytes),
            Val::Id(id) => out.extend_from_slice(&id.0),
        }
        Ok(IsNull::No)
    }

    // `fits` has looked already, and says more when it refuses.
    fn accepts(_: &Type) -> bool {
        true
    }

    postgres::types::to_sql_checked!();
}

/// A column of a row.
pub(crate) fn cell(row: &postgres::Row, column: usize) -> Result<Cell<'_>, StoreError> {
    if column >= row.len() {
        return Err(StoreError::Other(format!("the result has no column {column}")));
    }
    row.try_get(column).map_err(|error| {
        let cause = error.source().map_or_else(|| error.to_string(), ToString::to_string);
        StoreError::Other(format!("column {column}: {cause}"))
    })
}

impl<'a> FromSql<'a> for Cell<'a> {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Cell<'a>, Box<dyn Error + Sync + Send>> {
        Ok(match *ty {
            Type::INT8 => Cell::Int(i64::from_be_bytes(raw.try_into()?)),
            Type::INT4 => Cell::Int(i32::from_be_bytes(raw.try_into()?).into()),
            Type::INT2 => Cell::Int(i16::from_be_bytes(raw.try_into()?).into()),
            Type::BOOL => Cell::Int(raw.iter().any(|byte| *byte != 0).into()),
            Type::FLOAT8 => Cell::Real(f64::from_be_bytes(raw.try_into()?)),
            Type::FLOAT4 => Cell::Real(f32::from_be_bytes(raw.try_into()?).into()),
            Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::UNKNOWN => Cell::Text(std::str::from_utf8(raw)?),
            Type::BYTEA => Cell::Blob(raw),
            Type::NUMERIC => return Err("it is NUMERIC; write CAST(… AS BIGINT) around a SUM or an AVG".into()),
            _ => return Err(format!("the type {ty} is not read here").into()),
        })
    }

    fn from_sql_null(_: &Type) -> Result<Cell<'a>, Box<dyn Error + Sync + Send>> {
        Ok(Cell::Null)
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

/// The error in our words, and what it means for the transaction.
pub(crate) fn fault(error: &postgres::Error, place: &str) -> Fault {
    let Some(db) = error.as_db_error() else {
        let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
        tracing::warn!(error = %format_args!("{error}{cause}"), "the connection to the database broke");
        return Fault { error: StoreError::Busy, remedy: Remedy::Reconnect };
    };
    let name = || db.constraint().unwrap_or_default().to_owned();
    let code = db.code();
    let error = match *code {
        SqlState::UNIQUE_VIOLATION => StoreError::Unique(name()),
        SqlState::CHECK_VIOLATION => StoreError::Check(name()),
        SqlState::NOT_NULL_VIOLATION => {
            StoreError::Check(format!("{}.{}", db.table().unwrap_or_default(), db.column().unwrap_or_default()))
        }
        SqlState::FOREIGN_KEY_VIOLATION | SqlState::RESTRICT_VIOLATION => StoreError::ForeignKey,
        SqlState::QUERY_CANCELED => StoreError::TimedOut,
        SqlState::DISK_FULL => StoreError::Full,
        SqlState::READ_ONLY_SQL_TRANSACTION => StoreError::Other(format!("{place}: a read cannot write")),
        SqlState::T_R_SERIALIZATION_FAILURE | SqlState::T_R_DEADLOCK_DETECTED => {
            return Fault { error: StoreError::Busy, remedy: Remedy::Retry };
        }
        // A plan that another process's migration made stale.
        SqlState::FEATURE_NOT_SUPPORTED | SqlState::INVALID_SQL_STATEMENT_NAME if db.message().contains("cached plan") => {
            return Fault { error: StoreError::Busy, remedy: Remedy::Prepare };
        }
        SqlState::ADMIN_SHUTDOWN
        | SqlState::CRASH_SHUTDOWN
        | SqlState::CANNOT_CONNECT_NOW
        | SqlState::TOO_MANY_CONNECTIONS
        | SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT => {
            tracing::warn!(error = db.message(), "the database server ended the connection");
            return Fault { error: StoreError::Busy, remedy: Remedy::Reconnect };
        }
        _ => StoreError::Other(format!("{place}: {} ({})", db.message(), code.code()).trim_start_matches(": ").to_owned()),
    };
    error.into()
}
