//! What the issuer takes back is refused as soon as it is taken in, whatever the guard remembers.

use serde_json::json;

use super::{Fed, LATE, with};
use crate::service::{ISSUER, NOW};

#[tokio::test]
async fn t221_a_token_that_its_issuer_takes_back_is_refused_and_no_other() {
    let fed = Fed::new();
    let (first, second) = (with(&json!({"jti": "t1"})), with(&json!({"jti": "t2"})));
    for token in [&first, &second, &first] {
        assert_eq!(fed.status(token).await, 200);
    }
    assert_eq!(fed.service.guard.metrics().cache_hits, 1);
    fed.feed.revoke_token("t1", LATE);
    fed.taken().await;
    for (token, status) in [(&first, 401), (&second, 200), (&first, 401), (&second, 200)] {
        assert_eq!(fed.status(token).await, status);
    }
    fed.feed.revoke_token("t2", LATE);
    fed.taken().await;
    assert_eq!(fed.status(&second).await, 401);
}

#[tokio::test]
async fn t222_a_session_that_its_issuer_ends_takes_its_tokens_along() {
    let fed = Fed::new();
    fed.feed.revoke_session("s1", LATE);
    for jti in ["t1", "t2"] {
        assert_eq!(fed.status(&with(&json!({"jti": jti}))).await, 401);
    }
    assert_eq!(fed.status(&with(&json!({"sid": "s2"}))).await, 200);
    assert_eq!(fed.status(&with(&json!({"sid": null}))).await, 200);
}

#[tokio::test]
async fn t223_a_users_tokens_up_to_a_moment_end_and_later_ones_work() {
    let fed = Fed::new();
    fed.service.clock.advance(10);
    fed.feed.revoke_user("alice", NOW + 5, LATE);
    fed.feed.revoke_user("alice", NOW + 1, LATE);
    for (issued_at, status) in [(0, 401), (5, 401), (6, 200)] {
        let token = with(&json!({"iat": NOW + issued_at}));
        assert_eq!(fed.status(&token).await, status, "{issued_at}");
    }
    assert_eq!(fed.status(&with(&json!({"iat": null}))).await, 401);
    assert_eq!(fed.status(&with(&json!({"sub": "bob"}))).await, 200);
}

#[tokio::test]
async fn t102_a_token_without_id_and_session_is_taken_back_by_its_hash() {
    let fed = Fed::new();
    let bare = with(&json!({"jti": null, "sid": null}));
    let later = with(&json!({"jti": null, "sid": null, "iat": NOW - 1}));
    assert_eq!(fed.status(&bare).await, 200);
    fed.feed.revoke_this_token(&fed.service.token(&bare), LATE);
    fed.taken().await;
    assert_eq!(fed.status(&bare).await, 401);
    assert_eq!(fed.status(&later).await, 200);
}

#[tokio::test]
async fn t237_names_of_one_kind_are_not_those_of_another() {
    let fed = Fed::new();
    fed.feed.revoke_token("s1", LATE);
    fed.feed.revoke_token("alice", LATE);
    fed.feed.revoke_session("t1", LATE);
    fed.feed.revoke_session("alice", LATE);
    fed.feed.revoke_user("s1", NOW, LATE);
    fed.feed.revoke_user("t1", NOW, LATE);
    assert_eq!(fed.alices().await, 200);
}

#[tokio::test]
async fn what_the_service_revokes_itself_counts_beside_the_feed() {
    let revocations = countersign::Revocations::default();
    let fed =
        Fed::built(|builder, feed| builder.revocation_feed(feed).revocations(revocations.clone()));
    let of = |jti: &str| with(&json!({"jti": jti}));
    for jti in ["t1", "t2"] {
        assert_eq!(fed.status(&of(jti)).await, 200);
    }
    revocations.revoke_token(ISSUER, "t1", jiff::Timestamp::from_second(NOW).unwrap());
    assert_eq!((fed.status(&of("t1")).await, fed.status(&of("t2")).await), (401, 200));
    fed.feed.revoke_token("t2", LATE);
    fed.taken().await;
    assert_eq!((fed.status(&of("t1")).await, fed.status(&of("t2")).await), (401, 401));
    assert_eq!(fed.service.guard.metrics().revocations, 2);
}

#[tokio::test]
async fn t240_an_entry_counts_until_every_token_it_refuses_has_ended() {
    let fed = Fed::new();
    let token = with(&json!({"exp": NOW + 900}));
    fed.feed.revoke_token("t1", NOW + 900);
    assert_eq!(fed.status(&token).await, 401);
    let held_at = async |seconds| {
        fed.service.clock.set(NOW + seconds);
        fed.feed.set_time(NOW + seconds);
        // All 64 parts are looked through, and more than once.
        for _ in 0..10 {
            fed.asked_anew().await;
        }
        // Beside those that had the guard ask.
        fed.known().entries - 1
    };
    assert_eq!(held_at(900 + 29).await, 1);
    assert_eq!(fed.status(&token).await, 401);
    assert_eq!(held_at(900 + 120).await, 1);
    assert_eq!(held_at(900 + 121).await, 0);
}

/// Neither this machine's clock nor the issuer's can have an entry forgotten by itself.
#[tokio::test]
async fn t239_a_clock_that_jumps_ahead_and_back_loses_nothing() {
    for issuers in [false, true] {
        let fed = Fed::new();
        fed.feed.revoke_token("t1", NOW + 900);
        assert_eq!(fed.alices().await, 401);
        let day = 24 * 3600;
        if issuers {
            fed.feed.set_time(NOW + day);
        } else {
            fed.service.clock.advance(day);
        }
        for _ in 0..10 {
            fed.asked_anew().await;
        }
        fed.feed.set_time(NOW);
        fed.service.clock.set(NOW);
        assert_eq!(fed.alices().await, 401, "{issuers}");
    }
}
