//! T80: one secret for tokens and cookies.
//!
//! Better Auth's secret may also sign tokens (`BETTER_AUTH_SECRET` as the shared secret of the issuer and its
//! services), and both signatures are HMAC-SHA256 of a text. The secret is not turned into another key for
//! each use, because then neither side could read what the other one, or Better Auth, has signed. What keeps
//! the two apart is what is signed:
//!
//! * a token is a header with `alg`, a dot, and claims with issuer and audience; what is signed as a cookie is
//!   a random word without a dot, `true`, or a text that begins with `{`;
//! * whoever holds a token can spell it as a signed cookie, and it is the signature of that text indeed; but
//!   a session cookie is looked up, and nobody's session is called like a token.

use base64::{Engine, engine::general_purpose::STANDARD};
use countersign_cookies::CookieSigner;
use countersign_jwt::{KeySet, Verifier};
use proptest::{prelude::ProptestConfig, prop_assert, proptest};

use super::*;

/// The very signature of a token, as that of a cookie.
fn spelled_as_cookie(token: &str) -> String {
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let (text, signature) = token.rsplit_once('.').unwrap();
    let signature = STANDARD.encode(URL_SAFE_NO_PAD.decode(signature).unwrap());
    let signature = signature.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
    format!("{text}.{signature}")
}

/// The very signature of a cookie, as that of a token.
fn spelled_as_token(cookie: &str) -> String {
    let (value, signature) = cookie.rsplit_once('.').unwrap();
    let signature = signature.replace("%2B", "-").replace("%2F", "_").replace("%3D", "");
    format!("{value}.{signature}")
}

#[tokio::test]
async fn t080_a_token_spelled_as_a_cookie_is_nobodys_session() {
    let token = SigningKey::hs256(SECRET.as_bytes()).unwrap().sign(&claims()).unwrap();
    let cookie = spelled_as_cookie(&token);
    let (text, _) = token.rsplit_once('.').unwrap();
    // It is the worst there can be: the signature is right.
    let decoded = cookie.replace("%2B", "+").replace("%2F", "/").replace("%3D", "=");
    assert_eq!(CookieSigner::new(SECRET.as_bytes()).verify(&decoded), Some(text));
    let table = Table::with_sessions_of(&["alice"]);
    let service = Service::looking_up(&table);
    assert_eq!(service.who(&format!("{TOKEN}={cookie}")).await, Err("cookie_session_unknown"));
    for strategy in [Strategy::Compact, Strategy::Jwt, Strategy::Jwe] {
        let service = Service::with(cookies().session_data(strategy));
        for value in [&cookie, &token] {
            assert!(service.who(&format!("{DATA}={value}")).await.is_err(), "{strategy:?}");
        }
    }
}

fn verifies(token: &str) -> bool {
    let keys = KeySet::from_secret(SECRET.as_bytes()).unwrap();
    Verifier::new(ISSUER, AUDIENCE).verify(token, &keys, instant(NOW)).is_ok()
}

#[test]
fn t080_the_worst_cookie_would_be_a_token_and_nobody_signs_it() {
    // Whoever had any text signed as a cookie would have tokens …
    let token = SigningKey::hs256(SECRET.as_bytes()).unwrap().sign(&claims()).unwrap();
    let (text, _) = token.rsplit_once('.').unwrap();
    assert!(verifies(&spelled_as_token(&signed(text))));
    // … but only these are signed.
    for value in ["true", "t-alice", &"a".repeat(32), &content("alice").to_string()] {
        assert!(!verifies(&spelled_as_token(&signed(value))), "{value}");
    }
    let data = session_data(&content("alice"));
    assert!(!verifies(&data));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Session tokens are 32 letters and digits: one word, where a token has two before its signature.
    #[test]
    fn t080_no_session_cookie_is_a_token(word in "[A-Za-z0-9]{32}", dotted in "[A-Za-z0-9_-]{1,40}(\\.[A-Za-z0-9_-]{0,40}){0,3}") {
        prop_assert!(!verifies(&spelled_as_token(&signed(&word))));
        prop_assert!(!verifies(&spelled_as_token(&signed(&dotted))));
    }
}
