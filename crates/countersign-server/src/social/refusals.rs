//! What endpoints about identity providers answer when they refuse, as in Better Auth.

use http::StatusCode;

use crate::wire::Refusal;

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
    ACCESS_TOKEN_NOT_FOUND: BAD_REQUEST, "Access token not found";
    ACCOUNT_NOT_FOUND: BAD_REQUEST, "Account not found";
    EMAIL_NOT_VERIFIED: FORBIDDEN, "Email not verified";
    FAILED_TO_GET_ACCESS_TOKEN: BAD_REQUEST, "Failed to get a valid access token";
    FAILED_TO_GET_USER_INFO: UNAUTHORIZED, "Failed to get user info";
    FAILED_TO_REFRESH_ACCESS_TOKEN: BAD_REQUEST, "Failed to refresh access token";
    ID_TOKEN_NOT_SUPPORTED: NOT_FOUND, "id_token not supported";
    INVALID_TOKEN: UNAUTHORIZED, "Invalid token";
    LINKING_DIFFERENT_EMAILS_NOT_ALLOWED: UNAUTHORIZED,
        "Account not linked - different emails not allowed";
    LINKING_NOT_ALLOWED: UNAUTHORIZED, "Account not linked - linking not allowed";
    PROVIDER_NOT_CONFIGURED: BAD_REQUEST,
        "Account is not associated with a configured social provider.";
    PROVIDER_NOT_FOUND: NOT_FOUND, "Provider not found";
    REFRESH_TOKEN_NOT_FOUND: BAD_REQUEST, "Refresh token not found";
    SOCIAL_ACCOUNT_ALREADY_LINKED: CONFLICT, "Social account already linked";
    USER_EMAIL_NOT_FOUND: UNAUTHORIZED, "User email not found";
}
