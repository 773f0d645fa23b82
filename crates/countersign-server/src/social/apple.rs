//! Apple's client secret: a token that the developer's private key signs, for five minutes.

use countersign_jwt::SignError;
use jiff::Timestamp;
use serde_json::json;

use crate::settings::social::AppleKey;

const LIFETIME_SECONDS: i64 = 300;

pub(super) fn client_secret(
    key: &AppleKey,
    client_id: &str,
    now: Timestamp,
) -> Result<String, SignError> {
    let issued_at = now.as_second();
    key.key.sign(&json!({
        "iss": key.team_id,
        "iat": issued_at,
        "exp": issued_at + LIFETIME_SECONDS,
        "aud": "https://appleid.apple.com",
        "sub": client_id,
    }))
}
