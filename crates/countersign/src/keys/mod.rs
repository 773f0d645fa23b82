//! Where the keys come from: given once, or published by the issuer at an address.

mod discovery;
mod fetch_error;
mod known;
mod lifetime;
mod past;
mod published;
mod publisher;
mod remote;
mod snapshot;
mod status;
mod tally;

use std::{
    io,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use countersign_jwt::{
    Algorithm, KeyError, KeySet, TokenError, WeakSecret, check_secret, dangerous,
};
use jiff::Timestamp;

use self::remote::RemoteKeys;
pub(crate) use self::{past::Signed, status::KeysStatus};
pub use self::{published::PublishedKeys, status::IssuerStatus};
use crate::{calls::AddressError, refusal::Refusal};

/// Where a guard takes its keys from.
///
/// It is one of these, so a shared secret and public keys never stand side by side (RFC 8725 §3.1).
pub struct KeySource(Source);

enum Source {
    Given(KeySet),
    Published(Box<PublishedKeys>),
}

/// Why keys cannot be had from a source.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum SourceError {
    /// Not an absolute URL.
    #[error("the address of the key set or its issuer is not a URL")]
    NotAUrl(#[source] url::ParseError),
    /// Not `https`, and not `http` to this machine; or with a user name or password.
    #[error(
        "the key set must be fetched over https (http only from this machine), without user name"
    )]
    InsecureUrl,
    /// The issuer has a query or a fragment.
    #[error("the issuer must be an address without query and fragment")]
    NotAnIssuer,
    /// Negative, or more than 30 days.
    #[error("the stale limit must be between 0 and 30 days")]
    StaleLimit,
    /// Zero, or more than 30 seconds.
    #[error("the time for a fetch must be more than 0 and at most 30 seconds")]
    Timeout,
    /// The file cannot be read.
    #[error("the file with the keys cannot be read")]
    Unreadable(#[source] io::Error),
    /// The secret can be guessed.
    #[error("the shared secret {0}")]
    Secret(WeakSecret),
    /// The keys are not acceptable.
    #[error("the keys cannot be used")]
    Keys(#[from] KeyError),
    /// The file is a key set, but none of its keys can be used.
    #[error("the key set has no key that can be used")]
    NoUsableKey,
    /// The HTTP client could not be set up.
    #[error("the HTTP client could not be set up")]
    Client(#[source] reqwest::Error),
}

impl From<AddressError> for SourceError {
    fn from(error: AddressError) -> Self {
        match error {
            AddressError::NotAUrl(error) => Self::NotAUrl(error),
            AddressError::Insecure => Self::InsecureUrl,
        }
    }
}

impl SourceError {
    /// A stable word for logs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotAUrl(_) => "not_a_url",
            Self::InsecureUrl => "insecure_url",
            Self::NotAnIssuer => "not_an_issuer",
            Self::StaleLimit => "stale_limit",
            Self::Timeout => "timeout",
            Self::Unreadable(_) => "unreadable",
            Self::Secret(error) => error.code(),
            Self::Keys(error) => error.code(),
            Self::NoUsableKey => "no_usable_key",
            Self::Client(_) => "http_client",
        }
    }
}

impl KeySource {
    /// The key set at an address: [`PublishedKeys::jwks_url`], kept as by default.
    pub fn jwks_url(url: &str) -> Result<Self, SourceError> {
        Ok(PublishedKeys::jwks_url(url)?.into())
    }

    /// The key set of an issuer that speaks OpenID Connect: [`PublishedKeys::openid`], kept as by default.
    pub fn openid(issuer: &str) -> Result<Self, SourceError> {
        Ok(PublishedKeys::openid(issuer)?.into())
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

    /// A secret shared with the issuer, for HS256: at least 32 bytes (RFC 7518 §3.2), and none that can
    /// be guessed ([`countersign_jwt::check_secret`]).
    pub fn secret(secret: impl AsRef<[u8]>) -> Result<Self, SourceError> {
        check_secret(secret.as_ref()).map_err(SourceError::Secret)?;
        Ok(Self::keys(KeySet::from_secret(secret.as_ref())?))
    }

    /// Keys the caller already has.
    pub fn keys(keys: KeySet) -> Self {
        Self(Source::Given(keys))
    }
}

/// How many names of keys are remembered that are published no more.
const MOST_WITHDRAWN: usize = 100;

/// Keys as they were given or fetched at one moment.
pub(crate) struct HeldKeys {
    pub(crate) set: KeySet,
    /// No two moments have the same, in the whole process.
    pub(crate) generation: u64,
    /// Names of keys that were published before, the last ones first.
    withdrawn: Vec<Box<str>>,
}

impl HeldKeys {
    fn new(set: KeySet) -> Self {
        static GENERATIONS: AtomicU64 = AtomicU64::new(0);
        let generation = GENERATIONS.fetch_add(1, Ordering::Relaxed);
        Self { set, generation, withdrawn: Vec::new() }
    }

