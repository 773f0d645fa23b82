//! What the issuer takes back, by its revocation feed.

use std::thread;

use countersign_jwt::SigningKey;
use countersign_testing::{
    SECRET,
    binaries::TasksApi,
    feed::{Feed, Manner},
    http::{Answer, send},
};

use crate::fixture::{AUDIENCE, ISSUER, Service, claims, now, on_both_services};

on_both_services! {
    t222_what_the_issuer_takes_back_is_refused_without_a_restart,
    t225_what_was_taken_back_before_the_start_is_refused,
    t226_without_the_feed_it_is_not_ready_and_lets_nobody_in,
}

fn key() -> SigningKey {
    SigningKey::hs256(SECRET.as_bytes()).expect("a key")
}

fn start(service: Service, feed: &Feed) -> TasksApi {
    service.start(&[
        ("COUNTERSIGN_ISSUER", ISSUER),
        ("COUNTERSIGN_AUDIENCE", AUDIENCE),
        ("BETTER_AUTH_SECRET", SECRET),
        ("COUNTERSIGN_REVOCATIONS_URL", &feed.url()),
        ("COUNTERSIGN_REVOCATIONS_MAX_STALENESS", "20"),
        ("COUNTERSIGN_REVOCATIONS_GUARD", "tasks-1"),
        ("COUNTERSIGN_REVOCATIONS_CREDENTIAL", "tasks:the-secret-of-the-resource-server"),
    ])
}

fn list_of(api: &TasksApi, token: &str) -> Answer {
    let bearer = format!("Bearer {token}");
    send(api.url(), "GET", "/api/alice/tasks", &[("Authorization", &bearer)], None)
}

fn ready(api: &TasksApi) -> (u16, String) {
    let answer = send(api.url(), "GET", "/readyz", &[], None);
    (answer.status, answer.body)
}

fn t222_what_the_issuer_takes_back_is_refused_without_a_restart(service: Service) {
    let feed = Feed::start(ISSUER, key(), now());
    let api = start(service, &feed);
    let token = key().sign(&claims("alice")).expect("a token");
    assert_eq!(ready(&api), (200, "ok".to_owned()));
    assert_eq!(list_of(&api, &token).status, 200);
    feed.revoke_session("s1", now() + 900);
    while !feed.is_taken() {
        thread::yield_now();
    }
    let refused = list_of(&api, &token);
    assert_eq!((refused.status, refused.json()["code"].as_str()), (401, Some("invalid_token")));
    let asked = feed.asked().remove(0);
    assert_eq!(asked.guard.as_deref(), Some("tasks-1"));
    assert!(asked.authorization.is_some_and(|line| line.starts_with("Basic ")));
}

fn t225_what_was_taken_back_before_the_start_is_refused(service: Service) {
    let feed = Feed::start(ISSUER, key(), now());
    feed.revoke_user("alice", now(), now() + 900);
    let token = key().sign(&claims("alice")).expect("a token");
    assert_eq!(list_of(&start(service, &feed), &token).status, 401);
}

fn t226_without_the_feed_it_is_not_ready_and_lets_nobody_in(service: Service) {
    let feed = Feed::start(ISSUER, key(), now());
    feed.answer(Manner::Status(503));
    let api = start(service, &feed);
    let token = key().sign(&claims("alice")).expect("a token");
    assert_eq!(ready(&api), (503, "revocations".to_owned()));
    let refused = list_of(&api, &token);
    assert_eq!((refused.status, refused.json()["code"].as_str()), (503, Some("revocations_stale")));
    assert_eq!(refused.header("retry-after"), Some("1"));
    feed.answer(Manner::Well);
    while ready(&api).0 != 200 {
        thread::yield_now();
    }
    assert_eq!(list_of(&api, &token).status, 200);
}
