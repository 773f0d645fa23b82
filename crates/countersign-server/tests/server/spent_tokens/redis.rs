//! With Redis beside the database: it spares the database what it knows, and decides nothing.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use countersign_testing::{file_in, postgres::Postgres, proxy::Proxy, redis::Redis};
use tempfile::TempDir;
use tokio::{task::JoinSet, time::timeout};

use super::{spend, start};
use crate::fixture::TestServer;

/// Two servers on a file and a Redis.
async fn two(redis_url: &str) -> ([Arc<TestServer>; 2], TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let url = file_in(&folder, "a.db");
    let changes = [("DATABASE_URL", url.as_str()), ("REDIS_URL", redis_url)];
    ([Arc::new(start(&changes).await), Arc::new(start(&changes).await)], folder)
}

/// Waits until Redis knows so many spent tokens, and it knows nothing else.
async fn knows(redis: &Redis, tokens: usize) {
    let known = || redis.run("DBSIZE").and_then(|size| size.parse().ok());
    let waiting = async {
        while known() != Some(tokens) {
            tokio::task::yield_now().await;
        }
    };
    timeout(Duration::from_mins(1), waiting).await.expect("Redis is told");
}

/// How many of a hundred that use one token pass, and how many are refused.
async fn of_a_hundred(servers: &[Arc<TestServer>; 2], jti: &'static str) -> (usize, usize) {
    static ATTEMPTS: AtomicUsize = AtomicUsize::new(0);
    let mut running = JoinSet::new();
    for number in 0..100 {
        let server = Arc::clone(&servers[number % 2]);
        let attempt = ATTEMPTS.fetch_add(1, Ordering::Relaxed).to_string();
        running.spawn(async move { spend(&server, jti, &attempt).await });
    }
    let statuses = running.join_all().await;
    let with = |wanted| statuses.iter().filter(|status| **status == wanted).count();
    (with(201), with(409))
}

#[tokio::test(flavor = "multi_thread")]
async fn t236_redis_may_be_emptied_or_away_and_one_passes_all_the_same() {
    let mut redis = Redis::start().expect("Redis starts");
    let (servers, _folder) = two(&redis.url()).await;
    assert_eq!(of_a_hundred(&servers, "t1").await, (1, 99));
    knows(&redis, 1).await;
    redis.run("FLUSHALL");
    assert_eq!(of_a_hundred(&servers, "t1").await, (0, 100));
    // Whoever was refused has put it back.
    knows(&redis, 1).await;
    redis.stop();
    assert_eq!(of_a_hundred(&servers, "t1").await, (0, 100));
    assert_eq!(of_a_hundred(&servers, "t2").await, (1, 99));
    redis.restart().expect("Redis starts again");
    for jti in ["t1", "t2"] {
        assert_eq!(of_a_hundred(&servers, jti).await, (0, 100));
    }
}

/// As after an eviction: one name is gone, others are there.
#[tokio::test]
async fn t231_what_redis_drops_is_spent_all_the_same() {
    let redis = Redis::start().expect("Redis starts");
    let (servers, _folder) = two(&redis.url()).await;
    for jti in ["t1", "t2", "t3"] {
        assert_eq!(spend(&servers[0], jti, "a").await, 201);
    }
    knows(&redis, 3).await;
    let one = redis.run("RANDOMKEY").expect("a key");
    assert!(one.starts_with("better-auth:spent-token:"), "{one}");
    redis.run(&format!("DEL {one}"));
    for jti in ["t1", "t2", "t3"] {
        assert_eq!(spend(&servers[1], jti, "b").await, 409);
        assert_eq!(spend(&servers[1], jti, "a").await, 201, "the one that it counts for");
    }
    knows(&redis, 3).await;
}

#[tokio::test]
async fn a_redis_that_says_nothing_costs_a_moment_and_no_answer() {
    let redis = Redis::start().expect("Redis starts");
    let address = redis.url().trim_start_matches("redis://").split('/').next().map(str::to_owned);
    let line = Proxy::start(address.expect("an address").parse().expect("an address"));
    let line = line.expect("a line");
    let (servers, _folder) = two(&format!("redis://{}", line.address())).await;
    assert_eq!(spend(&servers[0], "t1", "a").await, 201);
    knows(&redis, 1).await;
    line.silence();
    for (jti, attempt, expected) in [("t1", "b", 409), ("t2", "a", 201), ("t2", "b", 409)] {
        let answered = timeout(Duration::from_secs(10), spend(&servers[1], jti, attempt)).await;
        assert_eq!(answered.expect("Redis is not waited for"), expected);
    }
    line.mend();
    assert_eq!(spend(&servers[0], "t2", "c").await, 409);
}

/// What this attempt is told at last: without the database an answer of Redis that is late is none.
async fn spend_at_last(server: &TestServer, jti: &str, attempt: &str) -> u16 {
    let asking = async {
        loop {
            match spend(server, jti, attempt).await {
                503 => tokio::task::yield_now().await,
                status => return status,
            }
        }
    };
    timeout(Duration::from_mins(1), asking).await.expect("Redis answers")
}

#[tokio::test]
async fn what_redis_knows_is_refused_without_the_database_and_what_was_not_written_is_not_known() {
    let redis = Redis::start().expect("Redis starts");
    let mut postgres = Postgres::start().expect("PostgreSQL starts");
    let url = postgres.new_database("auth").expect("a database");
    let server = start(&[("DATABASE_URL", &url), ("REDIS_URL", &redis.url())]).await;
    assert_eq!(spend(&server, "t1", "a").await, 201);
    knows(&redis, 1).await;
    postgres.stop();
    assert_eq!(spend_at_last(&server, "t1", "b").await, 409);
    let first = spend_at_last(&server, "t1", "a").await;
    assert_eq!(first, 201, "the one that it counts for");
    assert_eq!(spend(&server, "t2", "a").await, 503);
    postgres.start_again().expect("PostgreSQL starts again");
    let other = spend_at_last(&server, "t2", "b").await;
    assert_eq!(other, 201, "no mark of a row that was not written");
}
