//! Paths that overlap, routers in routers, guards beside guards: none opens what another one closes.

use axum::{
    Router,
    body::Body,
    extract::{FromRequestParts, Path},
    routing::{any, get, post},
};
use countersign::{
    Access, Guard,
    axum::{OneTime, Owner, Routes, User},
};
use http::Request;
use serde_json::Value;
use tower::ServiceExt;

use crate::service::{NOW, Service, claims};

async fn who(user: User) -> String {
    user.subject().to_owned()
}

async fn call(router: &Router, service: &Service, method: &str, path: &str, claims: &Value) -> u16 {
    let bearer = format!("Bearer {}", service.token(claims));
    let request = Request::builder().method(method).uri(path).header("authorization", bearer);
    let request = request.body(Body::empty()).unwrap();
    router.clone().oneshot(request).await.unwrap().status().as_u16()
}

fn of(user: &str) -> Value {
    let mut claims = claims();
    claims["sub"] = user.into();
    claims
}

#[tokio::test]
async fn t245_a_public_rest_takes_nothing_from_guarded_paths() {
    let service = Service::new();
    let guard = service.guard.clone();
    let router = Routes::<Guard>::new()
        .public("/{*rest}", any(async || "rest"))
        .get("/api/{user_id}", Access::user().owner(), who)
        .get("/api/me", Access::user().role("admin"), who)
        .delete("/api/{user_id}", Access::user().owner().role("admin"), who)
        .into_router(&guard)
        .unwrap()
        .with_state(guard);
    let alice = claims();
    for (method, path, status) in [
        ("GET", "/api/alice", 200),
        ("HEAD", "/api/alice", 200),
        ("GET", "/api/bob", 403),
        ("HEAD", "/api/bob", 403),
        ("GET", "/api/me", 403),
        ("GET", "/api/m%65", 403),
        ("GET", "/api/%6de", 403),
        ("GET", "/api/bob?user_id=alice", 403),
        ("DELETE", "/api/alice", 403),
        // The path is taken; the rest is for paths that are not.
        ("POST", "/api/alice", 405),
        ("OPTIONS", "/api/alice", 405),
        ("get", "/api/alice", 405),
        ("GET", "/api/alice/", 200),
        ("GET", "/api", 200),
    ] {
        assert_eq!(call(&router, &service, method, path, &alice).await, status, "{method} {path}");
    }
    // Somebody who is called like a path gets no further with it.
    assert_eq!(call(&router, &service, "GET", "/api/me", &of("me")).await, 403);
    assert_eq!(call(&router, &service, "GET", "/api/%6de", &of("me")).await, 200);
}

#[tokio::test]
async fn t243_a_path_that_names_two_users_is_nobodys() {
    let service = Service::new();
    let last = async |owner: Owner, Path(named): Path<Vec<(String, String)>>| {
        format!("{} {}", owner.subject(), named.last().unwrap().1)
    };
    let inner = Router::new().route("/members/{user_id}", get(last));
    let router = Router::new().nest("/teams/{user_id}", inner).with_state(service.guard.clone());
    for (path, status) in [
        ("/teams/alice/members/alice", 200),
        ("/teams/alice/members/bob", 403),
        ("/teams/bob/members/alice", 403),
        ("/teams/bob/members/bob", 403),
    ] {
        assert_eq!(call(&router, &service, "GET", path, &claims()).await, status, "{path}");
    }
}

#[tokio::test]
async fn t235_a_token_counts_once_with_each_guard_that_asks() {
    let (outer, inner) = (Service::new(), Service::new());
    let key = outer.key.key_set().unwrap();
    let second = Guard::builder(crate::service::policy(), countersign::KeySource::keys(key))
        .clock(inner.clock.clone())
        .build()
        .unwrap();
    let both = Router::new()
        .route("/both", post(async |_: OneTime| ()))
        .route("/second", post(async |_: OneTime| ()))
        .with_state(second)
        .route_layer(axum::middleware::from_extractor_with_state::<OnBoth, Guard>(
            outer.guard.clone(),
        ));
    assert_eq!(call(&both, &outer, "POST", "/both", &claims()).await, 200);
    assert_eq!(call(&both, &outer, "POST", "/second", &claims()).await, 401);
}

/// Counts a token once on `/both` only.
struct OnBoth;

impl FromRequestParts<Guard> for OnBoth {
    type Rejection = countersign::axum::Rejection;

    async fn from_request_parts(
        parts: &mut http::request::Parts,
        guard: &Guard,
    ) -> Result<Self, Self::Rejection> {
        if parts.uri.path() == "/both" {
            OneTime::from_request_parts(parts, guard).await?;
        }
        Ok(Self)
    }
}

#[tokio::test]
async fn t239_a_clock_that_jumps_ahead_and_back_lets_no_token_count_twice() {
    let service = Service::with(|builder| builder.spent_tokens(2));
    let router = service.router();
    let with = |jti: &str, issued: i64| {
        let mut claims = claims();
        claims["jti"] = jti.into();
        claims["iat"] = issued.into();
        claims["exp"] = (issued + 900).into();
        claims
    };
    let vote = async |claims: Value| call(&router, &service, "POST", "/vote", &claims).await;
    assert_eq!(vote(with("t1", NOW)).await, 200);
    assert_eq!(vote(with("t2", NOW)).await, 200);
    service.clock.set(NOW + 86_400);
    assert_eq!(vote(with("t3", NOW + 86_400)).await, 200);
    service.clock.set(NOW);
    // Its name was forgotten while it seemed to have expired.
    assert_eq!(vote(with("t1", NOW)).await, 503);
    service.clock.set(NOW + 86_400 + 931);
    assert_eq!(vote(with("t4", NOW + 86_400 + 931)).await, 200);
}
