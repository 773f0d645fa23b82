//! The task that asks: one for each issuer, as long as there is a guard.

use std::{sync::Arc, time::Duration};

use countersign::{Guard, KeySource, Policy, RevocationFeed, WhenStale};
use countersign_testing::feed::Feed;

use super::{Fed, LATE, copy};
use crate::service::{AUDIENCE, ISSUER, NOW, Service, claims, signing_key};

#[tokio::test]
async fn it_ends_with_the_last_guard() {
    let fed = Fed::new();
    assert_eq!(fed.alices().await, 200);
    fed.taken().await;
    let Fed { service, feed } = fed;
    let (clock, second) = (Arc::clone(&service.clock), service.guard.clone());
    drop(service);
    feed.revoke_token("t1", LATE);
    while !feed.is_taken() {
        tokio::task::yield_now().await;
    }
    // The task holds the guard's clock; when it ends, nobody else does.
    assert!(Arc::strong_count(&clock) > 1);
    drop(second);
    while Arc::strong_count(&clock) > 1 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn all_requests_share_it() {
    let fed = Fed::new();
    let requests = (0..50).map(|_| fed.alices());
    let answers = futures_util::future::join_all(requests).await;
    assert!(answers.iter().all(|status| *status == 200));
    fed.taken().await;
    assert_eq!(fed.feed.asked().len(), 2, "the first question, and the one that waits");
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// A runtime that ends takes it along; the next request that finds the knowledge old starts it again.
#[test]
fn it_is_started_again_when_its_runtime_is_gone() {
    let fed = Fed::new();
    assert_eq!(runtime().block_on(fed.alices()), 200);
    fed.feed.revoke_token("t1", LATE);
    fed.service.clock.advance(11);
    assert_eq!(runtime().block_on(fed.alices()), 401);
    assert_eq!(fed.feed.asked().last().unwrap().held.as_ref().unwrap().0, "epoch-1");
}

/// Good tokens may be let in for an hour without the feed, and that nobody asks it is no reason to.
#[test]
fn t226_it_is_started_again_as_soon_as_the_knowledge_is_older_than_usual() {
    let hour = WhenStale::AllowFor(Duration::from_hours(1));
    let fed = Fed::with(|feed| feed.when_stale(hour));
    assert_eq!(runtime().block_on(fed.alices()), 200);
    fed.feed.revoke_token("t1", LATE);
    let asked = fed.feed.asked().len();
    fed.service.clock.advance(5);
    runtime().block_on(async {
        assert_eq!(fed.alices().await, 200);
        tokio::task::yield_now().await;
    });
    assert_eq!(fed.feed.asked().len(), asked, "an answer may take so long");
    fed.service.clock.advance(1);
    runtime().block_on(async {
        // Nobody waits for it.
        assert_eq!(fed.alices().await, 200);
        fed.taken().await;
        assert_eq!(fed.alices().await, 401);
    });
}

#[test]
fn t226_a_guard_in_a_process_that_was_forked_asks_with_its_first_request() {
    let fed = Fed::new();
    assert_eq!(runtime().block_on(fed.alices()), 200);
    fed.feed.revoke_token("t1", LATE);
    countersign::forked();
    runtime().block_on(async {
        assert_eq!(fed.alices().await, 200);
        fed.taken().await;
        assert_eq!(fed.alices().await, 401);
    });
}

/// A decision that needs nobody is made wherever it is asked for.
#[test]
fn without_a_runtime_a_guard_decides_by_what_it_knows() {
    let fed = Fed::new();
    assert_eq!(runtime().block_on(fed.alices()), 200);
    fed.service.clock.advance(6);
    assert_eq!(futures_util::FutureExt::now_or_never(fed.alices()), Some(200));
}

#[tokio::test]
async fn each_issuer_has_its_own_and_speaks_for_nobody_else() {
    const OTHER: &str = "https://other.test";
    let (key, others_key) = (signing_key("k1"), signing_key("k2"));
    let feed = Feed::start(ISSUER, copy(&key), NOW);
    let others = Feed::start(OTHER, copy(&others_key), NOW);
    let source = |key: &countersign_jwt::SigningKey| KeySource::keys(key.key_set().unwrap());
    let mut service = Service::new();
    service.guard = Guard::builder(Policy::new(ISSUER, AUDIENCE).unwrap(), source(&key))
        .revocation_feed(RevocationFeed::at(&feed.url()).unwrap())
        .issuer(Policy::new(OTHER, AUDIENCE).unwrap(), source(&others_key))
        .revocation_feed(RevocationFeed::at(&others.url()).unwrap())
        .clock(service.clock.clone())
        .build()
        .unwrap();
    others.revoke_token("t1", LATE);
    service.guard.ready().await.unwrap();
    let status = async |key: &countersign_jwt::SigningKey, issuer: &str| {
        let mut claims = claims();
        claims["iss"] = issuer.into();
        let bearer = format!("Bearer {}", key.sign(&claims).unwrap());
        service.get("/me", &[bearer.as_bytes()]).await.status.as_u16()
    };
    assert_eq!(status(&key, ISSUER).await, 200);
    assert_eq!(status(&others_key, OTHER).await, 401);
    assert_eq!(service.guard.metrics().revocations_sequence, Some(1));
}
