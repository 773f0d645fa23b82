//! Why a request is not let in, and what its sender is told.

use std::{borrow::Cow, time::Duration};

use countersign_cookies::CookieError;
use countersign_jwt::TokenError;
use http::{
    HeaderMap, HeaderValue, StatusCode,
    header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE},
};
use serde::Serialize;

use crate::{cookies::CrossSite, revocation::Revoked};

/// Why a request is not let in. The text is the `detail` of the answer, safe to show.
///
/// | Refusal | Status | `code` | `WWW-Authenticate` (RFC 6750 §3) |
/// |---|---|---|---|
/// | no credential | 401 | `authorization_missing` | `Bearer realm="api"` |
/// | another scheme | 401 | `authorization_scheme` | `Bearer realm="api"` |
/// | a malformed header | 401 | `authorization_malformed` | `… error="invalid_token"` |
/// | a token without `sub` | 401 | `subject_missing` | `… error="invalid_token"` |
/// | an expired token | 401 | `token_expired` | `… error="invalid_token"` |
/// | any other bad token, revoked ones too | 401 | `invalid_token` | `… error="invalid_token"` |
/// | a token that can be used once, again | 401 | `invalid_token` | `… error="invalid_token"` |
/// | an expired cookie | 401 | `cookie_expired` | `Bearer realm="api"` |
/// | any other bad cookie, revoked sessions too | 401 | `invalid_cookie` | `Bearer realm="api"` |
/// | a change with a cookie, from a page that is not trusted | 403 | `cross_site_request` | none |
/// | somebody else's resource | 403 | `not_owner` | none |
/// | a scope is missing | 403 | `insufficient_scope` | `… error="insufficient_scope", scope="…"` |
/// | a role is missing | 403 | `insufficient_role` | none |
/// | no keys to check with | 503 | `keys_unavailable` | none; `Retry-After` |
/// | it is not known what the issuer took back | 503 | `revocations_stale` | none; `Retry-After` |
/// | sessions cannot be looked up | 503 | `sessions_unavailable` | none; `Retry-After` |
/// | no room to remember a spent token | 503 | `replay_guard_full` | none; `Retry-After` |
/// | nobody can say whether a token was spent | 503 | `spent_tokens_unavailable` | none; `Retry-After` |
///
/// The body is a problem document (RFC 9457): `type`, `title`, `status`, `detail`, `code`, and as
/// `instance` the [`Reference`](crate::Reference) of the event in the audit log. For a bad token it is
/// the same whatever is wrong: the cause is for the log ([`Refusal::cause`]), since it would tell an
/// attacker how far a forgery got. A missing dependency is never called a bad token, so
/// clients do not sign their users out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// There is no `Authorization` header.
    #[error("Authorization header missing. Include: Authorization: Bearer <token>")]
    NoCredential,
    /// The header is not two words, not ASCII, or there are several.
    #[error("Invalid authorization header format. Expected: Bearer <token>")]
    MalformedHeader,
    /// The scheme is not `Bearer`.
    #[error("Invalid authentication scheme: {scheme}. Expected: Bearer")]
    OtherScheme {
        /// The scheme, cut to 32 harmless characters.
        scheme: String,
    },
    /// The token is good but names no user.
    #[error("Token missing user ID (sub claim)")]
    MissingSubject,
    /// The token was good and is over.
    #[error("Token has expired. Please log in again.")]
    Expired,
    /// The token is not good. Why is in the error, which is not for the sender.
    #[error("Invalid token")]
    InvalidToken(TokenError),
    /// The token was good and was taken back.
    #[error("Invalid token")]
    Revoked(Revoked),
    /// The token can be used once, and was.
    #[error("Invalid token")]
    Replayed,
    /// The token can be used once and has no `jti` to remember it by.
    #[error("Invalid token")]
    NotSpendable,
    /// The cookie is not good. Why is in the error, which is not for the sender.
    #[error("Invalid session cookie")]
    InvalidCookie(CookieError),
    /// The cookie is good, and there is no such session.
    #[error("Invalid session cookie")]
    UnknownSession,
    /// The session of the cookie was taken back.
    #[error("Invalid session cookie")]
    RevokedSession(Revoked),
    /// The cookie was good and is over, or its session is.
    #[error("The session cookie has expired.")]
    CookieExpired,
    /// A request that may change something came with a cookie, and not from a trusted page.
    #[error("Access denied. The request does not come from a trusted origin.")]
    CrossSite(CrossSite),
    /// The user of the URL is not the user of the token.
    #[error("Access denied. You can only access your own resources.")]
    NotOwner,
    /// The token does not hold the scope the route needs.
    #[error("Access denied. The token lacks the scope {scope}.")]
    MissingScope {
        /// The scope that is needed; several, divided by spaces, when each would do.
        scope: Cow<'static, str>,
    },
    /// The token does not hold the role the route needs.
    #[error("Access denied. The role {role} is needed.")]
    MissingRole {
        /// The role that is needed; several, divided by spaces, when each would do.
        role: Cow<'static, str>,
    },
    /// The keys to check the token with could not be fetched.
    #[error("Tokens cannot be verified at the moment. Please try again.")]
    KeysUnavailable {
        /// When another attempt makes sense.
        retry_after: Duration,
    },
    /// What the issuer took back is not known, or not since the time that is allowed.
    #[error("Tokens cannot be verified at the moment. Please try again.")]
    RevocationsStale {
        /// When another attempt makes sense.
        retry_after: Duration,
    },
    /// The session of a cookie could not be looked up.
    #[error("Sessions cannot be looked up at the moment. Please try again.")]
    SessionsUnavailable,
    /// No more spent tokens can be remembered.
    #[error("Tokens cannot be verified at the moment. Please try again.")]
    ReplaysFull,
    /// Whether the token was spent in another process cannot be found out.
    #[error("Tokens cannot be verified at the moment. Please try again.")]
    SpentTokensUnavailable,
}

