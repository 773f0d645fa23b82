//! Tokens that count once in all processes of a service: what a guard asks the auth server, and what it makes of
//! the answers. The server here is as docs/spent-tokens.md has it; the real one is behind guards in its own tests.

mod counting;
mod lost_answers;
mod no_answer;
mod settings;

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
use http::{HeaderMap, Request, StatusCode};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::service::{Answer, Service, claims, policy};

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
