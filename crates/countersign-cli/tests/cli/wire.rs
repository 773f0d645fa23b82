//! Better Auth's wire as a client speaks it, to whichever server listens.

use std::{io, path::Path};

use countersign_testing::http::{Answer, send, try_send};
use serde_json::{Value, json};

pub(crate) const PASSWORD: &str = "password1234";

/// The binary under test.
pub(crate) fn binary() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_countersign"))
}

fn post(origin: &str, path: &str, body: &Value) -> Answer {
    post_from(origin, origin, path, body)
}

/// A post from a page of `page` to a server at `origin`.
fn post_from(page: &str, origin: &str, path: &str, body: &Value) -> Answer {
    let headers = [("Content-Type", "application/json"), ("Origin", page)];
    send(origin, "POST", &format!("/api/auth{path}"), &headers, Some(&body.to_string()))
}

/// A post with a session's cookie, to a server that may be gone.
pub(crate) fn try_post(origin: &str, path: &str, cookie: &str, body: &Value) -> io::Result<Answer> {
    try_post_from(origin, origin, path, cookie, body)
}

/// The same from a page of `page`.
pub(crate) fn try_post_from(
    page: &str,
    origin: &str,
    path: &str,
    cookie: &str,
    body: &Value,
) -> io::Result<Answer> {
    let headers = [("Content-Type", "application/json"), ("Origin", page), ("Cookie", cookie)];
    try_send(origin, "POST", &format!("/api/auth{path}"), &headers, Some(&body.to_string()))
}

/// Signs somebody up; the cookie of the session.
pub(crate) fn sign_up(origin: &str, email: &str) -> String {
    sign_up_from(origin, origin, email)
}

/// The same from a page of `page`.
pub(crate) fn sign_up_from(page: &str, origin: &str, email: &str) -> String {
    let body = json!({ "name": "Ann", "email": email, "password": PASSWORD });
    session_cookie(&post_from(page, origin, "/sign-up/email", &body))
}

/// Signs somebody in; the cookie of the session.
pub(crate) fn sign_in(origin: &str, email: &str) -> String {
    session_cookie(&post(
        origin,
        "/sign-in/email",
        &json!({ "email": email, "password": PASSWORD }),
    ))
}

fn session_cookie(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.cookies().next().expect("a session cookie").to_owned()
}

/// What the server says of a cookie's session; `null` when there is none.
pub(crate) fn session(origin: &str, cookie: &str) -> Value {
    send(origin, "GET", "/api/auth/get-session", &[("Cookie", cookie)], None).json()
}

/// A token for a cookie's session.
pub(crate) fn token(origin: &str, cookie: &str) -> String {
    let answer = send(origin, "GET", "/api/auth/token", &[("Cookie", cookie)], None).json();
    answer["token"].as_str().expect("a token").to_owned()
}

/// The published keys, as bytes for a key set.
pub(crate) fn jwks(origin: &str) -> String {
    send(origin, "GET", "/api/auth/jwks", &[], None).body
}
