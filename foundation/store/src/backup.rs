//! A copy of a SQLite store while it works: one snapshot, on disk when it is done.

use std::fs::File;
use std::path::{Path, PathBuf};

use crate::engine::sqlite::{self, Role};
use crate::{Database, Store};

/// Why there is no copy.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// There is something at the path already; a backup never replaces a file.
    #[error("{0} is there already; a backup does not replace a file")]
    Exists(PathBuf),
    /// The store lies in PostgreSQL, which has its own tools.
    #[error("this store lies in PostgreSQL: make the copy with pg_dump --schema={0}, and copy the directory of the blobs after it")]
    Postgres(String),
    /// The copy could not be made. Nothing of it remains.
    #[error("{path}: {error}")]
    Failed {
        /// Where it was to be.
        path: PathBuf,
        /// What the system said.
        error: String,
    },
}

impl Store {
    /// Writes a copy of the database to a new file: one snapshot, compact, on disk when this returns.
    /// Reads and writes go on meanwhile. Blobs are copied apart and afterwards, since what a
    /// transaction holds was on disk before it. Blocks: call it outside of async tasks.
    ///
    /// # Errors
    /// [`BackupError`].
    pub fn backup_to(&self, path: &Path) -> Result<(), BackupError> {
        let file = match self.database() {
            Database::Sqlite { file } => file,
            Database::Postgres { schema, .. } => return Err(BackupError::Postgres(schema.clone())),
        };
        if path.exists() {
            return Err(BackupError::Exists(path.to_owned()));
        }
        let mut part = path.as_os_str().to_owned();
        part.push(".part");
        let part = PathBuf::from(part);
        let made = copy(file, &part, path);
        if made.is_err() {
            // The first error is the one to tell.
            std::fs::remove_file(&part).ok();
        }
        made.map_err(|error| BackupError::Failed { path: path.to_owned(), error })
    }
}

fn copy(file: &Path, part: &Path, path: &Path) -> Result<(), String> {
    let words = |error: std::io::Error| error.to_string();
    if part.exists() {
        std::fs::remove_file(part).map_err(words)?;
    }
    let name = part.to_str().ok_or("the path is not UTF-8")?;
    let conn = sqlite::connect(file, Role::Read).map_err(|error| error.to_string())?;
    // VACUUM INTO writes only to the copy, but counts as writing.
    conn.execute_batch("PRAGMA query_only = OFF")
        .and_then(|()| conn.execute("VACUUM INTO ?1", [name]))
        .map_err(|error| error.to_string())?;
    File::open(part).and_then(|file| file.sync_all()).map_err(words)?;
    std::fs::rename(part, path).map_err(words)?;
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(directory).and_then(|directory| directory.sync_all()).map_err(words)
}
