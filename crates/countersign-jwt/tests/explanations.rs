//! An explanation says the same as the verdict, and more.

use countersign_jwt::{Algorithm, Check, KeySet, SigningKey, TokenError, Verdict};
use serde_json::{Value, json};

use crate::fixture::{NOW, claims, claims_with, claims_without, now, secret, verifier};

fn first_failure(checks: &[Check]) -> Option<&TokenError> {
    checks.iter().find_map(|check| match &check.verdict {
        Verdict::Failed(error) => Some(error),
        _ => None,
    })
}

fn failed(checks: &[Check]) -> Vec<&'static str> {
    let failed = checks.iter().filter(|check| matches!(check.verdict, Verdict::Failed(_)));
    failed.map(|check| check.name).collect()
}

#[test]
fn the_first_check_that_fails_is_the_error_of_the_verdict() {
    let key = SigningKey::hs256(&secret()).unwrap();
    let keys = KeySet::from_secret(&secret()).unwrap();
    let good = key.sign(&claims()).unwrap();
    let other = SigningKey::generate(Algorithm::EdDsa).unwrap();
    let mut tokens = vec![
        good.clone(),
        String::new(),
        "a.b".to_owned(),
        "..".to_owned(),
        format!("{good}="),
        good.replace('.', "._"),
        other.sign(&claims()).unwrap(),
        other.with_kid("k").sign(&claims()).unwrap(),
        key.sign(&json!({})).unwrap(),
        "x".repeat(9_000),
    ];
    for claims in [
        claims_with("iss", "https://evil.test"),
        claims_with("aud", json!(["a", 1])),
        claims_with("exp", NOW - 40),
        claims_with("exp", "soon"),
        claims_with("nbf", NOW + 90),
        claims_with("iat", NOW + 90),
        claims_with("exp", NOW + 1_000_000),
        claims_with("sub", ""),
        claims_with("sub", 5),
        claims_with("jti", json!([])),
        claims_without("exp"),
        claims_without("sub"),
        claims_without("iss"),
    ] {
        tokens.push(key.sign(&claims).unwrap());
    }
    // Every character of a good token changed, one at a time.
    for at in 0..good.len() {
        let changed = if good.as_bytes()[at] == b'A' { "B" } else { "A" };
        tokens.push(format!("{}{changed}{}", &good[..at], &good[at + 1..]));
    }
    for token in tokens {
        let checks = verifier().explain(&token, &keys, now());
        let verdict = verifier().verify(&token, &keys, now());
        assert_eq!(first_failure(&checks), verdict.as_ref().err(), "{token}");
        assert_eq!(checks.len(), 10);
    }
}

#[test]
fn everything_that_is_wrong_is_seen_at_one_look() {
    let key = SigningKey::hs256(&[9; 32]).unwrap();
    let keys = KeySet::from_secret(&secret()).unwrap();
    let wrong =
        json!({"iss": "x", "aud": "y", "exp": NOW - 100, "iat": NOW - 200, "sub": Value::Null});
    let checks = verifier().explain(&key.sign(&wrong).unwrap(), &keys, now());
    assert_eq!(failed(&checks), ["signature", "issuer", "audience", "time", "subject"]);

    let checks = verifier().explain("no token", &keys, now());
    assert_eq!(failed(&checks), ["form"]);
    assert_eq!(checks[1].verdict, Verdict::NotReached);
    assert_eq!(
        checks[0].to_string(),
        "FAILED form       the token does not have three parts (not_three_parts)"
    );
}

#[test]
fn what_was_there_is_said_beside_what_should_have_been() {
    let key = SigningKey::generate(Algorithm::EdDsa).unwrap().with_kid("k1");
    let said = |claims: &Value, keys: &KeySet| {
        let checks = verifier().explain(&key.sign(claims).unwrap(), keys, now());
        let failed = checks.iter().filter(|check| matches!(check.verdict, Verdict::Failed(_)));
        failed.map(ToString::to_string).collect::<Vec<_>>()
    };
    let keys = key.key_set().unwrap();
    let mut over = claims_with("iat", NOW - 900);
    over["exp"] = (NOW - 40).into();
    let (issuer, audience) = (verifier().issuer().to_owned(), verifier().audience().to_owned());
    for (claims, end) in [
        (
            claims_with("iss", "https://a/\u{1b}"),
            format!(r#": it is "https://a/\u{{1b}}", not "{issuer}""#),
        ),
        (claims_with("iss", 5), "(invalid_claim)".to_owned()),
        (claims_with("aud", "a"), format!(r#": it is "a", not "{audience}""#)),
        (claims_with("aud", json!(["a", "b"])), format!(r#": it is "a", "b", not "{audience}""#)),
        (claims_with("aud", json!(["a", 1])), "(invalid_claim)".to_owned()),
        (over, format!("(expired): it is {}", now())),
    ] {
        let lines = said(&claims, &keys);
        assert!(lines.len() == 1 && lines[0].ends_with(&end), "{lines:?} {end}");
    }
    let others = SigningKey::generate(Algorithm::EdDsa).unwrap().with_kid("k2").key_set().unwrap();
    let lines = said(&claims(), &others);
    assert!(lines[0].ends_with(r#": the key set names "k2""#), "{lines:?}");
    let lines = said(&claims(), &KeySet::from_secret(&secret()).unwrap());
    assert!(!lines[0].contains("names"), "{lines:?}");
}
