//! Guards that follow the revocation feed of their issuer.

mod interleavings;
mod kinds;
mod lies;
mod outages;
mod registration;
mod remembered;
mod rotation;
mod sequences;
mod settings;
mod task;

use std::time::Duration;

use countersign::{FeedStatus, GuardBuilder, RevocationFeed};
use countersign_jwt::SigningKey;
use countersign_testing::feed::Feed;
use serde_json::Value;

use crate::service::{ISSUER, NOW, Service, claims, signing_key};

/// When entries end that have to last.
const LATE: i64 = NOW + 3600;

/// A service and the feed that its guard follows.
struct Fed {
    service: Service,
    feed: Feed,
}

impl Fed {
    fn new() -> Self {
        Self::with(|feed| feed)
    }

    /// The feed is followed in some other way.
    fn with(change: impl FnOnce(RevocationFeed) -> RevocationFeed) -> Self {
        Self::built(|builder, feed| builder.revocation_feed(change(feed)))
    }

    /// The guard is put together in some other way.
    fn built(change: impl FnOnce(GuardBuilder, RevocationFeed) -> GuardBuilder) -> Self {
        let key = signing_key("ed1");
        let feed = Feed::start(ISSUER, copy(&key), NOW);
        let service = follower(&feed, key, change);
        Self { service, feed }
    }

    /// The service starts again, and nothing it held is left.
    fn restarted(self) -> Self {
        let Self { service, feed } = self;
        let service = follower(&feed, service.key, GuardBuilder::revocation_feed);
        Self { service, feed }
    }

    async fn status(&self, claims: &Value) -> u16 {
        self.service.get_as("/me", claims).await.status.as_u16()
    }

    /// Alice's, with the token that [`claims`] makes.
    async fn alices(&self) -> u16 {
        self.status(&claims()).await
    }

    /// Waits until the guard says that it has taken in all there is.
    async fn taken(&self) {
        until(|| self.feed.is_taken()).await;
    }

    /// Has the guard ask twice: what it then knows, it knows as of now.
    async fn asked_anew(&self) {
        for _ in 0..2 {
            self.feed.revoke_token("nobody's", LATE);
            self.taken().await;
        }
    }

    /// Waits until one more question brought nothing; why.
    async fn failure(&self) -> &'static str {
        let before = self.known().failures;
        until(|| self.known().failures > before).await;
        self.known().last_error.unwrap()
    }

    /// Waits until the guard decides again.
    async fn ready_again(&self) {
        while self.service.guard.ready().await.is_err() {
            tokio::task::yield_now().await;
        }
    }

    fn known(&self) -> FeedStatus {
        self.service.guard.status()[0].revocations.unwrap()
    }
}

/// Waits for something that does not come by itself.
pub(crate) async fn until(happened: impl Fn() -> bool) {
    let waiting = async {
        while !happened() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), waiting).await.expect("it happens");
}

fn follower(
    feed: &Feed,
    key: SigningKey,
    change: impl FnOnce(GuardBuilder, RevocationFeed) -> GuardBuilder,
) -> Service {
    let followed = RevocationFeed::at(&feed.url()).unwrap();
    Service::with_key(key, |builder| change(builder, followed))
}

/// The issuer's half of what the guard and the test have.
pub(crate) fn copy(key: &SigningKey) -> SigningKey {
    let jwk = key.private_jwk().unwrap();
    SigningKey::from_private_jwk(key.algorithm(), &jwk).unwrap().with_kid(key.kid().unwrap())
}

/// Alice's claims with some of them changed; `null` takes one away.
fn with(changes: &Value) -> Value {
    let mut claims = claims();
    for (name, value) in changes.as_object().unwrap() {
        claims[name] = value.clone();
        if value.is_null() {
            claims.as_object_mut().unwrap().remove(name);
        }
    }
    claims
}
