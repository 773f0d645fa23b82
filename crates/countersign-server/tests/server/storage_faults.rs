//! Databases that refuse, are slow, break off, or have another time than we.

use std::{
    borrow::Cow,
    sync::Arc,
    time::{Duration, Instant},
};

use countersign_jwt::Clock;
use countersign_store::{
    Database, DatabaseUrl, Dialect, Statement,
    sql::{Query, Value},
};
use countersign_testing::postgres::Postgres;
use http::StatusCode;
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde_json::json;
use tokio::task::JoinSet;

use crate::fixture::{PASSWORD, TestServer};

pub(crate) struct Sql(pub(crate) &'static str);

impl Statement for Sql {
    fn render(&self, _: Dialect) -> (Cow<'_, str>, Cow<'_, [Value]>) {
        (self.0.into(), (&[] as &[Value]).into())
    }
}

/// The same, put together.
pub(crate) struct Text(pub(crate) String);

impl Statement for Text {
    fn render(&self, _: Dialect) -> (Cow<'_, str>, Cow<'_, [Value]>) {
        (self.0.as_str().into(), (&[] as &[Value]).into())
    }
}

pub(crate) fn open(url: &str) -> Database {
    Database::open(&url.parse::<DatabaseUrl>().expect("a URL")).expect("opens")
}

async fn users(database: &Database) -> usize {
    let select = Query::select().column("id").from("user").take();
    database.fetch_all(&select).await.expect("reads").len()
}

async fn sign_up_status(server: &TestServer) -> StatusCode {
    let body = json!({ "name": "Ann", "email": "ann@example.com", "password": PASSWORD });
    server.post("/sign-up/email", &body).await.status
}

/// A sign-up whose second or third row is refused leaves nothing.
async fn nothing_remains(url: &str, faults: [(&'static str, &'static str); 2]) {
    let server = TestServer::start(&[("DATABASE_URL", url)]).await;
    let database = open(url);
    for (break_it, mend_it) in faults {
        database.execute(&Sql(break_it)).await.expect("breaks");
        assert_eq!(sign_up_status(&server).await, 500);
        assert_eq!(users(&database).await, 0);
        database.execute(&Sql(mend_it)).await.expect("mends");
    }
    assert_eq!(sign_up_status(&server).await, 200);
}

#[tokio::test]
async fn t293_a_sign_up_that_fails_half_way_leaves_nothing_in_a_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}", folder.path().join("a.db").display());
    let account = "CREATE TRIGGER broken BEFORE INSERT ON account \
        BEGIN SELECT RAISE(ABORT, 'broken'); END";
    let session = "CREATE TRIGGER broken BEFORE INSERT ON session \
        BEGIN SELECT RAISE(ABORT, 'broken'); END";
    let mend = "DROP TRIGGER broken";
    nothing_remains(&url, [(account, mend), (session, mend)]).await;
}

#[tokio::test]
async fn t293_a_sign_up_that_fails_half_way_leaves_nothing_on_postgresql() {
    let postgres = Postgres::start().expect("PostgreSQL starts");
    let of = [
        (
            "ALTER TABLE account ADD CONSTRAINT broken CHECK (false)",
            "ALTER TABLE account DROP CONSTRAINT broken",
        ),
        (
            "ALTER TABLE session ADD CONSTRAINT broken CHECK (false)",
            "ALTER TABLE session DROP CONSTRAINT broken",
        ),
    ];
    nothing_remains(postgres.url(), of).await;
}

#[tokio::test]
async fn t294_one_connection_is_enough() {
    let postgres = Postgres::start().expect("PostgreSQL starts");
    let settings = [("DATABASE_URL", postgres.url()), ("COUNTERSIGN_DATABASE__POOL_SIZE", "1")];
    let server = TestServer::start(&settings).await;
    assert_eq!(sign_up_status(&server).await, 200);
    let password = json!({ "email": "ann@example.com", "password": PASSWORD });
    let other = json!({ "currentPassword": PASSWORD, "newPassword": "another password",
        "revokeOtherSessions": true });
    for (path, body) in [
        ("/sign-in/email", &password),
        ("/update-user", &json!({ "name": "Anna" })),
        ("/verify-password", &json!({ "password": PASSWORD })),
        ("/change-password", &other),
        ("/revoke-other-sessions", &json!({})),
    ] {
        assert_eq!(server.post(path, body).await.status, 200, "{path}");
    }
    for path in ["/get-session", "/token", "/jwks", "/list-sessions", "/list-accounts"] {
        assert_eq!(server.get(path).await.status, 200, "{path}");
    }
    assert_eq!(server.post("/revoke-sessions", &json!({})).await.status, 200);
}

/// Somebody holds a table, so that five requests have the connections and wait.
#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::disallowed_methods, reason = "how long a request waits is what is tested")]
async fn t294_who_gets_no_connection_is_told_so_in_time() {
    let postgres = Postgres::start().expect("PostgreSQL starts");
    let settings = [
        ("DATABASE_URL", postgres.url()),
        ("COUNTERSIGN_DATABASE__POOL_SIZE", "5"),
        ("COUNTERSIGN_DATABASE__CONNECT_TIMEOUT", "2s"),
    ];
    let server = Arc::new(TestServer::start(&settings).await);
    assert_eq!(sign_up_status(&server).await, 200);
    let mut held = open(postgres.url()).begin().await.expect("begins");
    held.execute(&Sql("LOCK TABLE \"user\" IN ACCESS EXCLUSIVE MODE")).await.expect("locks");

    let mut requests = JoinSet::new();
    for _ in 0..200 {
        let server = Arc::clone(&server);
        requests.spawn(async move {
            let begun = Instant::now();
            (server.get("/get-session").await.status, begun.elapsed())
        });
    }
    for _ in 0..195 {
        let (status, waited) = requests.join_next().await.expect("one more").expect("no panic");
        assert_eq!(status, 503);
        assert!(waited < Duration::from_secs(4), "waited {waited:?}");
    }
    held.commit().await.expect("lets go");
    while let Some(request) = requests.join_next().await {
        assert_eq!(request.expect("no panic").0, 200);
    }
    assert_eq!(server.get("/get-session").await.status, 200);
}

