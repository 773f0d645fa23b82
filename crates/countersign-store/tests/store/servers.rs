//! The stories on PostgreSQL and MariaDB, and what only a server can do: go away and come back.

use std::time::Duration;

use countersign_store::{Database, DatabaseUrl, PoolSize, sql::Query};
use countersign_testing::{mariadb::MariaDb, postgres::Postgres};

use crate::{
    better_auth, contract,
    engines::{self, Story},
    ids, inspection, names, revocations, verifications,
};

fn stories() -> impl Iterator<Item = (String, &'static (&'static str, Story))> {
    let all = contract::STORIES
        .iter()
        .chain(better_auth::STORIES)
        .chain(inspection::STORIES)
        .chain(names::STORIES)
        .chain(ids::STORIES)
        .chain(revocations::STORIES)
        .chain(verifications::STORIES);
    all.enumerate().map(|(number, story)| (format!("story_{number}"), story))
}

#[test]
fn every_story_on_postgresql() {
    let server = Postgres::start().expect("PostgreSQL starts");
    for (place, (name, story)) in stories() {
        println!("{name}");
        engines::at(&server.new_database(&place).expect("a database"), *story);
    }
}

#[test]
fn every_story_on_mariadb() {
    let server = MariaDb::start().expect("MariaDB starts");
    for (place, (name, story)) in stories() {
        println!("{name}");
        engines::at(&server.new_database(&place).expect("a database"), *story);
    }
}

#[test]
fn tables_live_in_the_schema_that_the_url_names() {
    let server = Postgres::start().expect("PostgreSQL starts");
    server.run("postgres", "CREATE SCHEMA \"Auth\"").expect("a schema");
    let url = format!("{}?schema=Auth", server.url());
    engines::at(&url, async |database| {
        database.create(&contract::NOTES).await.expect("creates");
        database.execute(&contract::note("1", "one")).await.expect("inserts");
    });
    let said = server.run("postgres", "SELECT id FROM \"Auth\".note").expect("reads");
    assert_eq!(said.trim(), "1");
}

/// A pool that does not wait long, with connections that were used.
async fn warm(url: &str) -> Database {
    let url: DatabaseUrl = url.parse().expect("a URL");
    let size = PoolSize { connections: 4, patience: Duration::from_secs(2) };
    let database = Database::open_with(&url, size).expect("opens");
    database.create(&contract::NOTES).await.expect("creates");
    for id in ["1", "2", "3"] {
        database.execute(&contract::note(id, id)).await.expect("inserts");
    }
    database
}

async fn goes_away_and_comes_back(url: &str, stop: impl FnOnce(), start: impl FnOnce()) {
    let database = warm(url).await;
    let all = Query::select().column("id").from("note").take();
    let mut open = database.begin().await.expect("begins");
    open.execute(&contract::note("4", "4")).await.expect("inserts");
    stop();
    let error = open.commit().await.expect_err("gone");
    assert!(error.is_unavailable(), "{error}");
    let error = database.fetch_all(&all).await.err().expect("gone");
    assert!(error.is_unavailable(), "{error}");
    let error = database.execute(&contract::note("5", "5")).await.expect_err("gone");
    assert!(error.is_unavailable(), "{error}");
    start();
    assert_eq!(database.fetch_all(&all).await.expect("answers again").len(), 3);
    assert_eq!(database.execute(&contract::note("5", "5")).await.expect("inserts"), 1);
}

#[test]
fn postgresql_goes_away_and_comes_back() {
    let server = std::cell::RefCell::new(Postgres::start().expect("PostgreSQL starts"));
    let url = server.borrow().url().to_owned();
    let story = goes_away_and_comes_back(
        &url,
        || server.borrow_mut().stop(),
        || server.borrow_mut().start_again().expect("starts again"),
    );
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(story);
}

#[test]
fn mariadb_goes_away_and_comes_back() {
    let server = std::cell::RefCell::new(MariaDb::start().expect("MariaDB starts"));
    let url = server.borrow().new_database("notes").expect("a database");
    let story = goes_away_and_comes_back(
        &url,
        || server.borrow_mut().stop(),
        || server.borrow_mut().start_again().expect("starts again"),
    );
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(story);
}
