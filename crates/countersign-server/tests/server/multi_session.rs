//! Several people in one browser.

use std::collections::BTreeMap;

use countersign_testing::redis::Redis;
use serde_json::{Value, json};

use crate::fixture::{PASSWORD, TestServer};

const MULTI: (&str, &str) = ("COUNTERSIGN_MULTI_SESSION__ENABLED", "true");
const LIST: &str = "/multi-session/list-device-sessions";

async fn join(server: &TestServer, name: &str) -> String {
    let reply = server.sign_up(&json!({ "email": format!("{name}@example.com") })).await;
    reply.json()["token"].as_str().expect("a token").to_owned()
}

async fn people(server: &TestServer) -> Vec<String> {
    let list = server.get(LIST).await.json();
    let list = list.as_array().expect("a list").iter();
    list.map(|one| one["user"]["email"].as_str().expect("an address").to_owned()).collect()
}

async fn whoever_is_signed_in(server: &TestServer) -> Value {
    server.get("/get-session").await.json()["user"]["email"].clone()
}

#[tokio::test]
async fn t136_sign_out_ends_every_session_of_the_browser_and_none_elsewhere() {
    let server = TestServer::start(&[MULTI]).await;
    join(&server, "ann").await;
    let elsewhere = server.take_cookies();
    let body = json!({ "email": "ann@example.com", "password": PASSWORD });
    assert_eq!(server.post("/sign-in/email", &body).await.status, 200);
    join(&server, "bob").await;
    let browser = server.take_cookies();
    server.put_cookies(browser.clone());
    let reply = server.post("/sign-out", &json!({})).await;
    assert_eq!(reply.json(), json!({ "success": true }));
    assert!(reply.set_cookies().iter().all(|line| line.contains("=; Max-Age=0; Path=/; HttpOnly")));
    assert_eq!(server.take_cookies(), BTreeMap::new());

    server.put_cookies(browser.clone());
    assert_eq!(people(&server).await, [""; 0]);
    server.put_cookies(browser);
    assert_eq!(server.get("/get-session").await.body, "null");
    server.put_cookies(elsewhere);
    assert_eq!(whoever_is_signed_in(&server).await, "ann@example.com");
}

/// Better Auth once took such a cookie's word at sign-out (GHSA-wmjr-v86c-m9jj).
#[tokio::test]
async fn t127_a_device_cookie_that_was_not_signed_ends_nobodys_session() {
    let server = TestServer::start(&[MULTI]).await;
    let victim = join(&server, "ann").await;
    let victims_browser = server.take_cookies();
    join(&server, "eve").await;
    let name = format!("better-auth.session_token_multi-{}", victim.to_lowercase());
    let signed = victims_browser["better-auth.session_token"].clone();
    let bent = format!("{}A%3D", &signed[..signed.len() - 4]);
    for forged in
        [victim.clone(), format!("{victim}."), format!("{victim}.{}", "A".repeat(44)), bent]
    {
        let mut cookies = server.take_cookies();
        cookies.insert(name.clone(), forged.clone());
        let named = json!({ "sessionToken": victim });
        for path in ["/multi-session/set-active", "/multi-session/revoke"] {
            server.put_cookies(cookies.clone());
            let reply = server.post(path, &named).await;
            assert_eq!(
                (reply.status.as_u16(), &reply.json()["code"]),
                (401, &json!("INVALID_SESSION_TOKEN"))
            );
        }
        server.put_cookies(cookies.clone());
        assert_eq!(people(&server).await, ["eve@example.com"], "{forged}");
        server.forget_cookies();
        let mut request = server.json_request("/sign-out", &json!({}));
        let cookie = format!("{name}={forged}");
        request.headers_mut().insert("cookie", cookie.parse().expect("a header"));
        assert_eq!(server.send(request).await.status, 200);
        cookies.remove(&name);
        server.put_cookies(cookies);
    }
    server.put_cookies(victims_browser);
    assert_eq!(whoever_is_signed_in(&server).await, "ann@example.com");
}

