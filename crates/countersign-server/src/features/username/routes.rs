//! `POST /sign-in/username` and `POST /is-username-available`.
//!
//! An unknown name, a user without a password and a wrong password get one answer after one
//! password hash of work.

use axum::extract::State;
use countersign_store::accounts;
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;

use super::{find, rules::check};
use crate::{
    Auth,
    cookies::RequestCookies,
    edge::{Attempt, Client, Posted},
    session::{begin, remember},
    settings::UsernameSettings,
    wire::{ApiError, Body, Fields, Refusal, Reply, UserBody, refusals},
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

#[derive(Serialize)]
struct SignedIn<'a> {
    redirect: bool,
    token: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    user: UserBody<'a>,
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
    if body.password.encode_utf16().count() > auth.settings().password.max_length {
        return Err((&refusals::PASSWORD_TOO_LONG).into());
    }

    let user = find(&auth, &body.username).await?;
    // By its address: with name and address one guesses no more often than with one of them.
    let account = user.as_ref().map_or(&body.username, |user| &user.email);
    let attempt = Attempt::begin(&auth, &cookies, account).await?;
    let slot = auth.hashing().slot()?;
    let stored = match &user {
        Some(user) => accounts::password_of(auth.database(), &user.id).await?,
        None => None,
    };
    let is_right = slot.verify(&body.password, stored).await?;
    let Some(user) = user.filter(|_| is_right && attempt.is_allowed()) else {
        return Err((&INVALID_USERNAME_OR_PASSWORD).into());
    };
    attempt.succeeded(&auth).await?;

    let session = begin(&auth, &user.id, body.remember_me, &client);
    auth.sessions().insert(&session, &user).await?;

    let cookies = remember(&auth, &session, &user, body.remember_me, &cookies)?;
    let url = body.callback_url.as_deref();
    let followed = url.filter(|url| !url.is_empty());
    let reply = Reply::json(&SignedIn {
        redirect: followed.is_some(),
        token: &session.token,
        url,
        user: UserBody::from(&user),
    })?;
    let reply = reply.with_cookies(cookies);
    Ok(match followed.and_then(|url| HeaderValue::from_str(url).ok()) {
        Some(url) => reply.with_header(header::LOCATION, url),
        None => reply,
    })
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
