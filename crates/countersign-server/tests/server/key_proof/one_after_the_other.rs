//! Which key follows which: one that was ended is replaced, and keys that this server cannot open have no say.

use countersign_server::Stage;
use countersign_store::signing_keys::{self, SigningKeyRow};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::{HOURLY, House};
use crate::{
    fixture::{PASSWORD, TestServer},
    storage_faults::Text,
};

const OTHER_SECRET: (&str, &str) =
    ("BETTER_AUTH_SECRET", "another-secret-for-tests-only-0123456789abcdef");

#[tokio::test]
async fn a_next_key_that_was_ended_is_replaced_before_it_is_needed() {
    for withdraw in [false, true] {
        let house = House::new(&[HOURLY]).await;
        let old = house.signs().await;
        house.advance(45 * 60);
        let [next, _] = &house.published().await[..] else { panic!("the next one is published") };
        house.retire(next, withdraw).await;
        house.advance(1);
        let published = house.published().await;
        let is_new = |kid: &&String| **kid != old && *kid != next;
        let another = published.iter().find(is_new).expect("another one is published");
        house.advance(14 * 60 + 29);
        house.published().await;
        house.advance(30);
        assert_eq!(house.signs().await, old, "the other one is not known to everybody yet");
        house.advance(2);
        assert_eq!(house.signs().await, *another);
    }
}

#[tokio::test]
async fn a_key_that_was_staged_late_signs_when_it_was_published_for_long_enough() {
    let house = House::new(&[HOURLY]).await;
    let old = house.signs().await;
    house.advance(59 * 60 + 30);
    let [next, _] = &house.published().await[..] else { panic!("the next one is published") };
    house.advance(1);
    house.published().await;
    house.advance(14 * 60 + 58);
    assert_eq!(house.signs().await, old);
    house.advance(1);
    assert_eq!(house.signs().await, *next);
}

#[tokio::test]
async fn keys_follow_one_another_where_nobody_asks_for_tokens() {
    let house = House::new(&[HOURLY]).await;
    house.advance(45 * 60);
    house.one.readiness.look().await;
    let [Stage::Signing, Stage::Staged(_)] = house.stages().await[..] else {
        panic!("{:?}", house.stages().await)
    };
    house.advance(15 * 60);
    house.one.readiness.look().await;
    let [Stage::Signing, Stage::Retired(_)] = house.stages().await[..] else {
        panic!("{:?}", house.stages().await)
    };
}

#[tokio::test]
async fn a_server_with_another_secret_does_not_keep_a_key_from_its_successor() {
    let house = House::new(&[HOURLY]).await;
    let old = house.signs().await;
    house.advance(30 * 60);
    let place = ("DATABASE_URL", house.url.as_str());
    let wrong = TestServer::start(&[place, OTHER_SECRET, HOURLY]).await;
    wrong.clock.advance(SignedDuration::from_mins(30));
    let body = json!({ "email": "ann@example.com", "password": PASSWORD });
    assert_eq!(wrong.post("/sign-in/email", &body).await.status, 200);
    assert_eq!(wrong.get("/token").await.status, 200);
    house.advance(1);
    assert_eq!(house.published().await.len(), 2, "it made a key of its own");
    assert_eq!(house.signs().await, old);

    house.advance(15 * 60);
    let [next, _, _] = &house.published().await[..] else { panic!("the next one is published") };
    // Another reading of the wrong one changes nothing for the others.
    wrong.clock.advance(SignedDuration::from_mins(15) + SignedDuration::from_secs(2));
    assert_eq!(wrong.get("/jwks").await.status, 200);
    house.advance(14 * 60 + 58);
    assert_eq!(house.signs().await, old);
    house.advance(2);
    assert_eq!(house.signs().await, *next);
}

#[tokio::test]
async fn a_staged_key_that_cannot_be_opened_is_none() {
    let house = House::new(&[HOURLY]).await;
    let old = house.signs().await;
    house.advance(44 * 60);
    let closed = house.stage().await;
    let damage = format!("UPDATE jwks SET privateKey = '\"00\"' WHERE id = '{closed}'");
    house.database.execute(&Text(damage)).await.expect("runs");
    house.advance(60);
    let published = house.published().await;
    let is_new = |kid: &&String| **kid != old && **kid != closed;
    let next = published.iter().find(is_new).expect("another one is published");
    assert_eq!(house.stage().await, *next);
    house.advance(15 * 60);
    assert_eq!(house.signs().await, *next);
}

#[tokio::test]
async fn where_another_key_still_signs_the_next_one_keeps_its_time() {
    let house = House::new(&[HOURLY]).await;
    let old = house.signs().await;
    house.advance(50 * 60);
    house.published().await;
    let rows = signing_keys::list(&house.database, Timestamp::UNIX_EPOCH).await.expect("reads");
    let row = rows.into_iter().find(|row| row.id == old).expect("it is there");
    let spare = SigningKeyRow {
        id: "spare".to_owned(),
        created_at: row.created_at - SignedDuration::from_mins(1),
        expires_at: Some(house.now() + SignedDuration::from_hours(1)),
        ..row
    };
    house.database.execute(&signing_keys::insert(&spare)).await.expect("inserts");
    house.retire(&old, false).await;
    for _ in 0..2 {
        house.advance(1);
        assert_eq!(house.signs().await, "spare");
    }
}
