//! Several servers that begin at the same time.

use std::{
    thread,
    time::{Duration, Instant},
};

use countersign_testing::{binaries::Countersign, file_in, mariadb::MariaDb, postgres::Postgres};

use crate::{
    wire::{binary, jwks, session, sign_up, token},
    writers::rounds,
};

/// Three begin on an empty database; all serve, and each knows what the others wrote.
#[expect(clippy::disallowed_methods, reason = "how long a real start takes is what is tested")]
fn three_at_once(database_url: &str) {
    let begun = Instant::now();
    let start = || Countersign::start(binary(), &[("DATABASE_URL", database_url)]);
    let servers: Vec<_> = thread::scope(|scope| {
        let starts: Vec<_> = (0..3).map(|_| scope.spawn(start)).collect();
        starts.into_iter().map(|start| start.join().expect("no panic")).collect()
    });
    let servers: Vec<_> = servers
        .into_iter()
        .map(|server| server.unwrap_or_else(|error| panic!("{error}")))
        .collect();
    assert!(begun.elapsed() < Duration::from_secs(5), "a lock was held");
    let cookies = thread::scope(|scope| {
        let people = servers.iter().enumerate().map(|(number, server)| {
            let email = format!("person{number}@example.com");
            let origin = server.url();
            scope.spawn(move || {
                let cookie = sign_up(origin, &email);
                token(origin, &cookie);
                cookie
            })
        });
        let people: Vec<_> = people.collect();
        people.into_iter().map(|person| person.join().expect("no panic")).collect::<Vec<_>>()
    });
    for (number, cookie) in cookies.iter().enumerate() {
        for server in &servers {
            let email = format!("person{number}@example.com");
            assert_eq!(session(server.url(), cookie)["user"]["email"], email);
        }
    }
    assert!(servers.iter().all(|server| jwks(server.url()).contains("kid")));
}

#[test]
fn t301_three_servers_begin_at_once_in_a_file() {
    let folder = tempfile::tempdir().expect("a folder");
    for round in 0..rounds(4) {
        three_at_once(&file_in(&folder, &format!("{round}.db")));
    }
}

#[test]
fn t301_three_servers_begin_at_once_on_postgresql() {
    let server = Postgres::start().expect("PostgreSQL starts");
    for round in 0..rounds(4) {
        three_at_once(&server.new_database(&format!("r{round}")).expect("a database"));
    }
}

#[test]
fn t301_three_servers_begin_at_once_on_mariadb() {
    let server = MariaDb::start().expect("MariaDB starts");
    for round in 0..rounds(4) {
        three_at_once(&server.new_database(&format!("r{round}")).expect("a database"));
    }
}
