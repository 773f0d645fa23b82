//! What was taken back, in the order of commits, and the guards that follow it.

use countersign_store::{
    Database,
    revocation_guards::{self, GuardRow},
    revocations::{self, Head, RevocationRow},
    schema::{BETTER_AUTH, REVOCATION},
};
use jiff::{SignedDuration, Timestamp};

use crate::{
    engines::stories,
    ids::{Sql, counted},
};

fn now() -> Timestamp {
    "2027-01-15T08:00:00Z".parse().expect("a time")
}

stories! {
    a_sequence_begins_once,
    numbers_are_in_the_order_of_commits_and_none_is_left_out,
    what_was_not_committed_took_no_number,
    entries_are_read_by_their_numbers_until_they_are_over,
    what_is_over_is_forgotten_in_batches,
    guards_are_where_they_said_last,
    ids_are_texts_also_where_users_are_counted,
}

async fn begun(database: &Database) {
    database.create(&REVOCATION).await.expect("creates");
    database.execute(&revocations::begin(&head("first"))).await.expect("begins");
}

fn head(epoch: &str) -> Head {
    Head { epoch: epoch.to_owned(), key: "key".to_owned(), sequence: 0 }
}

fn entry(sequence: i64, until: i64) -> (String, RevocationRow) {
    let row = RevocationRow {
        sequence,
        kind: "s".to_owned(),
        hash: "AAAAAAAAAAE".to_owned(),
        until,
        before: None,
    };
    (format!("id-{sequence}"), row)
}

/// Adds so many entries in one transaction.
async fn record(database: &Database, count: i64) {
    let mut transaction = database.begin().await.expect("begins");
    assert_eq!(transaction.execute(&revocations::advance(count)).await.expect("moves"), 1);
    let last = revocations::head_in(&mut transaction).await.expect("reads").expect("a head");
    let until = now().as_second();
    let rows: Vec<_> =
        (last.sequence - count + 1..=last.sequence).map(|at| entry(at, until)).collect();
    for insert in revocations::insert(&rows, now()) {
        transaction.execute(&insert).await.expect("inserts");
    }
    transaction.commit().await.expect("commits");
}

async fn last(database: &Database) -> i64 {
    revocations::head(database).await.expect("reads").expect("a head").sequence
}

async fn numbers(database: &Database, after: i64, up_to: i64) -> Vec<i64> {
    let rows = revocations::between(database, after, up_to, now(), 10_000).await.expect("reads");
    rows.into_iter().map(|row| row.sequence).collect()
}

async fn a_sequence_begins_once(database: Database) {
    database.create(&REVOCATION).await.expect("creates");
    assert_eq!(database.execute(&revocations::advance(1)).await.expect("runs"), 0);
    database.execute(&revocations::begin(&head("first"))).await.expect("begins");
    let error = database.execute(&revocations::begin(&head("second"))).await.expect_err("refused");
    assert!(error.is_duplicate(), "{error}");
    let found = revocations::head(&database).await.expect("reads").expect("a head");
    assert_eq!((found.epoch.as_str(), found.sequence), ("first", 0));
    database.execute(&revocations::rename("third")).await.expect("renames");
    let found = revocations::head(&database).await.expect("reads").expect("a head");
    assert_eq!((found.epoch.as_str(), found.key.as_str()), ("third", "key"));
}

/// Somebody follows while twenty write.
async fn numbers_are_in_the_order_of_commits_and_none_is_left_out(database: Database) {
    begun(&database).await;
    let writers: Vec<_> = (0..20)
        .map(|number| {
            let database = database.clone();
            tokio::spawn(async move {
                for _ in 0..5 {
                    record(&database, 1 + number % 3).await;
                }
            })
        })
        .collect();
    let (mut at, mut seen) = (0, Vec::new());
    while writers.iter().any(|writer| !writer.is_finished()) {
        let to = last(&database).await;
        seen.extend(numbers(&database, at, to).await);
        at = to;
        tokio::task::yield_now().await;
    }
    for writer in writers {
        writer.await.expect("no panic");
    }
    let to = last(&database).await;
    seen.extend(numbers(&database, at, to).await);
    let all: i64 = (0..20).map(|number| 5 * (1 + number % 3)).sum();
    assert_eq!(seen, (1..=all).collect::<Vec<_>>());
}

