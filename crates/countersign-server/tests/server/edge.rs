//! What meets a request before an endpoint does.

use axum::body::Body;
use http::Request;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::fixture::{ORIGIN, PASSWORD, TestServer};

const LIMITED: [(&str, &str); 1] = [("COUNTERSIGN_RATE_LIMIT__ENABLED", "true")];

fn wrong_sign_in(server: &TestServer, forwarded_for: Option<&str>) -> Request<Body> {
    let mut request =
        server.json_request("/sign-in/email", &json!({ "email": "x", "password": "y" }));
    if let Some(forwarded_for) = forwarded_for {
        request.headers_mut().insert("x-forwarded-for", forwarded_for.parse().expect("a header"));
    }
    request
}

#[tokio::test]
async fn the_fourth_sign_in_waits_and_waiting_helps() {
    let server = TestServer::start(&LIMITED).await;
    for _ in 0..3 {
        assert_eq!(server.send(wrong_sign_in(&server, None)).await.status, 400);
        server.clock.advance(SignedDuration::from_secs(1));
    }
    let refused = server.send(wrong_sign_in(&server, None)).await;
    assert_eq!(refused.status, 429);
    assert_eq!(refused.headers["x-retry-after"], "9");
    assert_eq!(refused.json(), json!({ "message": "Too many requests. Please try again later." }));
    server.clock.advance(SignedDuration::from_secs(9));
    assert_eq!(server.send(wrong_sign_in(&server, None)).await.status, 400);
}

#[tokio::test]
async fn t268_clients_are_counted_by_their_address_and_cannot_choose_it() {
    let server = TestServer::start(&LIMITED).await;
    for attempt in 0..4 {
        let forged = format!("198.51.100.{attempt}");
        let request = wrong_sign_in(&server, Some(&forged));
        let status = server.send_from("203.0.113.7", request).await.status;
        assert_eq!(status, if attempt < 3 { 400 } else { 429 });
    }
    let request = wrong_sign_in(&server, None);
    assert_eq!(server.send_from("203.0.113.8", request).await.status, 400);
    for attempt in 0..4 {
        let peer = format!("2001:db8:1:2::{attempt}");
        let status = server.send_from(&peer, wrong_sign_in(&server, None)).await.status;
        assert_eq!(status, if attempt < 3 { 400 } else { 429 });
    }
}

#[tokio::test]
async fn behind_a_trusted_proxy_the_client_is_whom_it_names() {
    let server =
        TestServer::start(&[LIMITED[0], ("COUNTERSIGN_SERVER__TRUSTED_PROXIES", "10.0.0.0/8")])
            .await;
    for attempt in 0..4 {
        let client = format!("198.51.100.{attempt}");
        let request = wrong_sign_in(&server, Some(&client));
        assert_eq!(server.send_from("10.1.1.1", request).await.status, 400);
    }
    let body = json!({ "name": "Ann", "email": "ann@example.com", "password": PASSWORD });
    let mut request = server.json_request("/sign-up/email", &body);
    request
        .headers_mut()
        .insert("x-forwarded-for", "1.1.1.1, 198.51.100.9".parse().expect("a header"));
    server.send_from("10.1.1.1", request).await;
    let session = server.get("/get-session").await.json();
    assert_eq!(session["session"]["ipAddress"], "198.51.100.9");
}

#[tokio::test]
async fn t272_clients_that_cannot_be_told_apart_are_counted_together() {
    let proxies = ("COUNTERSIGN_SERVER__TRUSTED_PROXIES", "10.0.0.0/8");
    let server = TestServer::start(&[LIMITED[0], proxies]).await;
    for (attempt, hop) in ["unknown", "_hidden", "1e3", "999.1.1.1"].into_iter().enumerate() {
        let peer = format!("10.1.1.{attempt}");
        let request = wrong_sign_in(&server, Some(hop));
        let status = server.send_from(&peer, request).await.status;
        assert_eq!(status, if attempt < 3 { 400 } else { 429 }, "{hop}");
    }
    let known = wrong_sign_in(&server, Some("198.51.100.1"));
    assert_eq!(server.send_from("10.1.1.1", known).await.status, 400);
}

#[tokio::test]
async fn t269_networks_that_are_none_are_refused_at_the_start() {
    for bad in ["10.0.0.0/8x", "1e3", "10.0.0.0/33", "10.0.0.0/8, proxy.example"] {
        let error = crate::fixture::settings(&[("COUNTERSIGN_SERVER__TRUSTED_PROXIES", bad)]);
        let error = error.err().expect("refused").to_string();
        assert!(error.contains("server.trusted_proxies"), "{error}");
    }
}

#[tokio::test]
async fn t171_no_request_lends_its_origin_to_another() {
    let trusted = ("BETTER_AUTH_TRUSTED_ORIGINS", "https://partner.example");
    let server = TestServer::start(&[trusted]).await;
    server.sign_up(&json!({})).await;
    let requests = (0..200).map(|number| {
        let is_partner = number % 2 == 0;
        let mut request = server.json_request("/revoke-other-sessions", &json!({}));
        let origin = if is_partner { "https://partner.example" } else { "https://evil.example" };
        let headers = request.headers_mut();
        headers.insert("origin", origin.parse().expect("a header"));
        headers.insert("x-forwarded-host", "evil.example".parse().expect("a header"));
        let server = &server;
        async move { (is_partner, server.send(request).await.status) }
    });
    for (is_partner, status) in futures_util::future::join_all(requests).await {
        assert_eq!(status, if is_partner { 200 } else { 403 });
    }
}

