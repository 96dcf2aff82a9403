//! The report over a module made for these tests: lamps that are mended, well or badly.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::print_stderr, reason = "tests")]

mod lamps;
mod pages;
mod written;
