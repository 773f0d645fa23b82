//! Facts in a real Redis.

use std::time::Duration;

use countersign_jwt::{Clock, SystemClock};
use countersign_kv::{Redis, RedisError};
use countersign_testing::{proxy::Proxy, redis::Redis as RedisServer};

const MINUTE: i64 = 60;
/// After so long without an acknowledgement, as Linux is set.
const GIVEN_UP_BY_THE_SYSTEM: Duration = Duration::from_secs(924);

const NOW: i64 = 1_800_000_000_000;

async fn open(server: &RedisServer) -> Redis {
    Redis::connect(&server.url(), "better-auth:").await.expect("connects")
}

#[tokio::test]
async fn a_value_has_its_prefix_and_its_end_and_is_taken_once() {
    let server = RedisServer::start().expect("Redis starts");
    let redis = open(&server).await;
    redis.set("a", "1", MINUTE).await.expect("sets");
    assert_eq!(server.run("TTL better-auth:a").as_deref(), Some("60"));
    assert_eq!(redis.get("a").await.expect("gets").as_deref(), Some("1"));
    let taken = futures(&redis, 20).await;
    assert_eq!(taken, 1);
    assert_eq!(redis.get("a").await.expect("gets"), None);

    assert!(!redis.replace("a", "2", MINUTE).await.expect("answers"));
    assert_eq!(redis.get("a").await.expect("gets"), None);
    redis.set("a", "1", MINUTE).await.expect("sets");
    assert!(redis.replace("a", "2", MINUTE).await.expect("answers"));
    assert_eq!(redis.get("a").await.expect("gets").as_deref(), Some("2"));
    redis.set("b", "1", 0).await.expect("sets nothing");
    assert_eq!(redis.delete(&["a", "b"]).await.expect("deletes"), 1);

    assert!(redis.set_new("a", "3", MINUTE).await.expect("sets"));
    assert!(!redis.set_new("a", "4", 2 * MINUTE).await.expect("answers"));
    assert_eq!(redis.get("a").await.expect("gets").as_deref(), Some("3"));
    assert_eq!(server.run("TTL better-auth:a").as_deref(), Some("60"));
    assert!(!redis.set_new("b", "1", 0).await.expect("sets nothing"));
    assert_eq!(redis.get("b").await.expect("gets"), None);
}

/// How many of so many that take `a` at once get it.
async fn futures(redis: &Redis, takers: usize) -> usize {
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..takers {
        let redis = redis.clone();
        tasks.spawn(async move { redis.take("a").await.expect("answers").is_some() });
    }
    tasks.join_all().await.into_iter().filter(|got| *got).count()
}

#[tokio::test]
async fn a_count_ends_with_its_window_and_a_number_only_rises() {
    let server = RedisServer::start().expect("Redis starts");
    let redis = open(&server).await;
    for count in 1..=3 {
        assert_eq!(redis.increment("n", 10).await.expect("counts"), count);
    }
    assert_eq!(server.run("TTL better-auth:n").as_deref(), Some("10"));
    server.run("PERSIST better-auth:n");
    redis.increment("n", 10).await.expect("counts");
    assert_eq!(server.run("TTL better-auth:n").as_deref(), Some("10"));

    for (number, expected) in [(5, "5"), (3, "5"), (NOW, "1800000000000")] {
        redis.raise("r", number, MINUTE).await.expect("raises");
        assert_eq!(redis.get("r").await.expect("gets").as_deref(), Some(expected));
    }
}

