//! Strategy compact: `{"session":D,"expiresAt":E,"signature":"S"}` in base64url.
//!
//! `S` is HMAC-SHA256 in base64url over the text of `D` with `"expiresAt":E` as its last member. Better
//! Auth parses `D` and writes it anew to check; here the bytes are cut out as they were signed, and
//! nothing is parsed before the signature is known to be good.

use aws_lc_rs::hmac;
use base64ct::{Base64UrlUnpadded, Encoding};
use countersign_jwt::strict_json_object;
use jiff::Timestamp;

use super::Opened;
use crate::CookieError;

pub(super) fn open(value: &str, key: &hmac::Key) -> Result<Opened, CookieError> {
    let bytes = Base64UrlUnpadded::decode_vec(value).map_err(|_error| CookieError::Malformed)?;
    let text = String::from_utf8(bytes).map_err(|_error| CookieError::Malformed)?;
    let parts = Parts::cut(&text).ok_or(CookieError::Malformed)?;

    let mut buffer = [0; 32];
    let signature = Base64UrlUnpadded::decode(parts.signature, &mut buffer)
        .map_err(|_error| CookieError::Signature)?;
    let signed = format!("{},\"expiresAt\":{}}}", parts.open_session, parts.expires_at);
    hmac::verify(key, signed.as_bytes(), signature).map_err(|_wrong| CookieError::Signature)?;

    let session = format!("{}}}", parts.open_session);
    let content =
        strict_json_object(session.as_bytes()).map_err(|_not_strict| CookieError::NotStrictJson)?;
    let milliseconds = parts.expires_at.parse().ok();
    let expires_at = milliseconds.and_then(|ms| Timestamp::from_millisecond(ms).ok());
    let expires_at = expires_at.ok_or(CookieError::Member { member: "expiresAt" })?;
    Ok(Opened { content, expires_at })
}

/// Signs the text of `D`, which is an object, with its end in milliseconds.
pub(super) fn sign(content: &str, expires_at: i64, key: &hmac::Key) -> String {
    let open_session = content.strip_suffix('}').unwrap_or(content);
    let tag = hmac::sign(key, format!("{open_session},\"expiresAt\":{expires_at}}}").as_bytes());
    let signature = Base64UrlUnpadded::encode_string(tag.as_ref());
    let session =
        format!(r#"{{"session":{content},"expiresAt":{expires_at},"signature":"{signature}"}}"#);
    Base64UrlUnpadded::encode_string(session.as_bytes())
}

struct Parts<'t> {
    /// `D` without its closing brace.
    open_session: &'t str,
    expires_at: &'t str,
    signature: &'t str,
}

impl<'t> Parts<'t> {
    fn cut(text: &'t str) -> Option<Self> {
        let text = text.strip_prefix(r#"{"session":"#)?.strip_suffix(r#""}"#)?;
        let (text, signature) = text.rsplit_once(r#","signature":""#)?;
        let (session, expires_at) = text.rsplit_once(r#","expiresAt":"#)?;
        let open_session = session.strip_suffix('}')?;
        Some(Self { open_session, expires_at, signature })
    }
}
