//! `POST /revoke-session`, `/revoke-sessions`, `/revoke-other-sessions`: one of the user's
//! sessions, all of them, all but this one.
//!
//! Answers `{"status":true}` also when there was nothing to end, so that a token of somebody else
//! cannot be told from one that does not exist. When the session of the request itself ends, its
//! cookies are taken back.

use axum::extract::State;

use super::status::Status;
use crate::{
    Auth,
    session::{PostedBy, end_all, end_of_user, end_others},
    wire::{ApiError, Body, Fields, NoBody, Reply},
};

pub(crate) struct OneSession {
    token: String,
}

impl Body for OneSession {
    fn read(fields: &mut Fields<'_>) -> Self {
        fields.object(&["object"]);
        Self { token: fields.text("token") }
    }
}

pub(crate) async fn revoke_session(
    State(auth): State<Auth>,
    PostedBy { body, by }: PostedBy<OneSession>,
) -> Result<Reply, ApiError> {
    end_of_user(&auth, &by.user.id, &body.token).await?;
    let mut cookies = by.cookies;
    if body.token == by.session.token {
        cookies.expire_session(auth.cookie_names());
    }
    Ok(Reply::json(&Status { status: true })?.with_cookies(cookies))
}

pub(crate) async fn revoke_sessions(
    State(auth): State<Auth>,
    PostedBy { body: NoBody, by }: PostedBy<NoBody>,
) -> Result<Reply, ApiError> {
    end_all(&auth, &by.user.id).await?;
    let mut cookies = by.cookies;
    cookies.expire_session(auth.cookie_names());
    Ok(Reply::json(&Status { status: true })?.with_cookies(cookies))
}

pub(crate) async fn revoke_other_sessions(
    State(auth): State<Auth>,
    PostedBy { body: NoBody, by }: PostedBy<NoBody>,
) -> Result<Reply, ApiError> {
    end_others(&auth, &by.user.id, &by.session.token).await?;
    Ok(Reply::json(&Status { status: true })?.with_cookies(by.cookies))
}
