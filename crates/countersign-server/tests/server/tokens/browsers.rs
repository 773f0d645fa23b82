//! A page's refresh token: in a cookie that no script reads, sent to one path, and only from trusted pages.

use axum::body::Body;
use http::Request;
use serde_json::json;

use super::device::{Device, assert_not_good, refresh, refreshed, start};
use crate::fixture::{Reply, TestServer};

const COOKIE: &str = "better-auth.refresh_token";

async fn begun(server: &TestServer) -> Reply {
    server.sign_up(&json!({})).await;
    let reply = server.post("/token", &json!({ "grant_type": "session" })).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply
}

fn cookie(reply: &Reply) -> Option<&str> {
    reply.set_cookies().into_iter().find(|line| line.starts_with(COOKIE))
}

#[tokio::test]
async fn a_page_gets_the_token_and_its_browser_what_renews_it() {
    let server = start(&[]).await;
    let reply = begun(&server).await;
    assert!(reply.json().get("refresh_token").is_none(), "{}", reply.body);
    let line = cookie(&reply).expect("a cookie");
    let (value, attributes) = line.split_once("; ").expect("attributes");
    assert!(value.starts_with("better-auth.refresh_token=csr_"), "{line}");
    let (max_age, rest) = attributes.split_once("; ").expect("attributes");
    assert_eq!(rest, "Path=/api/auth/token; HttpOnly; SameSite=Strict");
    let max_age: i64 = max_age.strip_prefix("Max-Age=").expect("a life").parse().expect("seconds");
    assert!((2_462_400..=2_592_000).contains(&max_age), "{max_age}");

    let next = server.post("/token", &json!({ "grant_type": "refresh_token" })).await;
    assert_eq!(next.status, 200, "{}", next.body);
    assert!(next.json().get("refresh_token").is_none());
    assert_ne!(cookie(&next), Some(line));
}

#[tokio::test]
async fn behind_https_the_cookie_is_secure() {
    let server = start(&[("BETTER_AUTH_URL", "https://app.test")]).await;
    let sent = async |path: &str, body: serde_json::Value| {
        let mut request = server.json_request(path, &body);
        request.headers_mut().insert("origin", "https://app.test".parse().expect("a header"));
        server.send(request).await
    };
    let ann = json!({ "name": "Ann", "email": "ann@example.com", "password": "password1234" });
    assert_eq!(sent("/sign-up/email", ann).await.status, 200);
    let reply = sent("/token", json!({ "grant_type": "session" })).await;
    let lines = reply.set_cookies();
    let expected = "; Path=/api/auth/token; HttpOnly; Secure; SameSite=Strict";
    assert!(lines[0].starts_with("__Secure-better-auth.refresh_token=csr_"), "{lines:?}");
    assert!(lines[0].ends_with(expected), "{lines:?}");
}

#[tokio::test]
async fn t215_only_a_trusted_page_has_a_token_refreshed() {
    let server = start(&[]).await;
    begun(&server).await;
    let body = json!({ "grant_type": "refresh_token" });
    for (origin, code) in
        [(Some("https://evil.example"), "INVALID_ORIGIN"), (None, "MISSING_OR_NULL_ORIGIN")]
    {
        let mut request = server.json_request("/token", &body);
        request.headers_mut().remove("origin");
        if let Some(origin) = origin {
            request.headers_mut().insert("origin", origin.parse().expect("a header"));
        }
        let reply = server.send(request).await;
        let said = (reply.status.as_u16(), reply.json()["code"].clone());
        assert_eq!(said, (403, json!(code)));
        assert!(reply.set_cookies().is_empty());
    }
    assert_eq!(server.post("/token", &body).await.status, 200);
}

#[tokio::test]
async fn t215_a_page_of_another_site_cannot_plant_a_token_of_its_own() {
    let server = start(&[]).await;
    let eves = Device::signed_up(&server).await.begin(&server).await;
    let body = format!("grant_type=refresh_token&refresh_token={}", eves.refresh);
    let request = Request::post("/api/auth/token")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("origin", "https://evil.example");
    let reply = server.send(request.body(Body::from(body)).expect("a request")).await;
    assert_eq!((reply.status.as_u16(), reply.set_cookies().len()), (403, 0));
}

#[tokio::test]
async fn t215_nothing_is_refreshed_by_get() {
    let server = start(&[]).await;
    let pair = Device::signed_up(&server).await.begin(&server).await;
    // It is Better Auth's endpoint, and asks for a session.
    let path = format!("/token?grant_type=refresh_token&refresh_token={}", pair.refresh);
    let reply = server.get(&path).await;
    assert_eq!((reply.status.as_u16(), &reply.json()["code"]), (401, &json!("UNAUTHORIZED")));
    let value = format!("{COOKIE}={}", pair.refresh);
    let reply = server.get_with("/token", "cookie", value.as_bytes()).await;
    assert_eq!((reply.status.as_u16(), cookie(&reply)), (401, None));
    refreshed(&server, &pair.refresh).await;
}

#[tokio::test]
async fn a_cookie_that_is_good_no_more_is_taken_back() {
    let server = start(&[]).await;
    begun(&server).await;
    let cookies = server.take_cookies();
    server.put_cookies(cookies.clone());
    let body = json!({ "grant_type": "refresh_token" });
    assert_eq!(server.post("/revoke-sessions", &json!({})).await.status, 200);
    server.put_cookies(cookies);
    let reply = server.post("/token", &body).await;
    assert_not_good(&reply, "the session is over");
    let line = cookie(&reply).expect("taken back");
    assert_eq!(
        line,
        "better-auth.refresh_token=; Max-Age=0; Path=/api/auth/token; HttpOnly; SameSite=Strict"
    );
    // Without one it is as if there had been one.
    assert_not_good(&server.post("/token", &body).await, "no cookie");
}

#[tokio::test]
async fn the_sign_out_takes_it_back_too() {
    let server = start(&[]).await;
    begun(&server).await;
    let reply = server.post("/sign-out", &json!({})).await;
    assert!(
        cookie(&reply).is_some_and(|line| line.contains("=; Max-Age=0")),
        "{:?}",
        cookie(&reply)
    );
}

#[tokio::test]
async fn a_browser_that_begins_anew_ends_what_it_had() {
    let server = start(&[]).await;
    let first = begun(&server).await;
    let first = cookie(&first).and_then(|line| line.split(['=', ';']).nth(1)).expect("a token");
    let again = server.post("/token", &json!({ "grant_type": "session" })).await;
    assert_eq!(again.status, 200);
    let cookies = server.take_cookies();
    assert_not_good(&refresh(&server, first).await, "replaced");
    server.put_cookies(cookies);
    let reply = server.post("/token", &json!({ "grant_type": "refresh_token" })).await;
    assert_eq!(reply.status, 200);
}

#[tokio::test]
async fn a_session_that_is_extended_lives_on_in_the_browser() {
    let server = start(&[]).await;
    begun(&server).await;
    server.clock.advance(jiff::SignedDuration::from_hours(25));
    let reply = server.post("/token", &json!({ "grant_type": "refresh_token" })).await;
    let session = |line: &&str| line.starts_with("better-auth.session_token=");
    let line = reply.set_cookies().into_iter().find(session).expect("the session's cookie");
    assert!(line.contains("Max-Age=604800"), "{line}");
}
