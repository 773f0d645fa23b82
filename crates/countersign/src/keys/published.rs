//! Keys that an issuer publishes: where, and how they are kept.

use std::{path::PathBuf, time::Duration};

use jiff::SignedDuration;

use super::{
    KeySource, Source, SourceError,
    discovery::Metadata,
    publisher::{Place, Publisher},
    remote::RemoteKeys,
    snapshot::Snapshot,
};
use crate::calls::parse_address;

const DEFAULT_TIMEOUT: Duration = Duration::from_secs(3);
const LONGEST_TIMEOUT: Duration = Duration::from_secs(30);
const DEFAULT_STALE_LIMIT: SignedDuration = SignedDuration::from_hours(24);
const LONGEST_STALE_LIMIT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The keys that an issuer publishes at an address.
///
/// They are fetched when the first token arrives, and again as they age or when a token was made by a key
/// that is not among them. While the issuer is away the known keys stay in use for a day.
///
/// ```
/// use countersign::{KeySource, PublishedKeys};
///
/// let keys = PublishedKeys::openid("https://auth.example.com")?
///     .with_snapshot("/var/lib/tasks/keys.json");
/// let source = KeySource::from(keys);
/// # Ok::<(), countersign::SourceError>(())
/// ```
pub struct PublishedKeys {
    place: Place,
    timeout: Duration,
    stale_limit: SignedDuration,
    snapshot: Option<PathBuf>,
}

impl PublishedKeys {
    /// A JSON Web Key Set (RFC 7517 §5) at an address, `…/api/auth/jwks` for Better Auth.
    pub fn jwks_url(url: &str) -> Result<Self, SourceError> {
        Ok(Self::at(Place::KeySet(parse_address(url)?)))
    }

    /// The key set of an issuer that speaks OpenID Connect: `{issuer}/.well-known/openid-configuration`
    /// says where it is (OpenID Connect Discovery 1.0 §4).
    pub fn openid(issuer: &str) -> Result<Self, SourceError> {
        Ok(Self::at(Place::Metadata(Metadata::openid(issuer)?)))
    }

    /// The key set of an OAuth 2.0 authorization server: `/.well-known/oauth-authorization-server`, before
    /// the path of the issuer, says where it is (RFC 8414 §3).
    pub fn oauth(issuer: &str) -> Result<Self, SourceError> {
        Ok(Self::at(Place::Metadata(Metadata::oauth(issuer)?)))
    }

    fn at(place: Place) -> Self {
        Self { place, timeout: DEFAULT_TIMEOUT, stale_limit: DEFAULT_STALE_LIMIT, snapshot: None }
    }

    /// Keeps the last good key set in this file, for a start while the issuer is away. A file for each
    /// issuer, in a folder that nobody but the service may write: whoever can write it can make tokens.
    #[must_use]
    pub fn with_snapshot(mut self, file: impl Into<PathBuf>) -> Self {
        self.snapshot = Some(file.into());
        self
    }

    /// For how long keys are used while the issuer is away, counted from the last good fetch: 24 hours
    /// unless set, 30 days at most. After it tokens are answered 503. With zero, keys end with the
    /// lifetime that the issuer gave them.
    pub fn with_stale_limit(mut self, limit: SignedDuration) -> Result<Self, SourceError> {
        if !(SignedDuration::ZERO..=LONGEST_STALE_LIMIT).contains(&limit) {
            return Err(SourceError::StaleLimit);
        }
        self.stale_limit = limit;
        Ok(self)
    }

    /// How long one fetch may take, discovery included: 3 seconds unless set, 30 at most.
    pub fn with_timeout(mut self, timeout: Duration) -> Result<Self, SourceError> {
        if timeout.is_zero() || timeout > LONGEST_TIMEOUT {
            return Err(SourceError::Timeout);
        }
        self.timeout = timeout;
        Ok(self)
    }

    pub(super) fn open(self) -> Result<RemoteKeys, SourceError> {
        let Self { place, timeout, stale_limit, snapshot } = self;
        let address = place.url().to_string();
        let snapshot = snapshot.map(|path| Snapshot::new(path, address, stale_limit));
        let publisher = Publisher::new(place, timeout).map_err(SourceError::Client)?;
        Ok(RemoteKeys::new(publisher, stale_limit, snapshot))
    }
}

impl From<PublishedKeys> for KeySource {
    fn from(keys: PublishedKeys) -> Self {
        Self(Source::Published(Box::new(keys)))
    }
}
