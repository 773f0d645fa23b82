//! Nodes come and go while the service is used: an upgrade one after the other, and a crash.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use countersign_jwt::dangerous::read_without_verifying;
use reqwest::{Client, StatusCode};
use serde_json::json;
use tokio::task::{JoinSet, block_in_place};

use super::stack::{ORIGIN, Stack};
use crate::wire::sign_up_from;

/// People who use the service at once.
const PEOPLE: usize = 8;

/// What each of them gets answered before and after each change.
const ENOUGH: usize = 20;

/// What people were answered.
#[derive(Default)]
struct Answered {
    by_person: [AtomicUsize; PEOPLE],
    lost_reads: AtomicUsize,
    lost_writes: AtomicUsize,
    is_over: AtomicBool,
}

impl Answered {
    /// Returns when each has been answered so often since now.
    async fn some_more(&self) {
        let count = |person: &AtomicUsize| person.load(Ordering::Relaxed);
        let before: Vec<usize> = self.by_person.iter().map(count).collect();
        while self.by_person.iter().zip(&before).any(|(now, then)| count(now) < then + ENOUGH) {
            tokio::task::yield_now().await;
        }
    }

    fn answers(&self) -> usize {
        self.by_person.iter().map(|person| person.load(Ordering::Relaxed)).sum()
    }

    fn lost(&self) -> (usize, usize) {
        (self.lost_reads.load(Ordering::Relaxed), self.lost_writes.load(Ordering::Relaxed))
    }
}

/// Reads a session and writes a name by turns, until it is over.
async fn use_it(
    service: String,
    client: Client,
    cookie: String,
    person: usize,
    seen: Arc<Answered>,
) {
    for number in 0.. {
        if seen.is_over.load(Ordering::Relaxed) {
            break;
        }
        let is_read = number % 2 == 0;
        let request = if is_read {
            client.get(format!("{service}/get-session"))
        } else {
            let name = json!({ "name": format!("Ann {number}") }).to_string();
            let request = client.post(format!("{service}/update-user")).header("Origin", ORIGIN);
            request.header("Content-Type", "application/json").body(name)
        };
        let answer = request.header("Cookie", &cookie).send().await;
        let status = answer.as_ref().map(reqwest::Response::status);
        if !status.as_ref().is_ok_and(StatusCode::is_success) {
            eprintln!("lost, a read: {is_read}: {answer:?}");
            let lost = if is_read { &seen.lost_reads } else { &seen.lost_writes };
            lost.fetch_add(1, Ordering::Relaxed);
        }
        seen.by_person[person].fetch_add(1, Ordering::Relaxed);
    }
}

/// Follows the feed behind nginx, until it is over.
async fn follow(service: String, client: Client, seen: Arc<Answered>) {
    let mut question = "/revocations".to_owned();
    while !seen.is_over.load(Ordering::Relaxed) {
        let answer = client.get(format!("{service}{question}")).send().await;
        let Some(answer) = answer.ok().filter(|answer| answer.status().is_success()) else {
            eprintln!("lost: a question for news");
            seen.lost_reads.fetch_add(1, Ordering::Relaxed);
            continue;
        };
        let news = answer.text().await.expect("it is whole");
        let claims = read_without_verifying(&news).expect("a message").claims;
        let epoch = claims["epoch"].as_str().expect("an epoch");
        question = format!("/revocations?epoch={epoch}&after={}&wait=1", claims["to"]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upgrade_of_one_node_after_the_other_loses_no_request() {
    let mut stack = Stack::start(false, &[("COUNTERSIGN_RATE_LIMIT__ENABLED", "false")]);
    let cookies: Vec<String> = (0..PEOPLE)
        .map(|person| {
            let email = format!("ann{person}@example.com");
            sign_up_from(ORIGIN, &stack.nodes[0].url(), &email)
        })
        .collect();
    let seen = Arc::new(Answered::default());
    let mut people = JoinSet::new();
    for (person, cookie) in cookies.into_iter().enumerate() {
        let client = stack.client(u8::try_from(person + 2).expect("small"));
        people.spawn(use_it(stack.url(""), client, cookie, person, seen.clone()));
    }
    people.spawn(follow(stack.url(""), stack.client(100), seen.clone()));
    for node in 0..stack.nodes.len() {
        seen.some_more().await;
        let last_words = block_in_place(|| stack.nodes[node].stop());
        assert!(last_words.contains("every request was answered"), "{last_words}");
        seen.some_more().await;
        let answered = stack.answered_by(node);
        block_in_place(|| stack.nodes[node].start());
        // nginx leaves a node alone for a while that it could not reach: the next one stops after that.
        while stack.answered_by(node) == answered {
            seen.some_more().await;
        }
    }
    seen.some_more().await;
    assert_eq!(seen.lost(), (0, 0));

    // A crash is another matter: what it was answering is only asked again where that does no harm.
    block_in_place(|| stack.nodes[0].kill());
    seen.some_more().await;
    let (reads, writes) = seen.lost();
    println!("{} answers; a crash lost {writes} writes that were under way", seen.answers());
    assert_eq!(reads, 0);
    assert!(writes <= PEOPLE, "{writes} writes, and nobody had two under way");
    seen.is_over.store(true, Ordering::Relaxed);
    people.join_all().await;
}
