//! A token that was changed in one character, grown or cut by one, is no token any more.
//!
//! For one algorithm of each kind every other character of base64url and the dot is tried at every
//! place; for the others, and for characters that are put in, those whose bits are nearest.

use countersign_jwt::{Algorithm, SigningKey};
use serde_json::json;

use crate::fixture::{AUDIENCE, ISSUER, NOW, now, verifier};

const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";

/// Neighbours in the alphabet differ in the lowest bits, where spare bits would hide.
const NEAREST: [usize; 5] = [1, 2, 4, 16, 32];

/// Tries the changes that lead so many steps on in the alphabet; how many tokens that was.
fn try_changes(algorithm: Algorithm, steps: &[usize]) -> usize {
    let key = if algorithm.is_symmetric() {
        SigningKey::from_secret(algorithm, &[7; 64])
    } else {
        SigningKey::generate(algorithm)
    };
    let key = key.unwrap().with_kid("k");
    let claims = json!({"iss": ISSUER, "aud": AUDIENCE, "sub": "alice", "exp": NOW + 900});
    let (token, keys) = (key.sign(&claims).unwrap(), key.key_set().unwrap());
    let mut tried = 0;
    let mut verifies = |token: &[u8]| {
        tried += 1;
        verifier().verify(str::from_utf8(token).unwrap(), &keys, now()).is_ok()
    };
    assert!(verifies(token.as_bytes()));
    let mut bytes = token.into_bytes();
    for at in 0..bytes.len() {
        let was = bytes.remove(at);
        assert!(!verifies(&bytes), "{algorithm} without the character at {at}");
        let start = ALPHABET.iter().position(|byte| *byte == was).unwrap();
        let other = |step: &usize| ALPHABET[(start + step) % ALPHABET.len()];
        for byte in steps.iter().map(other) {
            bytes.insert(at, byte);
            assert!(!verifies(&bytes), "{algorithm} with {byte} at {at}");
            bytes.remove(at);
        }
        bytes.insert(at, was);
        for byte in NEAREST.iter().map(other).chain([was]) {
            bytes.insert(at, byte);
            assert!(!verifies(&bytes), "{algorithm} with {byte} before {at}");
            bytes.remove(at);
        }
    }
    assert!(verifies(&bytes));
    tried
}

fn every_step() -> Vec<usize> {
    (1..ALPHABET.len()).collect()
}

#[test]
fn t025_no_change_makes_a_second_hs256_token() {
    assert!(try_changes(Algorithm::Hs256, &every_step()) > 10_000);
}

#[test]
fn t025_no_change_makes_a_second_rs256_token() {
    assert!(try_changes(Algorithm::Rs256, &every_step()) > 30_000);
}

#[test]
fn t025_no_change_makes_a_second_es256_token() {
    assert!(try_changes(Algorithm::Es256, &every_step()) > 14_000);
}

#[test]
fn t025_no_change_makes_a_second_eddsa_token() {
    assert!(try_changes(Algorithm::EdDsa, &every_step()) > 14_000);
}

#[test]
fn t025_no_near_change_makes_a_second_token_of_the_other_algorithms() {
    let tried = [Algorithm::Hs256, Algorithm::Rs256, Algorithm::Es256, Algorithm::EdDsa];
    for algorithm in Algorithm::ALL {
        if !tried.contains(&algorithm) {
            assert!(try_changes(algorithm, &NEAREST[..3]) > 1_500, "{algorithm}");
        }
    }
}
