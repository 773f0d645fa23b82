//! `GET /token` and `GET /jwks`. A token outlives the request, so its session is looked up.
//!
//! Keys may be kept for five minutes, and a day longer while nobody answers (RFC 5861); with their `ETag` they are
//! asked for again without being sent again (RFC 9110 §13.1.2).

use std::convert::Infallible;

use axum::{
    extract::{FromRequestParts, State},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;

use super::{Jwt, Signer, ring::Published};
use crate::{
    Auth,
    session::SignedInStored,
    wire::{ApiError, Reply, refusals},
};

#[derive(Serialize)]
struct Token {
    token: String,
}

/// The time before anything was looked up.
pub(super) struct Began(Timestamp);

impl FromRequestParts<Auth> for Began {
    type Rejection = Infallible;

    async fn from_request_parts(_: &mut Parts, auth: &Auth) -> Result<Self, Infallible> {
        Ok(Self(auth.now()))
    }
}

/// Shorter than `token.publish_ahead`: who keeps keys for so long knows the next one before it signs.
const KEPT: HeaderValue = HeaderValue::from_static("public, max-age=300, stale-if-error=86400");

pub(super) async fn token(
    jwt: Jwt,
    State(auth): State<Auth>,
    Began(issued_at): Began,
    SignedInStored(by): SignedInStored,
) -> Result<Reply, ApiError> {
    let token = jwt.token(&auth, issued_at, &by.session, &by.user).await?;
    let token = token.ok_or(&refusals::UNAUTHORIZED)?;
    Ok(Reply::json(&Token { token })?.with_cookies(by.cookies))
}

pub(super) async fn jwks(
    jwt: Jwt,
    State(auth): State<Auth>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let Published { body, etag } = match &*jwt.signer {
        Signer::Secret(_) => Published::new(&json!({ "keys": [] })),
        Signer::Pairs(keys) => keys.published(&auth).await?,
    };
    let is_known = headers.get(header::IF_NONE_MATCH).is_some_and(|known| names(known, &etag));
    let kept = [(header::CACHE_CONTROL, KEPT), (header::ETAG, etag)];
    if is_known {
        return Ok((StatusCode::NOT_MODIFIED, kept).into_response());
    }
    let content_type = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    Ok((kept, content_type, body).into_response())
}

/// Whether `If-None-Match` names this body: one of a list, or any. Names that were weakened on the way count.
fn names(known: &HeaderValue, etag: &HeaderValue) -> bool {
    let (Ok(known), Ok(etag)) = (known.to_str(), etag.to_str()) else { return false };
    known.split(',').map(str::trim).any(|one| one == "*" || one.trim_start_matches("W/") == etag)
}
