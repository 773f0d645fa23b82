//! Signing: what Better Auth and `jose` expect to read.

use countersign_jwt::{Algorithm, KeyError, KeySet, SignError, SigningKey};
use serde_json::{Value, json};

use crate::fixture::{base64url, claims, jwks, now, public, secret, verifier};

fn pairs() -> impl Iterator<Item = Algorithm> {
    Algorithm::ALL.into_iter().filter(|algorithm| !algorithm.is_symmetric())
}

/// In this build, with this cryptographic library.
#[test]
fn t052_every_algorithm_signs_what_it_verifies() {
    for algorithm in pairs() {
        let key = SigningKey::generate(algorithm).unwrap().with_kid("k1");
        let token = key.sign(&claims()).unwrap();
        let header = base64url(format!(r#"{{"alg":"{algorithm}","kid":"k1"}}"#));
        assert_eq!(token.split('.').next(), Some(header.as_str()));
        let mut published = public(&key);
        published["alg"] = algorithm.as_str().into();
        for keys in [key.key_set().unwrap(), jwks(&[published])] {
            assert_eq!(verifier().verify(&token, &keys, now()).unwrap().subject(), "alice");
        }
    }
    for (algorithm, length) in
        [(Algorithm::Hs256, 32), (Algorithm::Hs384, 48), (Algorithm::Hs512, 64)]
    {
        let secret = vec![7; length];
        let token = SigningKey::from_secret(algorithm, &secret).unwrap().sign(&claims()).unwrap();
        let keys = KeySet::from_secret_for(algorithm, &secret).unwrap();
        verifier().verify(&token, &keys, now()).unwrap();
        let short = &secret[1..];
        assert_eq!(SigningKey::from_secret(algorithm, short).err(), Some(KeyError::Weak));
        assert_eq!(KeySet::from_secret_for(algorithm, short).err(), Some(KeyError::Weak));
    }
    let key = SigningKey::hs256(&secret()).unwrap();
    let token = key.sign(&claims()).unwrap();
    assert_eq!(token.split('.').next(), Some(base64url(r#"{"alg":"HS256"}"#).as_str()));
    verifier().verify(&token, &KeySet::from_secret(&secret()).unwrap(), now()).unwrap();
    verifier().verify(&token, &key.key_set().unwrap(), now()).unwrap();
}

#[test]
fn a_key_survives_the_way_through_the_database() {
    for algorithm in pairs() {
        let key = SigningKey::generate(algorithm).unwrap();
        let stored = key.private_jwk().unwrap();
        let again = SigningKey::from_private_jwk(algorithm, &stored).unwrap();
        assert_eq!(again.public_jwk(), key.public_jwk());
        assert_eq!(*again.private_jwk().unwrap(), *stored);
        let token = again.sign(&claims()).unwrap();
        verifier().verify(&token, &key.key_set().unwrap(), now()).unwrap();
    }
}

/// The order in which Node writes the members; Better Auth stores the text as it is.
#[test]
fn members_stand_in_the_order_of_node() {
    let orders = [
        (Algorithm::EdDsa, "crv x kty", "crv d x kty"),
        (Algorithm::Es256, "kty x y crv", "kty x y crv d"),
        (Algorithm::Es512, "kty x y crv", "kty x y crv d"),
        (Algorithm::Rs256, "kty n e", "kty n e d p q dp dq qi"),
        (Algorithm::Ps256, "kty n e", "kty n e d p q dp dq qi"),
    ];
    for (algorithm, public, private) in orders {
        let key = SigningKey::generate(algorithm).unwrap();
        assert_eq!(names(&key.public_jwk().unwrap()), public);
        assert_eq!(names(&key.private_jwk().unwrap()), private);
    }
    let shared = SigningKey::hs256(&secret()).unwrap();
    assert!(shared.public_jwk().is_none() && shared.private_jwk().is_none());
}

fn names(json: &str) -> String {
    let names = json.split("\":\"").map(|before| before.rsplit('"').next().unwrap());
    let names: Vec<_> = names.collect();
    names[..names.len() - 1].join(" ")
}

#[test]
fn t079_a_private_key_must_fit_the_algorithm_and_itself() {
    let key = SigningKey::generate(Algorithm::EdDsa).unwrap();
    let other = SigningKey::generate(Algorithm::EdDsa).unwrap();
    let jwk: Value = serde_json::from_str(&key.private_jwk().unwrap()).unwrap();
    let read = |jwk: &Value| SigningKey::from_private_jwk(Algorithm::EdDsa, &jwk.to_string()).err();
    let with = |member: &str, value: Value| {
        let mut jwk = jwk.clone();
        jwk[member] = value;
        jwk
    };
    assert_eq!(read(&jwk), None);
    assert_eq!(read(&with("alg", json!("Ed25519"))), None);
    assert_eq!(read(&with("ext", json!(true))), None);
    assert_eq!(read(&with("alg", json!("ES256"))), Some(KeyError::Unsupported));
    assert_eq!(read(&with("x", public(&other)["x"].clone())), Some(KeyError::Rejected));
    assert_eq!(read(&with("d", json!("AAAA"))), Some(KeyError::InvalidMember { member: "d" }));
    assert_eq!(read(&public(&key)), Some(KeyError::InvalidMember { member: "d" }));
    assert_eq!(read(&json!("text")), Some(KeyError::NotJson));
    for wrong in [Algorithm::Es256, Algorithm::Rs256, Algorithm::Hs256] {
        let refusal = SigningKey::from_private_jwk(wrong, &jwk.to_string()).err();
        assert_eq!(refusal, Some(KeyError::Unsupported));
    }
    assert_eq!(SigningKey::generate(Algorithm::Hs256).err(), Some(KeyError::Unsupported));
}

#[test]
fn a_kid_is_written_as_json() {
    let kid = r#"a"b\c"#;
    let key = SigningKey::generate(Algorithm::EdDsa).unwrap().with_kid(kid);
    let token = key.sign(&claims()).unwrap();
    verifier().verify(&token, &jwks(&[public(&key)]), now()).unwrap();
}

#[test]
fn claims_must_be_an_object() {
    let key = SigningKey::hs256(&secret()).unwrap();
    for claims in [json!([1]), json!("text"), json!(null)] {
        assert!(matches!(key.sign(&claims), Err(SignError::NotAnObject)));
    }
}
