//! What everything stands on: ids, time, randomness, sealing, rules as data and Chinese text.
//!
//! Nothing here does input or output except [`SystemClock`] and [`SystemRandom`], the only two
//! places in the product that ask the machine for the time or for random bytes.

mod ctx;
pub mod id;
mod random;
mod seal;
mod time;

pub mod calendar;
pub mod codes;
pub mod id_number;
pub mod number;
pub mod phone;
pub mod policy;
pub mod rules;
pub mod text;

pub use calendar::Calendar;
pub use codes::{DivisionCode, GridCode};
pub use ctx::{Ctx, Env};
pub use id::{BadId, Id, PersonId, UnitId};
pub use phone::Phone;
pub use random::{Random, SeededRandom, SystemRandom};
pub use rules::{Due, Rule, Rules};
pub use seal::{Keys, OpenError, Purpose};
pub use time::{Clock, FixedClock, SystemClock, Time};

#[doc(hidden)]
pub use serde as __serde;

/// A civil date in +08:00, the only civil zone of the product.
pub use jiff::civil::Date;