async fn what_was_not_committed_took_no_number(database: Database) {
    begun(&database).await;
    let mut transaction = database.begin().await.expect("begins");
    transaction.execute(&revocations::advance(7)).await.expect("moves");
    drop(transaction);
    record(&database, 1).await;
    assert_eq!(numbers(&database, 0, 10).await, [1]);
}

async fn entries_are_read_by_their_numbers_until_they_are_over(database: Database) {
    begun(&database).await;
    let second = now().as_second();
    let mut rows: Vec<_> = (1..=5).map(|at| entry(at, second - 2 + at % 3)).collect();
    rows[0].1 =
        RevocationRow { kind: "u".to_owned(), before: Some(9), until: second, ..rows[0].1.clone() };
    let ends: Vec<_> = rows.iter().map(|(_, row)| row.until - second).collect();
    assert_eq!(ends, [0, 0, -2, -1, 0]);
    for insert in revocations::insert(&rows, now()) {
        database.execute(&insert).await.expect("inserts");
    }
    assert_eq!(numbers(&database, 0, 5).await, [1, 2, 5]);
    assert_eq!(numbers(&database, 1, 4).await, [2]);
    let read = revocations::between(&database, 0, 5, now(), 1).await.expect("reads");
    assert_eq!(read, [rows[0].1.clone()]);
}

async fn what_is_over_is_forgotten_in_batches(database: Database) {
    begun(&database).await;
    let second = now().as_second();
    let rows: Vec<_> = (1..=1_200).map(|at| entry(at, second - 1 + i64::from(at > 700))).collect();
    for insert in revocations::insert(&rows, now()) {
        database.execute(&insert).await.expect("inserts");
    }
    assert!(revocations::forget_some(&database, now()).await.expect("forgets"));
    assert!(!revocations::forget_some(&database, now()).await.expect("forgets"));
    assert_eq!(numbers(&database, 0, 2_000).await.len(), 500);
    assert!(!revocations::forget_some(&database, now()).await.expect("forgets"));
}

async fn guards_are_where_they_said_last(database: Database) {
    begun(&database).await;
    let guard = |name: &str| GuardRow {
        name: name.to_owned(),
        resource_server: "tasks".to_owned(),
        epoch: String::new(),
        sequence: 0,
        kids: None,
        seen_at: now(),
    };
    assert_eq!(database.execute(&revocation_guards::update(&guard("a"))).await.expect("runs"), 0);
    for name in ["a", "b", "c"] {
        database.execute(&revocation_guards::insert(name, &guard(name))).await.expect("inserts");
    }
    let again = revocation_guards::insert("d", &guard("a"));
    assert!(database.execute(&again).await.expect_err("refused").is_duplicate());
    let later = now() + SignedDuration::from_secs(1);
    let moved = GuardRow { sequence: 2, kids: Some("k1".to_owned()), seen_at: later, ..guard("c") };
    assert_eq!(database.execute(&revocation_guards::update(&moved)).await.expect("runs"), 1);
    let confirm = revocation_guards::confirm(&["a", "b"], ("first", 3, Some("k2")), now());
    assert_eq!(database.execute(&confirm).await.expect("runs"), 2);
    let there = |name| GuardRow {
        epoch: "first".to_owned(),
        sequence: 3,
        kids: Some("k2".to_owned()),
        ..guard(name)
    };
    let all = revocation_guards::list(&database, now()).await.expect("reads");
    assert_eq!(all, [there("a"), there("b"), moved.clone()]);
    assert_eq!(revocation_guards::list(&database, later).await.expect("reads"), [moved]);
    database.execute(&revocation_guards::forget(later)).await.expect("forgets");
    assert_eq!(revocation_guards::list(&database, now()).await.expect("reads").len(), 1);
}

async fn ids_are_texts_also_where_users_are_counted(database: Database) {
    database.execute(&Sql(counted(database.dialect()))).await.expect("a table");
    let tables: Vec<_> = BETTER_AUTH[..1].iter().chain(&REVOCATION).collect();
    let inspection = database.inspect(&tables).await.expect("inspects");
    database.complete(&inspection).await.expect("completes");
    let inspection = database.inspect(&tables).await.expect("inspects");
    assert!(inspection.is_complete(), "{inspection}");
    let database = database.as_found(&inspection);
    database.execute(&revocations::begin(&head("first"))).await.expect("begins");
    record(&database, 1).await;
    record(&database, 2).await;
    assert_eq!(numbers(&database, 0, 3).await, [1, 2, 3]);
}
