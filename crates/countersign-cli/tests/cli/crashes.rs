//! Ends in the middle of writing: of the server, of the database, in bad order and in good.
//!
//! `COUNTERSIGN_FAULT_ROUNDS` says how often; the seed of a round is its number.

use std::time::{Duration, Instant};

use countersign_testing::{binaries::Countersign, file_in, http::send, postgres::Postgres};

use crate::{
    wire::{binary, sign_in},
    writers::{Promise, assert_kept, assert_whole, rounds, write_while},
};

/// Some answers later, so that each round ends at another moment.
fn a_moment(origin: &str, random: &mut fastrand::Rng) {
    for _ in 0..random.usize(0..30) {
        assert_eq!(send(origin, "GET", "/api/auth/ok", &[], None).status, 200);
    }
}

#[expect(clippy::disallowed_methods, reason = "how long a real start takes is what is tested")]
fn start(database_url: &str) -> (Countersign, Duration) {
    let begun = Instant::now();
    let server = Countersign::start(binary(), &[("DATABASE_URL", database_url)]);
    (server.expect("it starts"), begun.elapsed())
}

/// Everything that was promised in this round is there, and one of them signs in.
fn assert_round(server: &Countersign, database_url: &str, promises: &[Promise]) -> i64 {
    assert_kept(server.url(), promises);
    if let Some(promise) = promises.last() {
        sign_in(server.url(), &promise.email);
    }
    assert_whole(database_url)
}

fn killed_while_it_writes(database_url: &str) {
    let (mut server, _) = start(database_url);
    let (mut promised, mut users, mut slowest) = (0, 0, Duration::ZERO);
    for round in 0..rounds(10) {
        let mut random = fastrand::Rng::with_seed(round as u64);
        let url = server.url().to_owned();
        let killer = server.process().stopper();
        let written = write_while(&url, round, random.usize(1..30), || {
            a_moment(&url, &mut random);
            killer.kill();
        });
        assert_eq!(written.unavailable, 0, "a queue was full");
        let took;
        (server, took) = start(database_url);
        slowest = slowest.max(took);
        promised += written.promises.len();
        users = assert_round(&server, database_url, &written.promises);
        assert!(usize::try_from(users).expect("a count") >= promised);
    }
    println!("{promised} sign-ups were promised, {users} are there; slowest start {slowest:?}");
    assert!(slowest < Duration::from_secs(2), "a start took {slowest:?}");
}

#[test]
fn t296_what_was_answered_is_there_after_a_kill_on_sqlite() {
    let folder = tempfile::tempdir().expect("a folder");
    killed_while_it_writes(&file_in(&folder, "a.db"));
}

#[test]
fn t296_what_was_answered_is_there_after_a_kill_on_postgresql() {
    let database = Postgres::start().expect("PostgreSQL starts");
    killed_while_it_writes(database.url());
}

#[test]
#[expect(clippy::disallowed_methods, reason = "how long writing fails is what is tested")]
fn t295_a_database_that_crashes_is_unavailable_and_comes_back() {
    let mut database = Postgres::start().expect("PostgreSQL starts");
    let database_url = database.url().to_owned();
    let (server, _) = start(&database_url);
    let (mut promised, mut unavailable, mut slowest) = (0, 0, Duration::ZERO);
    for round in 0..rounds(3) {
        let mut random = fastrand::Rng::with_seed(round as u64);
        let written = write_while(server.url(), round, random.usize(8..40), || {
            a_moment(server.url(), &mut random);
            database.stop();
            database.start_again().expect("it recovers");
            let back = Instant::now();
            // Without waiting: each try is a request, and the first that succeeds is the end.
            while try_sign_up(server.url(), &format!("after{round}@example.com")) == 503 {
                assert!(back.elapsed() < Duration::from_secs(5), "it does not come back");
            }
            slowest = slowest.max(back.elapsed());
        });
        assert_eq!(written.unanswered, [""; 0]);
        promised += written.promises.len();
        unavailable += written.unavailable;
        assert_round(&server, &database_url, &written.promises);
    }
    println!("{promised} promised, {unavailable} times 503, back after {slowest:?}");
}

fn try_sign_up(origin: &str, email: &str) -> u16 {
    let body = serde_json::json!({ "name": "Ann", "email": email, "password": "password1234" });
    let status =
        crate::wire::try_post(origin, "/sign-up/email", "", &body).expect("it is there").status;
    assert!(matches!(status, 200 | 503), "{status}");
    status
}

fn told_to_stop_while_it_writes(database_url: &str) {
    let mut promised = 0;
    for round in 0..rounds(5) {
        let (mut server, _) = start(database_url);
        let mut random = fastrand::Rng::with_seed(round as u64);
        let url = server.url().to_owned();
        let stopper = server.process().stopper();
        let written = write_while(&url, round, random.usize(1..30), || {
            a_moment(&url, &mut random);
            stopper.stop();
        });
        assert_eq!((written.unavailable, &written.unanswered[..]), (0, &[][..]));
        let said: Vec<_> = std::iter::from_fn(|| server.process().next_line()).collect();
        assert!(said.iter().any(|line| line.contains("every request was answered")), "{said:?}");
        promised += written.promises.len();
        let (server, _) = start(database_url);
        assert_round(&server, database_url, &written.promises);
    }
    println!("{promised} sign-ups were promised and are there");
}

#[test]
fn t312_sigterm_under_load_loses_no_request_on_sqlite() {
    let folder = tempfile::tempdir().expect("a folder");
    told_to_stop_while_it_writes(&file_in(&folder, "a.db"));
}

#[test]
fn t312_sigterm_under_load_loses_no_request_on_postgresql() {
    let database = Postgres::start().expect("PostgreSQL starts");
    told_to_stop_while_it_writes(database.url());
}
