//! What one server commits wakes those that wait on the others. Here no look of their own does: they look
//! each five seconds, and whoever asks waits for four.

use countersign_server::watch_better_auth;
use countersign_store::{Database, Names};
use countersign_testing::{file_in, postgres::Postgres, redis::Redis};
use jiff::SignedDuration;
use serde_json::json;

use super::follower::{Follower, token};
use crate::{
    fixture::{PASSWORD, TestServer},
    storage_faults::Sql,
};

const LOOKS_SELDOM: (&str, &str) = ("COUNTERSIGN_REVOCATION__POLL_INTERVAL_MS", "5000");

/// For how long whoever asks is told nothing by a look.
const BEFORE_A_LOOK: u64 = 4;

/// Connections that listen.
const LISTENERS: &str = "application_name = 'countersign wake-ups' AND datname = 'auth'";

fn open(url: &str) -> Database {
    Database::open(&url.parse().expect("a URL")).expect("opens")
}

async fn start(url: &str) -> TestServer {
    TestServer::start(&[("DATABASE_URL", url), LOOKS_SELDOM]).await
}

/// Somebody who is signed in on `one` signs out there: how many entries a guard of `other` is told of.
async fn told_of_a_sign_out(
    one: &TestServer,
    other: &TestServer,
    follower: &mut Follower,
    wait: u64,
) -> usize {
    let body = json!({ "email": "ann@example.com", "password": PASSWORD });
    assert_eq!(one.post("/sign-in/email", &body).await.status, 200);
    let token = token(one).await;
    let nothing = json!({});
    let (told, signed_out) =
        tokio::join!(follower.follow(other, wait), one.post("/sign-out", &nothing));
    assert_eq!(signed_out.status, 200);
    assert_eq!(follower.refuses(&token), told > 0);
    told
}

#[tokio::test]
async fn t306_what_one_server_ends_wakes_the_others() {
    let postgres = Postgres::start().expect("PostgreSQL starts");
    let url = postgres.new_database("auth").expect("a database");
    let (one, other) = (start(&url).await, start(&url).await);
    one.sign_up(&json!({})).await;
    let mut follower = Follower::of(&other).await;
    for _ in 0..10 {
        assert_eq!(told_of_a_sign_out(&one, &other, &mut follower, BEFORE_A_LOOK).await, 1);
    }
}

