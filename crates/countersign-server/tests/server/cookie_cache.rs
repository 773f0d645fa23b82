//! The cookie that remembers sessions: what it saves, what it never allows, and when it is dropped.

use std::collections::BTreeMap;

use countersign_jwt::Clock;
use countersign_store::{Database, sessions, users};
use countersign_testing::{SECRET, file_in, redis::Redis};
use http::StatusCode;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::fixture::{PASSWORD, Reply, TestServer};

const DATA: &str = "better-auth.session_data";
const STRATEGIES: [&str; 3] = ["compact", "jwt", "jwe"];

async fn cached(strategy: &str, more: &[(&str, &str)]) -> TestServer {
    let mut changes = vec![("COUNTERSIGN_SESSION__COOKIE_CACHE", strategy)];
    changes.extend(more);
    TestServer::start(&changes).await
}

fn names(reply: &Reply) -> Vec<&str> {
    reply
        .set_cookies()
        .into_iter()
        .filter_map(|line| line.split_once('='))
        .map(|(n, _)| n)
        .collect()
}

#[tokio::test]
async fn no_session_is_looked_up_while_the_cookie_is_good() {
    for strategy in STRATEGIES {
        let folder = tempfile::tempdir().expect("a folder");
        let url = file_in(&folder, "auth.db");
        let server = cached(strategy, &[("DATABASE_URL", &url)]).await;
        server.sign_up(&json!({})).await;
        let first = server.get("/get-session").await;
        assert_eq!(names(&first), [""; 0], "{strategy}");
        assert!(first.headers.contains_key("set-auth-jwt"));

        let database = Database::open(&url.parse().expect("a URL")).expect("opens");
        let user = first.json()["user"]["id"].as_str().expect("an id").to_owned();
        assert_eq!(database.execute(&sessions::delete_all(&user)).await.expect("deletes"), 1);
        assert_eq!(server.get("/get-session").await.body, first.body, "{strategy}");
        server.clock.advance(SignedDuration::from_secs(299));
        let last = server.get("/get-session").await;
        assert_eq!(last.body, first.body, "{strategy}");
        // It reads, and brings no token for anybody who would have to be told that it ended.
        assert!(!last.headers.contains_key("set-auth-jwt"));

        server.clock.advance(SignedDuration::from_secs(1));
        let over = server.get("/get-session").await;
        assert_eq!(over.json(), Value::Null, "{strategy}");
        assert_eq!(
            names(&over),
            ["better-auth.session_token", DATA, DATA, "better-auth.dont_remember"]
        );
    }
}

#[tokio::test]
async fn after_five_minutes_the_session_is_looked_up_and_the_cookie_written_anew() {
    for strategy in STRATEGIES {
        let server = cached(strategy, &[]).await;
        server.sign_up(&json!({})).await;
        server.clock.advance(SignedDuration::from_mins(5));
        let reply = server.get("/get-session").await;
        assert_eq!(names(&reply), [DATA, DATA], "{strategy}");
        let lines = reply.set_cookies();
        assert!(lines[0].starts_with(&format!("{DATA}=; Max-Age=0; ")), "{lines:?}");
        assert!(lines[1].ends_with("; Max-Age=300; Path=/; HttpOnly; SameSite=Lax"), "{lines:?}");
        assert_eq!(names(&server.get("/get-session").await), [""; 0], "{strategy}");
    }
}

#[tokio::test]
async fn a_session_that_ends_with_the_browser_has_a_cookie_that_does() {
    let server = cached("compact", &[]).await;
    let reply = server.sign_up(&json!({ "rememberMe": false })).await;
    let data = reply.set_cookies()[2];
    assert!(data.starts_with(DATA) && !data.contains("Max-Age"), "{data}");
    assert_eq!(names(&server.get("/get-session").await), [""; 0]);
    // It is good for a minute, and not written anew.
    server.clock.advance(SignedDuration::from_mins(1));
    assert_eq!(names(&server.get("/get-session").await), [DATA]);
    assert_eq!(names(&server.get("/get-session").await), [""; 0]);
}

