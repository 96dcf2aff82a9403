//! Tables of offices in and out: what is the same for units, posts, people and registers.
//!
//! A kind of table says which columns it has, who may bring it, what a row becomes and how that is undone;
//! here are the rest: upload, header matching with preview, a trial that writes nothing, the work in small
//! pieces, the workbook of wrong rows, undoing, bringing the same file again, and the export with the same
//! headers. The file lies sealed among the blobs until nothing more is to be corrected.

mod batch;
mod console;
mod house;
mod pages;
mod texts;
mod work;

use std::collections::HashMap;
use std::sync::Arc;

use base::{Ctx, Id, UnitId};
use people::{Actor, Authority, Permission, Proof, Tree};
use sheets::{Column, Problem, ReadError, Record, Value, WriteError};
use store::{StoreError, Tx};

use crate::{App, Lang};

pub use batch::{Batch, State, batch};
pub use console::{bring_file, find_kind, write_table, write_wrong};
pub(crate) use house::KINDS as HOUSE;
pub use pages::{left_out_choices, left_out_lines, taken};
pub(crate) use pages::{menu, routes};
pub use texts::say;
pub(crate) use work::{JOB, TICK, piece};

/// What a kind of table is called.
#[derive(Debug, Clone, Copy)]
pub struct Words {
    /// As 居民信息.
    pub title: &'static str,
    /// One or two sentences above the form.
    pub intro: &'static str,
}

/// A kind of table.
#[derive(Clone, Copy)]
pub struct Bring {
    /// Its name in addresses, at the command line and in the store.
    pub key: &'static str,
    /// What it is called.
    pub words: fn(Lang) -> Words,
    /// Its columns, which the export writes too.
    pub columns: &'static [Column],
    /// Labels of the columns in English, in their order.
    pub labels: &'static [&'static str],
    /// Into which units somebody may bring it; none where they may not.
    pub scopes: fn(&Actor, &Tree) -> Vec<UnitId>,
    /// What a row becomes. In a trial (`run.dry`) it finds out without writing.
    pub row: fn(&mut Tx, &Ctx, &mut Run<'_>, &mut Record<'_>) -> Result<Became, BringError>,
    /// Undoes what one row did.
    pub undo: fn(&mut Tx, &Ctx, &Run<'_>, Id, Option<&[u8]>) -> Result<Undone, BringError>,
    /// The rows for an export.
    pub export: fn(&mut Tx, &Ctx, UnitId, &mut RowOut<'_>) -> Result<(), BringError>,
    /// Rows of one piece: at most about 15 ms of writing.
    pub at_once: usize,
    /// Whether its cells say something about residents: what stood in a wrong one is not kept.
    pub personal: bool,
}

/// Takes a row of an export.
pub type RowOut<'a> = dyn FnMut(&[Value<'_>]) -> Result<(), WriteError> + 'a;

/// What a row became.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Became {
    /// Something new.
    New(Id),
    /// It is so already.
    Same,
    /// Something was changed; with what stood there before, as its kind writes it.
    Changed(Id, Vec<u8>),
    /// Nothing: the record says why.
    Wrong,
}

/// What undoing a row did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undone {
    /// It is as before.
    Back,
    /// Somebody has used or changed it since; it stays.
    Kept,
}

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub enum BringError {
    /// There is no such table.
    #[error("there is no such import")]
    NotFound,
    /// Not at the point where this can be done.
    #[error("the import is not at this step")]
    NotNow,
    /// Whoever began it may not do it any more.
    #[error("whoever began it may not do it any more")]
    Denied,
    /// Columns that must be there were not chosen: their headers.
    #[error("no column was chosen for {}", .0.join(", "))]
    Columns(Vec<&'static str>),
    /// The file is no table.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The file was let go of.
    #[error("the file was let go of")]
    FileGone,
    /// The blobs' directory failed, or a sealed file did not open.
    #[error("the file could not be read or kept: {0}")]
    Io(String),
    /// Another process is at it; what this one did is undone.
    #[error("another process is at it")]
    Lost,
    /// The job stopped: why.
    #[error("it stopped: {0}")]
    Failed(String),
    /// An export could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The store's.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<std::io::Error> for BringError {
    fn from(error: std::io::Error) -> BringError {
        BringError::Io(error.to_string())
    }
}

/// Rows of this file that were seen before, by what names them.
pub type Seen = HashMap<[u8; 16], u32>;

/// One piece of bringing a table in.
pub struct Run<'a> {
    /// The import, which is the batch of its events.
    pub batch: Id,
    /// The unit into which it goes, with all under it.
    pub scope: UnitId,
    /// In whose name; nobody at the command line.
    pub who: Option<Actor>,
    /// Whether it is a trial.
    pub dry: bool,
    /// The units as the piece began.
    pub tree: Arc<Tree>,
    app: App,
    seen: &'a Seen,
    new: Vec<([u8; 16], u32)>,
}

impl Run<'_> {
    /// Does something with the permission `P` over a unit, in whose name this is done: through the post that reaches it from
    /// nearest, else through one that covers it from the other tree.
    ///
    /// # Errors
    /// [`BringError::Denied`] where whoever began it has it no more.
    pub fn with<P: Permission, T>(&self, over: UnitId, f: impl FnOnce(Authority<'_, P>) -> T) -> Result<T, BringError> {
        match &self.who {
            None => Ok(f(Authority::Console)),
            Some(actor) => {
                let found = actor.require::<P>(&self.tree, over).ok();
                let across = || actor.each::<P>().find(|proof| people::covers(proof, &self.tree, over));
                let proof: Proof<P> = found.or_else(across).or_else(|| actor.has::<P>()).ok_or(BringError::Denied)?;
                Ok(f(Authority::Staff(&proof)))
            }
        }
    }

    /// Whether a unit has something in hand, so that it cannot be taken back without leaving that to nobody.
    ///
    /// # Errors
    /// The store's.
    pub fn is_busy(&self, tx: &mut Tx, unit: UnitId) -> Result<bool, StoreError> {
        Ok(!self.app.in_hand(tx, Lang::Hans, unit)?.is_empty())
    }

    /// The earlier row of this file that is named alike, if there is one; otherwise this row is noted.
    pub fn twice(&mut self, what: &str, name: &str, row: u32) -> Option<u32> {
        let key = key(what, name);
        let before = self.seen.get(&key).copied().or_else(|| self.new.iter().find(|(known, _)| *known == key).map(|(_, row)| *row));
        if before.is_none() {
            self.new.push((key, row));
        }
        before
    }

    /// Whether an earlier row of this file made something of this name.
    pub fn knows(&self, what: &str, name: &str) -> bool {
        let key = key(what, name);
        self.seen.contains_key(&key) || self.new.iter().any(|(known, _)| *known == key)
    }
}

fn key(what: &str, name: &str) -> [u8; 16] {
    use sha2::{Digest, Sha256};
    let digest: [u8; 32] = Sha256::new().chain_update(what).chain_update([0]).chain_update(name).finalize().into();
    let mut key = [0; 16];
    key.copy_from_slice(digest.get(..16).unwrap_or(&[0; 16]));
    key
}

/// What an import itself found wrong, in both languages.
pub fn problem(zh: impl Into<String>, en: impl Into<String>) -> Problem {
    Problem::Other { zh: zh.into(), en: en.into() }
}
