//! What a resource server asks for: this token is used now.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use countersign_jwt::MAX_LEEWAY;

use super::name::Name;
use crate::wire::{ApiError, Body, Fields};

/// What tokens are when nobody says it.
const USUAL_KIND: &str = "access_token";

/// Rows are kept for a day after their time; who spends a token may be late by half of it.
const LATEST: SignedDuration = SignedDuration::from_hours(12);

/// The body as it was sent.
pub(super) struct Wanted {
    issuer: String,
    kind: Option<String>,
    id: String,
    until: Option<i64>,
    attempt: String,
}

/// A token that is to be spent.
pub(super) struct Spending {
    pub(super) name: Name,
    /// Whose row it will be.
    pub(super) attempt: String,
    /// After this nobody takes the token any more.
    pub(super) until: Timestamp,
}

impl Body for Wanted {
    fn read(fields: &mut Fields<'_>) -> Self {
        fields.object(&["object"]);
        fields.optional_number("until");
        Self {
            issuer: fields.text("issuer"),
            kind: fields.optional_text("type"),
            id: fields.text("jti"),
            until: fields.all().get("until").and_then(Value::as_i64),
            attempt: fields.text("attempt"),
        }
    }
}

impl Wanted {
    /// Refuses what could not be remembered for long enough. `retention`: no token lives longer.
    pub(super) fn spending(
        self,
        retention: SignedDuration,
        now: Timestamp,
    ) -> Result<Spending, ApiError> {
        let Self { issuer, kind, id, until, attempt } = self;
        let kind = kind.as_deref().unwrap_or(USUAL_KIND);
        if [&*issuer, kind, &*id].iter().any(|part| part.is_empty()) {
            return Err(invalid("issuer, type and jti that are not empty"));
        }
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        if !(16..=64).contains(&attempt.len()) || !attempt.bytes().all(is_plain) {
            return Err(invalid("attempt to be 16 to 64 of A-Z a-z 0-9 _ -"));
        }
        let until = until.and_then(|second| Timestamp::from_second(second).ok());
        let until = until.ok_or_else(|| invalid("until in whole seconds since 1970"))?;
        // An issuer's clock may be ahead by the leeway, and the guard adds its own.
        let last = now.saturating_add(retention + MAX_LEEWAY * 2).unwrap_or(Timestamp::MAX);
        if until < now - LATEST || until > last {
            return Err(invalid(
                "until to be at most 12 hours ago, and not after any token that revocation.retention \
                 allows for",
            ));
        }
        Ok(Spending { name: Name::of(&issuer, kind, &id), attempt, until })
    }
}

fn invalid(expected: &str) -> ApiError {
    ApiError::validation(format!("[body] expected {expected}"))
}
