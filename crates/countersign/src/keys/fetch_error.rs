//! Why a fetch brought no keys.

use std::str::Utf8Error;

use countersign_jwt::KeyError;

use super::SourceError;
use crate::calls::CallError;

#[derive(Debug, thiserror::Error)]
pub(super) enum FetchError {
    #[error(transparent)]
    Call(#[from] CallError),
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
            Self::Call(error) => error.code(),
            Self::KeySet(error) => error.code(),
            Self::NotText(_) => "not_text",
            Self::Metadata(_) => "not_metadata",
            Self::OtherIssuer { .. } => "other_issuer",
            Self::JwksUri(error) => error.code(),
        }
    }
}
