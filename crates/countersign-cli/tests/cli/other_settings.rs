//! Two servers on one database that were not told the same.

use std::thread;

use countersign_testing::{SECRET, binaries::Countersign, file_in, http::send};

use crate::wire::{binary, sign_up_from, token};

const OTHER_SECRET: &str = "another-secret-for-tests-only-0123456789abcdef";
const ORIGIN: &str = "https://auth.test";

/// What its readiness says, as soon as it is this.
fn ready(server: &Countersign, is_it: impl Fn(&str) -> bool) -> String {
    loop {
        let answer = send(server.url(), "GET", "/readyz", &[], None);
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert!(!answer.body.contains(SECRET) && !answer.body.contains(OTHER_SECRET));
        if is_it(&answer.body) {
            return answer.body;
        }
        thread::yield_now();
    }
}

#[test]
fn t313_a_node_that_joins_with_another_secret_is_an_alarm_on_the_ones_that_are_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = file_in(&folder, "a.db");
    let start = |secret: &str| {
        let settings = [
            ("DATABASE_URL", database.as_str()),
            ("BETTER_AUTH_SECRET", secret),
            ("BETTER_AUTH_URL", ORIGIN),
        ];
        Countersign::start(binary(), &settings).expect("it starts")
    };
    let mut first = start(SECRET);
    let ann = sign_up_from(ORIGIN, first.url(), "ann@example.com");
    token(first.url(), &ann);
    let alone = ready(&first, |said| said.lines().count() == 2);

    let joined = start(OTHER_SECRET);
    let closed = "1 of 1 signing keys cannot be opened with this server's secrets";
    let differs = "another server on this database has another configuration";
    ready(&joined, |said| said.contains(closed) && said.contains(differs));

    let mut said_by = |what: &str| loop {
        let line = first.process().next_line().expect("it runs");
        assert!(!line.contains(SECRET) && !line.contains(OTHER_SECRET), "{line}");
        if line.contains(what) {
            return line;
        }
    };
    let alarm = said_by("this server needs an operator");
    assert!(alarm.contains("ERROR") && alarm.contains("server.secret; give all"), "{alarm}");
    // It makes a key of its own, which the right server does not open.
    let bob = sign_up_from(ORIGIN, joined.url(), "bob@example.com");
    token(joined.url(), &bob);
    let alarm = said_by("1 of 2 signing keys cannot be opened");
    assert!(alarm.contains("give it this one's secret, then `countersign keys retire"), "{alarm}");
    drop(joined);
    // It said that it is gone.
    said_by("and does not any more");
    let said = ready(&first, |said| !said.contains(differs));
    assert!(said.starts_with("ok\n1 of 2 ") && said.ends_with(&alone["ok".len()..]), "{said}");
}
