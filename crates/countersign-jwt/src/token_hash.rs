//! A name for tokens that have none.

use aws_lc_rs::digest::{SHA256, digest};

use crate::{compact::Compact, error::TokenError};

/// SHA-256 over the first two parts of a token with the dot between them, as they were sent.
///
/// The signature is left out on purpose: of an ECDSA signature everybody can make a second one that
/// verifies, and it would be a second name. The two parts have one spelling.
///
/// ```
/// use countersign_jwt::TokenHash;
///
/// let hash = TokenHash::of("eyJhbGciOiJFUzI1NiJ9.e30.c2lnbmF0dXJl")?;
/// assert_eq!(hash, TokenHash::of("eyJhbGciOiJFUzI1NiJ9.e30.YW5vdGhlcg")?);
/// # Ok::<(), countersign_jwt::TokenError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TokenHash([u8; 32]);

impl TokenHash {
    /// Of a token in compact form. Nothing is verified; an error means that it is no such token.
    pub fn of(token: &str) -> Result<Self, TokenError> {
        let compact = Compact::split(token)?;
        let digest = digest(&SHA256, compact.signed_bytes());
        let mut bytes = [0; 32];
        bytes.copy_from_slice(digest.as_ref());
        Ok(Self(bytes))
    }

    /// The hash as somebody else wrote it down.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}
