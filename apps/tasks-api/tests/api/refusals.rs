//! Every way not to get in: status, text, header. One table, on a shared secret and on a key pair.

use base64ct::{Base64UrlUnpadded, Encoding};
use countersign_jwt::{Algorithm, SigningKey};
use serde_json::{Value, json};

use crate::fixture::{Api, Service, claims, claims_with, now, on_both_services};
use countersign_testing::http::{Answer, send};

on_both_services! {
    every_way_not_to_get_in_has_its_answer_with_a_shared_secret,
    every_way_not_to_get_in_has_its_answer_with_a_key_pair,
    an_rsa_public_key_is_no_secret_for_hmac,
    bad_tokens_are_all_answered_alike,
    the_own_address_may_be_escaped,
    t245_addresses_that_are_none_lead_nowhere,
    scopes_are_needed_and_default_ones_only_stand_in_for_a_claim_that_is_absent,
}

const MISSING: &str = "Authorization header missing. Include: Authorization: Bearer <token>";
const FORMAT: &str = "Invalid authorization header format. Expected: Bearer <token>";
const NO_SUB: &str = "Token missing user ID (sub claim)";
const EXPIRED: &str = "Token has expired. Please log in again.";
const INVALID: &str = "Invalid token";
const NOT_YOURS: &str = "Access denied. You can only access your own resources.";

