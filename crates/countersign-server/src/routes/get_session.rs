//! `GET /get-session`: the session and its user, or `null`. Never cached.

use axum::{
    extract::{RawQuery, State},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, header};

use crate::{
    Auth,
    cookies::RequestCookies,
    edge::Posted,
    session::{Current, current},
    wire::{ApiError, NoBody, Reply, SessionAndUser, SessionBody, UserBody, refusals},
};

pub(crate) async fn get_session(
    State(auth): State<Auth>,
    cookies: RequestCookies,
    RawQuery(query): RawQuery,
) -> Response {
    let answer = session_and_user(&auth, &cookies, query.as_deref()).await;
    let mut response = answer.into_response();
    never_cached(response.headers_mut());
    response
}

async fn session_and_user(
    auth: &Auth,
    cookies: &RequestCookies,
    query: Option<&str>,
) -> Result<Reply, ApiError> {
    let Current { signed_in, cookies } = current(auth, cookies, query).await?;
    let Some((session, user)) = signed_in else {
        return Ok(Reply::json(&None::<()>)?.with_cookies(cookies));
    };
    let body = SessionAndUser { session: SessionBody::from(&session), user: UserBody::from(&user) };
    let mut reply = Reply::json(&body)?.with_cookies(cookies);
    for feature in auth.features() {
        for (name, value) in feature.session_shown(auth, &session, &user).await? {
            reply = reply.with_header(name, value);
        }
    }
    Ok(reply)
}

/// `POST /get-session` is for servers that put off extending sessions; this one does not.
pub(crate) async fn refuse_post(posted: Result<Posted<NoBody>, ApiError>) -> Response {
    let error = match posted {
        Ok(Posted(NoBody)) => (&refusals::METHOD_NOT_ALLOWED_DEFER_SESSION_REQUIRED).into(),
        Err(error) => error,
    };
    let mut response = error.into_response();
    never_cached(response.headers_mut());
    response
}

fn never_cached(headers: &mut HeaderMap) {
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
}
