//! Several servers on one database.

use std::time::Duration;

use countersign_testing::{file_in, postgres::Postgres};
use futures_util::future::join_all;
use serde_json::json;
use tokio::time::timeout;

use super::follower::{Follower, token};
use crate::fixture::{PASSWORD, TestServer};

async fn signed_in(server: &TestServer) -> String {
    let body = json!({ "email": "ann@example.com", "password": PASSWORD });
    assert_eq!(server.post("/sign-in/email", &body).await.status, 200);
    token(server).await
}

/// Somebody signs out on one server; whoever follows the other one knows within a second.
async fn is_told_within_a_second(url: &str, trials: usize) {
    let (one, other) = (
        TestServer::start(&[("DATABASE_URL", url)]).await,
        TestServer::start(&[("DATABASE_URL", url)]).await,
    );
    one.sign_up(&json!({})).await;
    let mut follower = Follower::of(&other).await;
    for trial in 0..trials {
        let token = token(&one).await;
        let nothing = json!({});
        let told = timeout(Duration::from_secs(1), follower.follow(&other, 30));
        let (told, signed_out) = tokio::join!(told, one.post("/sign-out", &nothing));
        assert_eq!(
            (told.expect("within a second"), signed_out.status.as_u16()),
            (1, 200),
            "{trial}"
        );
        assert!(follower.refuses(&token), "{trial}");
        signed_in(&one).await;
    }
}

#[tokio::test]
async fn t306_what_one_server_ends_guards_of_another_know_within_a_second() {
    let folder = tempfile::tempdir().expect("a folder");
    is_told_within_a_second(&file_in(&folder, "a.db"), 20).await;
    let postgres = Postgres::start().expect("PostgreSQL starts");
    is_told_within_a_second(&postgres.new_database("auth").expect("a database"), 20).await;
}

/// Two servers end sessions at once, and a guard follows each: none of them misses one.
#[tokio::test]
async fn t306_of_what_two_servers_end_at_once_no_guard_misses_anything() {
    let postgres = Postgres::start().expect("PostgreSQL starts");
    let url = postgres.new_database("auth").expect("a database");
    let server = async || TestServer::start(&[("DATABASE_URL", &url)]).await;
    let servers = [server().await, server().await];
    servers[0].sign_up(&json!({})).await;
    let mut tokens = Vec::new();
    let mut browsers = Vec::new();
    for number in 0..20 {
        let server = &servers[number % 2];
        server.forget_cookies();
        tokens.push(signed_in(server).await);
        browsers.push(server.take_cookies());
    }
    let mut followers = [Follower::of(&servers[0]).await, Follower::of(&servers[1]).await];
    let sign_outs = async {
        let requests = browsers.iter().enumerate().map(|(number, cookies)| {
            let server = &servers[number % 2];
            server.put_cookies(cookies.clone());
            let request = server.json_request("/sign-out", &json!({}));
            server.send(request)
        });
        for reply in join_all(requests).await {
            assert_eq!(reply.status, 200);
        }
    };
    let [one, other] = &mut followers;
    let follow = async |follower: &mut Follower, server: &TestServer| {
        while !tokens.iter().all(|token| follower.refuses(token)) {
            follower.follow(server, 30).await;
        }
    };
    tokio::join!(sign_outs, follow(one, &servers[0]), follow(other, &servers[1]));
    assert!(
        followers.iter().all(|follower| follower.place.as_ref().is_some_and(|place| place.1 == 20))
    );
}

#[tokio::test]
async fn a_guard_of_one_server_is_waited_for_on_the_other() {
    // Their acknowledgements meet in the table.
    let credential = "tasks:4f1d0c9b8a7e6f5d4c3b2a19087f6e5d4c3b2a1908f7e6d5";
    let folder = tempfile::tempdir().expect("a folder");
    let url = file_in(&folder, "a.db");
    let settings =
        [("DATABASE_URL", url.as_str()), ("COUNTERSIGN_RESOURCE_SERVERS__CREDENTIALS", credential)];
    let (one, other) = (TestServer::start(&settings).await, TestServer::start(&settings).await);
    let mut follower = Follower::default();
    let mut ask = async |wait: u64| {
        let query = format!("{}guard=g&wait={wait}", follower.held());
        let reply = other.send(super::follower::question(&query, Some(credential))).await;
        follower.take(&reply.body);
    };
    ask(0).await;
    let request = http::Request::post("/api/auth/revocations?wait=all&timeout=30")
        .header("authorization", super::follower::basic(credential))
        .header("content-type", "application/json")
        .body(r#"{"kind":"u","name":"ann"}"#.into())
        .expect("a request");
    let follows = async {
        ask(30).await;
        ask(0).await;
    };
    let (told, ()) = tokio::join!(one.send(request), follows);
    assert_eq!(told.json()["confirmed"], json!(["tasks/g"]), "{}", told.body);
}
