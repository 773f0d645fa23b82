//! Group C: which keys are keys, and which of them is meant.

use countersign_jwt::{Algorithm, KeyError, KeySet, SigningKey, TokenError};
use serde_json::{Value, json};

use crate::fixture::{Issuer, base64url, claims, hmac_signer, jwks, now, public, secret, verifier};

fn signing_key(kid: &str) -> SigningKey {
    SigningKey::generate(Algorithm::EdDsa).unwrap().with_kid(kid)
}

fn verify(key: &SigningKey, keys: &KeySet) -> Result<(), TokenError> {
    verifier().verify(&key.sign(&claims()).unwrap(), keys, now()).map(drop)
}

/// Why the only key of a set is not used.
fn reason(jwk: Value) -> KeyError {
    let keys = jwks(std::slice::from_ref(&jwk));
    assert!(keys.is_empty(), "{jwk}");
    keys.skipped()[0].reason.clone()
}

#[test]
fn t053_short_secrets_are_refused() {
    for length in [0, 1, 31] {
        assert_eq!(KeySet::from_secret(&vec![1; length]).err(), Some(KeyError::Weak));
        assert_eq!(SigningKey::hs256(&vec![1; length]).err(), Some(KeyError::Weak));
    }
    for (algorithm, longest) in [(Algorithm::Hs384, 47), (Algorithm::Hs512, 63)] {
        for length in [0, 1, 32, longest] {
            let secret = vec![1; length];
            assert_eq!(KeySet::from_secret_for(algorithm, &secret).err(), Some(KeyError::Weak));
            let named = KeySet::from_named_secrets([("s", algorithm, &secret[..])]);
            assert_eq!(named.err(), Some(KeyError::Weak));
            assert_eq!(SigningKey::from_secret(algorithm, &secret).err(), Some(KeyError::Weak));
        }
        let secret = vec![1; longest + 1];
        let key = SigningKey::from_secret(algorithm, &secret).unwrap();
        verify(&key, &KeySet::from_secret_for(algorithm, &secret).unwrap()).unwrap();
    }
    for length in [32, 48, 64, 65] {
        let (secret, key) = (vec![1; length], SigningKey::hs256(&vec![1; length]).unwrap());
        verify(&key, &KeySet::from_secret(&secret).unwrap()).unwrap();
    }
}

#[test]
fn t055_t076_a_kid_is_only_ever_compared() {
    let issuer = Issuer::ed25519();
    let kids = [
        "../../../../dev/null",
        "/dev/null",
        "x' UNION SELECT '1';--",
        "|sleep 10",
        "${jndi:ldap://x}",
        "ED1",
        "ed1 ",
        "ed",
        "ed11",
    ];
    for kid in kids {
        let header = json!({"alg": "EdDSA", "kid": kid}).to_string();
        let token = issuer.sign_bytes(header, claims().to_string());
        assert_eq!(issuer.verify(&token).unwrap_err(), TokenError::UnknownKey);
    }
}

#[test]
fn t055_t076_an_unknown_kid_is_no_empty_secret() {
    let secret = secret();
    let keys = KeySet::from_named_secrets([("s1", Algorithm::Hs256, &secret[..])]).unwrap();
    for kid in ["s2", "/dev/null", "x' UNION SELECT '1';--", ""] {
        for known in [&b""[..], b"\0", b"1", &[0; 32]] {
            let header = json!({"alg": "HS256", "kid": kid}).to_string();
            let signed = format!("{}.{}", base64url(header), base64url(claims().to_string()));
            let signature = base64url(hmac_signer(known)(signed.as_bytes()));
            let refusal = verifier().verify(&format!("{signed}.{signature}"), &keys, now());
            let expected = match kid {
                "" => TokenError::RefusedHeader { member: "kid" },
                _ => TokenError::UnknownKey,
            };
            assert_eq!(refusal.unwrap_err(), expected);
        }
    }
}

#[test]
fn t021_a_kid_is_a_short_text() {
    let issuer = Issuer::ed25519();
    let long = Value::from("k".repeat(4096));
    for kid in [json!(5), json!(null), json!({}), json!([]), json!(""), json!("a\r\nb"), long] {
        let header = json!({"alg": "EdDSA", "kid": kid}).to_string();
        let token = issuer.sign_bytes(header, claims().to_string());
        assert_eq!(issuer.verify(&token).unwrap_err(), TokenError::RefusedHeader { member: "kid" });
    }
}

