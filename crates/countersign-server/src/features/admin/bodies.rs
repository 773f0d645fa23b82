//! Bodies of the endpoints. An id may be anything: Better Auth makes a text of it, as JavaScript does.

use serde_json::Value;

use crate::wire::{Body, Fields};

pub(super) struct OneUser {
    pub(super) user_id: String,
}

pub(super) struct BanUser {
    pub(super) user_id: String,
    pub(super) reason: Option<String>,
    /// In seconds.
    pub(super) expires_in: Option<f64>,
}

pub(super) struct SetRole {
    pub(super) user_id: String,
    /// Several with commas between.
    pub(super) role: String,
}

pub(super) struct OneSession {
    pub(super) session_token: String,
}

impl Body for OneUser {
    fn read(fields: &mut Fields<'_>) -> Self {
        fields.object(&["object"]);
        Self { user_id: user_id(fields) }
    }
}

impl Body for BanUser {
    fn read(fields: &mut Fields<'_>) -> Self {
        fields.object(&["object"]);
        Self {
            user_id: user_id(fields),
            reason: fields.optional_text("banReason").filter(|reason| !reason.is_empty()),
            expires_in: fields.optional_number("banExpiresIn").filter(|seconds| *seconds != 0.0),
        }
    }
}

impl Body for SetRole {
    fn read(fields: &mut Fields<'_>) -> Self {
        fields.object(&["object"]);
        Self { user_id: user_id(fields), role: fields.text_or_texts("role").join(",") }
    }
}

impl Body for OneSession {
    fn read(fields: &mut Fields<'_>) -> Self {
        fields.object(&["object"]);
        Self { session_token: fields.text("sessionToken") }
    }
}

fn user_id(fields: &mut Fields<'_>) -> String {
    match fields.member("userId") {
        Some(value) => text_of(value),
        None => fields.expected("nonoptional", "userId", None),
    }
}

/// The text that JavaScript's `String` makes of a value.
fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            let of_item = |item: &Value| if item.is_null() { String::new() } else { text_of(item) };
            items.iter().map(of_item).collect::<Vec<_>>().join(",")
        }
        Value::Object(_) => "[object Object]".to_owned(),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}
