//! Tricks with the form: signed with the right secret, and not what the strategy writes.

use countersign_cookies::{CookieError, MAX_SESSION_DATA_BYTES, Strategy};
use serde_json::{Value, json};

use crate::{
    recorded::JWE,
    seal::{NOW, base64, compact, content, jwe, jwt, mac, now, reader, seal},
};

fn refused(strategy: Strategy, cookie: &str) -> CookieError {
    reader(strategy).read(cookie, now()).unwrap_err()
}

fn claims() -> Value {
    let mut claims = content();
    claims["exp"] = (NOW + 300).into();
    claims
}

#[test]
fn t096_other_tokens_signed_with_the_secret_are_no_sessions() {
    let claims = claims().to_string();
    for header in [
        r#"{"alg":"HS256","typ":"JWT"}"#,
        r#"{"alg":"HS256","kid":"k1"}"#,
        r#"{"alg":"none"}"#,
        r#"{"alg":"HS512"}"#,
        r#"{"alg":"HS256" }"#,
        r#"{"alg":"HS256","alg":"HS256"}"#,
        "{}",
        "",
    ] {
        assert_eq!(refused(Strategy::Jwt, &jwt(header, &claims)), CookieError::Header, "{header}");
    }
    // A token to verify an e-mail address has the same key and the same header.
    let verification = json!({"email": "alice@example.com", "iat": NOW, "exp": NOW + 300});
    let verification = jwt(r#"{"alg":"HS256"}"#, &verification.to_string());
    assert_eq!(refused(Strategy::Jwt, &verification), CookieError::Foreign);
    // An access token that also tells of a session.
    for claim in ["iss", "aud", "sub", "scope", "expiresAt"] {
        let mut content = content();
        content[claim] = "x".into();
        for strategy in [Strategy::Compact, Strategy::Jwt, Strategy::Jwe] {
            let cookie = seal(strategy, &content, NOW + 300);
            assert_eq!(refused(strategy, &cookie), CookieError::Foreign, "{claim}");
        }
    }
}

#[test]
fn t016_a_member_named_twice_is_refused() {
    let text = content().to_string();
    let twice = text.replacen(r#""version""#, r#""updatedAt":1,"version""#, 1);
    assert_ne!(text, twice);
    let ends_at = ((NOW + 300) * 1000).to_string();
    let not_strict = CookieError::NotStrictJson;
    assert_eq!(refused(Strategy::Compact, &compact(&twice, &ends_at)), not_strict);
    let twice = claims().to_string().replacen(r#""id":"#, r#""id":"bob","id":"#, 1);
    assert_eq!(refused(Strategy::Jwt, &jwt(r#"{"alg":"HS256"}"#, &twice)), not_strict);
    let header = JWE.split('.').next().unwrap();
    assert_eq!(refused(Strategy::Jwe, &jwe(header, &twice)), not_strict);
}

#[test]
fn an_expiry_of_another_type_is_refused() {
    let text = content().to_string();
    for ends_at in [r#""9999999999999""#, "1e15", "null", "99999999999999999999", "-1.5", ""] {
        let error = refused(Strategy::Compact, &compact(&text, ends_at));
        assert_eq!(error, CookieError::Member { member: "expiresAt" }, "{ends_at}");
    }
    for exp in [json!("9999999999"), json!(1.5e9), json!(null), json!(i64::MAX)] {
        let mut claims = claims();
        claims["exp"] = exp;
        let error = refused(Strategy::Jwt, &jwt(r#"{"alg":"HS256"}"#, &claims.to_string()));
        assert_eq!(error, CookieError::Member { member: "exp" });
    }
}

#[test]
fn a_compact_cookie_ends_when_its_own_expiry_says() {
    let mut own = content();
    own["user"]["name"] = r#"","expiresAt":9999999999999,"signature":""#.into();
    let text = own.to_string();
    let over = compact(&text, &((NOW - 1) * 1000).to_string());
    assert_eq!(refused(Strategy::Compact, &over), CookieError::Expired);
    let good = compact(&text, &((NOW + 300) * 1000).to_string());
    assert!(reader(Strategy::Compact).read(&good, now()).is_ok());
}

#[test]
fn a_compact_cookie_has_its_three_members_in_order_and_no_other() {
    let (text, ends_at) = (content().to_string(), (NOW + 300) * 1000);
    let signature = mac(&format!(r#"{},"expiresAt":{ends_at}}}"#, text.strip_suffix('}').unwrap()));
    let form = |text: String| refused(Strategy::Compact, &base64(text.as_bytes()));
    let (ends, signs) =
        (format!(r#""expiresAt":{ends_at}"#), format!(r#""signature":"{signature}""#));
    assert_eq!(form(format!(r#"{{{ends},"session":{text},{signs}}}"#)), CookieError::Malformed);
    assert_eq!(form(format!(r#"{{"session":{text},{signs},{ends}}}"#)), CookieError::Malformed);
    assert_eq!(form(format!(r#"{{"session":{text},{ends}}}"#)), CookieError::Malformed);
    assert_eq!(
        form(format!(r#"{{"session":{text},{ends},{signs},"x":""}}"#)),
        CookieError::Signature
    );
    assert_eq!(form(format!(r#"{{"session":{text},{ends},{signs}}} "#)), CookieError::Malformed);
}

#[test]
fn a_jwe_has_five_parts_and_no_key_of_its_own() {
    let good = seal(Strategy::Jwe, &content(), NOW + 300);
    let parts: Vec<&str> = good.split('.').collect();
    let malformed = CookieError::Malformed;
    assert_eq!(refused(Strategy::Jwe, &parts[..4].join(".")), malformed);
    assert_eq!(refused(Strategy::Jwe, &format!("{good}.")), malformed);
    assert_eq!(refused(Strategy::Jwe, &good.replacen("..", ".AAAA.", 1)), malformed);
    assert_eq!(refused(Strategy::Jwe, ""), malformed);
    assert_eq!(refused(Strategy::Jwe, "...."), CookieError::Header);
    let kid = "hjRKQZ0DL94sRnCJdvUUA2vSqBxQrkgeCpr1QAOBf0Q";
    for header in [
        format!(r#"{{"alg":"dir","enc":"A256CBC-HS512","kid":"{kid}","zip":"DEF"}}"#),
        format!(r#"{{"alg":"dir","enc":"A256GCM","kid":"{kid}"}}"#),
        format!(r#"{{"alg":"A256KW","enc":"A256CBC-HS512","kid":"{kid}"}}"#),
        r#"{"alg":"dir","enc":"A256CBC-HS512"}"#.to_owned(),
    ] {
        let cookie = jwe(&base64(header.as_bytes()), &claims().to_string());
        assert_eq!(refused(Strategy::Jwe, &cookie), CookieError::Header, "{header}");
    }
}

#[test]
fn a_cookie_beyond_the_limit_is_not_looked_at() {
    let mut large = content();
    large["user"]["image"] = "x".repeat(MAX_SESSION_DATA_BYTES).into();
    for strategy in [Strategy::Compact, Strategy::Jwt, Strategy::Jwe] {
        let cookie = seal(strategy, &large, NOW + 300);
        assert_eq!(refused(strategy, &cookie), CookieError::TooLarge);
    }
}
