//! Group A, the compact form: one spelling per token.

use countersign_jwt::{Algorithm, MAX_TOKEN_BYTES, Part, SigningKey, TokenError};
use serde_json::json;

use crate::fixture::{Issuer, base64url, claims, claims_with, now, verifier};

#[test]
fn t001_dots_are_not_a_token() {
    for issuer in Issuer::both() {
        for token in ["", ".", "..", "...", "a", &".".repeat(8192), &".".repeat(100_000)] {
            assert!(issuer.verify(token).is_err());
        }
    }
}

#[test]
fn t002_t003_a_token_without_its_signature_is_refused() {
    for issuer in Issuer::both() {
        let token = issuer.good_token();
        let (signed, _signature) = token.rsplit_once('.').unwrap();
        assert_eq!(issuer.verify(signed).unwrap_err(), TokenError::NotThreeParts);
        assert_eq!(issuer.verify(&format!("{signed}.")).unwrap_err(), TokenError::WrongSignature);
    }
}

#[test]
fn t003_nothing_is_no_signature_of_any_algorithm() {
    for algorithm in Algorithm::ALL {
        let key = if algorithm.is_symmetric() {
            SigningKey::from_secret(algorithm, &[7; 64])
        } else {
            SigningKey::generate(algorithm)
        };
        let key = key.unwrap();
        let token = key.sign(&claims()).unwrap();
        let (signed, _signature) = token.rsplit_once('.').unwrap();
        let refusal = verifier().verify(&format!("{signed}."), &key.key_set().unwrap(), now());
        assert_eq!(refusal.unwrap_err(), TokenError::WrongSignature, "{algorithm}");
    }
}

#[test]
fn t004_t005_more_than_three_parts_are_refused() {
    for issuer in Issuer::both() {
        let token = issuer.good_token();
        for more in [format!("{token}."), format!("{token}.x"), format!("{token}.x.y")] {
            assert_eq!(issuer.verify(&more).unwrap_err(), TokenError::NotThreeParts);
        }
    }
}

