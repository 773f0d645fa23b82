//! `POST /sign-in/email`: a session for an address and a password.

use axum::extract::State;
use countersign_store::users;

use super::with_password::{WithPassword, sign_in_with_password};
use crate::{
    Auth,
    cookies::RequestCookies,
    edge::{Attempt, Client, Posted},
    password::check_not_too_long,
    wire::{ApiError, Body, BodyForms, Fields, Reply, is_email, refusals},
};

pub(crate) struct SignIn {
    email: String,
    password: String,
    callback_url: Option<String>,
    remember_me: bool,
}

impl Body for SignIn {
    const FORMS: BodyForms = BodyForms::FormOrJson;
    const SIGNS_IN: bool = true;

    fn read(fields: &mut Fields<'_>) -> Self {
        fields.object(&["object"]);
        Self {
            email: fields.text("email"),
            password: fields.text("password"),
            callback_url: fields.optional_text("callbackURL"),
            remember_me: fields.optional_boolean("rememberMe").unwrap_or(true),
        }
    }
}

pub(crate) async fn sign_in(
    State(auth): State<Auth>,
    client: Client,
    cookies: RequestCookies,
    Posted(body): Posted<SignIn>,
) -> Result<Reply, ApiError> {
    if !auth.settings().email_password.enabled {
        return Err((&refusals::EMAIL_PASSWORD_DISABLED).into());
    }
    if !is_email(&body.email) {
        return Err((&refusals::INVALID_EMAIL).into());
    }
    check_not_too_long(&body.password, &auth.settings().password)?;

    let attempt = Attempt::begin(&auth, &cookies, &body.email).await?;
    let slot = auth.hashing().slot()?;
    let user = users::find_by_email(auth.database(), &body.email).await?;
    let asked = WithPassword {
        client: &client,
        cookies: &cookies,
        slot,
        user,
        attempt,
        password: &body.password,
        remember_me: body.remember_me,
        callback_url: body.callback_url.as_deref(),
        wrong: &refusals::INVALID_EMAIL_OR_PASSWORD,
    };
    sign_in_with_password(&auth, asked).await
}
