//! Refresh tokens of a server that is killed: what was answered holds, and nothing is half done.

use std::{
    io::Write,
    process::{Command, Stdio},
    thread,
};

use countersign_testing::{
    SECRET,
    binaries::Countersign,
    file_in,
    http::{Answer, open, send, until_closed},
};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::wire::binary;

/// A server whose database outlives it.
struct Mortal {
    folder: TempDir,
    window: &'static str,
}

impl Mortal {
    fn with_window(window: &'static str) -> Self {
        Self { folder: tempfile::tempdir().expect("a folder"), window }
    }

    fn start(&self) -> Countersign {
        let url = file_in(&self.folder, "auth.db");
        let settings = [
            ("DATABASE_URL", url.as_str()),
            ("COUNTERSIGN_REFRESH_TOKENS__ENABLED", "true"),
            ("COUNTERSIGN_REFRESH_TOKENS__PASSWORD_GRANT", "true"),
            ("COUNTERSIGN_REFRESH_TOKENS__RETRY_WINDOW", self.window),
            ("COUNTERSIGN_REFRESH_TOKENS__RETRIES", "1000"),
        ];
        Countersign::start(binary(), &settings).expect("it starts")
    }
}

const JSON: (&str, &str) = ("Content-Type", "application/json");

fn ask(server: &Countersign, path: &str, body: &Value) -> Answer {
    send(server.url(), "POST", path, &[JSON], Some(&body.to_string()))
}

fn begun(server: &Countersign) -> String {
    let ann = json!({ "name": "Ann", "email": "ann@example.com", "password": "password1234" });
    assert_eq!(ask(server, "/api/auth/sign-up/email", &ann).status, 200);
    let grant = json!({
        "grant_type": "password", "username": "ann@example.com", "password": "password1234",
    });
    next(&ask(server, "/api/auth/token", &grant))
}

fn refresh(server: &Countersign, token: &str) -> Answer {
    ask(
        server,
        "/api/auth/token",
        &json!({ "grant_type": "refresh_token", "refresh_token": token }),
    )
}

fn next(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()["refresh_token"].as_str().expect("a token").to_owned()
}

/// SIGKILL, at once.
fn kill(server: &mut Countersign) {
    let id = server.process().id().to_string();
    let killed = Command::new("kill").args(["-KILL", &id]).status().expect("kill runs");
    assert!(killed.success());
    while server.process().next_line().is_some() {}
}

#[test]
fn t208_a_used_token_stays_used_when_the_server_is_killed() {
    let mortal = Mortal::with_window("0");
    let mut server = mortal.start();
    let first = begun(&server);
    let second = next(&refresh(&server, &first));
    kill(&mut server);
    let server = mortal.start();
    let third = next(&refresh(&server, &second));
    let answer = refresh(&server, &first);
    assert_eq!((answer.status, answer.json()["error"].clone()), (400, json!("invalid_grant")));
    assert_eq!(refresh(&server, &third).status, 400, "the family ended");
}

#[test]
fn t209_a_server_killed_while_it_rotates_leaves_one_token_that_goes_on() {
    let mortal = Mortal::with_window("5m");
    let mut server = mortal.start();
    let mut newest = begun(&server);
    for round in 0..12 {
        let (url, token) = (server.url().to_owned(), newest.clone());
        let client = thread::spawn(move || {
            let body = json!({ "grant_type": "refresh_token", "refresh_token": token }).to_string();
            let length = body.len();
            let request = format!(
                "POST /api/auth/token HTTP/1.0\r\nHost: x\r\nContent-Type: application/json\r\n\
                 Content-Length: {length}\r\n\r\n{body}"
            );
            until_closed(open(&url, request.as_bytes()))
        });
        if round % 3 == 0 {
            // Some are killed when the answer is out.
            while !client.is_finished() {
                thread::yield_now();
            }
        }
        kill(&mut server);
        let said = client.join().unwrap_or_default();
        server = mortal.start();
        let after = next(&refresh(&server, &newest));
        if let Some(answered) = said.split("\"refresh_token\":\"").nth(1) {
            assert!(answered.starts_with(&after), "round {round}: two successors");
        }
        newest = next(&refresh(&server, &after));
    }
}

#[test]
fn an_operator_takes_back_a_token_that_was_found() {
    let mortal = Mortal::with_window("30s");
    let server = mortal.start();
    let first = begun(&server);
    let answer = refresh(&server, &first);
    let access = answer.json()["access_token"].as_str().expect("a token").to_owned();
    let url = file_in(&mortal.folder, "auth.db");
    let revoke = |token: &str| {
        let mut revoke = Command::new(binary())
            .args(["token", "revoke"])
            .env("DATABASE_URL", &url)
            .env("BETTER_AUTH_SECRET", SECRET)
            .env("BETTER_AUTH_URL", server.url())
            .env("COUNTERSIGN_REFRESH_TOKENS__ENABLED", "true")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut input = revoke.stdin.take().expect("a pipe");
        input.write_all(token.as_bytes()).expect("it reads");
        drop(input);
        let said = revoke.wait_with_output().expect("it ends");
        let text = |bytes| String::from_utf8(bytes).expect("text");
        (said.status.success(), text(said.stdout) + &text(said.stderr))
    };
    for (token, succeeds, expected) in [
        (format!("Bearer {access}\n"), true, "guards refuse the access token"),
        (first.clone(), true, "with all that came out of it"),
        (first, true, "was over already"),
        ("something".to_owned(), false, "this is no token"),
    ] {
        let (succeeded, said) = revoke(&token);
        assert_eq!(succeeded, succeeds, "{said}");
        assert!(said.contains(expected), "{said}");
        assert!(!said.contains(&token), "{said}");
    }
    assert_eq!(refresh(&server, &next(&answer)).status, 400);
}