impl From<TokenError> for Refusal {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::Expired => Self::Expired,
            TokenError::MissingSubject => Self::MissingSubject,
            other => Self::InvalidToken(other),
        }
    }
}

impl From<CookieError> for Refusal {
    fn from(error: CookieError) -> Self {
        match error {
            CookieError::Expired => Self::CookieExpired,
            other => Self::InvalidCookie(other),
        }
    }
}

impl From<CrossSite> for Refusal {
    fn from(why: CrossSite) -> Self {
        Self::CrossSite(why)
    }
}

impl Refusal {
    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::NoCredential
            | Self::MalformedHeader
            | Self::OtherScheme { .. }
            | Self::MissingSubject
            | Self::Expired
            | Self::InvalidToken(_)
            | Self::Revoked(_)
            | Self::Replayed
            | Self::NotSpendable
            | Self::InvalidCookie(_)
            | Self::UnknownSession
            | Self::RevokedSession(_)
            | Self::CookieExpired => StatusCode::UNAUTHORIZED,
            Self::CrossSite(_)
            | Self::NotOwner
            | Self::MissingScope { .. }
            | Self::MissingRole { .. } => StatusCode::FORBIDDEN,
            Self::KeysUnavailable { .. }
            | Self::RevocationsStale { .. }
            | Self::SessionsUnavailable
            | Self::ReplaysFull
            | Self::SpentTokensUnavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// A stable word for the sender's program.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoCredential => "authorization_missing",
            Self::MalformedHeader => "authorization_malformed",
            Self::OtherScheme { .. } => "authorization_scheme",
            Self::MissingSubject => "subject_missing",
            Self::Expired => "token_expired",
            Self::InvalidToken(_) | Self::Revoked(_) | Self::Replayed | Self::NotSpendable => {
                "invalid_token"
            }
            Self::InvalidCookie(_) | Self::UnknownSession | Self::RevokedSession(_) => {
                "invalid_cookie"
            }
            Self::CookieExpired => "cookie_expired",
            Self::CrossSite(_) => "cross_site_request",
            Self::NotOwner => "not_owner",
            Self::MissingScope { .. } => "insufficient_scope",
            Self::MissingRole { .. } => "insufficient_role",
            Self::KeysUnavailable { .. } => "keys_unavailable",
            Self::RevocationsStale { .. } => "revocations_stale",
            Self::SessionsUnavailable => "sessions_unavailable",
            Self::ReplaysFull => "replay_guard_full",
            Self::SpentTokensUnavailable => "spent_tokens_unavailable",
        }
    }

    /// The cause in a stable word for the log: for a bad token what exactly was wrong with it.
    pub fn cause(&self) -> &'static str {
        match self {
            Self::InvalidToken(error) => error.code(),
            Self::Revoked(revoked) | Self::RevokedSession(revoked) => revoked.cause(),
            Self::InvalidCookie(error) => error.code(),
            Self::UnknownSession => "cookie_session_unknown",
            Self::CrossSite(why) => why.cause(),
            Self::Replayed => "replayed",
            Self::NotSpendable => "no_token_id",
            other => other.code(),
        }
    }

    /// The claim to blame, if it is one.
    pub fn claim(&self) -> Option<&'static str> {
        match self {
            Self::InvalidToken(error) => error.claim(),
            Self::NotSpendable => Some("jti"),
            _ => None,
        }
    }

    /// The value of `WWW-Authenticate`, when there is one.
    pub fn challenge(&self) -> Option<String> {
        match self {
            Self::NoCredential
            | Self::OtherScheme { .. }
            | Self::InvalidCookie(_)
            | Self::UnknownSession
            | Self::RevokedSession(_)
            | Self::CookieExpired => Some(r#"Bearer realm="api""#.into()),
            Self::MalformedHeader
            | Self::MissingSubject
            | Self::Expired
            | Self::InvalidToken(_)
            | Self::Revoked(_)
            | Self::Replayed
            | Self::NotSpendable => Some(r#"Bearer realm="api", error="invalid_token""#.into()),
            Self::MissingScope { scope } => Some(format!(
                r#"Bearer realm="api", error="insufficient_scope", scope="{}""#,
                quotable(scope)
            )),
            Self::CrossSite(_)
            | Self::NotOwner
            | Self::MissingRole { .. }
            | Self::KeysUnavailable { .. }
            | Self::RevocationsStale { .. }
            | Self::SessionsUnavailable
            | Self::ReplaysFull
            | Self::SpentTokensUnavailable => None,
        }
    }

    /// All headers of the answer. It must not be stored by anybody on the way (RFC 6750 §5.3).
    pub fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(Ok(challenge)) = self.challenge().map(HeaderValue::try_from) {
            headers.insert(WWW_AUTHENTICATE, challenge);
        }
        if let Some(retry_after) = self.retry_after() {
            headers.insert(RETRY_AFTER, retry_after.as_secs().max(1).into());
        }
        headers
    }

    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::KeysUnavailable { retry_after } | Self::RevocationsStale { retry_after } => {
                Some(*retry_after)
            }
            Self::SessionsUnavailable | Self::SpentTokensUnavailable => {
                Some(Duration::from_secs(1))
            }
            Self::ReplaysFull => Some(Duration::from_mins(1)),
            _ => None,
        }
    }
}

/// `about:blank` says that the title is the phrase of the status (RFC 9457 §4.2.1).
pub(crate) fn problem(
    status: StatusCode,
    detail: &str,
    code: &str,
    instance: Option<&str>,
) -> String {
    #[derive(Serialize)]
    struct Problem<'p> {
        r#type: &'static str,
        title: &'p str,
        status: u16,
        detail: &'p str,
        code: &'p str,
        #[serde(skip_serializing_if = "Option::is_none")]
        instance: Option<&'p str>,
    }
    let title = status.canonical_reason().unwrap_or_default();
    let status = status.as_u16();
    let problem = Problem { r#type: "about:blank", title, status, detail, code, instance };
    // Texts and a number always serialize.
    serde_json::to_string(&problem).unwrap_or_default()
}

/// The characters of scopes (RFC 6749 §3.3) and the space between them, which need no escapes inside
/// quotes; others are left out.
fn quotable(scope: &str) -> String {
    scope.chars().filter(|c| matches!(c, ' ' | '!' | '#'..='[' | ']'..='~')).collect()
}
