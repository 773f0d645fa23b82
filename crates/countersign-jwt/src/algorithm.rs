//! The signature algorithms this crate knows, by their JOSE names (RFC 7518 §3.1, RFC 8037 §3.1).
//!
//! Names are case-sensitive. RFC 9864 gives Ed25519 a second, fully specified name; [`FromStr`] reads
//! both `EdDSA` and `Ed25519` as [`Algorithm::EdDsa`], and [`Algorithm::as_str`] writes `EdDSA`, the
//! name Better Auth puts into its tokens.

use std::{fmt, str::FromStr};

/// A signature algorithm. A key has exactly one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Algorithm {
    /// HMAC with SHA-256 and a shared secret of at least 32 bytes (RFC 7518 §3.2).
    Hs256,
    /// RSASSA-PKCS1-v1_5 with SHA-256 and 2048 to 8192 bits (RFC 7518 §3.3).
    Rs256,
    /// ECDSA on P-256 with SHA-256, signature as R ‖ S (RFC 7518 §3.4).
    Es256,
    /// `EdDSA` on Ed25519 (RFC 8037 §3.1). Ed448 is not read as this.
    EdDsa,
}

impl Algorithm {
    /// The name for the `alg` member of headers and keys.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hs256 => "HS256",
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The name is not one of `HS256`, `RS256`, `ES256`, `EdDSA`, `Ed25519`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown algorithm; known are HS256, RS256, ES256, EdDSA")]
pub struct UnknownAlgorithm;

impl FromStr for Algorithm {
    type Err = UnknownAlgorithm;

    fn from_str(name: &str) -> Result<Self, UnknownAlgorithm> {
        match name {
            "HS256" => Ok(Self::Hs256),
            "RS256" => Ok(Self::Rs256),
            "ES256" => Ok(Self::Es256),
            "EdDSA" | "Ed25519" => Ok(Self::EdDsa),
            _ => Err(UnknownAlgorithm),
        }
    }
}
