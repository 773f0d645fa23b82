//! Why a question to the feed brought nothing.

use countersign_jwt::TokenError;

use crate::calls::CallError;

#[derive(Debug, thiserror::Error)]
pub(super) enum TakeError {
    #[error(transparent)]
    Call(#[from] CallError),
    #[error("there are no keys to verify the answer with")]
    NoKeys,
    #[error("the answer is no text")]
    NotText,
    #[error("the answer is not one of the issuer's feed: {0}")]
    NotSigned(TokenError),
    #[error("the answer is not as docs/revocation-feed.md describes it")]
    Malformed(#[from] serde_json::Error),
    #[error("the answer is of another issuer")]
    OtherIssuer,
    #[error("the answer is not to this question: its nonce is another one")]
    OtherNonce,
    #[error("the answer goes on after {from}, but only {held} are held")]
    Gap { from: u64, held: u64 },
    #[error("the answer says that there is more, and brings none of it")]
    NoProgress,
    #[error("the HTTP client could not be set up")]
    Client(#[source] reqwest::Error),
}

impl TakeError {
    /// A stable word for logs and readiness answers.
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::Call(error) => error.code(),
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
}
