//! An issuer on loopback that publishes its keys, or fails to, as the test wants it.

use std::{
    convert::Infallible,
    io,
    net::SocketAddr,
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
use futures_util::{StreamExt, stream};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde_json::{Value, json};
use tokio::{
    net::TcpSocket,
    sync::{Mutex as Gate, OwnedMutexGuard},
    task::JoinHandle,
};

#[derive(Clone)]
pub(crate) enum Publication {
    Keys(String),
    /// With a header of its own.
    With(HeaderName, &'static str, Vec<u8>),
    Status(u16),
    Redirect(String),
    /// So many spaces before the text, in many pieces.
    Padded(usize, String),
    /// One byte of a body, and the next one never.
    Drip,
    /// No answer at all.
    Silence,
    /// The first half of a body, and the connection ends.
    Half(String),
}

pub(crate) struct Issuer {
    pub(crate) url: String,
    address: SocketAddr,
    shared: Arc<Shared>,
    listening: JoinHandle<()>,
    /// Keeps the address of an issuer that stopped from becoming another one's.
    kept: Option<TcpSocket>,
}

struct Shared {
    publication: Mutex<Publication>,
    metadata: Mutex<String>,
    fetches: AtomicUsize,
    discoveries: AtomicUsize,
    padding_sent: Arc<AtomicUsize>,
    asked_for_compression: AtomicUsize,
    gate: Arc<Gate<()>>,
}

impl Issuer {
    pub(crate) fn start(keys: &[&SigningKey]) -> Self {
        let shared = Arc::new(Shared {
            publication: Mutex::new(key_set(keys)),
            metadata: Mutex::default(),
            fetches: AtomicUsize::new(0),
            discoveries: AtomicUsize::new(0),
            padding_sent: Arc::default(),
            asked_for_compression: AtomicUsize::new(0),
            gate: Arc::default(),
        });
        let (address, listening) = listen(bind("127.0.0.1:0".parse().unwrap()), &shared);
        let url = format!("http://{address}/jwks");
        Self { url, address, shared, listening, kept: None }
    }

    /// Its name: where it is.
    pub(crate) fn name(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn publish(&self, publication: Publication) {
        *self.shared.publication.lock().unwrap() = publication;
    }

    pub(crate) fn publish_keys(&self, keys: &[&SigningKey]) {
        self.publish(key_set(keys));
    }

    /// The document about itself.
    pub(crate) fn publish_metadata(&self, metadata: &Value) {
        *self.shared.metadata.lock().unwrap() = metadata.to_string();
    }

    /// Takes no connections from now on.
    pub(crate) async fn stop(&mut self) {
        self.listening.abort();
        assert!((&mut self.listening).await.unwrap_err().is_cancelled());
        self.kept = Some(bind(self.address));
    }

    /// Takes connections again, at the same address.
    pub(crate) fn start_again(&mut self) {
        (_, self.listening) = listen(self.kept.take().unwrap(), &self.shared);
    }

    /// How often the keys were asked for.
    pub(crate) fn fetches(&self) -> usize {
        self.shared.fetches.load(Ordering::SeqCst)
    }

    /// How often the metadata was asked for.
    pub(crate) fn discoveries(&self) -> usize {
        self.shared.discoveries.load(Ordering::SeqCst)
    }

    /// How many bytes of padding were taken off its hands.
    pub(crate) fn padding_sent(&self) -> usize {
        self.shared.padding_sent.load(Ordering::SeqCst)
    }

    /// How often somebody said that a compressed answer is welcome.
    pub(crate) fn asked_for_compression(&self) -> usize {
        self.shared.asked_for_compression.load(Ordering::SeqCst)
    }

    /// Keeps everybody who asks waiting until the gate is dropped. What they get is what was published
    /// when they asked.
    pub(crate) async fn close_gate(&self) -> OwnedMutexGuard<()> {
        self.shared.gate.clone().lock_owned().await
    }
}

impl Drop for Issuer {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

/// Nobody else gets the address from now on, and nobody is let in yet.
fn bind(address: SocketAddr) -> TcpSocket {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_reuseaddr(true).unwrap();
    socket.set_send_buffer_size(64 * 1024).unwrap();
    socket.bind(address).unwrap();
    socket
}

/// No connection outlives its answer, so that an issuer that stopped is gone.
fn listen(socket: TcpSocket, shared: &Arc<Shared>) -> (SocketAddr, JoinHandle<()>) {
    let listener = socket.listen(1024).unwrap();
    let address = listener.local_addr().unwrap();
    let close = [(header::CONNECTION, "close")];
    let router = Router::new()
        .route("/jwks", get(async move |shared, headers| (close, publish(shared, headers).await)))
        .route("/.well-known/openid-configuration", get(describe))
        .route("/.well-known/oauth-authorization-server", get(describe))
        .with_state(shared.clone());
    let listening = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (address, listening)
}

pub(crate) fn key_set_json(keys: &[&SigningKey]) -> String {
    let keys: Vec<Value> = keys
        .iter()
        .map(|key| {
            let mut jwk: Value = serde_json::from_str(&key.public_jwk().unwrap()).unwrap();
            jwk["kid"] = key.kid().unwrap().into();
            jwk
        })
        .collect();
    json!({ "keys": keys }).to_string()
}

fn key_set(keys: &[&SigningKey]) -> Publication {
    Publication::Keys(key_set_json(keys))
}

async fn describe(State(shared): State<Arc<Shared>>) -> Response {
    shared.discoveries.fetch_add(1, Ordering::SeqCst);
    let metadata = shared.metadata.lock().unwrap().clone();
    ([(header::CONNECTION, "close")], metadata).into_response()
}

async fn publish(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    shared.fetches.fetch_add(1, Ordering::SeqCst);
    if headers.contains_key(header::ACCEPT_ENCODING) {
        shared.asked_for_compression.fetch_add(1, Ordering::SeqCst);
    }
    let publication = shared.publication.lock().unwrap().clone();
    let _open = shared.gate.lock().await;
    match publication {
        Publication::Keys(json) => json.into_response(),
        Publication::With(name, value, body) => {
            ([(name, HeaderValue::from_static(value))], body).into_response()
        }
        Publication::Status(status) => {
            (StatusCode::from_u16(status).unwrap(), "{}").into_response()
        }
        Publication::Redirect(url) => (StatusCode::FOUND, [("location", url)]).into_response(),
        Publication::Padded(spaces, json) => {
            const PIECE: usize = 16 * 1024;
            let sent = shared.padding_sent.clone();
            let padding = stream::repeat_with(move || {
                sent.fetch_add(PIECE, Ordering::SeqCst);
                Ok::<_, Infallible>(Bytes::from_static(&[b' '; PIECE]))
            });
            let end = stream::once(async { Ok(Bytes::from(json)) });
            Body::from_stream(padding.take(spaces.div_ceil(PIECE)).chain(end)).into_response()
        }
        Publication::Drip => {
            let byte = stream::once(async { Ok::<_, Infallible>(Bytes::from_static(b"{")) });
            Body::from_stream(byte.chain(stream::pending())).into_response()
        }
        Publication::Silence => std::future::pending().await,
        Publication::Half(json) => {
            let half = Bytes::copy_from_slice(&json.as_bytes()[..json.len() / 2]);
            let pieces = [Ok(half), Err(io::Error::other("the line is cut"))];
            Body::from_stream(stream::iter(pieces)).into_response()
        }
    }
}
