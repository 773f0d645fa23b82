//! The description of the API.

use countersign_testing::root;

use countersign_testing::http::send;

use crate::fixture::{Api, Service};

#[test]
fn the_document_that_is_checked_in_is_the_one_that_is_served() {
    let checked_in =
        std::fs::read_to_string(root().join("apps/tasks-api/openapi.json")).expect("the file");
    let checked_in: serde_json::Value = serde_json::from_str(&checked_in).expect("JSON");
    let api = Api::with_secret(Service::Axum);
    let served = send(api.origin(), "GET", "/openapi.json", &[], None);
    assert_eq!(served.status, 200);
    assert_eq!(served.json(), checked_in);
}

#[test]
fn the_document_names_every_operation_its_token_and_its_errors() {
    let document: serde_json::Value =
        serde_json::from_str(&tasks_api::openapi::document()).expect("JSON");
    let paths = document["paths"].as_object().expect("paths");
    let operations: Vec<_> = paths
        .iter()
        .flat_map(|(path, methods)| {
            let methods = methods.as_object().expect("methods");
            methods.iter().map(move |(method, operation)| (format!("{method} {path}"), operation))
        })
        .collect();
    let mut names: Vec<_> = operations.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "delete /api/{user_id}/tasks/{id}",
            "get /api/{user_id}/tasks",
            "get /api/{user_id}/tasks/{id}",
            "patch /api/{user_id}/tasks/{id}",
            "patch /api/{user_id}/tasks/{id}/complete",
            "post /api/{user_id}/tasks",
            "put /api/{user_id}/tasks/{id}",
        ]
    );
    for (name, operation) in operations {
        for status in ["401", "403", "503"] {
            assert!(operation["responses"][status].is_object(), "{name} {status}");
        }
    }
    assert_eq!(document["components"]["securitySchemes"]["token"]["scheme"], "bearer");
    assert_eq!(document["security"][0]["token"], serde_json::json!([]));
}

#[test]
fn the_page_for_people_is_all_here_and_its_policy_lets_it_reach_nobody_else() {
    let api = Api::with_secret(Service::Axum);
    let get = |path: &str| send(api.origin(), "GET", path, &[], None);
    assert_eq!(get("/docs").header("location"), Some("/docs/"));
    let page = get("/docs/");
    assert_eq!(page.status, 200);
    assert!(page.header("content-type").is_some_and(|value| value.starts_with("text/html")));
    let policy = page.header("content-security-policy").expect("a policy");
    assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{policy}");
    assert!(!policy.contains("http") && !policy.contains('*'), "{policy}");
    let quoted: Vec<_> = page.body.split(['"', '\'']).collect();
    let parts: Vec<_> = quoted
        .windows(2)
        .filter(|pair| pair[0].ends_with("src=") || pair[0].ends_with("href="))
        .map(|pair| pair[1].trim_start_matches("./"))
        .collect();
    assert!(parts.len() >= 5, "{parts:?}");
    for part in parts {
        let answer = get(&format!("/docs/{part}"));
        assert_eq!(answer.status, 200, "{part}");
        assert!(!answer.body.is_empty(), "{part}");
    }
    let start = get("/docs/swagger-initializer.js").body;
    assert!(start.contains("/openapi.json") && !start.contains("petstore"), "{start}");
}
