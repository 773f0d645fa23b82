//! Better Auth's core endpoints: one file an operation, one line in this list.

mod account_choice;
mod callback;
mod change_email;
mod change_password;
mod delete_user;
mod error_page;
mod get_session;
mod link_social;
mod list_accounts;
mod list_sessions;
mod ok;
mod probes;
mod provider_tokens;
mod request_password_reset;
mod reset_password;
mod revoke_sessions;
mod send_verification_email;
mod sign_in;
mod sign_in_social;
mod sign_out;
mod sign_up;
mod social_wish;
mod status;
mod unlink_account;
mod update_session;
mod update_user;
mod verify_email;
mod verify_password;
mod with_password;

pub(crate) use with_password::{WithPassword, sign_in_with_password, who_has_password};

use axum::{
    Router,
    routing::{get, post},
};

use crate::Auth;

/// What these endpoints do, as OpenAPI says it. `conformance/reference/describe.mjs` prints Better
/// Auth's words for a path.
pub(crate) const DESCRIPTION: &str = include_str!("openapi.json");

/// The endpoints under the base path.
pub(crate) fn endpoints() -> Router<Auth> {
    Router::new()
        .route("/ok", get(ok::ok))
        .route("/error", get(error_page::error_page))
        .route("/sign-up/email", post(sign_up::sign_up))
        .route("/sign-in/email", post(sign_in::sign_in))
        .route("/sign-in/social", post(sign_in_social::sign_in_social))
        .route("/callback/{id}", get(callback::callback).post(callback::callback_posted))
        .route("/link-social", post(link_social::link_social))
        .route("/get-access-token", post(provider_tokens::get_access_token))
        .route("/refresh-token", post(provider_tokens::refresh_token))
        .route("/account-info", get(provider_tokens::account_info))
        .route("/sign-out", post(sign_out::sign_out))
        .route("/get-session", get(get_session::get_session).post(get_session::post_get_session))
        .route("/list-sessions", get(list_sessions::list_sessions))
        .route("/revoke-session", post(revoke_sessions::revoke_session))
        .route("/revoke-sessions", post(revoke_sessions::revoke_sessions))
        .route("/revoke-other-sessions", post(revoke_sessions::revoke_other_sessions))
        .route("/update-session", post(update_session::update_session))
        .route("/update-user", post(update_user::update_user))
        .route("/change-password", post(change_password::change_password))
        .route("/verify-password", post(verify_password::verify_password))
        .route("/list-accounts", get(list_accounts::list_accounts))
        .route("/unlink-account", post(unlink_account::unlink_account))
        .route("/request-password-reset", post(request_password_reset::request_password_reset))
        .route("/reset-password/{token}", get(reset_password::follow_link))
        .route("/reset-password", post(reset_password::reset_password))
        .route("/send-verification-email", post(send_verification_email::send_verification_email))
        .route("/verify-email", get(verify_email::verify_email))
        .route("/change-email", post(change_email::change_email))
        .route("/delete-user", post(delete_user::delete_user))
        .route("/delete-user/callback", get(delete_user::follow_link))
}

/// What operators and load balancers ask, outside the base path.
pub(crate) fn probes() -> Router<Auth> {
    Router::new().route("/livez", get(probes::livez)).route("/readyz", get(probes::readyz))
}
