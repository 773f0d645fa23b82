//! What other readers of tokens make of a token, found by comparison with `jose`: never do we accept more.

use countersign_jwt::TokenError;
use serde_json::Value;

use crate::fixture::{Issuer, NOW, claims, claims_with};

#[test]
fn t026_a_fraction_of_a_second_makes_no_token_valid() {
    for issuer in Issuer::both() {
        let early = claims_with("nbf", 1_800_000_030.5);
        assert_eq!(issuer.refusal(&early), TokenError::NotYetValid { claim: "nbf" });
        issuer.verify(&issuer.token(&claims_with("nbf", 1_800_000_029.5))).unwrap();
        issuer.verify(&issuer.token(&claims_with("nbf", NOW + 30))).unwrap();
    }
}

#[test]
fn t026_a_number_is_the_double_that_everybody_reads() {
    let issuer = Issuer::hs256();
    for text in ["123456789012345680000", "0.1234567890123456789", "2.2250738585072011e-308"] {
        let payload = claims().to_string().replace('{', &format!(r#"{{"n":{text},"#));
        let verified = issuer.verify(&issuer.sign_bytes(issuer.header, payload)).unwrap();
        let exact: f64 = text.parse().unwrap();
        assert_eq!(verified.get("n").and_then(Value::as_f64), Some(exact), "{text}");
    }
}
