//! `POST /sign-in/email`: a session for an address and a password.
//!
//! An unknown address, a user without a password and a wrong password get one answer after one
//! password hash of work, so that nobody learns who has an account. So does a right password after
//! too many wrong ones. A hash that another system stored is replaced by one of ours once its
//! password was right.
//! Where only proven addresses can sign in, another one is told so after its right password, and
//! mailed the link where the settings say so.

use axum::extract::State;
use countersign_store::{accounts, users};
use http::{HeaderValue, header};
use serde::Serialize;

use crate::{
    Auth,
    cookies::RequestCookies,
    edge::{Attempt, Client, Posted},
    password::{Verified, check_not_too_long},
    routes::send_verification_email::proving_mail,
    session::{begin, remember},
    wire::{ApiError, Body, BodyForms, Fields, Reply, UserBody, is_email, refusals},
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

#[derive(Serialize)]
struct SignedIn<'a> {
    redirect: bool,
    token: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    user: UserBody<'a>,
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
    let stored = match &user {
        Some(user) => accounts::password_of(auth.database(), &user.id).await?,
        None => None,
    };
    let verified = slot.verify_and_renew(&body.password, stored.as_deref(), auth.entropy()).await?;
    let is_right = !matches!(verified, Verified::Wrong);
    let Some(user) = user.filter(|_| is_right && attempt.is_allowed()) else {
        return Err((&refusals::INVALID_EMAIL_OR_PASSWORD).into());
    };
    attempt.succeeded(&auth).await?;
    if let (Verified::RightToRenew(renewed), Some(stored)) = (&verified, &stored) {
        renew(&auth, &user.id, stored, renewed).await;
    }
    if auth.settings().email_password.require_email_verification && !user.email_verified {
        let mailer = auth.mailer().filter(|_| auth.settings().email_verification.send_on_sign_in);
        if let Some(mailer) = mailer {
            mailer.place()?.send(proving_mail(&auth, &user, body.callback_url.as_deref())?);
        }
        return Err((&refusals::EMAIL_NOT_VERIFIED).into());
    }

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

/// Stores the hash in our form where the other system's is still stored. The sign-in succeeded
/// and goes on when this does not: the next one tries again.
async fn renew(auth: &Auth, user_id: &str, stored: &str, renewed: &str) {
    let replace = accounts::replace_password(user_id, stored, renewed, auth.now());
    match auth.database().execute(&replace).await {
        Ok(_) => tracing::info!(user = user_id, "a password hash of another system was renewed"),
        Err(error) => {
            tracing::warn!(user = user_id, %error, "a password hash could not be renewed");
        }
    }
}
