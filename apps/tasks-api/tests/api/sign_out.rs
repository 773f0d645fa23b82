//! The auth server, and a service that follows its revocation feed.

use std::{process::Command, thread};

use countersign_testing::{
    SECRET,
    binaries::{Countersign, TasksApi, built},
    http::{Answer, send},
    node::{BetterAuth, BetterAuthOptions},
    postgres::Postgres,
};
use serde_json::{Value, json};

use crate::fixture::{READ_AND_WRITE, Service, on_both_services};

const CREDENTIAL: &str = "tasks:the-secret-of-the-resource-server";
const BASIC: &str = "Basic dGFza3M6dGhlLXNlY3JldC1vZi10aGUtcmVzb3VyY2Utc2VydmVy";

on_both_services! {
    t306_who_signs_out_is_refused_by_the_service_at_once,
    t224_what_an_unmodified_better_auth_ends_is_refused_by_the_service,
}

fn post(auth: &Countersign, path: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
    let mut all = vec![("Content-Type", "application/json"), ("Origin", auth.url())];
    all.extend(headers);
    send(auth.url(), "POST", &format!("/api/auth{path}"), &all, Some(&body.to_string()))
}

fn tasks_of(api: &TasksApi, user: &str, token: &str) -> Answer {
    let bearer = format!("Bearer {token}");
    send(api.url(), "GET", &format!("/api/{user}/tasks"), &[("Authorization", &bearer)], None)
}

fn t306_who_signs_out_is_refused_by_the_service_at_once(service: Service) {
    let auth = Countersign::start(
        &built("countersign"),
        &[
            ("COUNTERSIGN_RESOURCE_SERVERS__CREDENTIALS", CREDENTIAL),
            ("COUNTERSIGN_TOKEN__SCOPE", READ_AND_WRITE),
        ],
    )
    .expect("the auth server starts");
    let api = service.follow(
        auth.url(),
        auth.url(),
        &[
            ("COUNTERSIGN_REVOCATIONS_GUARD", "tasks-1"),
            ("COUNTERSIGN_REVOCATIONS_CREDENTIAL", CREDENTIAL),
        ],
    );
    let ann = json!({ "name": "Ann", "email": "ann@example.com", "password": "password1234" });
    let signed_up = post(&auth, "/sign-up/email", &[], &ann);
    assert_eq!(signed_up.status, 200, "{}", signed_up.body);
    let cookie = ("Cookie", signed_up.cookies().next().expect("a session"));
    let user = signed_up.json()["user"]["id"].as_str().expect("an id").to_owned();
    let token = send(auth.url(), "GET", "/api/auth/token", &[cookie], None).json();
    let token = token["token"].as_str().expect("a token");
    let before = tasks_of(&api, &user, token);
    assert_eq!(before.status, 200, "{}", before.body);

    assert_eq!(post(&auth, "/sign-out", &[cookie], &json!({})).status, 200);
    // What comes after the sign-out in the feed is confirmed when the sign-out is.
    let other = json!({ "kind": "j", "name": "a token of somebody else" });
    let told = post(&auth, "/revocations?wait=all&timeout=10", &[("Authorization", BASIC)], &other);
    assert_eq!(
        (told.status, &told.json()["confirmed"]),
        (200, &json!(["tasks/tasks-1"])),
        "{}",
        told.body
    );
    let refused = tasks_of(&api, &user, token);
    assert_eq!((refused.status, refused.json()["code"].as_str()), (401, Some("invalid_token")));
}

fn t224_what_an_unmodified_better_auth_ends_is_refused_by_the_service(service: Service) {
    let postgres = Postgres::start().expect("PostgreSQL starts");
    let database = postgres.new_database("auth").expect("a database");
    let options = BetterAuthOptions { database_url: Some(database.clone()), ..Default::default() };
    let node = BetterAuth::start(&options).expect("Better Auth starts");
    let headers = [("Content-Type", "application/json"), ("Origin", node.url())];
    let ann = json!({ "name": "Ann", "email": "ann@example.com", "password": "password1234" });
    let path = "/api/auth/sign-up/email";
    let signed_up = send(node.url(), "POST", path, &headers, Some(&ann.to_string()));
    assert_eq!(signed_up.status, 200, "{}", signed_up.body);
    let cookie = ("Cookie", signed_up.cookies().next().expect("a session"));
    let user = signed_up.json()["user"]["id"].as_str().expect("an id").to_owned();
    let token = send(node.url(), "GET", "/api/auth/token", &[cookie], None).json();
    let token = token["token"].as_str().expect("a token");

    let watch = Command::new(built("countersign"))
        .args(["migrate", "apply", "--watch-better-auth"])
        .envs([("DATABASE_URL", database.as_str()), ("BETTER_AUTH_SECRET", SECRET)])
        .output()
        .expect("it runs");
    assert!(watch.status.success(), "{}", String::from_utf8_lossy(&watch.stderr));
    let auth = Countersign::start(
        &built("countersign"),
        &[("DATABASE_URL", &database), ("COUNTERSIGN_TOKEN__ISSUER", node.url())],
    )
    .expect("the auth server starts");
    let api =
        service.follow(node.url(), auth.url(), &[("COUNTERSIGN_DEFAULT_SCOPES", READ_AND_WRITE)]);
    let before = tasks_of(&api, &user, token);
    assert_eq!(before.status, 200, "{}", before.body);
    let [content_type, origin] = headers;
    let headers = [content_type, origin, cookie];
    let signed_out = send(node.url(), "POST", "/api/auth/sign-out", &headers, Some("{}"));
    assert_eq!(signed_out.status, 200, "{}", signed_out.body);
    while tasks_of(&api, &user, token).status != 401 {
        thread::yield_now();
    }
}
