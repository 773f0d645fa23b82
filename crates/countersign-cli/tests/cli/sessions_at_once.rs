//! Sessions that begin while others end.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use countersign_testing::{binaries::Countersign, postgres::Postgres};
use serde_json::json;

use crate::wire::{binary, session, sign_in, sign_up, try_post};

const ROUNDS: usize = 150;

/// What ends is named, session by session: a user's other tokens stay good.
#[test]
fn t222_who_ends_other_sessions_while_one_begins_keeps_the_tokens_of_this_one() {
    let postgres = Postgres::start().expect("PostgreSQL starts");
    let server = Countersign::start(binary(), &[("DATABASE_URL", postgres.url())]);
    let server = server.expect("it starts");
    let url = server.url();
    let cookie = sign_up(url, "ann@example.com");
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while !is_over.load(Ordering::Relaxed) {
                    sign_in(url, "ann@example.com");
                }
            });
        }
        let ended = (0..ROUNDS).map(|_| {
            try_post(url, "/revoke-other-sessions", &cookie, &json!({})).expect("an answer")
        });
        let statuses: Vec<u16> = ended.map(|answer| answer.status).collect();
        is_over.store(true, Ordering::Relaxed);
        assert_eq!(statuses, [200; ROUNDS]);
    });
    assert_eq!(session(url, &cookie)["user"]["email"], "ann@example.com");
    let count = |kind| {
        let sql = format!("SELECT COUNT(*) FROM revocation WHERE kind = '{kind}'");
        let said = postgres.run("postgres", &sql).expect("counts");
        said.trim().parse::<usize>().expect("a number")
    };
    assert!(count("s") > 0, "no session began meanwhile");
    assert_eq!(count("u"), 0, "all tokens of the user were taken back");
}
