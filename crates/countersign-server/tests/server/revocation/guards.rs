//! Resource servers take things back, and know when every guard has taken that in.

use axum::body::Body;
use countersign_testing::redis::Redis;
use http::{Request, StatusCode};
use serde_json::{Value, json};

use super::follower::{Follower, basic, question, token};
use crate::fixture::{Reply, TestServer};

const TASKS: &str = "tasks:4f1d0c9b8a7e6f5d4c3b2a19087f6e5d4c3b2a1908f7e6d5";

async fn start() -> TestServer {
    TestServer::start(&[("COUNTERSIGN_RESOURCE_SERVERS__CREDENTIALS", TASKS)]).await
}

async fn take_back(server: &TestServer, query: &str, body: &Value) -> Reply {
    let request = Request::post(format!("/api/auth/revocations?{query}"))
        .header("authorization", basic(TASKS))
        .header("content-type", "application/json");
    server.send(request.body(Body::from(body.to_string())).expect("a request")).await
}

/// A registered guard asks once.
async fn asks(server: &TestServer, guard: &str, follower: &mut Follower, wait: u64) {
    let query = format!("{}guard={guard}&kids=k1&wait={wait}", follower.held());
    let reply = server.send(question(&query, Some(TASKS))).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    follower.take(&reply.body);
}

#[tokio::test]
async fn whoever_waits_for_all_guards_is_told_who_has_not_followed() {
    let server = start().await;
    let (mut one, mut two) = (Follower::default(), Follower::default());
    asks(&server, "one", &mut one, 0).await;
    asks(&server, "two", &mut two, 0).await;
    let body = json!({ "kind": "u", "name": "ann" });
    let follows = async {
        asks(&server, "one", &mut one, 30).await;
        // The next question says that the answer was taken in.
        asks(&server, "one", &mut one, 0).await;
    };
    let (told, ()) = tokio::join!(take_back(&server, "wait=all&timeout=1", &body), follows);
    let told = told.json();
    assert_eq!(
        (&told["confirmed"], &told["missing"]),
        (&json!(["tasks/one"]), &json!(["tasks/two"]))
    );

    asks(&server, "two", &mut two, 0).await;
    let both = async {
        for (name, follower) in [("one", &mut one), ("two", &mut two)] {
            asks(&server, name, follower, 30).await;
            asks(&server, name, follower, 0).await;
        }
    };
    let (told, ()) = tokio::join!(take_back(&server, "wait=all&timeout=30", &body), both);
    assert_eq!(told.json()["missing"], json!([]));
    assert_eq!(told.json()["sequence"], 2);
}

#[tokio::test]
async fn a_guard_that_is_heard_of_no_more_is_not_waited_for() {
    let server = start().await;
    asks(&server, "one", &mut Follower::default(), 0).await;
    server.clock.advance(jiff::SignedDuration::from_secs(61));
    let told =
        take_back(&server, "wait=all&timeout=30", &json!({ "kind": "j", "name": "x" })).await;
    assert_eq!((&told.json()["confirmed"], &told.json()["missing"]), (&json!([]), &json!([])));
    // Until it asks again.
    asks(&server, "one", &mut Follower::default(), 0).await;
    let told = take_back(&server, "wait=all&timeout=0", &json!({ "kind": "j", "name": "y" })).await;
    assert_eq!(told.json()["missing"], json!(["tasks/one"]));
}

#[tokio::test]
async fn a_session_that_redis_lost_is_taken_back_all_the_same() {
    let redis = Redis::start().expect("Redis starts");
    let url = redis.url();
    let server = TestServer::start(&[
        ("REDIS_URL", &url),
        ("COUNTERSIGN_SESSION__STORE_IN_DATABASE", "true"),
        ("COUNTERSIGN_SESSION__PRESERVE_IN_DATABASE", "true"),
        ("COUNTERSIGN_RESOURCE_SERVERS__CREDENTIALS", TASKS),
    ])
    .await;
    server.sign_up(&json!({})).await;
    let session = server.get("/get-session").await.json()["session"]["id"].clone();
    let token = token(&server).await;
    let mut follower = Follower::of(&server).await;
    redis.run("FLUSHALL");
    let told = take_back(&server, "", &json!({ "kind": "s", "name": session })).await;
    assert_eq!(told.status, 200, "{}", told.body);
    follower.follow(&server, 0).await;
    assert!(follower.refuses(&token));
}

