//! A public key as JSON (RFC 7517, RFC 7518 §6, RFC 8037 §2), as it stands in a key set.
//!
//! | `kty` | further members | algorithm | accepted `alg` |
//! |---|---|---|---|
//! | `OKP` | `crv` `Ed25519`, `x` of 32 bytes | `EdDSA` | absent, `EdDSA`, `Ed25519` |
//! | `EC` | `crv` `P-256`, `P-384` or `P-521`, `x` and `y` as long as the curve's numbers | ES256, ES384 or ES512, by the curve | absent, the same |
//! | `RSA` | `n` of 2048 to 8192 bits, `e` odd, 3 to 2^33 | `alg`, else RS256 | absent, `RS…`, `PS…` |
//!
//! `use`, when present, must be `sig`; `key_ops`, when present, must list `verify` and nothing twice.
//! A key that carries a private member, and every `oct` key, is refused: what a key set publishes is
//! known to everybody.

use serde_json::{Map, Value};

use crate::{algorithm::Algorithm, base64url, error::KeyError, header, key::Key, scheme::CURVES};

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
    let named = match optional_text(jwk, "alg")?.map(str::parse::<Algorithm>) {
        None => None,
        Some(Ok(algorithm)) => Some(algorithm),
        Some(Err(_unknown)) => return Err(KeyError::Unsupported),
    };
    let fits = |algorithm| named.is_none_or(|named| named == algorithm);
    let key = match (text(jwk, "kty")?, optional_text(jwk, "crv")?) {
        ("oct", _) => return Err(KeyError::PublishedSecret),
        _ if PRIVATE_MEMBERS.iter().any(|member| jwk.contains_key(*member)) => {
            return Err(KeyError::PublishedSecret);
        }
        ("OKP", Some("Ed25519")) if fits(Algorithm::EdDsa) => Key::ed25519(&fixed(jwk, "x", 32)?)?,
        ("EC", Some(name)) => {
            let curve = CURVES.iter().find(|curve| curve.name == name);
            let curve = curve.filter(|curve| fits(curve.algorithm)).ok_or(KeyError::Unsupported)?;
            Key::ec(curve, &fixed(jwk, "x", curve.size)?, &fixed(jwk, "y", curve.size)?)?
        }
        ("RSA", None) => {
            let algorithm = named.unwrap_or(Algorithm::Rs256);
            Key::rsa(algorithm, &bytes(jwk, "n")?, &bytes(jwk, "e")?)?
        }
        _ => return Err(KeyError::Unsupported),
    };
    Ok(NamedKey { kid, key })
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

/// Exactly so many bytes: a coordinate with its leading zero stripped is refused, not padded.
fn fixed(jwk: &Map<String, Value>, member: &'static str, size: usize) -> Result<Vec<u8>, KeyError> {
    let bytes = bytes(jwk, member)?;
    if bytes.len() == size { Ok(bytes) } else { Err(KeyError::InvalidMember { member }) }
}
