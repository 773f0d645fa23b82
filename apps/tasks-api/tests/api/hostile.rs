//! Requests that nobody sends in good faith.

use std::iter;

use countersign_testing::{
    attacks::{DIRTY, HOSTS, is_clean, smuggling},
    http::{open, send, until_closed},
};
use serde_json::json;

use crate::fixture::{Api, Service, on_both_services};

on_both_services! {
    t120_no_answer_may_be_kept,
    t121_a_host_that_is_none_is_refused_and_the_path_alone_counts,
    t122_who_asks_and_for_what_is_not_taken_from_other_headers,
    t123_what_follows_an_ambiguous_request_is_no_request,
    t277_bodies_end_at_the_limit_and_are_not_unpacked,
    t282_json_bombs_are_refused,
    t284_huge_tokens_are_refused_without_being_looked_at,
}

/// The status of each answer on the connection.
fn statuses(said: &str) -> Vec<&str> {
    let answers = said.split("HTTP/1.1 ").skip(1);
    answers.map(|answer| answer.split(' ').next().unwrap_or_default()).collect()
}

/// A head without its `Host` and without its end.
fn head_without_host(api: &Api, method: &str, path: &str) -> String {
    let token = api.token("alice");
    format!(
        "{method} {path} HTTP/1.1\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n"
    )
}

fn t120_no_answer_may_be_kept(service: Service) {
    let api = Api::with_secret(service);
    let id = api.add("alice", "One")["id"].as_str().expect("an id").to_owned();
    let one = format!("/api/alice/tasks/{id}");
    let cases = [
        ("GET", "/api/alice/tasks", 200),
        ("GET", one.as_str(), 200),
        ("GET", "/api/bob/tasks", 403),
        ("GET", "/api/alice/tasks/none", 404),
        ("GET", "/nowhere", 404),
        ("POST", "/api/alice/tasks", 400),
        ("POST", &one, 405),
    ];
    for (method, path, status) in cases {
        let answer = api.call("alice", method, path, None);
        assert_eq!(answer.status, status, "{method} {path}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{method} {path}");
    }
    let refused = send(api.origin(), "GET", "/api/alice/tasks", &[], None);
    assert_eq!((refused.status, refused.header("cache-control")), (401, Some("no-store")));
}

fn t121_a_host_that_is_none_is_refused_and_the_path_alone_counts(service: Service) {
    let api = Api::with_secret(service);
    for host in HOSTS {
        let bytes = [&head_without_host(&api, "GET", "/api/alice/tasks"), host, "\r\n"].concat();
        let said = until_closed(open(api.origin(), bytes.as_bytes()));
        assert_eq!(statuses(&said), ["400"], "{host:?}");
    }
    let absolute = head_without_host(&api, "GET", "http://evil.test/api/bob/tasks");
    let bytes = [&absolute, "Host: api.test\r\nConnection: close\r\n\r\n"].concat();
    // uvicorn takes the whole target for a path.
    let status = if matches!(service, Service::Axum) { "403" } else { "404" };
    assert_eq!(statuses(&until_closed(open(api.origin(), bytes.as_bytes()))), [status]);
}

fn t122_who_asks_and_for_what_is_not_taken_from_other_headers(service: Service) {
    let api = Api::with_secret(service);
    let bearer = format!("Bearer {}", api.token("alice"));
    let forged = [
        ("X-User-Id", "bob"),
        ("X-Forwarded-User", "bob"),
        ("X-Original-URL", "/api/alice/tasks"),
        ("X-Rewrite-URL", "/api/alice/tasks"),
        ("X-Real-IP", "127.0.0.1"),
        ("X-HTTP-Method-Override", "DELETE"),
    ];
    for header in forged {
        let headers = [("Authorization", bearer.as_str()), header];
        let get = |path: &str| send(api.origin(), "GET", path, &headers, None).status;
        assert_eq!((get("/api/bob/tasks"), get("/api/alice/tasks")), (403, 200), "{header:?}");
        let anonymous = send(api.origin(), "GET", "/api/bob/tasks", &[header], None);
        assert_eq!(anonymous.status, 401, "{header:?}");
    }
}

fn t123_what_follows_an_ambiguous_request_is_no_request(service: Service) {
    let api = Api::with_secret(service);
    let head = head_without_host(&api, "POST", "/api/alice/tasks") + "Host: x\r\n";
    // What h11 reads as its RFC allows: equal lengths in a list (RFC 9110 §8.6), a folded header as one
    // line (RFC 9112 §5.2). A chunk beyond all numbers it waits for.
    let clear = ["a list of lengths", "a folded header", "a chunk beyond all numbers"];
    let judged = |name: &str| matches!(service, Service::Axum) || !clear.contains(&name);
    for case in smuggling(&head).into_iter().filter(|case| judged(case.name)) {
        let said = until_closed(open(api.origin(), case.bytes.as_bytes()));
        let statuses = statuses(&said);
        assert_eq!(statuses.len(), 1, "{}: {said}", case.name);
        assert!(!case.is_refused || statuses == ["400"], "{}: {said}", case.name);
    }
}

fn t277_bodies_end_at_the_limit_and_are_not_unpacked(service: Service) {
    let api = Api::with_secret(service);
    let head = head_without_host(&api, "POST", "/api/alice/tasks") + "Host: x\r\n";
    let chunk = format!("400\r\n{}\r\n", "x".repeat(0x400));
    let large = [&head, "Content-Length: 1048577\r\n\r\n", &"x".repeat(70_000)].concat();
    let endless = [&head, "Transfer-Encoding: chunked\r\n\r\n", &chunk.repeat(100)].concat();
    for bytes in [large, endless] {
        let said = until_closed(open(api.origin(), bytes.as_bytes()));
        assert_eq!(statuses(&said), ["413"], "{said}");
    }
    for coding in ["gzip", "br", "deflate", "gzip, gzip", "identity"] {
        let bytes = format!(
            "{head}Content-Encoding: {coding}\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{{}}"
        );
        assert_eq!(
            statuses(&until_closed(open(api.origin(), bytes.as_bytes()))),
            ["415"],
            "{coding}"
        );
    }
}

