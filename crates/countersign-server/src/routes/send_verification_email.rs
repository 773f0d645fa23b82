//! `POST /send-verification-email`: the link that proves an address, once more.
//!
//! Who is not signed in gets one answer for every address, and not before half a second is over. Who
//! is signed in can have it for their own address only.

use std::time::Duration;

use axum::extract::{RawQuery, State};
use countersign_store::users::{self, User};
use serde::Serialize;

use crate::{
    Auth,
    cookies::RequestCookies,
    edge::Posted,
    email::proving_mail,
    session::{Cache, Current, current},
    wire::{ApiError, Body, Fields, Reply, refusals},
};

/// The least time of an answer to who is not signed in.
const LEAST: Duration = Duration::from_millis(500);

pub(crate) struct SendVerificationEmail {
    email: String,
    callback_url: Option<String>,
}

impl Body for SendVerificationEmail {
    fn read(fields: &mut Fields<'_>) -> Self {
        fields.object(&["object"]);
        Self { email: fields.email("email"), callback_url: fields.optional_text("callbackURL") }
    }
}

#[derive(Serialize)]
struct Sent {
    status: bool,
}

pub(crate) async fn send_verification_email(
    State(auth): State<Auth>,
    RawQuery(query): RawQuery,
    request: RequestCookies,
    Posted(body): Posted<SendVerificationEmail>,
) -> Result<Reply, ApiError> {
    if auth.mailer().is_none() {
        return Err((&refusals::VERIFICATION_EMAIL_NOT_ENABLED).into());
    }
    let callback = body.callback_url.as_deref();
    let found = current(&auth, &request, query.as_deref(), Cache::Allowed).await?;
    let Current { signed_in, cookies, .. } = found;
    let sent = match signed_in {
        None => {
            let (sent, ()) = tokio::join!(
                send_if_unproven(&auth, &body.email, callback),
                tokio::time::sleep(LEAST)
            );
            sent
        }
        Some((_, user)) => send_to(&auth, &user, &body.email, callback),
    };
    match sent {
        Ok(()) => Ok(Reply::json(&Sent { status: true })?.with_cookies(cookies)),
        Err(error) => Err(error.with_cookies(cookies)),
    }
}

async fn send_if_unproven(
    auth: &Auth,
    email: &str,
    callback: Option<&str>,
) -> Result<(), ApiError> {
    let Some(mailer) = auth.mailer() else { return Ok(()) };
    let place = mailer.place()?;
    let user = users::find_by_email(auth.database(), email).await?;
    if let Some(user) = user.filter(|user| !user.email_verified) {
        place.send(proving_mail(auth, &user, callback)?);
    }
    Ok(())
}

fn send_to(auth: &Auth, user: &User, email: &str, callback: Option<&str>) -> Result<(), ApiError> {
    if user.email.to_lowercase() != email.to_lowercase() {
        return Err((&refusals::EMAIL_MISMATCH).into());
    }
    if user.email_verified {
        return Err((&refusals::EMAIL_ALREADY_VERIFIED).into());
    }
    if let Some(mailer) = auth.mailer() {
        mailer.place()?.send(proving_mail(auth, user, callback)?);
    }
    Ok(())
}
