//! What must hold of the whole program, tried on the real binary.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod console;
mod crash;
mod durable;
mod kept;
mod program;
mod sitting;
