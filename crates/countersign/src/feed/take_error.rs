//! Why a question to the feed brought nothing, and what to do about it.

use std::time::Duration;

use countersign_jwt::TokenError;
use http::StatusCode;

use crate::calls::CallError;

#[derive(Debug, thiserror::Error)]
pub(super) enum TakeError {
    #[error(transparent)]
    Call(CallError),
    #[error(
        "the issuer refuses the credential (401): name and secret that the guard is registered with \
         have to be an entry of resource_servers.credentials there"
    )]
    RefusedCredential,
    #[error(
        "there is no feed at this address (404): it has to be …/api/auth/revocations, and \
         revocation.enabled has to be on at the issuer, with the tables that `countersign migrate \
         apply` adds"
    )]
    NoFeed,
    #[error(
        "the issuer is asked too often from this address (429): see who else asks from here, and \
         rate_limit.* at the issuer"
    )]
    TooManyRequests { retry_after: Option<Duration> },
    #[error(
        "there are no keys to verify the answer with: the log of countersign::keys says why they \
         cannot be fetched"
    )]
    NoKeys,
    #[error("the answer is no text: see whether the address is that of the feed")]
    NotText,
    #[error(
        "the answer is not one of the issuer's feed ({0}): see whether the address is that of the \
         feed, and the keys are those of the same issuer"
    )]
    NotSigned(TokenError),
    #[error(
        "the answer is not as docs/revocation-feed.md describes it: see whether guard and issuer are \
         of versions that fit"
    )]
    Malformed(#[from] serde_json::Error),
    #[error(
        "the answer is of another issuer: the policy's has to be token.issuer at the server that is \
         asked"
    )]
    OtherIssuer,
    #[error(
        "the answer is not to this question, its nonce is another one: see that nothing between \
         guard and issuer stores answers"
    )]
    OtherNonce,
    #[error(
        "the answer goes on after {from}, but only {held} are held; the next question begins at the \
         beginning"
    )]
    Gap { from: u64, held: u64 },
    #[error(
        "the answer says that there is more, and brings none of it: see what the issuer's log says"
    )]
    NoProgress,
    #[error("the HTTP client could not be set up: see whether this machine has certificates")]
    Client(#[source] reqwest::Error),
}

impl TakeError {
    /// A stable word for logs and readiness answers.
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::Call(error) => error.code(),
            Self::RefusedCredential => "refused_credential",
            Self::NoFeed => "no_feed",
            Self::TooManyRequests { .. } => "too_many_requests",
            Self::NoKeys => "keys_unavailable",
            Self::NotText => "not_text",
            Self::NotSigned(error) => error.code(),
            Self::Malformed(_) => "malformed",
            Self::OtherIssuer => "other_issuer",
            Self::OtherNonce => "other_nonce",
            Self::Gap { .. } => "gap",
            Self::NoProgress => "no_progress",
            Self::Client(_) => "http_client",
        }
    }

    /// When the issuer wants to be asked again, if it says so.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::TooManyRequests { retry_after } => *retry_after,
            _ => None,
        }
    }
}

/// What a status means of a feed.
impl From<CallError> for TakeError {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Status { status: StatusCode::UNAUTHORIZED, .. } => Self::RefusedCredential,
            CallError::Status { status: StatusCode::NOT_FOUND, .. } => Self::NoFeed,
            CallError::Status { status: StatusCode::TOO_MANY_REQUESTS, retry_after } => {
                Self::TooManyRequests { retry_after }
            }
            error => Self::Call(error),
        }
    }
}