#[tokio::test]
async fn t306_while_nobody_listens_a_look_tells_and_later_wake_ups_come_again() {
    let postgres = Postgres::start().expect("PostgreSQL starts");
    let url = postgres.new_database("auth").expect("a database");
    let (one, other) = (start(&url).await, start(&url).await);
    one.sign_up(&json!({})).await;
    let mut follower = Follower::of(&other).await;
    assert_eq!(told_of_a_sign_out(&one, &other, &mut follower, BEFORE_A_LOOK).await, 1);

    let sql = |sql: &str| postgres.run("postgres", sql).expect("SQL runs").trim().to_owned();
    let listening = format!("SELECT count(*) FROM pg_stat_activity WHERE {LISTENERS}");
    // On one of them: nobody waits on the other one.
    while sql(&listening) != "1" {
        tokio::task::yield_now().await;
    }
    // The connections that there are stay.
    sql("ALTER DATABASE auth ALLOW_CONNECTIONS false");
    sql(&format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {LISTENERS}"));
    while sql(&listening) != "0" {}
    assert_eq!(told_of_a_sign_out(&one, &other, &mut follower, 30).await, 1);

    assert_eq!(sql(&listening), "0", "so it was a look");
    sql("ALTER DATABASE auth ALLOW_CONNECTIONS true");
    while sql(&listening) != "1" {
        tokio::task::yield_now().await;
    }
    for _ in 0..3 {
        assert_eq!(told_of_a_sign_out(&one, &other, &mut follower, BEFORE_A_LOOK).await, 1);
    }
}

#[tokio::test]
async fn t306_beside_another_database_redis_wakes_the_others_also_after_it_was_away() {
    let mut redis = Redis::start().expect("Redis starts");
    let folder = tempfile::tempdir().expect("a folder");
    let url = file_in(&folder, "a.db");
    let address = redis.url();
    let settings = [
        ("DATABASE_URL", url.as_str()),
        ("REDIS_URL", &address),
        ("COUNTERSIGN_SESSION__STORE_IN_DATABASE", "true"),
        LOOKS_SELDOM,
    ];
    let (one, other) = (TestServer::start(&settings).await, TestServer::start(&settings).await);
    one.sign_up(&json!({})).await;
    let mut follower = Follower::of(&other).await;
    for _ in 0..3 {
        assert_eq!(told_of_a_sign_out(&one, &other, &mut follower, BEFORE_A_LOOK).await, 1);
    }
    redis.restart().expect("Redis starts");
    let forge = "PUBLISH better-auth:countersign_revocation x";
    while redis.run(forge).as_deref() != Some("1") {
        tokio::task::yield_now().await;
    }
    let body = json!({ "email": "ann@example.com", "password": PASSWORD });
    while one.post("/sign-in/email", &body).await.status != 200 {}
    for _ in 0..3 {
        assert_eq!(told_of_a_sign_out(&one, &other, &mut follower, BEFORE_A_LOOK).await, 1);
    }
}

/// Runs SQL on a connection of its own, while others wait.
async fn run(database: &Database, sql: &str) {
    database.install(&[sql.to_owned()]).await.expect("SQL runs");
}

#[tokio::test]
async fn t306_a_wake_up_that_somebody_forged_changes_nothing() {
    let postgres = Postgres::start().expect("PostgreSQL starts");
    let url = postgres.new_database("auth").expect("a database");
    let server = start(&url).await;
    let mut follower = Follower::of(&server).await;
    let place = follower.place.clone();
    let database = open(&url);
    let forge = "SELECT pg_notify('countersign_revocation', repeat('x', n)) \
                 FROM generate_series(1, 5000) AS n";
    let forged = async {
        for _ in 0..3 {
            run(&database, forge).await;
        }
    };
    let (told, ()) = tokio::join!(follower.follow(&server, 2), forged);
    assert_eq!((told, &follower.place), (0, &place));
    server.sign_up(&json!({})).await;
    assert_eq!(told_of_a_sign_out(&server, &server, &mut follower, BEFORE_A_LOOK).await, 1);
}

/// Whoever looked also forgets what is over, which here somebody else does not let go of.
#[tokio::test]
async fn t306_what_is_committed_before_somebody_who_looked_waits_is_told_at_once() {
    let postgres = Postgres::start().expect("PostgreSQL starts");
    let url = postgres.new_database("auth").expect("a database");
    let server = start(&url).await;
    server.sign_up(&json!({})).await;
    let mut follower = Follower::of(&server).await;
    assert_eq!(told_of_a_sign_out(&server, &server, &mut follower, BEFORE_A_LOOK).await, 1);
    let sql = |sql: &str| postgres.run("auth", sql).expect("SQL runs").trim().to_owned();
    sql("UPDATE revocation SET until = 0");
    server.clock.advance(SignedDuration::from_mins(2));
    let body = json!({ "email": "ann@example.com", "password": PASSWORD });
    assert_eq!(server.post("/sign-in/email", &body).await.status, 200);

    let database = open(&url);
    let mut held = database.begin().await.expect("begins");
    held.execute(&Sql("SELECT id FROM revocation FOR UPDATE")).await.expect("nobody else has it");
    let waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
    let signed_out = async {
        while sql(waiting) == "0" {
            tokio::task::yield_now().await;
        }
        assert_eq!(server.post("/sign-out", &json!({})).await.status, 200);
    };
    let (told, ()) = tokio::join!(follower.follow(&server, BEFORE_A_LOOK), signed_out);
    assert_eq!(told, 1);
    held.commit().await.expect("nobody waited for it");
}

#[tokio::test]
async fn t224_what_better_auth_ends_wakes_servers() {
    let postgres = Postgres::start().expect("PostgreSQL starts");
    let url = postgres.new_database("auth").expect("a database");
    drop(start(&url).await);
    let database = open(&url);
    watch_better_auth(&database, &Names::default()).await.expect("watches");
    let server = start(&url).await;
    for number in 0..3 {
        server.forget_cookies();
        server.sign_up(&json!({ "email": format!("ann{number}@example.com") })).await;
        let mut follower = Follower::of(&server).await;
        let deleted = async {
            run(&database, "SELECT 1").await;
            run(&database, "DELETE FROM \"user\"").await;
        };
        let (told, ()) = tokio::join!(follower.follow(&server, BEFORE_A_LOOK), deleted);
        assert!(told > 0, "{number}");
    }
}
