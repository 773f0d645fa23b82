//! How it ends, and how it goes on when the system is out of something.

use std::{
    io::{Read, Write},
    net::TcpStream,
    process::Command,
};

use countersign_jwt::dangerous::read_without_verifying;
use countersign_testing::{
    Running, SECRET,
    binaries::Countersign,
    file_in, free_port,
    http::{open, send, until_closed},
};
use serde_json::json;

use crate::wire::binary;

/// What it says from now on until it has ended.
fn last_words(process: &Running) -> String {
    std::iter::from_fn(|| process.next_line()).collect::<Vec<_>>().join("\n")
}

#[test]
fn sigterm_ends_it_in_good_order() {
    let mut server = Countersign::start(binary(), &[]).expect("it starts");
    server.process().stopper().stop();
    let said = last_words(server.process());
    assert!(said.contains("every request was answered"), "{said}");
}

#[test]
fn t279_sigterm_ends_it_while_a_client_holds_half_a_head() {
    let mut server = Countersign::start(binary(), &[]).expect("it starts");
    let half = open(server.url(), b"GET /api/auth/ok HTTP/1.1\r\nHost: ");
    // While others are answered, the half is read.
    for _ in 0..20 {
        assert_eq!(send(server.url(), "GET", "/api/auth/ok", &[], None).status, 200);
    }
    server.process().stopper().stop();
    let said = last_words(server.process());
    assert!(said.contains("countersign stopped"), "{said}");
    assert_eq!(until_closed(half), "");
}

#[test]
fn sigterm_lets_a_request_under_way_have_its_answer() {
    let mut server = Countersign::start(binary(), &[]).expect("it starts");
    let body = json!({ "name": "Ann", "email": "ann@example.com", "password": "password1234" });
    let body = body.to_string();
    let head = format!(
        "POST /api/auth/sign-up/email HTTP/1.1\r\nHost: x\r\nOrigin: {}\r\nExpect: 100-continue\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        server.url(),
        body.len()
    );
    let idle = open(server.url(), b"");
    let mut under_way = open(server.url(), head.as_bytes());
    let mut go_on = [0; "HTTP/1.1 100 Continue\r\n\r\n".len()];
    under_way.read_exact(&mut go_on).expect("it waits for the body");
    server.process().stopper().stop();
    assert_eq!(until_closed(idle), "", "idle connections end when the end begins");
    under_way.write_all(body.as_bytes()).expect("the body goes out");
    let answer = until_closed(under_way);
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    let said = last_words(server.process());
    assert!(said.contains("every request was answered"), "{said}");
}

#[test]
fn sigterm_answers_a_guard_that_waits_for_news() {
    let mut server = Countersign::start(binary(), &[]).expect("it starts");
    let path = "/api/auth/revocations";
    let read = read_without_verifying(&send(server.url(), "GET", path, &[], None).body);
    let epoch = read.expect("a message").claims["epoch"].as_str().expect("an epoch").to_owned();
    let question = format!("GET {path}?epoch={epoch}&after=0&wait=30 HTTP/1.1\r\nHost: x\r\n\r\n");
    let waiting = open(server.url(), question.as_bytes());
    // While others are answered, the question is read.
    for _ in 0..20 {
        assert_eq!(send(server.url(), "GET", "/api/auth/ok", &[], None).status, 200);
    }
    server.process().stopper().stop();
    let answer = until_closed(waiting);
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    let said = last_words(server.process());
    assert!(said.contains("every request was answered"), "{said}");
}

#[test]
fn without_free_files_it_waits_and_goes_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let listen = format!("127.0.0.1:{}", free_port().expect("a port"));
    let origin = format!("http://{listen}");
    let mut command = Command::new("prlimit");
    command
        .args(["--nofile=40", &binary().display().to_string(), "serve", "--listen", &listen])
        .env("BETTER_AUTH_SECRET", SECRET)
        .env("DATABASE_URL", file_in(&folder, "a.db"))
        .env("NO_COLOR", "1");
    let server = Running::start(&mut command, "countersign serves").expect("it starts");
    let held: Vec<TcpStream> = (0..60).map(|_| open(&origin, b"")).collect();
    let said = server.next_line().expect("it goes on");
    assert!(said.contains("no connection can be accepted"), "{said}");
    drop(held);
    assert_eq!(send(&origin, "GET", "/api/auth/ok", &[], None).status, 200);
}
