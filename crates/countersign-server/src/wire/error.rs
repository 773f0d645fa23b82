//! Errors as the client reads them: a status and `{"message", "code"}`. What the log reads is
//! written where the error is turned into one of these.

use std::fmt;

use axum::response::{IntoResponse, Response};
use countersign_kv::RedisError;
use countersign_store::StoreError;
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;

use crate::cookies::SetCookies;

/// An error of Better Auth's table: always the same status, code and message.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    pub(crate) message: &'static str,
}

/// Every answer that is not a success.
pub(crate) struct ApiError {
    kind: Kind,
    cookies: SetCookies,
}

enum Kind {
    Refused(&'static Refusal),
    /// A message made for this request.
    Told {
        status: StatusCode,
        code: Option<&'static str>,
        message: String,
    },
    /// The limiter's own form: no code, `X-Retry-After`.
    TooManyRequests {
        retry_after_seconds: i64,
    },
    /// A status and nothing else.
    Bare(StatusCode),
    /// Something this server needs cannot answer now.
    Unavailable,
    /// A fault of ours: an empty body, as Better Auth's.
    Internal,
}

/// An error and what caused it, on one line.
struct Chain<'a>(&'a dyn std::error::Error);

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let causes = std::iter::successors(self.0.source(), |cause| cause.source());
        write!(f, "{}", self.0)?;
        causes.into_iter().try_for_each(|cause| write!(f, ": {cause}"))
    }
}

#[derive(Serialize)]
struct ErrorBody<'a> {
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'a str>,
}

impl ApiError {
    fn of(kind: Kind) -> Self {
        Self { kind, cookies: SetCookies::default() }
    }

    pub(crate) fn validation(message: String) -> Self {
        Self::told(StatusCode::BAD_REQUEST, Some("VALIDATION_ERROR"), message)
    }

    pub(crate) fn told(status: StatusCode, code: Option<&'static str>, message: String) -> Self {
        Self::of(Kind::Told { status, code, message })
    }

    pub(crate) fn too_many_requests(retry_after_seconds: i64) -> Self {
        Self::of(Kind::TooManyRequests { retry_after_seconds })
    }

    /// A status with an empty body.
    pub(crate) fn bare(status: StatusCode) -> Self {
        Self::of(Kind::Bare(status))
    }

    pub(crate) fn unavailable() -> Self {
        Self::of(Kind::Unavailable)
    }

    /// A fault of ours; `what` and `cause` go to the log and nowhere else.
    pub(crate) fn internal(what: &str, cause: &dyn std::error::Error) -> Self {
        tracing::error!(error = %Chain(cause), "{what}");
        Self::of(Kind::Internal)
    }

    /// Whether it is one of the table's: the caller's doing, and no fault of ours.
    pub(crate) fn is_refusal(&self) -> bool {
        matches!(self.kind, Kind::Refused(_))
    }

    /// Code and message, where the caller is told both.
    pub(crate) fn code_and_message(&self) -> Option<(&'static str, &str)> {
        match &self.kind {
            Kind::Refused(refusal) => Some((refusal.code, refusal.message)),
            Kind::Told { code: Some(code), message, .. } => Some((code, message)),
            _ => None,
        }
    }

    /// The same error, with cookies.
    pub(crate) fn with_cookies(mut self, cookies: SetCookies) -> Self {
        self.cookies = cookies;
        self
    }
}

impl Refusal {
    /// The same refusal with the status that an endpoint has of its own for it.
    pub(crate) fn with_status(&'static self, status: StatusCode) -> ApiError {
        ApiError::told(status, Some(self.code), self.message.to_owned())
    }
}

impl From<&'static Refusal> for ApiError {
    fn from(refusal: &'static Refusal) -> Self {
        Self::of(Kind::Refused(refusal))
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        if error.is_unavailable() {
            tracing::error!(%error, "the database cannot answer");
            return Self::unavailable();
        }
        Self::internal("a statement failed", &error)
    }
}

impl From<RedisError> for ApiError {
    fn from(error: RedisError) -> Self {
        if error.is_unavailable() {
            tracing::error!(%error, "Redis cannot answer");
            return Self::unavailable();
        }
        Self::internal("a command to Redis failed", &error)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = match self.kind {
            Kind::Refused(refusal) => json(refusal.status, refusal.message, Some(refusal.code)),
            Kind::Told { status, code, message } => json(status, &message, code),
            Kind::TooManyRequests { retry_after_seconds } => {
                let message = "Too many requests. Please try again later.";
                let mut response = json(StatusCode::TOO_MANY_REQUESTS, message, None);
                response.headers_mut().insert("x-retry-after", retry_after_seconds.into());
                response
            }
            Kind::Bare(status) => {
                (status, [(header::CONTENT_TYPE, "application/json")]).into_response()
            }
            Kind::Unavailable => {
                let message = "The server cannot answer now. Please try again later.";
                let code = Some("SERVICE_UNAVAILABLE");
                let mut response = json(StatusCode::SERVICE_UNAVAILABLE, message, code);
                response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
                response
            }
            Kind::Internal => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        };
        self.cookies.append_to(&mut response);
        response
    }
}

