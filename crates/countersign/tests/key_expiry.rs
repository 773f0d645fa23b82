//! Several services of one issuer whose keys are over at the same time.

use std::sync::Arc;

use futures_util::future::join_all;

use crate::{
    feed::until,
    issuer::Issuer,
    service::{Service, signing_key},
};

/// The services, and the issuer that each has asked once.
async fn services(count: usize) -> (Issuer, Vec<Arc<Service>>) {
    let key = signing_key("k1");
    let issuer = Issuer::start(&[&key]);
    let service = |_| Arc::new(Service::fetching_from(&issuer.url, crate::feed::copy(&key)));
    let services: Vec<_> = (0..count).map(service).collect();
    for service in &services {
        assert_eq!(service.get_with_key(&service.key).await.status, 200);
    }
    assert_eq!(issuer.fetches(), count);
    (issuer, services)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn t315_three_services_whose_keys_are_over_at_once_ask_once_each() {
    let (issuer, services) = services(3).await;
    for service in &services {
        service.clock.advance(601);
    }
    let gate = issuer.close_gate().await;
    let requests = services.iter().flat_map(|service| {
        (0..200).map(|_| {
            let service = Arc::clone(service);
            tokio::spawn(async move { service.get_with_key(&service.key).await.status })
        })
    });
    let requests: Vec<_> = requests.collect();
    until(|| issuer.fetches() == 6).await;
    drop(gate);
    for answer in join_all(requests).await {
        assert_eq!(answer.unwrap(), 200);
    }
    assert_eq!(issuer.fetches(), 6);
}

#[tokio::test]
async fn t315_services_that_fetched_together_do_not_come_together_again() {
    let (issuer, services) = services(40).await;
    // Each asks again at a moment of its own between 300 and 450 seconds.
    for seconds in [375, 451 - 375] {
        for service in &services {
            service.clock.advance(seconds);
            assert_eq!(service.get_with_key(&service.key).await.status, 200);
        }
    }
    let age = |service: &Arc<Service>| service.guard.status()[0].keys_age_seconds.unwrap();
    until(|| services.iter().all(|service| age(service) < 451)).await;
    let early = services.iter().filter(|service| age(service) == 451 - 375).count();
    let late = services.iter().filter(|service| age(service) == 0).count();
    assert_eq!(early + late, 40);
    assert!(early > 0 && late > 0, "{early} early and {late} late");
    assert_eq!(issuer.fetches(), 80);
}
