//! In which order members of a session and its user are written: as Better Auth finds them.

use serde_json::{Map, Value};

use super::{SessionAndUser, SessionBody};

/// Where a session was found, and so its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MemberOrder {
    /// As in a row of the database.
    Row,
    /// As in a cookie that was read.
    Cookie,
    /// As in Redis: the session as it was made, the user as its row.
    Redis,
}

impl MemberOrder {
    fn of_sessions(self) -> &'static [&'static str] {
        match self {
            Self::Row => &[],
            Self::Cookie => &["id", "createdAt", "updatedAt", "userId", "expiresAt", "token"],
            Self::Redis => {
                &["id", "ipAddress", "userAgent", "expiresAt", "userId", "token", "createdAt"]
            }
        }
    }

    fn of_users(self) -> &'static [&'static str] {
        match self {
            Self::Row | Self::Redis => &[],
            Self::Cookie => {
                &["id", "createdAt", "updatedAt", "email", "emailVerified", "name", "image"]
            }
        }
    }

    /// A session's members in this order.
    pub(crate) fn session(self, body: &SessionBody<'_>) -> serde_json::Result<Value> {
        Ok(ordered(serde_json::to_value(body)?, self.of_sessions()))
    }

    /// The members of `get-session`'s answer, each part in this order.
    pub(crate) fn both(self, both: &SessionAndUser<'_>) -> serde_json::Result<Value> {
        let mut members = Map::new();
        members.insert("session".to_owned(), self.session(&both.session)?);
        let user = ordered(serde_json::to_value(&both.user)?, self.of_users());
        members.insert("user".to_owned(), user);
        Ok(Value::Object(members))
    }
}

/// The named members first, the others behind them.
fn ordered(body: Value, first: &[&str]) -> Value {
    let Value::Object(mut members) = body else { return body };
    let named: Vec<_> = first.iter().filter_map(|name| members.shift_remove_entry(*name)).collect();
    Value::Object(named.into_iter().chain(members).collect())
}
