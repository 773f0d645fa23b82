//! The signature algorithms this crate knows, by their JOSE names (RFC 7518 §3.1, RFC 8037 §3.1).
//!
//! | Names | Signature | Key |
//! |---|---|---|
//! | `HS256`, `HS384`, `HS512` | HMAC | a secret at least as long as the hash (RFC 7518 §3.2) |
//! | `RS256`, `RS384`, `RS512` | RSASSA-PKCS1-v1_5 | 2048 to 8192 bits (RFC 7518 §3.3) |
//! | `PS256`, `PS384`, `PS512` | RSASSA-PSS, salt as long as the hash | the same (RFC 7518 §3.5) |
//! | `ES256`, `ES384`, `ES512` | ECDSA as R ‖ S | on P-256, P-384, P-521 (RFC 7518 §3.4) |
//! | `EdDSA` | Ed25519 | RFC 8037 §3.1; Ed448 is not read as this |
//!
//! Names are case-sensitive. RFC 9864 gives Ed25519 a second, fully specified name; [`FromStr`] reads
//! both `EdDSA` and `Ed25519` as [`Algorithm::EdDsa`], and [`Algorithm::as_str`] writes `EdDSA`, the
//! name Better Auth puts into its tokens.

use std::{fmt, str::FromStr};

/// A signature algorithm. A key has exactly one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Algorithm {
    /// HMAC with SHA-256.
    Hs256,
    /// HMAC with SHA-384.
    Hs384,
    /// HMAC with SHA-512.
    Hs512,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    Rs384,
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    Rs512,
    /// RSASSA-PSS with SHA-256.
    Ps256,
    /// RSASSA-PSS with SHA-384.
    Ps384,
    /// RSASSA-PSS with SHA-512.
    Ps512,
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// ECDSA on P-384 with SHA-384.
    Es384,
    /// ECDSA on P-521 with SHA-512.
    Es512,
    /// `EdDSA` on Ed25519.
    EdDsa,
}

impl Algorithm {
    /// Every algorithm.
    pub const ALL: [Self; 13] = [
        Self::Hs256,
        Self::Hs384,
        Self::Hs512,
        Self::Rs256,
        Self::Rs384,
        Self::Rs512,
        Self::Ps256,
        Self::Ps384,
        Self::Ps512,
        Self::Es256,
        Self::Es384,
        Self::Es512,
        Self::EdDsa,
    ];

    /// The name for the `alg` member of headers and keys.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hs256 => "HS256",
            Self::Hs384 => "HS384",
            Self::Hs512 => "HS512",
            Self::Rs256 => "RS256",
            Self::Rs384 => "RS384",
            Self::Rs512 => "RS512",
            Self::Ps256 => "PS256",
            Self::Ps384 => "PS384",
            Self::Ps512 => "PS512",
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::Es512 => "ES512",
            Self::EdDsa => "EdDSA",
        }
    }

    /// Whether the key is a secret that signer and verifier share, and not a key pair.
    pub fn is_symmetric(self) -> bool {
        matches!(self, Self::Hs256 | Self::Hs384 | Self::Hs512)
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The name is that of no algorithm of this crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown algorithm; known are HS, RS, PS and ES with 256, 384 and 512, and EdDSA")]
pub struct UnknownAlgorithm;

impl FromStr for Algorithm {
    type Err = UnknownAlgorithm;

    fn from_str(name: &str) -> Result<Self, UnknownAlgorithm> {
        if name == "Ed25519" {
            return Ok(Self::EdDsa);
        }
        let found = Self::ALL.into_iter().find(|algorithm| algorithm.as_str() == name);
        found.ok_or(UnknownAlgorithm)
    }
}
