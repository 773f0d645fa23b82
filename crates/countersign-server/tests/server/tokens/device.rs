//! A program with tokens: it has no cookies and is no browser.

use axum::body::Body;
use http::Request;
use serde_json::{Value, json};

use crate::fixture::{PASSWORD, Reply, TestServer};

pub(crate) const ENABLED: [(&str, &str); 2] =
    [("COUNTERSIGN_REFRESH_TOKENS__ENABLED", "true"), ("COUNTERSIGN_BEARER__ENABLED", "true")];

/// A server with refresh tokens, and some settings otherwise.
pub(crate) async fn start(changes: &[(&str, &str)]) -> TestServer {
    TestServer::start(&[&ENABLED, changes].concat()).await
}

/// What a grant gave.
#[derive(Clone)]
pub(crate) struct Pair {
    pub(crate) access: String,
    pub(crate) refresh: String,
    pub(crate) body: Value,
}

impl Pair {
    pub(crate) fn of(reply: &Reply) -> Self {
        assert_eq!(reply.status, 200, "{}", reply.body);
        let body = reply.json();
        let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        Self { access: text("access_token"), refresh: text("refresh_token"), body }
    }
}

/// A session without a browser.
pub(crate) struct Device(pub(crate) String);

impl Device {
    pub(crate) async fn signed_up(server: &TestServer) -> Self {
        Self::of(server, &server.sign_up(&json!({})).await)
    }

    pub(crate) async fn signed_in(server: &TestServer) -> Self {
        let body = json!({ "email": "ann@example.com", "password": PASSWORD });
        Self::of(server, &server.post("/sign-in/email", &body).await)
    }

    fn of(server: &TestServer, reply: &Reply) -> Self {
        server.forget_cookies();
        Self(reply.headers["set-auth-token"].to_str().expect("text").to_owned())
    }

    pub(crate) async fn ask(&self, server: &TestServer, more: &[(&str, &str)]) -> Reply {
        let mut request = form("/token", &[&[("grant_type", "session")], more].concat());
        let value = format!("Bearer {}", self.0).parse().expect("a header");
        request.headers_mut().insert("authorization", value);
        server.send(request).await
    }

    /// The first tokens of a family.
    pub(crate) async fn begin(&self, server: &TestServer) -> Pair {
        Pair::of(&self.ask(server, &[]).await)
    }

    /// Posts as whoever is in the session.
    pub(crate) async fn post(&self, server: &TestServer, path: &str, body: &Value) -> Reply {
        let mut request = server.json_request(path, body);
        let value = format!("Bearer {}", self.0).parse().expect("a header");
        request.headers_mut().insert("authorization", value);
        let reply = server.send(request).await;
        server.forget_cookies();
        reply
    }

    /// Whether the session lives.
    pub(crate) async fn is_signed_in(&self, server: &TestServer) -> bool {
        let value = format!("Bearer {}", self.0);
        let reply = server.get_with("/get-session", "authorization", value.as_bytes()).await;
        server.forget_cookies();
        reply.body != "null"
    }
}

/// A form that a program posts.
pub(crate) fn form(path: &str, pairs: &[(&str, &str)]) -> Request<Body> {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    Request::post(format!("/api/auth{path}"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(body))
        .expect("a request")
}

/// A refresh token is used.
pub(crate) async fn refresh(server: &TestServer, token: &str) -> Reply {
    let pairs = [("grant_type", "refresh_token"), ("refresh_token", token)];
    server.send(form("/token", &pairs)).await
}

/// The same, and it is good.
pub(crate) async fn refreshed(server: &TestServer, token: &str) -> Pair {
    Pair::of(&refresh(server, token).await)
}

/// The answer to every refresh token that is not good.
pub(crate) fn assert_not_good(reply: &Reply, what: &str) {
    assert_invalid_grant(reply, "The grant is not good any more; sign in again", what);
}

/// The answer to every password that signs nobody in.
pub(crate) fn assert_wrong_password(reply: &Reply, what: &str) {
    let said = "The username or the password is wrong, or this account may not sign in";
    assert_invalid_grant(reply, said, what);
}

fn assert_invalid_grant(reply: &Reply, said: &str, what: &str) {
    let expected = format!(r#"{{"error":"invalid_grant","error_description":"{said}"}}"#);
    assert_eq!((reply.status.as_u16(), reply.body.as_str()), (400, expected.as_str()), "{what}");
    assert_eq!(reply.headers["cache-control"], "no-store", "{what}");
}
