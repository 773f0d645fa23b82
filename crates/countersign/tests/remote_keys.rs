//! Published keys: fetched when needed and followed through rotations.

use std::sync::Arc;

use futures_util::future::join_all;

use crate::{
    issuer::Issuer,
    service::{Service, base64url, claims, signing_key},
};

#[tokio::test]
async fn keys_are_fetched_once_and_only_when_needed() {
    let key = signing_key("k1");
    let issuer = Issuer::start(&[&key]);
    let service = Service::fetching_from(&issuer.url, key);
    assert_eq!(service.get("/me", &[]).await.status, 401);
    assert_eq!(service.get("/me", &[b"Basic abc"]).await.status, 401);
    assert_eq!(issuer.fetches(), 0);
    for _ in 0..3 {
        assert_eq!(service.get_as("/me", &claims()).await.status, 200);
    }
    assert_eq!(issuer.fetches(), 1);
}

#[tokio::test]
async fn many_first_requests_share_one_fetch() {
    let key = signing_key("k1");
    let issuer = Issuer::start(&[&key]);
    let service = Service::fetching_from(&issuer.url, key);
    let answers = join_all((0..50).map(|_| service.get_with_key(&service.key))).await;
    assert!(answers.iter().all(|answer| answer.status == 200));
    assert_eq!(issuer.fetches(), 1);
}

#[tokio::test]
async fn t072_a_new_key_is_found_within_the_request_that_brings_it() {
    let (old, new) = (signing_key("k1"), signing_key("k2"));
    let issuer = Issuer::start(&[&old]);
    let service = Service::fetching_from(&issuer.url, old);
    assert_eq!(service.get_with_key(&service.key).await.status, 200);

    issuer.publish_keys(&[&service.key, &new]);
    assert_eq!(service.get_with_key(&new).await.status, 200);
    assert_eq!(service.get_with_key(&service.key).await.status, 200);
    assert_eq!(issuer.fetches(), 2);
}

#[tokio::test]
async fn r25_rotation_after_rotation_is_followed_at_once() {
    let first = signing_key("k0");
    let issuer = Issuer::start(&[&first]);
    let service = Service::fetching_from(&issuer.url, first);
    assert_eq!(service.get_as("/me", &claims()).await.status, 200);
    for round in 1..=5 {
        let key = signing_key(&format!("k{round}"));
        issuer.publish_keys(&[&service.key, &key]);
        assert_eq!(service.get_with_key(&key).await.status, 200);
    }
    assert_eq!(issuer.fetches(), 6);
}

#[tokio::test]
async fn t067_invented_key_names_cause_one_fetch_in_30_seconds() {
    let key = signing_key("k1");
    let issuer = Issuer::start(&[&key]);
    let service = Service::fetching_from(&issuer.url, key);
    assert_eq!(service.get_with_key(&service.key).await.status, 200);

    let strangers: Vec<_> = (0..200).map(|n| signing_key(&format!("invented-{n}"))).collect();
    let answers = join_all(strangers.iter().map(|key| service.get_with_key(key))).await;
    assert!(answers.iter().all(|answer| answer.status == 401));
    assert_eq!(issuer.fetches(), 2);

    service.clock.advance(29);
    assert_eq!(service.get_with_key(&strangers[0]).await.status, 401);
    assert_eq!(issuer.fetches(), 2);
    service.clock.advance(1);
    assert_eq!(service.get_with_key(&strangers[0]).await.status, 401);
    assert_eq!(issuer.fetches(), 3);
}

#[tokio::test]
async fn t067_good_tokens_do_not_wait_for_the_fetch_of_a_stranger() {
    let (key, stranger) = (signing_key("k1"), signing_key("k9"));
    let issuer = Issuer::start(&[&key]);
    let service = Arc::new(Service::fetching_from(&issuer.url, key));
    assert_eq!(service.get_with_key(&service.key).await.status, 200);

    let gate = issuer.close_gate().await;
    let waiting = tokio::spawn({
        let service = Arc::clone(&service);
        async move { service.get_with_key(&stranger).await.status }
    });
    assert_eq!(service.get_with_key(&service.key).await.status, 200);
    assert!(!waiting.is_finished());
    drop(gate);
    assert_eq!(waiting.await.unwrap(), 401);
}

#[tokio::test]
async fn t073_a_removed_key_dies_with_the_age_of_the_set() {
    let (old, new) = (signing_key("k1"), signing_key("k2"));
    let issuer = Issuer::start(&[&old]);
    let service = Service::fetching_from(&issuer.url, old);
    assert_eq!(service.get_as("/me", &claims()).await.status, 200);

    issuer.publish_keys(&[&new]);
    service.clock.advance(300);
    assert_eq!(service.get_as("/me", &claims()).await.status, 200);
    assert_eq!(issuer.fetches(), 1);
    service.clock.advance(301);
    assert_eq!(service.get_as("/me", &claims()).await.status, 401);
    assert_eq!(service.get_with_key(&new).await.status, 200);
}

#[tokio::test]
async fn ageing_keys_are_refreshed_behind_the_scenes() {
    let key = signing_key("k1");
    let issuer = Issuer::start(&[&key]);
    let service = Service::fetching_from(&issuer.url, key);
    assert_eq!(service.get_as("/me", &claims()).await.status, 200);

    service.clock.advance(451);
    let gate = issuer.close_gate().await;
    for _ in 0..5 {
        assert_eq!(service.get_as("/me", &claims()).await.status, 200);
    }
    // A stranger's token waits for the fetch that is under way instead of starting its own.
    let stranger = signing_key("k9");
    let (answer, ()) = tokio::join!(service.get_with_key(&stranger), async { drop(gate) });
    assert_eq!(answer.status, 401);
    assert!((2..=3).contains(&issuer.fetches()));
}

#[tokio::test]
async fn t042_t043_a_token_never_tells_where_its_key_is() {
    let key = signing_key("k1");
    let issuer = Issuer::start(&[&key]);
    let service = Service::fetching_from(&issuer.url, key);
    assert_eq!(service.get_with_key(&service.key).await.status, 200);

    let elsewhere = Issuer::start(&[&service.key]);
    let token = service.token(&claims());
    let (_header, rest) = token.split_once('.').unwrap();
    for member in ["jku", "x5u", "x5c", "x5t", "x5t#S256", "jwk"] {
        for value in [elsewhere.url.as_str(), issuer.url.as_str(), "file:///etc/passwd"] {
            let header = format!(r#"{{"alg":"EdDSA","kid":"k1","{member}":"{value}"}}"#);
            let header = base64url(header.as_bytes());
            let answer = service.get("/me", &[format!("Bearer {header}.{rest}").as_bytes()]).await;
            assert_eq!(answer.status, 401, "{member}");
        }
    }
    assert_eq!((elsewhere.fetches(), issuer.fetches()), (0, 1));
}
