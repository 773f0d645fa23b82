//! What a resource server may ask, and what it is told.

use std::collections::BTreeSet;

use countersign_store::{
    schema::{BETTER_AUTH, JWKS},
    sql::Query,
};
use countersign_testing::file_in;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{NOW, TASKS, answer, request, spend, start, using};
use crate::{fixture::TestServer, storage_faults::open};

#[tokio::test]
async fn a_token_counts_for_the_first_attempt_and_for_no_other() {
    let server = start(&[]).await;
    let first = answer(&server, &using("t1", "a")).await;
    assert_eq!((first.status.as_u16(), &*first.body), (201, r#"{"attempt":"attempt-0000000a"}"#));
    let second = answer(&server, &using("t1", "b")).await;
    assert_eq!(
        (second.status.as_u16(), &second.json()["code"]),
        (409, &json!("TOKEN_ALREADY_SPENT"))
    );
    // Whoever missed the answer asks once more, as the same.
    assert_eq!(spend(&server, "t1", "a").await, 201);
    assert_eq!(spend(&server, "t1", "b").await, 409);
    assert_eq!(spend(&server, "t2", "a").await, 201);
}

#[tokio::test]
async fn t237_the_same_id_of_another_issuer_or_of_another_type_is_another_token() {
    let server = start(&[]).await;
    let with = |changes: Value, attempt: &str| {
        let mut body = using("t1", attempt);
        for (name, value) in changes.as_object().expect("an object") {
            body[name] = value.clone();
        }
        body
    };
    let tokens = [
        json!({}),
        json!({ "issuer": "http://other.test" }),
        json!({ "type": "magic_link" }),
        json!({ "issuer": "http://app.test\u{0}access_token" }),
        json!({ "jti": "T1" }),
        json!({ "jti": "t1 " }),
        json!({ "jti": "ť1" }),
    ];
    for (attempt, expected) in [("a", 201), ("b", 409)] {
        for token in &tokens {
            let reply = answer(&server, &with(token.clone(), attempt)).await;
            assert_eq!(reply.status.as_u16(), expected, "{token}: {}", reply.body);
        }
    }
    let named = with(json!({ "type": "access_token" }), "c");
    assert_eq!(answer(&server, &named).await.status, 409, "that is what it is by default");
}

#[tokio::test]
async fn only_resource_servers_spend_tokens() {
    let server = start(&[]).await;
    let wrong = TASKS.replace("4f1d", "4f1e");
    for credential in [None, Some(&*wrong), Some("tasks:"), Some("x")] {
        let reply = server.send(request(credential, &using("t1", "a"))).await;
        assert_eq!((reply.status.as_u16(), &reply.json()["code"]), (401, &json!("INVALID_CLIENT")));
        assert!(reply.headers["www-authenticate"].to_str().expect("text").starts_with("Basic"));
    }
    assert_eq!(spend(&server, "t1", "b").await, 201, "nobody spent it");
}

#[tokio::test]
async fn what_is_no_use_of_a_token_is_told() {
    let server = start(&[]).await;
    for (name, values) in [
        ("issuer", vec![json!(null), json!(""), json!(1)]),
        ("jti", vec![json!(null), json!(""), json!(["t1"])]),
        ("type", vec![json!(""), json!(1)]),
        ("until", vec![json!(null), json!("tomorrow"), json!(1.5), json!(i64::MAX)]),
        (
            "attempt",
            vec![json!(null), json!("short"), json!("a".repeat(65)), json!("sixteen characters")],
        ),
    ] {
        for value in values {
            let mut body = using("t1", "a");
            body[name] = value.clone();
            let reply = answer(&server, &body).await;
            let told = (reply.status.as_u16(), &reply.json()["code"]);
            assert_eq!(told, (400, &json!("VALIDATION_ERROR")), "{name}: {value}");
        }
    }
    assert_eq!(answer(&server, &json!([])).await.status, 400);
    assert_eq!(spend(&server, "t1", "b").await, 201, "nobody spent it");
}

/// A day, the leeway of the issuer's clock, and that of the guard.
#[tokio::test]
async fn a_token_that_would_be_forgotten_too_soon_is_not_taken() {
    const DAY: i64 = 86_400;
    let until = async |server: &TestServer, second: i64| {
        let mut body = using(&format!("t{second}"), "a");
        body["until"] = second.into();
        answer(server, &body).await.status.as_u16()
    };
    let server = start(&[]).await;
    for (second, expected) in [
        (NOW - DAY / 2 - 1, 400),
        (NOW - DAY / 2, 201),
        (NOW - 1, 201),
        (NOW + DAY + 240, 201),
        (NOW + DAY + 241, 400),
    ] {
        assert_eq!(until(&server, second).await, expected, "{second}");
    }
    let longer = start(&[("COUNTERSIGN_REVOCATION__RETENTION", "2d")]).await;
    assert_eq!(until(&longer, NOW + DAY + 241).await, 201);
}

#[tokio::test]
async fn t239_a_spent_token_is_forgotten_a_day_after_its_time_and_no_jump_of_the_clock_hastens_it()
{
    let server = start(&[]).await;
    let hours = SignedDuration::from_hours;
    assert_eq!(spend(&server, "t1", "a").await, 201);
    assert_eq!(server.purge().await, 0);
    server.clock.advance(SignedDuration::from_mins(16));
    assert_eq!(server.purge().await, 0, "its time is over, and clocks may be wrong");
    server.clock.set(hours(48));
    assert_eq!(server.purge().await, 0);
    server.clock.set(-hours(48));
    assert_eq!(spend(&server, "t1", "b").await, 409);
    server.clock.advance(hours(24));
    assert_eq!(server.purge().await, 1);
}

#[tokio::test]
async fn no_name_is_stored_in_clear() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = file_in(&folder, "a.db");
    let server = start(&[("DATABASE_URL", &url)]).await;
    for number in 0..3 {
        assert_eq!(spend(&server, &format!("name-{number}"), "a").await, 201);
    }
    let all = Query::select().column("id").from("spentToken").take();
    let rows = open(&url).fetch_all(&all).await.expect("reads");
    let names: BTreeSet<_> = rows.iter().map(|row| row.text("id").expect("a name")).collect();
    assert_eq!(names.len(), 3);
    for name in names {
        assert!(name.len() == 64 && name.bytes().all(|b| b.is_ascii_hexdigit()), "{name}");
    }
    let bytes = std::fs::read(folder.path().join("a.db")).expect("reads");
    let wal = std::fs::read(folder.path().join("a.db-wal")).unwrap_or_default();
    for file in [bytes, wal] {
        assert!(!file.windows(5).any(|window| window == b"name-"));
    }
}

#[tokio::test]
async fn where_names_are_written_otherwise_tokens_are_spent_and_forgotten_all_the_same() {
    let server = start(&[("COUNTERSIGN_DATABASE__NAMES", "snake_case")]).await;
    assert_eq!((spend(&server, "t1", "a").await, spend(&server, "t1", "b").await), (201, 409));
    server.clock.advance(SignedDuration::from_hours(25));
    assert_eq!(server.purge().await, 1);
}

#[tokio::test]
async fn without_its_table_there_is_no_such_endpoint() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = file_in(&folder, "a.db");
    let database = open(&url);
    database.create(&BETTER_AUTH).await.expect("creates");
    database.create(&JWKS).await.expect("creates");
    let server = start(&[("DATABASE_URL", &url)]).await;
    assert_eq!(spend(&server, "t1", "a").await, 404);
    assert_eq!(server.purge().await, 0);
    let asked_for = [("DATABASE_URL", &*url), ("COUNTERSIGN_SPENT_TOKENS__ENABLED", "true")];
    let error = TestServer::try_start(&asked_for).await.err().expect("refused");
    assert!(error.to_string().contains("table `spentToken` is missing"), "{error}");
    let off = start(&[("COUNTERSIGN_SPENT_TOKENS__ENABLED", "false")]).await;
    assert_eq!(spend(&off, "t1", "a").await, 404);
}