fn t282_json_bombs_are_refused(service: Service) {
    let api = Api::with_secret(service);
    let cases = [
        ("[".repeat(10_000), 400),
        (format!("{{\"title\":{}1{}}}", "[".repeat(10_000), "]".repeat(10_000)), 400),
        (format!("{{\"title\":{}}}", "9".repeat(60_000)), 400),
        (format!("{{\"title\":[{}1]}}", "1,".repeat(30_000)), 422),
        (format!("{{{}\"title\":\"x\"}}", "\"a\":1,".repeat(10_000)), 400),
        (format!("{{\"title\":{}}}", "9".repeat(1_000_000)), 413),
        (r#"{"title":"a","title":"b"}"#.to_owned(), 400),
        ("\"title\"".to_owned(), 400),
    ];
    for (body, status) in cases {
        let bearer = format!("Bearer {}", api.token("alice"));
        let headers = [("Authorization", bearer.as_str()), ("Content-Type", "application/json")];
        let head = head_without_host(&api, "POST", "/api/alice/tasks");
        let answer = if status == 413 {
            let bytes = format!(
                "{head}Host: x\r\nContent-Length: {}\r\n\r\n{}",
                body.len(),
                &body[..70_000]
            );
            statuses(&until_closed(open(api.origin(), bytes.as_bytes())))[0]
                .parse()
                .expect("a status")
        } else {
            send(api.origin(), "POST", "/api/alice/tasks", &headers, Some(&body)).status
        };
        assert_eq!(answer, status, "{}", &body[..body.len().min(40)]);
    }
}

fn t284_huge_tokens_are_refused_without_being_looked_at(service: Service) {
    let api = Api::with_secret(service);
    for (token, refused) in [
        ("a".repeat(8_193), "401"),
        (".".repeat(30_000), "401"),
        (".".repeat(100_000), "431"),
        (format!("{}{}", api.token("alice"), "A".repeat(100_000)), "431"),
    ] {
        // What uvicorn makes of a head beyond its limit depends on how the bytes arrive.
        if refused == "431" && !matches!(service, Service::Axum) {
            continue;
        }
        let bytes = format!(
            "GET /api/alice/tasks HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\r\n"
        );
        let said = until_closed(open(api.origin(), bytes.as_bytes()));
        // A head that is too large may be cut off before its answer is read.
        assert!(statuses(&said) == [refused] || (refused == "431" && said.is_empty()), "{said}");
    }
}

#[test]
fn t317_what_comes_from_outside_is_one_clean_line_of_the_log() {
    let mut api = Api::at_level("trace");
    for dirty in DIRTY {
        let bearer = format!("Bearer {}", api.token(dirty));
        for (name, value) in [
            ("User-Agent", dirty),
            ("X-Request-Id", dirty),
            ("X-Request-Id", &"i".repeat(10_240)),
            ("Authorization", &format!("Bearer {dirty}")),
            ("Authorization", &bearer),
        ] {
            let bytes = format!("GET /api/{dirty}/tasks HTTP/1.0\r\n{name}: {value}\r\n\r\n");
            until_closed(open(api.origin(), bytes.as_bytes()));
        }
        api.call(
            "alice",
            "POST",
            "/api/alice/tasks",
            Some(json!({ dirty: dirty, "title": dirty })),
        );
    }
    let long = send(api.origin(), "GET", &format!("/{}", "p".repeat(10_240)), &[], None);
    assert_eq!(long.status, 404);
    let process = api.process();
    process.stopper().stop();
    let lines: Vec<_> = iter::from_fn(|| process.next_line()).collect();
    assert!(lines.len() > 30, "it says what it does");
    for line in lines {
        assert!(is_clean(&line), "{line:?}");
    }
}

#[test]
fn t316_no_secret_is_in_the_log_at_the_loudest() {
    let mut api = Api::at_level("trace");
    let good = api.token("alice");
    let bad = format!("{}AAAA", &good[..good.len() - 4]);
    for token in [&good, &bad] {
        let bearer = format!("Bearer {token}");
        send(api.origin(), "GET", "/api/alice/tasks", &[("Authorization", &bearer)], None);
        let query = format!("/api/alice/tasks?token={token}");
        send(api.origin(), "GET", &query, &[("Cookie", &format!("t={token}"))], None);
    }
    let process = api.process();
    process.stopper().stop();
    let said: Vec<_> = iter::from_fn(|| process.next_line()).collect();
    let said = said.join("\n");
    assert!(said.contains("/api/alice/tasks"), "{said}");
    let signature = |token: &str| token.rsplit('.').next().unwrap_or_default().to_owned();
    for secret in [countersign_testing::SECRET, &good, &bad, &signature(&good), &signature(&bad)] {
        assert!(!said.contains(secret), "{secret} in {said}");
    }
}

#[test]
fn t325_what_needs_no_token_says_nothing_of_the_inside() {
    let api = Api::with_secret(Service::Axum);
    for path in ["/livez", "/readyz", "/openapi.json", "/nowhere", "/metrics"] {
        let answer = send(api.origin(), "GET", path, &[], None);
        assert_eq!(answer.header("server"), None, "{path}");
        for inside in ["sqlite", "tasks.db", "BETTER_AUTH", countersign_testing::SECRET, "hyper"] {
            assert!(!answer.body.contains(inside), "{path} says {inside}");
        }
    }
}
