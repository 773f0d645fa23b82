//! Errors as RFC 6749 §5.2 writes them: `{"error","error_description"}`.
//!
//! Every refresh token that is not good gets the same bytes, and so does every password. What went wrong on our side,
//! and a request from a page that is not trusted, is told as everywhere else.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;

use crate::{cookies::SetCookies, wire::ApiError};

/// One error of OAuth.
#[derive(Debug)]
pub(super) struct OAuthRefusal {
    status: StatusCode,
    error: &'static str,
    description: &'static str,
}

/// Every answer that is not a success.
pub(super) enum OAuthError {
    Refused(&'static OAuthRefusal, SetCookies),
    Api(ApiError),
}

#[derive(Serialize)]
struct ErrorBody {
    error: &'static str,
    error_description: &'static str,
}

impl OAuthError {
    /// The same error, with cookies.
    pub(super) fn with_cookies(self, cookies: SetCookies) -> Self {
        match self {
            Self::Refused(refusal, _) => Self::Refused(refusal, cookies),
            Self::Api(error) => Self::Api(error.with_cookies(cookies)),
        }
    }
}

impl From<&'static OAuthRefusal> for OAuthError {
    fn from(refusal: &'static OAuthRefusal) -> Self {
        Self::Refused(refusal, SetCookies::default())
    }
}

impl<E: Into<ApiError>> From<E> for OAuthError {
    fn from(error: E) -> Self {
        Self::Api(error.into())
    }
}

impl IntoResponse for OAuthError {
    fn into_response(self) -> Response {
        let (refusal, cookies) = match self {
            Self::Refused(refusal, cookies) => (refusal, cookies),
            Self::Api(error) => return error.into_response(),
        };
        let OAuthRefusal { status, error, description } = refusal;
        let body = ErrorBody { error, error_description: description };
        let body = serde_json::to_string(&body).unwrap_or_default();
        let content_type = [(header::CONTENT_TYPE, "application/json")];
        let mut response = (*status, content_type, body).into_response();
        if *status == StatusCode::UNAUTHORIZED {
            let challenge =
                HeaderValue::from_static("Basic realm=\"countersign\", charset=\"UTF-8\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        cookies.append_to(&mut response);
        response
    }
}

/// The errors there are.
pub(super) mod refusals {
    use http::StatusCode;

    use super::OAuthRefusal;

    macro_rules! refusals {
        ($($name:ident: $status:ident, $error:literal, $description:literal;)*) => {$(
            pub(in super::super) static $name: OAuthRefusal = OAuthRefusal {
                status: StatusCode::$status,
                error: $error,
                description: $description,
            };
        )*};
    }

    refusals! {
        GRANT_TYPE_MISSING: BAD_REQUEST, "invalid_request", "grant_type is missing";
        INVALID_CLIENT: UNAUTHORIZED, "invalid_client",
            "A resource server's credential is needed, by HTTP Basic";
        INVALID_GRANT: BAD_REQUEST, "invalid_grant", "The grant is not good any more; sign in again";
        INVALID_PASSWORD: BAD_REQUEST, "invalid_grant",
            "The username or the password is wrong, or this account may not sign in";
        INVALID_SCOPE: BAD_REQUEST, "invalid_scope", "The scope is larger than what may be granted";
        NOT_READABLE: BAD_REQUEST, "invalid_request",
            "The body is an HTML form or a JSON object of texts, and names nothing twice";
        REFRESH_TOKEN_MISSING: BAD_REQUEST, "invalid_request", "refresh_token is missing";
        TOKEN_MISSING: BAD_REQUEST, "invalid_request", "token is missing";
        UNSUPPORTED_GRANT_TYPE: BAD_REQUEST, "unsupported_grant_type",
            "grant_type is none that this server knows";
        USERNAME_OR_PASSWORD_MISSING: BAD_REQUEST, "invalid_request",
            "username or password is missing";
    }
}
