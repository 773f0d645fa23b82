//! The audit log: one structured event for every request that was not let in.
//!
//! An [`Event`] goes to an [`AuditSink`]; unless another one is given, to [`TracingSink`]. What is not
//! known is left out. The path comes without its query, and no event ever holds a token. Texts from
//! outside are cut to 256 characters and escaped, so that one event stays one line in any terminal.
//!
//! `address` is the peer's, known from a [`PeerAddress`] among the request's extensions, or when the
//! service is started with axum's `into_make_service_with_connect_info::<SocketAddr>()`.

use std::{borrow::Cow, net::IpAddr};

use http::{HeaderName, request::Parts};
use jiff::Timestamp;

use crate::{identity::Identity, reference::Reference, refusal::Refusal};

const MAX_CHARS: usize = 256;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Where events go. `record` runs on the thread of the request and should not wait for anything.
pub trait AuditSink: Send + Sync + 'static {
    /// Takes one event.
    fn record(&self, event: &Event<'_>);
}

/// A request that was not let in.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Event<'e> {
    /// When.
    pub time: Timestamp,
    /// The name by which the caller can speak of it.
    pub reference: Reference,
    /// The status of the answer.
    pub status: u16,
    /// The code in the answer.
    pub code: &'static str,
    /// What exactly was wrong; never in the answer.
    pub cause: &'static str,
    /// The claim to blame, if it was one.
    pub claim: Option<&'static str>,
    /// The issuer of a verified token.
    pub issuer: Option<&'e str>,
    /// The user of a verified token.
    pub subject: Option<Cow<'e, str>>,
    /// The session of a verified token.
    pub session: Option<Cow<'e, str>>,
    /// The method of the request.
    pub method: Cow<'e, str>,
    /// Its path, without the query.
    pub path: Cow<'e, str>,
    /// Where it came from.
    pub address: Option<IpAddr>,
    /// Its `X-Request-Id`.
    pub request_id: Option<Cow<'e, str>>,
}

/// Who sent a request, for services that know better than its connection does: put it among the
/// request's extensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeerAddress(pub IpAddr);

impl<'e> Event<'e> {
    pub(crate) fn new(
        refusal: &Refusal,
        reference: Reference,
        identity: Option<&'e Identity>,
        request: &'e Parts,
        time: Timestamp,
    ) -> Self {
        let request_id = request.headers.get(REQUEST_ID).and_then(|id| id.to_str().ok());
        Self {
            time,
            reference,
            status: refusal.status().as_u16(),
            code: refusal.code(),
            cause: refusal.cause(),
            claim: refusal.claim(),
            issuer: identity.map(Identity::issuer),
            subject: identity.map(|identity| harmless(identity.subject())),
            session: identity.and_then(Identity::session).map(harmless),
            method: harmless(request.method.as_str()),
            path: harmless(request.uri.path()),
            address: address(request),
            request_id: request_id.map(harmless),
        }
    }
}

/// Writes events through `tracing`, on the target `countersign::audit` at level `WARN`, field by field.
#[derive(Clone, Copy, Debug, Default)]
pub struct TracingSink;

impl AuditSink for TracingSink {
    fn record(&self, event: &Event<'_>) {
        tracing::warn!(
            target: "countersign::audit",
            time = %event.time,
            reference = %event.reference,
            status = event.status,
            code = event.code,
            cause = event.cause,
            claim = event.claim,
            issuer = event.issuer,
            subject = event.subject.as_deref(),
            session = event.session.as_deref(),
            method = &*event.method,
            path = &*event.path,
            address = event.address.map(|address| address.to_string()),
            request_id = event.request_id.as_deref(),
            "refused"
        );
    }
}

fn harmless(text: &str) -> Cow<'_, str> {
    let plain = |byte: u8| (b' '..=b'~').contains(&byte) && byte != b'\\';
    if text.len() <= MAX_CHARS && text.bytes().all(plain) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().take(MAX_CHARS).flat_map(char::escape_debug).collect())
}

fn address(request: &Parts) -> Option<IpAddr> {
    let told = request.extensions.get::<PeerAddress>().map(|peer| peer.0);
    told.or_else(|| connection(request))
}

#[cfg(feature = "axum")]
fn connection(request: &Parts) -> Option<IpAddr> {
    use std::net::SocketAddr;
    let peer = request.extensions.get::<axum::extract::ConnectInfo<SocketAddr>>()?;
    Some(peer.0.ip())
}

#[cfg(not(feature = "axum"))]
fn connection(_request: &Parts) -> Option<IpAddr> {
    None
}
