//! Who may do what at `/admin`, and what nobody gives themselves.

use countersign_jwt::dangerous::read_without_verifying;
use countersign_store::ColumnValue;
use serde_json::{Value, json};

use super::{ADMIN, Shared, boss, put};
use crate::{
    fixture::{PASSWORD, TestServer},
    revocation::follower::token,
    storage_faults::open,
};

const ENDPOINTS: [&str; 6] = [
    "/admin/ban-user",
    "/admin/unban-user",
    "/admin/set-role",
    "/admin/revoke-user-session",
    "/admin/revoke-user-sessions",
    "/admin/list-user-sessions",
];

/// A body that every endpoint takes.
fn about(id: &Value) -> Value {
    json!({ "userId": id, "role": "admin", "sessionToken": "x" })
}

#[tokio::test]
async fn t251_a_users_role_is_read_anew_and_no_other_role_does_anything() {
    let shared = Shared::start(&[]).await;
    let (server, database) = (&shared.server, open(&shared.url));
    let ann = server.sign_up(&json!({})).await.json()["user"]["id"].clone();
    server.sign_up(&json!({ "email": "bob@example.com" })).await;
    for role in ["user", "Admin", " admin", "administrator", "user, admin", ""] {
        let role = Some(ColumnValue::Text(role.to_owned()));
        put(&database, "bob@example.com", "role", role.clone()).await;
        for path in ENDPOINTS {
            let reply = server.post(path, &about(&ann)).await;
            assert_eq!(reply.status, 403, "{path} as {role:?}: {}", reply.body);
        }
    }
    for role in ["admin", "user,admin"] {
        put(&database, "bob@example.com", "role", Some(ColumnValue::Text(role.to_owned()))).await;
        let listed = server.post("/admin/list-user-sessions", &about(&ann)).await;
        assert_eq!(listed.status, 200, "{}", listed.body);
        assert_eq!(listed.json()["sessions"][0]["userId"], ann);
    }
    server.forget_cookies();
    for path in ENDPOINTS {
        assert_eq!(server.post(path, &about(&ann)).await.status, 401, "{path}");
    }
}

#[tokio::test]
async fn a_role_is_read_alike_for_rights_and_for_scopes() {
    let scopes = ("COUNTERSIGN_TOKEN__ROLE_SCOPES", "admin=users:write, user=tasks:read");
    let usual = ("COUNTERSIGN_ADMIN__DEFAULT_ROLE", "admin");
    for (more, role, may, scope) in [
        (&[scopes][..], Some("user, admin"), 403, json!("tasks:read")),
        (&[scopes], Some(" admin"), 403, Value::Null),
        (&[scopes], None, 403, json!("tasks:read")),
        (&[scopes], Some("admin"), 200, json!("users:write")),
        (&[scopes, usual], None, 200, json!("users:write")),
        (&[scopes, usual], Some(""), 200, json!("users:write")),
    ] {
        let shared = Shared::start(more).await;
        let server = &shared.server;
        let ann = server.sign_up(&json!({})).await.json()["user"]["id"].clone();
        let value = role.map(|role| ColumnValue::Text(role.to_owned()));
        put(&open(&shared.url), "ann@example.com", "role", value).await;
        let listed = server.post("/admin/list-user-sessions", &about(&ann)).await;
        assert_eq!(listed.status, may, "{role:?}");
        let claims = read_without_verifying(&token(server).await).expect("a token").claims;
        assert_eq!(claims.get("scope").unwrap_or(&Value::Null), &scope, "{role:?}");
    }
}

#[tokio::test]
async fn users_who_are_named_in_the_settings_need_no_role() {
    let shared = Shared::start(&[]).await;
    let ann = shared.server.sign_up(&json!({})).await.json()["user"]["id"].clone();
    let cookies = shared.server.take_cookies();
    let id = ann.as_str().expect("an id");
    let named = ("COUNTERSIGN_ADMIN__USER_IDS", id);
    let server = TestServer::start(&[ADMIN, ("DATABASE_URL", &shared.url), named]).await;
    server.put_cookies(cookies);
    assert_eq!(server.post("/admin/list-user-sessions", &about(&ann)).await.status, 200);
    let reply = server.post("/admin/ban-user", &about(&ann)).await;
    assert_eq!(
        (reply.status.as_u16(), &reply.json()["code"]),
        (400, &json!("YOU_CANNOT_BAN_YOURSELF"))
    );
    let reply = server.post("/admin/ban-user", &about(&json!("nobody"))).await;
    assert_eq!((reply.status.as_u16(), &reply.json()["code"]), (404, &json!("USER_NOT_FOUND")));
}

