//! New keys, replaced keys and withdrawn keys, under load and one by one.

use std::{
    future::Future,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use arc_swap::ArcSwap;
use countersign_jwt::SigningKey;

use crate::{
    issuer::Issuer,
    service::{Service, claims, signing_key},
};

const ROTATIONS: usize = 20;

/// A service whose users never rest.
struct Load {
    issuer: Issuer,
    service: Service,
    keys: Mutex<Vec<Arc<SigningKey>>>,
    /// What new tokens are signed with.
    signer: ArcSwap<SigningKey>,
    answered: AtomicUsize,
    refused: AtomicUsize,
    over: AtomicBool,
}

impl Load {
    /// Four users send token after token, each signed just before, until `rotate` is done.
    async fn run<F: Future<Output = ()>>(rotate: impl FnOnce(Arc<Self>) -> F) -> Arc<Self> {
        let first = Arc::new(signing_key("k0"));
        let issuer = Issuer::start(&[&first]);
        let load = Arc::new(Self {
            service: Service::fetching_from(&issuer.url, signing_key("unused")),
            issuer,
            keys: Mutex::new(vec![Arc::clone(&first)]),
            signer: ArcSwap::new(first),
            answered: AtomicUsize::new(0),
            refused: AtomicUsize::new(0),
            over: AtomicBool::new(false),
        });
        let users: Vec<_> = (0..4)
            .map(|_| {
                let load = Arc::clone(&load);
                tokio::spawn(async move {
                    while !load.over.load(Ordering::SeqCst) {
                        let signer = load.signer.load_full();
                        let status = load.service.get_with_key(&signer).await.status;
                        load.refused.fetch_add(usize::from(status != 200), Ordering::SeqCst);
                        load.answered.fetch_add(1, Ordering::SeqCst);
                    }
                })
            })
            .collect();
        load.after_some_more_requests().await;
        rotate(Arc::clone(&load)).await;
        load.over.store(true, Ordering::SeqCst);
        for user in users {
            user.await.unwrap();
        }
        assert_eq!(load.refused.load(Ordering::SeqCst), 0);
        load
    }

    /// The next key beside all before it: a slow user may still have a token by any.
    fn publish(&self, next: &Arc<SigningKey>) {
        let mut keys = self.keys.lock().unwrap();
        keys.push(Arc::clone(next));
        self.issuer.publish_keys(&keys.iter().map(|key| &**key).collect::<Vec<_>>());
    }

    async fn after_some_more_requests(&self) {
        let goal = self.answered.load(Ordering::SeqCst) + 20;
        while self.answered.load(Ordering::SeqCst) < goal {
            tokio::task::yield_now().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn t072_keys_published_before_they_sign_refuse_nobody() {
    let load = Load::run(async |load| {
        for round in 1..=ROTATIONS {
            let next = Arc::new(signing_key(&format!("k{round}")));
            load.publish(&next);
            load.service.clock.advance(451);
            load.after_some_more_requests().await;
            load.signer.store(next);
            load.after_some_more_requests().await;
        }
    })
    .await;
    // The first fetch and one behind the scenes for each rotation; a token that overtakes it brings one
    // fetch more.
    let fetches = load.issuer.fetches();
    assert!((2..=1 + 2 * ROTATIONS).contains(&fetches), "{fetches}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn t072_keys_that_sign_the_moment_they_are_published_refuse_nobody() {
    let load = Load::run(async |load| {
        for round in 1..=ROTATIONS {
            let next = Arc::new(signing_key(&format!("k{round}")));
            load.publish(&next);
            load.signer.store(next);
            load.after_some_more_requests().await;
        }
    })
    .await;
    let fetches = load.issuer.fetches();
    assert!((2..=1 + ROTATIONS).contains(&fetches), "{fetches}");
}

/// The fetch under way when the key was made is not the issuer's word about it: whether that fetch brings
/// what was known, or another set that is still without the key.
#[tokio::test]
async fn t072_a_key_made_during_a_fetch_is_found_by_the_next_one() {
    for another_comes_first in [false, true] {
        let (old, other, new) = (signing_key("k1"), signing_key("k2"), signing_key("k3"));
        let issuer = Issuer::start(&[&old]);
        let service = Service::fetching_from(&issuer.url, old);
        assert_eq!(service.get_with_key(&service.key).await.status, 200);
        if another_comes_first {
            issuer.publish_keys(&[&service.key, &other]);
        }
        let gate = issuer.close_gate().await;
        service.clock.advance(451);
        assert_eq!(service.get_with_key(&service.key).await.status, 200);
        while issuer.fetches() == 1 {
            tokio::task::yield_now().await;
        }
        issuer.publish_keys(&[&service.key, &other, &new]);
        let (answer, ()) = tokio::join!(service.get_with_key(&new), async { drop(gate) });
        assert_eq!(answer.status, 200, "{another_comes_first}");
        assert_eq!(issuer.fetches(), 3);
    }
}

#[tokio::test]
async fn t072_a_key_replaced_by_one_of_the_same_name_is_found_at_once() {
    let (old, new) = (signing_key("k1"), signing_key("k1"));
    let issuer = Issuer::start(&[&old]);
    let service = Service::fetching_from(&issuer.url, old);
    assert_eq!(service.get_with_key(&service.key).await.status, 200);
    issuer.publish_keys(&[&new]);
    assert_eq!(service.get_with_key(&new).await.status, 200);
    // The tokens of the old one end with it, also those that were verified before.
    assert_eq!(service.get_with_key(&service.key).await.status, 401);
    assert_eq!(issuer.fetches(), 2);

    // It brought no new name, so the next one has to wait.
    let next = signing_key("k1");
    issuer.publish_keys(&[&next]);
    assert_eq!(service.get_with_key(&next).await.status, 401);
    service.clock.advance(30);
    assert_eq!(service.get_with_key(&next).await.status, 200);
    assert_eq!(issuer.fetches(), 3);
}

/// Old clients go on with what they have.
#[tokio::test]
async fn t072_tokens_of_a_withdrawn_key_keep_nobody_from_finding_the_next_one() {
    let keys = ["k1", "k2", "k3", "k4"].map(signing_key);
    let [old, second, third, fourth] = &keys;
    let issuer = Issuer::start(&[old]);
    let service = Service::fetching_from(&issuer.url, signing_key("unused"));
    assert_eq!(service.get_with_key(old).await.status, 200);
    issuer.publish_keys(&[second]);
    assert_eq!(service.get_with_key(second).await.status, 200);
    assert_eq!(issuer.fetches(), 2);
    for _ in 0..20 {
        assert_eq!(service.get_with_key(old).await.status, 401);
    }
    assert_eq!(issuer.fetches(), 3, "they cost one fetch in 30 seconds");

    issuer.publish_keys(&[second, third]);
    assert_eq!(service.get_with_key(third).await.status, 200);
    // Not each withdrawn key has 30 seconds of its own.
    issuer.publish_keys(&[third, fourth]);
    assert_eq!(service.get_with_key(fourth).await.status, 200);
    assert_eq!(service.get_with_key(old).await.status, 401);
    assert_eq!(service.get_with_key(second).await.status, 401);
    assert_eq!(issuer.fetches(), 5);

    // What is published again counts again.
    issuer.publish_keys(&[fourth, old]);
    service.clock.advance(30);
    assert_eq!(service.get_with_key(old).await.status, 200);
    assert_eq!(issuer.fetches(), 6);
}

#[tokio::test]
async fn t074_a_stolen_key_is_worthless_as_soon_as_the_operator_says_so() {
    let (stolen, new) = (signing_key("k1"), signing_key("k2"));
    let issuer = Issuer::start(&[&stolen]);
    let service = Service::fetching_from(&issuer.url, stolen);
    assert_eq!(service.get_as("/me", &claims()).await.status, 200);
    issuer.publish_keys(&[&new]);
    assert_eq!(service.get_as("/me", &claims()).await.status, 200);

    service.guard.purge_keys().await.unwrap();
    assert_eq!(service.get_as("/me", &claims()).await.status, 401);
    assert_eq!(service.get_with_key(&new).await.status, 200);
}

#[tokio::test]
async fn t074_a_purge_while_the_issuer_is_away_leaves_nothing_to_trust() {
    let key = signing_key("k1");
    let mut issuer = Issuer::start(&[&key]);
    let service = Service::fetching_from(&issuer.url, key);
    assert_eq!(service.get_as("/me", &claims()).await.status, 200);
    issuer.stop().await;
    assert!(service.guard.purge_keys().await.is_err());
    assert_eq!(service.get_as("/me", &claims()).await.status, 503);
    issuer.start_again();
    service.clock.advance(2);
    assert_eq!(service.get_as("/me", &claims()).await.status, 200);
}
