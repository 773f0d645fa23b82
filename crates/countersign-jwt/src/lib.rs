//! Tokens: sign, verify, keys and key sets. No IO, no async; time is an argument.
//!
//! A token is a JSON Web Token (RFC 7519) in the compact form of a JSON Web Signature (RFC 7515),
//! and nothing else: no encryption, no JSON serialization, no unsecured tokens. [`Algorithm`] lists the
//! thirteen that are known.
//!
//! ```
//! use countersign_jwt::{Algorithm, KeySet, SigningKey, Verifier};
//!
//! let now: jiff::Timestamp = "2027-01-15T08:00:00Z".parse()?;
//! let key = SigningKey::generate(Algorithm::EdDsa)?.with_kid("k1");
//! let token = key.sign(&serde_json::json!({
//!     "iss": "https://auth.example", "aud": "https://api.example", "sub": "alice",
//!     "iat": now.as_second(), "exp": now.as_second() + 900,
//! }))?;
//!
//! let keys = key.key_set()?; // elsewhere: KeySet::from_jwks_json(body)
//! let verifier = Verifier::new("https://auth.example", "https://api.example");
//! assert_eq!(verifier.verify(&token, &keys, now)?.subject(), "alice");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What is refused by construction
//!
//! * **The algorithm comes from the key, never from the token.** Every key in a [`KeySet`] is bound to
//!   exactly one [`Algorithm`]; a header that names another one is refused (RFC 8725 §3.1). A set holds
//!   either one shared secret or public keys, never both.
//! * **One spelling per token.** Base64url without padding and without spare bits, strict JSON without
//!   duplicate members, at most [`MAX_TOKEN_BYTES`] bytes. No two parsers can read it differently.
//! * **Issuer and audience are constructor arguments** of [`Verifier`], and `exp` is required. A claim
//!   with the wrong type is refused, also where the claim is optional.
//! * **Keys in the header are not keys.** `jwk`, `jku`, `x5c` and their relatives are refused, `crit` too.

mod algorithm;
mod base64url;
mod claims;
mod clock;
mod compact;
pub mod dangerous;
mod ed25519;
mod error;
mod explain;
mod header;
mod json;
mod jwk;
mod key;
mod key_set;
mod known_claims;
mod lifetime;
mod message;
mod pem;
mod private_der;
mod private_jwk;
mod public_der;
mod roca;
mod scheme;
mod sign;
mod thumbprint;
mod token_hash;
mod usual_headers;
mod verify;
mod weak_secret;

pub use algorithm::{Algorithm, UnknownAlgorithm};
pub use claims::Claims;
pub use clock::{Clock, SystemClock};
pub use compact::MAX_TOKEN_BYTES;
pub use error::{KeyError, Part, SignError, TokenError};
pub use explain::{Check, Verdict};
pub use json::{NotStrictJson, map as strict_json_object};
pub use key_set::{KeySet, MAX_KEYS, SkippedKey};
pub use sign::{RsaSize, SigningKey};
pub use thumbprint::thumbprint;
pub use token_hash::TokenHash;
pub use verify::{DEFAULT_LEEWAY, DEFAULT_MAX_LIFETIME, MAX_LEEWAY, Verifier};
pub use weak_secret::{SECRET_MIN_BYTES, WeakSecret, check_secret};
