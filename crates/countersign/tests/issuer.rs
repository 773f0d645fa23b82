//! An issuer on loopback that publishes its keys, or fails to, as the test wants it.

use std::{
    convert::Infallible,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    response::{IntoResponse, Response},
    routing::get,
};
use countersign_jwt::SigningKey;
use serde_json::{Value, json};
use tokio::{
    net::TcpListener,
    sync::{Mutex as Gate, OwnedMutexGuard},
};

#[derive(Clone)]
pub(crate) enum Publication {
    Keys(String),
    Status(u16),
    Redirect(String),
    /// A body without end.
    Endless,
}

pub(crate) struct Issuer {
    pub(crate) url: String,
    shared: Arc<Shared>,
}

struct Shared {
    publication: Mutex<Publication>,
    fetches: AtomicUsize,
    gate: Arc<Gate<()>>,
}

impl Issuer {
    pub(crate) async fn start(keys: &[&SigningKey]) -> Self {
        let shared = Arc::new(Shared {
            publication: Mutex::new(key_set(keys)),
            fetches: AtomicUsize::new(0),
            gate: Arc::default(),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/jwks", listener.local_addr().unwrap());
        let router = Router::new().route("/jwks", get(publish)).with_state(shared.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, shared }
    }

    pub(crate) fn publish(&self, publication: Publication) {
        *self.shared.publication.lock().unwrap() = publication;
    }

    pub(crate) fn publish_keys(&self, keys: &[&SigningKey]) {
        self.publish(key_set(keys));
    }

    /// How often the keys were asked for.
    pub(crate) fn fetches(&self) -> usize {
        self.shared.fetches.load(Ordering::SeqCst)
    }

    /// Keeps everybody who asks waiting until the gate is dropped.
    pub(crate) async fn close_gate(&self) -> OwnedMutexGuard<()> {
        self.shared.gate.clone().lock_owned().await
    }
}

fn key_set(keys: &[&SigningKey]) -> Publication {
    let keys: Vec<Value> = keys
        .iter()
        .map(|key| {
            let mut jwk: Value = serde_json::from_str(&key.public_jwk().unwrap()).unwrap();
            jwk["kid"] = key.kid().unwrap().into();
            jwk
        })
        .collect();
    Publication::Keys(json!({ "keys": keys }).to_string())
}

async fn publish(State(shared): State<Arc<Shared>>) -> Response {
    shared.fetches.fetch_add(1, Ordering::SeqCst);
    let _open = shared.gate.lock().await;
    let publication = shared.publication.lock().unwrap().clone();
    match publication {
        Publication::Keys(json) => json.into_response(),
        Publication::Status(status) => {
            (http::StatusCode::from_u16(status).unwrap(), "{}").into_response()
        }
        Publication::Redirect(url) => {
            (http::StatusCode::FOUND, [("location", url)]).into_response()
        }
        Publication::Endless => {
            let chunk = || Some((Ok::<_, Infallible>(Bytes::from(vec![b' '; 16 * 1024])), ()));
            let endless = futures_util::stream::unfold((), move |()| async move { chunk() });
            Body::from_stream(endless).into_response()
        }
    }
}
