//! Forged tokens in floods: the issuer hardly notices, and good tokens pass.

use std::sync::Arc;

use futures_util::future::join_all;

use crate::{
    issuer::Issuer,
    service::{Service, base64url, claims, signing_key},
};

const TASKS: usize = 4;
const TOKENS: usize = 10_000;

/// A forged token, by its number.
type Forge = fn(usize, &str) -> String;

/// A token by a key that nobody has.
fn with_random_kid(number: usize, token: &str) -> String {
    let (_header, rest) = token.split_once('.').unwrap();
    let header = format!(r#"{{"alg":"EdDSA","kid":"{number:08x}"}}"#);
    format!("{}.{rest}", base64url(header.as_bytes()))
}

/// A token by a known key with a signature that is not.
fn with_random_signature(number: usize, token: &str) -> String {
    let (signed, _signature) = token.rsplit_once('.').unwrap();
    let mut signature = [0; 64];
    signature[..8].copy_from_slice(&number.to_le_bytes());
    format!("{signed}.{}", base64url(&signature))
}

/// Sends the flood from several tasks at once, with a good token after each hundred.
async fn storm(service: &Arc<Service>, forge: Forge) {
    let tasks = (0..TASKS).map(|task| {
        let service = Arc::clone(service);
        tokio::spawn(async move {
            let good = service.token(&service.claims_now());
            for number in (task..TOKENS).step_by(TASKS) {
                let forged = format!("Bearer {}", forge(number, &good));
                assert_eq!(service.get("/me", &[forged.as_bytes()]).await.status, 401);
                if number % 100 < TASKS {
                    assert_eq!(service.get_with_key(&service.key).await.status, 200);
                }
            }
        })
    });
    for task in join_all(tasks).await {
        task.unwrap();
    }
}

async fn costs_one_fetch_in_30_seconds(forge: Forge) {
    let (key, next) = (signing_key("k1"), signing_key("k2"));
    let issuer = Issuer::start(&[&key]);
    let service = Arc::new(Service::fetching_from(&issuer.url, key));
    assert_eq!(service.get_as("/me", &claims()).await.status, 200);
    assert_eq!(issuer.fetches(), 1);
    storm(&service, forge).await;
    assert_eq!(issuer.fetches(), 2);

    // A key that the issuer makes in the middle of it is found by the next fetch that may be.
    issuer.publish_keys(&[&service.key, &next]);
    service.clock.advance(29);
    assert_eq!(service.get_with_key(&next).await.status, 401);
    assert_eq!(issuer.fetches(), 2);
    service.clock.advance(1);
    assert_eq!(service.get_with_key(&next).await.status, 200);
    assert_eq!(issuer.fetches(), 3);

    storm(&service, forge).await;
    assert_eq!(issuer.fetches(), 4);
    assert_eq!(service.guard.metrics().key_fetches, 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn t067_ten_thousand_invented_key_names_cost_one_fetch_in_30_seconds() {
    costs_one_fetch_in_30_seconds(with_random_kid).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn t067_ten_thousand_wrong_signatures_cost_one_fetch_in_30_seconds() {
    costs_one_fetch_in_30_seconds(with_random_signature).await;
}
