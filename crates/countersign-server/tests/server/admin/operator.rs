//! What the command line does to users, where something is in its way.

use std::time::Duration;

use countersign_server::{RevokeError, UserChange, change_user, inspect};
use countersign_testing::redis::Redis;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{ADMIN, Shared, sign_in};
use crate::{
    fixture::{TestServer, repeating, settings},
    revocation::follower::{Follower, token},
};

/// Does it, as the command line would with the settings of this server.
async fn change(
    server: &TestServer,
    changes: &[(&str, &str)],
    user: &str,
    change: UserChange,
    patience: Option<Duration>,
) -> Result<Option<jiff::Timestamp>, RevokeError> {
    let settings = settings(changes).expect("settings");
    let database = Box::pin(inspect(&settings)).await.expect("looks").database;
    let (clock, entropy) = (&*server.clock, &repeating());
    let done = change_user(&settings, &database, user, change, patience, clock, entropy);
    let done = Box::pin(done).await?;
    Ok(done.banned_until)
}

fn ban(expires_in: Option<SignedDuration>) -> UserChange {
    UserChange::Ban { reason: Some("spam".to_owned()), expires_in }
}

#[tokio::test]
async fn a_ban_ends_everything_and_an_end_lets_in_again() {
    let redis = Redis::start().expect("Redis starts");
    let address = redis.url();
    let stored = ("COUNTERSIGN_SESSION__STORE_IN_DATABASE", "true");
    for more in [&[][..], &[("REDIS_URL", address.as_str())], &[("REDIS_URL", &address), stored]] {
        let shared = Shared::start(more).await;
        let changes = [&[ADMIN, ("DATABASE_URL", shared.url.as_str())], more].concat();
        let server = &shared.server;
        let ann = server.sign_up(&json!({})).await.json();
        let (old, browser) = (token(server).await, server.take_cookies());
        let hour = SignedDuration::from_hours(1);
        let id = ann["user"]["id"].as_str().expect("an id");
        let done = change(server, &changes, id, ban(Some(hour)), Some(Duration::ZERO)).await;
        assert!(done.expect("bans").is_some());
        assert!(Follower::of(server).await.refuses(&old), "{more:?}");
        server.put_cookies(browser);
        assert_eq!(server.get("/get-session").await.json(), Value::Null, "{more:?}");
        assert_eq!(sign_in(server, "ann@example.com").await.json()["code"], "BANNED_USER");
        change(server, &changes, "ann@example.com", UserChange::Unban, None)
            .await
            .expect("lets in");
        assert_eq!(sign_in(server, "ann@example.com").await.status, 200);

        let role = UserChange::Role("admin".to_owned());
        change(server, &changes, "ann@example.com", role, None).await.expect("gives a role");
        let read = server.get("/get-session").await.json();
        assert_eq!(read["user"]["role"], "admin", "{more:?}");
    }
}

#[tokio::test]
async fn what_cannot_be_done_says_what_to_do() {
    let shared = Shared::start(&[("COUNTERSIGN_ADMIN__ENABLED", "auto")]).await;
    let place = [("DATABASE_URL", shared.url.as_str())];
    shared.server.sign_up(&json!({})).await;
    let done = change(&shared.server, &place, "ann@example.com", ban(None), None).await;
    let error = done.expect_err("there is no such column").to_string();
    assert!(error.contains("admin.enabled = true"), "{error}");
    // A role alone is there where scopes depend on it.
    let scopes = [place[0], ("COUNTERSIGN_TOKEN__ROLE_SCOPES", "admin=users:write")];
    let admin = Shared::start(&[scopes[1], ("COUNTERSIGN_ADMIN__ENABLED", "auto")]).await;
    admin.server.sign_up(&json!({})).await;
    let scopes = [("DATABASE_URL", admin.url.as_str()), scopes[1]];
    let role = UserChange::Role("admin".to_owned());
    change(&admin.server, &scopes, "ann@example.com", role, None).await.expect("gives a role");

    let shared = Shared::start(&[]).await;
    let place = [ADMIN, ("DATABASE_URL", shared.url.as_str())];
    let done = change(&shared.server, &place, "eve@example.com", ban(None), None).await;
    assert!(matches!(done, Err(RevokeError::NoSuchUser(_))));
    shared.server.sign_up(&json!({})).await;
    let no_feed = [&place[..], &[("COUNTERSIGN_REVOCATION__ENABLED", "false")]].concat();
    let patience = Some(Duration::ZERO);
    let done = change(&shared.server, &no_feed, "ann@example.com", ban(None), patience).await;
    assert!(matches!(done, Err(RevokeError::NoFeed)));
    assert_eq!(sign_in(&shared.server, "ann@example.com").await.status, 200, "nothing was done");
}
