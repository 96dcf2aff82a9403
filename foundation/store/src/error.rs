//! What can go wrong in a transaction, in the few kinds that a caller can act upon; the same kinds
//! and the same constraint names on both engines.

/// Why a statement, a transaction or a whole job did not succeed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// A row with this key is there already. Holds the index or constraint as the migration named it.
    #[error("not unique: {0}")]
    Unique(String),
    /// A value that the table refuses. Holds the constraint as the migration named it, or
    /// `table.column` where a column that must be filled was left empty.
    #[error("refused by the check {0}")]
    Check(String),
    /// The row that is pointed to is not there, or the row that was to go is still pointed to.
    #[error("refused by a foreign key")]
    ForeignKey,
    /// The queue is full, or the database server cannot take the work just now. Nothing was done.
    #[error("the store is busy")]
    Busy,
    /// The disk is full. Nothing was done.
    #[error("the disk of the store is full")]
    Full,
    /// The job ran longer than its time limit. Nothing was done.
    #[error("the work took longer than it may")]
    TimedOut,
    /// The store is closing or closed. Nothing was done.
    #[error("the store is closed")]
    Closed,
    /// Anything else, in words for the log.
    #[error("{0}")]
    Other(String),
}

impl StoreError {
    /// Whether this is the refusal of a second row by the index or constraint of this name.
    pub fn is_unique(&self, name: &str) -> bool {
        matches!(self, StoreError::Unique(found) if found == name)
    }
}

/// Why a store did not open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The database was migrated by a newer version of the program.
    #[error(
        "the database was made by a newer version: it holds the change \"{0}\", which this version does not know. Use the newer version, or restore a backup taken before it."
    )]
    Newer(String),
    /// A migration that was applied is not the text that this program holds.
    #[error(
        "the change \"{0}\" in the database is not the one this program holds: it was edited after it had been applied. Add a new change instead."
    )]
    Edited(String),
    /// A migration could not be applied. Nothing of it remains.
    #[error("the change \"{name}\" could not be applied: {error}")]
    Migration {
        /// The migration.
        name: String,
        /// What the engine said.
        error: String,
    },
    /// The name of a schema is not one.
    #[error("\"{0}\" is not a name for a schema: small letters, digits and _ are wanted, a letter first, at most 48")]
    Schema(String),
    /// A setting of the database that would lose or alter data.
    #[error("{0}")]
    Unfit(String),
    /// The database could not be opened or reached.
    #[error("the database could not be opened: {0}")]
    Open(String),
}