#[tokio::test]
async fn t298_what_passes_is_a_503_and_leaves_nothing() {
    let postgres = Postgres::start().expect("PostgreSQL starts");
    let server = TestServer::start(&[("DATABASE_URL", postgres.url())]).await;
    let database = open(postgres.url());
    let raise = |code: &str| format!("RAISE EXCEPTION 'injected' USING ERRCODE = '{code}'");
    let faults = ["40001", "40P01", "57P01", "53300", "53100"].map(raise).into_iter();
    let cut = "PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(1)";
    for fault in faults.chain([cut.to_owned()]) {
        let trigger = format!(
            "CREATE FUNCTION fault() RETURNS trigger LANGUAGE plpgsql AS \
             $$ BEGIN {fault}; RETURN NEW; END $$; \
             CREATE TRIGGER fault BEFORE INSERT ON session FOR EACH ROW EXECUTE FUNCTION fault()"
        );
        postgres.run("postgres", &trigger).expect("breaks");
        assert_eq!(sign_up_status(&server).await, 503, "{fault}");
        assert_eq!(users(&database).await, 0, "{fault}");
        let mend = "DROP TRIGGER fault ON session; DROP FUNCTION fault()";
        postgres.run("postgres", mend).expect("mends");
    }
    assert_eq!(sign_up_status(&server).await, 200);
    assert_eq!(users(&database).await, 1);
}

/// The night in which New York's clocks are changed lies in the session's seven days.
#[tokio::test]
async fn t299_sessions_end_to_the_second_whatever_time_zone_the_database_has() {
    for zone in ["America/New_York", "Asia/Karachi", "Pacific/Chatham"] {
        let postgres = Postgres::start().expect("PostgreSQL starts");
        let set = format!("ALTER DATABASE postgres SET timezone = '{zone}'");
        postgres.run("postgres", &set).expect("a time zone");
        let settings =
            [("DATABASE_URL", postgres.url()), ("COUNTERSIGN_SESSION__DISABLE_REFRESH", "true")];
        let server = TestServer::start(&settings).await;
        let eve: Timestamp = "2027-03-11T06:30:00.123Z".parse().expect("a time");
        server.clock.advance(eve.duration_since(server.clock.now()));
        assert_eq!(sign_up_status(&server).await, 200);
        let said = server.get("/get-session").await.json();
        let end = (eve + (7 * 24).hours()).to_string();
        assert_eq!(said["session"]["expiresAt"], end, "{zone}");
        assert!(postgres.run("postgres", "SHOW timezone").expect("says").contains(zone));
        server.clock.advance(SignedDuration::from_hours(7 * 24) - SignedDuration::from_secs(1));
        assert!(server.get("/get-session").await.json().is_object(), "{zone}");
        server.clock.advance(SignedDuration::from_secs(2));
        assert!(server.get("/get-session").await.json().is_null(), "{zone}");
    }
}

/// Rows have our time; the database's clock is never asked.
#[tokio::test]
async fn t300_the_servers_clock_decides_and_not_the_databases() {
    let postgres = Postgres::start().expect("PostgreSQL starts");
    for minutes in [-5, 5] {
        let url = postgres.new_database(&format!("off{minutes}")).expect("a database");
        let server = TestServer::start(&[("DATABASE_URL", url.as_str())]).await;
        let off = SignedDuration::from_mins(minutes);
        let real = countersign_jwt::SystemClock.now();
        server.clock.advance(real.duration_since(server.clock.now()) + off);
        let ours = server.clock.now().as_millisecond();
        assert_eq!(sign_up_status(&server).await, 200);
        for (table, column) in [
            ("user", "createdAt"),
            ("user", "updatedAt"),
            ("account", "createdAt"),
            ("session", "createdAt"),
        ] {
            let text = format!(
                "SELECT (extract(epoch FROM \"{column}\") * 1000)::bigint FROM \"{table}\""
            );
            let said = postgres.run(&format!("off{minutes}"), &text).expect("reads");
            assert_eq!(said.trim(), ours.to_string(), "{table}.{column}");
        }
        server.clock.advance(SignedDuration::from_hours(7 * 24) + SignedDuration::from_secs(1));
        assert!(server.get("/get-session").await.json().is_null());
    }
}

#[tokio::test]
async fn t303_texts_and_lists_have_an_end() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}", folder.path().join("a.db").display());
    let server = TestServer::start(&[("DATABASE_URL", url.as_str())]).await;
    let huge = "x".repeat(32 << 20);
    let body = json!({ "name": huge, "email": "ann@example.com", "password": PASSWORD });
    assert_eq!(server.post("/sign-up/email", &body).await.status, 413);
    assert_eq!(sign_up_status(&server).await, 200);
    let many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000) \
        INSERT INTO session SELECT 's' || i, \"expiresAt\", 't' || i, \"createdAt\", \"updatedAt\", \
        NULL, NULL, \"userId\" FROM session, n";
    let added = open(&url).execute(&Sql(many)).await.expect("a million sessions");
    assert_eq!(added, 1_000_000);
    let listed = server.get("/list-sessions").await;
    assert_eq!(listed.status, 200);
    assert_eq!(listed.json().as_array().map(Vec::len), Some(100));
}
