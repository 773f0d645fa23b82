//! RFC 7520 §4: one sentence signed in eight ways, of which four are compact and whole.
//!
//! `vectors/rfc7520.json` holds what the RFC's authors published (github.com/ietf-jose/cookbook, commit
//! `13692b68`, public domain) without the private members and the steps between; every key is given
//! the algorithm it is used with.

use base64ct::{Base64UrlUnpadded, Encoding};
use countersign_jwt::{KeySet, Part, TokenError, dangerous};
use serde_json::Value;

use crate::fixture::{jwks, now, verifier};

fn examples() -> Vec<Value> {
    serde_json::from_str(include_str!("vectors/rfc7520.json")).unwrap()
}

fn key_set(jwk: &Value) -> KeySet {
    if jwk["kty"] != "oct" {
        return jwks(std::slice::from_ref(jwk));
    }
    let secret = Base64UrlUnpadded::decode_vec(jwk["k"].as_str().unwrap()).unwrap();
    let algorithm = jwk["alg"].as_str().unwrap().parse().unwrap();
    KeySet::from_named_secrets([(jwk["kid"].as_str().unwrap(), algorithm, &secret[..])]).unwrap()
}

#[test]
fn the_compact_examples_verify() {
    let mut sections = Vec::new();
    for example in examples() {
        let Some(compact) = example["output"]["compact"].as_str() else { continue };
        if example["section"] == "4.5" {
            continue;
        }
        let keys = key_set(&example["keys"][0]);
        let payload = dangerous::signed_payload(compact, &keys).unwrap();
        assert_eq!(payload, example["payload"].as_str().unwrap().as_bytes());
        // It is a sentence, and no claims.
        let refusal = verifier().verify(compact, &keys, now()).unwrap_err();
        assert_eq!(refusal, TokenError::NotStrictJson { part: Part::Payload });
        sections.push(example["section"].as_str().unwrap().to_owned());
    }
    assert_eq!(sections, ["4.1", "4.2", "4.3", "4.4"]);
}

#[test]
fn a_detached_payload_is_not_fetched_from_anywhere() {
    let example = examples().into_iter().find(|example| example["section"] == "4.5").unwrap();
    let compact = example["output"]["compact"].as_str().unwrap();
    let refusal = dangerous::signed_payload(compact, &key_set(&example["keys"][0])).unwrap_err();
    assert_eq!(refusal, TokenError::WrongSignature);
}

#[test]
fn t006_the_json_serializations_are_refused() {
    let mut refused = 0;
    for example in examples() {
        let keys = example["keys"].as_array().unwrap();
        for form in ["json", "json_flat"] {
            let Some(message) = example["output"].get(form) else { continue };
            for keys in keys.iter().map(key_set) {
                assert!(dangerous::signed_payload(&message.to_string(), &keys).is_err());
                refused += 1;
            }
        }
    }
    assert_eq!(refused, 7 * 2 + 3);
}
