//! Sessions in Redis: refresh tokens end with them, and wait for Redis while it is away.

use countersign_testing::redis::Redis;
use serde_json::json;

use super::device::{Device, assert_not_good, refresh, refreshed, start};
use crate::fixture::TestServer;

/// A server whose sessions are in Redis, and in the database too or not.
async fn start_with(redis: &Redis, store_in_database: &str) -> TestServer {
    let url = redis.url();
    let rows = ("COUNTERSIGN_SESSION__STORE_IN_DATABASE", store_in_database);
    start(&[("REDIS_URL", url.as_str()), rows]).await
}

#[tokio::test]
async fn t212_a_session_that_ends_in_redis_ends_its_tokens() {
    let redis = Redis::start().expect("Redis starts");
    for stored in ["false", "true"] {
        let server = start_with(&redis, stored).await;
        let device = Device::signed_up(&server).await;
        let pair = refreshed(&server, &device.begin(&server).await.refresh).await;
        assert_eq!(device.post(&server, "/sign-out", &json!({})).await.status, 200);
        assert_not_good(&refresh(&server, &pair.refresh).await, "signed out");
    }
}

#[tokio::test]
async fn t205_what_was_stolen_ends_the_session_in_redis_too() {
    let redis = Redis::start().expect("Redis starts");
    for stored in ["false", "true"] {
        let server = start_with(&redis, stored).await;
        let device = Device::signed_up(&server).await;
        let first = device.begin(&server).await;
        let second = refreshed(&server, &first.refresh).await;
        refreshed(&server, &second.refresh).await;
        assert!(device.is_signed_in(&server).await);
        assert_not_good(&refresh(&server, &first.refresh).await, "used twice");
        assert!(!device.is_signed_in(&server).await);
    }
}

#[tokio::test]
async fn a_redis_that_is_away_costs_nobody_the_token() {
    let mut redis = Redis::start().expect("Redis starts");
    let server = start_with(&redis, "true").await;
    let pair = Device::signed_up(&server).await.begin(&server).await;
    redis.stop();
    let reply = refresh(&server, &pair.refresh).await;
    assert_eq!(reply.status, 503, "{}", reply.body);
    redis.restart().expect("starts again");
    // The first call may find the old connection gone.
    refresh(&server, &pair.refresh).await;
    // Redis has forgotten the session, and the database has not.
    refreshed(&server, &pair.refresh).await;
}
