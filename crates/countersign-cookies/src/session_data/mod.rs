//! `session_data`: session and user as the auth server knew them when it wrote the cookie.
//!
//! | [`Strategy`] | Bytes |
//! |---|---|
//! | compact | base64url of `{"session":D,"expiresAt":E,"signature":"…"}`, HMAC-SHA256 |
//! | jwt | a JWS with the header `{"alg":"HS256"}` |
//! | jwe | a JWE with `dir` and `A256CBC-HS512`, keyed by HKDF-SHA256 |
//!
//! Which one is a setting and never read from the cookie. Each has exactly one spelling here: base64url
//! without padding and without spare bits, and headers byte by byte as Better Auth writes them, so that
//! no other token signed with the secret passes for a session.

mod compact;
mod content;
mod jwe;
mod jwt;
mod writer;

use aws_lc_rs::hmac;
use countersign_jwt::{DEFAULT_LEEWAY, DEFAULT_MAX_LIFETIME, check_secret};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};

pub use self::{
    content::SessionData,
    writer::{SealError, SessionDataWriter, Unrepeated},
};
use crate::{CookieError, SecretError};

/// The longest `session_data` that is looked at, all chunks together.
pub const MAX_SESSION_DATA_BYTES: usize = 64 * 1024;

/// How `session_data` is written: Better Auth's `session.cookieCache.strategy`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Strategy {
    /// Signed JSON; Better Auth's default.
    Compact,
    /// A signed token.
    Jwt,
    /// An encrypted token; Better Auth's default when it has no database.
    Jwe,
}

/// Reads `session_data` of one strategy and one secret.
pub struct SessionDataReader {
    key: Key,
    version: Option<String>,
    leeway: SignedDuration,
    max_lifetime: SignedDuration,
}

enum Key {
    Compact(hmac::Key),
    Jwt(hmac::Key),
    Jwe(Vec<jwe::Key>),
}

/// What was signed, and until when it may be used.
struct Opened {
    content: Map<String, Value>,
    expires_at: Timestamp,
}

impl SessionDataReader {
    /// A reader with `BETTER_AUTH_SECRET`.
    pub fn new(strategy: Strategy, secret: &str) -> Result<Self, SecretError> {
        check_secret(secret)?;
        let signs = || hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        let key = match strategy {
            Strategy::Compact => Key::Compact(signs()),
            Strategy::Jwt => Key::Jwt(signs()),
            Strategy::Jwe => Key::Jwe(vec![jwe::Key::derive(secret)?]),
        };
        Ok(Self { key, version: None, leeway: DEFAULT_LEEWAY, max_lifetime: DEFAULT_MAX_LIFETIME })
    }

    /// Also reads what was encrypted with a secret that was replaced, as Better Auth does with
    /// `BETTER_AUTH_SECRETS`. Signatures have no such grace there, and have none here.
    pub fn with_former_secret(mut self, secret: &str) -> Result<Self, SecretError> {
        check_secret(secret)?;
        if let Key::Jwe(keys) = &mut self.key {
            keys.push(jwe::Key::derive(secret)?);
        }
        Ok(self)
    }

    /// Refuses any other version, as Better Auth does with `session.cookieCache.version`.
    #[must_use]
    pub fn with_version(mut self, version: &str) -> Self {
        self.version = Some(version.to_owned());
        self
    }

    /// How far ahead of ours the clock of the auth server may be.
    #[must_use]
    pub fn with_leeway(mut self, leeway: SignedDuration) -> Self {
        self.leeway = leeway;
        self
    }

    /// The longest time between writing and end that is accepted.
    #[must_use]
    pub fn with_max_lifetime(mut self, max_lifetime: SignedDuration) -> Self {
        self.max_lifetime = max_lifetime;
        self
    }

    /// Reads a value: form, signature, content, version, and last the time. Neither the cookie nor its
    /// session may be over; for that there is no leeway.
    pub fn read(&self, value: &str, now: Timestamp) -> Result<SessionData, CookieError> {
        if value.len() > MAX_SESSION_DATA_BYTES {
            return Err(CookieError::TooLarge);
        }
        let opened = match &self.key {
            Key::Compact(key) => compact::open(value, key),
            Key::Jwt(key) => jwt::open(value, key),
            Key::Jwe(keys) => jwe::open(value, keys),
        }?;
        let data = SessionData::read(opened)?;
        if self.version.as_ref().is_some_and(|version| data.version() != version) {
            return Err(CookieError::Version);
        }
        if data.written_at() > now.saturating_add(self.leeway).unwrap_or(Timestamp::MAX) {
            return Err(CookieError::NotYetValid);
        }
        if data.cached_until().duration_since(data.written_at()) > self.max_lifetime {
            return Err(CookieError::LivesTooLong);
        }
        if data.cached_until() <= now || data.session_expires_at() <= now {
            return Err(CookieError::Expired);
        }
        Ok(data)
    }
}
