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

/// What a column holds, or should hold.
enum Holds {
    Nothing,
    Integer,
    Real,
    Text,
    Bytes,
    Long(usize),
}

impl Holds {
    /// In English and in Chinese.
    fn words(&self) -> (String, String) {
        let (en, zh) = match self {
            Holds::Nothing => ("nothing", "空"),
            Holds::Integer => ("an integer", "整数"),
            Holds::Real => ("a real number", "小数"),
            Holds::Text => ("text", "文字"),
            Holds::Bytes => ("bytes", "字节串"),
            Holds::Long(n) => return (format!("{n} bytes"), format!(" {n} 个字节")),
        };
        (en.to_owned(), zh.to_owned())
    }
}

type Got<T> = Result<T, StoreError>;

impl<'a> Row<'a> {
    /// Says which column of which table is not what it should be, so that whoever is told finds it.
    fn shape(&self, column: usize, found: &Holds, wanted: &Holds) -> StoreError {
        let name = self.name(column);
        let table = self.1.table();
        let en = table.map(|table| format!("table {table}, ")).unwrap_or_default();
        let zh = table.map(|table| format!("表 {table} 的 ")).unwrap_or_default();
        let ((found_en, found_zh), (wanted_en, wanted_zh)) = (found.words(), wanted.words());
        StoreError::misfit(
            format!("{en}column {name} holds {found_en}, not {wanted_en}"),
            format!("{zh}{name} 列存的是{found_zh}，应为{wanted_zh}"),
        )
    }

    fn wrong<T>(&self, column: usize, wanted: &Holds, found: &Cell<'_>) -> Got<T> {
        let found = match found {
            Cell::Null => Holds::Nothing,
            Cell::Int(_) => Holds::Integer,
            Cell::Real(_) => Holds::Real,
            Cell::Text(_) => Holds::Text,
            Cell::Blob(_) => Holds::Bytes,
        };
        Err(self.shape(column, &found, wanted))
    }

    /// The name of a column; its number where it has none.
    fn name(&self, column: usize) -> String {
        let name = match &self.0 {
            Columns::Sqlite(row) => {
                let statement: &rusqlite::Statement<'_> = row.as_ref();
                statement.column_name(column).ok().map(str::to_owned)
            }
            Columns::Postgres(row) => row.columns().get(column).map(|column| column.name().to_owned()),
        };
        name.unwrap_or_else(|| column.to_string())
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
            other => self.wrong(column, &Holds::Integer, &other),
        }
    }

    /// A real number; an integer is taken as one.
    pub fn real(&self, column: usize) -> Got<f64> {
        match self.cell(column)? {
            Cell::Real(value) => Ok(value),
            #[expect(clippy::cast_precision_loss, reason = "what the column means")]
            Cell::Int(value) => Ok(value as f64),
            other => self.wrong(column, &Holds::Real, &other),
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
            other => self.wrong(column, &Holds::Text, &other),
        }
    }

    /// Bytes.
    pub fn blob(&self, column: usize) -> Got<&[u8]> {
        match self.cell(column)? {
            Cell::Blob(bytes) => Ok(bytes),
            other => self.wrong(column, &Holds::Bytes, &other),
        }
    }

    /// Exactly `N` bytes: a digest, a salt.
    pub fn array<const N: usize>(&self, column: usize) -> Got<[u8; N]> {
        let bytes = self.blob(column)?;
        bytes.try_into().map_err(|_| self.shape(column, &Holds::Long(bytes.len()), &Holds::Long(N)))
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
