//! What is brought back once, and addresses that change under it.

use countersign_store::{
    AdditionalColumns, Database,
    schema::BETTER_AUTH,
    users::{self, User},
    verifications::{self, Verification},
};
use jiff::{SignedDuration, Timestamp};

use crate::engines::stories;

fn now() -> Timestamp {
    "2027-01-15T08:00:00Z".parse().expect("a time")
}

fn row(id: &str, identifier: &str, minutes: i64) -> Verification {
    Verification {
        id: id.to_owned(),
        identifier: identifier.to_owned(),
        value: format!("value of {id}"),
        expires_at: now() + SignedDuration::from_mins(minutes),
        created_at: now(),
        updated_at: now(),
    }
}

stories! {
    the_newest_row_counts_and_the_first_who_spends_it_takes_older_ones_along,
    a_row_is_found_to_its_last_millisecond_and_goes_with_the_next_cleaning,
    an_address_changes_only_from_the_one_that_was_read_and_to_one_that_is_free,
    what_comes_out_of_a_link_may_be_any_text,
}

async fn add(database: &Database, row: &Verification) {
    database.execute(&verifications::insert(row)).await.expect("inserts");
}

async fn found(database: &Database, identifier: &str, when: Timestamp) -> Option<Verification> {
    verifications::find_live(database, identifier, when).await.expect("reads")
}

async fn the_newest_row_counts_and_the_first_who_spends_it_takes_older_ones_along(
    database: Database,
) {
    database.create(&BETTER_AUTH).await.expect("creates");
    let older =
        Verification { created_at: now() - SignedDuration::from_secs(1), ..row("1", "a", 10) };
    add(&database, &older).await;
    add(&database, &row("2", "a", 10)).await;
    add(&database, &row("3", "b", 10)).await;
    let newest = found(&database, "a", now()).await.expect("a row");
    assert_eq!(newest.value, "value of 2");
    assert!(found(&database, "A", now()).await.is_none());
    assert!(database.execute(&verifications::consume(&newest)).await.expect("deletes") > 0);
    assert_eq!(database.execute(&verifications::consume(&newest)).await.expect("deletes"), 0);
    assert!(found(&database, "a", now()).await.is_none());
    assert!(found(&database, "b", now()).await.is_some(), "somebody else's stays");
}

async fn a_row_is_found_to_its_last_millisecond_and_goes_with_the_next_cleaning(
    database: Database,
) {
    database.create(&BETTER_AUTH).await.expect("creates");
    add(&database, &row("1", "a", 10)).await;
    let end = now() + SignedDuration::from_mins(10);
    let after = end + SignedDuration::from_millis(1);
    assert!(found(&database, "a", end).await.is_some());
    assert!(found(&database, "a", after).await.is_none());
    let clean = |when| verifications::delete_expired(when);
    assert_eq!(database.execute(&clean(end)).await.expect("deletes"), 0);
    assert_eq!(database.execute(&clean(after)).await.expect("deletes"), 1);
}

async fn an_address_changes_only_from_the_one_that_was_read_and_to_one_that_is_free(
    database: Database,
) {
    database.create(&BETTER_AUTH).await.expect("creates");
    let user = |id: &str| User {
        id: id.to_owned(),
        name: String::new(),
        email: format!("{id}@example.com"),
        email_verified: false,
        image: None,
        created_at: now(),
        updated_at: now(),
        additional: AdditionalColumns::default(),
    };
    let (ann, bob) = (user("ann"), user("bob"));
    for user in [&ann, &bob] {
        database.execute(&users::insert(user)).await.expect("inserts");
    }
    let later = now() + SignedDuration::from_mins(1);
    assert_eq!(database.execute(&users::rewrite(&ann)).await.expect("updates"), 1);
    assert_eq!(users::find_by_id(&database, "ann").await.expect("reads"), Some(ann.clone()));
    let taken = database.execute(&users::change_email(&ann, "BOB@example.com", true, later)).await;
    assert!(taken.expect_err("it is taken").is_duplicate());
    let change = users::change_email(&ann, "Bea@example.com", false, later);
    assert_eq!(database.execute(&change).await.expect("updates"), 1);
    for stale in [change, users::verify_email(&ann, later)] {
        assert_eq!(database.execute(&stale).await.expect("updates"), 0, "the address is another");
    }
    let bea = users::find_by_id(&database, "ann").await.expect("reads").expect("a user");
    assert_eq!(
        (bea.email.as_str(), bea.email_verified, bea.updated_at),
        ("bea@example.com", false, later)
    );
    assert_eq!(database.execute(&users::verify_email(&bea, later)).await.expect("updates"), 1);
    assert_eq!(users::find_by_id(&database, "bob").await.expect("reads"), Some(bob));
}

async fn what_comes_out_of_a_link_may_be_any_text(database: Database) {
    database.create(&BETTER_AUTH).await.expect("creates");
    for identifier in ["reset-password:\0", "reset-password:'; --", "reset-password:\u{1f511}"] {
        assert!(found(&database, identifier, now()).await.is_none(), "{identifier:?}");
    }
}
