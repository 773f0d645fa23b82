//! A refresh token is used twice: by its holder who did not get the answer, or by a thief.

use countersign_testing::{file_in, redis::Redis};
use jiff::SignedDuration;
use serde_json::Value;

use super::{
    device::{Device, assert_not_good, form, refresh, refreshed, start},
    events::AuditLog,
};

const SECOND: SignedDuration = SignedDuration::from_secs(1);

#[tokio::test]
async fn t205_a_token_that_is_used_again_ends_the_family_and_the_session() {
    let log = AuditLog::begin();
    let server = start(&[]).await;
    let device = Device::signed_up(&server).await;
    let first = device.begin(&server).await;
    let second = refreshed(&server, &first.refresh).await;
    let third = refreshed(&server, &second.refresh).await;
    assert!(log.of("refresh_token_reuse").is_empty());

    assert_not_good(&refresh(&server, &first.refresh).await, "used twice");
    assert_not_good(&refresh(&server, &third.refresh).await, "the live one of its family");
    assert_not_good(&refresh(&server, &second.refresh).await, "another one");
    assert!(!device.is_signed_in(&server).await);
    let events = log.of("refresh_token_reuse");
    assert_eq!(events.len(), 1);
    assert_eq!((&*events[0]["generation"], &*events[0]["live_generation"]), ("0", "2"));
    assert_eq!(events[0]["address"], "203.0.113.7");
    let said = format!("{events:?}");
    for token in [&first, &second, &third] {
        assert!(!said.contains(&token.refresh[4..]) && !said.contains(&token.access), "{said}");
    }
}

#[tokio::test]
async fn t205_after_the_window_it_does_so_even_if_its_successor_was_not_used() {
    let server = start(&[]).await;
    let device = Device::signed_up(&server).await;
    let first = device.begin(&server).await;
    let second = refreshed(&server, &first.refresh).await;
    server.clock.advance(SECOND * 31);
    assert_not_good(&refresh(&server, &first.refresh).await, "too late");
    assert_not_good(&refresh(&server, &second.refresh).await, "the live one of its family");
    assert!(!device.is_signed_in(&server).await);
}

#[tokio::test]
async fn t205_other_devices_of_the_user_go_on() {
    let server = start(&[]).await;
    let stolen = Device::signed_up(&server).await.begin(&server).await;
    let other = Device::signed_in(&server).await;
    let others = other.begin(&server).await;
    let second = refreshed(&server, &stolen.refresh).await;
    refreshed(&server, &second.refresh).await;
    assert_not_good(&refresh(&server, &stolen.refresh).await, "used twice");
    assert!(other.is_signed_in(&server).await);
    refreshed(&server, &others.refresh).await;
}

#[tokio::test]
async fn t207_within_the_window_the_same_successor_is_given_again() {
    let server = start(&[("COUNTERSIGN_REFRESH_TOKENS__RETRY_WINDOW", "10s")]).await;
    let first = Device::signed_up(&server).await.begin(&server).await;
    let second = refreshed(&server, &first.refresh).await;
    server.clock.advance(SECOND * 5);
    let again = refreshed(&server, &first.refresh).await;
    assert_eq!(again.refresh, second.refresh);
    assert_ne!(again.access, second.access);
    assert_eq!(token_id(&again.access), token_id(&second.access));
    refreshed(&server, &again.refresh).await;
    // Its successor was used: that is no retry.
    assert_not_good(&refresh(&server, &first.refresh).await, "used twice");

    let first = Device::signed_in(&server).await.begin(&server).await;
    refreshed(&server, &first.refresh).await;
    server.clock.advance(SECOND * 11);
    assert_not_good(&refresh(&server, &first.refresh).await, "after eleven seconds");
}

fn token_id(token: &str) -> Value {
    countersign_jwt::dangerous::read_without_verifying(token).expect("a token").claims["jti"]
        .clone()
}

#[tokio::test]
async fn t207_and_so_often_that_a_client_may_stumble_and_no_oftener() {
    let server = start(&[("COUNTERSIGN_REFRESH_TOKENS__RETRIES", "2")]).await;
    let device = Device::signed_up(&server).await;
    let first = device.begin(&server).await;
    let second = refreshed(&server, &first.refresh).await;
    for _ in 0..2 {
        assert_eq!(refreshed(&server, &first.refresh).await.refresh, second.refresh);
    }
    assert_not_good(&refresh(&server, &first.refresh).await, "too often");
    // That alone ends nothing: its holder has the successor.
    let third = refreshed(&server, &second.refresh).await;
    // And a new token is counted anew.
    assert_eq!(refreshed(&server, &second.refresh).await.refresh, third.refresh);
    assert!(device.is_signed_in(&server).await);
}

#[tokio::test]
async fn t218_a_clock_that_steps_back_brings_no_used_token_to_life() {
    let server = start(&[]).await;
    let first = Device::signed_up(&server).await.begin(&server).await;
    let second = refreshed(&server, &first.refresh).await;
    server.clock.advance(SignedDuration::from_hours(-1));
    assert_not_good(&refresh(&server, &first.refresh).await, "used");
    let third = refreshed(&server, &second.refresh).await;
    refreshed(&server, &third.refresh).await;
    assert_not_good(&refresh(&server, &first.refresh).await, "used before both");
    assert_not_good(&refresh(&server, &third.refresh).await, "of a family that ended");
}

#[tokio::test]
async fn t220_a_family_that_moves_goes_on_and_the_log_says_from_where_to_where() {
    let log = AuditLog::begin();
    let server = start(&[]).await;
    let first = Device::signed_up(&server).await.begin(&server).await;
    let second = refreshed(&server, &first.refresh).await;
    assert!(log.of("refresh_token_moved").is_empty());
    let pairs = [("grant_type", "refresh_token"), ("refresh_token", second.refresh.as_str())];
    let mut request = form("/token", &pairs);
    request.headers_mut().insert("user-agent", "another/2".parse().expect("a header"));
    let reply = server.send_from("198.51.100.9", request).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    let events = log.of("refresh_token_moved");
    assert_eq!(events.len(), 1);
    let said = ["last_address", "address", "last_user_agent", "user_agent"];
    let expected = ["203.0.113.7", "198.51.100.9", "", "another/2"];
    assert_eq!(said.map(|name| &*events[0][name]), expected);
}

/// The secret that sealed the session's token was taken away too early.
#[tokio::test]
async fn t205_the_session_ends_also_where_its_token_cannot_be_opened_any_more() {
    let redis = Redis::start().expect("Redis starts");
    let folder = tempfile::tempdir().expect("a folder");
    let (url, shared) = (file_in(&folder, "a.db"), redis.url());
    for in_redis in [false, true] {
        let mut settings = vec![("DATABASE_URL", url.as_str())];
        settings.extend(in_redis.then_some(("REDIS_URL", shared.as_str())));
        let server = start(&settings).await;
        let device = if in_redis {
            Device::signed_in(&server).await
        } else {
            Device::signed_up(&server).await
        };
        let first = device.begin(&server).await;
        let second = refreshed(&server, &first.refresh).await;
        refreshed(&server, &second.refresh).await;
        settings.push(("BETTER_AUTH_SECRET", "another-secret-for-tests-only-0123456789"));
        let other = start(&settings).await;
        let log = AuditLog::begin();
        assert_not_good(&refresh(&other, &first.refresh).await, "used twice");
        assert_eq!(log.of("refresh_token_reuse").len(), 1);
        assert!(!device.is_signed_in(&server).await, "in Redis: {in_redis}");
    }
}
