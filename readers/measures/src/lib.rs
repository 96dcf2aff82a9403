//! The first reader: what modules count of the record, by unit, day and month, rolled up both trees.
//!
//! A number is read here and nowhere else, and each opens to the events that it is made of. Counting is
//! exact: each event once, and the tables can be emptied and made again to the same bytes. What may not
//! be a measure of anybody's work is refused before it is counted (see [`guard`]).

mod book;
mod cases;
mod catalogue;
mod cells;
mod days;
mod delta;
pub mod duties;
pub mod guard;
mod pages;
mod period;
mod permissions;
mod read;
mod scan;
mod tallies;
mod texts;
mod value;

use std::sync::Arc;

use web::Module;

pub use book::{Also, Under, cases_book, sent};
pub use cases::{After, Case, cases, counted};
pub use catalogue::{catalogue, duties, find, refused};
pub use pages::{cases_href, lines_of, note, title};
pub use period::Period;
pub use permissions::ReadNumbers;
pub use read::{as_of, by_child, by_key, by_unit, series, since, value, values};
pub use tallies::Tallies;
#[doc(hidden)]
pub use tallies::leap;
pub use value::{FEW, Grade, Value, grade, kept_back};

/// The tables of this reader.
pub const MIGRATIONS: &[store::Migration] = store::migrations!("measures", "0001_tally", "0002_cells");

/// The reader as a module: it counts the measures of all that is linked into the program.
pub fn module() -> Module {
    Module { migrations: MIGRATIONS, readers: |_| vec![Arc::new(Tallies)], routes: pages::routes, ..Module::new("measures") }
}
