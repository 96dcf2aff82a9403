//! The record: what happened, appended in the transaction in which it happened, put in one order,
//! and read by everything that counts, shows or checks.
//!
//! [`append`] writes an event, [`step`] gives positions, [`seal`] grows the Merkle tree and signs its head,
//! [`advance`] lets a [`Reader`] follow exactly once, and [`verify`] recomputes all of it and compares.

mod append;
mod browse;
mod checkpoint;
mod digest;
mod event;
pub mod measure;
mod reader;
mod sequence;
mod settle;
mod verify;

pub mod note;
pub mod receipt;
pub mod tree;
pub mod witness;

pub use append::{append, find, in_order, of_subject};
pub use browse::{Browse, browse, place, set_aside, waiting};
pub use checkpoint::{
    Checkpoint, SealError, Tree, add_cosignature, entries, keep, name_log, newest, newest_witnessed, origin, seal, seal_all,
    tree as tree_size,
};
pub use digest::{BadEvent, commitment, decode, decode_any, encode, hex, leaf, text_digest, text_digest_hex};
pub use event::{About, Actor, BadFacts, BadRow, Event, EventId, Facts, KindInfo, Why};
pub use measure::Measure;
pub use reader::{AdvanceError, Line, Reader, advance, after, lines, position, reset, skip};
pub use sequence::{BATCH, Head, Refused, SequenceError, Window, head, sequence, sequence_all, sequence_within, step};
pub use settle::{EventSettled, KINDS, NotSettled, Outcome, SetAside, aside, settle};
pub use verify::{Cell, Difference, Finding, Fold, How, MOST, NewFold, Part, Report, Rows, differ, same, unknown_kinds, verify};

#[doc(hidden)]
pub use inventory as __inventory;

store::bind_ids!(EventId);

/// The tables of the record.
pub const MIGRATIONS: &[store::Migration] = store::migrations!("record", "0001_record", "0010_proof");
