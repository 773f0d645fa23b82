//! Servers on one database that were not told the same.

use std::sync::Arc;

use countersign_jwt::SystemClock;
use countersign_server::{Server, SystemEntropy};
use countersign_testing::{SECRET, file_in, mariadb::MariaDb, postgres::Postgres};
use jiff::SignedDuration;
use serde_json::json;
use tempfile::TempDir;

use crate::{
    fixture::{TestServer, settings},
    storage_faults::{Sql, open},
};

const OTHER_SECRET: &str = "another-secret-for-tests-only-0123456789abcdef";

struct House {
    _folder: TempDir,
    url: String,
}

impl House {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let url = file_in(&folder, "a.db");
        Self { _folder: folder, url }
    }

    async fn server(&self, changes: &[(&str, &str)]) -> TestServer {
        TestServer::start(&[changes, &[("DATABASE_URL", self.url.as_str())]].concat()).await
    }
}

/// The lines of its readiness, after the one that says that it is ready, when it has just looked.
async fn notes(server: &TestServer) -> Vec<String> {
    server.readiness.look().await;
    shown(server).await
}

/// The same, as it is shown now.
async fn shown(server: &TestServer) -> Vec<String> {
    let request = http::Request::get("/readyz").body(axum::body::Body::empty()).expect("a request");
    let reply = server.send(request).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    for secret in [SECRET, OTHER_SECRET, "audience", "lifetime"] {
        assert!(!reply.body.contains(secret), "{}", reply.body);
    }
    let mut lines = reply.body.lines().map(str::to_owned);
    assert_eq!(lines.next().as_deref(), Some("ok"));
    lines.collect()
}

const DIFFERS: &str = "another server on this database has another configuration";

#[tokio::test]
async fn t313_a_server_with_another_secret_audience_or_policy_is_noticed_by_all() {
    for change in [
        ("BETTER_AUTH_SECRET", OTHER_SECRET),
        ("COUNTERSIGN_TOKEN__AUDIENCE", "https://other.test"),
        ("COUNTERSIGN_TOKEN__LIFETIME", "14m"),
        ("COUNTERSIGN_EMAIL_PASSWORD__DISABLE_SIGN_UP", "true"),
        ("COUNTERSIGN_RESOURCE_SERVERS__CREDENTIALS", "tasks:4f1d0c9b8a7e6f5d4c3b2a19087f6e5d"),
        ("COUNTERSIGN_SOCIAL__GITHUB__CLIENT_ID", "mine"),
        // It follows from the address.
        ("BETTER_AUTH_URL", "https://other.test"),
    ] {
        let house = House::new();
        let first = house.server(&[]).await;
        let alone = notes(&first).await;
        let [fingerprint] = &alone[..] else { panic!("{alone:?}") };
        assert!(fingerprint.starts_with("configuration "));
        let same = house.server(&[("COUNTERSIGN_PASSWORD__THREADS", "1")]).await;
        assert_eq!((&notes(&same).await, &notes(&first).await), (&alone, &alone));

        let github = [("COUNTERSIGN_SOCIAL__GITHUB__CLIENT_SECRET", "its"), change];
        let is_provider = change.0.contains("GITHUB");
        let changes = if is_provider { &github[..] } else { &github[1..] };
        let other = house.server(changes).await;
        let [its, alarm] = &notes(&other).await[..] else { panic!("{change:?} is noticed") };
        assert!(its != fingerprint && alarm == DIFFERS, "{change:?}");
        assert_eq!(notes(&first).await, [fingerprint.as_str(), DIFFERS], "{change:?}");

        // The other one is gone for a minute.
        for server in [&first, &same] {
            server.clock.advance(SignedDuration::from_secs(61));
        }
        assert_eq!(notes(&same).await, alone);
        assert_eq!(notes(&first).await, alone);
    }
}

