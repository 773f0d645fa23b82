//! T213: what a token is good for.

use countersign_store::{
    Database,
    sql::{Expr, ExprTrait, Query},
};
use countersign_testing::redis::Redis;
use serde_json::json;

use super::device::{Device, Pair, form, refresh, refreshed, start};
use crate::fixture::{Reply, TestServer};

const SCOPE: (&str, &str) = ("COUNTERSIGN_TOKEN__SCOPE", "tasks:read tasks:write");

async fn refresh_for(server: &TestServer, token: &str, scope: &str) -> Reply {
    let pairs = [("grant_type", "refresh_token"), ("refresh_token", token), ("scope", scope)];
    server.send(form("/token", &pairs)).await
}

fn said(reply: &Reply) -> (u16, serde_json::Value) {
    (reply.status.as_u16(), reply.json()["error"].clone())
}

#[tokio::test]
async fn t213_less_may_be_asked_and_more_is_not_granted() {
    let server = start(&[SCOPE]).await;
    let device = Device::signed_up(&server).await;
    for (asked, granted) in [
        ("", "tasks:read tasks:write"),
        ("tasks:read", "tasks:read"),
        ("tasks:write tasks:read", "tasks:write tasks:read"),
    ] {
        let pair = Pair::of(&device.ask(&server, &[("scope", asked)]).await);
        assert_eq!(pair.body["scope"], granted);
        assert_eq!(refreshed(&server, &pair.refresh).await.body["scope"], granted);
    }
    for asked in ["tasks:read admin", "admin", "tasks", "tasks:read,tasks:write", "tasks:\u{7f}"] {
        let reply = device.ask(&server, &[("scope", asked)]).await;
        assert_eq!(said(&reply), (400, json!("invalid_scope")), "{asked}");
    }
}

#[tokio::test]
async fn t213_a_refresh_may_narrow_one_token_and_widen_none() {
    let server = start(&[SCOPE]).await;
    let device = Device::signed_up(&server).await;
    let first = device.begin(&server).await;
    let narrow = Pair::of(&refresh_for(&server, &first.refresh, "tasks:read").await);
    assert_eq!(narrow.body["scope"], "tasks:read");
    // The next one is as wide as what was granted.
    let wide = refreshed(&server, &narrow.refresh).await;
    assert_eq!(wide.body["scope"], "tasks:read tasks:write");

    let begun = Pair::of(&device.ask(&server, &[("scope", "tasks:read")]).await);
    let reply = refresh_for(&server, &begun.refresh, "tasks:write").await;
    assert_eq!(said(&reply), (400, json!("invalid_scope")));
    // Who asked for too much has lost nothing.
    let next = refreshed(&server, &begun.refresh).await;
    assert_eq!(next.body["scope"], "tasks:read");
    assert_eq!(refresh(&server, &begun.refresh).await.status, 200);
}

#[tokio::test]
async fn t213_roles_have_more_and_what_a_role_loses_is_gone_at_the_next_token() {
    what_a_role_loses_is_gone(&[]).await;
}

#[tokio::test]
async fn t213_what_a_role_loses_is_gone_also_where_redis_has_an_older_one() {
    let redis = Redis::start().expect("Redis starts");
    what_a_role_loses_is_gone(&[("REDIS_URL", &redis.url())]).await;
}

async fn what_a_role_loses_is_gone(changes: &[(&str, &str)]) {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}", folder.path().join("auth.db").display());
    let roles = ("COUNTERSIGN_TOKEN__ROLE_SCOPES", "user=tasks:read, admin=tasks:read users:write");
    let server = start(&[&[("DATABASE_URL", url.as_str()), roles], changes].concat()).await;
    let device = Device::signed_up(&server).await;
    let ordinary = device.begin(&server).await;
    assert_eq!(ordinary.body["scope"], "tasks:read");

    let database = Database::open(&url.parse().expect("a URL")).expect("opens");
    let set_role = async |role: &str| {
        let everybody = Expr::col("id").ne("");
        let update = Query::update().table("user").value("role", role).and_where(everybody).take();
        assert_eq!(database.execute(&update).await.expect("updates"), 1);
    };
    set_role("admin").await;
    let admin = device.begin(&server).await;
    assert_eq!(admin.body["scope"], "tasks:read users:write");
    // What was granted before is not widened by a role.
    let ordinary = refreshed(&server, &ordinary.refresh).await;
    assert_eq!(ordinary.body["scope"], "tasks:read");
    set_role("user").await;
    let reply = refresh_for(&server, &admin.refresh, "users:write").await;
    assert_eq!(said(&reply), (400, json!("invalid_scope")));
    assert_eq!(refreshed(&server, &admin.refresh).await.body["scope"], "tasks:read");
    assert_eq!(device.begin(&server).await.body["scope"], "tasks:read");
    // Better Auth's own endpoint is bounded alike.
    let value = format!("Bearer {}", device.0);
    let token = server.get_with("/token", "authorization", value.as_bytes()).await.json();
    let token = token["token"].as_str().expect("a token");
    let claims = countersign_jwt::dangerous::read_without_verifying(token).expect("a token").claims;
    assert_eq!(claims["scope"], "tasks:read");
}

#[tokio::test]
async fn whatever_the_claims_are_a_granted_token_names_its_session_itself_and_its_scope() {
    for claims in ["minimal", "user", r#"{"scope":"mine","sid":"mine","tenant":"acme"}"#] {
        let server = start(&[SCOPE, ("COUNTERSIGN_TOKEN__CLAIMS", claims)]).await;
        let pair = Device::signed_up(&server).await.begin(&server).await;
        let read = countersign_jwt::dangerous::read_without_verifying(&pair.access);
        let said = read.expect("a token").claims;
        assert_eq!(said["scope"], "tasks:read tasks:write", "{claims}");
        assert_eq!(said["sid"].as_str().map(str::len), Some(32), "{claims}");
        assert_eq!(said["jti"].as_str().map(str::len), Some(32), "{claims}");
    }
}
