//! Group B, the signature itself: numbers that are no signature, and second forms of one that is.

use aws_lc_rs::digest::{SHA256, digest};
use base64ct::{Base64UrlUnpadded, Encoding};
use countersign_jwt::{Algorithm, KeySet, SigningKey, TokenError, TokenHash};

use crate::fixture::{Issuer, base64url, claims, now, verifier};

#[test]
fn t047_special_numbers_are_no_ecdsa_signature() {
    let order = hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
    let mut below = order.clone();
    *below.last_mut().unwrap() -= 1;
    let (zero, one) = (vec![0; 32], [vec![0; 31], vec![1]].concat());
    let numbers = [&zero, &one, &below, &order, &vec![0xff; 32]];

    let key = SigningKey::generate(Algorithm::Es256).unwrap().with_kid("k1");
    let keys: KeySet = key.key_set().unwrap();
    let token = key.sign(&claims()).unwrap();
    let (signed, good) = token.rsplit_once('.').unwrap();
    let good = Base64UrlUnpadded::decode_vec(good).unwrap();
    let refused = |signature: &[u8]| {
        let forged = format!("{signed}.{}", base64url(signature));
        assert!(verifier().verify(&forged, &keys, now()).is_err());
    };
    for r in numbers {
        for s in numbers {
            refused(&[r.as_slice(), s].concat());
        }
        refused(&[&good[..32], r].concat());
        refused(&[r, &good[32..]].concat());
    }
    refused(&good[..63]);
    refused(&[&good[..], &[0]].concat());
    refused(&[]);
}

/// Whoever holds an ECDSA signature (r, s) can make the second, (r, n - s). Both are taken: RFC 7518
/// §3.4 does not choose, and other issuers' libraries write either. So a token is known by its claims,
/// never by its text or its hash: what is revoked or used up by `jti` is so in both spellings.
#[test]
fn t048_the_second_form_of_an_ecdsa_signature_is_the_same_token() {
    let order = hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
    let key = SigningKey::generate(Algorithm::Es256).unwrap();
    let keys = key.key_set().unwrap();
    let token = key.sign(&claims()).unwrap();
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let mut signature = Base64UrlUnpadded::decode_vec(signature).unwrap();
    let mut borrow = 0;
    for (byte, from) in signature[32..].iter_mut().zip(order).rev() {
        let difference = i16::from(from) - i16::from(*byte) - borrow;
        borrow = i16::from(difference < 0);
        *byte = u8::try_from(difference.rem_euclid(256)).unwrap();
    }
    let second = format!("{signed}.{}", base64url(signature));
    assert_ne!(second, token);
    let [first, second] = [token, second].map(|token| {
        let claims = verifier().verify(&token, &keys, now()).unwrap();
        (claims.token_id().unwrap().to_owned(), claims.as_map().clone())
    });
    assert_eq!(first, second);
}

#[test]
fn t048_the_hash_of_a_token_is_made_over_what_is_signed_and_no_more() {
    let issuer = Issuer::ed25519();
    let token = issuer.good_token();
    let (signed, _signature) = token.rsplit_once('.').unwrap();
    let hash = TokenHash::of(&token).unwrap();
    assert_eq!(hash.as_bytes(), digest(&SHA256, signed.as_bytes()).as_ref());
    assert_eq!(TokenHash::from_bytes(*hash.as_bytes()), hash);
    for signature in [base64url([1; 64]), String::new(), "x".to_owned()] {
        assert_eq!(TokenHash::of(&format!("{signed}.{signature}")).unwrap(), hash);
    }
    let (header, payload) = signed.split_once('.').unwrap();
    for other in [format!("{header}.{payload}x.s"), format!("{header}x.{payload}.s")] {
        assert_ne!(TokenHash::of(&other).unwrap(), hash);
    }
    for no_token in ["", "a", "a.b", ".a.b", "a.b.c.d"] {
        assert_eq!(TokenHash::of(no_token), Err(TokenError::NotThreeParts));
    }
}

#[test]
fn t051_an_ed25519_signature_has_one_form() {
    // The order of the base point, little-endian (RFC 8032 §5.1).
    let order = hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
    let issuer = Issuer::ed25519();
    let token = issuer.good_token();
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let mut signature = Base64UrlUnpadded::decode_vec(signature).unwrap();
    let mut carry = 0;
    for (byte, add) in signature[32..].iter_mut().zip(order) {
        let sum = u16::from(*byte) + u16::from(add) + carry;
        *byte = u8::try_from(sum & 0xff).unwrap();
        carry = sum >> 8;
    }
    let forged = format!("{signed}.{}", base64url(signature));
    assert_eq!(issuer.verify(&forged).unwrap_err(), TokenError::WrongSignature);
}

fn hex(text: &str) -> Vec<u8> {
    let digits = text.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap());
    digits.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect()
}
