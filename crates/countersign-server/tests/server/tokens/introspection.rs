//! T242: resource servers ask what a token is good for. And where all of it is: the metadata.

use countersign::{Guard, Policy, PublishedKeys};
use countersign_jwt::Clock;
use countersign_testing::file_in;
use jiff::SignedDuration;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::device::{Device, form, refreshed, start};
use crate::{
    fixture::{PASSWORD, Reply, TestServer},
    revocation::follower::basic,
};

const SECRET: &str = "4f1d0c9b8a7e6f5d4c3b2a19087f6e5d4c3b2a1908f7e6d5";

pub(crate) const SETTINGS: [(&str, &str); 2] = [
    (
        "COUNTERSIGN_RESOURCE_SERVERS__CREDENTIALS",
        "tasks:4f1d0c9b8a7e6f5d4c3b2a19087f6e5d4c3b2a1908f7e6d5",
    ),
    ("COUNTERSIGN_TOKEN__SCOPE", "tasks:read"),
];

async fn asked(server: &TestServer, token: &str, credential: &str) -> Reply {
    let mut request = form("/token/introspect", &[("token", token)]);
    let value = basic(credential);
    request.headers_mut().insert("authorization", value.parse().expect("a header"));
    server.send(request).await
}

pub(crate) async fn said(server: &TestServer, token: &str) -> Value {
    let reply = asked(server, token, &format!("tasks:{SECRET}")).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply.json()
}

#[tokio::test]
async fn t242_a_good_token_is_told_with_what_it_is_good_for() {
    let server = start(&SETTINGS).await;
    let pair = Device::signed_up(&server).await.begin(&server).await;
    let claims = countersign_jwt::dangerous::read_without_verifying(&pair.access).expect("a token");
    let told = said(&server, &pair.access).await;
    assert_eq!((&told["active"], &told["token_type"]), (&json!(true), &json!("Bearer")));
    for name in ["scope", "exp", "iat", "sub", "aud", "iss", "jti", "sid"] {
        assert_eq!(told[name], claims.claims[name], "{name}");
    }
    let told = said(&server, &pair.refresh).await;
    assert_eq!((&told["active"], &told["scope"]), (&json!(true), &json!("tasks:read")));
    assert_eq!(told["sub"], claims.claims["sub"]);
    // It was not used by that.
    refreshed(&server, &pair.refresh).await;
}

#[tokio::test]
async fn t242_of_a_token_that_is_not_good_nothing_is_told_but_that() {
    let server = start(&SETTINGS).await;
    let elsewhere = start(&[("COUNTERSIGN_TOKEN__AUDIENCE", "https://other.test")]).await;
    let device = Device::signed_up(&server).await;
    let (ended, used, late) =
        (device.begin(&server).await, device.begin(&server).await, device.begin(&server).await);
    let others = Device::signed_up(&elsewhere).await.begin(&elsewhere).await;
    refreshed(&server, &used.refresh).await;
    let inactive = json!({ "active": false });
    for (what, token) in [
        ("garbage", "garbage"),
        ("another audience", &others.access),
        ("altered", &format!("{}x", used.access)),
        ("a used refresh token", &used.refresh),
        ("an unknown one", &others.refresh),
    ] {
        assert_eq!(said(&server, token).await, inactive, "{what}");
    }
    server.clock.advance(SignedDuration::from_secs(900 + 30));
    assert_eq!(said(&server, &late.access).await, inactive, "over");
    let fresh = refreshed(&server, &late.refresh).await;
    assert_eq!(said(&server, &fresh.access).await["active"], true);
    device.post(&server, "/sign-out", &json!({})).await;
    for (what, token) in [("access", &fresh.access), ("refresh", &ended.refresh)] {
        assert_eq!(said(&server, token).await, inactive, "{what} token of an ended session");
    }
}

#[tokio::test]
async fn t242_of_a_token_that_was_taken_back_nothing_is_told_either() {
    let server = start(&SETTINGS).await;
    let device = Device::signed_up(&server).await;
    let revoke = async |token: &str| {
        let reply = server.send(form("/token/revoke", &[("token", token)])).await;
        assert_eq!((reply.status.as_u16(), reply.body.as_str()), (200, "{}"));
    };
    let inactive = json!({ "active": false });
    let first = device.begin(&server).await;
    let second = refreshed(&server, &first.refresh).await;
    revoke(&first.access).await;
    assert_eq!(said(&server, &first.access).await, inactive, "an access token alone");
    assert_eq!(said(&server, &second.access).await["active"], true);
    // A refresh token goes with the access tokens that came with its family, and no others.
    let other = device.begin(&server).await;
    revoke(&second.refresh).await;
    assert_eq!(said(&server, &second.access).await, inactive, "that of a family");
    assert_eq!(said(&server, &second.refresh).await, inactive);
    assert_eq!(said(&server, &other.access).await["active"], true);
}

#[tokio::test]
async fn only_a_resource_server_asks() {
    let server = start(&SETTINGS).await;
    let pair = Device::signed_up(&server).await.begin(&server).await;
    let wrong = format!("tasks:{}", SECRET.replace('4', "5"));
    for credential in ["", "tasks", "tasks:", &wrong, &format!("other:{SECRET}")] {
        let reply = asked(&server, &pair.access, credential).await;
        assert_eq!(reply.status, 401, "{credential}");
        assert_eq!(reply.json()["error"], "invalid_client");
        assert!(reply.headers["www-authenticate"].to_str().expect("text").starts_with("Basic "));
    }
    let reply = server.send(form("/token/introspect", &[("token", &pair.access)])).await;
    assert_eq!(reply.status, 401);
    let nothing = asked(&server, "", &format!("tasks:{SECRET}")).await;
    assert_eq!(nothing.json()["error"], "invalid_request");
}