#[tokio::test]
async fn t313_servers_are_compared_on_other_databases_likewise() {
    let (postgres, mariadb) = (Postgres::start(), MariaDb::start());
    let postgres = postgres.expect("PostgreSQL starts");
    let mariadb = mariadb.expect("MariaDB starts");
    for url in [postgres.new_database("auth"), mariadb.new_database("auth")] {
        let url = url.expect("a database");
        let place = ("DATABASE_URL", url.as_str());
        let first = TestServer::start(&[place]).await;
        let same = TestServer::start(&[place]).await;
        assert_eq!((notes(&first).await.len(), notes(&same).await.len()), (1, 1));
        let other = TestServer::start(&[place, ("BETTER_AUTH_SECRET", OTHER_SECRET)]).await;
        for server in [&first, &same, &other] {
            assert_eq!(notes(server).await[1..], [DIFFERS]);
        }
    }
}

#[tokio::test]
async fn t313_the_number_of_a_configuration_is_another_on_each_database() {
    let (one, other) = (House::new(), House::new());
    let (one, other) = (one.server(&[]).await, other.server(&[]).await);
    assert_ne!(notes(&one).await, notes(&other).await, "nobody can compute it");
}

#[tokio::test]
async fn t313_a_valid_secret_that_opens_no_key_of_the_database_is_told() {
    let house = House::new();
    let first = house.server(&[]).await;
    first.sign_up(&json!({})).await;
    assert_eq!(first.get("/token").await.status, 200);
    first.clock.advance(SignedDuration::from_hours(1));
    assert_eq!(notes(&first).await.len(), 1);

    let wrong = house.server(&[("BETTER_AUTH_SECRET", OTHER_SECRET)]).await;
    wrong.clock.advance(SignedDuration::from_mins(2));
    let told = "1 of 1 signing keys cannot be opened with this server's secrets";
    assert!(notes(&wrong).await.iter().any(|note| note == told), "{:?}", notes(&wrong).await);

    let secrets = format!("2:{OTHER_SECRET}");
    let both = [("BETTER_AUTH_SECRETS", secrets.as_str())];
    let right = house.server(&both).await;
    assert!(!notes(&right).await.iter().any(|note| note == told));
}

#[tokio::test]
async fn t313_what_follows_from_a_machine_for_development_is_noticed() {
    let house = House::new();
    // Nothing is said of rate limits, and only one of them has any.
    let unset = ("COUNTERSIGN_RATE_LIMIT__ENABLED", "");
    let first = house.server(&[unset]).await;
    let relaxed = house.server(&[unset, ("COUNTERSIGN_SERVER__DEVELOPMENT", "true")]).await;
    assert_eq!(notes(&relaxed).await[1..], [DIFFERS]);
    assert_eq!(notes(&first).await[1..], [DIFFERS]);
}

#[tokio::test]
async fn a_probe_shows_what_was_noticed_last_and_asks_nothing() {
    let house = House::new();
    let first = house.server(&[]).await;
    let alone = shown(&first).await;
    let _other = house.server(&[("BETTER_AUTH_SECRET", OTHER_SECRET)]).await;
    assert_eq!(shown(&first).await, alone);
    let both = notes(&first).await;
    assert_eq!(both[1..], [DIFFERS]);

    let gone = Sql("ALTER TABLE serverNode RENAME TO gone");
    open(&house.url).execute(&gone).await.expect("runs");
    assert_eq!(shown(&first).await, both);
    let unread = ["what is to be known of nodes cannot be read".to_owned()];
    assert_eq!(notes(&first).await, [&both[..], &unread].concat(), "what it said holds");
}

#[tokio::test]
async fn a_table_that_cannot_be_written_holds_up_no_start_no_probe_and_no_stop() {
    let postgres = Postgres::start().expect("PostgreSQL starts");
    let url = postgres.new_database("auth").expect("a database");
    let start = || {
        let settings = settings(&[("DATABASE_URL", &url)]).expect("settings");
        Server::start(settings, Arc::new(SystemClock), Arc::new(SystemEntropy))
    };
    let probed = TestServer::start(&[("DATABASE_URL", &url)]).await;
    let (_router, stopping) = start().await.expect("it starts").into_watched_router();
    let database = open(&url);
    let mut locked = database.begin().await.expect("begins");
    let lock = Sql("LOCK TABLE \"serverNode\" IN ACCESS EXCLUSIVE MODE");
    locked.execute(&lock).await.expect("nobody else has it");
    start().await.expect("it starts");
    assert_eq!(shown(&probed).await.len(), 1);
    stopping.stopped().await;
    locked.commit().await.expect("commits");
}
