//! `POST /sign-in/username` and `POST /is-username-available`.
//!
//! An unknown name, a user without a password and a wrong password get one answer after one
//! password hash of work.

use axum::extract::State;
use http::StatusCode;
use serde::Serialize;

use super::{find, rules::check};
use crate::{
    Auth,
    cookies::RequestCookies,
    edge::{Attempt, Client, Posted},
    password::check_not_too_long,
    routes::{WithPassword, sign_in_with_password},
    settings::UsernameSettings,
    wire::{ApiError, Body, Fields, Refusal, Reply},
};

static INVALID_USERNAME_OR_PASSWORD: Refusal = Refusal {
    status: StatusCode::UNAUTHORIZED,
    code: "INVALID_USERNAME_OR_PASSWORD",
    message: "Invalid username or password",
};

static INVALID_USERNAME: Refusal = Refusal {
    status: StatusCode::UNPROCESSABLE_ENTITY,
    code: "INVALID_USERNAME",
    message: "Username is invalid",
};

pub(super) struct SignIn {
    username: String,
    password: String,
    remember_me: bool,
    callback_url: Option<String>,
}

impl Body for SignIn {
    /// Stricter than Better Auth, which asks this of sign-in with an address only.
    const SIGNS_IN: bool = true;

    fn read(fields: &mut Fields<'_>) -> Self {
        fields.object(&["object"]);
        Self {
            username: fields.text("username"),
            password: fields.text("password"),
            remember_me: fields.optional_boolean("rememberMe").unwrap_or(true),
            callback_url: fields.optional_text("callbackURL"),
        }
    }
}

pub(super) async fn sign_in(
    settings: UsernameSettings,
    State(auth): State<Auth>,
    client: Client,
    cookies: RequestCookies,
    Posted(body): Posted<SignIn>,
) -> Result<Reply, ApiError> {
    if body.username.is_empty() || body.password.is_empty() {
        return Err((&INVALID_USERNAME_OR_PASSWORD).into());
    }
    check(&body.username, &settings)
        .map_err(|fault| fault.refused(StatusCode::UNPROCESSABLE_ENTITY))?;
    check_not_too_long(&body.password, &auth.settings().password)?;

    let slot = auth.hashing().slot()?;
    let user = find(&auth, &body.username).await?;
    // By its address: with name and address one guesses no more often than with one of them.
    let account = user.as_ref().map_or(&body.username, |user| &user.email);
    let attempt = Attempt::begin(&auth, &cookies, account).await?;
    let asked = WithPassword {
        client: &client,
        cookies: &cookies,
        slot,
        user,
        attempt,
        password: &body.password,
        remember_me: body.remember_me,
        callback_url: body.callback_url.as_deref(),
        wrong: &INVALID_USERNAME_OR_PASSWORD,
    };
    sign_in_with_password(&auth, asked).await
}

pub(super) struct Wanted {
    username: String,
}

impl Body for Wanted {
    fn read(fields: &mut Fields<'_>) -> Self {
        fields.object(&["object"]);
        Self { username: fields.text("username") }
    }
}

#[derive(Serialize)]
struct Available {
    available: bool,
}

pub(super) async fn is_available(
    settings: UsernameSettings,
    State(auth): State<Auth>,
    Posted(body): Posted<Wanted>,
) -> Result<Reply, ApiError> {
    if body.username.is_empty() {
        return Err((&INVALID_USERNAME).into());
    }
    check(&body.username, &settings)
        .map_err(|fault| fault.refused(StatusCode::UNPROCESSABLE_ENTITY))?;
    let available = find(&auth, &body.username).await?.is_none();
    Reply::json(&Available { available })
}
