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

use std::{borrow::Cow, fmt, ops::Range, sync::OnceLock};

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::{
    error::TokenError,
    json::{self, Json},
    known_claims::KnownClaims,
    lifetime::Lifetime,
};

const MAX_TEXT_BYTES: usize = 255;
const MAX_TOKEN_ID_BYTES: usize = 128;

/// The claims of a token that passed every check. There is no other way to get one.
///
/// What nearly every service asks for was read with the checks; the other claims are read when one of
/// them is first asked for.
#[derive(Clone)]
pub struct Claims {
    payload: String,
    registered: Registered,
    members: OnceLock<Map<String, Value>>,
}

/// The claims that are always read.
#[derive(Clone)]
pub(crate) struct Registered {
    subject: Text,
    session: Option<Text>,
    token_id: Option<Text>,
    scope: Option<Text>,
    expires_at: Timestamp,
    issued_at: Option<Timestamp>,
}

/// A text of the payload: where it stands, or itself when it was written with escapes.
#[derive(Clone)]
enum Text {
    At(Range<usize>),
    Unescaped(Box<str>),
}

impl Registered {
    /// `payload` is the text that `known` were read from.
    pub(crate) fn read(
        payload: &str,
        known: &KnownClaims<'_, '_>,
        lifetime: &Lifetime,
    ) -> Result<Self, TokenError> {
        let sid = optional(known.sid, "sid", is_plain_text)?;
        let session_id = optional(known.session_id, "sessionId", is_plain_text)?;
        let token_id = optional(known.jti, "jti", is_token_id)?;
        if known.cnf.is_some() {
            return Err(TokenError::InvalidClaim { claim: "cnf" });
        }
        let subject = match known.sub {
            None | Some(Json::Null) => return Err(TokenError::MissingSubject),
            Some(Json::Text(subject)) if subject.is_empty() => {
                return Err(TokenError::MissingSubject);
            }
            Some(Json::Text(subject)) if is_plain_text(subject) && subject.trim() == subject => {
                subject
            }
            Some(_) => return Err(TokenError::InvalidClaim { claim: "sub" }),
        };
        let scope = known.scope.map(|scope| match scope {
            Json::Text(scope) => Text::of(scope.clone(), payload),
            _ => Text::EMPTY,
        });
        let text = |text: &Cow<'_, str>| Text::of(text.clone(), payload);
        Ok(Self {
            subject: text(subject),
            session: sid.or(session_id).map(text),
            token_id: token_id.map(text),
            scope,
            expires_at: lifetime.expires_at,
            issued_at: lifetime.issued_at,
        })
    }
}

impl Claims {
    /// `payload` is the text that `registered` was read from.
    pub(crate) fn new(payload: String, registered: Registered) -> Self {
        Self { payload, registered, members: OnceLock::new() }
    }

    /// The user: `sub`, never empty.
    pub fn subject(&self) -> &str {
        self.text(&self.registered.subject)
    }

    /// The session the token was made from: `sid`, else `sessionId`.
    pub fn session(&self) -> Option<&str> {
        self.registered.session.as_ref().map(|text| self.text(text))
    }

    /// The name of the token itself: `jti`. Better Auth's own tokens have none.
    pub fn token_id(&self) -> Option<&str> {
        self.registered.token_id.as_ref().map(|text| self.text(text))
    }

    /// When the token ends: `exp`.
    pub fn expires_at(&self) -> Timestamp {
        self.registered.expires_at
    }

    /// When the token was made: `iat`.
    pub fn issued_at(&self) -> Option<Timestamp> {
        self.registered.issued_at
    }

    /// The scopes of the claim `scope`, in its order. `None` when there is no such claim at all, which
    /// is different from a claim that grants nothing.
    pub fn scopes(&self) -> Option<impl Iterator<Item = &str>> {
        let scope = self.registered.scope.as_ref()?;
        Some(self.text(scope).split(' ').filter(|name| !name.is_empty()))
    }

    /// Any claim by name.
    pub fn get(&self, claim: &str) -> Option<&Value> {
        self.as_map().get(claim)
    }

    /// All claims as they were signed.
    pub fn as_map(&self) -> &Map<String, Value> {
        self.members.get_or_init(|| json::map(self.payload.as_bytes()).unwrap_or_default())
    }

    /// The JSON text of all claims, byte by byte as it was signed.
    pub fn as_json(&self) -> &str {
        &self.payload
    }

    fn text<'s>(&'s self, text: &'s Text) -> &'s str {
        match text {
            Text::At(place) => self.payload.get(place.clone()).unwrap_or_default(),
            Text::Unescaped(text) => text,
        }
    }
}

/// Shows who, not what: the rest is personal data.
impl fmt::Debug for Claims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claims").field("subject", &self.subject()).finish_non_exhaustive()
    }
}

impl Text {
    const EMPTY: Self = Self::At(0..0);

    fn of(text: Cow<'_, str>, payload: &str) -> Self {
        match text {
            Cow::Borrowed(text) => {
                let start = text.as_ptr().addr() - payload.as_ptr().addr();
                Self::At(start..start + text.len())
            }
            Cow::Owned(text) => Self::Unescaped(text.into()),
        }
    }
}

pub(crate) fn check_issuer(issuer: Option<&Json<'_>>, ours: &str) -> Result<(), TokenError> {
    match issuer {
        None => Err(TokenError::MissingClaim { claim: "iss" }),
        Some(Json::Text(issuer)) if issuer.is_empty() => {
            Err(TokenError::InvalidClaim { claim: "iss" })
        }
        Some(Json::Text(issuer)) if issuer == ours => Ok(()),
        Some(Json::Text(_)) => Err(TokenError::Mismatch { claim: "iss" }),
        Some(_) => Err(TokenError::InvalidClaim { claim: "iss" }),
    }
}

pub(crate) fn check_audience(audience: Option<&Json<'_>>, ours: &str) -> Result<(), TokenError> {
    let audience = audience.ok_or(TokenError::MissingClaim { claim: "aud" })?;
    let audiences = match audience {
        Json::Array(audiences) => audiences.as_slice(),
        single => std::slice::from_ref(single),
    };
    if !audiences.iter().all(|audience| matches!(audience, Json::Text(_))) {
        return Err(TokenError::InvalidClaim { claim: "aud" });
    }
    let is_ours = |audience: &Json<'_>| matches!(audience, Json::Text(name) if name == ours);
    if !ours.is_empty() && audiences.iter().any(is_ours) {
        Ok(())
    } else {
        Err(TokenError::Mismatch { claim: "aud" })
    }
}

/// An optional claim: absent, or a text as `accept` wants it.
fn optional<'o, 't>(
    value: Option<&'o Json<'t>>,
    claim: &'static str,
    accept: impl Fn(&str) -> bool,
) -> Result<Option<&'o Cow<'t, str>>, TokenError> {
    match value {
        None => Ok(None),
        Some(Json::Text(text)) if accept(text) => Ok(Some(text)),
        Some(_) => Err(TokenError::InvalidClaim { claim }),
    }
}

fn is_plain_text(text: &str) -> bool {
    (1..=MAX_TEXT_BYTES).contains(&text.len())
        && (is_printable_ascii(text) || !text.chars().any(char::is_control))
}

/// Looks at every byte, whatever the first ones are: many at once.
fn is_printable_ascii(text: &str) -> bool {
    text.bytes().fold(true, |so_far, byte| so_far & (b' '..=b'~').contains(&byte))
}

fn is_token_id(text: &str) -> bool {
    (1..=MAX_TOKEN_ID_BYTES).contains(&text.len()) && is_printable_ascii(text)
}
