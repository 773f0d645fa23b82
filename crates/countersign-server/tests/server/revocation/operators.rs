//! What the command line takes back, where something is in its way.

use std::time::Duration;

use countersign_jwt::Clock;
use countersign_server::{RevokeError, revoke_issued_before, revoke_session, set_password};
use countersign_store::{revocations, sessions, sql::Query};
use countersign_testing::{FixedClock, file_in, postgres::Postgres, redis::Redis};
use jiff::SignedDuration;
use serde_json::json;

use super::follower::{Follower, token};
use crate::{
    fixture::{TestServer, repeating, settings},
    storage_faults::open,
};

#[tokio::test]
async fn t230_what_was_done_while_redis_was_away_is_said_and_can_be_done_again() {
    let redis = Redis::start().expect("Redis starts");
    let folder = tempfile::tempdir().expect("a folder");
    let (url, sessions) = (file_in(&folder, "a.db"), redis.url());
    let changes = [
        ("DATABASE_URL", url.as_str()),
        ("REDIS_URL", &sessions),
        ("COUNTERSIGN_SESSION__STORE_IN_DATABASE", "true"),
    ];
    let server = TestServer::start(&changes).await;
    server.sign_up(&json!({})).await;
    let token = token(&server).await;
    let session = async || server.get("/get-session").await.json()["session"].clone();
    let id = session().await["id"].as_str().expect("an id").to_owned();
    let (settings, database) = (settings(&changes).expect("settings"), open(&url));
    let revoke = async || {
        revoke_session(&settings, &database, &id, None, &*server.clock, &repeating()).await
    };

    redis.run("ACL SETUSER default -ping");
    let error = revoke().await.expect_err("Redis does not answer");
    assert!(matches!(error, RevokeError::NoRedis(_)), "{error}");
    assert!(error.to_string().contains("nothing was taken back"), "{error}");
    redis.run("ACL SETUSER default +ping");
    assert_eq!(session().await["id"], json!(id));
    assert!(!Follower::of(&server).await.refuses(&token));

    redis.run("ACL SETUSER default -get");
    let error = revoke().await.expect_err("Redis does not say");
    assert!(matches!(error, RevokeError::Redis(_)), "{error}");
    assert!(error.to_string().contains("the database says already"), "{error}");
    assert!(Follower::of(&server).await.refuses(&token));
    redis.run("ACL SETUSER default +get");
    assert_eq!(session().await["id"], json!(id), "as it was said");

    revoke().await.expect("done again");
    assert!(server.get("/get-session").await.json().is_null());
    let error = revoke().await.expect_err("it is gone");
    assert!(matches!(error, RevokeError::NoSuchSession(_)), "{error}");
}

