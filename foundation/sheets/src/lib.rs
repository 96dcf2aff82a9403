//! Spreadsheets in and out, for the whole product.
//!
//! Reading: [`read`] takes the bytes of an .xlsx, .xls or .csv file within [`Limits`] and finds the table in it;
//! [`map_headers`] says which column is which; [`Record`] reads a row by name, tolerant of how cells are
//! filled in and exact about what is wrong; [`write_errors`] gives the bad rows back to be corrected.
//! Writing: [`Export`] streams rows into .xlsx or CSV. Nothing here panics, whatever the bytes are.

mod biff;
mod cell;
mod column;
mod csv;
mod dates;
mod errors;
mod export;
mod read;
mod record;
mod sheet;
mod stream;
mod xls;
mod xlsx;

pub use cell::Cell;
pub use column::{Column, Found, Kind, Mapping, map_headers};
pub use dates::{Moment, Precision};
pub use errors::{ORIGINAL_ROW, REASON, write_errors};
pub use export::{Export, FileKind, Head, Value, WriteError};
pub use read::{Grid, Limits, ReadError, Row, grids, letters};
pub use record::{CellError, Problem, Record};
pub use sheet::{LeftOut, Sheet, Skipped, read, read_taking, read_with};
pub use stream::{Stream, open, open_taking};
