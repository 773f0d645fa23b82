//! Sessions and users read back from where they were kept as JSON: a cookie, Redis.

use countersign_store::{
    AdditionalColumns, ColumnValue, schema::Kind, sessions::Session, users::User,
};
use jiff::Timestamp;
use serde_json::{Map, Value};

/// The session of its JSON members; `None` when one of the core's is missing or of another type. It has those of
/// `additional` that it was kept with.
pub(crate) fn session_of(
    members: &Map<String, Value>,
    additional: &AdditionalColumns,
) -> Option<Session> {
    let is_there = |name: &str| members.contains_key(name);
    Some(Session {
        id: text(members, "id")?,
        expires_at: date(members, "expiresAt")?,
        token: text(members, "token")?,
        created_at: date(members, "createdAt")?,
        updated_at: date(members, "updatedAt")?,
        ip_address: text(members, "ipAddress"),
        user_agent: text(members, "userAgent"),
        user_id: text(members, "userId")?,
        additional: filled(members, additional).limited(is_there),
    })
}

/// The user of its JSON members; `None` when one of the core's is missing or of another type. Of columns
/// that features added, those of `additional` are read; one may be missing: it is younger than the copy.
pub(crate) fn user_of(
    members: &Map<String, Value>,
    additional: &AdditionalColumns,
) -> Option<User> {
    Some(User {
        id: text(members, "id")?,
        name: text(members, "name")?,
        email: text(members, "email")?,
        email_verified: members.get("emailVerified")?.as_bool()?,
        image: text(members, "image"),
        created_at: date(members, "createdAt")?,
        updated_at: date(members, "updatedAt")?,
        additional: filled(members, additional),
    })
}

fn filled(members: &Map<String, Value>, columns: &AdditionalColumns) -> AdditionalColumns {
    columns.filled(|name, kind| match kind {
        Kind::Boolean => members.get(name)?.as_bool().map(ColumnValue::Boolean),
        Kind::Date => date(members, name).map(ColumnValue::Date),
        _ => text(members, name).map(ColumnValue::Text),
    })
}

fn text(members: &Map<String, Value>, name: &str) -> Option<String> {
    members.get(name)?.as_str().map(str::to_owned)
}

fn date(members: &Map<String, Value>, name: &str) -> Option<Timestamp> {
    members.get(name)?.as_str()?.parse().ok()
}
