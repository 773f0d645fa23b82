//! Too many requests, and too many guesses at one account, wherever they are counted.

use countersign_testing::{file_in, postgres::Postgres, redis::Redis};
use http::StatusCode;
use jiff::SignedDuration;
use serde_json::json;
use tempfile::TempDir;

use crate::fixture::{PASSWORD, TestServer};

/// Everything that counts, each with what it needs.
struct Storage {
    name: &'static str,
    redis: Option<Redis>,
    folder: TempDir,
}

fn storages() -> Vec<Storage> {
    ["memory", "redis", "database"]
        .into_iter()
        .map(|name| Storage {
            name,
            redis: (name == "redis").then(|| Redis::start().expect("Redis starts")),
            folder: tempfile::tempdir().expect("a folder"),
        })
        .collect()
}

impl Storage {
    async fn server(&self) -> TestServer {
        let redis = self.redis.as_ref().map(Redis::url).unwrap_or_default();
        let database = file_in(&self.folder, "auth.db");
        let changes = [
            ("COUNTERSIGN_RATE_LIMIT__ENABLED", "true"),
            ("COUNTERSIGN_RATE_LIMIT__STORAGE", self.name),
            ("REDIS_URL", redis.as_str()),
            ("DATABASE_URL", database.as_str()),
        ];
        TestServer::start(&changes).await
    }
}

async fn sign_in_from(server: &TestServer, peer: &str, email: &str, password: &str) -> u16 {
    let body = json!({ "email": email, "password": password });
    server.send_from(peer, server.json_request("/sign-in/email", &body)).await.status.as_u16()
}

#[tokio::test]
async fn the_fourth_sign_in_waits_wherever_it_is_counted() {
    for storage in storages() {
        let server = storage.server().await;
        for attempt in 0..5 {
            let status = sign_in_from(&server, "203.0.113.7", "x", "y").await;
            assert_eq!(status, if attempt < 3 { 400 } else { 429 }, "{}", storage.name);
        }
        assert_eq!(sign_in_from(&server, "203.0.113.8", "x", "y").await, 400);
        if storage.name != "redis" {
            // The clock of Redis is its own.
            server.clock.advance(SignedDuration::from_secs(10));
            assert_eq!(sign_in_from(&server, "203.0.113.7", "x", "y").await, 400);
        }
    }
}

#[tokio::test]
async fn t267_mail_and_changes_of_credentials_are_counted_more_strictly() {
    let server = storages()[0].server().await;
    for (path, status) in [
        ("/change-password", 429),
        ("/change-email", 429),
        ("/request-password-reset", 429),
        ("/send-verification-email", 429),
        ("/get-session", 405),
    ] {
        for _ in 0..3 {
            server.post(path, &json!({})).await;
        }
        let reply = server.post(path, &json!({})).await;
        assert_eq!(reply.status.as_u16(), status, "{path}");
        if path.ends_with("reset") {
            assert_eq!(reply.headers["x-retry-after"], "60");
        }
    }
}

#[tokio::test]
async fn t273_of_fifty_at_once_three_pass() {
    for storage in storages() {
        let server = storage.server().await;
        let all = (0..50).map(|_| sign_in_from(&server, "203.0.113.7", "x", "y"));
        let statuses = futures_util::future::join_all(all).await;
        let passed = statuses.iter().filter(|status| **status == 400).count();
        assert_eq!((passed, statuses.len()), (3, 50), "{}", storage.name);
    }
}

#[tokio::test]
async fn t203_of_a_hundred_wrong_passwords_at_once_three_are_looked_at() {
    for storage in storages() {
        let server = storage.server().await;
        server.sign_up(&json!({})).await;
        server.forget_cookies();
        let guess = |number: usize| {
            let password = format!("wrong password {number}");
            let server = &server;
            async move { sign_in_from(server, "203.0.113.7", "ann@example.com", &password).await }
        };
        let statuses = futures_util::future::join_all((0..100).map(guess)).await;
        let count = |status| statuses.iter().filter(|other| **other == status).count();
        assert_eq!((count(401), count(429)), (3, 97), "{}", storage.name);
    }
}

#[tokio::test]
async fn t308_two_servers_count_together() {
    for storage in storages().iter().skip(1) {
        let servers = [storage.server().await, storage.server().await];
        let mut passed = 0;
        for number in 0..50 {
            let status = sign_in_from(&servers[number % 2], "203.0.113.7", "x", "y").await;
            passed += usize::from(status == 400);
        }
        assert_eq!(passed, 3, "{}", storage.name);
    }
}

#[tokio::test]
async fn t275_where_nothing_can_be_counted_nothing_is_let_through() {
    let mut storage = storages().remove(1);
    let server = storage.server().await;
    storage.redis.as_mut().expect("Redis").stop();
    for _ in 0..2 {
        let status = sign_in_from(&server, "203.0.113.7", "ann@example.com", PASSWORD).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    }
}

