//! Concerns of another system, brought in from its table. Each row becomes one concern with its event;
//! answered ones are closed as answered there, the others come to the district's desk. Nothing that is
//! brought in is ever public.
//!
//! A row is known again by the name of its source and its number in it, so that a file can be brought in
//! twice without doubling. The work is a job done in pieces; a file is undone as a whole, except for
//! concerns that somebody has worked on since.

mod batch;
mod columns;
mod console;
mod house;
mod kinds;
mod piece;
mod row;
mod undo;

use base::Id;
use sheets::ReadError;
use store::StoreError;

pub use batch::{
    Batch, BatchState, Choice, Draft, Note, NoteKind, batch, batches, choose, discard, draft, draft_from_console, file, last_source, notes,
    release_old_files, resume, start, start_from_console,
};
pub use columns::COLUMNS;
pub(crate) use console::wrong_leave;
pub use console::{import_concerns, import_kinds, write_wrong_rows};
pub use house::{JOBS, TICK};
pub(crate) use kinds::words_of;
pub use kinds::{KINDS_AT_ONCE, KINDS_COLUMNS, KindsReport, bring_kinds, read_kinds};
pub(crate) use piece::sheet;
pub use piece::{IMPORT_JOB, UNDO_JOB, Went, piece, undo_piece};
pub use row::{Preview, preview};
pub use undo::{undo, undo_from_console};

pub use crate::pages::import_words;

base::id! {
    /// One file that was brought in: the batch of its events.
    pub BatchId;
}
store::bind_ids!(BatchId);

/// Why something of an import was not done. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// There is no such import.
    #[error("there is no such import")]
    NotFound,
    /// The import is not at the point where this can be done.
    #[error("the import is not at this step")]
    NotNow,
    /// There is no district yet: nothing has been set up.
    #[error("there is no district yet")]
    NoDistrict,
    /// Columns that must be there were not chosen: their headers.
    #[error("no column was chosen for {}", .0.join(", "))]
    Columns(Vec<&'static str>),
    /// The source needs a name, of at most 60 characters.
    #[error("the source needs a name of at most 60 characters")]
    Source,
    /// The file is no table.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The file was let go of: 30 days after the end, or at once where nothing was wrong.
    #[error("the file was let go of")]
    FileGone,
    /// The blobs' directory failed.
    #[error("the file could not be read or kept: {0}")]
    Io(#[from] std::io::Error),
    /// The job stopped: why.
    #[error("it stopped: {0}")]
    Failed(String),
    /// Another process is at it; what this one did is undone.
    #[error("another process is at it")]
    Lost,
    /// The catalogue does not take a kind.
    #[error(transparent)]
    Catalogue(#[from] crate::catalogue::CatalogueError),
    /// The store's.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a job of imports carries.
#[derive(serde::Serialize, serde::Deserialize)]
struct Payload {
    batch: Id,
}
