//! T212: what a refresh token ends with.

use countersign_store::{
    Database,
    sql::{Expr, ExprTrait, Query},
};
use jiff::SignedDuration;
use serde_json::json;

use super::device::{Device, assert_not_good, refresh, refreshed, start};
use crate::{
    fixture::{PASSWORD, TestServer},
    storage_faults::{Sql, Text},
};

/// Of the password of everybody here, as another system stored it.
const BCRYPT: &str = "$2b$04$6N35yD.8rDuhgIqw0BzAcuaSaEb/ddWrfm26o4UlDTOiY.NnH4loa";

#[tokio::test]
async fn t212_it_ends_with_the_sign_out() {
    let server = start(&[]).await;
    let device = Device::signed_up(&server).await;
    let pair = device.begin(&server).await;
    assert_eq!(device.post(&server, "/sign-out", &json!({})).await.status, 200);
    assert_not_good(&refresh(&server, &pair.refresh).await, "signed out");
}

#[tokio::test]
async fn t212_it_ends_with_its_session_and_not_with_others() {
    let server = start(&[]).await;
    let device = Device::signed_up(&server).await;
    let (pair, other) = (device.begin(&server).await, Device::signed_in(&server).await);
    let others = other.begin(&server).await;
    let token = device.0.split('.').next().expect("a token");
    let reply = other.post(&server, "/revoke-session", &json!({ "token": token })).await;
    assert_eq!(reply.status, 200);
    assert_not_good(&refresh(&server, &pair.refresh).await, "its session ended");
    let others = refreshed(&server, &others.refresh).await;
    assert_eq!(other.post(&server, "/revoke-sessions", &json!({})).await.status, 200);
    assert_not_good(&refresh(&server, &others.refresh).await, "all sessions ended");
}

#[tokio::test]
async fn t212_it_ends_with_a_session_that_nobody_used_for_too_long() {
    let server = start(&[("COUNTERSIGN_SESSION__EXPIRES_IN", "2d")]).await;
    let pair = Device::signed_up(&server).await.begin(&server).await;
    server.clock.advance(SignedDuration::from_hours(49));
    assert_not_good(&refresh(&server, &pair.refresh).await, "the session is over");
}

#[tokio::test]
async fn t212_it_ends_with_the_password_also_where_the_session_goes_on() {
    let server = start(&[]).await;
    let device = Device::signed_up(&server).await;
    let pair = device.begin(&server).await;
    let body = json!({ "currentPassword": PASSWORD, "newPassword": "another password" });
    assert_eq!(device.post(&server, "/change-password", &body).await.status, 200);
    assert!(device.is_signed_in(&server).await);
    assert_not_good(&refresh(&server, &pair.refresh).await, "another password");
    refreshed(&server, &device.begin(&server).await.refresh).await;
}

#[tokio::test]
async fn t212_it_ends_with_a_password_that_is_reset() {
    let server = TestServer::start_with_mail(&super::device::ENABLED).await;
    let pair = Device::signed_up(&server).await.begin(&server).await;
    let body = json!({ "email": "ann@example.com", "redirectTo": "/reset" });
    assert_eq!(server.post("/request-password-reset", &body).await.status, 200);
    let token = server.mailed_token().await;
    let body = json!({ "token": token, "newPassword": "another password" });
    assert_eq!(server.post("/reset-password", &body).await.status, 200);
    assert_not_good(&refresh(&server, &pair.refresh).await, "the password was reset");
}

#[tokio::test]
async fn t212_it_ends_with_the_user() {
    let server = start(&[("COUNTERSIGN_DELETE_USER__ENABLED", "true")]).await;
    let device = Device::signed_up(&server).await;
    let pair = device.begin(&server).await;
    let body = json!({ "password": PASSWORD });
    assert_eq!(device.post(&server, "/delete-user", &body).await.status, 200);
    assert_not_good(&refresh(&server, &pair.refresh).await, "the user is gone");
}