#[test]
fn t057_keys_that_share_a_kid_are_not_used() {
    let (one, two, other) = (signing_key("same"), signing_key("same"), signing_key("other"));
    let keys = jwks(&[public(&one), public(&other), public(&two)]);
    assert_eq!(keys.skipped().len(), 2);
    assert!(keys.skipped().iter().all(|skipped| skipped.reason == KeyError::DuplicateKid));
    assert_eq!(verify(&one, &keys), Err(TokenError::UnknownKey));
    assert_eq!(verify(&two, &keys), Err(TokenError::UnknownKey));
    assert_eq!(verify(&other, &keys), Ok(()));
}

#[test]
fn t058_keys_for_another_purpose_are_not_used() {
    let key = signing_key("k1");
    let with = |member: &str, value: Value| {
        let mut jwk = public(&key);
        jwk[member] = value;
        jwk
    };
    for (member, value) in [
        ("use", json!("enc")),
        ("use", json!("")),
        ("key_ops", json!(["encrypt"])),
        ("key_ops", json!(["sign"])),
        ("key_ops", json!(["verify", "verify"])),
        ("key_ops", json!([])),
    ] {
        assert_eq!(reason(with(member, value)), KeyError::NotForSignatures);
    }
    assert_eq!(reason(with("use", json!(5))), KeyError::InvalidMember { member: "use" });
    assert_eq!(
        reason(with("key_ops", json!("verify"))),
        KeyError::InvalidMember { member: "key_ops" }
    );
    for (member, value) in [("use", json!("sig")), ("key_ops", json!(["verify"]))] {
        assert_eq!(verify(&key, &jwks(&[with(member, value)])), Ok(()));
    }
}

#[test]
fn t059_t063_members_that_do_not_belong_together_are_refused() {
    let zeros = base64url([1; 32]);
    for jwk in [
        json!({"kty": "OKP", "crv": "X25519", "x": zeros}),
        json!({"kty": "OKP", "crv": "Ed448", "x": base64url([1; 57])}),
        json!({"kty": "OKP", "x": zeros}),
        json!({"kty": "OKP", "crv": "Ed25519", "x": zeros, "alg": "ES256"}),
        json!({"kty": "OKP", "crv": "P-256", "x": zeros, "y": zeros}),
        json!({"kty": "EC", "crv": "P-384", "x": zeros, "y": zeros, "alg": "ES256"}),
        json!({"kty": "EC", "crv": "Ed25519", "x": zeros}),
        json!({"kty": "RSA", "crv": "P-256", "n": zeros, "e": "AQAB"}),
        json!({"kty": "EC", "crv": "P-521", "x": zeros, "y": zeros, "alg": "ES521"}),
        json!({"kty": "AKP", "alg": "ML-DSA-44", "pub": zeros}),
    ] {
        assert_eq!(reason(jwk), KeyError::Unsupported);
    }
    for length in [0, 31, 33] {
        let jwk = json!({"kty": "OKP", "crv": "Ed25519", "x": base64url(vec![1; length])});
        assert_eq!(reason(jwk), KeyError::InvalidMember { member: "x" });
    }
}

#[test]
fn t063_ed25519_points_of_small_order_and_second_spellings_are_refused() {
    let small = [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ];
    // y + p for every y that has room for it below 2^255: 19 second spellings.
    let second = (0xed..=0xff).map(|last| {
        let mut y = [0xff; 32];
        (y[0], y[31]) = (last, 0x7f);
        y
    });
    let points = small.iter().map(|text| hex::decode(text).unwrap().try_into().unwrap());
    for mut point in points.chain(second) {
        for sign in [0, 0x80] {
            point[31] |= sign;
            let jwk = json!({"kty": "OKP", "crv": "Ed25519", "x": base64url(point)});
            assert_eq!(reason(jwk), KeyError::Rejected);
        }
    }
    // The neighbours of p and the base point are points like any other.
    for text in [
        "ebffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7e",
        "5866666666666666666666666666666666666666666666666666666666666666",
    ] {
        let x = base64url(hex::decode(text).unwrap());
        assert_eq!(jwks(&[json!({"kty": "OKP", "crv": "Ed25519", "x": x})]).len(), 1);
    }
}

