//! A disk that takes nothing more, and then does again.
//!
//! The system is told that files of the process must not grow, which is what a full disk looks like
//! from inside. (A disk that is full says `ENOSPC`, a limit `EFBIG`; SQLite names both as passing.)

use std::process::Command;

use countersign_testing::{Running, SECRET, file_in, free_port, http::send};
use serde_json::json;

use crate::wire::{PASSWORD, binary, jwks, session, sign_in, sign_up, token, try_post};

/// A server that lives on when a file must not grow.
fn start(database_url: &str) -> (Running, String) {
    let listen = format!("127.0.0.1:{}", free_port().expect("a port"));
    let origin = format!("http://{listen}");
    let mut command = Command::new("env");
    command
        .args([
            "--ignore-signal=XFSZ",
            &binary().display().to_string(),
            "serve",
            "--listen",
            &listen,
        ])
        .env("BETTER_AUTH_SECRET", SECRET)
        .env("BETTER_AUTH_URL", &origin)
        .env("DATABASE_URL", database_url)
        .env("COUNTERSIGN_RATE_LIMIT__ENABLED", "false")
        .env("NO_COLOR", "1");
    (Running::start(&mut command, "countersign serves").expect("it starts"), origin)
}

/// How large files of the process may become.
fn files_grow_to(server: &Running, size: &str) {
    let limit = format!("--fsize={size}:");
    let done = Command::new("prlimit").args(["--pid", &server.id().to_string(), &limit]).status();
    assert!(done.expect("prlimit runs").success());
}

fn fills_up_and_heals(database_url: &str) {
    let (server, origin) = start(database_url);
    let ann = sign_up(&origin, "ann@example.com");
    token(&origin, &ann);
    let keys = jwks(&origin);
    for round in 0..3 {
        files_grow_to(&server, "0");
        let bob = format!("bob{round}@example.com");
        let writes = [
            ("/sign-up/email", json!({ "name": "Bob", "email": bob, "password": PASSWORD })),
            ("/sign-in/email", json!({ "email": "ann@example.com", "password": PASSWORD })),
            ("/update-user", json!({ "name": "Anna" })),
            ("/revoke-sessions", json!({})),
        ];
        for (path, body) in &writes {
            let answer = try_post(&origin, path, &ann, body).expect("an answer");
            assert_eq!(answer.status, 503, "{path}: {}", answer.body);
        }
        assert_eq!(session(&origin, &ann)["user"]["name"], "Ann");
        token(&origin, &ann);
        assert_eq!(jwks(&origin), keys);
        assert_eq!(send(&origin, "GET", "/api/auth/ok", &[], None).status, 200);

        files_grow_to(&server, "unlimited");
        let bob = sign_up(&origin, &bob);
        assert_eq!(session(&origin, &bob)["user"]["name"], "Ann");
        sign_in(&origin, "ann@example.com");
    }
    server.stopper().stop();
    let said: Vec<_> = std::iter::from_fn(|| server.next_line()).collect();
    assert!(!said.iter().any(|line| line.contains("panicked")), "{said:?}");
}

#[test]
fn t297_a_full_disk_stops_writes_only_and_heals() {
    let folder = tempfile::tempdir().expect("a folder");
    fills_up_and_heals(&file_in(&folder, "a.db"));
}

#[test]
fn t297_a_full_disk_stops_writes_only_without_a_write_ahead_log() {
    let folder = tempfile::tempdir().expect("a folder");
    // A file that is there keeps its journal mode; an empty one has SQLite's own.
    std::fs::write(folder.path().join("a.db"), "").expect("a file");
    fills_up_and_heals(&file_in(&folder, "a.db"));
}