#[tokio::test]
async fn using_it_extends_the_session_that_it_comes_from() {
    let server = start(&[]).await;
    let device = Device::signed_up(&server).await;
    let mut pair = device.begin(&server).await;
    for _ in 0..5 {
        server.clock.advance(SignedDuration::from_hours(5 * 24));
        pair = refreshed(&server, &pair.refresh).await;
        assert!(device.is_signed_in(&server).await);
    }
}

#[tokio::test]
async fn a_session_that_is_not_to_be_remembered_is_not_extended_by_it() {
    let server = start(&[]).await;
    server.sign_up(&json!({ "rememberMe": false })).await;
    let reply = server.post("/token", &json!({ "grant_type": "session" })).await;
    let cookie = reply.set_cookies().into_iter().find(|line| line.contains("refresh_token"));
    assert!(cookie.is_some_and(|line| !line.contains("Max-Age")), "{cookie:?}");
    server.clock.advance(SignedDuration::from_hours(23));
    let again = json!({ "grant_type": "refresh_token" });
    assert_eq!(server.post("/token", &again).await.status, 200);
    server.clock.advance(SignedDuration::from_hours(2));
    assert_not_good(&server.post("/token", &again).await, "after a day");
}

#[tokio::test]
async fn a_hash_that_is_renewed_is_the_same_password() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}", folder.path().join("auth.db").display());
    let server = start(&[("DATABASE_URL", &url)]).await;
    let device = Device::signed_up(&server).await;
    let database = Database::open(&url.parse().expect("a URL")).expect("opens");
    let everybody = Expr::col("id").ne("");
    let update =
        Query::update().table("account").value("password", BCRYPT).and_where(everybody).take();
    database.execute(&update).await.expect("writes");
    let pair = device.begin(&server).await;
    Device::signed_in(&server).await;
    let select = Query::select().column("password").from("account").take();
    let stored = database.fetch_optional(&select).await.expect("reads").expect("an account");
    assert_ne!(stored.text("password").expect("a hash"), BCRYPT);
    refreshed(&server, &pair.refresh).await;
}

/// Accounts that another system filled in: one that Better Auth takes for no password, and one beside it.
#[tokio::test]
async fn a_credential_of_another_account_id_is_no_password_at_a_refresh_either() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}", folder.path().join("auth.db").display());
    let server = start(&[("DATABASE_URL", &url)]).await;
    let device = Device::signed_up(&server).await;
    let database = Database::open(&url.parse().expect("a URL")).expect("opens");
    let beside = "INSERT INTO account (id, \"accountId\", \"providerId\", \"userId\", password, \"createdAt\", \
        \"updatedAt\") SELECT 'other', email, 'credential', user.id, 'imported', user.\"createdAt\", \
        user.\"updatedAt\" FROM user";
    database.execute(&Sql(beside)).await.expect("writes");
    let pair = device.begin(&server).await;
    refreshed(&server, &pair.refresh).await;

    let only = "DELETE FROM account WHERE id <> 'other'";
    database.execute(&Sql(only)).await.expect("writes");
    let pair = device.begin(&server).await;
    refreshed(&server, &pair.refresh).await;
}

/// The renewed hash and what refresh tokens know of it are one: where one cannot be written, neither is.
#[tokio::test]
async fn a_hash_that_cannot_be_renewed_everywhere_is_renewed_nowhere() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}", folder.path().join("auth.db").display());
    let server = start(&[("DATABASE_URL", &url)]).await;
    let device = Device::signed_up(&server).await;
    let database = Database::open(&url.parse().expect("a URL")).expect("opens");
    let stored = format!("UPDATE account SET password = '{BCRYPT}'");
    database.execute(&Text(stored)).await.expect("writes");
    let pair = device.begin(&server).await;
    let broken = "CREATE TRIGGER broken BEFORE UPDATE OF password ON \"refreshFamily\" \
        BEGIN SELECT RAISE(ABORT, 'broken'); END";
    database.execute(&Sql(broken)).await.expect("breaks");
    Device::signed_in(&server).await;
    database.execute(&Sql("DROP TRIGGER broken")).await.expect("mends");
    refreshed(&server, &pair.refresh).await;
}
