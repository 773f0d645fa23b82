//! Group A, numbers and texts inside the JSON: one way to write each, and no other.

use countersign_jwt::{Part, TokenError};

use crate::fixture::{Issuer, claims};

#[test]
fn t022_numbers_without_a_value_are_refused() {
    for issuer in Issuer::both() {
        let long = "9".repeat(400);
        for number in ["1e400", long.as_str(), "-0", "0x1F", "01", "1.", ".5", "+1"] {
            let payload = claims().to_string().replace(&claims()["exp"].to_string(), number);
            assert!(issuer.verify(&issuer.sign_bytes(issuer.header, payload)).is_err(), "{number}");
        }
    }
}

#[test]
fn t022_a_number_is_written_as_json_does_it_and_in_no_other_way() {
    let issuer = Issuer::ed25519();
    let verify = |number: &str| {
        let payload = claims().to_string().replace(r#""user""#, number);
        issuer.verify(&issuer.sign_bytes(issuer.header, payload)).map(drop)
    };
    for number in ["0", "-0", "10", "-5", "0.0", "-0.5", "1e2", "1E+2", "15e-1", "0e0", "1.05e05"] {
        assert_eq!(verify(number), Ok(()), "{number}");
    }
    for number in [
        "01", "-01", "00", "1.", ".5", "-.5", "+1", "-", "--1", "1e", "1e+", "1.e5", "e5", "0x1F",
        "1_0", "1 0", "1.5.5", "1e400", "-1e400", "１", "0b1", "1f",
    ] {
        assert_eq!(
            verify(number),
            Err(TokenError::NotStrictJson { part: Part::Payload }),
            "{number}"
        );
    }
}

#[test]
fn t022_a_number_is_read_to_the_last_bit() {
    let issuer = Issuer::ed25519();
    for number in ["2.827530463691801e-14", "5e-324", "1.7976931348623157e308", "0.1"] {
        let payload = claims().to_string().replace(r#""user""#, number);
        let claims = issuer.verify(&issuer.sign_bytes(issuer.header, payload)).unwrap();
        let expected: f64 = number.parse().unwrap();
        assert_eq!(claims.get("role").unwrap().as_f64().unwrap().to_bits(), expected.to_bits());
    }
}

#[test]
fn t024_half_characters_and_nul_are_refused() {
    for issuer in Issuer::both() {
        for text in [r"\ud800", r"\ud800\u0041", r"\udc00", r"\udc00\ud800", r"ali\u0000ce"] {
            let payload = claims().to_string().replace("alice", text);
            assert!(issuer.verify(&issuer.sign_bytes(issuer.header, payload)).is_err());
            let jti = claims().to_string().replace("2f9c8e2e", text);
            assert!(issuer.verify(&issuer.sign_bytes(issuer.header, jti)).is_err());
            let header = format!(r#"{{"alg":"EdDSA","kid":"{text}"}}"#);
            assert!(issuer.verify(&issuer.sign_bytes(header, claims().to_string())).is_err());
            let named = claims().to_string().replacen('{', &format!("{{\"{text}\":1,"), 1);
            assert!(issuer.verify(&issuer.sign_bytes(issuer.header, named)).is_err());
        }
    }
}

#[test]
fn a_character_is_escaped_as_json_does_it_and_in_no_other_way() {
    let issuer = Issuer::ed25519();
    let verify = |text: &str| {
        let payload = claims().to_string().replace(r#""user""#, &format!(r#""{text}""#));
        issuer.verify(&issuer.sign_bytes(issuer.header, payload))
    };
    let every = r#"\"\\\/\b\f\n\r\t\u00e4\u00E4\uffff\ud83d\uDE00"#;
    let claims = verify(every).unwrap();
    assert_eq!(claims.get("role").unwrap(), "\"\\/\u{8}\u{c}\n\r\tää\u{ffff}😀");
    for text in
        [r"\", r"\x41", r"\U0041", r"\a", r"\0", r"\'", r"\u", r"\u41", r"\u+041", r"\u 041"]
    {
        assert!(verify(text).is_err(), "{text}");
    }
    for text in [r"\u004g", r"\u00e", r"\uD83D\uDE0", r"\ud83d\n", r"\ud83d/ude00", r"\ud83d😀"] {
        assert!(verify(text).is_err(), "{text}");
    }
}

/// Wherever it stands: texts are looked through eight bytes at a time.
#[test]
fn a_control_character_is_refused_unless_it_is_escaped() {
    let issuer = Issuer::hs256();
    let verify = |role: &str| {
        let payload = claims().to_string().replace(r#""user""#, &format!(r#""{role}""#));
        issuer.verify(&issuer.sign_bytes(issuer.header, payload))
    };
    for (control, before) in (0..=0x1f_u8).flat_map(|c| (0..10).map(move |before| (c, before))) {
        let (before, control) = ("a".repeat(before), char::from(control));
        assert!(verify(&format!("{before}{control}{}", "b".repeat(9))).is_err(), "{control:?}");
        assert!(verify(&format!("{before}\\n{control}")).is_err(), "{control:?}");
    }
    for fine in [" ", "!", "#", "[", "]", "~", "\u{7f}", "\u{80}", "ä", "€", "😀"] {
        for before in 0..10 {
            let text = format!("{}{fine}{fine}{}", "a".repeat(before), "b".repeat(9));
            assert_eq!(verify(&text).unwrap().get("role").unwrap(), text.as_str());
        }
    }
}
