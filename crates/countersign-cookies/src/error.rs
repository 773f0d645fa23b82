//! Why a cookie is not accepted. For the log: the texts hold nothing of the cookie.

use countersign_jwt::WeakSecret;

/// Why a cookie is not accepted, in the order of the checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CookieError {
    /// The request has several cookies of the name: which one is meant would be a guess.
    #[error("the request has several cookies of one name")]
    Duplicate,
    /// Chunks are missing, or there are more than [`MAX_CHUNKS`](crate::MAX_CHUNKS).
    #[error("the chunks of the cookie are not complete")]
    Chunks,
    /// Longer than [`MAX_SESSION_DATA_BYTES`](crate::MAX_SESSION_DATA_BYTES).
    #[error("the cookie is too large")]
    TooLarge,
    /// Not what the strategy writes: another number of parts, not canonical base64url.
    #[error("the cookie is not in the form of the strategy")]
    Malformed,
    /// The header is not the one that the strategy writes: another algorithm, key or kind of token.
    #[error("the header of the cookie is not that of a session")]
    Header,
    /// The signature was not made with the secret over these bytes.
    #[error("the signature of the cookie is wrong")]
    Signature,
    /// The content is not strict JSON.
    #[error("the content of the cookie is not strict JSON")]
    NotStrictJson,
    /// The content has a member that no session has, such as `iss` or `sub`.
    #[error("the content of the cookie is not that of a session")]
    Foreign,
    /// A member of the content is missing or has the wrong type.
    #[error("the member {member} of the cookie is missing or invalid")]
    Member {
        /// The name of the member.
        member: &'static str,
    },
    /// The session is not the user's.
    #[error("session and user of the cookie do not belong together")]
    Mismatch,
    /// The content was written under another version.
    #[error("the cookie has another version")]
    Version,
    /// It was written in the future, beyond the leeway.
    #[error("the cookie is not valid yet")]
    NotYetValid,
    /// It ends later than tokens may live.
    #[error("the cookie lives too long")]
    LivesTooLong,
    /// It was good, and it or its session is over.
    #[error("the cookie has expired")]
    Expired,
}

impl CookieError {
    /// A stable word for logs and metrics.
    pub fn code(self) -> &'static str {
        match self {
            Self::Duplicate => "cookie_duplicate",
            Self::Chunks => "cookie_chunks",
            Self::TooLarge => "cookie_too_large",
            Self::Malformed => "cookie_malformed",
            Self::Header => "cookie_header",
            Self::Signature => "cookie_signature",
            Self::NotStrictJson => "cookie_not_strict_json",
            Self::Foreign => "cookie_foreign",
            Self::Member { .. } => "cookie_member",
            Self::Mismatch => "cookie_mismatch",
            Self::Version => "cookie_version",
            Self::NotYetValid => "cookie_not_yet_valid",
            Self::LivesTooLong => "cookie_lives_too_long",
            Self::Expired => "cookie_expired",
        }
    }
}

/// Why nothing is verified with a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SecretError {
    /// It can be guessed.
    #[error("the secret of the cookies (BETTER_AUTH_SECRET) {0}")]
    Weak(WeakSecret),
    /// No key could be derived.
    #[error("no key could be derived from the secret of the cookies")]
    NotDerived,
}

/// What is weak about it is in the text, and no cause besides.
impl From<WeakSecret> for SecretError {
    fn from(weak: WeakSecret) -> Self {
        Self::Weak(weak)
    }
}
