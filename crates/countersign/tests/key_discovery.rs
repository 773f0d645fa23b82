//! Issuers that say where their keys are.

use countersign::{KeySource, PublishedKeys, SourceError};
use serde_json::json;

use crate::{
    issuer::{Issuer, Publication},
    service::{Service, signing_key},
};

#[tokio::test]
async fn the_keys_are_where_the_issuer_says() {
    type Find = fn(&str) -> Result<PublishedKeys, SourceError>;
    for find in [PublishedKeys::openid as Find, PublishedKeys::oauth] {
        let key = signing_key("k1");
        let issuer = Issuer::start(&[&key]);
        issuer.publish_metadata(&json!({"issuer": issuer.name(), "jwks_uri": issuer.url}));
        let service = Service::with_source(find(&issuer.name()).unwrap(), key);
        for _ in 0..2 {
            assert_eq!(service.get_with_key(&service.key).await.status, 200);
            service.clock.advance(601);
        }
        assert_eq!((issuer.discoveries(), issuer.fetches()), (1, 2));
    }
}

#[tokio::test]
async fn metadata_that_is_not_its_own_or_unsafe_brings_no_keys() {
    let key = signing_key("k1");
    let issuer = Issuer::start(&[&key]);
    let service = Service::with_source(KeySource::openid(&issuer.name()).unwrap(), key);
    let own = issuer.name();
    for (metadata, error) in [
        (json!({"issuer": format!("{own}/"), "jwks_uri": issuer.url}), "other_issuer"),
        (json!({"issuer": "https://evil.test", "jwks_uri": issuer.url}), "other_issuer"),
        (json!({"issuer": own, "jwks_uri": "http://10.0.0.1/jwks"}), "insecure_url"),
        (json!({"issuer": own, "jwks_uri": "file:///etc/passwd"}), "insecure_url"),
        (json!({"issuer": own, "jwks_uri": "/jwks"}), "not_a_url"),
        (json!({"issuer": own}), "not_metadata"),
        (json!({"issuer": own, "jwks_uri": issuer.url, "x": " ".repeat(300_000)}), "too_large"),
        (json!([]), "not_metadata"),
    ] {
        issuer.publish_metadata(&metadata);
        assert_eq!(service.get_with_key(&service.key).await.status, 503, "{error}");
        assert_eq!(service.guard.status()[0].last_error, Some(error));
        service.clock.advance(2);
    }
    assert_eq!((issuer.discoveries(), issuer.fetches()), (8, 0));
    issuer.publish_metadata(&json!({"issuer": own, "jwks_uri": issuer.url}));
    assert_eq!(service.get_with_key(&service.key).await.status, 200);
    assert_eq!(service.guard.status()[0].last_error, None);
}

#[tokio::test]
async fn keys_that_moved_are_found_within_the_request_that_needs_them() {
    let (old, new) = (signing_key("k1"), signing_key("k2"));
    let (issuer, elsewhere) = (Issuer::start(&[&old]), Issuer::start(&[&old, &new]));
    issuer.publish_metadata(&json!({"issuer": issuer.name(), "jwks_uri": issuer.url}));
    let service = Service::with_source(KeySource::openid(&issuer.name()).unwrap(), old);
    assert_eq!(service.get_with_key(&service.key).await.status, 200);

    issuer.publish_metadata(&json!({"issuer": issuer.name(), "jwks_uri": elsewhere.url}));
    issuer.publish(Publication::Status(404));
    assert_eq!(service.get_with_key(&new).await.status, 200);
    assert_eq!((issuer.discoveries(), issuer.fetches(), elsewhere.fetches()), (2, 2, 1));
}

#[tokio::test]
async fn keys_that_did_not_move_are_not_asked_for_twice() {
    let key = signing_key("k1");
    let issuer = Issuer::start(&[&key]);
    issuer.publish_metadata(&json!({"issuer": issuer.name(), "jwks_uri": issuer.url}));
    let service = Service::with_source(KeySource::openid(&issuer.name()).unwrap(), key);
    assert_eq!(service.get_with_key(&service.key).await.status, 200);
    issuer.publish(Publication::Status(500));
    service.clock.advance(601);
    assert_eq!(service.get_with_key(&service.key).await.status, 200);
    assert_eq!((issuer.discoveries(), issuer.fetches()), (2, 2));
}

#[test]
fn t071_an_issuer_is_an_address_over_https_or_of_this_machine() {
    for issuer in ["https://auth.test", "https://auth.test/tenant/", "http://localhost:3000"] {
        assert!(KeySource::openid(issuer).is_ok(), "{issuer}");
        assert!(PublishedKeys::oauth(issuer).is_ok(), "{issuer}");
    }
    for (issuer, code) in [
        ("http://auth.test", "insecure_url"),
        ("https://user@auth.test", "insecure_url"),
        ("file:///etc", "insecure_url"),
        ("https://auth.test?tenant=1", "not_an_issuer"),
        ("https://auth.test#", "not_an_issuer"),
        ("auth.test", "not_a_url"),
    ] {
        assert_eq!(KeySource::openid(issuer).err().unwrap().code(), code, "{issuer}");
        assert_eq!(PublishedKeys::oauth(issuer).err().unwrap().code(), code, "{issuer}");
    }
}
