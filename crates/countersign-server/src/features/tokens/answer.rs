//! What was granted, and the answer that hands it over (RFC 6749 §5.1).

use countersign_store::{sessions::Session, users::User};
use http::{HeaderValue, header};
use jiff::Timestamp;
use serde::Serialize;

use super::{
    Tokens,
    lifetime::jittered,
    secret::RefreshSecret,
    transport::{self, Transport},
};
use crate::{
    Auth,
    cookies::SetCookies,
    features::jwt::Grant,
    wire::{ApiError, Reply},
};

/// A session, and what goes on from it.
pub(super) struct Granted {
    pub(super) session: Session,
    pub(super) user: User,
    /// The time before anything was looked up: what ended after it ends the token, too.
    pub(super) issued_at: Timestamp,
    /// What the access token is good for.
    pub(super) scope: Option<String>,
    pub(super) refresh: RefreshSecret,
    /// When no refresh token that comes out of this one is good any more.
    pub(super) ends: Timestamp,
    /// Whether the cookie outlives the browser.
    pub(super) remembered: bool,
    /// Whether the session was extended just now.
    pub(super) extended: bool,
}

#[derive(Serialize)]
struct Body<'a> {
    access_token: &'a str,
    token_type: &'static str,
    expires_in: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<&'a str>,
}

pub(super) async fn answer(
    tokens: &Tokens,
    auth: &Auth,
    granted: &Granted,
    transport: Transport,
    mut cookies: SetCookies,
) -> Result<Reply, ApiError> {
    let Granted { session, user, issued_at, refresh, .. } = granted;
    let lifetime = jittered(auth.settings().token.lifetime, auth.entropy());
    let token_id = refresh.token_id();
    let grant = Grant {
        issued_at: *issued_at,
        lifetime,
        scope: granted.scope.as_deref(),
        token_id: Some(&token_id),
    };
    let access_token = tokens.0.jwt.sign(auth, session, user, &grant).await?;
    if transport == Transport::Cookie {
        let life = granted.ends.duration_since(auth.now());
        transport::give(auth, &mut cookies, refresh.reveal(), granted.remembered.then_some(life));
    }
    let reply = Reply::json(&Body {
        access_token: &access_token,
        token_type: "Bearer",
        expires_in: lifetime.as_secs(),
        refresh_token: (transport == Transport::Body).then(|| refresh.reveal()),
        scope: granted.scope.as_deref(),
    })?;
    let no_cache = HeaderValue::from_static("no-cache");
    Ok(reply.with_cookies(cookies).with_header(header::PRAGMA, no_cache))
}
