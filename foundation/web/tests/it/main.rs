//! The house as a browser sees it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr, reason = "tests")]

mod account;
mod admin;
mod bring;
mod edge;
mod login;
mod outside;
mod passkeys;
mod posts;
mod upload;
