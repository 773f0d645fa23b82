//! `POST /delete-user` and `GET /delete-user/callback`: who is signed in deletes themselves.
//!
//! It takes the token of a mail where the settings say so, else the password or a session that is
//! fresh. The token is spent and the sessions, accounts and the user are gone in one transaction. A
//! token is good for its own user only, and for one who is signed in.

use axum::extract::{RawQuery, State};
use countersign_store::{
    accounts,
    users::{self, User},
    verifications::Verification,
};
use http::StatusCode;
use jiff::SignedDuration;
use serde::Serialize;

use crate::{
    Auth,
    cookies::RequestCookies,
    edge::{Asked, LeadsOn},
    email::deletion_mail,
    entropy::random_deletion_token,
    features::{Ended, commit},
    session::{Cache, Current, PostedBy, SignedIn, current, end_all_in},
    wire::{ApiError, Body, Fields, Query, Reply, refusals},
};

pub(crate) struct DeleteUser {
    callback_url: Option<String>,
    password: Option<String>,
    token: Option<String>,
}

impl Body for DeleteUser {
    fn read(fields: &mut Fields<'_>) -> Self {
        fields.object(&["object"]);
        let mut text = |name| fields.optional_text(name).filter(|text| !text.is_empty());
        Self { callback_url: text("callbackURL"), password: text("password"), token: text("token") }
    }
}

pub(crate) struct Callback {
    token: String,
    callback_url: Option<String>,
}

impl Query for Callback {
    fn read(fields: &mut Fields<'_>) -> Self {
        let token = fields.text("token");
        let callback_url = fields.optional_text("callbackURL").filter(|url| !url.is_empty());
        Self { token, callback_url }
    }
}

impl LeadsOn for Callback {
    fn callback_url(&self) -> Option<&str> {
        self.callback_url.as_deref()
    }
}

#[derive(Serialize)]
struct Done {
    success: bool,
    message: &'static str,
}

/// How far a deletion came.
enum Deletion {
    Mailed,
    Deleted,
}

impl Deletion {
    fn reply(&self) -> Result<Reply, ApiError> {
        let message = match self {
            Self::Mailed => "Verification email sent",
            Self::Deleted => "User deleted",
        };
        Reply::json(&Done { success: true, message })
    }
}

pub(crate) async fn delete_user(
    State(auth): State<Auth>,
    PostedBy { body, by }: PostedBy<DeleteUser>,
) -> Result<Reply, ApiError> {
    let deletion = delete_or_mail(&auth, &body, &by).await;
    let mut cookies = by.cookies;
    if matches!(deletion, Ok(Deletion::Deleted)) {
        cookies.expire_session(auth.cookie_names());
    }
    match deletion.and_then(|deletion| deletion.reply()) {
        Ok(reply) => Ok(reply.with_cookies(cookies)),
        Err(error) => Err(error.with_cookies(cookies)),
    }
}

async fn delete_or_mail(
    auth: &Auth,
    body: &DeleteUser,
    SignedIn { session, user, .. }: &SignedIn,
) -> Result<Deletion, ApiError> {
    let settings = auth.settings().delete_user;
    if !settings.enabled {
        return Err(ApiError::bare(StatusCode::NOT_FOUND));
    }
    if let Some(password) = &body.password {
        check_password(auth, user, password).await?;
    }
    if let Some(token) = &body.token {
        delete_with_token(auth, user, token).await?;
        return Ok(Deletion::Deleted);
    }
    if settings.send_verification
        && let Some(mailer) = auth.mailer()
    {
        let place = mailer.place()?;
        let token = random_deletion_token(auth.entropy());
        remember_token(auth, user, &token).await?;
        place.send(deletion_mail(auth, user, &token, body.callback_url.as_deref()));
        return Ok(Deletion::Mailed);
    }
    let fresh_age = auth.settings().session.fresh_age;
    let age = auth.now().duration_since(session.created_at);
    if body.password.is_none() && fresh_age > SignedDuration::ZERO && age >= fresh_age {
        return Err((&refusals::SESSION_EXPIRED).into());
    }
    delete(auth, user, None).await?;
    Ok(Deletion::Deleted)
}

