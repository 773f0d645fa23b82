//! Rows as JSON: Better Auth's names, its order of members (`id` last), `null` for what is absent,
//! dates with milliseconds and `Z`.

use countersign_store::{
    AdditionalColumns, ColumnValue, accounts::Account, sessions::Session, users::User,
};
use jiff::{Timestamp, tz::Offset};
use serde::{Serialize, Serializer, ser::SerializeMap};

/// A user.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UserBody<'a> {
    name: &'a str,
    email: &'a str,
    email_verified: bool,
    image: Option<&'a str>,
    #[serde(serialize_with = "iso")]
    created_at: Timestamp,
    #[serde(serialize_with = "iso")]
    updated_at: Timestamp,
    #[serde(flatten, serialize_with = "members")]
    additional: &'a AdditionalColumns,
    id: &'a str,
}

impl<'a> From<&'a User> for UserBody<'a> {
    fn from(user: &'a User) -> Self {
        Self {
            name: &user.name,
            email: &user.email,
            email_verified: user.email_verified,
            image: user.image.as_deref(),
            created_at: user.created_at,
            updated_at: user.updated_at,
            additional: &user.additional,
            id: &user.id,
        }
    }
}

/// A session, with its token: the client lists and revokes sessions by it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SessionBody<'a> {
    #[serde(serialize_with = "iso")]
    expires_at: Timestamp,
    token: &'a str,
    #[serde(serialize_with = "iso")]
    created_at: Timestamp,
    #[serde(serialize_with = "iso")]
    updated_at: Timestamp,
    ip_address: Option<&'a str>,
    user_agent: Option<&'a str>,
    user_id: &'a str,
    #[serde(flatten, serialize_with = "members")]
    additional: &'a AdditionalColumns,
    id: &'a str,
}

impl<'a> From<&'a Session> for SessionBody<'a> {
    fn from(session: &'a Session) -> Self {
        Self {
            expires_at: session.expires_at,
            token: &session.token,
            created_at: session.created_at,
            updated_at: session.updated_at,
            ip_address: session.ip_address.as_deref(),
            user_agent: session.user_agent.as_deref(),
            user_id: &session.user_id,
            additional: &session.additional,
            id: &session.id,
        }
    }
}

/// An account, without its password and tokens.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AccountBody<'a> {
    account_id: &'a str,
    provider_id: &'a str,
    user_id: &'a str,
    #[serde(serialize_with = "iso")]
    created_at: Timestamp,
    #[serde(serialize_with = "iso")]
    updated_at: Timestamp,
    id: &'a str,
    scopes: Vec<&'a str>,
}

impl<'a> From<&'a Account> for AccountBody<'a> {
    fn from(account: &'a Account) -> Self {
        let scopes = account.scope.as_deref().unwrap_or_default().split(',').map(str::trim);
        Self {
            account_id: &account.account_id,
            provider_id: &account.provider_id,
            user_id: &account.user_id,
            created_at: account.created_at,
            updated_at: account.updated_at,
            id: &account.id,
            scopes: scopes.filter(|scope| !scope.is_empty()).collect(),
        }
    }
}

/// `get-session`'s answer.
#[derive(Serialize)]
pub(crate) struct SessionAndUser<'a> {
    pub(crate) session: SessionBody<'a>,
    pub(crate) user: UserBody<'a>,
}

fn iso<S: Serializer>(when: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    let at = Offset::UTC.to_datetime(*when);
    if !(0..=9999).contains(&at.year()) {
        return serializer.collect_str(&format_args!("{when:.3}"));
    }
    // Every session that is shown has five of these.
    let mut text = *b"0000-00-00T00:00:00.000Z";
    let parts: [(i16, usize, usize); 7] = [
        (at.year(), 0, 4),
        (at.month().into(), 5, 2),
        (at.day().into(), 8, 2),
        (at.hour().into(), 11, 2),
        (at.minute().into(), 14, 2),
        (at.second().into(), 17, 2),
        (at.millisecond(), 20, 3),
    ];
    for (mut number, start, length) in parts {
        for digit in text[start..start + length].iter_mut().rev() {
            *digit += u8::try_from(number % 10).unwrap_or_default();
            number /= 10;
        }
    }
    serializer.serialize_str(std::str::from_utf8(&text).unwrap_or_default())
}

fn members<S: Serializer>(columns: &AdditionalColumns, serializer: S) -> Result<S::Ok, S::Error> {
    let mut members = serializer.serialize_map(None)?;
    for (name, value) in columns.iter() {
        match value {
            None => members.serialize_entry(name, &())?,
            Some(ColumnValue::Text(text)) => members.serialize_entry(name, text)?,
            Some(ColumnValue::Boolean(yes)) => members.serialize_entry(name, yes)?,
            Some(ColumnValue::Date(when)) => members.serialize_entry(name, &Iso(*when))?,
        }
    }
    members.end()
}

/// A date in a member whose type is not known before.
#[derive(Serialize)]
#[serde(transparent)]
struct Iso(#[serde(serialize_with = "iso")] Timestamp);

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize)]
    struct When(#[serde(serialize_with = "iso")] Timestamp);

    #[test]
    fn a_date_has_three_digits_of_a_second_and_a_z() {
        for text in [
            "2026-11-21T01:34:44.771Z",
            "1969-12-31T23:59:59.001Z",
            "0001-01-01T00:00:00.000Z",
            "-000001-01-01T00:00:00.000Z",
            "2024-02-29T12:00:00.999Z",
        ] {
            let when = When(text.parse().expect("a date"));
            assert_eq!(serde_json::to_string(&when).expect("is JSON"), format!("\"{text}\""));
        }
        let finer = When("2026-11-21T01:34:44.7719Z".parse().expect("a date"));
        assert_eq!(serde_json::to_string(&finer).expect("is JSON"), "\"2026-11-21T01:34:44.771Z\"");
    }
}
