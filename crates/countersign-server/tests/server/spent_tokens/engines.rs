//! Many at once, and databases that go away, on each kind of them.

use std::sync::Arc;

use countersign_testing::{file_in, mariadb::MariaDb, postgres::Postgres};
use tokio::task::JoinSet;

use super::{spend, start};
use crate::fixture::TestServer;

async fn two(url: &str) -> [Arc<TestServer>; 2] {
    let changes = [("DATABASE_URL", url)];
    [Arc::new(start(&changes).await), Arc::new(start(&changes).await)]
}

/// A hundred use one token at two servers: it counts for one of them, and for that one again.
async fn counts_once(url: &str) {
    let servers = two(url).await;
    for round in 0..3 {
        let jti = format!("t{round}");
        let mut running = JoinSet::new();
        for number in 0..100 {
            let (server, jti) = (Arc::clone(&servers[number % 2]), jti.clone());
            running.spawn(async move {
                let attempt = number.to_string();
                (spend(&server, &jti, &attempt).await, attempt)
            });
        }
        let answers = running.join_all().await;
        let won: Vec<_> = answers.iter().filter(|(status, _)| *status == 201).collect();
        let lost = answers.iter().filter(|(status, _)| *status == 409).count();
        assert_eq!((won.len(), lost), (1, 99), "{round}");
        for server in &servers {
            assert_eq!(spend(server, &jti, &won[0].1).await, 201);
            assert_eq!(spend(server, &jti, "late").await, 409);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn t235_of_a_hundred_at_two_servers_one_passes_in_a_file() {
    let folder = tempfile::tempdir().expect("a folder");
    counts_once(&file_in(&folder, "a.db")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn t235_of_a_hundred_at_two_servers_one_passes_on_postgresql() {
    let postgres = Postgres::start().expect("PostgreSQL starts");
    counts_once(&postgres.new_database("auth").expect("a database")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn t235_of_a_hundred_at_two_servers_one_passes_on_mariadb() {
    let mariadb = MariaDb::start().expect("MariaDB starts");
    counts_once(&mariadb.new_database("auth").expect("a database")).await;
}

/// A database that is away spends nothing, and forgets nothing.
#[tokio::test]
async fn t236_while_the_database_is_away_nobody_passes_and_nothing_is_spent() {
    let mut postgres = Postgres::start().expect("PostgreSQL starts");
    let url = postgres.new_database("auth").expect("a database");
    let server = start(&[("DATABASE_URL", &url)]).await;
    assert_eq!(spend(&server, "t1", "a").await, 201);
    postgres.stop();
    for (jti, attempt) in [("t1", "b"), ("t2", "a")] {
        assert_eq!(spend(&server, jti, attempt).await, 503);
    }
    postgres.start_again().expect("PostgreSQL starts again");
    assert_eq!(spend(&server, "t1", "b").await, 409);
    assert_eq!(spend(&server, "t2", "b").await, 201, "nobody spent it");
    assert_eq!(spend(&server, "t2", "a").await, 409);
}
