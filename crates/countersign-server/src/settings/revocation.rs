//! The revocation feed: whether there is one, and for how long things are remembered.

use std::time::Duration;

use countersign_jwt::DEFAULT_MAX_LIFETIME;
use jiff::SignedDuration;

use super::{SettingsError, Wish, reader::Reader};

/// The revocation feed.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct RevocationSettings {
    /// Whether there is one.
    pub enabled: Wish,
    /// For how long what was taken back is remembered: no token lives longer.
    pub retention: SignedDuration,
    /// Between two looks at the database, while somebody waits for news.
    pub poll_interval: Duration,
    /// For how long a guard that says nothing is waited for.
    pub guard_remembered: SignedDuration,
}

impl Reader<'_> {
    pub(super) fn revocation(&self) -> Result<RevocationSettings, SettingsError> {
        let enabled = self.wish("revocation.enabled")?;
        if enabled == Wish::On && self.wish("token.enabled")? == Wish::Off {
            let expected = "token.enabled not to be false: the feed is signed with its key";
            return Err(SettingsError::invalid("revocation.enabled", expected));
        }
        let longest = self.span("token.lifetime")?.max(self.span("session.cookie_cache_max_age")?);
        let retention = match self.text("revocation.retention") {
            Some(_) => self.span("revocation.retention")?,
            None => longest.max(DEFAULT_MAX_LIFETIME),
        };
        if retention < longest {
            // What was taken back would be good again.
            let expected =
                "a span not shorter than token.lifetime and session.cookie_cache_max_age";
            return Err(SettingsError::invalid("revocation.retention", expected));
        }
        let guard_remembered = self.span("revocation.guard_remembered")?;
        if guard_remembered < SignedDuration::from_mins(1) {
            // A guard may wait half a minute for one answer.
            let expected = "a minute or more";
            return Err(SettingsError::invalid("revocation.guard_remembered", expected));
        }
        let interval = self.number("revocation.poll_interval_ms", 10, 5_000)?;
        Ok(RevocationSettings {
            enabled,
            retention,
            poll_interval: Duration::from_millis(interval as u64),
            guard_remembered,
        })
    }
}
