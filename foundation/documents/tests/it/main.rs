//! Documents out: the same bytes twice, layout by the grid, files that other programs open.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::print_stderr, reason = "tests")]

mod sample;
mod written;