#[tokio::test]
async fn a_list_stays_sorted_and_drops_what_is_over() {
    let server = RedisServer::start().expect("Redis starts");
    let redis = open(&server).await;
    let update = async |added, removed: &[&str], now| {
        redis.update_list("l", added, removed, now).await.expect("updates");
        redis.get("l").await.expect("gets").unwrap_or_default()
    };
    update(Some(("b", NOW + 60_000)), &[], NOW).await;
    assert_eq!(
        update(Some(("a", NOW + 30_000)), &[], NOW).await,
        r#"[{"token":"a","expiresAt":1800000030000},{"token":"b","expiresAt":1800000060000}]"#
    );
    assert_eq!(server.run("TTL better-auth:l").as_deref(), Some("60"));
    // The same token once more moves.
    let moved = update(Some(("a", NOW + 90_000)), &[], NOW).await;
    assert!(moved.starts_with(r#"[{"token":"b""#), "{moved}");
    assert_eq!(update(None, &["b"], NOW).await.matches("token").count(), 1);
    assert_eq!(update(None, &[], NOW + 90_000).await, "");
    // What somebody else broke is begun anew.
    redis.set("l", "{broken", MINUTE).await.expect("sets");
    assert!(update(Some(("c", NOW + 5_000)), &[], NOW).await.contains("\"c\""));
}

#[tokio::test]
async fn t231_a_redis_that_drops_keys_says_by_which_rule() {
    let server = RedisServer::start().expect("Redis starts");
    let redis = open(&server).await;
    assert_eq!(redis.drops_keys().await.expect("it answers"), None);
    server.run("CONFIG SET maxmemory-policy allkeys-lru");
    assert_eq!(redis.drops_keys().await.expect("it answers"), None, "its memory has no bound");
    server.run("CONFIG SET maxmemory 100mb");
    assert_eq!(redis.drops_keys().await.expect("it answers").as_deref(), Some("allkeys-lru"));
    server.run("CONFIG SET maxmemory-policy noeviction");
    assert_eq!(redis.drops_keys().await.expect("it answers"), None);
}

#[tokio::test]
async fn a_redis_that_is_away_is_told_and_comes_back() {
    let mut server = RedisServer::start().expect("Redis starts");
    let redis = open(&server).await;
    redis.set("a", "1", MINUTE).await.expect("sets");
    server.stop();
    for _ in 0..3 {
        let error = redis.get("a").await.expect_err("nobody listens");
        assert!(error.is_unavailable(), "{error}");
    }
    assert!(matches!(Redis::connect(&server.url(), "").await, Err(RedisError::Unavailable(_))));
    server.restart().expect("Redis starts again");
    // A connection that was lost is noticed by one call and replaced for the next.
    let _ = redis.get("a").await;
    assert_eq!(redis.get("a").await.expect("answers"), None);
    let error = Redis::connect("http://user:secret@127.0.0.1", "").await.err().expect("no address");
    assert!(matches!(error, RedisError::Url) && !error.to_string().contains("secret"));
}

#[tokio::test]
async fn t228_a_connection_that_is_lost_without_a_word_is_replaced_under_load() {
    let server = RedisServer::start().expect("Redis starts");
    let address = server.url().trim_start_matches("redis://").parse().expect("an address");
    let line = Proxy::start(address).expect("a line");
    let url = format!("redis://{}", line.address());
    let redis = Redis::connect(&url, "better-auth:").await.expect("connects");
    redis.set("a", "1", MINUTE).await.expect("sets");
    for _ in 0..3 {
        line.lose();
        let began = SystemClock.steady();
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..100 {
            let redis = redis.clone();
            tasks.spawn(async move { redis.get("a").await.expect_err("nobody hears it") });
        }
        for error in tasks.join_all().await {
            assert!(error.is_unavailable(), "{error}");
        }
        // Until another connection is there.
        let value = loop {
            if let Ok(value) = redis.get("a").await {
                break value;
            }
        };
        assert_eq!(value.as_deref(), Some("1"));
        assert!(SystemClock.steady() < began + GIVEN_UP_BY_THE_SYSTEM / 10);
    }
}

#[tokio::test]
async fn whoever_has_subscribed_hears_what_is_published_and_begins_anew_after_a_loss() {
    let mut server = RedisServer::start().expect("Redis starts");
    let redis = open(&server).await;
    let mut subscription = redis.subscribe("news");
    subscription.heard().await.expect("it listens");
    redis.publish("news").await.expect("publishes");
    subscription.heard().await.expect("it hears");
    assert_eq!(server.run("PUBLISH better-auth:other x").as_deref(), Some("0"));
    server.stop();
    assert!(subscription.heard().await.is_err_and(|error| error.is_unavailable()));
    assert!(subscription.heard().await.is_err_and(|error| error.is_unavailable()));
    server.restart().expect("Redis starts");
    subscription.heard().await.expect("it listens");
    assert_eq!(server.run("PUBLISH better-auth:news x").as_deref(), Some("1"));
    subscription.heard().await.expect("it hears");
}
