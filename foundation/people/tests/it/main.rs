//! People on both engines.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod accounts;
mod permissions;
mod posts;
mod trees;
mod units;
