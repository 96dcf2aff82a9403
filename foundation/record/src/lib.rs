//! The record: what happened, appended in the transaction in which it happened, put in one order,
//! and read by everything that counts, shows or checks.
//!
//! [`append`] writes an event, [`sequence`] gives positions and extends the log, [`advance`] lets a
//! [`Reader`] follow it exactly once, and [`verify`] recomputes all of it and compares.

mod digest;
mod event;

pub use base::{Id, PersonId, Time, UnitId};
pub use digest::{BadEvent, decode, decode_any, encode, hex, leaf, text_digest, text_digest_hex};
pub use event::{About, Actor, BadFacts, Event, EventId, Facts, KindInfo};
