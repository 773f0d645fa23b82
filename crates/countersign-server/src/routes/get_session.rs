//! `GET /get-session`: the session and its user, or `null`. Never cached.
//!
//! With `session.defer_refresh`, a `GET` writes nothing and says in `needsRefresh` whether the session is
//! due; `POST` extends it. Without, `POST` is refused.

use axum::{
    extract::{RawQuery, State},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, header};
use serde::Serialize;
use serde_json::Value;

use crate::{
    Auth,
    cookies::RequestCookies,
    edge::Posted,
    session::{Asking, Cache, Current, find},
    wire::{ApiError, MemberOrder, NoBody, Reply, SessionAndUser, SessionBody, UserBody, refusals},
};

#[derive(Serialize)]
#[serde(untagged)]
enum Shown<'a> {
    AsRows(SessionAndUser<'a>),
    Otherwise(Value),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer<'a> {
    #[serde(flatten)]
    shown: Shown<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    needs_refresh: Option<bool>,
}

pub(crate) async fn get_session(
    State(auth): State<Auth>,
    cookies: RequestCookies,
    RawQuery(query): RawQuery,
) -> Response {
    answered(&auth, &cookies, query.as_deref(), false).await
}

pub(crate) async fn post_get_session(
    State(auth): State<Auth>,
    cookies: RequestCookies,
    RawQuery(query): RawQuery,
    posted: Result<Posted<NoBody>, ApiError>,
) -> Response {
    match posted {
        Ok(Posted(NoBody)) if auth.settings().session.defer_refresh => {
            answered(&auth, &cookies, query.as_deref(), true).await
        }
        Ok(Posted(NoBody)) => {
            let refusal = &refusals::METHOD_NOT_ALLOWED_DEFER_SESSION_REQUIRED;
            never_cached(ApiError::from(refusal).into_response())
        }
        Err(error) => error.into_response(),
    }
}

async fn answered(
    auth: &Auth,
    request: &RequestCookies,
    query: Option<&str>,
    by_post: bool,
) -> Response {
    let asking = Asking { request, query, cache: Cache::Allowed, by_post };
    never_cached(session_and_user(auth, asking).await.into_response())
}

async fn session_and_user(auth: &Auth, asking: Asking<'_>) -> Result<Reply, ApiError> {
    let asked_at = auth.now();
    let Current { signed_in, cookies, order, needs_refresh } = find(auth, asking).await?;
    let Some((session, user)) = signed_in else {
        return Ok(Reply::json(&None::<()>)?.with_cookies(cookies));
    };
    let both = SessionAndUser { session: SessionBody::from(&session), user: UserBody::from(&user) };
    let shown = match order {
        MemberOrder::Row => Shown::AsRows(both),
        other => Shown::Otherwise(other.both(&both).map_err(|error| {
            ApiError::internal("a session could not be written as JSON", &error)
        })?),
    };
    let mut reply = Reply::json(&Answer { shown, needs_refresh })?.with_cookies(cookies);
    for feature in auth.features() {
        let shown = feature.session_shown(auth, asked_at, order, &session, &user);
        for (name, value) in shown.await? {
            reply = reply.with_header(name, value);
        }
    }
    Ok(reply)
}

fn never_cached(mut response: Response) -> Response {
    let headers: &mut HeaderMap = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
    response
}
