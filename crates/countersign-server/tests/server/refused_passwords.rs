//! Passwords that everybody guesses first.

use serde_json::{Value, json};

use crate::fixture::TestServer;

#[tokio::test]
async fn t204_passwords_of_the_list_are_refused_wherever_one_is_chosen() {
    let folder = tempfile::tempdir().expect("a folder");
    let list = folder.path().join("common.txt");
    std::fs::write(&list, "password1\n\nQwertyuiop\r\niloveyou123\n").expect("a list");
    let path = list.display().to_string();
    let server =
        TestServer::start_with_mail(&[("COUNTERSIGN_PASSWORD__REFUSED_FILE", path.as_str())]).await;
    let refused = |body: &Value| body["code"] == "PASSWORD_COMPROMISED";
    for password in ["qwertyuiop", "QWERTYUIOP", "ILoveYou123", "\u{ff51}wertyuiop"] {
        let body = json!({ "name": "Ann", "email": "ann@example.com", "password": password });
        let reply = server.post("/sign-up/email", &body).await;
        assert_eq!(reply.status, 400, "{password}");
        assert!(refused(&reply.json()), "{password} {}", reply.body);
    }
    server.sign_up(&json!({ "password": "qwertyuiop is longer" })).await;
    let change = json!({ "currentPassword": "qwertyuiop is longer", "newPassword": "iloveyou123" });
    assert!(refused(&server.post("/change-password", &change).await.json()));
    server.post("/request-password-reset", &json!({ "email": "ann@example.com" })).await;
    let token = server.mailed_token().await;
    let reset = json!({ "token": token, "newPassword": "iloveyou123" });
    assert!(refused(&server.post("/reset-password", &reset).await.json()));
}
