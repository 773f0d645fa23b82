//! The cookies of a browser's sessions.

use countersign_store::{sessions::Session, users::User};

use crate::{
    Auth,
    cookies::{CookieNames, RequestCookies},
    session::find_by_token,
    wire::ApiError,
};

/// The name of the cookie that remembers the session with this token.
pub(super) fn cookie_of(names: &CookieNames, token: &str) -> String {
    format!("{}_multi-{}", names.session_token, token.to_lowercase())
}

/// Whether a cookie of this name remembers a session.
pub(super) fn is_device_cookie(name: &str) -> bool {
    name.contains("_multi-")
}

/// The cookies that we signed, each with its session's token.
pub(super) fn device_sessions<'a>(
    auth: &'a Auth,
    request: &'a RequestCookies,
) -> impl Iterator<Item = (&'a str, String)> {
    let names = request.names().filter(|name| is_device_cookie(name));
    names.filter_map(|name| Some((name, request.signed(name, auth.cookie_signer())?)))
}

/// The sessions of the browser that live, in the order of their cookies, each once.
pub(super) async fn live_sessions(
    auth: &Auth,
    request: &RequestCookies,
) -> Result<Vec<(Session, User)>, ApiError> {
    let (mut found, mut seen) = (Vec::new(), Vec::new());
    for (_, token) in device_sessions(auth, request) {
        if seen.contains(&token) {
            continue;
        }
        let session = find_by_token(auth, &token).await?;
        found.extend(session.filter(|(session, _)| session.expires_at > auth.now()));
        seen.push(token);
    }
    Ok(found)
}
