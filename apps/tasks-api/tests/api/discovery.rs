//! Keys that an issuer says where they are, and keys that outlive its absence on disk.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

use countersign_jwt::{Algorithm, SigningKey};
use countersign_testing::{binaries::TasksApi, http::send};
use serde_json::{Value, json};

use crate::fixture::{AUDIENCE, Service, claims_with, on_both_services};

on_both_services! {
    the_keys_are_where_the_issuer_says,
    metadata_of_another_issuer_brings_no_keys,
    the_snapshot_serves_a_start_without_the_issuer,
}

/// An issuer on loopback with one key.
struct Issuer {
    url: String,
    key: SigningKey,
    /// What its metadata call it; `None` while it answers nothing but 500.
    called: Arc<Mutex<Option<String>>>,
}

impl Issuer {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let key = SigningKey::generate(Algorithm::EdDsa).expect("a key").with_kid("k1");
        let jwk = key.public_jwk().expect("a public key");
        let mut jwk: Value = serde_json::from_str(&jwk).expect("JSON");
        (jwk["kid"], jwk["alg"]) = ("k1".into(), "EdDSA".into());
        let keys = json!({ "keys": [jwk] });
        let called = Arc::new(Mutex::new(Some(url.clone())));
        let (shared, jwks_uri) = (Arc::clone(&called), format!("{url}/keys"));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let called = shared.lock().expect("a name").clone();
                let documents = called.map(|issuer| {
                    (json!({ "issuer": issuer, "jwks_uri": jwks_uri }), keys.clone())
                });
                // Whoever hangs up wants no answer.
                let _ = answer(stream, documents);
            }
        });
        Self { url, key, called }
    }

    fn is_called(&self, name: Option<&str>) {
        *self.called.lock().expect("a name") = name.map(str::to_owned);
    }

    fn api(&self, service: Service, more: &[(&str, &str)]) -> TasksApi {
        let own = [("COUNTERSIGN_ISSUER", self.url.as_str()), ("COUNTERSIGN_AUDIENCE", AUDIENCE)];
        service.start(&own.iter().chain(more).copied().collect::<Vec<_>>())
    }

    /// What Alice is answered: the status.
    fn answer_of(&self, api: &TasksApi) -> u16 {
        let claims = claims_with("alice", &json!({ "iss": self.url }));
        let bearer = format!("Bearer {}", self.key.sign(&claims).expect("a token"));
        let headers = [("Authorization", bearer.as_str())];
        send(api.url(), "GET", "/api/alice/tasks", &headers, None).status
    }
}

/// One request, one answer, and the end of the connection.
fn answer(mut stream: TcpStream, documents: Option<(Value, Value)>) -> std::io::Result<()> {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte)? == 1 {
        head.extend(byte);
    }
    let path = String::from_utf8_lossy(&head).split(' ').nth(1).unwrap_or_default().to_owned();
    let (status, body) = match (path.as_str(), documents) {
        (_, None) => ("500 Away", String::new()),
        ("/keys", Some((_, keys))) => ("200 OK", keys.to_string()),
        (
            "/.well-known/openid-configuration" | "/.well-known/oauth-authorization-server",
            Some((metadata, _)),
        ) => ("200 OK", metadata.to_string()),
        _ => ("404 Not Found", String::new()),
    };
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
}

fn the_keys_are_where_the_issuer_says(service: Service) {
    let issuer = Issuer::start();
    for kind in ["openid", "oauth"] {
        let api = issuer.api(service, &[("COUNTERSIGN_DISCOVERY", kind)]);
        assert_eq!(issuer.answer_of(&api), 200, "{kind}");
    }
}

fn metadata_of_another_issuer_brings_no_keys(service: Service) {
    let issuer = Issuer::start();
    for other in [format!("{}/", issuer.url), "https://evil.test".to_owned()] {
        issuer.is_called(Some(&other));
        let api = issuer.api(service, &[("COUNTERSIGN_DISCOVERY", "openid")]);
        assert_eq!(issuer.answer_of(&api), 503, "{other}");
        let ready = send(api.url(), "GET", "/readyz", &[], None);
        assert_eq!((ready.status, ready.body.as_str()), (503, "keys"), "{other}");
    }
}

fn the_snapshot_serves_a_start_without_the_issuer(service: Service) {
    let issuer = Issuer::start();
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("keys.json");
    let discovery = ("COUNTERSIGN_DISCOVERY", "openid");
    let name = file.display().to_string();
    let kept = [discovery, ("COUNTERSIGN_JWKS_SNAPSHOT", name.as_str())];
    let api = issuer.api(service, &kept);
    assert_eq!(issuer.answer_of(&api), 200);
    // The answer does not wait for the disk.
    while !file.exists() {
        thread::yield_now();
    }
    drop(api);

    issuer.is_called(None);
    assert_eq!(issuer.answer_of(&issuer.api(service, &kept)), 200);
    assert_eq!(issuer.answer_of(&issuer.api(service, &[discovery])), 503);
}
