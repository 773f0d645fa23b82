//! The compact serialization (RFC 7515 §3.1): `header.payload.signature`.
//!
//! Exactly three parts, the first not empty, at most [`MAX_TOKEN_BYTES`] together. Splitting
//! decodes nothing: the payload is decoded only after its signature has been checked.

use crate::{
    base64url,
    error::{Part, TokenError},
    key::Key,
};

/// The longest token that is looked at, in bytes. HTTP servers commonly stop at 8 KiB per header
/// line; the payload of such a token is at most 6 KiB of JSON.
pub const MAX_TOKEN_BYTES: usize = 8 * 1024;

/// The longest signature there is: RSA's with 8192 bits.
const MAX_SIGNATURE_BYTES: usize = 1024;

/// A token cut into its parts, each still base64url.
pub(crate) struct Compact<'t> {
    header: &'t str,
    payload: &'t str,
    signature: &'t str,
    signed: &'t str,
}

impl<'t> Compact<'t> {
    pub(crate) fn split(token: &'t str) -> Result<Self, TokenError> {
        Self::split_within(token, MAX_TOKEN_BYTES)
    }

    /// The same for what may be of another length than a token.
    pub(crate) fn split_within(token: &'t str, most: usize) -> Result<Self, TokenError> {
        if token.len() > most {
            return Err(TokenError::TooLarge);
        }
        let mut dots = memchr::memchr_iter(b'.', token.as_bytes());
        let (Some(first @ 1..), Some(second), None) = (dots.next(), dots.next(), dots.next())
        else {
            return Err(TokenError::NotThreeParts);
        };
        let (signed, signature) = (&token[..second], &token[second + 1..]);
        let (header, payload) = (&signed[..first], &signed[first + 1..]);
        Ok(Self { header, payload, signature, signed })
    }

    /// The bytes the signature is made over: the first two parts as they were sent.
    pub(crate) fn signed_bytes(&self) -> &'t [u8] {
        self.signed.as_bytes()
    }

    /// The first part as it was sent.
    pub(crate) fn encoded_header(&self) -> &'t str {
        self.header
    }

    /// The header's JSON text.
    pub(crate) fn header(&self) -> Result<String, TokenError> {
        text(self.header, Part::Header)
    }

    /// The payload's JSON text. Only for a token whose signature is known to be good, or for people.
    pub(crate) fn payload(&self) -> Result<String, TokenError> {
        text(self.payload, Part::Payload)
    }

    /// The payload of a message that need not be a token.
    pub(crate) fn payload_bytes(&self) -> Result<Vec<u8>, TokenError> {
        bytes(self.payload, Part::Payload)
    }

    /// Whether the signature is this key's. It is decoded into no more room than it needs: clearing room
    /// for the largest takes as long as reading a small payload.
    pub(crate) fn check_signature(&self, key: &Key) -> Result<(), TokenError> {
        match self.signature.len() {
            0..=88 => self.check_signature_in(&mut [0; 66], key),
            89..=683 => self.check_signature_in(&mut [0; 512], key),
            684..=1366 => self.check_signature_in(&mut [0; MAX_SIGNATURE_BYTES], key),
            _ => Err(TokenError::WrongSignature),
        }
    }

    fn check_signature_in(&self, room: &mut [u8], key: &Key) -> Result<(), TokenError> {
        let signature = base64url::decode_into(self.signature, room)
            .ok_or(TokenError::NotBase64Url { part: Part::Signature })?;
        key.verify(self.signed_bytes(), signature)
    }
}

fn bytes(part_text: &str, part: Part) -> Result<Vec<u8>, TokenError> {
    base64url::decode(part_text).ok_or(TokenError::NotBase64Url { part })
}

fn text(part_text: &str, part: Part) -> Result<String, TokenError> {
    let bytes = bytes(part_text, part)?;
    String::from_utf8(bytes).map_err(|_error| TokenError::NotStrictJson { part })
}