#[tokio::test]
async fn t187_more_sign_ins_than_can_wait_are_told_to_come_back_and_none_is_called_wrong() {
    let few = [("COUNTERSIGN_PASSWORD__THREADS", "1"), ("COUNTERSIGN_PASSWORD__QUEUE", "2")];
    let server = TestServer::start(&few).await;
    server.sign_up(&json!({})).await;
    let body = json!({ "email": "ann@example.com", "password": PASSWORD });
    let attempts = (0..5).map(|_| server.post("/sign-in/email", &body));
    let replies = futures_util::future::join_all(attempts).await;
    let mut statuses: Vec<_> = replies.iter().map(|reply| reply.status.as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 200, 200, 503, 503]);
    let busy = replies.iter().find(|reply| reply.status == 503).expect("one");
    assert!(busy.headers.contains_key("retry-after"));
    assert_eq!(server.post("/sign-in/email", &body).await.status, 200);
}

#[tokio::test]
async fn trusted_origins_may_be_patterns() {
    let trusted = [("BETTER_AUTH_TRUSTED_ORIGINS", "https://*.preview.test, myapp://")];
    let server = TestServer::start(&trusted).await;
    server.sign_up(&json!({})).await;
    for (origin, status) in [
        ("https://pr-7.preview.test", 200),
        ("https://a.b.preview.test", 200),
        ("https://preview.test", 403),
        ("http://pr-7.preview.test", 403),
        ("myapp://callback", 200),
        (ORIGIN, 200),
    ] {
        let mut request = server.json_request("/revoke-other-sessions", &json!({}));
        request.headers_mut().insert("origin", origin.parse().expect("a header"));
        assert_eq!(server.send(request).await.status, status, "{origin}");
    }
}

#[tokio::test]
async fn a_body_beyond_all_measure_is_refused() {
    let server = TestServer::start(&[]).await;
    let body = json!({ "email": "x".repeat(70_000), "password": "y" });
    let reply = server.post("/sign-in/email", &body).await;
    assert_eq!((reply.status.as_u16(), &reply.json()["code"]), (413, &json!("PAYLOAD_TOO_LARGE")));
}

#[tokio::test]
async fn every_answer_carries_the_id_its_log_lines_have() {
    let server = TestServer::start(&[]).await;
    let one = server.get("/ok").await.headers["x-request-id"].clone();
    let other = server.get("/ok").await.headers["x-request-id"].clone();
    assert_ne!(one, other);
}

#[tokio::test]
async fn a_person_signs_in_with_any_spelling_of_their_password_and_with_no_other() {
    let server = TestServer::start(&[]).await;
    server.sign_up(&json!({ "password": "ﬁne passwörd" })).await;
    for (password, status) in [("fine passwo\u{308}rd", 200), ("fine password", 401)] {
        let body: Value = json!({ "email": "ANN@example.com", "password": password });
        assert_eq!(server.post("/sign-in/email", &body).await.status, status, "{password}");
    }
}

#[tokio::test]
async fn t273_of_fifty_at_once_exactly_three_pass() {
    let server = TestServer::start(&LIMITED).await;
    let attempts = (0..50).map(|_| server.send(wrong_sign_in(&server, None)));
    let replies = futures_util::future::join_all(attempts).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 400).count(), 3);
    assert_eq!(replies.iter().filter(|reply| reply.status == 429).count(), 47);
}

#[tokio::test]
async fn t271_no_other_spelling_of_a_path_signs_in() {
    let server = TestServer::start(&LIMITED).await;
    let body = json!({ "email": "x", "password": "y" });
    for path in [
        "//sign-in/email",
        "/sign-in//email",
        "/sign-in/email/",
        "/sign-in/%65mail",
        "/SIGN-IN/email",
        "/./sign-in/email",
    ] {
        assert_eq!(server.post(path, &body).await.status, 404, "{path}");
    }
    let server = TestServer::start(&LIMITED).await;
    for attempt in 0..4 {
        let status = server.post("/sign-in/email?x=1", &body).await.status;
        assert_eq!(status, if attempt < 3 { 400 } else { 429 }, "attempt {attempt}");
    }
}

#[tokio::test]
async fn t170_nothing_is_changed_by_get_and_a_refused_method_names_no_other() {
    let server = TestServer::start(&[]).await;
    server.sign_up(&json!({})).await;
    for path in ["/sign-out", "/revoke-sessions", "/revoke-other-sessions", "/sign-in/email"] {
        let reply = server.get(path).await;
        assert_eq!(reply.status, 404, "{path}");
        assert!(!reply.headers.contains_key("allow"), "{path}");
    }
    assert_ne!(server.get("/get-session").await.body, "null");
}

#[tokio::test]
async fn t165_a_redirect_that_is_said_twice_is_no_text() {
    let server = TestServer::start(&[]).await;
    let body = json!({ "email": "ann@example.com", "password": PASSWORD });
    for second in ["%2Fy", "https%3A%2F%2Fevil.test"] {
        let path = format!("/sign-in/email?callbackURL=%2Fx&callbackURL={second}");
        let reply = server.post(&path, &body).await;
        assert_eq!(reply.status, 400, "{second}");
        let message = "Invalid callbackURL: expected a string";
        assert_eq!(reply.json(), json!({ "message": message }), "{second}");
    }
}

#[tokio::test]
async fn t192_an_empty_list_for_a_password_has_two_faults() {
    let server = TestServer::start(&[]).await;
    let body = json!({ "name": "Ann", "email": "ann@example.com", "password": [] });
    let reply = server.post("/sign-up/email", &body).await;
    assert_eq!(reply.status, 400);
    let message = "[body.password] Invalid input: expected string, received array; \
                   [body.password] Too small: expected array to have >=1 items";
    assert_eq!(reply.json(), json!({ "message": message, "code": "VALIDATION_ERROR" }));
}
