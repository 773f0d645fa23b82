//! A `Cookie` header at the server, alone or beside the cookie of a session.
#![no_main]

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, LazyLock, Mutex},
};

use axum::{Router, body::Body, extract::ConnectInfo};
use countersign_fuzz::now;
use countersign_jwt::Clock;
use countersign_server::{
    Entropy, Server,
    settings::{Settings, Source},
};
use http::{HeaderValue, Request, Response};
use http_body_util::BodyExt;
use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use percent_encoding::percent_decode;
use tokio::runtime::{Builder, Runtime};
use tower::ServiceExt;

const ORIGIN: &str = "http://app.test";

struct Standing;

impl Clock for Standing {
    fn now(&self) -> Timestamp {
        now()
    }
}

/// Bytes that differ from call to call and are the same in every run.
struct Counting(Mutex<u8>);

impl Entropy for Counting {
    fn fill(&self, buffer: &mut [u8]) {
        let mut next = self.0.lock().expect("no panic");
        for byte in buffer {
            *next = next.wrapping_mul(5).wrapping_add(17);
            *byte = *next;
        }
    }
}

struct Served {
    runtime: Runtime,
    router: Router,
    /// `name=value` of a session that lives.
    cookie: String,
}

static SERVED: LazyLock<Served> = LazyLock::new(|| {
    let mut runtime = Builder::new_multi_thread();
    let runtime = runtime.worker_threads(1).enable_all().build().expect("a runtime");
    let environment: BTreeMap<String, String> = [
        ("BETTER_AUTH_SECRET", "a-secret-for-tests-only-0123456789abcdef"),
        ("BETTER_AUTH_URL", ORIGIN),
        ("DATABASE_URL", "sqlite::memory:"),
        ("COUNTERSIGN_RATE_LIMIT__ENABLED", "false"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    let entropy = || Counting(Mutex::new(1));
    let settings =
        Settings::read(&Source { file: None, environment }, &entropy()).expect("settings");
    let server = runtime.block_on(Server::start(settings, Arc::new(Standing), Arc::new(entropy())));
    let router = server.expect("a server").into_router();
    let body = r#"{"name":"Ann","email":"ann@example.com","password":"password1234"}"#;
    let sign_up = Request::post("/api/auth/sign-up/email")
        .header("origin", ORIGIN)
        .header("content-type", "application/json")
        .body(Body::from(body))
        .expect("a request");
    let answer = send(&runtime, &router, sign_up);
    let cookie = answer.headers()["set-cookie"].to_str().expect("text");
    let cookie = cookie.split(';').next().expect("a pair").to_owned();
    Served { runtime, router, cookie }
});

fn send(runtime: &Runtime, router: &Router, mut request: Request<Body>) -> Response<Body> {
    request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([203, 0, 113, 7], 50_000))));
    runtime.block_on(router.clone().oneshot(request)).expect("an answer")
}

/// Who is signed in for this header; `null` for nobody.
fn session(header: HeaderValue) -> Vec<u8> {
    let served = &*SERVED;
    let request = Request::get("/api/auth/get-session").header("cookie", header);
    let answer =
        send(&served.runtime, &served.router, request.body(Body::empty()).expect("a request"));
    assert!(answer.status().is_success(), "{}", answer.status());
    served.runtime.block_on(answer.into_body().collect()).expect("a body").to_bytes().to_vec()
}

fuzz_target!(|data: &[u8]| {
    let Ok(header) = HeaderValue::from_bytes(data) else { return };
    let (name, value) = SERVED.cookie.split_once('=').expect("a pair");
    let contains = |text: &[u8], part: &[u8]| text.windows(part.len()).any(|window| window == part);
    let decoded: Vec<u8> = percent_decode(data).collect();
    let value: Vec<u8> = percent_decode(value.as_bytes()).collect();
    if !contains(&decoded, &value) {
        assert_eq!(session(header), b"null");
    }

    // Whatever else is sent behind it, the session is found: of equal names the first counts.
    let beside = [SERVED.cookie.as_bytes(), b"; ", data].concat();
    let Ok(header) = HeaderValue::from_bytes(&beside) else { return };
    assert!(contains(&session(header), b"ann@example.com"), "{name}");
});
