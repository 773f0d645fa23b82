//! What `POST /token` gives and what it says to those who get nothing.

use axum::body::Body;
use http::Request;
use jiff::SignedDuration;
use serde_json::json;

use super::device::{
    Device, Pair, assert_not_good, assert_wrong_password, form, refresh, refreshed, start,
};
use crate::{
    fixture::{PASSWORD, TestServer},
    revocation::follower::basic,
};

#[tokio::test]
async fn a_session_gets_a_token_and_what_renews_it() {
    let server = start(&[("COUNTERSIGN_TOKEN__SCOPE", "tasks:read tasks:write")]).await;
    let device = Device::signed_up(&server).await;
    let reply = device.ask(&server, &[]).await;
    let pair = Pair::of(&reply);
    assert_eq!(reply.headers["cache-control"], "no-store");
    assert_eq!(reply.headers["pragma"], "no-cache");
    let names: Vec<_> = pair.body.as_object().expect("an object").keys().collect();
    let expected = ["access_token", "token_type", "expires_in", "refresh_token", "scope"];
    assert_eq!(names, expected);
    assert_eq!(pair.body["token_type"], "Bearer");
    assert_eq!(pair.body["scope"], "tasks:read tasks:write");

    let claims = countersign_jwt::dangerous::read_without_verifying(&pair.access).expect("a token");
    let claims = claims.claims;
    let life = claims["exp"].as_i64().expect("exp") - claims["iat"].as_i64().expect("iat");
    assert_eq!(pair.body["expires_in"], life);
    assert!((855..=900).contains(&life), "{life}");
    assert_eq!(claims["scope"], "tasks:read tasks:write");

    let next = refreshed(&server, &pair.refresh).await;
    assert_ne!(next.refresh, pair.refresh);
    assert_ne!(next.access, pair.access);
    assert_eq!(next.body["scope"], pair.body["scope"]);
}

#[tokio::test]
async fn json_is_as_good_as_a_form() {
    let server = start(&[]).await;
    let first = Device::signed_up(&server).await.begin(&server).await;
    let body = json!({ "grant_type": "refresh_token", "refresh_token": first.refresh }).to_string();
    let request = Request::post("/api/auth/token").header("content-type", "application/json");
    let reply = server.send(request.body(Body::from(body)).expect("a request")).await;
    assert!(Pair::of(&reply).body.get("scope").is_none());
}

#[tokio::test]
async fn lifetimes_differ_by_a_twentieth_at_most_and_are_never_longer() {
    let server = start(&[]).await;
    let mut pair = Device::signed_up(&server).await.begin(&server).await;
    let mut lives = std::collections::BTreeSet::new();
    for _ in 0..20 {
        lives.insert(pair.body["expires_in"].as_i64().expect("a number"));
        pair = refreshed(&server, &pair.refresh).await;
    }
    assert!(lives.len() > 3, "{lives:?}");
    assert!(lives.iter().all(|life| (855..=900).contains(life)), "{lives:?}");
}

#[tokio::test]
async fn what_is_asked_wrongly_is_told_as_oauth_does() {
    let server = start(&[]).await;
    for (pairs, error) in [
        (&[][..], "invalid_request"),
        (&[("grant_type", "")], "invalid_request"),
        (&[("grant_type", "refresh_token")], "invalid_request"),
        (&[("grant_type", "session"), ("grant_type", "session")], "invalid_request"),
        (&[("grant_type", "password")], "unsupported_grant_type"),
        (&[("grant_type", "authorization_code")], "unsupported_grant_type"),
        (&[("grant_type", "session")], "invalid_grant"),
    ] {
        let reply = server.send(form("/token", pairs)).await;
        let said = (reply.status.as_u16(), reply.json()["error"].clone());
        assert_eq!(said, (400, json!(error)), "{pairs:?}");
    }
}

#[tokio::test]
async fn t210_every_refresh_token_that_is_not_good_gets_the_same_bytes() {
    let server = start(&[]).await;
    let pair = Device::signed_up(&server).await.begin(&server).await;
    let short = &pair.refresh[..pair.refresh.len() - 1];
    let with_newline = format!("{}\n", pair.refresh);
    let mut other = pair.refresh.clone().into_bytes();
    other[10] = if other[10] == b'A' { b'B' } else { b'A' };
    let other = String::from_utf8(other).expect("text");
    for (what, shown) in [
        ("unknown", other.as_str()),
        ("truncated", short),
        ("an access token", &pair.access),
        ("10 KiB", &"a".repeat(10 * 1024)),
        ("with a newline", &with_newline),
        ("with NUL", "csr_\0"),
    ] {
        assert_not_good(&refresh(&server, shown).await, what);
    }
    let late = Device::signed_in(&server).await.begin(&server).await;
    refreshed(&server, &pair.refresh).await;
    server.clock.advance(SignedDuration::from_hours(14 * 24));
    assert_not_good(&refresh(&server, &late.refresh).await, "over");
}

