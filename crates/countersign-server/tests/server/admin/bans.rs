//! Who is banned is kept out, whoever wrote the ban, and until it is over.

use countersign_jwt::Clock;
use countersign_store::ColumnValue;
use countersign_testing::redis::Redis;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{Shared, boss, on_every_database, put, sign_in};
use crate::{
    fixture::PASSWORD,
    revocation::follower::{Follower, token},
    storage_faults::open,
    tokens::device::{Device, ENABLED, assert_not_good, assert_wrong_password, form, refresh},
};

const BANNED: &str = "You have been banned from this application. Please contact support if you believe \
     this is an error.";

#[tokio::test]
async fn t144_a_banned_user_gets_no_session_and_no_cookie_after_the_right_password_alone() {
    on_every_database(async |server, url| {
        let ann = server.sign_up(&json!({})).await.json();
        boss(server, url).await;
        let ban = json!({ "userId": ann["user"]["id"], "banReason": "spam", "banExpiresIn": 60 });
        let banned = server.post("/admin/ban-user", &ban).await;
        assert_eq!(banned.status, 200, "{}", banned.body);
        let end = server.clock.now() + SignedDuration::from_mins(1);
        let user = &banned.json()["user"];
        assert_eq!(user["banned"], true);
        assert_eq!(user["banReason"], "spam");
        assert_eq!(user["banExpires"], format!("{end:.3}"));

        let in_20_years = json!({ "userId": ann["user"]["id"], "banExpiresIn": 630_720_000 });
        let far = server.post("/admin/ban-user", &in_20_years).await;
        let is_mysql = url.starts_with("mysql");
        assert_eq!(far.status, if is_mysql { 400 } else { 200 }, "{}", far.body);
        assert_eq!(server.post("/admin/ban-user", &ban).await.status, 200);

        server.forget_cookies();
        let refused = sign_in(server, "ann@example.com").await;
        assert_eq!(refused.status, 403);
        assert_eq!(refused.json(), json!({ "message": BANNED, "code": "BANNED_USER" }));
        assert!(refused.set_cookies().is_empty());
        let wrong = json!({ "email": "ann@example.com", "password": "not-her-password" });
        assert_eq!(server.post("/sign-in/email", &wrong).await.status, 401);

        server.clock.advance(SignedDuration::from_secs(61));
        assert_eq!(sign_in(server, "ann@example.com").await.status, 200);
        let user = server.get("/get-session").await.json()["user"].clone();
        let ban = [&user["banned"], &user["banReason"], &user["banExpires"]];
        assert_eq!(ban, [&json!(false), &Value::Null, &Value::Null], "it was taken away");
    })
    .await;
}

