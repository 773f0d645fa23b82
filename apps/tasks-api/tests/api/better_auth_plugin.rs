//! A Better Auth on Node with the plugin `@countersign/better-auth`, on SQLite, and no server of ours.

use std::thread;

use countersign_testing::{
    binaries::TasksApi,
    http::{Answer, send},
    node::{BetterAuth, BetterAuthOptions},
};
use serde_json::{Value, json};

use crate::fixture::{READ_AND_WRITE, Service, on_both_services};

on_both_services! {
    t224_what_a_better_auth_with_our_plugin_ends_is_refused_by_the_service,
}

/// Somebody who signed up there, with a token.
struct Person {
    id: String,
    cookie: String,
    token: String,
}

fn post(node: &BetterAuth, path: &str, cookie: &str, body: &Value) -> Answer {
    let headers =
        [("Content-Type", "application/json"), ("Origin", node.url()), ("Cookie", cookie)];
    let path = format!("/api/auth{path}");
    let answer = send(node.url(), "POST", &path, &headers, Some(&body.to_string()));
    assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    answer
}

fn sign_up(node: &BetterAuth, name: &str) -> Person {
    let body = json!({
        "name": name, "email": format!("{name}@example.com"), "password": "password1234",
    });
    let signed_up = post(node, "/sign-up/email", "", &body);
    let cookie = signed_up.cookies().next().expect("a session").to_owned();
    let id = signed_up.json()["user"]["id"].as_str().expect("an id").to_owned();
    let token = send(node.url(), "GET", "/api/auth/token", &[("Cookie", &cookie)], None).json();
    let token = token["token"].as_str().expect("a token").to_owned();
    Person { id, cookie, token }
}

fn tasks_of(api: &TasksApi, person: &Person) -> Answer {
    let bearer = format!("Bearer {}", person.token);
    let path = format!("/api/{}/tasks", person.id);
    send(api.url(), "GET", &path, &[("Authorization", &bearer)], None)
}

/// Waits until the service no longer takes the token; it is refused then, and not for want of news.
fn is_refused(api: &TasksApi, person: &Person) {
    let refused = loop {
        let answer = tasks_of(api, person);
        if answer.status != 200 {
            break answer;
        }
        thread::yield_now();
    };
    assert_eq!((refused.status, refused.json()["code"].as_str()), (401, Some("invalid_token")));
}

fn t224_what_a_better_auth_with_our_plugin_ends_is_refused_by_the_service(service: Service) {
    let options =
        BetterAuthOptions { arrangement: Some("countersign"), ..BetterAuthOptions::default() };
    let mut node = BetterAuth::start(&options).expect("Better Auth starts");
    let [root, ann, ben, eve] = ["root", "ann", "ben", "eve"].map(|name| sign_up(&node, name));
    let keys = format!("{}/api/auth/jwks", node.url());
    let feed = format!("{}/api/auth/revocations", node.url());
    let api = service.start(&[
        ("COUNTERSIGN_ISSUER", node.url()),
        ("COUNTERSIGN_AUDIENCE", node.url()),
        ("COUNTERSIGN_JWKS_URL", &keys),
        ("COUNTERSIGN_DEFAULT_SCOPES", READ_AND_WRITE),
        ("COUNTERSIGN_REVOCATIONS_URL", &feed),
        // The time that a Node process takes to start on a busy machine is nobody's doubt here.
        ("COUNTERSIGN_REVOCATIONS_MAX_STALENESS", "120"),
    ]);
    for person in [&root, &ann, &ben, &eve] {
        assert_eq!(tasks_of(&api, person).status, 200);
    }

    post(&node, "/admin/ban-user", &root.cookie, &json!({ "userId": ann.id }));
    is_refused(&api, &ann);

    // Nobody may have read of it when the process is gone.
    post(&node, "/sign-out", &ben.cookie, &json!({}));
    node.kill_and_start_again().expect("it starts again");
    is_refused(&api, &ben);
    assert_eq!(tasks_of(&api, &eve).status, 200, "who is still signed in");
}
