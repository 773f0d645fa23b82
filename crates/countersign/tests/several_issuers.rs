//! One service that takes tokens of two issuers, and neither can speak for the other.

use axum::{Router, body::Body, routing::get};
use countersign::{
    BuildError, Guard, KeySource, Policy, SystemClock,
    axum::{OneTime, User},
};
use countersign_jwt::{Clock, KeySet, SigningKey};
use http::Request;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::service::{AUDIENCE, signing_key};

const OURS: &str = "https://auth.test";
const THEIRS: &str = "https://better-auth.test";

/// Both issuers call their key `k1`.
struct Two {
    ours: SigningKey,
    theirs: SigningKey,
    guard: Guard,
}

fn policy(issuer: &str) -> Policy {
    Policy::new(issuer, AUDIENCE).unwrap()
}

fn two() -> Two {
    let (ours, theirs) = (signing_key("k1"), signing_key("k1"));
    let source = |key: &SigningKey| KeySource::keys(key.key_set().unwrap());
    let guard = Guard::builder(policy(OURS), source(&ours))
        .issuer(policy(THEIRS).with_default_scopes("tasks:read"), source(&theirs))
        .build()
        .unwrap();
    Two { ours, theirs, guard }
}

fn claims(issuer: impl Into<Value>) -> Value {
    let now = SystemClock.now().as_second();
    json!({"iss": issuer.into(), "aud": AUDIENCE, "sub": "alice", "iat": now, "exp": now + 900})
}

async fn status(guard: &Guard, key: &SigningKey, claims: &Value) -> u16 {
    let scopes = async |user: User| user.scopes().collect::<Vec<_>>().join(" ");
    let app: Router = Router::new().route("/", get(scopes)).with_state(guard.clone());
    let bearer = format!("Bearer {}", key.sign(claims).unwrap());
    let request = Request::get("/").header("authorization", bearer).body(Body::empty()).unwrap();
    app.oneshot(request).await.unwrap().status().as_u16()
}

#[tokio::test]
async fn each_issuer_is_taken_with_its_own_key_only() {
    let Two { ours, theirs, guard } = two();
    assert_eq!(status(&guard, &ours, &claims(OURS)).await, 200);
    assert_eq!(status(&guard, &theirs, &claims(THEIRS)).await, 200);
    assert_eq!(status(&guard, &ours, &claims(THEIRS)).await, 401);
    assert_eq!(status(&guard, &theirs, &claims(OURS)).await, 401);
}

#[tokio::test]
async fn a_token_of_nobody_we_know_is_refused() {
    let Two { ours, guard, .. } = two();
    for issuer in [
        json!("https://evil.test"),
        json!("https://auth.test/"),
        json!("HTTPS://AUTH.TEST"),
        json!([OURS]),
        json!([OURS, THEIRS]),
        json!(""),
        json!(null),
        json!(1),
    ] {
        assert_eq!(status(&guard, &ours, &claims(issuer.clone())).await, 401, "{issuer}");
    }
    let mut without = claims(OURS);
    without.as_object_mut().unwrap().remove("iss");
    assert_eq!(status(&guard, &ours, &without).await, 401);
}

/// Names of tokens are given by issuers who know nothing of each other.
#[tokio::test]
async fn t237_a_token_spent_at_one_issuer_is_not_spent_at_another() {
    let Two { ours, theirs, guard } = two();
    let app: Router =
        Router::new().route("/vote", get(async |_: OneTime| ())).with_state(guard.clone());
    let vote = async |key: &SigningKey, issuer: &str| {
        let mut claims = claims(issuer);
        claims["jti"] = "t1".into();
        let bearer = format!("Bearer {}", key.sign(&claims).unwrap());
        let request = Request::get("/vote").header("authorization", bearer).body(Body::empty());
        app.clone().oneshot(request.unwrap()).await.unwrap().status().as_u16()
    };
    assert_eq!((vote(&ours, OURS).await, vote(&theirs, THEIRS).await), (200, 200));
    assert_eq!((vote(&ours, OURS).await, vote(&theirs, THEIRS).await), (401, 401));
}

#[test]
fn a_guard_has_no_issuer_twice() {
    let source = || KeySource::keys(signing_key("k1").key_set().unwrap());
    let twice = Guard::builder(policy(OURS), source()).issuer(policy(OURS), source());
    let error = twice.build().err().unwrap();
    assert!(matches!(error, BuildError::IssuerTwice { issuer } if issuer == OURS));
}

#[tokio::test]
async fn it_is_ready_when_the_keys_of_all_can_be_had() {
    let given = || KeySource::keys(KeySet::from_secret(&[7; 32]).unwrap());
    let nobody = KeySource::jwks_url("http://127.0.0.1:9/jwks").unwrap();
    let both = Guard::builder(policy(OURS), given()).issuer(policy(THEIRS), given());
    assert!(both.build().unwrap().ready().await.is_ok());
    let one = Guard::builder(policy(OURS), given()).issuer(policy(THEIRS), nobody);
    assert!(one.build().unwrap().ready().await.is_err());
}
