//! The issuer's revocation feed: where it is, how old it may be, and by what it knows this process.

use std::time::Duration;

use countersign::{FeedError, RevocationFeed, WhenStale};

use super::{Flags, SettingsError};

/// The feed, where there is one. `credential` is the resource server's `name:secret`.
pub(super) fn read(
    flags: &Flags,
    credential: Option<&str>,
) -> Result<Option<RevocationFeed>, SettingsError> {
    // What is set to nothing is not set.
    let text = |flag: &Option<String>| flag.clone().filter(|text| !text.is_empty());
    let guard = text(&flags.revocations_guard);
    let credential = credential.filter(|credential| !credential.is_empty());
    let (staleness, allowed) =
        (text(&flags.revocations_max_staleness), text(&flags.revocations_allow_for));
    let Some(url) = text(&flags.revocations_url) else {
        let about_nothing = guard.is_some() || credential.is_some();
        return if about_nothing || staleness.or(allowed).is_some() {
            Err(SettingsError::RevocationsOfNothing)
        } else {
            Ok(None)
        };
    };
    let mut feed = RevocationFeed::at(&url).map_err(SettingsError::RevocationsUrl)?;
    if let Some(staleness) = staleness {
        let wrong = || SettingsError::RevocationsMaxStaleness;
        let staleness = seconds(&staleness).ok_or_else(wrong)?;
        feed = feed.with_max_staleness(staleness).map_err(|_error| wrong())?;
    }
    if let Some(allowed) = allowed {
        let allowed = seconds(&allowed).ok_or(SettingsError::RevocationsAllowFor)?;
        feed = feed.when_stale(WhenStale::AllowFor(allowed));
    }
    match (guard, credential) {
        (None, None) => Ok(Some(feed)),
        (Some(guard), Some(credential)) => {
            let (name, secret) =
                credential.split_once(':').ok_or(SettingsError::RevocationsCredential)?;
            let registered = feed.registered(guard, name, secret).map_err(|error| match error {
                FeedError::GuardName => SettingsError::RevocationsGuard,
                _ => SettingsError::RevocationsCredential,
            });
            registered.map(Some)
        }
        _ => Err(SettingsError::RevocationsRegistration),
    }
}

fn seconds(text: &str) -> Option<Duration> {
    text.parse().ok().map(Duration::from_secs)
}
