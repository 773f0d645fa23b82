//! What `session_data` says, once it is known who wrote it.
//!
//! | Member | Accepted |
//! |---|---|
//! | `session.id`, `session.token`, `session.userId`, `user.id` | text of 1 to 255 bytes, no control characters, no space at either end; the last two equal |
//! | `session.createdAt`, `session.expiresAt` | an instant (RFC 3339) |
//! | `updatedAt` | milliseconds since 1970: when the cookie was written |
//! | `version` | absent, which is `1`, or text |
//!
//! `iat`, `exp` and `jti` may stand beside them. Any other member at this level is refused: an access token
//! that is signed with the same secret has `iss`, `aud` and `sub`, and is no session whatever else it
//! says. What else session and user hold is data.

use std::fmt;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::Opened;
use crate::CookieError;

const MAX_TEXT_BYTES: usize = 255;

const MEMBERS: [&str; 7] = ["session", "user", "updatedAt", "version", "iat", "exp", "jti"];

/// Session and user of a `session_data` that passed every check. There is no other way to get one.
#[derive(Clone)]
pub struct SessionData {
    session_id: String,
    token: String,
    user_id: String,
    created_at: Timestamp,
    session_expires_at: Timestamp,
    written_at: Timestamp,
    cached_until: Timestamp,
    version: String,
    session: Map<String, Value>,
    user: Map<String, Value>,
}

impl SessionData {
    pub(super) fn read(opened: Opened) -> Result<Self, CookieError> {
        let Opened { mut content, expires_at } = opened;
        if content.keys().any(|member| !MEMBERS.contains(&member.as_str())) {
            return Err(CookieError::Foreign);
        }
        let session = object(&mut content, "session")?;
        let user = object(&mut content, "user")?;
        let user_id = text(&session, "userId")?;
        if text(&user, "id")? != user_id {
            return Err(CookieError::Mismatch);
        }
        let written_at = content.get("updatedAt").and_then(Value::as_i64);
        let written_at = written_at.and_then(|ms| Timestamp::from_millisecond(ms).ok());
        let version = match content.remove("version") {
            None => "1".to_owned(),
            Some(Value::String(version)) => version,
            Some(_) => return Err(CookieError::Member { member: "version" }),
        };
        Ok(Self {
            session_id: text(&session, "id")?,
            token: text(&session, "token")?,
            user_id,
            created_at: instant(&session, "createdAt")?,
            session_expires_at: instant(&session, "expiresAt")?,
            written_at: written_at.ok_or(CookieError::Member { member: "updatedAt" })?,
            cached_until: expires_at,
            version,
            session,
            user,
        })
    }

    /// The id of the session's row: `session.id`.
    pub fn session_id(&self) -> &str {
        &self.session_id
    }

    /// Whether this is the session of a token, as it stands in the signed cookie `session_token`.
    pub fn is_of(&self, session_token: &str) -> bool {
        self.token == session_token
    }

    /// The id of the user: `user.id`.
    pub fn user_id(&self) -> &str {
        &self.user_id
    }

    /// When the session began.
    pub fn created_at(&self) -> Timestamp {
        self.created_at
    }

    /// When the session ends.
    pub fn session_expires_at(&self) -> Timestamp {
        self.session_expires_at
    }

    /// When the cookie was written.
    pub fn written_at(&self) -> Timestamp {
        self.written_at
    }

    /// Until when the cookie may be used.
    pub fn cached_until(&self) -> Timestamp {
        self.cached_until
    }

    /// The version of the cache.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The session's row, as far as the auth server shows it; its token is among it.
    pub fn session(&self) -> &Map<String, Value> {
        &self.session
    }

    /// The user's row, as far as the auth server shows it.
    pub fn user(&self) -> &Map<String, Value> {
        &self.user
    }
}

/// Shows who, not what: the rest is personal data and the session's secret.
impl fmt::Debug for SessionData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionData").field("user_id", &self.user_id).finish_non_exhaustive()
    }
}

fn object(
    content: &mut Map<String, Value>,
    member: &'static str,
) -> Result<Map<String, Value>, CookieError> {
    match content.remove(member) {
        Some(Value::Object(object)) => Ok(object),
        _ => Err(CookieError::Member { member }),
    }
}

fn text(object: &Map<String, Value>, member: &'static str) -> Result<String, CookieError> {
    let text = object.get(member).and_then(Value::as_str).filter(|text| is_name(text));
    text.map(str::to_owned).ok_or(CookieError::Member { member })
}

fn instant(object: &Map<String, Value>, member: &'static str) -> Result<Timestamp, CookieError> {
    let text = object.get(member).and_then(Value::as_str);
    text.and_then(|text| text.parse().ok()).ok_or(CookieError::Member { member })
}

fn is_name(text: &str) -> bool {
    (1..=MAX_TEXT_BYTES).contains(&text.len())
        && text.trim() == text
        && !text.chars().any(char::is_control)
}
