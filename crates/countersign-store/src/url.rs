//! Where the database is.

use std::{
    fmt,
    path::{Path, PathBuf},
    str::FromStr,
};

use url::Url;

use crate::{Dialect, mysql, postgres};

/// The address of a database, as in the setting `DATABASE_URL`.
///
/// | Form | Meaning |
/// |---|---|
/// | `sqlite:FILE`, `sqlite://FILE` | a SQLite file; relative paths start at the working directory |
/// | `sqlite::memory:` | a database that lives as long as the process |
/// | `postgres://USER:PASSWORD@HOST:PORT/DATABASE`, `postgresql://…` | PostgreSQL |
/// | `mysql://USER:PASSWORD@HOST:PORT/DATABASE`, `mariadb://…` | MySQL or MariaDB |
///
/// `?sslmode=verify-full&sslrootcert=FILE` (PostgreSQL) and `?ssl-mode=VERIFY_IDENTITY&ssl-ca=FILE`
/// (MySQL) ask for TLS to a server whose certificate is checked. On PostgreSQL `?schema=NAME` says
/// in which schema the tables are.
///
/// # Example
///
/// ```
/// use countersign_store::DatabaseUrl;
///
/// let url: DatabaseUrl = "sqlite:countersign.db".parse()?;
/// assert_eq!(url.to_string(), "sqlite:countersign.db");
/// let url: DatabaseUrl = "postgres://ann:secret@db.example.com/auth".parse()?;
/// assert_eq!(url.to_string(), "postgres://db.example.com/auth");
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
    /// A database on a server.
    Server(ServerUrl),
}

/// The address of a database on a server: well-formed, and never shown with its password.
#[derive(Clone, PartialEq, Eq)]
pub struct ServerUrl {
    dialect: Dialect,
    url: Url,
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
        "`{scheme}:` is not a database this build can open; write `sqlite:FILE`, \
         `postgres://USER:PASSWORD@HOST/DATABASE` or `mysql://USER:PASSWORD@HOST/DATABASE`"
    )]
    UnknownScheme {
        /// What stood before the first colon.
        scheme: String,
    },
    /// A server's URL that cannot be read.
    #[error(
        "the {scheme} database URL is not well-formed; write \
         `{scheme}://USER:PASSWORD@HOST:PORT/DATABASE`, with special characters of the password \
         as `%` and two digits, and only parameters such as `?sslmode=require` behind it"
    )]
    Malformed {
        /// The scheme.
        scheme: &'static str,
    },
}

impl ServerUrl {
    fn parse(dialect: Dialect, text: &str) -> Result<Self, DatabaseUrlError> {
        let malformed = || DatabaseUrlError::Malformed { scheme: scheme_of(dialect) };
        let url = Url::parse(text).map_err(|_| malformed())?;
        let understood = match dialect {
            Dialect::MySql => mysql::options(&url).is_some(),
            _ => postgres::options(&url).is_some(),
        };
        let has_database = url.path().len() > 1;
        if understood && has_database { Ok(Self { dialect, url }) } else { Err(malformed()) }
    }

    pub(crate) fn dialect(&self) -> Dialect {
        self.dialect
    }

    pub(crate) fn url(&self) -> &Url {
        &self.url
    }
}

fn scheme_of(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Sqlite => "sqlite",
        Dialect::Postgres => "postgres",
        Dialect::MySql => "mysql",
    }
}

impl DatabaseUrl {
    /// The SQLite file that it names, where that is not there.
    pub fn missing_file(&self) -> Option<&Path> {
        match self {
            Self::SqliteFile(file) if !file.exists() => Some(file),
            _ => None,
        }
    }
}

impl FromStr for DatabaseUrl {
    type Err = DatabaseUrlError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (scheme, rest) = text.split_once(':').ok_or(DatabaseUrlError::NoFile)?;
        match scheme {
            "sqlite" => match rest.strip_prefix("//").unwrap_or(rest) {
                "" => Err(DatabaseUrlError::NoFile),
                ":memory:" => Ok(Self::SqliteMemory),
                file => Ok(Self::SqliteFile(PathBuf::from(file))),
            },
            "postgres" | "postgresql" => {
                Ok(Self::Server(ServerUrl::parse(Dialect::Postgres, text)?))
            }
            "mysql" | "mariadb" => Ok(Self::Server(ServerUrl::parse(Dialect::MySql, text)?)),
            _ => Err(DatabaseUrlError::UnknownScheme { scheme: scheme.to_owned() }),
        }
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SqliteFile(file) => write!(f, "sqlite:{}", file.display()),
            Self::SqliteMemory => f.write_str("sqlite::memory:"),
            Self::Server(server) => write!(f, "{server}"),
        }
    }
}

/// Host, port and database: neither user nor password nor parameters.
impl fmt::Display for ServerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", scheme_of(self.dialect), self.url.host_str().unwrap_or_default())?;
        if let Some(port) = self.url.port() {
            write!(f, ":{port}")?;
        }
        f.write_str(self.url.path())
    }
}

impl fmt::Debug for ServerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ServerUrl({self})")
    }
}
