//! Every way in is closed to somebody whom another program banned.

use countersign_jwt::{Clock, SigningKey};
use countersign_store::ColumnValue;
use countersign_testing::{SECRET, redis::Redis};
use serde_json::{Value, json};

use super::{Shared, put};
use crate::{
    fixture::PASSWORD,
    revocation::follower::token,
    storage_faults::open,
    tokens::{
        device::{Device, ENABLED},
        introspection::{SETTINGS, said},
    },
};

const BANNED: Option<ColumnValue> = Some(ColumnValue::Boolean(true));

#[tokio::test]
async fn t144_no_other_way_to_sign_in_lets_in_who_is_banned() {
    let shared = Shared::start(&[
        ("COUNTERSIGN_USERNAME__ENABLED", "true"),
        ("COUNTERSIGN_MULTI_SESSION__ENABLED", "true"),
        ("COUNTERSIGN_BEARER__ENABLED", "true"),
        ("COUNTERSIGN_EMAIL_VERIFICATION__AUTO_SIGN_IN_AFTER_VERIFICATION", "true"),
    ])
    .await;
    let (server, database) = (&shared.server, open(&shared.url));
    let ann = server.sign_up(&json!({ "username": "annie" })).await;
    let device = ann.headers["set-auth-token"].to_str().expect("text").to_owned();
    let browser = server.take_cookies();
    put(&database, "ann@example.com", "banned", BANNED).await;

    let name = json!({ "username": "annie", "password": PASSWORD });
    let refused = server.post("/sign-in/username", &name).await;
    assert_eq!((refused.status.as_u16(), &refused.json()["code"]), (403, &json!("BANNED_USER")));
    let now = server.clock.now().as_second();
    let proof = json!({ "email": "ann@example.com", "iat": now, "exp": now + 900 });
    let proof = SigningKey::hs256(SECRET.as_bytes()).expect("a key").sign(&proof).expect("a token");
    let refused = server.get(&format!("/verify-email?token={proof}")).await;
    assert_eq!((refused.status.as_u16(), &refused.json()["code"]), (403, &json!("BANNED_USER")));
    assert!(refused.set_cookies().is_empty());

    server.put_cookies(browser.clone());
    let active = json!({ "sessionToken": ann.json()["token"] });
    assert_eq!(server.post("/multi-session/set-active", &active).await.status, 401);
    server.put_cookies(browser.clone());
    let listed = server.get("/multi-session/list-device-sessions").await;
    assert_eq!(listed.json(), json!([]));
    server.put_cookies(browser);
    let body = json!({ "currentPassword": PASSWORD, "newPassword": "another password", "revokeOtherSessions": true });
    assert_eq!(server.post("/change-password", &body).await.status, 401);
    server.forget_cookies();
    assert!(!Device(device).is_signed_in(server).await);
}

#[tokio::test]
async fn t242_tokens_of_who_is_banned_are_not_active() {
    let redis = Redis::start().expect("Redis starts");
    let address = redis.url();
    let claims = ("COUNTERSIGN_TOKEN__CLAIMS", "user");
    for more in [&[][..], &[claims], &[("REDIS_URL", address.as_str())]] {
        let shared = Shared::start(&[&ENABLED[..], &SETTINGS, more].concat()).await;
        let (server, database) = (&shared.server, open(&shared.url));
        server.sign_up(&json!({})).await;
        let issued = token(server).await;
        server.forget_cookies();
        let pair = Device::signed_in(server).await.begin(server).await;
        let tokens = [issued, pair.access, pair.refresh];
        for token in &tokens {
            assert_eq!(said(server, token).await["active"], true, "{more:?}");
        }
        put(&database, "ann@example.com", "banned", BANNED).await;
        for token in &tokens {
            assert_eq!(said(server, token).await, json!({ "active": false }), "{more:?}");
        }
    }
}

#[tokio::test]
async fn a_cookie_that_says_of_its_user_to_be_banned_answers_nothing() {
    let cache = ("COUNTERSIGN_SESSION__COOKIE_CACHE", "compact");
    let shared = Shared::start(&[cache]).await;
    let (server, database) = (&shared.server, open(&shared.url));
    server.sign_up(&json!({})).await;
    let remembered = server.take_cookies();
    assert!(remembered.len() > 1, "{remembered:?}");
    put(&database, "ann@example.com", "banned", BANNED).await;
    // As for every session that ended elsewhere: it reads until the cookie is over, and gives no tokens.
    server.put_cookies(remembered.clone());
    assert_eq!(server.get("/get-session").await.json()["user"]["name"], "Ann");
    assert_eq!(server.get("/token").await.status, 401);
    server.put_cookies(remembered);
    // An answer that writes the cookie anew writes the ban into it.
    assert_eq!(server.post("/update-user", &json!({ "name": "Anne" })).await.status, 200);
    assert_eq!(server.get("/get-session").await.json(), Value::Null);
}
