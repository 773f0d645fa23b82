//! The feed's wire: docs/revocation-feed.md.

use axum::body::Body;
use countersign_jwt::{Clock, KeySet, Verifier};
use countersign_server::StartError;
use countersign_store::{Database, sql::Query};
use countersign_testing::file_in;
use futures_util::future::join_all;
use http::Request;
use jiff::SignedDuration;
use serde_json::json;

use super::follower::{Follower, ask, next_event, payload, question, token};
use crate::fixture::{ORIGIN, TestServer, settings};

#[tokio::test]
async fn an_answer_says_what_the_page_says_and_is_no_token() {
    let server = TestServer::start(&[]).await;
    server.sign_up(&json!({})).await;
    server.post("/sign-out", &json!({})).await;
    let reply = ask(&server, "nonce=n-1_2").await;
    assert_eq!(reply.headers["content-type"], "application/jwt");
    assert_eq!(reply.headers["cache-control"], "no-store");
    let read = payload(&reply.body);
    let names: Vec<_> = read.keys().map(String::as_str).collect();
    assert_eq!(names, ["iss", "iat", "nonce", "epoch", "key", "from", "to", "more", "entries"]);
    assert_eq!((&read["iss"], &read["iat"]), (&json!(ORIGIN), &json!(1_800_000_000)));
    assert_eq!(
        (&read["nonce"], &read["from"], &read["to"]),
        (&json!("n-1_2"), &json!(0), &json!(1))
    );
    let entry = &read["entries"][0];
    assert_eq!((&entry[0], &entry[2]), (&json!("s"), &json!(1_800_000_000 + 86_400 + 120)));
    assert_eq!(
        (entry[1].as_str().expect("a hash").len(), entry.as_array().map(Vec::len)),
        (11, Some(3))
    );
    assert_eq!(read["key"].as_str().map(str::len), Some(22));

    let keys = KeySet::from_jwks_json(server.get("/jwks").await.body.as_bytes()).expect("keys");
    let verified = Verifier::new(ORIGIN, ORIGIN).verify(&reply.body, &keys, server.clock.now());
    assert_eq!(verified.expect_err("no token").code(), "refused_header");
    assert!(payload(&ask(&server, "").await.body).get("nonce").is_none());
    for bad in ["wait=31", "nonce=%20", "after=x", "guard=a/b"] {
        let reply = ask(&server, bad).await;
        assert_eq!(
            (reply.status.as_u16(), &reply.json()["code"]),
            (400, &json!("VALIDATION_ERROR")),
            "{bad}"
        );
    }
}

#[tokio::test]
async fn an_answer_is_signed_with_the_shared_secret_where_tokens_are() {
    let server = TestServer::start(&[("COUNTERSIGN_TOKEN__ALGORITHM", "HS256")]).await;
    assert_eq!(payload(&ask(&server, "").await.body)["to"], 0);
}

#[tokio::test]
async fn a_question_that_waits_is_answered_when_something_is_taken_back() {
    let server = TestServer::start(&[]).await;
    server.sign_up(&json!({})).await;
    let (token, mut follower) = (token(&server).await, Follower::of(&server).await);
    let nothing = json!({});
    let (news, signed_out) =
        tokio::join!(follower.follow(&server, 30), server.post("/sign-out", &nothing));
    assert_eq!((news, signed_out.status.as_u16()), (1, 200));
    assert!(follower.refuses(&token));
    assert_eq!(follower.follow(&server, 0).await, 0, "once is enough");
}

#[tokio::test]
async fn two_hundred_that_wait_are_answered_and_those_that_hang_up_hold_nobody_up() {
    let server = TestServer::start(&[]).await;
    server.sign_up(&json!({})).await;
    let token = token(&server).await;
    let place = Follower::of(&server).await.place;
    let follow = async || {
        let mut follower = Follower::at(place.clone());
        assert_eq!(follower.follow(&server, 30).await, 1);
        assert!(follower.refuses(&token));
    };
    // These hang up at one step or another of their question.
    for _ in 0..50 {
        let hangs_up = async { tokio::task::yield_now().await };
        tokio::select! {
            biased;
            () = follow() => panic!("nothing was taken back yet"),
            () = hangs_up => {}
        }
    }
    let nothing = json!({});
    let all = join_all((0..200).map(|_| follow()));
    let (_, signed_out) = tokio::join!(all, server.post("/sign-out", &nothing));
    assert_eq!(signed_out.status, 200);
}

