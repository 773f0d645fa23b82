//! A small service behind a guard, on a clock that is moved by hand.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use axum::{
    Json, Router,
    body::Body,
    routing::{get, post},
};
use countersign::{
    Clock, Guard, GuardBuilder, KeySource, Policy, Role, Scope,
    axum::{
        HasAllRoles, HasAllScopes, HasAnyRole, HasAnyScope, HasRole, HasScope, OneTime, Owner, User,
    },
};
use countersign_jwt::{Algorithm, SigningKey};
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use jiff::Timestamp;
use serde_json::{Value, json};
use tower::ServiceExt;

pub(crate) const NOW: i64 = 1_800_000_000;
pub(crate) const ISSUER: &str = "https://auth.test";
pub(crate) const AUDIENCE: &str = "task-api";

pub(crate) struct HandClock(AtomicI64);

impl HandClock {
    pub(crate) fn set(&self, seconds: i64) {
        self.0.store(seconds, Ordering::SeqCst);
    }

    pub(crate) fn at(second: i64) -> Self {
        Self(AtomicI64::new(second))
    }

    pub(crate) fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.0.load(Ordering::SeqCst)).unwrap()
    }
}

pub(crate) fn signing_key(kid: &str) -> SigningKey {
    SigningKey::generate(Algorithm::EdDsa).unwrap().with_kid(kid)
}

/// Alice's claims; change what the test is about.
pub(crate) fn claims() -> Value {
    json!({
        "iss": ISSUER, "aud": AUDIENCE, "sub": "alice", "sid": "s1", "jti": "t1",
        "iat": NOW, "exp": NOW + 900, "scope": "tasks:read tasks:write",
    })
}

pub(crate) struct TasksRead;
impl Scope for TasksRead {
    const NAME: &'static str = "tasks:read";
}

pub(crate) struct TasksWrite;
impl Scope for TasksWrite {
    const NAME: &'static str = "tasks:write";
}

pub(crate) struct Editor;
impl Role for Editor {
    const NAME: &'static str = "editor";
}

pub(crate) struct Admin;
impl Role for Admin {
    const NAME: &'static str = "admin";
}

async fn reports(user: User, _: HasRole<Admin>) -> String {
    user.subject().to_owned()
}

async fn list(owner: Owner, _: HasScope<TasksRead>) -> String {
    owner.subject().to_owned()
}

async fn add(owner: Owner, _: HasScope<TasksWrite>, Json(_task): Json<Vec<u8>>) -> String {
    owner.subject().to_owned()
}

async fn me(user: User) -> Json<Value> {
    let scopes: Vec<_> = user.scopes().collect();
    Json(json!({"subject": user.subject(), "session": user.session(), "scopes": scopes}))
}

async fn greet(user: Option<User>) -> String {
    user.map_or_else(|| "stranger".to_owned(), |user| user.subject().to_owned())
}

pub(crate) struct Service {
    pub(crate) guard: Guard,
    pub(crate) clock: Arc<HandClock>,
    pub(crate) key: SigningKey,
}

pub(crate) fn policy() -> Policy {
    Policy::new(ISSUER, AUDIENCE).unwrap()
}

impl Service {
    /// Behind a guard that has the keys already.
    pub(crate) fn new() -> Self {
        Self::with_policy(policy())
    }

    pub(crate) fn with_policy(policy: Policy) -> Self {
        let key = signing_key("ed1");
        let source = KeySource::keys(key.key_set().unwrap());
        Self::build(policy, source, key, |builder| builder)
    }

    /// Behind a guard put together in some other way.
    pub(crate) fn with(change: impl FnOnce(GuardBuilder) -> GuardBuilder) -> Self {
        let key = signing_key("ed1");
        Self::build(policy(), KeySource::keys(key.key_set().unwrap()), key, change)
    }

    /// The same with this key.
    pub(crate) fn with_key(
        key: SigningKey,
        change: impl FnOnce(GuardBuilder) -> GuardBuilder,
    ) -> Self {
        Self::build(policy(), KeySource::keys(key.key_set().unwrap()), key, change)
    }

    /// Behind a guard that fetches its keys.
    pub(crate) fn fetching_from(url: &str, key: SigningKey) -> Self {
        Self::fetching_with(url, key, |builder| builder)
    }

