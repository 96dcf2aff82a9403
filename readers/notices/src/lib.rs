//! Notices: who is told that something happened, in the product and outside it.
//!
//! A reader of the record: modules declare notices as data, the reader notes their events, and work beside the pages
//! finds whom they are for and sends. What leaves the house stands in a ledger, each message once, so that rebuilding
//! sends nothing twice. The ledger holds no address and no words: both are looked up when a message is handed over.

pub mod address;
pub mod carry;
pub mod events;
pub mod follow;
pub mod ledger;
mod pages;
pub mod permissions;
pub mod send;
mod texts;

use std::sync::Arc;

use web::{Beside, Module};

/// The tables of this reader.
pub const MIGRATIONS: &[store::Migration] = store::migrations!("notices", "0001_notices");

/// What this reader gives to the house.
pub fn module() -> Module {
    Module {
        migrations: MIGRATIONS,
        routes: pages::routes,
        menu: pages::menu,
        kinds: events::KINDS,
        audited: events::audited,
        readers: |modules| vec![Arc::new(follow::Follow::of(modules))],
        beside: &[Beside { name: "notices.send", every: 5, run: send::run }],
        kept: ledger::KEPT,
        ..Module::new("notices")
    }
}
