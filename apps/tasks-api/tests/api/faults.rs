//! Faults of ours.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use countersign::{Clock, Guard, KeySource, Policy, SystemClock};
use countersign_serve::{Limits, serve};
use countersign_store::{Database, DatabaseUrl};
use countersign_testing::{SECRET, http::send};
use jiff::Timestamp;
use tasks_api::{app, rows};
use tokio::net::TcpListener;

use crate::fixture::{AUDIENCE, ISSUER, claims};

/// A clock that breaks once.
struct Broken(AtomicBool);

impl Clock for Broken {
    fn now(&self) -> Timestamp {
        assert!(!self.0.swap(false, Ordering::Relaxed), "the clock broke");
        SystemClock.now()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn t321_a_handler_that_panics_is_a_500_without_a_cause_and_the_next_request_is_fine() {
    let policy = Policy::new(ISSUER, AUDIENCE).expect("a policy");
    let guard = Guard::new(policy, KeySource::secret(SECRET).expect("a key")).expect("a guard");
    let database = Database::open(&DatabaseUrl::SqliteMemory).expect("opens");
    database.create(&rows::TABLES).await.expect("creates");
    let clock = Arc::new(Broken(AtomicBool::new(true)));
    let router = app::router(app::Tasks { guard, database, clock });
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let origin = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(serve(listener, router, Limits::default(), std::future::pending()));
    let add = move || {
        let key = countersign_jwt::SigningKey::hs256(SECRET.as_bytes()).expect("a key");
        let bearer = format!("Bearer {}", key.sign(&claims("alice")).expect("a token"));
        let headers = [("Authorization", bearer.as_str()), ("Content-Type", "application/json")];
        send(&origin, "POST", "/api/alice/tasks", &headers, Some(r#"{"title":"One"}"#))
    };
    let (broken, fine) = tokio::task::spawn_blocking(move || (add(), add())).await.expect("sent");
    assert_eq!((broken.status, fine.status), (500, 201), "{broken:?}");
    assert_eq!(broken.json()["code"], "internal");
    assert!(!broken.body.contains("clock") && broken.header("x-request-id").is_some());
    assert_eq!(broken.header("cache-control"), Some("no-store"));
}
