//! The next key is known to everybody before it signs.

use countersign_jwt::{Clock, KeySet, Verifier};
use countersign_server::{
    OperateError, Plan, Stage, SystemEntropy, activate_key, plan_keys, retire_key,
    settings::Settings, stage_key, stored_keys,
};
use countersign_store::{
    Database, DatabaseUrl,
    sql::{Expr, ExprTrait, Query},
};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::fixture::{ORIGIN, TestServer, settings};

const HOURLY: (&str, &str) = ("COUNTERSIGN_TOKEN__ROTATION_INTERVAL", "1h");

struct House {
    _folder: tempfile::TempDir,
    url: String,
    database: Database,
}

impl House {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite:{}", folder.path().join("a.db").display());
        let database = Database::open(&url.parse::<DatabaseUrl>().expect("a URL")).expect("opens");
        Self { _folder: folder, url, database }
    }

    async fn server(&self, changes: &[(&str, &str)]) -> TestServer {
        let changes: Vec<_> =
            changes.iter().copied().chain([("DATABASE_URL", self.url.as_str())]).collect();
        TestServer::start(&changes).await
    }

    fn settings(&self) -> Settings {
        settings(&[("DATABASE_URL", &self.url)]).expect("settings")
    }

    async fn stages(&self, now: Timestamp) -> Vec<Stage> {
        let keys = stored_keys(&self.settings(), &self.database, now).await.expect("lists");
        keys.into_iter().map(|key| key.stage).collect()
    }
}

fn now(server: &TestServer) -> Timestamp {
    server.clock.now()
}

async fn token(server: &TestServer) -> String {
    let answer = server.get("/token").await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()["token"].as_str().expect("a token").to_owned()
}

async fn published(server: &TestServer) -> KeySet {
    KeySet::from_jwks_json(server.get("/jwks").await.body.as_bytes()).expect("keys")
}

async fn kids(server: &TestServer) -> Vec<String> {
    let keys = server.get("/jwks").await.json();
    let keys = keys["keys"].as_array().expect("keys").iter();
    keys.map(|key| key["kid"].as_str().expect("a kid").to_owned()).collect()
}

fn verifies(server: &TestServer, keys: &KeySet, token: &str) -> bool {
    Verifier::new(ORIGIN, ORIGIN).verify(token, keys, now(server)).is_ok()
}

#[tokio::test]
async fn who_keeps_keys_for_a_quarter_of_an_hour_knows_every_key_that_signs() {
    let house = House::new();
    let server = house.server(&[HOURLY]).await;
    server.sign_up(&json!({})).await;
    token(&server).await;
    let mut kept = published(&server).await;
    let mut seen = std::collections::HashSet::new();
    for minute in 0..200 {
        if minute % 15 == 0 {
            kept = published(&server).await;
        }
        let token = token(&server).await;
        assert!(verifies(&server, &kept, &token), "minute {minute}");
        seen.insert(kids(&server).await.len());
        server.clock.advance(SignedDuration::from_mins(1));
    }
    assert_eq!(seen, (1..=4).collect(), "three rotations");
}

#[tokio::test]
async fn the_next_key_is_known_in_time_also_after_more_than_a_hundred_that_are_over() {
    let house = House::new();
    let server = house.server(&[HOURLY, ("COUNTERSIGN_TOKEN__GRACE_PERIOD", "15m")]).await;
    server.sign_up(&json!({})).await;
    token(&server).await;
    let mut kept = published(&server).await;
    for step in 0..110 * 6 {
        let token = token(&server).await;
        assert!(verifies(&server, &kept, &token), "{step}");
        kept = published(&server).await;
        server.clock.advance(SignedDuration::from_mins(10));
    }
    assert!(house.stages(now(&server)).await.len() > 100);
    assert!(kids(&server).await.len() <= 3);
}

#[tokio::test]
async fn t314_of_servers_that_rotate_at_once_one_makes_the_next_key() {
    let house = House::new();
    let first = house.server(&[HOURLY]).await;
    first.sign_up(&json!({})).await;
    let old = token(&first).await;
    let second = house.server(&[HOURLY]).await;
    let third = house.server(&[HOURLY]).await;
    for minutes in [50, 15] {
        let servers = [&first, &second, &third];
        for server in servers {
            server.clock.advance(SignedDuration::from_mins(minutes));
        }
        let answers = futures_util::future::join_all(servers.map(kids)).await;
        assert!(answers.iter().all(|kids| kids.len() == 2), "{answers:?}");
    }
    second.put_cookies(first.take_cookies());
    let new = token(&second).await;
    let keys = published(&third).await;
    assert!(verifies(&third, &keys, &new));
    assert!(!verifies(&third, &keys, &old), "it has expired");
    let [Stage::Signing, Stage::Retired(_)] = house.stages(now(&first)).await[..] else {
        panic!("{:?}", house.stages(now(&first)).await)
    };
}

