//! Keys and tokens as the settings want them.

use countersign_jwt::{Clock, KeySet, Verifier, dangerous::read_without_verifying};
use countersign_store::{Database, DatabaseUrl, signing_keys};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::fixture::{ORIGIN, PASSWORD, TestServer};

const DAY: SignedDuration = SignedDuration::from_hours(24);

async fn token(server: &TestServer) -> String {
    server.get("/token").await.json()["token"].as_str().expect("a token").to_owned()
}

async fn verifies(server: &TestServer, audience: &str, token: &str) -> bool {
    let keys = KeySet::from_jwks_json(server.get("/jwks").await.body.as_bytes()).expect("keys");
    Verifier::new(ORIGIN, audience).verify(token, &keys, server.clock.now()).is_ok()
}

async fn published(server: &TestServer) -> Vec<Value> {
    server.get("/jwks").await.json()["keys"].as_array().expect("keys").clone()
}

#[tokio::test]
async fn every_algorithm_has_keys_of_its_kind_and_tokens_that_they_verify() {
    for (algorithm, bits, kind, curve, modulus) in [
        ("EdDSA", "2048", "OKP", Some("Ed25519"), 0),
        ("ES256", "2048", "EC", Some("P-256"), 0),
        ("ES512", "2048", "EC", Some("P-521"), 0),
        ("RS256", "2048", "RSA", None, 342),
        ("RS256", "3072", "RSA", None, 512),
        ("PS256", "2048", "RSA", None, 342),
    ] {
        let settings =
            [("COUNTERSIGN_TOKEN__ALGORITHM", algorithm), ("COUNTERSIGN_TOKEN__RSA_BITS", bits)];
        let server = TestServer::start(&settings).await;
        server.sign_up(&json!({})).await;
        assert!(verifies(&server, ORIGIN, &token(&server).await).await, "{algorithm} {bits}");
        let key = published(&server).await.remove(0);
        assert_eq!((&key["alg"], &key["kty"]), (&json!(algorithm), &json!(kind)));
        assert_eq!(key.get("crv").and_then(Value::as_str), curve);
        assert_eq!(key["n"].as_str().map_or(0, str::len), modulus, "{algorithm} {bits}");
    }
}

#[tokio::test]
async fn a_key_that_signed_long_enough_is_followed_by_another_and_published_until_its_grace_ends() {
    let settings = [
        ("COUNTERSIGN_TOKEN__ROTATION_INTERVAL", "30d"),
        ("COUNTERSIGN_TOKEN__GRACE_PERIOD", "1d"),
        ("COUNTERSIGN_SESSION__EXPIRES_IN", "365d"),
    ];
    let server = TestServer::start(&settings).await;
    server.sign_up(&json!({})).await;
    server.clock.advance(DAY * 30 - SignedDuration::from_mins(1));
    let old = token(&server).await;
    // The key was made with the first token, not at the start.
    server.clock.advance(DAY * 30);
    let new = token(&server).await;
    assert_eq!(published(&server).await.len(), 2);
    assert_ne!(old.split('.').next(), new.split('.').next(), "another key signs");
    assert!(verifies(&server, ORIGIN, &new).await);
    server.clock.advance(DAY - SignedDuration::from_millis(1));
    assert_eq!(published(&server).await.len(), 2);
    server.clock.advance(SignedDuration::from_millis(1));
    assert_eq!(published(&server).await.len(), 1);
}

#[tokio::test]
async fn of_two_servers_that_make_the_first_key_both_are_believed() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}", folder.path().join("a.db").display());
    let one = TestServer::start(&[("DATABASE_URL", &url)]).await;
    one.sign_up(&json!({})).await;
    let other = TestServer::start(&[("DATABASE_URL", &url)]).await;
    let body = json!({ "email": "ann@example.com", "password": PASSWORD });
    other.post("/sign-in/email", &body).await;
    let (first, second) = tokio::join!(token(&one), token(&other));
    for server in [&one, &other] {
        assert!(verifies(server, ORIGIN, &first).await && verifies(server, ORIGIN, &second).await);
    }
}

#[tokio::test]
async fn a_private_key_is_stored_in_the_clear_only_where_that_was_wanted_and_opened_either_way() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}", folder.path().join("a.db").display());
    let clear = ("COUNTERSIGN_TOKEN__ENCRYPT_PRIVATE_KEYS", "false");
    let server = TestServer::start(&[("DATABASE_URL", &url), clear]).await;
    server.sign_up(&json!({})).await;
    let old = token(&server).await;
    let database = Database::open(&url.parse::<DatabaseUrl>().expect("a URL")).expect("opens");
    let row = signing_keys::list(&database, Timestamp::UNIX_EPOCH).await.expect("reads").remove(0);
    assert!(row.private_key.starts_with('{') && row.private_key.contains("\"d\""));
    let encrypting = TestServer::start(&[("DATABASE_URL", &url)]).await;
    let body = json!({ "email": "ann@example.com", "password": PASSWORD });
    encrypting.post("/sign-in/email", &body).await;
    let new = token(&encrypting).await;
    assert_eq!(old.split('.').next(), new.split('.').next(), "the same key signs");
    assert!(verifies(&encrypting, ORIGIN, &new).await);
}

#[tokio::test]
async fn several_audiences_are_a_list_and_each_takes_the_token() {
    let several = "https://tasks.test, https://files.test";
    let server = TestServer::start(&[("COUNTERSIGN_TOKEN__AUDIENCE", several)]).await;
    server.sign_up(&json!({})).await;
    let token = token(&server).await;
    let claims = read_without_verifying(&token).expect("a token").claims;
    assert_eq!(claims["aud"], json!(["https://tasks.test", "https://files.test"]));
    for (audience, taken) in
        [("https://tasks.test", true), ("https://files.test", true), (ORIGIN, false)]
    {
        assert_eq!(verifies(&server, audience, &token).await, taken, "{audience}");
    }
}

#[tokio::test]
async fn a_template_gives_what_it_names_and_cannot_change_whom_a_token_is_about() {
    let template = r#"{"name":"{user.name}","verified":"{user.emailVerified}","image":"{user.image}",
        "at":{"session":"{session.id}"},"tenant":"acme"}"#;
    let server = TestServer::start(&[("COUNTERSIGN_TOKEN__CLAIMS", template)]).await;
    server.sign_up(&json!({})).await;
    let session = server.get("/get-session").await.json();
    let claims = read_without_verifying(&token(&server).await).expect("a token").claims;
    assert_eq!(claims["name"], "Ann");
    assert_eq!((&claims["verified"], &claims["image"]), (&json!(false), &Value::Null));
    assert_eq!(claims["at"], json!({ "session": session["session"]["id"] }));
    assert_eq!((&claims["tenant"], &claims["sub"]), (&json!("acme"), &session["user"]["id"]));
}

#[tokio::test]
async fn tokens_can_be_off_altogether_and_keys_elsewhere() {
    let server = TestServer::start(&[("COUNTERSIGN_TOKEN__ENABLED", "false")]).await;
    server.sign_up(&json!({})).await;
    assert_eq!(server.get("/token").await.status, 404);
    assert_eq!(server.get("/jwks").await.status, 404);
    assert!(!server.get("/get-session").await.headers.contains_key("set-auth-jwt"));

    let elsewhere = ("COUNTERSIGN_TOKEN__JWKS_PATH", "/.well-known/jwks.json");
    let server = TestServer::start(&[elsewhere]).await;
    assert_eq!(server.get("/jwks").await.status, 404);
    assert_eq!(server.get("/.well-known/jwks.json").await.status, 200);
}
