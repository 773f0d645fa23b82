//! The feed is away: how old the knowledge may become, and what holds then.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use countersign::{Clock, SystemClock, WhenStale};
use countersign_testing::feed::Manner;
use jiff::Timestamp;

use super::{Fed, LATE, until};
use crate::service::NOW;

#[tokio::test]
async fn t226_without_the_feed_nothing_is_let_in_beyond_the_time_that_is_allowed() {
    let fed = Fed::new();
    assert_eq!(fed.alices().await, 200);
    fed.taken().await;
    fed.feed.answer(Manner::Status(503));
    fed.failure().await;
    for (seconds, status) in [(9, 200), (1, 200), (1, 503), (3600, 503)] {
        fed.service.clock.advance(seconds);
        // Forged tokens stay bad, and strangers strangers.
        assert_eq!(fed.service.get("/me", &[b"Bearer a.b.c"]).await.status, 401);
        assert_eq!(fed.service.get("/greeting", &[]).await.status, 200);
        assert_eq!(fed.status(&fed.service.claims_now()).await, status, "after {seconds} s more");
        assert_eq!(fed.service.guard.ready().await.is_ok(), status == 200);
    }
    let answer = fed.service.get_as("/me", &fed.service.claims_now()).await;
    assert_eq!(
        answer.body,
        r#"{"type":"about:blank","title":"Service Unavailable","status":503,"detail":"Tokens cannot be verified at the moment. Please try again.","code":"revocations_stale"}"#
    );
    assert_eq!(answer.header("retry-after"), Some("1"));
    assert_eq!(answer.header("www-authenticate"), None);
    fed.feed.answer(Manner::Well);
    fed.ready_again().await;
    assert_eq!(fed.status(&fed.service.claims_now()).await, 200);
}

#[tokio::test]
async fn t226_what_is_known_to_be_taken_back_stays_so_without_the_feed() {
    let fed = Fed::new();
    fed.feed.revoke_token("t1", LATE);
    assert_eq!(fed.alices().await, 401);
    fed.taken().await;
    fed.feed.answer(Manner::HangsUp);
    fed.failure().await;
    for _ in 0..2 {
        fed.service.clock.advance(60);
        assert_eq!(fed.alices().await, 401);
    }
}

#[tokio::test]
async fn good_tokens_are_let_in_for_as_long_as_somebody_decided() {
    let minute = WhenStale::AllowFor(Duration::from_mins(1));
    let fed = Fed::with(|feed| feed.when_stale(minute));
    assert_eq!(fed.alices().await, 200);
    fed.taken().await;
    fed.feed.answer(Manner::Status(500));
    fed.failure().await;
    for (seconds, status) in [(70, 200), (1, 503)] {
        fed.service.clock.advance(seconds);
        assert_eq!(fed.alices().await, status);
        assert_eq!(fed.service.guard.ready().await.is_ok(), status == 200);
    }
}

#[tokio::test]
async fn t225_nothing_is_let_in_before_what_was_taken_back_is_known() {
    let minute = WhenStale::AllowFor(Duration::from_mins(1));
    let fed = Fed::with(|feed| feed.when_stale(minute));
    fed.feed.answer(Manner::Status(503));
    fed.feed.revoke_token("t1", LATE);
    // The first requests wait for the first answer, all for the same one.
    let answers = futures_util::future::join_all((0..20).map(|_| fed.alices())).await;
    assert!(answers.iter().all(|status| *status == 503));
    assert_eq!(fed.feed.asked().len(), 1);
    // Later ones wait for nothing.
    assert_eq!(fed.alices().await, 503);
    assert!(fed.service.guard.ready().await.is_err());
    assert!(!fed.known().ready && fed.known().age_seconds.is_none());
    fed.feed.answer(Manner::Well);
    fed.ready_again().await;
    assert_eq!(fed.alices().await, 401);
}

#[tokio::test]
async fn t225_a_service_that_starts_again_refuses_what_was_taken_back_before() {
    let fed = Fed::new();
    fed.feed.revoke_token("t1", LATE);
    fed.feed.revoke_user("bob", NOW, LATE);
    assert_eq!(fed.alices().await, 401);
    let fed = fed.restarted();
    fed.service.guard.ready().await.unwrap();
    assert_eq!(fed.alices().await, 401);
    assert_eq!(fed.known().entries, 2);
    let fed = fed.restarted();
    // Also the request that comes before anybody asked whether it is ready.
    assert_eq!(fed.alices().await, 401);
}

/// The age is that of the question: an answer that took long is old when it comes.
#[tokio::test]
async fn t227_an_answer_that_took_long_is_as_old_as_its_question() {
    let fed = Fed::new();
    assert_eq!(fed.alices().await, 200);
    fed.taken().await;
    // The question that waits now was asked before this.
    fed.service.clock.advance(11);
    assert_eq!(fed.alices().await, 503);
    fed.feed.revoke_token("nobody's", LATE);
    fed.taken().await;
    assert_eq!((fed.alices().await, fed.known().age_seconds), (503, Some(11)));
    fed.feed.revoke_token("nobody's", LATE);
    fed.taken().await;
    assert_eq!((fed.alices().await, fed.known().age_seconds), (200, Some(0)));
}

