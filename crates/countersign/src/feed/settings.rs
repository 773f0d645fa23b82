//! Where the feed of an issuer is, and what holds while it cannot be reached.

use std::time::Duration;

use url::Url;

use crate::{
    calls::{AddressError, Credential, is_bare, parse_address},
    process::Process,
};

const DEFAULT_MAX_STALENESS: Duration = Duration::from_secs(10);
const LEAST_MAX_STALENESS: Duration = Duration::from_secs(1);
const MOST_MAX_STALENESS: Duration = Duration::from_hours(24);
/// Of a guard.
pub(super) const LONGEST_NAME: usize = 64;

/// The revocation feed of an issuer, `…/api/auth/revocations` for Countersign.
///
/// ```
/// use std::time::Duration;
///
/// use countersign::{Guard, KeySource, Policy, RevocationFeed, WhenStale};
///
/// let feed = RevocationFeed::at("https://auth.example.com/api/auth/revocations")?
///     .with_max_staleness(Duration::from_secs(5))?
///     .when_stale(WhenStale::AllowFor(Duration::from_mins(1)))
///     .registered("tasks-api-1", "tasks-api", "the-secret-of-the-resource-server")?;
/// let guard = Guard::builder(
///     Policy::new("https://auth.example.com", "https://api.example.com")?,
///     KeySource::jwks_url("https://auth.example.com/api/auth/jwks")?,
/// )
/// .revocation_feed(feed)
/// .build()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct RevocationFeed {
    pub(super) url: Url,
    pub(super) max_staleness: Duration,
    pub(super) when_stale: WhenStale,
    pub(super) registration: Option<Registration>,
}

/// What becomes of good tokens while more than the allowed time has passed since the issuer last said what
/// it took back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WhenStale {
    /// They are refused with 503 `revocations_stale`.
    #[default]
    Refuse,
    /// They are let in for so long beyond that time, and only then refused. A token that is taken back
    /// meanwhile is let in, too.
    AllowFor(Duration),
}

/// By what the issuer knows this guard, so that it can be waited for.
pub(super) struct Registration {
    /// Of this guard.
    pub(super) guard: String,
    /// Of the resource server.
    pub(super) credential: Credential,
    /// In which the guard has this name.
    pub(super) process: Process,
}

/// Why a feed cannot be followed.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum FeedError {
    /// Not an absolute URL.
    #[error("the address of the revocation feed is not a URL")]
    NotAUrl(#[source] url::ParseError),
    /// Not `https`, and not `http` to this machine; or with a user name or password.
    #[error(
        "the revocation feed must be asked over https (http only on this machine), without user name"
    )]
    InsecureUrl,
    /// Questions bring a query of their own.
    #[error("the address of the revocation feed must have neither query nor fragment")]
    NotAFeed,
    /// Less than a second, or more than a day.
    #[error("the staleness of revocations must be between 1 second and 24 hours")]
    MaxStaleness,
    /// The name of the guard is none.
    #[error("the name of the guard must be 1 to 64 of A-Z a-z 0-9 . _ -")]
    GuardName,
    /// The credential cannot be sent.
    #[error(
        "name and secret of the resource server must be given, without control characters; the name without a colon"
    )]
    Credential,
    /// The HTTP client could not be set up.
    #[error("the HTTP client could not be set up")]
    Client(#[source] reqwest::Error),
}

impl FeedError {
    /// A stable word for logs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotAUrl(_) => "not_a_url",
            Self::InsecureUrl => "insecure_url",
            Self::NotAFeed => "not_a_feed",
            Self::MaxStaleness => "max_staleness",
            Self::GuardName => "guard_name",
            Self::Credential => "credential",
            Self::Client(_) => "http_client",
        }
    }
}

impl From<AddressError> for FeedError {
    fn from(error: AddressError) -> Self {
        match error {
            AddressError::NotAUrl(error) => Self::NotAUrl(error),
            AddressError::Insecure => Self::InsecureUrl,
        }
    }
}

impl RevocationFeed {
    /// The feed at this address, followed by somebody whom the issuer does not wait for.
    pub fn at(url: &str) -> Result<Self, FeedError> {
        let url = parse_address(url)?;
        if !is_bare(&url) {
            return Err(FeedError::NotAFeed);
        }
        Ok(Self {
            url,
            max_staleness: DEFAULT_MAX_STALENESS,
            when_stale: WhenStale::default(),
            registration: None,
        })
    }

    /// How old the knowledge of what was taken back may be: 10 seconds unless set, 1 second at least, 24
    /// hours at most.
    pub fn with_max_staleness(mut self, staleness: Duration) -> Result<Self, FeedError> {
        if !(LEAST_MAX_STALENESS..=MOST_MAX_STALENESS).contains(&staleness) {
            return Err(FeedError::MaxStaleness);
        }
        self.max_staleness = staleness;
        Ok(self)
    }

    /// What becomes of good tokens when the knowledge is older; without this call they are refused.
    #[must_use]
    pub fn when_stale(mut self, what: WhenStale) -> Self {
        self.when_stale = what;
        self
    }

    /// Registers this guard with the issuer, so that a revocation can wait until it holds here. Every
    /// process needs a guard's name of its own: one that is forked from this adds its number, `tasks.4711`.
    /// `name` and `secret` are those of the resource server.
    pub fn registered(
        mut self,
        guard: impl Into<String>,
        name: impl Into<String>,
        secret: impl Into<String>,
    ) -> Result<Self, FeedError> {
        let guard = guard.into();
        let is_name_byte = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        if !(1..=LONGEST_NAME).contains(&guard.len()) || !guard.bytes().all(is_name_byte) {
            return Err(FeedError::GuardName);
        }
        let credential = Credential::new(name, secret).ok_or(FeedError::Credential)?;
        self.registration = Some(Registration { guard, credential, process: Process::current() });
        Ok(self)
    }
}
