//! What a guard knows of a session whose cookie it accepted.

use std::fmt;

use countersign_cookies::SessionData;
use jiff::Timestamp;
use serde_json::{Map, Value};

use super::SessionOf;

/// A session that came as a cookie.
pub struct CookieSession {
    session_id: String,
    user_id: String,
    created_at: Timestamp,
    expires_at: Timestamp,
    role: Option<Value>,
    user: Option<Map<String, Value>>,
}

impl CookieSession {
    pub(super) fn cached(data: &SessionData) -> Self {
        Self {
            session_id: data.session_id().to_owned(),
            user_id: data.user_id().to_owned(),
            created_at: data.created_at(),
            expires_at: data.session_expires_at(),
            role: data.user().get("role").cloned(),
            user: Some(data.user().clone()),
        }
    }

    pub(super) fn found(session: SessionOf) -> Self {
        let SessionOf { session_id, user_id, created_at, expires_at, role } = session;
        let role = role.map(Value::String);
        Self { session_id, user_id, created_at, expires_at, role, user: None }
    }

    /// The id of the session.
    pub fn session_id(&self) -> &str {
        &self.session_id
    }

    /// The id of the user.
    pub fn user_id(&self) -> &str {
        &self.user_id
    }

    /// When the session began.
    pub fn created_at(&self) -> Timestamp {
        self.created_at
    }

    /// When the session ends.
    pub fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// The user's row as `session_data` shows it; `None` when the session was looked up.
    pub fn user(&self) -> Option<&Map<String, Value>> {
        self.user.as_ref()
    }

    pub(crate) fn role(&self) -> Option<&Value> {
        self.role.as_ref()
    }
}

/// Shows who, not what: the rest is personal data.
impl fmt::Debug for CookieSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CookieSession").field("user_id", &self.user_id).finish_non_exhaustive()
    }
}
