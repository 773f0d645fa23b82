//! This server asks the addresses it was told, and no others.

use std::collections::BTreeMap;

use countersign_server::settings::{Settings, Source};
use serde_json::json;

use super::provider::{IdentityProvider, sign_in};
use crate::fixture::{repeating, settings};

#[tokio::test]
async fn redirects_of_a_provider_are_not_followed() {
    let provider = IdentityProvider::start().await;
    let inside = IdentityProvider::start().await;
    inside.knows(&json!({ "id": "x", "email": "ann@example.com", "email_verified": true }));
    let server = provider.server(&[]).await;
    for status in [301, 302, 303, 307, 308] {
        provider.answers_with("/token", status, &format!("{}/token", inside.url));
        assert_eq!(sign_in(&server, "plain").await, "/err?error=invalid_code");
        provider.knows(&json!({}));
        provider.answers_with("/userinfo", status, &format!("{}/userinfo", inside.url));
        assert_eq!(sign_in(&server, "plain").await, "/err?error=unable_to_get_user_info");
    }
    assert!(inside.asked("/token").is_empty() && inside.asked("/userinfo").is_empty());
}

#[tokio::test]
async fn answers_without_end_or_sense_are_refused() {
    let provider = IdentityProvider::start().await;
    let server = provider.server(&[]).await;
    let long = format!("{{\"id\":\"{}\"}}", "x".repeat(1024 * 1024));
    for body in [long.as_str(), "", "[]", "null", "<html>", "\"text\"", "{\"id\":"] {
        provider.answers_with("/token", 200, body);
        assert!(sign_in(&server, "plain").await.starts_with("/err?error="), "as tokens");
        provider.answers("/token", &json!({ "access_token": "x" }));
        provider.answers_with("/userinfo", 200, body);
        assert_eq!(sign_in(&server, "plain").await, "/err?error=unable_to_get_user_info");
    }
}

#[tokio::test]
async fn metadata_that_points_elsewhere_makes_no_provider() {
    let provider = IdentityProvider::start().await;
    for (member, value) in [
        ("issuer", json!("https://evil.example")),
        ("issuer", json!(null)),
        ("token_endpoint", json!("http://token.example/")),
        ("token_endpoint", json!("file:///etc/passwd")),
        ("token_endpoint", json!("https://user:password@token.example/")),
        ("token_endpoint", json!(null)),
        ("authorization_endpoint", json!("javascript:alert(1)")),
        ("jwks_uri", json!("http://192.168.0.1/jwks")),
        ("userinfo_endpoint", json!("gopher://x")),
        ("userinfo_endpoint", json!(7)),
    ] {
        let mut metadata = provider.metadata();
        metadata[member] = value.clone();
        provider.answers("/.well-known/openid-configuration", &metadata);
        let server = provider.server(&[]).await;
        let body = json!({ "provider": "idp", "callbackURL": "/in" });
        let reply = server.post("/sign-in/social", &body).await;
        assert_eq!(reply.status, 404, "{member}: {value}: {}", reply.body);
    }
}

#[tokio::test]
async fn a_provider_that_is_down_is_asked_again_later() {
    let provider = IdentityProvider::start().await;
    provider.answers_with("/.well-known/openid-configuration", 503, "");
    let server = provider.server(&[]).await;
    let body = json!({ "provider": "idp", "callbackURL": "/in" });
    for _ in 0..5 {
        assert_eq!(server.post("/sign-in/social", &body).await.status, 404);
    }
    assert_eq!(provider.asked("/.well-known/openid-configuration").len(), 1);
    provider.answers("/.well-known/openid-configuration", &provider.metadata());
    server.clock.advance(jiff::SignedDuration::from_secs(5));
    assert_eq!(server.post("/sign-in/social", &body).await.status, 200);
}

