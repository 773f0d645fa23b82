//! The two services side by side: errors are the same to the byte, headers included.

use serde_json::{Value, json};

use countersign_testing::http::{Answer, send};

use crate::fixture::{Api, Service, claims_with, now};

const HEADERS: [&str; 6] =
    ["content-type", "www-authenticate", "cache-control", "retry-after", "content-length", "allow"];

/// What a client can tell apart, but for the reference, which no two refusals have in common.
fn seen(answer: &Answer) -> (u16, Vec<Option<&str>>, String) {
    let headers = HEADERS.map(|name| answer.header(name)).to_vec();
    let body = match answer.body.split_once(r#","instance":"urn:uuid:"#) {
        Some((before, rest)) => {
            format!("{before}{}", &rest[rest.find('"').expect("a quote") + 1..])
        }
        None => answer.body.clone(),
    };
    (answer.status, headers, body)
}

/// Method, path, `Authorization`, content type, body.
type Row = (&'static str, String, Option<String>, &'static str, Option<String>);

fn rows(api: &Api) -> Vec<Row> {
    const JSON: &str = "application/json";
    let good = Some(format!("Bearer {}", api.token("alice")));
    let with = |changes: &Value| {
        Some(format!("Bearer {}", api.key.sign(&claims_with("alice", changes)).expect("a token")))
    };
    let tasks = || "/api/alice/tasks".to_owned();
    let missing = "/api/alice/tasks/00000000-0000-4000-8000-000000000000".to_owned();
    let mut rows: Vec<Row> = vec![
        ("GET", tasks(), None, JSON, None),
        ("POST", tasks(), None, JSON, Some("{".to_owned())),
        ("POST", tasks(), None, "multipart/form-data", Some("--b".repeat(30_000))),
        ("GET", tasks(), Some("Basic YTpi".to_owned()), JSON, None),
        ("GET", tasks(), Some("Bearer".to_owned()), JSON, None),
        ("GET", tasks(), Some("Bearer a.b.c".to_owned()), JSON, None),
        ("GET", tasks(), with(&json!({ "exp": now() - 60, "iat": now() - 900 })), JSON, None),
        ("GET", tasks(), with(&json!({ "sub": "" })), JSON, None),
        ("GET", tasks(), with(&json!({ "scope": "" })), JSON, None),
        ("POST", tasks(), with(&json!({ "scope": "tasks:read" })), JSON, None),
        ("GET", "/api/bob/tasks".to_owned(), good.clone(), JSON, None),
        ("GET", "/nowhere".to_owned(), good.clone(), JSON, None),
        ("HEAD", tasks(), None, JSON, None),
        ("PUT", tasks(), good.clone(), JSON, None),
        ("POST", missing.clone(), good.clone(), JSON, None),
        ("GET", format!("{missing}/complete"), good.clone(), JSON, None),
        ("GET", missing.clone(), good.clone(), JSON, None),
        ("DELETE", missing.clone(), good.clone(), JSON, None),
        ("PATCH", format!("{missing}/complete"), good.clone(), JSON, None),
        ("PATCH", missing, good.clone(), JSON, Some(r#"{"title": "x"}"#.to_owned())),
    ];
    let limits = ["limit=1.0", "limit=+1", "limit=%2B1", "limit=%201", "limit=1_0", "limit=1e1"];
    let others = ["limit=0", "limit=", "cursor=x", "completed=1", "page=2", "limit=1&x=y"];
    for query in limits.into_iter().chain(others) {
        rows.push(("GET", format!("/api/alice/tasks?{query}"), good.clone(), JSON, None));
    }
    for body in [
        "",
        "{",
        "[]",
        "\"x\"",
        "{\"title\":}",
        "{\n \"title\": \"x\",\n}",
        "{}",
        r#"{"title": ""}"#,
        r#"{"title": null, "description": 1, "completed": "no"}"#,
        r#"{"title": "x", "zebra": 1, "apple": 2}"#,
        r#"{"title": "a\u0000b"}"#,
        r#"{"title": "\ud800"}"#,
        r#"{"title": NaN}"#,
    ] {
        rows.push(("POST", tasks(), good.clone(), JSON, Some(body.to_owned())));
    }
    for (content_type, body) in [
        ("text/plain", "{}".to_owned()),
        ("application/jsonp", "{}".to_owned()),
        ("multipart/form-data; boundary=b", "--b".repeat(10_000)),
        (JSON, "x".repeat(70_000)),
        (JSON, r#"{"title": "x", "title": 1}"#.to_owned()),
        (JSON, "\u{feff}{}".to_owned()),
        (JSON, format!(r#"{{"title": "{}"}}"#, "ä".repeat(201))),
    ] {
        rows.push(("POST", tasks(), good.clone(), content_type, Some(body)));
    }
    rows
}

#[test]
fn errors_are_the_same_to_the_byte() {
    let (axum, fastapi) = (Api::with_secret(Service::Axum), Api::with_secret(Service::FastApi));
    for (method, path, authorization, content_type, body) in rows(&axum) {
        let authorization = authorization.iter().map(|value| ("Authorization", value.as_str()));
        let headers: Vec<_> = authorization.chain([("Content-Type", content_type)]).collect();
        let [ours, theirs] = [&axum, &fastapi]
            .map(|api| send(api.origin(), method, &path, &headers, body.as_deref()));
        let about = body.as_deref().unwrap_or_default().chars().take(60).collect::<String>();
        assert!(ours.status >= 400, "{method} {path} {about}");
        assert_eq!(seen(&theirs), seen(&ours), "{method} {path} {content_type} {about}");
    }
}
