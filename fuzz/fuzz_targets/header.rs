//! The header of a token that is good otherwise, and rightly signed.
#![no_main]

use std::sync::LazyLock;

use countersign_fuzz::{AUDIENCE, ISSUER, SECRET, claims, now, sign};
use countersign_jwt::{Algorithm, KeySet, TokenError, Verifier};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

static KEYS: LazyLock<KeySet> = LazyLock::new(|| {
    KeySet::from_named_secrets([
        ("a", Algorithm::Hs256, &SECRET[..]),
        ("é", Algorithm::Hs256, &SECRET[..]),
        ("other", Algorithm::Hs384, &[8; 48][..]),
    ])
    .expect("secrets")
});
static PAYLOAD: LazyLock<String> = LazyLock::new(|| claims("alice"));

/// Members that bring a key along or ask for another way to read the token.
const STRANGE: [&str; 11] =
    ["b64", "crit", "cty", "enc", "jku", "jwk", "x5c", "x5t", "x5t#S256", "x5u", "zip"];

fuzz_target!(|header: &[u8]| {
    let token = sign(header, PAYLOAD.as_bytes());
    let verdict = Verifier::new(ISSUER, AUDIENCE).verify(&token, &KEYS, now());
    let header_was_read = matches!(
        verdict,
        Ok(_)
            | Err(TokenError::UnknownKey
                | TokenError::NoFittingKey
                | TokenError::AmbiguousKey
                | TokenError::AlgorithmMismatch
                | TokenError::WrongSignature)
    );
    if !header_was_read {
        return;
    }
    let read: Value = serde_json::from_slice(header).expect("JSON for everybody");
    let algorithm = read["alg"].as_str().expect("a text").parse::<Algorithm>().expect("known");
    assert!(STRANGE.iter().all(|member| read.get(member).is_none()));
    if verdict.is_ok() {
        assert_eq!(algorithm, Algorithm::Hs256);
        assert!(matches!(read["kid"].as_str(), Some("a" | "é")));
    }
});
