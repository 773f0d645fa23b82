//! Published keys when the issuer is away, slow or talks nonsense: what is known stays, and a check
//! that cannot run is never called a bad token.

use std::{sync::Arc, time::Duration};

use countersign::PublishedKeys;
use futures_util::future::join_all;

use crate::{
    issuer::{Issuer, Publication},
    service::{Service, claims, signing_key},
};

#[tokio::test]
async fn t069_without_keys_the_answer_is_503_and_heals() {
    let key = signing_key("k1");
    let issuer = Issuer::start(&[&key]);
    issuer.publish(Publication::Status(500));
    let service = Service::fetching_from(&issuer.url, key);
    for _ in 0..3 {
        let answer = service.get_as("/me", &claims()).await;
        assert_eq!(answer.status, 503);
        assert_eq!(answer.header("retry-after"), Some("2"));
        assert_eq!(answer.header("www-authenticate"), None);
        assert_eq!(answer.json()["code"], "keys_unavailable");
        assert!(service.guard.ready().await.is_err());
    }
    assert_eq!(service.get("/greeting", &[b"Bearer a.b.c"]).await.status, 503);
    assert_eq!(service.get("/greeting", &[]).await.status, 200);
    assert_eq!(issuer.fetches(), 1);

    issuer.publish_keys(&[&service.key]);
    service.clock.advance(2);
    assert_eq!(service.get_as("/me", &claims()).await.status, 200);
    assert!(service.guard.ready().await.is_ok());
}

#[tokio::test]
async fn t066_t068_t070_known_keys_outlive_every_failure() {
    let (key, new) = (signing_key("k1"), signing_key("k2"));
    let issuer = Issuer::start(&[&key]);
    let service = Service::fetching_from(&issuer.url, key);
    assert_eq!(service.get_as("/me", &claims()).await.status, 200);

    let many = format!(r#"{{"keys":[{}{{}}]}}"#, "{},".repeat(10_000));
    let failures = [
        Publication::Status(500),
        Publication::Status(404),
        Publication::Status(204),
        Publication::Redirect("http://169.254.169.254/".to_owned()),
        Publication::Redirect(issuer.url.clone()),
        Publication::Keys("<html></html>".to_owned()),
        Publication::Keys("[]".to_owned()),
        Publication::Keys("{}".to_owned()),
        Publication::Keys(r#"{"keys":[{"kty":"#.to_owned()),
        Publication::Keys(many),
        Publication::Padded(usize::MAX, String::new()),
    ];
    for failure in failures {
        issuer.publish(failure);
        service.clock.advance(2);
        // The check of a new key could not run, so it is not called a bad token.
        assert_eq!(service.get_with_key(&new).await.status, 503);
        assert_eq!(service.get_as("/me", &claims()).await.status, 200);
    }
    issuer.publish_keys(&[&service.key, &new]);
    service.clock.advance(2);
    assert_eq!(service.get_with_key(&new).await.status, 200);
}

#[tokio::test]
async fn t066_a_silent_issuer_is_not_waited_for_forever() {
    let key = signing_key("k1");
    let issuer = Issuer::start(&[&key]);
    let keys = PublishedKeys::jwks_url(&issuer.url).unwrap();
    let service = Service::with_source(keys.with_timeout(Duration::from_secs(1)).unwrap(), key);
    let gate = issuer.close_gate().await;
    assert_eq!(service.get_as("/me", &claims()).await.status, 503);
    drop(gate);
    // The pause of two seconds begins when the fetch is given up.
    service.clock.advance(2);
    assert_eq!(service.get_as("/me", &claims()).await.status, 503);
    assert_eq!(issuer.fetches(), 1);
    service.clock.advance(1);
    assert_eq!(service.get_as("/me", &claims()).await.status, 200);
}

/// They looked at the clock long before the fetch was given up; that does not make them ask again.
#[tokio::test]
async fn t069_many_who_wait_for_a_silent_issuer_are_answered_by_one_fetch() {
    let key = signing_key("k1");
    let issuer = Issuer::start(&[&key]);
    issuer.publish(Publication::Silence);
    let keys = PublishedKeys::jwks_url(&issuer.url).unwrap();
    let service =
        Service::with_source(keys.with_timeout(Duration::from_millis(2100)).unwrap(), key);
    let answers = join_all((0..20).map(|_| service.get_with_key(&service.key))).await;
    assert!(answers.iter().all(|answer| answer.status == 503));
    assert_eq!(issuer.fetches(), 1);
}

/// A fetch is not lost with the request that started it.
#[tokio::test]
async fn a_client_that_hangs_up_does_not_abort_the_fetch() {
    let key = signing_key("k1");
    let issuer = Issuer::start(&[&key]);
    let service = Arc::new(Service::fetching_from(&issuer.url, key));
    let gate = issuer.close_gate().await;
    let impatient = tokio::spawn({
        let service = Arc::clone(&service);
        async move { service.get_as("/me", &claims()).await.status }
    });
    while issuer.fetches() == 0 {
        tokio::task::yield_now().await;
    }
    impatient.abort();
    assert!(impatient.await.unwrap_err().is_cancelled());
    drop(gate);
    assert_eq!(service.get_as("/me", &claims()).await.status, 200);
    assert_eq!(issuer.fetches(), 1);
}

#[tokio::test]
async fn old_keys_stay_when_the_issuer_is_away() {
    let key = signing_key("k1");
    let issuer = Issuer::start(&[&key]);
    let service = Service::fetching_from(&issuer.url, key);
    assert_eq!(service.get_as("/me", &claims()).await.status, 200);
    issuer.publish(Publication::Status(503));
    service.clock.advance(800);
    for _ in 0..3 {
        assert_eq!(service.get_as("/me", &claims()).await.status, 200);
    }
    assert_eq!(issuer.fetches(), 2);
}
