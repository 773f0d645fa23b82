//! Group B: the algorithm comes from the key, never from the token.

use aws_lc_rs::{
    encoding::AsDer,
    rand::SystemRandom,
    rsa::KeySize,
    signature::{
        ECDSA_P521_SHA384_FIXED_SIGNING, ECDSA_P521_SHA512_FIXED_SIGNING, EcdsaKeyPair, KeyPair,
        RSA_PKCS1_SHA384, RSA_PSS_SHA256, RsaEncoding, RsaKeyPair, RsaPublicKeyComponents,
    },
};
use base64ct::{Base64, Base64UrlUnpadded, Encoding};
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
            r#""RS1""#,
            r#""ES256K""#,
            r#""dir""#,
            r#""A256GCM""#,
            r#""RSA-OAEP""#,
            r#""eddsa""#,
            r#""Ed448""#,
        ];
        let long = format!("{:?}", "HS256".repeat(500));
        for name in names.into_iter().chain([long.as_str()]) {
            let header = format!(r#"{{"alg":{name},"kid":"ed1"}}"#);
            let token = issuer.sign_bytes(header, claims().to_string());
            assert_eq!(issuer.verify(&token).unwrap_err(), TokenError::UnsupportedAlgorithm);
        }
        let token = issuer.sign_bytes(r#"{"kid":"ed1"}"#, claims().to_string());
        assert_eq!(issuer.verify(&token).unwrap_err(), TokenError::UnsupportedAlgorithm);
    }
}

/// The key as X.509 writes it (RFC 5280 §4.1.2.7, RFC 8410 §4, RFC 5480 §2).
fn subject_public_key_info(jwk: &Value) -> Vec<u8> {
    const ED25519: &[u8] = b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00";
    const P256: &[u8] =
        b"\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\
        \x03\x01\x07\x03\x42\x00\x04";
    let number = |name: &str| Base64UrlUnpadded::decode_vec(jwk[name].as_str().unwrap()).unwrap();
    match jwk["kty"].as_str().unwrap() {
        "OKP" => [ED25519, &number("x")].concat(),
        "EC" => [P256, &number("x"), &number("y")].concat(),
        _ => {
            let components = RsaPublicKeyComponents { n: number("n"), e: number("e") };
            components.as_der().unwrap().as_ref().to_vec()
        }
    }
}