/// Somebody signs out while everything is taken back that was issued: both wait for each other in one order.
#[tokio::test]
async fn t302_everything_is_taken_back_while_somebody_signs_out() {
    let postgres = Postgres::start().expect("PostgreSQL starts");
    let url = postgres.new_database("auth").expect("a database");
    let changes = [("DATABASE_URL", url.as_str())];
    let server = TestServer::start(&changes).await;
    let token = server.sign_up(&json!({})).await.json()["token"].clone();
    let (settings, database) = (settings(&changes).expect("settings"), open(&url));
    // As a sign-out does it: the session, then the head.
    Follower::of(&server).await;
    let mut sign_out = database.begin().await.expect("begins");
    let session = sessions::delete(token.as_str().expect("a token"));
    assert_eq!(sign_out.execute(&session).await.expect("ends it"), 1);
    let now = server.clock.now();
    let entropy = repeating();
    let revoke = revoke_issued_before(&settings, &database, now, now, &entropy);
    let goes_on = async {
        let waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted";
        while postgres.run("auth", waiting).expect("reads").trim() == "0" {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        sign_out.execute(&revocations::advance(1)).await.expect("no deadlock");
        sign_out.commit().await.expect("commits");
    };
    let (revoked, ()) = tokio::join!(revoke, goes_on);
    assert_eq!(revoked.expect("takes all back"), 1);
}

#[tokio::test]
async fn t302_rows_that_are_preserved_stay_when_everything_is_taken_back() {
    let redis = Redis::start().expect("Redis starts");
    let folder = tempfile::tempdir().expect("a folder");
    let (url, shared) = (file_in(&folder, "a.db"), redis.url());
    let changes = [
        ("DATABASE_URL", url.as_str()),
        ("REDIS_URL", &shared),
        ("COUNTERSIGN_SESSION__STORE_IN_DATABASE", "true"),
        ("COUNTERSIGN_SESSION__PRESERVE_IN_DATABASE", "true"),
    ];
    let server = TestServer::start(&changes).await;
    server.sign_up(&json!({})).await;
    let token = token(&server).await;
    let (settings, database) = (settings(&changes).expect("settings"), open(&url));
    let (began, entropy) = (server.clock.now(), repeating());
    server.clock.advance(SignedDuration::from_secs(1));
    let now = server.clock.now();
    revoke_issued_before(&settings, &database, began, now, &entropy).await.expect("takes all back");
    assert!(server.get("/get-session").await.json().is_null());
    assert!(Follower::of(&server).await.refuses(&token));
    let rows = Query::select().column("expiresAt").from("session").take();
    let rows = database.fetch_all(&rows).await.expect("reads");
    let ends: Vec<_> = rows.iter().map(|row| row.timestamp("expiresAt").expect("a time")).collect();
    assert_eq!(ends, [now], "it says when it ended");
}

/// The command's clock stands for the time that it waited, for a hash and for locks.
#[tokio::test]
async fn a_password_that_is_replaced_ends_the_tokens_of_sessions_until_they_end() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = file_in(&folder, "a.db");
    let changes = [("DATABASE_URL", url.as_str())];
    let server = TestServer::start(&changes).await;
    server.sign_up(&json!({})).await;
    let then = FixedClock::at(server.clock.now());
    server.clock.advance(SignedDuration::from_secs(5));
    let token = token(&server).await;
    let (settings, database) = (settings(&changes).expect("settings"), open(&url));
    let password = "another password";
    set_password(&settings, &database, "ann@example.com", password, true, &then, &repeating())
        .await
        .expect("it is set");
    assert!(Follower::of(&server).await.refuses(&token));
}

#[tokio::test]
async fn t230_a_password_that_is_set_while_redis_is_away_says_what_was_done() {
    let redis = Redis::start().expect("Redis starts");
    let folder = tempfile::tempdir().expect("a folder");
    let (url, shared) = (file_in(&folder, "a.db"), redis.url());
    let changes = [("DATABASE_URL", url.as_str()), ("REDIS_URL", &shared)];
    let server = TestServer::start(&changes).await;
    server.sign_up(&json!({})).await;
    let browser = server.take_cookies();
    server.clock.advance(SignedDuration::from_secs(1));
    let (settings, database) = (settings(&changes).expect("settings"), open(&url));
    let set = async |password| {
        let (clock, entropy) = (&*server.clock, repeating());
        set_password(&settings, &database, "ann@example.com", password, true, clock, &entropy).await
    };
    let signs_in = async |password: &str| {
        let body = json!({ "email": "ann@example.com", "password": password });
        server.post("/sign-in/email", &body).await.status == 200
    };
    redis.run("ACL SETUSER default -ping");
    let error = set("another password").await.expect_err("Redis does not answer").to_string();
    assert!(error.contains("nothing was changed"), "{error}");
    assert!(!signs_in("another password").await);
    redis.run("ACL SETUSER default +ping -get");
    let error = set("another password").await.expect_err("Redis does not say").to_string();
    assert!(error.contains("the password is set, and sessions"), "{error}");
    redis.run("ACL SETUSER default +get");
    server.put_cookies(browser.clone());
    assert!(!server.get("/get-session").await.json().is_null(), "as it was said");
    set("another password").await.expect("done again");
    server.put_cookies(browser);
    assert!(server.get("/get-session").await.json().is_null());
    assert!(signs_in("another password").await);
}
