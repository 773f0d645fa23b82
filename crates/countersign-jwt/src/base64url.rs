//! Base64url without padding (RFC 7515 §2), canonical: the spare bits of the last character are zero
//! (RFC 4648 §3.5). So a byte string has one spelling, and a token cannot be altered unnoticed.
//!
//! Tokens and public keys are read fast; private keys in constant time.

use std::sync::LazyLock;

use base64::{
    Engine,
    engine::{Simd, general_purpose::NO_PAD},
};
use base64ct::{Base64UrlUnpadded, Encoding};

/// With whatever instructions this processor has.
static URL_SAFE_NO_PAD: LazyLock<Simd> = LazyLock::new(|| Simd::url_safe(NO_PAD));

/// The bytes, or `None` when the text has padding, foreign characters, an impossible length or spare
/// bits that are not zero.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// The same into a buffer, of which the bytes come back. `None` also when they do not fit.
pub(crate) fn decode_into<'b>(text: &str, buffer: &'b mut [u8]) -> Option<&'b [u8]> {
    let length = URL_SAFE_NO_PAD.decode_slice(text, buffer).ok()?;
    buffer.get(..length)
}

/// The same for bytes that are nobody's business: no table look-up, no branch depends on them.
pub(crate) fn decode_secret(text: &str) -> Option<Vec<u8>> {
    Base64UrlUnpadded::decode_vec(text).ok()
}

pub(crate) fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The same, behind a text.
pub(crate) fn encode_behind(text: &mut String, bytes: &[u8]) {
    URL_SAFE_NO_PAD.encode_string(bytes, text);
}

/// The same for bytes that are nobody's business.
pub(crate) fn encode_secret(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}
