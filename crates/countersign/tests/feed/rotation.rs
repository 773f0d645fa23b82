//! The issuer signs its feed with another key.

use countersign::RevocationFeed;
use countersign_jwt::SigningKey;
use countersign_testing::feed::{Feed, Manner};

use super::{Fed, copy, until};
use crate::{
    issuer::Issuer,
    service::{ISSUER, NOW, Service, signing_key},
};

/// A guard that fetches its keys from this issuer.
fn fetching(issuer: &Issuer, key: SigningKey) -> Fed {
    let feed = Feed::start(ISSUER, copy(&key), NOW);
    let followed = RevocationFeed::at(&feed.url()).unwrap();
    let service =
        Service::fetching_with(&issuer.url, key, |builder| builder.revocation_feed(followed));
    Fed { service, feed }
}

/// The answers are signed by this key from now on.
fn signed_by(key: &SigningKey) -> Manner {
    Manner::Bent { payload: |_| {}, typ: Some("revocations+jwt"), key: Some(copy(key)) }
}

/// An emergency: the key was stolen, and its tokens and those of strangers come in masses.
#[tokio::test]
async fn tokens_of_strangers_do_not_keep_the_feed_from_finding_a_new_key() {
    let (key, next) = (signing_key("k1"), signing_key("k2"));
    let issuer = Issuer::start(&[&key]);
    let fed = fetching(&issuer, key);
    assert_eq!(fed.alices().await, 200);
    fed.taken().await;
    assert_eq!(fed.service.get_with_key(&signing_key("nobody's")).await.status, 401);
    assert_eq!(issuer.fetches(), 2);
    issuer.publish_keys(&[&next]);
    let before = fed.known().answers;
    fed.feed.answer(signed_by(&next));
    until(|| fed.known().answers > before || fed.known().failures > 0).await;
    assert_eq!((fed.known().last_error, issuer.fetches()), (None, 3));
    assert_eq!(fed.service.get_with_key(&next).await.status, 200);
}

#[tokio::test]
async fn a_feed_that_is_signed_by_nobody_makes_few_fetches() {
    let key = signing_key("k1");
    let issuer = Issuer::start(&[&key]);
    let fed = fetching(&issuer, key);
    assert_eq!(fed.alices().await, 200);
    fed.taken().await;
    fed.feed.answer(signed_by(&signing_key("k2")));
    for (passed, fetches) in [(0, 2), (1, 2), (1, 3)] {
        fed.service.clock.advance(passed);
        for _ in 0..2 {
            assert_eq!(fed.failure().await, "unknown_key");
        }
        assert_eq!(issuer.fetches(), fetches);
    }
}