#[tokio::test]
async fn a_stranger_to_the_sequence_begins_at_the_beginning() {
    let server = TestServer::start(&[]).await;
    server.sign_up(&json!({})).await;
    server.post("/sign-out", &json!({})).await;
    let epoch = Follower::of(&server).await.place.expect("a place").0;
    for held in
        ["epoch=another&after=1", &format!("epoch={epoch}&after=2"), &format!("epoch={epoch}")]
    {
        let read = payload(&ask(&server, &format!("{held}&wait=30")).await.body);
        assert_eq!((&read["from"], &read["to"]), (&json!(0), &json!(1)), "{held}");
    }
}

#[tokio::test]
async fn events_come_at_once_and_with_each_change_and_end_when_the_server_does() {
    let server = TestServer::start(&[]).await;
    server.sign_up(&json!({})).await;
    let token = token(&server).await;
    let request =
        Request::get("/api/auth/revocations?nonce=n").header("accept", "text/event-stream");
    let answer =
        server.answer("203.0.113.7", request.body(Body::empty()).expect("a request")).await;
    assert_eq!(answer.headers()["content-type"], "text/event-stream");
    let mut events = answer.into_body().into_data_stream();
    let mut follower = Follower::default();
    let (id, first) = next_event(&mut events).await.expect("an event");
    assert_eq!(follower.take(&first), 0);
    let (epoch, at) = follower.place.clone().expect("a place");
    assert_eq!(id, format!("{epoch}:{at}"));
    server.post("/sign-out", &json!({})).await;
    let (id, second) = next_event(&mut events).await.expect("an event");
    assert_eq!((follower.take(&second), id), (1, format!("{epoch}:1")));
    assert_eq!(payload(&second)["nonce"], "n");
    assert!(follower.refuses(&token));
    server.drain.begin();
    while next_event(&mut events).await.is_some() {}
}

#[tokio::test]
async fn a_server_that_stops_lets_nobody_wait() {
    let server = TestServer::start(&[]).await;
    let mut follower = Follower::of(&server).await;
    server.drain.begin();
    assert_eq!(follower.follow(&server, 30).await, 0);
}

#[tokio::test]
async fn t240_what_is_over_is_told_to_nobody_and_forgotten() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = file_in(&folder, "a.db");
    let server = TestServer::start(&[("DATABASE_URL", &url)]).await;
    server.sign_up(&json!({})).await;
    server.post("/sign-out", &json!({})).await;
    server.clock.advance(SignedDuration::from_secs(86_400 + 120));
    assert_eq!(Follower::default().follow(&server, 0).await, 1, "to its last second");
    // And a day more, in which clocks may be wrong.
    server.clock.advance(SignedDuration::from_hours(24));
    assert_eq!(Follower::default().follow(&server, 0).await, 1);
    server.clock.advance(SignedDuration::from_mins(1));
    assert_eq!(Follower::default().follow(&server, 0).await, 0);
    let database = Database::open(&url.parse().expect("a URL")).expect("opens");
    let all = Query::select().column("id").from("revocation").take();
    assert!(database.fetch_all(&all).await.expect("reads").is_empty());
    assert_eq!(Follower::of(&server).await.place.expect("a place").1, 1, "numbers go on");
}

/// What one server forgets is gone for all: a guard that begins when the clock is right again learns it all the
/// same.
#[tokio::test]
async fn t239_a_server_whose_clock_jumps_ahead_and_back_forgets_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = file_in(&folder, "a.db");
    let server = TestServer::start(&[("DATABASE_URL", &url)]).await;
    server.sign_up(&json!({})).await;
    let old = token(&server).await;
    let mut follower = Follower::of(&server).await;
    server.post("/sign-out", &json!({})).await;
    for hours in [1, 25, 365 * 24] {
        server.clock.set(SignedDuration::from_hours(hours));
        assert_eq!(Follower::default().follow(&server, 0).await, 1, "{hours} hours ahead");
        server.clock.set(-SignedDuration::from_hours(hours));
        assert!(Follower::of(&server).await.refuses(&old), "{hours} hours ahead and back");
    }
    assert_eq!(follower.follow(&server, 0).await, 1);
    // One that begins with a clock that is a day ahead, when the token could be good for the last time.
    server.clock.advance(SignedDuration::from_mins(15));
    let wrong = TestServer::start(&[("DATABASE_URL", &url)]).await;
    wrong.clock.advance(SignedDuration::from_mins(24 * 60 + 15));
    assert_eq!(Follower::default().follow(&wrong, 0).await, 1);
    let right = TestServer::start(&[("DATABASE_URL", &url)]).await;
    assert!(Follower::of(&right).await.refuses(&old));
}

