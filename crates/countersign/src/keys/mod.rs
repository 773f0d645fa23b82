//! Where the keys come from: given once, or published by the issuer at an address.

mod endpoint;
mod remote;

use std::{
    io,
    net::IpAddr,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use countersign_jwt::{Algorithm, KeyError, KeySet};
use jiff::Timestamp;
use url::{Host, Url};

use self::{endpoint::Endpoint, remote::RemoteKeys};
use crate::refusal::Refusal;

/// Where a guard takes its keys from.
///
/// It is one of the five, so a shared secret and public keys never stand side by side (RFC 8725 §3.1).
pub struct KeySource(Source);

enum Source {
    Given(KeySet),
    Published(Url),
}

/// Why keys cannot be had from a source.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SourceError {
    /// Not an absolute URL.
    #[error("the address of the key set is not a URL")]
    NotAUrl(#[source] url::ParseError),
    /// Not `https`, and not `http` to this machine; or with a user name or password.
    #[error(
        "the key set must be fetched over https (http only from this machine), without user name"
    )]
    InsecureUrl,
    /// The file cannot be read.
    #[error("the file with the keys cannot be read")]
    Unreadable(#[source] io::Error),
    /// The keys or the secret are not acceptable.
    #[error("the keys cannot be used")]
    Keys(#[from] KeyError),
    /// The file is a key set, but none of its keys can be used.
    #[error("the key set has no key that can be used")]
    NoUsableKey,
    /// The HTTP client could not be set up.
    #[error("the HTTP client could not be set up")]
    Client(#[source] reqwest::Error),
}

impl SourceError {
    /// A stable word for logs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotAUrl(_) => "not_a_url",
            Self::InsecureUrl => "insecure_url",
            Self::Unreadable(_) => "unreadable",
            Self::Keys(error) => error.code(),
            Self::NoUsableKey => "no_usable_key",
            Self::Client(_) => "http_client",
        }
    }
}

impl KeySource {
    /// A JSON Web Key Set (RFC 7517 §5) at an address, `…/api/auth/jwks` for Better Auth. It is fetched
    /// when the first token arrives and again when keys are rotated; see the table in the crate's
    /// documentation for the limits.
    pub fn jwks_url(url: &str) -> Result<Self, SourceError> {
        let url = Url::parse(url).map_err(SourceError::NotAUrl)?;
        let safe = url.scheme() == "https" || (url.scheme() == "http" && is_this_machine(&url));
        if !safe || !url.username().is_empty() || url.password().is_some() {
            return Err(SourceError::InsecureUrl);
        }
        Ok(Self(Source::Published(url)))
    }

    /// A JSON Web Key Set in a file, read once, now.
    pub fn jwks_file(path: impl AsRef<Path>) -> Result<Self, SourceError> {
        let json = std::fs::read(path).map_err(SourceError::Unreadable)?;
        let keys = KeySet::from_jwks_json(&json)?;
        if keys.is_empty() {
            return Err(SourceError::NoUsableKey);
        }
        Ok(Self::keys(keys))
    }

    /// One public key in a PEM file, read once, now. Tokens that name a key must name this `kid`;
    /// without one, tokens that name a key are refused.
    pub fn public_pem_file(
        kid: Option<&str>,
        algorithm: Algorithm,
        path: impl AsRef<Path>,
    ) -> Result<Self, SourceError> {
        let pem = std::fs::read_to_string(path).map_err(SourceError::Unreadable)?;
        Ok(Self::keys(KeySet::from_public_pem(kid, algorithm, &pem)?))
    }

    /// A secret shared with the issuer, for HS256: at least 32 bytes (RFC 7518 §3.2).
    pub fn secret(secret: impl AsRef<[u8]>) -> Result<Self, SourceError> {
        Ok(Self::keys(KeySet::from_secret(secret.as_ref())?))
    }

    /// Keys the caller already has.
    pub fn keys(keys: KeySet) -> Self {
        Self(Source::Given(keys))
    }
}

/// `localhost` or a loopback address; nobody else can listen in.
fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        None => false,
    }
}

/// Keys as they were given or fetched at one moment.
pub(crate) struct HeldKeys {
    pub(crate) set: KeySet,
    /// No two moments have the same, in the whole process.
    pub(crate) generation: u64,
}

impl HeldKeys {
    fn new(set: KeySet) -> Self {
        static GENERATIONS: AtomicU64 = AtomicU64::new(0);
        Self { set, generation: GENERATIONS.fetch_add(1, Ordering::Relaxed) }
    }
}

/// A source in use.
pub(crate) enum Keys {
    Given(Arc<HeldKeys>),
    Published(Arc<RemoteKeys>),
}

impl Keys {
    pub(crate) fn open(source: KeySource) -> Result<Self, SourceError> {
        Ok(match source.0 {
            Source::Given(keys) => Self::Given(Arc::new(HeldKeys::new(keys))),
            Source::Published(url) => {
                let local = is_this_machine(&url);
                let endpoint = Endpoint::new(url, local).map_err(SourceError::Client)?;
                Self::Published(Arc::new(RemoteKeys::new(endpoint)))
            }
        })
    }

    /// The keys to verify with.
    pub(crate) async fn current(&self, now: Timestamp) -> Result<Arc<HeldKeys>, Refusal> {
        match self {
            Self::Given(keys) => Ok(Arc::clone(keys)),
            Self::Published(remote) => remote.current(now).await,
        }
    }

    /// Newer keys than these, for a token whose key is not among them; the same when there are none.
    pub(crate) async fn newer_than(
        &self,
        seen: &Arc<HeldKeys>,
        now: Timestamp,
    ) -> Result<Arc<HeldKeys>, Refusal> {
        match self {
            Self::Given(keys) => Ok(Arc::clone(keys)),
            Self::Published(remote) => remote.newer_than(seen, now).await,
        }
    }
}
