//! The house as a browser sees it.

mod edge;
mod login;
