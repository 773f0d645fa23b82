//! Three nodes behind nginx answer as one.

use std::time::Duration;

use countersign::{Guard, KeySource, Policy, Refusal, RevocationFeed};
use http::request::Parts;
use reqwest::{Client, Response};
use serde_json::{Value, json};
use tokio::time::timeout;

use super::stack::{Node, ORIGIN, Stack};
use crate::wire::{PASSWORD, session, token};

/// What nobody waits longer for.
const PATIENCE: Duration = Duration::from_secs(30);

async fn post(client: &Client, url: String, body: &Value) -> Response {
    let request =
        client.post(url).header("Origin", ORIGIN).header("Content-Type", "application/json");
    // An address that a client claims to have.
    let request = request.header("X-Forwarded-For", "203.0.113.7");
    request.body(body.to_string()).send().await.expect("an answer comes back")
}

/// Signs Ann up; her cookie.
async fn sign_up(stack: &Stack, client: &Client) -> String {
    let body = json!({ "name": "Ann", "email": "ann@example.com", "password": PASSWORD });
    let answer = post(client, stack.url("/sign-up/email"), &body).await;
    assert_eq!(answer.status(), 200);
    let cookie = answer.headers()["set-cookie"].to_str().expect("text");
    assert!(cookie.starts_with("__Secure-better-auth.session_token="), "{cookie}");
    cookie.split(';').next().expect("a cookie").to_owned()
}

/// A service that follows the feed of one node.
fn guard(node: &Node) -> Guard {
    let keys = KeySource::jwks_url(&format!("{}/api/auth/jwks", node.url())).expect("an address");
    let policy = Policy::new(ORIGIN, ORIGIN).expect("an issuer");
    let feed = RevocationFeed::at(&format!("{}/api/auth/revocations", node.url()));
    let guard = Guard::builder(policy, keys).revocation_feed(feed.expect("an address"));
    guard.build().expect("a guard")
}

fn request(token: &str) -> Parts {
    let request = http::Request::get("/tasks").header("authorization", format!("Bearer {token}"));
    request.body(()).expect("a request").into_parts().0
}

/// The number up to which an event tells, from its id.
async fn next_event(events: &mut Response) -> i64 {
    let part = timeout(PATIENCE, events.chunk()).await.expect("an event comes as it is sent");
    let part = part.expect("the stream goes on").expect("the stream goes on");
    let text = std::str::from_utf8(&part).expect("text");
    let id = text.lines().find_map(|line| line.strip_prefix("id:")).expect("an id");
    id.rsplit(':').next().expect("a number").trim().parse().expect("a number")
}

async fn answers_as_one(stack: &Stack) {
    let ann = stack.client(2);
    let cookie = sign_up(stack, &ann).await;

    // Every node knows her session, and from where it really came.
    for node in &stack.nodes {
        let session = session(&node.url(), &cookie);
        assert_eq!(session["user"]["email"], "ann@example.com");
        assert_eq!(session["session"]["ipAddress"], "127.0.0.2", "not what a header claims");
    }

    // What somebody tries too often is counted for all nodes together, and for them alone.
    let wrong = json!({ "email": "ann@example.com", "password": "not-her-password" });
    let (guessing, other) = (stack.client(3), stack.client(4));
    for expected in [401, 401, 401, 429] {
        let answer = post(&guessing, stack.url("/sign-in/email"), &wrong).await;
        assert_eq!(answer.status(), expected);
    }
    assert_eq!(post(&other, stack.url("/sign-in/email"), &wrong).await.status(), 401);

    // What ends on one node is refused at services of all, and told to who waits behind nginx.
    let token = token(&stack.nodes[0].url(), &cookie);
    let guards: Vec<Guard> = stack.nodes.iter().map(guard).collect();
    for guard in &guards {
        guard.admit(&request(&token)).await.expect("her token is good");
    }
    let events = ann.get(stack.url("/revocations")).header("Accept", "text/event-stream");
    let mut events = events.send().await.expect("a stream");
    let before = next_event(&mut events).await;
    let out = post_to(&stack.nodes[1], &cookie);
    assert_eq!(out, 200);
    while next_event(&mut events).await == before {}
    for guard in &guards {
        let refused = async {
            loop {
                match guard.admit(&request(&token)).await {
                    Ok(_) => tokio::task::yield_now().await,
                    Err(refused) => break refused,
                }
            }
        };
        let refused = timeout(PATIENCE, refused).await.expect("it is told");
        assert!(matches!(refused.refusal(), Refusal::Revoked(_)), "{:?}", refused.refusal());
    }
    for node in &stack.nodes {
        assert_eq!(session(&node.url(), &cookie), Value::Null);
    }
}

/// Signs out at one node.
fn post_to(node: &Node, cookie: &str) -> u16 {
    crate::wire::try_post_from(ORIGIN, &node.url(), "/sign-out", cookie, &json!({}))
        .expect("an answer comes back")
        .status
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t306_three_nodes_behind_nginx_answer_as_one() {
    answers_as_one(&Stack::start(false, &[])).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t306_three_nodes_behind_nginx_answer_as_one_with_redis() {
    answers_as_one(&Stack::start(true, &[])).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nginx_shows_nothing_but_the_service_and_logs_no_token() {
    let stack = Stack::start(false, &[]);
    let client = stack.client(2);
    let plain = format!("http://{}/api/auth/ok?a=b", stack.http);
    let answer = client.get(plain).header("Host", "auth.example.com").send().await;
    let answer = answer.expect("an answer");
    assert_eq!(answer.status(), 308);
    assert_eq!(answer.headers()["location"], "https://auth.example.com/api/auth/ok?a=b");
    let probe = stack.url("/ok").replace("/api/auth/ok", "/readyz");
    assert_eq!(client.get(probe).send().await.expect("an answer").status(), 404);

    for link in [
        "/reset-password/a-token-of-a-mail?callbackURL=%2Fnew",
        "/verify-email?token=a-token-of-a-mail",
    ] {
        client.get(stack.url(link)).send().await.expect("an answer");
    }
    // It is logged after it was answered.
    while !(stack.log().contains("/reset-password/") && stack.log().contains("/verify-email")) {
        tokio::task::yield_now().await;
    }
    assert!(!stack.log().contains("a-token-of-a-mail"), "{}", stack.log());
}
