//! A password that was forgotten.

use countersign_testing::redis::Redis;
use futures_util::future::join_all;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::fixture::{PASSWORD, TestServer};

const NEW: &str = "another-password";

/// Ann has an account, and asked for a mail; its token.
async fn requested(changes: &[(&str, &str)]) -> (TestServer, String) {
    let server = TestServer::start_with_mail(changes).await;
    server.sign_up(&json!({})).await;
    let body = json!({ "email": "ann@example.com", "redirectTo": "/reset" });
    assert_eq!(server.post("/request-password-reset", &body).await.status, 200);
    let token = server.mailed_token().await;
    (server, token)
}

async fn reset(server: &TestServer, token: &str, new_password: &str) -> (u16, Value) {
    let body = json!({ "token": token, "newPassword": new_password });
    let reply = server.post("/reset-password", &body).await;
    (reply.status.as_u16(), reply.json()["code"].clone())
}

async fn can_sign_in(server: &TestServer, password: &str) -> bool {
    let body = json!({ "email": "ann@example.com", "password": password });
    server.post("/sign-in/email", &body).await.status == 200
}

#[tokio::test]
async fn t178_an_address_that_nobody_has_gets_the_same_answer_and_no_mail() {
    let (server, _) = requested(&[]).await;
    let ask = async |email: &str| {
        let reply = server.post("/request-password-reset", &json!({ "email": email })).await;
        (reply.status, reply.body, reply.headers)
    };
    let (mut known, mut unknown) = (ask("ann@example.com").await, ask("bob@example.com").await);
    for (_, _, headers) in [&mut known, &mut unknown] {
        headers.remove("x-request-id").expect("each has its own");
    }
    assert_eq!(known, unknown);
    assert_eq!(server.mails().await.len(), 2);
}

#[tokio::test]
async fn a_reset_whose_sessions_cannot_be_ended_has_not_happened() {
    for rows in ["false", "true"] {
        let redis = Redis::start().expect("Redis starts");
        let url = redis.url();
        let rows = ("COUNTERSIGN_SESSION__STORE_IN_DATABASE", rows);
        let revokes = ("COUNTERSIGN_EMAIL_PASSWORD__REVOKE_SESSIONS_ON_PASSWORD_RESET", "true");
        let (server, token) = requested(&[("REDIS_URL", &url), rows, revokes]).await;
        let stolen = server.take_cookies();
        server.put_cookies(stolen.clone());
        server.clock.advance(SignedDuration::from_secs(1));
        // Redis lets verifications be spent and no session be ended.
        redis.run("ACL SETUSER default resetkeys %R~* ~*verification*");
        let body = json!({ "token": token, "newPassword": "another password" });
        assert!(server.post("/reset-password", &body).await.status.is_server_error());
        redis.run("ACL SETUSER default resetkeys ~*");
        assert_ne!(server.get("/get-session").await.json(), Value::Null);
        assert_eq!(reset(&server, &token, "another password").await, (200, Value::Null));
        server.put_cookies(stolen);
        assert_eq!(server.get("/get-session").await.json(), Value::Null);
        assert!(can_sign_in(&server, "another password").await);
    }
}

#[tokio::test]
async fn t194_of_twenty_resets_with_one_token_one_goes_through() {
    let (server, token) = requested(&[]).await;
    let passwords: Vec<String> = (0..20).map(|number| format!("password-of-{number}")).collect();
    let resets = passwords.iter().map(|password| reset(&server, &token, password));
    let answers = join_all(resets).await;
    let winners: Vec<usize> =
        (0..20).filter(|number| answers[*number] == (200, Value::Null)).collect();
    assert_eq!(winners.len(), 1, "{answers:?}");
    let lost = answers.iter().filter(|answer| **answer == (400, json!("INVALID_TOKEN")));
    assert_eq!(lost.count(), 19, "{answers:?}");
    assert!(can_sign_in(&server, &passwords[winners[0]]).await);
    assert!(!can_sign_in(&server, PASSWORD).await);
}

#[tokio::test]
async fn t195_a_token_is_good_to_the_last_millisecond_of_its_hour() {
    let (server, token) = requested(&[]).await;
    server.clock.advance(SignedDuration::from_hours(1));
    assert_eq!(reset(&server, &token, "short").await, (400, json!("PASSWORD_TOO_SHORT")));
    let link = format!("/reset-password/{token}?callbackURL=/reset");
    let reply = server.get(&link).await;
    assert_eq!(reply.headers["location"], format!("http://app.test/reset?token={token}").as_str());
    server.clock.advance(SignedDuration::from_millis(1));
    assert_eq!(reset(&server, &token, NEW).await, (400, json!("INVALID_TOKEN")));
    let reply = server.get(&link).await;
    assert_eq!(reply.headers["location"], "http://app.test/reset?error=INVALID_TOKEN");
    assert!(can_sign_in(&server, PASSWORD).await);
}

