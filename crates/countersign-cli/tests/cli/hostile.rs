//! Requests that nobody sends in good faith.

use std::{iter, process::Command};

use countersign_testing::{
    SECRET,
    attacks::{DIRTY, HOSTS, is_clean, smuggling},
    binaries::Countersign,
    http::{Answer, open, send, until_closed},
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::wire::{PASSWORD, binary, sign_in, sign_up, token};

fn start() -> Countersign {
    Countersign::start(binary(), &[]).expect("it starts")
}

/// The status of each answer on the connection.
fn statuses(said: &str) -> Vec<&str> {
    let answers = said.split("HTTP/1.1 ").skip(1);
    answers.map(|answer| answer.split(' ').next().unwrap_or_default()).collect()
}

fn head_without_host(method: &str, path: &str) -> String {
    format!("{method} /api/auth{path} HTTP/1.1\r\nContent-Type: application/json\r\n")
}

fn post(origin: &str, path: &str, more: &[(&str, &str)], body: &Value) -> Answer {
    let mut headers = vec![("Content-Type", "application/json"), ("Origin", origin)];
    headers.extend(more);
    send(origin, "POST", &format!("/api/auth{path}"), &headers, Some(&body.to_string()))
}

/// What it said from its start on, when it has ended.
fn log_of(mut server: Countersign) -> Vec<String> {
    server.process().stopper().stop();
    iter::from_fn(|| server.process().next_line()).collect()
}

#[test]
fn t120_no_answer_may_be_kept() {
    let server = start();
    let cookie = sign_up(server.url(), "ann@example.com");
    for (path, cookie, status) in [
        ("/get-session", cookie.as_str(), 200),
        ("/get-session", "", 200),
        ("/token", &cookie, 200),
        ("/token", "", 401),
        ("/list-sessions", &cookie, 200),
        ("/list-sessions", "", 401),
        ("/nowhere", &cookie, 404),
    ] {
        let path = format!("/api/auth{path}");
        let answer = send(server.url(), "GET", &path, &[("Cookie", cookie)], None);
        assert_eq!(answer.status, status, "{path}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
    }
    let body = json!({ "email": "ann@example.com", "password": "wrong password" });
    let refused = post(server.url(), "/sign-in/email", &[], &body);
    assert_eq!((refused.status, refused.header("cache-control")), (401, Some("no-store")));
}

#[test]
fn t121_a_host_that_is_none_is_refused() {
    let server = start();
    for host in HOSTS {
        let bytes = [&head_without_host("GET", "/get-session"), host, "\r\n"].concat();
        let said = until_closed(open(server.url(), bytes.as_bytes()));
        assert_eq!(statuses(&said), ["400"], "{host:?}");
    }
}

#[test]
fn t122_who_asks_is_not_taken_from_other_headers() {
    let server = start();
    sign_up(server.url(), "bob@example.com");
    let cookie = sign_up(server.url(), "ann@example.com");
    for header in [
        ("X-User-Id", "bob"),
        ("X-Forwarded-User", "bob@example.com"),
        ("X-Original-URL", "/api/auth/ok"),
        ("X-Rewrite-URL", "/api/auth/ok"),
        ("X-Forwarded-Host", "evil.test"),
    ] {
        let get = |headers: &[(&str, &str)]| {
            send(server.url(), "GET", "/api/auth/get-session", headers, None).json()
        };
        assert_eq!(get(&[header]), Value::Null, "{header:?}");
        let session = get(&[("Cookie", &cookie), header]);
        assert_eq!(session["user"]["email"], "ann@example.com", "{header:?}");
        assert_ne!(session["session"]["ipAddress"], "evil.test", "{header:?}");
    }
}

#[test]
fn t123_what_follows_an_ambiguous_request_is_no_request() {
    let server = start();
    let head = head_without_host("POST", "/sign-in/email") + "Host: x\r\n";
    for case in smuggling(&head) {
        let said = until_closed(open(server.url(), case.bytes.as_bytes()));
        let statuses = statuses(&said);
        assert_eq!(statuses.len(), 1, "{}: {said}", case.name);
        assert!(!case.is_refused || statuses == ["400"], "{}: {said}", case.name);
    }
}

#[test]
fn t124_no_line_of_a_head_comes_from_a_request() {
    let server = start();
    let forged = "x\r\nSet-Cookie: forged=1\r\n\r\nforged";
    let target = format!("/{forged}");
    let person = |more: Value| {
        let mut body = json!({ "name": forged, "email": "ann@example.com", "password": PASSWORD });
        for (name, value) in more.as_object().into_iter().flatten() {
            body[name] = value.clone();
        }
        body
    };
    let answers = [
        post(server.url(), "/sign-up/email", &[], &person(json!({ "callbackURL": target }))),
        post(server.url(), "/sign-up/email", &[], &person(json!({}))),
        post(server.url(), "/sign-in/email", &[], &person(json!({ "callbackURL": target }))),
        post(server.url(), "/sign-in/email", &[], &person(json!({ "redirectTo": target }))),
        send(
            server.url(),
            "GET",
            "/api/auth/error?error=a&error_description=%0d%0aSet-Cookie:%20forged=1",
            &[],
            None,
        ),
    ];
    for answer in answers {
        assert!(!answer.cookies().any(|cookie| cookie.contains("forged")), "{answer:?}");
        let location = answer.header("location").unwrap_or_default();
        assert!(!location.contains(['\r', '\n']), "{answer:?}");
    }
}

#[test]
fn t277_bodies_end_at_the_limit_and_are_not_unpacked() {
    let server = start();
    let head = head_without_host("POST", "/sign-in/email") + "Host: x\r\n";
    let chunk = format!("400\r\n{}\r\n", "x".repeat(0x400));
    let large = [&head, "Content-Length: 1048577\r\n\r\n", &"x".repeat(70_000)].concat();
    let endless = [&head, "Transfer-Encoding: chunked\r\n\r\n", &chunk.repeat(100)].concat();
    for bytes in [large, endless] {
        let said = until_closed(open(server.url(), bytes.as_bytes()));
        assert_eq!(statuses(&said), ["413"], "{said}");
    }
    for coding in ["gzip", "br", "deflate", "gzip, gzip"] {
        let answer =
            post(server.url(), "/sign-in/email", &[("Content-Encoding", coding)], &json!({}));
        assert_eq!(answer.status, 415, "{coding}");
    }
}

#[test]
fn t282_json_bombs_are_refused() {
    let server = start();
    for body in [
        "[".repeat(10_000),
        format!("{{\"email\":{}1{}}}", "[".repeat(10_000), "]".repeat(10_000)),
        format!("{{\"email\":{}}}", "9".repeat(60_000)),
        format!("{{\"email\":[{}1]}}", "1,".repeat(30_000)),
        format!("{{{}\"email\":\"x\"}}", "\"a\":1,".repeat(10_000)),
    ] {
        let headers = [("Content-Type", "application/json"), ("Origin", server.url())];
        let answer = send(server.url(), "POST", "/api/auth/sign-in/email", &headers, Some(&body));
        assert_eq!(answer.status, 400, "{}", &body[..40]);
    }
    assert_eq!(send(server.url(), "GET", "/api/auth/ok", &[], None).status, 200);
}

#[test]
fn t284_huge_cookies_are_nobodys() {
    let server = start();
    let cookie = |size: usize| format!("better-auth.session_token={}", "a".repeat(size));
    let get = |size: usize| {
        let bytes = format!(
            "GET /api/auth/get-session HTTP/1.1\r\nHost: x\r\nConnection: close\r\nCookie: {}\r\n\r\n",
            cookie(size)
        );
        until_closed(open(server.url(), bytes.as_bytes()))
    };
    assert!(get(20_000).ends_with("null"));
    let said = get(100_000);
    assert!(said.is_empty() || statuses(&said) == ["431"], "{said}");
}

#[test]
fn t316_no_secret_is_in_the_log_at_the_loudest() {
    let settings = [("RUST_LOG", "trace")];
    let server = Countersign::start(binary(), &settings).expect("it starts");
    let url = server.url().to_owned();
    let cookies = [sign_up(&url, "ann@example.com"), sign_in(&url, "ann@example.com")];
    let wrong = json!({ "email": "ann@example.com", "password": "a wrong password" });
    post(&url, "/sign-in/email", &[], &wrong);
    let header = [("Cookie", cookies[0].as_str())];
    let token = token(&url, &cookies[0]);
    let session = send(&url, "GET", "/api/auth/get-session", &header, None);
    send(&url, "GET", "/api/auth/list-sessions", &header, None);
    send(&url, "GET", &format!("/api/auth/get-session?token={token}"), &header, None);
    post(&url, "/sign-out", &header, &json!({}));
    let session_token = session.json()["session"]["token"].as_str().expect("a token").to_owned();
    let said = log_of(server).join("\n");
    assert!(said.contains("/sign-in/email"), "{said}");
    let values = cookies.iter().map(|cookie| cookie.split_once('=').expect("a pair").1);
    let secrets = [SECRET, PASSWORD, "a wrong password", &token, &session_token];
    for secret in secrets.into_iter().chain(values) {
        assert!(!said.contains(secret), "{secret} in {said}");
    }
    let signature = token.rsplit('.').next().expect("a signature");
    assert!(!said.contains(signature) && !said.contains("$argon") && !said.contains("scrypt:"));
}

#[test]
fn t317_what_comes_from_outside_is_one_clean_line_of_the_log() {
    let server = Countersign::start(binary(), &[("RUST_LOG", "trace")]).expect("it starts");
    for (index, dirty) in DIRTY.iter().enumerate() {
        for (name, value) in [("User-Agent", *dirty), ("X-Request-Id", dirty), ("Origin", dirty)] {
            let bytes = format!("GET /api/auth/ok{dirty} HTTP/1.0\r\n{name}: {value}\r\n\r\n");
            until_closed(open(server.url(), bytes.as_bytes()));
        }
        let email = format!("{dirty}{index}@example.com");
        let body = json!({ "name": dirty, "email": email, "password": "short" });
        post(server.url(), "/sign-up/email", &[], &body);
        post(server.url(), "/sign-in/email", &[], &json!({ "email": dirty, "password": dirty }));
    }
    send(server.url(), "GET", &format!("/api/auth/{}", "p".repeat(10_240)), &[], None);
    let lines = log_of(server);
    assert!(lines.len() > 30, "it says what it does");
    for line in lines {
        assert!(is_clean(&line), "{line:?}");
    }
}

#[test]
fn t325_what_needs_no_session_says_nothing_of_the_inside() {
    let server = start();
    for path in ["/livez", "/readyz", "/api/auth/ok", "/api/auth/jwks", "/metrics", "/"] {
        let answer = send(server.url(), "GET", path, &[], None);
        assert_eq!(answer.header("server"), None, "{path}");
        for inside in ["sqlite", "countersign.db", "BETTER_AUTH", SECRET, "\"d\":"] {
            assert!(!answer.body.contains(inside), "{path} says {inside}");
        }
    }
}

#[test]
fn t289_connections_beyond_what_the_system_gives_are_waited_out() {
    let mut server = start();
    let id = server.process().id();
    let limit = Command::new("prlimit")
        .args(["--pid", &id.to_string(), "--nofile=96:96"])
        .status()
        .expect("prlimit runs");
    assert!(limit.success());
    let idle: Vec<_> = (0..150).map(|_| open(server.url(), b"")).collect();
    let mut next_refusal = || loop {
        let line = server.process().next_line().expect("it runs");
        if line.contains("no connection can be accepted") {
            let at = line.split_whitespace().next().expect("a time");
            return at.parse::<Timestamp>().expect("the log's lines begin with a time");
        }
    };
    let first = next_refusal();
    let fifth = (0..4).map(|_| next_refusal()).last().expect("four more");
    assert!(fifth.duration_since(first) > SignedDuration::from_millis(300), "it does not pause");
    drop(idle);
    let answer = send(server.url(), "GET", "/api/auth/ok", &[], None);
    assert_eq!(answer.status, 200);
}
