//! Copies of a user in Redis may be older than the row, which somebody else wrote: what depends on bans and roles
//! reads the row.

use countersign_jwt::dangerous::read_without_verifying;
use countersign_store::ColumnValue;
use countersign_testing::redis::Redis;
use serde_json::{Value, json};

use super::{Shared, boss, put, sign_in};
use crate::{
    revocation::follower::token,
    storage_faults::{Text, open},
};

fn text(value: &str) -> ColumnValue {
    ColumnValue::Text(value.to_owned())
}

#[tokio::test]
async fn t251_an_administrator_who_is_banned_or_gone_does_nothing_more() {
    let redis = Redis::start().expect("Redis starts");
    let address = redis.url();
    for is_banned in [true, false] {
        let shared = Shared::start(&[("REDIS_URL", &address)]).await;
        let (server, database) = (&shared.server, open(&shared.url));
        let id = boss(server, &shared.url).await["user"]["id"].clone();
        let body = json!({ "userId": id });
        assert_eq!(server.post("/admin/list-user-sessions", &body).await.status, 200);
        if is_banned {
            put(&database, "boss@example.com", "banned", Some(ColumnValue::Boolean(true))).await;
        } else {
            let sql = "DELETE FROM user WHERE email = 'boss@example.com'".to_owned();
            database.execute(&Text(sql)).await.expect("deletes");
        }
        let refused = server.post("/admin/unban-user", &body).await;
        assert_eq!((refused.status.as_u16(), refused.body.as_str()), (401, ""));
    }
}

#[tokio::test]
async fn t251_tokens_tell_of_the_user_what_the_row_says() {
    let redis = Redis::start().expect("Redis starts");
    let address = redis.url();
    let template = r#"{"sid": "{session.id}", "of": [{"role": "{user.role}"}]}"#;
    for (claims, place) in [("user", "/role"), (template, "/of/0/role")] {
        let settings = [("REDIS_URL", address.as_str()), ("COUNTERSIGN_TOKEN__CLAIMS", claims)];
        let shared = Shared::start(&settings).await;
        let (server, database) = (&shared.server, open(&shared.url));
        server.sign_up(&json!({})).await;
        put(&database, "ann@example.com", "role", Some(text("editor"))).await;
        let claims = read_without_verifying(&token(server).await).expect("a token").claims;
        let claims = Value::Object(claims);
        assert_eq!(claims.pointer(place), Some(&json!("editor")), "{claims}");
        put(&database, "ann@example.com", "banned", Some(ColumnValue::Boolean(true))).await;
        assert_eq!(server.get("/token").await.status, 401, "no token for who is banned");
        assert!(!server.get("/get-session").await.headers.contains_key("set-auth-jwt"));
    }
}

#[tokio::test]
async fn a_copy_that_is_extended_is_one_of_the_row() {
    let redis = Redis::start().expect("Redis starts");
    let address = redis.url();
    let shared = Shared::start(&[("REDIS_URL", &address)]).await;
    let (server, database) = (&shared.server, open(&shared.url));
    server.sign_up(&json!({})).await;
    put(&database, "ann@example.com", "role", Some(text("editor"))).await;
    assert_eq!(server.get("/get-session").await.json()["user"]["role"], "user");
    server.clock.advance(jiff::SignedDuration::from_hours(25));
    assert_eq!(server.get("/get-session").await.json()["user"]["role"], "editor");
    put(&database, "ann@example.com", "banned", Some(ColumnValue::Boolean(true))).await;
    server.clock.advance(jiff::SignedDuration::from_hours(25));
    assert_eq!(server.get("/get-session").await.json(), Value::Null);
}

#[tokio::test]
async fn a_copy_that_is_older_than_the_plugin_says_nothing_of_bans() {
    let redis = Redis::start().expect("Redis starts");
    let address = redis.url();
    let shared = Shared::start(&[("REDIS_URL", &address)]).await;
    let (server, database) = (&shared.server, open(&shared.url));
    let ann = server.sign_up(&json!({})).await.json();
    let key = format!("better-auth:{}", ann["token"].as_str().expect("a token"));
    let copy = redis.run(&format!("GET {key}")).expect("a session");
    let mut copy: Value = serde_json::from_str(&copy).expect("JSON");
    let user = copy["user"].as_object_mut().expect("an object");
    user.retain(|name, _| !["role", "banned", "banReason", "banExpires"].contains(&name.as_str()));
    redis.run(&format!("SET {key} \"{}\"", copy.to_string().replace('"', "\\\"")));
    assert_eq!(server.get("/get-session").await.json()["user"]["banned"], false);
    put(&database, "ann@example.com", "banned", Some(ColumnValue::Boolean(true))).await;
    assert_eq!(server.get("/get-session").await.json(), Value::Null);
}

#[tokio::test]
async fn the_sign_in_of_somebody_banned_ends_what_redis_still_has_of_them() {
    let redis = Redis::start().expect("Redis starts");
    let address = redis.url();
    let shared = Shared::start(&[("REDIS_URL", &address)]).await;
    let (server, database) = (&shared.server, open(&shared.url));
    server.sign_up(&json!({})).await;
    let browser = server.take_cookies();
    // Who wrote the ban came no further, or knew nothing of Redis.
    put(&database, "ann@example.com", "banned", Some(ColumnValue::Boolean(true))).await;
    assert_eq!(sign_in(server, "ann@example.com").await.json()["code"], "BANNED_USER");
    server.put_cookies(browser);
    assert_eq!(server.get("/get-session").await.json(), Value::Null);
}
