//! A PostgreSQL connection.

use crate::StoreError;
use crate::row::Cell;

/// A column of a row.
pub(crate) fn cell<'a>(_row: &'a postgres::Row, column: usize) -> Result<Cell<'a>, StoreError> {
    Err(StoreError::Other(format!("the result has no column {column}")))
}
