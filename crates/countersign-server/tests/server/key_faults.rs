//! T79: private keys that cannot be opened any more.
//!
//! Another key is made and published beside the old one, and the log names each key that is passed over:
//! tokens go on, and those that the old key signed are still good. Nobody is signed out by a secret that was
//! changed.

use countersign_jwt::{KeySet, Verifier};
use countersign_store::{
    Database, DatabaseUrl,
    signing_keys::{self, SigningKeyRow},
    sql::{Expr, ExprTrait, Query},
};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::{
    fixture::{ORIGIN, PASSWORD, TestServer},
    storage_faults::Sql,
};

struct Keys {
    _folder: tempfile::TempDir,
    url: String,
    database: Database,
}

impl Keys {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite:{}", folder.path().join("a.db").display());
        let database = Database::open(&url.parse::<DatabaseUrl>().expect("a URL")).expect("opens");
        Self { _folder: folder, url, database }
    }

    async fn server(&self, secret: &str) -> TestServer {
        let settings = [("DATABASE_URL", self.url.as_str()), ("BETTER_AUTH_SECRET", secret)];
        TestServer::start(&settings).await
    }

    async fn rows(&self) -> Vec<SigningKeyRow> {
        signing_keys::list(&self.database, Timestamp::UNIX_EPOCH).await.expect("reads")
    }

    async fn write(&self, private_key: &str) {
        let update = Query::update()
            .table("jwks")
            .value("privateKey", private_key)
            .and_where(Expr::col("id").eq(self.rows().await[0].id.as_str()))
            .take();
        self.database.execute(&update).await.expect("writes");
    }
}

async fn sign_in(server: &TestServer) {
    let body = json!({ "email": "ann@example.com", "password": PASSWORD });
    assert_eq!(server.post("/sign-in/email", &body).await.status, 200);
}

async fn token(server: &TestServer) -> String {
    let answer = server.get("/token").await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()["token"].as_str().expect("a token").to_owned()
}

async fn verifies(server: &TestServer, token: &str) -> bool {
    let keys = KeySet::from_jwks_json(server.get("/jwks").await.body.as_bytes()).expect("keys");
    let now = countersign_jwt::Clock::now(&*server.clock);
    Verifier::new(ORIGIN, ORIGIN).verify(token, &keys, now).is_ok()
}

#[tokio::test]
async fn t079_with_another_secret_a_new_key_signs_and_old_tokens_are_still_good() {
    let keys = Keys::new();
    let first = keys.server("a-secret-for-tests-only-0123456789abcdef").await;
    first.sign_up(&json!({})).await;
    let old = token(&first).await;
    let second = keys.server("another-secret-for-tests-only-0123456789").await;
    sign_in(&second).await;
    let new = token(&second).await;
    assert_eq!(keys.rows().await.len(), 2);
    assert!(verifies(&second, &old).await && verifies(&second, &new).await);
}

#[tokio::test]
async fn t079_a_private_key_that_was_damaged_is_never_used() {
    for damage in [
        |text: &str| text.replacen(['0', '1', '2'], "f", 1),
        |text: &str| text[..text.len() / 2].to_owned(),
        |text: &str| format!("{}{}", &text[..text.len() - 3], "00\""),
        |_: &str| String::new(),
        |_: &str| "null".to_owned(),
    ] {
        let keys = Keys::new();
        let server = keys.server("a-secret-for-tests-only-0123456789abcdef").await;
        server.sign_up(&json!({})).await;
        let old = token(&server).await;
        let damaged = damage(&keys.rows().await[0].private_key);
        keys.write(&damaged).await;
        // A server that did not open it before.
        let server = keys.server("a-secret-for-tests-only-0123456789abcdef").await;
        sign_in(&server).await;
        let new = token(&server).await;
        assert_eq!(keys.rows().await.len(), 2, "{damaged}");
        assert!(verifies(&server, &old).await && verifies(&server, &new).await);
    }
}

#[tokio::test]
async fn a_next_key_that_cannot_be_stored_costs_nobody_the_keys_that_are_there() {
    let keys = Keys::new();
    let settings = [
        ("DATABASE_URL", keys.url.as_str()),
        ("BETTER_AUTH_SECRET", "a-secret-for-tests-only-0123456789abcdef"),
        ("COUNTERSIGN_TOKEN__ROTATION_INTERVAL", "1h"),
    ];
    let server = TestServer::start(&settings).await;
    server.sign_up(&json!({})).await;
    token(&server).await;
    let full = "CREATE TRIGGER full BEFORE INSERT ON jwks BEGIN SELECT RAISE(ABORT, 'full'); END";
    keys.database.execute(&Sql(full)).await.expect("runs");
    server.clock.advance(SignedDuration::from_mins(50));
    let new = token(&server).await;
    assert!(verifies(&server, &new).await);
    assert_eq!(keys.rows().await.len(), 1);
    // Another key of the table is published all the same, as soon as the table is read again.
    keys.database.execute(&Sql("UPDATE jwks SET id = 'renamed'")).await.expect("runs");
    server.clock.advance(SignedDuration::from_secs(1));
    assert!(server.get("/jwks").await.body.contains("renamed"));
    keys.database.execute(&Sql("DROP TRIGGER full")).await.expect("runs");
    server.clock.advance(SignedDuration::from_secs(1));
    server.get("/jwks").await;
    assert_eq!(keys.rows().await.len(), 2, "the step was taken when it could be");
}
