//! What operators do with keys and users.

use std::{
    io::Write,
    process::{Command, Output, Stdio},
};

use countersign_jwt::dangerous::read_without_verifying;
use countersign_testing::{SECRET, binaries::Countersign, file_in, http::send};

use crate::wire::{binary, session, sign_in, sign_up, token};

fn countersign(arguments: &[&str], settings: &[(&str, &str)], input: &str) -> Output {
    let mut command = Command::new(binary());
    command.env_clear().args(arguments).envs(settings.iter().copied());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut running = command.spawn().expect("the binary runs");
    // It may have ended already, without a look at it.
    let _ = running.stdin.take().expect("its input").write_all(input.as_bytes());
    running.wait_with_output().expect("it ends")
}

fn said(output: &Output) -> String {
    let said = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    let said = String::from_utf8(said).expect("text");
    assert!(!said.contains(SECRET), "a secret was said: {said}");
    said
}

#[test]
fn keys_are_sealed_with_another_secret_and_the_old_one_is_taken_away() {
    let folder = tempfile::tempdir().expect("a folder");
    let database_url = file_in(&folder, "a.db");
    let database = ("DATABASE_URL", database_url.as_str());
    let before = Countersign::start(binary(), &[database]).expect("it starts");
    let ann = sign_up(before.url(), "ann@example.com");
    token(before.url(), &ann);
    drop(before);

    let secrets = "2:a-new-secret-for-tests-only-0123456789abc";
    let both = [database, ("BETTER_AUTH_SECRET", SECRET), ("BETTER_AUTH_SECRETS", secrets)];
    let alone = [database, ("BETTER_AUTH_SECRETS", secrets)];
    let run = |words: &[&str], settings: &[(&str, &str)]| {
        let output = countersign(words, settings, "");
        (output.status.success(), said(&output))
    };

    let (done, text) = run(&["keys", "rewrap", "--dry-run"], &both);
    assert!(done && text.contains("1 of 1 keys would be encrypted with the current"), "{text}");
    let (done, text) = run(&["keys", "list"], &alone);
    assert!(
        done && text.contains("cannot be opened") && text.contains("BETTER_AUTH_SECRET"),
        "{text}"
    );
    let (done, text) = run(&["keys", "rewrap"], &alone);
    assert!(!done && text.contains("1 of 1 keys cannot be opened"), "{text}");

    let (done, text) = run(&["keys", "rewrap"], &both);
    assert!(done && text.contains("1 of 1 keys was encrypted with the current secret"), "{text}");
    let (done, text) = run(&["keys", "list"], &alone);
    assert!(done && text.contains("encrypted with the current secret"), "{text}");
    let (done, text) = run(&["keys", "rewrap"], &alone);
    assert!(done && text.contains("0 of 1 keys"), "{text}");

    let after = Countersign::start(binary(), &[database, both[2]]).expect("it starts");
    let ann = sign_in(after.url(), "ann@example.com");
    token(after.url(), &ann);
}

#[test]
fn keys_are_rotated_step_by_step_while_the_server_runs() {
    let folder = tempfile::tempdir().expect("a folder");
    let database_url = file_in(&folder, "a.db");
    let settings = [("DATABASE_URL", database_url.as_str()), ("BETTER_AUTH_SECRET", SECRET)];
    let server = Countersign::start(binary(), &settings).expect("it starts");
    let run = |words: &[&str]| {
        let output = countersign(words, &settings, "");
        (output.status.success(), said(&output))
    };
    assert!(run(&["keys", "plan"]).1.contains("there is no key yet"));
    let ann = sign_up(server.url(), "ann@example.com");
    token(server.url(), &ann);
    let (done, text) = run(&["keys", "plan"]);
    assert!(done && text.contains("countersign keys stage"), "{text}");
    let (done, text) = run(&["keys", "rotate"]);
    assert!(done && text.contains("is published and signs nothing yet"), "{text}");
    let kid = text.split(' ').next().expect("a kid").to_owned();
    let (done, text) = run(&["keys", "rotate"]);
    assert!(done && text.contains(&kid) && text.contains("may sign from"), "{text}");
    let (done, text) = run(&["keys", "activate"]);
    assert!(!done && text.contains("--at-once"), "{text}");
    let (done, text) = run(&["keys", "rotate", "--at-once"]);
    assert!(done && text.contains(&format!("{kid} signs from now on")), "{text}");
    let (done, text) = run(&["keys", "list"]);
    assert!(done && text.contains(": signs, made") && text.contains(": retired"), "{text}");
    let (done, text) = run(&["keys", "retire", &kid, "--withdraw"]);
    assert!(done && text.contains("not published"), "{text}");
    let (done, text) = run(&["keys", "retire", "none"]);
    assert!(!done && text.contains("keys list"), "{text}");
}

