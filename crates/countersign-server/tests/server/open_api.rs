//! The description says what the server answers, all of it and no more.

use serde_json::Value;

use crate::fixture::TestServer;

const EVERYTHING: [(&str, &str); 6] = [
    ("COUNTERSIGN_OPEN_API__ENABLED", "true"),
    ("COUNTERSIGN_ADMIN__ENABLED", "true"),
    ("COUNTERSIGN_BEARER__ENABLED", "true"),
    ("COUNTERSIGN_MULTI_SESSION__ENABLED", "true"),
    ("COUNTERSIGN_USERNAME__ENABLED", "true"),
    ("COUNTERSIGN_REFRESH_TOKENS__ENABLED", "true"),
];

async fn described(server: &TestServer) -> Vec<(String, String)> {
    let document = server.get("/open-api/generate-schema").await.json();
    let paths = document["paths"].as_object().expect("paths").clone();
    let operations = paths.into_iter().flat_map(|(path, methods)| {
        let methods = methods.as_object().expect("methods").clone();
        methods.into_iter().map(move |(method, _)| (method.to_uppercase(), path.clone()))
    });
    operations.collect()
}

#[tokio::test]
async fn what_is_described_is_answered() {
    let server = TestServer::start(&EVERYTHING).await;
    for (method, path) in described(&server).await {
        let reply = match method.as_str() {
            "GET" => server.get(&path).await,
            _ => server.post(&path, &Value::Null).await,
        };
        assert!(reply.status != 404 || !reply.body.is_empty(), "{method} {path} is not answered");
    }
}

#[tokio::test]
async fn what_the_core_answers_is_described() {
    let server = TestServer::start(&EVERYTHING).await;
    let described = described(&server).await;
    let list = include_str!("../../src/routes/mod.rs").split("/// What operators").next();
    let routes = list.expect("the list of routes").split(".route(\"").skip(1);
    for route in routes {
        let path = route.split('"').next().expect("a path");
        assert!(
            described.iter().any(|(_, known)| known == path),
            "{path} is not in src/routes/openapi.json; \
             `node conformance/reference/describe.mjs {path}` prints what belongs there"
        );
    }
}

#[tokio::test]
async fn only_features_that_are_on_are_described() {
    let server = TestServer::start(&EVERYTHING[..1]).await;
    let document = server.get("/open-api/generate-schema").await.json();
    assert!(document["paths"].get("/token").is_some());
    assert!(document["paths"].get("/sign-in/username").is_none());
    assert!(document["components"]["schemas"]["User"]["properties"].get("username").is_none());
    let all = TestServer::start(&EVERYTHING).await.get("/open-api/generate-schema").await.json();
    assert!(all["components"]["schemas"]["User"]["properties"].get("username").is_some());
    let sign_up = &all["paths"]["/sign-up/email"]["post"]["requestBody"];
    let members = &sign_up["content"]["application/json"]["schema"]["properties"];
    assert_eq!(members["displayUsername"], serde_json::json!({ "type": "string" }));
}

#[tokio::test]
async fn the_page_is_whole_and_reaches_nobody_else() {
    let server = TestServer::start(&EVERYTHING).await;
    let page = server.get("/reference").await;
    assert_eq!(page.headers["content-type"], "text/html");
    assert!(!page.body.contains("http://") && !page.body.contains("https://"), "{}", page.body);
    for (before, after) in [("href=\"", ".css"), ("src=\"", ".js")] {
        for reference in page.body.split(before).skip(1) {
            let file = reference.split('"').next().expect("an address");
            if !file.starts_with("data:") {
                let reply = server.get(&format!("/{file}")).await;
                assert_eq!(reply.status, 200, "{file}");
                assert!(file.ends_with(after), "{file}");
            }
        }
    }
    let settings = server.get("/reference/swagger-initializer.js").await.body;
    assert!(settings.contains("/api/auth/open-api/generate-schema"), "{settings}");
    for reply in [page, server.get("/reference/swagger-ui-bundle.js").await] {
        let policy = reply.headers["content-security-policy"].to_str().expect("text").to_owned();
        assert!(policy.contains("default-src 'none'") && !policy.contains("http"), "{policy}");
    }
    for nowhere in ["index.html", "..%2Fok", "swagger-ui.css.map"] {
        assert_eq!(server.get(&format!("/reference/{nowhere}")).await.status, 404, "{nowhere}");
    }
}

#[tokio::test]
async fn without_the_plugin_or_the_page_there_is_none() {
    let server = TestServer::start(&[]).await;
    for path in ["/open-api/generate-schema", "/reference", "/reference/swagger-ui.css"] {
        assert_eq!(server.get(path).await.status, 404, "{path}");
    }
    let no_page = [EVERYTHING[0], ("COUNTERSIGN_OPEN_API__PAGE", "false")];
    let server = TestServer::start(&no_page).await;
    assert_eq!(server.get("/open-api/generate-schema").await.status, 200);
    assert_eq!(server.get("/reference").await.status, 404);
}

#[tokio::test]
async fn t287_five_thousand_ranges_of_a_page_are_one_page() {
    let server = TestServer::start(&EVERYTHING).await;
    let asked = format!("bytes={}", vec!["0-"; 5_000].join(","));
    for path in ["/reference", "/open-api/generate-schema", "/jwks", "/ok"] {
        let whole = server.get(path).await;
        let ranged = server.get_with(path, "range", asked.as_bytes()).await;
        assert_eq!((ranged.status, ranged.body), (whole.status, whole.body), "{path}");
    }
}
