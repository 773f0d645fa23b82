//! `POST /change-email`: begins to change the address of who is signed in.
//!
//! | The address is | and the settings | Then |
//! |---|---|---|
//! | not proven | change such at once | it is changed, and the new address gets a mail to prove it |
//! | proven | want the old address asked first | the old address gets a mail |
//! | either | – | the new address gets a mail, and is the user's when its link is followed |
//!
//! An address that is taken gets the same answer and no mail.

use axum::extract::State;
use countersign_store::users::{self, User};
use http::StatusCode;
use serde::Serialize;

use crate::{
    Auth,
    cookies::{RequestCookies, SetCookies},
    email::{EmailToken, RequestType, proving_mail, verification_mail},
    mail::{MailKind, Mailer},
    session::{PostedBy, SignedIn, remember_again},
    wire::{ApiError, Body, Fields, Reply, refusals},
};

pub(crate) struct ChangeEmail {
    new_email: String,
    callback_url: Option<String>,
}

impl Body for ChangeEmail {
    fn read(fields: &mut Fields<'_>) -> Self {
        fields.object(&["object"]);
        let new_email = fields.email("newEmail").to_lowercase();
        let callback_url = fields.optional_text("callbackURL").filter(|url| !url.is_empty());
        Self { new_email, callback_url }
    }
}

#[derive(Serialize)]
struct Begun {
    status: bool,
}

pub(crate) async fn change_email(
    State(auth): State<Auth>,
    request: RequestCookies,
    PostedBy { body, by }: PostedBy<ChangeEmail>,
) -> Result<Reply, ApiError> {
    let mut cookies = SetCookies::default();
    let begun = begin_change(&auth, &request, &body, &by, &mut cookies).await;
    let mut all = by.cookies;
    all.append(cookies);
    match begun {
        Ok(()) => Ok(Reply::json(&Begun { status: true })?.with_cookies(all)),
        Err(error) => Err(error.with_cookies(all)),
    }
}

async fn begin_change(
    auth: &Auth,
    request: &RequestCookies,
    body: &ChangeEmail,
    SignedIn { session, user, .. }: &SignedIn,
    cookies: &mut SetCookies,
) -> Result<(), ApiError> {
    let bad_request =
        |message: &str| ApiError::told(StatusCode::BAD_REQUEST, None, message.to_owned());
    let settings = auth.settings().change_email;
    if !settings.enabled {
        return Err((&refusals::CHANGE_EMAIL_DISABLED).into());
    }
    if body.new_email == user.email {
        return Err(bad_request("Email is the same"));
    }
    let at_once = !user.email_verified && settings.update_email_without_verification;
    let place = auth.mailer().map(Mailer::place).transpose()?;
    if place.is_none() && !at_once {
        return Err(bad_request("Verification email isn't enabled"));
    }
    if users::find_by_email(auth.database(), &body.new_email).await?.is_some() {
        return Ok(());
    }
    let callback = body.callback_url.as_deref();
    if at_once {
        let changed = User { email: body.new_email.clone(), ..user.clone() };
        let update = users::change_email(user, &changed.email, false, auth.now());
        match auth.database().execute(&update).await {
            // Somebody else took the address meanwhile.
            Err(error) if error.is_duplicate() => return Ok(()),
            updated => _ = updated?,
        }
        auth.sessions().user_changed(&changed, auth.now()).await?;
        cookies.append(remember_again(auth, session, &changed, request)?);
        if let Some(place) = place {
            place.send(proving_mail(auth, &changed, callback)?);
        }
        return Ok(());
    }
    let (kind, request_type, to) = if user.email_verified && settings.send_confirmation {
        (MailKind::ChangeEmailConfirmation, RequestType::Confirmation, &user.email)
    } else {
        (MailKind::VerifyEmail, RequestType::Verification, &body.new_email)
    };
    let life = auth.settings().email_verification.expires_in;
    let token = EmailToken::proves(&user.email, &user.id, auth.now(), life)
        .changing_to(&body.new_email, request_type);
    if let Some(place) = place {
        place.send(verification_mail(auth, kind, user, to, &token, callback)?);
    }
    Ok(())
}
