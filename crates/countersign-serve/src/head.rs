//! What a head must not say, beyond what the parser refuses.
//!
//! | Head | Answer |
//! |---|---|
//! | HTTP/1.1 without `Host`, several, or one that is no host and port (RFC 9112 §3.2) | 400 |
//! | `Transfer-Encoding` other than `chunked` (§6.1) | 400 |
//! | an `X-Request-Id` that is more than a short word | as if it were absent |
//!
//! The first two close the connection: whoever passed such a head on may read it differently, and
//! then what follows is somebody else's request. For the same reason the connection is closed after
//! a chunked body, which the parser takes also when a `Content-Length` contradicts it.

use axum::{
    Router,
    extract::Request,
    response::{IntoResponse, Response},
};
use hyper::{
    HeaderMap, StatusCode, Version,
    header::{CONNECTION, HOST, HeaderName, HeaderValue, TRANSFER_ENCODING},
    http::uri::Authority,
};
use tower::Service;

use crate::span::REQUEST_ID;

pub(crate) async fn answer_unless_ambiguous(mut request: Request, mut app: Router) -> Response {
    if request.headers().get(REQUEST_ID).is_some_and(|id| !is_short_word(id)) {
        request.headers_mut().remove(REQUEST_ID);
    }
    let is_chunked = request.headers().contains_key(TRANSFER_ENCODING);
    let is_clear = is_clear(request.version(), request.headers());
    let mut response = if is_clear {
        let Ok(response) = app.call(request).await;
        response
    } else {
        StatusCode::BAD_REQUEST.into_response()
    };
    if is_chunked || !is_clear {
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

fn is_clear(version: Version, headers: &HeaderMap) -> bool {
    let at_most_one = |name: HeaderName| headers.get_all(name).iter().nth(1).is_none();
    let host_is_clear = match headers.get(HOST) {
        None => version < Version::HTTP_11,
        Some(host) => at_most_one(HOST) && is_host(host),
    };
    let chunked = |coding: &HeaderValue| coding.as_bytes().eq_ignore_ascii_case(b"chunked");
    host_is_clear
        && at_most_one(TRANSFER_ENCODING)
        && headers.get(TRANSFER_ENCODING).is_none_or(chunked)
}

/// What the log and the answer can repeat: up to 64 letters, digits and `-_.`.
fn is_short_word(value: &HeaderValue) -> bool {
    let fits = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
    (1..=64).contains(&value.len()) && value.as_bytes().iter().all(fits)
}

/// A host and perhaps a port, without a user (RFC 9110 §7.2); or nothing, for a target without one.
fn is_host(value: &HeaderValue) -> bool {
    let authority = Authority::try_from(value.as_bytes());
    value.is_empty() || authority.is_ok_and(|authority| !authority.as_str().contains('@'))
}