const NO_CREDENTIAL: Option<&str> = Some(r#"Bearer realm="api""#);
const INVALID_TOKEN: Option<&str> = Some(r#"Bearer realm="api", error="invalid_token""#);

/// One row: what is sent, and what comes back.
struct Row {
    name: &'static str,
    authorization: Vec<String>,
    path: &'static str,
    status: u16,
    detail: &'static str,
    challenge: Option<&'static str>,
}

fn row(
    name: &'static str,
    authorization: impl Into<String>,
    detail: &'static str,
    challenge: Option<&'static str>,
) -> Row {
    let authorization = vec![authorization.into()];
    Row { name, authorization, path: "/api/alice/tasks", status: 401, detail, challenge }
}

fn rows(api: &Api) -> Vec<Row> {
    let rows = [headers(api), forgeries(api), wrong_claims(api), addresses(api)];
    rows.into_iter().flatten().collect()
}

fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}

/// No credential, or none that is of its form.
fn headers(api: &Api) -> Vec<Row> {
    let good = api.token("alice");
    vec![
        Row { authorization: vec![], ..row("no header", "", MISSING, NO_CREDENTIAL) },
        row("empty header", "", FORMAT, INVALID_TOKEN),
        row("scheme only", "Bearer", FORMAT, INVALID_TOKEN),
        row("no space", format!("Bearer{good}"), FORMAT, INVALID_TOKEN),
        row("three parts", format!("Bearer {good} more"), FORMAT, INVALID_TOKEN),
        row("token only", &*good, FORMAT, INVALID_TOKEN),
        row(
            "basic",
            "Basic YTpi",
            "Invalid authentication scheme: Basic. Expected: Bearer",
            NO_CREDENTIAL,
        ),
        row(
            "another scheme",
            format!("Token {good}"),
            "Invalid authentication scheme: Token. Expected: Bearer",
            NO_CREDENTIAL,
        ),
        Row {
            authorization: vec![bearer(&good), bearer(&good)],
            ..row("two headers", "", FORMAT, INVALID_TOKEN)
        },
    ]
}

/// Tokens that the issuer did not sign as they are.
fn forgeries(api: &Api) -> Vec<Row> {
    let good = api.token("alice");
    let [header, payload, signature] = parts(&good);
    let none = unsigned(&json!({ "alg": "none" }), &claims("alice"));
    vec![
        row("garbage", "Bearer garbage", INVALID, INVALID_TOKEN),
        row("dots", "Bearer ..", INVALID, INVALID_TOKEN),
        row("two segments", format!("Bearer {header}.{payload}"), INVALID, INVALID_TOKEN),
        row("four segments", format!("Bearer {good}.x"), INVALID, INVALID_TOKEN),
        row("no signature", format!("Bearer {header}.{payload}."), INVALID, INVALID_TOKEN),
        row("bad signature", bearer(&flipped(&good)), INVALID, INVALID_TOKEN),
        row(
            "another payload",
            format!("Bearer {header}.{}.{signature}", encode(&claims("bob"))),
            INVALID,
            INVALID_TOKEN,
        ),
        row("padding", format!("Bearer {good}="), INVALID, INVALID_TOKEN),
        row("alg none", format!("Bearer {none}."), INVALID, INVALID_TOKEN),
        row(
            "alg none with a signature",
            format!("Bearer {none}.{signature}"),
            INVALID,
            INVALID_TOKEN,
        ),
        row("another key", bearer(&sign(&stranger(api), &claims("alice"))), INVALID, INVALID_TOKEN),
    ]
}

/// Tokens that the issuer signed for another time, place or purpose.
fn wrong_claims(api: &Api) -> Vec<Row> {
    let signed = |changes: Value| bearer(&sign(&api.key, &claims_with("alice", &changes)));
    vec![
        row(
            "expired",
            signed(json!({ "exp": now() - 31, "iat": now() - 900 })),
            EXPIRED,
            INVALID_TOKEN,
        ),
        row("no exp", signed(json!({ "exp": null })), INVALID, INVALID_TOKEN),
        row("exp as text", signed(json!({ "exp": "never" })), INVALID, INVALID_TOKEN),
        row("not yet valid", signed(json!({ "nbf": now() + 300 })), INVALID, INVALID_TOKEN),
        row("issued in the future", signed(json!({ "iat": now() + 300 })), INVALID, INVALID_TOKEN),
        row("lives for ever", signed(json!({ "exp": now() + 864_000 })), INVALID, INVALID_TOKEN),
        row("wrong issuer", signed(json!({ "iss": "https://evil.test" })), INVALID, INVALID_TOKEN),
        row("no issuer", signed(json!({ "iss": null })), INVALID, INVALID_TOKEN),
        row(
            "issuer in a list",
            signed(json!({ "iss": ["https://auth.test"] })),
            INVALID,
            INVALID_TOKEN,
        ),
        row("wrong audience", signed(json!({ "aud": "other-api" })), INVALID, INVALID_TOKEN),
        row("no audience", signed(json!({ "aud": null })), INVALID, INVALID_TOKEN),
        row(
            "audience of a number",
            signed(json!({ "aud": ["task-api", 1] })),
            INVALID,
            INVALID_TOKEN,
        ),
        row("no sub", signed(json!({ "sub": null })), NO_SUB, INVALID_TOKEN),
        row("empty sub", signed(json!({ "sub": "" })), NO_SUB, INVALID_TOKEN),
        row("sub of a number", signed(json!({ "sub": 1 })), INVALID, INVALID_TOKEN),
    ]
}

/// Good tokens at addresses that are not their user's.
fn addresses(api: &Api) -> Vec<Row> {
    let good = api.token("alice");
    vec![
        Row {
            path: "/api/bob/tasks",
            status: 403,
            ..row("another user's address", bearer(&good), NOT_YOURS, None)
        },
        Row {
            path: "/api/Alice/tasks",
            status: 403,
            ..row("the own address in another case", bearer(&good), NOT_YOURS, None)
        },
        Row {
            path: "/api/alice%20/tasks",
            status: 403,
            ..row("the own address with a space", bearer(&good), NOT_YOURS, None)
        },
        Row {
            path: "/api/%2e%2e%2falice/tasks",
            status: 403,
            ..row("encoded dots and slash", bearer(&good), NOT_YOURS, None)
        },
        Row {
            path: "/api/bob/tasks?user_id=alice",
            status: 403,
            ..row("the own id in the query", bearer(&good), NOT_YOURS, None)
        },
    ]
}

fn every_way_not_to_get_in_has_its_answer_with_a_shared_secret(service: Service) {
    check_every_row(&Api::with_secret(service));
}

fn every_way_not_to_get_in_has_its_answer_with_a_key_pair(service: Service) {
    check_every_row(&Api::with_key_pair(service, Algorithm::EdDsa));
}

fn check_every_row(api: &Api) {
    for row in rows(api) {
        let headers: Vec<_> =
            row.authorization.iter().map(|value| ("Authorization", value.as_str())).collect();
        for method in ["GET", "POST"] {
            let answer = send(api.origin(), method, row.path, &headers, None);
            check(&row, &answer);
        }
    }
}

fn check(row: &Row, answer: &Answer) {
    let Row { name, status, detail, challenge, .. } = row;
    assert_eq!(answer.status, *status, "{name}: {}", answer.body);
    assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{name}");
    assert_eq!(answer.header("www-authenticate"), *challenge, "{name}");
    let problem = answer.json();
    assert_eq!(problem["detail"], *detail, "{name}");
    assert_eq!(problem["status"], *status, "{name}");
    assert_eq!(problem["type"], "about:blank", "{name}");
    for member in ["title", "code"] {
        assert!(problem[member].is_string(), "{name}: {member}");
    }
}

fn an_rsa_public_key_is_no_secret_for_hmac(service: Service) {
    let api = Api::with_key_pair(service, Algorithm::Rs256);
    let public = api.key.public_jwk().expect("a public key");
    for secret in [public.as_str(), &public.replace(',', ", ")] {
        let forger = SigningKey::hs256(secret.as_bytes()).expect("a key");
        for token in [
            sign(&forger, &claims("alice")),
            sign(
                &SigningKey::hs256(secret.as_bytes()).expect("a key").with_kid("k1"),
                &claims("alice"),
            ),
        ] {
            let bearer = format!("Bearer {token}");
            let headers = [("Authorization", bearer.as_str())];
            let answer = send(api.origin(), "GET", "/api/alice/tasks", &headers, None);
            assert_eq!((answer.status, &answer.json()["detail"]), (401, &json!(INVALID)));
        }
    }
    assert_eq!(api.call("alice", "GET", "/api/alice/tasks", None).status, 200);
}

fn bad_tokens_are_all_answered_alike(service: Service) {
    let api = Api::with_secret(service);
    let mut bodies: Vec<String> = Vec::new();
    for row in rows(&api).into_iter().filter(|row| row.detail == INVALID) {
        let headers = [("Authorization", row.authorization[0].as_str())];
        bodies.push(without_reference(send(api.origin(), "GET", row.path, &headers, None).json()));
    }
    assert!(bodies.len() > 15);
    bodies.dedup();
    assert_eq!(bodies.len(), 1, "{bodies:?}");
}

fn the_own_address_may_be_escaped(service: Service) {
    let api = Api::with_secret(service);
    for path in ["/api/%61lice/tasks", "/api/%61%6C%69ce/tasks", "/api/alice/tasks"] {
        assert_eq!(api.call("alice", "GET", path, None).status, 200, "{path}");
    }
    assert_eq!(api.call("a/b", "GET", "/api/a%2Fb/tasks", None).status, 200);
    assert_eq!(api.call("a/b", "GET", "/api/a%2fb/tasks", None).status, 200);
}

fn t245_addresses_that_are_none_lead_nowhere(service: Service) {
    let api = Api::with_secret(service);
    for path in
        ["/api/alice//tasks", "/api/alice/tasks/", "/api/alice/../bob/tasks", "/", "/api/alice"]
    {
        let answer = api.call("alice", "GET", path, None);
        assert_eq!(answer.status, 404, "{path}: {}", answer.body);
        assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{path}");
    }
    assert_eq!(api.call("alice", "PUT", "/api/alice/tasks", None).status, 405);
    // These match a route, as somebody who is not Alice.
    for path in ["/api//tasks", "/api/%ff/tasks", "/api/alice/tasks/%ff"] {
        assert_eq!(api.call("alice", "GET", path, None).status, 403, "{path}");
    }
}

fn scopes_are_needed_and_default_ones_only_stand_in_for_a_claim_that_is_absent(service: Service) {
    let strict = Api::with_secret(service);
    let lenient = Api::with_default_scopes(service, "tasks:read");
    let cases = [
        (&strict, json!({ "scope": null }), 403, 403),
        (&strict, json!({ "scope": "" }), 403, 403),
        (&strict, json!({ "scope": "tasks:read" }), 200, 403),
        (&strict, json!({ "scope": "tasks:write" }), 403, 201),
        (&strict, json!({ "scope": "TASKS:READ tasks:readable" }), 403, 403),
        (&strict, json!({}), 200, 201),
        (&lenient, json!({ "scope": null }), 200, 403),
        (&lenient, json!({ "scope": "" }), 403, 403),
        (&lenient, json!({ "scope": "tasks:write" }), 403, 201),
    ];
    for (api, changes, reads, writes) in cases {
        let bearer = format!("Bearer {}", sign(&api.key, &claims_with("alice", &changes)));
        let headers = [("Authorization", bearer.as_str()), ("Content-Type", "application/json")];
        let read = send(api.origin(), "GET", "/api/alice/tasks", &headers, None);
        assert_eq!(read.status, reads, "{changes}");
        if reads == 403 {
            let challenge = r#"Bearer realm="api", error="insufficient_scope", scope="tasks:read""#;
            assert_eq!(read.header("www-authenticate"), Some(challenge), "{changes}");
            assert_eq!(read.json()["code"], "insufficient_scope");
        }
        let body = Some(r#"{"title":"x"}"#);
        let write = send(api.origin(), "POST", "/api/alice/tasks", &headers, body);
        assert_eq!(write.status, writes, "{changes}");
    }
}

/// No two refusals have their reference in common.
fn without_reference(mut problem: Value) -> String {
    let reference = problem["instance"].take();
    assert!(reference.as_str().is_some_and(|text| text.starts_with("urn:uuid:")), "{reference}");
    problem.to_string()
}

/// A key of the same kind that is not the issuer's.
fn stranger(api: &Api) -> SigningKey {
    match api.key.algorithm() {
        Algorithm::Hs256 => SigningKey::hs256(b"another secret of thirty-two bytes or more"),
        algorithm => SigningKey::generate(algorithm).map(|key| key.with_kid("k1")),
    }
    .expect("a key")
}

fn sign(key: &SigningKey, claims: &Value) -> String {
    key.sign(claims).expect("a token")
}

fn encode(value: &Value) -> String {
    Base64UrlUnpadded::encode_string(value.to_string().as_bytes())
}

fn unsigned(header: &Value, claims: &Value) -> String {
    format!("{}.{}", encode(header), encode(claims))
}

fn parts(token: &str) -> [String; 3] {
    let parts: Vec<_> = token.split('.').map(str::to_owned).collect();
    parts.try_into().expect("three parts")
}

fn flipped(token: &str) -> String {
    let [header, payload, signature] = parts(token);
    let other = if signature.starts_with('A') { "B" } else { "A" };
    format!("{header}.{payload}.{other}{}", &signature[1..])
}
