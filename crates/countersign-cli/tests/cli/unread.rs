//! Output that nobody reads, or that cannot be written.

use std::{
    fs::OpenOptions,
    io::pipe,
    process::{Command, Output, Stdio},
};

use countersign_testing::{Running, SECRET, binaries::Countersign, file_in, free_port};

use crate::wire::{binary, jwks, session, sign_up, token};

/// A pipe whose reader is gone.
fn nobody() -> Stdio {
    pipe().expect("a pipe").1.into()
}

fn countersign(words: &[&str], database_url: &str, stdout: Stdio, stderr: Stdio) -> Output {
    let mut command = Command::new(binary());
    command
        .env_clear()
        .args(words)
        .env("BETTER_AUTH_SECRET", SECRET)
        .env("DATABASE_URL", database_url)
        .stdin(Stdio::null())
        .stdout(stdout)
        .stderr(stderr);
    command.spawn().and_then(std::process::Child::wait_with_output).expect("the binary runs")
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).expect("text")
}

fn assert_nothing_is_missing(database_url: &str) {
    let status = countersign(&["migrate", "status"], database_url, Stdio::piped(), Stdio::piped());
    let said = text(status.stdout);
    assert!(status.status.success() && said.contains("nothing is missing"), "{said}");
}

#[test]
fn tables_are_added_when_nobody_reads_which() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = file_in(&folder, "fresh.db");
    let done = countersign(&["migrate", "apply"], &url, nobody(), Stdio::piped());
    assert_eq!((done.status.code(), text(done.stderr)), (Some(0), String::new()));
    assert_nothing_is_missing(&url);
}

#[test]
fn a_command_whose_reader_is_gone_ends_as_if_it_were_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = file_in(&folder, "a.db");
    let server = Countersign::start(binary(), &[("DATABASE_URL", &url)]).expect("it starts");
    let ann = sign_up(server.url(), "ann@example.com");
    token(server.url(), &ann);
    for words in [
        &["migrate", "status"][..],
        &["migrate", "apply"],
        &["migrate", "apply", "--watch-better-auth", "--dry-run"],
        &["session", "list", "ann@example.com"],
        &["keys", "list"],
        &["keys", "plan"],
        &["secret", "generate"],
        &["completions", "bash"],
        &["completions", "zsh"],
        &["--help"],
        &["--version"],
    ] {
        let done = countersign(words, &url, nobody(), Stdio::piped());
        let ended = (done.status.code(), text(done.stderr));
        assert_eq!(ended, (Some(0), String::new()), "{words:?}");
    }
    let words = ["session", "list", "eve@example.com"];
    let refused = countersign(&words, &url, nobody(), nobody());
    assert_eq!(refused.status.code(), Some(1), "an error that nobody reads is one");
    let id = session(server.url(), &ann)["session"]["id"].as_str().expect("an id").to_owned();
    let done = countersign(&["session", "revoke", &id, "--wait"], &url, nobody(), nobody());
    assert_eq!(done.status.code(), Some(0));
    assert!(session(server.url(), &ann).is_null(), "it ended");
}

#[test]
fn what_a_full_disk_does_not_take_is_an_error_and_stops_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = file_in(&folder, "fresh.db");
    for words in [&["secret", "generate"][..], &["completions", "zsh"], &["migrate", "apply"]] {
        let full = OpenOptions::new().write(true).open("/dev/full").expect("it is there");
        let done = countersign(words, &url, full.into(), Stdio::piped());
        let said = text(done.stderr);
        assert_eq!(done.status.code(), Some(1), "{words:?}: {said}");
        assert!(said.contains("standard output takes nothing: No space left"), "{words:?}: {said}");
    }
    assert_nothing_is_missing(&url);
}

#[test]
fn a_server_whose_log_nobody_reads_any_more_answers_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let listen = format!("127.0.0.1:{}", free_port().expect("a port"));
    let origin = format!("http://{listen}");
    // The reader leaves once the server serves.
    let script = r#""$1" serve --listen "$2" 2>&1 | {
        sed "/countersign serves/q"
        exec <&-
        echo nobody reads
    }"#;
    let mut command = Command::new("sh");
    command
        .args(["-c", script, "sh"])
        .arg(binary())
        .arg(&listen)
        .env("BETTER_AUTH_SECRET", SECRET)
        .env("BETTER_AUTH_URL", &origin)
        .env("DATABASE_URL", file_in(&folder, "a.db"))
        .env("COUNTERSIGN_RATE_LIMIT__ENABLED", "false")
        .env("RUST_LOG", "debug");
    let _running = Running::start(&mut command, "nobody reads").expect("it starts");
    let ann = sign_up(&origin, "ann@example.com");
    token(&origin, &ann);
    assert!(jwks(&origin).contains("kid"));
    assert_eq!(session(&origin, &ann)["user"]["email"], "ann@example.com");
}
