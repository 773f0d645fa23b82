//! Whatever ends a session ends the tokens that were issued in it, wherever sessions are.

use std::time::Duration;

use countersign_jwt::Clock;
use countersign_testing::{mariadb::MariaDb, postgres::Postgres, redis::Redis};
use http::StatusCode;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::follower::{Follower, token};
use crate::{
    fixture::{PASSWORD, TestServer},
    storage_faults::{Text, open},
};

/// What somebody does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cause {
    SignOut,
    RevokeSession,
    RevokeSessions,
    RevokeOtherSessions,
    ChangePassword,
    ResetPassword,
    DeleteUser,
    RevokeUserSession,
    RevokeUserSessions,
    Ban,
}

const CAUSES: [Cause; 8] = [
    Cause::SignOut,
    Cause::RevokeSession,
    Cause::RevokeSessions,
    Cause::RevokeOtherSessions,
    Cause::ChangePassword,
    Cause::ResetPassword,
    Cause::DeleteUser,
    Cause::Ban,
];

/// Everybody may do everything at `/admin`.
const ALWAYS: [(&str, &str); 4] = [
    ("COUNTERSIGN_ADMIN__ENABLED", "true"),
    ("COUNTERSIGN_ADMIN__DEFAULT_ROLE", "admin"),
    ("COUNTERSIGN_EMAIL_PASSWORD__REVOKE_SESSIONS_ON_PASSWORD_RESET", "true"),
    ("COUNTERSIGN_DELETE_USER__ENABLED", "true"),
];

async fn sign_in(server: &TestServer) -> Value {
    let body = json!({ "email": "ann@example.com", "password": PASSWORD });
    let reply = server.post("/sign-in/email", &body).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply.json()
}

/// Does it, from another browser where there is one, and asserts that the first one's session and token are
/// at their end. Whether another session went on, and its new token.
async fn ends_everything(server: &TestServer, cause: Cause, what: &str) {
    server.forget_cookies();
    let email = format!("{cause:?}@example.com").to_lowercase();
    let signed_up = server.sign_up(&json!({ "email": email })).await.json();
    let old = token(server).await;
    let first = server.take_cookies();
    server.clock.advance(SignedDuration::from_secs(1));
    let body = json!({ "email": email, "password": PASSWORD });
    assert_eq!(server.post("/sign-in/email", &body).await.status, 200);
    let other = token(server).await;
    let mut follower = Follower::of(server).await;
    assert!(!follower.refuses(&old) && !follower.refuses(&other), "{what}");

    let (path, body) = match cause {
        Cause::SignOut => {
            server.put_cookies(first.clone());
            ("/sign-out", json!({}))
        }
        Cause::RevokeSession => ("/revoke-session", json!({ "token": signed_up["token"] })),
        Cause::RevokeSessions => ("/revoke-sessions", json!({})),
        Cause::RevokeOtherSessions => ("/revoke-other-sessions", json!({})),
        Cause::ChangePassword => {
            let new = "another password";
            let change = json!({ "currentPassword": PASSWORD, "newPassword": new, "revokeOtherSessions": true });
            ("/change-password", change)
        }
        Cause::ResetPassword => {
            server.post("/request-password-reset", &json!({ "email": email })).await;
            let token = server.mailed_token().await;
            ("/reset-password", json!({ "token": token, "newPassword": "another password" }))
        }
        Cause::DeleteUser => ("/delete-user", json!({ "password": PASSWORD })),
        Cause::RevokeUserSession | Cause::RevokeUserSessions | Cause::Ban => {
            server.forget_cookies();
            server.sign_up(&json!({ "email": format!("boss.of.{email}") })).await;
            let (path, user) = match cause {
                Cause::RevokeUserSession => ("/admin/revoke-user-session", "sessionToken"),
                Cause::RevokeUserSessions => ("/admin/revoke-user-sessions", "userId"),
                _ => ("/admin/ban-user", "userId"),
            };
            (
                path,
                json!({ user: if user == "userId" { &signed_up["user"]["id"] } else { &signed_up["token"] } }),
            )
        }
    };
    let reply = server.post(path, &body).await;
    assert_eq!(reply.status, 200, "{what} {}", reply.body);

    assert!(follower.follow(server, 30).await > 0, "{what}");
    assert!(follower.refuses(&old), "{what}");
    let spared = matches!(
        cause,
        Cause::SignOut
            | Cause::RevokeSession
            | Cause::RevokeOtherSessions
            | Cause::RevokeUserSession
    );
    let by_session = !what.contains("claims");
    assert_eq!(follower.refuses(&other), !(spared && by_session), "{what}");
    if cause == Cause::ChangePassword && by_session {
        let new = token(server).await;
        follower.follow(server, 0).await;
        assert!(!follower.refuses(&new), "{what}: whoever changed it goes on");
    }
    server.put_cookies(first);
    assert_eq!(
        server.get("/get-session?disableCookieCache=true").await.json(),
        Value::Null,
        "{what}"
    );
    assert_eq!(server.get("/token").await.status, 401, "{what}");
}

