//! The next key waits for guards that say what they hold.

use std::{sync::Arc, time::Duration};

use countersign::{Guard, KeySource, Policy, RevocationFeed};
use countersign_jwt::{Clock, dangerous::read_without_verifying};
use countersign_server::{
    Holders, OperateError, Stage, SystemEntropy, activate_key, activate_key_when_held,
    guard_reports, retire_key, settings::Settings, stage_key, stored_keys,
};
use countersign_store::{Database, DatabaseUrl};
use countersign_testing::{
    FixedClock, file_in, mariadb::MariaDb, postgres::Postgres, proxy::Proxy,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::{
    fixture::{ORIGIN, TestServer, settings},
    revocation::follower::question,
};

const SECRET: &str = "4f1d0c9b8a7e6f5d4c3b2a19087f6e5d4c3b2a1908f7e6d5";
const HOURLY: (&str, &str) = ("COUNTERSIGN_TOKEN__ROTATION_INTERVAL", "1h");

/// Two servers on one database whose clock is the same, and a token of the first.
struct House {
    _folder: Option<TempDir>,
    settings: Settings,
    database: Database,
    one: TestServer,
    other: TestServer,
}

impl House {
    async fn new(changes: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let url = file_in(&folder, "a.db");
        Self { _folder: Some(folder), ..Self::at(&url, changes).await }
    }

    /// On a new database there.
    async fn at(url: &str, changes: &[(&str, &str)]) -> Self {
        let credential = format!("tasks:{SECRET}");
        let own = [
            ("DATABASE_URL", url),
            ("COUNTERSIGN_RESOURCE_SERVERS__CREDENTIALS", credential.as_str()),
        ];
        let changes = [changes, &own].concat();
        let one = TestServer::start(&changes).await;
        let other = TestServer::start(&changes).await;
        let database = Database::open(&url.parse::<DatabaseUrl>().expect("a URL")).expect("opens");
        one.sign_up(&json!({})).await;
        let settings = settings(&changes).expect("settings");
        let house = Self { _folder: None, settings, database, one, other };
        house.signs().await;
        house
    }

    fn clock(&self) -> &Arc<FixedClock> {
        &self.one.clock
    }

    fn now(&self) -> Timestamp {
        self.clock().now()
    }

    fn advance(&self, seconds: i64) {
        for server in [&self.one, &self.other] {
            server.clock.advance(SignedDuration::from_secs(seconds));
        }
    }

    /// Which key signs.
    async fn signs(&self) -> String {
        let token = self.one.get("/token").await.json()["token"].clone();
        let token = read_without_verifying(token.as_str().expect("a token")).expect("a token");
        token.header["kid"].as_str().expect("a kid").to_owned()
    }

    /// Both servers look at the keys; which are published.
    async fn published(&self) -> Vec<String> {
        let kids = async |server: &TestServer| {
            let keys = server.get("/jwks").await.json();
            let keys = keys["keys"].as_array().expect("keys").iter();
            keys.map(|key| key["kid"].as_str().expect("a kid").to_owned()).collect::<Vec<_>>()
        };
        let (one, other) = tokio::join!(kids(&self.one), kids(&self.other));
        assert_eq!(one, other);
        one
    }

    async fn stage(&self) -> String {
        let staged = stage_key(&self.settings, &self.database, self.now(), &SystemEntropy).await;
        staged.expect("a key is staged")
    }

    async fn activate_when_held(&self, patience: Duration) -> Result<String, OperateError> {
        let clock = self.clock().as_ref();
        activate_key_when_held(&self.settings, &self.database, patience, clock).await
    }

    async fn stages(&self) -> Vec<Stage> {
        let keys = stored_keys(&self.settings, &self.database, self.now()).await.expect("lists");
        keys.into_iter().map(|key| key.stage).collect()
    }

    /// A guard of which nothing is here but what it says.
    async fn says(&self, guard: &str, kids: &[&str]) {
        let kids = match kids {
            [] => String::new(),
            kids => format!("&kids={}", kids.join(",")),
        };
        let credential = format!("tasks:{SECRET}");
        let asked = question(&format!("guard={guard}{kids}"), Some(&credential));
        assert_eq!(self.other.send(asked).await.status, 200);
    }

    async fn holders(&self, kid: &str) -> Holders {
        let reports = guard_reports(&self.settings, &self.database, self.now()).await;
        reports.expect("the table is read").expect("there is a feed").of(kid)
    }

    /// Waits until guards that are heard of at this time say this of a key.
    async fn until_held(&self, kid: &str, holding: &[&str], lacking: &[&str]) {
        let mut holders = self.holders(kid).await;
        let said = async {
            while holders.holding != holding || holders.lacking != lacking {
                tokio::time::sleep(Duration::from_millis(20)).await;
                holders = self.holders(kid).await;
            }
        };
        let in_time = tokio::time::timeout(Duration::from_mins(1), said).await;
        assert!(in_time.is_ok(), "{holders:?}");
    }
}

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
        let house = House::at(&url.expect("a database"), &[HOURLY]).await;
        let old = house.signs().await;
        house.advance(45 * 60);
        let [next, _] = &house.published().await[..] else { panic!("the next one is published") };
        house.advance(14 * 60 + 30);
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
    // The key before signs on for a little more than a minute at a time.
    house.advance(68);
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
    retire_key(&house.settings, &house.database, &stolen, house.now(), true).await.expect("ends");
    house.advance(1);
    assert_ne!(house.signs().await, stolen);
    assert_eq!(house.published().await.len(), 1);
}

