//! Whose account it is: nobody gets into another's by an address, and nobody's account moves.

use std::time::Duration;

use countersign_server::{Findings, inspect};
use countersign_store::Transaction;
use countersign_testing::{file_in, mariadb::MariaDb, postgres::Postgres};
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::provider::{IdentityProvider, begin, come_back, location, request_with, sign_in, who};
use crate::{
    fixture::settings,
    storage_faults::{Sql, Text, open},
};

fn profile(id: &str, email: &str, verified: bool) -> Value {
    json!({ "id": id, "email": email, "email_verified": verified, "name": "Ann" })
}

#[tokio::test]
async fn an_address_that_the_provider_did_not_verify_opens_nobodys_account() {
    let provider = IdentityProvider::start().await;
    let server = provider.server(&[]).await;
    provider.knows(&profile("the real ann", "ann@example.com", true));
    sign_in(&server, "plain").await;
    server.forget_cookies();
    for verified in [json!(false), json!(null), json!("no"), json!(1), json!(["true"])] {
        let mut attacker = profile("an attacker", "ann@example.com", false);
        attacker["email_verified"] = verified;
        provider.knows(&attacker);
        assert_eq!(sign_in(&server, "plain").await, "/err?error=account_not_linked");
        assert_eq!(who(&server).await, Value::Null);
    }
}

#[tokio::test]
async fn t200_who_signs_up_with_anothers_address_first_does_not_share_the_account_later() {
    let provider = IdentityProvider::start().await;
    let server = provider.server(&[]).await;
    server.sign_up(&json!({ "email": "ann@example.com" })).await;
    server.forget_cookies();
    provider.knows(&profile("the real ann", "ann@example.com", true));
    assert_eq!(sign_in(&server, "plain").await, "/err?error=account_not_linked");
    assert_eq!(who(&server).await, Value::Null);
}

#[tokio::test]
async fn t182_an_address_that_becomes_anothers_in_lower_case_is_none() {
    let provider = IdentityProvider::start().await;
    let server = provider.server(&[]).await;
    provider.knows(&profile("the real mike", "mike@example.com", true));
    sign_in(&server, "plain").await;
    server.forget_cookies();
    for email in [
        "mi\u{212A}e@example.com",
        "M\u{130}KE@example.com",
        "mike@example.com\n",
        " mike@example.com",
    ] {
        provider.knows(&profile("an attacker", email, true));
        assert_eq!(sign_in(&server, "plain").await, "/err?error=email_not_found", "{email}");
    }
    assert_eq!(who(&server).await, Value::Null);
}

#[tokio::test]
async fn t248_a_profile_sets_nothing_but_name_address_and_picture() {
    let provider = IdentityProvider::start().await;
    let server = provider.server(&[]).await;
    let mut greedy = profile("their-ann", "ann@example.com", false);
    greedy["role"] = json!("admin");
    greedy["emailVerified"] = json!(true);
    greedy["userId"] = json!("somebody");
    provider.knows(&greedy);
    assert_eq!(sign_in(&server, "plain").await, "/in");
    let user = server.get("/get-session").await.json()["user"].clone();
    assert_eq!(user["emailVerified"], false, "{user}");
    assert!(user.get("role").is_none() && user["id"] != "somebody", "{user}");
}

#[tokio::test]
async fn a_further_account_needs_the_session_that_asked_for_it() {
    let provider = IdentityProvider::start().await;
    let server = provider.server(&[]).await;
    server.sign_up(&json!({})).await;
    provider.knows(&profile("their-ann", "ann@example.com", true));
    let begun = begin(&server, "/link-social", "plain").await;
    server.post("/revoke-sessions", &json!({})).await;
    let place = come_back(&server, "plain", &begun.state).await;
    assert_eq!(place, "/err?error=unable_to_link_account");
    assert_eq!(sign_in(&server, "plain").await, "/err?error=account_not_linked");
}

/// Sixteen users link one account, all at the same moment; one of them has it then.
async fn all_link_one_account(database: &str) {
    all_link_one_account_held_up(database, async || {}, async |()| {}).await;
}

/// The same, held up until they are let go.
async fn all_link_one_account_held_up<H>(
    database: &str,
    hold: impl AsyncFnOnce() -> H,
    let_go: impl AsyncFnOnce(H),
) {
    let provider = IdentityProvider::start().await;
    let any_address = ("COUNTERSIGN_ACCOUNT__LINK_OTHER_EMAILS", "true");
    let server = provider.server(&[any_address, ("DATABASE_URL", database)]).await;
    provider.knows(&profile("shared", "shared@example.com", true));
    let mut requests = Vec::new();
    for number in 0..16 {
        server.sign_up(&json!({ "email": format!("user{number}@example.com") })).await;
        let begun = begin(&server, "/link-social", "plain").await;
        let path = format!("/callback/plain?code=some-code&state={}", begun.state);
        requests.push(request_with(&server.take_cookies(), &path));
    }
    let link = join_all(requests.into_iter().map(|request| server.send(request)));
    let what_holds = hold().await;
    let (replies, ()) = tokio::join!(link, let_go(what_holds));
    let places: Vec<_> = replies.iter().map(location).collect();
    let linked = places.iter().filter(|place| *place == "/in").count();
    let taken = "/err?error=account_already_linked_to_different_user";
    let refused = places.iter().filter(|place| *place == taken).count();
    assert_eq!((linked, refused), (1, 15), "{places:?}");
    assert_eq!(sign_in(&server, "plain").await, "/in", "one row is the account");
}

#[tokio::test]
async fn of_many_users_who_link_one_account_at_once_one_gets_it() {
    let folder = tempfile::tempdir().expect("a folder");
    all_link_one_account(&file_in(&folder, "auth.db")).await;
}

