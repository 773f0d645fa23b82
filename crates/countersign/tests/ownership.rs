//! Group K: the user of the path is the user of the token, or nothing happens.

use axum::{Router, body::Body, handler::Handler};
use countersign::axum::Owner;
use http::Request;
use serde_json::json;
use tower::ServiceExt;

use crate::service::{Service, claims};

#[tokio::test]
async fn the_owner_is_let_in() {
    let answer = Service::new().get_as("/api/alice/tasks", &claims()).await;
    assert_eq!((answer.status.as_u16(), answer.body.as_str()), (200, "alice"));
}

#[tokio::test]
async fn t243_r11_somebody_elses_path_is_refused() {
    let answer = Service::new().get_as("/api/bob/tasks", &claims()).await;
    assert_eq!(answer.status, 403);
    assert_eq!(
        answer.json(),
        json!({
            "type": "about:blank", "title": "Forbidden", "status": 403, "code": "not_owner",
            "detail": "Access denied. You can only access your own resources.",
        })
    );
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
}

#[tokio::test]
async fn t245_t256_no_spelling_of_a_path_reaches_another_user() {
    let service = Service::new();
    for segment in [
        "alice%2f..%2fbob",
        "alice/../bob",
        "./bob",
        "/bob",
        "bob%20",
        "bob;x",
        "bob%00",
        "%62ob",
        "bob/",
        "alice%20",
        "%20alice",
        "Alice",
        "ALICE",
        "alice%00",
        "alice;x",
        "alice%2f",
        "%ff",
        "%E0%A4%A",
        "me",
        "*",
        "%25",
        "_",
        "null",
        "undefined",
        "..",
        "0",
        "%",
    ] {
        let answer = service.get_as(&format!("/api/{segment}/tasks"), &claims()).await;
        assert!(matches!(answer.status.as_u16(), 400 | 403 | 404), "{segment}: {}", answer.status);
    }
    let long = "a".repeat(10_000);
    assert_eq!(service.get_as(&format!("/api/{long}/tasks"), &claims()).await.status, 403);
}

#[tokio::test]
async fn t257_numbers_are_texts() {
    let service = Service::new();
    let mut one = claims();
    one["sub"] = "1".into();
    assert_eq!(service.get_as("/api/1/tasks", &one).await.status, 200);
    for segment in ["01", "1.0", "+1", "1e0", "%EF%BC%91"] {
        let answer = service.get_as(&format!("/api/{segment}/tasks"), &one).await;
        assert_eq!(answer.status, 403, "{segment}");
    }
    one["sub"] = 1.into();
    assert_eq!(service.get_as("/api/1/tasks", &one).await.status, 401);
}

#[tokio::test]
async fn a_user_with_an_odd_id_reaches_their_own_path() {
    let service = Service::new();
    let mut odd = claims();
    odd["sub"] = "a/b ü".into();
    let answer = service.get_as("/api/a%2Fb%20%C3%BC/tasks", &odd).await;
    assert_eq!((answer.status.as_u16(), answer.body.as_str()), (200, "a/b ü"));
    // Decoded once, not twice.
    assert_eq!(service.get_as("/api/a%252Fb%2520%25C3%25BC/tasks", &odd).await.status, 403);
}

#[tokio::test]
async fn a_route_that_names_no_user_is_an_error_of_the_service() {
    let service = Service::new();
    let answer = service.get_as("/misrouted", &claims()).await;
    assert_eq!((answer.status.as_u16(), answer.json()["code"].as_str()), (500, Some("misrouted")));
    let request = Request::post("/misrouted/alice")
        .header("authorization", format!("Bearer {}", service.token(&claims())))
        .body(Body::empty())
        .unwrap();
    assert_eq!(service.send(request).await.status, 500);
    assert_eq!(service.get("/misrouted", &[]).await.status, 401);
}

#[tokio::test]
async fn where_there_is_no_route_at_all_asking_for_the_owner_is_an_error_of_the_service() {
    async fn handler(_: Owner) {}
    let service = Service::new();
    let bearer = format!("Bearer {}", service.token(&claims()));
    let request = || {
        let request = Request::get("/api/alice/tasks").header("authorization", &bearer);
        request.body(Body::empty()).unwrap()
    };
    let fallback: Router = Router::new().fallback(handler).with_state(service.guard.clone());
    assert_eq!(fallback.oneshot(request()).await.unwrap().status(), 500);
    let alone = handler.with_state(service.guard.clone());
    assert_eq!(alone.oneshot(request()).await.unwrap().status(), 500);
}