#[tokio::test]
async fn proof_lets_a_key_sign_before_its_time_and_anything_less_does_not() {
    let house = House::new(&[]).await;
    let old = house.signs().await;
    let next = house.stage().await;
    let not_held = async |lacking: &[&str], silent: &[&str]| {
        let refused = house.activate_when_held(Duration::ZERO).await;
        let Err(error @ OperateError::NotHeld { .. }) = refused else { panic!("{refused:?}") };
        let told = error.to_string();
        assert!(lacking.iter().chain(silent).all(|name| told.contains(name)), "{told}");
        let OperateError::NotHeld { holders, .. } = error else { unreachable!() };
        assert!(holders.lacking == lacking && holders.silent == silent, "{holders:?}");
        let [Stage::Signing, Stage::Staged(_)] = house.stages().await[..] else {
            panic!("nothing changes: {:?}", house.stages().await)
        };
    };
    // Nobody proves nothing.
    not_held(&[], &[]).await;
    house.says("a", &[&old]).await;
    house.says("b", &[]).await;
    not_held(&["tasks/a"], &["tasks/b"]).await;
    house.says("a", &[&old, &next]).await;
    not_held(&[], &["tasks/b"]).await;
    house.says("b", &[&old, &next]).await;
    let signs = house.activate_when_held(Duration::ZERO).await;
    assert_eq!(signs.expect("everybody has it"), next);
    house.advance(1);
    assert_eq!(house.signs().await, next);
    let none = house.activate_when_held(Duration::ZERO).await;
    assert!(matches!(none, Err(OperateError::NoSuchKey { .. })), "{none:?}");
}

#[tokio::test]
async fn when_its_time_has_come_only_guards_that_lack_a_key_are_waited_for() {
    let house = House::new(&[]).await;
    let old = house.signs().await;
    let next = house.stage().await;
    house.advance(15 * 60);
    house.says("a", &[&old]).await;
    house.says("b", &[]).await;
    let lacks = house.activate_when_held(Duration::ZERO).await;
    assert!(matches!(lacks, Err(OperateError::NotHeld { .. })), "{lacks:?}");
    // It is not heard of any more; the other one is.
    house.advance(59);
    house.says("b", &[]).await;
    house.advance(2);
    let signs = house.activate_when_held(Duration::ZERO).await;
    assert_eq!(signs.expect("nobody lacks it"), next);
}

#[tokio::test]
async fn t314_two_who_wait_for_the_same_key_let_it_sign_once() {
    let house = House::new(&[]).await;
    let old = house.signs().await;
    let next = house.stage().await;
    house.advance(1);
    house.says("a", &[&old]).await;
    let wait = || house.activate_when_held(Duration::from_mins(1));
    let (one, other, ()) = tokio::join!(wait(), wait(), async {
        house.says("a", &[&old, &next]).await;
    });
    assert_eq!((one.expect("it signs"), other.expect("it signs")), (next.clone(), next));
    let [Stage::Signing, Stage::Retired(_)] = house.stages().await[..] else {
        panic!("{:?}", house.stages().await)
    };
}

#[tokio::test]
async fn a_key_that_is_withdrawn_while_it_is_waited_with_never_signs() {
    let house = House::new(&[]).await;
    let old = house.signs().await;
    let next = house.stage().await;
    house.says("a", &[&old]).await;
    let withdraw = retire_key(&house.settings, &house.database, &next, house.now(), true);
    let wait = house.activate_when_held(Duration::from_mins(1));
    let (waited, withdrawn) = tokio::join!(wait, withdraw);
    withdrawn.expect("it is withdrawn");
    let told = waited.expect_err("it does not sign").to_string();
    assert!(told.contains("was ended while it was waited with"), "{told}");
    house.says("a", &[&old, &next]).await;
    let at_once = activate_key(&house.settings, &house.database, house.now(), true).await;
    assert!(matches!(at_once, Err(OperateError::NoSuchKey { .. })), "{at_once:?}");
    house.advance(1);
    assert_eq!(house.signs().await, old);
}
