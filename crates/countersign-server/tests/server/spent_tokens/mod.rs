//! Tokens that count once, in all processes of a service together.

mod endpoint;
mod engines;
mod redis;

use axum::body::Body;
use http::Request;
use serde_json::{Value, json};

use crate::{
    fixture::{Reply, TestServer},
    revocation::follower::basic,
};

const TASKS: &str = "tasks:4f1d0c9b8a7e6f5d4c3b2a19087f6e5d4c3b2a1908f7e6d5";

/// 2027-01-15T08:00:00Z, when test servers start.
const NOW: i64 = 1_800_000_000;

async fn start(changes: &[(&str, &str)]) -> TestServer {
    let credential = [("COUNTERSIGN_RESOURCE_SERVERS__CREDENTIALS", TASKS)];
    TestServer::start(&[&credential[..], changes].concat()).await
}

/// A use of a token that is good for fifteen minutes.
fn using(jti: &str, attempt: &str) -> Value {
    let attempt = format!("attempt-{attempt:0>8}");
    json!({ "issuer": "http://app.test", "jti": jti, "until": NOW + 930, "attempt": attempt })
}

fn request(credential: Option<&str>, body: &Value) -> Request<Body> {
    let mut request =
        Request::post("/api/auth/spent-tokens").header("content-type", "application/json");
    if let Some(credential) = credential {
        request = request.header("authorization", basic(credential));
    }
    request.body(Body::from(body.to_string())).expect("a request")
}

async fn answer(server: &TestServer, body: &Value) -> Reply {
    server.send(request(Some(TASKS), body)).await
}

/// The status that this attempt gets.
async fn spend(server: &TestServer, jti: &str, attempt: &str) -> u16 {
    answer(server, &using(jti, attempt)).await.status.as_u16()
}
