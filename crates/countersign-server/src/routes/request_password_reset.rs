//! `POST /request-password-reset`: a mail with a link to set a new password.
//!
//! One answer for every address. What the token leads to and the mail are written behind it, so that its time does not
//! tell who exists either; the mail goes to the address of the row, never to the one that was typed.

use axum::extract::State;
use countersign_store::{users, verifications::Verification};
use serde::Serialize;

use crate::{
    Auth,
    edge::Posted,
    email::reset_mail,
    entropy::random_reset_token,
    wire::{ApiError, Body, Fields, Reply, refusals},
};

pub(crate) struct RequestPasswordReset {
    email: String,
    redirect_to: Option<String>,
}

impl Body for RequestPasswordReset {
    fn read(fields: &mut Fields<'_>) -> Self {
        fields.object(&["object"]);
        Self { email: fields.email("email"), redirect_to: fields.optional_text("redirectTo") }
    }
}

#[derive(Serialize)]
struct Requested {
    status: bool,
    message: &'static str,
}

pub(crate) async fn request_password_reset(
    State(auth): State<Auth>,
    Posted(body): Posted<RequestPasswordReset>,
) -> Result<Reply, ApiError> {
    let mailer = auth.mailer().ok_or(&refusals::RESET_PASSWORD_DISABLED)?;
    let place = mailer.place()?;
    if let Some(user) = users::find_by_email(auth.database(), &body.email).await? {
        let token = random_reset_token(auth.entropy());
        let mail = reset_mail(&auth, &user, &token, body.redirect_to.as_deref());
        let now = auth.now();
        let row = Verification {
            id: auth.new_id("verification"),
            identifier: super::reset_password::identifier(&token),
            value: user.id,
            expires_at: now + auth.settings().email_password.reset_password_token_expires_in,
            created_at: now,
            updated_at: now,
        };
        let verifications = auth.verifications().clone();
        place.write_and_send(async move { verifications.insert(&row).await }, mail);
    }
    Reply::json(&Requested {
        status: true,
        message: "If this email exists in our system, check your email for the reset link",
    })
}