#[tokio::test]
async fn t133_any_number_of_odd_device_cookies_is_no_fault() {
    let server = TestServer::start(&[MULTI]).await;
    let token = join(&server, "ann").await;
    let signed = server.take_cookies()["better-auth.session_token"].clone();
    let many: Vec<_> = (0..200).map(|number| format!("x_multi-{number}={signed}")).collect();
    let odd = "_multi-=; _multi-=x; a_multi-b=%E0%A4%A; _multi-%00=\"";
    for cookie in [many.join("; "), odd.to_owned()] {
        for path in [LIST, "/get-session", "/token"] {
            let reply = server.get_with(path, "cookie", cookie.as_bytes()).await;
            assert!(reply.status == 200 || reply.status == 401, "{path} {}", reply.status);
        }
    }
    let list = server.get_with(LIST, "cookie", many.join("; ").as_bytes()).await.json();
    assert_eq!(list.as_array().map(Vec::len), Some(1));
    assert_eq!(list[0]["session"]["token"], token);
}

#[tokio::test]
async fn t134_a_session_that_was_there_before_is_not_the_one_that_begins() {
    let server = TestServer::start(&[MULTI]).await;
    join(&server, "ann").await;
    server.forget_cookies();
    let planted = join(&server, "eve").await;
    let body = json!({ "email": "ann@example.com", "password": PASSWORD });
    let reply = server.post("/sign-in/email", &body).await;
    assert_ne!(reply.json()["token"], planted);
    assert_eq!(whoever_is_signed_in(&server).await, "ann@example.com");
    assert_eq!(people(&server).await.len(), 2);
}

#[tokio::test]
async fn a_browser_keeps_as_many_as_it_may_and_signs_in_more() {
    let few = [MULTI, ("COUNTERSIGN_MULTI_SESSION__MAXIMUM_SESSIONS", "2")];
    let server = TestServer::start(&few).await;
    for name in ["ann", "bob", "cleo"] {
        join(&server, name).await;
    }
    let mut kept = people(&server).await;
    kept.sort_unstable();
    assert_eq!(kept, ["ann@example.com", "bob@example.com"]);
    assert_eq!(whoever_is_signed_in(&server).await, "cleo@example.com");
}

#[tokio::test]
async fn whose_turn_it_is_can_be_changed_and_ended() {
    let server = TestServer::start(&[MULTI]).await;
    let ann = join(&server, "ann").await;
    let bob = join(&server, "bob").await;
    server.post("/multi-session/set-active", &json!({ "sessionToken": ann })).await;
    assert_eq!(whoever_is_signed_in(&server).await, "ann@example.com");
    server.post("/multi-session/revoke", &json!({ "sessionToken": ann })).await;
    assert_eq!(whoever_is_signed_in(&server).await, "bob@example.com");
    server.post("/multi-session/revoke", &json!({ "sessionToken": bob })).await;
    assert_eq!(server.get("/get-session").await.body, "null");
}

async fn chooses_and_ends(changes: &[(&str, &str)]) {
    let server = TestServer::start(&[&[MULTI], changes].concat()).await;
    let ann = join(&server, "ann").await;
    let bob = join(&server, "bob").await;
    assert_eq!(whoever_is_signed_in(&server).await, "bob@example.com");
    let chosen = server.post("/multi-session/set-active", &json!({ "sessionToken": ann })).await;
    assert_eq!(chosen.json()["user"]["email"], "ann@example.com");
    assert_eq!(whoever_is_signed_in(&server).await, "ann@example.com");
    let everybody = server.take_cookies();
    server.put_cookies(everybody.clone());

    let ended = server.post("/multi-session/revoke", &json!({ "sessionToken": ann })).await;
    assert_eq!(ended.json(), json!({ "status": true }));
    assert_eq!(whoever_is_signed_in(&server).await, "bob@example.com");
    assert_eq!(people(&server).await, ["bob@example.com"]);

    // With the cookies from before, too, once nothing but the session itself is asked.
    server.put_cookies(everybody.clone());
    assert_eq!(server.get("/get-session?disableCookieCache=true").await.body, "null");
    server.put_cookies(everybody.clone());
    server.post("/multi-session/set-active", &json!({ "sessionToken": bob })).await;
    server.post("/sign-out", &json!({})).await;
    server.put_cookies(everybody);
    assert_eq!(people(&server).await, [""; 0]);
}

#[tokio::test]
async fn the_cookie_that_remembers_sessions_follows_whoever_is_chosen() {
    for form in ["compact", "jwt", "jwe"] {
        chooses_and_ends(&[("COUNTERSIGN_SESSION__COOKIE_CACHE", form)]).await;
    }
}

#[tokio::test]
async fn sessions_in_redis_are_chosen_and_ended_there() {
    let redis = Redis::start().expect("Redis starts");
    let url = redis.url();
    chooses_and_ends(&[("REDIS_URL", url.as_str())]).await;
}
