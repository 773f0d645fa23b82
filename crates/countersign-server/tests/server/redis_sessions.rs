//! Sessions in a real Redis: what is there, and what happens while it is away.

use std::{sync::Arc, time::Duration};

use countersign_jwt::Clock;
use countersign_store::{
    date,
    sql::{Expr, ExprTrait, Query},
};
use countersign_testing::{file_in, redis::Redis};
use http::StatusCode;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::{
    fixture::{PASSWORD, TestServer},
    storage_faults::open,
};

struct WithRedis {
    redis: Redis,
    server: TestServer,
}

async fn start(more: &[(&str, &str)]) -> WithRedis {
    let redis = Redis::start().expect("Redis starts");
    let url = redis.url();
    let mut changes = vec![("REDIS_URL", url.as_str())];
    changes.extend(more);
    let server = TestServer::start(&changes).await;
    WithRedis { redis, server }
}

async fn sign_in(server: &TestServer) -> String {
    let body = json!({ "email": "ann@example.com", "password": PASSWORD });
    let reply = server.post("/sign-in/email", &body).await;
    reply.json()["token"].as_str().expect("a token").to_owned()
}

#[tokio::test]
async fn keys_and_values_are_those_of_better_auth() {
    let WithRedis { redis, server } = start(&[]).await;
    let signed_up = server.sign_up(&json!({})).await.json();
    let token = signed_up["token"].as_str().expect("a token");
    let user = signed_up["user"]["id"].as_str().expect("an id");

    let stored = redis.run(&format!("GET better-auth:{token}")).expect("a session");
    let stored: Value = serde_json::from_str(&stored).expect("JSON");
    let names: Vec<_> = stored["session"].as_object().expect("an object").keys().collect();
    let expected =
        ["id", "ipAddress", "userAgent", "expiresAt", "userId", "token", "createdAt", "updatedAt"];
    assert_eq!(names, expected);
    assert_eq!(stored["user"], signed_up["user"]);
    assert_eq!(redis.run(&format!("TTL better-auth:{token}")).as_deref(), Some("604800"));
    let active = redis.run(&format!("GET better-auth:active-sessions-{user}"));
    let expected = format!(r#"[{{"token":"{token}","expiresAt":1800604800000}}]"#);
    assert_eq!(active, Some(expected));

    let shown = server.get("/get-session").await.json();
    assert_eq!(shown, stored);
    let names: Vec<_> = shown["session"].as_object().expect("an object").keys().collect();
    assert_eq!(names[0], "id");
    assert_eq!(server.get("/list-sessions").await.json(), json!([stored["session"]]));
}

#[tokio::test]
async fn a_session_is_extended_ended_and_forgotten_there() {
    let WithRedis { redis, server } = start(&[]).await;
    let signed_up = server.sign_up(&json!({})).await.json();
    let user = signed_up["user"]["id"].as_str().expect("an id").to_owned();
    server.clock.advance(SignedDuration::from_hours(24));
    let shown = server.get("/get-session").await.json();
    assert_eq!(shown["session"]["expiresAt"], "2027-01-23T08:00:00.000Z");
    let active = redis.run(&format!("GET better-auth:active-sessions-{user}")).expect("a list");
    assert!(active.contains("1800691200000"), "{active}");

    let first = server.take_cookies();
    let second = sign_in(&server).await;
    assert_eq!(server.get("/list-sessions").await.json().as_array().map(Vec::len), Some(2));
    server.post("/revoke-other-sessions", &json!({})).await;
    let kept = server.take_cookies();
    server.put_cookies(first);
    assert_eq!(server.get("/get-session").await.json(), Value::Null);

    server.put_cookies(kept.clone());
    server.post("/sign-out", &json!({})).await;
    assert_eq!(redis.run(&format!("GET better-auth:{second}")), None);
    assert_eq!(redis.run(&format!("GET better-auth:active-sessions-{user}")), None);
    server.put_cookies(kept);
    assert_eq!(server.get("/get-session").await.json(), Value::Null);
}

#[tokio::test]
async fn all_sessions_end_at_once_also_those_that_no_list_names() {
    let WithRedis { redis, server } = start(&[]).await;
    let signed_up = server.sign_up(&json!({})).await.json();
    let (token, user) = (&signed_up["token"], &signed_up["user"]["id"]);
    let (token, user) = (token.as_str().expect("a token"), user.as_str().expect("an id"));
    let first = server.take_cookies();
    server.clock.advance(SignedDuration::from_secs(1));
    sign_in(&server).await;
    // A write of another server was lost, or is still to come.
    let copy = redis.run(&format!("GET better-auth:{token}")).expect("a session");
    assert_eq!(server.post("/revoke-sessions", &json!({})).await.status, 200);
    let before = redis.run(&format!("GET better-auth:revoked-sessions-before-{user}"));
    assert_eq!(before.as_deref(), Some("1800000001000"));
    assert!(!copy.contains(' '));
    redis.run(&format!("SET better-auth:{token} {}", quoted(&copy)));
    server.put_cookies(first);
    assert_eq!(server.get("/get-session").await.json(), Value::Null);
    // A later sign-in is none of those.
    server.clock.advance(SignedDuration::from_secs(1));
    sign_in(&server).await;
    assert_ne!(server.get("/get-session").await.json(), Value::Null);
}

#[tokio::test]
async fn t147_a_changed_password_ends_all_others_wherever_sessions_are() {
    for rows in [["false", "false"], ["true", "false"], ["true", "true"]] {
        let settings = [
            ("COUNTERSIGN_SESSION__STORE_IN_DATABASE", rows[0]),
            ("COUNTERSIGN_SESSION__PRESERVE_IN_DATABASE", rows[1]),
        ];
        let WithRedis { redis: _redis, server } = start(&settings).await;
        server.sign_up(&json!({})).await;
        let old = server.take_cookies();
        server.clock.advance(SignedDuration::from_secs(1));
        sign_in(&server).await;
        let this = server.take_cookies();
        server.put_cookies(this.clone());
        server.clock.advance(SignedDuration::from_secs(1));
        let change = json!({
            "currentPassword": PASSWORD, "newPassword": "another password", "revokeOtherSessions": true,
        });
        let changed = server.post("/change-password", &change).await;
        assert_eq!(changed.status, 200, "{rows:?} {}", changed.body);
        assert_eq!(
            server.get("/get-session").await.json()["session"]["token"],
            changed.json()["token"]
        );
        assert_eq!(server.get("/list-sessions").await.json().as_array().map(Vec::len), Some(1));
        for cookies in [old, this] {
            server.put_cookies(cookies);
            assert_eq!(server.get("/get-session").await.json(), Value::Null, "{rows:?}");
        }
    }
}

#[tokio::test]
async fn a_user_who_changed_is_shown_changed_by_every_session() {
    let WithRedis { redis: _redis, server } = start(&[]).await;
    server.sign_up(&json!({})).await;
    let first = server.take_cookies();
    sign_in(&server).await;
    server.clock.advance(SignedDuration::from_secs(1));
    let change = json!({ "name": "Anne", "image": "https://example.com/anne" });
    assert_eq!(server.post("/update-user", &change).await.status, 200);
    let here = server.get("/get-session").await.json();
    server.put_cookies(first);
    let there = server.get("/get-session").await.json();
    assert_eq!(here["user"], there["user"]);
    assert_eq!(there["user"]["name"], "Anne");
    assert_eq!(there["user"]["updatedAt"], "2027-01-15T08:00:01.000Z");
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\\\""))
}