/// An access token that came when its refresh token was given again, taken back with the family as late as that.
#[tokio::test]
async fn t242_of_a_token_that_was_given_again_nothing_is_told_once_its_family_is_gone() {
    let window = ("COUNTERSIGN_REFRESH_TOKENS__RETRY_WINDOW", "5m");
    let server = start(&[&SETTINGS[..], &[window]].concat()).await;
    let first = Device::signed_up(&server).await.begin(&server).await;
    let second = refreshed(&server, &first.refresh).await;
    server.clock.advance(SignedDuration::from_mins(5));
    let again = refreshed(&server, &first.refresh).await;
    assert_eq!(again.refresh, second.refresh);
    server.clock.advance(SignedDuration::from_mins(13));
    assert_eq!(said(&server, &again.access).await["active"], true);
    let reply = server.send(form("/token/revoke", &[("token", &again.refresh)])).await;
    assert_eq!(reply.status, 200);
    assert_eq!(said(&server, &again.access).await, json!({ "active": false }));
}

#[tokio::test]
async fn t242_a_token_of_a_server_whose_clock_is_ahead_is_told_and_taken_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = file_in(&folder, "a.db");
    let settings = [&SETTINGS[..], &[("DATABASE_URL", &url)]].concat();
    let (ahead, server) = (start(&settings).await, start(&settings).await);
    ahead.clock.advance(SignedDuration::from_secs(2));
    let pair = Device::signed_up(&ahead).await.begin(&ahead).await;
    assert_eq!(said(&server, &pair.access).await["active"], true);
    let reply = server.send(form("/token/revoke", &[("token", &pair.access)])).await;
    assert_eq!(reply.status, 200);
    for (who, server) in [("the one", &ahead), ("the other", &server)] {
        assert_eq!(said(server, &pair.access).await, json!({ "active": false }), "{who}");
    }
}

#[tokio::test]
async fn t242_a_token_that_a_patient_guard_still_lets_in_is_taken_back() {
    let server = start(&SETTINGS).await;
    let pair = Device::signed_up(&server).await.begin(&server).await;
    let claims = countersign_jwt::dangerous::read_without_verifying(&pair.access).expect("a token");
    let over = claims.claims["exp"].as_i64().expect("a time") - server.clock.now().as_second();
    server.clock.advance(SignedDuration::from_secs(over + 119));
    let reply = server.send(form("/token/revoke", &[("token", &pair.access)])).await;
    assert_eq!(reply.status, 200);
    let feed = server.get("/revocations").await;
    let told = countersign_jwt::dangerous::read_without_verifying(&feed.body).expect("a message");
    assert_eq!(told.claims["entries"][0][0], "j", "{:?}", told.claims);
}

#[tokio::test]
async fn the_metadata_says_where_everything_is() {
    let issuer = ("COUNTERSIGN_TOKEN__ISSUER", "http://app.test/api/auth");
    let server = start(&[issuer]).await;
    let known = "/.well-known/oauth-authorization-server";
    let mut told = Vec::new();
    for path in [known.to_owned(), format!("{known}/api/auth"), format!("/api/auth{known}")] {
        let request = http::Request::get(&path).body(axum::body::Body::empty());
        let reply = server.send(request.expect("a request")).await;
        assert_eq!(reply.status, 200, "{path}");
        assert_eq!(reply.headers["cache-control"], "public, max-age=300", "{path}");
        told.push(reply.json());
    }
    assert!(told.iter().all(|one| *one == told[0]));
    assert_eq!(
        told[0],
        json!({
            "issuer": "http://app.test/api/auth",
            "token_endpoint": "http://app.test/api/auth/token",
            "revocation_endpoint": "http://app.test/api/auth/token/revoke",
            "introspection_endpoint": "http://app.test/api/auth/token/introspect",
            "jwks_uri": "http://app.test/api/auth/jwks",
            "response_types_supported": [],
            "grant_types_supported": ["session", "refresh_token"],
            "token_endpoint_auth_methods_supported": ["none"],
            "revocation_endpoint_auth_methods_supported": ["none"],
            "introspection_endpoint_auth_methods_supported": ["client_secret_basic"],
        })
    );
}

#[tokio::test]
async fn a_guard_that_knows_the_issuers_name_finds_the_keys_of_its_tokens() {
    for path in ["", "/api/auth"] {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let issuer = format!("{url}{path}");
        let changes =
            [("BETTER_AUTH_URL", url.as_str()), ("COUNTERSIGN_TOKEN__ISSUER", issuer.as_str())];
        let server = start(&changes).await;
        server.listen_on(listener);
        let sign_up = json!({ "name": "Ann", "email": "ann@example.com", "password": PASSWORD });
        let mut request = server.json_request("/sign-up/email", &sign_up);
        request.headers_mut().remove("origin");
        let reply = server.send(request).await;
        let session = reply.headers["set-auth-token"].to_str().expect("text").to_owned();
        let pair = Device(session).begin(&server).await;

        let policy = Policy::new(&issuer, &url).expect("a policy");
        let keys = PublishedKeys::oauth(&issuer).expect("an issuer");
        let guard = Guard::builder(policy, keys.into()).clock(server.clock.clone());
        let guard = guard.build().expect("a guard");
        let bearer = format!("Bearer {}", pair.access);
        let request = http::Request::get("/tasks").header("authorization", bearer).body(());
        let (request, ()) = request.expect("a request").into_parts();
        let identity = guard.admit(&request).await;
        assert!(identity.is_ok(), "{issuer}");
    }
}
