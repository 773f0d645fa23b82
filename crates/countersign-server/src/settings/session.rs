//! Settings of sessions.

use jiff::{SignedDuration, Timestamp};

use super::{SettingsError, reader::Reader};

/// How long sessions live.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct SessionSettings {
    /// From sign-in, or the last refresh, to the end.
    pub expires_in: SignedDuration,
    /// A session older than this is extended when it is used.
    pub update_age: SignedDuration,
    /// From sign-in to the end, however often a session is extended; `None` for no limit.
    pub absolute_lifetime: Option<SignedDuration>,
    /// For how long after sign-in a session counts as fresh; zero means always.
    pub fresh_age: SignedDuration,
    /// Sessions are never extended.
    pub disable_refresh: bool,
    /// `GET /get-session` writes nothing and says whether a `POST` would extend the session.
    pub defer_refresh: bool,
}

impl SessionSettings {
    pub(super) fn read(reader: &Reader<'_>) -> Result<Self, SettingsError> {
        Ok(Self {
            expires_in: reader.cookie_life("session.expires_in")?,
            update_age: reader.span("session.update_age")?,
            absolute_lifetime: Some(reader.span("session.absolute_lifetime")?)
                .filter(|life| !life.is_zero()),
            fresh_age: reader.span("session.fresh_age")?,
            disable_refresh: reader.boolean("session.disable_refresh")?,
            defer_refresh: reader.boolean("session.defer_refresh")?,
        })
    }

    /// When a session that began then ends at the latest, if its row says `end`.
    pub(crate) fn end(&self, began: Timestamp, end: Timestamp) -> Timestamp {
        let life = self.absolute_lifetime;
        let last = life.and_then(|life| began.checked_add(life).ok());
        last.map_or(end, |last| end.min(last))
    }
}