#[test]
fn t060_points_off_the_curve_are_refused() {
    let key = SigningKey::generate(Algorithm::Es256).unwrap();
    let with = |x: &[u8], y: &[u8]| json!({"kty": "EC", "crv": "P-256", "x": base64url(x), "y": base64url(y)});
    assert_eq!(reason(with(&[0; 32], &[0; 32])), KeyError::Rejected);
    assert_eq!(reason(with(&[1; 32], &[2; 32])), KeyError::Rejected);
    assert_eq!(reason(with(&[1; 31], &[2; 33])), KeyError::InvalidMember { member: "x" });
    assert_eq!(reason(with(&[1; 32], &[2; 31])), KeyError::InvalidMember { member: "y" });
    let mut swapped = public(&key);
    let (x, y) = (swapped["x"].clone(), swapped["y"].clone());
    (swapped["x"], swapped["y"]) = (y, x);
    assert_eq!(reason(swapped), KeyError::Rejected);
}

#[test]
fn t061_weak_rsa_keys_are_refused() {
    let modulus = |bits: usize| {
        let mut n = vec![0xff; bits.div_ceil(8)];
        n[0] >>= (8 - bits % 8) % 8;
        n
    };
    let with = |n: &[u8], e: &[u8]| json!({"kty": "RSA", "n": base64url(n), "e": base64url(e)});
    for bits in [8, 1024, 2047, 8193, 16_384] {
        assert_eq!(reason(with(&modulus(bits), &[1, 0, 1])), KeyError::Weak, "{bits}");
    }
    for exponent in
        [&[][..], &[0], &[1], &[2], &[1, 0, 0], &[0, 1, 0, 1], &[2, 0, 0, 0, 1], &[1; 6]]
    {
        assert_eq!(reason(with(&modulus(2048), exponent)), KeyError::Weak, "{exponent:?}");
    }
    let mut even = modulus(2048);
    even[255] = 0xfe;
    assert_eq!(reason(with(&even, &[1, 0, 1])), KeyError::Weak);
    assert_eq!(reason(with(&[&[0][..], &modulus(2048)].concat(), &[1, 0, 1])), KeyError::Weak);
    assert_eq!(reason(with(&[], &[1, 0, 1])), KeyError::Weak);
    assert_eq!(reason(with(&[0], &[1, 0, 1])), KeyError::Weak);
}

/// Made once with OpenSSL, which takes its time; the private half was not kept.
#[test]
fn t061_the_largest_rsa_key_verifies() {
    let largest: Value = serde_json::from_str(include_str!("vectors/rsa8192.json")).unwrap();
    let token = largest["token"].as_str().unwrap();
    let keys = jwks(&[json!({"kty": "RSA", "n": largest["n"], "e": largest["e"]})]);
    assert_eq!(verifier().verify(token, &keys, now()).unwrap().subject(), "alice");
}

#[test]
fn t062_a_key_of_a_broken_generator_is_refused() {
    let file: Value =
        serde_json::from_str(include_str!("vectors/wycheproof/json_web_key_test.json")).unwrap();
    let groups = file["testGroups"].as_array().unwrap();
    let group = groups.iter().find(|group| group["comment"] == "jws_rsa_roca_key").unwrap();
    assert_eq!(reason(group["public"]["keys"][0].clone()), KeyError::Weak);
}

#[test]
fn t064_a_key_set_that_publishes_a_private_key_does_not_work() {
    for algorithm in [Algorithm::EdDsa, Algorithm::Es256, Algorithm::Rs256] {
        let key = SigningKey::generate(algorithm).unwrap();
        let private: Value = serde_json::from_str(&key.private_jwk().unwrap()).unwrap();
        assert_eq!(reason(private), KeyError::PublishedSecret);
    }
}

#[test]
fn t065_one_odd_key_does_not_take_the_others_down() {
    let key = signing_key("good");
    let keys =
        jwks(&[json!({"kty": "XYZ"}), json!("text"), json!({"kty": 5}), json!({}), public(&key)]);
    assert_eq!((keys.len(), keys.skipped().len()), (1, 4));
    assert_eq!(verify(&key, &keys), Ok(()));
}

