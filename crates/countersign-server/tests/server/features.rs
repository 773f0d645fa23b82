//! Which features are on in a database that is not new.

use countersign_server::{FeatureState, StartError, inspect};
use countersign_store::{
    Database, DatabaseUrl,
    schema::{BETTER_AUTH, JWKS},
};
use serde_json::json;
use tempfile::TempDir;

use crate::fixture::{TestServer, settings};

/// A file with Better Auth's tables, without those of plugins.
async fn core_tables() -> (String, Database, TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}", folder.path().join("a.db").display());
    let database = Database::open(&url.parse::<DatabaseUrl>().expect("a URL")).expect("opens");
    database.create(&BETTER_AUTH).await.expect("creates");
    (url, database, folder)
}

async fn said(changes: &[(&str, &str)]) -> Vec<String> {
    let settings = settings(changes).expect("settings");
    let findings = inspect(&settings).await.expect("looks");
    assert!(findings.is_ready);
    findings.features.iter().map(FeatureState::to_string).collect()
}

#[tokio::test]
async fn tokens_are_off_where_there_is_no_table_for_keys_and_on_where_there_is() {
    let (url, database, _folder) = core_tables().await;
    let place = [("DATABASE_URL", url.as_str())];
    let lines = said(&place).await;
    let off = "jwt is off: the table jwks is missing; `countersign migrate apply` adds it";
    assert_eq!(lines[0], off);
    assert!(lines.iter().any(|line| line == "bearer is off: bearer.enabled is false"), "{lines:?}");
    let server = TestServer::start(&place).await;
    server.sign_up(&json!({})).await;
    assert_eq!(server.get("/token").await.status, 404);
    assert!(!server.get("/get-session").await.headers.contains_key("set-auth-jwt"));

    let asked_for = [place[0], ("COUNTERSIGN_TOKEN__ENABLED", "true")];
    let error = TestServer::try_start(&asked_for).await.err().expect("refused");
    assert!(matches!(error, StartError::Schema { .. }), "{error}");
    assert!(error.to_string().contains("table `jwks` is missing"), "{error}");

    database.create(&JWKS).await.expect("creates");
    assert_eq!(said(&place).await[0], "jwt is on");
    let server = TestServer::start(&asked_for).await;
    server.sign_up(&json!({ "email": "bob@example.com" })).await;
    assert_eq!(server.get("/token").await.status, 200);
}

#[tokio::test]
async fn usernames_are_off_where_users_have_no_column_for_them() {
    let (url, _database, _folder) = core_tables().await;
    let place = [("DATABASE_URL", url.as_str()), ("COUNTERSIGN_USERNAME__ENABLED", "auto")];
    let off = "username is off: the column user.username is missing; \
               `countersign migrate apply` adds it";
    assert!(said(&place).await.iter().any(|line| line == off));
    let server = TestServer::start(&place).await;
    let reply = server.sign_up(&json!({ "username": "ann" })).await;
    assert!(reply.json()["user"].get("username").is_none(), "{}", reply.body);
    let body = json!({ "username": "ann", "password": "password1234" });
    assert_eq!(server.post("/sign-in/username", &body).await.status, 404);
}

#[tokio::test]
async fn a_new_database_has_what_every_feature_needs() {
    let auto = [("COUNTERSIGN_USERNAME__ENABLED", "auto")];
    let server = TestServer::start(&auto).await;
    let reply = server.sign_up(&json!({ "username": "ann" })).await;
    assert_eq!(reply.json()["user"]["username"], "ann");
    assert_eq!(server.get("/token").await.status, 200);
}
