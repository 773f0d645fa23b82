//! How this server proves itself to providers, and how tokens lie in the database.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64ct::{Base64, Encoding};
use countersign_jwt::{Algorithm, SigningKey, Verifier};
use serde_json::json;

use super::provider::{CLIENT, CLIENT_SECRET, IdentityProvider, sign_in};

#[tokio::test]
async fn the_secret_goes_to_the_token_endpoint_only() {
    let provider = IdentityProvider::start().await;
    let server = provider.server(&[]).await;
    provider.knows(&json!({ "id": "x", "email": "ann@example.com", "email_verified": true }));
    let reply = server.post("/sign-in/social", &json!({ "provider": "plain" })).await;
    assert!(!reply.body.contains(CLIENT_SECRET));
    sign_in(&server, "plain").await;
    assert!(provider.asked("/token")[0].contains(&format!("client_secret={CLIENT_SECRET}")));
    assert!(!provider.asked("/userinfo")[0].contains(CLIENT_SECRET));
    assert!(provider.asked("/userinfo")[0].ends_with("Bearer access-token-of-theirs"));
}

#[tokio::test]
async fn the_secret_can_be_a_credential_of_its_own() {
    let provider = IdentityProvider::start().await;
    let server = provider.server(&[("COUNTERSIGN_SOCIAL__PLAIN__TOKEN_AUTH", "basic")]).await;
    provider.knows(&json!({ "id": "x", "email": "ann@example.com", "email_verified": true }));
    sign_in(&server, "plain").await;
    let asked = provider.asked("/token").remove(0);
    assert!(!asked.contains("client_secret="), "{asked}");
    assert!(asked.ends_with("Basic Y2xpZW50LW9mLW91cnM6Y2xpZW50LXNlY3JldC1vZi1vdXJz"), "{asked}");
}

#[tokio::test]
async fn apples_secret_is_signed_with_the_private_key() {
    let provider = IdentityProvider::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("key.p8");
    let pem = private_key();
    std::fs::write(&file, &pem).expect("a file");
    let path = file.to_str().expect("text");
    let token_url = format!("{}/token", provider.url);
    let server = provider
        .server(&[
            ("COUNTERSIGN_SOCIAL__APPLE__CLIENT_ID", CLIENT),
            ("COUNTERSIGN_SOCIAL__APPLE__TEAM_ID", "the-team"),
            ("COUNTERSIGN_SOCIAL__APPLE__KEY_ID", "the-key"),
            ("COUNTERSIGN_SOCIAL__APPLE__PRIVATE_KEY_FILE", path),
            ("COUNTERSIGN_SOCIAL__APPLE__TOKEN_URL", &token_url),
        ])
        .await;
    sign_in(&server, "apple").await;
    let asked = provider.asked("/token").remove(0);
    let secret = asked.split("client_secret=").nth(1).expect("a secret").trim();
    let key = SigningKey::from_private_pem(Algorithm::Es256, &pem).expect("a key");
    let keys = key.with_kid("the-key").key_set().expect("a key set");
    let verifier = Verifier::new("the-team", "https://appleid.apple.com");
    let now = "2027-01-15T08:00:00Z".parse().expect("a time");
    assert_eq!(verifier.verify(secret, &keys, now).expect("good").subject(), CLIENT);
}

fn private_key() -> String {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key pair");
    let der = pair.to_pkcs8v1().expect("PKCS #8");
    let text = Base64::encode_string(der.as_ref());
    let lines: Vec<_> = text.as_bytes().chunks(64).map(String::from_utf8_lossy).collect();
    format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", lines.join("\n"))
}
