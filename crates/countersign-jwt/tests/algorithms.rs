//! Group B: the algorithm comes from the key, never from the token.

use aws_lc_rs::{
    rand::SystemRandom,
    rsa::KeySize,
    signature::{KeyPair, RSA_PSS_SHA256, RsaKeyPair},
};
use base64ct::{Base64UrlUnpadded, Encoding};
use countersign_jwt::{Algorithm, KeySet, SigningKey, TokenError};
use serde_json::{Value, json};

use crate::fixture::{Issuer, base64url, claims, hmac_signer, jwks, now, public, secret, verifier};

#[test]
fn t027_no_spelling_of_none_is_an_algorithm() {
    for issuer in Issuer::both() {
        let good = issuer.good_token();
        let (_signed, old_signature) = good.rsplit_once('.').unwrap();
        for none in ["none", "None", "NONE", "nOnE", "none ", "none\\u0000", "ｎone", ""] {
            let header = format!(r#"{{"alg":"{none}","kid":"ed1"}}"#);
            let signed = format!("{}.{}", base64url(header), base64url(claims().to_string()));
            for signature in ["", old_signature] {
                assert!(issuer.verify(&format!("{signed}.{signature}")).is_err());
            }
        }
    }
}

#[test]
fn t028_t036_only_known_names_of_algorithms_are_read() {
    for issuer in Issuer::both() {
        let names = [
            "null",
            "1",
            r#"["HS256"]"#,
            r#"{"a":1}"#,
            r#""""#,
            r#""hs256""#,
            r#""HS256 ""#,
            r#""ＨＳ256""#,
            r#""HS1""#,
            r#""HS384""#,
            r#""HS512""#,
            r#""RS1""#,
            r#""ES256K""#,
            r#""dir""#,
            r#""A256GCM""#,
            r#""RSA-OAEP""#,
            r#""eddsa""#,
            r#""Ed448""#,
        ];
        for name in names {
            let header = format!(r#"{{"alg":{name},"kid":"ed1"}}"#);
            let token = issuer.sign_bytes(header, claims().to_string());
            assert_eq!(issuer.verify(&token).unwrap_err(), TokenError::UnsupportedAlgorithm);
        }
        let token = issuer.sign_bytes(r#"{"kid":"ed1"}"#, claims().to_string());
        assert_eq!(issuer.verify(&token).unwrap_err(), TokenError::UnsupportedAlgorithm);
    }
}

/// Every text a confused library might take for the secret when it holds a public key.
fn public_key_texts(jwk: &Value) -> Vec<Vec<u8>> {
    let mut texts = vec![jwk.to_string().into_bytes()];
    for member in ["n", "x", "y"] {
        let Some(text) = jwk[member].as_str() else { continue };
        let bytes = Base64UrlUnpadded::decode_vec(text).unwrap();
        let pem = format!("-----BEGIN PUBLIC KEY-----\n{text}\n-----END PUBLIC KEY-----");
        texts.push(text.as_bytes().to_vec());
        texts.push(bytes);
        texts.push(format!("\n {pem}").into_bytes());
        texts.push(format!("{pem}\r\n").into_bytes());
        texts.push(pem.into_bytes());
    }
    texts
}

#[test]
fn t029_t030_a_public_key_is_never_an_hmac_secret() {
    for algorithm in [Algorithm::Rs256, Algorithm::Es256, Algorithm::EdDsa] {
        let key = SigningKey::generate(algorithm).unwrap().with_kid("k1");
        let jwk = public(&key);
        let keys = jwks(std::slice::from_ref(&jwk));
        for text in public_key_texts(&jwk) {
            for header in [r#"{"alg":"HS256"}"#, r#"{"alg":"HS256","kid":"k1"}"#] {
                let signed = format!("{}.{}", base64url(header), base64url(claims().to_string()));
                let signature = base64url(hmac_signer(&text)(signed.as_bytes()));
                let refusal =
                    verifier().verify(&format!("{signed}.{signature}"), &keys, now()).unwrap_err();
                assert!(matches!(
                    refusal,
                    TokenError::NoFittingKey | TokenError::AlgorithmMismatch
                ));
            }
        }
    }
}

#[test]
fn t031_t056_a_published_secret_is_not_a_key() {
    let oct = json!({"kty": "oct", "k": base64url(secret()), "kid": "hs1", "alg": "HS256"});
    let key = SigningKey::generate(Algorithm::EdDsa).unwrap().with_kid("ed1");
    let keys = jwks(&[oct, public(&key)]);
    assert_eq!((keys.len(), keys.skipped()[0].reason.code()), (1, "published_secret"));

    let forged = SigningKey::hs256(&secret()).unwrap();
    for forged in [SigningKey::hs256(&secret()).unwrap().with_kid("hs1"), forged] {
        let token = forged.sign(&claims()).unwrap();
        assert!(verifier().verify(&token, &keys, now()).is_err());
    }
    verifier().verify(&key.sign(&claims()).unwrap(), &keys, now()).unwrap();
}

#[test]
fn t033_t035_a_key_verifies_one_algorithm_only() {
    let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let rsa = aws_lc_rs::encoding::AsDer::as_der(&pair).unwrap();
    let modulus = pair.public_key().as_ref();
    assert!(rsa.as_ref().windows(8).any(|window| modulus.windows(8).any(|m| m == window)));

    // RSAPublicKey of a 2048-bit key with e = 65537: 9 bytes, the modulus, 5 bytes (RFC 8017 §A.1.1).
    let n = &modulus[9..9 + 256];
    let jwk = json!({"kty": "RSA", "n": base64url(n), "e": "AQAB", "kid": "rs1"});
    let keys = jwks(&[jwk]);
    for (name, refusal) in [
        ("PS256", TokenError::UnsupportedAlgorithm),
        ("RS256", TokenError::WrongSignature),
        ("ES256", TokenError::AlgorithmMismatch),
    ] {
        let header = format!(r#"{{"alg":"{name}","kid":"rs1"}}"#);
        let signed = format!("{}.{}", base64url(header), base64url(claims().to_string()));
        let mut signature = vec![0; pair.public_modulus_len()];
        pair.sign(&RSA_PSS_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature)
            .unwrap();
        let token = format!("{signed}.{}", base64url(signature));
        assert_eq!(verifier().verify(&token, &keys, now()).unwrap_err(), refusal);
    }
}

#[test]
fn t034_a_key_without_alg_still_has_just_one() {
    for algorithm in [Algorithm::Rs256, Algorithm::Es256, Algorithm::EdDsa] {
        let key = SigningKey::generate(algorithm).unwrap().with_kid("k1");
        let keys = jwks(&[public(&key)]);
        verifier().verify(&key.sign(&claims()).unwrap(), &keys, now()).unwrap();
        for other in ["HS256", "ES384", "PS512", "RS256", "ES256", "EdDSA"] {
            if other == algorithm.as_str() {
                continue;
            }
            let token = key.sign(&claims()).unwrap();
            let (_header, rest) = token.split_once('.').unwrap();
            let header = base64url(format!(r#"{{"alg":"{other}","kid":"k1"}}"#));
            assert!(verifier().verify(&format!("{header}.{rest}"), &keys, now()).is_err());
        }
    }
}

#[test]
fn t037_ed25519_goes_by_both_of_its_names() {
    let issuer = Issuer::ed25519();
    for name in ["EdDSA", "Ed25519"] {
        let header = format!(r#"{{"alg":"{name}","kid":"ed1"}}"#);
        issuer.verify(&issuer.sign_bytes(header, claims().to_string())).unwrap();
    }
}

#[test]
fn t038_t039_critical_extensions_are_refused() {
    let members = [
        r#""crit":["x"],"x":"1""#,
        r#""crit":["exp"]"#,
        r#""crit":[]"#,
        r#""crit":"exp""#,
        r#""crit":[1]"#,
        r#""crit":["alg"]"#,
        r#""crit":["x","x"]"#,
        r#""crit":null"#,
        r#""b64":false,"crit":["b64"]"#,
        r#""b64":false"#,
    ];
    for issuer in Issuer::both() {
        for member in members {
            let token = issuer.sign_bytes(issuer.header_with(member), claims().to_string());
            let refusal = issuer.verify(&token).unwrap_err();
            assert!(matches!(refusal, TokenError::RefusedHeader { .. }), "{member}");
        }
    }
}

#[test]
fn t041_t042_t043_keys_in_the_header_are_never_used() {
    let attacker = SigningKey::generate(Algorithm::EdDsa).unwrap();
    for issuer in Issuer::both() {
        let members = [
            format!(r#""jwk":{}"#, attacker.public_jwk().unwrap()),
            r#""jwk":{"kty":"oct","k":"AAAA"}"#.to_owned(),
            r#""jku":"http://127.0.0.1:1/x""#.to_owned(),
            r#""jku":"https://auth.test/api/auth/jwks""#.to_owned(),
            r#""x5u":"http://127.0.0.1:1/x""#.to_owned(),
            r#""x5c":["MIIB"]"#.to_owned(),
            r#""x5t":"AAAA""#.to_owned(),
            r#""x5t#S256":"AAAA""#.to_owned(),
        ];
        for member in members {
            let token = issuer.sign_bytes(issuer.header_with(&member), claims().to_string());
            let refusal = issuer.verify(&token).unwrap_err();
            assert!(matches!(refusal, TokenError::RefusedHeader { .. }), "{member}");
        }
    }
}

#[test]
fn t044_t045_t046_only_access_tokens_are_read() {
    for issuer in Issuer::both() {
        let with = |member: &str| {
            issuer.verify(&issuer.sign_bytes(issuer.header_with(member), claims().to_string()))
        };
        for typ in ["JWT", "jwt", "at+jwt", "AT+JWT", "application/at+jwt"] {
            with(&format!(r#""typ":"{typ}""#)).unwrap();
        }
        for typ in ["JOSE+JSON", "dpop+jwt", "logout+jwt", "refresh+jwt", "secevent+jwt", ""] {
            with(&format!(r#""typ":"{typ}""#)).unwrap_err();
        }
        for member in [
            r#""typ":5"#,
            r#""typ":null"#,
            r#""typ":"better-auth.session-cache+jwt""#,
            r#""cty":"JWT""#,
            r#""zip":"DEF""#,
            r#""enc":"A256GCM""#,
        ] {
            with(member).unwrap_err();
        }
    }
}

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
