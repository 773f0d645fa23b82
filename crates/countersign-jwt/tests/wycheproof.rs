//! Project Wycheproof (C2SP, Apache-2.0): signatures and keys that others got wrong.
//!
//! The files are data, taken as they are. Cases that are not met are listed with the reason; one that
//! is met after all fails.

use base64ct::{Base64UrlUnpadded, Encoding};
use countersign_jwt::{Algorithm, KeySet, dangerous};
use serde_json::{Value, json};

/// By number: the file says otherwise, and why we do not follow.
const EXCEPTIONS: [(u64, &str); 8] = [
    (346, "the key is for PS256, the token says PS384"),
    (347, "the key is for ES521, which is no algorithm"),
    (350, "the key is for PS256, the token says PS384"),
    (351, "the key is for ES521, which is no algorithm"),
    (367, "byte for byte the valid token 357"),
    (370, "byte for byte the valid token 357"),
    (372, "holds `?`, which RFC 7515 §5.2 refuses; marked valid"),
    (373, "holds `?`, which RFC 7515 §5.2 refuses; marked valid"),
];

fn groups(file: &str) -> Vec<Value> {
    let file: Value = serde_json::from_str(file).unwrap();
    file["testGroups"].as_array().unwrap().clone()
}

/// The keys of a group: public ones as a key set brings them, secrets as settings do. What mixes both
/// is no set.
fn keys(group: &Value) -> Option<KeySet> {
    let given = group.get("public").unwrap_or(&group["private"]);
    let keys = given["keys"].as_array().cloned().unwrap_or_else(|| vec![given.clone()]);
    if keys.iter().all(|key| key["kty"] != "oct") {
        return KeySet::from_jwks_json(json!({ "keys": keys }).to_string().as_bytes()).ok();
    }
    let secrets: Vec<_> = keys.iter().map(secret).collect::<Option<_>>()?;
    let secrets = secrets.iter().map(|(kid, algorithm, secret)| (*kid, *algorithm, &secret[..]));
    KeySet::from_named_secrets(secrets).ok()
}

fn secret(jwk: &Value) -> Option<(&str, Algorithm, Vec<u8>)> {
    if jwk.get("use").is_some_and(|purpose| purpose != "sig") {
        return None;
    }
    let bytes = Base64UrlUnpadded::decode_vec(jwk["k"].as_str()?).ok()?;
    Some((jwk["kid"].as_str()?, jwk["alg"].as_str()?.parse().ok()?, bytes))
}

fn verifies(group: &Value, jws: &str) -> bool {
    let Some(keys) = keys(group) else { return false };
    dangerous::signed_payload(jws, &keys).is_ok()
}

fn disagreements(file: &str) -> (usize, Vec<(u64, String)>) {
    let (mut cases, mut found) = (0, Vec::new());
    for group in groups(file) {
        for test in group["tests"].as_array().unwrap() {
            cases += 1;
            let expected = test["result"] == "valid";
            let jws = test["jws"].as_str().or(test["jwe"].as_str()).unwrap_or_default();
            if verifies(&group, jws) != expected {
                let number = test["tcId"].as_u64().unwrap();
                found.push((number, format!("{} {}", group["comment"], test["comment"])));
            }
        }
    }
    (cases, found)
}

#[test]
fn signatures_are_judged_as_the_file_says_but_for_eight_that_it_gets_wrong() {
    let file = include_str!("vectors/wycheproof/json_web_signature_test.json");
    let (cases, found) = disagreements(file);
    assert_eq!(cases, 401);
    let numbers: Vec<_> = found.iter().map(|(number, _)| *number).collect();
    let expected: Vec<_> = EXCEPTIONS.iter().map(|(number, _)| *number).collect();
    assert_eq!(numbers, expected, "{found:#?}");
}

#[test]
fn keys_are_judged_as_the_file_says() {
    let file = include_str!("vectors/wycheproof/json_web_key_test.json");
    let (cases, found) = disagreements(file);
    assert_eq!(cases, 26);
    assert_eq!(found, []);
}

/// Tokens and encrypted messages; of the latter none is opened, also not those that are valid.
#[test]
fn t005_signed_messages_are_judged_as_the_file_says_and_encrypted_ones_are_refused() {
    let file = include_str!("vectors/wycheproof/json_web_crypto_test.json");
    let (cases, found) = disagreements(file);
    assert_eq!(cases, 83);
    let valid_but_encrypted = groups(file)
        .iter()
        .filter(|group| group["comment"].as_str().unwrap().starts_with("jwe"))
        .flat_map(|group| group["tests"].as_array().unwrap().clone())
        .filter(|test| test["result"] == "valid")
        .map(|test| test["tcId"].as_u64().unwrap())
        .collect::<Vec<_>>();
    let numbers: Vec<_> = found.iter().map(|(number, _)| *number).collect();
    assert_eq!(numbers, valid_but_encrypted, "{found:#?}");
}
