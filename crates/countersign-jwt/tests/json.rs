//! Group A, the JSON inside: nothing that a second parser could read differently.

use countersign_jwt::{Part, TokenError};

use crate::fixture::{Issuer, claims, claims_with};

#[test]
fn t013_t014_t017_t018_only_a_json_object_in_utf8_is_read() {
    for issuer in Issuer::both() {
        let bare = ["[]", r#""x""#, "1", "null", "true", "{}", "", " ", "{} x", "{}{}", "[1]"];
        for header in bare {
            assert!(issuer.verify(&issuer.sign_bytes(header, claims().to_string())).is_err());
        }
        for payload in bare {
            assert!(issuer.verify(&issuer.sign_bytes(issuer.header, payload)).is_err());
        }
        let good = claims().to_string();
        for wide in wide_encodings(issuer.header) {
            let refusal = issuer.verify(&issuer.sign_bytes(wide, &good)).unwrap_err();
            assert_eq!(refusal, TokenError::NotStrictJson { part: Part::Header });
        }
        let spoiled = [
            format!("\u{feff}{good}").into_bytes(),
            good.replace('}', ",}").into_bytes(),
            good.replace('{', "{/* */").into_bytes(),
            good.replace('"', "'").into_bytes(),
            good.replace(r#""user""#, "NaN").into_bytes(),
            good.replace(r#""user""#, "Infinity").into_bytes(),
            good.replace(r#""user""#, "-Infinity").into_bytes(),
        ];
        for payload in spoiled.into_iter().chain(wide_encodings(&good)) {
            assert_eq!(
                issuer.verify(&issuer.sign_bytes(issuer.header, payload)).unwrap_err(),
                TokenError::NotStrictJson { part: Part::Payload }
            );
        }
    }
}

fn wide_encodings(text: &str) -> [Vec<u8>; 4] {
    [
        text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        text.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect(),
        text.chars().flat_map(|c| u32::from(c).to_be_bytes()).collect(),
    ]
}

#[test]
fn t017_nothing_but_white_space_stands_behind_the_object_or_before_it() {
    for issuer in Issuer::both() {
        let good = claims().to_string();
        for fine in ["", " ", "\n\t\r "] {
            let payload = format!("{fine}{good}{fine}");
            issuer.verify(&issuer.sign_bytes(issuer.header, payload)).unwrap();
            let header = format!("{fine}{}{fine}", issuer.header);
            issuer.verify(&issuer.sign_bytes(header, &good)).unwrap();
        }
        for more in ["x", " x", "{}", ",", "}", "\0", "\u{a0}", "\u{b}", "\u{feff}", "//"] {
            for payload in [format!("{good}{more}"), format!("{more}{good}")] {
                let refusal = issuer.verify(&issuer.sign_bytes(issuer.header, payload));
                let expected = TokenError::NotStrictJson { part: Part::Payload };
                assert_eq!(refusal.unwrap_err(), expected, "{more}");
            }
            let (header, expected) =
                (issuer.header, TokenError::NotStrictJson { part: Part::Header });
            for header in [format!("{header}{more}"), format!("{more}{header}")] {
                let refusal = issuer.verify(&issuer.sign_bytes(header, &good));
                assert_eq!(refusal.unwrap_err(), expected, "{more}");
            }
        }
    }
}

#[test]
fn t015_invalid_utf8_is_refused_and_never_replaced() {
    for issuer in Issuer::both() {
        for bad in
            [&[0xC3, 0x28][..], &[0xC0, 0xAF], &[0xED, 0xA0, 0x80], &[0xF5, 0x80, 0x80, 0x80]]
        {
            let good = claims().to_string();
            let (before, after) = good.split_once("alice").unwrap();
            let payload = [before.as_bytes(), bad, after.as_bytes()].concat();
            assert!(issuer.verify(&issuer.sign_bytes(issuer.header, payload)).is_err());
        }
    }
}

#[test]
fn t016_duplicate_members_are_refused() {
    for issuer in Issuer::both() {
        let duplicates = [
            issuer.header.replace('{', r#"{"alg":"none","#),
            issuer.header_with(r#""alg":"none""#),
            issuer.header_with(r#""kid":"a","kid":"b""#),
            issuer.header_with(r#""x":1,"x":2"#),
            issuer.header_with(r#""\u0061lg":"none""#),
        ];
        for header in duplicates {
            assert_eq!(
                issuer.verify(&issuer.sign_bytes(header, claims().to_string())).unwrap_err(),
                TokenError::NotStrictJson { part: Part::Header }
            );
        }
        let extras = [
            r#""sub":"bob""#,
            r#""s\u0075b":"bob""#,
            r#""role":"admin""#,
            r#""exp":1900000000"#,
            r#""scope":"admin""#,
            r#""deep":[{"a":1,"a":2}]"#,
        ];
        for extra in extras {
            let payload = claims().to_string().replacen('{', &format!("{{{extra},"), 1);
            assert_eq!(
                issuer.verify(&issuer.sign_bytes(issuer.header, payload)).unwrap_err(),
                TokenError::NotStrictJson { part: Part::Payload }
            );
        }
    }
}

#[test]
fn t016_among_many_members_one_named_twice_is_refused_wherever_it_stands() {
    let issuer = Issuer::ed25519();
    for many in [0, 10, 15, 16, 17, 30, 200] {
        let filling: Vec<_> = (0..many).map(|number| format!(r#""m{number}":{number}"#)).collect();
        let own = claims().to_string();
        let own = own.trim_matches(['{', '}']);
        let verify = |members: &[&str]| {
            let members: Vec<_> =
                members.iter().copied().filter(|members| !members.is_empty()).collect();
            let payload = format!("{{{}}}", members.join(","));
            issuer.verify(&issuer.sign_bytes(issuer.header, payload)).map(drop)
        };
        let filling = filling.join(",");
        assert_eq!(verify(&[own, &filling]), Ok(()), "{many}");
        let refusal = Err(TokenError::NotStrictJson { part: Part::Payload });
        for twin in [r#""sub":"bob""#, r#""s\u0075b":"bob""#, r#""jti":"other""#] {
            assert_eq!(verify(&[twin, &filling, own]), refusal, "{many} {twin}");
            assert_eq!(verify(&[own, &filling, twin]), refusal, "{many} {twin}");
            assert_eq!(verify(&[&filling, own, twin]), refusal, "{many} {twin}");
        }
    }
}

#[test]
fn t019_t020_white_space_and_unknown_header_members_are_fine() {
    for issuer in Issuer::both() {
        let spaced = issuer.header.replace(':', " :\n ").replace(',', " ,\r\n\t");
        let more = r#""x":1,"y":true,"a":{"a":[]},"n":null,"s":"text""#;
        for header in [spaced, issuer.header_with(more)] {
            issuer.verify(&issuer.sign_bytes(header, claims().to_string())).unwrap();
        }
    }
}

#[test]
fn t023_deep_json_is_refused_before_the_stack_ends() {
    for issuer in Issuer::both() {
        let nested = |levels: usize| {
            let value = format!("{}{}", "[".repeat(levels), "]".repeat(levels));
            let payload = claims().to_string().replacen('{', &format!("{{\"d\":{value},"), 1);
            issuer.verify(&issuer.sign_bytes(issuer.header, payload))
        };
        nested(15).unwrap();
        for levels in [16, 17, 128, 200, 2_000, 100_000] {
            assert!(nested(levels).is_err(), "{levels}");
        }
    }
}

#[test]
fn t023_a_level_has_at_most_256_members_or_elements_and_a_name_256_bytes() {
    for issuer in Issuer::both() {
        let with = |value: String| {
            let payload = claims().to_string().replacen('{', &format!("{{\"d\":{value},"), 1);
            issuer.verify(&issuer.sign_bytes(issuer.header, payload)).is_ok()
        };
        let object = |members: usize| {
            let members: Vec<_> = (0..members).map(|number| format!(r#""m{number}":0"#)).collect();
            format!("{{{}}}", members.join(","))
        };
        let array = |elements: usize| format!("[{}]", vec!["0"; elements].join(","));
        let name = |bytes: usize| format!(r#"{{"{}":0}}"#, "n".repeat(bytes));
        for fits in [object(256), array(256), name(256), object(0), array(0), name(0)] {
            assert!(with(fits.clone()), "{fits}");
        }
        for too_much in [object(257), array(257), name(257)] {
            assert!(!with(too_much.clone()), "{too_much}");
        }
    }
}

#[test]
fn t107_names_that_mean_something_in_other_languages_are_data() {
    let issuer = Issuer::ed25519();
    for name in ["__proto__", "constructor", "toString", "__class__", "hasOwnProperty"] {
        let claims = issuer.verify(&issuer.token(&claims_with(name, "data"))).unwrap();
        assert_eq!(claims.get(name).unwrap(), "data");
    }
}
