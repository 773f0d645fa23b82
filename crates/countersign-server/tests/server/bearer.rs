//! A session in a header: what counts, and what does not.

use countersign_cookies::CookieSigner;
use countersign_testing::SECRET;
use http::header::ACCESS_CONTROL_EXPOSE_HEADERS;
use jiff::SignedDuration;
use serde_json::json;

use crate::fixture::TestServer;

const BEARER: (&str, &str) = ("COUNTERSIGN_BEARER__ENABLED", "true");
const BARE_TOO: (&str, &str) = ("COUNTERSIGN_BEARER__REQUIRE_SIGNATURE", "false");

/// Signs up and forgets the cookies: what is left is the header.
async fn signed_up(settings: &[(&str, &str)]) -> (TestServer, String) {
    let server = TestServer::start(settings).await;
    let reply = server.sign_up(&json!({})).await;
    let token = reply.headers["set-auth-token"].to_str().expect("text").to_owned();
    server.forget_cookies();
    (server, token)
}

async fn status(server: &TestServer, token: &[u8]) -> u16 {
    let value = [b"Bearer ", token].concat();
    server.get_with("/token", "authorization", &value).await.status.as_u16()
}

#[tokio::test]
async fn a_signed_token_stands_for_its_cookie() {
    let (server, token) = signed_up(&[BEARER]).await;
    assert_eq!(status(&server, token.as_bytes()).await, 200);
    let encoded = token.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
    assert_eq!(status(&server, encoded.as_bytes()).await, 200);
    let session = server.get_with("/get-session", "authorization", b"bearer x").await;
    assert_eq!(session.body, "null");
}

#[tokio::test]
async fn without_the_plugin_no_header_is_a_session() {
    let server = TestServer::start(&[]).await;
    let reply = server.sign_up(&json!({})).await;
    assert!(!reply.headers.contains_key("set-auth-token"));
    let (_, token) = reply.set_cookies()[0].split_once('=').expect("a value");
    let token = token.split(';').next().expect("a value").to_owned();
    server.forget_cookies();
    assert_eq!(status(&server, token.as_bytes()).await, 401);
}

#[tokio::test]
async fn a_bare_token_counts_only_where_it_was_allowed() {
    for (settings, expected) in [(&[BEARER] as &[_], 401), (&[BEARER, BARE_TOO], 200)] {
        let (server, token) = signed_up(settings).await;
        let (bare, _) = token.split_once('.').expect("a signature");
        assert_eq!(status(&server, bare.as_bytes()).await, expected);
        assert_eq!(status(&server, token.as_bytes()).await, 200);
    }
}

#[tokio::test]
async fn t127_a_bearer_token_with_one_other_character_is_nobody() {
    let (server, token) = signed_up(&[BEARER, BARE_TOO]).await;
    for place in 0..token.len() {
        let mut bent = token.clone().into_bytes();
        bent[place] = if bent[place] == b'A' { b'B' } else { b'A' };
        assert_eq!(status(&server, &bent).await, 401, "{place}");
    }
    for bent in [&token[..token.len() - 1], &format!("{token}="), &format!("{token}.x"), "."] {
        assert_eq!(status(&server, bent.as_bytes()).await, 401, "{bent}");
    }
}

#[tokio::test]
async fn t129_header_and_cookie_are_split_at_the_same_dot() {
    let (server, token) = signed_up(&[BEARER]).await;
    let signer = CookieSigner::new(SECRET.as_bytes());
    let (bare, signature) = token.split_once('.').expect("a signature");
    let odd = [
        signer.sign_plain(&format!("{bare}.b")),
        signer.sign_plain(&format!("b.{bare}")),
        signer.sign_plain(""),
        format!("{bare}.b.{signature}"),
        format!(".{signature}"),
    ];
    for odd in odd {
        assert_eq!(status(&server, odd.as_bytes()).await, 401, "{odd}");
        let cookie = format!("better-auth.session_token={odd}");
        let reply = server.get_with("/token", "cookie", cookie.as_bytes()).await;
        assert_eq!(reply.status, 401, "{odd}");
    }
}

#[tokio::test]
async fn t133_junk_in_the_header_is_nobody_and_never_a_fault() {
    let (server, _) = signed_up(&[BEARER, BARE_TOO]).await;
    let long = "a".repeat(8_000);
    let junk: [&[u8]; 8] = [
        b"",
        b" ",
        b"%E0%A4%A.x",
        b"\xff\xfe.\xff",
        b"a\tb",
        b"' OR 1=1--",
        b"%00.%00",
        long.as_bytes(),
    ];
    for junk in junk {
        assert_eq!(status(&server, junk).await, 401, "{junk:?}");
    }
}

#[tokio::test]
async fn an_answer_that_extends_a_session_names_both_headers_to_other_origins() {
    let (server, token) = signed_up(&[BEARER]).await;
    server.clock.advance(SignedDuration::from_hours(48));
    let value = format!("Bearer {token}");
    let reply = server.get_with("/get-session", "authorization", value.as_bytes()).await;
    assert_eq!(reply.headers["set-auth-token"], token.as_str());
    assert!(reply.headers.contains_key("set-auth-jwt"));
    let exposed: Vec<_> = reply.headers.get_all(ACCESS_CONTROL_EXPOSE_HEADERS).iter().collect();
    assert_eq!(exposed, ["set-auth-jwt, set-auth-token"]);
}

#[tokio::test]
async fn t152_a_header_is_no_way_around_the_origin_of_a_cookie() {
    let (server, token) = signed_up(&[BEARER]).await;
    let post = |cookie: Option<&'static str>| {
        let mut request = server.json_request("/revoke-sessions", &json!({}));
        let headers = request.headers_mut();
        headers.insert("origin", "https://evil.test".parse().expect("a header"));
        headers.insert("authorization", format!("Bearer {token}").parse().expect("a header"));
        if let Some(cookie) = cookie {
            headers.insert("cookie", cookie.parse().expect("a header"));
        }
        server.send(request)
    };
    assert_eq!(post(Some("a=b")).await.status, 403);
    assert_eq!(post(None).await.status, 200);
}
