//! Why the auth server gave no clear answer, and what to do about it.

use http::StatusCode;

use crate::calls::CallError;

#[derive(Debug, thiserror::Error)]
pub(super) enum AskError {
    #[error(transparent)]
    Call(#[from] CallError),
    #[error(
        "the auth server cannot answer ({status}): its log says why; without its database no token is \
         spent"
    )]
    CannotAnswer { status: StatusCode },
    #[error(
        "the auth server refuses the credential (401): name and secret have to be an entry of \
         resource_servers.credentials there"
    )]
    RefusedCredential,
    #[error(
        "the auth server does not take the token (400): it lives longer than revocation.retention \
         there allows for, or the clocks of guard and server are apart"
    )]
    RefusedToken,
    #[error(
        "spent tokens are not shared at this address (404): it has to be …/api/auth/spent-tokens, and \
         spent_tokens.enabled has to be on at the auth server, with the table that `countersign \
         migrate apply` adds"
    )]
    NoEndpoint,
    #[error(
        "the auth server is asked too often from this address (429): see what of it shows no good \
         credential, and rate_limit.* there"
    )]
    TooManyRequests,
    #[error("the answer has status {status}: see whether the address is right")]
    Status { status: StatusCode },
    #[error(
        "the answer is not as docs/spent-tokens.md describes it: see whether the address is right, and \
         that nothing between guard and auth server answers by itself"
    )]
    NotOfAnAuthServer,
    #[error("the HTTP client could not be set up: see whether this machine has certificates")]
    Client(#[source] reqwest::Error),
}

impl AskError {
    /// A stable word for logs.
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::Call(error) => error.code(),
            Self::CannotAnswer { .. } => "cannot_answer",
            Self::RefusedCredential => "refused_credential",
            Self::RefusedToken => "refused_token",
            Self::NoEndpoint => "no_endpoint",
            Self::TooManyRequests => "too_many_requests",
            Self::Status { .. } => "status",
            Self::NotOfAnAuthServer => "not_of_an_auth_server",
            Self::Client(_) => "http_client",
        }
    }

    /// Whether another server behind the same address may answer.
    pub(super) fn is_one_servers(&self) -> bool {
        matches!(self, Self::Call(CallError::NoAnswer(_)) | Self::CannotAnswer { .. })
    }
}
