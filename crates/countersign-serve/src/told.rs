//! What every request has, whoever answers it: a name, its line in the log, and an answer.
//!
//! The name is the `X-Request-Id` that came along, or a new one; the answer carries it. Log lines that are written
//! on the way show it. An answer that does not say otherwise is kept by nobody (`Cache-Control: no-store`), and a
//! panic is an answer, too.

use std::{panic::AssertUnwindSafe, time::Instant};

use axum::{extract::Request, response::Response};
use futures_util::FutureExt;
use hyper::header::{CACHE_CONTROL, HeaderValue};
use tracing::Instrument;
use uuid::{Uuid, fmt::Hyphenated};

use crate::span::{REQUEST_ID, request_span};

/// Answers are one person's; nothing on the way keeps them.
const NOT_STORED: HeaderValue = HeaderValue::from_static("no-store");

/// Has a request answered, under its name, and tells the log. `fault` is the answer in place of a panic, which the
/// log knows already.
pub async fn told<F>(
    mut request: Request,
    answer: impl FnOnce(Request) -> F,
    fault: impl FnOnce() -> Response,
) -> Response
where
    F: Future<Output = Response>,
{
    let name = name_of(&mut request);
    let span = request_span(&request);
    async {
        tracing::debug!("asked");
        let began = now();
        let answer = AssertUnwindSafe(async { answer(request).await }).catch_unwind().await;
        let mut answer = answer.unwrap_or_else(|_panic| fault());
        let (status, headers) = (answer.status(), answer.headers_mut());
        headers.entry(CACHE_CONTROL).or_insert(NOT_STORED);
        headers.entry(REQUEST_ID).or_insert(name);
        if status.is_server_error() {
            tracing::error!(%status, took = ?began.elapsed(), "answered with an error of the server");
        } else {
            tracing::debug!(%status, took = ?began.elapsed(), "answered");
        }
        answer
    }
    .instrument(span)
    .await
}

/// The name that came along, or a new one, which the request then has.
fn name_of(request: &mut Request) -> HeaderValue {
    let headers = request.headers_mut();
    if let Some(name) = headers.get(REQUEST_ID) {
        return name.clone();
    }
    let mut buffer = [0; Hyphenated::LENGTH];
    let name = new_name().hyphenated().encode_lower(&mut buffer);
    let name = HeaderValue::from_str(name).unwrap_or(HeaderValue::from_static(""));
    headers.insert(REQUEST_ID, name.clone());
    name
}

#[expect(clippy::disallowed_methods, reason = "a name for the log: who guesses it gains nothing")]
fn new_name() -> Uuid {
    Uuid::new_v4()
}

#[expect(clippy::disallowed_methods, reason = "how long an answer took is for the log")]
fn now() -> Instant {
    Instant::now()
}
