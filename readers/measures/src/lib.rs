//! The first reader: what modules count of the record, by measure, unit and month.
//!
//! A number is read here and nowhere else, and each can be taken apart into the units and months it is
//! made of. Counting is exact: each event once, and the table can be emptied and made again.

mod month;
mod read;
mod tallies;

use std::sync::Arc;

use web::Module;

pub use month::Month;
pub use read::{by_month, by_unit, tally, total};
pub use tallies::Tallies;

/// The tables of this reader.
pub const MIGRATIONS: &[store::Migration] = store::migrations!("measures", "0001_tally");

/// The reader as a module: it counts the measures of all modules.
pub fn module() -> Module {
    Module {
        migrations: MIGRATIONS,
        readers: |modules| vec![Arc::new(Tallies::of(modules.iter().flat_map(|module| module.measures).copied()))],
        ..Module::new("measures")
    }
}
