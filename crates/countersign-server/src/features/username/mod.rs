//! Better Auth's plugin `username`: sign-in with a name instead of an address.
//!
//! * `POST /sign-in/username`: a session for a name and a password.
//! * `POST /is-username-available`: whether a name is free. It tells who has an account, as the
//!   sign-up of a taken name does: a name cannot be chosen without that.
//! * `sign-up/email` and `update-user` take `username` and `displayUsername`; both are in a user's JSON.
//!
//! Names are compared in lower case; `displayUsername` keeps what was typed. Who signs up with only one
//! of them gives both, if the display name can be a name; a change changes what it names, and `null`
//! takes it away. Nobody can give themselves somebody else's name.

mod routes;
mod rules;
mod schema;

use axum::{Router, routing::post};
use countersign_store::{
    schema::Table,
    users::{self, ProfileChange, User},
};
use futures_util::{FutureExt, future::BoxFuture};
use http::{StatusCode, request::Parts};
use serde_json::Value;

pub(crate) use self::schema::USER_MEMBERS;
use self::{
    rules::{check, normalised},
    schema::{DISPLAY_USERNAME, TABLES, USERNAME},
};
use super::Feature;
use crate::{
    Auth,
    cookies::RequestCookies,
    session::look,
    settings::{UsernameSettings, Wish},
    wire::{AboutUser, ApiError, Refusal, refusals},
};

static USERNAME_IS_ALREADY_TAKEN: Refusal = Refusal {
    status: StatusCode::BAD_REQUEST,
    code: "USERNAME_IS_ALREADY_TAKEN",
    message: "Username is already taken. Please try another.",
};

/// The plugin.
#[derive(Clone, Copy)]
pub(super) struct Username {
    settings: UsernameSettings,
}

impl Username {
    pub(super) fn new(settings: UsernameSettings) -> Self {
        Self { settings }
    }

    /// Completes what was posted and refuses a name that cannot be had.
    async fn read_sign_up(self, auth: &Auth, posted: &mut Value) -> Result<(), ApiError> {
        let display = posted.get(DISPLAY_USERNAME.name()).and_then(Value::as_str);
        if posted.get(USERNAME.name()).is_none()
            && let Some(display) = display.filter(|name| check(name, &self.settings).is_ok())
        {
            posted[USERNAME.name()] = display.into();
        }
        let Some(username) = posted.get(USERNAME.name()).and_then(Value::as_str) else {
            return Ok(());
        };
        check(username, &self.settings).map_err(|fault| fault.refused(StatusCode::BAD_REQUEST))?;
        if find(auth, username).await?.is_some() {
            return Err((&USERNAME_IS_ALREADY_TAKEN).into());
        }
        let has_display = posted.get(DISPLAY_USERNAME.name()).is_some_and(|name| *name != "");
        if !has_display {
            posted[DISPLAY_USERNAME.name()] = username.into();
        }
        Ok(())
    }

    /// Refuses another name that cannot be had. One's own can, in other letters, too.
    async fn read_update(
        self,
        auth: &Auth,
        request: &Parts,
        posted: &Value,
    ) -> Result<(), ApiError> {
        let Some(username) = posted.get(USERNAME.name()).and_then(Value::as_str) else {
            return Ok(());
        };
        check(username, &self.settings).map_err(|fault| fault.refused(StatusCode::BAD_REQUEST))?;
        let Some(owner) = find(auth, username).await? else { return Ok(()) };
        let asking = look(auth, &RequestCookies::of_parts(request)).await?;
        if asking.is_none_or(|(_, user)| user.id != owner.id) {
            return Err((&USERNAME_IS_ALREADY_TAKEN).into());
        }
        Ok(())
    }
}

impl Feature for Username {
    fn id(&self) -> &'static str {
        "username"
    }

    fn tables(&self) -> &'static [Table] {
        &TABLES
    }

    fn is_asked_for(&self) -> bool {
        self.settings.enabled == Wish::On
    }

    fn description(&self) -> &'static str {
        include_str!("openapi.json")
    }

    fn routes(&self) -> Router<Auth> {
        let (to_sign_in, to_ask) = (*self, *self);
        Router::new()
            .route(
                "/sign-in/username",
                post(move |auth, client, cookies, body| {
                    routes::sign_in(to_sign_in.settings, auth, client, cookies, body)
                }),
            )
            .route(
                "/is-username-available",
                post(move |auth, body| routes::is_available(to_ask.settings, auth, body)),
            )
    }

    fn user_posted<'a>(
        &'a self,
        auth: &'a Auth,
        about: AboutUser,
        request: &'a Parts,
        posted: Option<&'a mut Value>,
    ) -> BoxFuture<'a, Result<(), ApiError>> {
        async move {
            // What is no object: the endpoint says what is wrong with it.
            let Some(posted @ Value::Object(_)) = posted else { return Ok(()) };
            match about {
                AboutUser::SignUp => self.read_sign_up(auth, posted).await,
                AboutUser::Update => self.read_update(auth, request, posted).await,
            }
        }
        .boxed()
    }

    fn posted_members(&self) -> &'static [&'static str] {
        &USER_MEMBERS
    }

    fn fill_user(&self, posted: &Value, user: &mut User) -> Result<(), ApiError> {
        if let Some(username) = text(posted, USERNAME.name())? {
            USERNAME.set(user, Some(normalised(username)));
        }
        if let Some(display) = text(posted, DISPLAY_USERNAME.name())? {
            DISPLAY_USERNAME.set(user, Some(display.to_owned()));
        }
        Ok(())
    }

    fn change_user(&self, posted: &Value, change: &mut ProfileChange) -> Result<(), ApiError> {
        for (column, stored) in
            [(&USERNAME, normalised as fn(&str) -> String), (&DISPLAY_USERNAME, str::to_owned)]
        {
            match posted.get(column.name()) {
                None => {}
                Some(Value::Null) => column.change(change, None),
                Some(Value::String(text)) => column.change(change, Some(stored(text))),
                Some(_) => return Err((&refusals::FAILED_TO_UPDATE_USER).into()),
            }
        }
        Ok(())
    }
}

/// A member that is a text and not empty; what is no text at all makes no user.
fn text<'a>(posted: &'a Value, name: &str) -> Result<Option<&'a str>, ApiError> {
    match posted.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.as_str()).filter(|text| !text.is_empty())),
        Some(_) => Err((&refusals::FAILED_TO_CREATE_USER).into()),
    }
}

/// The user who has this name.
async fn find(auth: &Auth, username: &str) -> Result<Option<User>, ApiError> {
    Ok(users::find_by(auth.database(), &USERNAME, &normalised(username)).await?)
}
