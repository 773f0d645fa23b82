//! The keys that sign tokens.

use countersign_store::{
    Database, DatabaseUrl,
    signing_keys::{self, SigningKeyRow},
};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::fixture::TestServer;

/// A server on a file, and the same file for looking and changing behind its back.
async fn with_file(changes: &[(&str, &str)]) -> (TestServer, Database, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}", folder.path().join("a.db").display());
    let changes: Vec<_> = changes.iter().copied().chain([("DATABASE_URL", url.as_str())]).collect();
    let server = TestServer::start(&changes).await;
    let database = Database::open(&url.parse::<DatabaseUrl>().expect("a URL")).expect("opens");
    (server, database, folder)
}

async fn kid_of_a_new_token(server: &TestServer) -> String {
    use base64ct::{Base64UrlUnpadded, Encoding};
    let token = server.get("/token").await.json();
    let header =
        token["token"].as_str().and_then(|token| token.split('.').next()).expect("a header");
    let header = Base64UrlUnpadded::decode_vec(header).expect("base64url");
    let header: Value = serde_json::from_slice(&header).expect("JSON");
    header["kid"].as_str().expect("a kid").to_owned()
}

async fn published(server: &TestServer) -> Vec<String> {
    let keys = server.get("/jwks").await.json();
    let keys = keys["keys"].as_array().expect("keys").iter();
    keys.map(|key| key["kid"].as_str().expect("a kid").to_owned()).collect()
}

/// A copy of the newest key's row, made `minutes` later and changed; the server reads the table anew.
async fn add_copy(
    (server, database): (&TestServer, &Database),
    id: &str,
    minutes: i64,
    change: impl FnOnce(&mut SigningKeyRow),
) {
    let newest =
        signing_keys::list(database, Timestamp::UNIX_EPOCH).await.expect("reads").remove(0);
    let created_at = newest.created_at + jiff::SignedDuration::from_mins(minutes);
    let mut copy = SigningKeyRow { id: id.to_owned(), created_at, ..newest };
    change(&mut copy);
    database.execute(&signing_keys::insert(&copy)).await.expect("inserts");
    server.clock.advance(jiff::SignedDuration::from_secs(1));
}

#[tokio::test]
async fn one_key_is_made_however_many_ask_at_once() {
    let (server, database, _folder) = with_file(&[]).await;
    server.sign_up(&json!({})).await;
    let paths = ["/jwks", "/token", "/get-session", "/token", "/jwks"];
    let replies = futures_util::future::join_all(paths.map(|path| server.get(path))).await;
    assert!(replies.iter().all(|reply| reply.status == 200));
    assert_eq!(signing_keys::list(&database, Timestamp::UNIX_EPOCH).await.expect("reads").len(), 1);
}

#[tokio::test]
async fn a_private_key_is_never_stored_in_the_clear() {
    let (server, database, _folder) = with_file(&[]).await;
    server.get("/jwks").await;
    let row = signing_keys::list(&database, Timestamp::UNIX_EPOCH).await.expect("reads").remove(0);
    assert!(!row.private_key.contains("\"d\"") && row.private_key.starts_with('"'));
    assert_eq!((row.algorithm.as_deref(), row.curve.as_deref()), (Some("EdDSA"), Some("Ed25519")));
}

#[tokio::test]
async fn the_newest_key_that_is_live_signs() {
    let (server, database, _folder) = with_file(&[]).await;
    server.sign_up(&json!({})).await;
    let first = kid_of_a_new_token(&server).await;
    add_copy((&server, &database), "newer", 1, |_| ()).await;
    assert_eq!(kid_of_a_new_token(&server).await, "newer");
    add_copy((&server, &database), "over", 2, |row| row.expires_at = Some(row.created_at)).await;
    server.clock.advance(jiff::SignedDuration::from_mins(10));
    assert_eq!(kid_of_a_new_token(&server).await, "newer");
    assert_eq!(published(&server).await, [first.as_str(), "newer", "over"]);
    server.clock.advance(jiff::SignedDuration::from_hours(31 * 24));
    assert_eq!(published(&server).await, [first.as_str(), "newer"]);
}

#[tokio::test]
async fn a_key_that_cannot_be_opened_is_passed_over_and_signs_nobody_out() {
    let (server, database, _folder) = with_file(&[]).await;
    server.sign_up(&json!({})).await;
    let first = kid_of_a_new_token(&server).await;
    add_copy((&server, &database), "of another secret", 1, |row| {
        row.private_key = format!("\"{}\"", "ab".repeat(90));
    })
    .await;
    add_copy((&server, &database), "of a kind to come", 2, |row| {
        row.algorithm = Some("ML-DSA-44".to_owned());
    })
    .await;
    assert_eq!(kid_of_a_new_token(&server).await, first);
    assert_eq!(server.get("/get-session").await.json()["user"]["email"], "ann@example.com");
}

#[tokio::test]
async fn another_algorithm_gets_a_key_of_its_own_only_when_there_is_none_that_lives() {
    let (server, database, _folder) = with_file(&[("COUNTERSIGN_TOKEN__ALGORITHM", "ES256")]).await;
    server.sign_up(&json!({})).await;
    kid_of_a_new_token(&server).await;
    let row = signing_keys::list(&database, Timestamp::UNIX_EPOCH).await.expect("reads").remove(0);
    assert_eq!((row.algorithm.as_deref(), row.curve.as_deref()), (Some("ES256"), Some("P-256")));
}
