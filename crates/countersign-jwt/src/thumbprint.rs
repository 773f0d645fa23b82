//! The name of a key that everybody computes alike (RFC 7638).
//!
//! SHA-256 over the required members of the JWK, in the order of their names, without white space,
//! in base64url: `{"crv","kty","x"}` for Ed25519 (RFC 8037 §2), `{"crv","kty","x","y"}` for the curves
//! of NIST, `{"e","kty","n"}` for RSA. A private key and its public half have the same.

use aws_lc_rs::digest;
use serde_json::{Map, Value};

use crate::{base64url, error::KeyError, json};

/// The thumbprint of a JWK as JSON text, 43 characters. Secrets (`oct`) have none here: it would be a
/// hash of the secret to publish.
///
/// ```
/// let jwk = r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
/// let thumbprint = countersign_jwt::thumbprint(jwk)?;
/// assert_eq!(thumbprint, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
/// # Ok::<(), countersign_jwt::KeyError>(())
/// ```
pub fn thumbprint(jwk: &str) -> Result<String, KeyError> {
    let members = json::map(jwk.as_bytes()).map_err(|json::NotStrictJson| KeyError::NotJson)?;
    let names: &[&str] = match members.get("kty").and_then(Value::as_str) {
        Some("EC") => &["crv", "kty", "x", "y"],
        Some("OKP") => &["crv", "kty", "x"],
        Some("RSA") => &["e", "kty", "n"],
        _ => return Err(KeyError::Unsupported),
    };
    let mut required = Map::new();
    for name in names {
        let value = members.get(*name).filter(|value| value.is_string());
        let value = value.ok_or(KeyError::InvalidMember { member: name })?;
        required.insert((*name).to_owned(), value.clone());
    }
    let text = Value::Object(required).to_string();
    Ok(base64url::encode(digest::digest(&digest::SHA256, text.as_bytes()).as_ref()))
}
