//! What the targets share: an issuer with a secret, and the time.
//!
//! | Target | Bytes become | What must hold |
//! |---|---|---|
//! | `token` | a token, or header and payload of one that is rightly signed | one verdict, one spelling, `explain` says the same |
//! | `header` | the header of a rightly signed token | what is accepted names a known algorithm, and no key of its own |
//! | `jwks` | a key set | it never yields a secret |
//! | `cookie` | a `Cookie` header at the server | nobody gets a session but with its signed cookie |
//! | `path_user_id` | a user's id and a path | `Owner` lets in exactly the user whom the path names |
//!
//! `cargo xtask fuzz` runs them. `seeds/` is where they start; what libFuzzer finds on its way stays in
//! `target/`.

use aws_lc_rs::hmac;
use base64ct::{Base64UrlUnpadded, Encoding};
use jiff::Timestamp;
use serde_json::Value;

pub const NOW: i64 = 1_800_000_000;
pub const ISSUER: &str = "https://auth.test";
pub const AUDIENCE: &str = "task-api";
pub const SECRET: [u8; 32] = [7; 32];

pub fn now() -> Timestamp {
    Timestamp::from_second(NOW).expect("a date")
}

/// Claims that nobody has a reason to refuse.
pub fn claims(subject: &str) -> String {
    serde_json::json!({
        "iss": ISSUER, "aud": AUDIENCE, "sub": subject, "iat": NOW, "exp": NOW + 900,
    })
    .to_string()
}

pub fn base64url(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}

/// A token over these bytes, rightly signed with HS256.
pub fn sign(header: &[u8], payload: &[u8]) -> String {
    let signed = format!("{}.{}", base64url(header), base64url(payload));
    let key = hmac::Key::new(hmac::HMAC_SHA256, &SECRET);
    let signature = hmac::sign(&key, signed.as_bytes());
    format!("{signed}.{}", base64url(signature.as_ref()))
}

/// The bytes before and behind the first zero.
pub fn two_parts(data: &[u8]) -> Option<(&[u8], &[u8])> {
    let zero = data.iter().position(|byte| *byte == 0)?;
    Some((&data[..zero], &data[zero + 1..]))
}

/// Equal, where numbers are equal that are the same double: `-0` is zero, as an integer or not.
pub fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => one.as_f64() == other.as_f64(),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(a, b)| same(a, b))
        }
        (Value::Object(one), Value::Object(other)) => {
            let twin = |(name, value)| other.get(name).is_some_and(|twin| same(value, twin));
            one.len() == other.len() && one.iter().all(twin)
        }
        _ => one == other,
    }
}
