//! Group E: the `Authorization` header, and what it is answered.

use axum::body::Body;
use http::Request;

use crate::service::{Answer, Service, claims};

const MALFORMED: &str = "Invalid authorization header format. Expected: Bearer <token>";

fn is_refused(answer: &Answer, detail: &str) {
    assert_eq!(answer.status, 401);
    assert_eq!(answer.json()["detail"], detail);
}

#[tokio::test]
async fn t108_r10_no_header() {
    let answer = Service::new().get("/me", &[]).await;
    is_refused(&answer, "Authorization header missing. Include: Authorization: Bearer <token>");
    assert_eq!(answer.header("www-authenticate"), Some(r#"Bearer realm="api""#));
}

#[tokio::test]
async fn t109_t113_r10_not_two_words() {
    let service = Service::new();
    let good = service.token(&claims());
    for line in [
        "",
        " ",
        "Bearer",
        "Bearer ",
        &good,
        &format!("Bearer {good} x"),
        &format!("Bearer\t{good}"),
        &format!("Bearer {good}, Bearer {good}"),
    ] {
        let answer = service.get("/me", &[line.as_bytes()]).await;
        is_refused(&answer, MALFORMED);
        let challenge = r#"Bearer realm="api", error="invalid_token""#;
        assert_eq!(answer.header("www-authenticate"), Some(challenge));
    }
    let spaced = service.get("/me", &[format!("Bearer  {good}").as_bytes()]).await;
    assert_eq!(spaced.status, 200);
    let comma = service.get("/me", &[format!("Bearer {good},realm=x").as_bytes()]).await;
    is_refused(&comma, "Invalid token");
}

#[tokio::test]
async fn t110_the_scheme_is_read_in_any_letter_case() {
    let service = Service::new();
    let good = service.token(&claims());
    for scheme in ["bearer", "BEARER", "bEaReR"] {
        let answer = service.get("/me", &[format!("{scheme} {good}").as_bytes()]).await;
        assert_eq!(answer.status, 200);
    }
}

#[tokio::test]
async fn t111_of_several_headers_none_is_picked() {
    let service = Service::new();
    let good = format!("Bearer {}", service.token(&claims()));
    for lines in [[good.as_str(), "Bearer bad"], ["Bearer bad", &good], [&good, &good]] {
        let answer = service.get("/me", &lines.map(str::as_bytes)).await;
        is_refused(&answer, MALFORMED);
    }
}

#[tokio::test]
async fn t112_t116_t122_a_credential_elsewhere_is_none() {
    let service = Service::new();
    let good = service.token(&claims());
    let request = Request::get(format!("/me?access_token={good}"))
        .header("cookie", format!("better-auth.session_token={good}"))
        .header("x-user-id", "alice")
        .header("x-forwarded-user", "alice")
        .body(Body::from(format!("access_token={good}")))
        .unwrap();
    let answer = service.send(request).await;
    assert_eq!(answer.json()["code"], "authorization_missing");
    assert!(!answer.body.contains(&good));
}

#[tokio::test]
async fn t114_r10_other_schemes() {
    let service = Service::new();
    for scheme in ["Basic", "Token", "JWT", "DPoP"] {
        let answer = service.get("/me", &[format!("{scheme} abc").as_bytes()]).await;
        is_refused(&answer, &format!("Invalid authentication scheme: {scheme}. Expected: Bearer"));
        assert_eq!(answer.header("www-authenticate"), Some(r#"Bearer realm="api""#));
    }
    let colon = service.get("/me", &[b"Bearer: abc"]).await;
    assert_eq!(colon.json()["code"], "authorization_scheme");
}

#[tokio::test]
async fn t117_a_hostile_scheme_is_not_repeated() {
    let service = Service::new();
    let long = "S".repeat(10_000);
    for (scheme, shown) in [
        ("<script>alert(1)</script>", "scriptalert1script"),
        ("\"quoted\\\"", "quoted"),
        (long.as_str(), &long[..32]),
    ] {
        let answer = service.get("/me", &[format!("{scheme} abc").as_bytes()]).await;
        is_refused(&answer, &format!("Invalid authentication scheme: {shown}. Expected: Bearer"));
    }
}

#[tokio::test]
async fn t115_odd_bytes_are_refused_and_never_decoded() {
    let service = Service::new();
    for line in [&b"Bearer \xff\xfe"[..], "Bearer é".as_bytes(), b"\xe9 abc"] {
        is_refused(&service.get("/me", &[line]).await, MALFORMED);
    }
    let encoded = service.token(&claims()).replace('.', "%2E");
    for token in ["%E0%A4%A", "abc%2Edef%2Eghi", &encoded] {
        let answer = service.get("/me", &[format!("Bearer {token}").as_bytes()]).await;
        is_refused(&answer, "Invalid token");
    }
}
