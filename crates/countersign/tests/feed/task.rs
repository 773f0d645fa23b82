//! The task that asks: one for each issuer, as long as there is a guard.

use std::sync::Arc;

use countersign::{Guard, KeySource, Policy, RevocationFeed};
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

/// A runtime that ends takes it along; the next request that finds the knowledge old starts it again.
#[test]
fn it_is_started_again_when_its_runtime_is_gone() {
    let fed = Fed::new();
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    assert_eq!(runtime().block_on(fed.alices()), 200);
    fed.feed.revoke_token("t1", LATE);
    fed.service.clock.advance(11);
    assert_eq!(runtime().block_on(fed.alices()), 401);
    assert_eq!(fed.feed.asked().last().unwrap().held.as_ref().unwrap().0, "epoch-1");
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
