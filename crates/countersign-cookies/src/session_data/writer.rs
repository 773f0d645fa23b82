//! Writing `session_data`, byte by byte as Better Auth does.
//!
//! The content is `{"session":…,"user":…,"updatedAt":<ms>,"version":"…"}`; the token forms add `iat` and
//! `exp`, the encrypted one also `jti`. Better Auth checks a compact cookie by parsing it and writing it
//! anew, so the text has to be what `JSON.stringify` makes of it: no spaces, nothing escaped that need
//! not be.

use aws_lc_rs::hmac;
use countersign_jwt::check_secret;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::{Strategy, compact, jwe, jwt};
use crate::SecretError;

/// How long a cookie without a life of its own is good: one that ends with the browser.
const COMPACT_WITHOUT_LIFE: SignedDuration = SignedDuration::from_secs(60);
const TOKEN_WITHOUT_LIFE: SignedDuration = SignedDuration::from_secs(300);

/// Writes `session_data` of one strategy and one secret.
pub struct SessionDataWriter {
    key: Key,
    version: String,
}

enum Key {
    Compact(hmac::Key),
    Jwt(hmac::Key),
    Jwe(Box<jwe::SealingKey>),
}

/// Random bytes that are used for one cookie only. The strategy jwe needs them, the others do not look.
#[derive(Clone, Copy)]
pub struct Unrepeated {
    /// The initialisation vector.
    pub iv: [u8; jwe::IV_BYTES],
    /// The claim `jti`: a version 4 UUID is made of it.
    pub jti: [u8; 16],
}

/// A cookie that could not be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SealError {
    /// Session or user cannot be written as JSON.
    #[error("session_data could not be written as JSON")]
    Json(#[from] serde_json::Error),
    /// The cipher refused.
    #[error("session_data could not be encrypted")]
    Cipher,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Content<'a, S, U> {
    session: &'a S,
    user: &'a U,
    updated_at: i64,
    version: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    iat: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exp: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    jti: Option<String>,
}

impl SessionDataWriter {
    /// A writer with `BETTER_AUTH_SECRET`, for cookies of this version (Better Auth's
    /// `session.cookieCache.version`, `"1"` unless set).
    pub fn new(strategy: Strategy, secret: &str, version: &str) -> Result<Self, SecretError> {
        check_secret(secret)?;
        let signs = || hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        let key = match strategy {
            Strategy::Compact => Key::Compact(signs()),
            Strategy::Jwt => Key::Jwt(signs()),
            Strategy::Jwe => Key::Jwe(Box::new(jwe::SealingKey::derive(secret)?)),
        };
        Ok(Self { key, version: version.to_owned() })
    }

    /// The cookie's value: good for `life` from `now` on. Without a life, for a cookie that ends with the
    /// browser, that is a minute in the compact form and five minutes in the others.
    pub fn write(
        &self,
        session: &impl Serialize,
        user: &impl Serialize,
        now: Timestamp,
        life: Option<SignedDuration>,
        unrepeated: Unrepeated,
    ) -> Result<String, SealError> {
        let life_of_token = life.unwrap_or(TOKEN_WITHOUT_LIFE);
        let (iat, exp) = (now.as_second(), now.as_second() + life_of_token.as_secs());
        let mut content = Content {
            session,
            user,
            updated_at: now.as_millisecond(),
            version: &self.version,
            iat: Some(iat),
            exp: Some(exp),
            jti: None,
        };
        match &self.key {
            Key::Compact(key) => {
                (content.iat, content.exp) = (None, None);
                let life = life.unwrap_or(COMPACT_WITHOUT_LIFE);
                let expires_at = now.as_millisecond() + life.as_secs() * 1000;
                Ok(compact::sign(&serde_json::to_string(&content)?, expires_at, key))
            }
            Key::Jwt(key) => Ok(jwt::sign(&serde_json::to_string(&content)?, key)),
            Key::Jwe(key) => {
                content.jti = Some(uuid(unrepeated.jti));
                let claims = serde_json::to_string(&content)?;
                key.seal(claims, unrepeated.iv).map_err(|_unspecified| SealError::Cipher)
            }
        }
    }
}

/// A version 4 UUID (RFC 9562 §5.4) of random bytes.
fn uuid(mut bytes: [u8; 16]) -> String {
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let number = u128::from_be_bytes(bytes);
    format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        number >> 96,
        number >> 80 & 0xffff,
        number >> 64 & 0xffff,
        number >> 48 & 0xffff,
        number & 0xffff_ffff_ffff,
    )
}
