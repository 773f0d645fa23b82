//! Addresses that are proven, and tokens that prove nothing.

use countersign_jwt::SigningKey;
use countersign_testing::SECRET;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::fixture::TestServer;

const NOW: i64 = 1_800_000_000;

fn signed(claims: &Value) -> String {
    let key = SigningKey::hs256(SECRET.as_bytes()).expect("a key");
    key.sign(claims).expect("a token")
}

async fn verify(server: &TestServer, token: &str) -> (u16, Value) {
    let reply = server.get(&format!("/verify-email?token={token}")).await;
    (reply.status.as_u16(), reply.json()["code"].clone())
}

async fn user(server: &TestServer) -> Value {
    server.get("/get-session").await.json()["user"].clone()
}

#[tokio::test]
async fn t95_an_access_token_with_an_address_proves_nothing() {
    let settings =
        [("COUNTERSIGN_TOKEN__ALGORITHM", "HS256"), ("COUNTERSIGN_TOKEN__CLAIMS", "user")];
    let sign_in = [("COUNTERSIGN_EMAIL_VERIFICATION__AUTO_SIGN_IN_AFTER_VERIFICATION", "true")];
    let server = TestServer::start(&[settings[0], settings[1], sign_in[0]]).await;
    server.sign_up(&json!({})).await;
    let access = server.get("/token").await.json()["token"].as_str().expect("a token").to_owned();
    let claims =
        countersign_jwt::dangerous::read_without_verifying(&access).expect("a token").claims;
    assert_eq!(claims["email"], "ann@example.com");
    let id = user(&server).await["id"].clone();
    let times = json!({ "email": "ann@example.com", "iat": NOW, "exp": NOW + 900 });
    let mut forged = vec![access];
    for (claim, value) in
        [("sub", id.clone()), ("iss", json!("x")), ("aud", json!("x")), ("jti", json!("x"))]
    {
        let mut claims = times.clone();
        claims[claim] = value;
        forged.push(signed(&claims));
    }
    let cookies = server.take_cookies();
    for token in &forged {
        let reply = server.get(&format!("/verify-email?token={token}")).await;
        assert_eq!((reply.status.as_u16(), &reply.json()["code"]), (401, &json!("INVALID_TOKEN")));
        assert!(reply.set_cookies().is_empty(), "no session");
    }
    server.put_cookies(cookies);
    assert_eq!(user(&server).await["emailVerified"], false);
    // What is forged is only the purpose: the same address and times prove it.
    assert_eq!(verify(&server, &signed(&times)).await, (200, Value::Null));
    assert_eq!(user(&server).await["emailVerified"], true);
}

#[tokio::test]
async fn t199_a_token_ends_with_the_second_it_names() {
    let server = TestServer::start(&[]).await;
    server.sign_up(&json!({})).await;
    let claims = json!({ "email": "ann@example.com", "iat": NOW, "exp": NOW + 900 });
    let token = signed(&claims);
    server.clock.advance(SignedDuration::from_secs(900));
    assert_eq!(verify(&server, &token).await, (401, json!("TOKEN_EXPIRED")));
    let reply = server.get(&format!("/verify-email?token={token}&callbackURL=/in")).await;
    assert_eq!(
        (reply.status.as_u16(), &reply.headers["location"]),
        (302, &"/in?error=TOKEN_EXPIRED".parse().expect("a header"))
    );
    server.clock.advance(SignedDuration::from_secs(-1));
    assert_eq!(verify(&server, &token).await, (200, Value::Null));
}

#[tokio::test]
async fn t199_tokens_that_are_not_of_the_form_prove_nothing() {
    let server = TestServer::start(&[]).await;
    server.sign_up(&json!({})).await;
    let good = json!({ "email": "ann@example.com", "iat": NOW, "exp": NOW + 900 });
    let mut forged = Vec::new();
    for (claim, value) in [
        ("email", json!(null)),
        ("email", json!(["ann@example.com"])),
        ("email", json!("no address")),
        ("exp", json!("1800000900")),
        ("exp", json!(null)),
        ("updateTo", json!(5)),
        ("requestType", json!({})),
    ] {
        let mut claims = good.clone();
        claims[claim] = value;
        forged.push(signed(&claims));
    }
    let without_end = json!({ "email": "ann@example.com", "iat": NOW });
    forged.push(signed(&without_end));
    let other = SigningKey::hs256(&[7; 32]).expect("a key").sign(&good).expect("a token");
    forged.push(other);
    for token in forged {
        assert_eq!(verify(&server, &token).await, (401, json!("INVALID_TOKEN")), "{token}");
    }
    assert_eq!(user(&server).await["emailVerified"], false);
}

#[tokio::test]
async fn t199_a_link_is_worth_nothing_once_the_address_changed() {
    let settings = [("COUNTERSIGN_CHANGE_EMAIL__ENABLED", "true")];
    let server = TestServer::start_with_mail(&settings).await;
    server.sign_up(&json!({})).await;
    server.post("/send-verification-email", &json!({ "email": "ann@example.com" })).await;
    let proves_the_old = server.mailed_token().await;
    for name in ["bea", "cleo"] {
        let body = json!({ "newEmail": format!("{name}@example.com") });
        assert_eq!(server.post("/change-email", &body).await.status, 200);
    }
    let mails = server.mails().await;
    let token = |index: usize| mails[index]["token"].as_str().expect("a token");
    assert_eq!(verify(&server, token(1)).await, (200, Value::Null));
    assert_eq!(user(&server).await["email"], "bea@example.com");
    // The other change began with an address that is the user's no more; so did the proof.
    assert_eq!(verify(&server, token(2)).await, (401, json!("INVALID_TOKEN")));
    assert_eq!(verify(&server, &proves_the_old).await, (401, json!("USER_NOT_FOUND")));
    server.forget_cookies();
    server.sign_up(&json!({ "name": "Eve" })).await;
    assert_eq!(verify(&server, &proves_the_old).await, (401, json!("INVALID_TOKEN")));
    assert_eq!(user(&server).await["emailVerified"], false, "whose the address is now");
}

#[tokio::test]
async fn t179_who_is_not_signed_in_learns_nothing_and_waits_half_a_second() {
    let server = TestServer::start_with_mail(&[]).await;
    server.sign_up(&json!({})).await;
    server.forget_cookies();
    let ask = async |email: &str| {
        let body = json!({ "email": email });
        let reply = server.post("/send-verification-email", &body);
        let floor = tokio::time::sleep(std::time::Duration::from_millis(490));
        tokio::pin!(reply, floor);
        tokio::select! {
            biased;
            () = &mut floor => {}
            reply = &mut reply => panic!("{} came too early", reply.status),
        }
        let reply = reply.await;
        (reply.status.as_u16(), reply.body)
    };
    assert_eq!(ask("ann@example.com").await, ask("bob@example.com").await);
    assert_eq!(server.mails().await.len(), 1);
    let token = server.mailed_token().await;
    assert_eq!(verify(&server, &token).await, (200, Value::Null));
    assert_eq!(ask("ann@example.com").await, (200, r#"{"status":true}"#.to_owned()));
    assert_eq!(server.mails().await.len(), 1, "what is proven is not asked again");
}