pub(crate) async fn follow_link(
    State(auth): State<Auth>,
    request: RequestCookies,
    RawQuery(query): RawQuery,
    Asked(Callback { token, callback_url }): Asked<Callback>,
) -> Result<Reply, ApiError> {
    if !auth.settings().delete_user.enabled {
        return Err((&refusals::NOT_FOUND).into());
    }
    let found = current(&auth, &request, query.as_deref(), Cache::Bypassed).await?;
    let Current { signed_in, mut cookies, .. } = found;
    let Some((_, user)) = signed_in else {
        return Err(ApiError::from(&refusals::FAILED_TO_GET_USER_INFO).with_cookies(cookies));
    };
    if let Err(error) = delete_with_token(&auth, &user, &token).await {
        return Err(error.with_cookies(cookies));
    }
    cookies.expire_session(auth.cookie_names());
    let reply = match callback_url {
        Some(url) => Reply::redirect(&url)?,
        None => Deletion::Deleted.reply()?,
    };
    Ok(reply.with_cookies(cookies))
}

async fn check_password(auth: &Auth, user: &User, password: &str) -> Result<(), ApiError> {
    if password.encode_utf16().count() > auth.settings().password.max_length {
        return Err((&refusals::PASSWORD_TOO_LONG).into());
    }
    let slot = auth.hashing().slot()?;
    let stored = accounts::password_of(auth.database(), &user.id).await?;
    let stored = stored.filter(|stored| !stored.is_empty());
    let stored = stored.ok_or(&refusals::CREDENTIAL_ACCOUNT_NOT_FOUND)?;
    if slot.verify(password, Some(stored)).await? {
        return Ok(());
    }
    Err((&refusals::INVALID_PASSWORD).into())
}

/// How the row of a token is found.
fn identifier(token: &str) -> String {
    format!("delete-account-{token}")
}

async fn remember_token(auth: &Auth, user: &User, token: &str) -> Result<(), ApiError> {
    let now = auth.now();
    let row = Verification {
        id: auth.new_id("verification"),
        identifier: identifier(token),
        value: user.id.clone(),
        expires_at: now + auth.settings().delete_user.token_expires_in,
        created_at: now,
        updated_at: now,
    };
    Ok(auth.verifications().insert(&row).await?)
}

/// A token that is shown by somebody else is spent, and deletes nobody.
async fn delete_with_token(auth: &Auth, user: &User, token: &str) -> Result<(), ApiError> {
    let invalid = || refusals::INVALID_TOKEN.with_status(StatusCode::NOT_FOUND);
    let found = auth.verifications().find_live(&identifier(token), auth.now()).await?;
    let found = found.ok_or_else(invalid)?;
    if found.value != user.id {
        auth.verifications().spend(&found).await?;
        return Err(invalid());
    }
    delete(auth, user, Some(&found)).await
}

async fn delete(auth: &Auth, user: &User, token: Option<&Verification>) -> Result<(), ApiError> {
    let invalid = || refusals::INVALID_TOKEN.with_status(StatusCode::NOT_FOUND);
    let verifications = auth.verifications();
    let now = auth.now();
    let shared = auth.sessions().end_all_shared(&user.id, now).await?;
    if let Some(token) = token
        && !verifications.take_shared(token).await?
    {
        return Err(invalid());
    }
    let mut transaction = auth.database().begin().await?;
    if let Some(spend) = token.and_then(|token| verifications.row_spent(token))
        && transaction.execute(&spend).await? == 0
    {
        return Err(invalid());
    }
    let mut ended = end_all_in(auth, &mut transaction, &user.id).await?;
    ended.push(Ended::User { id: user.id.clone() });
    transaction.execute(&accounts::delete_all(&user.id)).await?;
    transaction.execute(&users::delete(&user.id)).await?;
    commit(auth, transaction, &ended).await?;
    auth.sessions().forget_shared(shared, now).await;
    Ok(())
}
