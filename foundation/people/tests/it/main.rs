//! People on both engines.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod accounts;
mod identity;
mod permissions;
mod posts;
mod trees;
mod units;
