//! What the command line takes back, where something is in its way.

use countersign_server::{RevokeError, revoke_session};
use countersign_testing::{file_in, redis::Redis};
use serde_json::json;

use super::follower::{Follower, token};
use crate::{
    fixture::{TestServer, repeating, settings},
    storage_faults::open,
};

#[tokio::test]
async fn t230_what_was_done_while_redis_was_away_is_said_and_can_be_done_again() {
    let redis = Redis::start().expect("Redis starts");
    let folder = tempfile::tempdir().expect("a folder");
    let (url, sessions) = (file_in(&folder, "a.db"), redis.url());
    let changes = [
        ("DATABASE_URL", url.as_str()),
        ("REDIS_URL", &sessions),
        ("COUNTERSIGN_SESSION__STORE_IN_DATABASE", "true"),
    ];
    let server = TestServer::start(&changes).await;
    server.sign_up(&json!({})).await;
    let token = token(&server).await;
    let session = async || server.get("/get-session").await.json()["session"].clone();
    let id = session().await["id"].as_str().expect("an id").to_owned();
    let (settings, database) = (settings(&changes).expect("settings"), open(&url));
    let revoke = async || {
        revoke_session(&settings, &database, &id, None, &*server.clock, &repeating()).await
    };

    redis.run("ACL SETUSER default -ping");
    let error = revoke().await.expect_err("Redis does not answer");
    assert!(matches!(error, RevokeError::NoRedis(_)), "{error}");
    assert!(error.to_string().contains("nothing was taken back"), "{error}");
    redis.run("ACL SETUSER default +ping");
    assert_eq!(session().await["id"], json!(id));
    assert!(!Follower::of(&server).await.refuses(&token));

    redis.run("ACL SETUSER default -get");
    let error = revoke().await.expect_err("Redis does not say");
    assert!(matches!(error, RevokeError::Redis(_)), "{error}");
    assert!(error.to_string().contains("the database says already"), "{error}");
    assert!(Follower::of(&server).await.refuses(&token));
    redis.run("ACL SETUSER default +get");
    assert_eq!(session().await["id"], json!(id), "as it was said");

    revoke().await.expect("done again");
    assert!(server.get("/get-session").await.json().is_null());
    let error = revoke().await.expect_err("it is gone");
    assert!(matches!(error, RevokeError::NoSuchSession(_)), "{error}");
}