#[tokio::test]
async fn t141_a_session_that_was_ended_elsewhere_still_reads_and_does_nothing_else() {
    for strategy in STRATEGIES {
        let server = cached(strategy, &[]).await;
        server.sign_up(&json!({})).await;
        let phone = server.take_cookies();
        let body = json!({ "email": "ann@example.com", "password": PASSWORD });
        server.post("/sign-in/email", &body).await;
        assert_eq!(server.post("/revoke-other-sessions", &json!({})).await.status, 200);

        server.put_cookies(phone.clone());
        assert_ne!(server.get("/get-session").await.json(), Value::Null, "{strategy}");
        for path in [
            "/token",
            "/token?disableCookieCache=",
            "/token?disableCookieCache=false",
            "/list-sessions",
        ] {
            server.put_cookies(phone.clone());
            assert_eq!(server.get(path).await.status, StatusCode::UNAUTHORIZED, "{path}");
        }
        let unlink = json!({ "accountId": "any" });
        for path in ["/revoke-sessions", "/revoke-other-sessions", "/unlink-account"] {
            server.put_cookies(phone.clone());
            assert_eq!(server.post(path, &unlink).await.status, StatusCode::UNAUTHORIZED, "{path}");
        }
        server.put_cookies(phone.clone());
        assert_eq!(server.get("/get-session?disableCookieCache=1").await.json(), Value::Null);
    }
}

#[tokio::test]
async fn t142_nothing_in_a_request_brings_the_cache_back_where_it_does_not_count() {
    let server = cached("jwe", &[]).await;
    server.sign_up(&json!({})).await;
    let cookies = server.take_cookies();
    server.put_cookies(cookies.clone());
    server.post("/sign-out", &json!({})).await;
    for query in
        ["disableCookieCache=false", "disableCookieCache=", "disableCookieCache=0", "cache=1"]
    {
        server.put_cookies(cookies.clone());
        let body = json!({ "disableCookieCache": false, "query": { "disableCookieCache": false } });
        let reply = server.post(&format!("/revoke-sessions?{query}"), &body).await;
        assert_eq!(reply.status, StatusCode::UNAUTHORIZED, "{query}");
    }
}

#[tokio::test]
async fn t143_data_of_somebody_else_of_another_version_or_altered_is_dropped() {
    for strategy in STRATEGIES {
        let server = cached(strategy, &[]).await;
        server.sign_up(&json!({})).await;
        let ann = server.take_cookies();
        server.sign_up(&json!({ "name": "Bob", "email": "bob@example.com" })).await;
        let bob = server.take_cookies();
        let other = cached(strategy, &[("COUNTERSIGN_SESSION__COOKIE_CACHE_VERSION", "2")]).await;
        other.sign_up(&json!({})).await;
        let of_other_version = other.take_cookies();

        let mut altered = ann[DATA].clone();
        altered.replace_range(altered.len() / 2..=altered.len() / 2, "-");
        for data in [&bob[DATA], &of_other_version[DATA], &altered, &format!("{}A", ann[DATA])] {
            let mut cookies = ann.clone();
            cookies.insert(DATA.to_owned(), data.clone());
            server.put_cookies(cookies);
            let reply = server.get("/get-session").await;
            assert_eq!(reply.json()["user"]["name"], "Ann", "{strategy}");
            assert_eq!(names(&reply), [DATA, DATA], "{strategy}");
        }
    }
}

#[tokio::test]
async fn t130_of_two_sessions_in_one_request_nothing_is_mixed() {
    let server = cached("compact", &[]).await;
    server.sign_up(&json!({})).await;
    let ann = server.take_cookies();
    server.sign_up(&json!({ "name": "Bob", "email": "bob@example.com" })).await;
    let bob = server.take_cookies();
    let token = "better-auth.session_token";
    for data in [[&ann[DATA], &bob[DATA]], [&bob[DATA], &ann[DATA]]] {
        let line = format!("{token}={}; {DATA}={}; {DATA}={}", ann[token], data[0], data[1]);
        let mut request = server.json_request("/get-session", &Value::Null);
        *request.method_mut() = http::Method::GET;
        request.headers_mut().insert("cookie", line.parse().expect("a header"));
        assert_eq!(server.send(request).await.json()["user"]["name"], "Ann");
    }
}

