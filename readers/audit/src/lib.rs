//! What the audit administrator looks at: the record by time, kind and actor, who signed in, who was given
//! what, who read sealed data, what was let go of, and whether the record is whole. Nothing here changes
//! anything, save that the record tells who took a list away; nothing here shows personal data: the record holds none.

mod logs;
mod pages;

use std::sync::Arc;

use web::Module;

pub(crate) use logs::left_of;
pub use logs::{Logs, entries};
pub use pages::named::{reader_name, tables};

/// The tables of this reader.
pub const MIGRATIONS: &[store::Migration] = store::migrations!("audit", "0001_audit", "0002_what");

/// The reader and its pages.
pub fn module() -> Module {
    Module {
        migrations: MIGRATIONS,
        routes: pages::routes,
        menu: pages::menu,
        readers: |modules| vec![Arc::new(Logs::of(modules))],
        ..Module::new("audit")
    }
}
