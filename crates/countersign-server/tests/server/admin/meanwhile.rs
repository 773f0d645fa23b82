//! What was under way while somebody was banned or got another role.

use countersign_jwt::Clock;
use countersign_server::{UserChange, change_user, inspect};
use countersign_store::{ColumnValue, Database};
use countersign_testing::{FixedClock, postgres::Postgres, redis::Redis};
use jiff::SignedDuration;
use serde_json::json;

use super::{ADMIN, Shared, put};
use crate::{
    fixture::{PASSWORD, TestServer, repeating, settings},
    revocation::follower::{Follower, token},
    storage_faults::{Sql, open},
};

/// Does it as the command line would that has this clock.
async fn change(url: &str, change: UserChange, clock: &dyn Clock) {
    let settings = settings(&[ADMIN, ("DATABASE_URL", url)]).expect("settings");
    let database = Box::pin(inspect(&settings)).await.expect("looks").database;
    let entropy = repeating();
    let done = change_user(&settings, &database, "ann@example.com", change, None, clock, &entropy);
    Box::pin(done).await.expect("changes");
}

fn role() -> UserChange {
    UserChange::Role("editor".to_owned())
}

/// Until somebody waits for what another transaction holds.
async fn somebody_waits(database: &Database) {
    let waiting = Sql("SELECT pid FROM pg_locks WHERE NOT granted");
    while database.fetch_all(&waiting).await.expect("reads").is_empty() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn t144_a_session_that_began_while_its_user_was_banned_does_not_stay() {
    let (postgres, redis) =
        (Postgres::start().expect("PostgreSQL starts"), Redis::start().expect("Redis starts"));
    let address = redis.url();
    for (name, more) in
        [("a", &[][..]), ("b", &[("COUNTERSIGN_SESSION__STORE_IN_DATABASE", "true")])]
    {
        let url = postgres.new_database(name).expect("a database");
        let place = [ADMIN, ("DATABASE_URL", url.as_str()), ("REDIS_URL", &address)];
        let server = TestServer::start(&[&place[..], more].concat()).await;
        let ann = server.sign_up(&json!({})).await.json();
        let database = open(&url);
        let mut others = database.begin().await.expect("begins");
        let held = Sql("UPDATE account SET \"providerId\" = \"providerId\"");
        others.execute(&held).await.expect("locks");
        let body = json!({ "currentPassword": PASSWORD, "newPassword": "another password", "revokeOtherSessions": true });
        let banned = async {
            somebody_waits(&database).await;
            put(&database, "ann@example.com", "banned", Some(ColumnValue::Boolean(true))).await;
            others.commit().await.expect("lets go");
        };
        let (refused, ()) = tokio::join!(server.post("/change-password", &body), banned);
        assert_eq!(
            (refused.status.as_u16(), &refused.json()["code"]),
            (403, &json!("BANNED_USER"))
        );
        let id = ann["user"]["id"].as_str().expect("an id");
        let left = redis.run(&format!("GET better-auth:active-sessions-{id}"));
        assert_eq!(left, None, "{more:?}");
        if !more.is_empty() {
            let rows = database.fetch_all(&Sql("SELECT id FROM session")).await.expect("reads");
            assert!(rows.is_empty(), "rows: {}", rows.len());
        }
    }
}

#[tokio::test]
async fn t251_a_token_that_was_issued_while_a_role_waited_to_be_written_is_refused() {
    let postgres = Postgres::start().expect("PostgreSQL starts");
    let url = postgres.new_database("auth").expect("a database");
    let server = TestServer::start(&[ADMIN, ("DATABASE_URL", &url)]).await;
    server.sign_up(&json!({})).await;
    let mut follower = Follower::of(&server).await;
    let database = open(&url);
    for held in
        ["UPDATE \"user\" SET name = name", "UPDATE \"revocationHead\" SET sequence = sequence"]
    {
        let mut others = database.begin().await.expect("begins");
        others.execute(&Sql(held)).await.expect("locks");
        let issued = async {
            somebody_waits(&database).await;
            server.clock.advance(SignedDuration::from_secs(5));
            let token = token(&server).await;
            drop(others);
            token
        };
        let ((), token) = tokio::join!(change(&url, role(), &*server.clock), issued);
        follower.follow(&server, 0).await;
        assert!(follower.refuses(&token), "{held}");
    }
}

#[tokio::test]
async fn t251_a_token_by_another_clock_is_refused_after_a_role_for_a_second_and_by_its_session_after_a_ban()
 {
    let shared = Shared::start(&[]).await;
    let server = &shared.server;
    server.sign_up(&json!({})).await;
    let behind = |seconds| FixedClock::at(server.clock.now() - SignedDuration::from_secs(seconds));
    for (seconds, is_refused) in [(2, false), (1, true)] {
        let issued = token(server).await;
        change(&shared.url, role(), &behind(seconds)).await;
        let follower = Follower::of(server).await;
        assert_eq!(follower.refuses(&issued), is_refused, "{seconds} s ahead");
    }
    server.clock.advance(SignedDuration::from_secs(10));
    let issued = token(server).await;
    let ban = UserChange::Ban { reason: None, expires_in: None };
    change(&shared.url, ban, &behind(5)).await;
    assert!(Follower::of(server).await.refuses(&issued));
}
