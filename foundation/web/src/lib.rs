//! From a request to a page: districts by host, who asks, forms, errors in words, the shell and the kit.
//!
//! A page of residents takes [`Visit`], a page of staff takes [`Staff`]; a form is read through [`Fields`].

// So that templates name `web::kit::…` alike here and in the crates that extend them.
extern crate self as web;

mod app;
pub mod assets;
mod audited;
pub mod background;
pub mod bring;
pub mod cookie;
pub mod dates;
mod district;
pub mod drafts;
pub mod due;
mod error;
mod exported;
pub mod form;
pub mod gallery;
mod kept;
pub mod kit;
pub mod lang;
mod limit;
pub mod media;
mod module;
pub mod notice;
pub mod outside;
mod page;
mod pages;
pub mod paragraph;
pub mod photos;
pub mod qr;
mod secure;
mod serve;
mod server;
pub mod shell;
pub mod texts;
mod visit;
pub mod witnesses;

pub use app::{App, Config, DemoEntries, DemoEntry, Network};
pub use audited::{Audited, Log, audited};
pub use district::{Bell, District, Move, found};
pub use error::PageError;
pub use exported::{Leaving, TableExported};
pub use form::Fields;
pub use kept::{DataPurged, Due as KeptDue, Kept, purge};
pub use kit::Errors;
pub use lang::{Lang, fill};
pub use limit::{Limit, Rate, Rates};
pub use module::{Beside, Fault, JobKind, LocateFn, Module, Piece, Tick};
pub use page::{Page, Redirect, page, redirect};
pub use pages::CheckTexts;
pub use pages::{level_name, role_name};
pub use serve::serve;
pub use server::Server;
pub use shell::{HomeTile, MenuItem, Shell};
pub use visit::{Signed, Staff, Visit};

/// The tables of this crate.
pub const MIGRATIONS: &[store::Migration] = store::migrations!("web", "0001_web", "0010_bring", "0020_left_out");

#[doc(hidden)]
pub use inventory as __inventory;