#[tokio::test]
async fn t225_what_was_taken_back_survives_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = file_in(&folder, "a.db");
    let before = TestServer::start(&[("DATABASE_URL", &url)]).await;
    before.sign_up(&json!({})).await;
    let token = token(&before).await;
    before.post("/sign-out", &json!({})).await;
    let place = Follower::of(&before).await.place;
    drop(before);
    let after = TestServer::start(&[("DATABASE_URL", &url)]).await;
    let follower = Follower::of(&after).await;
    assert!(follower.refuses(&token));
    assert_eq!(follower.place, place, "the sequence goes on");
}

#[tokio::test]
async fn a_database_without_the_tables_is_served_without_the_feed_unless_it_was_asked_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = file_in(&folder, "a.db");
    let at = ("DATABASE_URL", url.as_str());
    let off = ("COUNTERSIGN_REVOCATION__ENABLED", "false");
    let plain = TestServer::start(&[at, off]).await;
    plain.sign_up(&json!({})).await;
    assert_eq!(ask(&plain, "").await.status, 404);
    assert_eq!(plain.post("/sign-out", &json!({})).await.status, 200);

    let by_itself = TestServer::start(&[at]).await;
    assert_eq!(ask(&by_itself, "").await.status, 404);
    let wanted = [at, ("COUNTERSIGN_REVOCATION__ENABLED", "true")];
    let error = TestServer::try_start(&wanted).await.err().expect("it does not start");
    assert!(matches!(&error, StartError::Schema { .. }), "{error}");
    assert!(error.to_string().contains("revocationHead"), "{error}");
}

#[tokio::test]
async fn without_tokens_there_is_no_feed() {
    let server = TestServer::start(&[("COUNTERSIGN_TOKEN__ENABLED", "false")]).await;
    assert_eq!(ask(&server, "").await.status, 404);
}

#[test]
fn settings_that_would_let_tokens_outlive_their_revocation_are_refused() {
    for (name, value, says) in [
        ("COUNTERSIGN_REVOCATION__RETENTION", "14m", "not shorter than token.lifetime"),
        ("COUNTERSIGN_REVOCATION__ENABLED", "yes", "true, false or auto"),
        ("COUNTERSIGN_REVOCATION__GUARD_REMEMBERED", "59s", "a minute or more"),
        ("COUNTERSIGN_REVOCATION__POLL_INTERVAL_MS", "9", "from 10 to 5000"),
    ] {
        let error = settings(&[(name, value)]).err().expect("refused").to_string();
        assert!(error.contains(says) && error.contains("revocation."), "{error}");
    }
    let both =
        [("COUNTERSIGN_REVOCATION__ENABLED", "true"), ("COUNTERSIGN_TOKEN__ENABLED", "false")];
    let error = settings(&both).err().expect("refused").to_string();
    assert!(error.contains("token.enabled"), "{error}");
}

#[tokio::test]
async fn a_guard_that_asks_every_two_seconds_is_never_refused() {
    let server = TestServer::start(&[("COUNTERSIGN_RATE_LIMIT__ENABLED", "true")]).await;
    for _ in 0..200 {
        assert_eq!(ask(&server, "").await.status, 200);
        server.clock.advance(SignedDuration::from_secs(2));
    }
}

#[tokio::test]
async fn who_asks_too_often_is_counted_unless_it_is_a_service() {
    let credential = "tasks:4f1d0c9b8a7e6f5d4c3b2a19087f6e5d4c3b2a1908f7e6d5";
    let settings = [
        ("COUNTERSIGN_RATE_LIMIT__ENABLED", "true"),
        ("COUNTERSIGN_RATE_LIMIT__MAX", "2"),
        ("COUNTERSIGN_RESOURCE_SERVERS__CREDENTIALS", credential),
    ];
    let server = TestServer::start(&settings).await;
    for status in [200, 200, 429] {
        assert_eq!(ask(&server, "").await.status, status);
    }
    for _ in 0..3 {
        assert_eq!(server.send(question("", Some(credential))).await.status, 200);
    }
}
