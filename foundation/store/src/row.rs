//! A row of a result, read by column number. Each getter says in words which column was not what it should be.

use base::{Id, Time};

use crate::{Sql, StoreError};

/// One row of a result, and the statement that it came from. Columns count from 0.
pub struct Row<'a>(pub(crate) Columns<'a>, pub(crate) &'static Sql);

/// Where the columns are.
pub(crate) enum Columns<'a> {
    Sqlite(&'a rusqlite::Row<'a>),
    Postgres(&'a postgres::Row),
}

/// A column's value, still lying in the engine's buffer.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Cell<'a> {
    Null,
    Int(i64),
    Real(f64),
    Text(&'a str),
    Blob(&'a [u8]),
}

type Got<T> = Result<T, StoreError>;

impl<'a> Row<'a> {
    /// Says which column of which table is not what it should be, so that whoever is told finds it.
    fn shape(&self, column: usize, found: &str, wanted: &str) -> StoreError {
        let table = self.1.table().map(|table| format!("table {table}, ")).unwrap_or_default();
        StoreError::Other(format!("{table}column {column} holds {found}, not {wanted}"))
    }

    fn wrong<T>(&self, column: usize, wanted: &str, found: &Cell<'_>) -> Got<T> {
        let found = match found {
            Cell::Null => "NULL",
            Cell::Int(_) => "an integer",
            Cell::Real(_) => "a real number",
            Cell::Text(_) => "text",
            Cell::Blob(_) => "bytes",
        };
        Err(self.shape(column, found, wanted))
    }

    fn cell(&self, column: usize) -> Got<Cell<'_>> {
        match &self.0 {
            Columns::Sqlite(row) => crate::engine::sqlite::cell(row, column),
            Columns::Postgres(row) => crate::engine::postgres::cell(row, column),
        }
    }

    /// An integer.
    pub fn int(&self, column: usize) -> Got<i64> {
        match self.cell(column)? {
            Cell::Int(value) => Ok(value),
            other => self.wrong(column, "an integer", &other),
        }
    }

    /// A real number; an integer is taken as one.
    pub fn real(&self, column: usize) -> Got<f64> {
        match self.cell(column)? {
            Cell::Real(value) => Ok(value),
            #[expect(clippy::cast_precision_loss, reason = "what the column means")]
            Cell::Int(value) => Ok(value as f64),
            other => self.wrong(column, "a real number", &other),
        }
    }

    /// A truth value: 0 or 1 in a column, or what a comparison gives.
    pub fn bool(&self, column: usize) -> Got<bool> {
        Ok(self.int(column)? != 0)
    }

    /// A text.
    pub fn text(&self, column: usize) -> Got<&str> {
        match self.cell(column)? {
            Cell::Text(text) => Ok(text),
            other => self.wrong(column, "text", &other),
        }
    }

    /// Bytes.
    pub fn blob(&self, column: usize) -> Got<&[u8]> {
        match self.cell(column)? {
            Cell::Blob(bytes) => Ok(bytes),
            other => self.wrong(column, "bytes", &other),
        }
    }

    /// Exactly `N` bytes: a digest, a salt.
    pub fn array<const N: usize>(&self, column: usize) -> Got<[u8; N]> {
        let bytes = self.blob(column)?;
        bytes.try_into().map_err(|_| self.shape(column, &format!("{} bytes", bytes.len()), &N.to_string()))
    }

    /// An instant.
    pub fn time(&self, column: usize) -> Got<Time> {
        self.int(column).map(Time)
    }

    /// An id of any kind.
    pub fn id<T: From<Id>>(&self, column: usize) -> Got<T> {
        self.array(column).map(|bytes| T::from(Id(bytes)))
    }

    /// Whether the column holds nothing.
    pub fn is_null(&self, column: usize) -> Got<bool> {
        Ok(matches!(self.cell(column)?, Cell::Null))
    }

    /// An integer, or nothing.
    pub fn opt_int(&self, column: usize) -> Got<Option<i64>> {
        self.opt(column, Self::int)
    }

    /// A real number, or nothing.
    pub fn opt_real(&self, column: usize) -> Got<Option<f64>> {
        self.opt(column, Self::real)
    }

    /// A truth value, or nothing.
    pub fn opt_bool(&self, column: usize) -> Got<Option<bool>> {
        self.opt(column, Self::bool)
    }

    /// A text, or nothing.
    pub fn opt_text(&self, column: usize) -> Got<Option<&str>> {
        if self.is_null(column)? { Ok(None) } else { self.text(column).map(Some) }
    }

    /// Bytes, or nothing.
    pub fn opt_blob(&self, column: usize) -> Got<Option<&[u8]>> {
        if self.is_null(column)? { Ok(None) } else { self.blob(column).map(Some) }
    }

    /// Exactly `N` bytes, or nothing.
    pub fn opt_array<const N: usize>(&self, column: usize) -> Got<Option<[u8; N]>> {
        self.opt(column, Self::array)
    }

    /// An instant, or nothing.
    pub fn opt_time(&self, column: usize) -> Got<Option<Time>> {
        self.opt(column, Self::time)
    }

    /// An id, or nothing.
    pub fn opt_id<T: From<Id>>(&self, column: usize) -> Got<Option<T>> {
        self.opt(column, Self::id)
    }

    fn opt<T>(&self, column: usize, get: impl Fn(&Self, usize) -> Got<T>) -> Got<Option<T>> {
        if self.is_null(column)? { Ok(None) } else { get(self, column).map(Some) }
    }
}
