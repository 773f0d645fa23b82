//! The id of a user and a segment of a path, divided by a zero.
#![no_main]

use std::{
    future::Future,
    sync::{Arc, LazyLock},
};

use axum::{Router, body::Body, routing::get};
use countersign::{Clock, Guard, KeySet, KeySource, Policy, axum::Owner};
use countersign_fuzz::{AUDIENCE, ISSUER, SECRET, claims, now, sign, two_parts};
use http::{Request, StatusCode};
use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use percent_encoding::percent_decode;
use tokio::runtime::{Builder, Runtime};
use tower::ServiceExt;

struct Standing;

impl Clock for Standing {
    fn now(&self) -> Timestamp {
        now()
    }
}

static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| Builder::new_current_thread().build().expect("a runtime"));

static SERVICE: LazyLock<Router> = LazyLock::new(|| {
    let policy = Policy::new(ISSUER, AUDIENCE).expect("a policy");
    let keys = KeySource::keys(KeySet::from_secret(&SECRET).expect("a secret"));
    let guard = Guard::builder(policy, keys).clock(Arc::new(Standing)).build().expect("a guard");
    Router::new().route("/api/{user_id}/tasks", get(|_: Owner| answer())).with_state(guard)
});

fn answer() -> impl Future<Output = &'static str> {
    std::future::ready("the tasks")
}

fuzz_target!(|data: &[u8]| {
    let Some((user, segment)) = two_parts(data) else { return };
    let Ok(user) = std::str::from_utf8(user) else { return };
    let path = [b"/api/", segment, b"/tasks"].concat();
    let token = sign(br#"{"alg":"HS256"}"#, claims(user).as_bytes());
    let request = Request::get(path.as_slice()).header("authorization", format!("Bearer {token}"));
    let Ok(request) = request.body(Body::empty()) else { return };
    let sent = request.uri().path().as_bytes().to_owned();
    let answer = RUNTIME.block_on(SERVICE.clone().oneshot(request)).expect("an answer");

    let named = sent.strip_prefix(b"/api/").and_then(|rest| rest.strip_suffix(b"/tasks"));
    let theirs = named.is_some_and(|name| {
        !name.contains(&b'/') && percent_decode(name).eq(user.as_bytes().iter().copied())
    });
    match answer.status() {
        StatusCode::OK => assert!(theirs),
        StatusCode::FORBIDDEN => assert!(!theirs),
        StatusCode::UNAUTHORIZED | StatusCode::NOT_FOUND => {}
        other => panic!("{other}"),
    }
});