    /// What is published after these.
    fn after(before: &Self, set: KeySet) -> Self {
        let names = before.set.kids().chain(before.withdrawn.iter().map(|name| &**name));
        let withdrawn = names.filter(|name| !set.has_kid(name)).take(MOST_WITHDRAWN);
        let withdrawn = withdrawn.map(Box::from).collect();
        Self { withdrawn, ..Self::new(set) }
    }

    /// What it is that none of these keys signed.
    fn unknown(&self, signed: Signed, text: &str) -> Signed {
        let names_withdrawn = || {
            let read = dangerous::read_without_verifying(text).ok()?;
            let name = read.header.get("kid")?.as_str()?;
            Some(self.withdrawn.iter().any(|withdrawn| **withdrawn == *name))
        };
        // Most often nothing was withdrawn, and then nothing is read.
        let may_be = signed == Signed::Token && !self.withdrawn.is_empty();
        if may_be && names_withdrawn() == Some(true) { Signed::WithdrawnToken } else { signed }
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
            Source::Published(keys) => Self::Published(Arc::new(keys.open()?)),
        })
    }

    /// The keys to verify with.
    pub(crate) async fn current(&self, now: Timestamp) -> Result<Arc<HeldKeys>, Refusal> {
        match self {
            Self::Given(keys) => Ok(Arc::clone(keys)),
            Self::Published(remote) => remote.current(now).await,
        }
    }

    /// Newer keys than these, for something whose key is not among them; the same when there are none.
    async fn newer_than(
        &self,
        seen: &HeldKeys,
        signed: Signed,
        now: Timestamp,
    ) -> Result<Arc<HeldKeys>, Refusal> {
        match self {
            Self::Given(keys) => Ok(Arc::clone(keys)),
            Self::Published(remote) => remote.newer_than(seen, signed, now).await,
        }
    }

    /// Judges with the keys at hand; what none of them made, once more with newer ones.
    pub(crate) async fn judge<T>(
        &self,
        signed: Signed,
        text: &str,
        now: Timestamp,
        judge: impl Fn(&KeySet) -> Result<T, TokenError>,
    ) -> Result<(T, Arc<HeldKeys>), Refusal> {
        let mut held = self.current(now).await?;
        let mut verdict = judge(&held.set);
        // Newer keys may be those of a fetch that was under way when the issuer made the key; what comes
        // after them was fetched later.
        for _ in 0..2 {
            let newer = match &verdict {
                Err(TokenError::UnknownKey) => {
                    self.newer_than(&held, held.unknown(signed, text), now).await?
                }
                // The issuer may have replaced a key by one of the same name. Hardly any does, so that it
                // cannot be asked does not make a bad signature a check that could not run.
                Err(TokenError::WrongSignature) => {
                    match self.newer_than(&held, signed, now).await {
                        Ok(newer) => newer,
                        Err(_unavailable) => break,
                    }
                }
                _ => break,
            };
            if newer.generation == held.generation {
                break;
            }
            verdict = judge(&newer.set);
            held = newer;
        }
        Ok((verdict?, held))
    }

    /// Forgets what was fetched and fetches it anew.
    pub(crate) async fn purge(&self, now: Timestamp) -> Result<(), Refusal> {
        match self {
            Self::Given(_) => Ok(()),
            Self::Published(remote) => remote.purge(now).await,
        }
    }

    pub(crate) fn status(&self, now: Timestamp) -> KeysStatus {
        match self {
            Self::Given(keys) => {
                KeysStatus { ready: true, keys: keys.set.len(), ..KeysStatus::default() }
            }
            Self::Published(remote) => remote.status(now),
        }
    }
}
