//! What the audit log reads of administrators.

use serde_json::json;

use super::{Shared, boss};
use crate::tokens::events::AuditLog;

#[tokio::test]
async fn whatever_an_administrator_does_is_told_with_who_did_it() {
    let shared = Shared::start(&[]).await;
    let server = &shared.server;
    let ann = server.sign_up(&json!({})).await.json();
    let boss = boss(server, &shared.url).await;
    let id = ann["user"]["id"].as_str().expect("an id");
    let log = AuditLog::begin();
    let body = json!({ "userId": id, "role": "editor", "banReason": "spam", "sessionToken": ann["token"] });
    for (path, event, detail) in [
        ("/admin/list-user-sessions", "user_sessions_listed", None),
        ("/admin/revoke-user-session", "user_session_revoked", None),
        ("/admin/revoke-user-sessions", "user_sessions_revoked", None),
        ("/admin/set-role", "user_role_changed", Some("editor")),
        ("/admin/ban-user", "user_banned", Some("spam")),
        ("/admin/unban-user", "user_unbanned", Some("")),
    ] {
        assert_eq!(server.post(path, &body).await.status, 200, "{path}");
        let told = log.of(event);
        assert_eq!(told.len(), 1, "{event}");
        assert_eq!((told[0]["user"].as_str(), &told[0]["by"]), (id, &boss_id(&boss)), "{event}");
        assert_eq!(told[0].get("detail").map(String::as_str), detail, "{event}");
        let says_token = told[0].values().any(|value| value == &ann["token"]);
        assert!(!says_token, "{event}: a token is a credential");
    }
    // Nobody may, and nothing is told.
    server.forget_cookies();
    server.sign_up(&json!({ "email": "eve@example.com" })).await;
    assert_eq!(server.post("/admin/list-user-sessions", &body).await.status, 403);
    assert_eq!(log.of("user_sessions_listed").len(), 1);
}

fn boss_id(boss: &serde_json::Value) -> String {
    boss["user"]["id"].as_str().expect("an id").to_owned()
}
