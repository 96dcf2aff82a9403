//! The working days by which a district counts its deadlines, and how deadlines are counted anew when others come to hold: the
//! holidays of a year were published and brought in, by a page, with a file or with a newer program.
//!
//! Which days hold is in the record, one version after the other ([`WorkingDaysHeld`]), and all kinds of work follow it, each in
//! pieces of its own ([`recount`]). Only days change: which rule set a deadline, how long that was on its day, and when it began
//! stay as they were. What is over already stays over, and nothing becomes overdue by it.

pub mod clock;
pub mod held;
pub mod recount;

pub use clock::Clock;
pub use held::{KIND, WorkingDaysHeld, audited, fold, hold};
pub use recount::{Count, Work, under_way};

/// The tables of this part, for the modules that count by them.
pub const MIGRATIONS: &[store::Migration] = store::migrations!("workdays", "0001_workdays");
