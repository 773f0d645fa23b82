//! A sign-in belongs to one browser and one provider, ends once and soon, and leads nowhere else.

use futures_util::future::join_all;
use jiff::SignedDuration;
use serde_json::json;

use super::provider::{IdentityProvider, begin, come_back, location, request_with, sign_in, who};

fn ann() -> serde_json::Value {
    json!({ "id": "their-ann", "email": "ann@example.com", "email_verified": true, "name": "Ann" })
}

#[tokio::test]
async fn somebody_new_comes_in_and_is_known_the_next_time() {
    let provider = IdentityProvider::start().await;
    let server = provider.server(&[]).await;
    provider.knows(&ann());
    assert_eq!(sign_in(&server, "plain").await, "/in");
    let first = server.get("/get-session").await.json()["user"]["id"].clone();
    server.forget_cookies();
    assert_eq!(sign_in(&server, "plain").await, "/in");
    assert_eq!(server.get("/get-session").await.json()["user"]["id"], first);
}

#[tokio::test]
async fn a_code_is_redeemed_once_however_many_callbacks_come_at_once() {
    let provider = IdentityProvider::start().await;
    let server = provider.server(&[]).await;
    provider.knows(&ann());
    let begun = begin(&server, "/sign-in/social", "plain").await;
    let path = format!("/callback/plain?code=some-code&state={}", begun.state);
    let cookies = server.take_cookies();
    let callbacks =
        (0..20).map(|_| async { location(&server.send(request_with(&cookies, &path)).await) });
    let places = join_all(callbacks).await;
    let late = places.iter().filter(|place| place.ends_with("error=state_mismatch")).count();
    let in_time = places.iter().filter(|place| *place == "/in").count();
    assert_eq!((in_time, late), (1, 19), "{places:?}");
    assert_eq!(provider.asked("/token").len(), 1);
}

#[tokio::test]
async fn a_flow_ends_in_the_browser_that_began_it() {
    let provider = IdentityProvider::start().await;
    let server = provider.server(&[]).await;
    provider.knows(&ann());
    let begun = begin(&server, "/sign-in/social", "plain").await;
    let own = server.take_cookies();
    // An attacker has the victim's browser open the attacker's callback.
    assert_eq!(come_back(&server, "plain", &begun.state).await, "/err?error=state_mismatch");
    begin(&server, "/sign-in/social", "plain").await;
    assert_eq!(come_back(&server, "plain", &begun.state).await, "/err?error=state_mismatch");
    assert!(provider.asked("/token").is_empty(), "no code was redeemed");
    server.put_cookies(own);
    assert_eq!(come_back(&server, "plain", &begun.state).await, "/in");
}

#[tokio::test]
async fn a_flow_ends_at_the_provider_it_was_begun_for() {
    let honest = IdentityProvider::start().await;
    let attackers = IdentityProvider::start().await;
    let (token, userinfo) =
        (format!("{}/token", attackers.url), format!("{}/userinfo", attackers.url));
    let server = honest
        .server(&[
            ("COUNTERSIGN_SOCIAL__EVIL__CLIENT_ID", "x"),
            ("COUNTERSIGN_SOCIAL__EVIL__CLIENT_SECRET", "x"),
            ("COUNTERSIGN_SOCIAL__EVIL__AUTHORIZATION_URL", &token),
            ("COUNTERSIGN_SOCIAL__EVIL__TOKEN_URL", &token),
            ("COUNTERSIGN_SOCIAL__EVIL__USERINFO_URL", &userinfo),
        ])
        .await;
    let begun = begin(&server, "/sign-in/social", "plain").await;
    // The honest provider's code, brought to the attacker's token endpoint.
    assert_eq!(come_back(&server, "evil", &begun.state).await, "/err?error=state_mismatch");
    assert!(attackers.asked("/token").is_empty(), "the code stays here");
    honest.knows(&ann());
    assert_eq!(come_back(&server, "plain", &begun.state).await, "/in");
}

#[tokio::test]
async fn a_flow_is_over_after_ten_minutes() {
    let provider = IdentityProvider::start().await;
    let server = provider.server(&[]).await;
    provider.knows(&ann());
    let begun = begin(&server, "/sign-in/social", "plain").await;
    server.clock.advance(SignedDuration::from_secs(601));
    assert!(come_back(&server, "plain", &begun.state).await.ends_with("error=state_mismatch"));
    assert!(provider.asked("/token").is_empty());
}

#[tokio::test]
async fn the_verifier_is_sent_with_the_code_and_never_to_the_browser() {
    let provider = IdentityProvider::start().await;
    let server = provider.server(&[]).await;
    provider.knows(&ann());
    let body = json!({ "provider": "plain", "callbackURL": "/in" });
    let reply = server.post("/sign-in/social", &body).await;
    let state = reply.json()["url"].as_str().expect("an address").to_owned();
    let state = state.split("state=").nth(1).expect("a state")[..32].to_owned();
    come_back(&server, "plain", &state).await;
    let asked = provider.asked("/token").remove(0);
    let verifier = asked.split("code_verifier=").nth(1).expect("a verifier")[..128].to_owned();
    assert!(!reply.body.contains(&verifier), "{}", reply.body);
    assert!(reply.body.contains("code_challenge_method=S256"), "{}", reply.body);
}

#[tokio::test]
async fn a_callback_names_its_issuer_where_the_metadata_says_so() {
    let provider = IdentityProvider::start().await;
    let mut metadata = provider.metadata();
    metadata["authorization_response_iss_parameter_supported"] = json!(true);
    provider.answers("/.well-known/openid-configuration", &metadata);
    let server = provider.server(&[]).await;
    for (issuer, error) in [
        ("", "issuer_missing"),
        ("&iss=", "issuer_missing"),
        ("&iss=https%3A%2F%2Fevil.example", "issuer_mismatch"),
    ] {
        let begun = begin(&server, "/sign-in/social", "idp").await;
        let place = come_back(&server, "idp", &format!("{}{issuer}", begun.state)).await;
        assert_eq!(place, format!("/err?error={error}"));
    }
    assert!(provider.asked("/token").is_empty(), "no code was redeemed");
}

#[tokio::test]
async fn t163_what_an_application_sends_along_leads_nobody_away() {
    let provider = IdentityProvider::start().await;
    let server = provider.server(&[]).await;
    provider.knows(&ann());
    let evil = "https://evil.example";
    let body = json!({
        "provider": "plain", "callbackURL": "/in",
        "additionalData": {
            "callbackURL": evil, "errorURL": evil, "newUserURL": evil, "link": { "userId": "x", "email": "x" },
            "serverContext": { "provider": "other" }, "codeVerifier": "x", "expiresAt": 9, "oauthState": "x",
        },
    });
    for query in ["code=some-code", "error=access_denied"] {
        let reply = server.post("/sign-in/social", &body).await;
        let url = reply.json()["url"].as_str().expect("an address").to_owned();
        let state = &url.split("state=").nth(1).expect("a state")[..32];
        let place = location(&server.get(&format!("/callback/plain?{query}&state={state}")).await);
        assert!(!place.contains("evil"), "{place}");
    }
    assert_eq!(who(&server).await, "ann@example.com");
}
