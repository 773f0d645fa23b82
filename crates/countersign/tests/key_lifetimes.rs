//! How long published keys are used: while the issuer is there, and while it is not.

use countersign::{PublishedKeys, SourceError};
use http::header::CACHE_CONTROL;
use jiff::SignedDuration;

use crate::{
    issuer::{Issuer, Publication, key_set_json},
    service::{ISSUER, Service, signing_key},
};

#[tokio::test]
async fn t073_the_issuer_says_how_long_its_keys_live() {
    for (said, lives) in [("max-age=60", 60), ("max-age=1", 30), ("max-age=86400", 600)] {
        let (withdrawn, new) = (signing_key("k1"), signing_key("k2"));
        let issuer = Issuer::start(&[]);
        let body = key_set_json(&[&withdrawn]).into_bytes();
        issuer.publish(Publication::With(CACHE_CONTROL, said, body));
        let service = Service::fetching_from(&issuer.url, withdrawn);
        assert_eq!(service.get_with_key(&service.key).await.status, 200);
        issuer.publish_keys(&[&new]);
        service.clock.advance(lives / 2);
        assert_eq!(service.get_with_key(&service.key).await.status, 200, "{said}");
        assert_eq!(issuer.fetches(), 1, "{said}");
        service.clock.advance(lives / 2 + 1);
        assert_eq!(service.get_with_key(&service.key).await.status, 401, "{said}");
    }
}

#[tokio::test]
async fn keys_are_used_for_a_day_without_the_issuer_and_no_longer() {
    let key = signing_key("k1");
    let mut issuer = Issuer::start(&[&key]);
    let service = Service::fetching_from(&issuer.url, key);
    assert_eq!(service.get_with_key(&service.key).await.status, 200);
    issuer.stop().await;
    for hour in 1..=24 {
        service.clock.advance(3600);
        assert_eq!(service.get_with_key(&service.key).await.status, 200, "{hour}");
    }
    service.clock.advance(1);
    assert_eq!(service.get_with_key(&service.key).await.status, 503);
    assert!(service.guard.ready().await.is_err());
    issuer.start_again();
    service.clock.advance(2);
    assert_eq!(service.get_with_key(&service.key).await.status, 200);
}

#[tokio::test]
async fn how_long_is_for_the_service_to_say() {
    let key = signing_key("k1");
    let mut issuer = Issuer::start(&[&key]);
    let keys = PublishedKeys::jwks_url(&issuer.url).unwrap();
    let service = Service::with_source(keys.with_stale_limit(SignedDuration::ZERO).unwrap(), key);
    assert_eq!(service.get_with_key(&service.key).await.status, 200);
    issuer.stop().await;
    service.clock.advance(600);
    assert_eq!(service.get_with_key(&service.key).await.status, 200);
    service.clock.advance(1);
    assert_eq!(service.get_with_key(&service.key).await.status, 503);
}

#[test]
fn limits_have_bounds() {
    let keys = || PublishedKeys::jwks_url("https://auth.test/jwks").unwrap();
    for hours in [-1, 30 * 24 + 1] {
        let error = keys().with_stale_limit(SignedDuration::from_hours(hours)).err().unwrap();
        assert!(matches!(error, SourceError::StaleLimit));
    }
    for millis in [0, 30_001] {
        let error = keys().with_timeout(std::time::Duration::from_millis(millis)).err().unwrap();
        assert!(matches!(error, SourceError::Timeout));
    }
}

/// A withdrawn key must not outlive its time because an outage ended unnoticed.
#[tokio::test]
async fn t073_who_comes_long_after_an_outage_waits_for_the_keys_of_now() {
    let (withdrawn, new) = (signing_key("k1"), signing_key("k2"));
    let mut issuer = Issuer::start(&[&withdrawn]);
    let service = Service::fetching_from(&issuer.url, withdrawn);
    assert_eq!(service.get_with_key(&service.key).await.status, 200);
    issuer.stop().await;
    service.clock.advance(601);
    assert_eq!(service.get_with_key(&service.key).await.status, 200);
    issuer.publish_keys(&[&new]);
    issuer.start_again();
    service.clock.advance(61);
    assert_eq!(service.get_with_key(&service.key).await.status, 401);
}

#[tokio::test]
async fn a_clock_that_was_set_back_does_not_make_keys_young() {
    let (withdrawn, new) = (signing_key("k1"), signing_key("k2"));
    let issuer = Issuer::start(&[&withdrawn]);
    let service = Service::fetching_from(&issuer.url, withdrawn);
    service.clock.advance(86_400);
    assert_eq!(service.get_with_key(&service.key).await.status, 200);
    issuer.publish_keys(&[&new]);
    service.clock.advance(-86_400);
    assert_eq!(service.get_with_key(&service.key).await.status, 401);
    assert_eq!(service.get_with_key(&new).await.status, 200);
}

#[tokio::test]
async fn keys_published_again_unchanged_leave_verified_tokens_verified() {
    let key = signing_key("k1");
    let issuer = Issuer::start(&[&key]);
    let service = Service::fetching_from(&issuer.url, key);
    let token = format!("Bearer {}", service.token(&service.claims_now()));
    assert_eq!(service.get("/me", &[token.as_bytes()]).await.status, 200);
    service.clock.advance(601);
    assert_eq!(service.get("/me", &[token.as_bytes()]).await.status, 200);
    assert_eq!(issuer.fetches(), 2);
    assert_eq!(service.guard.metrics().cache_hits, 1);
}

#[tokio::test]
async fn an_operator_sees_how_the_keys_are_doing() {
    let key = signing_key("k1");
    let issuer = Issuer::start(&[&key]);
    issuer.publish(Publication::Status(500));
    let service = Service::fetching_from(&issuer.url, key);
    let status = || serde_json::to_value(service.guard.status()).unwrap();
    let mut expected = serde_json::json!([{
        "issuer": ISSUER, "ready": false, "keys": 0, "keys_age_seconds": null, "last_error": null,
    }]);
    assert_eq!(status(), expected);

    assert_eq!(service.get_with_key(&service.key).await.status, 503);
    expected[0]["last_error"] = "status".into();
    assert_eq!(status(), expected);
    assert_eq!(service.guard.metrics().oldest_keys_seconds, None);
    assert!(!service.guard.metrics().to_string().contains("keys_age"));

    issuer.publish_keys(&[&service.key]);
    service.clock.advance(2);
    assert!(service.guard.ready().await.is_ok());
    service.clock.advance(90);
    expected[0] = serde_json::json!({
        "issuer": ISSUER, "ready": true, "keys": 1, "keys_age_seconds": 90, "last_error": null,
    });
    assert_eq!(status(), expected);
    let metrics = service.guard.metrics().to_string();
    for line in [
        "countersign_key_fetches_total 1",
        "countersign_key_fetch_failures_total 1",
        "countersign_keys_age_seconds 90",
    ] {
        assert!(metrics.lines().any(|own| own == line), "{line}");
    }
}
