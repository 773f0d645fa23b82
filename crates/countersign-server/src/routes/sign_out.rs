//! `POST /sign-out`: ends the session of the cookie and takes the cookies back.
//!
//! Always `{"success":true}`, with or without a session. The session is ended where it is
//! kept before the answer: a sign-out that was answered holds.

use axum::extract::State;
use serde::Serialize;

use crate::{
    Auth,
    cookies::{RequestCookies, SetCookies},
    edge::Posted,
    session::end,
    wire::{ApiError, Body, Fields, Reply},
};

pub(crate) struct SignOut;

impl Body for SignOut {
    fn read(fields: &mut Fields<'_>) -> Self {
        fields.optional_object();
        fields.optional_text("callbackURL");
        fields.optional_boolean("disableRedirect");
        fields.optional_text("state");
        Self
    }
}

#[derive(Serialize)]
struct SignedOut {
    success: bool,
}

pub(crate) async fn sign_out(
    State(auth): State<Auth>,
    request: RequestCookies,
    Posted(SignOut): Posted<SignOut>,
) -> Result<Reply, ApiError> {
    let names = auth.cookie_names();
    if let Some(token) = request.signed(&names.session_token, auth.cookie_signer()) {
        end(&auth, &token).await?;
    }
    let mut cookies = SetCookies::answering(&request, names);
    cookies.expire_session(names);
    for feature in auth.features() {
        feature.signed_out(&auth, &request, &mut cookies).await?;
    }
    Ok(Reply::json(&SignedOut { success: true })?.with_cookies(cookies))
}
