//! Which account is meant: `{"accountId", "userId"?}`, or `{"useAccountCookie": true, "userId"?}`, and nothing else.
//!
//! The user is always that of the session; a `userId` is read and means nothing.

use serde_json::Value;

use crate::wire::{Body, Fields, Query};

/// One of the two forms.
#[derive(Default)]
pub(super) enum AccountChoice {
    /// The row of an account.
    Row(String),
    /// The account in a cookie. This server sets no such cookie.
    #[default]
    Cookie,
}

pub(crate) struct ChoiceBody(pub(super) AccountChoice);

impl Body for ChoiceBody {
    fn read(fields: &mut Fields<'_>) -> Self {
        Self(fields.choice_of(read))
    }
}

pub(super) struct ChoiceQuery(pub(super) AccountChoice);

impl Query for ChoiceQuery {
    fn read(fields: &mut Fields<'_>) -> Self {
        Self(fields.choice_of(read))
    }
}

/// The choice, or what zod says of a union: the fault of the only form that fits but for further members, else that
/// none fits.
fn read(value: Option<&Value>) -> Result<AccountChoice, String> {
    let none_fits = || "Invalid input".to_owned();
    let members = value.and_then(Value::as_object).ok_or_else(none_fits)?;
    let user_fits = members.get("userId").is_none_or(Value::is_string);
    let row = members.get("accountId").and_then(Value::as_str).filter(|_| user_fits);
    let cookie = user_fits && members.get("useAccountCookie") == Some(&Value::Bool(true));
    let (own, choice) = match (row, cookie) {
        (Some(row), false) => ("accountId", AccountChoice::Row(row.to_owned())),
        (None, true) => ("useAccountCookie", AccountChoice::Cookie),
        _ => return Err(none_fits()),
    };
    let others = members.keys().filter(|name| *name != own && *name != "userId");
    let others: Vec<_> = others.map(|name| format!("\"{name}\"")).collect();
    match others.len() {
        0 => Ok(choice),
        1 => Err(format!("Unrecognized key: {}", others[0])),
        _ => Err(format!("Unrecognized keys: {}", others.join(", "))),
    }
}
