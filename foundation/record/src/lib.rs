//! The record: what happened, appended in the transaction in which it happened, put in one order,
//! and read by everything that counts, shows or checks.
//!
//! [`append`] writes an event, [`sequence`] gives positions and extends the log, [`advance`] lets a
//! [`Reader`] follow it exactly once, and [`verify`] recomputes all of it and compares.

mod append;
mod browse;
mod digest;
mod event;
pub mod measure;
mod reader;
mod sequence;
mod verify;

pub use append::{append, find, of_subject};
pub use browse::{Browse, browse, place, set_aside, waiting};
pub use digest::{BadEvent, decode, decode_any, encode, hex, leaf, text_digest, text_digest_hex};
pub use event::{About, Actor, BadFacts, Event, EventId, Facts, KindInfo};
pub use measure::Measure;
pub use reader::{AdvanceError, Line, Reader, advance, after, lines, position, reset, skip};
pub use sequence::{BATCH, Head, SequenceError, Window, head, sequence, sequence_all, sequence_all_within, sequence_within};
pub use verify::{Difference, Finding, Fold, MOST, NewFold, Part, Report, unknown_kinds, verify};

#[doc(hidden)]
pub use inventory as __inventory;

store::bind_ids!(EventId);

/// The tables of the record.
pub const MIGRATIONS: &[store::Migration] = store::migrations!("record", "0001_record");
