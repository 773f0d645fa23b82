//! What has to be brought back once, in a real Redis: it is found there, spent there once, and by either server.

use countersign_testing::redis::Redis;
use futures_util::future::join_all;
use http::StatusCode;
use serde_json::{Value, json};

use crate::fixture::{PASSWORD, TestServer};

const NEW: &str = "another password";

async fn start(more: &[(&str, &str)]) -> (Redis, TestServer) {
    let redis = Redis::start().expect("Redis starts");
    let url = redis.url();
    let changes = [more, &[("REDIS_URL", url.as_str())]].concat();
    let server = TestServer::start_with_mail(&changes).await;
    server.sign_up(&json!({})).await;
    (redis, server)
}

async fn requested(server: &TestServer) -> String {
    server.post("/request-password-reset", &json!({ "email": "ann@example.com" })).await;
    server.mailed_token().await
}

async fn reset(server: &TestServer, token: &str) -> StatusCode {
    let body = json!({ "newPassword": NEW, "token": token });
    server.post("/reset-password", &body).await.status
}

#[tokio::test]
async fn key_and_value_are_those_of_better_auth() {
    let (redis, server) = start(&[]).await;
    let user = server.get("/get-session").await.json()["user"]["id"].clone();
    let token = requested(&server).await;
    let key = format!("better-auth:verification:reset-password:{token}");
    let kept = redis.run(&format!("GET {key}")).expect("it is there");
    let expected = format!(
        r#"{{"createdAt":"2027-01-15T08:00:00.000Z","updatedAt":"2027-01-15T08:00:00.000Z","value":{user},"#
    ) + &format!(
        r#""identifier":"reset-password:{token}","expiresAt":"2027-01-15T09:00:00.000Z"}}"#
    );
    assert_eq!(kept, expected);
    assert_eq!(redis.run(&format!("TTL {key}")).as_deref(), Some("3600"));
    assert_eq!(reset(&server, &token).await, 200);
    assert_eq!(redis.run(&format!("GET {key}")), None);
}

#[tokio::test]
async fn what_the_other_server_wrote_is_good_here_and_what_is_none_is_not() {
    let (redis, server) = start(&[]).await;
    let user = server.get("/get-session").await.json()["user"]["id"].clone();
    let write = |token: &str, kept: &Value| {
        let text = kept.to_string().replace('"', "\\\"");
        redis.run(&format!("SET better-auth:verification:reset-password:{token} \"{text}\" EX 60"));
    };
    let kept = |identifier: &str, expires_at: &str| {
        json!({
            "value": user, "identifier": format!("reset-password:{identifier}"), "expiresAt": expires_at,
        })
    };
    write("over", &kept("over", "2027-01-15T07:59:59.999Z"));
    write("other", &kept("another", "2027-01-15T08:10:00.000Z"));
    write("none", &json!(["x"]));
    for token in ["over", "other", "none", "absent"] {
        assert_eq!(reset(&server, token).await, 400, "{token}");
    }
    write("good", &kept("good", "2027-01-15T08:10:00.000Z"));
    assert_eq!(reset(&server, "good").await, 200);
}

#[tokio::test]
async fn t194_of_twenty_resets_with_one_token_in_redis_one_goes_through() {
    for rows in ["false", "true"] {
        let (_redis, server) =
            start(&[("COUNTERSIGN_VERIFICATION__STORE_IN_DATABASE", rows)]).await;
        let token = requested(&server).await;
        let resets = join_all((0..20).map(|_| reset(&server, &token))).await;
        let done = resets.iter().filter(|status| **status == 200).count();
        assert_eq!(done, 1, "{rows} {resets:?}");
        let body = json!({ "email": "ann@example.com", "password": NEW });
        assert_eq!(server.post("/sign-in/email", &body).await.status, 200);
        let body = json!({ "email": "ann@example.com", "password": PASSWORD });
        assert_eq!(server.post("/sign-in/email", &body).await.status, 401);
    }
}

#[tokio::test]
async fn a_row_that_is_spent_takes_the_copy_of_the_other_server_along() {
    let (redis, server) = start(&[("COUNTERSIGN_VERIFICATION__STORE_IN_DATABASE", "true")]).await;
    let token = requested(&server).await;
    let key = format!("better-auth:verification:reset-password:{token}");
    assert_eq!(redis.run(&format!("GET {key}")), None);
    redis.run(&format!("SET {key} copy"));
    assert_eq!(reset(&server, &token).await, 200);
    assert_eq!(redis.run(&format!("GET {key}")), None);
}

#[tokio::test]
async fn while_redis_is_away_no_link_is_called_bad() {
    let (redis, server) = start(&[]).await;
    let token = requested(&server).await;
    drop(redis);
    assert_eq!(reset(&server, &token).await, 503);
}
