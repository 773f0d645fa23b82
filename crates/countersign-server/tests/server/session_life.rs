//! The life of a session, hour by hour.

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::fixture::{PASSWORD, TestServer};

const HOUR: SignedDuration = SignedDuration::from_hours(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);

async fn session(server: &TestServer) -> Value {
    server.get("/get-session").await.json()
}

#[tokio::test]
async fn a_session_is_extended_when_it_is_used_a_day_after_and_keeps_its_token() {
    let server = TestServer::start(&[]).await;
    server.sign_up(&json!({})).await;
    let first = session(&server).await;

    server.clock.advance(DAY - SignedDuration::from_millis(1));
    let reply = server.get("/get-session").await;
    assert_eq!(reply.json()["session"], first["session"]);
    assert!(reply.set_cookies().is_empty());

    server.clock.advance(SignedDuration::from_millis(1));
    let reply = server.get("/get-session").await;
    let extended = reply.json();
    assert_eq!(extended["session"]["token"], first["session"]["token"]);
    assert_eq!(extended["session"]["createdAt"], "2027-01-15T08:00:00.000Z");
    assert_eq!(extended["session"]["updatedAt"], "2027-01-16T08:00:00.000Z");
    assert_eq!(extended["session"]["expiresAt"], "2027-01-23T08:00:00.000Z");
    let cookies = reply.set_cookies();
    assert_eq!(cookies.len(), 1);
    assert!(cookies[0].starts_with("better-auth.session_token="), "{cookies:?}");
    assert!(
        cookies[0].ends_with("; Max-Age=604800; Path=/; HttpOnly; SameSite=Lax"),
        "{cookies:?}"
    );
}

#[tokio::test]
async fn every_signed_in_endpoint_extends_a_session_and_a_query_can_ask_it_not_to() {
    let server = TestServer::start(&[]).await;
    server.sign_up(&json!({})).await;
    server.clock.advance(DAY * 2);
    assert!(server.get("/get-session?disableRefresh=false").await.set_cookies().is_empty());
    assert!(server.get("/token?disableRefresh=1").await.set_cookies().is_empty());
    assert_eq!(server.get("/token").await.set_cookies().len(), 1);
    assert_eq!(session(&server).await["session"]["expiresAt"], "2027-01-24T08:00:00.000Z");
}

#[tokio::test]
async fn a_session_that_nobody_uses_is_over_after_a_week_and_its_cookies_are_taken_back() {
    let server = TestServer::start(&[]).await;
    server.sign_up(&json!({})).await;
    server.clock.advance(DAY * 7 + SignedDuration::from_millis(1));
    let reply = server.get("/get-session").await;
    assert_eq!(reply.json(), Value::Null);
    let names: Vec<_> = reply
        .set_cookies()
        .into_iter()
        .map(|line| line.split('=').next().expect("a name"))
        .collect();
    let expected = ["session_token", "session_data", "dont_remember"];
    assert_eq!(names, expected.map(|name| format!("better-auth.{name}")));
    assert!(reply.set_cookies().iter().all(|line| line.contains("=; Max-Age=0; ")));
}

#[tokio::test]
async fn a_session_that_is_not_to_be_remembered_is_never_extended() {
    let server = TestServer::start(&[("COUNTERSIGN_SESSION__UPDATE_AGE", "0")]).await;
    server.sign_up(&json!({ "rememberMe": false })).await;
    let first = session(&server).await;
    assert_eq!(first["session"]["expiresAt"], "2027-01-16T08:00:00.000Z");
    server.clock.advance(HOUR * 23);
    assert_eq!(session(&server).await, first);
    server.clock.advance(HOUR * 2);
    assert_eq!(session(&server).await, Value::Null);
}

