//! The audit log: one structured event for every request that was not let in.
//!
//! Events go through `tracing` on the target `countersign::audit` at level `WARN`, with the fields
//! `time` (RFC 3339), `status`, `code`, `cause`, `claim`, `subject`, `method`, `path`, `address`,
//! `request_id`; what is not known is left out. The path comes without its query, and no event ever
//! holds a token. Texts from outside are cut to 256 characters and escaped, so that one event stays
//! one line in any terminal.
//!
//! `address` is the peer's, known when the service is started with axum's
//! `into_make_service_with_connect_info::<SocketAddr>()`.

use http::{HeaderName, request::Parts};
use jiff::Timestamp;

use crate::refusal::Refusal;

const MAX_CHARS: usize = 256;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Writes the event.
pub(crate) fn refused(refusal: &Refusal, subject: Option<&str>, request: &Parts, now: Timestamp) {
    let claim = match refusal {
        Refusal::InvalidToken(error) => error.claim(),
        _ => None,
    };
    tracing::warn!(
        target: "countersign::audit",
        time = %now,
        status = refusal.status().as_u16(),
        code = refusal.code(),
        cause = refusal.cause(),
        claim,
        subject = subject.map(harmless),
        method = request.method.as_str(),
        path = harmless(request.uri.path()),
        address = address(request),
        request_id = request.headers.get(REQUEST_ID).and_then(|id| id.to_str().ok()).map(harmless),
        "refused"
    );
}

fn harmless(text: &str) -> String {
    text.chars().take(MAX_CHARS).flat_map(char::escape_debug).collect()
}

#[cfg(feature = "axum")]
fn address(request: &Parts) -> Option<String> {
    use std::net::SocketAddr;
    let peer = request.extensions.get::<axum::extract::ConnectInfo<SocketAddr>>()?;
    Some(peer.0.ip().to_string())
}

#[cfg(not(feature = "axum"))]
fn address(_request: &Parts) -> Option<String> {
    None
}
