//! A key set, as an issuer might publish it.
#![no_main]

use countersign_fuzz::{AUDIENCE, ISSUER, base64url, claims, now};
use countersign_jwt::{KeySet, MAX_KEYS, TokenError, Verifier};
use libfuzzer_sys::fuzz_target;
use serde_json::json;

fuzz_target!(|data: &[u8]| {
    let Ok(keys) = KeySet::from_jwks_json(data) else { return };
    assert!(keys.len() + keys.skipped().len() <= MAX_KEYS);
    for algorithm in ["HS256", "HS384", "HS512"] {
        let unnamed = verdict(&json!({ "alg": algorithm }).to_string(), &keys);
        assert_eq!(unnamed, TokenError::NoFittingKey);
        for kid in keys.kids() {
            let named = verdict(&json!({ "alg": algorithm, "kid": kid }).to_string(), &keys);
            assert_eq!(named, TokenError::AlgorithmMismatch);
        }
    }
    for kid in keys.kids() {
        assert!(keys.has_kid(kid));
    }
});

/// What the keys say of a token with this header and a signature of zeros.
fn verdict(header: &str, keys: &KeySet) -> TokenError {
    let signature = base64url(&[0; 32]);
    let token = format!(
        "{}.{}.{signature}",
        base64url(header.as_bytes()),
        base64url(claims("a").as_bytes())
    );
    Verifier::new(ISSUER, AUDIENCE).verify(&token, keys, now()).expect_err("nobody signed it")
}