#[tokio::test]
async fn t145_a_key_of_redis_that_is_no_session_opens_and_ends_nothing() {
    let WithRedis { redis, server } = start(&[]).await;
    let signed_up = server.sign_up(&json!({})).await.json();
    let user = signed_up["user"]["id"].as_str().expect("an id");
    let active = format!("active-sessions-{user}");
    for token in [active.as_str(), "account|x", ""] {
        let reply = server.post("/revoke-session", &json!({ "token": token })).await;
        assert_eq!(reply.json(), json!({ "status": true }), "{token}");
    }
    assert!(redis.run(&format!("GET better-auth:{active}")).is_some());
    assert_ne!(server.get("/get-session").await.json(), Value::Null);
}

#[tokio::test]
async fn with_the_database_as_well_redis_may_forget() {
    let WithRedis { redis, server } =
        start(&[("COUNTERSIGN_SESSION__STORE_IN_DATABASE", "true")]).await;
    server.sign_up(&json!({})).await;
    redis.run("FLUSHALL");
    let shown = server.get("/get-session").await.json();
    assert_eq!(shown["user"]["name"], "Ann");
    // Also when the session is due to be extended.
    server.clock.advance(SignedDuration::from_hours(25));
    let extended = server.get("/get-session").await;
    assert_eq!(extended.json()["user"]["name"], "Ann", "{}", extended.body);
    assert_ne!(extended.json()["session"]["expiresAt"], shown["session"]["expiresAt"]);
    assert_eq!(server.post("/sign-out", &json!({})).await.status, 200);
    assert_eq!(server.get("/get-session").await.json(), Value::Null);
}

