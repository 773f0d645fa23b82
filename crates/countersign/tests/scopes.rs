//! Scopes: what a token may do, and who decides when it does not say.

use axum::{Router, body::Body, routing::get};
use countersign::{
    Guard, KeySource,
    axum::{HasScope, User},
};
use http::Request;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::service::{Service, TasksWrite, claims, policy};

fn with_scope(scope: impl Into<Value>) -> Value {
    let mut claims = claims();
    claims["scope"] = scope.into();
    claims
}

fn without_scope() -> Value {
    let mut claims = claims();
    claims.as_object_mut().unwrap().remove("scope");
    claims
}

#[tokio::test]
async fn t252_r18_a_missing_scope_is_named() {
    let answer = Service::new().get_as("/api/alice/tasks", &with_scope("tasks:write")).await;
    assert_eq!(answer.status, 403);
    assert_eq!(
        answer.header("www-authenticate"),
        Some(r#"Bearer realm="api", error="insufficient_scope", scope="tasks:read""#)
    );
    assert_eq!(answer.json()["code"], "insufficient_scope");
    assert_eq!(answer.json()["detail"], "Access denied. The token lacks the scope tasks:read.");
}

#[tokio::test]
async fn t099_only_exact_scopes_grant() {
    let service = Service::new();
    for scope in [
        json!("tasks:read,tasks:write"),
        json!("TASKS:READ"),
        json!("tasks:*"),
        json!("tasks:readx"),
        json!("tasks"),
        json!(["tasks:read"]),
        json!("tasks:read\u{a0}tasks:write"),
        json!(""),
        json!(5),
        json!(null),
    ] {
        assert_eq!(service.get_as("/api/alice/tasks", &with_scope(scope)).await.status, 403);
    }
    let twice = with_scope(" tasks:read  tasks:read ");
    assert_eq!(service.get_as("/api/alice/tasks", &twice).await.status, 200);
}

#[tokio::test]
async fn t101_a_token_without_the_claim_gets_the_default_and_no_more() {
    let strict = Service::new();
    assert_eq!(strict.get_as("/api/alice/tasks", &without_scope()).await.status, 403);

    let generous = Service::with_policy(policy().with_default_scopes(" tasks:read\ttasks:list "));
    let me = generous.get_as("/me", &without_scope()).await.json();
    assert_eq!(me["scopes"], json!(["tasks:read", "tasks:list"]));
    assert_eq!(generous.get_as("/api/alice/tasks", &without_scope()).await.status, 200);
    for nothing in [json!(""), json!("other"), json!(["tasks:read"]), json!(null)] {
        assert_eq!(generous.get_as("/api/alice/tasks", &with_scope(nothing)).await.status, 403);
    }
}

async fn inner(_: User, _: HasScope<TasksWrite>) {}

/// Two guards in one service, the outer more generous than the inner: the decision of one must not
/// open the doors of the other.
#[tokio::test]
async fn an_admission_counts_only_for_the_guard_that_made_it() {
    let service = Service::new();
    let generous = policy().with_default_scopes("tasks:write");
    let keys = KeySource::keys(service.key.key_set().unwrap());
    let other = Guard::builder(generous, keys).clock(service.clock.clone()).build().unwrap();

    let layer = axum::middleware::from_extractor_with_state::<HasScope<TasksWrite>, _>(other);
    let app: Router =
        Router::new().route("/", get(inner)).with_state(service.guard.clone()).layer(layer);
    let request = |claims: &Value| {
        Request::get("/")
            .header("authorization", format!("Bearer {}", service.token(claims)))
            .body(Body::empty())
            .unwrap()
    };
    assert_eq!(app.clone().oneshot(request(&claims())).await.unwrap().status(), 200);
    assert_eq!(app.oneshot(request(&without_scope())).await.unwrap().status(), 403);
}
