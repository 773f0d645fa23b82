//! Base64url without padding (RFC 7515 §2), canonical: the spare bits of the last character are zero
//! (RFC 4648 §3.5). So a byte string has one spelling, and a token cannot be altered unnoticed.

use base64ct::{Base64UrlUnpadded, Encoding};

/// The bytes, or `None` when the text has padding, foreign characters, an impossible length or spare
/// bits that are not zero.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    Base64UrlUnpadded::decode_vec(text).ok()
}

pub(crate) fn encode(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}
