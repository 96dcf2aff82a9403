//! web

// So that templates name `web::kit::…` alike here and in the crates that extend them.
extern crate self as web;

pub mod assets;
pub mod gallery;
pub mod kit;
pub mod lang;
pub mod qr;
pub mod shell;
pub mod texts;

pub use lang::{Lang, fill};
pub use shell::{HomeTile, MenuItem, Shell};

#[doc(hidden)]
pub use inventory as __inventory;
