//! Sequences of the issuer: long ones in pages, new ones, and ones that went back. What was held stays.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use countersign::{Clock, SystemClock};
use countersign_testing::feed::Manner;
use serde_json::{Value, json};

use super::{Fed, LATE, until, with};
use crate::service::NOW;

async fn refused(fed: &Fed, jti: &str) -> bool {
    match fed.status(&with(&json!({"jti": jti}))).await {
        200 => false,
        401 => true,
        other => panic!("{other} for {jti}"),
    }
}

#[tokio::test]
async fn a_long_sequence_comes_in_pages_and_is_known_when_the_last_is_there() {
    let fed = Fed::new();
    fed.feed.page(3);
    for number in 0..10 {
        fed.feed.revoke_token(&format!("t{number}"), LATE);
    }
    fed.service.guard.ready().await.unwrap();
    let asked = fed.feed.asked();
    let after: Vec<_> = asked.iter().map(|asked| asked.held.as_ref().map(|held| held.1)).collect();
    assert_eq!(after[..4], [None, Some(3), Some(6), Some(9)]);
    for number in 0..10 {
        assert!(refused(&fed, &format!("t{number}")).await, "{number}");
    }
    assert!(!refused(&fed, "t10").await);
    fed.feed.revoke_token("t10", LATE);
    fed.taken().await;
    assert!(refused(&fed, "t10").await);
    assert_eq!((fed.known().sequence, fed.known().entries), (11, 11));
}

#[tokio::test]
async fn t232_another_epoch_takes_nothing_of_the_older_one_back() {
    let fed = Fed::new();
    fed.feed.revoke_token("t1", LATE);
    fed.feed.revoke_token("t2", NOW + 60);
    assert!(refused(&fed, "t1").await);
    fed.feed.begin_epoch("epoch-2", [2; 16]);
    fed.feed.revoke_token("t3", LATE);
    fed.taken().await;
    for jti in ["t1", "t2", "t3"] {
        assert!(refused(&fed, jti).await, "{jti}");
    }
    assert!(!refused(&fed, "t4").await);
    assert_eq!((fed.known().sequence, fed.known().entries), (1, 3));
    // Another key alone makes another sequence, too, even if the number it is at looks right.
    fed.feed.begin_epoch("epoch-2", [3; 16]);
    fed.feed.revoke_token("t5", LATE);
    fed.taken().await;
    for jti in ["t1", "t2", "t3", "t5"] {
        assert!(refused(&fed, jti).await, "{jti}");
    }
    // What ended goes, in all of them.
    fed.service.clock.set(NOW + 181);
    fed.feed.set_time(NOW + 181);
    for _ in 0..10 {
        fed.asked_anew().await;
    }
    assert_eq!(fed.known().entries, 4);
    for jti in ["t1", "t3", "t5"] {
        assert!(refused(&fed, jti).await, "{jti}");
    }
}

#[tokio::test]
async fn t232_an_epoch_that_comes_again_begins_at_its_beginning() {
    let fed = Fed::new();
    fed.feed.revoke_token("t1", LATE);
    assert!(refused(&fed, "t1").await);
    fed.feed.begin_epoch("epoch-2", [2; 16]);
    fed.feed.revoke_token("t2", LATE);
    fed.taken().await;
    fed.feed.begin_epoch("epoch-1", [1; 16]);
    fed.feed.revoke_token("t3", LATE);
    fed.taken().await;
    for jti in ["t1", "t2", "t3"] {
        assert!(refused(&fed, jti).await, "{jti}");
    }
    assert_eq!((fed.known().sequence, fed.known().entries), (1, 3));
}

#[tokio::test]
async fn t232_a_database_that_was_restored_takes_nothing_back_and_is_followed_from_there() {
    let fed = Fed::new();
    for jti in ["t1", "t2", "t3"] {
        fed.feed.revoke_token(jti, LATE);
    }
    assert!(refused(&fed, "t3").await);
    fed.taken().await;
    fed.feed.restore(1);
    fed.taken().await;
    assert_eq!(fed.known().sequence, 1);
    // Numbers that were used before are new entries now.
    fed.feed.revoke_token("t4", LATE);
    fed.feed.revoke_token("t5", LATE);
    fed.taken().await;
    for jti in ["t1", "t2", "t3", "t4", "t5"] {
        assert!(refused(&fed, jti).await, "{jti}");
    }
    assert_eq!((fed.known().sequence, fed.known().entries), (3, 5));
}

/// Some answer left something out, so all of it is asked for again, though the first page ends where the
/// guard already was.
#[tokio::test]
async fn t232_after_a_gap_it_begins_at_the_beginning_and_goes_on() {
    let fed = Fed::new();
    fed.feed.page(3);
    for jti in ["t1", "t2", "t3"] {
        fed.feed.revoke_token(jti, LATE);
    }
    assert!(refused(&fed, "t3").await);
    fed.taken().await;
    let gap = |payload: &mut Value| {
        payload["from"] = (payload["to"].as_u64().unwrap() + 1).into();
        payload["to"] = payload["from"].clone();
    };
    let typ = Some("revocations+jwt");
    fed.feed.answer(Manner::Bent { payload: gap, typ, key: None });
    assert_eq!(fed.failure().await, "gap");
    fed.feed.revoke_token("t4", LATE);
    fed.feed.answer(Manner::Well);
    until(|| fed.feed.is_taken() || fed.known().last_error == Some("no_progress")).await;
    assert_eq!(fed.known().sequence, 4);
    assert!(refused(&fed, "t4").await);
}

/// Behind one address there are two servers whose databases are not the same, or one that always says the
/// same again.
#[tokio::test]
async fn t232_answers_without_progress_are_not_asked_for_without_end() {
    fn another_epoch(payload: &mut Value) {
        static TURN: AtomicUsize = AtomicUsize::new(0);
        let turn = TURN.fetch_add(1, Ordering::Relaxed);
        payload["epoch"] = ["left", "right"][turn % 2].into();
    }
    fn the_same_again(payload: &mut Value) {
        payload["from"] = 0.into();
        payload["entries"] = json!([["j", "AAAAAAAAAAE", LATE]]);
    }
    for payload in [another_epoch, the_same_again] {
        let fed = Fed::new();
        fed.feed.revoke_token("t1", LATE);
        assert!(refused(&fed, "t1").await);
        fed.taken().await;
        let (before, asked) = (SystemClock.steady(), fed.feed.asked().len());
        fed.feed.answer(Manner::Bent { payload, typ: Some("revocations+jwt"), key: None });
        until(|| fed.feed.asked().len() >= asked + 4).await;
        // An eighth, a quarter and half a second at least.
        assert!(SystemClock.steady() >= before + Duration::from_millis(875));
        assert!(refused(&fed, "t1").await);
    }
}
