//! Better Auth's tables as typed rows.

use countersign_store::{
    AdditionalColumns, Database,
    accounts::{self, CredentialAccount},
    expired::{self, Ending},
    schema::BETTER_AUTH,
    sessions::{self, Session},
    sql::Query,
    users::{self, User},
    verifications::{self, Verification},
};
use jiff::{SignedDuration, Timestamp};

use crate::engines::stories;

pub(crate) fn now() -> Timestamp {
    "2027-01-15T08:00:00Z".parse().expect("a time")
}

pub(crate) fn user(id: &str) -> User {
    User {
        id: id.to_owned(),
        name: "Ann".to_owned(),
        email: format!("{id}@example.com"),
        email_verified: false,
        image: None,
        created_at: now(),
        updated_at: now(),
        additional: AdditionalColumns::default(),
    }
}

pub(crate) fn session(token: &str, user_id: &str, hours: i64) -> Session {
    Session {
        id: format!("id of {token}"),
        expires_at: now() + SignedDuration::from_hours(hours),
        token: token.to_owned(),
        created_at: now(),
        updated_at: now(),
        ip_address: Some(String::new()),
        user_agent: None,
        user_id: user_id.to_owned(),
        additional: AdditionalColumns::default(),
    }
}

async fn add_two_users(database: &Database) {
    database.create(&BETTER_AUTH).await.expect("creates");
    for id in ["ann", "bob"] {
        database.execute(&users::insert(&user(id))).await.expect("inserts");
    }
}

stories! {
    what_is_over_is_purged_in_batches_and_what_is_not_stays,
    verifications_are_purged_and_sessions_are_not_with_them,
    a_session_is_found_with_its_user_by_its_token_alone,
    sessions_end_one_by_one_all_but_one_and_all_together_and_never_somebody_elses,
    a_session_that_was_ended_meanwhile_is_not_extended,
    addresses_are_one_whatever_their_case_and_taken_once,
    a_password_belongs_to_its_user_and_goes_with_them,
}

async fn tokens(database: &Database, user_id: &str) -> Vec<String> {
    let live = sessions::list_live(database, user_id, now()).await.expect("lists");
    live.into_iter().map(|session| session.token).collect()
}

async fn a_session_is_found_with_its_user_by_its_token_alone(database: Database) {
    add_two_users(&database).await;
    database.execute(&sessions::insert(&session("t1", "ann", 1))).await.expect("inserts");
    let found = sessions::find_by_token(&database, "t1").await.expect("reads");
    let (session, found) = found.expect("a session");
    assert_eq!((session.user_id.as_str(), found), ("ann", user("ann")));
    assert!(sessions::find_by_token(&database, "T1").await.expect("reads").is_none());
    assert!(sessions::find_by_token(&database, "").await.expect("reads").is_none());
}

async fn sessions_end_one_by_one_all_but_one_and_all_together_and_never_somebody_elses(
    database: Database,
) {
    add_two_users(&database).await;
    for (token, user_id, hours) in [
        ("a1", "ann", 1),
        ("a2", "ann", 1),
        ("a3", "ann", 1),
        ("over", "ann", -1),
        ("b1", "bob", 1),
    ] {
        database
            .execute(&sessions::insert(&session(token, user_id, hours)))
            .await
            .expect("inserts");
    }
    assert_eq!(tokens(&database, "ann").await, ["a1", "a2", "a3"]);
    database.execute(&sessions::delete("a3")).await.expect("runs");
    assert_eq!(tokens(&database, "ann").await, ["a1", "a2"]);
    database.execute(&sessions::delete_these(&["a1", "none"])).await.expect("runs");
    assert_eq!(tokens(&database, "ann").await, ["a2"]);
    database.execute(&sessions::delete_all("ann")).await.expect("runs");
    assert!(tokens(&database, "ann").await.is_empty());
    assert_eq!(tokens(&database, "bob").await, ["b1"]);
}

async fn a_session_that_was_ended_meanwhile_is_not_extended(database: Database) {
    add_two_users(&database).await;
    database.execute(&sessions::insert(&session("a1", "ann", 1))).await.expect("inserts");
    let later = now() + SignedDuration::from_hours(5);
    let extend = sessions::extend("a1", later, now());
    assert_eq!(database.execute(&extend).await.expect("runs"), 1);
    database.execute(&sessions::delete("a1")).await.expect("runs");
    assert_eq!(database.execute(&extend).await.expect("runs"), 0);
}

async fn addresses_are_one_whatever_their_case_and_taken_once(database: Database) {
    add_two_users(&database).await;
    let found = users::find_by_email(&database, "ANN@Example.com").await.expect("reads");
    assert_eq!(found, Some(user("ann")));
    let twice = User { id: "other".to_owned(), ..user("ann") };
    let error = database.execute(&users::insert(&twice)).await.expect_err("refused");
    assert!(error.is_duplicate());
}

async fn a_password_belongs_to_its_user_and_goes_with_them(database: Database) {
    add_two_users(&database).await;
    let account = CredentialAccount {
        id: "account",
        user_id: "ann",
        password_hash: "salt:key",
        created_at: now(),
    };
    database.execute(&accounts::insert_credential(&account)).await.expect("inserts");
    let password = accounts::password_of(&database, "ann").await.expect("reads");
    assert_eq!(password.as_deref(), Some("salt:key"));
    assert_eq!(accounts::password_of(&database, "bob").await.expect("reads"), None);
    database.execute(&Query::delete().from_table("user").take()).await.expect("deletes");
    assert_eq!(accounts::password_of(&database, "ann").await.expect("reads"), None);
}

async fn what_is_over_is_purged_in_batches_and_what_is_not_stays(database: Database) {
    add_two_users(&database).await;
    let mut transaction = database.begin().await.expect("begins");
    for number in 0..1_203 {
        // Each sixth lives on, among the others.
        let hours = if number % 6 == 5 { 1 } else { -1 };
        let row = sessions::insert(&session(&format!("s{number}"), "ann", hours));
        transaction.execute(&row).await.expect("inserts");
    }
    let at_its_end = Session { expires_at: now(), ..session("at its end", "ann", 0) };
    transaction.execute(&sessions::insert(&at_its_end)).await.expect("inserts");
    transaction.commit().await.expect("commits");
    let purge = || expired::purge(&database, Ending::Sessions, now());
    assert_eq!(purge().await.expect("purges"), 1_003);
    let left = Query::select().column("token").from("session").take();
    assert_eq!(database.fetch_all(&left).await.expect("reads").len(), 201);
    assert_eq!(purge().await.expect("purges"), 0);
}

async fn verifications_are_purged_and_sessions_are_not_with_them(database: Database) {
    add_two_users(&database).await;
    database.execute(&sessions::insert(&session("over", "ann", -1))).await.expect("inserts");
    for (identifier, hours) in [("over", -1), ("live", 1)] {
        let row = Verification {
            id: identifier.to_owned(),
            identifier: identifier.to_owned(),
            value: "ann".to_owned(),
            expires_at: now() + SignedDuration::from_hours(hours),
            created_at: now(),
            updated_at: now(),
        };
        database.execute(&verifications::insert(&row)).await.expect("inserts");
    }
    let purged = expired::purge(&database, Ending::Verifications, now()).await;
    assert_eq!(purged.expect("purges"), 1);
    let live = verifications::find_live(&database, "live", now()).await.expect("reads");
    assert!(live.is_some());
    assert!(sessions::find_by_token(&database, "over").await.expect("reads").is_some());
}
