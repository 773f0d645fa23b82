//! `POST /verify-password`: whether this is the user's password, before something that matters.

use axum::extract::State;
use countersign_store::accounts;

use super::status::Status;
use crate::{
    Auth,
    password::check_not_too_long,
    session::{PostedBy, SignedIn},
    wire::{ApiError, Body, Fields, Reply, refusals},
};

pub(crate) struct VerifyPassword {
    password: String,
}

impl Body for VerifyPassword {
    fn read(fields: &mut Fields<'_>) -> Self {
        fields.object(&["object"]);
        Self { password: fields.text("password") }
    }
}

pub(crate) async fn verify_password(
    State(auth): State<Auth>,
    PostedBy { body, by }: PostedBy<VerifyPassword>,
) -> Result<Reply, ApiError> {
    match verify(&auth, &body.password, &by).await {
        Ok(()) => Ok(Reply::json(&Status { status: true })?.with_cookies(by.cookies)),
        Err(error) => Err(error.with_cookies(by.cookies)),
    }
}

async fn verify(auth: &Auth, password: &str, by: &SignedIn) -> Result<(), ApiError> {
    check_not_too_long(password, &auth.settings().password)?;
    let slot = auth.hashing().slot()?;
    let stored = accounts::password_of(auth.database(), &by.user.id).await?;
    if slot.verify(password, stored).await? {
        return Ok(());
    }
    Err((&refusals::INVALID_PASSWORD).into())
}