#[tokio::test]
async fn t227_a_feed_that_never_answers_is_given_up_and_asked_again() {
    for manner in [Manner::Silent, Manner::Drip] {
        let second = Duration::from_secs(1);
        let fed = Fed::with(|feed| feed.with_max_staleness(second).unwrap());
        fed.feed.answer(manner);
        assert_eq!(fed.alices().await, 503);
        assert_eq!(fed.known().last_error, Some("timeout"));
        fed.feed.answer(Manner::Well);
        fed.ready_again().await;
        assert_eq!(fed.alices().await, 200);
    }
}

#[tokio::test]
async fn a_feed_that_says_when_to_come_again_is_not_asked_before() {
    let fed = Fed::new();
    assert_eq!(fed.alices().await, 200);
    fed.taken().await;
    let before = SystemClock.steady();
    fed.feed.answer(Manner::Later(1));
    assert_eq!(fed.failure().await, "too_many_requests");
    let asked = fed.feed.asked().len();
    until(|| fed.feed.asked().len() > asked).await;
    assert!(SystemClock.steady() >= before + Duration::from_secs(1));
}

/// A clock for people, which is set, and one that nobody sets.
struct TwoClocks {
    peoples: AtomicI64,
    steady: AtomicI64,
}

impl Clock for TwoClocks {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.peoples.load(Ordering::SeqCst)).unwrap()
    }

    fn steady(&self) -> Duration {
        Duration::from_secs(self.steady.load(Ordering::SeqCst).unsigned_abs())
    }
}

#[tokio::test]
async fn t239_setting_the_clock_makes_knowledge_neither_older_nor_younger() {
    let clock = Arc::new(TwoClocks { peoples: AtomicI64::new(NOW), steady: AtomicI64::new(5) });
    let given = clock.clone();
    let fed = Fed::built(|builder, feed| builder.revocation_feed(feed).clock(given));
    assert_eq!(fed.alices().await, 200);
    fed.taken().await;
    fed.feed.answer(Manner::Status(503));
    fed.failure().await;
    for set in [600, -600, 0] {
        clock.peoples.store(NOW + set, Ordering::SeqCst);
        assert_eq!(fed.known().age_seconds, Some(0));
    }
    assert_eq!(fed.alices().await, 200);
    clock.steady.store(16, Ordering::SeqCst);
    assert_eq!(fed.alices().await, 503);
    clock.peoples.store(NOW - 5, Ordering::SeqCst);
    assert_eq!(fed.alices().await, 503);
}

/// As when issuer and service are on one machine.
#[tokio::test]
async fn t239_both_clocks_that_jump_ahead_and_back_lose_nothing() {
    let clock = Arc::new(TwoClocks { peoples: AtomicI64::new(NOW), steady: AtomicI64::new(5) });
    let given = clock.clone();
    let fed = Fed::built(|builder, feed| builder.revocation_feed(feed).clock(given));
    fed.feed.revoke_token("t1", NOW + 900);
    assert_eq!(fed.alices().await, 401);
    for jump in [24 * 3600, 0] {
        clock.peoples.store(NOW + jump, Ordering::SeqCst);
        fed.feed.set_time(NOW + jump);
        for _ in 0..10 {
            fed.asked_anew().await;
        }
    }
    assert_eq!(fed.alices().await, 401);
}

#[tokio::test]
async fn readiness_and_metrics_say_how_old_the_knowledge_is_and_up_to_where() {
    let fed = Fed::new();
    let before = fed.service.guard.metrics().to_string();
    assert!(!before.contains("revocations_age_seconds"), "{before}");
    fed.feed.revoke_token("t7", LATE);
    fed.feed.revoke_token("t8", LATE);
    fed.service.guard.ready().await.unwrap();
    fed.service.clock.advance(4);
    let status = serde_json::to_value(fed.service.guard.status()).unwrap();
    assert_eq!(status[0]["revocations"]["age_seconds"], 4, "{status}");
    assert_eq!(status[0]["revocations"]["sequence"], 2, "{status}");
    assert_eq!(status[0]["ready"], true, "{status}");
    let metrics = fed.service.guard.metrics().to_string();
    for line in [
        "countersign_revocations 2\n",
        "countersign_revocations_age_seconds 4\n",
        "countersign_revocations_sequence 2\n",
        "countersign_feed_answers_total 1\n",
        "countersign_feed_failures_total 0\n",
    ] {
        assert!(metrics.contains(line), "{line}{metrics}");
    }
    fed.service.clock.advance(7);
    let status = serde_json::to_value(fed.service.guard.status()).unwrap();
    assert_eq!(status[0]["ready"], false, "{status}");
}
