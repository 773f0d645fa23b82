//! Strategy jwt: a JWS in compact form (RFC 7515 §3.1) with HS256 and the secret itself as key.
//!
//! The header is `{"alg":"HS256"}`, byte by byte: tokens with `kid` or `typ` are no sessions. `exp` says
//! until when the cookie may be used.

use aws_lc_rs::hmac;
use base64ct::{Base64UrlUnpadded, Encoding};
use countersign_jwt::strict_json_object;
use jiff::Timestamp;
use serde_json::{Map, Value};

use super::Opened;
use crate::CookieError;

/// `{"alg":"HS256"}`
const HEADER: &str = "eyJhbGciOiJIUzI1NiJ9";

pub(super) fn open(value: &str, key: &hmac::Key) -> Result<Opened, CookieError> {
    let (signed, signature) = value.rsplit_once('.').ok_or(CookieError::Malformed)?;
    let (header, payload) = signed.split_once('.').ok_or(CookieError::Malformed)?;
    if payload.contains('.') {
        return Err(CookieError::Malformed);
    }
    if header != HEADER {
        return Err(CookieError::Header);
    }
    let mut buffer = [0; 32];
    let signature = Base64UrlUnpadded::decode(signature, &mut buffer)
        .map_err(|_error| CookieError::Signature)?;
    hmac::verify(key, signed.as_bytes(), signature).map_err(|_wrong| CookieError::Signature)?;

    let payload =
        Base64UrlUnpadded::decode_vec(payload).map_err(|_error| CookieError::Malformed)?;
    claims(&payload)
}

/// Signs the text of claims.
pub(super) fn sign(claims: &str, key: &hmac::Key) -> String {
    let signed = format!("{HEADER}.{}", Base64UrlUnpadded::encode_string(claims.as_bytes()));
    let tag = hmac::sign(key, signed.as_bytes());
    format!("{signed}.{}", Base64UrlUnpadded::encode_string(tag.as_ref()))
}

/// The claims of a payload whose signature was good, until `exp` in whole seconds.
pub(super) fn claims(payload: &[u8]) -> Result<Opened, CookieError> {
    let content = strict_json_object(payload).map_err(|_not_strict| CookieError::NotStrictJson)?;
    let expires_at = expiry(&content).ok_or(CookieError::Member { member: "exp" })?;
    Ok(Opened { content, expires_at })
}

fn expiry(content: &Map<String, Value>) -> Option<Timestamp> {
    Timestamp::from_second(content.get("exp")?.as_i64()?).ok()
}
