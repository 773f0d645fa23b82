//! Two servers on one database that were not told the same.

use countersign_testing::{SECRET, binaries::Countersign, file_in, http::send};

use crate::wire::{binary, sign_up_from, token};

const OTHER_SECRET: &str = "another-secret-for-tests-only-0123456789abcdef";

#[test]
fn t313_a_node_that_joins_with_another_secret_is_an_alarm_on_the_ones_that_are_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = file_in(&folder, "a.db");
    let start = |secret: &str| {
        let settings = [
            ("DATABASE_URL", database.as_str()),
            ("BETTER_AUTH_SECRET", secret),
            ("BETTER_AUTH_URL", "https://auth.test"),
        ];
        Countersign::start(binary(), &settings).expect("it starts")
    };
    let ready = |server: &Countersign| {
        let answer = send(server.url(), "GET", "/readyz", &[], None);
        assert!(!answer.body.contains(SECRET) && !answer.body.contains(OTHER_SECRET));
        (answer.status, answer.body)
    };
    let mut first = start(SECRET);
    let ann = sign_up_from("https://auth.test", first.url(), "ann@example.com");
    token(first.url(), &ann);
    let (status, alone) = ready(&first);
    assert!(status == 200 && alone.lines().count() == 2, "{alone}");

    let joined = start(OTHER_SECRET);
    let (status, said) = ready(&joined);
    let closed = "1 of 1 signing keys cannot be opened with this server's secrets";
    let differs = "another server on this database has another configuration";
    assert!(status == 200 && said.contains(closed) && said.contains(differs), "{said}");
    assert!(ready(&first).1.contains(differs));

    let mut said_by = |what: &str| loop {
        let line = first.process().next_line().expect("it runs");
        assert!(!line.contains(SECRET) && !line.contains(OTHER_SECRET), "{line}");
        if line.contains(what) {
            return line;
        }
    };
    let alarm = said_by("this server needs an operator");
    assert!(alarm.contains("ERROR") && alarm.contains("server.secret; give all"), "{alarm}");
    drop(joined);
    // It said that it is gone.
    said_by("and does not any more");
    assert_eq!(ready(&first).1, alone);
}
