//! A Better Auth on Node with the plugin `@countersign/better-auth`, on SQLite, and no server of ours.

use std::thread;

use countersign_testing::{
    binaries::{Countersign, TasksApi, built},
    feed::payload,
    file_in,
    http::{Answer, send},
    mariadb::MariaDb,
    node::{BetterAuth, BetterAuthOptions},
    postgres::Postgres,
};
use serde_json::{Value, json};

use crate::fixture::{READ_AND_WRITE, Service, on_both_services};

on_both_services! {
    t224_what_a_better_auth_with_our_plugin_ends_is_refused_by_the_service,
}

const CREDENTIAL: &str = "tasks:the-secret-of-the-resource-server";
const BASIC: &str = "Basic dGFza3M6dGhlLXNlY3JldC1vZi10aGUtcmVzb3VyY2Utc2VydmVy";

/// Somebody who signed up there, with a token.
struct Person {
    id: String,
    cookie: String,
    token: String,
}

fn with_plugin(arrangement: &'static str, database_url: Option<String>) -> BetterAuth {
    let arrangement = Some(arrangement);
    let options = BetterAuthOptions { database_url, arrangement, ..Default::default() };
    BetterAuth::start(&options).expect("Better Auth starts")
}

fn post(url: &str, path: &str, cookie: &str, body: &Value) -> Answer {
    let headers = [("Content-Type", "application/json"), ("Origin", url), ("Cookie", cookie)];
    let path = format!("/api/auth{path}");
    let answer = send(url, "POST", &path, &headers, Some(&body.to_string()));
    assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    answer
}

fn sign_up(url: &str, name: &str) -> Person {
    let body = json!({
        "name": name, "email": format!("{name}@example.com"), "password": "password1234",
    });
    let signed_up = post(url, "/sign-up/email", "", &body);
    let cookie = signed_up.cookies().next().expect("a session").to_owned();
    let id = signed_up.json()["user"]["id"].as_str().expect("an id").to_owned();
    let token = send(url, "GET", "/api/auth/token", &[("Cookie", &cookie)], None).json();
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
    let mut node = with_plugin("countersign", None);
    let [root, ann, ben, eve] = ["root", "ann", "ben", "eve"].map(|name| sign_up(node.url(), name));
    let api = service.follow(
        node.url(),
        node.url(),
        &[
            ("COUNTERSIGN_DEFAULT_SCOPES", READ_AND_WRITE),
            ("COUNTERSIGN_REVOCATIONS_GUARD", "tasks-1"),
            ("COUNTERSIGN_REVOCATIONS_CREDENTIAL", CREDENTIAL),
            // The time that a Node process takes to start on a busy machine is nobody's doubt here.
            ("COUNTERSIGN_REVOCATIONS_MAX_STALENESS", "120"),
        ],
    );
    for person in [&root, &ann, &ben, &eve] {
        assert_eq!(tasks_of(&api, person).status, 200);
    }

    post(node.url(), "/admin/ban-user", &root.cookie, &json!({ "userId": ann.id }));
    is_refused(&api, &ann);

    // Nobody may have read of it when the process is gone.
    post(node.url(), "/sign-out", &ben.cookie, &json!({}));
    node.kill_and_start_again().expect("it starts again");
    is_refused(&api, &ben);
    assert_eq!(tasks_of(&api, &eve).status, 200, "who is still signed in");

    // The service takes somebody back by itself, and is told when its guard knows.
    let headers = [("Content-Type", "application/json"), ("Authorization", BASIC)];
    let path = "/api/auth/revocations?wait=all&timeout=30";
    let body = json!({ "kind": "u", "name": eve.id }).to_string();
    let told = send(node.url(), "POST", path, &headers, Some(&body));
    assert_eq!((told.status, &told.json()["confirmed"]), (200, &json!(["tasks/tasks-1"])));
    assert_eq!(tasks_of(&api, &eve).status, 401);
}

#[test]
fn a_server_of_ours_goes_on_with_the_sequence_on_sqlite() {
    let folder = tempfile::tempdir().expect("a folder");
    goes_on_with_the_sequence(&file_in(&folder, "auth.db"));
}

#[test]
fn a_server_of_ours_goes_on_with_the_sequence_on_postgresql() {
    let postgres = Postgres::start().expect("PostgreSQL starts");
    goes_on_with_the_sequence(&postgres.new_database("auth").expect("a database"));
}

#[test]
fn a_server_of_ours_goes_on_with_the_sequence_on_mariadb() {
    let mariadb = MariaDb::start().expect("MariaDB starts");
    goes_on_with_the_sequence(&mariadb.new_database("auth").expect("a database"));
}

fn goes_on_with_the_sequence(database_url: &str) {
    // Where ours ends a session it ends no more, and that refuses tokens that name it.
    let node = with_plugin("countersign-minimal", Some(database_url.to_owned()));
    let [ann, ben, eve, joe] = ["ann", "ben", "eve", "joe"].map(|name| sign_up(node.url(), name));
    post(node.url(), "/sign-out", &ann.cookie, &json!({}));
    let before = feed_of(node.url());
    assert_eq!((&before["to"], entries(&before).len()), (&json!(1), 1));

    let ours = Countersign::start(
        &built("countersign"),
        &[
            ("DATABASE_URL", database_url),
            ("COUNTERSIGN_REVOCATION__ENABLED", "true"),
            ("COUNTERSIGN_TOKEN__ISSUER", node.url()),
            ("COUNTERSIGN_DATABASE__WITHOUT_PROTECTION_OF", "admin"),
        ],
    )
    .expect("the auth server takes the plugin's tables");
    assert_eq!(what_guards_hold(ours.url()), what_guards_hold(node.url()));

    let api = Service::Axum.start(&[
        ("COUNTERSIGN_ISSUER", node.url()),
        ("COUNTERSIGN_AUDIENCE", node.url()),
        ("COUNTERSIGN_JWKS_URL", &format!("{}/api/auth/jwks", node.url())),
        ("COUNTERSIGN_DEFAULT_SCOPES", READ_AND_WRITE),
        ("COUNTERSIGN_REVOCATIONS_URL", &format!("{}/api/auth/revocations", node.url())),
        ("COUNTERSIGN_REVOCATIONS_MAX_STALENESS", "120"),
    ]);
    for person in [&ben, &eve, &joe] {
        assert_eq!(tasks_of(&api, person).status, 200);
    }

    // Each tells what the other one ends.
    post(node.url(), "/sign-out", &ben.cookie, &json!({}));
    post(ours.url(), "/sign-out", &eve.cookie, &json!({}));
    is_refused(&api, &ben);
    is_refused(&api, &eve);
    assert_eq!(tasks_of(&api, &joe).status, 200, "who is still signed in");
    let after = what_guards_hold(node.url());
    assert_eq!(what_guards_hold(ours.url()), after);
    let after = feed_of(node.url());
    assert_eq!((&after["epoch"], &after["key"]), (&before["epoch"], &before["key"]));
    assert_eq!(entries(&after)[..1], *entries(&before));
    assert_eq!((&after["to"], entries(&after).len()), (&json!(3), 3));
}

fn feed_of(url: &str) -> Value {
    let answer = send(url, "GET", "/api/auth/revocations", &[], None);
    assert_eq!(answer.status, 200, "{}", answer.body);
    payload(&answer.body)
}

fn entries(answer: &Value) -> &[Value] {
    answer["entries"].as_array().expect("a list")
}

/// All that a guard takes out of an answer.
fn what_guards_hold(url: &str) -> Value {
    let mut answer = feed_of(url);
    answer["iat"].take();
    answer
}
