//! One use of a token, and one question for it.

use axum::body::Body;
use futures_util::future::join_all;
use http::Request;
use serde_json::json;

use super::{Shared, at, with_id};
use crate::service::{ISSUER, NOW, Service};

#[tokio::test]
async fn a_token_that_was_not_seen_here_is_asked_for_and_one_that_was_is_not() {
    let shared = Shared::start().await;
    assert_eq!(shared.service.get_as("/me", &with_id("t1")).await.status, 200);
    assert_eq!(shared.asked(), 0, "routes that do not ask for it ask nobody");
    assert_eq!(shared.status("t1").await, 200);
    let (credential, body) = shared.known.lock().unwrap().asked[0].clone();
    // "tasks:the-secret-of-the-resource-server"
    let basic = "Basic dGFza3M6dGhlLXNlY3JldC1vZi10aGUtcmVzb3VyY2Utc2VydmVy";
    assert_eq!(credential.as_deref(), Some(basic));
    let attempt = body["attempt"].as_str().unwrap();
    assert_eq!(attempt.len(), 32);
    let expected = json!({
        "issuer": ISSUER, "type": "access_token", "jti": "t1", "until": NOW + 930, "attempt": attempt,
    });
    assert_eq!(body, expected);

    assert_eq!(shared.status("t1").await, 401);
    assert_eq!(shared.asked(), 1);
    let another = shared.another();
    assert_eq!(shared.status_at(&another, "t1").await, 401);
    assert_eq!(shared.asked(), 2);
    assert_eq!(shared.status_at(&another, "t1").await, 401);
    assert_eq!(shared.asked(), 2, "what was spent elsewhere is known, too");
    let nameless = shared.service.token(&json!({
        "iss": ISSUER, "aud": "task-api", "sub": "alice", "iat": NOW, "exp": NOW + 900,
    }));
    let request = Request::post("/vote").header("authorization", format!("Bearer {nameless}"));
    assert_eq!(shared.service.send(request.body(Body::empty()).unwrap()).await.status, 401);
    assert_eq!(shared.asked(), 2);
}

#[tokio::test]
async fn t235_of_a_hundred_requests_at_two_guards_one_passes() {
    let shared = Shared::start().await;
    let guards = [shared.another(), shared.another()];
    for jti in ["t1", "t2", "t3"] {
        let requests = (0..100).map(|number| shared.status_at(&guards[number % 2], jti));
        let statuses = join_all(requests).await;
        let with = |wanted| statuses.iter().filter(|status| **status == wanted).count();
        assert_eq!((with(200), with(401)), (1, 99), "{jti}");
    }
}

#[tokio::test]
async fn without_room_a_token_is_asked_for_each_time() {
    let shared = Shared::start().await;
    let place = at(&shared.url);
    let builder =
        |builder: countersign::GuardBuilder| builder.spent_tokens(0).spent_tokens_shared(place);
    let Shared { known, url, .. } = shared;
    let shared = Shared { known, url, service: Service::with(builder) };
    assert_eq!((shared.status("t1").await, shared.status("t1").await), (200, 401));
    assert_eq!(shared.asked(), 2);
}
