//! The exact words of the refusals, and that they give nothing away.

use countersign::KeySource;
use countersign_jwt::{Algorithm, SigningKey};
use serde_json::{Value, json};

use crate::service::{NOW, Service, claims, signing_key};

fn with(name: &str, value: impl Into<Value>) -> Value {
    let mut claims = claims();
    claims[name] = value.into();
    claims
}

#[tokio::test]
async fn a_good_token_is_let_in() {
    let answer = Service::new().get_as("/me", &claims()).await;
    assert_eq!(answer.status, 200);
    let scopes = ["tasks:read", "tasks:write"];
    assert_eq!(answer.json(), json!({"subject": "alice", "session": "s1", "scopes": scopes}));
}

#[tokio::test]
async fn r10_r12_an_expired_token_is_told_so() {
    let service = Service::new();
    service.clock.advance(930);
    let answer = service.get_as("/me", &claims()).await;
    assert_eq!(answer.status, 401);
    assert_eq!(
        answer.body,
        r#"{"type":"about:blank","title":"Unauthorized","status":401,"detail":"Token has expired. Please log in again.","code":"token_expired"}"#
    );
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    let challenge = r#"Bearer realm="api", error="invalid_token""#;
    assert_eq!(answer.header("www-authenticate"), Some(challenge));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
}

#[tokio::test]
async fn r10_a_token_without_a_user_is_told_so() {
    let answer = Service::new().get_as("/me", &with("sub", Value::Null)).await;
    assert_eq!(answer.status, 401);
    assert_eq!(answer.json()["detail"], "Token missing user ID (sub claim)");
    assert_eq!(answer.json()["code"], "subject_missing");
}

#[tokio::test]
async fn t118_r10_every_other_bad_token_gets_the_same_answer() {
    let service = Service::new();
    let good = service.token(&claims());
    let (signed, _signature) = good.rsplit_once('.').unwrap();
    let forger = SigningKey::generate(Algorithm::EdDsa).unwrap();
    let sign = |claims: &Value| service.token(claims);
    let tokens = [
        "a".to_owned(),
        "a.b.c".to_owned(),
        format!("{good}x"),
        format!("{signed}."),
        good.repeat(100),
        forger.with_kid("ed1").sign(&claims()).unwrap(),
        signing_key("ed2").sign(&claims()).unwrap(),
        SigningKey::hs256(&[1; 32]).unwrap().sign(&claims()).unwrap(),
        SigningKey::hs256(&[1; 32]).unwrap().with_kid("ed1").sign(&claims()).unwrap(),
        SigningKey::generate(Algorithm::Es256).unwrap().with_kid("ed1").sign(&claims()).unwrap(),
        sign(&with("iss", "https://evil.test")),
        sign(&with("iss", 5)),
        sign(&with("aud", "other")),
        sign(&with("aud", Value::Null)),
        sign(&with("exp", "never")),
        sign(&with("exp", NOW + 100_000)),
        sign(&with("nbf", NOW + 31)),
        sign(&with("iat", NOW + 31)),
        sign(&with("sub", 5)),
        sign(&with("jti", "")),
        sign(&with("cnf", "x")),
    ];
    let mut answers = Vec::new();
    for token in &tokens {
        let answer = service.get("/me", &[format!("Bearer {token}").as_bytes()]).await;
        assert_eq!(answer.status, 401, "{token}");
        answers.push((answer.headers, answer.body));
    }
    assert_eq!(
        answers[0].1,
        r#"{"type":"about:blank","title":"Unauthorized","status":401,"detail":"Invalid token","code":"invalid_token"}"#
    );
    assert!(answers.iter().all(|answer| *answer == answers[0]));
}

#[tokio::test]
async fn a_request_without_credential_may_be_let_in_as_nobody() {
    let service = Service::new();
    assert_eq!(service.get("/greeting", &[]).await.body, "stranger");
    assert_eq!(service.get_as("/greeting", &claims()).await.body, "alice");
    assert_eq!(service.get("/greeting", &[b"Bearer bad"]).await.status, 401);
    assert_eq!(service.get("/greeting", &[b"Basic abc"]).await.status, 401);
    assert_eq!(service.get("/greeting", &[b""]).await.status, 401);
}

#[tokio::test]
async fn r05_a_shared_secret_verifies_hs256_and_nothing_else() {
    let secret: [u8; 32] = std::array::from_fn(|i| u8::try_from(i).unwrap());
    let mut service = Service::new();
    let keys = KeySource::secret(secret).unwrap();
    service.guard = countersign::Guard::builder(crate::service::policy(), keys)
        .clock(service.clock.clone())
        .build()
        .unwrap();
    assert_eq!(service.get_as("/me", &claims()).await.status, 401);
    assert_eq!(service.get_with_key(&SigningKey::hs256(&secret).unwrap()).await.status, 200);
    assert_eq!(service.get_with_key(&SigningKey::hs256(&[8; 32]).unwrap()).await.status, 401);
}

#[tokio::test]
async fn t255_the_token_is_looked_at_before_the_body() {
    let service = Service::new();
    let request = http::Request::post("/api/alice/tasks").body("not json".into()).unwrap();
    assert_eq!(service.send(request).await.json()["code"], "authorization_missing");
}