#[test]
fn a_password_is_set_by_the_operator() {
    let folder = tempfile::tempdir().expect("a folder");
    let database_url = file_in(&folder, "a.db");
    let settings = [("DATABASE_URL", database_url.as_str()), ("BETTER_AUTH_SECRET", SECRET)];
    let server = Countersign::start(binary(), &settings).expect("it starts");
    let ann = sign_up(server.url(), "ann@example.com");
    let set = |arguments: &[&str], input: &str| {
        let words: Vec<_> = ["user", "set-password"].iter().chain(arguments).copied().collect();
        let output = countersign(&words, &settings, input);
        (output.status.success(), said(&output))
    };

    let (done, text) = set(&["nobody@example.com"], "password1234\n");
    assert!(!done && text.contains("no user has the address nobody@example.com"), "{text}");
    let (done, text) = set(&["ann@example.com", "--replace"], "short\n");
    assert!(!done && text.contains("has 5 characters; from 8 to 128"), "{text}");
    let (done, text) = set(&["ann@example.com"], "password1234\n");
    assert!(!done && text.contains("has a password already"), "{text}");
    assert_eq!(session(server.url(), &ann)["user"]["email"], "ann@example.com");

    let (done, text) = set(&["ann@example.com", "--replace"], "password1234\r\n");
    assert!(done, "{text}");
    assert!(session(server.url(), &ann).is_null(), "its sessions ended");
    sign_in(server.url(), "ann@example.com");
}

#[test]
fn a_mistyped_file_is_named_and_not_made() {
    let folder = tempfile::tempdir().expect("a folder");
    let database_url = file_in(&folder, "typo.db");
    let settings = [("DATABASE_URL", database_url.as_str()), ("BETTER_AUTH_SECRET", SECRET)];
    for words in [
        &["session", "list", "ann@example.com"][..],
        &["session", "revoke", "x"],
        &["keys", "list"],
        &["keys", "stage"],
        &["revoke", "--issued-before", "now"],
        &["token", "revoke"],
        &["user", "set-password", "ann@example.com"],
        &["user", "ban", "ann@example.com"],
        &["migrate", "status"],
        &["migrate", "apply", "--dry-run"],
    ] {
        let output = countersign(words, &settings, "password1234\n");
        let text = said(&output);
        assert!(!output.status.success() && text.contains("there is no file"), "{words:?}: {text}");
        assert!(text.contains("typo.db"), "{words:?}: {text}");
        assert!(!folder.path().join("typo.db").exists(), "{words:?} made it");
    }
}

/// How far the feed has come, and under which name.
fn feed(server: &Countersign) -> (String, i64) {
    let answer = send(server.url(), "GET", "/api/auth/revocations", &[], None);
    assert_eq!(answer.status, 200, "{}", answer.body);
    let said = read_without_verifying(&answer.body).expect("a message").claims;
    let epoch = said["epoch"].as_str().expect("an epoch").to_owned();
    (epoch, said["to"].as_i64().expect("a number"))
}

#[test]
fn a_session_is_listed_and_revoked_by_the_operator() {
    let folder = tempfile::tempdir().expect("a folder");
    let database_url = file_in(&folder, "a.db");
    let settings = [("DATABASE_URL", database_url.as_str()), ("BETTER_AUTH_SECRET", SECRET)];
    let server = Countersign::start(binary(), &settings).expect("it starts");
    let ann = sign_up(server.url(), "ann@example.com");
    let id = session(server.url(), &ann)["session"]["id"].as_str().expect("an id").to_owned();
    let run = |words: &[&str]| {
        let output = countersign(words, &settings, "");
        (output.status.success(), said(&output))
    };
    let (done, text) = run(&["session", "list", "ann@example.com"]);
    assert!(done && text.contains(&id) && text.contains("1 sessions"), "{text}");
    let (done, text) = run(&["session", "list", "bob@example.com"]);
    assert!(!done && text.contains("no user has the address or id bob@example.com"), "{text}");
    let (done, text) = run(&["session", "revoke", "x"]);
    assert!(!done && text.contains("there is no session with the id x"), "{text}");

    assert_eq!(feed(&server).1, 0);
    let (done, text) = run(&["session", "revoke", &id, "--wait"]);
    assert!(done && text.contains("no guard is registered: nobody was waited for"), "{text}");
    assert!(!text.contains("every registered guard"), "{text}");
    assert!(session(server.url(), &ann).is_null());
    assert_eq!(feed(&server).1, 1);
}

#[test]
fn t302_after_a_restore_everything_issued_before_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let database_url = file_in(&folder, "a.db");
    let settings = [("DATABASE_URL", database_url.as_str()), ("BETTER_AUTH_SECRET", SECRET)];
    let server = Countersign::start(binary(), &settings).expect("it starts");
    let (ann, bob) =
        (sign_up(server.url(), "ann@example.com"), sign_up(server.url(), "bob@example.com"));
    let (before, _) = feed(&server);
    let output = countersign(&["revoke", "--issued-before", "now"], &settings, "");
    let text = said(&output);
    assert!(output.status.success() && text.contains("of 2 users"), "{text}");
    for cookie in [ann, bob] {
        assert!(session(server.url(), &cookie).is_null());
    }
    let (after, entries) = feed(&server);
    assert_eq!(entries, 2);
    assert_ne!(before, after);
    for moment in ["2999-01-01T00:00:00Z", "yesterday"] {
        let output = countersign(&["revoke", "--issued-before", moment], &settings, "");
        assert!(!output.status.success(), "{moment}");
    }
}
