//! The record on both engines.
#![expect(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "tests")]

mod edges;
mod lamps;
mod order;
mod proof;
mod readers;
mod tampering;
mod vectors;