fn json(status: StatusCode, message: &str, code: Option<&str>) -> Response {
    let body = serde_json::to_string(&ErrorBody { message, code }).unwrap_or_default();
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

/// A body without anything that could be updated.
pub(crate) fn no_fields_to_update() -> ApiError {
    ApiError::told(StatusCode::BAD_REQUEST, None, "No fields to update".to_owned())
}

/// Better Auth's table of errors, as far as these endpoints answer them.
pub(crate) mod refusals {
    use http::StatusCode;

    use super::Refusal;

    macro_rules! refusals {
        ($($name:ident: $status:ident, $message:literal;)*) => {$(
            pub(crate) static $name: Refusal = Refusal {
                status: StatusCode::$status,
                code: stringify!($name),
                message: $message,
            };
        )*};
    }

    refusals! {
        ACCOUNT_NOT_FOUND: BAD_REQUEST, "Account not found";
        BAD_REQUEST: BAD_REQUEST, "Invalid JSON in request body";
        CHANGE_EMAIL_DISABLED: BAD_REQUEST, "Change email is disabled";
        CREDENTIAL_ACCOUNT_NOT_FOUND: BAD_REQUEST, "Credential account not found";
        CROSS_SITE_NAVIGATION_LOGIN_BLOCKED: FORBIDDEN,
            "Cross-site navigation login blocked. This request appears to be a CSRF attack.";
        EMAIL_ALREADY_VERIFIED: BAD_REQUEST, "Email is already verified";
        EMAIL_CAN_NOT_BE_UPDATED: BAD_REQUEST, "Email can not be updated";
        EMAIL_MISMATCH: BAD_REQUEST, "Email mismatch";
        EMAIL_NOT_VERIFIED: FORBIDDEN, "Email not verified";
        EMAIL_PASSWORD_DISABLED: BAD_REQUEST, "Email and password is not enabled";
        EMAIL_PASSWORD_SIGN_UP_DISABLED: BAD_REQUEST, "Email and password sign up is not enabled";
        FAILED_TO_CREATE_USER: UNPROCESSABLE_ENTITY, "Failed to create user";
        FAILED_TO_GET_SESSION: UNAUTHORIZED, "Failed to get session";
        FAILED_TO_GET_USER_INFO: NOT_FOUND, "Failed to get user info";
        FAILED_TO_UNLINK_LAST_ACCOUNT: BAD_REQUEST, "You can't unlink your last account";
        FAILED_TO_UPDATE_USER: UNPROCESSABLE_ENTITY, "Failed to update user";
        INVALID_CALLBACK_URL: FORBIDDEN, "Invalid callbackURL";
        INVALID_EMAIL: BAD_REQUEST, "Invalid email";
        INVALID_EMAIL_OR_PASSWORD: UNAUTHORIZED, "Invalid email or password";
        INVALID_ERROR_CALLBACK_URL: FORBIDDEN, "Invalid errorCallbackURL";
        INVALID_NEW_USER_CALLBACK_URL: FORBIDDEN, "Invalid newUserCallbackURL";
        INVALID_ORIGIN: FORBIDDEN, "Invalid origin";
        INVALID_PASSWORD: BAD_REQUEST, "Invalid password";
        INVALID_REDIRECT_URL: FORBIDDEN, "Invalid redirectURL";
        INVALID_TOKEN: UNAUTHORIZED, "Invalid token";
        INVALID_USER: UNAUTHORIZED, "Invalid user";
        METHOD_NOT_ALLOWED_DEFER_SESSION_REQUIRED: METHOD_NOT_ALLOWED,
            "POST method requires deferSessionRefresh to be enabled in session config";
        MISSING_OR_NULL_ORIGIN: FORBIDDEN, "Missing or null Origin";
        NOT_FOUND: NOT_FOUND, "Not found";
        PASSWORD_COMPROMISED: BAD_REQUEST,
            "The password you entered has been compromised. Please choose a different password.";
        PASSWORD_TOO_LONG: BAD_REQUEST, "Password too long";
        PASSWORD_TOO_SHORT: BAD_REQUEST, "Password too short";
        PAYLOAD_TOO_LARGE: PAYLOAD_TOO_LARGE, "Request body is too large";
        REQUEST_TIMEOUT: REQUEST_TIMEOUT, "The request body did not arrive in time";
        RESET_PASSWORD_DISABLED: BAD_REQUEST, "Reset password isn't enabled";
        SESSION_EXPIRED: BAD_REQUEST, "Session expired. Re-authenticate to perform this action.";
        SESSION_NOT_FRESH: FORBIDDEN, "Session is not fresh";
        TOKEN_EXPIRED: UNAUTHORIZED, "Token expired";
        UNAUTHORIZED: UNAUTHORIZED, "Unauthorized";
        UNSUPPORTED_CONTENT_ENCODING: UNSUPPORTED_MEDIA_TYPE,
            "The request body must not be compressed";
        USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL: UNPROCESSABLE_ENTITY,
            "User already exists. Use another email.";
        USER_NOT_FOUND: UNAUTHORIZED, "User not found";
        VERIFICATION_EMAIL_NOT_ENABLED: BAD_REQUEST, "Verification email isn't enabled";
    }
}