#[test]
fn t066_t068_what_is_not_a_key_set_is_an_error() {
    for text in [
        "",
        "[]",
        "{}",
        "null",
        r#"{"keys":{}}"#,
        r#"{"keys":[]"#,
        r#"{"keys":[],"keys":[]}"#,
        "<html>",
    ] {
        assert_eq!(KeySet::from_jwks_json(text.as_bytes()).err(), Some(KeyError::NotAKeySet));
    }
    let many = json!({"keys": vec![json!({}); 101]}).to_string();
    assert_eq!(KeySet::from_jwks_json(many.as_bytes()).err(), Some(KeyError::TooManyKeys));
    assert!(KeySet::from_jwks_json(br#"{"keys":[]}"#).unwrap().is_empty());
}

#[test]
fn t075_without_a_kid_exactly_one_key_must_fit() {
    let nameless = SigningKey::generate(Algorithm::EdDsa).unwrap();
    let rsa = SigningKey::generate(Algorithm::Rs256).unwrap().with_kid("rs1");
    let only = jwks(&[public(&nameless), public(&rsa)]);
    assert_eq!(verify(&nameless, &only), Ok(()));

    let mut named = public(&nameless);
    named["kid"] = "ed1".into();
    assert_eq!(verify(&nameless, &jwks(&[named.clone(), public(&rsa)])), Ok(()));
    let three = jwks(&[named, public(&signing_key("ed2")), public(&rsa)]);
    assert_eq!(verify(&nameless, &three), Err(TokenError::AmbiguousKey));

    // A token that names a key is not verified by a key without a name.
    let token = signing_key("ed9").sign(&claims()).unwrap();
    assert_eq!(verifier().verify(&token, &only, now()).unwrap_err(), TokenError::UnknownKey);
    let named_secret = SigningKey::hs256(&secret()).unwrap().with_kid("s");
    let secrets = KeySet::from_secret(&secret()).unwrap();
    assert_eq!(verify(&named_secret, &secrets), Err(TokenError::UnknownKey));
}

#[test]
fn t075_of_two_keys_without_a_name_none_is_taken() {
    let key = || SigningKey::generate(Algorithm::EdDsa).unwrap();
    let (one, two) = (key(), key());
    let keys = jwks(&[public(&one), public(&two)]);
    for header in [
        r#"{"alg":"EdDSA"}"#,
        r#"{"alg":"EdDSA","typ":"JWT"}"#,
        r#"{"typ":"JWT","alg":"EdDSA"}"#,
        r#"{"alg": "EdDSA"}"#,
    ] {
        let signed = format!("{}.{}", base64url(header), base64url(claims().to_string()));
        let token = format!("{signed}.{}", base64url([1; 64]));
        assert_eq!(verifier().verify(&token, &keys, now()).unwrap_err(), TokenError::AmbiguousKey);
    }
    assert_eq!(verify(&one, &keys), Err(TokenError::AmbiguousKey));
    assert_eq!(verify(&two, &keys), Err(TokenError::AmbiguousKey));
}

/// However an issuer writes its header.
#[test]
fn t055_a_kid_leads_to_its_own_key_and_no_other() {
    let secrets = [("s1", [1; 32]), ("s\"2", [2; 32]), ("s3", [3; 32])];
    let named = secrets.iter().map(|(kid, secret)| (*kid, Algorithm::Hs256, &secret[..]));
    let keys = KeySet::from_named_secrets(named).unwrap();
    for (kid, _) in &secrets {
        let kid_text = Value::from(*kid).to_string();
        for header in [
            format!(r#"{{"alg":"HS256","kid":{kid_text}}}"#),
            format!(r#"{{"alg":"HS256","kid":{kid_text},"typ":"JWT"}}"#),
            format!(r#"{{"alg":"HS256","typ":"JWT","kid":{kid_text}}}"#),
            format!(r#"{{"typ":"JWT","alg":"HS256","kid":{kid_text}}}"#),
            format!(r#"{{"kid":{kid_text},"alg":"HS256"}}"#),
        ] {
            let signed = format!("{}.{}", base64url(&header), base64url(claims().to_string()));
            for (other, secret) in &secrets {
                let signature = base64url(hmac_signer(secret)(signed.as_bytes()));
                let verdict = verifier().verify(&format!("{signed}.{signature}"), &keys, now());
                assert_eq!(verdict.is_ok(), kid == other, "{header} signed as {other}");
            }
        }
    }
}

#[test]
fn t077_the_same_kid_of_another_issuer_is_another_key() {
    let (ours, theirs) = (signing_key("k1"), signing_key("k1"));
    assert_eq!(verify(&theirs, &jwks(&[public(&ours)])), Err(TokenError::WrongSignature));
}
