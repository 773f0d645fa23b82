//! What an unmodified Better Auth ends on the same PostgreSQL.

use countersign_jwt::{Clock, SystemClock};
use countersign_server::{WatchError, watch_better_auth};
use countersign_store::{Database, Names};
use countersign_testing::postgres::Postgres;
use jiff::SignedDuration;
use serde_json::json;

use super::follower::{Follower, token};
use crate::fixture::TestServer;

fn open(url: &str) -> Database {
    Database::open(&url.parse().expect("a URL")).expect("opens")
}

/// A server on a database that is watched, a minute behind the database's own clock.
async fn watched(url: &str) -> TestServer {
    watched_with(url, &[]).await
}

async fn watched_with(url: &str, more: &[(&str, &str)]) -> TestServer {
    let of_node = [("DATABASE_URL", url), ("COUNTERSIGN_TOKEN__CLAIMS", "user")];
    let settings = [&of_node, more].concat();
    drop(TestServer::start(&settings).await);
    watch_better_auth(&open(url), &Names::default()).await.expect("watches");
    let server = TestServer::start(&settings).await;
    let behind = SystemClock.now().duration_since(server.clock.now());
    server.clock.advance(behind - SignedDuration::from_mins(1));
    server
}

#[tokio::test]
async fn t224_what_better_auth_ends_in_the_same_database_ends_tokens() {
    let postgres = Postgres::start().expect("PostgreSQL starts");
    let url = postgres.new_database("auth").expect("a database");
    let server = watched(&url).await;
    postgres
        .run("auth", "ALTER TABLE \"user\" ADD banned boolean, ADD role text")
        .expect("the plugin admin is there, too");
    for (number, (ends, sql)) in [
        (false, "UPDATE \"user\" SET name = 'Anne'"),
        (false, "UPDATE account SET \"updatedAt\" = now()"),
        (true, "UPDATE account SET password = 'another'"),
        (true, "UPDATE \"user\" SET banned = true"),
        (false, "UPDATE \"user\" SET banned = false"),
        (true, "UPDATE \"user\" SET role = 'admin'"),
        (true, "DELETE FROM session"),
        (true, "DELETE FROM \"user\""),
    ]
    .into_iter()
    .enumerate()
    {
        server.forget_cookies();
        let email = format!("ann{number}@example.com");
        server.sign_up(&json!({ "email": email })).await;
        let token = token(&server).await;
        let mut follower = Follower::of(&server).await;
        postgres.run("auth", sql).expect("SQL runs");
        follower.follow(&server, 0).await;
        assert_eq!(follower.refuses(&token), ends, "{sql}");
    }
    let left = postgres.run("auth", "SELECT count(*) FROM \"revocationInbox\"").expect("reads");
    assert_eq!(left.trim(), "0", "each has its number");
}

/// Whoever looked just before another role was written may still issue a token with the old one.
#[tokio::test]
async fn another_role_and_a_ban_end_the_tokens_of_the_second_after_too() {
    let postgres = Postgres::start().expect("PostgreSQL starts");
    let url = postgres.new_database("auth").expect("a database");
    let server = watched(&url).await;
    server.sign_up(&json!({})).await;
    let columns = "ALTER TABLE \"user\" ADD banned boolean, ADD role text";
    postgres.run("auth", columns).expect("the plugin admin is there, too");
    for change in ["role = 'admin'", "banned = true"] {
        let second = "SELECT floor(extract(epoch FROM clock_timestamp()))";
        let sql = format!(
            "BEGIN; {second}; UPDATE \"user\" SET {change}; {second}; \
             DELETE FROM \"revocationInbox\" RETURNING before; COMMIT",
        );
        let said = postgres.run("auth", &sql).expect("SQL runs");
        let seconds: Vec<i64> = said.lines().filter_map(|line| line.trim().parse().ok()).collect();
        let [before, after, up_to] = seconds[..] else { panic!("{said}") };
        assert!((before + 1..=after + 1).contains(&up_to), "{change}: {said}");
    }
}

#[tokio::test]
async fn an_inbox_that_is_made_while_a_server_works_is_found() {
    let postgres = Postgres::start().expect("PostgreSQL starts");
    let url = postgres.new_database("auth").expect("a database");
    let settings = [("DATABASE_URL", url.as_str()), ("COUNTERSIGN_TOKEN__CLAIMS", "user")];
    let server = TestServer::start(&settings).await;
    let behind = SystemClock.now().duration_since(server.clock.now());
    server.clock.advance(behind - SignedDuration::from_mins(1));
    server.sign_up(&json!({})).await;
    let token = token(&server).await;
    let mut follower = Follower::of(&server).await;
    watch_better_auth(&open(&url), &Names::default()).await.expect("watches");
    postgres.run("auth", "DELETE FROM session").expect("SQL runs");
    server.clock.advance(SignedDuration::from_mins(1));
    follower.follow(&server, 0).await;
    assert!(follower.refuses(&token));
}

#[tokio::test]
async fn t242_who_asks_about_a_token_is_told_what_better_auth_ended_before_any_guard() {
    let postgres = Postgres::start().expect("PostgreSQL starts");
    let url = postgres.new_database("auth").expect("a database");
    let credential = "tasks:4f1d0c9b8a7e6f5d4c3b2a19087f6e5d4c3b2a1908f7e6d5";
    let settings = [
        ("COUNTERSIGN_REFRESH_TOKENS__ENABLED", "true"),
        ("COUNTERSIGN_RESOURCE_SERVERS__CREDENTIALS", credential),
    ];
    let server = watched_with(&url, &settings).await;
    server.sign_up(&json!({})).await;
    let token = token(&server).await;
    let is_active = async || {
        let request = http::Request::post("/api/auth/token/introspect")
            .header("authorization", super::follower::basic(credential))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(format!("token={token}").into());
        server.send(request.expect("a request")).await.json()["active"].clone()
    };
    assert_eq!(is_active().await, true);
    postgres.run("auth", "DELETE FROM session").expect("SQL runs");
    assert_eq!(is_active().await, false);
}

#[tokio::test]
async fn a_session_whose_time_was_over_ends_nothing() {
    let postgres = Postgres::start().expect("PostgreSQL starts");
    let url = postgres.new_database("auth").expect("a database");
    let server = watched(&url).await;
    server.sign_up(&json!({})).await;
    let sql = "UPDATE session SET \"expiresAt\" = now() - interval '1 second'; DELETE FROM session";
    postgres.run("auth", sql).expect("SQL runs");
    assert_eq!(Follower::of(&server).await.place.expect("a place").1, 0);
}

#[tokio::test]
async fn triggers_are_made_again_and_on_no_other_database() {
    let postgres = Postgres::start().expect("PostgreSQL starts");
    let url = postgres.new_database("auth").expect("a database");
    drop(watched(&url).await);
    watch_better_auth(&open(&url), &Names::default()).await.expect("watches again");
    let error = watch_better_auth(&open("sqlite::memory:"), &Names::default()).await;
    assert!(matches!(error, Err(WatchError::NotPostgres)));
}
