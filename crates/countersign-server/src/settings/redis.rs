//! Settings of Redis: where sessions, and what has to be brought back once, are when they are not, or not only, in
//! the database.

use zeroize::Zeroizing;

use super::{SettingsError, reader::Reader};

/// A Redis that holds sessions and verifications: Better Auth's `secondaryStorage`.
#[derive(Clone)]
#[non_exhaustive]
pub struct RedisSettings {
    /// `redis://…`; it may hold a password.
    pub(crate) url: Zeroizing<String>,
    /// What keys start with.
    pub key_prefix: String,
    /// Which sessions are in the database, too.
    pub rows: SessionRows,
    /// Whether what somebody has to bring back once is in the database and not in Redis.
    pub verifications_in_database: bool,
}

/// Which sessions are in the database when there is Redis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SessionRows {
    /// None.
    No,
    /// Those that are alive.
    Live,
    /// All there ever were; those that were ended say when.
    All,
}

impl RedisSettings {
    pub(super) fn read(reader: &Reader<'_>) -> Result<Option<Self>, SettingsError> {
        let stored = reader.boolean("session.store_in_database")?;
        let rows = match (stored, reader.boolean("session.preserve_in_database")?) {
            (true, true) => SessionRows::All,
            (true, false) => SessionRows::Live,
            (false, false) => SessionRows::No,
            (false, true) => {
                return Err(SettingsError::invalid(
                    "session.preserve_in_database",
                    "session.store_in_database to be true, too",
                ));
            }
        };
        let verifications_in_database = reader.boolean("verification.store_in_database")?;
        let Some(url) = reader.text("redis.url") else { return Ok(None) };
        let url = Zeroizing::new(url.to_owned());
        let key_prefix = reader.required("redis.key_prefix").to_owned();
        Ok(Some(Self { url, key_prefix, rows, verifications_in_database }))
    }
}
