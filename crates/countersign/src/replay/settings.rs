//! Where spent tokens are shared.

use std::time::Duration;

use url::Url;

use crate::calls::{AddressError, Credential, is_bare, parse_address};

const DEFAULT_PATIENCE: Duration = Duration::from_secs(1);
const LEAST_PATIENCE: Duration = Duration::from_millis(100);
const MOST_PATIENCE: Duration = Duration::from_secs(30);

/// Where tokens that count once are spent for all processes of a service, `…/api/auth/spent-tokens` for
/// Countersign. A token counts once for all services together that spend theirs there.
///
/// ```
/// use countersign::{Guard, KeySource, Policy, SharedSpentTokens};
///
/// let shared = SharedSpentTokens::at(
///     "https://auth.example.com/api/auth/spent-tokens",
///     "tasks-api",
///     "the-secret-of-the-resource-server",
/// )?;
/// let guard = Guard::builder(
///     Policy::new("https://auth.example.com", "https://api.example.com")?,
///     KeySource::jwks_url("https://auth.example.com/api/auth/jwks")?,
/// )
/// .spent_tokens_shared(shared)
/// .build()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct SharedSpentTokens {
    pub(super) url: Url,
    pub(super) credential: Credential,
    pub(super) patience: Duration,
}

/// Why spent tokens cannot be shared.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum SharedSpentTokensError {
    /// Not an absolute URL.
    #[error("the address where spent tokens are shared is not a URL")]
    NotAUrl(#[source] url::ParseError),
    /// Not `https`, and not `http` to this machine; or with a user name or password.
    #[error(
        "spent tokens must be shared over https (http only on this machine), without user name in the address"
    )]
    InsecureUrl,
    /// It has a query or a fragment.
    #[error("the address where spent tokens are shared must have neither query nor fragment")]
    NotAnEndpoint,
    /// The credential cannot be sent.
    #[error(
        "name and secret of the resource server must be given, without control characters; the name without a colon"
    )]
    Credential,
    /// Less than a tenth of a second, or more than 30 seconds.
    #[error("the patience with spent tokens must be between 100 milliseconds and 30 seconds")]
    Patience,
    /// The HTTP client could not be set up.
    #[error("the HTTP client could not be set up")]
    Client(#[source] reqwest::Error),
}

impl SharedSpentTokensError {
    /// A stable word for logs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotAUrl(_) => "not_a_url",
            Self::InsecureUrl => "insecure_url",
            Self::NotAnEndpoint => "not_an_endpoint",
            Self::Credential => "credential",
            Self::Patience => "patience",
            Self::Client(_) => "http_client",
        }
    }
}

impl From<AddressError> for SharedSpentTokensError {
    fn from(error: AddressError) -> Self {
        match error {
            AddressError::NotAUrl(error) => Self::NotAUrl(error),
            AddressError::Insecure => Self::InsecureUrl,
        }
    }
}

impl SharedSpentTokens {
    /// At this address; `name` and `secret` are those of the resource server.
    pub fn at(
        url: &str,
        name: impl Into<String>,
        secret: impl Into<String>,
    ) -> Result<Self, SharedSpentTokensError> {
        let url = parse_address(url)?;
        if !is_bare(&url) {
            return Err(SharedSpentTokensError::NotAnEndpoint);
        }
        let credential = Credential::new(name, secret).ok_or(SharedSpentTokensError::Credential)?;
        Ok(Self { url, credential, patience: DEFAULT_PATIENCE })
    }

    /// How long a request waits for a clear answer: a second unless set, 100 milliseconds at least, 30 seconds
    /// at most.
    pub fn with_patience(mut self, patience: Duration) -> Result<Self, SharedSpentTokensError> {
        if !(LEAST_PATIENCE..=MOST_PATIENCE).contains(&patience) {
            return Err(SharedSpentTokensError::Patience);
        }
        self.patience = patience;
        Ok(self)
    }

    /// How long a request waits for a clear answer.
    pub fn patience(&self) -> Duration {
        self.patience
    }
}
