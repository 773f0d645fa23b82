//! On which databases the plugin is on, and which are refused.

use countersign_server::{StartError, inspect};
use countersign_store::ColumnValue;
use serde_json::{Value, json};

use super::{ADMIN, Shared, put, sign_in};
use crate::{
    fixture::{TestServer, settings},
    storage_faults::{Sql, open},
};

const OFF: (&str, &str) = ("COUNTERSIGN_ADMIN__ENABLED", "false");
const AUTO: (&str, &str) = ("COUNTERSIGN_ADMIN__ENABLED", "auto");

#[tokio::test]
async fn a_database_that_knows_nothing_of_the_plugin_stays_as_it_is() {
    let shared = Shared::start(&[AUTO]).await;
    let user = shared.server.sign_up(&json!({})).await.json()["user"].clone();
    assert!(user.get("role").is_none(), "{user}");
    assert_eq!(shared.server.post("/admin/ban-user", &json!({})).await.status, 404);
    let found = inspect(&settings(&[("DATABASE_URL", &shared.url)]).expect("settings")).await;
    let found = found.expect("looks");
    assert!(found.inspection.is_complete(), "nothing is to be added: {}", found.inspection);
    let said: Vec<_> = found.features.iter().map(ToString::to_string).collect();
    let off = "admin is off: the database knows nothing of it; admin.enabled is auto";
    assert!(said.iter().any(|line| line == off), "{said:?}");
}

#[tokio::test]
async fn a_database_with_the_plugins_columns_is_served_and_its_bans_count() {
    let shared = Shared::start(&[]).await;
    let place = ("DATABASE_URL", shared.url.as_str());
    let server = TestServer::start(&[place]).await;
    let user = server.sign_up(&json!({})).await.json()["user"].clone();
    let members: Vec<_> = user.as_object().expect("an object").keys().cloned().collect();
    let expected =
        "name email emailVerified image createdAt updatedAt role banned banReason banExpires id";
    assert_eq!(members.join(" "), expected);
    assert_eq!((&user["role"], &user["banned"]), (&json!("user"), &json!(false)));
    put(&open(&shared.url), "ann@example.com", "banned", Some(ColumnValue::Boolean(true))).await;
    assert_eq!(sign_in(&server, "ann@example.com").await.status, 403);
    put(&open(&shared.url), "ann@example.com", "banned", Some(ColumnValue::Boolean(false))).await;
    let session = server.get("/get-session").await.json()["session"].clone();
    let members: Vec<_> = session.as_object().expect("an object").keys().cloned().collect();
    let expected =
        "expiresAt token createdAt updatedAt ipAddress userAgent userId impersonatedBy id";
    assert_eq!(members.join(" "), expected);
    assert_eq!(session["impersonatedBy"], Value::Null);

    // Node's own roles may allow less than ours: what changes others is served to who asks for it.
    assert_eq!(server.post("/admin/list-user-sessions", &json!({})).await.status, 404);
    let asked = TestServer::start(&[place, ADMIN]).await;
    assert_eq!(asked.post("/admin/list-user-sessions", &json!({})).await.status, 400);

    let error = TestServer::try_start(&[place, OFF]).await.err().expect("refused").to_string();
    assert!(error.contains("who is banned") && error.contains("admin.enabled = true"), "{error}");
    let given_up = ("COUNTERSIGN_DATABASE__WITHOUT_PROTECTION_OF", "admin");
    TestServer::start(&[place, OFF, given_up]).await;
}

#[tokio::test]
async fn a_database_with_a_part_of_the_columns_is_refused_until_the_others_are_there() {
    let shared = Shared::start(&[AUTO]).await;
    let place = ("DATABASE_URL", shared.url.as_str());
    let column = Sql("ALTER TABLE user ADD COLUMN banned integer");
    open(&shared.url).execute(&column).await.expect("adds");
    let error = TestServer::try_start(&[place]).await.err().expect("refused");
    assert!(matches!(error, StartError::Protected { .. }), "{error}");
    let found = inspect(&settings(&[place]).expect("settings")).await.expect("looks");
    let missing: Vec<_> =
        found.inspection.missing_columns.iter().map(|(_, one)| one.name).collect();
    assert_eq!(missing, ["role", "banReason", "banExpires", "impersonatedBy"]);
    found.database.complete(&found.inspection).await.expect("adds");
    TestServer::start(&[place]).await;
    TestServer::start(&[place, ADMIN]).await;
}
