//! What the issuer takes back by its feed, held against cookies.

use countersign::RevocationFeed;
use countersign_testing::feed::{Feed, Manner};

use super::*;
use crate::feed::{copy, until};

/// When entries end that have to last.
const LATE: i64 = NOW + 3600;

/// The feed of an issuer, and a service whose guard follows it.
fn following() -> (Feed, Service) {
    let key = crate::service::signing_key("ed1");
    let feed = Feed::start(ISSUER, copy(&key), NOW);
    let table = Table::with_sessions_of(&["alice", "bob"]);
    let cookies = cookies().session_data(Strategy::Compact).sessions(table);
    let followed = RevocationFeed::at(&feed.url()).unwrap();
    let service = Service::built(key, cookies, |builder| builder.revocation_feed(followed));
    (feed, service)
}

/// Each way to show a session.
fn lines(user: &str) -> [String; 3] {
    let (token, data) = (token_of(user), data_of(user));
    [format!("{token}; {data}"), token, data]
}

async fn taken(feed: &Feed) {
    until(|| feed.is_taken()).await;
}

#[tokio::test]
async fn t141_a_session_that_the_issuer_ends_ends_its_cookies() {
    for line in lines("alice") {
        let (feed, service) = following();
        feed.revoke_session("s-bob", LATE);
        feed.revoke_token("s-alice", LATE);
        assert_eq!(service.who(&line).await.as_deref(), Ok("alice"));
        taken(&feed).await;
        feed.revoke_session("s-alice", LATE);
        taken(&feed).await;
        assert_eq!(service.who(&line).await, Err("revoked_session"));
        assert_eq!(service.who(&data_of("bob")).await, Err("revoked_session"));
    }
}

#[tokio::test]
async fn t141_a_user_whom_the_issuer_ends_keeps_the_sessions_that_began_later() {
    for line in lines("alice") {
        let (feed, service) = following();
        // Hers began a minute ago.
        feed.revoke_user("alice", NOW - 61, LATE);
        feed.revoke_user("bob", NOW, LATE);
        assert_eq!(service.who(&line).await.as_deref(), Ok("alice"));
        assert_eq!(service.who(&data_of("bob")).await, Err("revoked_user"));
        taken(&feed).await;
        feed.revoke_user("alice", NOW - 60, LATE);
        taken(&feed).await;
        assert_eq!(service.who(&line).await, Err("revoked_user"));
    }
}

#[tokio::test]
async fn t226_without_the_feed_no_cookie_is_let_in_beyond_the_time_that_is_allowed() {
    let (feed, service) = following();
    feed.revoke_session("s-bob", LATE);
    assert_eq!(service.who(&data_of("alice")).await.as_deref(), Ok("alice"));
    taken(&feed).await;
    feed.answer(Manner::HangsUp);
    service.clock.advance(10);
    assert_eq!(service.who(&data_of("alice")).await.as_deref(), Ok("alice"));
    service.clock.advance(1);
    for line in lines("alice") {
        assert_eq!(service.who(&line).await, Err("revocations_stale"));
    }
    // What is known stays known.
    assert_eq!(service.who(&data_of("bob")).await, Err("revoked_session"));
}

#[tokio::test]
async fn t225_no_cookie_is_let_in_before_what_was_taken_back_is_known() {
    let (feed, service) = following();
    feed.answer(Manner::Status(503));
    assert_eq!(service.who(&data_of("alice")).await, Err("revocations_stale"));
}
