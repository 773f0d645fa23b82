//! The next key follows the one that signs, and waits for guards that say what they hold.

mod by_hand;
mod by_itself;
mod one_after_the_other;

use std::{sync::Arc, time::Duration};

use countersign_jwt::{Clock, dangerous::read_without_verifying};
use countersign_server::{
    Holders, OperateError, Stage, SystemEntropy, activate_key_when_held, guard_reports, retire_key,
    settings::Settings, stage_key, stored_keys,
};
use countersign_store::{Database, DatabaseUrl};
use countersign_testing::{FixedClock, file_in};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use tempfile::TempDir;

use crate::{
    fixture::{TestServer, settings},
    revocation::follower::question,
};

const SECRET: &str = "4f1d0c9b8a7e6f5d4c3b2a19087f6e5d4c3b2a1908f7e6d5";
const HOURLY: (&str, &str) = ("COUNTERSIGN_TOKEN__ROTATION_INTERVAL", "1h");

/// Two servers on one database whose clock is the same, and a token of the first.
struct House {
    _folder: Option<TempDir>,
    url: String,
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
        let house = Self { _folder: None, url: url.to_owned(), settings, database, one, other };
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

    async fn retire(&self, kid: &str, withdraw: bool) {
        let ended = retire_key(&self.settings, &self.database, kid, self.now(), withdraw).await;
        ended.expect("it ends");
    }

    /// A guard of which nothing is here but what it says.
    async fn says(&self, guard: &str, kids: &[&str]) {
        Self::says_to(&self.other, guard, kids).await;
    }

    async fn says_to(server: &TestServer, guard: &str, kids: &[&str]) {
        let kids = match kids {
            [] => String::new(),
            kids => format!("&kids={}", kids.join(",")),
        };
        let credential = format!("tasks:{SECRET}");
        let asked = question(&format!("guard={guard}{kids}"), Some(&credential));
        assert_eq!(server.send(asked).await.status, 200);
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