#[tokio::test]
async fn t248_nobody_gives_themselves_a_role_at_sign_up() {
    let server = TestServer::start(&[ADMIN]).await;
    let body = json!({ "name": "Ann", "email": "ann@example.com", "password": PASSWORD });
    for (member, value) in
        [("role", json!("admin")), ("banReason", json!("x")), ("banExpires", json!(1))]
    {
        let mut body = body.clone();
        body[member] = value;
        let reply = server.post("/sign-up/email", &body).await;
        assert_eq!(reply.status, 400, "{member}: {}", reply.body);
        let said = json!({ "message": format!("{member} is not allowed to be set"), "code": "FIELD_NOT_ALLOWED" });
        assert_eq!(reply.json(), said);
    }
    let more = json!({ "role": "", "banned": true, "emailVerified": true, "id": "x", "createdAt": "2000-01-01" });
    let user = server.sign_up(&more).await.json()["user"].clone();
    assert_eq!((&user["role"], &user["banned"]), (&json!("user"), &json!(false)));
    assert_eq!((&user["emailVerified"], user["id"] == "x"), (&json!(false), false));
}

#[tokio::test]
async fn t249_nobody_changes_what_keeps_them_out_or_who_they_are() {
    let server = TestServer::start(&[ADMIN]).await;
    server.sign_up(&json!({})).await;
    let before = server.get("/get-session").await.json();
    for (body, code) in [
        (json!({ "email": "eve@example.com" }), "EMAIL_CAN_NOT_BE_UPDATED"),
        (json!({ "role": "admin" }), "FIELD_NOT_ALLOWED"),
        (json!({ "name": "Eve", "banned": true }), "FIELD_NOT_ALLOWED"),
        (json!({ "banReason": "x" }), "FIELD_NOT_ALLOWED"),
        (json!({ "banExpires": 1 }), "FIELD_NOT_ALLOWED"),
        (json!([]), "VALIDATION_ERROR"),
    ] {
        let reply = server.post("/update-user", &body).await;
        assert_eq!((reply.status.as_u16(), &reply.json()["code"]), (400, &json!(code)), "{body}");
    }
    // What no column is for, and what counts as nothing, is passed over.
    for body in
        [json!({ "emailVerified": true }), json!({ "role": null }), json!({ "banned": false })]
    {
        assert_eq!(server.post("/update-user", &body).await.status, 400, "{body}");
    }
    let session = json!({ "userId": "bob", "token": "x", "expiresAt": "2099-01-01T00:00:00.000Z" });
    assert_eq!(server.post("/update-session", &session).await.status, 400);
    assert_eq!(server.get("/get-session").await.json(), before);
}

#[tokio::test]
async fn a_session_in_which_somebody_else_acts_is_not_in_its_users_list() {
    let shared = Shared::start(&[]).await;
    let (server, database) = (&shared.server, open(&shared.url));
    let ann = server.sign_up(&json!({})).await.json()["user"]["id"].clone();
    let list = async || server.get("/list-sessions").await.json().as_array().expect("a list").len();
    assert_eq!(list().await, 1);
    let sql = "UPDATE session SET \"impersonatedBy\" = 'boss'".to_owned();
    database.execute(&crate::storage_faults::Text(sql)).await.expect("writes");
    assert_eq!(server.get("/get-session").await.json()["session"]["impersonatedBy"], "boss");
    assert_eq!(list().await, 0);
    boss(server, &shared.url).await;
    let listed = server.post("/admin/list-user-sessions", &about(&ann)).await.json();
    assert_eq!(listed["sessions"][0]["impersonatedBy"], "boss");
}
