//! Somebody else named in a body: identity never comes from there.

use serde_json::{Value, json};

use crate::fixture::{PASSWORD, TestServer};

#[tokio::test]
async fn t248_nobody_signs_up_as_more_than_they_are() {
    let server = TestServer::start(&[]).await;
    let wanted = json!({
        "id": "mine", "role": "admin", "emailVerified": true, "banned": false, "createdAt": "1970-01-01T00:00:00Z",
        "updatedAt": 0, "userId": "bob", "image": "x",
    });
    server.sign_up(&wanted).await;
    let user = server.get("/get-session").await.json()["user"].clone();
    assert_eq!(user["emailVerified"], false);
    assert_ne!(user["id"], "mine");
    assert!(user["createdAt"].as_str().is_some_and(|text| text.starts_with("2027")), "{user}");
    assert!(user.get("role").is_none_or(Value::is_null) && user.get("banned").is_none(), "{user}");
    // Nor is the token one of somebody else.
    let token = server.get("/token").await.json()["token"].as_str().expect("a token").to_owned();
    let claims =
        countersign_jwt::dangerous::read_without_verifying(&token).expect("a token").claims;
    assert_eq!(claims["sub"], user["id"]);
    assert!(claims.get("role").is_none(), "{claims:?}");
}

#[tokio::test]
async fn t250_without_a_session_a_victims_id_opens_nothing() {
    let server = TestServer::start(&[]).await;
    server.sign_up(&json!({})).await;
    let session = server.get("/get-session").await.json();
    let (id, user) = (&session["session"]["id"], &session["session"]["userId"]);
    server.forget_cookies();
    let named = json!({
        "userId": user, "id": id, "sessionId": id, "user": session["user"], "session": session["session"],
        "token": session["session"]["token"], "email": "ann@example.com",
    });
    for path in ["/revoke-session", "/revoke-sessions", "/revoke-other-sessions"] {
        assert_eq!(server.post(path, &named).await.status, 401, "{path}");
    }
    let query = format!("userId={}", user.as_str().expect("an id"));
    for path in ["/list-sessions", "/token"] {
        assert_eq!(server.get(&format!("{path}?{query}")).await.status, 401, "{path}");
    }
    assert_eq!(server.get(&format!("/get-session?{query}")).await.body, "null");
    let body = json!({ "email": "ann@example.com", "password": PASSWORD });
    assert_eq!(server.post("/sign-in/email", &body).await.status, 200);
    let sessions = server.get("/list-sessions").await.json();
    assert_eq!(sessions.as_array().map(Vec::len), Some(2), "the victim's session lives");
}

#[tokio::test]
async fn t250_a_session_that_is_named_is_revoked_for_its_owner_only() {
    let server = TestServer::start(&[]).await;
    server.sign_up(&json!({})).await;
    let victim = server.get("/get-session").await.json()["session"]["token"].clone();
    let cookies = server.take_cookies();
    server.sign_up(&json!({ "email": "eve@example.com" })).await;
    let named = json!({ "token": victim, "userId": "x" });
    let answer = server.post("/revoke-session", &named).await;
    // The same as for a token that nobody has.
    let none = server.post("/revoke-session", &json!({ "token": "a".repeat(32) })).await;
    assert_eq!((answer.status, answer.body), (none.status, none.body));
    server.put_cookies(cookies);
    assert_eq!(server.get("/get-session").await.json()["session"]["token"], victim);
}
