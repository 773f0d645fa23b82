//! `GET /multi-session/list-device-sessions`, `POST /multi-session/set-active` and
//! `POST /multi-session/revoke`.

use axum::extract::State;
use countersign_store::{sessions::Session, users::User};
use http::StatusCode;
use serde::Serialize;
use serde_json::Value;

use super::device::{cookie_of, live_sessions};
use crate::{
    Auth,
    cookies::{RequestCookies, SetCookies},
    edge::Posted,
    session::{PostedBy, end, find_by_token, remember_again},
    wire::{ApiError, Body, Fields, Refusal, Reply, SessionAndUser, SessionBody, UserBody},
};

static INVALID_SESSION_TOKEN: Refusal = Refusal {
    status: StatusCode::UNAUTHORIZED,
    code: "INVALID_SESSION_TOKEN",
    message: "Invalid session token",
};

pub(super) struct DeviceSession {
    session_token: String,
}

impl Body for DeviceSession {
    fn read(fields: &mut Fields<'_>) -> Self {
        fields.object(&["object"]);
        Self { session_token: fields.text("sessionToken") }
    }
}

#[derive(Serialize)]
struct Revoked {
    status: bool,
}

/// No session is asked for: the cookies say whose these are.
pub(super) async fn list_device_sessions(
    State(auth): State<Auth>,
    request: RequestCookies,
) -> Result<Reply, ApiError> {
    let mut shown: Vec<(Session, User)> = Vec::new();
    for (session, user) in live_sessions(&auth, &request).await? {
        if shown.iter().all(|(_, other)| other.id != user.id) {
            shown.push((session, user));
        }
    }
    let body = shown.iter().map(|(session, user)| show(&auth, session, user));
    Reply::json(&body.collect::<Result<Vec<_>, _>>()?)
}

pub(super) async fn set_active(
    State(auth): State<Auth>,
    request: RequestCookies,
    Posted(body): Posted<DeviceSession>,
) -> Result<Reply, ApiError> {
    let (name, token) = named(&auth, &request, &body)?;
    let found = find_by_token(&auth, &token).await?;
    let Some((session, user)) = found.filter(|(session, _)| session.expires_at >= auth.now())
    else {
        let mut cookies = SetCookies::default();
        cookies.expire(auth.cookie_names(), &name);
        return Err(ApiError::from(&INVALID_SESSION_TOKEN).with_cookies(cookies));
    };
    let cookies = remember_again(&auth, &session, &user, &request)?;
    Ok(Reply::json(&show(&auth, &session, &user)?)?.with_cookies(cookies))
}

pub(super) async fn revoke(
    State(auth): State<Auth>,
    request: RequestCookies,
    PostedBy { body, by }: PostedBy<DeviceSession>,
) -> Result<Reply, ApiError> {
    let (name, token) = match named(&auth, &request, &body) {
        Ok(named) => named,
        Err(error) => return Err(error.with_cookies(by.cookies)),
    };
    end(&auth, &token).await?;
    let mut cookies = by.cookies;
    cookies.expire(auth.cookie_names(), &name);
    if by.session.token == token {
        match live_sessions(&auth, &request).await?.first() {
            Some((next, user)) => {
                cookies = cookies.and(remember_again(&auth, next, user, &request)?);
            }
            None => cookies.expire_session(auth.cookie_names()),
        }
    }
    Ok(Reply::json(&Revoked { status: true })?.with_cookies(cookies))
}

/// The cookie that the body names, and the token in it.
fn named(
    auth: &Auth,
    request: &RequestCookies,
    body: &DeviceSession,
) -> Result<(String, String), ApiError> {
    let name = cookie_of(auth.cookie_names(), &body.session_token);
    match request.signed(&name, auth.cookie_signer()) {
        Some(token) => Ok((name, token)),
        None => Err((&INVALID_SESSION_TOKEN).into()),
    }
}

fn show(auth: &Auth, session: &Session, user: &User) -> Result<Value, ApiError> {
    let both = SessionAndUser { session: SessionBody::from(session), user: UserBody::from(user) };
    let shown = auth.sessions().member_order().both(&both);
    shown.map_err(|error| ApiError::internal("a session could not be written as JSON", &error))
}