#[tokio::test]
async fn t211_a_family_ends_after_its_absolute_time_however_often_it_is_used() {
    let server = start(&[]).await;
    let mut pair = Device::signed_up(&server).await.begin(&server).await;
    let mut refused_on = None;
    for day in 1..=40 {
        server.clock.advance(SignedDuration::from_hours(24));
        let reply = refresh(&server, &pair.refresh).await;
        if reply.status == 200 {
            assert_eq!(refused_on, None);
            pair = Pair::of(&reply);
        } else {
            assert_not_good(&reply, "over");
            refused_on = refused_on.or(Some(day));
        }
    }
    assert!(matches!(refused_on, Some(29 | 30)), "{refused_on:?}");
}

#[tokio::test]
async fn a_password_gets_tokens_where_that_is_allowed() {
    let server = start(&[("COUNTERSIGN_REFRESH_TOKENS__PASSWORD_GRANT", "true")]).await;
    let device = Device::signed_up(&server).await;
    let ask = async |username: &str, password: &str, scope: &str| {
        let pairs = [
            ("grant_type", "password"),
            ("username", username),
            ("password", password),
            ("scope", scope),
        ];
        server.send(form("/token", &pairs)).await
    };
    let reply = ask("Ann@example.com", PASSWORD, "").await;
    assert!(reply.set_cookies().is_empty());
    let pair = Pair::of(&reply);
    refreshed(&server, &pair.refresh).await;
    assert_wrong_password(&ask("ann@example.com", "wrong password", "").await, "a wrong password");
    assert_wrong_password(&ask("eve@example.com", PASSWORD, "").await, "nobody");
    let missing = ask("ann@example.com", "", "").await;
    assert_eq!(missing.json()["error"], "invalid_request");
    // Who asks for too much is not signed in.
    let before = sessions(&server, &device).await;
    let too_much = ask("ann@example.com", PASSWORD, "admin").await;
    assert_eq!(too_much.json()["error"], "invalid_scope");
    assert_eq!(sessions(&server, &device).await, before);
}

#[tokio::test]
async fn t203_a_password_for_a_token_counts_as_a_sign_in_unless_a_service_asks() {
    let credential = "tasks:4f1d0c9b8a7e6f5d4c3b2a19087f6e5d4c3b2a1908f7e6d5";
    let server = start(&[
        ("COUNTERSIGN_REFRESH_TOKENS__PASSWORD_GRANT", "true"),
        ("COUNTERSIGN_RATE_LIMIT__ENABLED", "true"),
        ("COUNTERSIGN_RESOURCE_SERVERS__CREDENTIALS", credential),
    ])
    .await;
    let ask = |number: usize| {
        let name = format!("user{number}@example.com");
        form("/token", &[("grant_type", "password"), ("username", &name), ("password", "guessed")])
    };
    for number in 0..3 {
        assert_wrong_password(&server.send(ask(number)).await, "a guess");
    }
    assert_eq!(server.send(ask(3)).await.status, 429);
    let sign_in = json!({ "email": "ann@example.com", "password": PASSWORD });
    assert_eq!(server.post("/sign-in/email", &sign_in).await.status, 429);
    let mut by_service = ask(4);
    by_service.headers_mut().insert("authorization", basic(credential).parse().expect("a header"));
    assert_wrong_password(&server.send(by_service).await, "a guess");
}

async fn sessions(server: &TestServer, device: &Device) -> usize {
    let value = format!("Bearer {}", device.0);
    let reply = server.get_with("/list-sessions", "authorization", value.as_bytes()).await;
    server.forget_cookies();
    reply.json().as_array().expect("a list").len()
}

#[tokio::test]
async fn t219_one_device_more_than_may_be_ends_the_one_unused_for_longest() {
    let server = start(&[("COUNTERSIGN_REFRESH_TOKENS__FAMILIES_PER_USER", "3")]).await;
    let device = Device::signed_up(&server).await;
    let mut pairs = Vec::new();
    for _ in 0..3 {
        pairs.push(device.begin(&server).await);
        server.clock.advance(SignedDuration::from_secs(60));
    }
    // The first is used, so the second is the one.
    pairs[0] = refreshed(&server, &pairs[0].refresh).await;
    server.clock.advance(SignedDuration::from_secs(60));
    pairs.push(device.begin(&server).await);
    let mut good = Vec::new();
    for pair in &pairs {
        good.push(refresh(&server, &pair.refresh).await.status == 200);
    }
    assert_eq!(good, [true, false, true, true]);
}

#[tokio::test]
async fn without_the_feature_there_is_nothing_of_it() {
    let server = TestServer::start(&[]).await;
    for path in ["/token", "/token/revoke", "/token/introspect"] {
        let reply = server.send(form(path, &[("grant_type", "session")])).await;
        assert_eq!(reply.status, 404, "{path}");
    }
    let wrong = [
        &[("COUNTERSIGN_TOKEN__ENABLED", "false")][..],
        &[("COUNTERSIGN_REFRESH_TOKENS__ABSOLUTE_LIFETIME", "1d")],
        &[("COUNTERSIGN_REFRESH_TOKENS__RETRY_WINDOW", "6m")],
        &[("COUNTERSIGN_REFRESH_TOKENS__LIFETIME", "0")],
    ];
    for changes in wrong {
        let changes = [&super::device::ENABLED[..], changes].concat();
        let error = crate::fixture::settings(&changes).err().expect("it is refused").to_string();
        assert!(error.contains("refresh_tokens."), "{error}");
    }
}
