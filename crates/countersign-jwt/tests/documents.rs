//! Random documents as payloads: what we read is what `serde_json` reads, and a name that occurs twice
//! is found however it is spelled.

use proptest::prelude::*;
use serde_json::{Map, Value};

use crate::fixture::{Issuer, NOW};

/// A JSON text and nothing that we are stricter about.
fn value() -> impl Strategy<Value = String> {
    let number = prop_oneof![
        any::<i64>().prop_map(|n| n.to_string()),
        any::<u64>().prop_map(|n| n.to_string()),
        any::<f64>().prop_filter("finite", |n| n.is_finite()).prop_map(|n| format!("{n:e}")),
        "-?(0|[1-9][0-9]{0,25})(\\.[0-9]{1,20})?([eE][+-]?[0-9]{1,2})?",
    ];
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        Just("false".to_owned()),
        number,
        text().prop_map(|(spelled, _)| spelled),
    ];
    leaf.prop_recursive(4, 24, 6, |inner| {
        let members = prop::collection::vec((text(), inner.clone(), space()), 0..6);
        prop_oneof![
            prop::collection::vec((inner, space()), 0..6).prop_map(|elements| {
                let elements: Vec<_> = elements
                    .into_iter()
                    .map(|(value, space)| format!("{space}{value}{space}"))
                    .collect();
                format!("[{}]", elements.join(","))
            }),
            members.prop_map(|members| {
                let members: Vec<_> = members
                    .into_iter()
                    .enumerate()
                    .map(|(i, ((name, _), value, space))| {
                        format!(
                            "{space}{}{i}\"{space}:{space}{value}",
                            name.strip_suffix('"').unwrap_or_default()
                        )
                    })
                    .collect();
                format!("{{{}}}", members.join(","))
            }),
        ]
    })
}

fn space() -> impl Strategy<Value = String> {
    "[ \t\r\n]{0,2}"
}

/// A text in quotes, each character spelled in one of its ways, and what it means.
fn text() -> impl Strategy<Value = (String, String)> {
    let character =
        prop_oneof![any::<char>(), "[ -~]".prop_map(|c| c.chars().next().unwrap_or(' '))];
    let character = character.prop_filter("no NUL", |c| *c != '\0');
    prop::collection::vec((character, any::<bool>(), any::<bool>()), 0..12).prop_map(|characters| {
        let mut spelled = String::from("\"");
        let mut meant = String::new();
        for (character, escaped, upper) in characters {
            meant.push(character);
            spelled.push_str(&spelling(character, escaped, upper));
        }
        (spelled + "\"", meant)
    })
}

fn spelling(character: char, escaped: bool, upper: bool) -> String {
    let must = character.is_control() || character == '"' || character == '\\';
    if !must && !escaped {
        return character.to_string();
    }
    let mut units = [0; 2];
    let units = character.encode_utf16(&mut units);
    units
        .iter()
        .map(|unit| if upper { format!("\\u{unit:04X}") } else { format!("\\u{unit:04x}") })
        .collect()
}

/// A good payload with one more member.
fn payload(members: &str) -> String {
    format!(
        r#"{{"iss":"https://auth.test","aud":"task-api","sub":"alice","iat":{NOW},"exp":{},{members}}}"#,
        NOW + 900,
    )
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) })]

    #[test]
    fn t016_a_document_is_read_as_everybody_reads_it(value in value()) {
        let issuer = Issuer::hs256();
        let payload = payload(&format!("\"document\":{value}"));
        let claims = issuer.verify(&issuer.sign_bytes(issuer.header, &payload)).unwrap();
        let everybodys: Map<String, Value> = serde_json::from_str(&payload).unwrap();
        for (name, value) in &everybodys {
            prop_assert!(same(value, claims.get(name).unwrap()), "{name} of {payload}");
        }
        prop_assert_eq!(claims.as_map().len(), everybodys.len());
    }

    #[test]
    fn t016_bytes_that_are_accepted_are_json_for_everybody(
        value in value(), at in any::<prop::sample::Index>(), byte in any::<u8>(), insert in any::<bool>(),
    ) {
        let issuer = Issuer::hs256();
        let mut bytes = payload(&format!("\"document\":{value}")).into_bytes();
        let at = at.index(bytes.len());
        if insert {
            bytes.insert(at, byte);
        } else {
            bytes[at] = byte;
        }
        if let Ok(claims) = issuer.verify(&issuer.sign_bytes(issuer.header, &bytes)) {
            let everybodys: Value = serde_json::from_slice(&bytes).unwrap();
            prop_assert!(same(&everybodys, &Value::Object(claims.as_map().clone())));
        }
    }

    #[test]
    fn t016_a_name_twice_is_found_in_any_spelling(
        (name, meant) in text(), respelled in prop::collection::vec(any::<(bool, bool)>(), 12),
        value in value(), other in value(), between in 0_usize..40, deep in any::<bool>(),
    ) {
        let again: String = meant
            .chars()
            .zip(respelled)
            .map(|(character, (escaped, upper))| spelling(character, escaped, upper))
            .collect();
        let between: Vec<_> = (0..between).map(|i| format!("\"between {i}\":0,")).collect();
        let between = between.concat();
        let once = format!("{name}:{value}");
        let twice = format!("{once},{between}\"{again}\":{other}");
        let wrap = |members: &str| {
            if deep { format!("\"d\":[{{{members}}}]") } else { members.to_owned() }
        };
        let issuer = Issuer::hs256();
        let verify = |members: &str| issuer.verify(&issuer.sign_bytes(issuer.header, payload(members)));
        prop_assume!(verify(&wrap(&once)).is_ok());
        prop_assert_eq!(verify(&wrap(&twice)).unwrap_err().code(), "not_strict_json");
    }
}

/// Equal, where a double and a whole number of one value are equal too.
fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => one.as_f64() == other.as_f64(),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(a, b)| same(a, b))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(name, value)| other.get(name).is_some_and(|o| same(value, o)))
        }
        _ => one == other,
    }
}
