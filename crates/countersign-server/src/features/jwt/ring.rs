//! The keys as the table had them a moment ago: which one signs, and what is published.

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use axum::body::Bytes;
use countersign_jwt::SigningKey;
use countersign_store::signing_keys::SigningKeyRow;
use http::HeaderValue;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use super::life::is_published;

/// For how long the table is believed to be as it was read. Another server may have added a key meanwhile;
/// what it signed then is known here so much later.
const BELIEVED: SignedDuration = SignedDuration::from_secs(1);

/// What was read once, for everybody who asks in the second after.
pub(super) struct KeyRing {
    /// The key that signs; there may be none that can be used.
    pub(super) signs: Option<Arc<SigningKey>>,
    pub(super) published: Published,
    read_at: Timestamp,
    until: Timestamp,
}

/// The answer of `/jwks`.
#[derive(Clone)]
pub(super) struct Published {
    /// `{"keys":[…]}`.
    pub(super) body: Bytes,
    /// A name of this body.
    pub(super) etag: HeaderValue,
}

impl KeyRing {
    /// Rows are the newest first; the oldest is published first.
    pub(super) fn new(
        rows: &[SigningKeyRow],
        signs: Option<Arc<SigningKey>>,
        default_algorithm: &str,
        grace_period: SignedDuration,
        now: Timestamp,
    ) -> Self {
        let shown: Vec<Value> = rows
            .iter()
            .rev()
            .filter(|row| is_published(row, grace_period, now))
            .filter_map(|row| show(row, default_algorithm))
            .collect();
        let ends = rows.iter().filter_map(|row| row.expires_at);
        let ends = ends.flat_map(|end| [end, end + grace_period]).filter(|end| *end > now);
        let until = ends.fold(now + BELIEVED, Ord::min);
        Self { signs, published: Published::new(&json!({ "keys": shown })), read_at: now, until }
    }

    /// Whether this still counts. Not in a time before it was read: the clock was set.
    pub(super) fn counts_at(&self, now: Timestamp) -> bool {
        (self.read_at..self.until).contains(&now)
    }

    /// When it was read.
    pub(super) fn read_at(&self) -> Timestamp {
        self.read_at
    }

    /// The same, where the table cannot be read now.
    pub(super) fn believed_longer(&self, now: Timestamp) -> Self {
        let (signs, published) = (self.signs.clone(), self.published.clone());
        Self { signs, published, read_at: self.read_at, until: now + BELIEVED }
    }
}

impl Published {
    pub(super) fn new(body: &Value) -> Self {
        let body = body.to_string();
        let name = hex::encode(&digest(&SHA256, body.as_bytes()).as_ref()[..8]);
        let etag = HeaderValue::from_str(&format!("\"{name}\""));
        Self { body: body.into(), etag: etag.unwrap_or(HeaderValue::from_static("\"\"")) }
    }
}

/// `{"alg", "crv"?, …the JWK…, "kid"}`, in Better Auth's order.
fn show(row: &SigningKeyRow, default_algorithm: &str) -> Option<Value> {
    let public: Map<String, Value> = match serde_json::from_str(&row.public_key) {
        Ok(public) => public,
        Err(error) => {
            tracing::error!(kid = row.id, %error, "a public key is not published");
            return None;
        }
    };
    let mut shown = Map::new();
    let algorithm = row.algorithm.as_deref().unwrap_or(default_algorithm);
    shown.insert("alg".to_owned(), algorithm.into());
    if let Some(curve) = &row.curve {
        shown.insert("crv".to_owned(), curve.as_str().into());
    }
    shown.extend(public);
    shown.insert("kid".to_owned(), row.id.as_str().into());
    Some(Value::Object(shown))
}
