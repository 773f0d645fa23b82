//! A token, as it comes; or header and payload, divided by a zero, of a token that is rightly signed.
#![no_main]

use std::sync::LazyLock;

use base64ct::{Base64UrlUnpadded, Encoding};
use countersign_fuzz::{AUDIENCE, ISSUER, SECRET, now, same, sign, two_parts};
use countersign_jwt::{KeySet, Verdict, Verifier};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

static KEYS: LazyLock<KeySet> = LazyLock::new(|| KeySet::from_secret(&SECRET).expect("a secret"));
static VERIFIER: LazyLock<Verifier> = LazyLock::new(|| Verifier::new(ISSUER, AUDIENCE));

fuzz_target!(|data: &[u8]| {
    match (two_parts(data), std::str::from_utf8(data)) {
        (Some((header, payload)), _) => judge(&sign(header, payload)),
        (None, Ok(token)) => judge(token),
        _ => {}
    }
});

fn judge(token: &str) {
    let verdict = VERIFIER.verify(token, &KEYS, now());
    let again = VERIFIER.verify(token, &KEYS, now());
    assert_eq!(verdict.as_ref().err(), again.as_ref().err());

    let checks = VERIFIER.explain(token, &KEYS, now());
    let failed = checks.iter().find_map(|check| match &check.verdict {
        Verdict::Failed(error) => Some(error),
        _ => None,
    });
    assert_eq!(verdict.as_ref().err(), failed);

    let Ok(claims) = verdict else { return };
    assert!(!claims.subject().is_empty());
    let parts: Vec<&str> = token.split('.').collect();
    assert_eq!(parts.len(), 3);
    for part in &parts {
        let bytes = Base64UrlUnpadded::decode_vec(part).expect("base64url");
        assert_eq!(Base64UrlUnpadded::encode_string(&bytes), *part);
    }
    let payload = Base64UrlUnpadded::decode_vec(parts[1]).expect("base64url");
    let read: Value = serde_json::from_slice(&payload).expect("JSON for everybody");
    assert!(same(&read, &Value::Object(claims.as_map().clone())));
}