#[test]
fn addresses_and_secrets_that_cannot_be_used_are_named() {
    let whole = [
        ("COUNTERSIGN_SOCIAL__X__CLIENT_ID", "id"),
        ("COUNTERSIGN_SOCIAL__X__CLIENT_SECRET", "hunter2hunter2"),
        ("COUNTERSIGN_SOCIAL__X__AUTHORIZATION_URL", "https://idp.example/authorize"),
        ("COUNTERSIGN_SOCIAL__X__TOKEN_URL", "https://idp.example/token"),
        ("COUNTERSIGN_SOCIAL__X__USERINFO_URL", "https://idp.example/userinfo"),
    ];
    assert!(settings(&whole).is_ok());
    for (variable, value, key) in [
        ("COUNTERSIGN_SOCIAL__X__CLIENT_ID", "", "social.x.client_id"),
        ("COUNTERSIGN_SOCIAL__X__TOKEN_URL", "http://idp.example/token", "social.x.token_url"),
        ("COUNTERSIGN_SOCIAL__X__TOKEN_URL", "https://a:b@idp.example/", "social.x.token_url"),
        ("COUNTERSIGN_SOCIAL__X__TOKEN_URL", "/token", "social.x.token_url"),
        ("COUNTERSIGN_SOCIAL__X__TOKEN_URL", "", "social.x.discovery_url"),
        ("COUNTERSIGN_SOCIAL__X__USERINFO_URL", "", "social.x.userinfo_url"),
        ("COUNTERSIGN_SOCIAL__X__SIGN_UP", "maybe", "social.x.sign_up"),
        ("COUNTERSIGN_SOCIAL__X__TOKEN_AUTH", "none", "social.x.token_auth"),
        ("COUNTERSIGN_SOCIAL__X__TRUSTED", "yes", "social.x.trusted"),
        ("COUNTERSIGN_SOCIAL__X__CLIENT_SECRET_FILE", "/secret", "social.x.client_secret"),
        ("COUNTERSIGN_SOCIAL__X__TEAM_ID", "team", "social.x.private_key_file"),
        ("COUNTERSIGN_SOCIAL__X__TENANT", "a/../b", "social.x.tenant"),
        ("COUNTERSIGN_SOCIAL__X__TOKEN_URI", "x", "social.x.token_uri"),
        ("COUNTERSIGN_SOCIAL__GOOGLE__CLIENT_ID", "id", "social.google.client_secret"),
        ("COUNTERSIGN_SOCIAL__CREDENTIAL__CLIENT_ID", "id", "social.credential.*"),
        ("COUNTERSIGN_SOCIAL__X", "id", "social.x"),
    ] {
        let mut changed: Vec<_> =
            whole.iter().copied().filter(|(name, _)| *name != variable).collect();
        changed.push((variable, value));
        let error = settings(&changed).err().unwrap_or_else(|| panic!("{variable}={value}"));
        let text = format!("{error} {error:?}");
        assert!(text.contains(&format!("`{key}`")), "{text}");
        assert!(!text.contains("hunter2"), "{text}");
    }
}

#[test]
fn settings_of_a_provider_can_be_in_the_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let (file, secret) = (folder.path().join("countersign.toml"), folder.path().join("secret"));
    std::fs::write(&secret, "a secret in a file\n").expect("a file");
    let text = format!(
        "[social.google]\nclient_id = [\"one\", \"two\"]\n\
         client_secret_file = {secret:?}\nscopes = [\"a\", \"b\"]\n"
    );
    std::fs::write(&file, text).expect("a file");
    let environment =
        BTreeMap::from([("BETTER_AUTH_SECRET".to_owned(), countersign_testing::SECRET.to_owned())]);
    let source = Source { file: Some(file.clone()), environment };
    let read = Settings::read(&source, &repeating()).unwrap_or_else(|error| panic!("{error}"));
    let [google] = &read.providers[..] else { panic!("one provider") };
    assert_eq!(
        (&google.client_ids.join(" ")[..], &google.scopes.join(" ")[..]),
        ("one two", "a b")
    );
    std::fs::write(&file, "[social.google]\nclient = 1\n").expect("a file");
    let error = Settings::read(&source, &repeating()).err().expect("refused");
    assert!(error.to_string().contains("`social.google.client`"), "{error}");
    assert!(error.to_string().contains("`client_id`"), "{error}");
}
