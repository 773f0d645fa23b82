//! Headers as issuers usually write them, and the key each of them chooses.
//!
//! An issuer writes the same header over and over. Which key it leads to depends on nothing but the set,
//! so it is worked out once, with the same reading and the same choice that any other header gets.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::Value;

use crate::{algorithm::Algorithm, base64url, header::Header, key::Key, key_set::KeySet};

/// By the first part of a token. Headers that lead to no key are not in it.
pub(crate) fn usual_headers(set: &KeySet) -> BTreeMap<String, Arc<Key>> {
    let texts = set.keys().flat_map(|(kid, key)| texts(key.algorithm(), kid));
    let chosen = texts.filter_map(|text| {
        let key = set.choose(&Header::parse(&text).ok()?).ok()?;
        Some((base64url::encode(text.as_bytes()), Arc::clone(key)))
    });
    chosen.collect()
}

/// What Better Auth and `jose` write, and what most other libraries do.
fn texts(algorithm: Algorithm, kid: Option<&str>) -> Vec<String> {
    let Some(kid) = kid.map(|kid| Value::from(kid).to_string()) else {
        return vec![
            format!(r#"{{"alg":"{algorithm}"}}"#),
            format!(r#"{{"alg":"{algorithm}","typ":"JWT"}}"#),
            format!(r#"{{"typ":"JWT","alg":"{algorithm}"}}"#),
        ];
    };
    vec![
        format!(r#"{{"alg":"{algorithm}","kid":{kid}}}"#),
        format!(r#"{{"alg":"{algorithm}","kid":{kid},"typ":"JWT"}}"#),
        format!(r#"{{"alg":"{algorithm}","typ":"JWT","kid":{kid}}}"#),
        format!(r#"{{"typ":"JWT","alg":"{algorithm}","kid":{kid}}}"#),
    ]
}