#[tokio::test]
async fn a_token_is_taken_back_by_its_id_its_session_its_user_or_itself() {
    let server = start().await;
    server.sign_up(&json!({})).await;
    let session = server.get("/get-session").await.json();
    let mut follower = Follower::of(&server).await;
    for (number, kind) in ["j", "t", "s", "u"].into_iter().enumerate() {
        if kind == "u" {
            // The session has ended.
            assert_eq!(server.get("/get-session").await.json(), Value::Null);
            server.sign_up(&json!({ "email": "bea@example.com" })).await;
        }
        let (token, other) = (token(&server).await, token(&server).await);
        let claims =
            countersign_jwt::dangerous::read_without_verifying(&token).expect("a token").claims;
        let body = match kind {
            "j" => json!({ "kind": "j", "name": claims["jti"], "until": claims["exp"] }),
            "t" => json!({ "kind": "t", "token": token }),
            "s" => json!({ "kind": "s", "name": session["session"]["id"] }),
            _ => json!({ "kind": "u", "name": claims["sub"] }),
        };
        assert!(!follower.refuses(&token), "{kind}");
        let told = take_back(&server, "", &body).await;
        assert_eq!(
            (told.status.as_u16(), &told.json()["sequence"]),
            (200, &json!(number + 1)),
            "{}",
            told.body
        );
        assert!(told.json().get("missing").is_none());
        follower.follow(&server, 30).await;
        assert!(follower.refuses(&token), "{kind}");
        assert_eq!(follower.refuses(&other), kind == "s" || kind == "u", "{kind}");
    }
}

#[tokio::test]
async fn only_resource_servers_take_something_back_and_a_wrong_credential_is_told() {
    let server = start().await;
    let body = json!({ "kind": "u", "name": "ann" }).to_string();
    let wrong = TASKS.replace("4f1d", "4f1e");
    for credential in [None, Some(&*wrong), Some("tasks:"), Some("x")] {
        let mut request =
            Request::post("/api/auth/revocations").header("content-type", "application/json");
        if let Some(credential) = credential {
            request = request.header("authorization", basic(credential));
        }
        let reply = server.send(request.body(Body::from(body.clone())).expect("a request")).await;
        assert_eq!(reply.status, StatusCode::UNAUTHORIZED);
        assert_eq!(reply.json()["code"], "INVALID_CLIENT");
        assert!(reply.headers["www-authenticate"].to_str().expect("text").starts_with("Basic"));
    }
    let asked = server.send(question("guard=one", Some(&wrong))).await;
    assert_eq!(asked.status, 401, "a guard whose credential is wrong learns it");
    for bad in [
        json!({ "kind": "x", "name": "ann" }),
        json!({ "kind": "u" }),
        json!({ "kind": "u", "name": "" }),
        json!({ "kind": "u", "name": 1 }),
        json!({ "kind": "t", "token": "no token" }),
        json!({ "kind": "j", "name": "x", "until": "tomorrow" }),
        json!([]),
    ] {
        assert_eq!(take_back(&server, "", &bad).await.status, 400, "{bad}");
    }
    assert_eq!(Follower::of(&server).await.place.expect("a place").1, 0, "nothing was written");
}

#[tokio::test]
async fn a_guard_without_a_credential_may_read_and_is_waited_for_by_nobody() {
    let server = start().await;
    assert_eq!(server.send(question("guard=one", None)).await.status, 200);
    let told =
        take_back(&server, "wait=all&timeout=30", &json!({ "kind": "j", "name": "x" })).await;
    assert_eq!(told.json()["missing"], json!([]));
}
