//! Session cookies as credentials, on the routes that take them.

mod better_auth;
mod domains;
mod ends;
mod feed;
mod identity;
mod origins;
mod reading;

use std::{
    error::Error,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::{Extension, Json, Router, body::Body, routing::any};
use countersign::{
    AcceptCookies, BuildError, CookiePolicy, CookiePolicyError, Guard, GuardBuilder, KeySource,
    Policy, Revocations, Strategy,
    audit::{AuditSink, Event},
    axum::{HasRole, HasScope, OneTime, User},
    cookies::{SessionOf, Sessions},
};
use countersign_cookies::CookieSigner;
use countersign_jwt::SigningKey;
use http::{Method, Request};
use http_body_util::BodyExt;
use jiff::Timestamp;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::service::{AUDIENCE, Admin, HandClock, ISSUER, NOW, TasksRead, TasksWrite, claims};

const SECRET: &str = "a-secret-for-tests-only-0123456789abcdef";
const APP: &str = "https://app.test";
const DATA: &str = "__Secure-better-auth.session_data";
const TOKEN: &str = "__Secure-better-auth.session_token";

fn instant(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

/// A user's session that began a minute ago. Its id is `s-alice`, its token `t-alice`.
fn content(user: &str) -> Value {
    json!({
        "session": {
            "id": format!("s-{user}"), "token": format!("t-{user}"), "userId": user,
            "createdAt": instant(NOW - 60).to_string(),
            "expiresAt": instant(NOW + 3600).to_string(),
        },
        "user": { "id": user, "email": format!("{user}@example.com"), "role": "user,admin" },
        "updatedAt": NOW * 1000, "version": "1",
    })
}

/// The signed cookie of a text, as `Set-Cookie` has it.
fn signed(value: &str) -> String {
    CookieSigner::new(SECRET.as_bytes()).sign(value)
}

fn base64url(bytes: &[u8]) -> String {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    URL_SAFE_NO_PAD.encode(bytes)
}

/// `session_data` in the form compact, good for five minutes.
fn session_data(content: &Value) -> String {
    let expires_at = (NOW + 300) * 1000;
    let content = content.to_string();
    let open = content.strip_suffix('}').unwrap();
    let signed = signed(&format!(r#"{open},"expiresAt":{expires_at}}}"#));
    let (_, signature) = signed.rsplit_once('.').unwrap();
    let signature = signature.replace("%2B", "-").replace("%2F", "_").replace("%3D", "");
    base64url(
        format!(r#"{{"session":{content},"expiresAt":{expires_at},"signature":"{signature}"}}"#)
            .as_bytes(),
    )
}

fn data_of(user: &str) -> String {
    format!("{DATA}={}", session_data(&content(user)))
}

fn token_of(user: &str) -> String {
    format!("{TOKEN}={}", signed(&format!("t-{user}")))
}

type Row = (String, SessionOf);

/// A table of sessions; away when it is `None`.
#[derive(Clone, Default)]
struct Table {
    rows: Arc<Mutex<Option<Vec<Row>>>>,
    look_ups: Arc<AtomicUsize>,
}

impl Table {
    fn with_sessions_of(users: &[&str]) -> Self {
        let row = |user: &&str| {
            let session = SessionOf {
                session_id: format!("s-{user}"),
                user_id: (*user).to_owned(),
                created_at: instant(NOW - 60),
                expires_at: instant(NOW + 3600),
                role: Some("admin".to_owned()),
            };
            (format!("t-{user}"), session)
        };
        let rows = Some(users.iter().map(row).collect());
        Self { rows: Arc::new(Mutex::new(rows)), look_ups: Arc::default() }
    }
}

impl Sessions for Table {
    async fn find(&self, token: &str) -> Result<Option<SessionOf>, Box<dyn Error + Send + Sync>> {
        self.look_ups.fetch_add(1, Ordering::SeqCst);
        let rows = self.rows.lock().unwrap();
        let rows = rows.as_ref().ok_or("the database is away")?;
        Ok(rows.iter().find(|(own, _)| own == token).map(|(_, session)| session.clone()))
    }
}

/// Keeps the causes, and everything that the events say.
#[derive(Clone, Default)]
struct Causes(Arc<Mutex<Vec<&'static str>>>, Arc<Mutex<Vec<String>>>);

impl AuditSink for Causes {
    fn record(&self, event: &Event<'_>) {
        self.0.lock().unwrap().push(event.cause);
        self.1.lock().unwrap().push(format!("{event:?}"));
    }
}

struct Service {
    router: Router,
    key: SigningKey,
    clock: Arc<HandClock>,
    causes: Causes,
    revocations: Revocations,
}

async fn me(user: User) -> Json<Value> {
    let scopes: Vec<_> = user.scopes().collect();
    let roles: Vec<_> = user.roles().collect();
    Json(json!({
        "subject": user.subject(), "session": user.session(), "issuer": user.issuer(),
        "scopes": scopes, "roles": roles, "by_cookie": user.cookie_session().is_some(),
        "by_token": user.claims().is_some(),
    }))
}

async fn greet(user: Option<User>) -> String {
    user.map_or_else(|| "stranger".to_owned(), |user| user.subject().to_owned())
}

fn cookies() -> CookiePolicy {
    CookiePolicy::new(SECRET, [APP]).unwrap()
}

impl Service {
    fn caching() -> Self {
        Self::with(cookies().session_data(Strategy::Compact))
    }

    fn looking_up(table: &Table) -> Self {
        Self::with(cookies().sessions(table.clone()))
    }

    fn doing_both(table: &Table) -> Self {
        Self::with(cookies().session_data(Strategy::Compact).sessions(table.clone()))
    }

    fn with(cookies: CookiePolicy) -> Self {
        Self::built(crate::service::signing_key("ed1"), cookies, |builder| builder)
    }

    /// With this key of the issuer, and a guard that is put together in some other way.
    fn built(
        key: SigningKey,
        cookies: CookiePolicy,
        change: impl FnOnce(GuardBuilder) -> GuardBuilder,
    ) -> Self {
        let (clock, causes) = (Arc::new(HandClock::at(NOW)), Causes::default());
        let revocations = Revocations::default();
        let policy = Policy::new(ISSUER, AUDIENCE).unwrap().with_default_scopes("tasks:read");
        let builder = Guard::builder(policy, KeySource::keys(key.key_set().unwrap()))
            .clock(clock.clone())
            .audit(Arc::new(causes.clone()))
            .revocations(revocations.clone())
            .cookies(cookies);
        let guard = change(builder).build().unwrap();
        let router = Router::new()
            .route("/me", any(me))
            .route("/greeting", any(greet))
            .route("/reading", any(|_: HasScope<TasksRead>, _: HasRole<Admin>| async {}))
            .route("/vote", any(|_: OneTime| async {}))
            .route("/writing", any(|_: HasScope<TasksWrite>| async {}))
            .route_layer(Extension(AcceptCookies))
            .route("/bearer-only", any(me))
            .with_state(guard);
        Self { router, key, clock, causes, revocations }
    }

    async fn send(&self, request: Request<Body>) -> (u16, String) {
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let status = answer.status().as_u16();
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    /// `GET` with a `Cookie` line.
    async fn get(&self, path: &str, cookie: &str) -> (u16, String) {
        self.send(request(Method::GET, path, &[("cookie", cookie)])).await
    }

    /// The user whom a `Cookie` line stands for, or why it stands for nobody.
    async fn who(&self, cookie: &str) -> Result<String, &'static str> {
        self.causes.0.lock().unwrap().clear();
        match self.get("/me", cookie).await {
            (200, body) => {
                let me: Value = serde_json::from_str(&body).unwrap();
                Ok(me["subject"].as_str().unwrap().to_owned())
            }
            (401 | 503, _) => Err(self.causes.0.lock().unwrap()[0]),
            (status, body) => panic!("{status} {body}"),
        }
    }
}

fn request(method: Method, path: &str, headers: &[(&str, &str)]) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Body::empty()).unwrap()
}

fn code(body: &str) -> String {
    serde_json::from_str::<Value>(body).unwrap()["code"].as_str().unwrap().to_owned()
}
