//! The guard in front of any service that speaks `http::Request`.

use std::convert::Infallible;

use axum::body::Body;
use countersign::{
    Access, Identity,
    tower::{GuardLayer, NoPath},
};
use http::{Request, Response};
use serde_json::Value;
use tower::{ServiceBuilder, ServiceExt, service_fn};

use crate::service::{Service, claims};

async fn send(service: &Service, access: Access, token: Option<&str>) -> Response<String> {
    let layer = GuardLayer::new(service.guard.clone(), access).unwrap();
    let inner = service_fn(async |request: Request<String>| {
        let user: &Identity = request.extensions().get().unwrap();
        let text = format!("{} {}", user.subject(), request.body());
        Ok::<_, Infallible>(Response::new(text))
    });
    let mut request = Request::new("and a body".to_owned());
    if let Some(token) = token {
        let bearer = format!("Bearer {token}").try_into().unwrap();
        request.headers_mut().insert("authorization", bearer);
    }
    ServiceBuilder::new().layer(layer).service(inner).oneshot(request).await.unwrap()
}

#[tokio::test]
async fn a_good_token_reaches_the_service_as_an_identity() {
    let service = Service::new();
    let answer = send(&service, Access::user(), Some(&service.token(&claims()))).await;
    assert_eq!(answer.body(), "alice and a body");
}

#[tokio::test]
async fn everybody_else_is_answered_by_the_guard() {
    let service = Service::new();
    let good = service.token(&claims());
    for (access, token, status, code) in [
        (Access::user(), None, 401, "authorization_missing"),
        (Access::user(), Some("bad"), 401, "invalid_token"),
        (Access::user().scope("tasks:admin"), Some(good.as_str()), 403, "insufficient_scope"),
        (Access::user().role("admin"), Some(&good), 403, "insufficient_role"),
    ] {
        let answer = send(&service, access, token).await;
        assert_eq!(answer.status(), status);
        let problem: Value = serde_json::from_str(answer.body()).unwrap();
        assert_eq!(problem["code"], code);
        assert_eq!(answer.headers()["content-type"], "application/problem+json");
        assert_eq!(answer.headers()["cache-control"], "no-store");
    }
}

#[tokio::test]
async fn a_layer_can_take_a_token_once() {
    let service = Service::new();
    let token = service.token(&claims());
    assert_eq!(send(&service, Access::user().once(), Some(&token)).await.status(), 200);
    assert_eq!(send(&service, Access::user().once(), Some(&token)).await.status(), 401);
}

#[tokio::test]
async fn one_request_spends_its_token_once_however_often_it_is_asked() {
    let service = Service::new();
    let layer = GuardLayer::new(service.guard.clone(), Access::user().once()).unwrap();
    let app = service.router().layer(layer);
    let vote = || {
        let bearer = format!("Bearer {}", service.token(&claims()));
        Request::post("/vote").header("authorization", bearer).body(Body::empty()).unwrap()
    };
    assert_eq!(app.clone().oneshot(vote()).await.unwrap().status(), 200);
    assert_eq!(app.oneshot(vote()).await.unwrap().status(), 401);
}

#[test]
fn a_layer_cannot_know_the_owner_of_a_path() {
    let guard = Service::new().guard;
    assert_eq!(GuardLayer::new(guard, Access::user().owner()).err(), Some(NoPath));
}
