//! Guards that follow the revocation feed of one server each, by way of a line that can break: two in this
//! process, on clocks that can be set, and two in services of FastAPI.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use countersign::{
    Clock, Guard as RustGuard, KeySource, Policy, Refusal, RevocationFeed, SystemClock,
};
use countersign_testing::{binaries::TasksApi, http::try_send_within, proxy::Proxy};
use http::Request;
use jiff::Timestamp;
use tokio::runtime::Runtime;

use super::{
    cluster::{Cluster, NODES, ORIGIN},
    history::Verdict,
};

/// How old what a guard knows may be. With this it asks for one second at a time.
pub(super) const MAX_STALENESS: Duration = Duration::from_secs(4);

/// How long a service may take for an answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// The claim `scope` of tokens that may read tasks.
pub(super) const SCOPE: &str = "tasks:read";

pub(super) struct Guard {
    /// The server that it follows.
    pub(super) node: usize,
    /// To that server.
    pub(super) line: Proxy,
    kind: Kind,
}

enum Kind {
    Rust { guard: RustGuard, clock: Arc<SetClock>, runtime: Runtime },
    FastApi { url: String, _service: Mutex<TasksApi> },
}

/// The system's clock, set wrong.
#[derive(Default)]
pub(super) struct SetClock {
    ahead: AtomicI64,
}

impl SetClock {
    /// So many seconds ahead of the right time; negative ones behind.
    pub(super) fn set(&self, ahead: i64) {
        self.ahead.store(ahead, Ordering::SeqCst);
    }
}

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        SystemClock.now() + jiff::SignedDuration::from_secs(self.ahead.load(Ordering::SeqCst))
    }

    fn steady(&self) -> Duration {
        SystemClock.steady()
    }
}

impl Guard {
    /// In this process.
    pub(super) fn in_rust(cluster: &Cluster, number: usize) -> Self {
        let (node, line) = line_of(cluster, number);
        let clock = Arc::<SetClock>::default();
        let feed = RevocationFeed::at(&format!("http://{}/api/auth/revocations", line.address()))
            .and_then(|feed| feed.with_max_staleness(MAX_STALENESS));
        let keys = KeySource::jwks_url(&format!("http://{}/api/auth/jwks", line.address()));
        let policy = Policy::new(ORIGIN, ORIGIN).expect("a policy");
        let guard = RustGuard::builder(policy, keys.expect("an address"))
            .revocation_feed(feed.expect("an address"))
            .clock(clock.clone())
            .build();
        let mut runtime = tokio::runtime::Builder::new_multi_thread();
        let runtime = runtime.worker_threads(1).enable_all().build().expect("a runtime");
        let guard = guard.expect("a guard");
        Self { node, line, kind: Kind::Rust { guard, clock, runtime } }
    }

    /// In a service of FastAPI.
    pub(super) fn in_fastapi(cluster: &Cluster, number: usize) -> Self {
        let (node, line) = line_of(cluster, number);
        let service = TasksApi::start_fastapi(&[
            ("COUNTERSIGN_ISSUER", ORIGIN),
            ("COUNTERSIGN_AUDIENCE", ORIGIN),
            ("COUNTERSIGN_JWKS_URL", &format!("http://{}/api/auth/jwks", line.address())),
            (
                "COUNTERSIGN_REVOCATIONS_URL",
                &format!("http://{}/api/auth/revocations", line.address()),
            ),
            ("COUNTERSIGN_REVOCATIONS_MAX_STALENESS", &MAX_STALENESS.as_secs().to_string()),
        ]);
        let service = service.expect("the service starts");
        let kind = Kind::FastApi { url: service.url().to_owned(), _service: Mutex::new(service) };
        Self { node, line, kind }
    }

    /// Two and two.
    pub(super) fn four(cluster: &Cluster) -> Vec<Self> {
        let rust = (0..2).map(|number| Self::in_rust(cluster, number));
        rust.chain((2..4).map(|number| Self::in_fastapi(cluster, number))).collect()
    }

    /// What it says of this user's token.
    pub(super) fn ask(&self, user: &str, token: &str) -> Verdict {
        let bearer = format!("Bearer {token}");
        match &self.kind {
            Kind::Rust { guard, runtime, .. } => {
                let request = Request::get("/").header("Authorization", bearer).body(());
                let (parts, ()) = request.expect("a request").into_parts();
                match runtime.block_on(guard.admit(&parts)) {
                    Ok(_) => Verdict::Accepted,
                    Err(refused) => verdict_of(refused.refusal()),
                }
            }
            Kind::FastApi { url, .. } => {
                let (path, headers) =
                    (format!("/api/{user}/tasks"), [("Authorization", bearer.as_str())]);
                match try_send_within(Some(PATIENCE), url, "GET", &path, &headers, None) {
                    Ok(answer) if answer.status == 200 => Verdict::Accepted,
                    Ok(answer) if answer.status == 503 => Verdict::Unavailable,
                    Ok(answer) => match answer.json()["code"].as_str() {
                        Some("invalid_token") => Verdict::Revoked,
                        code => Verdict::Bad(code.unwrap_or_default().to_owned()),
                    },
                    Err(_) => Verdict::Silence,
                }
            }
        }
    }

    /// Its clock, where that can be set.
    pub(super) fn clock(&self) -> Option<&SetClock> {
        match &self.kind {
            Kind::Rust { clock, .. } => Some(clock),
            Kind::FastApi { .. } => None,
        }
    }
}

/// The server that the guard with this number follows, and a line to it.
fn line_of(cluster: &Cluster, number: usize) -> (usize, Proxy) {
    let node = number % NODES;
    (node, Proxy::start(cluster.nodes[node].address()).expect("a port"))
}

fn verdict_of(refusal: &Refusal) -> Verdict {
    match refusal {
        Refusal::Revoked(_) => Verdict::Revoked,
        refusal if refusal.status() == 503 => Verdict::Unavailable,
        refusal => Verdict::Bad(refusal.cause().to_owned()),
    }
}
