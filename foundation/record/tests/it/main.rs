//! The record on both engines.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod lamps;
mod order;
mod readers;
mod tampering;