#[tokio::test]
async fn services_learn_keys_and_revocations_while_redis_that_counts_is_away() {
    let mut redis = Redis::start().expect("Redis starts");
    let folder = tempfile::tempdir().expect("a folder");
    let (url, database) = (redis.url(), file_in(&folder, "auth.db"));
    let server = TestServer::start(&[
        ("COUNTERSIGN_RATE_LIMIT__ENABLED", "true"),
        ("COUNTERSIGN_SESSION__STORE_IN_DATABASE", "true"),
        ("DATABASE_URL", &database),
        ("REDIS_URL", &url),
    ])
    .await;
    redis.stop();
    assert_eq!(server.get("/ok").await.status, 503, "this is counted there");
    for path in ["/jwks", "/revocations"] {
        assert_eq!(server.get(path).await.status, 200, "{path}");
        for _ in 0..100 {
            server.get(path).await;
        }
        assert_eq!(server.get(path).await.status, 429, "{path} is counted here");
    }
}

#[tokio::test]
async fn keys_are_told_while_the_database_that_counts_is_away() {
    let mut postgres = Postgres::start().expect("PostgreSQL starts");
    let url = postgres.new_database("auth").expect("a database");
    let server = TestServer::start(&[
        ("COUNTERSIGN_RATE_LIMIT__ENABLED", "true"),
        ("COUNTERSIGN_RATE_LIMIT__STORAGE", "database"),
        ("DATABASE_URL", &url),
    ])
    .await;
    let before = server.get("/jwks").await;
    assert_eq!(before.status, 200);
    postgres.stop();
    server.clock.advance(SignedDuration::from_mins(1));
    let after = server.get("/jwks").await;
    assert_eq!((after.status, after.body), (before.status, before.body));
}

#[tokio::test]
async fn t276_one_account_that_is_attacked_from_many_addresses_answers_no_more() {
    for storage in storages() {
        let server = storage.server().await;
        server.sign_up(&json!({})).await;
        let ann = server.take_cookies();
        for number in 0..10 {
            let peer = format!("198.51.100.{number}");
            let case = if number % 2 == 0 { "ann@example.com" } else { "Ann@Example.com" };
            assert_eq!(sign_in_from(&server, &peer, case, "wrong password").await, 401);
        }
        let body = json!({ "email": "ann@example.com", "password": PASSWORD });
        let request = || server.json_request("/sign-in/email", &body);
        let refused = server.send_from("192.0.2.1", request()).await;
        let wrong = json!({ "email": "nobody@example.com", "password": PASSWORD });
        let nobody =
            server.send_from("192.0.2.2", server.json_request("/sign-in/email", &wrong)).await;
        assert_eq!((refused.status, &refused.body), (nobody.status, &nobody.body));
        assert!(refused.body.contains("INVALID_EMAIL_OR_PASSWORD"));

        // Ann's open session is untouched, and her browser can sign in anew.
        server.put_cookies(ann.clone());
        assert_eq!(server.get("/get-session").await.json()["user"]["name"], "Ann");
        assert_eq!(server.send_from("192.0.2.3", request()).await.status, 200);
    }
}

#[tokio::test]
async fn t202_an_account_is_open_again_after_a_quarter_of_an_hour() {
    let server = storages()[0].server().await;
    server.sign_up(&json!({})).await;
    server.forget_cookies();
    for number in 0..1000 {
        let peer = format!("198.51.{}.{}", number / 250, number % 250);
        if number < 20 || number % 100 == 0 {
            sign_in_from(&server, &peer, "ann@example.com", "wrong password").await;
        }
    }
    assert_eq!(sign_in_from(&server, "192.0.2.1", "ann@example.com", PASSWORD).await, 401);
    server.clock.advance(SignedDuration::from_mins(15));
    assert_eq!(sign_in_from(&server, "192.0.2.1", "ann@example.com", PASSWORD).await, 200);
    // A sign-in that succeeds begins the count anew.
    for number in 0..20 {
        server.forget_cookies();
        let peer = format!("203.0.113.{number}");
        let password = if number % 5 == 4 { PASSWORD } else { "wrong password" };
        let status = sign_in_from(&server, &peer, "ann@example.com", password).await;
        assert_eq!(status, if number % 5 == 4 { 200 } else { 401 });
    }
}

#[tokio::test]
async fn rules_of_the_settings_come_first() {
    let changes = [
        ("COUNTERSIGN_RATE_LIMIT__ENABLED", "true"),
        ("COUNTERSIGN_RATE_LIMIT__RULES", "/sign-in/* 1/1m, /ok off"),
        ("COUNTERSIGN_RATE_LIMIT__MAX", "2"),
    ];
    let server = TestServer::start(&changes).await;
    assert_eq!(sign_in_from(&server, "203.0.113.7", "x", "y").await, 400);
    assert_eq!(sign_in_from(&server, "203.0.113.7", "x", "y").await, 429);
    for request in 0..5 {
        assert_eq!(server.get("/ok").await.status, 200);
        let status = server.get("/get-session").await.status.as_u16();
        assert_eq!(status, if request < 2 { 200 } else { 429 });
    }
}