/// Every text a confused library might take for the secret when it holds a public key.
fn public_key_texts(jwk: &Value) -> Vec<Vec<u8>> {
    let der = subject_public_key_info(jwk);
    let base64 = Base64::encode_string(&der);
    let lines: Vec<_> =
        base64.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----", lines.join("\n"));
    let mut texts: Vec<_> = [
        jwk.to_string(),
        base64,
        format!("{pem}\n"),
        format!("\n{pem}"),
        format!(" {pem}"),
        format!("{pem}\n").replace('\n', "\r\n"),
        pem,
    ]
    .map(String::into_bytes)
    .into();
    texts.push(der);
    for member in ["n", "x", "y"] {
        let Some(text) = jwk[member].as_str() else { continue };
        texts.push(text.as_bytes().to_vec());
        texts.push(Base64UrlUnpadded::decode_vec(text).unwrap());
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
fn t032_a_secret_is_for_one_hash() {
    let long = [7; 64];
    for (kid, keys) in [
        (None, KeySet::from_secret(&long).unwrap()),
        (Some("s"), KeySet::from_named_secrets([("s", Algorithm::Hs256, &long[..])]).unwrap()),
    ] {
        for algorithm in [Algorithm::Hs384, Algorithm::Hs512] {
            let mut key = SigningKey::from_secret(algorithm, &long).unwrap();
            if let Some(kid) = kid {
                key = key.with_kid(kid);
            }
            let refusal = verifier().verify(&key.sign(&claims()).unwrap(), &keys, now());
            let expected = match kid {
                Some(_) => TokenError::AlgorithmMismatch,
                None => TokenError::NoFittingKey,
            };
            assert_eq!(refusal.unwrap_err(), expected);
        }
    }
}

#[test]
fn t033_t035_a_key_verifies_one_algorithm_only() {
    let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    // RSAPublicKey of a 2048-bit key with e = 65537: 9 bytes, the modulus, 5 bytes (RFC 8017 §A.1.1).
    let n = &pair.public_key().as_ref()[9..9 + 256];
    let jwk = json!({"kty": "RSA", "n": base64url(n), "e": "AQAB", "kid": "rs1"});
    let keys = jwks(&[jwk]);
    let encodings: [&dyn RsaEncoding; 2] = [&RSA_PSS_SHA256, &RSA_PKCS1_SHA384];
    for (name, encoding, refusal) in [
        ("PS256", encodings[0], TokenError::AlgorithmMismatch),
        ("RS256", encodings[0], TokenError::WrongSignature),
        ("ES256", encodings[0], TokenError::AlgorithmMismatch),
        ("RS384", encodings[1], TokenError::AlgorithmMismatch),
        ("RS256", encodings[1], TokenError::WrongSignature),
    ] {
        let header = format!(r#"{{"alg":"{name}","kid":"rs1"}}"#);
        let signed = format!("{}.{}", base64url(header), base64url(claims().to_string()));
        let mut signature = vec![0; pair.public_modulus_len()];
        pair.sign(encoding, &SystemRandom::new(), signed.as_bytes(), &mut signature).unwrap();
        let token = format!("{signed}.{}", base64url(signature));
        assert_eq!(verifier().verify(&token, &keys, now()).unwrap_err(), refusal);
    }
}

#[test]
fn t035_an_ecdsa_signature_over_another_hash_is_wrong() {
    for (signing, refusal) in [
        (&ECDSA_P521_SHA512_FIXED_SIGNING, None),
        (&ECDSA_P521_SHA384_FIXED_SIGNING, Some(TokenError::WrongSignature)),
    ] {
        let pair = EcdsaKeyPair::generate(signing).unwrap();
        let (x, y) = pair.public_key().as_ref()[1..].split_at(66);
        let jwk = json!({"kty": "EC", "crv": "P-521", "x": base64url(x), "y": base64url(y)});
        let header = base64url(r#"{"alg":"ES512"}"#);
        let signed = format!("{header}.{}", base64url(claims().to_string()));
        let signature = pair.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
        let token = format!("{signed}.{}", base64url(signature));
        assert_eq!(verifier().verify(&token, &jwks(&[jwk]), now()).err(), refusal);
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
    let token = issuer.sign_bytes(r#"{"alg":"Ed448","kid":"ed1"}"#, claims().to_string());
    assert_eq!(issuer.verify(&token).unwrap_err(), TokenError::UnsupportedAlgorithm);
}

#[test]
fn t039_a_payload_that_is_not_encoded_is_refused() {
    for issuer in Issuer::both() {
        for b64 in ["false", r#""false""#] {
            let member = format!(r#""b64":{b64},"crit":["b64"]"#);
            let header = base64url(issuer.header_with(&member));
            let token = issuer.sign_text(format!("{header}.{}", claims()));
            assert!(issuer.verify(&token).is_err());
            let token = issuer.sign_text(format!("{header}.no-dots-inside"));
            assert!(matches!(issuer.verify(&token), Err(TokenError::RefusedHeader { .. })));
        }
    }
}

#[test]
fn t038_t039_critical_extensions_are_refused() {
    let members = [
        r#""crit":["x"],"x":"1""#,
        r#""crit":["exp"]"#,
        r#""crit":["not-there"]"#,
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
        let nested = issuer.sign_bytes(issuer.header_with(r#""cty":"JWT""#), issuer.good_token());
        issuer.verify(&nested).unwrap_err();
    }
}
