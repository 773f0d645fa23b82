//! Many at once and broken off half-way, on each database: a family has one live token, or is gone.

use std::{future::poll_fn, pin::pin, sync::Arc, task::Poll};

use countersign_jwt::Clock;
use countersign_server::{Findings, inspect};
use countersign_store::{
    Database,
    expired::{self, Ending},
    revocations,
    sql::{Expr, ExprTrait, Query},
};
use countersign_testing::{mariadb::MariaDb, postgres::Postgres};
use jiff::SignedDuration;
use serde_json::json;
use tokio::task::JoinSet;

use super::device::{Device, ENABLED, Pair, assert_not_good, refresh, refreshed};
use crate::{
    fixture::{Reply, TestServer, settings},
    storage_faults::Text,
};

const MANY: usize = 50;
const NO_WINDOW: (&str, &str) = ("COUNTERSIGN_REFRESH_TOKENS__RETRY_WINDOW", "0");

async fn at(url: &str, changes: &[(&str, &str)]) -> Arc<TestServer> {
    let changes = [&ENABLED[..], &[("DATABASE_URL", url)], changes].concat();
    Arc::new(TestServer::start(&changes).await)
}

/// Uses one token so many times at once, at these servers in turn.
async fn at_once(servers: &[Arc<TestServer>], token: &str, times: usize) -> Vec<Reply> {
    let mut running = JoinSet::new();
    for server in servers.iter().cycle().take(times) {
        let (server, token) = (Arc::clone(server), token.to_owned());
        running.spawn(async move { refresh(&server, &token).await });
    }
    running.join_all().await
}

/// How many live tokens each family has.
async fn live_tokens(url: &str) -> Vec<usize> {
    let database = Database::open(&url.parse().expect("a URL")).expect("opens");
    let (family, token) = ("refreshFamily", "refreshToken");
    let families = Query::select().column("name").from(family).take();
    let live = Query::select()
        .column((token, "family"))
        .from(token)
        .inner_join(family, Expr::col((family, "name")).equals((token, "family")))
        .and_where(Expr::col((token, "generation")).equals((family, "generation")))
        .take();
    let rows = database.fetch_all(&live).await.expect("reads");
    let of: Vec<_> = rows.iter().map(|row| row.text("family").expect("a name")).collect();
    let families = database.fetch_all(&families).await.expect("reads");
    let names = families.iter().map(|row| row.text("name").expect("a name"));
    names.map(|name| of.iter().filter(|other| **other == name).count()).collect()
}

/// T206 and T309: of many at once one is served, and what it got goes on.
async fn one_of_many_wins(url: &str, rounds: usize) {
    let servers = [at(url, &[NO_WINDOW]).await, at(url, &[NO_WINDOW]).await];
    let device = Device::signed_up(&servers[0]).await;
    for round in 0..rounds {
        let first = device.begin(&servers[0]).await;
        let replies = at_once(&servers, &first.refresh, MANY).await;
        let (good, others): (Vec<_>, Vec<_>) =
            replies.iter().partition(|reply| reply.status == 200);
        assert_eq!(good.len(), 1, "round {round}");
        for reply in others {
            assert_not_good(reply, "came too late");
        }
        let second = refreshed(&servers[1], &Pair::of(good[0]).refresh).await;
        if round + 1 == rounds {
            assert!(live_tokens(url).await.iter().all(|live| *live == 1));
            assert_not_good(&refresh(&servers[0], &first.refresh).await, "stolen");
            assert_not_good(&refresh(&servers[1], &second.refresh).await, "of a dead family");
        }
    }
}

