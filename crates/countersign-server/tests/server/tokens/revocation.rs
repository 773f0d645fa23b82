//! A token is taken back by whoever has it.

use serde_json::json;

use super::{
    device::{Device, assert_not_good, form, refresh, refreshed, start},
    events::AuditLog,
};

#[tokio::test]
async fn a_refresh_token_goes_with_its_family_and_the_session_stays() {
    let log = AuditLog::begin();
    let server = start(&[]).await;
    let device = Device::signed_up(&server).await;
    let first = device.begin(&server).await;
    let second = refreshed(&server, &first.refresh).await;
    // A used one is as good for this: who has it has had it.
    let reply = server.send(form("/token/revoke", &[("token", &first.refresh)])).await;
    assert_eq!((reply.status.as_u16(), reply.body.as_str()), (200, "{}"));
    assert_not_good(&refresh(&server, &second.refresh).await, "taken back");
    assert!(device.is_signed_in(&server).await);
    assert_eq!(log.of("refresh_token_revoked").len(), 1);
    assert!(log.of("refresh_token_reuse").is_empty());
}

#[tokio::test]
async fn what_is_no_token_is_answered_like_one() {
    let server = start(&[]).await;
    let pair = Device::signed_up(&server).await.begin(&server).await;
    for token in ["unknown", "a.b.c", "csr_0123456789012345678901234567890123456789012"] {
        let hint = ("token_type_hint", "refresh_token");
        let reply = server.send(form("/token/revoke", &[("token", token), hint])).await;
        assert_eq!((reply.status.as_u16(), reply.body.as_str()), (200, "{}"), "{token}");
    }
    let reply = server.send(form("/token/revoke", &[])).await;
    assert_eq!((reply.status.as_u16(), &reply.json()["error"]), (400, &json!("invalid_request")));
    refreshed(&server, &pair.refresh).await;
}

#[tokio::test]
async fn a_browser_takes_back_what_is_in_its_cookie() {
    let server = start(&[]).await;
    server.sign_up(&json!({})).await;
    server.post("/token", &json!({ "grant_type": "session" })).await;
    let reply = server.post("/token/revoke", &json!({})).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    assert!(reply.set_cookies()[0].starts_with("better-auth.refresh_token=; Max-Age=0; "));
    assert_ne!(server.get("/get-session").await.body, "null");
}
