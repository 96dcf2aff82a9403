//! The house as a browser sees it.

mod account;
mod admin;
mod edge;
mod login;
mod upload;
