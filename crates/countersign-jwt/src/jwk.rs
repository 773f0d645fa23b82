//! A public key as JSON (RFC 7517, RFC 7518 §6, RFC 8037 §2), as it stands in a key set.
//!
//! | `kty` | further members | algorithm | accepted `alg` |
//! |---|---|---|---|
//! | `OKP` | `crv` `Ed25519`, `x` of 32 bytes | `EdDSA` | absent, `EdDSA`, `Ed25519` |
//! | `EC` | `crv` `P-256`, `x` and `y` of 32 bytes | ES256 | absent, `ES256` |
//! | `RSA` | `n` of 2048 to 8192 bits, `e` odd, 3 to 2^33 | RS256 | absent, `RS256` |
//!
//! `use`, when present, must be `sig`; `key_ops`, when present, must list `verify` and nothing twice.
//! A key that carries a private member, and every `oct` key, is refused: what a key set publishes is
//! known to everybody.

use serde_json::{Map, Value};

use crate::{algorithm::Algorithm, base64url, error::KeyError, header, key::Key};

const PRIVATE_MEMBERS: [&str; 8] = ["d", "dp", "dq", "k", "oth", "p", "q", "qi"];

/// A key and the name it is found by.
pub(crate) struct NamedKey {
    pub(crate) kid: Option<String>,
    pub(crate) key: Key,
}

pub(crate) fn parse(jwk: &Map<String, Value>) -> Result<NamedKey, KeyError> {
    check_purpose(jwk)?;
    let kid = optional_text(jwk, "kid")?.map(str::to_owned);
    if kid.as_deref().is_some_and(|kid| !header::is_kid(kid)) {
        return Err(KeyError::InvalidMember { member: "kid" });
    }
    let key = match (text(jwk, "kty")?, optional_text(jwk, "crv")?) {
        ("oct", _) => return Err(KeyError::PublishedSecret),
        _ if PRIVATE_MEMBERS.iter().any(|member| jwk.contains_key(*member)) => {
            return Err(KeyError::PublishedSecret);
        }
        ("OKP", Some("Ed25519")) => Key::ed25519(&fixed(jwk, "x")?)?,
        ("EC", Some("P-256")) => Key::p256(&fixed(jwk, "x")?, &fixed(jwk, "y")?)?,
        ("RSA", None) => Key::rsa(&bytes(jwk, "n")?, &bytes(jwk, "e")?)?,
        _ => return Err(KeyError::Unsupported),
    };
    match optional_text(jwk, "alg")?.map(str::parse::<Algorithm>) {
        None => Ok(NamedKey { kid, key }),
        Some(Ok(algorithm)) if algorithm == key.algorithm() => Ok(NamedKey { kid, key }),
        Some(_) => Err(KeyError::Unsupported),
    }
}

fn check_purpose(jwk: &Map<String, Value>) -> Result<(), KeyError> {
    if optional_text(jwk, "use")?.is_some_and(|purpose| purpose != "sig") {
        return Err(KeyError::NotForSignatures);
    }
    let Some(operations) = jwk.get("key_ops") else { return Ok(()) };
    let operations = operations.as_array().ok_or(KeyError::InvalidMember { member: "key_ops" })?;
    let twice = operations.iter().enumerate().any(|(i, op)| operations[..i].contains(op));
    if twice || !operations.iter().any(|operation| operation == "verify") {
        return Err(KeyError::NotForSignatures);
    }
    Ok(())
}

fn optional_text<'j>(
    jwk: &'j Map<String, Value>,
    member: &'static str,
) -> Result<Option<&'j str>, KeyError> {
    match jwk.get(member) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(KeyError::InvalidMember { member }),
    }
}

fn text<'j>(jwk: &'j Map<String, Value>, member: &'static str) -> Result<&'j str, KeyError> {
    optional_text(jwk, member)?.ok_or(KeyError::InvalidMember { member })
}

fn bytes(jwk: &Map<String, Value>, member: &'static str) -> Result<Vec<u8>, KeyError> {
    base64url::decode(text(jwk, member)?).ok_or(KeyError::InvalidMember { member })
}

/// Exactly 32 bytes: a coordinate with its leading zero stripped is refused, not padded.
fn fixed(jwk: &Map<String, Value>, member: &'static str) -> Result<[u8; 32], KeyError> {
    bytes(jwk, member)?.try_into().map_err(|_bytes| KeyError::InvalidMember { member })
}
