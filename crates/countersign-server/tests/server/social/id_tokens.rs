//! An ID token counts when all of it is right, also one that came straight from the provider.

use countersign_jwt::{Algorithm, SigningKey};
use serde_json::{Value, json};

use super::provider::{CLIENT, CLIENT_SECRET, IdentityProvider, NOW, begin, come_back, who};
use crate::fixture::TestServer;

/// The whole way in with an ID token that is made for the flow's nonce.
async fn way_in(
    server: &TestServer,
    provider: &IdentityProvider,
    token: impl FnOnce(&str) -> String,
) -> String {
    let begun = begin(server, "/sign-in/social", "idp").await;
    provider.gives(&token(&begun.nonce));
    come_back(server, "idp", &begun.state).await
}

const REFUSED: &str = "/err?error=unable_to_get_user_info";

#[tokio::test]
async fn an_id_token_of_the_flow_lets_in() {
    let provider = IdentityProvider::start().await;
    let server = provider.server(&[]).await;
    let place = way_in(&server, &provider, |nonce| provider.id_token(nonce, &json!({}))).await;
    assert_eq!((place.as_str(), who(&server).await), ("/in", json!("ann@example.com")));
    assert!(provider.asked("/userinfo").is_empty(), "the token says it all");
}

#[tokio::test]
async fn an_id_token_with_other_claims_lets_nobody_in() {
    let provider = IdentityProvider::start().await;
    let server = provider.server(&[]).await;
    for changes in [
        json!({ "aud": "another client" }),
        json!({ "aud": [] }),
        json!({ "aud": format!("{CLIENT} ") }),
        json!({ "iss": "https://evil.example" }),
        json!({ "iss": format!("{}/", provider.url) }),
        json!({ "exp": NOW - 31 }),
        json!({ "exp": null }),
        json!({ "iat": null }),
        json!({ "iat": NOW + 3600 }),
        json!({ "nbf": NOW + 3600 }),
        json!({ "sub": "" }),
        json!({ "sub": null }),
        json!({ "nonce": "that of another flow" }),
        json!({ "nonce": null }),
        json!({ "nonce": [""] }),
    ] {
        let token = |nonce: &str| provider.id_token(nonce, &changes);
        assert_eq!(way_in(&server, &provider, token).await, REFUSED, "{changes}");
        assert_eq!(who(&server).await, Value::Null, "{changes}");
    }
}

#[tokio::test]
async fn an_id_token_of_another_key_or_algorithm_lets_nobody_in() {
    let provider = IdentityProvider::start().await;
    let server = provider.server(&[]).await;
    let stranger = SigningKey::generate(Algorithm::Es256).expect("a key").with_kid("one");
    let unnamed = SigningKey::generate(Algorithm::Es256).expect("a key");
    let other = SigningKey::generate(Algorithm::EdDsa).expect("a key").with_kid("two");
    provider.publish(&[&provider.key, &other]);
    let padded = format!("{CLIENT_SECRET}{CLIENT_SECRET}");
    let shared = SigningKey::hs256(padded.as_bytes()).expect("a secret").with_kid("one");
    let public = provider.key.public_jwk().expect("a key pair");
    let confused = SigningKey::hs256(public.as_bytes()).expect("a secret").with_kid("one");
    for key in [&stranger, &unnamed, &other, &shared, &confused] {
        let token = |nonce: &str| key.sign(&provider.claims(nonce, &json!({}))).expect("a token");
        assert_eq!(way_in(&server, &provider, token).await, REFUSED, "{}", key.algorithm());
    }
    let unsigned = |nonce: &str| {
        let token = provider.id_token(nonce, &json!({}));
        let payload = token.split('.').nth(1).expect("a payload").to_owned();
        format!("eyJhbGciOiJub25lIn0.{payload}.")
    };
    assert_eq!(way_in(&server, &provider, unsigned).await, REFUSED);
    assert_eq!(who(&server).await, Value::Null);
}

#[tokio::test]
async fn forged_id_tokens_do_not_have_keys_fetched_without_end() {
    let provider = IdentityProvider::start().await;
    let server = provider.server(&[]).await;
    for number in 0..20 {
        let forger = SigningKey::generate(Algorithm::Es256).expect("a key");
        let forger = forger.with_kid(&format!("made up {number}"));
        let token = forger.sign(&provider.claims("", &json!({}))).expect("a token");
        let body = json!({ "provider": "idp", "idToken": { "token": token } });
        assert_eq!(server.post("/sign-in/social", &body).await.status, 401);
    }
    assert!(provider.asked("/jwks").len() <= 2, "{:?}", provider.asked("/jwks"));
    let body =
        json!({ "provider": "idp", "idToken": { "token": provider.id_token("", &json!({})) } });
    assert_eq!(server.post("/sign-in/social", &body).await.status, 200);
}

#[tokio::test]
async fn a_profile_of_somebody_else_is_not_believed() {
    let provider = IdentityProvider::start().await;
    let server = provider.server(&[]).await;
    let victim = json!({ "sub": "their-bob", "email": "bob@example.com", "email_verified": true });
    provider.answers("/userinfo", &victim);
    let token = |nonce: &str| provider.id_token(nonce, &json!({ "email": null }));
    assert_eq!(way_in(&server, &provider, token).await, REFUSED);
    assert_eq!(provider.asked("/userinfo").len(), 1);
}