#[tokio::test]
async fn a_list_of_sessions_wants_a_fresh_one_and_extending_does_not_make_it_fresh() {
    let server = TestServer::start(&[]).await;
    server.sign_up(&json!({})).await;
    server.clock.advance(DAY - SignedDuration::from_millis(1));
    assert_eq!(server.get("/list-sessions").await.status, 200);
    server.clock.advance(SignedDuration::from_millis(1));
    let reply = server.get("/list-sessions").await;
    assert_eq!((reply.status.as_u16(), &reply.json()["code"]), (403, &json!("SESSION_NOT_FRESH")));
    assert_eq!(server.post("/revoke-other-sessions", &json!({})).await.status, 200);

    let always_fresh = TestServer::start(&[("COUNTERSIGN_SESSION__FRESH_AGE", "0")]).await;
    always_fresh.sign_up(&json!({})).await;
    always_fresh.clock.advance(DAY * 3);
    assert_eq!(always_fresh.get("/list-sessions").await.status, 200);
}

#[tokio::test]
async fn sessions_that_are_over_are_not_listed() {
    let server = TestServer::start(&[("COUNTERSIGN_SESSION__FRESH_AGE", "0")]).await;
    server.sign_up(&json!({ "rememberMe": false })).await;
    server.forget_cookies();
    server.clock.advance(DAY * 2);
    let body = json!({ "email": "ann@example.com", "password": PASSWORD });
    assert_eq!(server.post("/sign-in/email", &body).await.status, 200);
    assert_eq!(server.get("/list-sessions").await.json().as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn behind_https_cookies_are_secure_and_say_so_in_their_name() {
    let server = TestServer::start(&[("BETTER_AUTH_URL", "https://app.test")]).await;
    let request = {
        let body = json!({ "name": "Ann", "email": "ann@example.com", "password": PASSWORD });
        let mut request = server.json_request("/sign-up/email", &body);
        request.headers_mut().insert("origin", "https://app.test".parse().expect("a header"));
        request
    };
    let reply = server.send(request).await;
    let cookies = reply.set_cookies();
    assert!(cookies[0].starts_with("__Secure-better-auth.session_token="), "{cookies:?}");
    assert!(cookies[0].ends_with("; Path=/; HttpOnly; Secure; SameSite=Lax"), "{cookies:?}");
}

#[tokio::test]
async fn t139_a_session_that_is_used_every_day_ends_all_the_same_where_the_settings_say_so() {
    let most = ("COUNTERSIGN_SESSION__ABSOLUTE_LIFETIME", "30d");
    let server = TestServer::start(&[most]).await;
    server.sign_up(&json!({})).await;
    for day in 1..30 {
        server.clock.advance(DAY);
        let shown = session(&server).await;
        assert_ne!(shown, Value::Null, "day {day}");
        let ends = shown["session"]["expiresAt"].as_str().expect("a date");
        assert!(ends <= "2027-02-14T08:00:00.000Z", "{ends}");
    }
    // Nothing is left to be extended.
    server.clock.advance(DAY - HOUR);
    assert!(server.get("/get-session").await.set_cookies().is_empty());
    server.clock.advance(HOUR + SignedDuration::from_millis(1));
    assert_eq!(session(&server).await, Value::Null);
}

#[tokio::test]
async fn t139_the_limit_counts_for_sessions_that_began_before_it_was_set() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = countersign_testing::file_in(&folder, "auth.db");
    let unlimited = TestServer::start(&[("DATABASE_URL", &url)]).await;
    unlimited.sign_up(&json!({})).await;
    let limited =
        [("DATABASE_URL", url.as_str()), ("COUNTERSIGN_SESSION__ABSOLUTE_LIFETIME", "2d")];
    let limited = TestServer::start(&limited).await;
    let cookies = unlimited.take_cookies();
    limited.put_cookies(cookies.clone());
    let listed = limited.get("/list-sessions").await.json();
    assert_eq!(listed[0]["expiresAt"], "2027-01-17T08:00:00.000Z");
    limited.clock.advance(DAY * 2 + SignedDuration::from_millis(1));
    assert_eq!(session(&limited).await, Value::Null);
    // It is refused as one that is over: nothing is left of it for the other server.
    unlimited.put_cookies(cookies);
    assert_eq!(session(&unlimited).await, Value::Null);
}