async fn ends_everything_at(changes: &[(&str, &str)], what: &str) {
    let changes = [&ALWAYS, changes].concat();
    let server = TestServer::start_with_mail(&changes).await;
    for cause in CAUSES {
        ends_everything(&server, cause, &format!("{what}: {cause:?}")).await;
    }
}

#[tokio::test]
async fn t224_whatever_ends_a_session_ends_its_tokens_in_a_database() {
    ends_everything_at(&[], "sqlite").await;
}

#[tokio::test]
async fn t224_what_administrators_end_ends_its_tokens() {
    let server = TestServer::start(&ALWAYS).await;
    for cause in [Cause::RevokeUserSession, Cause::RevokeUserSessions] {
        ends_everything(&server, cause, &format!("sqlite: {cause:?}")).await;
    }
}

#[tokio::test]
async fn t224_whatever_ends_a_session_ends_tokens_that_do_not_name_it() {
    ends_everything_at(&[("COUNTERSIGN_TOKEN__CLAIMS", "user")], "claims=user").await;
    ends_everything_at(&[("COUNTERSIGN_TOKEN__CLAIMS", r#"{"a":1}"#)], "claims of a template")
        .await;
}

#[tokio::test]
async fn t224_whatever_ends_a_session_ends_its_tokens_where_cookies_remember_sessions() {
    let template = r#"{"sid":"{session.id}"}"#;
    let cache = ("COUNTERSIGN_SESSION__COOKIE_CACHE", "compact");
    ends_everything_at(&[cache, ("COUNTERSIGN_TOKEN__CLAIMS", template)], "cookie cache").await;
}

#[tokio::test]
async fn t224_whatever_ends_a_session_ends_its_tokens_in_redis() {
    for [stored, preserved] in [["false", "false"], ["true", "false"], ["true", "true"]] {
        let redis = Redis::start().expect("Redis starts");
        let url = redis.url();
        let settings = [
            ("REDIS_URL", url.as_str()),
            ("COUNTERSIGN_SESSION__STORE_IN_DATABASE", stored),
            ("COUNTERSIGN_SESSION__PRESERVE_IN_DATABASE", preserved),
        ];
        // In Redis alone the list of a user's sessions is not relied on.
        let what = format!("redis, stored {stored}, preserved {preserved}");
        ends_everything_at(&settings, &what).await;
    }
}

#[tokio::test]
async fn t224_whatever_ends_a_session_ends_its_tokens_on_postgresql() {
    let postgres = Postgres::start().expect("PostgreSQL starts");
    let url = postgres.new_database("auth").expect("a database");
    ends_everything_at(&[("DATABASE_URL", &url)], "postgresql").await;
}

#[tokio::test]
async fn t224_whatever_ends_a_session_ends_its_tokens_on_mariadb() {
    let mariadb = MariaDb::start().expect("MariaDB starts");
    let url = mariadb.new_database("auth").expect("a database");
    ends_everything_at(&[("DATABASE_URL", &url)], "mariadb").await;
}

/// While all sessions of a user end, one ends by itself and another one begins: as many as there were before.
#[tokio::test]
async fn t224_a_session_that_begins_while_all_end_does_not_end_without_its_tokens() {
    let postgres = Postgres::start().expect("PostgreSQL starts");
    let url = postgres.new_database("auth").expect("a database");
    let server = TestServer::start(&[("DATABASE_URL", &url)]).await;
    let first = server.sign_up(&json!({})).await.json()["token"].clone();
    let begins = sign_in(&server).await["token"].clone();
    let begun = token(&server).await;
    sign_in(&server).await;
    let (first, begins) = (first.as_str().expect("a token"), begins.as_str().expect("a token"));
    let is_it = format!("token = '{begins}'");
    let put_aside = format!(
        "CREATE TABLE aside AS SELECT * FROM session WHERE {is_it}; DELETE FROM session WHERE {is_it}"
    );
    postgres.run("auth", &put_aside).expect("SQL runs");

    let mut others = open(&url).begin().await.expect("begins");
    for statement in [
        format!("DELETE FROM session WHERE token = '{first}'"),
        "INSERT INTO session SELECT * FROM aside".to_owned(),
        // Whoever reads sees none of this yet; whoever writes waits.
        "LOCK TABLE session IN SHARE MODE".to_owned(),
    ] {
        others.execute(&Text(statement)).await.expect("runs");
    }
    let commits = async {
        let waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted";
        while postgres.run("auth", waiting).expect("reads").trim() == "0" {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        others.commit().await.expect("commits");
    };
    let nothing = json!({});
    let (ended, ()) = tokio::join!(server.post("/revoke-sessions", &nothing), commits);
    assert_eq!(ended.status, 200, "{}", ended.body);
    assert_eq!(postgres.run("auth", "SELECT count(*) FROM session").expect("reads").trim(), "0");
    assert!(Follower::of(&server).await.refuses(&begun));
}

#[tokio::test]
async fn sessions_of_one_browser_end_with_their_tokens() {
    let server = TestServer::start(&[("COUNTERSIGN_MULTI_SESSION__ENABLED", "true")]).await;
    server.sign_up(&json!({})).await;
    let ann = token(&server).await;
    server.sign_up(&json!({ "email": "bea@example.com" })).await;
    let bea = token(&server).await;
    server.sign_up(&json!({ "email": "cat@example.com" })).await;
    let cat = token(&server).await;
    let mut follower = Follower::of(&server).await;
    // Ann signs in again in this browser: her older session is replaced.
    sign_in(&server).await;
    follower.follow(&server, 30).await;
    assert!(follower.refuses(&ann) && !follower.refuses(&bea) && !follower.refuses(&cat));
    assert_eq!(server.post("/sign-out", &json!({})).await.status, 200);
    follower.follow(&server, 30).await;
    assert!(follower.refuses(&bea) && follower.refuses(&cat));
}

#[tokio::test]
async fn a_password_that_is_changed_ends_older_tokens_and_no_session() {
    let server = TestServer::start(&[]).await;
    server.sign_up(&json!({})).await;
    let old = token(&server).await;
    server.clock.advance(SignedDuration::from_secs(1));
    let change = json!({ "currentPassword": PASSWORD, "newPassword": "another password" });
    assert_eq!(server.post("/change-password", &change).await.status, 200);
    let (new, follower) = (token(&server).await, Follower::of(&server).await);
    assert!(follower.refuses(&old) && !follower.refuses(&new));
}

#[tokio::test]
async fn t230_a_sign_out_that_cannot_be_written_is_not_reported_as_done() {
    let mut postgres = Postgres::start().expect("PostgreSQL starts");
    let redis = Redis::start().expect("Redis starts");
    let (database, sessions) = (postgres.new_database("auth").expect("a database"), redis.url());
    let settings = [("DATABASE_URL", database.as_str()), ("REDIS_URL", &sessions)];
    let server = TestServer::start(&settings).await;
    server.sign_up(&json!({})).await;
    let cookies = server.take_cookies();
    let still = async || {
        server.put_cookies(cookies.clone());
        server.get("/get-session").await.json()["user"]["name"].clone()
    };
    for path in ["/sign-out", "/revoke-sessions", "/revoke-other-sessions"] {
        // Sessions are in Redis, and it answers; what guards have to know cannot be written.
        postgres.stop();
        server.put_cookies(cookies.clone());
        let reply = server.post(path, &json!({})).await;
        assert_eq!(reply.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
        assert!(reply.set_cookies().is_empty(), "{path}");
        postgres.start_again().expect("PostgreSQL starts again");
        assert_eq!(still().await, "Ann", "{path}: nothing was ended");
    }
}

#[tokio::test]
async fn t230_a_sign_out_while_redis_is_away_is_not_reported_as_done_and_can_be_done_again() {
    let mut redis = Redis::start().expect("Redis starts");
    let url = redis.url();
    let rows = ("COUNTERSIGN_SESSION__STORE_IN_DATABASE", "true");
    let server = TestServer::start(&[("REDIS_URL", &url), rows]).await;
    server.sign_up(&json!({})).await;
    let token = token(&server).await;
    let cookies = server.take_cookies();
    let signs_out = async || {
        server.put_cookies(cookies.clone());
        server.post("/sign-out", &json!({})).await
    };
    redis.stop();
    let reply = signs_out().await;
    assert_eq!(reply.status, 503);
    assert!(reply.set_cookies().is_empty());
    assert!(!Follower::of(&server).await.refuses(&token), "nothing was done");
    redis.restart().expect("Redis starts again");
    // The first call may find the old connection gone.
    while signs_out().await.status == 503 {}
    assert!(Follower::of(&server).await.refuses(&token));
}

/// As when all sessions of a user were ended elsewhere while this one began: its row is there.
#[tokio::test]
async fn t224_who_signs_out_of_a_session_that_redis_holds_to_be_over_is_refused() {
    let redis = Redis::start().expect("Redis starts");
    let url = redis.url();
    let rows = ("COUNTERSIGN_SESSION__STORE_IN_DATABASE", "true");
    let server = TestServer::start(&[("REDIS_URL", &url), rows]).await;
    let user = server.sign_up(&json!({})).await.json()["user"]["id"].clone();
    let token = token(&server).await;
    let user = user.as_str().expect("an id");
    let later = (server.clock.now() + SignedDuration::from_secs(1)).as_millisecond();
    redis.run(&format!("SET better-auth:revoked-sessions-before-{user} {later}"));
    assert!(!Follower::of(&server).await.refuses(&token));
    assert_eq!(server.post("/sign-out", &json!({})).await.status, 200);
    assert!(Follower::of(&server).await.refuses(&token));
}

#[tokio::test]
async fn t232_a_redis_that_forgot_everything_forgets_no_revocation() {
    let redis = Redis::start().expect("Redis starts");
    let url = redis.url();
    let server = TestServer::start(&[("REDIS_URL", &url)]).await;
    server.sign_up(&json!({})).await;
    let token = token(&server).await;
    assert_eq!(server.post("/sign-out", &json!({})).await.status, 200);
    redis.run("FLUSHALL");
    assert!(Follower::of(&server).await.refuses(&token));
}
