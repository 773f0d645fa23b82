//! The real Better Auth signs somebody up; the cookies it sets are presented to a service behind the guard.

use axum::{Extension, Router, body::Body, routing::get};
use countersign::{
    AcceptCookies, CookiePolicy, Guard, KeySource, Policy, Strategy,
    axum::User,
    cookies::{SessionOf, Sessions},
};
use countersign_testing::{
    SECRET,
    http::{Answer, send},
    node::{BetterAuth, BetterAuthOptions},
};
use http::Request;
use http_body_util::BodyExt;
use jiff::Timestamp;
use serde_json::{Value, json};
use tower::ServiceExt;

fn better_auth(cookie_cache: Option<&str>) -> BetterAuth {
    let cookie_cache = cookie_cache.map(str::to_owned);
    BetterAuth::start(&BetterAuthOptions { cookie_cache, ..BetterAuthOptions::default() }).unwrap()
}

/// Signs up with a name of this length.
fn sign_up(server: &BetterAuth, length: usize) -> Answer {
    let body = json!({
        "email": format!("ann{length}@example.com"), "password": "a good password",
        "name": "n".repeat(length),
    });
    let headers = [("Content-Type", "application/json"), ("Origin", server.url())];
    let path = "/api/auth/sign-up/email";
    let answer = send(server.url(), "POST", path, &headers, Some(&body.to_string()));
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer
}

/// Cookies that were set and not expired, as a browser sends them back.
fn cookies(answer: &Answer) -> Vec<String> {
    answer.cookies().filter(|cookie| !cookie.ends_with('=')).map(str::to_owned).collect()
}

async fn who(user: User) -> String {
    format!("{} {}", user.subject(), user.session().unwrap_or_default())
}

fn service(server: &BetterAuth, cookies: CookiePolicy) -> Router {
    let policy = Policy::new(server.url(), server.url()).unwrap();
    let keys = KeySource::jwks_url(&format!("{}/api/auth/jwks", server.url())).unwrap();
    let guard = Guard::builder(policy, keys).cookies(cookies).build().unwrap();
    Router::new().route("/", get(who)).route_layer(Extension(AcceptCookies)).with_state(guard)
}

async fn present(service: &Router, header: &str, value: &str) -> (u16, String) {
    let request = Request::get("/").header(header, value).body(Body::empty()).unwrap();
    let answer = service.clone().oneshot(request).await.unwrap();
    let status = answer.status().as_u16();
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

fn policy() -> CookiePolicy {
    CookiePolicy::new(SECRET, Vec::<String>::new()).unwrap()
}

async fn the_cookies_of(name: &str, strategy: Strategy) {
    let server = better_auth(Some(name));
    let service = service(&server, policy().session_data(strategy));

    let answer = sign_up(&server, 3);
    let user = answer.json()["user"]["id"].as_str().unwrap().to_owned();
    let cookies = cookies(&answer);
    assert_eq!(cookies.len(), 2, "{cookies:?}");
    let (status, body) = present(&service, "cookie", &cookies.join("; ")).await;
    assert_eq!((status, body.split(' ').next()), (200, Some(&*user)), "{name}");
    let session = sessions_of(&server, &cookies.join("; "));
    assert_eq!(body, format!("{user} {}", session["session"]["id"].as_str().unwrap()));

    let data = cookies.iter().find(|cookie| cookie.contains("session_data=")).unwrap();
    let (cookie, value) = data.split_once('=').unwrap();
    assert_eq!(present(&service, "cookie", data).await.0, 200, "alone, too");
    for place in 0..value.len() {
        let other = if value.as_bytes()[place] == b'A' { "B" } else { "A" };
        let altered = [cookie, "=", &value[..place], other, &value[place + 1..]].concat();
        assert_eq!(present(&service, "cookie", &altered).await.0, 401, "{name} {place}");
    }
    // T96.
    assert_eq!(present(&service, "authorization", &format!("Bearer {value}")).await.0, 401);

    let chunked = sign_up(&server, 8000);
    let chunks = self::cookies(&chunked);
    assert!(chunks.iter().filter(|cookie| cookie.contains("session_data.")).count() > 1);
    let (status, body) = present(&service, "cookie", &chunks.join("; ")).await;
    assert_eq!(status, 200, "{body}");
    assert!(body.starts_with(chunked.json()["user"]["id"].as_str().unwrap()));
    let mixed = format!("{}; {}", chunks[0], data);
    assert!(chunks[0].contains("session_token="));
    assert_eq!(present(&service, "cookie", &mixed).await.0, 401, "of two sessions");
}

/// What Better Auth says of the same cookies.
fn sessions_of(server: &BetterAuth, cookies: &str) -> Value {
    send(server.url(), "GET", "/api/auth/get-session", &[("Cookie", cookies)], None).json()
}

#[tokio::test]
async fn t096_compact_cookies_of_better_auth_are_accepted_and_no_altered_one() {
    the_cookies_of("compact", Strategy::Compact).await;
}

#[tokio::test]
async fn t096_jwt_cookies_of_better_auth_are_accepted_and_no_altered_one() {
    the_cookies_of("jwt", Strategy::Jwt).await;
}

#[tokio::test]
async fn t096_jwe_cookies_of_better_auth_are_accepted_and_no_altered_one() {
    the_cookies_of("jwe", Strategy::Jwe).await;
}

/// Looks sessions up where Better Auth keeps them: at Better Auth.
struct AtBetterAuth {
    url: String,
}

impl Sessions for AtBetterAuth {
    async fn find(
        &self,
        token: &str,
    ) -> Result<Option<SessionOf>, Box<dyn std::error::Error + Send + Sync>> {
        let cookie = countersign_cookies::CookieSigner::new(SECRET.as_bytes()).sign(token);
        let cookie = format!("better-auth.session_token={cookie}");
        let found = send(&self.url, "GET", "/api/auth/get-session", &[("Cookie", &cookie)], None);
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let found = found.json();
        let Some(session) = found.get("session") else { return Ok(None) };
        Ok(Some(SessionOf {
            session_id: text(&session["id"]),
            user_id: text(&session["userId"]),
            created_at: text(&session["createdAt"]).parse::<Timestamp>()?,
            expires_at: text(&session["expiresAt"]).parse::<Timestamp>()?,
            role: None,
        }))
    }
}

#[tokio::test]
async fn the_signed_cookie_of_better_auth_is_good_until_its_session_ends() {
    let server = better_auth(None);
    let sessions = AtBetterAuth { url: server.url().to_owned() };
    let service = service(&server, policy().sessions(sessions));
    let answer = sign_up(&server, 3);
    let user = answer.json()["user"]["id"].as_str().unwrap().to_owned();
    let cookie = cookies(&answer).remove(0);
    let (status, body) = present(&service, "cookie", &cookie).await;
    assert_eq!((status, body.split(' ').next()), (200, Some(&*user)));

    let headers = [("Cookie", &*cookie), ("Origin", server.url())];
    let gone = send(server.url(), "POST", "/api/auth/sign-out", &headers, None);
    assert_eq!(gone.status, 200, "{}", gone.body);
    assert_eq!(present(&service, "cookie", &cookie).await.0, 401);
}
