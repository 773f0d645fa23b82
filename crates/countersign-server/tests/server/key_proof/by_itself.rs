//! Keys follow one another by themselves, and wait.

use std::time::Duration;

use countersign::{Guard, KeySource, Policy, RevocationFeed};
use countersign_server::Stage;
use countersign_testing::{mariadb::MariaDb, postgres::Postgres, proxy::Proxy};
use tokio::net::TcpListener;

use super::{HOURLY, House, SECRET};
use crate::{fixture::ORIGIN, storage_faults::Sql};

/// A guard that takes its keys from one address and follows the feed at another.
async fn guard(house: &House, name: &str, keys: &str, feed: &str) -> Guard {
    let feed = RevocationFeed::at(&format!("http://{feed}/api/auth/revocations"))
        .and_then(|feed| feed.with_max_staleness(Duration::from_secs(4)))
        .and_then(|feed| feed.registered(name, "tasks", SECRET));
    let keys = KeySource::jwks_url(&format!("http://{keys}/api/auth/jwks"));
    let guard = Guard::builder(Policy::new(ORIGIN, ORIGIN).expect("a policy"), keys.expect("keys"))
        .revocation_feed(feed.expect("a feed"))
        .clock(house.clock().clone())
        .build()
        .expect("a guard");
    guard.ready().await.expect("it has keys and has read the feed");
    guard
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guard_that_is_cut_off_from_the_keys_and_not_from_the_feed_holds_the_next_one_back() {
    let house = House::new(&[HOURLY]).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    house.one.listen_on(listener);
    let line = Proxy::start(address).expect("a line");
    let _cut_off = guard(&house, "a", &line.address().to_string(), &address.to_string()).await;
    let _well = guard(&house, "b", &address.to_string(), &address.to_string()).await;
    let old = house.signs().await;
    house.until_held(&old, &["tasks/a", "tasks/b"], &[]).await;

    line.cut();
    house.advance(45 * 60);
    let [next, _] = &house.published().await[..] else { panic!("the next one is published") };
    house.advance(14 * 60 + 30);
    house.until_held(next, &["tasks/b"], &["tasks/a"]).await;
    house.published().await;
    // Its time is over, but for the guard.
    house.advance(45);
    house.until_held(next, &["tasks/b"], &["tasks/a"]).await;
    assert_eq!(house.signs().await, old);
    let [Stage::Signing, Stage::Staged(_)] = house.stages().await[..] else {
        panic!("{:?}", house.stages().await)
    };

    line.mend();
    // It asks for keys again two seconds after a failure.
    house.advance(10);
    house.until_held(next, &["tasks/a", "tasks/b"], &[]).await;
    // The servers look again every few seconds.
    house.advance(8);
    assert_eq!(house.signs().await, *next);
    let [Stage::Signing, Stage::Retired(_)] = house.stages().await[..] else {
        panic!("{:?}", house.stages().await)
    };
}

#[tokio::test]
async fn a_guard_that_never_holds_the_next_key_is_waited_for_so_long_and_no_longer() {
    let house = House::new(&[HOURLY, ("COUNTERSIGN_TOKEN__ACTIVATION_PATIENCE", "5m")]).await;
    let old = house.signs().await;
    house.advance(45 * 60);
    house.published().await;
    house.advance(14 * 60);
    for second in (59 * 60..65 * 60).step_by(15) {
        house.says("a", &[&old]).await;
        assert_eq!(house.signs().await, old, "{second}");
        house.advance(15);
    }
    house.says("a", &[&old]).await;
    assert_ne!(house.signs().await, old);
}

#[tokio::test]
async fn other_databases_wait_with_a_key_likewise() {
    let (postgres, mariadb) = (Postgres::start(), MariaDb::start());
    let postgres = postgres.expect("PostgreSQL starts");
    let mariadb = mariadb.expect("MariaDB starts");
    for url in [postgres.new_database("auth"), mariadb.new_database("auth")] {
        let url = url.expect("a database");
        let house = House::at(&url, &[HOURLY]).await;
        if url.starts_with("postgres") {
            // Somebody wrote it who is more exact than we are.
            let exact =
                "UPDATE jwks SET \"expiresAt\" = \"expiresAt\" + interval '123 microseconds'";
            house.database.execute(&Sql(exact)).await.expect("runs");
        }
        let old = house.signs().await;
        house.advance(45 * 60 + 1);
        let [next, _] = &house.published().await[..] else { panic!("the next one is published") };
        house.advance(14 * 60 + 29);
        house.says("a", &[&old]).await;
        house.published().await;
        house.advance(60);
        assert_eq!(house.signs().await, old);
        house.says("a", &[&old, next]).await;
        house.advance(8);
        assert_eq!(house.signs().await, *next);
        let [Stage::Signing, Stage::Retired(_)] = house.stages().await[..] else {
            panic!("{:?}", house.stages().await)
        };
    }
}

#[tokio::test]
async fn time_decides_where_no_guard_says_what_it_holds() {
    for patience in ["", "0"] {
        let settings = [HOURLY, ("COUNTERSIGN_TOKEN__ACTIVATION_PATIENCE", patience)];
        let house = House::new(&settings).await;
        let old = house.signs().await;
        let says = async || {
            house.says("silent", &[]).await;
            house.says("of-another-issuer", &["k1", "k2"]).await;
            // It would hold the key back, if anybody waited.
            if patience == "0" {
                house.says("late", &[&old]).await;
            }
        };
        house.advance(45 * 60);
        house.published().await;
        house.advance(14 * 60 + 59);
        says().await;
        assert_eq!(house.signs().await, old);
        house.advance(1);
        says().await;
        assert_ne!(house.signs().await, old);
    }
}

#[tokio::test]
async fn a_guard_that_died_a_minute_ago_holds_nothing_back() {
    let house = House::new(&[HOURLY]).await;
    let old = house.signs().await;
    house.advance(45 * 60);
    house.published().await;
    house.advance(14 * 60 + 10);
    house.says("a", &[&old]).await;
    assert_eq!(house.signs().await, old);
    // The key before signs on for a little more than a minute, and not for another one.
    house.advance(61);
    house.published().await;
    house.advance(7);
    assert_ne!(house.signs().await, old);
}

/// It may have been stolen.
#[tokio::test]
async fn a_key_that_was_ended_does_not_sign_on_for_anybody() {
    let house = House::new(&[HOURLY]).await;
    let stolen = house.signs().await;
    house.advance(50 * 60);
    house.published().await;
    house.says("a", &[&stolen]).await;
    house.retire(&stolen, true).await;
    house.advance(1);
    assert_ne!(house.signs().await, stolen);
    assert_eq!(house.published().await.len(), 1);
}

#[tokio::test]
async fn a_key_that_was_staged_early_is_waited_with_for_as_long() {
    let house = House::new(&[HOURLY]).await;
    let old = house.signs().await;
    house.advance(10 * 60);
    let next = house.stage().await;
    house.advance(49 * 60 + 30);
    house.says("a", &[&old]).await;
    house.published().await;
    house.advance(45);
    house.says("a", &[&old]).await;
    assert_eq!(house.signs().await, old, "the guard lacks the next one");
    house.says("a", &[&old, &next]).await;
    house.advance(8);
    assert_eq!(house.signs().await, next);
}

#[tokio::test]
async fn a_guard_that_asks_one_server_and_then_another_is_believed_what_it_said_last() {
    let house = House::new(&[]).await;
    let old = house.signs().await;
    let next = house.stage().await;
    House::says_to(&house.one, "a", &[&old, &next]).await;
    House::says_to(&house.other, "a", &[&old]).await;
    house.until_held(&next, &[], &["tasks/a"]).await;
    // It said the same to this server before; what is in the table is from the other one.
    house.advance(16);
    House::says_to(&house.one, "a", &[&old, &next]).await;
    house.until_held(&next, &["tasks/a"], &[]).await;
}
