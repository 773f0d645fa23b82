//! What can go wrong between us and the database.

use std::path::PathBuf;

/// A statement that was not carried out, or a row that was not what the schema promises.
///
/// Values never appear in the text: they may be somebody's.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The database could not be opened.
    #[error("cannot open the database {}: {cause}; check DATABASE_URL and the folder's permissions", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What SQLite or the system said.
        cause: String,
    },
    /// A unique column already holds this value.
    #[error("a row with the same {column} exists")]
    Duplicate {
        /// `table.column`, as the database names it.
        column: String,
    },
    /// The database is busy, out of space, or gone. Trying later may work.
    #[error("the database cannot answer now: {0}")]
    Unavailable(String),
    /// The database refused the statement.
    #[error("the database refused a statement: {0}")]
    Refused(String),
    /// A column held something else than the schema promises.
    #[error("column {column} holds {found} where {expected} was expected")]
    UnexpectedValue {
        /// The column's name, or its position.
        column: String,
        /// The kind of value that was there.
        found: &'static str,
        /// The kind of value that should have been there.
        expected: &'static str,
    },
}

impl StoreError {
    /// A statement holds a value that no column here has.
    pub(crate) fn unknown_kind() -> Self {
        Self::Refused("a statement holds a kind of value that columns here do not have".to_owned())
    }

    /// A stable name for logs and metrics.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Open { .. } => "store_open",
            Self::Duplicate { .. } => "store_duplicate",
            Self::Unavailable(_) => "store_unavailable",
            Self::Refused(_) => "store_refused",
            Self::UnexpectedValue { .. } => "store_unexpected_value",
        }
    }

    /// Whether the same statement may succeed later: the caller answers 503, not 500.
    pub fn is_unavailable(&self) -> bool {
        matches!(self, Self::Unavailable(_) | Self::Open { .. })
    }

    /// Whether this column stopped the statement, because it is unique.
    pub fn is_duplicate_of(&self, name: &str) -> bool {
        let Self::Duplicate { column } = self else { return false };
        column.rsplit('.').next() == Some(name)
    }

    /// Whether a unique column stopped the statement.
    pub fn is_duplicate(&self) -> bool {
        matches!(self, Self::Duplicate { .. })
    }
}
