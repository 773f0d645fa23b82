//! Mail and the end of a server; links and the log.

use std::{fs, iter};

use countersign_testing::{
    binaries::Countersign,
    file_in,
    http::{Answer, send},
};
use serde_json::{Value, json};

use crate::wire::{binary, sign_up};

fn post(url: &str, path: &str, body: &Value) -> Answer {
    let headers = [("Content-Type", "application/json"), ("Origin", url)];
    send(url, "POST", &format!("/api/auth{path}"), &headers, Some(&body.to_string()))
}

/// Asks it to stop, as a service manager does; what it said.
fn log_of(mut server: Countersign) -> String {
    server.process().stopper().stop();
    iter::from_fn(|| server.process().next_line()).collect::<Vec<_>>().join("\n")
}

#[test]
fn t198_mails_under_way_are_sent_at_the_end_and_no_link_is_in_the_log_at_the_loudest() {
    let folder = tempfile::tempdir().expect("a folder");
    let outbox = folder.path().join("outbox");
    let settings = [
        ("RUST_LOG", "trace"),
        ("DATABASE_URL", &file_in(&folder, "a.db")),
        ("COUNTERSIGN_MAIL", &format!("outbox:{}", outbox.display())),
    ];
    let server = Countersign::start(binary(), &settings).expect("it starts");
    let url = server.url().to_owned();
    sign_up(&url, "ann@example.com");
    for path in ["/request-password-reset", "/send-verification-email"] {
        assert_eq!(post(&url, path, &json!({ "email": "ann@example.com" })).status, 200);
    }
    let first_log = log_of(server);
    let files = fs::read_dir(&outbox).expect("a folder").map(|file| file.expect("a file").path());
    let mails: Vec<Value> = files
        .map(|file| serde_json::from_slice(&fs::read(file).expect("a mail")).expect("JSON"))
        .collect();
    let token = |kind: &str| {
        let mail = mails.iter().find(|mail| mail["kind"] == kind).expect("a mail");
        mail["token"].as_str().expect("a token").to_owned()
    };
    let (reset, verify) = (token("reset-password"), token("verify-email"));

    let server = Countersign::start(binary(), &settings).expect("it starts");
    let url = server.url().to_owned();
    let get = |path: String| send(&url, "GET", &format!("/api/auth{path}"), &[], None).status;
    assert_eq!(get(format!("/reset-password/{reset}?callbackURL=/x")), 302);
    assert_eq!(get(format!("/verify-email?token={verify}")), 200);
    let body = json!({ "token": reset, "newPassword": "another-password" });
    assert_eq!(post(&url, "/reset-password", &body).status, 200);
    assert_eq!(get(format!("/reset-password/{reset}?callbackURL=/x")), 302);
    let second_log = log_of(server);
    assert!(second_log.contains("/reset-password/{token}"), "{second_log}");
    let signature = verify.rsplit('.').next().expect("a signature");
    for log in [first_log, second_log] {
        for secret in [reset.as_str(), &verify, signature, "another-password", "ann@example.com"] {
            assert!(!log.contains(secret), "{secret} in {log}");
        }
    }
}
