//! The audit log: every refusal is one event, and no event holds a token.

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use axum::{body::Body, extract::ConnectInfo};
use countersign::audit::PeerAddress;
use http::Request;
use serde_json::{Value, json};
use tracing::subscriber::DefaultGuard;

use crate::service::{Service, claims};

/// Collects everything that is logged on this thread, at every level.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    fn start() -> (Self, DefaultGuard) {
        let log = Self::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt()
            .json()
            .with_max_level(tracing::Level::TRACE)
            .with_writer(move || writer.clone())
            .finish();
        (log, tracing::subscriber::set_default(subscriber))
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    /// The fields of the audit events without their references.
    fn events(&self) -> Vec<Value> {
        let mut events = self.events_with_references();
        for event in &mut events {
            event.as_object_mut().unwrap().remove("reference");
        }
        events
    }

    fn events_with_references(&self) -> Vec<Value> {
        let lines: Vec<Value> =
            self.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let audit = lines.into_iter().filter(|line| line["target"] == "countersign::audit");
        audit.map(|line| line["fields"].clone()).collect()
    }
}

fn request(path: &str, authorization: &str) -> Request<Body> {
    Request::get(path)
        .header("authorization", authorization)
        .header("x-request-id", "r-1")
        .extension(ConnectInfo(SocketAddr::from(([192, 0, 2, 7], 4711))))
        .body(Body::empty())
        .unwrap()
}

#[tokio::test]
async fn r13_a_bad_token_is_one_event_with_its_cause() {
    let (log, _guard) = Log::start();
    let service = Service::new();
    let mut theirs = claims();
    theirs["aud"] = "other".into();
    let token = service.token(&theirs);
    service.send(request("/me?access_token=x", &format!("Bearer {token}"))).await;
    assert_eq!(
        log.events(),
        [json!({
            "message": "refused", "time": "2027-01-15T08:00:00Z", "status": 401,
            "code": "invalid_token", "cause": "wrong_audience", "claim": "aud", "method": "GET",
            "path": "/me", "address": "192.0.2.7", "request_id": "r-1",
        })]
    );
}

#[tokio::test]
async fn r13_the_caller_gets_a_reference_that_finds_the_event() {
    let (log, _guard) = Log::start();
    let service = Service::new();
    let first = service.send(request("/me", "Bearer bad")).await.reference.unwrap();
    let second = service.send(request("/me", "Bearer bad")).await.reference.unwrap();
    assert_ne!(first, second);
    assert!(first.starts_with("urn:uuid:"));
    let told: Vec<_> =
        log.events_with_references().iter().map(|e| e["reference"].clone()).collect();
    assert_eq!(told, [first, second]);
}

#[tokio::test]
async fn r13_a_framework_other_than_axum_says_who_the_peer_is() {
    let (log, _guard) = Log::start();
    let service = Service::new();
    let request = Request::get("/me").extension(PeerAddress([192, 0, 2, 9].into()));
    let (parts, ()) = request.body(()).unwrap().into_parts();
    service.guard.admit(&parts).await.unwrap_err();
    assert_eq!(log.events()[0]["address"], json!("192.0.2.9"));
}

#[tokio::test]
async fn r13_a_refused_access_names_the_user() {
    let (log, _guard) = Log::start();
    let service = Service::new();
    let token = service.token(&claims());
    service.send(request("/api/bob/tasks", &format!("Bearer {token}"))).await;
    let mut narrow = claims();
    narrow["scope"] = "".into();
    let token = service.token(&narrow);
    service.send(request("/api/alice/tasks", &format!("Bearer {token}"))).await;
    let events = log.events();
    let told: Vec<_> =
        events.iter().map(|event| (&event["code"], &event["subject"], &event["status"])).collect();
    let (forbidden, alice) = (json!(403), json!("alice"));
    assert_eq!(
        told,
        [
            (&json!("not_owner"), &alice, &forbidden),
            (&json!("insufficient_scope"), &alice, &forbidden),
        ]
    );
}

#[tokio::test]
async fn r13_a_good_request_and_a_welcome_stranger_are_no_events() {
    let (log, _guard) = Log::start();
    let service = Service::new();
    service.get_as("/me", &claims()).await;
    service.get("/greeting", &[]).await;
    assert_eq!(log.events(), [json!(null); 0]);
}

#[tokio::test]
async fn t316_no_token_is_ever_logged() {
    let (log, _guard) = Log::start();
    let service = Service::new();
    let good = service.token(&claims());
    for line in [
        format!("Bearer {good}"),
        format!("Bearer {good}x"),
        format!("Bearer {good} {good}"),
        format!("Basic {good}"),
        good.clone(),
    ] {
        service.send(request("/me", &line)).await;
        service.send(request("/api/bob/tasks", &line)).await;
    }
    assert_eq!(log.events().len(), 9);
    for part in good.split('.') {
        assert!(!log.text().contains(part));
    }
}

#[tokio::test]
async fn t317_hostile_texts_stay_on_one_line() {
    let (log, _guard) = Log::start();
    let service = Service::new();
    let mut odd = claims();
    odd["sub"] = "a\u{202e}b\u{2028}c".into();
    let path = format!("/api/{}/tasks", "%0a%1b".repeat(500));
    let mut request = request(&path, &format!("Bearer {}", service.token(&odd)));
    request.headers_mut().insert("x-request-id", "r".repeat(10_000).try_into().unwrap());
    assert_eq!(service.send(request).await.status, 403);
    let events = log.events();
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["subject"], r"a\u{202e}b\u{2028}c");
    assert_eq!(events[0]["path"].as_str().unwrap().len(), 256);
    assert_eq!(events[0]["request_id"].as_str().unwrap().len(), 256);
}