/// 64 clients share a family, retries and all: whoever got a token uses it.
async fn many_retries_share_one_successor(url: &str, rounds: usize) {
    let many = ("COUNTERSIGN_REFRESH_TOKENS__RETRIES", "63");
    let servers = [at(url, &[many]).await, at(url, &[many]).await];
    let device = Device::signed_up(&servers[0]).await;
    let mut newest = device.begin(&servers[0]).await.refresh;
    for round in 0..rounds {
        let replies = at_once(&servers, &newest, 64).await;
        let mut successors: Vec<_> = replies.iter().map(|reply| Pair::of(reply).refresh).collect();
        successors.sort();
        successors.dedup();
        assert_eq!(successors.len(), 1, "round {round}");
        assert_eq!(live_tokens(url).await, [1], "round {round}");
        newest = successors.remove(0);
    }
}

/// What a future gives that is dropped after so many steps, and the steps that it took.
async fn for_so_many_steps<F: Future>(future: F, most: usize) -> (Option<F::Output>, usize) {
    let mut future = pin!(future);
    let mut steps = 0;
    let limited = poll_fn(|context| {
        if steps == most {
            return Poll::Ready(None);
        }
        steps += 1;
        future.as_mut().poll(context).map(Some)
    });
    (limited.await, steps)
}

/// T216: a request is dropped after so many steps, as a client that hangs up makes it; up to twice as many as the
/// last whole one took, which depends on the database.
async fn broken_off(url: &str) {
    let server = at(url, &[]).await;
    let device = Device::signed_up(&server).await;
    let mut newest = device.begin(&server).await.refresh;
    let (mut dropped, mut finished) = (0, 0);
    let mut whole = 1;
    for round in 0..100 {
        let steps = round % (2 * whole + 1);
        match for_so_many_steps(refresh(&server, &newest), steps).await.0 {
            Some(reply) => {
                finished += 1;
                assert_eq!(reply.status, 200, "{}", reply.body);
            }
            None => dropped += 1,
        }
        let (next, took) = for_so_many_steps(refreshed(&server, &newest), usize::MAX).await;
        newest = next.expect("it is not dropped").refresh;
        whole = took;
        assert_eq!(live_tokens(url).await, [1], "after {steps} steps");
    }
    assert!(dropped > 10 && finished > 0, "{dropped} dropped, {finished} finished");
}

/// T217: sessions are revoked while tokens are refreshed.
async fn revoked_meanwhile(url: &str, rounds: usize) {
    let server = at(url, &[]).await;
    Device::signed_up(&server).await;
    for round in 0..rounds {
        let device = Device::signed_in(&server).await;
        let first = device.begin(&server).await;
        let (one, other) = (Arc::clone(&server), first.refresh.clone());
        let refreshing = tokio::spawn(async move { refresh(&one, &other).await });
        let revoked = device.post(&server, "/revoke-sessions", &json!({})).await;
        assert_eq!(revoked.status, 200, "round {round}");
        let reply = refreshing.await.expect("no panic");
        let newest = if reply.status == 200 { Pair::of(&reply).refresh } else { first.refresh };
        assert_not_good(&refresh(&server, &newest).await, "revoked");
    }
}

/// T209: the server stops working between two statements of a rotation.
async fn stopped_half_way(url: &str, break_off: impl AsyncFn(), repair: impl AsyncFn()) {
    let server = at(url, &[]).await;
    let device = Device::signed_up(&server).await;
    let first = device.begin(&server).await;
    break_off().await;
    let reply = refresh(&server, &first.refresh).await;
    assert!(reply.status.is_server_error(), "{} {}", reply.status, reply.body);
    assert_eq!(live_tokens(url).await, [1]);
    repair().await;
    let second = refreshed(&server, &first.refresh).await;
    assert_eq!(refreshed(&server, &first.refresh).await.refresh, second.refresh);
    assert_eq!(live_tokens(url).await, [1]);
}

