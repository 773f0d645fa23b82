//! Tokens that count once in all processes of a service: what a guard asks the auth server, and what it makes of
//! the answers. The server here is as docs/spent-tokens.md has it; the real one is behind guards in its own tests.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Json, Router,
    body::Body,
    extract::State,
    response::{IntoResponse, Redirect, Response},
    routing::post,
};
use countersign::{Guard, KeySource, SharedSpentTokens};
use futures_util::{FutureExt, future::join_all};
use http::{HeaderMap, Request, StatusCode};
use serde_json::{Value, json};
use tokio::{net::TcpListener, time::timeout};

use crate::service::{Answer, ISSUER, NOW, Service, claims, policy};

/// What the server does with a question.
#[derive(Clone, Copy, Default)]
enum Manner {
    #[default]
    Decides,
    /// Decides, and so many answers are lost on the way.
    Loses(usize),
    /// Answers with this and decides nothing.
    Says(u16, &'static str),
    /// Sends whoever asks to somebody who says yes.
    Redirects,
    Hangs,
}

#[derive(Default)]
struct Known {
    manner: Manner,
    /// By name, the attempt.
    spent: HashMap<String, String>,
    asked: Vec<(Option<String>, Value)>,
}

type Shown = Arc<Mutex<Known>>;

async fn answer(
    State(known): State<Shown>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Response {
    let manner = {
        let mut known = known.lock().unwrap();
        let credential = headers.get("authorization").map(|line| line.to_str().unwrap().to_owned());
        known.asked.push((credential, body.clone()));
        known.manner
    };
    match manner {
        Manner::Decides => decided(&known, &body),
        Manner::Loses(0) => {
            known.lock().unwrap().manner = Manner::Decides;
            decided(&known, &body)
        }
        Manner::Loses(more) => {
            known.lock().unwrap().manner = Manner::Loses(more - 1);
            decided(&known, &body);
            StatusCode::BAD_GATEWAY.into_response()
        }
        Manner::Says(status, text) => (StatusCode::from_u16(status).unwrap(), text).into_response(),
        Manner::Redirects => Redirect::temporary("/yes").into_response(),
        Manner::Hangs => std::future::pending().await,
    }
}

fn decided(known: &Shown, body: &Value) -> Response {
    let attempt = body["attempt"].as_str().unwrap().to_owned();
    let name = format!("{}/{}/{}", body["issuer"], body["type"], body["jti"]);
    let mut known = known.lock().unwrap();
    if *known.spent.entry(name).or_insert_with(|| attempt.clone()) == attempt {
        return (StatusCode::CREATED, Json(json!({ "attempt": attempt }))).into_response();
    }
    (StatusCode::CONFLICT, Json(json!({ "code": "TOKEN_ALREADY_SPENT" }))).into_response()
}

async fn yes(Json(body): Json<Value>) -> Response {
    (StatusCode::CREATED, Json(json!({ "attempt": body["attempt"] }))).into_response()
}

/// An auth server, and a service that shares its spent tokens there.
struct Shared {
    known: Shown,
    url: String,
    service: Service,
}

impl Shared {
    async fn start() -> Self {
        let known = Shown::default();
        let router = Router::new().route("/spent-tokens", post(answer)).route("/yes", post(yes));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/spent-tokens", listener.local_addr().unwrap());
        let router = router.with_state(known.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let place = at(&url);
        Self { known, url, service: Service::with(|builder| builder.spent_tokens_shared(place)) }
    }

    /// Another process of the service.
    fn another(&self) -> Guard {
        let keys = KeySource::keys(self.service.key.key_set().unwrap());
        let builder = Guard::builder(policy(), keys).clock(self.service.clock.clone());
        builder.spent_tokens_shared(at(&self.url)).build().unwrap()
    }

    fn behaves(&self, manner: Manner) {
        self.known.lock().unwrap().manner = manner;
    }

    fn asked(&self) -> usize {
        self.known.lock().unwrap().asked.len()
    }

    async fn vote(&self, jti: &str) -> Answer {
        let bearer = format!("Bearer {}", self.service.token(&with_id(jti)));
        let request = Request::post("/vote").header("authorization", bearer).body(Body::empty());
        self.service.send(request.unwrap()).await
    }

    async fn status(&self, jti: &str) -> u16 {
        self.vote(jti).await.status.as_u16()
    }

    async fn status_at(&self, guard: &Guard, jti: &str) -> u16 {
        let bearer = format!("Bearer {}", self.service.token(&with_id(jti)));
        let request = Request::post("/vote").header("authorization", bearer).body(()).unwrap();
        let mut request = request.into_parts().0;
        let identity = guard.admit(&request).await.unwrap();
        let spent = guard.spend(&identity, &mut request).await;
        spent.map_or_else(|refused| refused.status().as_u16(), |()| 200)
    }
}

fn at(url: &str) -> SharedSpentTokens {
    let place = SharedSpentTokens::at(url, "tasks", "the-secret-of-the-resource-server").unwrap();
    // However busy the machine is.
    place.with_patience(Duration::from_secs(30)).unwrap()
}

fn with_id(jti: &str) -> Value {
    let mut claims = claims();
    claims["jti"] = jti.into();
    claims
}

#[tokio::test]
async fn a_token_that_was_not_seen_here_is_asked_for_and_one_that_was_is_not() {
    let shared = Shared::start().await;
    assert_eq!(shared.service.get_as("/me", &with_id("t1")).await.status, 200);
    assert_eq!(shared.asked(), 0, "routes that do not ask for it ask nobody");
    assert_eq!(shared.status("t1").await, 200);
    let (credential, body) = shared.known.lock().unwrap().asked[0].clone();
    // "tasks:the-secret-of-the-resource-server"
    let basic = "Basic dGFza3M6dGhlLXNlY3JldC1vZi10aGUtcmVzb3VyY2Utc2VydmVy";
    assert_eq!(credential.as_deref(), Some(basic));
    let attempt = body["attempt"].as_str().unwrap();
    assert_eq!(attempt.len(), 32);
    let expected = json!({
        "issuer": ISSUER, "type": "access_token", "jti": "t1", "until": NOW + 930, "attempt": attempt,
    });
    assert_eq!(body, expected);

    assert_eq!(shared.status("t1").await, 401);
    assert_eq!(shared.asked(), 1);
    let another = shared.another();
    assert_eq!(shared.status_at(&another, "t1").await, 401);
    assert_eq!(shared.asked(), 2);
    assert_eq!(shared.status_at(&another, "t1").await, 401);
    assert_eq!(shared.asked(), 2, "what was spent elsewhere is known, too");
    let nameless = shared.service.token(&json!({
        "iss": ISSUER, "aud": "task-api", "sub": "alice", "iat": NOW, "exp": NOW + 900,
    }));
    let request = Request::post("/vote").header("authorization", format!("Bearer {nameless}"));
    assert_eq!(shared.service.send(request.body(Body::empty()).unwrap()).await.status, 401);
    assert_eq!(shared.asked(), 2);
}

#[tokio::test]
async fn t235_of_a_hundred_requests_at_two_guards_one_passes() {
    let shared = Shared::start().await;
    let guards = [shared.another(), shared.another()];
    for jti in ["t1", "t2", "t3"] {
        let requests = (0..100).map(|number| shared.status_at(&guards[number % 2], jti));
        let statuses = join_all(requests).await;
        let with = |wanted| statuses.iter().filter(|status| **status == wanted).count();
        assert_eq!((with(200), with(401)), (1, 99), "{jti}");
    }
}

#[tokio::test]
async fn without_room_a_token_is_asked_for_each_time() {
    let shared = Shared::start().await;
    let place = at(&shared.url);
    let builder =
        |builder: countersign::GuardBuilder| builder.spent_tokens(0).spent_tokens_shared(place);
    let Shared { known, url, .. } = shared;
    let shared = Shared { known, url, service: Service::with(builder) };
    assert_eq!((shared.status("t1").await, shared.status("t1").await), (200, 401));
    assert_eq!(shared.asked(), 2);
}

#[tokio::test]
async fn t236_without_a_clear_answer_nobody_passes() {
    let shared = Shared::start().await;
    for (number, manner) in [
        Manner::Says(503, r#"{"code":"SERVICE_UNAVAILABLE"}"#),
        Manner::Says(500, ""),
        Manner::Says(401, r#"{"code":"INVALID_CLIENT"}"#),
        Manner::Says(404, ""),
        Manner::Says(400, r#"{"code":"VALIDATION_ERROR"}"#),
        Manner::Says(429, ""),
        Manner::Says(201, ""),
        Manner::Says(201, r#"{"attempt":"another"}"#),
        Manner::Says(200, r#"{"spent":false}"#),
        Manner::Says(204, ""),
        Manner::Says(409, "Conflict"),
        Manner::Redirects,
    ]
    .into_iter()
    .enumerate()
    {
        shared.behaves(manner);
        let jti = format!("t{number}");
        let answer = shared.vote(&jti).await;
        assert_eq!(answer.status, 503, "{number}: {}", answer.body);
        assert_eq!(answer.json()["code"], json!("spent_tokens_unavailable"));
        assert_eq!(answer.header("retry-after"), Some("1"));
        assert_eq!(answer.header("www-authenticate"), None);
        assert_eq!(shared.service.get_as("/me", &with_id(&jti)).await.status, 200);
        shared.behaves(Manner::Decides);
        assert_eq!(shared.status(&jti).await, 200, "{number}: nobody spent it");
        assert_eq!(shared.status(&jti).await, 401);
    }
}

#[tokio::test]
async fn t236_an_answer_that_does_not_come_is_waited_for_a_moment() {
    let shared = Shared::start().await;
    let place = at(&shared.url).with_patience(Duration::from_millis(100)).unwrap();
    let service = Service::with(|builder| builder.spent_tokens_shared(place));
    let shared = Shared { service, ..shared };
    shared.behaves(Manner::Hangs);
    let answer = timeout(Duration::from_mins(1), shared.vote("t1")).await.unwrap();
    assert_eq!(answer.json()["code"], json!("spent_tokens_unavailable"));
}

#[tokio::test]
async fn t236_where_nobody_listens_nobody_passes() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/spent-tokens", listener.local_addr().unwrap());
    drop(listener);
    let place = at(&url);
    let service = Service::with(|builder| builder.spent_tokens_shared(place));
    let shared = Shared { known: Shown::default(), url, service };
    assert_eq!(shared.status("t1").await, 503);
    assert_eq!(shared.status("t1").await, 503);
}

#[tokio::test]
async fn an_answer_that_is_lost_is_asked_for_again_and_counts_once() {
    let shared = Shared::start().await;
    shared.behaves(Manner::Loses(1));
    assert_eq!(shared.status("t1").await, 200);
    assert_eq!(shared.asked(), 2);
    assert_eq!(shared.status("t1").await, 401);

    // Lost twice: the next request with that token goes on.
    shared.behaves(Manner::Loses(2));
    assert_eq!(shared.status("t2").await, 503);
    assert_eq!(shared.status_at(&shared.another(), "t2").await, 401, "it is spent for others");
    assert_eq!(shared.status("t2").await, 200);
    assert_eq!(shared.status("t2").await, 401);

    // Of many that come then, one goes on.
    shared.behaves(Manner::Loses(2));
    assert_eq!(shared.status("t3").await, 503);
    let statuses = join_all((0..20).map(|_| shared.status("t3"))).await;
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
}

#[tokio::test]
async fn a_request_that_is_broken_off_leaves_its_token_to_the_next() {
    let shared = Shared::start().await;
    shared.behaves(Manner::Hangs);
    {
        let mut broken_off = Box::pin(shared.status("t1"));
        while shared.asked() == 0 {
            assert_eq!((&mut broken_off).now_or_never(), None);
            tokio::task::yield_now().await;
        }
    }
    shared.behaves(Manner::Decides);
    assert_eq!(shared.status("t1").await, 200);
    let known = shared.known.lock().unwrap();
    assert_eq!(known.asked[0].1["attempt"], known.asked[1].1["attempt"]);
}

#[test]
fn where_it_is_shared_and_by_whom_is_looked_at() {
    let (name, secret) = ("tasks", "the-secret");
    for url in [
        "https://auth.test/api/auth/spent-tokens",
        "http://127.0.0.1:4000/api/auth/spent-tokens",
        "http://localhost/api/auth/spent-tokens",
    ] {
        assert!(SharedSpentTokens::at(url, name, secret).is_ok(), "{url}");
    }
    for (url, code) in [
        ("auth.test/spent-tokens", "not_a_url"),
        ("http://auth.test/spent-tokens", "insecure_url"),
        ("https://ann@auth.test/spent-tokens", "insecure_url"),
        ("ftp://auth.test/spent-tokens", "insecure_url"),
        ("https://auth.test/spent-tokens?x=1", "not_an_endpoint"),
        ("https://auth.test/spent-tokens#x", "not_an_endpoint"),
    ] {
        assert_eq!(SharedSpentTokens::at(url, name, secret).err().unwrap().code(), code, "{url}");
    }
    let url = "https://auth.test/api/auth/spent-tokens";
    for (name, secret) in [("", "s"), ("a:b", "s"), ("a", ""), ("a\n", "s"), ("a", "s\r")] {
        let error = SharedSpentTokens::at(url, name, secret).err().unwrap();
        assert_eq!(error.code(), "credential", "{name:?} {secret:?}");
    }
    for (milliseconds, good) in [(99, false), (100, true), (30_000, true), (30_001, false)] {
        let patience = Duration::from_millis(milliseconds);
        assert_eq!(at(url).with_patience(patience).is_ok(), good, "{milliseconds}");
    }
}