#[tokio::test]
async fn of_many_users_who_link_one_account_at_once_one_gets_it_on_postgresql() {
    let engine = Postgres::start().expect("PostgreSQL starts");
    all_link_one_account(&engine.new_database("linking").expect("a database")).await;
}

#[tokio::test]
async fn of_many_users_who_link_one_account_at_once_one_gets_it_on_mariadb() {
    let engine = MariaDb::start().expect("MariaDB starts");
    all_link_one_account(&engine.new_database("linking").expect("a database")).await;
}

/// A table `user` whose ids the database counts; all others follow it.
async fn counts_ids(url: &str, kind: &str, now: &str) {
    let user = format!(
        "CREATE TABLE QUOTEuserQUOTE (id {kind}, name varchar(255) NOT NULL, email varchar(255) NOT NULL UNIQUE, \
         QUOTEemailVerifiedQUOTE boolean NOT NULL, image text, QUOTEcreatedAtQUOTE {now}, QUOTEupdatedAtQUOTE {now})"
    );
    let quote = if url.starts_with("mysql") { "`" } else { "\"" };
    let database = open(url);
    database.execute(&Text(user.replace("QUOTE", quote))).await.expect("makes it");
    let settings = settings(&[("DATABASE_URL", url)]).unwrap_or_else(|error| panic!("{error}"));
    let Findings { database, inspection, .. } = inspect(&settings).await.expect("inspects");
    database.complete(&inspection).await.expect("completes");
}

#[tokio::test]
async fn of_many_users_who_link_one_account_at_once_one_gets_it_where_ids_are_counted() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = file_in(&folder, "auth.db");
    counts_ids(&url, "integer PRIMARY KEY NOT NULL", "date NOT NULL").await;
    all_link_one_account(&url).await;
}

#[tokio::test]
async fn of_many_users_who_link_one_account_at_once_one_gets_it_where_postgresql_counts_ids() {
    let engine = Postgres::start().expect("PostgreSQL starts");
    let url = engine.new_database("linking").expect("a database");
    let kind = "integer GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY";
    counts_ids(&url, kind, "timestamptz NOT NULL").await;
    let database = open(&url);
    // Nobody writes an account before several have seen that there is none.
    let hold = async || {
        let mut held = database.begin().await.expect("begins");
        held.execute(&Sql("LOCK TABLE account IN SHARE MODE")).await.expect("locks");
        held
    };
    let let_go = async |held: Transaction| {
        let waiting = "SELECT count(*) > 1 FROM pg_locks WHERE NOT granted";
        while engine.run("linking", waiting).expect("reads").trim() == "f" {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        held.commit().await.expect("lets go");
    };
    all_link_one_account_held_up(&url, hold, let_go).await;
}

#[tokio::test]
async fn of_many_users_who_link_one_account_at_once_one_gets_it_where_mariadb_counts_ids() {
    let engine = MariaDb::start().expect("MariaDB starts");
    let url = engine.new_database("linking").expect("a database");
    let kind = "integer PRIMARY KEY AUTO_INCREMENT";
    counts_ids(&url, kind, "timestamp(3) NOT NULL DEFAULT current_timestamp(3)").await;
    all_link_one_account(&url).await;
}

#[tokio::test]
async fn accounts_whose_ids_differ_in_letters_only_are_two_on_mariadb() {
    let engine = MariaDb::start().expect("MariaDB starts");
    let database = engine.new_database("letters").expect("a database");
    let provider = IdentityProvider::start().await;
    let server = provider.server(&[("DATABASE_URL", &database)]).await;
    for (id, email) in [
        ("Subject", "ann@example.com"),
        ("subject", "bob@example.com"),
        ("subject ", "cleo@example.com"),
    ] {
        provider.knows(&profile(id, email, true));
        assert_eq!(sign_in(&server, "plain").await, "/in", "{id:?}");
        assert_eq!(server.get("/get-session").await.json()["user"]["email"], email);
        server.forget_cookies();
    }
}

#[tokio::test]
async fn t250_tokens_of_a_provider_are_for_their_owner_only() {
    let provider = IdentityProvider::start().await;
    let server = provider.server(&[]).await;
    provider.knows(&profile("their-ann", "ann@example.com", true));
    sign_in(&server, "plain").await;
    let owner = server.get("/get-session").await.json()["user"]["id"].clone();
    server.forget_cookies();
    for path in ["/get-access-token", "/refresh-token"] {
        let named = json!({ "accountId": "any", "userId": owner });
        assert_eq!(server.post(path, &named).await.status, 401, "{path}");
    }
    let query = format!("accountId=any&userId={}", owner.as_str().expect("an id"));
    assert_eq!(server.get(&format!("/account-info?{query}")).await.status, 401);
}

#[tokio::test]
async fn an_account_that_is_linked_by_two_browsers_at_once_is_one_account() {
    let provider = IdentityProvider::start().await;
    let server = provider.server(&[]).await;
    let token = provider.id_token("", &json!({}));
    server
        .post("/sign-in/social", &json!({ "provider": "idp", "idToken": { "token": token } }))
        .await;
    server.forget_cookies();
    provider.knows(&profile("their-ann", "ann@example.com", true));
    let mut requests = Vec::new();
    for _ in 0..2 {
        let begun = begin(&server, "/sign-in/social", "plain").await;
        let path = format!("/callback/plain?code=some-code&state={}", begun.state);
        requests.push(request_with(&server.take_cookies(), &path));
    }
    let replies = join_all(requests.into_iter().map(|request| server.send(request))).await;
    assert!(replies.iter().all(|reply| location(reply) == "/in"));
    assert_eq!(sign_in(&server, "plain").await, "/in", "one row is the account");
}
