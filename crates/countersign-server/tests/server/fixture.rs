//! A server without a socket.

use std::{
    cell::Cell,
    collections::BTreeMap,
    fs,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::ConnectInfo,
    response::Response,
};
use countersign_server::{
    Drain, Entropy, Expiry, OutgoingMail, Readiness, Server, StartError,
    settings::{Settings, SettingsError, Source},
};
use countersign_testing::{FixedClock, SECRET};
use http::{HeaderMap, Request, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tower::ServiceExt;

pub(crate) const ORIGIN: &str = "http://app.test";
pub(crate) const PASSWORD: &str = "password1234";

/// Numbers that look random and are the same in every run.
pub(crate) struct Repeating(Mutex<u64>);

impl Entropy for Repeating {
    fn fill(&self, buffer: &mut [u8]) {
        let mut state = self.0.lock().expect("no panic");
        for byte in buffer {
            // splitmix64
            *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mixed = (*state ^ (*state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            *byte = (mixed >> 56) as u8;
        }
    }
}

thread_local! {
    static SEED: Cell<u64> = const { Cell::new(7) };
}

/// Each of a test is another: two servers on one database give no id twice.
pub(crate) fn repeating() -> Repeating {
    Repeating(Mutex::new(SEED.replace(SEED.get() + 1_000_003)))
}

/// The settings of a test server, with some set otherwise.
pub(crate) fn settings(changes: &[(&str, &str)]) -> Result<Settings, SettingsError> {
    let defaults = [
        ("BETTER_AUTH_SECRET", SECRET),
        ("BETTER_AUTH_URL", ORIGIN),
        ("DATABASE_URL", "sqlite::memory:"),
        ("COUNTERSIGN_RATE_LIMIT__ENABLED", "false"),
    ];
    let environment: BTreeMap<_, _> = defaults
        .iter()
        .chain(changes)
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    Settings::read(&Source { file: None, environment }, &repeating())
}

/// A server, its clock, and the cookies of one browser.
pub(crate) struct TestServer {
    router: Router,
    expiry: Expiry,
    pub(crate) readiness: Readiness,
    pub(crate) clock: Arc<FixedClock>,
    cookies: Mutex<BTreeMap<String, String>>,
    outgoing_mail: Option<OutgoingMail>,
    outbox: Option<TempDir>,
    pub(crate) drain: Drain,
}

pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("JSON")
    }

    pub(crate) fn set_cookies(&self) -> Vec<&str> {
        let lines = self.headers.get_all("set-cookie").iter();
        lines.map(|line| line.to_str().expect("text")).collect()
    }
}

impl TestServer {
    pub(crate) async fn start(changes: &[(&str, &str)]) -> Self {
        Self::try_start(changes).await.unwrap_or_else(|error| panic!("{error}"))
    }

    pub(crate) async fn try_start(changes: &[(&str, &str)]) -> Result<Self, StartError> {
        let start = "2027-01-15T08:00:00Z".parse().expect("a time");
        let clock = Arc::new(FixedClock::at(start));
        let settings = settings(changes).unwrap_or_else(|error| panic!("{error}"));
        let server = Server::start(settings, clock.clone(), Arc::new(repeating())).await?;
        let (outgoing_mail, drain) = (server.outgoing_mail(), server.drain());
        let (expiry, readiness) = (server.expiry(), server.readiness());
        let (router, cookies) = (server.into_router(), Mutex::default());
        let outbox = None;
        Ok(Self { router, expiry, readiness, clock, cookies, outgoing_mail, outbox, drain })
    }

    /// Removes rows whose time is over; how many there were.
    pub(crate) async fn purge(&self) -> u64 {
        self.expiry.purge().await.expect("purges")
    }

    /// Answers on this listener, too, for those who need an address.
    pub(crate) fn listen_on(&self, listener: TcpListener) {
        let router = self.router.clone();
        tokio::spawn(async move { axum::serve(listener, router).await });
    }

    /// A server whose mail goes to an outbox of its own.
    pub(crate) async fn start_with_mail(changes: &[(&str, &str)]) -> Self {
        let outbox = tempfile::tempdir().expect("a folder");
        let url = format!("outbox:{}", outbox.path().display());
        let changes = [changes, &[("COUNTERSIGN_MAIL", url.as_str())]].concat();
        Self { outbox: Some(outbox), ..Self::start(&changes).await }
    }

    /// Waits until every mail was sent or given up.
    pub(crate) async fn mail_finished(&self) {
        let outgoing = self.outgoing_mail.clone().expect("a server with mail");
        assert_eq!(outgoing.finished(Duration::from_mins(1)).await, 0);
    }

    /// Every mail so far, in the order of sending.
    pub(crate) async fn mails(&self) -> Vec<Value> {
        self.mail_finished().await;
        let folder = self.outbox.as_ref().expect("a server with an outbox").path();
        let files =
            fs::read_dir(folder).expect("a folder").map(|file| file.expect("a file").path());
        let mut files: Vec<_> = files.collect();
        files.sort();
        let read = |file| fs::read(file).expect("a mail");
        files.iter().map(|file| serde_json::from_slice(&read(file)).expect("JSON")).collect()
    }

    /// The token of the newest mail.
    pub(crate) async fn mailed_token(&self) -> String {
        let mails = self.mails().await;
        mails.last().expect("a mail")["token"].as_str().expect("a token").to_owned()
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send(self.request("GET", path).body(Body::empty()).expect("a request")).await
    }

    /// A request with the browser's cookies and one more header.
    pub(crate) async fn get_with(&self, path: &str, name: &str, value: &[u8]) -> Reply {
        let request = self.request("GET", path).header(name, value);
        self.send(request.body(Body::empty()).expect("a request")).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Reply {
        self.send(self.json_request(path, body)).await
    }

    /// A post as the browser would send it.
    pub(crate) fn json_request(&self, path: &str, body: &Value) -> Request<Body> {
        let request = self.request("POST", path).header("content-type", "application/json");
        request.body(Body::from(body.to_string())).expect("a request")
    }

    fn request(&self, method: &str, path: &str) -> http::request::Builder {
        let mut request = Request::builder().method(method).uri(format!("/api/auth{path}"));
        let cookies = self.cookies.lock().expect("no panic");
        let pairs: Vec<_> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if !pairs.is_empty() {
            request = request.header("cookie", pairs.join("; "));
        }
        request.header("origin", ORIGIN)
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Reply {
        self.send_from("203.0.113.7", request).await
    }

    /// Sends a request as if it came from this address.
    pub(crate) async fn send_from(&self, peer: &str, request: Request<Body>) -> Reply {
        let response = self.answer(peer, request).await;
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.expect("a body");
        let body = String::from_utf8(body.to_vec()).expect("text");
        let reply = Reply { status: parts.status, headers: parts.headers, body };
        self.keep_cookies(&reply);
        reply
    }

    /// The answer to a request that comes from this address, with a body that may not end.
    pub(crate) async fn answer(&self, peer: &str, mut request: Request<Body>) -> Response {
        let peer: IpAddr = peer.parse().expect("an address");
        request.extensions_mut().insert(ConnectInfo(SocketAddr::new(peer, 50_000)));
        self.router.clone().oneshot(request).await.expect("an answer")
    }

    fn keep_cookies(&self, reply: &Reply) {
        let mut cookies = self.cookies.lock().expect("no panic");
        for line in reply.set_cookies() {
            let (name, value) =
                line.split(';').next().and_then(|pair| pair.split_once('=')).expect("a pair");
            if line.contains("Max-Age=0") {
                cookies.remove(name);
            } else {
                cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    /// Another browser from now on.
    pub(crate) fn take_cookies(&self) -> BTreeMap<String, String> {
        std::mem::take(&mut *self.cookies.lock().expect("no panic"))
    }

    pub(crate) fn put_cookies(&self, cookies: BTreeMap<String, String>) {
        *self.cookies.lock().expect("no panic") = cookies;
    }

    pub(crate) fn forget_cookies(&self) {
        self.cookies.lock().expect("no panic").clear();
    }

    /// Signs somebody up and keeps the session's cookie.
    pub(crate) async fn sign_up(&self, more: &Value) -> Reply {
        let mut body = json!({ "name": "Ann", "email": "ann@example.com", "password": PASSWORD });
        for (name, value) in more.as_object().into_iter().flatten() {
            body[name] = value.clone();
        }
        let reply = self.post("/sign-up/email", &body).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        reply
    }
}
