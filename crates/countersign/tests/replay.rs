//! Routes that take each token once.

use axum::body::Body;
use http::Request;
use serde_json::{Value, json};

use crate::service::{NOW, Service, claims};

async fn vote(service: &Service, claims: &Value) -> u16 {
    let bearer = format!("Bearer {}", service.token(claims));
    let request = Request::post("/vote").header("authorization", bearer).body(Body::empty());
    service.send(request.unwrap()).await.status.as_u16()
}

fn with_id(jti: &str) -> Value {
    let mut claims = claims();
    claims["jti"] = jti.into();
    claims
}

#[tokio::test]
async fn r23_a_token_counts_once_on_such_a_route_and_as_often_as_it_likes_elsewhere() {
    let service = Service::new();
    assert_eq!(vote(&service, &with_id("t1")).await, 200);
    assert_eq!(vote(&service, &with_id("t1")).await, 401);
    assert_eq!(vote(&service, &with_id("t2")).await, 200);
    assert_eq!(service.get_as("/me", &with_id("t1")).await.status, 200);
}

#[tokio::test]
async fn t235_of_a_hundred_requests_at_once_one_passes() {
    let service = Service::new();
    let claims = with_id("t1");
    let requests = (0..100).map(|_| vote(&service, &claims));
    let statuses = futures_util::future::join_all(requests).await;
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1);
    assert_eq!(statuses.iter().filter(|status| **status == 401).count(), 99);
}

#[tokio::test]
async fn a_token_without_id_cannot_count_once() {
    let service = Service::new();
    let mut nameless = claims();
    nameless.as_object_mut().unwrap().remove("jti");
    assert_eq!(vote(&service, &nameless).await, 401);
    assert_eq!(service.get_as("/me", &nameless).await.status, 200);
}

#[tokio::test]
async fn t236_without_room_to_remember_it_refuses_and_forgets_nothing() {
    let service = Service::with(|builder| builder.spent_tokens(2));
    assert_eq!(vote(&service, &with_id("t1")).await, 200);
    let mut brief = with_id("t2");
    brief["exp"] = (NOW + 60).into();
    assert_eq!(vote(&service, &brief).await, 200);
    assert_eq!(vote(&service, &with_id("t3")).await, 503);
    assert_eq!(vote(&service, &with_id("t1")).await, 401);
    // There is room again when the second has expired, leeway included.
    service.clock.set(NOW + 89);
    assert_eq!(vote(&service, &with_id("t3")).await, 503);
    service.clock.set(NOW + 90);
    assert_eq!(vote(&service, &with_id("t3")).await, 200);
    assert_eq!(vote(&service, &with_id("t1")).await, 401);
}

#[tokio::test]
async fn t236_long_after_a_token_has_expired_its_room_is_free() {
    let service = Service::with(|builder| builder.spent_tokens(1));
    for round in 0..3 {
        let start = NOW + round * 3600;
        service.clock.set(start);
        let mut brief = with_id(&format!("t{round}"));
        (brief["iat"], brief["exp"]) = (start.into(), (start + 60).into());
        assert_eq!(vote(&service, &brief).await, 200);
        assert_eq!(vote(&service, &brief).await, 401);
    }
}

#[tokio::test]
async fn the_answer_when_there_is_no_room_says_when_to_come_again() {
    let service = Service::with(|builder| builder.spent_tokens(0));
    let bearer = format!("Bearer {}", service.token(&claims()));
    let request = Request::post("/vote").header("authorization", bearer).body(Body::empty());
    let answer = service.send(request.unwrap()).await;
    assert_eq!(answer.json()["code"], json!("replay_guard_full"));
    assert_eq!(answer.header("retry-after"), Some("60"));
    assert_eq!(answer.header("www-authenticate"), None);
}