#[tokio::test]
async fn t148_a_long_cookie_is_cut_and_pieces_of_before_are_taken_back() {
    let server = cached("compact", &[]).await;
    let image = format!("https://example.com/{}", "x".repeat(9_000));
    let reply = server.sign_up(&json!({ "image": image })).await;
    let pieces: Vec<_> = (0..4).map(|number| format!("{DATA}.{number}")).collect();
    assert_eq!(names(&reply)[1..], pieces[..]);
    for line in reply.set_cookies() {
        assert!(line.len() <= 4050, "{}", line.len());
    }
    let reply = server.get("/get-session").await;
    assert_eq!((reply.json()["user"]["image"].as_str(), names(&reply).len()), (Some(&*image), 0));

    // One piece is missing: the session is looked up, and all are written.
    let mut cookies = server.take_cookies();
    let whole = cookies.clone();
    cookies.remove(&pieces[1]);
    server.put_cookies(cookies);
    let reply = server.get("/get-session").await;
    let expected = [DATA, &pieces[0], &pieces[2], &pieces[3], &pieces[1]];
    assert_eq!(names(&reply), expected);

    // Somebody else, with a short cookie, signs in.
    server.put_cookies(whole);
    let body = json!({ "name": "Bob", "email": "bob@example.com", "password": PASSWORD });
    let reply = server.post("/sign-up/email", &body).await;
    let taken_back =
        reply.set_cookies().iter().filter(|line| line.contains("=; Max-Age=0")).count();
    assert_eq!((taken_back, names(&reply).last()), (4, Some(&DATA)));
    assert_eq!(server.get("/get-session").await.json()["user"]["name"], "Bob");
}

#[tokio::test]
async fn a_secret_that_can_be_guessed_protects_no_cookie() {
    let changes = [
        ("COUNTERSIGN_SERVER__DEVELOPMENT", "true"),
        ("BETTER_AUTH_SECRET", "short"),
        ("COUNTERSIGN_SESSION__COOKIE_CACHE", "jwe"),
    ];
    let error = TestServer::try_start(&changes).await.err().expect("refused").to_string();
    assert!(error.starts_with("session.cookie_cache cannot be used: "), "{error}");
}

#[tokio::test]
async fn a_session_is_extended_by_a_post_where_a_get_writes_nothing() {
    let server = TestServer::start(&[("COUNTERSIGN_SESSION__DEFER_REFRESH", "true")]).await;
    server.sign_up(&json!({})).await;
    let first = server.get("/get-session").await.json();
    assert_eq!(first["needsRefresh"], false);

    server.clock.advance(SignedDuration::from_hours(24));
    let due = server.get("/get-session").await;
    assert_eq!(due.json()["needsRefresh"], true);
    assert_eq!((&due.json()["session"], due.set_cookies().len()), (&first["session"], 0));
    let other = server.get("/token").await;
    assert!(other.set_cookies().is_empty(), "other endpoints write nothing either");
    assert_eq!(server.get("/get-session?disableRefresh=1").await.json().get("needsRefresh"), None);

    let extended = server.post("/get-session", &json!({})).await;
    assert_eq!(extended.json().get("needsRefresh"), None);
    assert_eq!(extended.json()["session"]["expiresAt"], "2027-01-23T08:00:00.000Z");
    assert_eq!(names(&extended), ["better-auth.session_token"]);

    // One that is over is only deleted by a POST.
    server.clock.advance(SignedDuration::from_hours(8 * 24));
    let cookies = server.take_cookies();
    for _ in 0..2 {
        server.put_cookies(cookies.clone());
        assert_eq!(server.get("/get-session").await.json(), Value::Null);
    }
    server.put_cookies(cookies);
    assert_eq!(server.post("/get-session", &json!({})).await.json(), Value::Null);
}

#[tokio::test]
async fn where_sessions_are_never_extended_none_is() {
    let server = TestServer::start(&[("COUNTERSIGN_SESSION__DISABLE_REFRESH", "true")]).await;
    server.sign_up(&json!({})).await;
    let first = server.get("/get-session").await;
    server.clock.advance(SignedDuration::from_hours(6 * 24));
    let later = server.get("/get-session").await;
    assert_eq!((later.body, later.headers.get("set-cookie")), (first.body, None));
}

