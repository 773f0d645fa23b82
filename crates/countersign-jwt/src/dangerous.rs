//! What a name has to warn of: reading a token that nobody verified, and trusting a signature alone.
//!
//! Neither is a decision about a request. [`Verifier`](crate::Verifier) is.

use serde_json::{Map, Value};

use crate::{
    compact::Compact,
    error::{Part, TokenError},
    json,
    key_set::KeySet,
};

/// What a token says of itself. Anybody can write such a token.
///
/// ```
/// use countersign_jwt::dangerous;
///
/// let token = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbnlib2R5In0.";
/// let read = dangerous::read_without_verifying(token)?;
/// assert_eq!(read.claims["sub"], "anybody");
/// # Ok::<(), countersign_jwt::TokenError>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Unverified {
    /// The members of the header.
    pub header: Map<String, Value>,
    /// The claims.
    pub claims: Map<String, Value>,
}

/// Reads header and claims, for people who look for a mistake. Nothing is checked but the form: three
/// parts of canonical base64url, strict JSON objects.
pub fn read_without_verifying(token: &str) -> Result<Unverified, TokenError> {
    let compact = Compact::split(token)?;
    let object = |text: String, part| {
        json::map(text.as_bytes()).map_err(|json::NotStrictJson| TokenError::NotStrictJson { part })
    };
    Ok(Unverified {
        header: object(compact.header()?, Part::Header)?,
        claims: object(compact.payload()?, Part::Payload)?,
    })
}

/// The payload of a signed message (RFC 7515 §5.2), whatever it holds: form, header, key and signature
/// are checked as for a token, claims are not. Who it is for and until when is for the caller to know.
pub fn signed_payload(message: &str, keys: &KeySet) -> Result<Vec<u8>, TokenError> {
    let compact = Compact::split(message)?;
    let key = keys.key_of(&compact)?;
    compact.check_signature(key)?;
    compact.payload_bytes()
}