#[tokio::test]
async fn rows_that_are_preserved_open_nothing() {
    let settings = [
        ("COUNTERSIGN_SESSION__STORE_IN_DATABASE", "true"),
        ("COUNTERSIGN_SESSION__PRESERVE_IN_DATABASE", "true"),
    ];
    let WithRedis { redis, server } = start(&settings).await;
    server.sign_up(&json!({})).await;
    let cookies = server.take_cookies();
    server.put_cookies(cookies.clone());
    server.post("/sign-out", &json!({})).await;
    server.put_cookies(cookies.clone());
    assert_eq!(server.get("/get-session").await.json(), Value::Null);
    redis.run("FLUSHALL");
    server.put_cookies(cookies);
    assert_eq!(server.get("/get-session").await.json(), Value::Null);
}

#[tokio::test]
async fn t307_while_redis_is_away_nobody_is_signed_out_and_nobody_waits() {
    let WithRedis { mut redis, server } =
        start(&[("COUNTERSIGN_SESSION__STORE_IN_DATABASE", "true")]).await;
    server.sign_up(&json!({})).await;
    let cookies = server.take_cookies();
    redis.stop();
    for (method, path) in [("GET", "/get-session"), ("GET", "/token"), ("POST", "/sign-out")] {
        server.put_cookies(cookies.clone());
        let reply = match method {
            "GET" => server.get(path).await,
            _ => server.post(path, &json!({})).await,
        };
        assert_eq!(reply.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
        assert_eq!(reply.headers["retry-after"], "1");
        assert!(reply.set_cookies().is_empty(), "{path}: no cookie is taken away");
    }
    redis.restart().expect("Redis starts again");
    server.put_cookies(cookies.clone());
    // The first call may find the old connection gone.
    server.get("/get-session").await;
    server.put_cookies(cookies);
    assert_eq!(server.get("/get-session").await.json()["user"]["name"], "Ann");
}

#[tokio::test]
async fn a_redis_that_does_not_answer_at_the_start_is_named_without_its_password() {
    let mut redis = Redis::start().expect("Redis starts");
    let url = redis.url().replace("redis://", "redis://user:hunter2@");
    redis.stop();
    for url in [url.as_str(), "http://user:hunter2@127.0.0.1"] {
        let error = TestServer::try_start(&[("REDIS_URL", url)]).await.err().expect("refused");
        let error = error.to_string();
        assert!(error.contains("REDIS_URL") && !error.contains("hunter2"), "{error}");
    }
}

#[tokio::test]
async fn who_deletes_themselves_is_signed_out_wherever_sessions_are() {
    for rows in ["false", "true"] {
        let settings = [
            ("COUNTERSIGN_SESSION__STORE_IN_DATABASE", rows),
            ("COUNTERSIGN_DELETE_USER__ENABLED", "true"),
        ];
        let WithRedis { redis: _redis, server } = start(&settings).await;
        server.sign_up(&json!({})).await;
        let elsewhere = server.take_cookies();
        server.clock.advance(SignedDuration::from_secs(1));
        sign_in(&server).await;
        server.clock.advance(SignedDuration::from_secs(1));
        let deleted = server.post("/delete-user", &json!({ "password": PASSWORD })).await;
        assert_eq!(deleted.status, 200, "{}", deleted.body);
        server.put_cookies(elsewhere);
        assert_eq!(server.get("/get-session").await.json(), Value::Null, "{rows}");
    }
}

/// What a Redis answers that is there and cannot do what it is asked: whoever asks is told to come again, and
/// nobody that anything was done.
#[tokio::test]
async fn t229_a_redis_that_answers_with_an_error_is_away() {
    let WithRedis { redis, server } = start(&[]).await;
    server.sign_up(&json!({})).await;
    let cookies = server.take_cookies();
    let sign_in = json!({ "email": "ann@example.com", "password": PASSWORD });
    let goes_on = async || {
        server.put_cookies(cookies.clone());
        server.get("/get-session").await.json()["user"]["name"] == "Ann"
    };
    for (what, fault, repair) in [
        ("no memory", "CONFIG SET maxmemory 1", "CONFIG SET maxmemory 0"),
        ("a replica", "REPLICAOF 127.0.0.1 1", "REPLICAOF NO ONE"),
        ("no replica", "CONFIG SET min-replicas-to-write 1", "CONFIG SET min-replicas-to-write 0"),
    ] {
        redis.run(fault);
        assert_eq!(server.post("/sign-in/email", &sign_in).await.status, 503, "{what}");
        server.put_cookies(cookies.clone());
        let reply = server.post("/revoke-sessions", &json!({})).await;
        assert_eq!(reply.status, 503, "{what}: {}", reply.body);
        assert!(reply.set_cookies().is_empty(), "{what}");
        redis.run(repair);
        assert!(goes_on().await, "{what}: nothing was ended");
    }
    // On one connection: whoever connects after the first command has to show the password.
    redis.run("CONFIG SET requirepass another\r\nCLIENT KILL TYPE normal");
    for _ in 0..3 {
        for path in ["/get-session", "/list-sessions"] {
            server.put_cookies(cookies.clone());
            assert_eq!(server.get(path).await.status, 503, "{path}");
        }
    }
}

/// Somebody signs in at one server, and ends all other sessions at another one between the row and its copy.
#[tokio::test]
async fn a_session_that_ends_before_it_is_in_redis_is_not_there_afterwards() {
    for preserved in ["false", "true"] {
        let redis = Redis::start().expect("Redis starts");
        let folder = tempfile::tempdir().expect("a folder");
        let (url, shared) = (file_in(&folder, "a.db"), redis.url());
        let settings = [
            ("DATABASE_URL", url.as_str()),
            ("REDIS_URL", &shared),
            ("COUNTERSIGN_SESSION__STORE_IN_DATABASE", "true"),
            ("COUNTERSIGN_SESSION__PRESERVE_IN_DATABASE", preserved),
        ];
        let (one, other) = (TestServer::start(&settings).await, TestServer::start(&settings).await);
        other.sign_up(&json!({})).await;
        other.clock.advance(SignedDuration::from_secs(1));
        let database = open(&url);
        let live = async || {
            let live = Query::select()
                .column("id")
                .from("session")
                .and_where(Expr::col("expiresAt").gt(date(other.clock.now())))
                .take();
            database.fetch_all(&live).await.expect("reads").len()
        };
        let pause = async || tokio::time::sleep(Duration::from_millis(5)).await;

        redis.run("CLIENT PAUSE 60000 WRITE");
        let one = Arc::new(one);
        let signs_in = Arc::clone(&one);
        let body = json!({ "email": "ann@example.com", "password": PASSWORD });
        let signing_in =
            tokio::spawn(async move { signs_in.post("/sign-in/email", &body).await.status });
        while live().await < 2 && !signing_in.is_finished() {
            pause().await;
        }
        let nothing = json!({});
        let goes_on = async {
            while live().await > 1 {
                pause().await;
            }
            redis.run("CLIENT UNPAUSE");
        };
        let (ended, ()) = tokio::join!(other.post("/revoke-other-sessions", &nothing), goes_on);
        // On a machine that is slow enough Redis was away for both.
        let signed_in = signing_in.await.expect("no panic");
        assert!([200, 503].contains(&ended.status.as_u16()), "{}", ended.body);
        assert!([200, 503].contains(&signed_in.as_u16()));
        assert!(one.get("/get-session").await.json().is_null(), "preserved {preserved}");
    }
}
