//! A body that was posted: read, from a trusted page, and valid, in that order.
//!
//! The order is Better Auth's and can be seen from outside: a body that is no JSON is told before
//! a bad origin, a bad origin before an invalid field, an invalid field before a missing session.
//! What features have to say of a body comes before its fields.

use axum::{
    body::{Body as RequestBody, to_bytes},
    extract::{FromRequest, Request},
};
use bytes::Bytes;
use countersign_serve::came_too_slowly;
use http::{HeaderMap, header::CONTENT_ENCODING};

use super::origin::{check_origin, check_redirects, check_sign_in};
use crate::{
    Auth,
    wire::{ApiError, Body, read_body, refusals},
};

/// The most bytes a body may have. Better Auth has no limit of its own.
const BODY_LIMIT: usize = 64 * 1024;

/// A valid body of an endpoint that changes something.
pub(crate) struct Posted<B>(pub(crate) B);

impl<B: Body> FromRequest<Auth> for Posted<B> {
    type Rejection = ApiError;

    async fn from_request(request: Request, auth: &Auth) -> Result<Self, ApiError> {
        let (parts, body) = request.into_parts();
        let bytes = receive(&parts.headers, body).await?;
        let mut value = read_body(B::FORMS, &parts.headers, &bytes)?;
        let trusted = &auth.settings().trusted_origins;
        check_origin(&parts.headers, trusted)?;
        check_redirects(value.as_ref(), parts.uri.query(), trusted)?;
        if let Some(about) = B::ABOUT_USER {
            for feature in auth.features() {
                feature.user_posted(auth, about, &parts, value.as_mut()).await?;
            }
        }
        let body = B::parse(value.as_ref())?;
        if B::SIGNS_IN {
            check_sign_in(&parts.headers, trusted)?;
        }
        Ok(Self(body))
    }
}

/// The bytes of a body that is not compressed, not too large and not too slow.
pub(crate) async fn receive(headers: &HeaderMap, body: RequestBody) -> Result<Bytes, ApiError> {
    if headers.contains_key(CONTENT_ENCODING) {
        return Err((&refusals::UNSUPPORTED_CONTENT_ENCODING).into());
    }
    let bytes = to_bytes(body, BODY_LIMIT).await.map_err(|error| {
        if came_too_slowly(&error) {
            &refusals::REQUEST_TIMEOUT
        } else {
            &refusals::PAYLOAD_TOO_LARGE
        }
    })?;
    Ok(bytes)
}
