//! Tokens of the real, unmodified Better Auth on Node, taken through its JWKS.

use countersign_testing::{
    binaries::TasksApi,
    node::{BetterAuth, BetterAuthOptions},
    postgres::Postgres,
};
use serde_json::{Value, json};

use crate::fixture::{READ_AND_WRITE, Service, on_both_services};
use countersign_testing::http::{Answer, send};

on_both_services! {
    tokens_signed_with_eddsa_are_taken,
    tokens_signed_with_es256_are_taken,
    tokens_signed_with_rs256_are_taken,
    tokens_signed_with_es512_are_taken,
    tokens_signed_with_ps256_are_taken,
    tokens_of_a_better_auth_on_postgresql_are_taken,
    without_default_scopes_its_tokens_may_nothing,
    while_its_keys_cannot_be_had_the_answer_is_503_and_never_401,
}

/// Signs somebody up on Better Auth; their id and a token.
fn sign_up(server: &BetterAuth) -> (String, String) {
    let body = json!({ "name": "Ann", "email": "ann@example.com", "password": "password1234" });
    let headers = [("Content-Type", "application/json"), ("Origin", server.url())];
    let path = "/api/auth/sign-up/email";
    let answer = send(server.url(), "POST", path, &headers, Some(&body.to_string()));
    assert_eq!(answer.status, 200, "{}", answer.body);
    let cookie = answer.header("set-cookie").and_then(|line| line.split(';').next());
    let headers = [("Cookie", cookie.expect("a cookie"))];
    let token = send(server.url(), "GET", "/api/auth/token", &headers, None).json();
    let id = answer.json()["user"]["id"].as_str().expect("an id").to_owned();
    (id, token["token"].as_str().expect("a token").to_owned())
}

fn api_for(service: Service, server: &BetterAuth, default_scopes: &str) -> TasksApi {
    let jwks = format!("{}/api/auth/jwks", server.url());
    let settings = [
        ("COUNTERSIGN_ISSUER", server.url()),
        ("COUNTERSIGN_AUDIENCE", server.url()),
        ("COUNTERSIGN_JWKS_URL", &jwks),
        ("COUNTERSIGN_DEFAULT_SCOPES", default_scopes),
    ];
    service.start(&settings)
}

fn call(api: &TasksApi, token: &str, method: &str, path: &str, body: Option<&Value>) -> Answer {
    let bearer = format!("Bearer {token}");
    let headers = [("Authorization", bearer.as_str()), ("Content-Type", "application/json")];
    send(api.url(), method, path, &headers, body.map(Value::to_string).as_deref())
}

fn a_user_of_better_auth_keeps_a_list(service: Service, options: &BetterAuthOptions) {
    let server = BetterAuth::start(options).expect("Better Auth starts");
    let (id, token) = sign_up(&server);
    let api = api_for(service, &server, READ_AND_WRITE);
    let path = format!("/api/{id}/tasks");
    let added = call(&api, &token, "POST", &path, Some(&json!({ "title": "From Node" })));
    assert_eq!(added.status, 201, "{}", added.body);
    let list = call(&api, &token, "GET", &path, None).json();
    assert_eq!((&list["total"], &list["items"][0]["user_id"]), (&json!(1), &json!(id)));
    assert_eq!(call(&api, &token, "GET", "/api/somebody-else/tasks", None).status, 403);
}

fn tokens_signed_with_eddsa_are_taken(service: Service) {
    a_user_of_better_auth_keeps_a_list(service, &BetterAuthOptions::default());
}

fn tokens_signed_with_es256_are_taken(service: Service) {
    let algorithm = "ES256".to_owned();
    a_user_of_better_auth_keeps_a_list(
        service,
        &BetterAuthOptions { algorithm, ..Default::default() },
    );
}

fn tokens_signed_with_rs256_are_taken(service: Service) {
    let algorithm = "RS256".to_owned();
    a_user_of_better_auth_keeps_a_list(
        service,
        &BetterAuthOptions { algorithm, ..Default::default() },
    );
}

fn tokens_signed_with_es512_are_taken(service: Service) {
    let algorithm = "ES512".to_owned();
    a_user_of_better_auth_keeps_a_list(
        service,
        &BetterAuthOptions { algorithm, ..Default::default() },
    );
}

fn tokens_signed_with_ps256_are_taken(service: Service) {
    let algorithm = "PS256".to_owned();
    a_user_of_better_auth_keeps_a_list(
        service,
        &BetterAuthOptions { algorithm, ..Default::default() },
    );
}

fn tokens_of_a_better_auth_on_postgresql_are_taken(service: Service) {
    let postgres = Postgres::start().expect("PostgreSQL starts");
    let database_url = Some(postgres.url().to_owned());
    a_user_of_better_auth_keeps_a_list(
        service,
        &BetterAuthOptions { database_url, ..Default::default() },
    );
}

fn without_default_scopes_its_tokens_may_nothing(service: Service) {
    let server = BetterAuth::start(&BetterAuthOptions::default()).expect("Better Auth starts");
    let (id, token) = sign_up(&server);
    let api = api_for(service, &server, "");
    let answer = call(&api, &token, "GET", &format!("/api/{id}/tasks"), None);
    assert_eq!((answer.status, &answer.json()["code"]), (403, &json!("insufficient_scope")));
}

fn while_its_keys_cannot_be_had_the_answer_is_503_and_never_401(service: Service) {
    let server = BetterAuth::start(&BetterAuthOptions::default()).expect("Better Auth starts");
    let (id, token) = sign_up(&server);
    let api = api_for(service, &server, READ_AND_WRITE);
    drop(server);
    let answer = call(&api, &token, "GET", &format!("/api/{id}/tasks"), None);
    assert_eq!(answer.status, 503, "{}", answer.body);
    assert!(answer.header("retry-after").is_some());
    assert!(answer.header("www-authenticate").is_none());
    assert_eq!(send(api.url(), "GET", "/readyz", &[], None).status, 503);
    assert_eq!(send(api.url(), "GET", "/livez", &[], None).status, 200);
}