#[tokio::test]
async fn t196_a_password_that_is_too_short_does_not_burn_the_token() {
    let (server, token) = requested(&[]).await;
    assert_eq!(reset(&server, &token, "1234567").await, (400, json!("PASSWORD_TOO_SHORT")));
    assert_eq!(reset(&server, &token, NEW).await, (200, Value::Null));
    assert_eq!(reset(&server, &token, NEW).await, (400, json!("INVALID_TOKEN")));
    assert!(can_sign_in(&server, NEW).await);
}

#[tokio::test]
async fn t197_a_reset_ends_every_session_of_a_proven_address_where_the_settings_say_so() {
    for (setting, lives) in [("true", false), ("false", true)] {
        let changes = [("COUNTERSIGN_EMAIL_PASSWORD__REVOKE_SESSIONS_ON_PASSWORD_RESET", setting)];
        let (server, token) = requested(&changes).await;
        server.post("/send-verification-email", &json!({ "email": "ann@example.com" })).await;
        let proof = server.mailed_token().await;
        assert_eq!(server.get(&format!("/verify-email?token={proof}")).await.status, 200);
        let one = server.take_cookies();
        assert!(can_sign_in(&server, PASSWORD).await);
        let other = server.take_cookies();
        assert_eq!(reset(&server, &token, NEW).await, (200, Value::Null));
        for cookies in [one, other] {
            server.put_cookies(cookies);
            assert_eq!(server.get("/token").await.status == 200, lives);
        }
    }
}

#[tokio::test]
async fn t198_the_link_tells_the_browser_not_to_pass_it_on() {
    let (server, token) = requested(&[]).await;
    for path in [token.as_str(), "x"] {
        let reply = server.get(&format!("/reset-password/{path}?callbackURL=/reset")).await;
        assert_eq!(reply.headers["referrer-policy"], "no-referrer");
        assert_eq!(reply.headers["cache-control"], "no-store");
    }
}

#[tokio::test]
async fn t267_the_fourth_mail_within_a_minute_is_refused_for_known_and_unknown_addresses() {
    let server = TestServer::start_with_mail(&[("COUNTERSIGN_RATE_LIMIT__ENABLED", "true")]).await;
    server.sign_up(&json!({})).await;
    server.forget_cookies();
    for path in ["/request-password-reset", "/send-verification-email"] {
        let ask = async |email: &str| {
            let reply = server.post(path, &json!({ "email": email })).await;
            (reply.status.as_u16(), reply.headers.get("x-retry-after").cloned())
        };
        for email in ["ann@example.com", "bob@example.com", "ann@example.com"] {
            assert_eq!(ask(email).await, (200, None), "{path}");
        }
        for email in ["ann@example.com", "bob@example.com"] {
            assert_eq!(ask(email).await, (429, Some(60.into())), "{path}");
        }
        server.clock.advance(SignedDuration::from_secs(61));
        assert_eq!(ask("ann@example.com").await, (200, None), "{path}");
    }
}

#[tokio::test]
async fn t168_links_are_those_of_the_settings_whatever_the_request_says() {
    let server = TestServer::start_with_mail(&[]).await;
    server.sign_up(&json!({})).await;
    let body = json!({ "email": "ann@example.com" });
    let mut request = server.json_request("/request-password-reset", &body);
    for name in ["host", "x-forwarded-host"] {
        request.headers_mut().insert(name, "evil.test".parse().expect("a header"));
    }
    assert_eq!(server.send(request).await.status, 200);
    let mail = server.mails().await.pop().expect("a mail");
    for part in ["url", "text", "html"] {
        let part = mail[part].as_str().expect("text").replace("&#x2f;", "/");
        assert!(part.contains("http://app.test/api/auth/reset-password/"), "{part}");
        assert!(!part.contains("evil"), "{part}");
    }
}

#[tokio::test]
async fn t200_who_signed_up_with_anothers_address_has_nothing_left_of_it_after_a_reset() {
    let (server, token) = requested(&[]).await;
    let of_the_attacker = server.take_cookies();
    assert_eq!(reset(&server, &token, "the owner's password").await.0, 200);
    assert!(!can_sign_in(&server, PASSWORD).await, "the attacker's password");
    assert!(can_sign_in(&server, "the owner's password").await);
    server.put_cookies(of_the_attacker);
    assert_eq!(server.get("/get-session").await.json(), Value::Null);
}
