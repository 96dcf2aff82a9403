//! Spreadsheets in and out, for the whole product.
mod cell;
mod column;
mod csv;
mod dates;
mod export;
mod read;
mod record;
mod sheet;
mod xlsx;
pub use cell::Cell;
pub use column::{Column, Found, Kind, Mapping, map_headers};
pub use dates::{Moment, Precision};
pub use read::{Grid, Limits, ReadError, Row, grids, letters};
pub use record::{CellError, Problem, Record};
pub use sheet::{Sheet, Skipped, read, read_with};
