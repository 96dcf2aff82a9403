//! Concerns on both engines: each test works on a small district made by the real operations, and ends
//! by verifying the log, folding the record and comparing it with every table.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr, reason = "tests")]

mod barred;
mod beijing;
mod catalogued;
mod counted;
mod exported;
mod handed;
mod import;
mod joint_pages;
mod journey;
mod learned;
mod linkage;
mod open311;
mod own;
mod pages;
mod proved;
mod public;
mod race;
mod random;
mod reading;
mod recounted;
mod sealed;
mod seen;
mod succeeded;
mod tampered;
mod told;
mod town;
mod unnamed;
mod vouched;
