//! Rows whose time is over go, and no others.

use countersign_store::{
    Database, DatabaseUrl,
    sql::{Expr, Func, Query},
};
use countersign_testing::redis::Redis;
use jiff::SignedDuration;
use serde_json::json;
use tempfile::TempDir;

use crate::fixture::{PASSWORD, TestServer, settings};

struct Shared {
    url: String,
    database: Database,
    _folder: TempDir,
}

fn shared() -> Shared {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}", folder.path().join("a.db").display());
    let database = Database::open(&url.parse::<DatabaseUrl>().expect("a URL")).expect("opens");
    Shared { url, database, _folder: folder }
}

impl Shared {
    async fn rows(&self, table: &'static str) -> i64 {
        let count =
            Query::select().expr_as(Func::count(Expr::col("id")), "total").from(table).take();
        let row = self.database.fetch_optional(&count).await.expect("reads").expect("a row");
        row.integer("total").expect("a number")
    }
}

async fn sign_in(server: &TestServer) {
    let body = json!({ "email": "ann@example.com", "password": PASSWORD });
    assert_eq!(server.post("/sign-in/email", &body).await.status, 200);
}

#[tokio::test]
async fn sessions_and_links_whose_time_is_over_leave_no_rows() {
    let shared = shared();
    let server = TestServer::start_with_mail(&[("DATABASE_URL", &shared.url)]).await;
    server.sign_up(&json!({})).await;
    let ask = json!({ "email": "ann@example.com" });
    assert_eq!(server.post("/request-password-reset", &ask).await.status, 200);
    server.mail_finished().await;
    for _ in 0..3 {
        sign_in(&server).await;
    }
    assert_eq!((shared.rows("session").await, shared.rows("verification").await), (4, 1));
    assert_eq!(server.purge().await, 0, "nothing is over yet");

    server.clock.advance(SignedDuration::from_hours(2));
    assert_eq!(server.purge().await, 1, "the link");
    server.clock.advance(SignedDuration::from_hours(6 * 24));
    sign_in(&server).await;
    server.clock.advance(SignedDuration::from_hours(24));
    assert_eq!(server.purge().await, 4);
    assert_eq!((shared.rows("session").await, shared.rows("verification").await), (1, 0));
    let shown = server.get("/get-session").await.json();
    assert_eq!(shown["user"]["email"], "ann@example.com", "who signed in last is still here");
}

#[tokio::test]
async fn sessions_that_are_in_redis_only_have_no_table_to_purge() {
    let (shared, redis) = (shared(), Redis::start().expect("Redis starts"));
    let (url, redis_url) = (shared.url.as_str(), redis.url());
    // A database of somebody who never had the table.
    let tables: Vec<_> = countersign_store::schema::BETTER_AUTH.iter().collect();
    for table in tables.into_iter().filter(|table| table.name != "session") {
        shared.database.create(std::slice::from_ref(table)).await.expect("creates");
    }
    let server = TestServer::start(&[("DATABASE_URL", url), ("REDIS_URL", &redis_url)]).await;
    server.sign_up(&json!({})).await;
    assert_eq!(server.purge().await, 0);
}

#[tokio::test]
async fn rows_that_are_to_stay_when_a_session_ends_stay() {
    let (shared, redis) = (shared(), Redis::start().expect("Redis starts"));
    let redis_url = redis.url();
    let kept = ("COUNTERSIGN_SESSION__PRESERVE_IN_DATABASE", "true");
    let copied = ("COUNTERSIGN_SESSION__STORE_IN_DATABASE", "true");
    let place = [("DATABASE_URL", shared.url.as_str()), ("REDIS_URL", redis_url.as_str()), copied];
    let server = TestServer::start(&[&place[..], &[kept]].concat()).await;
    server.sign_up(&json!({})).await;
    server.post("/sign-out", &json!({})).await;
    server.clock.advance(SignedDuration::from_hours(8 * 24));
    assert_eq!(server.purge().await, 0);
    assert_eq!(shared.rows("session").await, 1, "it says when the session ended");

    let server = TestServer::start(&place).await;
    server.clock.advance(SignedDuration::from_hours(8 * 24));
    assert_eq!(server.purge().await, 1, "and goes where nobody wants to know");
}

#[test]
fn how_often_is_a_setting_and_may_be_never() {
    let every = |value| {
        let settings = settings(&[("COUNTERSIGN_DATABASE__PURGE_EVERY", value)]);
        settings.map(|settings| settings.purge_every.map(|pause| pause.as_secs()))
    };
    assert_eq!(
        settings(&[]).expect("settings").purge_every.map(|pause| pause.as_secs()),
        Some(3_600)
    );
    assert_eq!(every("10m").expect("settings"), Some(600));
    for never in ["off", "0s", "0"] {
        assert_eq!(every(never).expect("settings"), None);
    }
    assert!(every("often").is_err());
}
