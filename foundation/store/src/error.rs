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
    /// What lies in a table is not what the product wrote there, in the words of both languages.
    #[error("{en}")]
    Misfit {
        /// In English.
        en: String,
        /// In Chinese.
        zh: String,
    },
    /// Anything else, in words for the log.
    #[error("{0}")]
    Other(String),
}

impl StoreError {
    /// That something in a table is not what the product wrote there.
    pub fn misfit(en: impl Into<String>, zh: impl Into<String>) -> StoreError {
        StoreError::Misfit { en: en.into(), zh: zh.into() }
    }

    /// That a column holds a code that the product does not know.
    pub fn unknown(table: &str, column: &str, code: &str) -> StoreError {
        StoreError::misfit(
            format!("table {table}, column {column} holds \"{code}\", which is not known"),
            format!("表 {table} 的 {column} 列存的是“{code}”，没有这个取值"),
        )
    }

    /// That what a column holds cannot be read.
    pub fn unreadable(table: &str, column: &str) -> StoreError {
        StoreError::misfit(
            format!("table {table}, column {column} holds what cannot be read"),
            format!("表 {table} 的 {column} 列存的内容读不出来"),
        )
    }

    /// In Chinese; what the database itself reported stays in its own words.
    pub fn zh(&self) -> String {
        match self {
            StoreError::Unique(name) => format!("和已有的一行重复（{name}）"),
            StoreError::Check(name) => format!("不符合数据表的规定（{name}）"),
            StoreError::ForeignKey => "所指的那一行不在，或者还有别的行指着它".to_owned(),
            StoreError::Busy => "数据库正忙".to_owned(),
            StoreError::Full => "磁盘已满".to_owned(),
            StoreError::TimedOut => "超过了限定的时间".to_owned(),
            StoreError::Closed => "数据库已经关闭".to_owned(),
            StoreError::Misfit { zh, .. } => zh.clone(),
            StoreError::Other(words) => format!("原文：{words}"),
        }
    }
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