#[tokio::test]
async fn t138_a_session_is_written_once_a_day_at_most() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = file_in(&folder, "auth.db");
    let server = TestServer::start(&[("DATABASE_URL", &url)]).await;
    server.sign_up(&json!({})).await;
    let database = Database::open(&url.parse().expect("a URL")).expect("opens");
    let user = users::find_by_email(&database, "ann@example.com").await.expect("reads");
    let user = user.expect("Ann");
    let now = "2027-01-15T08:00:00Z".parse().expect("a time");
    let mut writes = Vec::new();
    for hour in 0..49 {
        server.get("/get-session").await;
        let rows = sessions::list_live(&database, &user.id, now).await.expect("reads");
        if writes.last() != Some(&rows[0].updated_at) {
            writes.push(rows[0].updated_at);
        }
        assert_eq!(writes.len(), hour / 24 + 1, "hour {hour}");
        server.clock.advance(SignedDuration::from_hours(1));
    }
}

/// What one cookie says, for all members of which nothing is random.
fn parts(reply: &Reply) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    for name in names(reply) {
        *counts.entry(name).or_default() += 1;
    }
    counts
}

#[tokio::test]
async fn t136_signing_out_takes_back_all_and_the_old_cookies_open_nothing() {
    for strategy in ["off", "compact", "jwt", "jwe"] {
        let domain = [
            ("BETTER_AUTH_URL", "https://auth.example.com"),
            ("COUNTERSIGN_COOKIES__CROSS_SUBDOMAIN", "true"),
            ("COUNTERSIGN_COOKIES__DOMAIN", "example.com"),
            ("BETTER_AUTH_TRUSTED_ORIGINS", "http://app.test"),
            ("BETTER_AUTH_SECRET", SECRET),
        ];
        let server = cached(strategy, &domain).await;
        let signed_up = server.sign_up(&json!({})).await;
        let cookies = server.take_cookies();
        for _ in 0..2 {
            server.put_cookies(cookies.clone());
            let reply = server.post("/sign-out", &json!({})).await;
            assert_eq!(reply.json(), json!({ "success": true }));
            let data = usize::from(strategy != "off") + 1;
            assert_eq!(parts(&reply)["__Secure-better-auth.session_data"], data);
            let attributes = "; Domain=example.com; Path=/; HttpOnly; Secure; SameSite=Lax";
            for line in signed_up.set_cookies().iter().chain(&reply.set_cookies()) {
                assert!(line.ends_with(attributes), "{line}");
            }
        }
        server.put_cookies(cookies.clone());
        let reply = server.get("/get-session?disableCookieCache=true").await;
        assert_eq!(reply.json(), Value::Null);
        server.forget_cookies();
        assert_eq!(server.post("/sign-out", &json!({})).await.json(), json!({ "success": true }));
    }
}

#[tokio::test]
async fn what_the_cookie_says_of_a_user_is_not_written_over_what_is_known_by_now() {
    let redis = Redis::start().expect("Redis starts");
    let folder = tempfile::tempdir().expect("a folder");
    let (url, sessions) = (file_in(&folder, "auth.db"), redis.url());
    let server = cached("compact", &[("DATABASE_URL", &url), ("REDIS_URL", &sessions)]).await;
    let signed_up = server.sign_up(&json!({})).await.json();
    let database = Database::open(&url.parse().expect("a URL")).expect("opens");
    let id = signed_up["user"]["id"].as_str().expect("an id");
    let user = users::find_by_id(&database, id).await.expect("reads").expect("a user");
    let proven = users::verify_email(&user, server.clock.now());
    assert_eq!(database.execute(&proven).await.expect("writes"), 1);

    assert_eq!(server.post("/update-user", &json!({ "name": "Anne" })).await.status, 200);
    for place in ["/get-session", "/get-session?disableCookieCache=true"] {
        let user = server.get(place).await.json()["user"].clone();
        assert_eq!(
            (&user["name"], &user["emailVerified"]),
            (&json!("Anne"), &json!(true)),
            "{place}"
        );
    }
}
