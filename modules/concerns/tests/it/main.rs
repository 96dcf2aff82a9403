//! Concerns on both engines: each test works on a small district made by the real operations, and ends
//! by verifying the log, folding the record and comparing it with every table.

mod barred;
mod import;
mod journey;
mod pages;
mod race;
mod random;
mod reading;
mod sealed;
mod tampered;
mod town;
