//! Where the database is: `sqlite:FILE` or `sqlite::memory:`.

use std::{fmt, path::PathBuf, str::FromStr};

/// The address of a database, as in the setting `DATABASE_URL`.
///
/// | Form | Meaning |
/// |---|---|
/// | `sqlite:FILE`, `sqlite://FILE` | a SQLite file; relative paths start at the working directory |
/// | `sqlite::memory:` | a database that lives as long as the process |
///
/// # Example
///
/// ```
/// use countersign_store::DatabaseUrl;
///
/// let url: DatabaseUrl = "sqlite:countersign.db".parse()?;
/// assert_eq!(url.to_string(), "sqlite:countersign.db");
/// assert!("mongodb://localhost".parse::<DatabaseUrl>().is_err());
/// # Ok::<(), countersign_store::DatabaseUrlError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DatabaseUrl {
    /// A SQLite file.
    SqliteFile(PathBuf),
    /// A SQLite database in memory.
    SqliteMemory,
}

/// Why a text is not a [`DatabaseUrl`]. The text itself is not repeated: it may hold a password.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum DatabaseUrlError {
    /// The text is empty, or names no file.
    #[error("the database URL names no file; write `sqlite:countersign.db` or `sqlite::memory:`")]
    NoFile,
    /// The part before the first colon is not a database this build can open.
    #[error(
        "`{scheme}:` is not a database this build can open; \
         write `sqlite:FILE` (for example `sqlite:countersign.db`)"
    )]
    UnknownScheme {
        /// What stood before the first colon.
        scheme: String,
    },
}

impl FromStr for DatabaseUrl {
    type Err = DatabaseUrlError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (scheme, rest) = text.split_once(':').ok_or(DatabaseUrlError::NoFile)?;
        if scheme != "sqlite" {
            return Err(DatabaseUrlError::UnknownScheme { scheme: scheme.to_owned() });
        }
        match rest.strip_prefix("//").unwrap_or(rest) {
            "" => Err(DatabaseUrlError::NoFile),
            ":memory:" => Ok(Self::SqliteMemory),
            file => Ok(Self::SqliteFile(PathBuf::from(file))),
        }
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SqliteFile(file) => write!(f, "sqlite:{}", file.display()),
            Self::SqliteMemory => f.write_str("sqlite::memory:"),
        }
    }
}