    /// Behind a guard with these keys; `key` signs the tokens.
    pub(crate) fn with_source(source: impl Into<KeySource>, key: SigningKey) -> Self {
        Self::build(policy(), source.into(), key, |builder| builder)
    }

    /// The same, put together in some other way.
    pub(crate) fn fetching_with(
        url: &str,
        key: SigningKey,
        change: impl FnOnce(GuardBuilder) -> GuardBuilder,
    ) -> Self {
        Self::build(policy(), KeySource::jwks_url(url).unwrap(), key, change)
    }

    fn build(
        policy: Policy,
        source: KeySource,
        key: SigningKey,
        change: impl FnOnce(GuardBuilder) -> GuardBuilder,
    ) -> Self {
        let clock = Arc::new(HandClock::at(NOW));
        let builder = Guard::builder(policy, source).clock(clock.clone());
        let guard = change(builder).build().unwrap();
        Self { guard, clock, key }
    }

    pub(crate) fn router(&self) -> Router {
        Router::new()
            .route("/api/{user_id}/tasks", get(list).post(add))
            .route("/me", get(me))
            .route("/reports", get(reports))
            .route("/greeting", get(greet))
            .route(
                "/vote",
                post(async |_: OneTime, _again: OneTime, user: User| user.subject().to_owned()),
            )
            .route("/either", get(async |_: HasAnyScope<(TasksRead, TasksWrite)>| ()))
            .route("/both", get(async |_: HasAllScopes<(TasksRead, TasksWrite)>| ()))
            .route("/editors", get(async |_: HasAnyRole<(Admin, Editor)>| ()))
            .route("/masters", get(async |_: HasAllRoles<(Admin, Editor)>| ()))
            .route("/misrouted", get(|_: Owner| async {}))
            .route("/misrouted/{id}", post(|_: Owner| async {}))
            .with_state(self.guard.clone())
    }

    pub(crate) fn token(&self, claims: &Value) -> String {
        self.key.sign(claims).unwrap()
    }

    /// Alice's claims in a token made at this moment.
    pub(crate) fn claims_now(&self) -> Value {
        let now = self.clock.now().as_second();
        let mut claims = claims();
        claims["iat"] = now.into();
        claims["exp"] = (now + 900).into();
        claims
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let answer = self.router().oneshot(request).await.unwrap();
        let (head, body) = answer.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let body = String::from_utf8(body.to_vec()).unwrap();
        let (body, reference) = without_reference(&body);
        Answer { status: head.status, headers: head.headers, body, reference }
    }

    /// `GET` with these `Authorization` lines.
    pub(crate) async fn get(&self, path: &str, authorization: &[&[u8]]) -> Answer {
        let mut request = Request::get(path).body(Body::empty()).unwrap();
        for line in authorization {
            request.headers_mut().append("authorization", (*line).try_into().unwrap());
        }
        self.send(request).await
    }

    /// `GET` with a token over these claims.
    pub(crate) async fn get_as(&self, path: &str, claims: &Value) -> Answer {
        self.get(path, &[format!("Bearer {}", self.token(claims)).as_bytes()]).await
    }

    /// `GET` with a good token of Alice, made just now and signed by this key.
    pub(crate) async fn get_with_key(&self, key: &SigningKey) -> Answer {
        let token = key.sign(&self.claims_now()).unwrap();
        self.get("/me", &[format!("Bearer {token}").as_bytes()]).await
    }
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// Without the reference, which no two answers have in common.
    pub(crate) body: String,
    pub(crate) reference: Option<String>,
}

fn without_reference(body: &str) -> (String, Option<String>) {
    let member = r#","instance":""#;
    let Some((before, rest)) = body.split_once(member) else { return (body.to_owned(), None) };
    let (reference, after) = rest.split_once('"').unwrap();
    (format!("{before}{after}"), Some(reference.to_owned()))
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// Base64url by hand: the crate under test does not offer it.
pub(crate) fn base64url(bytes: &[u8]) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let number = chunk.iter().fold(0_usize, |n, byte| (n << 8) | usize::from(*byte));
        let number = number << (8 * (3 - chunk.len()));
        for digit in 0..=chunk.len() {
            text.push(char::from(ALPHABET[(number >> (18 - 6 * digit)) & 63]));
        }
    }
    text
}