#[tokio::test]
async fn t251_a_ban_that_somebody_else_wrote_counts_as_soon_as_the_user_is_read() {
    on_every_database(async |server, url| {
        server.sign_up(&json!({})).await;
        let (database, browser) = (open(url), server.take_cookies());
        put(&database, "ann@example.com", "banned", Some(ColumnValue::Boolean(true))).await;
        server.put_cookies(browser.clone());
        assert_eq!(server.get("/get-session").await.json(), Value::Null);
        for path in ["/token", "/list-sessions"] {
            server.put_cookies(browser.clone());
            assert_eq!(server.get(path).await.status, 401, "{path}");
        }
        server.put_cookies(browser.clone());
        assert_eq!(server.post("/update-user", &json!({ "name": "Anne" })).await.status, 401);
        assert_eq!(sign_in(server, "ann@example.com").await.status, 403);

        let over = server.clock.now() - SignedDuration::from_secs(1);
        put(&database, "ann@example.com", "banExpires", Some(ColumnValue::Date(over))).await;
        server.put_cookies(browser);
        assert_eq!(server.get("/get-session").await.json()["user"]["banned"], true, "but over");
        assert_eq!(sign_in(server, "ann@example.com").await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn t212_refresh_tokens_and_passwords_of_a_banned_user_give_no_tokens() {
    let grant = ("COUNTERSIGN_REFRESH_TOKENS__PASSWORD_GRANT", "true");
    let shared = Shared::start(&[&ENABLED[..], &[grant]].concat()).await;
    let server = &shared.server;
    let device = Device::signed_up(server).await;
    let pair = device.begin(server).await;
    let (database, banned) = (open(&shared.url), Some(ColumnValue::Boolean(true)));
    put(&database, "ann@example.com", "banned", banned).await;
    assert_not_good(&refresh(server, &pair.refresh).await, "banned");
    assert_not_good(&device.ask(server, &[]).await, "banned");
    let with_password =
        [("grant_type", "password"), ("username", "ann@example.com"), ("password", PASSWORD)];
    assert_wrong_password(&server.send(form("/token", &with_password)).await, "banned");
}

#[tokio::test]
async fn t251_in_redis_a_ban_ends_sessions_and_a_role_is_read_from_its_row() {
    let redis = Redis::start().expect("Redis starts");
    let address = redis.url();
    let shared = Shared::start(&[("REDIS_URL", &address)]).await;
    let server = &shared.server;
    let ann = server.sign_up(&json!({})).await.json();
    let browser = server.take_cookies();
    // The copies in Redis still say that the boss is nobody.
    boss(server, &shared.url).await;
    let id = ann["user"]["id"].clone();
    let role = json!({ "userId": id, "role": ["user", "editor"] });
    assert_eq!(server.post("/admin/set-role", &role).await.json()["user"]["role"], "user,editor");
    let administrator = server.take_cookies();
    server.put_cookies(browser.clone());
    let read = server.get("/get-session").await.json();
    assert_eq!(read["user"]["role"], "user,editor", "copies follow");
    assert!(read["session"].get("impersonatedBy").is_none(), "as Better Auth writes it there");
    server.put_cookies(administrator);
    assert_eq!(server.post("/admin/ban-user", &json!({ "userId": id })).await.status, 200);
    server.put_cookies(browser);
    assert_eq!(server.get("/get-session").await.json(), Value::Null);
    assert_eq!(sign_in(server, "ann@example.com").await.status, 403);
}

#[tokio::test]
async fn a_role_ends_the_tokens_that_say_another_one_and_no_session() {
    let scopes = ("COUNTERSIGN_TOKEN__ROLE_SCOPES", "admin=users:write, user=tasks:read");
    let shared = Shared::start(&[scopes]).await;
    let server = &shared.server;
    let ann = server.sign_up(&json!({})).await.json();
    let (old, browser) = (token(server).await, server.take_cookies());
    boss(server, &shared.url).await;
    let role = json!({ "userId": ann["user"]["id"], "role": "admin" });
    assert_eq!(server.post("/admin/set-role", &role).await.status, 200);
    let mut follower = Follower::of(server).await;
    assert!(follower.refuses(&old));
    server.put_cookies(browser);
    // Who read the user before the commit may issue the old role for a moment more.
    server.clock.advance(SignedDuration::from_secs(1));
    assert!(follower.refuses(&token(server).await));
    server.clock.advance(SignedDuration::from_secs(1));
    let new = token(server).await;
    follower.follow(server, 0).await;
    assert!(!follower.refuses(&new));
    let scope = |token: &str| {
        let claims =
            countersign_jwt::dangerous::read_without_verifying(token).expect("a token").claims;
        claims["scope"].clone()
    };
    assert_eq!((scope(&old), scope(&new)), (json!("tasks:read"), json!("users:write")));
}

#[tokio::test]
async fn who_is_let_in_again_signs_in_and_older_tokens_stay_refused() {
    let shared = Shared::start(&[]).await;
    let server = &shared.server;
    let ann = server.sign_up(&json!({})).await.json();
    let old = token(server).await;
    boss(server, &shared.url).await;
    let her = json!({ "userId": ann["user"]["id"] });
    let banned = server.post("/admin/ban-user", &her).await.json();
    assert_eq!(banned["user"]["banReason"], "No reason");
    assert_eq!(banned["user"]["banExpires"], Value::Null);
    let unbanned = server.post("/admin/unban-user", &her).await.json();
    assert_eq!(unbanned["user"]["banned"], false);
    assert_eq!(sign_in(server, "ann@example.com").await.status, 200);
    assert!(Follower::of(server).await.refuses(&old));
}

#[tokio::test]
async fn what_nobody_says_of_a_ban_is_a_setting() {
    let shared = Shared::start(&[
        ("COUNTERSIGN_ADMIN__DEFAULT_BAN_REASON", "because"),
        ("COUNTERSIGN_ADMIN__DEFAULT_BAN_EXPIRES_IN", "1h"),
        ("COUNTERSIGN_ADMIN__BANNED_USER_MESSAGE", "Write to us."),
    ])
    .await;
    let server = &shared.server;
    let ann = server.sign_up(&json!({})).await.json();
    boss(server, &shared.url).await;
    let ban = json!({ "userId": ann["user"]["id"], "banReason": "", "banExpiresIn": 0 });
    let user = server.post("/admin/ban-user", &ban).await.json()["user"].clone();
    let end = server.clock.now() + SignedDuration::from_hours(1);
    assert_eq!(user["banReason"], "because");
    assert_eq!(user["banExpires"], format!("{end:.3}"));
    assert_eq!(sign_in(server, "ann@example.com").await.json()["message"], "Write to us.");
}
