//! What users do with their own account, where two requests meet.

use countersign_store::{
    Database, DatabaseUrl, accounts, date,
    sql::{Query, Value},
};
use serde_json::json;

use crate::fixture::{PASSWORD, Reply, TestServer};

async fn with_file() -> (TestServer, Database, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}", folder.path().join("a.db").display());
    let server = TestServer::start(&[("DATABASE_URL", &url)]).await;
    let database = Database::open(&url.parse::<DatabaseUrl>().expect("a URL")).expect("opens");
    (server, database, folder)
}

async fn sign_up(server: &TestServer) -> String {
    let user = server.sign_up(&json!({})).await.json();
    user["user"]["id"].as_str().expect("an id").to_owned()
}

async fn change(server: &TestServer, new: &str) -> Reply {
    let body =
        json!({ "currentPassword": PASSWORD, "newPassword": new, "revokeOtherSessions": true });
    server.post("/change-password", &body).await
}

#[tokio::test]
async fn of_two_accounts_that_are_unlinked_at_once_one_stays() {
    let (server, database, _folder) = with_file().await;
    let user_id = sign_up(&server).await;
    let first = accounts::list(&database, &user_id).await.expect("reads").remove(0);
    let now = date(first.created_at);
    let second = Query::insert()
        .into_table("account")
        .columns(["id", "accountId", "providerId", "userId", "createdAt", "updatedAt"])
        .values_panic(
            [
                "second".into(),
                "7".into(),
                "github".into(),
                user_id.as_str().into(),
                now.clone(),
                now,
            ]
            .map(|value: Value| value.into()),
        )
        .take();
    database.execute(&second).await.expect("inserts");

    let unlink = |id: &str| {
        let body = json!({ "accountId": id });
        let server = &server;
        async move { server.post("/unlink-account", &body).await.status.as_u16() }
    };
    let (one, other) = tokio::join!(unlink(&first.id), unlink("second"));
    assert_eq!(one.min(other), 200);
    assert_eq!(one.max(other), 400);
    assert_eq!(accounts::list(&database, &user_id).await.expect("reads").len(), 1);
}

#[tokio::test]
async fn of_two_password_changes_at_once_one_counts_and_its_password_is_stored() {
    let (server, _database, _folder) = with_file().await;
    sign_up(&server).await;
    let (one, other) =
        tokio::join!(change(&server, "the first one"), change(&server, "the second one"));
    let (won, lost) =
        if one.status == 200 { ("the first one", other) } else { ("the second one", one) };
    // The loser came too late for its session or for its current password.
    assert!([400, 401].contains(&lost.status.as_u16()), "{}", lost.body);
    let body = json!({ "email": "ann@example.com", "password": won });
    assert_eq!(server.post("/sign-in/email", &body).await.status, 200);
}

#[tokio::test]
async fn t147_a_change_of_password_that_is_refused_ends_no_session() {
    let (server, _database, _folder) = with_file().await;
    sign_up(&server).await;
    let wrong = json!({ "currentPassword": "wrong password", "newPassword": PASSWORD, "revokeOtherSessions": true });
    let reply = server.post("/change-password", &wrong).await;
    assert_eq!(reply.status, 400);
    assert!(reply.set_cookies().is_empty());
    assert_eq!(server.get("/list-sessions").await.json().as_array().map(Vec::len), Some(1));
}