#[test]
fn t005_t285_an_encrypted_token_is_not_opened() {
    let plain = claims().to_string();
    let unsecured = format!("{}.{}.", base64url(r#"{"alg":"none"}"#), base64url(&plain));
    for issuer in Issuer::both() {
        for header in [
            r#"{"alg":"dir","enc":"A256GCM"}"#,
            r#"{"alg":"RSA-OAEP-256","enc":"A256GCM"}"#,
            // Whoever derived a key first would be busy for hours.
            r#"{"alg":"PBES2-HS256+A128KW","enc":"A256GCM","p2s":"AAAAAAAAAAA","p2c":2147483647}"#,
        ] {
            for content in [&plain, &unsecured] {
                let parts =
                    [base64url(header), String::new(), base64url([1; 12]), base64url(content)];
                let token = format!("{}.{}", parts.join("."), base64url([2; 16]));
                assert_eq!(issuer.verify(&token).unwrap_err(), TokenError::NotThreeParts);
            }
        }
    }
}

#[test]
fn t006_the_json_serialization_is_refused() {
    for issuer in Issuer::both() {
        let token = issuer.good_token();
        let [header, payload, signature] = token.split('.').collect::<Vec<_>>()[..] else {
            panic!("three parts")
        };
        let flat = json!({"protected": header, "payload": payload, "signature": signature});
        let general = json!({"payload": payload, "signatures": [
            {"protected": header, "signature": signature},
        ]});
        for text in [flat.to_string(), general.to_string()] {
            assert!(issuer.verify(&text).is_err());
            assert!(issuer.verify(&percent_encoded(&text)).is_err());
        }
        assert!(issuer.verify(&percent_encoded(&token).replace('.', "%2E")).is_err());
    }
}

#[test]
fn t007_t008_t009_t012_foreign_characters_are_refused_in_every_part() {
    let strangers =
        [" ", "\t", "\n", "\r\n", "=", "==", "+", "/", "?", "*", "%", "\u{2024}", "\0", "😀"];
    for issuer in Issuer::both() {
        let token = issuer.good_token();
        for stranger in strangers {
            for (start, part) in [0, 1, 2].into_iter().zip(token.split('.')) {
                for at in [0, part.len() / 2, part.len()] {
                    let mut parts: Vec<_> = token.split('.').map(str::to_owned).collect();
                    parts[start].insert_str(at, stranger);
                    assert!(issuer.verify(&parts.join(".")).is_err(), "{stranger:?}");
                }
            }
        }
    }
}

/// With the signature made over the text as it is sent, nothing but the character is wrong.
#[test]
fn t007_t008_t012_foreign_characters_are_refused_under_a_right_signature() {
    let strangers = [" ", "\t", "\n", "\r\n", "=", "==", "?", "*", "%", "\0", "\u{a0}", "\u{2024}"];
    for issuer in Issuer::both() {
        let (header, payload) = (base64url(issuer.header), base64url(claims().to_string()));
        for stranger in strangers {
            for [header, payload] in [
                [format!("{stranger}{header}"), payload.clone()],
                [format!("{header}{stranger}"), payload.clone()],
                [header.clone(), format!("{stranger}{payload}")],
                [header.clone(), format!("{payload}{stranger}")],
                [header.clone(), format!("{}{stranger}{}", &payload[..8], &payload[8..])],
            ] {
                let refusal = issuer.verify(&issuer.sign_text(format!("{header}.{payload}")));
                assert!(matches!(refusal, Err(TokenError::NotBase64Url { .. })), "{stranger:?}");
            }
        }
    }
}

#[test]
fn t009_the_other_alphabet_of_base64_is_refused() {
    // `?` and `>` stand where six bits of them are `/` and `+`, and `_` and `-` in base64url.
    let filled = claims_with("filling", "???>>>???>>>");
    for issuer in Issuer::both() {
        let payload = base64url(filled.to_string());
        assert!(payload.contains('_') && payload.contains('-'));
        let header = base64url(issuer.header);
        issuer.verify(&issuer.sign_text(format!("{header}.{payload}"))).unwrap();
        for (ours, other) in [("_", "/"), ("-", "+")] {
            let token = issuer.sign_text(format!("{header}.{}", payload.replace(ours, other)));
            let refusal = issuer.verify(&token).unwrap_err();
            assert_eq!(refusal, TokenError::NotBase64Url { part: Part::Payload });
        }
    }
}

#[test]
fn t010_spare_bits_are_not_a_second_spelling() {
    let issuer = Issuer::hs256();
    let token = issuer.good_token();
    let other_end = |text: &str| {
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let last = alphabet.find(text.chars().last().unwrap()).unwrap();
        format!("{}{}", &text[..text.len() - 1], &alphabet[last + 1..last + 2])
    };
    assert_eq!(
        issuer.verify(&other_end(&token)).unwrap_err(),
        TokenError::NotBase64Url { part: Part::Signature }
    );

    // A header of 28 bytes and a payload whose length is not a multiple of three, both re-signed.
    let header = other_end(&base64url(r#"{"alg":"HS256","typ":"JWT" }"#));
    let signed = format!("{header}.{}", base64url(claims().to_string()));
    assert_eq!(
        issuer.verify(&issuer.sign_text(signed)).unwrap_err(),
        TokenError::NotBase64Url { part: Part::Header }
    );
    let mut payload = claims().to_string();
    while payload.len().is_multiple_of(3) {
        payload.push(' ');
    }
    let signed = format!("{}.{}", base64url(issuer.header), other_end(&base64url(payload)));
    assert_eq!(
        issuer.verify(&issuer.sign_text(signed)).unwrap_err(),
        TokenError::NotBase64Url { part: Part::Payload }
    );
}

#[test]
fn t011_impossible_lengths_are_refused() {
    for issuer in Issuer::both() {
        let payload = base64url(claims().to_string());
        for odd in ["A", "AAAAA", "AAAAAAAAA"] {
            let header = issuer.sign_text(format!("{odd}.{payload}"));
            let body = issuer.sign_text(format!("{}.{odd}", base64url(issuer.header)));
            assert!(issuer.verify(&header).is_err());
            assert!(issuer.verify(&body).is_err());
            let signed = format!("{}.{payload}", base64url(issuer.header));
            assert!(issuer.verify(&format!("{signed}.{odd}")).is_err());
        }
    }
}

#[test]
fn t040_a_payload_is_not_decoded_when_the_header_is_refused_already() {
    for issuer in Issuer::both() {
        let header = base64url(issuer.header_with(r#""b64":false,"crit":["b64"]"#));
        let token = issuer.sign_text(format!("{header}.{}", "?".repeat(7 * 1024)));
        let refusal = issuer.verify(&token).unwrap_err();
        assert!(matches!(refusal, TokenError::RefusedHeader { .. }));
        let token = issuer.sign_text(format!("{header}.{}", "A".repeat(10 << 20)));
        assert_eq!(issuer.verify(&token).unwrap_err(), TokenError::TooLarge);
    }
}

#[test]
fn t106_large_tokens_are_refused() {
    for issuer in Issuer::both() {
        let fits = issuer.token(&claims_with("pad", "x".repeat(5_000)));
        assert!(fits.len() <= MAX_TOKEN_BYTES);
        issuer.verify(&fits).unwrap();

        let padded = issuer.token(&claims_with("pad", "x".repeat(6_145)));
        assert_eq!(issuer.verify(&padded).unwrap_err(), TokenError::TooLarge);

        let many: serde_json::Map<_, _> = (0..300).map(|i| (i.to_string(), 1.into())).collect();
        assert!(issuer.verify(&issuer.token(&claims_with("many", many))).is_err());
        assert!(issuer.verify(&issuer.token(&claims_with(&"n".repeat(300), 1))).is_err());
        assert!(issuer.verify(&issuer.token(&claims_with(&"n".repeat(5_120), 1))).is_err());
    }
}

fn percent_encoded(text: &str) -> String {
    let encode = |c: char| {
        if c.is_ascii_alphanumeric() || ".-_".contains(c) {
            c.to_string()
        } else {
            format!("%{:02X}", u32::from(c))
        }
    };
    text.chars().map(encode).collect()
}
