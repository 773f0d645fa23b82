//! Every operation of the description with every kind of caller.
//!
//! The operations are read from the service's own `/openapi.json`, so that a new one is in the matrix by
//! itself; what is not described and yet answers is listed here.

use countersign_testing::http::{Answer, send};
use serde_json::{Value, json};

use crate::fixture::{Api, Service, claims_with, now, on_both_services};

on_both_services! {
    t254_t250_every_operation_lets_in_the_owner_with_the_scope_and_nobody_else,
    t255_who_is_nobody_learns_nothing_of_bodies_and_ids,
    t254_nothing_else_is_answered_without_a_token,
}

/// What answers without a token.
const PUBLIC: [&str; 3] = ["/livez", "/readyz", "/openapi.json"];

struct Operation {
    method: String,
    /// With `{user_id}` and, for one task, `{id}`.
    path: String,
}

impl Operation {
    fn all(api: &Api) -> Vec<Self> {
        let document = send(api.origin(), "GET", "/openapi.json", &[], None).json();
        let paths = document["paths"].as_object().expect("paths");
        let mut operations = Vec::new();
        for (path, methods) in paths {
            for method in methods.as_object().expect("methods").keys() {
                if ["get", "put", "post", "patch", "delete", "head", "options", "trace"]
                    .contains(&method.as_str())
                {
                    operations.push(Self { method: method.to_uppercase(), path: path.clone() });
                }
            }
        }
        assert_eq!(operations.len(), 7, "all that the description is known to hold");
        operations
    }

    fn at(&self, user: &str, id: &str) -> String {
        self.path.replace("{user_id}", user).replace("{id}", id)
    }

    fn reads(&self) -> bool {
        self.method == "GET"
    }

    fn send(&self, api: &Api, token: Option<&str>, path: &str, body: Option<&str>) -> Answer {
        let bearer = token.map(|token| format!("Bearer {token}"));
        let bearer = bearer.iter().map(|bearer| ("Authorization", bearer.as_str()));
        let headers: Vec<_> = bearer.chain([("Content-Type", "application/json")]).collect();
        send(api.origin(), &self.method, path, &headers, body)
    }
}

/// The status and the `code` of an answer.
fn told(answer: &Answer) -> (u16, Value) {
    (answer.status, answer.json()["code"].clone())
}

fn t254_t250_every_operation_lets_in_the_owner_with_the_scope_and_nobody_else(service: Service) {
    let api = Api::with_secret(service);
    let operations = Operation::all(&api);
    let signed = |changes: Value| api.key.sign(&claims_with("alice", &changes)).expect("a token");
    let good = api.token("alice");
    let expired = signed(json!({ "iat": now() - 900, "exp": now() - 60 }));
    let body = r#"{"title":"Mine","description":null}"#;
    for operation in operations {
        let about = format!("{} {}", operation.method, operation.path);
        let task = api.add("alice", "Alice's");
        let path = operation.at("alice", task["id"].as_str().expect("an id"));
        let (needed, other) = if operation.reads() {
            ("tasks:read", "tasks:write")
        } else {
            ("tasks:write", "tasks:read")
        };
        let callers = [
            (None, (401, "authorization_missing")),
            (Some("garbage".to_owned()), (401, "invalid_token")),
            (Some(format!("{good}x")), (401, "invalid_token")),
            (Some(expired.clone()), (401, "token_expired")),
            (Some(signed(json!({ "aud": "other-api" }))), (401, "invalid_token")),
            (Some(api.token("bob")), (403, "not_owner")),
            (Some(signed(json!({ "scope": other }))), (403, "insufficient_scope")),
            (Some(signed(json!({ "scope": null }))), (403, "insufficient_scope")),
        ];
        // Whose task it is says no body either.
        let named = r#"{"title":"x","user_id":"alice","userId":"alice","sub":"alice"}"#;
        for (token, (status, code)) in callers {
            for body in [None, Some(body), Some(named)] {
                let answer = operation.send(&api, token.as_deref(), &path, body);
                assert_eq!(told(&answer), (status, json!(code)), "{about}: {token:?}");
                assert!(!answer.body.contains("Alice's"), "{about}");
            }
        }
        let untouched = api.call("alice", "GET", "/api/alice/tasks", None).json();
        assert!(
            untouched["items"].as_array().is_some_and(|items| items.contains(&task)),
            "{about}"
        );
        let only_what_is_needed = signed(json!({ "scope": needed }));
        let answer = operation.send(&api, Some(&only_what_is_needed), &path, Some(body));
        assert!((200..300).contains(&answer.status), "{about}: {}", answer.body);
    }
}

fn t255_who_is_nobody_learns_nothing_of_bodies_and_ids(service: Service) {
    let api = Api::with_secret(service);
    let id = api.add("alice", "One")["id"].as_str().expect("an id").to_owned();
    let large = "x".repeat(100_000);
    for operation in Operation::all(&api) {
        let about = format!("{} {}", operation.method, operation.path);
        let mut bodies = Vec::new();
        for id in [id.as_str(), "00000000-0000-4000-8000-000000000000", "none", "%00", "%ff"] {
            for body in [None, Some("{"), Some("[]"), Some(large.as_str())] {
                let answer = operation.send(&api, None, &operation.at("alice", id), body);
                assert_eq!(answer.status, 401, "{about}");
                bodies.push(without_reference(&answer.body));
            }
            let foreign = api.token("bob");
            let answer =
                operation.send(&api, Some(&foreign), &operation.at("alice", id), Some("{"));
            assert_eq!(answer.status, 403, "{about}");
        }
        bodies.dedup();
        assert_eq!(bodies.len(), 1, "{about}: {bodies:?}");
    }
}

fn t254_nothing_else_is_answered_without_a_token(service: Service) {
    let api = Api::with_secret(service);
    for path in PUBLIC {
        assert_eq!(send(api.origin(), "GET", path, &[], None).status, 200, "{path}");
    }
    for path in
        ["/", "/api", "/api/", "/api/alice", "/metrics", "/redoc", "/admin", "/debug", "/.env"]
    {
        assert_eq!(send(api.origin(), "GET", path, &[], None).status, 404, "{path}");
    }
    for operation in Operation::all(&api) {
        let path = operation.at("alice", "1");
        for method in ["HEAD", "OPTIONS", "TRACE", "FOO", "get", "GET2", "PROPFIND", "QUERY"] {
            let answer = send(api.origin(), method, &path, &[], None);
            assert!([400, 401, 405].contains(&answer.status), "{method} {path}: {}", answer.status);
            assert!(answer.status != 405 || answer.header("allow").is_some(), "{method} {path}");
        }
    }
}

fn without_reference(body: &str) -> String {
    let mut problem: Value = serde_json::from_str(body).expect("JSON");
    problem.as_object_mut().expect("an object").remove("instance");
    problem.to_string()
}
