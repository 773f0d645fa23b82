//! The compact serialization (RFC 7515 §3.1): `header.payload.signature`.
//!
//! Exactly three parts, the first not empty, at most [`MAX_TOKEN_BYTES`] together. Splitting
//! decodes nothing: the payload is decoded only after its signature has been checked.

use crate::{
    base64url,
    error::{Part, TokenError},
};

/// The longest token that is looked at, in bytes. HTTP servers commonly stop at 8 KiB per header
/// line; the payload of such a token is at most 6 KiB of JSON.
pub const MAX_TOKEN_BYTES: usize = 8 * 1024;

/// A token cut into its parts, each still base64url.
pub(crate) struct Compact<'t> {
    header: &'t str,
    payload: &'t str,
    signature: &'t str,
    signed: &'t str,
}

impl<'t> Compact<'t> {
    pub(crate) fn split(token: &'t str) -> Result<Self, TokenError> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(TokenError::TooLarge);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(TokenError::NotThreeParts)?;
        let (header, payload) = signed.split_once('.').ok_or(TokenError::NotThreeParts)?;
        if header.is_empty() || payload.contains('.') {
            return Err(TokenError::NotThreeParts);
        }
        Ok(Self { header, payload, signature, signed })
    }

    /// The bytes the signature is made over: the first two parts as they were sent.
    pub(crate) fn signed_bytes(&self) -> &'t [u8] {
        self.signed.as_bytes()
    }

    pub(crate) fn decode(&self, part: Part) -> Result<Vec<u8>, TokenError> {
        let text = match part {
            Part::Header => self.header,
            Part::Payload => self.payload,
            Part::Signature => self.signature,
        };
        base64url::decode(text).ok_or(TokenError::NotBase64Url { part })
    }
}