fn on_sqlite() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}", folder.path().join("auth.db").display());
    (folder, url)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn t206_of_many_at_once_one_is_served_on_sqlite() {
    let (_folder, url) = on_sqlite();
    one_of_many_wins(&url, 200).await;
    let (_folder, url) = on_sqlite();
    many_retries_share_one_successor(&url, 20).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn t217_what_is_revoked_while_it_is_refreshed_is_revoked_on_sqlite() {
    let (_folder, url) = on_sqlite();
    revoked_meanwhile(&url, 30).await;
}

#[tokio::test]
async fn t209_a_rotation_that_stops_half_way_did_not_happen_on_sqlite() {
    for when in [
        "BEFORE INSERT ON refreshToken",
        "AFTER INSERT ON refreshToken",
        "AFTER UPDATE ON refreshFamily",
    ] {
        let (_folder, url) = on_sqlite();
        let run = async |sql: String| {
            let database = Database::open(&url.parse().expect("a URL")).expect("opens");
            database.execute(&Text(sql)).await.map(|_| ()).expect("runs");
        };
        let stop = format!("CREATE TRIGGER stop {when} BEGIN SELECT RAISE(ABORT, 'stops'); END");
        let break_off = async || run(stop.clone()).await;
        let repair = async || run("DROP TRIGGER stop".to_owned()).await;
        stopped_half_way(&url, break_off, repair).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn t206_t209_t216_t217_t309_on_postgresql() {
    let server = Postgres::start().expect("PostgreSQL starts");
    let url = |name: &str| server.new_database(name).expect("a database");
    one_of_many_wins(&url("winners"), 40).await;
    many_retries_share_one_successor(&url("retries"), 10).await;
    broken_off(&url("broken")).await;
    revoked_meanwhile(&url("revoked"), 30).await;

    let run = |name: &str, sql: &str| server.run(name, sql).map(|_| ()).expect("runs");
    let fault = "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS \
                 $$ BEGIN RAISE EXCEPTION 'the server stops'; END $$;";
    for (name, trigger) in [
        ("before_insert", "TRIGGER stop BEFORE INSERT ON \"refreshToken\""),
        ("after_insert", "TRIGGER stop AFTER INSERT ON \"refreshToken\""),
        (
            "at_commit",
            "CONSTRAINT TRIGGER stop AFTER INSERT ON \"refreshToken\" DEFERRABLE INITIALLY DEFERRED",
        ),
        ("after_update", "TRIGGER stop AFTER UPDATE ON \"refreshFamily\""),
    ] {
        let create = format!("{fault} CREATE {trigger} FOR EACH ROW EXECUTE FUNCTION fail()");
        let break_off = async || run(name, &create);
        let repair = async || run(name, "DROP FUNCTION fail() CASCADE");
        stopped_half_way(&url(name), break_off, repair).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn t206_t209_t217_t309_on_mariadb() {
    let server = MariaDb::start().expect("MariaDB starts");
    let url = |name: &str| server.new_database(name).expect("a database");
    one_of_many_wins(&url("winners"), 20).await;
    many_retries_share_one_successor(&url("retries"), 10).await;
    revoked_meanwhile(&url("revoked"), 20).await;

    let run = |name: &str, sql: &str| server.run(name, sql).map(|_| ()).expect("runs");
    for (name, when) in [
        ("before_insert", "BEFORE INSERT ON refreshToken"),
        ("after_insert", "AFTER INSERT ON refreshToken"),
        ("after_update", "AFTER UPDATE ON refreshFamily"),
    ] {
        let create = format!(
            "CREATE TRIGGER stop {when} FOR EACH ROW \
             SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the server stops'"
        );
        let break_off = async || run(name, &create);
        let repair = async || run(name, "DROP TRIGGER stop");
        stopped_half_way(&url(name), break_off, repair).await;
    }
}

#[tokio::test]
async fn t205_guards_are_told_of_the_session_that_a_theft_ended() {
    let (_folder, url) = on_sqlite();
    let server = at(&url, &[]).await;
    let database = Database::open(&url.parse().expect("a URL")).expect("opens");
    let first = Device::signed_up(&server).await.begin(&server).await;
    let second = refreshed(&server, &first.refresh).await;
    refreshed(&server, &second.refresh).await;
    let kinds = async || {
        let entries = revocations::between(&database, 0, 100, server.clock.now(), 100).await;
        let entries = entries.expect("reads").into_iter().map(|entry| entry.kind);
        entries.collect::<Vec<_>>()
    };
    assert!(kinds().await.is_empty());
    assert_not_good(&refresh(&server, &first.refresh).await, "used twice");
    assert_eq!(kinds().await, ["s"]);
}

#[tokio::test]
async fn t219_rows_whose_time_is_over_can_be_removed_and_others_stay() {
    let (_folder, url) = on_sqlite();
    let server = at(&url, &[]).await;
    let database = Database::open(&url.parse().expect("a URL")).expect("opens");
    let old = Device::signed_up(&server).await.begin(&server).await;
    refreshed(&server, &old.refresh).await;
    server.clock.advance(SignedDuration::from_hours(24 * 14));
    let young = Device::signed_in(&server).await.begin(&server).await;
    let remove = async || {
        let now = server.clock.now();
        let tokens = expired::purge(&database, Ending::RefreshTokens, now).await;
        let families = expired::purge(&database, Ending::RefreshFamilies, now).await;
        (tokens.expect("removes"), families.expect("removes"))
    };
    assert_eq!(remove().await, (2, 0));
    server.clock.advance(SignedDuration::from_hours(24 * 16));
    assert_eq!(remove().await, (1, 1));
    assert_eq!(live_tokens(&url).await.len(), 1);
    assert_not_good(&refresh(&server, &young.refresh).await, "over and removed");
    server.clock.advance(SignedDuration::from_hours(24 * 14));
    assert_eq!(remove().await, (0, 1));
}

#[tokio::test]
async fn where_the_database_counts_ids_families_have_names_of_their_own() {
    let (_folder, url) = on_sqlite();
    let database = Database::open(&url.parse().expect("a URL")).expect("opens");
    let user = "CREATE TABLE \"user\" (\"id\" integer primary key not null, \"name\" text not null, \
                \"email\" text not null unique, \"emailVerified\" integer not null, \"image\" text, \
                \"createdAt\" date not null, \"updatedAt\" date not null)";
    database.execute(&Text(user.to_owned())).await.expect("makes it");
    let changes = [&ENABLED[..], &[("DATABASE_URL", url.as_str())]].concat();
    let settings = settings(&changes).unwrap_or_else(|error| panic!("{error}"));
    let Findings { database, inspection, .. } = inspect(&settings).await.expect("inspects");
    database.complete(&inspection).await.expect("completes");

    let server = at(&url, &[]).await;
    let device = Device::signed_up(&server).await;
    let (first, other) = (device.begin(&server).await, device.begin(&server).await);
    let second = refreshed(&server, &first.refresh).await;
    assert_eq!(refreshed(&server, &first.refresh).await.refresh, second.refresh);
    assert_eq!(live_tokens(&url).await, [1, 1]);
    refreshed(&server, &second.refresh).await;
    refreshed(&server, &other.refresh).await;
    assert_not_good(&refresh(&server, &first.refresh).await, "used twice");
    assert!(!device.is_signed_in(&server).await);
}

/// T214: whoever reads the database reads no token that somebody may use.
#[tokio::test]
async fn t214_the_database_holds_no_token_that_was_shown() {
    let (folder, url) = on_sqlite();
    let server = at(&url, &[]).await;
    let mut pair = Device::signed_up(&server).await.begin(&server).await;
    let mut shown = vec![pair.refresh.clone()];
    for _ in 0..100 {
        pair = refreshed(&server, &pair.refresh).await;
        shown.push(pair.refresh.clone());
    }
    let mut files = 0;
    for file in std::fs::read_dir(folder.path()).expect("a folder") {
        let bytes = std::fs::read(file.expect("a file").path()).expect("reads");
        let text = String::from_utf8_lossy(&bytes);
        assert!(text.contains("refreshFamily") || files > 0);
        files += 1;
        for token in &shown {
            assert!(!text.contains(&token[4..]), "a token is in the database");
        }
        assert!(!text.contains("csr_"));
    }
    assert!(files > 0);
}