#[tokio::test]
async fn an_operator_stages_a_key_and_lets_it_sign_when_it_is_safe() {
    let house = House::new();
    let server = house.server(&[]).await;
    let settings = house.settings();
    let database = &house.database;
    assert_eq!(plan_keys(&settings, database, now(&server)).await.expect("plans"), Plan::NoKey);
    server.sign_up(&json!({})).await;
    let old = token(&server).await;
    assert_eq!(plan_keys(&settings, database, now(&server)).await.expect("plans"), Plan::Stage);

    let kid = stage_key(&settings, database, now(&server), &SystemEntropy).await.expect("stages");
    let again = stage_key(&settings, database, now(&server), &SystemEntropy).await;
    assert_eq!(again.expect("stages"), kid, "one key is staged at a time");
    server.clock.advance(SignedDuration::from_secs(1));
    assert!(kids(&server).await.contains(&kid));
    let keys = published(&server).await;
    let [Stage::Signing, Stage::Staged(since)] = house.stages(now(&server)).await[..] else {
        panic!("{:?}", house.stages(now(&server)).await)
    };

    let early = activate_key(&settings, database, now(&server), false).await;
    let Err(OperateError::TooEarly { safe_at, .. }) = early else { panic!("{early:?}") };
    assert_eq!(safe_at, since + SignedDuration::from_mins(15));
    server.clock.advance(safe_at.duration_since(now(&server)));
    let plan = plan_keys(&settings, database, now(&server)).await.expect("plans");
    assert_eq!(plan, Plan::Activate { kid: kid.clone() });
    assert_eq!(activate_key(&settings, database, now(&server), false).await.expect("acts"), kid);
    server.clock.advance(SignedDuration::from_secs(1));
    let new = token(&server).await;
    assert!(verifies(&server, &keys, &new), "what was known before is enough");
    assert!(verifies(&server, &published(&server).await, &new));
    assert!(verifies(&server, &published(&server).await, &old) == verifies(&server, &keys, &old));
    let [Stage::Signing, Stage::Retired(_)] = house.stages(now(&server)).await[..] else {
        panic!("{:?}", house.stages(now(&server)).await)
    };
}

#[tokio::test]
async fn a_stolen_key_is_replaced_at_once_and_withdrawn() {
    let house = House::new();
    let server = house.server(&[]).await;
    let settings = house.settings();
    server.sign_up(&json!({})).await;
    let stolen = token(&server).await;
    let [kid] = &kids(&server).await[..] else { panic!("one key") };
    stage_key(&settings, &house.database, now(&server), &SystemEntropy).await.expect("stages");
    activate_key(&settings, &house.database, now(&server), true).await.expect("activates");
    retire_key(&settings, &house.database, kid, now(&server), true).await.expect("withdraws");
    server.clock.advance(SignedDuration::from_secs(1));
    let keys = published(&server).await;
    assert!(!verifies(&server, &keys, &stolen) && verifies(&server, &keys, &token(&server).await));
    let nothing = retire_key(&settings, &house.database, "other", now(&server), false).await;
    assert!(matches!(nothing, Err(OperateError::NoSuchKey { .. })));
}

#[tokio::test]
async fn keys_are_sent_once_and_asked_for_by_name_afterwards() {
    let house = House::new();
    let server = house.server(&[]).await;
    let first = server.get("/jwks").await;
    let etag = first.headers["etag"].to_str().expect("a name").to_owned();
    let kept = first.headers["cache-control"].to_str().expect("text");
    assert_eq!(kept, "public, max-age=300, stale-if-error=86400");
    for name in [etag.clone(), format!("W/{etag}"), format!("\"other\", {etag}"), "*".to_owned()] {
        let again = server.get_with("/jwks", "if-none-match", name.as_bytes()).await;
        assert!(again.status == 304 && again.body.is_empty());
        assert_eq!(again.headers["etag"], etag);
    }
    let other = server.get_with("/jwks", "if-none-match", b"\"other\"").await;
    assert_eq!(other.body, first.body);
    assert_eq!(first.json()["keys"][0]["use"], "sig");
}

#[tokio::test]
async fn keys_stay_published_while_their_table_cannot_be_read() {
    let house = House::new();
    let server = house.server(&[]).await;
    let before = server.get("/jwks").await.body;
    let unreadable = Query::update()
        .table("jwks")
        .value("createdAt", "no date")
        .and_where(Expr::col("id").is_not_null())
        .take();
    house.database.execute(&unreadable).await.expect("writes");
    server.clock.advance(SignedDuration::from_hours(23));
    assert_eq!(server.get("/jwks").await.body, before);
    server.clock.advance(SignedDuration::from_hours(2));
    assert_eq!(server.get("/jwks").await.status, 500);
}
