//! Why a fetch brought no keys.

use std::str::Utf8Error;

use countersign_jwt::KeyError;
use http::StatusCode;

use super::SourceError;

/// The most bytes of one answer.
pub(super) const MAX_BYTES: usize = 256 * 1024;

#[derive(Debug, thiserror::Error)]
pub(super) enum FetchError {
    #[error("no answer")]
    NoAnswer(#[source] reqwest::Error),
    #[error("no whole answer in time")]
    Timeout,
    #[error("the answer has status {0}")]
    Status(StatusCode),
    #[error("the answer is larger than {MAX_BYTES} bytes")]
    TooLarge,
    #[error("the answer is no key set")]
    KeySet(#[from] KeyError),
    #[error("the answer is no text")]
    NotText(#[from] Utf8Error),
    #[error("the answer is no metadata with issuer and jwks_uri")]
    Metadata(#[source] serde_json::Error),
    #[error(
        "the metadata names the issuer {named:?}, which has to be {configured:?} to the character"
    )]
    OtherIssuer {
        /// As much of it as a log should hold.
        named: String,
        configured: String,
    },
    #[error("the jwks_uri of the metadata is refused")]
    JwksUri(#[source] SourceError),
}

impl FetchError {
    /// A stable word for logs and readiness answers.
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::NoAnswer(_) => "no_answer",
            Self::Timeout => "timeout",
            Self::Status(_) => "status",
            Self::TooLarge => "too_large",
            Self::KeySet(error) => error.code(),
            Self::NotText(_) => "not_text",
            Self::Metadata(_) => "not_metadata",
            Self::OtherIssuer { .. } => "other_issuer",
            Self::JwksUri(error) => error.code(),
        }
    }
}

/// Without the address, whose query may hold what is not for the log.
impl From<reqwest::Error> for FetchError {
    fn from(error: reqwest::Error) -> Self {
        Self::NoAnswer(error.without_url())
    }
}
