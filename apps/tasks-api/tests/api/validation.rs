//! Bodies that are not taken, and what is said about them.

use serde_json::{Value, json};

use countersign_testing::http::send;

use crate::fixture::{Api, Service, on_both_services};

on_both_services! {
    fields_that_are_not_valid_are_named_and_nothing_is_stored,
    values_at_the_limits_are_taken,
    a_change_is_checked_like_a_new_task,
    bodies_that_are_no_json_are_told_apart_from_fields,
}

fn fields_that_are_not_valid_are_named_and_nothing_is_stored(service: Service) {
    let api = Api::with_secret(service);
    let long = |length: usize| "ä".repeat(length);
    let cases = [
        (json!({}), vec!["title"]),
        (json!({ "title": "" }), vec!["title"]),
        (json!({ "title": " \t\n " }), vec!["title"]),
        (json!({ "title": long(201) }), vec!["title"]),
        (json!({ "title": 1 }), vec!["title"]),
        (json!({ "title": null }), vec!["title"]),
        (json!({ "title": "a\u{0}b" }), vec!["title"]),
        (json!({ "title": "x", "description": long(2_001) }), vec!["description"]),
        (json!({ "title": "x", "description": ["y"] }), vec!["description"]),
        (json!({ "title": "x", "completed": "no" }), vec!["completed"]),
        (json!({ "title": "x", "due": "now" }), vec!["due"]),
        (
            json!({ "title": "", "description": 1, "completed": 1 }),
            vec!["title", "description", "completed"],
        ),
    ];
    for (body, fields) in cases {
        let answer = api.call("alice", "POST", "/api/alice/tasks", Some(body.clone()));
        assert_eq!(answer.status, 422, "{body}");
        assert_eq!(answer.header("content-type"), Some("application/problem+json"));
        let errors = answer.json()["errors"].as_array().cloned().unwrap_or_default();
        let named: Vec<_> = errors.iter().filter_map(|error| error["field"].as_str()).collect();
        assert_eq!(named, fields, "{body}");
        assert!(errors.iter().all(|error| error["message"].is_string()));
    }
    assert_eq!(api.call("alice", "GET", "/api/alice/tasks", None).json()["total"], 0);
}

fn values_at_the_limits_are_taken(service: Service) {
    let api = Api::with_secret(service);
    for body in [
        json!({ "title": "x" }),
        json!({ "title": "ä".repeat(200), "description": "ü".repeat(2_000) }),
        json!({ "title": format!("  {}  ", "\u{1F98A}".repeat(200)) }),
        json!({ "title": "x", "description": "", "completed": true }),
    ] {
        let answer = api.call("alice", "POST", "/api/alice/tasks", Some(body.clone()));
        assert_eq!(answer.status, 201, "{body}: {}", answer.body);
    }
}

fn a_change_is_checked_like_a_new_task(service: Service) {
    let api = Api::with_secret(service);
    let task = api.add("alice", "One");
    let path = format!("/api/alice/tasks/{}", task["id"].as_str().expect("an id"));
    for (method, body) in [
        ("PATCH", json!({ "title": "" })),
        ("PATCH", json!({ "title": null })),
        ("PATCH", json!({ "user_id": "bob" })),
        ("PUT", json!({ "description": "without a title" })),
    ] {
        assert_eq!(api.call("alice", method, &path, Some(body.clone())).status, 422, "{body}");
    }
    assert_eq!(api.call("alice", "GET", &path, None).json(), task);
}

fn bodies_that_are_no_json_are_told_apart_from_fields(service: Service) {
    let api = Api::with_secret(service);
    let bearer = format!("Bearer {}", api.token("alice"));
    let deep = "[".repeat(10_000);
    let huge = format!("{{\"title\":\"{}\"}}", "x".repeat(70_000));
    let cases = [
        ("application/json", "", 400),
        ("application/json", "{", 400),
        ("application/json", "[]", 400),
        ("application/json", "\"x\"", 400),
        ("application/json", "{\"title\":\"\u{1}\"}", 400),
        ("application/json; charset=utf-8", "{\"title\":\"x\"}", 201),
        ("text/plain", "{\"title\":\"x\"}", 415),
        ("application/x-www-form-urlencoded", "title=x", 415),
        ("application/json", &deep, 400),
        ("application/json", &huge, 413),
    ];
    for (content_type, body, status) in cases {
        let headers = [("Authorization", bearer.as_str()), ("Content-Type", content_type)];
        let answer = send(api.origin(), "POST", "/api/alice/tasks", &headers, Some(body));
        assert_eq!(answer.status, status, "{content_type} {}", &body[..body.len().min(40)]);
        if status != 201 {
            let problem: Value = answer.json();
            assert_eq!(problem["status"], status);
            assert!(problem.get("errors").is_none());
        }
    }
}
