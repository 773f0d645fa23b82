//! What a verified token says.
//!
//! | Claim | Accepted | RFC 7519 |
//! |---|---|---|
//! | `iss` | text, equal to ours | §4.1.1 |
//! | `sub` | text of 1 to 255 bytes, no control characters, no space at either end | §4.1.2 |
//! | `aud` | text equal to ours, or an array of texts that holds ours | §4.1.3 |
//! | `jti` | absent, or 1 to 128 printable ASCII characters | §4.1.7 |
//! | `sid`, `sessionId` | absent, or text of 1 to 255 bytes without control characters | |
//! | `scope` | a text of names divided by single spaces (RFC 8693 §4.2); any other type names none | |
//! | `cnf` | absent: a token bound to a proof is no bearer token (RFC 7800 §3.1, RFC 9449 §7.2) | |
//!
//! Texts are compared byte by byte, without trimming, letter case or URL rules. Anything else in the
//! payload is data: a Better Auth server puts the whole user object there.

use std::fmt;

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::{error::TokenError, lifetime::Lifetime};

const MAX_TEXT_BYTES: usize = 255;
const MAX_TOKEN_ID_BYTES: usize = 128;

/// The claims of a token that passed every check. There is no other way to get one.
#[derive(Clone)]
pub struct Claims {
    subject: String,
    expires_at: Timestamp,
    issued_at: Option<Timestamp>,
    members: Map<String, Value>,
}

impl Claims {
    pub(crate) fn new(
        members: Map<String, Value>,
        lifetime: &Lifetime,
    ) -> Result<Self, TokenError> {
        for claim in ["sid", "sessionId"] {
            check(&members, claim, is_plain_text)?;
        }
        check(&members, "jti", is_token_id)?;
        check(&members, "cnf", |_proof| false)?;
        let subject = match members.get("sub") {
            None | Some(Value::Null) => return Err(TokenError::MissingSubject),
            Some(Value::String(subject)) if subject.is_empty() => {
                return Err(TokenError::MissingSubject);
            }
            Some(subject) if is_plain_text(subject) => subject.as_str().unwrap_or_default(),
            Some(_) => return Err(TokenError::InvalidClaim { claim: "sub" }),
        };
        if subject.trim() != subject {
            return Err(TokenError::InvalidClaim { claim: "sub" });
        }
        Ok(Self {
            subject: subject.to_owned(),
            expires_at: lifetime.expires_at,
            issued_at: lifetime.issued_at,
            members,
        })
    }

    /// The user: `sub`, never empty.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The session the token was made from: `sid`, else `sessionId`.
    pub fn session(&self) -> Option<&str> {
        self.text("sid").or_else(|| self.text("sessionId"))
    }

    /// The name of the token itself: `jti`. Better Auth's own tokens have none.
    pub fn token_id(&self) -> Option<&str> {
        self.text("jti")
    }

    /// When the token ends: `exp`.
    pub fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// When the token was made: `iat`.
    pub fn issued_at(&self) -> Option<Timestamp> {
        self.issued_at
    }

    /// The scopes of the claim `scope`, in its order. `None` when there is no such claim at all, which
    /// is different from a claim that grants nothing.
    pub fn scopes(&self) -> Option<impl Iterator<Item = &str>> {
        let scope = self.members.get("scope")?;
        Some(scope.as_str().unwrap_or_default().split(' ').filter(|name| !name.is_empty()))
    }

    /// Any claim by name.
    pub fn get(&self, claim: &str) -> Option<&Value> {
        self.members.get(claim)
    }

    /// All claims as they were signed.
    pub fn as_map(&self) -> &Map<String, Value> {
        &self.members
    }

    fn text(&self, claim: &str) -> Option<&str> {
        self.members.get(claim).and_then(Value::as_str)
    }
}

/// Shows who, not what: the rest is personal data.
impl fmt::Debug for Claims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claims").field("subject", &self.subject).finish_non_exhaustive()
    }
}

pub(crate) fn check_issuer(members: &Map<String, Value>, ours: &str) -> Result<(), TokenError> {
    match members.get("iss") {
        None => Err(TokenError::MissingClaim { claim: "iss" }),
        Some(Value::String(issuer)) if issuer.is_empty() => {
            Err(TokenError::InvalidClaim { claim: "iss" })
        }
        Some(Value::String(issuer)) if issuer == ours => Ok(()),
        Some(Value::String(_)) => Err(TokenError::Mismatch { claim: "iss" }),
        Some(_) => Err(TokenError::InvalidClaim { claim: "iss" }),
    }
}

pub(crate) fn check_audience(members: &Map<String, Value>, ours: &str) -> Result<(), TokenError> {
    let audience = members.get("aud").ok_or(TokenError::MissingClaim { claim: "aud" })?;
    let audiences = match audience {
        Value::Array(audiences) => audiences.as_slice(),
        single => std::slice::from_ref(single),
    };
    if !audiences.iter().all(Value::is_string) {
        return Err(TokenError::InvalidClaim { claim: "aud" });
    }
    if !ours.is_empty() && audiences.iter().any(|audience| audience == ours) {
        Ok(())
    } else {
        Err(TokenError::Mismatch { claim: "aud" })
    }
}

/// An optional claim: absent, or as `accept` wants it.
fn check(
    members: &Map<String, Value>,
    claim: &'static str,
    accept: impl Fn(&Value) -> bool,
) -> Result<(), TokenError> {
    match members.get(claim) {
        Some(value) if !accept(value) => Err(TokenError::InvalidClaim { claim }),
        _ => Ok(()),
    }
}

fn is_plain_text(value: &Value) -> bool {
    value.as_str().is_some_and(|text| {
        (1..=MAX_TEXT_BYTES).contains(&text.len()) && !text.chars().any(char::is_control)
    })
}

fn is_token_id(value: &Value) -> bool {
    value.as_str().is_some_and(|text| {
        (1..=MAX_TOKEN_ID_BYTES).contains(&text.len())
            && text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
    })
}
